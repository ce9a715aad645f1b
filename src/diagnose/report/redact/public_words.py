"""What redaction leaves alone: AWS's own words, and the plain words of its messages and of ours."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from diagnose.model.arn import PARTITIONS
from diagnose.model.federation import AWS_ROLES, AWS_SOURCE_IDENTITY, AWS_TAGS
from diagnose.model.issuers import ISSUERS
from diagnose.model.known_accounts import EXAMPLE_ACCOUNTS, VENDORS
from diagnose.report.redact.slips import within_a_slip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


POLICY_ELEMENTS = _words(
    "Version Id Statement Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition "
    "AWS Service Federated CanonicalUser Allow Deny"
)
AWS_NAMES = _words(
    "FullAWSAccess RCPFullAWSAccess p-FullAWSAccess p-RCPFullAWSAccess OrganizationAccountAccessRole "
    "AWSRevokeOlderSessions aws-service-role aws-reserved service-role root aws "
    "AWSCloudFormationStackSetAdministrationRole AWSCloudFormationStackSetExecutionRole "
    "dms-vpc-role dms-cloudwatch-logs-role dms-access-for-endpoint"
) | frozenset((*EXAMPLE_ACCOUNTS, *VENDORS))
"""Names that AWS gives: they are the same in every account; and accounts that everybody knows, as the rules do."""

OPERATOR_NAMES = _words(
    "StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike "
    "NumericEquals NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan NumericGreaterThanEquals "
    "DateEquals DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals "
    "Bool BinaryEquals IpAddress NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike Null"
)
SET_OPERATORS = ("ForAnyValue:", "ForAllValues:")
STS_ACTIONS = ("assumerole", "tagsession", "setsourceidentity", "setcontext")
"""The actions that a request for a role is authorised for, in lower case."""
ALL_STS_ACTIONS = frozenset(STS_ACTIONS) | _words(
    "assumerolewithsaml assumerolewithwebidentity assumeroot decodeauthorizationmessage getaccesskeyinfo "
    "getcalleridentity getdelegatedaccesstoken getfederationtoken getservicebearertoken getsessiontoken "
    "getwebidentitytoken taggetwebidentitytoken"
)
"""Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html"""

EXACT = re.compile(
    r"true|false|-?[0-9]{1,10}(?:\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?", re.IGNORECASE
)
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.]+(?:Z|[+-][0-9:]+)?)?")
ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
OWN_RESOURCE = re.compile(
    r"(?:iam|organizations):policy/.*|iam:contextProvider/IdentityCenter|eks:cluster-access-policy/.*"
)
"""Service and resource of what there is under the account `aws`."""
REGION = re.compile(
    r"aws-global|(?:us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(?:-(?:gov|iso[bef]?|isoe|de))?"
    r"-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-[0-9]"
)
REGIONS = _words(
    "aws-global af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 "
    "ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 "
    "ca-central-1 ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 "
    "eu-west-1 eu-west-2 eu-west-3 eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 "
    "us-east-1 us-east-2 us-gov-east-1 us-gov-west-1 us-iso-east-1 us-iso-west-1 us-isob-east-1 us-west-1 us-west-2"
)
_WITHOUT_DASHES = frozenset(region.replace("-", "") for region in REGIONS)
SERVICE_END = r"\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov)"
SERVICE = re.compile(rf"[a-z0-9-]+(?:\.[a-z0-9-]+)*{SERVICE_END}")
PROVIDERS = _words(
    "accounts.google.com www.amazon.com graph.facebook.com token.actions.githubusercontent.com "
    "github.com gitlab.com buildkite.com kubernetes.default.svc kubernetes.default.svc.cluster.local"
)
"""Hosts of issuers, and hosts that issuers write into an audience that nobody asked for."""
KEY = re.compile(
    r"(?P<prefix>(?:aws|sts|iam|saml|ec2|organizations|identitystore|kms|lambda|s3):)(?P<name>[^.:/]+)(?:/.*)?",
    re.IGNORECASE | re.DOTALL,
)
"""What may be a condition key of AWS by what it begins with. Behind a slash stands the name of a tag."""

TIMES = frozenset(("exp", "iat", "nbf", "auth_time"))
PRINCIPAL_TAGS = "principal_tags"
_OF_OPENID = _words(
    "iss sub aud azp amr jti alg typ acr nonce sid auth_time at_hash scope scp client_id email email_verified name "
    "given_name family_name preferred_username nickname locale groups roles hd tid oid appid idp upn ver"
)
_OF_GITHUB = _words(
    "base_ref check_run_id enterprise event_name head_ref issuer_scope job_workflow_sha ref_protected ref_type "
    "repository_owner repository_visibility run_attempt run_id run_number runner_environment sha workflow_ref "
    "workflow_sha"
)
_OF_GITLAB = _words(
    "ci_config_ref_uri ci_config_sha deployment_tier environment_action environment_protected groups_direct job_id "
    "job_source namespace_path pipeline_id project_path project_visibility ref_path runner_id user_identities"
)
_OF_OTHERS = _words(
    "agent_id build_commit build_number build_source build_tag cluster_name step_key "
    "oidc.circleci.com/context-ids oidc.circleci.com/job-id oidc.circleci.com/org-id oidc.circleci.com/pipeline-id "
    "oidc.circleci.com/ssh-rerun oidc.circleci.com/vcs-origin oidc.circleci.com/vcs-ref "
    "terraform_full_workspace terraform_organization_id terraform_organization_name terraform_project_id "
    "terraform_project_name terraform_run_id terraform_run_phase terraform_workspace_id terraform_workspace_name "
    "kubernetes.io namespace node pod serviceaccount uid warnafter "
    "branchname deploymentenvironmentuuid pipelinerunuuid pipelineuuid repositoryuuid stepuuid workspaceuuid "
    "environment owner owner_id project project_id plan user_id transitive_tag_keys"
)
"""Of Buildkite, CircleCI, HCP Terraform, Kubernetes, Bitbucket and Vercel; and a word of AWS's tags in a token."""
CLAIM_NAMES = (TIMES | _OF_OPENID | _OF_GITHUB | _OF_GITLAB | _OF_OTHERS).union(
    (PRINCIPAL_TAGS, AWS_TAGS, AWS_SOURCE_IDENTITY, AWS_ROLES), *(row.claims for row in ISSUERS)
)
"""Claims of standards, of AWS and of vendors, in lower case; what others are called is up to whoever issues them.

Sources:
https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
https://docs.github.com/en/actions/reference/security/oidc
https://docs.gitlab.com/ci/secrets/id_token_authentication/
https://circleci.com/docs/openid-connect-tokens/
https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens
"""
SUBJECT_WORDS = _words(
    "repo ref refs heads tags pull merge environment pull_request job_workflow_ref context repository_owner "
    "repository_owner_id repository_id project_path ref_type branch tag system serviceaccount organization project "
    "workspace run_phase plan apply stack deployment operation pipeline commit step org user vcs-origin vcs-ref owner"
)
"""What the subjects of well-known issuers are made of, besides names.

Sources:
https://docs.github.com/en/actions/reference/security/oidc
https://docs.gitlab.com/ci/secrets/id_token_authentication/
https://circleci.com/docs/openid-connect-tokens/
https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens
https://developer.hashicorp.com/terraform/language/stacks/deploy/authenticate
https://vercel.com/docs/oidc/reference
"""
CLAIM_VALUES = _words("authenticated unauthenticated")
"""What Amazon Cognito writes into `amr`: whether a user of an identity pool has signed in."""
NAME_FORMAT = re.compile(r"urn:oasis:names:tc:SAML:[12]\.[01]:nameid-format:")
"""How the formats of names begin, in the subject of an assertion."""
SAML = re.compile(
    rf"https://(?:(?:{REGION.pattern})\.)?signin\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)/saml|"
    r"urn:amazon:webservices(?::cn-north-1|:govcloud)?|persistent|transient|"
    rf"{NAME_FORMAT.pattern}(?:persistent|transient|entity|kerberos|encrypted|unspecified|emailAddress|"
    r"X509SubjectName|WindowsDomainQualifiedName)"
)
SAML_ENDPOINTS = tuple(
    f"https://{region}signin.{host}/saml"
    for region in ("", *(f"{region}." for region in sorted(REGIONS)))
    for host in ("aws.amazon.com", "amazonaws.cn", "amazonaws-us-gov.com")
)
ALGORITHM = re.compile(r"(?:RS|PS|ES|HS)(?:256|384|512)|ES256K|EdDSA|none")
_OF_SOAP = (
    "anonymous|authentication|authorizationdecision|country|dateofbirth|denyonlysid|dns|emailaddress|gender|givenname|"
    "hash|homephone|locality|mobilephone|name|nameidentifier|otherphone|postalcode|privatepersonalidentifier|rsa|sid|"
    "spn|stateorprovince|streetaddress|surname|system|thumbprint|upn|uri|webpage|x500distinguishedname"
)
_OF_WINDOWS = (
    "authenticationinstant|authenticationmethod|cookiepath|denyonlyprimarygroupsid|denyonlyprimarysid|dsa|expiration|"
    "expired|groups|groupsid|ispersistent|primarygroupsid|primarysid|role|serialnumber|userdata|version|wids|"
    "windowsaccountname|windowsdeviceclaim|windowsdevicegroup|windowsuserclaim"
)
ATTRIBUTE = re.compile(
    r"https://aws\.amazon\.com/SAML/Attributes/(?:Role|RoleSessionName|SessionDuration|SourceIdentity|TransitiveTagKeys)|"
    # X.500, inetOrgPerson, COSINE, eduPerson and eduOrg
    r"(?:urn:oid:)?(?:2\.5\.4|2\.16\.840\.1\.113730\.3\.1|0\.9\.2342\.19200300\.100\.1)\.[0-9]{1,3}|"
    r"urn:oid:1\.3\.6\.1\.4\.1\.5923(?:\.[0-9]){3}\.[0-9]{1,2}|"
    rf"http://schemas\.xmlsoap\.org/(?:claims/(?:CommonName|EmailAddress|Group|UPN)|"
    rf"ws/2005/05/identity/claims/(?:{_OF_SOAP}))|"
    rf"http://schemas\.microsoft\.com/(?:ws/2008/06/identity/claims/(?:{_OF_WINDOWS})|"
    r"identity/claims/(?:displayname|identityprovider|objectidentifier|tenantid)|claims/authnmethodsreferences)",
    re.IGNORECASE,
)
"""The names of attributes of SAML that AWS or a standard defines: they are the same for everybody.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
https://learn.microsoft.com/en-us/dotnet/api/system.security.claims.claimtypes
https://wiki.refeds.org/display/STAN/eduPerson
"""
ATTRIBUTE_HEAD = re.compile(
    r"https://aws\.amazon\.com/SAML/Attributes/|urn:oid:|http://schemas\.xmlsoap\.org/(?:ws/2005/05/identity/)?claims/|"
    r"http://schemas\.microsoft\.com/(?:ws/2008/06/)?(?:identity/)?claims/",
    re.IGNORECASE,
)
"""How such names begin."""

