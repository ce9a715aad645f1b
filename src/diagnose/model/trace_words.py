"""The values in a trace as text. It stands below causes, remedies and reports, which all show them to people.

INVARIANT: nothing is decided from these texts; a decision reads the values.
"""

from collections.abc import Mapping
from typing import assert_never

from diagnose.model.key_state import KeyState
from diagnose.model.parameter import Form, Parameter, Syntax
from diagnose.model.trace import Element, ElementTrace, GateTrace, Reason


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


def asked_words(gate: GateTrace) -> str:
    """Write what a requirement asks for; empty text where that is not known."""
    if gate.parameter is not None:
        return f"{gate.parameter}: {_of_parameter(gate)}"
    if gate.limit is not None:
        return str(gate.limit)
    if gate.reason is Reason.MFA_OTHER_USER:
        return f"a device of account {gate.wanted}"
    return gate.wanted or _ASKED.get(gate.reason, "")


def offered_words(gate: GateTrace) -> str:
    """Write what there is instead."""
    words = ", ".join(gate.got)
    return f"only {words}" if gate.reason is Reason.MFA_INCOMPLETE else words


def _of_parameter(gate: GateTrace) -> str:
    match gate.asked:
        case Syntax(shortest=shortest, longest=longest, signs=signs):
            return f"{shortest} to {longest} letters, digits, and _{signs}"
        case Form.NOT_RESERVED if gate.parameter is Parameter.TAGS:
            return "nothing that begins with `aws:`"
        case Form.NOT_RESERVED:
            return "not beginning with `aws:`"
        case Form.TAG_SIGNS:
            return "letters, digits, spaces and _.:/=+-@"
        case Form.SENT_TAG:
            return "keys of tags passed in this call"
        case None:
            return f"at most {gate.limit}" if gate.least is None else f"between {gate.least} and {gate.limit}"
        case _:
            assert_never(gate.asked)


_CALLERS = "an IAM user, a role session or an AWS service"
_ASKED: Mapping[Reason, str] = {
    Reason.DUPLICATE_TAG: "tag keys that differ in more than case",
    Reason.MFA_INCOMPLETE: "both SerialNumber and TokenCode",
    Reason.MFA_NOT_A_USER: "an IAM user's own device",
    Reason.TAG_INHERITED: "no tag that the session hands on",
    Reason.ROOT_CALLER: _CALLERS,
    Reason.FEDERATED_CALLER: _CALLERS,
    Reason.NO_SUCH_CALLER: "a principal that exists",
    Reason.SERVICE_LINKED_ROLE: "a role that a principal of yours may assume",
    Reason.RESERVED_ROLE: "a role that AssumeRole may assume",
}
"""What is asked where the reason says it all."""
