"""A case: one request, and what is known of the two sides it runs between.

A `Case` is the unit of offline work, of batches, of fixtures and of bug reports. Times are ISO 8601
in UTC, durations are seconds, accounts are strings of twelve digits.
"""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from diagnose.model.arn import is_role_arn, same_entity
from diagnose.model.authorization_record import AuthorizationRecord
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Known
from diagnose.model.federation import OidcProvider, SamlAssertion, SamlProvider, WebIdentity
from diagnose.model.operation import Operation
from diagnose.model.pod import Pod
from diagnose.model.policy import NO_POLICIES_SUPPLIED, Level, Policy, PolicySet

CASE_SCHEMA = "xdiag.case/1"
GLOBAL_REGION = "aws-global"
"""What stands for a Region where a request goes to `sts.amazonaws.com`: botocore's name for it."""

# Types with `weakref=True` come again in many cases: they can be recognised without being kept alive.


class Via(StrEnum):
    """How the request is made; the console can send far less than the API."""

    API = "api"
    CLI = "cli"
    CONSOLE = "console"


class ProvidedContext(Struct, frozen=True, forbid_unknown_fields=True):
    """One trusted-identity-propagation context sent with the request."""

    provider_arn: str
    assertion: str = ""


class Parameters(Struct, frozen=True, forbid_unknown_fields=True):
    """What the caller sends with the call. A parameter left out was not sent.

    `session_name` alone is always sent, so leaving it out means that it is not known.
    `mfa_code_sent` stands for `TokenCode`, which is a secret and never kept. Who presents a token can send no more than
    `session_name`, `duration_seconds` and `provider_id`; who presents an assertion only `duration_seconds`.
    Of iam:PassRole there are only `passed_to`, the service that gets the role, and `associated_resource`, the ARN of
    what is made or changed with it; left out they are not known.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """

    session_name: str | None = None
    external_id: str | None = None
    duration_seconds: int | None = None
    mfa_serial: str | None = None
    mfa_code_sent: bool = False
    source_identity: str | None = None
    tags: Mapping[str, str] = {}
    transitive_tag_keys: tuple[str, ...] = ()
    provided_contexts: tuple[ProvidedContext, ...] = ()
    provider_id: str | None = None
    passed_to: str | None = None
    associated_resource: str | None = None


class Request(Struct, frozen=True, forbid_unknown_fields=True):
    """The call under diagnosis.

    `region` is the Region of the STS endpoint that is called; `aws-global` is `sts.amazonaws.com`.
    `context` overrides what xdiag derives: condition key to values, an empty list meaning that the key
    is known to be absent. `unknown` names condition keys whose state is not known, whatever is derived.
    `signed_in_as` is the identity a console session started from, where a role was switched to since. `asked_as` is who
    was asked about, where AWS's answer shows that the source, and not they, made the call.
    `operation` is the one that the source calls: see `diagnose.model.operation`. PassRole asks whether the source may
    pass the role to a service, and whether that service can assume it.
    """

    role_arn: str
    operation: Operation = Operation.ASSUME_ROLE
    via: Via = Via.API
    parameters: Parameters = Parameters()
    region: str | None = None
    signed_in_as: str | None = None
    asked_as: str | None = None
    context: Mapping[str, tuple[str, ...]] = {}
    unknown: tuple[str, ...] = ()


class Organization(Struct, frozen=True, forbid_unknown_fields=True):
    """The organization an account belongs to.

    `path` is the account's place as `aws:PrincipalOrgPaths` writes it: `o-a1b2/r-ab12/ou-ab12-1/`.
    """

    id: str
    path: str = ""
    management_account: str = ""


class Origin(StrEnum):
    """Where the caller's credentials come from, as far as it changes the request context."""

    LONG_TERM = "long_term"
    GET_SESSION_TOKEN = "get_session_token"
    ASSUME_ROLE = "assume_role"
    IDENTITY_CENTER = "identity_center"
    SAML = "saml"
    WEB_IDENTITY = "web_identity"
    EC2 = "ec2"
    SERVICE = "service"
    CONSOLE = "console"
    ASSUME_ROOT = "assume_root"


class Session(Struct, frozen=True, forbid_unknown_fields=True):
    """The credentials the caller signs with. No AWS API shows most of this after they were issued.

    `policies` is the caller's own session policy (not the one passed in this call);
    `mfa` says whether multi-factor authentication stands behind the credentials, `mfa_age` how many
    seconds ago; `tags` are session tags, `transitive_tag_keys` those of them that are handed on.
    """

    origin: Evidence[Origin] = NOT_SUPPLIED
    policies: PolicySet = NO_POLICIES_SUPPLIED
    tags: Evidence[Mapping[str, str]] = NOT_SUPPLIED
    transitive_tag_keys: Evidence[tuple[str, ...]] = NOT_SUPPLIED
    source_identity: Evidence[str | None] = NOT_SUPPLIED
    mfa: Evidence[bool] = NOT_SUPPLIED
    mfa_age: int | None = None
    issued_at: str | None = None


