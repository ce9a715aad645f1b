"""What is set for reading live, where the command line says nothing.

Apart from `settings`, which knows no commands, and from `case_flags`, which is loaded for every one of them.
"""

import os

from msgspec.structs import replace

from diagnose.cli.case_flags import LiveFlags
from diagnose.cli.settings import folder_of_work, read_settings


def configured(where: LiveFlags, source_account: str, role_account: str) -> LiveFlags:
    """Fill in profiles and time. An account is "" where it is not known.

    Raises XdiagError for a setting that is not one.
    """
    settings = read_settings(folder_of_work(), os.environ)
    timeout, organization = (settings.values.get(name) for name in ("timeout", "org-profile"))
    set_elsewhere = {
        "source_profile": settings.profile_of(source_account),
        "dest_profile": settings.profile_of(role_account),
        "org_profile": organization.value if organization else None,
        "timeout": timeout.value if timeout else None,
    }
    return replace(where, **{name: value for name, value in set_elsewhere.items() if getattr(where, name) is None})
