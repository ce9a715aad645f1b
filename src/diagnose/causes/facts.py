"""What was established, flattened so that a rule can name it: the whole vocabulary of `when`.

A field whose value is None is unknown; a rule that names it can only say `possible`. What does not apply has a value of
its own: an empty text, or `none`. The descriptions are printed in `rules/README.md` and `rules/rule.schema.json`.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from diagnose.causes.claims import ClaimMiss
from diagnose.evaluate.foreign import Foreign
from diagnose.model.arn import CallerKind
from diagnose.model.aws_error import ErrorKind, NamedLayer
from diagnose.model.case import Origin, ProbeOutcome, Via
from diagnose.model.condition_keys import KeyGroup, Presence, Quantifier
from diagnose.model.evidence import Gap
from diagnose.model.key_state import KeyState
from diagnose.model.known_accounts import Acquaintance
from diagnose.model.operation import Operation
from diagnose.model.placeholder import PlaceholderForm
from diagnose.model.policy import PolicyKind
from diagnose.model.trace import Action, DoubtKind, Effect, Element, Gate, Layer, Reason, Subject, Unknown


class Fact(Struct, frozen=True, kw_only=True, gc=False):
    """One thing established.

    `subject` is its place, and `settled` says that what it means for the answer is certain: neither is
    visible to rules. INVARIANT: a finding that rests on an unsettled fact is never `certain`.
    """

    subject: Subject = Subject()
    settled: bool = True

    @property
    def name(self) -> str:
        """The fact's name in `when`."""
        return str(self.__struct_config__.tag)


HIDDEN = frozenset({"subject", "settled", "about"})
"""What rules do not see: places, and what others tell facts apart by."""


Authorized = Annotated[Action, Meta(description="the action being authorised")]
LayerName = Annotated[Layer, Meta(description="the layer")]
LevelName = Annotated[str, Meta(description="for an SCP or RCP the level it is attached to; else empty")]
PolicyName = Annotated[str, Meta(description="the policy's name")]
WhoseAccount = Annotated[
    Acquaintance,
    Meta(description="whose account `wanted` names, where its number tells, and it is nobody's of the case"),
]
Stored = Annotated[PolicyKind, Meta(description="how the policy is stored")]


class LayerVerdict(StrEnum):
    """Whether the request passes: a layer, or all there is."""

    ALLOWED = "allowed"
    DENIED = "denied"


class LayerFact(Fact, frozen=True, kw_only=True, tag="layer"):
    """A layer (of an SCP or RCP: one level of it) that does not, or may not, let an action pass."""

    action: Authorized
    layer: LayerName
    level: LevelName = ""
    verdict: Annotated[LayerVerdict | None, Meta(description="whether it lets the action pass")]
    explicit: Annotated[bool | None, Meta(description="a Deny applies")]
    granted: Annotated[bool | None, Meta(description="an Allow applies, or none is needed")]
    needed: Annotated[bool | None, Meta(description="an Allow is needed here")] = True
    empty: Annotated[bool, Meta(description="it was read and holds no statement at all")] = False


class Reach(StrEnum):
    """How the trust policy reaches the caller: the members of `Match`, and none."""

    SESSION = "session"
    USER = "user"
    SERVICE = "service"
    FEDERATED = "federated"
    ANY = "any"
    ROLE = "role"
    ACCOUNT = "account"
    NONE = "none"


class StatementFact(Fact, frozen=True, kw_only=True, tag="statement"):
    """A Deny that applies or may apply, or an Allow that fails or may fail, in a layer that does not pass."""

    action: Authorized
    layer: LayerName
    level: LevelName = ""
    effect: Annotated[Effect, Meta(description="what the statement does where it applies")]
    applies: Annotated[bool | None, Meta(description="it applies to the request")]
    nearest: Annotated[bool, Meta(description="no other statement of its effect comes nearer to applying")]
    policy: PolicyName
    policy_kind: Stored
    from_group: Annotated[bool, Meta(description="it comes from one of a user's groups")] = False
    aws_managed: Annotated[bool, Meta(description="AWS wrote the policy, so nobody here can edit it")] = False
    sid: Annotated[str, Meta(description="the statement's Sid, empty where it has none")] = ""
    match: Annotated[Reach | None, Meta(description="how its Principal reaches the caller; `account`: as one of many")]


