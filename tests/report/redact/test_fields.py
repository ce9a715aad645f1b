"""What each field of a case is taken for: a report about pseudonyms is read by what they say they are of."""

from typing import Any

import pytest
from tests.cases import case
from tests.report.redact.marks import marking
from tests.report.redact.proof import rewritten

from diagnose.evaluate.keys.federation import _ATTRIBUTE_NAMES
from diagnose.model import authorization_record as records
from diagnose.model import case as cases
from diagnose.model import evidence, federation, pod, policy
from diagnose.report.redact.case_texts import REWRITERS, Rewriting
from diagnose.report.redact.policies import Documents

GONE = "[...]"


def told(of: type, field: str, text: Any) -> Any:
    return REWRITERS[of][field](text, Rewriting(Documents(), marking(), {}))


@pytest.mark.parametrize(
    ("of", "kinds"),
    [
        (cases.ProvidedContext, {"provider_arn": "provider", "assertion": "value"}),
        (
            cases.Parameters,
            {
                "session_name": "session",
                "external_id": "external-id",
                "mfa_serial": "device",
                "source_identity": "source-identity",
                "transitive_tag_keys": "tag",
                "provider_id": "value",
                "passed_to": "value",
                "associated_resource": "value",
            },
        ),
        (cases.Request, {"role_arn": "role", "region": "value", "signed_in_as": "role", "asked_as": "role"}),
        (cases.Organization, {"id": "value", "path": "unit", "management_account": "value"}),
        (cases.Session, {"transitive_tag_keys": "tag", "source_identity": "source-identity", "issued_at": "value"}),
        (cases.Principal, {"arn": "role", "unique_id": "value", "created_at": "value"}),
        (cases.Role, {"arn": "role", "unique_id": "value", "created_at": "value"}),
        (cases.SourceSide, {"arn": "role"}),
        (cases.DestinationSide, {"other_roles": "role"}),
        (cases.Endpoint, {"id": "value", "vpc": "value", "owner": "value"}),
        (cases.Snapshot, {"taken_at": "value"}),
        (cases.ProbeResult, {"caller": "role"}),
        (federation.OidcProvider, {"arn": "provider", "client_ids": "value", "thumbprints": "value"}),
        (federation.SamlProvider, {"arn": "provider", "entity_id": "value", "valid_until": "value"}),
        (federation.SamlAssertion, {"issuer": "value", "subject": "value", "recipient": "value"}),
        (pod.Pod, {"namespace": "value", "service_account": "value", "cluster": "value", "annotation": "role"}),
        (pod.Cluster, {"arn": "value", "issuer": "value"}),
        (pod.Association, {"namespace": "value", "id": "value", "role_arn": "role", "target_role_arn": "role"}),
        (records.RecordedStatement, {"sid": "statement"}),
        (records.RecordedPolicy, {"uri": "policy", "attached_to": "value"}),
        (records.RecordedCheck, {"target": "unit"}),
        (records.RecordedEvaluation, {"resource": "role"}),
        (records.AuthorizationRecord, {"id": "value", "region": "value"}),
        (policy.Policy, {"name": "policy", "arn": "policy", "version": "value"}),
        (policy.Level, {"target": "unit", "name": "unit"}),
    ],
)
def test_a_field_is_of_a_kind(of: type, kinds: dict[str, str]) -> None:
    assert {field: told(of, field, "zqone") for field in kinds} == {
        field: f"<${kind} zqone>" for field, kind in kinds.items()
    }


