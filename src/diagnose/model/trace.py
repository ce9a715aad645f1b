"""How a decision came about: every comparison, with its reason and its place."""

from enum import StrEnum
from typing import TypeAlias, assert_never

from msgspec import Struct

from diagnose.model.evidence import Unread
from diagnose.model.key_state import Alternative, ConditionKey, KeyState
from diagnose.model.parameter import Form, Parameter, Syntax
from diagnose.model.policy import Policy
from diagnose.model.reason import Reason as Reason
from diagnose.model.tri import UNKNOWN, Tri


class Action(StrEnum):
    """The actions that a call for a role's credentials can be authorised for, and that of passing the role."""

    ASSUME_ROLE = "sts:AssumeRole"
    TAG_SESSION = "sts:TagSession"
    SET_SOURCE_IDENTITY = "sts:SetSourceIdentity"
    SET_CONTEXT = "sts:SetContext"
    WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
    WITH_SAML = "sts:AssumeRoleWithSAML"
    PASS_ROLE = "iam:PassRole"


COMPANIONS = frozenset((Action.TAG_SESSION, Action.SET_SOURCE_IDENTITY, Action.SET_CONTEXT))
"""What a call may be authorised for besides the operation itself."""


class Layer(StrEnum):
    """The policies that a request passes, in the order in which AWS publishes their enforcement."""

    RCP = "rcp"
    SCP = "scp"
    ENDPOINT = "endpoint"
    TRUST = "trust"
    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"


LIKELIEST_LAYERS = (
    Layer.TRUST,
    Layer.IDENTITY,
    Layer.BOUNDARY,
    Layer.SESSION,
    Layer.SCP,
    Layer.RCP,
    Layer.ENDPOINT,
)
"""In this order layers that were not read are worth asking for: what most denials come from, first."""


class Gate(StrEnum):
    """What decides about a request besides policies."""

    PARAMETERS = "parameters"
    CALLER = "caller"
    PARTITION = "partition"
    TOKEN = "token"
    """Whether what is presented, a token or an assertion, is one that STS accepts."""
    PROVIDER = "provider"
    """Whether the role's account has the identity provider."""
    AUDIENCE = "audience"
    """Whether the provider accepts the token's audience."""
    ROLE_CLAIM = "role_claim"
    """Whether the token or the assertion is for this role."""
    ROLE = "role"
    CONSOLE = "console"
    DURATION = "duration"
    PASSING = "passing"
    """Whether the role can be passed at all: it is one of the account of whoever passes it."""
    ASSOCIATION = "association"
    """Whether EKS Pod Identity assumes this role for the pod's service account."""


class Effect(StrEnum):
    """What a statement does where it applies."""

    ALLOW = "allow"
    DENY = "deny"


class Element(StrEnum):
    """The parts of a statement that decide whether it applies."""

    ACTION = "action"
    PRINCIPAL = "principal"
    RESOURCE = "resource"
    CONDITION = "condition"


class Match(StrEnum):
    """How a trust policy reaches the caller, strongest first.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """

    SESSION = "session"
    USER = "user"
    SERVICE = "service"
    FEDERATED = "federated"
    ANY = "any"
    ROLE = "role"
    ACCOUNT = "account"


class ElementTrace(Struct, frozen=True, gc=False):
    """One comparison.

    `wanted` holds the policy's values; `got` is the state of a condition's key, else the caller, the action, the role.
    `pointer` is a JSON pointer to the compared value in the policy document. `key` and `operator` are a condition's.
    `negated` is true for NotPrincipal, NotAction, NotResource and negated operators.
    """

    element: Element
    verdict: Tri
    reason: Reason
    pointer: str
    wanted: tuple[str, ...] = ()
    got: str | KeyState = ""
    key: str = ""
    operator: str = ""
    negated: bool = False

    @property
    def only_wanted(self) -> str:
        """The one value on the policy's side; empty where there is none, or several."""
        return self.wanted[0] if len(self.wanted) == 1 else ""

    @property
    def only_got(self) -> str:
        """The one name or value on the request's side; empty where there is none, or several, or it is not known."""
        values = (self.got,) if isinstance(self.got, str) else self.got.known or ()
        return values[0] if len(values) == 1 else ""


class StatementTrace(Struct, frozen=True, gc=False):
    """One statement of one policy, and whether it applies to the request."""

    layer: Layer
    level: str
    policy: Policy
    index: int
    sid: str
    effect: Effect
    verdict: Tri
    elements: tuple[ElementTrace, ...]
    match: Match | None = None
    alone: bool = False
    """Whether the policy's `Statement` is this one object, not a list."""

    @property
    def pointer(self) -> str:
        """The statement's JSON pointer within its policy document."""
        return "/Statement" if self.alone else f"/Statement/{self.index}"

    @property
    def unmet(self) -> tuple[ElementTrace, ...]:
        """The elements that keep the statement from applying, or may."""
        return tuple(element for element in self.elements if element.verdict is not Tri.YES)


class LevelTrace(Struct, frozen=True):
    """One level of a layer. All layers but SCP and RCP have exactly one, without a name."""

    name: str
    some_allow: Tri
    some_deny: Tri
    statements: tuple[StatementTrace, ...] = ()
    unread: tuple[Unread, ...] = ()


