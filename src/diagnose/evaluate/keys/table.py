"""Every condition key: a row each.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from collections.abc import Callable

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
from diagnose.evaluate.keys.service import of_service, services_account, services_arn
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
from diagnose.evaluate.memo import of_short_texts
from diagnose.model.condition_keys import FilledBy, KeyGroup, Presence, ValueKind
from diagnose.model.key_state import State
from diagnose.model.trace import Action


class KeyTraits(Struct, frozen=True):
    """What there is to know of a key, whatever the request.

    `name` is as AWS writes it. `seen_by` are the actions whose context has the key where the call carries it, and
    `sent` is how often a call of AssumeRole does; what is particular of calls that nobody signs stands in
    `keys.federation`. `multivalued`: it needs a set operator.
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
_ASSUME = frozenset((Action.ASSUME_ROLE, Action.WITH_WEB_IDENTITY, Action.WITH_SAML))
_SIGNED = frozenset((Action.ASSUME_ROLE,))
_TAG = frozenset((Action.TAG_SESSION,))
_CONTEXT = frozenset((Action.SET_CONTEXT,))
_ASSUME_TAG = _ASSUME | _TAG
_ASSUME_IDENTITY = _ASSUME | {Action.SET_SOURCE_IDENTITY}
_SAML_TAG = frozenset((Action.WITH_SAML, Action.TAG_SESSION))
_ALWAYS, _SOMETIMES, _NEVER = Presence.ALWAYS, Presence.SOMETIMES, Presence.NEVER
_ONE, _MANY = False, True
_G, _F, _V = KeyGroup, FilledBy, ValueKind

