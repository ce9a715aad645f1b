"""Corrections of how a condition compares: its operator, and the key that it compares."""

from collections.abc import Iterator
from difflib import get_close_matches

from msgspec import UnsetType

from diagnose.evaluate.condition import SetOperator, parse_operator
from diagnose.evaluate.keys.table import traits_of
from diagnose.evaluate.near_miss import spelling
from diagnose.evaluate.operator import OPERATORS, Family
from diagnose.model.case import Case
from diagnose.model.condition_keys import ValueKind
from diagnose.model.pointer import below, parent
from diagnose.model.trace import Decision, ElementTrace, Reason, Subject
from diagnose.remedy.change import Attempt
from diagnose.remedy.document import Json, JsonDict, PatchOperation, as_list, value_at
from diagnose.remedy.fixes.correct import corrected

_WITH_WILDCARDS = {
    "StringEquals": "StringLike",
    "StringEqualsIgnoreCase": "StringLike",
    "StringNotEquals": "StringNotLike",
    "StringNotEqualsIgnoreCase": "StringNotLike",
}
_OPERATORS = {
    f"{name}{suffix}".lower(): f"{operator.name}{suffix}"
    for name, operator in OPERATORS.items()
    for suffix in ("", "IfExists")
    if not (suffix and operator.family is Family.NULL)
}
"""Each operator, also as it asks only where the key is sent, by its name in lower case."""
_SET_OPERATORS = {each.value.lower(): each.value for each in SetOperator}
_FOR_ARNS = {"StringLike": "ArnLike", "StringNotLike": "ArnNotLike"}


def correct_condition_operator(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Compare with the operator that does what the operands were written for."""
    element = subject.element
    operator = better_operator(element) if element else ""
    if element is None or not operator:
        return
    what = f"use `{operator}` instead of `{element.operator}` for `{element.key}`"
    yield from corrected(
        subject,
        case,
        what,
        lambda document, at: moved(document, at, operator=operator),
    )


def correct_condition_key(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Compare the key that was meant: rightly spelt, or one that STS sends in place of one it does not."""
    element = subject.element
    if element is None:
        return
    if element.key.lower() == "aws:sourcevpcarn":
        what = "use `aws:SourceVpc` with the VPC's ID instead of `aws:SourceVpcArn`, which STS does not send"
        yield from corrected(subject, case, what, _by_vpc_id)
        return
    key = spelling(element.key) if element.reason is Reason.KEY_MISSPELT else ""
    if not key:
        return
    what = f"replace `{element.key}` with `{key}`"
    yield from corrected(subject, case, what, lambda document, at: moved(document, at, key=key))


def moved(document: JsonDict, pointer: str, *, operator: str = "", key: str = "") -> tuple[PatchOperation, ...]:
    """Move a test to another operator or key, with its operands; nothing where one stands there already."""
    condition, old_operator, old_key = _test(pointer)
    if not old_key:
        return ()
    operands = value_at(document, below(condition, old_operator, old_key))
    if isinstance(operands, UnsetType):
        return ()
    return _placed(document, condition, (old_operator, old_key), (operator or old_operator, key or old_key), operands)


def better_operator(element: ElementTrace) -> str:
    """Name the operator that should compare, with its prefix and suffix; empty where there is none to tell."""
    set_operator, operator, if_exists = parse_operator(element.operator)
    suffix = "IfExists" if if_exists else ""
    match element.reason:
        case Reason.WILDCARD_IS_LITERAL if operator is not None:
            name = _WITH_WILDCARDS.get(operator.name, "")
            traits = traits_of(element.key.lower())
            if traits is not None and traits.value is ValueKind.ARN:
                name = _FOR_ARNS.get(name, "")
            return f"{set_operator.value}{name}{suffix}" if name else ""
        case Reason.SET_OPERATOR_NEEDED if operator is not None and not operator.negated:
            return f"{SetOperator.ANY.value}{operator.name}{suffix}"
        case Reason.KEY_MISSING if operator is not None and operator.family is Family.BOOL and not if_exists:
            # A key that is true or not sent at all: what is not sent was meant by false.
            return f"{set_operator.value}{operator.name}IfExists" if element.only_wanted.lower() == "false" else ""
        case Reason.OPERATOR_UNKNOWN:
            prefix, _, name_as_written = element.operator.lower().rpartition(":")
            near = get_close_matches(name_as_written, _OPERATORS, n=1, cutoff=0.8)
            sets = get_close_matches(f"{prefix}:", _SET_OPERATORS, n=1, cutoff=0.8) if prefix else [""]
            return f"{_SET_OPERATORS[sets[0]]}{_OPERATORS[near[0]]}" if near and sets else ""
    return ""


def _by_vpc_id(document: JsonDict, pointer: str) -> tuple[PatchOperation, ...]:
    condition, operator, key = _test(pointer)
    arns = as_list(value_at(document, below(condition, operator, key))) if key else []
    ids: list[Json] = [text.rpartition(":vpc/")[2] for text in arns if isinstance(text, str) and ":vpc/vpc-" in text]
    if not ids or len(ids) != len(arns):
        return ()
    _, parsed, _ = parse_operator(operator)
    equals = "StringNotEquals" if parsed and parsed.negated else "StringEquals"
    name = (
        equals
        if not any("*" in str(vpc_id) or "?" in str(vpc_id) for vpc_id in ids)
        else equals.replace("Equals", "Like")
    )
    return _placed(document, condition, (operator, key), (name, "aws:SourceVpc"), ids[0] if len(ids) == 1 else ids)


def _test(pointer: str) -> tuple[str, str, str]:
    """Find the test that a pointer leads into: the pointer of its Condition, its operator and its key."""
    condition, slash, rest = pointer.partition("/Condition/")
    if not slash:
        return "", "", ""
    operator, _, rest = rest.partition("/")
    key = rest.partition("/")[0]
    return f"{condition}/Condition", parent(f"/{operator}")[1], parent(f"/{key}")[1]


def _placed(
    document: JsonDict, condition: str, old: tuple[str, str], new: tuple[str, str], value: Json
) -> tuple[PatchOperation, ...]:
    """Remove one test and add another, leaving no empty block behind and overwriting none."""
    block, target = value_at(document, below(condition, old[0])), value_at(document, below(condition, new[0]))
    if not isinstance(block, dict) or old == new or (isinstance(target, dict) and new[1] in target):
        return ()
    alone = len(block) == 1 and new[0] != old[0]
    removal = PatchOperation("remove", below(condition, old[0]) if alone else below(condition, *old))
    if isinstance(target, dict):
        addition = PatchOperation("add", below(condition, *new), value)
    else:
        addition = PatchOperation("add", below(condition, new[0]), {new[1]: value})
    return (removal, addition)
