"""The trust policy: who is let in."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from diagnose.model.arn import CallerKind
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.evidence import Known
from diagnose.model.trace import Action, Decision, Effect, Element, Layer, Reason, Subject
from diagnose.remedy.amendment import amend
from diagnose.remedy.document import Object, Operation, add_statement, address, join_value, read, value_at
from diagnose.remedy.draft import Attempt
from diagnose.remedy.grants import grant, grant_to_permission_set, nearest_conditions
from diagnose.remedy.kinds import Kind
from diagnose.remedy.naming import policy_words
from diagnose.remedy.parties import caller, permission_set, principal_element
from diagnose.remedy.wording import is_near

_UNIQUE_ID = re.compile(r"A(IDA|ROA)[A-Z0-9]+")
_NEVER_RIGHT = (
    Reason.WILDCARD_IN_PRINCIPAL,
    Reason.REGIONAL_SERVICE_PRINCIPAL,
    Reason.NEVER_A_PRINCIPAL,
    Reason.NOT_AN_ARN,
    Reason.REGION_GIVEN,
)
"""What lets nobody in wherever it stands; most of it, AWS would not save again."""


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
        if caller(case).principal_arn or caller(case).kind is CallerKind.SERVICE
        else ", with its path if it has one,"
    )
    text = f"In {where}, allow `{subject.action}` to `{name}`{path} in a statement of its own"
    yield amend(case, Layer.TRUST, trust.value, add_statement(document, statement), kind=kind, text=text)


def _instead_of_near_miss(subject: Subject, case: Case) -> Iterator[Attempt]:
    held, principal = _held_principal(subject), principal_element(case)
    if held is None or principal is None or subject.element is None or subject.statement is None:
        return
    policy = subject.statement.policy
    document = read(policy)
    if document is None:
        return
    (kind, name), (pointer, written) = next(iter(principal.items())), held
    reason, asker = subject.element.reason, caller(case)
    if f"/Principal/{kind}" not in pointer or subject.element.negated or subject.statement.effect is Effect.DENY:
        return
    narrower = None
    where = f"In {policy_words(Layer.TRUST, policy, case)}, "
    operations: tuple[Operation, ...] = (Operation("replace", pointer, name),)
    how = f"write `{name}` instead of `{written}`"
    if reason is Reason.OTHER_SESSION and asker.kind is CallerKind.SESSION:
        path = "" if asker.principal_arn else " (with the role's path if it has one)"
        how += f"{path}; that lets in every session of the role, whatever its name"
        text = f"{where}write `{asker.arn}` beside `{written}`; that lets in this one session name, and no later one"
        beside = join_value(document, pointer, asker.arn)
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
