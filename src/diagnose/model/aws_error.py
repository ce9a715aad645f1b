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
    POLICY_NOT_SAVED = "policy_not_saved"
    """AWS does not save a policy as it is written: none that was sent with a call is at fault."""
    PRINCIPAL_REFUSED = "principal_refused"
    BAD_PARAMETER = "bad_parameter"
    REGION_DISABLED = "region_disabled"
    TOKEN_INVALID = "token_invalid"
    TOKEN_EXPIRED = "token_expired"
    SIGNATURE = "signature"
    CLOCK = "clock"
    SIGNED_FOR_OTHER_REGION = "signed_for_other_region"
    UNSIGNED = "unsigned"
    SESSION_REFUSED = "session_refused"
    """The operation cannot be called with the credentials of a session."""
    PROVIDER_MISSING = "provider_missing"
    AUDIENCE_REFUSED = "audience_refused"
    IDENTITY_TOKEN_EXPIRED = "identity_token_expired"
    """It is the token of the identity provider that has expired, and no credentials of AWS."""
    ISSUER_KEYS_MISSING = "issuer_keys_missing"
    THUMBPRINT_DIFFERS = "thumbprint_differs"
    ASSERTION_REFUSED = "assertion_refused"
    ASSERTION_SESSION_NAME = "assertion_session_name"
    ASSERTION_ISSUER = "assertion_issuer"
    ASSERTION_SIGNATURE = "assertion_signature"
    IDENTITY_TOKEN_MALFORMED = "identity_token_malformed"
    IDENTITY_CLAIM_MISSING = "identity_claim_missing"
    IDENTITY_REFUSED = "identity_refused"
    """The token or the assertion, for a reason that no kind of its own tells."""
    ROLE_NOT_CLAIMED = "role_not_claimed"
    """The token names the roles that it is for, and this is not one of them."""
    THROTTLED = "throttled"
    SERVICE_NOT_TRUSTED = "service_not_trusted"
    VENDOR_REFUSED = "vendor_refused"
    """A vendor's product says that it cannot assume the role."""
    STACK_SET_ROLE = "stack_set_role"
    SERVICE_LINKED_ROLE = "service_linked_role"
    """A service cannot assume the role that AWS makes for it alone."""
    CONSOLE_REFUSED = "console_refused"
    NO_CREDENTIALS = "no_credentials"
    """What follows never was an answer of STS: the request was not made, or its answer is not shown."""
    SIGN_IN_EXPIRED = "sign_in_expired"
    PROFILE_BROKEN = "profile_broken"
    MFA_CODE_NOT_ASKED = "mfa_code_not_asked"
    UNREACHABLE = "unreachable"
    KUBERNETES_REFUSED = "kubernetes_refused"
    ANSWER_HIDDEN = "answer_hidden"
    OTHER = "other"


OF_OTHER_CALLS = frozenset((ErrorKind.POLICY_NOT_SAVED, ErrorKind.PRINCIPAL_REFUSED, ErrorKind.SERVICE_LINKED_ROLE))
"""What no call is answered that assumes a role for its caller."""


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
    missing (`sts:TagSession`). `service` is the principal of the AWS service that was refused (`lambda.amazonaws.com`);
    where it is a service or a tool that speaks, `resource` is the role that it names.

    `layer` is the policy type that AWS names, None where it names none, as is usual of a trust policy. `says_explicit`
    is what AWS's words say, `explicit` whether a Deny statement is to blame: AWS has reported implicit denials by
    service control policies in the words of explicit ones, and only the newer texts, which name the policy, are sure to
    mean what they say.

    Under `authorization_id` AWS keeps what it evaluated, in the Region `authorization_region`.
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
    authorization_region: str = ""
    request_id: str = ""

    @property
    def denied(self) -> bool:
        """Whether AWS knew the caller and did not permit the call."""
        return self.kind in (ErrorKind.NOT_AUTHORIZED, ErrorKind.ROOT_REFUSED)

    @property
    def about_session_tags(self) -> bool:
        """Whether session tags have part in it."""
        return "session tags" in self.text.lower()