class Compared(Fact, frozen=True, kw_only=True):
    """One comparison of a statement; what the four element facts share."""

    action: Authorized
    layer: LayerName
    level: LevelName = ""
    effect: Annotated[Effect, Meta(description="the effect of its statement")]
    holds: Annotated[bool | None, Meta(description="the comparison holds")]
    reason: Annotated[Reason | None, Meta(description="why the comparison came out as it did")]
    alone: Annotated[bool | None, Meta(description="it alone keeps an Allow from applying")]
    nearest: Annotated[bool, Meta(description="no other statement of its effect comes nearer to applying")]
    negated: Annotated[
        bool, Meta(description="it is a NotAction, NotPrincipal, NotResource, a negated operator or `Null` with `true`")
    ] = False
    wanted: Annotated[tuple[str, ...], Meta(description="the policy's side of the comparison")] = ()
    got: Annotated[str | KeyState, Meta(description="the request's side of the comparison")] = ""


class ActionFact(Compared, frozen=True, kw_only=True, tag="action"):
    """How a statement's Action or NotAction compares with the action being authorised."""

    in_full: Annotated[bool, Meta(description="an Action of the policy spells it out, without a wildcard")] = False


class NamedCluster(StrEnum):
    """What is known of the EKS cluster whose identity provider a trust policy names instead of the pod's."""

    UNREAD = "unread"
    """It is not a cluster's, or it was not looked for where the pod's own cluster is."""
    THERE = "there"
    GONE = "gone"
    """None of the account's clusters in that Region issues under it."""


class PrincipalFact(Compared, frozen=True, kw_only=True, tag="principal"):
    """How a statement's Principal or NotPrincipal compares with the caller; the nearest value only."""

    whose: WhoseAccount = Acquaintance.NOBODY
    cluster: Annotated[
        NamedCluster, Meta(description="whether the EKS cluster is there whose provider `wanted` is, and not the pod's")
    ] = NamedCluster.UNREAD


class ResourceFact(Compared, frozen=True, kw_only=True, tag="resource"):
    """How a statement's Resource or NotResource compares with the role's ARN; the nearest value only."""

    whose: WhoseAccount = Acquaintance.NOBODY


class ConditionFact(Compared, frozen=True, kw_only=True, tag="condition"):
    """How one key of a statement's Condition compares with the request."""

    key: Annotated[str, Meta(description="the condition key, whole; compared without regard to case")]
    family: Annotated[str, Meta(description="the key without its tag: `aws:RequestTag` for `aws:RequestTag/team`")]
    key_group: Annotated[KeyGroup, Meta(description="what a condition on such a key asks for")] = KeyGroup.OTHER
    sent: Annotated[
        Presence, Meta(description="how often calls carry the key; `never` also where AWS has no such key")
    ] = Presence.SOMETIMES
    operator: Annotated[str, Meta(description="the condition operator as written")] = ""
    if_exists: Annotated[bool, Meta(description="the operator ends in `IfExists`: a missing key meets it")] = False
    set_operator: Annotated[Quantifier, Meta(description="what stands before the operator for several values")] = (
        Quantifier.NONE
    )
    attainable: Annotated[
        bool, Meta(description="a request of such a caller could meet it as it is written: key, operator and value fit")
    ] = True
    absent: Annotated[bool | None, Meta(description="the request does not carry the key")]
    claim: Annotated[str, Meta(description="the claim of a token that the key holds, in lower case; else empty")] = ""
    miss: Annotated[ClaimMiss, Meta(description="how the claim that is wanted differs from the token's")] = (
        ClaimMiss.NONE
    )


class PlaceholderFact(Compared, frozen=True, kw_only=True, tag="placeholder"):
    """Text in a statement that should have been filled in, where because of it a comparison fails, or a Deny holds."""

    element: Annotated[Element, Meta(description="the element of the statement that it stands in")]
    form: Annotated[PlaceholderForm, Meta(description="whose placeholder it is")]
    text: Annotated[str, Meta(description="the placeholder as it is written")]


class GateFact(Fact, frozen=True, kw_only=True, tag="gate"):
    """A requirement that no policy expresses, and that is not or may not be met."""

    gate: Annotated[Gate, Meta(description="the requirement")]
    passed: Annotated[bool | None, Meta(description="it is met")]
    reason: Annotated[Reason | None, Meta(description="why it is not met")]
    parameter: Annotated[str, Meta(description="the API parameter it is about, empty where it is none")] = ""
    difference: Annotated[
        Reason, Meta(description="how what there is not differs from what there is: role, provider, audience")
    ] = Reason.MATCHES
    wanted: Annotated[str, Meta(description="what AWS asks for")] = ""
    got: Annotated[str, Meta(description="what there is")] = ""


class MatchFact(Fact, frozen=True, kw_only=True, tag="match"):
    """The strongest way in which the trust policy reaches the caller, or may."""

    action: Authorized
    match: Annotated[Reach | None, Meta(description="`account` leaves the decision to the caller's own policies")]


