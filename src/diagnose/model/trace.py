"""How a decision came about: every comparison, with its reason and its place."""

from enum import StrEnum

from msgspec import Struct

from diagnose.model.evidence import Unread
from diagnose.model.policy import Policy
from diagnose.model.tri import UNKNOWN, Tri


class Action(StrEnum):
    """The actions that one AssumeRole call can be authorised for."""

    ASSUME_ROLE = "sts:AssumeRole"
    TAG_SESSION = "sts:TagSession"
    SET_SOURCE_IDENTITY = "sts:SetSourceIdentity"
    SET_CONTEXT = "sts:SetContext"


class Layer(StrEnum):
    """The policies that a request passes, in the order in which AWS publishes their enforcement."""

    RCP = "rcp"
    SCP = "scp"
    ENDPOINT = "endpoint"
    TRUST = "trust"
    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"


class Gate(StrEnum):
    """What decides about a request besides policies."""

    PARAMETERS = "parameters"
    CALLER = "caller"
    PARTITION = "partition"
    ROLE = "role"
    CONSOLE = "console"
    DURATION = "duration"


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
    ANY = "any"
    ROLE = "role"
    ACCOUNT = "account"


class Reason(StrEnum):
    """Why a comparison came out as it did. A near miss says what kind of miss it is."""

    MATCHES = "matches"
    NOT_TOLD = "not_told"
    """What would be compared is not known."""
    MALFORMED = "malformed"

    # Actions
    NOT_LISTED = "not_listed"
    EXCLUDED = "excluded"
    FEDERATION_ONLY = "federation_only"
    COMPANION_ONLY = "companion_only"
    OTHER_SERVICE = "other_service"
    MISSPELT = "misspelt"

    # ARNs, wherever they stand
    OTHER_PARTITION = "other_partition"
    OTHER_ACCOUNT = "other_account"
    ACCOUNT_TYPO = "account_typo"
    """The account differs in one digit, or in two neighbours that were swapped."""
    OTHER_TYPE = "other_type"
    OTHER_NAME = "other_name"
    PATH_MISSING = "path_missing"
    PATH_EXTRA = "path_extra"
    PATH_DIFFERS = "path_differs"
    CASE_DIFFERS = "case_differs"
    SPACE_DIFFERS = "space_differs"
    SESSION_FOR_ROLE = "session_for_role"
    ROLE_FOR_SESSION = "role_for_session"
    OTHER_SESSION = "other_session"
    SSO_PATH_DROPPED = "sso_path_dropped"
    REGION_GIVEN = "region_given"
    NOT_AN_ARN = "not_an_arn"
    WILDCARD_TOO_NARROW = "wildcard_too_narrow"

    # Principals
    STALE_ID = "stale_id"
    OTHER_ID = "other_id"
    SERVICES_ONLY = "services_only"
    FEDERATED_ONLY = "federated_only"
    WILDCARD_IN_PRINCIPAL = "wildcard_in_principal"
    NEVER_A_PRINCIPAL = "never_a_principal"
    OTHER_SERVICE_PRINCIPAL = "other_service_principal"
    REGIONAL_SERVICE_PRINCIPAL = "regional_service_principal"
    NOT_PRINCIPAL_BOUNDARY = "not_principal_boundary"

    # Conditions
    VALUE_DIFFERS = "value_differs"
    OUT_OF_RANGE = "out_of_range"
    KEY_MISSING = "key_missing"
    KEY_PRESENT = "key_present"
    KEY_NEVER_SENT = "key_never_sent"
    KEY_MISSPELT = "key_misspelt"
    KEY_NOT_IN_ACTION = "key_not_in_action"
    KEY_NOT_FOR_CALLER = "key_not_for_caller"
    WILDCARD_IS_LITERAL = "wildcard_is_literal"
    SET_OPERATOR_NEEDED = "set_operator_needed"
    OPERATOR_UNKNOWN = "operator_unknown"
    OPERAND_MALFORMED = "operand_malformed"
    VARIABLE_IS_LITERAL = "variable_is_literal"
    VARIABLE_UNRESOLVED = "variable_unresolved"

    # Gates
    ROOT_CALLER = "root_caller"
    FEDERATED_CALLER = "federated_caller"
    SERVICE_CALLER = "service_caller"
    NO_SUCH_ROLE = "no_such_role"
    NO_SUCH_CALLER = "no_such_caller"
    SERVICE_LINKED_ROLE = "service_linked_role"
    RESERVED_ROLE = "reserved_role"
    OVER_ROLE_MAXIMUM = "over_role_maximum"
    OVER_CHAINING_LIMIT = "over_chaining_limit"
    BAD_SYNTAX = "bad_syntax"
    TAG_INHERITED = "tag_inherited"
    DUPLICATE_TAG = "duplicate_tag"
    SOURCE_IDENTITY_FIXED = "source_identity_fixed"
    MFA_INCOMPLETE = "mfa_incomplete"
    MFA_NOT_A_USER = "mfa_not_a_user"
    MFA_OTHER_USER = "mfa_other_user"
    NOT_SENT_BY_CONSOLE = "not_sent_by_console"
    SECOND_SWITCH = "second_switch"


class ElementTrace(Struct, frozen=True):
    """One comparison.

    `wanted` is the policy's side and `got` the request's, both as text for people; `pointer` is a JSON
    pointer to the compared value within the policy document. `key` and `operator` are a condition's.
    `negated` is true for NotPrincipal, NotAction, NotResource and negated operators.
    """

    element: Element
    verdict: Tri
    reason: Reason
    pointer: str
    wanted: str = ""
    got: str = ""
    key: str = ""
    operator: str = ""
    negated: bool = False


class StatementTrace(Struct, frozen=True):
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


class GateTrace(Struct, frozen=True):
    """One requirement that no policy expresses. `wanted` and `got` are text for people."""

    gate: Gate
    verdict: Tri
    reason: Reason
    wanted: str = ""
    got: str = ""


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
    ACTION = "action"
    """Whether the caller's session hands on tags or a source identity, for which another action is needed."""


class Doubt(Struct, frozen=True):
    """Something unknown, and what it would change.

    `matters` is UNKNOWN where the combinations were too many to try. `allows` and `denies` hold, in words,
    the values with which the request would be allowed or denied, all else being as favourable as it can be.
    """

    kind: DoubtKind
    subject: str
    matters: Tri = UNKNOWN
    allows: tuple[str, ...] = ()
    denies: tuple[str, ...] = ()
    gaps: tuple[Unread, ...] = ()


class Problem(Struct, frozen=True):
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


class Subject(Struct, frozen=True):
    """What a finding is about, so that it can be pointed at and mended. Parts that play no role are None."""

    action: Action = Action.ASSUME_ROLE
    layer: Layer | None = None
    level: str = ""
    statement: StatementTrace | None = None
    element: ElementTrace | None = None
    gate: GateTrace | None = None
