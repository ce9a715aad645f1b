"""The trust policy: who may assume the role."""

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from diagnose.evaluate.keys.table import hidden_from
from diagnose.evaluate.service_principal import in_region
from diagnose.model.arn import CallerKind
from diagnose.model.case import Case, Origin
from diagnose.model.diagnosis import NotProved
from diagnose.model.evidence import Known
from diagnose.model.pointer import below
from diagnose.model.trace import COMPANIONS, Action, Decision, Effect, Element, Layer, Reason, Subject
from diagnose.remedy.case_edit import edit_policy
from diagnose.remedy.change import Attempt
from diagnose.remedy.document import (
    JsonDict,
    PatchOperation,
    add_statement,
    address,
    as_list,
    document_of,
    in_aws_order,
    join_value,
    statement_path,
    statements,
    value_at,
)
from diagnose.remedy.fixes.correct import is_near, is_slip, unless_meant
from diagnose.remedy.fixes.identity import allow_in_identity
from diagnose.remedy.least_statement import (
    denied_besides,
    grant,
    grant_to_permission_set,
    named_actions,
    nearest_conditions,
    sid,
    subject_of,
)
from diagnose.remedy.names import (
    caller_of,
    path_to_check,
    permission_set,
    policy_phrase,
    principal_element,
    principal_name,
)


def name_principal(subject: Subject, case: Case, decision: Decision) -> Iterator[Attempt]:
    """Name exactly the caller: in place of a value that nearly does, else in a statement of its own.

    A statement of its own asks of the caller what the policy asks of others like it: an external ID, MFA. Without any
    such condition it allows all that the call needs and the policy does not allow.
    """
    yield from _instead_of_near_miss(subject, case)
    yield from add_trust_statement(subject, case, denied_besides(subject.action, Layer.TRUST, decision, case))


