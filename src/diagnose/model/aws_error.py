"""What AWS says where it refuses a call, taken apart.

An error is evidence, not truth: AWS names one layer even where several deny, and withholds the layer from callers of
another organization.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from enum import StrEnum

from msgspec import Struct

from diagnose.model.trace import Layer
from diagnose.model.tri import UNKNOWN, Tri


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
    IDENTITY_REFUSED = "identity_refused"
    """The token or the assertion that was presented instead of a signature."""
    IDENTITY_EXPIRED = "identity_expired"
    ISSUER_UNREACHABLE = "issuer_unreachable"
    PROVIDER_MISSING = "provider_missing"
    AUDIENCE_REFUSED = "audience_refused"
    ROLE_NOT_CLAIMED = "role_not_claimed"
    THROTTLED = "throttled"
    SERVICE_NOT_TRUSTED = "service_not_trusted"
    CONSOLE_REFUSED = "console_refused"
    OTHER = "other"


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


class AwsError(Struct, frozen=True):
    """One error of AWS. A part that the text does not name is empty; None and UNKNOWN say the same.

    `text` is the error alone, on one line, as the AWS CLI prints it: where something was pasted that nothing is known
    of, the whole paste. `caller` and `resource` are as AWS wrote them, or as somebody masked them; the caller of a
    request that was not signed is `anonymous`.

    `operation` is the API that was called (`AssumeRole`, `AssumeRoleWithWebIdentity`), `action` the permission that was
    missing (`sts:TagSession`). `service` is the principal of the AWS service that was refused (`lambda.amazonaws.com`).

    `layer` is the policy type that AWS names, None where it names none, as is usual of a trust policy. `says_explicit`
    is what AWS's words say, `explicit` whether a Deny statement is to blame: AWS has reported implicit denials by
    service control policies in the words of explicit ones, and only the newer texts, which name the policy, are sure to
    mean what they say.
    """

    text: str
    kind: ErrorKind
    code: str = ""
    http_status: int | None = None
    operation: str = ""
    action: str = ""
    resource: str = ""
    caller: str = ""
    service: str = ""
    layer: Layer | None = None
    explicit: Tri = UNKNOWN
    says_explicit: bool = False
    policy_arn: str = ""
    authorization_id: str = ""
    request_id: str = ""

    @property
    def denied(self) -> bool:
        """Whether AWS knew the caller and did not permit the call."""
        return self.kind in (ErrorKind.NOT_AUTHORIZED, ErrorKind.ROOT_REFUSED)

    @property
    def about_session_tags(self) -> bool:
        """Whether session tags have part in it."""
        return "session tags" in self.text.lower()