class CallerFact(Fact, frozen=True, kw_only=True, tag="caller"):
    """Who makes the request."""

    kind: Annotated[CallerKind, Meta(description="what the source ARN names")]
    arn: Annotated[
        str, Meta(description="what a policy names it by: of a session its role, with the path if it was read")
    ]
    origin: Annotated[Origin | None, Meta(description="where its credentials come from")]
    exists: Annotated[bool | None, Meta(description="the user or role exists")]
    same_account: Annotated[bool, Meta(description="it is in the destination's account")]
    reserved: Annotated[bool, Meta(description="it is a role of IAM Identity Center (`AWSReservedSSO_…`)")]
    mfa: Annotated[bool | None, Meta(description="multi-factor authentication stands behind its credentials")]
    has_boundary: Annotated[bool | None, Meta(description="a permissions boundary is set on it")]
    in_organization: Annotated[bool | None, Meta(description="its account belongs to an organization")]
    same_organization: Annotated[bool | None, Meta(description="both accounts belong to one organization")]
    management_account: Annotated[bool | None, Meta(description="its account manages its organization")]
    new: Annotated[bool, Meta(description="it is known to have been created minutes before the evidence was read")]


class RoleKind(StrEnum):
    """What kind of role the destination is, by its path."""

    NORMAL = "normal"
    SERVICE_LINKED = "service_linked"
    RESERVED = "reserved"


class RoleFact(Fact, frozen=True, kw_only=True, tag="role"):
    """The destination role."""

    kind: Annotated[RoleKind, Meta(description="what kind of role it is")]
    exists: Annotated[bool | None, Meta(description="it exists")]
    new: Annotated[bool, Meta(description="it is known to have been created minutes before the evidence was read")]


class AccountFact(Fact, frozen=True, kw_only=True, tag="account"):
    """The role's account, where nothing else of the case names it, so that it may not be the one that is meant."""

    account: Annotated[str, Meta(description="the account's id")]
    foreign: Annotated[Foreign, Meta(description="what it may be")]
    meant: Annotated[str, Meta(description="the account that a typo may stand for; else empty")] = ""
    vendor: Annotated[str, Meta(description="the vendor that owns it; else empty")] = ""
    named: Annotated[
        tuple[str, ...], Meta(description="the roles of other accounts that the caller's own policies name")
    ] = ()


class RequestFact(Fact, frozen=True, kw_only=True, tag="request"):
    """The call."""

    operation: Annotated[Operation, Meta(description="what is called")]
    via: Annotated[Via, Meta(description="how it is made")]
    chained: Annotated[bool, Meta(description="it is signed with a role's credentials")]
    switched: Annotated[bool, Meta(description="it is a second switch of role in the console")]
    self_assumption: Annotated[bool, Meta(description="the role assumes itself")]
    external_id_sent: Annotated[bool, Meta(description="it carries an external ID")]
    tags_sent: Annotated[bool, Meta(description="it carries session tags")]
    tags_inherited: Annotated[bool | None, Meta(description="transitive tags come with the caller's session")]
    source_identity_sent: Annotated[bool, Meta(description="it carries a source identity")]
    source_identity_inherited: Annotated[
        bool | None, Meta(description="a source identity comes with the caller's session")
    ]
    global_endpoint: Annotated[bool | None, Meta(description="it goes to `sts.amazonaws.com`, which is us-east-1")]
    through_endpoint: Annotated[bool | None, Meta(description="it travels through a VPC endpoint")]
    foreign_endpoint: Annotated[bool | None, Meta(description="that endpoint belongs to neither account")]


class ProblemFact(Fact, frozen=True, kw_only=True, tag="problem"):
    """A policy document, or a part of one, that AWS would not accept."""

    layer: LayerName
    policy: PolicyName
    policy_kind: Stored
    message: Annotated[str, Meta(description="what is wrong with it")]


class IdleKind(StrEnum):
    """Why a policy that is near the caller does not count."""

    OTHER_VERSION = "other_version"
    NOT_ATTACHED = "not_attached"


class IdleFact(Fact, frozen=True, kw_only=True, tag="idle"):
    """A policy that does not count for the caller, though it would allow what its identity policies do not."""

    action: Authorized
    kind: Annotated[IdleKind, Meta(description="why it does not count")]
    policy: PolicyName
    version: Annotated[str, Meta(description="the version that would allow, for `other_version`")] = ""
    carrier: Annotated[str, Meta(description="where it is attached, for `not_attached`")] = ""
    allows: Annotated[bool | None, Meta(description="with it the identity policies would allow the action")]


class GapSide(StrEnum):
    """Which side something unread belongs to."""

    SOURCE = "source"
    DESTINATION = "destination"
    REQUEST = "request"


