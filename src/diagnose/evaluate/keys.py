"""The condition keys that AWS knows: how they are written, which hold several values, which STS never sends.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from functools import lru_cache

from diagnose.model.trace import Action

WRITTEN = {
    key.lower(): key
    for key in (
        "aws:AssumedRoot",
        "aws:CalledVia",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:ChatbotSourceArn",
        "aws:CurrentTime",
        "aws:Ec2InstanceSourcePrivateIPv4",
        "aws:Ec2InstanceSourceVpc",
        "aws:EpochTime",
        "aws:FederatedProvider",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:PrincipalType",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
        "aws:SecureTransport",
        "aws:SignInSessionArn",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceIdentity",
        "aws:SourceIp",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:SourceVpc",
        "aws:SourceVpcArn",
        "aws:SourceVpce",
        "aws:TagKeys",
        "aws:TokenIssueTime",
        "aws:UserAgent",
        "aws:ViaAWSService",
        "aws:VpcSourceIp",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:VpceOrgPaths",
        "aws:referer",
        "aws:userid",
        "aws:username",
        "ec2:RoleDelivery",
        "ec2:SourceInstanceArn",
        "iam:PassedToService",
        "identitystore:UserId",
        "saml:aud",
        "saml:namequalifier",
        "saml:sub",
        "saml:sub_type",
        "sts:AWSServiceName",
        "sts:DurationSeconds",
        "sts:ExternalId",
        "sts:RequestContextProviders",
        "sts:RoleAuthorizedByIdp",
        "sts:RoleSessionName",
        "sts:SourceIdentity",
        "sts:TaskPolicyArn",
        "sts:TransitiveTagKeys",
    )
}
"""Keys in lower case, which is how they are compared, to the way they are written."""

WRITTEN_PREFIXES = {
    prefix.lower(): prefix
    for prefix in (
        "aws:PrincipalTag/",
        "aws:RequestTag/",
        "aws:ResourceTag/",
        "iam:ResourceTag/",
        "sts:RequestContext/",
    )
}

MULTIVALUED = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "aws:vpceorgpaths",
        "sts:requestcontextproviders",
        "sts:transitivetagkeys",
    }
)

ALWAYS_SENT = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:securetransport",
        "aws:useragent",
        "sts:rolesessionname",
    }
)

NEVER_SENT = frozenset(
    {
        "aws:sourcevpcarn",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "iam:passedtoservice",
        "sts:awsservicename",
        "sts:durationseconds",
        "sts:roleauthorizedbyidp",
        "sts:taskpolicyarn",
    }
)
"""Keys that exist, but never in the context of AssumeRole. STS is not on the lists of the `aws:Vpce*` keys."""

_OF_THE_ROLE = frozenset({"aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"})

_HIDDEN_FROM_COMPANIONS = ("sts:externalid", "sts:rolesessionname")
_TAGS = ("aws:requesttag/", "aws:tagkeys", "sts:transitivetagkeys")
_HIDDEN: dict[Action, tuple[str, ...]] = {
    Action.ASSUME_ROLE: ("sts:requestcontext/", "sts:requestcontextproviders", "saml:aud"),
    Action.TAG_SESSION: (*_HIDDEN_FROM_COMPANIONS, "sts:sourceidentity", "sts:requestcontext"),
    Action.SET_SOURCE_IDENTITY: (*_HIDDEN_FROM_COMPANIONS, *_TAGS, "sts:requestcontext", "saml:aud"),
    Action.SET_CONTEXT: (*_HIDDEN_FROM_COMPANIONS, *_TAGS, "sts:sourceidentity", "saml:aud"),
}
"""Prefixes of the keys that are not in the context of an action, though the call carries them."""


@lru_cache(maxsize=4096)
def hidden_from(lower: str) -> frozenset[Action]:
    """Name the actions whose context never holds a key, whatever the call carries."""
    hidden = {action for action, prefixes in _HIDDEN.items() if lower.startswith(prefixes)}
    if is_federation_key(lower) and lower != "saml:aud":
        hidden |= {Action.TAG_SESSION, Action.SET_SOURCE_IDENTITY, Action.SET_CONTEXT}
    return frozenset(hidden)


def written(key: str) -> str:
    """Give a key as AWS writes it, or as it came where AWS has no such key."""
    lower = key.lower()
    for prefix, spelling in WRITTEN_PREFIXES.items():
        if lower.startswith(prefix):
            return spelling + key[len(prefix) :]
    return WRITTEN.get(lower, key)


def is_tag(lower: str) -> bool:
    """Say whether a key holds the value of a tag, which may be empty."""
    return lower.partition("/")[0] in ("aws:principaltag", "aws:requesttag", "aws:resourcetag", "iam:resourcetag")


def is_of_the_role(lower: str) -> bool:
    """Say whether a key tells something of the role that is asked for: its account, its organization, its tags."""
    return lower in _OF_THE_ROLE or lower.startswith(("aws:resourcetag/", "iam:resourcetag/"))


def is_federation_key(lower: str) -> bool:
    """Say whether a key comes from a SAML assertion or from an OIDC token: `accounts.google.com:aud`."""
    provider, _, claim = lower.rpartition(":")
    if lower.startswith(tuple(WRITTEN_PREFIXES)):
        # A tag's key may hold dots and colons, too.
        return False
    return lower.startswith("saml:") or ("." in provider and bool(claim))


def is_unsent_claim(lower: str) -> bool:
    """Say whether a key is an attribute of a SAML assertion that is not kept for the session's own requests."""
    return lower.startswith("saml:") and lower not in WRITTEN


def is_known(lower: str) -> bool:
    """Say whether AWS has a key of that name for any request."""
    return lower in WRITTEN or lower.startswith(tuple(WRITTEN_PREFIXES)) or is_federation_key(lower)
