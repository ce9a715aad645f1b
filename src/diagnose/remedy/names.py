"""The two sides of a request, as a policy would name them."""

import re

from diagnose.evaluate.call import call_of
from diagnose.evaluate.caller import SERVICE_PATH, Caller
from diagnose.evaluate.keys.context import state_of
from diagnose.evaluate.sides import source_view
from diagnose.model.arn import RESERVED_NAME, RESERVED_PATH, CallerKind, parse_role, split_arn, split_path
from diagnose.model.case import Case
from diagnose.model.key_state import UnknownState
from diagnose.model.policy import Level, Policy, PolicyKind
from diagnose.model.trace import Layer
from diagnose.model.tri import YES
from diagnose.model.words import LAYER_WORDS

PERMISSION_SET_POLICY = "AwsSSOInlinePolicy"
"""The name under which IAM Identity Center puts a permission set's inline policy on the role."""

OWN_LAYERS = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)
"""The layers whose policies are about the caller alone, and so name no principal."""


def caller_of(case: Case) -> Caller:
    """Give who calls, worked out once for all the cases that share the source."""
    return source_view(case).caller


def principal_arn(case: Case) -> str | None:
    """Give the ARN that names exactly the caller: a user's, or a role's with its path, never a session's.

    Where the path of a session's role was not read, it is taken to be `/`. None for callers that no trust
    policy can allow (the root user, federated users) and for services.
    """
    caller = caller_of(case)
    match caller.kind:
        case CallerKind.USER | CallerKind.ROLE:
            return caller.arn
        case CallerKind.SESSION:
            return caller.principal_arn or f"arn:{caller.partition}:iam::{caller.account}:role/{caller.name}"
        case (
            CallerKind.ROOT | CallerKind.FEDERATED_USER | CallerKind.SERVICE | CallerKind.WEB_IDENTITY | CallerKind.SAML
        ):
            return None


def principal_element(case: Case) -> dict[str, str] | None:
    """Give the Principal element that names exactly the caller; of whoever does not sign, the identity provider."""
    caller = caller_of(case)
    if caller.kind is CallerKind.SERVICE:
        return {"Service": caller.name}
    if caller.federated:
        return {"Federated": identity_provider(case)}
    arn = principal_arn(case)
    return {"AWS": arn} if arn else None


def identity_provider(case: Case) -> str:
    """Give what a Principal element calls the identity provider of a token or an assertion: its ARN, or its host."""
    return caller_of(case).before(parse_role(case.destination_arn)).provider


def principal_name(case: Case) -> str:
    """Give what a Principal element names the caller by; the caller's own ARN where none can."""
    element = principal_element(case)
    return next(iter(element.values())) if element else caller_of(case).arn


def path_to_check(case: Case) -> str:
    """Say how to see the path of a session's role, which its ARN leaves out; empty where the path is known."""
    caller = caller_of(case)
    if caller.kind is not CallerKind.SESSION or caller.principal_arn:
        return ""
    return f" (with its path, if it has one: `aws iam get-role --role-name {caller.name}`)"


def destination_role_name(case: Case) -> str:
    """Give the destination's name, without its path."""
    return case.destination_arn.rpartition("/")[2]


def split_entity(arn: str) -> tuple[str, str, str]:
    """Give the type, the path and the name in the ARN of a user or a role."""
    parts = split_arn(arn)
    return split_path(parts.resource if parts else arn)


def values_of(key: str, case: Case) -> tuple[str, ...] | None:
    """Give the values that a condition key has in the request, none if it is absent; None where that is not known."""
    call = call_of(case, caller_of(case), parse_role(case.request.role_arn))
    state = state_of(key.lower(), call)
    return None if isinstance(state, UnknownState) else state


def destination_is_protected(case: Case) -> bool:
    """Say whether only AWS can edit the destination: a service-linked role, or one of IAM Identity Center.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
    """
    return split_entity(case.destination_arn)[1].startswith((SERVICE_PATH, RESERVED_PATH))


def source_is_protected(case: Case) -> bool:
    """Say whether nobody can edit the source's policies: a service-linked role, or no IAM principal at all."""
    caller = caller_of(case)
    if caller.kind not in (CallerKind.USER, CallerKind.ROLE, CallerKind.SESSION):
        return True
    return caller.service_linked is YES


def permission_set(case: Case) -> str:
    """Name the permission set whose role the source is; empty where it is not one of IAM Identity Center."""
    caller = caller_of(case)
    match = _RESERVED_NAME.fullmatch(caller.name) if caller.has_role else None
    return match["permission_set"] if match else ""


def permission_set_pattern(case: Case) -> str:
    """Match the permission set's role in the source's account, whatever suffix its next assignment gives it.

    Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    caller = caller_of(case)
    path = caller.path if caller.path and caller.path.startswith(RESERVED_PATH) else f"{RESERVED_PATH}*"
    name = f"{RESERVED_NAME}{permission_set(case)}_{'?' * 16}"
    return f"arn:{caller.partition}:iam::{caller.account}:role{path}{name}"


def policy_phrase(layer: Layer, policy: Policy, case: Case) -> str:
    """Name a policy and what it is attached to."""
    match layer:
        case Layer.TRUST:
            return f"the trust policy of the role `{destination_role_name(case)}`"
        case Layer.ENDPOINT:
            return "the policy of the VPC endpoint"
        case Layer.IDENTITY if permission_set(case) and policy.name == PERMISSION_SET_POLICY:
            return f"the inline policy of the permission set `{permission_set(case)}` in IAM Identity Center"
        case Layer.IDENTITY if policy.kind is PolicyKind.INLINE:
            return f"the inline policy `{policy.name}` of {holder_phrase(policy, case)}"
        case Layer.IDENTITY:
            return f"the managed policy `{policy.name}`"
    return f"the {LAYER_WORDS[layer].policy} `{policy.name}`"


def in_policy_phrase(layer: Layer, policy: Policy, case: Case) -> str:
    """Begin to say what to change in a policy; that of a live session can only be passed anew."""
    where = f"in {policy_phrase(layer, policy, case)}"
    return f"Start the caller's session again, and {where}" if layer is Layer.SESSION else where[:1].upper() + where[1:]


def holder_phrase(policy: Policy, case: Case) -> str:
    """Name the user, role or group that an inline policy belongs to."""
    return f"the group `{policy.group}`" if policy.group else source_phrase(case)


def source_phrase(case: Case) -> str:
    """Name the user or the role behind the source."""
    caller = caller_of(case)
    match caller.kind:
        case CallerKind.USER:
            return f"the user `{caller.name}`"
        case CallerKind.ROLE | CallerKind.SESSION:
            return f"the role `{caller.name}`"
    return f"`{caller.arn}`"


def level_phrase(level: Level) -> str:
    """Name a level of an organization."""
    return f"`{level.name}` (`{level.target}`)" if level.name and level.name != level.target else f"`{level.target}`"


_RESERVED_NAME = re.compile(rf"{RESERVED_NAME}(?P<permission_set>.+)_[0-9a-f]{{16}}")
