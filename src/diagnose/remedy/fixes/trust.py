"""The trust policy: who is let in."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from diagnose.evaluate.keys.table import hidden_from
from diagnose.model.arn import CallerKind
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.evidence import Known
from diagnose.model.pointer import below
from diagnose.model.trace import Action, Decision, Effect, Element, Layer, Reason, Subject
from diagnose.remedy.case_edit import amend
from diagnose.remedy.change import Attempt
from diagnose.remedy.document import (
    Object,
    Operation,
    add_statement,
    address,
    in_order,
    join_value,
    listed,
    read,
    statement_path,
    value_at,
)
from diagnose.remedy.fixes.correct import is_near
from diagnose.remedy.fixes.identity import allow_in_identity
from diagnose.remedy.kinds import Kind
from diagnose.remedy.least_statement import grant, grant_to_permission_set, nearest_conditions, sid
from diagnose.remedy.names import caller_of, permission_set, policy_words, principal_element


def name_principal(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Name exactly the caller: in place of a value that nearly does, else in a statement of its own.

    A statement of its own asks of the caller what the policy asks of others like it: an external ID, MFA.
    """
    yield from _instead_of_near_miss(subject, case)
    yield from admitted(Kind.NAME_PRINCIPAL_IN_TRUST, subject, case)


