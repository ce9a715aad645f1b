"""The companions of sts:AssumeRole: sts:TagSession, sts:SetSourceIdentity, sts:SetContext.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from collections.abc import Iterator

from diagnose.evaluate.keys.table import hidden_from
from diagnose.model.case import Case
from diagnose.model.trace import Action, Decision, Effect, Subject
from diagnose.remedy.amendment import amend
from diagnose.remedy.document import (
    Object,
    Operation,
    add_statement,
    in_order,
    joined,
    listed,
    read,
    statement_path,
    value_at,
)
from diagnose.remedy.draft import Draft
from diagnose.remedy.grants import grant, sid
from diagnose.remedy.identity import allow_in_identity
from diagnose.remedy.kinds import Kind
from diagnose.remedy.naming import policy_words
from diagnose.remedy.trust import admitted


def add_companion_to_trust(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Let the caller do what else the call needs, in a statement of its own: it sees fewer condition keys."""
    if subject.action is not Action.ASSUME_ROLE:
        yield from admitted(Kind.ADD_COMPANION_TO_TRUST, subject, case)


def add_companion_to_identity(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Grant the source what else the call needs, on the same role."""
    if subject.action is not Action.ASSUME_ROLE:
        yield from allow_in_identity(Kind.ADD_COMPANION_TO_IDENTITY, subject, case)


def split_companion(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Move a companion out of a statement whose condition it can never meet.

    The condition stays on the action that it was written for. The companion keeps those of its conditions
    whose keys it sees; first with the statement's principals and resources, then for this caller and role alone.
    """
    statement, layer, action = subject.statement, subject.layer, subject.action
    if statement is None or layer is None or action is Action.ASSUME_ROLE or statement.effect is Effect.DENY:
        return
    document = read(statement.policy)
    if document is None:
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
            continue
        operations = (*_taken_out(held, path, action), *add_statement(document, in_order(own)))
        draft = amend(case, layer, statement.policy, operations, kind=Kind.SPLIT_COMPANION, text=text)
        if draft:
            yield draft


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
    return tuple(Operation("remove", joined(path, "Action", str(index))) for index in reversed(places))
