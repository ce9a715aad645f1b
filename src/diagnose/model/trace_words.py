"""The values in a trace as text. It stands below causes, remedies and reports, which all show them to people.

INVARIANT: nothing is decided from these texts; a decision reads the values.
"""

from diagnose.model.key_state import KeyState
from diagnose.model.trace import Element, ElementTrace


def wanted_words(trace: ElementTrace) -> str:
    """Write the policy's side of a comparison: of a condition's values any one will do."""
    return (" or " if trace.element is Element.CONDITION else ", ").join(trace.wanted)


def got_words(got: KeyState | str) -> str:
    """Write the request's side; empty text for a key that is absent."""
    if isinstance(got, str):
        return got
    if got.options is None:
        return f"not known, like {got.like}" if got.like else "not known"
    if got.known is not None:
        return ", ".join(got.known)
    return " or ".join(", ".join(option) if option else "absent" for option in got.options)
