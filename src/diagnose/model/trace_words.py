"""The values in a trace as text. It stands below causes, remedies and reports, which all show them to people.

INVARIANT: nothing is decided from these texts; a decision reads the values.
"""

from collections.abc import Iterable, Mapping
from typing import assert_never

from diagnose.model.key_state import Alternative, ConditionKey, Fit, KeyState
from diagnose.model.parameter import Form, Parameter, Syntax
from diagnose.model.trace import (
    Action,
    BrokenStatement,
    Comparison,
    Doubt,
    Element,
    ElementTrace,
    Gate,
    GateTrace,
    Layer,
    Reason,
)


def wanted_words(trace: ElementTrace | Comparison) -> str:
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


def subject_words(doubt: Doubt) -> str:
    """Write what a doubt is about: a key, the id of a layer, a gate or an action, or the question that is open."""
    match doubt.about:
        case ConditionKey(name=name):
            return name
        case Layer() | Gate() | Action():
            return doubt.about.value
        case BrokenStatement(policy=policy, index=index, others=0):
            return f"statement {index + 1} of policy `{policy}`, which is not well-formed"
        case BrokenStatement(policy=policy, index=index, others=others):
            return f"statement {index + 1} and {others:,} more of policy `{policy}`, which are not well-formed"
        case Comparison():
            return _question(doubt.about)
        case _:
            assert_never(doubt.about)


def alternative_words(alternatives: Iterable[Alternative]) -> tuple[str, ...]:
    """Write the states that a key may be in, each once: they go after "allowed if the key is"."""
    return tuple(dict.fromkeys(_alternative(one) for one in alternatives))


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


def _question(comparison: Comparison) -> str:
    wanted = f"`{wanted_words(comparison)}`"
    match comparison.element:
        case Element.PRINCIPAL if comparison.negated:
            return f"whether NotPrincipal exempts the caller, with {wanted}"
        case Element.PRINCIPAL if comparison.wanted == ("*",):
            return "whether `*` includes AWS services"
        case Element.PRINCIPAL:
            return f"whether {wanted} is the caller"
        case Element.RESOURCE:
            return f"whether {wanted} covers the role"
        case Element.ACTION:
            return f"whether {wanted} covers the action"
        case Element.CONDITION:
            got = f"`{words}`" if (words := got_words(comparison.got)) else "an empty value"
            return f"whether {comparison.operator} {wanted} is true of {got}, the value of {comparison.key}"
        case _:
            assert_never(comparison.element)


def _alternative(alternative: Alternative) -> str:
    if not alternative.values:
        return "absent"
    if alternative.values == ("",):
        return "an empty value" if alternative.several else "empty"
    return " with ".join(_value(value) for value in alternative.values)


def _value(value: str | tuple[Fit, ...]) -> str:
    if isinstance(value, str):
        return value
    return " and ".join(dict.fromkeys(_fit(fit) for fit in value)) or "anything else"


def _fit(fit: Fit) -> str:
    text = fit.text if fit.text in ("true", "false") else f"`{fit.text}`"
    return f"{_OPERATORS.get(fit.operator, '')} {text}".strip()


_OPERATORS: Mapping[str, str] = {
    "NumericLessThan": "less than",
    "NumericLessThanEquals": "at most",
    "NumericGreaterThan": "more than",
    "NumericGreaterThanEquals": "at least",
    "DateLessThan": "before",
    "DateLessThanEquals": "at or before",
    "DateGreaterThan": "after",
    "DateGreaterThanEquals": "at or after",
    "IpAddress": "in",
    "NotIpAddress": "in",
    "StringLike": "like",
    "StringNotLike": "like",
    "ArnLike": "like",
    "ArnNotLike": "like",
}
"""How a value compares with what it fits; of the other operators it is what is written."""


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
    Reason.TAG_INHERITED: "no transitive tag of the session",
    Reason.ROOT_CALLER: _CALLERS,
    Reason.FEDERATED_CALLER: _CALLERS,
    Reason.NO_SUCH_CALLER: "a principal that exists",
    Reason.SERVICE_LINKED_ROLE: "a role that your principals may assume",
    Reason.RESERVED_ROLE: "a role that AssumeRole may assume",
}
"""What is asked where the reason says it all."""
