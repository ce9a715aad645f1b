"""Where the policies of each layer stand in a case, and a case with one of them changed."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import assert_never

from msgspec.structs import replace

from diagnose.model.arn import split_arn
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.evidence import Evidence, Known
from diagnose.model.policy import LANGUAGE_WITH_VARIABLES, Level, Policy, PolicyKind, PolicySet, raw_document
from diagnose.model.trace import Action, Layer
from diagnose.model.words import LAYER_WORDS
from diagnose.remedy.change import Attempt, Draft, PolicyChange
from diagnose.remedy.document import JsonDict, PatchOperation, apply_patch, document_of
from diagnose.remedy.names import (
    PERMISSION_SET_POLICY,
    destination_is_protected,
    destination_role_name,
    permission_set,
    source_is_protected,
)

Edit = Callable[[Policy], Policy]


def same(policy: Policy, other: Policy) -> bool:
    """Say whether two policies are one and the same as stored, whatever their text."""
    return stored_as(policy) == stored_as(other)


def stored_as(policy: Policy) -> object:
    """Give what a policy has in common with those that are `same`, and with no other."""
    return policy.arn or (policy.kind, policy.name, policy.attached_to)


def is_aws_managed(policy: Policy) -> bool:
    """Say whether a policy is AWS's own, which nobody else can edit: `arn:aws:iam::aws:policy/...`."""
    arn = split_arn(policy.arn)
    return arn is not None and arn.account == "aws"


def policies_in(case: Case, layer: Layer, level: str = "") -> Iterator[Policy]:
    """Give the policies of a layer that were read, at one level or at all of them."""
    snapshot = case.snapshot
    match layer:
        case Layer.IDENTITY:
            yield from snapshot.source.identity_policies.policies
        case Layer.SESSION:
            yield from snapshot.source.session.policies.policies
        case Layer.BOUNDARY:
            if isinstance(snapshot.source.boundary, Known) and snapshot.source.boundary.value:
                yield snapshot.source.boundary.value
        case Layer.TRUST:
            if isinstance(snapshot.destination.trust_policy, Known):
                yield snapshot.destination.trust_policy.value
        case Layer.ENDPOINT:
            endpoint = snapshot.endpoint
            if isinstance(endpoint, Known) and endpoint.value and isinstance(endpoint.value.policy, Known):
                yield endpoint.value.policy.value
        case Layer.SCP | Layer.RCP:
            levels = snapshot.source.scps if layer is Layer.SCP else snapshot.destination.rcps
            for organization_level in levels.value if isinstance(levels, Known) else ():
                if level in ("", organization_level.target, organization_level.name):
                    yield from organization_level.policies.policies
        case _:
            assert_never(layer)


def with_policy(case: Case, layer: Layer, before: Policy, after: Policy) -> Case:
    """Put `after` in the place of `before`, wherever else the same policy stands: a boundary that is attached, too."""

    def edit(policy: Policy) -> Policy:
        return after if same(policy, before) else policy

    case = with_each_policy(case, layer, edit)
    if before.kind is PolicyKind.MANAGED and before.arn:
        for other in (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION):
            case = with_each_policy(case, other, edit)
    return case


def with_each_policy(case: Case, layer: Layer, edit: Edit) -> Case:
    """Edit every policy of one layer that was read."""
    source, destination = case.snapshot.source, case.snapshot.destination
    match layer:
        case Layer.IDENTITY:
            return with_source(case, replace(source, identity_policies=_mapped(source.identity_policies, edit)))
        case Layer.SESSION:
            session = replace(source.session, policies=_mapped(source.session.policies, edit))
            return with_source(case, replace(source, session=session))
        case Layer.BOUNDARY:
            boundary = source.boundary
            if isinstance(boundary, Known) and boundary.value:
                return with_source(case, replace(source, boundary=replace(boundary, value=edit(boundary.value))))
        case Layer.TRUST:
            trust = destination.trust_policy
            if isinstance(trust, Known):
                edited = replace(trust, value=edit(trust.value))
                return with_destination(case, replace(destination, trust_policy=edited))
        case Layer.ENDPOINT:
            return _with_endpoint_policy(case, edit)
        case Layer.SCP:
            return with_source(case, replace(source, scps=_levels(source.scps, edit)))
        case Layer.RCP:
            return with_destination(case, replace(destination, rcps=_levels(destination.rcps, edit)))
    return case


def with_new_policy(case: Case, layer: Layer, policy: Policy, level: str = "") -> Case | None:
    """Add a policy to a layer that holds several; None where the layer holds at most one."""
    source = case.snapshot.source
    match layer:
        case Layer.IDENTITY:
            return with_source(case, replace(source, identity_policies=_longer(source.identity_policies, policy)))
        case Layer.SESSION:
            session = replace(source.session, policies=_longer(source.session.policies, policy))
            return with_source(case, replace(source, session=session))
        case Layer.SCP if isinstance(source.scps, Known):
            levels = tuple(_level_with(scp_level, level, policy) for scp_level in source.scps.value)
            return with_source(case, replace(source, scps=replace(source.scps, value=levels)))
    return None


