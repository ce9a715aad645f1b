"""The question that is asked, of the command line and of agents alike: from flags to the case that they are about."""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from diagnose.cli.asked import AskedFlags
from diagnose.cli.case_flags import CaseFlags
from diagnose.cli.evidence import case_from_flags
from diagnose.cli.pod import pod_asked_about, with_cluster_issuer
from diagnose.cli.presented import PresentedFlags, ends_of, presented_by, settled
from diagnose.cli.what_if import WhatIfFlags, with_proposals
from diagnose.collect.federation.presented import Presented
from diagnose.collect.request.profile_choice import chosen_profile
from diagnose.model.case import Case

NOTHING_PROPOSED = WhatIfFlags()


class CaseQuestion(Struct, frozen=True):
    """A case as it was read, before anything is proposed, and what makes the case of it that is decided."""

    case_read: Case
    presented: Presented | None
    details: tuple[Path, ...]
    without: tuple[str, ...]

    def case(self, proposed: WhatIfFlags = NOTHING_PROPOSED) -> Case:
        """Give the case with the policies that are proposed. Raises XdiagError for a file that cannot be read."""
        case = settled(with_proposals(self.case_read, proposed), self.presented)
        if not self.details:
            return case
        from diagnose.cli.way_over import with_way_over

        return with_way_over(case, self.details, self.without)


def case_question(flags: CaseFlags, presents: PresentedFlags, environment: Mapping[str, str]) -> CaseQuestion:
    """Read what flags ask about, and all evidence of it; of a profile, that of the call which fails.

    `environment` is where a pod or a pipeline is told its token.

    Raises XdiagError for a profile that cannot work, as `presented_by` and `ends_of` do, and as `case_from_flags` does.
    """
    presents = with_cluster_issuer(presents, flags.source_arn, flags.evidence)
    presented = presented_by(presents, flags.source_arn, flags.role_arn, environment)
    elsewhere = flags.forms != AskedFlags()
    source, role = ends_of(presented, flags.source_arn, flags.role_arn, elsewhere=elsewhere)
    pod = pod_asked_about(presents, presented, source)
    case = _case_of(replace(flags, source_arn=source, role_arn=role, presented=presented, pod=pod))
    return CaseQuestion(case, presented, tuple(flags.evidence.details or ()), tuple(flags.evidence.without or ()))


def _case_of(flags: CaseFlags) -> Case:
    name, said = _profile(flags)
    if not name:
        return case_from_flags(flags)
    # Few ask about the calls of a profile.
    from diagnose.cli.hops import case_of_profile

    return case_of_profile(flags, name, said)


def _profile(flags: CaseFlags) -> tuple[str, str]:
    """Say which profile is asked about: one that is named, or that of the environment where nothing else is asked."""
    if flags.forms.profile is not None:
        return chosen_profile(flags.forms.profile, os.environ)
    asks = flags.source_arn or flags.role_arn or flags.forms != AskedFlags() or flags.evidence.case_file
    return ("", "") if asks or flags.evidence.details else chosen_profile(None, os.environ)
