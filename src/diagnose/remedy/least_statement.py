"""Statements that grant exactly what one call needs to exactly one caller on exactly one role."""

import re
from collections.abc import Sequence

from diagnose.evaluate.action import covered
from diagnose.evaluate.keys.passing import PASSED_TO_SERVICE
from diagnose.evaluate.keys.table import WHO_CALLS, group_of
from diagnose.evaluate.operations import OPERATIONS
from diagnose.model.arn import CallerKind
from diagnose.model.case import Case
from diagnose.model.condition_keys import KeyGroup
from diagnose.model.issuers import lasting
from diagnose.model.trace import COMPANIONS, Action, Decision, Layer
from diagnose.model.tri import NO, YES
from diagnose.remedy.document import Json, JsonDict, as_list, statements
from diagnose.remedy.names import (
    caller_of,
    destination_role_name,
    permission_set,
    permission_set_pattern,
    principal_element,
    values_of,
)


def grant(
    layer: Layer, action: Action, case: Case, condition: JsonDict | None = None, also: Sequence[Action] = ()
) -> JsonDict | None:
    """Write an Allow statement for one layer; None where the caller cannot be named in it.

    `also` are actions that belong to the same call. There must be none where a condition is not theirs, too.
    """
    statement: JsonDict = {"Sid": sid(layer, action, case), "Effect": "Allow"}
    if layer in (Layer.TRUST, Layer.ENDPOINT):
        principal = principal_element(case)
        if principal is None:
            return None
        statement["Principal"] = dict(principal)
        # Whether the other actions see the claims, nobody says; without the operation's own they are worth nothing.
        if caller_of(case).federated and action not in COMPANIONS:
            bearer = exact_bearer(case)
            if not bearer:
                return None
            condition = all_tests(condition or {}, bearer)
    statement["Action"] = [str(action), *map(str, also)] if also else str(action)
    if layer is not Layer.TRUST:
        statement["Resource"] = case.destination_arn
    if action is Action.PASS_ROLE and case.request.parameters.passed_to is not None:
        service: JsonDict = {"StringEquals": {PASSED_TO_SERVICE: case.request.parameters.passed_to}}
        condition = all_tests(condition or {}, service)
    if condition:
        statement["Condition"] = condition
    return statement


def denied_besides(action: Action, layer: Layer, decision: Decision, case: Case) -> tuple[Action, ...]:
    """Give the companions of a call's own action that a layer denies for want of an Allow, as it denies that.

    Whether companions see the claims of a token, nobody says: those of federated calls have a statement of their own.
    """
    if action is not OPERATIONS[case.request.operation].action or caller_of(case).federated:
        return ()
    return tuple(
        decided.action
        for decided in decision.actions
        if decided.action in COMPANIONS and decided.needed is YES
        for trace in decided.layers
        if trace.layer is layer and trace.verdict is NO and trace.explicit is NO
    )


def named_actions(actions: Sequence[Action]) -> str:
    """Name actions in a sentence."""
    *others, last = (f"`{action}`" for action in actions)
    return f"{', '.join(others)} and {last}" if others else last