def without_policy(case: Case, layer: Layer, policy: Policy) -> Case:
    """Take a policy away from the source's own; those of other layers always have one."""
    if layer is not Layer.IDENTITY:
        return case
    source = case.snapshot.source
    kept = tuple(other for other in source.identity_policies.policies if not same(other, policy))
    return with_source(case, replace(source, identity_policies=replace(source.identity_policies, policies=kept)))


def with_source(case: Case, source: object) -> Case:
    """Give a case with another source side."""
    return replace(case, snapshot=replace(case.snapshot, source=source))


def with_destination(case: Case, destination: object) -> Case:
    """Give a case with another destination side."""
    return replace(case, snapshot=replace(case.snapshot, destination=destination))


def level_of(case: Case, name: str) -> Level | None:
    """Find a level of the source's organization by its target or its name."""
    scps = case.snapshot.source.scps
    levels = scps.value if isinstance(scps, Known) else ()
    return next((level for level in levels if name in (level.target, level.name)), None)


TRUST_QUOTA = 2048
"""Characters of a trust policy, white space not counted.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


def editable_document(case: Case, layer: Layer, policy: Policy) -> JsonDict | NotProved:
    """Give a policy's document where its owner can edit it."""
    if is_aws_managed(policy):
        return NotProved.AWS_MANAGED
    match layer:
        case Layer.IDENTITY | Layer.BOUNDARY:
            of_permission_set = policy.name == PERMISSION_SET_POLICY or policy.kind is PolicyKind.MANAGED
            if source_is_protected(case) or (permission_set(case) and not of_permission_set):
                return NotProved.PROTECTED
        case Layer.TRUST if destination_is_protected(case):
            return NotProved.PROTECTED
    document = document_of(policy)
    return NotProved.NOT_READABLE if document is None else document


def edit_policy(
    case: Case, layer: Layer, policy: Policy, operations: Sequence[PatchOperation], *, text: str
) -> Attempt:
    """Draft a policy with the operations applied."""
    document = editable_document(case, layer, policy)
    if isinstance(document, NotProved):
        return document
    if not operations:
        return NotProved.NO_EDIT
    edited = apply_patch(document, operations)
    after = replace(policy, document=raw_document(edited))
    if layer is Layer.TRUST and (size := len(json.dumps(edited, separators=(",", ":")))) > TRUST_QUOTA:
        text += f"; at {size} characters the policy exceeds the default quota of {TRUST_QUOTA}, which can be raised"
    change = PolicyChange(
        layer,
        policy,
        after,
        edited,
        tuple(operations),
        into_permission_set=layer is Layer.IDENTITY and policy.name == PERMISSION_SET_POLICY,
    )
    return Draft(LAYER_WORDS[layer].owner, text, with_policy(case, layer, policy, after), change)


def new_policy(
    case: Case,
    layer: Layer,
    statement: JsonDict,
    *,
    text: str,
    name: str,
    policy: PolicyKind,
    level: str = "",
) -> Attempt:
    """Draft a new policy of one statement, where the layer takes a further policy."""
    document: JsonDict = {"Version": LANGUAGE_WITH_VARIABLES, "Statement": [statement]}
    after = Policy(name=name, document=raw_document(document), kind=policy)
    edited = with_new_policy(case, layer, after, level)
    if edited is None:
        return NotProved.NO_EDIT
    change = PolicyChange(
        layer,
        None,
        after,
        document,
        (PatchOperation("add", "", document),),
        target=level,
        into_permission_set=layer is Layer.IDENTITY and name == PERMISSION_SET_POLICY,
    )
    return Draft(LAYER_WORDS[layer].owner, text, edited, change)


def new_policy_name(action: Action, case: Case) -> str:
    """Name a new inline policy, so that putting it overwrites none that was read."""
    taken = {policy.name for policy in policies_in(case, Layer.IDENTITY)}
    stem = f"Allow{action.partition(':')[2]}-{re.sub(r'[^0-9A-Za-z_+=,.@-]', '', destination_role_name(case))}"[:120]
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name


def _with_endpoint_policy(case: Case, edit: Edit) -> Case:
    endpoint = case.snapshot.endpoint
    if not isinstance(endpoint, Known) or endpoint.value is None or not isinstance(endpoint.value.policy, Known):
        return case
    policy = replace(endpoint.value.policy, value=edit(endpoint.value.policy.value))
    edited = replace(endpoint, value=replace(endpoint.value, policy=policy))
    return replace(case, snapshot=replace(case.snapshot, endpoint=edited))


def _mapped(policies: PolicySet, edit: Edit) -> PolicySet:
    return replace(policies, policies=tuple(edit(policy) for policy in policies.policies))


def _levels(levels: Evidence[tuple[Level, ...]], edit: Edit) -> Evidence[tuple[Level, ...]]:
    if not isinstance(levels, Known):
        return levels
    return replace(
        levels, value=tuple(replace(level, policies=_mapped(level.policies, edit)) for level in levels.value)
    )


def _longer(policies: PolicySet, policy: Policy) -> PolicySet:
    return replace(policies, policies=(*policies.policies, policy))


def _level_with(level: Level, name: str, policy: Policy) -> Level:
    return replace(level, policies=_longer(level.policies, policy)) if name in (level.target, level.name) else level
