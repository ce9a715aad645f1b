"""A faulty value put right: where it stands, or else in a statement that reaches this caller and role only."""

from collections.abc import Callable, Iterator, Sequence

from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.policy import PolicyKind
from diagnose.model.trace import Action, Effect, Element, ElementTrace, Layer, StatementTrace, Subject
from diagnose.remedy.amendment import amend, editable, found, new_policy_name
from diagnose.remedy.document import (
    Object,
    Operation,
    add_statement,
    address,
    patched,
    read,
    statement_path,
    value_at,
)
from diagnose.remedy.draft import Attempt
from diagnose.remedy.grants import grant
from diagnose.remedy.kinds import Kind
from diagnose.remedy.naming import in_words, policy_words, source_words
from diagnose.remedy.parties import permission_set, source_is_protected

Correct = Callable[[Object, str], Sequence[Operation]]
"""Makes the operations that put right the value at a pointer; none where it cannot be told what would be right."""


def corrected(
    subject: Subject, case: Case, kind: Kind, what: str, correct: Correct, *, in_own: Correct | None = None
) -> Iterator[Attempt]:
    """Draft a correction of the value that `subject.element` points at.

    The correction in place comes first. Where it would let in more than this caller, or open more than this
    role, its proof fails; then the corrected statement is added for this caller and role alone. `in_own` makes
    the operations on that copy where they are others.
    """
    statement, element = subject.statement, subject.element
    if statement is None or element is None or subject.layer is None:
        return
    policy, layer = statement.policy, subject.layer
    document = read(policy)
    if document is None:
        yield NotProved.NOT_READABLE
        return
    pointer = address(document, element.pointer)
    if pointer is None:
        return
    operations = tuple(correct(document, pointer))
    if not operations:
        return
    where = policy_words(layer, policy, case)
    yield amend(case, layer, policy, operations, kind=kind, text=f"{in_words(layer, policy, case)}, {what}")
    if statement.effect is not Effect.ALLOW or not _means_this_request(statement, element):
        return
    for_own = tuple(in_own(document, pointer)) if in_own else operations
    own = own_statement(document, statement, for_own, layer, subject.action, case)
    if own is None:
        return
    if not isinstance(editable(case, layer, policy), NotProved):
        text = f"{in_words(layer, policy, case)}, {_own_words(own, subject.action, case)}"
        yield amend(case, layer, policy, add_statement(document, own), kind=kind, text=text)
    elif layer is Layer.IDENTITY and not permission_set(case) and not source_is_protected(case):
        text = f"{where} cannot be edited: give {source_words(case)} an inline policy, in which you {what}"
        name = new_policy_name(subject.action, case)
        yield found(case, layer, own, kind=kind, text=text[:1].upper() + text[1:], name=name, policy=PolicyKind.INLINE)


def _means_this_request(statement: StatementTrace, faulty: ElementTrace) -> bool:
    """Say whether nothing but the faulty value, and perhaps other conditions, keeps a statement from the request."""
    return all(one == faulty or one.element is Element.CONDITION for one in statement.unmet)


def _own_words(own: Object, action: Action, case: Case) -> str:
    under = ", under the conditions of the faulty one put right" if "Condition" in own else ""
    whom = "this caller and this role" if "Principal" in own else f"the role `{case.destination_arn}`"
    return f"add a statement that allows `{action}` for {whom} alone{under}"


def own_statement(
    document: Object,
    statement: StatementTrace,
    operations: Sequence[Operation],
    layer: Layer,
    action: Action,
    case: Case,
) -> Object | None:
    """Copy a statement, with operations applied, and narrow it to one action, one caller and one role."""
    narrowed = grant(layer, action, case)
    edited = value_at(patched(document, operations), statement_path(document, statement.index))
    if narrowed is None or not isinstance(edited, dict):
        return None
    return narrowed | ({"Condition": edited["Condition"]} if "Condition" in edited else {})
