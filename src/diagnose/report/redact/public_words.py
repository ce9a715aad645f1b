"""What redaction leaves alone: AWS's own words, and the plain words of its messages and of ours."""

import re

from diagnose.model.federation import AWS_ROLES, AWS_SOURCE_IDENTITY, AWS_TAGS
from diagnose.model.issuers import ISSUERS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


POLICY_ELEMENTS = _words(
    "Version Id Statement Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition "
    "AWS Service Federated CanonicalUser Allow Deny"
)
AWS_NAMES = _words(
    "FullAWSAccess RCPFullAWSAccess p-FullAWSAccess p-RCPFullAWSAccess OrganizationAccountAccessRole "
    "AWSRevokeOlderSessions aws-service-role aws-reserved service-role root aws"
)
"""Names that AWS gives: they are the same in every account."""

OPERATOR = re.compile(
    r"(?:(?:ForAllValues|ForAnyValue):)?(?:String(?:Not)?(?:EqualsIgnoreCase|Equals|Like)|Numeric(?:Not)?Equals|"
    r"(?:Numeric|Date)(?:LessThan|GreaterThan)(?:Equals)?|Date(?:Not)?Equals|Bool|BinaryEquals|(?:Not)?IpAddress|"
    r"Arn(?:Not)?(?:Equals|Like)|Null)(?:IfExists)?",
    re.IGNORECASE,
)
EXACT_OPERATOR = re.compile(r"(?:\w+:)?(?:Numeric|Date|Bool|Null)\w*", re.IGNORECASE)
"""Operators whose operands are numbers, dates or truth values, and so never names."""

EXACT = re.compile(
    r"true|false|-?[0-9]{1,10}(?:\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?", re.IGNORECASE
)
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?")
ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
REGION = re.compile(
    r"aws-global|(?:us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(?:-(?:gov|iso[bef]?|isoe|de))?"
    r"-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-[0-9]"
)
SERVICE = re.compile(
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov)"
)
PROVIDER = re.compile(
    r"accounts\.google\.com|www\.amazon\.com|graph\.facebook\.com|token\.actions\.githubusercontent\.com"
)
KEY = re.compile(
    r"(?P<key>(?:aws|sts|iam|saml|ec2|organizations|identitystore|kms|lambda|s3):[A-Za-z0-9-]+)(?P<tag>/.*)?",
    re.IGNORECASE,
)
"""A condition key of AWS. What follows the slash is the name of a tag, and that is the customer's."""

TIMES = frozenset(("exp", "iat", "nbf", "auth_time"))
CLAIM_NAMES = TIMES | _words("iss sub aud azp amr jti alg typ email name principal_tags transitive_tag_keys").union(
    (AWS_TAGS, AWS_SOURCE_IDENTITY, AWS_ROLES), *(row.claims for row in ISSUERS)
)
"""Claims that the tokens of everybody have; what other claims are called is up to whoever issues them."""
SAML = re.compile(
    r"https://(?:[a-z]{2}-[a-z-]+-[0-9]\.)?signin\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)/saml|"
    r"urn:amazon:webservices(?::cn-north-1|:govcloud)?|persistent|transient|urn:oasis:names:tc:SAML:[\w.:-]+"
)
ALGORITHM = re.compile(r"(?:RS|PS|ES|HS)(?:256|384|512)|ES256K|EdDSA|none")
OF_AWS = (
    "https://aws.amazon.com/SAML/Attributes/",
    "urn:oid:",
    "http://schemas.xmlsoap.org/",
    "http://schemas.microsoft.com/",
)
"""How the names of attributes begin that are the same for everybody."""

PRINCIPAL_TYPES = frozenset(("User", "AssumedRole", "Account", "FederatedUser", "Anonymous"))

CODE = re.compile(
    r"--[a-z-]+|/Statement(?:/[0-9]+)?(?:/[A-Za-z]+)*(?:/[0-9]+)?|[0-9]{1,6}|true|false|null|"
    r"(?:add|assume|attach|create|delete|describe|detach|get|list|put|remove|set|tag|update)-[a-z-]+"
)
"""Words of commands and pointers: in our own sentences they are nobody's name."""

NAME_IN_SENTENCE = r"(?<![\w:-])(?:aws|sts|iam|saml|ec2|organizations|cloudtrail):[A-Za-z][A-Za-z*]*(?![\w-])"
"""An action or a condition key within a sentence."""

SERVICE_NAMES = _words(
    "cloudformation cloudtrail dynamodb ec2 ecs eks iam identitystore kms lambda logs organizations s3 "
    "secretsmanager signin sns sqs ssm sso sts"
)
"""Services that ARNs are seen of; any other word in that place could be anything."""

WORDS = _words(
    """
    a about access accessdenied accessdeniedexception accesspoint account account's accounts action actions activate
    activated activation administrator after again all allotted allow allowed allowed-by allows already also an and
    another answer answered answers any api are as ask asked asks assume assumed assumedrole assumerole assumes at
    attached attempt authentication authorization authorized aws be because been before being belongs between both
    boundary boundary's browser but by bytes call called caller caller's calling calls can can't cannot center
    chaining character cli closed cloudformation code come comes command condition connect connection console
    constraint consumes control could could-not create creates credential credentials cut default default-version
    delegated denied denies deny describe described detected did digit digits disable disabled dns document
    documents does doesn't doing don't duplicate duration durationseconds each either else empty enable enabled
    encoded endpoint endpoint's entity environment equal error errors exceed exceeded exceeds exist exists expected
    expired expiredtoken expiredtokenexception explicit expression external externalid failed failure federated
    federation following for found from full get gets give given gives global goes got greater group group's groups
    had has have here host hour however http https iam id identity identity-based if implicit in included
    information inline instead internal into invalid invalidclienttokenid is isn't issue issued it its itself json
    key known later least length less letter letters level like limit line list listed lists long made make makes
    malformed malformedpolicydocument managed management matching maximum maxsessionduration may member mere message
    mfa minimum missing more most multi-factor multifactorauthentication must name named names nearest need needed
    needs neither nested network never no nobody nobody's none nor nosuchentity not nothing nothing's number
    occurred of offered offers oidc on once one only operation or organization organization's organizations other ou
    out over own packed packedpolicytoolarge parameter part partial pass password pattern per percent perform
    permission permissions please policies policies' policy policy's present principal principal's principals
    profile provide provided proxy put puts range rate reach reachable reached read reading reads reason refused
    region region's regiondisabledexception regular request requested requests resource resource-based response
    retry right role role's roles rolesessionname root root's rule said same saml satisfy say says scp sdk seconds
    security see seems seen sees serial serialnumber service session session's sessions set several short sign
    sign-in signaturedoesnotmatch signed signs size so source sourceidentity space ssl sso standard statement status
    still sts such tag tags take taken takes tell tells terraform than that the their them themselves there there's
    these they thing this though throttling throttlingexception through time timeout tls to token tokencode told too
    took transitively trust try twice type unable unauthorized unexpected unit unknown unsupported until unused up
    update updates url use used user user's users using utf-8 valid validate validation validationerror value values
    verify version versions via vpc was way web were what whatever when where whether which while who whoever whole
    whom whose why will with within without would wrong you your zero
    """
)
"""Words of AWS's messages and of xdiag's, in lower case. In a message of somebody else, no other word is kept."""