KEYS = (
    # Who calls
    Key("aws:PrincipalArn", _G.PRINCIPAL, _F.CALLER, _EACH, _SOMETIMES, _ONE, _V.ARN, callers_arn),
    Key("aws:PrincipalAccount", _G.PRINCIPAL, _F.CALLER, _EACH, _SOMETIMES, _ONE, _V.TEXT, callers_account),
    Key("aws:PrincipalType", _G.PRINCIPAL, _F.CALLER, _EACH, _SOMETIMES, _ONE, _V.WORD, callers_type),
    Key("aws:userid", _G.PRINCIPAL, _F.CALLER, _EACH, _SOMETIMES, _ONE, _V.IDS, callers_id),
    Key("aws:username", _G.PRINCIPAL, _F.USER, _EACH, _SOMETIMES, _ONE, _V.USER_NAME, callers_name),
    Key("aws:PrincipalOrgID", _G.ORGANIZATION, _F.CALLER, _EACH, _SOMETIMES, _ONE, _V.TEXT, callers_organization),
    Key(
        "aws:PrincipalOrgPaths", _G.ORGANIZATION, _F.CALLER, _EACH, _SOMETIMES, _MANY, _V.IDS, callers_organization_path
    ),
    Key("aws:PrincipalIsAWSService", _G.SERVICE, _F.CALLER, _EACH, _SOMETIMES, _ONE, _V.TRUTH, is_service),
    Key("aws:PrincipalServiceName", _G.SERVICE, _F.SERVICE, _EACH, _SOMETIMES, _ONE, _V.TEXT, service_name),
    Key("aws:PrincipalServiceNamesList", _G.SERVICE, _F.SERVICE, _EACH, _SOMETIMES, _MANY, _V.TEXT, service_names),
    Key("aws:SourceArn", _G.SOURCE_ACCOUNT, _F.SERVICE, _EACH, _SOMETIMES, _ONE, _V.ARN, services_arn),
    Key("aws:SourceAccount", _G.SOURCE_ACCOUNT, _F.SERVICE, _EACH, _SOMETIMES, _ONE, _V.TEXT, services_account),
    Key("aws:SourceOrgID", _G.SOURCE_ACCOUNT, _F.SERVICE, _EACH, _SOMETIMES, _ONE, _V.TEXT, of_service),
    Key("aws:SourceOrgPaths", _G.SOURCE_ACCOUNT, _F.SERVICE, _EACH, _SOMETIMES, _MANY, _V.IDS, of_service),
    # The credentials that the caller signs with
    Key("aws:TokenIssueTime", _G.CREDENTIALS, _F.CALLER, _EACH, _SOMETIMES, _ONE, _V.TIME, token_issue_time),
    Key("aws:AssumedRoot", _G.CREDENTIALS, _F.CALLER, _EACH, _SOMETIMES, _ONE, _V.TRUTH, assumed_root),
    Key("aws:FederatedProvider", _G.CREDENTIALS, _F.SIGN_IN, _EACH, _SOMETIMES, _ONE, _V.TEXT, federated_provider),
    Key("aws:SignInSessionArn", _G.CREDENTIALS, _F.SIGN_IN, _EACH, _SOMETIMES, _ONE, _V.ARN, product),
    Key("aws:ChatbotSourceArn", _G.CREDENTIALS, _F.SIGN_IN, _EACH, _SOMETIMES, _ONE, _V.ARN, product),
    Key("identitystore:UserId", _G.CREDENTIALS, _F.SIGN_IN, _EACH, _SOMETIMES, _ONE, _V.TEXT, product),
    Key("aws:MultiFactorAuthPresent", _G.MFA, _F.CALLER, _EACH, _SOMETIMES, _ONE, _V.TRUTH, mfa_present),
    Key("aws:MultiFactorAuthAge", _G.MFA, _F.CALLER, _EACH, _SOMETIMES, _ONE, _V.NUMBER, mfa_age),
    Key(
        "aws:SourceIdentity",
        _G.SOURCE_IDENTITY,
        _F.CALLER,
        _EACH,
        _SOMETIMES,
        _ONE,
        _V.SOURCE_IDENTITY,
        callers_source_identity,
    ),
    Key("aws:Ec2InstanceSourceVpc", _G.INSTANCE, _F.INSTANCE, _EACH, _SOMETIMES, _ONE, _V.TEXT, instance),
    Key("aws:Ec2InstanceSourcePrivateIPv4", _G.INSTANCE, _F.INSTANCE, _EACH, _SOMETIMES, _ONE, _V.TEXT, instance),
    Key("ec2:SourceInstanceArn", _G.INSTANCE, _F.INSTANCE, _EACH, _SOMETIMES, _ONE, _V.ARN, instance),
    Key("ec2:RoleDelivery", _G.INSTANCE, _F.INSTANCE, _EACH, _SOMETIMES, _ONE, _V.NUMBER, instance),
    Key("saml:aud", _G.TOKEN, _F.SIGN_IN, _SAML_TAG, _SOMETIMES, _ONE, _V.TEXT, claim),
    Key("saml:namequalifier", _G.TOKEN, _F.SIGN_IN, _ASSUME, _SOMETIMES, _ONE, _V.TEXT, claim),
    Key("saml:sub", _G.TOKEN, _F.SIGN_IN, _ASSUME, _SOMETIMES, _ONE, _V.TEXT, claim),
    Key("saml:sub_type", _G.TOKEN, _F.SIGN_IN, _ASSUME, _SOMETIMES, _ONE, _V.TEXT, claim),
    # What the call passes
    Key("sts:ExternalId", _G.EXTERNAL_ID, _F.PARAMETER, _SIGNED, _SOMETIMES, _ONE, _V.EXTERNAL_ID, external_id),
    Key("sts:RoleSessionName", _G.SESSION_NAME, _F.PARAMETER, _ASSUME, _ALWAYS, _ONE, _V.SESSION_NAME, session_name),
    Key(
        "sts:SourceIdentity",
        _G.SOURCE_IDENTITY,
        _F.PARAMETER,
        _ASSUME_IDENTITY,
        _SOMETIMES,
        _ONE,
        _V.SOURCE_IDENTITY,
        source_identity,
    ),
    Key("aws:TagKeys", _G.SESSION_TAGS, _F.PARAMETER, _ASSUME_TAG, _SOMETIMES, _MANY, _V.TAG_KEY, tag_keys),
    Key(
        "sts:TransitiveTagKeys",
        _G.SESSION_TAGS,
        _F.PARAMETER,
        _ASSUME_TAG,
        _SOMETIMES,
        _MANY,
        _V.TAG_KEY,
        transitive_tag_keys,
    ),
    Key(
        "sts:RequestContextProviders",
        _G.REQUEST_CONTEXT,
        _F.PARAMETER,
        _CONTEXT,
        _SOMETIMES,
        _MANY,
        _V.ARN,
        context_providers,
    ),
    # How, when and from where the call is made
    Key("aws:SourceIp", _G.NETWORK, _F.CALL, _EACH, _SOMETIMES, _ONE, _V.TEXT, source_ip),
    Key("aws:VpcSourceIp", _G.NETWORK, _F.CALL, _EACH, _SOMETIMES, _ONE, _V.TEXT, vpc_source_ip),
    Key("aws:SourceVpc", _G.NETWORK, _F.CALL, _EACH, _SOMETIMES, _ONE, _V.TEXT, source_vpc),
    Key("aws:SourceVpce", _G.NETWORK, _F.CALL, _EACH, _SOMETIMES, _ONE, _V.TEXT, source_vpce),
    Key("aws:RequestedRegion", _G.REGION, _F.CALL, _EACH, _ALWAYS, _ONE, _V.WORD, requested_region),
    Key("aws:CurrentTime", _G.TIME, _F.CALL, _EACH, _ALWAYS, _ONE, _V.TIME, current_time),
    Key("aws:EpochTime", _G.TIME, _F.CALL, _EACH, _ALWAYS, _ONE, _V.TIME, epoch_time),
    Key("aws:SecureTransport", _G.CLIENT, _F.CALL, _EACH, _ALWAYS, _ONE, _V.TRUTH, true),
    Key("aws:UserAgent", _G.CLIENT, _F.CALL, _EACH, _ALWAYS, _ONE, _V.TEXT, some_value),
    Key("aws:referer", _G.CLIENT, _F.CALL, _EACH, _SOMETIMES, _ONE, _V.TEXT, referer),
    Key("aws:ViaAWSService", _G.VIA_SERVICE, _F.CALL, _EACH, _SOMETIMES, _ONE, _V.TRUTH, false),
    # Of requests that a service makes on the caller's behalf; those of a case the caller makes itself.
    Key("aws:CalledVia", _G.VIA_SERVICE, _F.CALL, _EACH, _SOMETIMES, _MANY, _V.TEXT, absent),
    Key("aws:CalledViaFirst", _G.VIA_SERVICE, _F.CALL, _EACH, _SOMETIMES, _ONE, _V.TEXT, absent),
    Key("aws:CalledViaLast", _G.VIA_SERVICE, _F.CALL, _EACH, _SOMETIMES, _ONE, _V.TEXT, absent),
    # The role
    Key("aws:ResourceAccount", _G.RESOURCE, _F.ROLE, _EACH, _ALWAYS, _ONE, _V.TEXT, roles_account),
    Key("aws:ResourceOrgID", _G.RESOURCE, _F.ROLE, _EACH, _SOMETIMES, _ONE, _V.TEXT, roles_organization),
    Key("aws:ResourceOrgPaths", _G.RESOURCE, _F.ROLE, _EACH, _SOMETIMES, _MANY, _V.IDS, roles_organization_path),
    # Never in the context of AssumeRole. STS is not among the services that send the `aws:Vpce*` keys.
    Key("aws:SourceVpcArn", _G.NETWORK, _F.OTHER_OPERATION, _EACH, _NEVER, _ONE, _V.ARN, absent),
    Key("aws:VpceAccount", _G.NETWORK, _F.OTHER_OPERATION, _EACH, _NEVER, _ONE, _V.TEXT, absent),
    Key("aws:VpceOrgID", _G.NETWORK, _F.OTHER_OPERATION, _EACH, _NEVER, _ONE, _V.TEXT, absent),
    Key("aws:VpceOrgPaths", _G.NETWORK, _F.OTHER_OPERATION, _EACH, _NEVER, _MANY, _V.IDS, absent),
    Key("iam:PassedToService", _G.OTHER_OPERATION, _F.OTHER_OPERATION, _EACH, _NEVER, _ONE, _V.TEXT, absent),
    Key("iam:AssociatedResourceArn", _G.OTHER_OPERATION, _F.OTHER_OPERATION, _EACH, _NEVER, _ONE, _V.ARN, absent),
    Key("sts:AWSServiceName", _G.OTHER_OPERATION, _F.OTHER_OPERATION, _EACH, _NEVER, _ONE, _V.TEXT, absent),
    Key("sts:DurationSeconds", _G.OTHER_OPERATION, _F.OTHER_OPERATION, _EACH, _NEVER, _ONE, _V.NUMBER, absent),
    Key("sts:RoleAuthorizedByIdp", _G.OTHER_OPERATION, _F.OTHER_OPERATION, _EACH, _NEVER, _ONE, _V.TRUTH, absent),
    Key("sts:TaskPolicyArn", _G.OTHER_OPERATION, _F.OTHER_OPERATION, _EACH, _NEVER, _ONE, _V.ARN, absent),
)

