"""An explicit Deny, narrowed so that it exempts exactly this request, or lifted where it is for nothing else.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Iterator

from msgspec.structs import replace

from diagnose.evaluate.action import covered
from diagnose.evaluate.condition import SetOperator, parse_operator
from diagnose.model.arn import CallerKind, account_of
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Owner
from diagnose.model.key_state import KeyState
from diagnose.model.pointer import below
from diagnose.model.policy import Policy, PolicyKind
from diagnose.model.trace import Action, Decision, Effect, Element, Layer, StatementTrace, Subject
from diagnose.model.tri import YES
from diagnose.remedy.case_edit import edit_policy, is_aws_managed, same, without_policy
from diagnose.remedy.change import Attempt, Draft, Removal
from diagnose.remedy.document import (
    Json,
    JsonDict,
    PatchOperation,
    add_statement,
    apply_patch,
    as_list,
    document_of,
    in_aws_order,
    one_or_list,
    statement_path,
    statements,
    value_at,
)
from diagnose.remedy.names import (
    OWN_LAYERS,
    caller_of,
    in_policy_phrase,
    policy_phrase,
    principal_arn,
    principal_element,
    principal_name,
    source_phrase,
)


def narrow_deny(subject: Subject, case: Case, decision: Decision) -> Iterator[Attempt]:
    """Narrow a Deny: in the source's own policies for this role, elsewhere for this caller.

    Only the actions of the call are exempt; where the Deny covers more of AWS than STS, it is split. A Deny that
    is meant for this very caller or role is left alone: to lift it is a decision, not a correction.
    """
    statement, layer = subject.statement, subject.layer
    if statement is None or layer is None or statement.effect is not Effect.DENY:
        return
    document = document_of(statement.policy)
    if document is None:
        yield NotProved.NOT_READABLE
        return
    path = statement_path(document, statement.index)
    original = value_at(document, path)
    if not isinstance(original, dict) or not original.keys() & {"Action", "NotAction"}:
        return
    actions = _denied(statement, subject.action, decision)
    whom = f"the role `{case.destination_arn}`" if layer in OWN_LAYERS else f"`{principal_name(case)}`"
    where = in_policy_phrase(layer, statement.policy, case)
    text = f"{where}, exempt {whom} from the Deny{_called(statement)}; leave the rest unchanged"
    if layer in OWN_LAYERS:
        narrowing = _exempt_role(original, path, case)
    else:
        narrowing = _replace_not_principal(original, path, case) or _exempt_caller(original, path, case)
    if not narrowing and caller_of(case).federated and (spared := _unconditional(statement)):
        yield from _spare_sign_in(statement, original, path, case, subject.action, spared)
        return
    if not narrowing:
        nameable = layer in OWN_LAYERS or principal_element(case) is not None
        yield NotProved.DENY_IS_MEANT if nameable else NotProved.CALLER_NOT_NAMEABLE
        return
    operations = _only_for(actions, document, original, path, narrowing)
    yield edit_policy(case, layer, statement.policy, operations, text=text)


def _spare_sign_in(
    statement: StatementTrace, original: JsonDict, path: str, case: Case, action: Action | None, key: str
) -> Iterator[Attempt]:
    """Take the action of a sign-in out of a Deny whose condition spares no sign-in, as nobody signs the call.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    listed = _patterns(original)
    others = [pattern for pattern in listed if pattern.lower() != str(action).lower()]
    if statement.layer not in (Layer.RCP, Layer.TRUST) or not others or len(others) == len(listed):
        yield NotProved.CALLER_NOT_NAMEABLE
        return
    where = in_policy_phrase(statement.layer, statement.policy, case)
    text = (
        f"{where}, take `{action}` out of the Deny{_called(statement)}: no such call carries `{key}`, so the condition "
        "spares nobody; every such sign-in is then left to the trust policies"
    )
    operations = (PatchOperation("replace", below(path, "Action"), one_or_list(others)),)
    attempt = edit_policy(case, statement.layer, statement.policy, operations, text=text)
    yield replace(attempt, widens=True) if isinstance(attempt, Draft) else attempt


def _unconditional(statement: StatementTrace) -> str:
    """Give a key by whose absence a condition of a Deny is met; empty where there is none."""
    return next(
        (
            one.key
            for one in statement.elements
            if one.element is Element.CONDITION and isinstance(one.got, KeyState) and one.got.absent is YES
        ),
        "",
    )