def replace_stale_id(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Put the ARN in the place of the id of an entity that is gone, as saving the ARN again does.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    stale_value, principal = _principal_value(subject), principal_element(case)
    if (
        stale_value is None
        or principal is None
        or subject.statement is None
        or not _UNIQUE_ID.fullmatch(stale_value[1])
    ):
        return
    policy, (pointer, stale), name = subject.statement.policy, stale_value, next(iter(principal.values()))
    text = (
        f"In {policy_phrase(Layer.TRUST, policy, case)}, replace `{stale}`, the ID of a deleted principal, with "
        f"`{name}`; if it was a different principal, first ask who should be allowed"
    )
    operations = (PatchOperation("replace", pointer, name),)
    yield edit_policy(case, Layer.TRUST, policy, operations, text=text)


def add_trust_statement(subject: Subject, case: Case, companions: Sequence[Action] = ()) -> Iterator[Attempt]:
    """Add a statement that lets exactly the caller perform the subject's action, and those that belong to it."""
    trust = case.snapshot.destination.trust_policy
    if not isinstance(trust, Known):
        yield NotProved.NOT_READ
        return
    document = document_of(trust.value)
    if document is None:
        yield NotProved.NOT_READABLE
        return
    condition = nearest_conditions(document, case, _near_statement(subject, document))
    if subject.action in COMPANIONS:
        condition = {}
    also = () if condition or permission_set(case) else companions
    actions = named_actions((subject.action, *also))
    allowing = f"In {policy_phrase(Layer.TRUST, trust.value, case)}, add a statement that allows {actions}"
    if permission_set(case):
        text = f"{allowing} for the permission set `{permission_set(case)}` alone"
        for_set = grant_to_permission_set(subject.action, case, condition)
        yield edit_policy(case, Layer.TRUST, trust.value, add_statement(document, for_set), text=text)
    statement = grant(Layer.TRUST, subject.action, case, condition, also)
    if statement is None:
        yield NotProved.CALLER_NOT_NAMEABLE
        return
    caller = caller_of(case)
    for_workloads = any("Federated" in str(statement.get("Principal")) for statement in statements(document))
    on_machine = for_workloads and caller.origin is Origin.EC2
    shared = "; whatever runs on the machine can then assume it" if on_machine else ""
    bearer = f" and the subject `{subject_of(case)}` alone" if caller.federated else ""
    if caller.kind is CallerKind.SAML:
        shared = "; without `SAML:sub`, everybody to whom that identity provider gives the role can assume it"
    text = f"{allowing} for `{principal_name(case)}`{path_to_check(case)}{bearer}{shared}"
    yield edit_policy(case, Layer.TRUST, trust.value, add_statement(document, statement), text=text)


def add_companion_to_trust(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Let the caller do what else the call needs, in a statement of its own: it sees fewer condition keys."""
    if subject.action in COMPANIONS:
        yield from add_trust_statement(subject, case)


def add_companion_to_identity(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Grant the source what else the call needs, on the same role."""
    if subject.action in COMPANIONS:
        yield from allow_in_identity(subject, case)


def split_companion(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Move a companion out of a statement whose condition it can never meet.

    The condition stays on the action that it was written for. The companion keeps those of its conditions
    whose keys it sees; first with the statement's principals and resources, then for this caller and role alone.
    """
    statement, layer, action = subject.statement, subject.layer, subject.action
    if statement is None or layer is None or action not in COMPANIONS or statement.effect is Effect.DENY:
        return
    document = document_of(statement.policy)
    if document is None:
        yield NotProved.NOT_READABLE
        return
    path = statement_path(document, statement.index)
    original = value_at(document, path)
    if not isinstance(original, dict):
        return
    condition = _seen_by(action, original.get("Condition"))
    same_elements: JsonDict = {name: original[name] for name in ("Principal", "Resource") if name in original}
    moved: JsonDict = {"Sid": sid(layer, action, case), "Effect": "Allow", "Action": str(action), **same_elements}
    if condition:
        moved["Condition"] = condition
    where = policy_phrase(layer, statement.policy, case)
    text = f"In {where}, move `{action}` into its own statement, without the condition that it can never meet"
    for own in (moved, grant(layer, action, case, condition)):
        if own is None:
            yield NotProved.CALLER_NOT_NAMEABLE
            continue
        operations = (*_taken_out(original, path, action), *add_statement(document, in_aws_order(own)))
        yield edit_policy(case, layer, statement.policy, operations, text=text)


_UNIQUE_ID = re.compile(r"A(IDA|ROA)[A-Z0-9]+")


_NEVER_RIGHT = (
    Reason.PLACEHOLDER,
    Reason.WILDCARD_IN_PRINCIPAL,
    Reason.REGIONAL_SERVICE_PRINCIPAL,
    Reason.NEVER_A_PRINCIPAL,
    Reason.NOT_AN_ARN,
    Reason.REGION_GIVEN,
)
"""What lets nobody in wherever it stands; most of it, AWS would not save again."""


def _instead_of_near_miss(subject: Subject, case: Case) -> Iterator[Attempt]:
    faulty, principal = _principal_value(subject), principal_element(case)
    if faulty is None or principal is None or subject.element is None or subject.statement is None:
        return
    policy = subject.statement.policy
    document = document_of(policy)
    if document is None:
        return
    (kind, name), (pointer, wrong) = next(iter(principal.items())), faulty
    reason, caller = subject.element.reason, caller_of(case)
    if f"/Principal/{kind}" not in pointer or subject.element.negated or subject.statement.effect is Effect.DENY:
        return
    narrower = None
    where = f"In {policy_phrase(Layer.TRUST, policy, case)}, "
    operations: tuple[PatchOperation, ...] = (PatchOperation("replace", pointer, name),)
    how = f"replace `{wrong}` with `{name}`"
    if reason is Reason.OTHER_SESSION and caller.kind is CallerKind.SESSION:
        how += f"{path_to_check(case)}; this allows every session of the role, whatever its name"
        text = f"{where}add `{caller.arn}` beside `{wrong}`; this allows only this session name, not later ones"
        beside = join_value(document, pointer, caller.arn)
        this_session = edit_policy(case, Layer.TRUST, policy, beside, text=text)
        narrower = None if isinstance(this_session, NotProved) else this_session
    elif reason is Reason.REGIONAL_SERVICE_PRINCIPAL and (region := case.request.region):
        if regional := in_region(name, region):
            text = f"{where}add `{regional}` beside `{wrong}`; this lets the service in from {region} alone"
            this_region = edit_policy(case, Layer.TRUST, policy, join_value(document, pointer, regional), text=text)
            narrower = None if isinstance(this_region, NotProved) else this_region
    elif is_slip(subject.element, wrong):
        operations = join_value(document, pointer, name)
        how = f"add `{name}` beside `{wrong}`{unless_meant(wrong)}"
    elif reason not in _NEVER_RIGHT and not is_near(subject.element, wrong):
        return
    draft = edit_policy(case, Layer.TRUST, policy, operations, text=f"{where}{how}")
    yield draft if isinstance(draft, NotProved) else replace(draft, narrower=narrower)


def _principal_value(subject: Subject) -> tuple[str, str] | None:
    """Give the pointer and the text of the principal value that the subject is about."""
    statement, element = subject.statement, subject.element
    if statement is None or element is None or element.element is not Element.PRINCIPAL:
        return None
    if statement.layer is not Layer.TRUST:
        return None
    document = document_of(statement.policy)
    pointer = address(document, element.pointer) if document is not None else None
    value = value_at(document, pointer) if pointer is not None else None
    return (pointer, value) if pointer is not None and isinstance(value, str) else None


def _near_statement(subject: Subject, document: JsonDict) -> JsonDict | None:
    if subject.statement is None or subject.statement.layer is not Layer.TRUST:
        return None
    pointer = address(document, subject.statement.pointer)
    statement = value_at(document, pointer) if pointer is not None else None
    return statement if isinstance(statement, dict) else None


def _seen_by(action: Action, condition: object) -> JsonDict:
    """Keep the tests whose keys are in the action's context."""
    visible: JsonDict = {}
    for operator, block in condition.items() if isinstance(condition, dict) else ():
        tests = {key: value for key, value in block.items() if action not in hidden_from(key.lower())}
        if tests:
            visible[operator] = tests
    return visible


def _taken_out(statement: JsonDict, path: str, action: Action) -> tuple[PatchOperation, ...]:
    """Take an action out of a list; a pattern, or an action that stands alone, stays."""
    actions = statement.get("Action")
    places = [index for index, action_name in enumerate(as_list(actions)) if str(action_name).lower() == action.lower()]
    if not isinstance(actions, list) or len(places) == len(actions):
        return ()
    return tuple(PatchOperation("remove", below(path, "Action", str(index))) for index in reversed(places))