PLACEHOLDER_WORDS = _words(
    "accountid partition region urlsuffix stackname stackid novalue resolve ssm secretsmanager ref sub getatt join "
    "importvalue select if arn roleid userid var local data module each count self path terraform token aws caller "
    "identity current values redacted masked hidden removed omitted obfuscated your insert enter replace id account "
    "acct name number role user here me replaceme changeme todo fixme placeholder tbd external org organization iam "
    "rolename rolearn username userarn"
)
"""Words, in lower case, of placeholders as tools and documentation write them."""

PRINCIPAL_TYPES = frozenset(("User", "AssumedRole", "Account", "FederatedUser", "Anonymous"))

NAME_IN_SENTENCE = r"(?<![\w:-])(?:aws|sts|iam|saml|ec2|organizations|cloudtrail):(?P<name>[A-Za-z][A-Za-z*]*)(?![\w-])"
"""What has the form of an action or a condition key within a sentence; its name may be anybody's."""

JOINED = _words(
    """
    aborted acl acm active address addresses age agent algorithm amazonaws application arn ascii assertion asset
    assigned assignment associated association attachable attachment attribute audience auth authorizer available
    awssdk bad body brief bucket builds case chain challenge changes channel characters check child circleci claim
    cluster color com commands communication concurrent conditional configuration configure conflict content contexts
    copy cors current data database days debug decrypt decryption delivery dependency deploy deployment dest
    destination detail dry dumps ec encoding encrypt encryption end entries epoch escalation evaluation event
    exception exclusion execute execution expect expiry explain factor fail failures fault feature field file filter
    first fix flag force format function generation github grant handler head help hints hops hosted idempotent
    identifier identitymanagement idp ids image immutable incomplete infrastructure input instances insufficient
    interface invocation invoke ip iss issuer item job jwt large lifecycle lifetime limits listener locale lock log
    lowercase mandatory many marker max mcp metadata method min minor mismatch mode model modification modified
    modify multi multipart namespace new next notes notice notification numbers object old operations opt option
    order org output outside owner page pair parameters params partition passed path payload pending phase planned
    pod prefix private probe processing progress project prompt publish pull query queue quiet quota ready record
    recursive redact redirect ref referer registered rejected replacement repository requester require required
    restore results resume retention revoke rules run running sample save scan schedule scope secret secure
    securitytoken select sets side signature skip slow snapshot software start started state step stop storage stream
    sub subject subnet subscription substatus suffix supported suspended table task templates temporarily test
    timestamp topic trade transaction transition transitive transport trigger types unavailable unmodifiable
    unprocessable unrecognizable unrecognized upgrade uppercase usage userid username v1 v2 v3 validator variable
    verified violation vpce wait waiter warning workspace write xml
    """
)
"""What error codes, flags and operations of other services are made of besides."""