FAMILIES = (
    KeyFamily("aws:PrincipalTag/", _G.PRINCIPAL_TAGS, _F.CALLER, _EACH, _SOMETIMES, _ONE, _V.TAG_VALUE, callers_tag),
    KeyFamily(
        "aws:RequestTag/", _G.SESSION_TAGS, _F.PARAMETER, _ASSUME_TAG, _SOMETIMES, _ONE, _V.TAG_VALUE, request_tag
    ),
    KeyFamily("aws:ResourceTag/", _G.RESOURCE_TAGS, _F.ROLE, _EACH, _SOMETIMES, _ONE, _V.TAG_VALUE, roles_tag),
    KeyFamily("iam:ResourceTag/", _G.RESOURCE_TAGS, _F.ROLE, _EACH, _SOMETIMES, _ONE, _V.TAG_VALUE, roles_tag),
    KeyFamily(
        "sts:RequestContext/", _G.REQUEST_CONTEXT, _F.PARAMETER, _CONTEXT, _SOMETIMES, _ONE, _V.TEXT, provided_context
    ),
)

CLAIMS = Key("<provider>:<claim>", _G.TOKEN, _F.SIGN_IN, _ASSUME, _SOMETIMES, _ONE, _V.TEXT, claim)
"""What OIDC tokens say, such as `accounts.google.com:aud`."""