class LayerTrace(Struct, frozen=True):
    """One layer.

    `verdict` says whether the layer lets the request pass. `applies` is false where there is nothing to
    pass (no boundary is set, SCPs do not bind this caller); `needed` is false where the strongest match of the
    trust policy makes its Allow superfluous, so that only its Deny counts.
    """

    layer: Layer
    verdict: Tri
    explicit: Tri
    levels: tuple[LevelTrace, ...] = ()
    applies: bool = True
    needed: Tri = Tri.YES
    why: str = ""

    @property
    def nearest_allow(self) -> StatementTrace | None:
        """The Allow statement from which only conditions keep the request, and the fewest of them."""
        missing_conditions_only = [
            statement
            for level in self.levels
            for statement in level.statements
            if statement.effect is Effect.ALLOW
            and statement.unmet
            and all(element.element is Element.CONDITION for element in statement.unmet)
        ]
        return min(missing_conditions_only, key=lambda statement: len(statement.unmet), default=None)


class GateTrace(Struct, frozen=True):
    """One requirement that no policy expresses.

    `parameter` is one that is wrong by itself, for it is not as `asked`, or not between `least` and `limit`; `limit` is
    also the most seconds that a session may last, None where that is not known. `wanted` is a name that is asked for:
    an ARN, an account, a partition, a source identity. `got` holds what there is, and `gaps` what was not read of it.
    """

    gate: Gate
    verdict: Tri
    reason: Reason
    parameter: Parameter | None = None
    asked: Syntax | Form | None = None
    least: int | None = None
    limit: int | None = None
    wanted: str = ""
    got: tuple[str, ...] = ()
    gaps: tuple[Unread, ...] = ()

    @property
    def requirement(self) -> tuple[object, ...]:
        """What is asked, whatever there is: two traces of one requirement have the same."""
        return self.gate, self.reason, self.parameter, self.asked, self.least, self.limit, self.wanted


class ActionDecision(Struct, frozen=True):
    """The answer for one of the authorised actions. `match` is the strongest certain trust match.

    `needed` is UNKNOWN where it is not known whether the caller's session hands on tags or a source identity.
    """

    action: Action
    verdict: Tri
    layers: tuple[LayerTrace, ...]
    match: Match | None = None
    needed: Tri = Tri.YES


class Blocker(Struct, frozen=True):
    """Something that by itself keeps the request from being allowed: a layer for an action, or a gate."""

    action: Action | None = None
    layer: Layer | None = None
    gate: Gate | None = None
    explicit: bool = False


class DoubtKind(StrEnum):
    """What kind of thing is unknown."""

    KEY = "key"
    LAYER = "layer"
    GATE = "gate"
    COMPARISON = "comparison"
    """What the policies name and is not known: a session's name, a unique id, an element that is not text."""
    ACTION = "action"
    """Whether the caller's session hands on tags or a source identity, for which another action is needed."""


class Comparison(Struct, frozen=True):
    """A comparison of unknown outcome, wherever it stands. A Principal of `*` is in doubt only for an AWS service."""

    element: Element
    wanted: tuple[str, ...]
    got: str | KeyState = ""
    key: str = ""
    operator: str = ""
    negated: bool = False


class BrokenStatement(Struct, frozen=True):
    """The first statement of a policy that is not well-formed, by the policy's name, and how many more there are."""

    policy: str
    index: int
    others: int = 0


Unknown: TypeAlias = ConditionKey | Layer | Gate | Action | Comparison | BrokenStatement
"""What may be unknown."""


class Doubt(Struct, frozen=True):
    """Something unknown, and what it would change.

    `matters` is UNKNOWN where the combinations were too many to try. `allows` and `denies` hold the states with which
    the request would be allowed or denied, all else being as favourable as it can be.
    """

    about: Unknown
    matters: Tri = UNKNOWN
    allows: tuple[Alternative, ...] = ()
    denies: tuple[Alternative, ...] = ()
    gaps: tuple[Unread, ...] = ()

    @property
    def kind(self) -> DoubtKind:
        """The kind of what it is about."""
        match self.about:
            case ConditionKey():
                return DoubtKind.KEY
            case Layer():
                return DoubtKind.LAYER
            case Gate():
                return DoubtKind.GATE
            case Action():
                return DoubtKind.ACTION
            case Comparison() | BrokenStatement():
                return DoubtKind.COMPARISON
            case _:
                assert_never(self.about)


class Problem(Struct, frozen=True, gc=False):
    """A policy document, or a part of one, that is not what AWS would accept."""

    layer: Layer
    policy: Policy
    pointer: str
    message: str


class Note(Struct, frozen=True):
    """An answer that rests on a reading of AWS's documentation that is not certain."""

    layer: Layer
    text: str
    source: str


class Decision(Struct, frozen=True):
    """What AWS would answer, computed.

    `blockers` holds everything that stands in the way, not only the first, which is all that AWS names.
    """

    verdict: Tri
    same_account: bool
    actions: tuple[ActionDecision, ...]
    gates: tuple[GateTrace, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()

    def layer_of(self, blocker: Blocker) -> LayerTrace | None:
        """Find the layer that a blocker is about."""
        return next(
            (
                layer
                for decided in self.actions
                if decided.action is blocker.action
                for layer in decided.layers
                if layer.layer is blocker.layer
            ),
            None,
        )


class Subject(Struct, frozen=True, gc=False):
    """What a finding is about, so that it can be shown and fixed. Parts that play no role are None."""

    action: Action = Action.ASSUME_ROLE
    layer: Layer | None = None
    level: str = ""
    statement: StatementTrace | None = None
    element: ElementTrace | None = None
    gate: GateTrace | None = None
