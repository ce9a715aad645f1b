"""Conditions on a policy variable that has no value for the caller: another variable, or no such condition."""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from diagnose.evaluate.keys.table import group_of
from diagnose.evaluate.pattern import has_wildcard
from diagnose.model.case import Case
from diagnose.model.condition_keys import KeyGroup
from diagnose.model.evidence import Evidence, Known
from diagnose.model.pointer import below, split
from diagnose.model.trace import Decision, Effect, ElementTrace, Layer, Match, Reason, Subject
from diagnose.remedy.case_edit import edit_policy
from diagnose.remedy.change import Attempt, Draft
from diagnose.remedy.document import (
    JsonDict,
    PatchOperation,
    add_statement,
    address,
    as_list,
    document_of,
    statement_path,
    value_at,
)
from diagnose.remedy.fixes.correct import Correct, corrected
from diagnose.remedy.fixes.federation import drop_unmeetable
from diagnose.remedy.least_statement import grant
from diagnose.remedy.names import caller_of, in_policy_phrase, principal_name, source_phrase, values_of


def correct_variable(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Compare with a tag of the caller that has the value which the request carries, in the place of the variable."""
    element = _unresolved(subject)
    if element is None:
        return
    carried = values_of(element.key, case)
    for key in _tags_with(carried[0], case) if carried is not None and len(carried) == 1 else ():
        variable = f"${{aws:PrincipalTag/{key}}}"
        what = f"replace `{element.only_wanted}` with `{variable}`, a tag that {source_phrase(case)} carries"
        yield from corrected(
            subject,
            case,
            what,
            _in_place(variable),
        )


def drop_condition(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Let the caller in without a condition that it can never meet, and say whom that lets in besides.

    Where the statement names the caller, the condition is removed from it. Where it names many, who may meet the
    condition, a statement for this caller alone is added. A token or an assertion still has to meet all others.
    """
    if caller_of(case).federated:
        yield from drop_unmeetable(subject, case)
        return
    element, statement, layer = subject.element, subject.statement, subject.layer
    if (
        element is None
        or not _is_never_met(element, case)
        or statement is None
        or layer is not Layer.TRUST
        or statement.effect is Effect.DENY
    ):
        return
    document = document_of(statement.policy)
    if document is None:
        return
    path = statement_path(document, statement.index)
    original = value_at(document, path)
    pointer = address(document, element.pointer)
    if not isinstance(original, dict) or pointer is None:
        return
    test = f"on `{element.key}`"
    where, name = in_policy_phrase(layer, statement.policy, case), principal_name(case)
    then = f"every session of `{name}` is then allowed, whatever that key holds"
    if statement.match in _NAMES_THE_CALLER and _alone(original):
        operations = _without_test(original, path, element)
        text = f"{where}, remove the condition {test}, which no such caller can meet; {then}"
    else:
        conditions = _other_tests(original, element)
        own = grant(layer, subject.action, case, conditions)
        if own is None:
            return
        operations = add_statement(document, own)
        text = f"{where}, add a statement for `{name}` alone, without the condition {test}; {then}"
    attempt = edit_policy(case, layer, statement.policy, operations, text=text)
    yield replace(attempt, widens=True) if isinstance(attempt, Draft) else attempt


_NAMES_THE_CALLER = (Match.SESSION, Match.ROLE)


def _in_place(value: str) -> Correct:
    return lambda _, at: (PatchOperation("replace", at, value),)


def _unresolved(subject: Subject) -> ElementTrace | None:
    """Give the condition of an Allow that compares with a variable without a value."""
    statement, element = subject.statement, subject.element
    if statement is None or element is None or statement.effect is not Effect.ALLOW or not element.key:
        return None
    if element.reason is not Reason.VARIABLE_UNRESOLVED or "${" not in element.only_wanted:
        return None
    return element


def _is_never_met(element: ElementTrace, case: Case) -> bool:
    """Say whether no request of such a caller meets a condition, rather than not this one."""
    if not element.key or element.negated:
        return False
    if element.reason in (Reason.VARIABLE_UNRESOLVED, Reason.KEY_NOT_FOR_CALLER, Reason.KEY_NEVER_SENT):
        return True
    return group_of(element.key) is KeyGroup.MFA and caller_of(case).has_role


def _tags_with(value: str, case: Case) -> Iterator[str]:
    """Name the tags of the caller that have a value; a session's own come before those of its role."""
    source = case.snapshot.source
    principal = source.principal.value if isinstance(source.principal, Known) else None
    seen: dict[str, str] = {}
    for tags in (source.session.tags, principal.tags if principal else None):
        for key, text in _known(tags).items():
            seen.setdefault(key, text)
    yield from (key for key, text in seen.items() if text == value and not has_wildcard(key))


def _known(tags: Evidence[Mapping[str, str]] | None) -> Mapping[str, str]:
    return tags.value if isinstance(tags, Known) else {}


def _alone(statement: JsonDict) -> bool:
    """Say whether a statement names one principal."""
    principal = statement.get("Principal")
    return isinstance(principal, dict) and sum(len(as_list(value)) for value in principal.values()) == 1


def _without_test(statement: JsonDict, path: str, element: ElementTrace) -> tuple[PatchOperation, ...]:
    """Remove one test, with its block and the Condition where nothing else is in them."""
    operator, key = _place(element)
    condition = statement.get("Condition")
    block = condition.get(operator) if isinstance(condition, dict) else None
    if not isinstance(condition, dict) or not isinstance(block, dict) or key not in block:
        return ()
    steps = ["Condition", operator, key][: 1 if len(condition) == len(block) == 1 else 2 if len(block) == 1 else 3]
    return (PatchOperation("remove", below(path, *steps)),)


def _other_tests(statement: JsonDict, element: ElementTrace) -> JsonDict:
    operator, key = _place(element)
    condition = statement.get("Condition")
    kept: JsonDict = {}
    for name, block in condition.items() if isinstance(condition, dict) else ():
        tests = (
            {each: value for each, value in block.items() if (name, each) != (operator, key)}
            if isinstance(block, dict)
            else {}
        )
        if tests:
            kept[name] = tests
    return kept


def _place(element: ElementTrace) -> tuple[str, str]:
    """Give the operator and the key of a test, as its document writes them."""
    steps = split(element.pointer)
    at = steps.index("Condition") if "Condition" in steps else len(steps)
    return (steps[at + 1], steps[at + 2]) if len(steps) > at + 2 else ("", "")
