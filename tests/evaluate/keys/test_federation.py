"""Every condition key in a call that nobody signs: what the token or the assertion says, and nothing of a principal.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

import pytest
from tests import cases

from diagnose.evaluate.authorization import Authorization
from diagnose.evaluate.keys.context import state_of
from diagnose.evaluate.keys.table import ATTRIBUTES, CLAIMS, TABLE, KeyTraits
from diagnose.evaluate.operations import OPERATIONS
from diagnose.model.condition_keys import FilledBy, Presence
from diagnose.model.federation import SamlAssertion
from diagnose.model.key_state import UnknownState
from diagnose.model.operation import Operation

WORLDS = {Operation.WITH_WEB_IDENTITY: ("github", "eks", "tagged-token", "cognito"), Operation.WITH_SAML: ("saml",)}
SAMPLES = {CLAIMS.name: "token.actions.githubusercontent.com:sub", ATTRIBUTES.name: "saml:iss"}
ALL = [(operation, world, key) for operation, worlds in WORLDS.items() for world in worlds for key in TABLE]


def test_which_of_two_audiences_counts_is_known_of_google_alone() -> None:
    both = {"snapshot": {"source": {"identity": {"claims": {"azp": "app"}}}}}
    assert state("eks", "oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB:aud", both) == "unknown"
    google = {"snapshot": {"source": {"arn": "https://accounts.google.com", "identity": {"claims": {"azp": "app"}}}}}
    assert state("eks", "accounts.google.com:aud", google) == ("app",)
    unknown_audience = {"snapshot": {"source": {"identity": {"complete": False, "claims": {"aud": None}}}}}
    assert state("eks", "accounts.google.com:aud", google, unknown_audience) == ("app",)


def state(world: str, key: str, *changes: cases.Json) -> tuple[str, ...] | str:
    found = state_of(key.lower(), Authorization(cases.case(world, *changes)).call)
    return "unknown" if isinstance(found, UnknownState) else found


@pytest.mark.parametrize(("operation", "world", "key"), ALL, ids=lambda part: getattr(part, "name", str(part)))
def test_a_key_has_a_value_only_where_the_operation_sends_it(operation: Operation, world: str, key: KeyTraits) -> None:
    name = SAMPLES.get(key.name, f"{key.name}Project" if key.name.endswith("/") else key.name)
    sent = OPERATIONS[operation].sent(key)
    found = state(world, name)
    if sent is Presence.NEVER:
        assert found == ()
    if sent is Presence.ALWAYS:
        assert found != ()
    if key.filled_by in (FilledBy.CALL, FilledBy.ROLE):
        assert sent is key.sent


@pytest.mark.parametrize(
    ("world", "key", "expected"),
    [
        pytest.param("github", "sts:RoleSessionName", ("GitHubActions",), id="the name that the caller chose"),
        pytest.param("saml", "sts:RoleSessionName", ("mara@example.com",), id="the name in the assertion"),
        pytest.param("tagged-token", "sts:SourceIdentity", ("mara",), id="the source identity in the token"),
        pytest.param("github", "sts:SourceIdentity", (), id="a token without one"),
        pytest.param("tagged-token", "aws:RequestTag/costcenter", ("42",), id="a tag, in whatever case"),
        pytest.param("tagged-token", "aws:TagKeys", ("Project", "CostCenter"), id="the keys of the tags"),
        pytest.param("tagged-token", "sts:TransitiveTagKeys", ("Project",), id="the keys of those handed on"),
        pytest.param("tagged-token", "aws:PrincipalTag/Project", "unknown", id="not said when the tag is the caller's"),
        pytest.param("tagged-token", "aws:PrincipalTag/Team", (), id="no such tag"),
        pytest.param("tagged-token", "sts:RoleAuthorizedByIdp", ("true",), id="the token names the role"),
        pytest.param("github", "sts:RoleAuthorizedByIdp", "unknown", id="false or absent"),
        pytest.param("saml", "sts:RoleAuthorizedByIdp", (), id="only for tokens"),
        pytest.param(
            "github",
            "aws:FederatedProvider",
            ("arn:aws:iam::222222222222:oidc-provider/token.actions.githubusercontent.com",),
            id="the provider's ARN",
        ),
        pytest.param("cognito", "aws:FederatedProvider", ("cognito-identity.amazonaws.com",), id="a host built in"),
        pytest.param("saml", "aws:FederatedProvider", "unknown", id="not documented for an assertion"),
        pytest.param("github", "aws:PrincipalIsAWSService", "unknown", id="false or absent, too"),
        pytest.param("github", "aws:PrincipalOrgID", (), id="no organization"),
        pytest.param("github", "aws:userid", (), id="nobody's id"),
        pytest.param("github", "aws:ResourceAccount", ("222222222222",), id="the role's account"),
        pytest.param("github", "token.actions.githubusercontent.com:email", (), id="a claim that may have a key"),
        pytest.param(
            "cognito", "cognito-identity.amazonaws.com:amr", ("authenticated", "graph.facebook.com"), id="a list"
        ),
        pytest.param("saml", "saml:sub_type", ("persistent",), id="the last word of the format"),
        pytest.param("saml", "saml:doc", ("222222222222/IdP",), id="account and provider"),
        pytest.param("saml", "saml:edupersonaffiliation", ("staff", "member"), id="an attribute by its OID"),
        pytest.param("saml", "saml:cn", (), id="an attribute that is not asserted"),
        pytest.param("saml", "token.actions.githubusercontent.com:sub", (), id="a token's claim in an assertion"),
        pytest.param("github", "saml:sub", (), id="an assertion's subject in a token"),
    ],
)
def test_a_key_holds_what_was_presented(world: str, key: str, expected: tuple[str, ...] | str) -> None:
    assert state(world, key) == expected


@pytest.mark.parametrize(
    ("element", "key"),
    [
        ("subject_format", "saml:sub_type"),
        ("subject", "saml:sub"),
        ("recipient", "saml:aud"),
        ("issuer", "saml:iss"),
        ("issuer", "saml:namequalifier"),
    ],
)
def test_an_element_that_is_missing_is_absent_only_where_the_assertion_is_whole(element: str, key: str) -> None:
    whole = {"snapshot": {"source": {"identity": {element: None, "complete": True}}}}
    part = {"snapshot": {"source": {"identity": {element: None, "complete": False}}}}
    assert (state("saml", key, whole), state("saml", key, part)) == ((), "unknown")


def test_another_format_of_the_subject_is_given_whole() -> None:
    email = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    changed = {"snapshot": {"source": {"identity": {"subject_format": email}}}}
    assert state("saml", "saml:sub_type", changed) == (email,)


def test_a_name_qualifier_is_the_hash_that_aws_describes() -> None:
    """BASE64(SHA1("https://idp.example.com/saml" + "222222222222" + "/IdP")), computed with openssl."""
    assert state("saml", "saml:namequalifier") == ("iQV5XRCpE0qOWvImsQHAmoLR/TE=",)


_EDU_PERSON = (
    ("1", "eduPersonAffiliation"),
    ("2", "eduPersonNickname"),
    ("3", "eduPersonOrgDN"),
    ("4", "eduPersonOrgUnitDN"),
    ("5", "eduPersonPrimaryAffiliation"),
    ("6", "eduPersonPrincipalName"),
    ("7", "eduPersonEntitlement"),
    ("8", "eduPersonPrimaryOrgUnitDN"),
    ("9", "eduPersonScopedAffiliation"),
    ("10", "eduPersonTargetedID"),
    ("11", "eduPersonAssurance"),
)
_EDU_ORG = (
    ("2", "eduOrgHomePageURI"),
    ("3", "eduOrgIdentityAuthNPolicyURI"),
    ("4", "eduOrgLegalName"),
    ("5", "eduOrgSuperiorURI"),
    ("6", "eduOrgWhitePagesURI"),
)
_X500 = (
    ("2.5.4.4", "surname"),
    ("2.5.4.41", "name"),
    ("2.5.4.42", "givenName"),
    ("2.5.4.45", "x500UniqueIdentifier"),
    ("0.9.2342.19200300.100.1.1", "uid"),
    ("0.9.2342.19200300.100.1.3", "mail"),
    ("0.9.2342.19200300.100.1.45", "organizationStatus"),
)


# The names are those of AWS's page, the numbers those of eduPerson, of RFC 4519 and of RFC 1274.
# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
@pytest.mark.parametrize(
    ("attribute", "key"),
    [
        *[(f"urn:oid:1.3.6.1.4.1.5923.1.1.1.{number}", key) for number, key in _EDU_PERSON],
        *[(f"urn:oid:1.3.6.1.4.1.5923.1.2.1.{number}", key) for number, key in _EDU_ORG],
        *_X500,
        *[(f"urn:oid:{number}", key) for number, key in _X500],
        ("2.5.4.3", "commonName"),
        ("urn:oid:2.5.4.3", "cn"),
        ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "name"),
        ("http://schemas.xmlsoap.org/claims/CommonName", "commonName"),
        ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "givenName"),
        ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "surname"),
        ("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "mail"),
        ("http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid", "primaryGroupSID"),
    ],
)
def test_an_attribute_fills_the_key_that_aws_maps_it_to(attribute: str, key: str) -> None:
    of_world = cases.case("saml").snapshot.source.identity
    assert isinstance(of_world, SamlAssertion)
    only = {**dict.fromkeys(of_world.attributes), attribute: ["x"]}
    assert state("saml", f"saml:{key}", {"snapshot": {"source": {"identity": {"attributes": only}}}}) == ("x",)