@pytest.mark.parametrize(
    ("of", "field", "text", "written"),
    [
        pytest.param(cases.Request, "region", "eu-west-1", "eu-west-1", id="a Region"),
        pytest.param(cases.Request, "unknown", "aws:RequestTag/zq", "aws:RequestTag/<$tag zq>", id="a key"),
        pytest.param(cases.ProbeResult, "code", "AccessDenied", "AccessDenied", id="a code"),
        pytest.param(cases.ProbeResult, "code", "Zq-Code", GONE, id="no code of AWS's has a sign"),
        pytest.param(cases.ProbeResult, "code", "Zqé", GONE, id="nor any other letter"),
        pytest.param(
            cases.ProbeResult, "code", "Denied" * 10 + "Type", "Denied" * 10 + "Type", id="a code of the largest length"
        ),
        pytest.param(cases.ProbeResult, "code", "a" * 65, GONE, id="what is too long for one"),
        pytest.param(cases.ProbeResult, "code", "ZqProxyError", "OtherProxyError", id="a code that nobody knows"),
        pytest.param(cases.ProbeResult, "code", "", "", id="no code"),
        pytest.param(evidence.Unread, "permission", "iam:GetRole", "iam:GetRole", id="a permission"),
        pytest.param(evidence.Unread, "permission", "zq", GONE, id="no permission"),
        pytest.param(evidence.Unread, "permission", "iam:GetZqRole", "iam:GetOtherRole", id="a permission of nobody's"),
        pytest.param(records.RecordedEvaluation, "action", "iam:ZqRole", "iam:OtherRole", id="an action of nobody's"),
        pytest.param(records.RecordedEvaluation, "action", "sts:AssumeRole", "sts:AssumeRole", id="an action"),
        pytest.param(policy.Policy, "version", "v12", "v12", id="a version"),
        pytest.param(policy.Policy, "version", "v1a", "<$value v1a>", id="a version that is none"),
        pytest.param(policy.Policy, "version", "x12", "<$value x12>", id="another letter"),
        pytest.param(policy.PolicyVersion, "version", "v2", "v2", id="an older version"),
        pytest.param(policy.Policy, "attached_to", "group zq", "group <$group zq>", id="a group"),
        pytest.param(policy.Policy, "attached_to", "", "", id="nothing that it is attached to"),
        pytest.param(federation.WebIdentity, "algorithm", "RS256", "RS256", id="an algorithm"),
        pytest.param(federation.WebIdentity, "algorithm", "ES256K", "ES256K", id="another one"),
        pytest.param(federation.WebIdentity, "algorithm", "RS255", "<$value RS255>", id="none"),
        pytest.param(cases.Snapshot, "taken_at", "2026-03-01", "2026-03-01", id="a date"),
        pytest.param(cases.Snapshot, "taken_at", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z", id="a time"),
        pytest.param(federation.SamlAssertion, "subject_format", "transient", "transient", id="a format of SAML"),
        pytest.param(
            federation.SamlAssertion,
            "recipient",
            "https://eu-west-1.signin.aws.amazon.com/saml",
            "https://eu-west-1.signin.aws.amazon.com/saml",
            id="where an assertion is sent",
        ),
        pytest.param(
            cases.Parameters, "tags", {"zqt": "zqv", "": ""}, {"<$tag zqt>": "<$value zqv>", "": ""}, id="tags"
        ),
        pytest.param(
            cases.Request,
            "context",
            {"aws:username": ("zqv", "zqw"), "aws:SourceIp": ("1.2.3.4",)},
            {"aws:username": ("<$user zqv>", "<$user zqw>"), "aws:SourceIp": ("<address 1.2.3.4>",)},
            id="a context",
        ),
    ],
)
def test_what_is_the_same_for_everybody_stays(of: type, field: str, text: Any, written: Any) -> None:
    assert told(of, field, text) == written


@pytest.mark.parametrize(
    ("claims", "written"),
    [
        pytest.param({"exp": 1, "nbf": "12"}, {"exp": 1, "nbf": "12"}, id="times"),
        pytest.param({"iat": "zq"}, {"iat": "<$value zq>"}, id="a time that is none"),
        pytest.param({"sub": "zq", "Sub": "zq"}, {"sub": "<$value zq>", "Sub": "<$value zq>"}, id="a name of all"),
        pytest.param({"zqk": 5}, {"<$key zqk>": "<$value 5>"}, id="a name of one's own, and a number"),
        pytest.param({"zqk": [True, None, "a"]}, {"<$key zqk>": (True, None, "<$value a>")}, id="a list"),
        pytest.param({"zqk": {"aud": "a"}}, {"<$key zqk>": {"aud": "<$value a>"}}, id="claims in a claim"),
        pytest.param(
            {"principal_tags": {"sub": ["a"]}}, {"principal_tags": {"<$tag sub>": ("<$value a>",)}}, id="tags"
        ),
        pytest.param({"principal_tags": "a"}, {"principal_tags": "<$value a>"}, id="tags that are none"),
    ],
)
def test_claims_are_rewritten_by_their_names(claims: Any, written: Any) -> None:
    assert told(federation.WebIdentity, "claims", claims) == written


SAML = "https://aws.amazon.com/SAML/Attributes/"
MICROSOFT = "http://schemas.microsoft.com/"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (f"{SAML}Role", f"{SAML}Role"),
        (f"{SAML}PrincipalTag:zqt", f"{SAML}PrincipalTag:<$tag zqt>"),
        (f"{SAML}role", f"{SAML}role"),
        (f"{SAML}zqt", f"{SAML}<$key zqt>"),
        ("urn:oid:2.5.4.11", "urn:oid:2.5.4.11"),
        ("urn:oid:2.16.840.1.113730.3.1.241", "urn:oid:2.16.840.1.113730.3.1.241"),
        ("urn:oid:1.3.6.1.4.1.5923.1.5.1.1", "urn:oid:1.3.6.1.4.1.5923.1.5.1.1"),
        ("urn:oid:1.3.6.1.4.1.99314.7", "urn:oid:<$key 1.3.6.1.4.1.99314.7>"),
        ("http://schemas.xmlsoap.org/claims/Group", "http://schemas.xmlsoap.org/claims/Group"),
        ("http://schemas.xmlsoap.org/claims/zqnr", "http://schemas.xmlsoap.org/claims/<$key zqnr>"),
        (f"{MICROSOFT}identity/claims/tenantid", f"{MICROSOFT}identity/claims/tenantid"),
        (f"{MICROSOFT}ws/2008/06/identity/claims/role", f"{MICROSOFT}ws/2008/06/identity/claims/role"),
        (f"{MICROSOFT}identity/claims/zq/zr", f"{MICROSOFT}identity/claims/<$path zq>/<$key zr>"),
        ("zqname", "<$key zqname>"),
    ],
)
def test_attributes_are_rewritten_by_their_names(name: str, kept: str) -> None:
    role, provider = "arn:aws:iam::1:role/a", "arn:aws:iam::1:saml-provider/b"
    attributes = {name: (f"{role},{provider}", "c")}
    assert told(federation.SamlAssertion, "attributes", attributes) == {
        kept: (
            "arn:aws:iam::<$value 1>:role/<$role a>,arn:aws:iam::<$value 1>:saml-provider/<$provider b>",
            "<$value c>",
        )
    }


@pytest.mark.parametrize("name", [name for names in _ATTRIBUTE_NAMES.values() for name in names])
def test_an_attribute_stays_that_has_a_condition_key(name: str) -> None:
    assert list(told(federation.SamlAssertion, "attributes", {name: ()})) == [name]


@pytest.mark.parametrize(
    ("name", "kept"), [("ReadOnlyAccess", True), ("ReadOnlyAccess of zqteam", False), ("zqteam", False)]
)
def test_the_name_of_a_policy_of_aws_stays_where_its_arn_says_the_same(name: str, kept: bool) -> None:
    policy = {"name": name, "arn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "document": {}}
    hidden = rewritten(case("cross-account", identity_policies={"policies": [policy]}))
    [written] = hidden.snapshot.source.identity_policies.policies
    assert (written.name == name) is kept
    assert "zq" not in written.name
