"""The words for what condition keys are about, when they are sent, and what stands in them."""

from enum import StrEnum


class KeyGroup(StrEnum):
    """What a condition on a key asks for."""

    PRINCIPAL = "principal"
    """Which user or role calls: its ARN, account, id, name."""
    PRINCIPAL_TAGS = "principal_tags"
    ORGANIZATION = "organization"
    """The organization of the caller's account."""
    SERVICE = "service"
    """Whether an AWS service calls, and which."""
    SOURCE_ACCOUNT = "source_account"
    """For which resource and account an AWS service calls."""
    CREDENTIALS = "credentials"
    """How and when the caller came by the credentials that it signs with."""
    MFA = "mfa"
    INSTANCE = "instance"
    """The EC2 instance whose credentials the caller has."""
    TOKEN = "token"
    """Claims of an OIDC token, attributes of a SAML assertion."""
    EXTERNAL_ID = "external_id"
    SESSION_NAME = "session_name"
    SOURCE_IDENTITY = "source_identity"
    SESSION_TAGS = "session_tags"
    """Tags that the request passes."""
    REQUEST_CONTEXT = "request_context"
    """Trusted identity propagation."""
    NETWORK = "network"
    """The address, the VPC or the VPC endpoint that the request comes from."""
    REGION = "region"
    TIME = "time"
    CLIENT = "client"
    """The program that sends the request, and how."""
    VIA_SERVICE = "via_service"
    """Whether an AWS service repeats the request with the caller's credentials."""
    RESOURCE = "resource"
    """The account and the organization of the role."""
    RESOURCE_TAGS = "resource_tags"
    OTHER_OPERATION = "other_operation"
    """What only requests for something else can say."""
    OTHER = "other"
    """AWS has no key of that name."""


class Quantifier(StrEnum):
    """What stands before an operator for a key of several values: `ForAnyValue:`, `ForAllValues:`, or nothing."""

    NONE = "none"
    FOR_ANY_VALUE = "for_any_value"
    FOR_ALL_VALUES = "for_all_values"


class Presence(StrEnum):
    """How often the requests of an operation carry a key."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"


class FilledBy(StrEnum):
    """What gives a key its value, and so who has it: a key that services fill is absent for a user."""

    CALLER = "caller"
    USER = "user"
    SERVICE = "service"
    INSTANCE = "instance"
    SIGN_IN = "sign_in"
    """The token, the assertion or the product that the caller's session began with."""
    PARAMETER = "parameter"
    """A parameter of the call; of all of them the console sends the session's name alone."""
    CALL = "call"
    """How, when and from where the call is made."""
    ROLE = "role"
    OTHER_OPERATION = "other_operation"
    """Nothing in a request for a role."""


class ValueKind(StrEnum):
    """What a key's values are. The first four are AWS's own words, the same for every customer."""

    TRUTH = "truth"
    TIME = "time"
    NUMBER = "number"
    WORD = "word"
    """One of a few that AWS gives: a Region, a type of principal."""
    ARN = "arn"
    IDS = "ids"
    """Several ids with separators between them."""
    USER_NAME = "user_name"
    EXTERNAL_ID = "external_id"
    SESSION_NAME = "session_name"
    SOURCE_IDENTITY = "source_identity"
    TAG_KEY = "tag_key"
    TAG_VALUE = "tag_value"
    """May be empty."""
    TEXT = "text"