def grant_to_permission_set(action: Action, case: Case, condition: JsonDict | None = None) -> JsonDict:
    """Write a trust statement for a permission set, whose role gets another name when it is assigned anew.

    Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    caller = caller_of(case)
    role: JsonDict = {"aws:PrincipalArn": permission_set_pattern(case)}
    others = dict(condition or {})
    patterns = others.pop("ArnLike", {})
    return {
        "Sid": sid(Layer.TRUST, action, case),
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:{caller.partition}:iam::{caller.account}:root"},
        "Action": str(action),
        "Condition": {**others, "ArnLike": {**(patterns if isinstance(patterns, dict) else {}), **role}},
    }


def exact_bearer(case: Case) -> JsonDict:
    """Give the conditions that name exactly whose token or assertion it is; empty where that is not known.

    A provider vouches for many: its audience alone tells none of them apart.
    """
    subject = subject_of(case)
    if not subject:
        return {}
    audiences = values_of(_bearer_key("aud", case), case) or ()
    audience: JsonDict = {_bearer_key("aud", case): audiences[0]} if len(audiences) == 1 else {}
    if (pattern := lasting(subject)) != subject:
        exactly: JsonDict = {"StringEquals": audience} if audience else {}
        return {**exactly, "StringLike": {_bearer_key("sub", case): pattern}}
    return {"StringEquals": {**audience, _bearer_key("sub", case): subject}}


def subject_of(case: Case) -> str:
    """Give the subject of a token or an assertion; empty where it is not known."""
    subjects = values_of(_bearer_key("sub", case), case) or ()
    return subjects[0] if len(subjects) == 1 else ""


def all_tests(one: JsonDict, other: JsonDict) -> JsonDict:
    """Put two Conditions together; where both test a key with the same operator, the second says what is wanted."""
    merged = dict(one)
    for operator, tests in other.items():
        present = merged.get(operator)
        merged[operator] = {**present, **tests} if isinstance(present, dict) and isinstance(tests, dict) else tests
    return merged


def sid(layer: Layer, action: Action, case: Case) -> str:
    """Make a Sid that says what is granted to whom, or on what; IAM takes letters and digits only."""
    name = (permission_set(case) or caller_of(case).name) if layer is Layer.TRUST else destination_role_name(case)
    alphanumeric = re.sub(r"[^0-9A-Za-z]", "", name)[:64]
    return f"Allow{action.partition(':')[2]}{alphanumeric[:1].upper()}{alphanumeric[1:]}"


def nearest_conditions(document: JsonDict, case: Case, near: JsonDict | None = None) -> JsonDict:
    """Give the conditions that a trust policy puts on callers of this kind, without those that say who calls.

    A new statement that names exactly the caller needs no weaker proof of who calls, but it must not exempt
    the caller from what the owner asks of others: an external ID, MFA, a network. `near` is the statement meant.
    """
    meant = [near] if near and _is_for_such_callers(near, case) else []
    others = [statement for statement in statements(document) if _is_for_such_callers(statement, case)]
    operation = OPERATIONS[case.request.operation].action
    assuming = [statement for statement in others if _allows(statement, operation)]
    for statement in [*meant, *assuming, *others]:
        return _carried(statement.get("Condition"), case)
    return {}


def _is_for_such_callers(statement: JsonDict, case: Case) -> bool:
    if statement.get("Effect") != "Allow":
        return False
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    caller = caller_of(case)
    kind = "Service" if caller.kind is CallerKind.SERVICE else "Federated" if caller.federated else "AWS"
    return principal == "*" or (isinstance(principal, dict) and kind in principal)


def _allows(statement: JsonDict, action: Action) -> bool:
    return any(isinstance(pattern, str) and action in covered(pattern) for pattern in as_list(statement.get("Action")))


def _carried(condition: Json, case: Case) -> JsonDict:
    dropped = {*WHO_CALLS, KeyGroup.TOKEN}
    if caller_of(case).kind is not CallerKind.SERVICE:
        dropped.add(KeyGroup.SOURCE_ACCOUNT)
    carried: JsonDict = {}
    for operator, block in condition.items() if isinstance(condition, dict) else ():
        if isinstance(block, dict):
            tests: JsonDict = {
                key: value for key, value in block.items() if group_of(key) not in dropped and _can_be_met(key, case)
            }
            if tests:
                carried[operator] = tests
    return carried


def _can_be_met(key: str, case: Case) -> bool:
    """Say whether a caller of this kind can have a key: of whoever does not sign, STS sends few."""
    return not caller_of(case).federated or values_of(key, case) != ()


def _bearer_key(claim: str, case: Case) -> str:
    prefix = "SAML" if caller_of(case).kind is CallerKind.SAML else caller_of(case).name
    return f"{prefix}:{claim}"
