"""Corrections of what a statement names: its resource, its action, the values of its conditions, its language."""

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from diagnose.evaluate.condition import parse_operator
from diagnose.evaluate.keys.service import documented_source_arn, meant_source_arn
from diagnose.evaluate.operator import Family
from diagnose.evaluate.pattern import glob, has_wildcard
from diagnose.model.arn import RESERVED_NAME, account_of
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.issuers import lasting
from diagnose.model.placeholder import placeholder_in
from diagnose.model.policy import LANGUAGE_WITH_VARIABLES, PolicyKind
from diagnose.model.trace import (
    Action,
    Decision,
    Effect,
    Element,
    ElementTrace,
    Layer,
    Match,
    Reason,
    StatementTrace,
    Subject,
)
from diagnose.remedy.case_edit import edit_policy, editable_document, new_policy, new_policy_name
from diagnose.remedy.change import Attempt, Draft
from diagnose.remedy.document import (
    JsonDict,
    PatchOperation,
    add_statement,
    address,
    apply_patch,
    as_list,
    document_of,
    join_value,
    statement_path,
    value_at,
)
from diagnose.remedy.fixes.identity import allow_in_identity
from diagnose.remedy.fixes.parameters import wanted_values
from diagnose.remedy.least_statement import all_tests, grant
from diagnose.remedy.names import (
    destination_is_protected,
    in_policy_phrase,
    permission_set,
    permission_set_pattern,
    policy_phrase,
    source_is_protected,
    source_phrase,
    values_of,
)

Correct = Callable[[JsonDict, str], Sequence[PatchOperation]]
"""Makes the operations that correct the value at a pointer; none where it is not clear what would be right."""