ATTRIBUTES = Key("saml:<attribute>", _G.TOKEN, _F.SIGN_IN, _ASSUME, _NEVER, _ONE, _V.TEXT, absent)
"""What SAML assertions say besides the `saml:` keys with rows of their own: it does not outlive the sign-in."""

TABLE: tuple[Key | KeyFamily, ...] = (*KEYS, *FAMILIES, CLAIMS, ATTRIBUTES)

SPELLINGS = {key.name.lower(): key.name for key in KEYS}
"""Keys in lower case, which is how they are compared, to the way AWS writes them."""

MULTIVALUED = frozenset(key.name.lower() for key in TABLE if key.multivalued)
"""Keys that have a row of their own; `multivalued` knows the claims, too."""

_LISTS = frozenset(
    f"saml:{name}"
    for name in (
        "cn",
        "edupersonaffiliation",
        "edupersonassurance",
        "edupersonentitlement",
        "edupersonnickname",
        "edupersonscopedaffiliation",
        "edupersontargetedid",
        "eduorghomepageuri",
        "eduorgidentityauthnpolicyuri",
        "eduorglegalname",
        "eduorgsuperioruri",
        "eduorgwhitepagesuri",
    )
)

_KEYS = {key.name.lower(): key for key in KEYS}
_FAMILIES = {family.name.lower(): family for family in FAMILIES}


@of_short_texts
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


@of_short_texts
def multivalued(lower: str) -> bool:
    """Say whether a key may have several values, so that it needs a set operator.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
    """
    return lower in MULTIVALUED or lower in _LISTS or (lower.endswith(":amr") and traits_of(lower) is CLAIMS)


def group_of(key: str) -> KeyGroup:
    """Say what a condition on a key asks for."""
    traits = traits_of(key.lower())
    return KeyGroup.OTHER if traits is None else traits.group


def value_kind(key: str) -> ValueKind:
    """Say what a key's values are."""
    traits = traits_of(key.lower())
    return ValueKind.TEXT if traits is None else traits.value


def is_of_role(key: str) -> bool:
    """Say whether a key's values are the role's, so that another role has others."""
    traits = traits_of(key.lower())
    return traits is not None and traits.filled_by is FilledBy.ROLE


WHO_CALLS = frozenset((KeyGroup.PRINCIPAL, KeyGroup.PRINCIPAL_TAGS, KeyGroup.ORGANIZATION, KeyGroup.SERVICE))
"""The groups whose keys say who calls."""


@of_short_texts
def hidden_from(lower: str) -> frozenset[Action]:
    """Name the actions whose context never holds a key, whatever the call carries."""
    traits = traits_of(lower)
    return frozenset() if traits is None else _EACH - traits.seen_by


def key_name(key: str) -> str:
    """Give a key as AWS writes it, or as it came where AWS has no such key."""
    lower = key.lower()
    traits = traits_of(lower)
    if isinstance(traits, KeyFamily):
        return traits.name + key[len(traits.name) :]
    return SPELLINGS.get(lower, key)