def lift_deny(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Remove a Deny that is for nothing but this caller or role, or a policy of AWS's own that denies.

    Nothing smaller lifts it, and somebody meant it: the text asks to find out why before.
    """
    statement, layer = subject.statement, subject.layer
    if statement is None or layer is None or statement.effect is not Effect.DENY:
        return
    policy, document = statement.policy, document_of(statement.policy)
    original = value_at(document, statement_path(document, statement.index)) if document is not None else None
    if document is None or not isinstance(original, dict):
        yield NotProved.NOT_READABLE
        return
    if not (is_aws_managed(policy) or _is_for_this_request(original, layer, case)):
        return
    where, why = policy_phrase(layer, policy, case), "once whoever put it there agrees"
    if not is_aws_managed(policy) and len(statements(document)) > 1:
        removal = (PatchOperation("remove", statement_path(document, statement.index)),)
        text = f"In {where}, remove the Deny{_called(statement)}, {why}: it is for this request alone"
        yield edit_policy(case, layer, policy, removal, text=text)
    elif layer is Layer.IDENTITY:
        verb, of = ("Delete", "") if policy.kind is PolicyKind.INLINE else ("Detach", f" from {_holder(policy, case)}")
        text = f"{verb} {where}{of}, {why}: the Deny{_called(statement)} is what it is for"
        yield Draft(Owner.SOURCE, text, without_policy(case, layer, policy), Removal(policy))


def _is_for_this_request(statement: JsonDict, layer: Layer, case: Case) -> bool:
    """Say whether a Deny covers no other role, in the caller's own policies, or else no other caller."""
    if layer in OWN_LAYERS:
        return as_list(statement.get("Resource")) == [case.destination_arn]
    name = principal_arn(case)
    return name is not None and _is_for_this_caller(statement, name)


def _holder(policy: Policy, case: Case) -> str:
    return f"the group `{policy.group}`" if policy.group else source_phrase(case)


def _denied(statement: StatementTrace, action: Action, decision: Decision) -> list[Action]:
    """Name the actions of this call that the statement denies."""
    denied = [
        decided.action
        for decided in decision.actions
        for layer in decided.layers
        if layer.layer is statement.layer
        for level in layer.levels
        for other in level.statements
        if other.index == statement.index and same(other.policy, statement.policy) and other.verdict is YES
    ]
    return list(dict.fromkeys([action, *denied]))


def _called(statement: StatementTrace) -> str:
    return f" `{statement.sid}`" if statement.sid else f" in statement {statement.index + 1}"


def _only_for(
    actions: list[Action], document: JsonDict, statement: JsonDict, path: str, narrowing: tuple[PatchOperation, ...]
) -> tuple[PatchOperation, ...]:
    """Apply a narrowing to a statement; where it denies more than STS, only to a copy for the actions of the call."""
    if "NotAction" not in statement and all(_of_sts(pattern) for pattern in _patterns(statement)):
        return narrowing
    others = _without_actions(statement, path, actions)
    copy = value_at(apply_patch(document, narrowing), path)
    if not others or not isinstance(copy, dict):
        return ()
    own: JsonDict = {name: value for name, value in copy.items() if name not in ("Action", "NotAction", "Sid")}
    sid = {"Sid": f"{statement['Sid']}Narrowed"} if statement.get("Sid") else {}
    own = {**sid, "Effect": "Deny", "Action": one_or_list([str(action) for action in actions]), **own}
    return (*others, *add_statement(document, in_aws_order(own)))


def _without_actions(statement: JsonDict, path: str, actions: list[Action]) -> tuple[PatchOperation, ...]:
    """Take the actions of the call out of a Deny; nothing where it lists a pattern that spans services."""
    names = [str(action) for action in actions]
    if "NotAction" in statement:
        return (PatchOperation("replace", below(path, "NotAction"), [*as_list(statement["NotAction"]), *names]),)
    patterns = _patterns(statement)
    if any(pattern.strip("*:") == "" for pattern in patterns):
        return (
            PatchOperation("remove", below(path, "Action")),
            PatchOperation("add", below(path, "NotAction"), one_or_list(names)),
        )
    others = [pattern for pattern in patterns if not covered(pattern)]
    if any(covered(pattern) and not _of_sts(pattern) for pattern in patterns) or not others:
        return ()
    return (PatchOperation("replace", below(path, "Action"), one_or_list(others)),)


def _patterns(statement: JsonDict) -> list[str]:
    return [str(pattern) for pattern in as_list(statement.get("Action"))]


def _of_sts(pattern: str) -> bool:
    return pattern.lower().startswith("sts:")


def _exempt_role(statement: JsonDict, path: str, case: Case) -> tuple[PatchOperation, ...]:
    """Except one role from the resources. A pattern has no such exception, and goes on denying."""
    role = case.destination_arn
    if "NotResource" in statement:
        return (PatchOperation("replace", below(path, "NotResource"), [*as_list(statement["NotResource"]), role]),)
    if "Resource" not in statement:
        return ()
    patterns = [str(pattern) for pattern in as_list(statement["Resource"])]
    if patterns == ["*"]:
        return (
            PatchOperation("remove", below(path, "Resource")),
            PatchOperation("add", below(path, "NotResource"), role),
        )
    others = [pattern for pattern in patterns if pattern != role]
    return (PatchOperation("replace", below(path, "Resource"), one_or_list(others)),) if others else ()


def _exempt_caller(statement: JsonDict, path: str, case: Case) -> tuple[PatchOperation, ...]:
    """Except one caller by a condition, which is joined to those that are there."""
    caller = caller_of(case)
    arn = principal_arn(case)
    if caller.kind is CallerKind.SERVICE:
        key, value, operator = "aws:PrincipalServiceName", caller.name, "StringNotEquals"
    elif arn is not None:
        key, value, operator = "aws:PrincipalArn", arn, "ArnNotEquals"
    else:
        return ()
    if _is_for_this_caller(statement, value):
        return ()
    return _with_exception(statement, path, operator, key, [value])


def _is_for_this_caller(statement: JsonDict, arn: str) -> bool:
    """Say whether a Deny names the caller and nobody else, so that exempting the caller would remove it."""
    principal = statement.get("Principal")
    if isinstance(principal, dict) and as_list(principal.get("AWS")) == [arn]:
        return True
    condition = statement.get("Condition")
    for name, block in condition.items() if isinstance(condition, dict) else ():
        _, operator, _ = parse_operator(name)
        for key, values in block.items() if isinstance(block, dict) and operator else ():
            if operator and not operator.negated and key.lower() == "aws:principalarn" and as_list(values) == [arn]:
                return True
    return False


def _with_exception(
    statement: JsonDict, path: str, operator: str, key: str, values: list[Json]
) -> tuple[PatchOperation, ...]:
    """Add values that a negated test exempts: to a test of that key, to a block of that operator, or in a new block."""
    condition, value = statement.get("Condition"), values[0] if len(values) == 1 else values
    if not isinstance(condition, dict):
        return (PatchOperation("add", below(path, "Condition"), {operator: {key: value}}),)
    for operator_name, block in condition.items():
        set_operator, parsed, _ = parse_operator(operator_name)
        if not isinstance(block, dict) or parsed is None or not parsed.negated or set_operator is not SetOperator.NONE:
            continue
        present = next((name for name in block if name.lower() == key.lower()), None)
        if present is not None:
            where = below(path, "Condition", operator_name, present)
            return (PatchOperation("replace", where, [*as_list(block[present]), *values]),)
    if isinstance(condition.get(operator), dict):
        return (PatchOperation("add", below(path, "Condition", operator, key), value),)
    return (PatchOperation("add", below(path, "Condition", operator), {key: value}),)


def _replace_not_principal(statement: JsonDict, path: str, case: Case) -> tuple[PatchOperation, ...]:
    """Say by a condition what NotPrincipal says, which hits every principal with a permissions boundary.

    NotPrincipal exempts a user listed with the account, and a session listed with its role and account.
    A condition on the ARN of a role would exempt its other sessions, too: then NotPrincipal has to stay.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    principals, caller_arn = statement.get("NotPrincipal"), principal_arn(case)
    if not isinstance(principals, dict) or set(principals) != {"AWS"} or caller_arn is None:
        return ()
    named = [str(arn) for arn in as_list(principals["AWS"])]
    accounts = {account_of(arn) or arn for arn in named if arn.endswith(":root") or arn.isdecimal()}
    if any(":assumed-role/" in arn and account_of(arn) in accounts for arn in named):
        return ()
    users: list[Json] = [arn for arn in named if ":user/" in arn and account_of(arn) in accounts]
    values = [*users, *([caller_arn] if caller_arn not in users else [])]
    return (
        PatchOperation("remove", below(path, "NotPrincipal")),
        PatchOperation("add", below(path, "Principal"), "*"),
        *_with_exception(statement, path, "ArnNotEquals", "aws:PrincipalArn", values),
    )