class Principal(Struct, frozen=True, forbid_unknown_fields=True):
    """The IAM user or role behind the source, as IAM describes it.

    `arn` carries the path, which a session's own ARN does not.
    """

    arn: str
    unique_id: str = ""
    tags: Evidence[Mapping[str, str]] = NOT_SUPPLIED
    created_at: str = ""


class SourceSide(Struct, frozen=True, forbid_unknown_fields=True, weakref=True):
    """The caller and all that can limit it.

    `arn` is as given: an IAM user, an IAM role (its session is then not known), an assumed-role session,
    an account's root, a federated user, or a service principal such as `ec2.amazonaws.com`. Who does not sign, but
    presents a token or an assertion, is given by its issuer's URL (`https://...`) or by the ARN of its SAML provider;
    `identity` holds what it presents, and `pod` what is known of the pod that presents it, or that EKS assumes a role
    for.
    `identity_policies` holds the policies of a user's groups too. `scps` are levels from the root of the
    organization down to the account; `Known(())` means that no SCP applies. `idle_policies` are near the
    principal without counting for it, such as those of a group the user is not in.
    """

    arn: str
    principal: Evidence[Principal | None] = NOT_SUPPLIED
    identity_policies: PolicySet = NO_POLICIES_SUPPLIED
    idle_policies: tuple[Policy, ...] = ()
    boundary: Evidence[Policy | None] = NOT_SUPPLIED
    session: Session = Session()
    scps: Evidence[tuple[Level, ...]] = NOT_SUPPLIED
    organization: Evidence[Organization | None] = NOT_SUPPLIED
    identity: WebIdentity | SamlAssertion | None = None
    pod: Pod | None = None

    @property
    def caller_arn(self) -> str:
        """The caller's ARN as IAM has it, else as given: who derives a role's ARN from a session's leaves the path out.

        A session's own ARN has no path.
        """
        principal = self.principal.value if isinstance(self.principal, Known) else None
        if principal is None or principal.arn == self.arn or not same_entity(principal.arn, self.arn):
            return self.arn
        return principal.arn


class Role(Struct, frozen=True, forbid_unknown_fields=True):
    """The destination role. `max_session_seconds` is between 3600 and 43200."""

    arn: str
    unique_id: str = ""
    tags: Evidence[Mapping[str, str]] = NOT_SUPPLIED
    max_session_seconds: Evidence[int] = NOT_SUPPLIED
    created_at: str = ""


class DestinationSide(Struct, frozen=True, forbid_unknown_fields=True, weakref=True):
    """The role and all that can refuse the caller. `role: Known(None)` means that it does not exist.

    `other_roles` are ARNs of the account's other roles, for near misses. `oidc_providers` and `saml_providers` are all
    those of the role's account; or, where files declare the one in question, that one alone.
    """

    role: Evidence[Role | None] = NOT_SUPPLIED
    trust_policy: Evidence[Policy] = NOT_SUPPLIED
    rcps: Evidence[tuple[Level, ...]] = NOT_SUPPLIED
    organization: Evidence[Organization | None] = NOT_SUPPLIED
    other_roles: Evidence[tuple[str, ...]] = NOT_SUPPLIED
    oidc_providers: Evidence[tuple[OidcProvider, ...]] = NOT_SUPPLIED
    saml_providers: Evidence[tuple[SamlProvider, ...]] = NOT_SUPPLIED


class Endpoint(Struct, frozen=True, forbid_unknown_fields=True, weakref=True):
    """The STS interface endpoint that the request travels through."""

    id: str
    vpc: str = ""
    owner: str = ""
    policy: Evidence[Policy] = NOT_SUPPLIED


class Snapshot(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of both sides. `endpoint: Known(None)` means that no VPC endpoint is used."""

    source: SourceSide
    destination: DestinationSide = DestinationSide()
    endpoint: Evidence[Endpoint | None] = NOT_SUPPLIED
    taken_at: str = ""


class ProbeOutcome(StrEnum):
    """What came of the live attempt."""

    ASSUMED = "assumed"
    ACCESS_DENIED = "access_denied"
    OTHER_ERROR = "other_error"
    NOT_MADE = "not_made"


class ProbeResult(Struct, frozen=True, forbid_unknown_fields=True):
    """The live attempt. `caller` is who AWS said the credentials are; `why` says why none was made."""

    outcome: ProbeOutcome
    caller: str = ""
    code: str = ""
    message: str = ""
    why: str = ""


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """One request with its evidence. `message` is the error text that AWS gave the user, if they kept it.

    `authorizations` are what AWS recorded under the authorization IDs in its errors, where they were followed up.
    """

    request: Request
    snapshot: Snapshot
    schema: str = field(default=CASE_SCHEMA)
    message: str = ""
    probe: ProbeResult | None = None
    note: str = ""
    authorizations: tuple[AuthorizationRecord, ...] = ()

    @property
    def source_arn(self) -> str:
        """The source's ARN as IAM has it, else as it was given."""
        return self.snapshot.source.caller_arn

    @property
    def destination_arn(self) -> str:
        """The destination's ARN as IAM has it, else as the request has it."""
        role = self.snapshot.destination.role
        read = role.value.arn if isinstance(role, Known) and role.value else ""
        return read if is_role_arn(read) else self.request.role_arn