def correct_resource(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Put the role's ARN in the place of the value that nearly is it."""
    if subject.element is None:
        return
    if subject.layer is Layer.IDENTITY and destination_is_protected(case):
        yield NotProved.PROTECTED
        return
    yield from _with_right_value(case.destination_arn, subject.element, subject, case)


def correct_action(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Write the action that was meant: in place of a misspelt one, else beside those that are there."""
    if subject.element is not None:
        yield from _with_right_value(str(subject.action), subject.element, subject, case)


def correct_condition_value(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Write the value that the request has: in place of a near miss, else beside the values that are there.

    That fixes an Allow that wants the values it lists, or a Deny that exempts them. Conditions that are true or
    false, numbers and dates are never bent towards the request, nor is a variable: whoever wrote it means no one value.
    """
    element = subject.element
    if element is None or any("${" in value for value in wanted_values(subject)):
        return
    _, operator, _ = parse_operator(element.operator)
    if operator is None or operator.family in _NEVER_CORRECTED:
        return
    faulty = faulty_value(subject)
    value = _right_value(element, operator.family, case)
    if value is None and element.key.lower() == "aws:sourcearn":
        value = meant_source_arn(case.snapshot.source.arn, faulty)
    if value is None:
        return
    near = _is_replaced(element, faulty) or (bool(faulty) and _means_permission_set(element, case))
    yield from corrected(
        subject,
        case,
        f"{_replacement(value, subject, near=near)} for `{element.key}`{_besides(element, faulty, case)}",
        lambda document, at: _put(document, at, value, near=near),
        in_own=lambda _, at: (PatchOperation("replace", _whole_test(at), value),),
        others=_OTHERS_NAMED if faulty.strip() == value and _names_callers(subject) else "",
    )


def set_policy_version_language(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Turn policy variables on, which only the language of 2012 has."""
    if subject.statement is None or subject.layer is None:
        return
    policy = subject.statement.policy
    document = document_of(policy)
    if document is None or document.get("Version") == LANGUAGE_WITH_VARIABLES:
        return
    operation = PatchOperation("replace" if "Version" in document else "add", "/Version", LANGUAGE_WITH_VARIABLES)
    text = f'In {policy_phrase(subject.layer, policy, case)}, set "Version": "{LANGUAGE_WITH_VARIABLES}"'
    yield edit_policy(case, subject.layer, policy, (operation,), text=text)
    also = (
        f"{text}; whoever else its conditions and resources then describe gains by it, too: check that they are meant"
    )
    for_all = edit_policy(case, subject.layer, policy, (operation,), text=also)
    yield replace(for_all, widens=True) if isinstance(for_all, Draft) else for_all


def faulty_value(subject: Subject) -> str:
    """Give the one value that a comparison points at, of several in a list, too; empty where it points at them all."""
    element = subject.element
    if element is None or element.only_wanted:
        return element.only_wanted if element else ""
    values = wanted_values(subject)
    return values[0] if len(values) == 1 else ""


def is_near(element: ElementTrace, faulty: str) -> bool:
    """Say whether the faulty value can have meant nothing but what the request has, so that this replaces it."""
    return _is_alike(element, faulty) and not _may_name_another(element, faulty)


def is_slip(element: ElementTrace, faulty: str) -> bool:
    """Say whether the faulty value is near but may be right for somebody else, so that the right one only joins it."""
    return _is_alike(element, faulty) and _may_name_another(element, faulty)


def unless_meant(faulty: str) -> str:
    """Say what to do with a slip that stays."""
    return f"; remove `{faulty}` if it was a mistake"


def corrected(
    subject: Subject, case: Case, what: str, correct: Correct, *, in_own: Correct | None = None, others: str = ""
) -> Iterator[Attempt]:
    """Draft a correction of the value that `subject.element` points at.

    The correction in place comes first. Where it would allow more than this caller, or more than this
    role, its proof fails; then the corrected statement is added for this caller and role alone. `in_own` makes
    the operations on that copy where they differ. `others` says who else gains by a correction in place that is
    right all the same, as those others are meant, too; empty where it is not.
    """
    statement, element = subject.statement, subject.element
    if statement is None or element is None or subject.layer is None:
        return
    policy, layer = statement.policy, subject.layer
    document = document_of(policy)
    if document is None:
        yield NotProved.NOT_READABLE
        return
    pointer = address(document, element.pointer)
    if pointer is None:
        return
    operations = tuple(correct(document, pointer))
    if not operations:
        return
    in_place = f"{in_policy_phrase(layer, policy, case)}, {what}"
    yield edit_policy(case, layer, policy, operations, text=in_place)
    if others:
        for_all = edit_policy(case, layer, policy, operations, text=f"{in_place}; {others}")
        yield replace(for_all, widens=True) if isinstance(for_all, Draft) else for_all
    if statement.effect is not Effect.ALLOW or not _means_this_request(statement, element):
        return
    for_own = tuple(in_own(document, pointer)) if in_own else operations
    own = own_statement(document, statement, for_own, layer, subject.action, case)
    if own is None:
        return
    if not isinstance(editable_document(case, layer, policy), NotProved):
        text = f"{in_policy_phrase(layer, policy, case)}, {_own_words(own, subject.action, case)}"
        yield edit_policy(case, layer, policy, add_statement(document, own), text=text)
    elif layer is Layer.IDENTITY and not permission_set(case) and not source_is_protected(case):
        copy = f"an inline policy with a copy of the statement, and there {what}"
        text = f"Give {source_phrase(case)} {copy}; {policy_phrase(layer, policy, case)} cannot be edited"
        name = new_policy_name(subject.action, case)
        yield new_policy(case, layer, own, text=text, name=name, policy=PolicyKind.INLINE)


def own_statement(
    document: JsonDict,
    statement: StatementTrace,
    operations: Sequence[PatchOperation],
    layer: Layer,
    action: Action,
    case: Case,
) -> JsonDict | None:
    """Copy a statement, with operations applied, and narrow it to one action, one caller and one role."""
    narrowed = grant(layer, action, case)
    edited = value_at(apply_patch(document, operations), statement_path(document, statement.index))
    if narrowed is None or not isinstance(edited, dict):
        return None
    condition, own = edited.get("Condition"), narrowed.get("Condition")
    if isinstance(condition, dict) and isinstance(own, dict):
        return narrowed | {"Condition": all_tests(condition, own)}
    return narrowed | ({"Condition": condition} if "Condition" in edited else {})


_OTHERS_NAMED = "whoever else the statement names gains by it, too, where its conditions are met"


def _names_callers(subject: Subject) -> bool:
    """Say whether a trust policy's Allow says by name, or by account, who is meant: not everybody."""
    statement = subject.statement
    if statement is None or subject.layer is not Layer.TRUST or statement.effect is not Effect.ALLOW:
        return False
    return statement.match is not None and statement.match is not Match.ANY


_NEAR_MISSES = frozenset(
    {
        Reason.ACCOUNT_TYPO,
        Reason.CASE_DIFFERS,
        Reason.NOT_AN_ARN,
        Reason.OTHER_PARTITION,
        Reason.OTHER_TYPE,
        Reason.PATH_DIFFERS,
        Reason.PATH_EXTRA,
        Reason.PATH_MISSING,
        Reason.REGION_GIVEN,
        Reason.ROLE_FOR_SESSION,
        Reason.SESSION_FOR_ROLE,
        Reason.SPACE_DIFFERS,
        Reason.SSO_PATH_DROPPED,
    }
)
"""Misses after which the value can hardly have meant anything else; other values stay, and the right one joins them."""

_MOST_QUOTED = 3
_DIGITS = 12
_NEVER_CORRECTED = (Family.BOOL, Family.NULL, Family.NUMBER, Family.DATE, Family.BINARY)


def _with_right_value(value: str, element: ElementTrace, subject: Subject, case: Case) -> Iterator[Attempt]:
    """Correct what a statement names; in the source's own policies, else grant what was meant."""
    if not element.negated:
        near = _is_replaced(element, faulty_value(subject))
        yield from corrected(
            subject,
            case,
            _replacement(value, subject, near=near),
            lambda document, at: _put(document, at, value, near=near),
        )
    if subject.layer is Layer.IDENTITY:
        yield from allow_in_identity(subject, case)


def _is_replaced(element: ElementTrace, faulty: str) -> bool:
    """Say whether the right value comes in place of the faulty one: a placeholder means nobody as it stands."""
    return is_near(element, faulty) or placeholder_in(faulty) is not None


def _right_value(element: ElementTrace, family: Family, case: Case) -> str | None:
    """Give the value that the request has, as the operator takes it; None where that is not one known value.

    A permission set is meant by its name: the suffix of its role changes when it is assigned anew.
    """
    if _means_permission_set(element, case) and family in (Family.ARN, Family.STRING_PATTERN):
        return permission_set_pattern(case)
    values = values_of(element.key, case)
    if values is None or len(values) != 1:
        return None
    (value,) = values
    if element.key.endswith(":sub") and (pattern := lasting(value)) != value:
        return pattern if family is Family.STRING_PATTERN else None
    if family is Family.ARN and value.count(":") < 5:
        return None
    if family is Family.ADDRESS:
        return f"{value}/{128 if ':' in value else 32}"
    return value


def _means_permission_set(element: ElementTrace, case: Case) -> bool:
    name = permission_set(case)
    names_it = any(f"{RESERVED_NAME}{name}_" in value for value in element.wanted)
    return bool(name) and element.key.lower() == "aws:principalarn" and names_it


def _replacement(value: str, subject: Subject, *, near: bool) -> str:
    """Say to replace the faulty value, or to add the right one to those that are there."""
    if near:
        return f"replace `{faulty_value(subject)}` with `{value}`"
    element, faulty = subject.element, faulty_value(subject)
    slip = unless_meant(faulty) if element is not None and is_slip(element, faulty) else ""
    return f"add `{value}` beside {_quoted(element.wanted if element else ())}{slip}"


def _besides(element: ElementTrace, faulty: str, case: Case) -> str:
    """Say what AWS documents of a value, or how wide the old one was meant: both bear on what to write."""
    if element.key.lower() == "aws:sourcearn":
        said = documented_source_arn(case.snapshot.source.arn, faulty)
        return f": {said}" if said else ""
    as_wide = _in_case_of(faulty, element.only_got)
    return f" (or `{as_wide}`, for all that the old pattern was meant to let in)" if as_wide else ""


def _in_case_of(pattern: str, got: str) -> str:
    """Write a pattern in the capitalization of a value; empty where that does not make the value match it."""
    fixed = min((at for sign in "*?" if (at := pattern.find(sign)) >= 0), default=-1)
    if fixed <= 0 or pattern[:fixed] == got[:fixed] or pattern[:fixed].lower() != got[:fixed].lower():
        return ""
    right = got[:fixed] + pattern[fixed:]
    return right if glob(right)(got) else ""


def _is_alike(element: ElementTrace, faulty: str) -> bool:
    """Say whether the faulty value is what the request has but for one thing: it has the same name, at least."""
    if not faulty:
        return False
    if element.reason in (Reason.MISSPELT, Reason.SPACE_DIFFERS):
        return True
    value, got = faulty.strip(), element.only_got
    if got and value.rstrip("/") == got.rstrip("/"):
        return True
    any_session = element.reason is Reason.SESSION_FOR_ROLE and value.endswith("/*")
    if element.reason not in _NEAR_MISSES or has_wildcard(value[:-1] if any_session else value):
        return False
    return value.endswith(":root") or value.isdecimal() or _name(value) == _name(got)


def _may_name_another(element: ElementTrace, faulty: str) -> bool:
    """Say whether the faulty value may name somebody else, who would lose by its replacement.

    An account of twelve digits that differs in one may well exist, and so may a user and a role of one name. What
    differs in its path or its case does not: names are unique in their account.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    if element.reason is Reason.OTHER_TYPE:
        return element.element is not Element.RESOURCE
    return element.reason is Reason.ACCOUNT_TYPO and len(account_of(faulty) or faulty) == _DIGITS


def _quoted(values: tuple[str, ...]) -> str:
    """Write the values of an element, of many the first three."""
    first = ", ".join(f"`{value}`" for value in values[:_MOST_QUOTED])
    return first if len(values) <= _MOST_QUOTED else f"{first} and {len(values) - _MOST_QUOTED} more"


def _name(arn: str) -> str:
    """Give the name in the ARN of a user, a role or a role's session, in lower case."""
    _, session, rest = arn.partition(":assumed-role/")
    return (rest.partition("/")[0] if session else arn.rpartition("/")[2]).lower()


def _put(document: JsonDict, pointer: str, value: str, *, near: bool) -> tuple[PatchOperation, ...]:
    """Write a value at a pointer that leads to one text, or beside the values there."""
    present = value_at(document, pointer)
    if value in as_list(present):
        return ()
    if isinstance(present, str) and near:
        return (PatchOperation("replace", pointer, value),)
    return join_value(document, pointer, value)


def _whole_test(pointer: str) -> str:
    """Cut a pointer into a condition off behind its key: `/Statement/0/Condition/StringEquals/aws:PrincipalOrgID`."""
    before, _, rest = pointer.partition("/Condition/")
    return f"{before}/Condition/{'/'.join(rest.split('/')[:2])}"


def _means_this_request(statement: StatementTrace, faulty: ElementTrace) -> bool:
    """Say whether nothing but the faulty value, and perhaps other conditions, keeps a statement from the request."""
    return all(element == faulty or element.element is Element.CONDITION for element in statement.unmet)


def _own_words(own: JsonDict, action: Action, case: Case) -> str:
    under = ", with the conditions of the faulty one, corrected" if "Condition" in own else ""
    whom = "this caller and this role" if "Principal" in own else f"the role `{case.destination_arn}`"
    return f"add a statement that allows `{action}` for {whom} alone{under}"
