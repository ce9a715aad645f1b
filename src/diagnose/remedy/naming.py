"""What the things that a remedy changes are called, for people."""

from diagnose.model.arn import CallerKind
from diagnose.model.case import Case
from diagnose.model.policy import Level, Policy, PolicyKind
from diagnose.model.trace import Layer
from diagnose.model.words import LAYER_WORDS
from diagnose.remedy.amendment import PERMISSION_SET_POLICY
from diagnose.remedy.parties import caller, permission_set, role_name


def policy_words(layer: Layer, policy: Policy, case: Case) -> str:
    """Name a policy and what it is attached to."""
    match layer:
        case Layer.TRUST:
            return f"the trust policy of the role `{role_name(case)}`"
        case Layer.ENDPOINT:
            return "the policy of the VPC endpoint"
        case Layer.IDENTITY if permission_set(case) and policy.name == PERMISSION_SET_POLICY:
            return f"the inline policy of the permission set `{permission_set(case)}` in IAM Identity Center"
        case Layer.IDENTITY if policy.kind is PolicyKind.INLINE:
            return f"the inline policy `{policy.name}` of {carrier_words(policy, case)}"
        case Layer.IDENTITY:
            return f"the managed policy `{policy.name}`"
    return f"the {LAYER_WORDS[layer].policy} `{policy.name}`"


def in_words(layer: Layer, policy: Policy, case: Case) -> str:
    """Begin to say what to change in a policy; that of a live session can only be passed anew."""
    where = f"in {policy_words(layer, policy, case)}"
    return f"Start the source's session again, and {where}" if layer is Layer.SESSION else where[:1].upper() + where[1:]


def carrier_words(policy: Policy, case: Case) -> str:
    """Name the user, role or group that an inline policy belongs to."""
    return f"the group `{policy.group}`" if policy.group else source_words(case)


def source_words(case: Case) -> str:
    """Name the user or the role behind the source."""
    asker = caller(case)
    match asker.kind:
        case CallerKind.USER:
            return f"the user `{asker.name}`"
        case CallerKind.ROLE | CallerKind.SESSION:
            return f"the role `{asker.name}`"
    return f"`{asker.arn}`"


def level_words(level: Level) -> str:
    """Name a level of an organization."""
    return f"`{level.name}` (`{level.target}`)" if level.name and level.name != level.target else f"`{level.target}`"
