"""Where the page of a rule is: on a site that `make site` has built, at an address that the user gives.

Apart from `answer`, for `settings` asks as well what an address is.
"""

import re
from collections.abc import Callable

from diagnose.errors import XdiagError


def is_web_address(text: str) -> bool:
    """Say whether a text is the address of a site."""
    return re.fullmatch(r"https?://[!-~]+", text) is not None


def pages_at(site: str) -> Callable[[str], str]:
    """Give the address of a rule's page, by the rule's id; "" for a rule that is a user's own, and has no page.

    Raises XdiagError for what is not an address.
    """
    if not is_web_address(site):
        raise XdiagError(
            f"`--pages {site}` is not an address", hint="expected one such as https://docs.example.com/xdiag"
        )
    from diagnose.loading import load_rules

    shipped = {rule.id for rule in load_rules()}
    return lambda rule: f"{site.rstrip('/')}/causes/{rule}/" if rule in shipped else ""
