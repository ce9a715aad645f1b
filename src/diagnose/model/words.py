"""What layers, owners, gates, gaps and kinds of policy are called: one row each, whoever writes the sentence."""

from collections.abc import Mapping

from msgspec import Struct

from diagnose.model.diagnosis import Owner
from diagnose.model.evidence import Gap
from diagnose.model.policy import PolicyKind
from diagnose.model.trace import Action, Gate, Layer


class LayerWords(Struct, frozen=True):
    """What a layer is called.

    `policy` is one of its policies, `policies` all of them, or the only one; `whole` is the layer in a report, `none`
    what stands there where it does not apply, `about` what it is and whose, `whose` only
    whose, or when it counts.
    `{source}` and `{destination}` stand for the two accounts.
    """

    owner: Owner
    policy: str
    policies: str
    whole: str
    none: str
    about: str
    whose: str


LAYER_WORDS: Mapping[Layer, LayerWords] = {
    Layer.RCP: LayerWords(
        Owner.ORGANIZATION,
        "resource control policy",
        "resource control policies",
        "the resource control policies",
        "none apply",
        "RCPs: its organization's limits on {destination}",
        "{destination}",
    ),
    Layer.SCP: LayerWords(
        Owner.ORGANIZATION,
        "service control policy",
        "service control policies",
        "the service control policies",
        "none apply",
        "SCPs: its organization's limits on {source}",
        "{source}",
    ),
    Layer.ENDPOINT: LayerWords(
        Owner.NETWORK,
        "VPC endpoint policy",
        "VPC endpoint policy",
        "the VPC endpoint and its policy",
        "no VPC endpoint used",
        "a limit on calls through a VPC endpoint for STS",
        "if used",
    ),
    Layer.TRUST: LayerWords(
        Owner.DESTINATION,
        "trust policy",
        "trust policy",
        "the trust policy",
        "none",
        "the role's own policy (account {destination})",
        "{destination}",
    ),
    Layer.IDENTITY: LayerWords(
        Owner.SOURCE,
        "identity policy",
        "identity policies",
        "the caller's identity policies",
        "none apply",
        "the caller's own policies (account {source})",
        "{source}",
    ),
    Layer.BOUNDARY: LayerWords(
        Owner.SOURCE,
        "permissions boundary",
        "permissions boundary",
        "the permissions boundary",
        "none set",
        "a limit on the caller's policies ({source})",
        "{source}",
    ),
    Layer.SESSION: LayerWords(
        Owner.CALLER,
        "session policy",
        "session policy",
        "the session policy",
        "none",
        "a limit set when the caller's session began",
        "if passed",
    ),
}


class OwnerWords(Struct, frozen=True):
    """What an owner is called; `{account}` stands for the account that is theirs.

    `general` is for where no case is at hand, `reported` for a report, `asked` for a request to them; `verb` is what
    they do with a policy.
    """

    general: str
    reported: str
    asked: str
    verb: str


OWNER_WORDS: Mapping[Owner, OwnerWords] = {
    Owner.SOURCE: OwnerWords(
        "the owner of the source",
        "the owner of the source account ({account})",
        "the owner of account {account}",
        "owns",
    ),
    Owner.DESTINATION: OwnerWords(
        "the owner of the role",
        "the owner of the destination account ({account})",
        "the owner of account {account}",
        "owns",
    ),
    Owner.ORGANIZATION: OwnerWords(
        "the organization's administrator",
        "the administrators of the organization",
        "the administrators of the organization",
        "own",
    ),
    Owner.NETWORK: OwnerWords(
        "the owner of the VPC endpoint",
        "the owner of the VPC endpoint",
        "the owner of the VPC endpoint",
        "owns",
    ),
    # What a caller has for a policy is the session's, which was passed when the session was started.
    Owner.CALLER: OwnerWords(
        "the caller",
        "the caller",
        "whoever started the caller's session",
        "passed",
    ),
    Owner.XDIAG: OwnerWords("you", "you", "you", "read"),
}


class GateWords(Struct, frozen=True):
    """What a gate is called: its `name`, the `question` that it asks, and what of a request it has `refused`."""

    name: str
    question: str
    refused: str


GATE_WORDS: Mapping[Gate, GateWords] = {
    Gate.PARAMETERS: GateWords("parameters of the request", "what the request carries", "a parameter of the request"),
    Gate.CALLER: GateWords("kind of caller", "what the caller is", "the kind of caller"),
    Gate.PARTITION: GateWords("AWS partition", "which partition the caller is in", "the partition"),
    Gate.TOKEN: GateWords(
        "token or assertion", "whether STS accepts the token or the assertion", "the token or the assertion"
    ),
    Gate.PROVIDER: GateWords(
        "identity provider", "whether the role's account has the identity provider", "the identity provider"
    ),
    Gate.AUDIENCE: GateWords("audience", "whether the identity provider accepts the audience", "the audience"),
    Gate.ROLE_CLAIM: GateWords(
        "role of the token or the assertion",
        "whether the token or the assertion is for this role",
        "the role that the token or the assertion is for",
    ),
    Gate.ROLE: GateWords("the role exists", "whether the role exists", "the requested role"),
    Gate.CONSOLE: GateWords("console", "what the console sends", "the way the console makes the request"),
    Gate.DURATION: GateWords(
        "session duration", "how long a session the role and the caller's credentials allow", "the requested duration"
    ),
    Gate.PASSING: GateWords(
        "account of the role", "whether the role is in the account of whoever passes it", "the account of the role"
    ),
    Gate.ASSOCIATION: GateWords(
        "association of the service account",
        "whether EKS Pod Identity has an association of the pod's service account with the role",
        "the pod's service account",
    ),
}

SESSION_PROPERTIES: Mapping[Action, str] = {
    Action.TAG_SESSION: "transitive tags",
    Action.SET_SOURCE_IDENTITY: "a source identity",
    Action.SET_CONTEXT: "a trusted identity context",
}
"""What a session passes on to the next one, by the action that is then needed."""

GAP_WORDS: Mapping[Gap, str] = {
    Gap.NOT_SUPPLIED: "not looked at",
    Gap.NO_CREDENTIALS: "no credentials to read it",
    Gap.ACCESS_DENIED: "not readable",
    Gap.NO_API: "AWS offers no way to read it",
    Gap.UNREACHABLE: "could not be reached",
}

POLICY_WORDS: Mapping[PolicyKind, str] = {
    PolicyKind.INLINE: "inline policy",
    PolicyKind.MANAGED: "managed policy",
    PolicyKind.TRUST: "the trust policy of role",
    PolicyKind.SCP: "SCP",
    PolicyKind.RCP: "RCP",
    PolicyKind.ENDPOINT: "the endpoint policy",
    PolicyKind.SESSION: "the session policy",
}
"""What stands before a policy's name. A trust policy has the name of its role."""


def printable(text: str) -> str:
    r"""Show what cannot be printed as its escape (`\n`, `\x1b`, `\u202e`), so that text from elsewhere does nothing."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