WORDS = _words(
    """
    a about access accessdenied accessdeniedexception accesspoint account account's accounts action actions activate
    activated activation adding administrator after again all allotted allow allowed allowed-by allows already also
    amazon amazonidentitymanagement an and anonymous another answer answered answers any api are as ask asked asks
    assume assumed assumedrole assumerole assumes at attached attempt authentication authorization authorized aws
    awssecuritytokenservice be because been before being belongs between both boundary boundary's browser but by
    bytes call called caller caller's calling calls can can't cannot center chaining character cli client-iam
    client-sts closed cloudformation code come comes command condition connect connection console constraint
    consumes control could could-not create creates creating credential credentials cut default default-version
    delegated denied denies deny describe described detected did digit digits disable disabled dns document
    documents does doesn't doing don't duplicate duration durationseconds each either else empty enable enabled
    encoded endpoint endpoint's entity environment equal error errorcode errormessage errors eventname exceed
    exceeded exceeds executing exist exists expected expired expiredtoken expiredtokenexception explicit expression
    external externalid failed failure federated federation following for forbidden found from full get gets give
    given gives global goes got greater group group's groups had has have here host hour however http
    http_status_code https httpstatuscode iam id identity identity-based if implicit in included information inline
    instead internal into invalid invalidclienttokenid invalididentitytoken is isn't issue issued it its itself json
    key known later least length less letter letters level like limit line list listed lists long made make makes
    malformed malformedpolicydocument managed management matching maximum maxsessionduration may member mere message
    mfa minimum missing more most multi-factor multifactorauthentication must name named names nearest need needed
    needs neither nested network never no nobody nobody's none nor nosuchentity not nothing nothing's number
    occurred of offered offers oidc on once one only operation or organization organization's organizations other ou
    out over own packed packedpolicytoolarge parameter part partial pass password pattern per percent perform
    permission permissions please policies policies' policy policy's present principal principal's principals
    profile provide provided proxy put puts putting range rate reach reachable reached read reading reads reason
    refused region region's regiondisabledexception regular request requested requestid requests resource
    resource-based response resulted retry right role role's roles rolesessionname root root's rule said same saml
    satisfy say says scp sdk seconds security see seems seen sees serial serialnumber service session session's
    sessions set several short sign sign-in signaturedoesnotmatch signed signs size so source sourceidentity space
    ssl sso standard statement status status_code statuscode still sts such tag tags take taken takes tell tells
    terraform than that the their them themselves there there's these they thing this though throttling
    throttlingexception through time timeout tls to token tokencode told too took transitively trust try twice type
    unable unauthorized unexpected unit unknown unsupported until unused up update updates updating url use used
    user user's users using utf-8 valid validate validation validationerror validationexception value values verify
    version versions via vpc was way web were what whatever when where whether which while who whoever whole whom
    whose why will with within without would wrong you your zero
    """
)
"""Words of AWS's messages and of xdiag's, in lower case. In a message of somebody else, no other word is kept."""


def is_region(text: str) -> bool:
    """Say whether a text is a Region, a pattern that some fit, or one with a slip: a letter, or the dashes."""
    lower = text.lower()
    if not text or REGION.fullmatch(lower) or not text.strip("*?"):
        return True
    if "*" in text or "?" in text:
        return any(fnmatchcase(region, lower) for region in REGIONS)
    return any(within_a_slip(lower, region) for region in REGIONS) or lower in _WITHOUT_DASHES


def is_arn(parts: Sequence[str]) -> bool:
    """Say whether a text has the parts of an ARN between its colons; that it is misspelt as one may be the cause."""
    if len(parts) != 6 or parts[0] == "arn":
        return len(parts) == 6
    return parts[1] in PARTITIONS and bool(get_close_matches(parts[0].lower(), ("arn",), n=1, cutoff=0.6))
