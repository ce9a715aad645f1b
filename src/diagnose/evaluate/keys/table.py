"""Every condition key: a row each.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

from diagnose.evaluate.call import Call
from diagnose.evaluate.keys.principal import (
    callers_account,
    callers_arn,
    callers_id,
    callers_name,
    callers_organization,
    callers_organization_path,
    callers_tag,
    callers_type,
    is_service,
    service_name,
    service_names,
    services_resource,
)
from diagnose.evaluate.keys.request import (
    absent,
    context_providers,
    current_time,
    epoch_time,
    external_id,
    false,
    provided_context,
    referer,
    request_tag,
    requested_region,
    roles_account,
    roles_organization,
    roles_organization_path,
    roles_tag,
    session_name,
    some_value,
    source_identity,
    source_ip,
    source_vpc,
    source_vpce,
    tag_keys,
    transitive_tag_keys,
    true,
    vpc_source_ip,
)
from diagnose.evaluate.keys.session import (
    assumed_root,
    callers_source_identity,
    claim,
    federated_provider,
    instance,
    mfa_age,
    mfa_present,
    product,
    token_issue_time,
)
from diagnose.model.condition_keys import FilledBy, KeyGroup, Presence, ValueKind
from diagnose.model.key_state import State
from diagnose.model.trace import Action


class KeyTraits(Struct, frozen=True):
    """What there is to know of a key, whatever the request.

    `name` is as AWS writes it. `seen_by` are the actions whose context has the key where the call carries it, and
    `sent` is how often a call of AssumeRole does. `multivalued`: it needs a set operator.
    """

    name: str
    group: KeyGroup
    filled_by: FilledBy
    seen_by: frozenset[Action]
    sent: Presence
    multivalued: bool
    value: ValueKind


class Key(KeyTraits, frozen=True):
    """One key, or all claims of tokens. `derive` works out its state in a request."""

    derive: Callable[[Call], State]


class KeyFamily(KeyTraits, frozen=True):
    """The keys that begin with `name`. `derive` takes what follows it, in lower case."""

    derive: Callable[[Call, str], State]


_EACH = frozenset(Action)
_ASSUME = frozenset((Action.ASSUME_ROLE,))
_TAG = frozenset((Action.TAG_SESSION,))
_CONTEXT = frozenset((Action.SET_CONTEXT,))
_ASSUME_TAG = _ASSUME | _TAG
_ASSUME_IDENTITY = frozenset((Action.ASSUME_ROLE, Action.SET_SOURCE_IDENTITY))
_ALWAYS, _SOMETIMES, _NEVER = Presence.ALWAYS, Presence.SOMETIMES, Presence.NEVER
_ONE, _MANY = False, True
G, F, V = KeyGroup, FilledBy, ValueKind

KEYS = (
    # Who calls
    Key("aws:PrincipalArn", G.PRINCIPAL, F.CALLER, _EACH, _SOMETIMES, _ONE, V.ARN, callers_arn),
    Key("aws:PrincipalAccount", G.PRINCIPAL, F.CALLER, _EACH, _SOMETIMES, _ONE, V.TEXT, callers_account),
    Key("aws:PrincipalType", G.PRINCIPAL, F.CALLER, _EACH, _SOMETIMES, _ONE, V.WORD, callers_type),
    Key("aws:userid", G.PRINCIPAL, F.CALLER, _EACH, _SOMETIMES, _ONE, V.IDS, callers_id),
    Key("aws:username", G.PRINCIPAL, F.USER, _EACH, _SOMETIMES, _ONE, V.USER_NAME, callers_name),
    Key("aws:PrincipalOrgID", G.ORGANIZATION, F.CALLER, _EACH, _SOMETIMES, _ONE, V.TEXT, callers_organization),
    Key("aws:PrincipalOrgPaths", G.ORGANIZATION, F.CALLER, _EACH, _SOMETIMES, _MANY, V.IDS, callers_organization_path),
    Key("aws:PrincipalIsAWSService", G.SERVICE, F.CALLER, _EACH, _SOMETIMES, _ONE, V.TRUTH, is_service),
    Key("aws:PrincipalServiceName", G.SERVICE, F.SERVICE, _EACH, _SOMETIMES, _ONE, V.TEXT, service_name),
    Key("aws:PrincipalServiceNamesList", G.SERVICE, F.SERVICE, _EACH, _SOMETIMES, _MANY, V.TEXT, service_names),
    Key("aws:SourceArn", G.SOURCE_ACCOUNT, F.SERVICE, _EACH, _SOMETIMES, _ONE, V.ARN, services_resource),
    Key("aws:SourceAccount", G.SOURCE_ACCOUNT, F.SERVICE, _EACH, _SOMETIMES, _ONE, V.TEXT, services_resource),
    Key("aws:SourceOrgID", G.SOURCE_ACCOUNT, F.SERVICE, _EACH, _SOMETIMES, _ONE, V.TEXT, services_resource),
    Key("aws:SourceOrgPaths", G.SOURCE_ACCOUNT, F.SERVICE, _EACH, _SOMETIMES, _MANY, V.IDS, services_resource),
    # The credentials that the caller signs with
    Key("aws:TokenIssueTime", G.CREDENTIALS, F.CALLER, _EACH, _SOMETIMES, _ONE, V.TIME, token_issue_time),
    Key("aws:AssumedRoot", G.CREDENTIALS, F.CALLER, _EACH, _SOMETIMES, _ONE, V.TRUTH, assumed_root),
    Key("aws:FederatedProvider", G.CREDENTIALS, F.SIGN_IN, _EACH, _SOMETIMES, _ONE, V.TEXT, federated_provider),
    Key("aws:SignInSessionArn", G.CREDENTIALS, F.SIGN_IN, _EACH, _SOMETIMES, _ONE, V.ARN, product),
    Key("aws:ChatbotSourceArn", G.CREDENTIALS, F.SIGN_IN, _EACH, _SOMETIMES, _ONE, V.ARN, product),
    Key("identitystore:UserId", G.CREDENTIALS, F.SIGN_IN, _EACH, _SOMETIMES, _ONE, V.TEXT, product),
    Key("aws:MultiFactorAuthPresent", G.MFA, F.CALLER, _EACH, _SOMETIMES, _ONE, V.TRUTH, mfa_present),
    Key("aws:MultiFactorAuthAge", G.MFA, F.CALLER, _EACH, _SOMETIMES, _ONE, V.NUMBER, mfa_age),
    Key(
        "aws:SourceIdentity",
        G.SOURCE_IDENTITY,
        F.CALLER,
        _EACH,
        _SOMETIMES,
        _ONE,
        V.SOURCE_IDENTITY,
        callers_source_identity,
    ),
    Key("aws:Ec2InstanceSourceVpc", G.INSTANCE, F.INSTANCE, _EACH, _SOMETIMES, _ONE, V.TEXT, instance),
    Key("aws:Ec2InstanceSourcePrivateIPv4", G.INSTANCE, F.INSTANCE, _EACH, _SOMETIMES, _ONE, V.TEXT, instance),
    Key("ec2:SourceInstanceArn", G.INSTANCE, F.INSTANCE, _EACH, _SOMETIMES, _ONE, V.ARN, instance),
    Key("ec2:RoleDelivery", G.INSTANCE, F.INSTANCE, _EACH, _SOMETIMES, _ONE, V.NUMBER, instance),
    Key("saml:aud", G.TOKEN, F.SIGN_IN, _TAG, _SOMETIMES, _ONE, V.TEXT, claim),
    Key("saml:namequalifier", G.TOKEN, F.SIGN_IN, _ASSUME, _SOMETIMES, _ONE, V.TEXT, claim),
    Key("saml:sub", G.TOKEN, F.SIGN_IN, _ASSUME, _SOMETIMES, _ONE, V.TEXT, claim),
    Key("saml:sub_type", G.TOKEN, F.SIGN_IN, _ASSUME, _SOMETIMES, _ONE, V.TEXT, claim),
    # What the call passes
    Key("sts:ExternalId", G.EXTERNAL_ID, F.PARAMETER, _ASSUME, _SOMETIMES, _ONE, V.EXTERNAL_ID, external_id),
    Key("sts:RoleSessionName", G.SESSION_NAME, F.PARAMETER, _ASSUME, _ALWAYS, _ONE, V.SESSION_NAME, session_name),
    Key(
        "sts:SourceIdentity",
        G.SOURCE_IDENTITY,
        F.PARAMETER,
        _ASSUME_IDENTITY,
        _SOMETIMES,
        _ONE,
        V.SOURCE_IDENTITY,
        source_identity,
    ),
    Key("aws:TagKeys", G.SESSION_TAGS, F.PARAMETER, _ASSUME_TAG, _SOMETIMES, _MANY, V.TAG_KEY, tag_keys),
    Key(
        "sts:TransitiveTagKeys",
        G.SESSION_TAGS,
        F.PARAMETER,
        _ASSUME_TAG,
        _SOMETIMES,
        _MANY,
        V.TAG_KEY,
        transitive_tag_keys,
    ),
    Key(
        "sts:RequestContextProviders",
        G.REQUEST_CONTEXT,
        F.PARAMETER,
        _CONTEXT,
        _SOMETIMES,
        _MANY,
        V.ARN,
        context_providers,
    ),
    # How, when and from where the call is made
    Key("aws:SourceIp", G.NETWORK, F.CALL, _EACH, _SOMETIMES, _ONE, V.TEXT, source_ip),
    Key("aws:VpcSourceIp", G.NETWORK, F.CALL, _EACH, _SOMETIMES, _ONE, V.TEXT, vpc_source_ip),
    Key("aws:SourceVpc", G.NETWORK, F.CALL, _EACH, _SOMETIMES, _ONE, V.TEXT, source_vpc),
    Key("aws:SourceVpce", G.NETWORK, F.CALL, _EACH, _SOMETIMES, _ONE, V.TEXT, source_vpce),
    Key("aws:RequestedRegion", G.REGION, F.CALL, _EACH, _ALWAYS, _ONE, V.WORD, requested_region),
    Key("aws:CurrentTime", G.TIME, F.CALL, _EACH, _ALWAYS, _ONE, V.TIME, current_time),
    Key("aws:EpochTime", G.TIME, F.CALL, _EACH, _ALWAYS, _ONE, V.TIME, epoch_time),
    Key("aws:SecureTransport", G.CLIENT, F.CALL, _EACH, _ALWAYS, _ONE, V.TRUTH, true),
    Key("aws:UserAgent", G.CLIENT, F.CALL, _EACH, _ALWAYS, _ONE, V.TEXT, some_value),
    Key("aws:referer", G.CLIENT, F.CALL, _EACH, _SOMETIMES, _ONE, V.TEXT, referer),
    Key("aws:ViaAWSService", G.VIA_SERVICE, F.CALL, _EACH, _SOMETIMES, _ONE, V.TRUTH, false),
    # A service that repeats the caller's request says so here; the calls that xdiag is asked about are the caller's.
    Key("aws:CalledVia", G.VIA_SERVICE, F.CALL, _EACH, _SOMETIMES, _MANY, V.TEXT, absent),
    Key("aws:CalledViaFirst", G.VIA_SERVICE, F.CALL, _EACH, _SOMETIMES, _ONE, V.TEXT, absent),
    Key("aws:CalledViaLast", G.VIA_SERVICE, F.CALL, _EACH, _SOMETIMES, _ONE, V.TEXT, absent),
    # The role
    Key("aws:ResourceAccount", G.RESOURCE, F.ROLE, _EACH, _ALWAYS, _ONE, V.TEXT, roles_account),
    Key("aws:ResourceOrgID", G.RESOURCE, F.ROLE, _EACH, _SOMETIMES, _ONE, V.TEXT, roles_organization),
    Key("aws:ResourceOrgPaths", G.RESOURCE, F.ROLE, _EACH, _SOMETIMES, _MANY, V.IDS, roles_organization_path),
    # Never in the context of AssumeRole. STS is not among the services that send the `aws:Vpce*` keys.
    Key("aws:SourceVpcArn", G.NETWORK, F.OTHER_OPERATION, _EACH, _NEVER, _ONE, V.ARN, absent),
    Key("aws:VpceAccount", G.NETWORK, F.OTHER_OPERATION, _EACH, _NEVER, _ONE, V.TEXT, absent),
    Key("aws:VpceOrgID", G.NETWORK, F.OTHER_OPERATION, _EACH, _NEVER, _ONE, V.TEXT, absent),
    Key("aws:VpceOrgPaths", G.NETWORK, F.OTHER_OPERATION, _EACH, _NEVER, _MANY, V.IDS, absent),
    Key("iam:PassedToService", G.OTHER_OPERATION, F.OTHER_OPERATION, _EACH, _NEVER, _ONE, V.TEXT, absent),
    Key("sts:AWSServiceName", G.OTHER_OPERATION, F.OTHER_OPERATION, _EACH, _NEVER, _ONE, V.TEXT, absent),
    Key("sts:DurationSeconds", G.OTHER_OPERATION, F.OTHER_OPERATION, _EACH, _NEVER, _ONE, V.NUMBER, absent),
    Key("sts:RoleAuthorizedByIdp", G.OTHER_OPERATION, F.OTHER_OPERATION, _EACH, _NEVER, _ONE, V.TRUTH, absent),
    Key("sts:TaskPolicyArn", G.OTHER_OPERATION, F.OTHER_OPERATION, _EACH, _NEVER, _ONE, V.ARN, absent),
)

FAMILIES = (
    KeyFamily("aws:PrincipalTag/", G.PRINCIPAL_TAGS, F.CALLER, _EACH, _SOMETIMES, _ONE, V.TAG_VALUE, callers_tag),
    KeyFamily("aws:RequestTag/", G.SESSION_TAGS, F.PARAMETER, _ASSUME_TAG, _SOMETIMES, _ONE, V.TAG_VALUE, request_tag),
    KeyFamily("aws:ResourceTag/", G.RESOURCE_TAGS, F.ROLE, _EACH, _SOMETIMES, _ONE, V.TAG_VALUE, roles_tag),
    KeyFamily("iam:ResourceTag/", G.RESOURCE_TAGS, F.ROLE, _EACH, _SOMETIMES, _ONE, V.TAG_VALUE, roles_tag),
    KeyFamily(
        "sts:RequestContext/", G.REQUEST_CONTEXT, F.PARAMETER, _CONTEXT, _SOMETIMES, _ONE, V.TEXT, provided_context
    ),
)

CLAIMS = Key("<provider>:<claim>", G.TOKEN, F.SIGN_IN, _ASSUME, _SOMETIMES, _ONE, V.TEXT, claim)
"""What OIDC tokens say, such as `accounts.google.com:aud`."""

ATTRIBUTES = Key("saml:<attribute>", G.TOKEN, F.SIGN_IN, _ASSUME, _NEVER, _ONE, V.TEXT, absent)
"""What SAML assertions say besides the `saml:` keys with rows of their own: it does not outlive the sign-in."""

TABLE: tuple[Key | KeyFamily, ...] = (*KEYS, *FAMILIES, CLAIMS, ATTRIBUTES)

SPELLINGS = {key.name.lower(): key.name for key in KEYS}
"""Keys in lower case, which is how they are compared, to the way AWS writes them."""

MULTIVALUED = frozenset(key.name.lower() for key in TABLE if key.multivalued)

_KEYS = {key.name.lower(): key for key in KEYS}
_FAMILIES = {family.name.lower(): family for family in FAMILIES}


@lru_cache(maxsize=4096)
def traits_of(lower: str) -> Key | KeyFamily | None:
    """Look a key up; None where AWS has no such key."""
    if key := _KEYS.get(lower):
        return key
    prefix, slash, _ = lower.partition("/")
    # A tag's key may hold dots and colons, too: families come before claims.
    if family := _FAMILIES.get(prefix + slash):
        return family
    if lower.startswith("saml:"):
        return ATTRIBUTES
    provider, _, name = lower.rpartition(":")
    return CLAIMS if "." in provider and name else None


def group_of(key: str) -> KeyGroup:
    """Say what a condition on a key asks for."""
    traits = traits_of(key.lower())
    return KeyGroup.OTHER if traits is None else traits.group


def value_kind(key: str) -> ValueKind:
    """Say what a key's values are."""
    traits = traits_of(key.lower())
    return ValueKind.TEXT if traits is None else traits.value


def is_of_role(key: str) -> bool:
    """Say whether a key's values are those of the role that is asked for, and another role has others."""
    traits = traits_of(key.lower())
    return traits is not None and traits.filled_by is FilledBy.ROLE


WHO_CALLS = frozenset((KeyGroup.PRINCIPAL, KeyGroup.PRINCIPAL_TAGS, KeyGroup.ORGANIZATION, KeyGroup.SERVICE))
"""The groups whose keys say who calls."""


@lru_cache(maxsize=4096)
def hidden_from(lower: str) -> frozenset[Action]:
    """Name the actions whose context never holds a key, whatever the call carries."""
    traits = traits_of(lower)
    return frozenset() if traits is None else _EACH - traits.seen_by


def written(key: str) -> str:
    """Give a key as AWS writes it, or as it came where AWS has no such key."""
    lower = key.lower()
    traits = traits_of(lower)
    if isinstance(traits, KeyFamily):
        return traits.name + key[len(traits.name) :]
    return SPELLINGS.get(lower, key)
