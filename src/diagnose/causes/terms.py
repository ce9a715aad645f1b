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
