"""The closed words of the vocabulary that the model does not have."""

from enum import StrEnum


class LayerVerdict(StrEnum):
    """Whether the request passes: a layer, or all there is."""

    ALLOWED = "allowed"
    DENIED = "denied"


class Reach(StrEnum):
    """How the trust policy reaches the caller: the members of `Match`, and none."""

    SESSION = "session"
    USER = "user"
    SERVICE = "service"
    ANY = "any"
    ROLE = "role"
    ACCOUNT = "account"
    NONE = "none"


class NamedLayer(StrEnum):
    """The layer that AWS's words blame: the members of `Layer`, and none."""

    RCP = "rcp"
    SCP = "scp"
    ENDPOINT = "endpoint"
    TRUST = "trust"
    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"
    NONE = "none"


class Quantifier(StrEnum):
    """What stands before an operator for a key of several values: `ForAnyValue:`, `ForAllValues:`, or nothing."""

    NONE = "none"
    FOR_ANY_VALUE = "for_any_value"
    FOR_ALL_VALUES = "for_all_values"


class RoleKind(StrEnum):
    """What kind of role the destination is, as its path tells."""

    NORMAL = "normal"
    SERVICE_LINKED = "service_linked"
    RESERVED = "reserved"


class IdleKind(StrEnum):
    """Why a policy that is near the caller does not count."""

    OTHER_VERSION = "other_version"
    NOT_ATTACHED = "not_attached"


class Side(StrEnum):
    """Which side something unread belongs to."""

    SOURCE = "source"
    DESTINATION = "destination"
    REQUEST = "request"


class Speaker(StrEnum):
    """Who reports what AWS answered."""

    MESSAGE = "message"
    PROBE = "probe"


class ErrorKind(StrEnum):
    """What an error text of AWS is about."""

    NOT_AUTHORIZED = "not_authorized"
    ROOT_REFUSED = "root_refused"
    MFA_CODE_REFUSED = "mfa_code_refused"
    MFA_DEVICE_REFUSED = "mfa_device_refused"
    MFA_INCOMPLETE = "mfa_incomplete"
    OVER_ROLE_MAXIMUM = "over_role_maximum"
    OVER_CHAINING_LIMIT = "over_chaining_limit"
    PACKED_SIZE = "packed_size"
    POLICY_MALFORMED = "policy_malformed"
    PRINCIPAL_REFUSED = "principal_refused"
    BAD_PARAMETER = "bad_parameter"
    REGION_DISABLED = "region_disabled"
    TOKEN_INVALID = "token_invalid"
    TOKEN_EXPIRED = "token_expired"
    SIGNATURE = "signature"
    THROTTLED = "throttled"
    SERVICE_NOT_TRUSTED = "service_not_trusted"
    CONSOLE_REFUSED = "console_refused"
    OTHER = "other"
