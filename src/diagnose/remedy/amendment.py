"""A policy of a case, amended by operations, as a draft."""

import json
import re
from collections.abc import Sequence

from msgspec.structs import replace

from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.policy import LANGUAGE_WITH_VARIABLES, Policy, PolicyKind, raw_document
from diagnose.model.trace import Action, Layer
from diagnose.model.words import LAYER_WORDS
from diagnose.remedy.document import Object, Operation, patched, read
from diagnose.remedy.draft import Attempt, Draft, PolicyChange
from diagnose.remedy.kinds import Kind
from diagnose.remedy.parties import destination_is_protected, permission_set, role_name, source_is_protected
from diagnose.remedy.places import is_aws_managed, policies_in, with_new_policy, with_policy

TRUST_QUOTA = 2048
"""Characters of a trust policy, white space not counted.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""
PERMISSION_SET_POLICY = "AwsSSOInlinePolicy"
"""The name under which IAM Identity Center puts a permission set's inline policy on the role."""


def editable(case: Case, layer: Layer, policy: Policy) -> Object | NotProved:
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
    document = read(policy)
    return NotProved.NOT_READABLE if document is None else document


def amend(
    case: Case, layer: Layer, policy: Policy, operations: Sequence[Operation], *, kind: Kind, text: str
) -> Attempt:
    """Draft a policy with the operations applied."""
    document = editable(case, layer, policy)
    if isinstance(document, NotProved):
        return document
    if not operations:
        return NotProved.NO_EDIT
    edited = patched(document, operations)
    after = replace(policy, document=raw_document(edited))
    if layer is Layer.TRUST and (size := len(json.dumps(edited, separators=(",", ":")))) > TRUST_QUOTA:
        text += f"; at {size} characters the policy is over the default quota of {TRUST_QUOTA}, which can be raised"
    change = PolicyChange(
        layer,
        policy,
        after,
        edited,
        tuple(operations),
        into_permission_set=layer is Layer.IDENTITY and policy.name == PERMISSION_SET_POLICY,
    )
    return Draft(kind, LAYER_WORDS[layer].owner, text, with_policy(case, layer, policy, after), change)


def found(
    case: Case,
    layer: Layer,
    statement: Object,
    *,
    kind: Kind,
    text: str,
    name: str,
    policy: PolicyKind,
    level: str = "",
) -> Attempt:
    """Draft a new policy of one statement, where the layer takes a further policy."""
    document: Object = {"Version": LANGUAGE_WITH_VARIABLES, "Statement": [statement]}
    after = Policy(name=name, document=raw_document(document), kind=policy)
    edited = with_new_policy(case, layer, after, level)
    if edited is None:
        return NotProved.NO_EDIT
    change = PolicyChange(
        layer,
        None,
        after,
        document,
        (Operation("add", "", document),),
        target=level,
        into_permission_set=layer is Layer.IDENTITY and name == PERMISSION_SET_POLICY,
    )
    return Draft(kind, LAYER_WORDS[layer].owner, text, edited, change)


def new_policy_name(action: Action, case: Case) -> str:
    """Name a new inline policy, so that putting it overwrites none that was read."""
    taken = {policy.name for policy in policies_in(case, Layer.IDENTITY)}
    stem = f"Allow{action.partition(':')[2]}-{re.sub(r'[^0-9A-Za-z_+=,.@-]', '', role_name(case))}"[:120]
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name