class GapFact(Fact, frozen=True, kw_only=True, tag="gap"):
    """Something that was not read, or that cannot be read, and on which the answer may depend."""

    about: Unknown
    kind: Annotated[DoubtKind, Meta(description="a key, a layer, a gate, a comparison, or whether an action is needed")]
    what: Annotated[str, Meta(description="the key, layer, gate or action that is unknown")]
    family: Annotated[str, Meta(description="a key without its tag; else empty")] = ""
    side: Annotated[GapSide, Meta(description="which side it belongs to")]
    gap: Annotated[Gap, Meta(description="why it is missing")]
    permission: Annotated[str, Meta(description="the IAM permission that would have let us read it")] = ""
    detail: Annotated[str, Meta(description="what is missing, for people")] = ""
    matters: Annotated[bool | None, Meta(description="the answer depends on it")]


class Speaker(StrEnum):
    """Who reports what AWS answered."""

    MESSAGE = "message"
    PROBE = "probe"


class AnswerFact(Fact, frozen=True, kw_only=True, tag="answer"):
    """What AWS answered: in the message that came with the case, or to the live attempt."""

    by: Annotated[Speaker, Meta(description="who reports it")]
    outcome: Annotated[ProbeOutcome, Meta(description="what came of the request")]
    kind: Annotated[ErrorKind, Meta(description="what the error text is about")]
    code: Annotated[str, Meta(description="AWS's error code, empty where it was not given")] = ""
    operation: Annotated[str, Meta(description="the API that was called, empty where the error does not say")] = ""
    federated: Annotated[bool, Meta(description="the call sent a token: AssumeRoleWithWebIdentity or -SAML")] = False
    named_action: Annotated[str, Meta(description="the action that the error names")] = ""
    named_layer: Annotated[NamedLayer, Meta(description="the layer that the error names")] = NamedLayer.NONE
    named_policy: Annotated[str, Meta(description="the ARN of the policy that the error names")] = ""
    explicit: Annotated[bool, Meta(description="the error speaks of an explicit deny")] = False
    other_action: Annotated[bool, Meta(description="the action that it names is none of an AssumeRole call's")] = False
    caller: Annotated[str, Meta(description="the caller that AWS saw, empty where it did not say")] = ""
    other_caller: Annotated[bool, Meta(description="the caller that AWS saw is not the source")] = False
    role: Annotated[str, Meta(description="the role that the error names")] = ""
    other_role: Annotated[bool, Meta(description="the role that it names is not the one that is asked about")] = False
    service: Annotated[str, Meta(description="the AWS service that says that it cannot assume the role")] = ""
    other_service: Annotated[bool, Meta(description="a service was refused, and the source is not this service")] = (
        False
    )
    computed: Annotated[LayerVerdict | None, Meta(description="what the evidence alone comes to")]


class AsideFact(Fact, frozen=True, kw_only=True, tag="aside"):
    """Another error of the same paste: of another call, or of the same one at another time."""

    kind: Annotated[ErrorKind, Meta(description="what the error text is about")]
    federated: Annotated[bool, Meta(description="the call sent a token: AssumeRoleWithWebIdentity or -SAML")] = False
    other_action: Annotated[bool, Meta(description="it is about another call than AssumeRole")] = False
    named_action: Annotated[str, Meta(description="the action that the error names")] = ""
    caller: Annotated[str, Meta(description="the caller that AWS saw, empty where it did not say")] = ""
    role: Annotated[str, Meta(description="the role that the error names")] = ""


class AttemptFact(Fact, frozen=True, kw_only=True, tag="attempt"):
    """Why the request was not tried with the credentials at hand, where it is because of whose they are."""

    caller: Annotated[str, Meta(description="whose credentials are at hand, as AWS says")]


class Suspicion(StrEnum):
    """How what was read may come to what AWS says of it."""

    DENY = "deny"
    """A Deny statement from which only conditions keep the request."""
    ALLOW = "allow"
    """An Allow statement that applies by its conditions, which may not have been met then."""
    POLICY = "policy"
    """The policy that AWS names by its ARN."""
    NOTHING = "nothing"
    """No statement that was read: there is no such policy, or it was read before or after it was changed."""


class SuspectFact(Fact, frozen=True, kw_only=True, tag="suspect"):
    """What may explain that AWS blames a layer that was read and seems to let the request pass."""

    action: Authorized
    layer: LayerName
    level: LevelName = ""
    suspicion: Annotated[Suspicion, Meta(description="how it may explain what AWS says")]
    explicit: Annotated[bool, Meta(description="AWS speaks of an explicit deny")]
    only: Annotated[bool, Meta(description="nothing else that was read of the layer may explain it")] = True
    present: Annotated[bool, Meta(description="a policy of this kind was read")] = True
    policy: PolicyName = ""
    named_policy: Annotated[str, Meta(description="the ARN of the policy that AWS names")] = ""
    keys: Annotated[tuple[str, ...], Meta(description="the keys of the conditions on which it depends")] = ()
