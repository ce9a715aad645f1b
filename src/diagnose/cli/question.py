"""The case that is asked about; apart from the calls of a profile, about which few ask."""

import os

from diagnose.cli.asked import AskedFlags
from diagnose.cli.case_flags import CaseFlags
from diagnose.cli.evidence import case_from_flags
from diagnose.collect.request.profile_choice import chosen_profile
from diagnose.model.case import Case


def case_of_question(flags: CaseFlags) -> Case:
    """Read the case that the flags ask about; of a profile, that of the call which fails.

    Raises XdiagError for a profile that cannot work, and as `case_from_flags` does.
    """
    name, said = _profile(flags)
    if not name:
        return case_from_flags(flags)
    from diagnose.cli.hops import case_of_profile

    return case_of_profile(flags, name, said)


def _profile(flags: CaseFlags) -> tuple[str, str]:
    """Say which profile is asked about: one that is named, or that of the environment where nothing else is asked."""
    if flags.forms.profile is not None:
        return chosen_profile(flags.forms.profile, os.environ)
    asks = flags.source_arn or flags.role_arn or flags.forms != AskedFlags() or flags.evidence.case_file
    return ("", "") if asks or flags.evidence.details else chosen_profile(None, os.environ)