def replace_stale_id(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Put the ARN in the place of the id of an entity that is gone, as saving the ARN again does.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    held, principal = _held_principal(subject), principal_element(case)
    if held is None or principal is None or subject.statement is None or not _UNIQUE_ID.fullmatch(held[1]):
        return
    policy, (pointer, stale), name = subject.statement.policy, held, next(iter(principal.values()))
    text = (
        f"In {policy_words(Layer.TRUST, policy, case)}, write `{name}` instead of `{stale}`, the id of a principal "
        "that was deleted since; if that was another one, ask first who should be let in"
    )
    operations = (Operation("replace", pointer, name),)
    yield amend(case, Layer.TRUST, policy, operations, kind=Kind.REPLACE_STALE_ID, text=text)


def admitted(kind: Kind, subject: Subject, case: Case) -> Iterator[Attempt]:
    """Add a statement that lets exactly the caller perform the subject's action."""
    trust = case.snapshot.destination.trust_policy
    if not isinstance(trust, Known):
        yield NotProved.NOT_READ
        return
    document = read(trust.value)
    if document is None:
        yield NotProved.NOT_READABLE
        return
    where = policy_words(Layer.TRUST, trust.value, case)
    condition = nearest_conditions(document, case, _near_statement(subject, document))
    if subject.action is not Action.ASSUME_ROLE:
        condition = {}
    if permission_set(case):
        text = f"In {where}, allow `{subject.action}` to the permission set `{permission_set(case)}`, and to it alone"
        for_set = grant_to_permission_set(subject.action, case, condition)
        yield amend(case, Layer.TRUST, trust.value, add_statement(document, for_set), kind=kind, text=text)
    statement = grant(Layer.TRUST, subject.action, case, condition)
    if statement is None:
        yield NotProved.CALLER_NOT_NAMEABLE
        return
    name = next(iter((principal_element(case) or {"": ""}).values()))
    path = (
        ""
        if caller_of(case).principal_arn or caller_of(case).kind is CallerKind.SERVICE
        else ", with its path if it has one,"
    )
    text = f"In {where}, allow `{subject.action}` to `{name}`{path} in a statement of its own"
    yield amend(case, Layer.TRUST, trust.value, add_statement(document, statement), kind=kind, text=text)


def add_companion_to_trust(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Let the caller do what else the call needs, in a statement of its own: it sees fewer condition keys."""
    if subject.action is not Action.ASSUME_ROLE:
        yield from admitted(Kind.ADD_COMPANION_TO_TRUST, subject, case)


def add_companion_to_identity(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Grant the source what else the call needs, on the same role."""
    if subject.action is not Action.ASSUME_ROLE:
        yield from allow_in_identity(Kind.ADD_COMPANION_TO_IDENTITY, subject, case)


def split_companion(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Move a companion out of a statement whose condition it can never meet.

    The condition stays on the action that it was written for. The companion keeps those of its conditions
    whose keys it sees; first with the statement's principals and resources, then for this caller and role alone.
    """
    statement, layer, action = subject.statement, subject.layer, subject.action
    if statement is None or layer is None or action is Action.ASSUME_ROLE or statement.effect is Effect.DENY:
        return
    document = read(statement.policy)
    if document is None:
        yield NotProved.NOT_READABLE
        return
    path = statement_path(document, statement.index)
    held = value_at(document, path)
    if not isinstance(held, dict):
        return
    condition = _seen_by(action, held.get("Condition"))
    same: Object = {name: held[name] for name in ("Principal", "Resource") if name in held}
    moved: Object = {"Sid": sid(layer, action, case), "Effect": "Allow", "Action": str(action), **same}
    if condition:
        moved["Condition"] = condition
    where = policy_words(layer, statement.policy, case)
    text = f"In {where}, move `{action}` into a statement of its own, without the condition that it can never meet"
    for own in (moved, grant(layer, action, case, condition)):
        if own is None:
            yield NotProved.CALLER_NOT_NAMEABLE
            continue
        operations = (*_taken_out(held, path, action), *add_statement(document, in_order(own)))
        yield amend(case, layer, statement.policy, operations, kind=Kind.SPLIT_COMPANION, text=text)


_UNIQUE_ID = re.compile(r"A(IDA|ROA)[A-Z0-9]+")


_NEVER_RIGHT = (
    Reason.WILDCARD_IN_PRINCIPAL,
    Reason.REGIONAL_SERVICE_PRINCIPAL,
    Reason.NEVER_A_PRINCIPAL,
    Reason.NOT_AN_ARN,
    Reason.REGION_GIVEN,
)
"""What lets nobody in wherever it stands; most of it, AWS would not save again."""


def _instead_of_near_miss(subject: Subject, case: Case) -> Iterator[Attempt]:
    held, principal = _held_principal(subject), principal_element(case)
    if held is None or principal is None or subject.element is None or subject.statement is None:
        return
    policy = subject.statement.policy
    document = read(policy)
    if document is None:
        return
    (kind, name), (pointer, written) = next(iter(principal.items())), held
    reason, caller = subject.element.reason, caller_of(case)
    if f"/Principal/{kind}" not in pointer or subject.element.negated or subject.statement.effect is Effect.DENY:
        return
    narrower = None
    where = f"In {policy_words(Layer.TRUST, policy, case)}, "
    operations: tuple[Operation, ...] = (Operation("replace", pointer, name),)
    how = f"write `{name}` instead of `{written}`"
    if reason is Reason.OTHER_SESSION and caller.kind is CallerKind.SESSION:
        path = "" if caller.principal_arn else " (with the role's path if it has one)"
        how += f"{path}; that lets in every session of the role, whatever its name"
        text = f"{where}write `{caller.arn}` beside `{written}`; that lets in this one session name, and no later one"
        beside = join_value(document, pointer, caller.arn)
        this_session = amend(case, Layer.TRUST, policy, beside, kind=Kind.NAME_PRINCIPAL_IN_TRUST, text=text)
        narrower = None if isinstance(this_session, NotProved) else this_session
    elif reason not in _NEVER_RIGHT and not is_near(subject.element):
        return
    draft = amend(case, Layer.TRUST, policy, operations, kind=Kind.NAME_PRINCIPAL_IN_TRUST, text=f"{where}{how}")
    yield draft if isinstance(draft, NotProved) else replace(draft, narrower=narrower)


def _held_principal(subject: Subject) -> tuple[str, str] | None:
    """Give the pointer and the text of the principal value that the subject is about."""
    statement, element = subject.statement, subject.element
    if statement is None or element is None or element.element is not Element.PRINCIPAL:
        return None
    if statement.layer is not Layer.TRUST:
        return None
    document = read(statement.policy)
    pointer = address(document, element.pointer) if document is not None else None
    held = value_at(document, pointer) if pointer is not None else None
    return (pointer, held) if pointer is not None and isinstance(held, str) else None


def _near_statement(subject: Subject, document: Object) -> Object | None:
    if subject.statement is None or subject.statement.layer is not Layer.TRUST:
        return None
    pointer = address(document, subject.statement.pointer)
    found = value_at(document, pointer) if pointer is not None else None
    return found if isinstance(found, dict) else None


def _seen_by(action: Action, condition: object) -> Object:
    """Keep the tests whose keys are in the action's context."""
    kept: Object = {}
    for operator, block in condition.items() if isinstance(condition, dict) else ():
        seen = {key: value for key, value in block.items() if action not in hidden_from(key.lower())}
        if seen:
            kept[operator] = seen
    return kept


def _taken_out(statement: Object, path: str, action: Action) -> tuple[Operation, ...]:
    """Take an action out of a list; a pattern, or an action that stands alone, stays."""
    actions = statement.get("Action")
    places = [index for index, one in enumerate(listed(actions)) if str(one).lower() == action.lower()]
    if not isinstance(actions, list) or len(places) == len(actions):
        return ()
    return tuple(Operation("remove", below(path, "Action", str(index))) for index in reversed(places))
