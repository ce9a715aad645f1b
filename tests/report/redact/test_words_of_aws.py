"""Words of AWS, or of a vendor, stay words of theirs: whatever stands around them, and with a slip in them too."""

from typing import Any

import msgspec
import pytest
from tests.cases import allow, case, identity, on, trust
from tests.report.redact.proof import answer, diagnosed, redacted

from diagnose.model.case import Case
from diagnose.report.redact.issuer_names import misspells_one

Json = Any

GITHUB = "token.actions.githubusercontent.com"
PROVIDER = "arn:aws:iam::987650004321:oidc-provider/"
SUBJECT = "repo:zqocto/zqapp:ref:refs/heads/zqmain"
COGNITO = "cognito-identity.amazonaws.com"
POOL = "us-east-1:0a1b2c3d-1111-2222-3333-44445555ffff"
SIGN_IN = "https://signin.aws.amazon.com/saml"
ROLE = "arn:aws:iam::987650004321:role/"
SET = f"{ROLE}aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_ZqDeploy_0a1b2c3d4e5f6071"
POD_TAGS = ("kubernetes-namespace", "Kubernetes-Namespace", "kubernetes-service-account", "eks-cluster-name")
SECRETS = ("987650004321", "zqocto", "zqapp", "zqmain", "zqshop", "zqdeploy", "zqbatch", "44445555ffff", "zqpolicy")


@pytest.mark.parametrize(
    "principal",
    [
        pytest.param(f"{PROVIDER}https://{GITHUB}", id="a scheme in the ARN"),
        pytest.param(f"{PROVIDER}http://{GITHUB}", id="another scheme in the ARN"),
        pytest.param(f"https://{GITHUB}", id="a URL"),
        pytest.param(f"https://{PROVIDER}{GITHUB}", id="a scheme before the ARN"),
        pytest.param(GITHUB, id="the host alone"),
        pytest.param(f"{PROVIDER} {GITHUB}", id="a space"),
        pytest.param(f"{PROVIDER}{GITHUB}/", id="a slash behind it"),
        pytest.param(f"{PROVIDER}{GITHUB}/zqocto", id="a path behind it"),
        pytest.param(f"{PROVIDER}{GITHUB.upper()}", id="upper case"),
        pytest.param(f"{PROVIDER}{GITHUB.replace('tok', 'Tok')}", id="one letter in upper case"),
        pytest.param(f"{PROVIDER}{GITHUB.replace('actions', 'action')}", id="a letter too few"),
        pytest.param(f"{PROVIDER.replace('provider', 'provder')}{GITHUB}", id="a letter too few in the type"),
        pytest.param(f"{PROVIDER.replace('oidc', 'oxidc')}{GITHUB}", id="a letter too many in the type"),
        pytest.param((PROVIDER + GITHUB).title(), id="each word in a capital"),
        pytest.param(f"{PROVIDER}gitlab.com", id="another issuer that many share"),
        pytest.param(f"{PROVIDER}login.zqocto.example", id="an issuer of one's own"),
    ],
)
def test_a_provider_is_misspelt_in_the_same_way(principal: str) -> None:
    same(job({"Federated": principal}))


@pytest.mark.parametrize(
    "name",
    [
        f"https://{GITHUB}:sub",
        f"HTTPS://{GITHUB}:sub",
        f"http://{GITHUB}:sub",
        f"{PROVIDER}{GITHUB}:sub",
        f"{PROVIDER}https://{GITHUB}:sub",
        f"{PROVIDER}{GITHUB}",
        f"{GITHUB}/:sub",
        f"{GITHUB.upper()}:sub",
        f" {GITHUB}:sub",
        f"aws:{GITHUB}:sub",
        f"{GITHUB.replace('actions', 'action')}:sub",
        f"{GITHUB}:subject",
        "login.zqocto.example:sub",
    ],
)
def test_a_key_of_a_claim_is_misspelt_in_the_same_way(name: str) -> None:
    same(job({"Federated": PROVIDER + GITHUB}, {"StringEquals": {name: SUBJECT}}))


@pytest.mark.parametrize(
    "issuer", ["gitlab.com", "app.terraform.io", "agent.buildkite.com", "token.actions.zqocto.ghe.com"]
)
@pytest.mark.parametrize("slip", ["{}/", "https://{}", "{}x", "x{}", "{} "])
def test_every_issuer_that_many_share_is_misspelt_in_the_same_way(issuer: str, slip: str) -> None:
    same(job({"Federated": PROVIDER + slip.format(issuer)}, {"StringEquals": {f"{issuer}:sub": SUBJECT}}, issuer))
    same(job({"Federated": PROVIDER + issuer}, {"StringEquals": {f"{slip.format(issuer)}:sub": SUBJECT}}, issuer))
    same(
        job({"Federated": PROVIDER + issuer}, {"StringEquals": {f"{issuer}:sub": SUBJECT}}, slip.format(issuer).strip())
    )


@pytest.mark.parametrize(
    "name",
    [
        "oidc.eu-west-1.eks.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9",
        "oidc-eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9",
        "odic.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9",
        "oidc.eks.eu-west-1.amazonaws.com/id/0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F8",
        "oidc.eks.us-east-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9",
        "oidc.eks.eu-west-1.amazonaws.com/0A1B2C3D4E5F60718293A4B5C6D7E8F9",
        "oidc.eks.eu-west-1.amazonaws.com",
    ],
)
def test_the_issuer_of_a_cluster_is_misspelt_in_the_same_way(name: str) -> None:
    cluster = "oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9"
    same(job({"Federated": PROVIDER + name}, {"StringEquals": {f"{cluster}:sub": SUBJECT}}, cluster))
    same(job({"Federated": PROVIDER + cluster}, {"StringEquals": {f"{name}:sub": SUBJECT}}, cluster))


@pytest.mark.parametrize(
    ("token", "wanted"),
    [
        ("project_path:group/zqapp:ref_type:branch:ref:zqmain", "project_path:group/zqapp:ref_type:mr:ref:*"),
        ("project_path:zqocto/zqapp:ref_type:branch:ref:zqmain", "project_path:zqocto/zqapp:ref_type:tag:ref:v1.2.0"),
        ("project_path:zqocto/zqapp:ref_type:tag:ref:zqmain", "project_path:zqocto/zqapp:ref_type:branch:ref:zqmain"),
        ("repo:zqocto/zqapp:pull_request", "repository_owner_id:5001:repository_id:6001"),
        ("repository_owner_id:5001:repository_id:6001", "repo:zqocto/zqapp:*"),
        ("repo:zqocto/zqapp:context:pull_request", "repo:zqocto/zqapp:context:environment:zqmain"),
        ("repo:zqocto/zqapp:ref:refs/pull/12/merge", "repo:zqocto/zqapp:ref:refs/pull/*/head"),
        ("org/zqocto/project/zqapp/user/zqshop/vcs-origin/zqmain", "org/zqocto/project/zqapp/user/*/vcs-ref/*"),
        (
            "organization:zqocto:project:zqapp:stack:zqshop:deployment:zqmain:operation:apply",
            "organization:zqocto:project:zqapp:stack:zqshop:deployment:*:operation:plan",
        ),
        ("owner:zqocto:project:zqapp:environment:production", "owner:zqocto:project:zqapp:environment:preview"),
        ("organization:zqocto:pipeline:zqapp-zqshop:ref:refs/heads/zqmain", "organization:zqocto:pipeline:zqapp:*"),
        ("organization:zqocto:project:zqapp:workspace:zqshop:run_phase:apply", "Organization:zqocto:*:run_phase:plan"),
    ],
)
def test_a_pattern_of_a_subject_is_one_of_the_same_subjects(token: str, wanted: str) -> None:
    condition = {"StringLike": {f"{GITHUB}:sub": wanted}}
    same(job({"Federated": PROVIDER + GITHUB}, condition, subject=token))
    same(
        job(
            {"Federated": f"{PROVIDER}gitlab.com"},
            {"StringLike": {"gitlab.com:sub": wanted}},
            "gitlab.com",
            subject=token,
        )
    )


@pytest.mark.parametrize(
    "subject", [SUBJECT.title(), SUBJECT.upper(), "Repo:zqocto/zqapp:*", "https://sts.amazonaws.com"]
)
def test_what_subjects_are_made_of_stays_in_any_case(subject: str) -> None:
    same(job({"Federated": PROVIDER + GITHUB}, {"StringLike": {f"{GITHUB}:sub": subject}}))


@pytest.mark.parametrize(
    "audience",
    [
        "https://github.com/zqocto",
        "https://gitlab.com",
        "https://buildkite.com/zqocto",
        "https://kubernetes.default.svc",
        "https://kubernetes.default.svc.cluster.local",
        "https://sts.amazonaws.com/",
        "STS.amazonaws.com",
        "zqocto",
    ],
)
def test_an_audience_that_issuers_write_by_themselves_stays(audience: str) -> None:
    same(job({"Federated": PROVIDER + GITHUB}, audience=audience))


@pytest.mark.parametrize("wanted", ["authenticated", "unauthenticated", "Authenticated", "auth*", "un*"])
@pytest.mark.parametrize("token", ["authenticated", "unauthenticated"])
def test_whether_a_user_has_signed_in_stays(wanted: str, token: str) -> None:
    condition = {"StringEquals": {f"{COGNITO}:aud": POOL}, "ForAnyValue:StringLike": {f"{COGNITO}:amr": wanted}}
    claims = {"aud": POOL, "amr": [token]}
    same(
        case(
            "cognito",
            {"snapshot": {"source": {"identity": {"claims": claims}}}},
            trust_policy=trust(allow({"Federated": COGNITO}, "sts:AssumeRoleWithWebIdentity", Condition=condition)),
        )
    )


@pytest.mark.parametrize("read", [True, False], ids=["the pod is known", "the pod is not known"])
@pytest.mark.parametrize("tag", [*POD_TAGS, "zqbatch"])
def test_a_tag_that_a_service_passes_stays(tag: str, *, read: bool) -> None:
    pod = {"namespace": "zqshop", "service_account": "zqshop"} if read else None
    condition = {"StringEquals": {f"aws:RequestTag/{tag}": "zqshop"}}
    actions = ["sts:AssumeRole", "sts:TagSession"]
    trusting = trust(allow({"Service": "pods.eks.amazonaws.com"}, actions, Condition=condition))
    same(case("pod", pod=pod, trust_policy=trusting))


def test_a_tag_of_a_token_is_called_so_in_any_case() -> None:
    condition = {"StringEquals": {"aws:RequestTag/project": "apollo", "login.example.com/:sub": "batch-7"}}
    provider = {"Federated": "arn:aws:iam::222222222222:oidc-provider/login.example.com/"}
    actions = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]
    same(case("tagged-token", trust_policy=trust(allow(provider, actions, Condition=condition))))


@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("OrganizationAccountAccessRole", "Organ*"),
        ("OrganizationAccountAccessRole", "*AccessRole"),
        ("OrganizationAccountAccessRole", "Orga?izationAccountAccessRole"),
        ("OrganizationAccountAccessRole", "organizationaccountaccessrole"),
        ("OrganizationAccountAccessRole", "OrganizationAccountAccesRole"),
        ("ZqAccessRole", "*AccessRole"),
        ("AWSZqBatch", "AWS*"),
        ("service-role/ZqBatch", "service-role/*"),
        ("service-role/ZqBatch", "ser*"),
        ("aws-service-role/ecs.amazonaws.com/AWSServiceRoleForZqBatch", "AWSServ*"),
        ("aws-service-role/ecs.amazonaws.com/AWSServiceRoleForZqBatch", "*ForZqBatch"),
        ("aws-service-role/ecs.amazonaws.com/AWSServiceRoleForZqBatch", "*/awsserviceroleforzqbatch"),
        ("root", "roo"),
    ],
)
def test_a_pattern_takes_the_same_names_of_aws(name: str, resource: str) -> None:
    others = {"evidence": "known", "value": [f"{ROLE}OrganizationAccountAccessRole", ROLE + name, f"{ROLE}ZqDeploy"]}
    asked = resource if resource.isalpha() else name
    there: Json = {
        "request": {"role_arn": ROLE + name},
        "role": {"value": {"arn": ROLE + name}},
        "other_roles": others,
        "identity_policies": identity(on(ROLE + resource), name="zqpolicy"),
    }
    same(case("cross-account", **there))
    missing = {"request": {"role_arn": ROLE + asked}, "role": {"evidence": "known", "value": None}}
    same(case("cross-account", **there | missing))


def test_a_piece_stays_that_is_of_names_of_aws_alone() -> None:
    organ = f"{ROLE}Organ*"
    arn = f"{ROLE}OrganizationAccountAccessRole"
    there = {"request": {"role_arn": arn}, "role": {"value": {"arn": arn}}, "identity_policies": identity(on(organ))}
    assert "role/Organ*" in _written(case("cross-account", **there))
    shared = {"evidence": "known", "value": [f"{ROLE}ZqOrgan"]}
    assert "role/Organ*" not in _written(case("cross-account", other_roles=shared, **there))


@pytest.mark.parametrize(
    "pattern", ["AWSReserved*", "AWSReservedSSO_ZqDep*", "aws-res*", "aws-reserved/*", "*_ZqDeploy_*"]
)
def test_a_pattern_takes_the_same_roles_of_identity_center(pattern: str) -> None:
    condition = {"ArnLike": {"aws:PrincipalArn": ROLE + pattern}}
    session = SET.replace("iam", "sts").replace("role/aws-reserved/sso.amazonaws.com/eu-west-1", "assumed-role")
    trusting = allow({"AWS": ROLE.replace("role/", "root")}, Condition=condition)
    principal = {"evidence": "known", "value": {"arn": SET}}
    same(case("identity-center", arn=f"{session}/zqmain", principal=principal, trust_policy=trust(trusting)))


@pytest.mark.parametrize(
    "service",
    [
        "ec2",
        "EC2.amazonaws.com",
        "ec2.amazonaws.co",
        "ec2.zqshop.internal",
        "ec2.eu-west-1.amazonaws.com",
        "ec3.zqshop",
    ],
)
def test_a_service_is_misspelt_in_the_same_way(service: str) -> None:
    same(case("service", trust_policy=trust(allow({"Service": service}))))


@pytest.mark.parametrize(
    ("service", "source"),
    [
        ("rolesanywhere.amazonaws.com", "rolesanywhere:eu-west-1:222222222222:trust-anchor/*"),
        ("rolesanywhere.amazonaws.com", "rolesanywhere:eu-west-1:222222222222:profile/zqshop"),
        ("scheduler.amazonaws.com", "scheduler:eu-west-1:222222222222:schedule/zqshop/zqmain"),
        ("scheduler.amazonaws.com", "scheduler:eu-west-1:222222222222:schedule-group/zqshop"),
        ("states.amazonaws.com", "states:eu-west-1:222222222222:stateMachine:zqshop"),
        ("states.amazonaws.com", "states:eu-west-1:222222222222:execution:zqshop:zqmain"),
        ("ecs-tasks.amazonaws.com", "ecs:eu-west-1:222222222222:cluster/zqshop"),
        ("pods.eks.amazonaws.com", "eks:eu-west-1:222222222222:podidentityassociation/zqshop/a-1"),
        ("lambda.amazonaws.com", "lambda:eu-west-1:222222222222:function:zqshop"),
        ("bedrock.amazonaws.com", "bedrock:eu-west-1:333333333333:agent/zqshop"),
    ],
)
def test_the_resource_for_which_a_service_calls_stays_of_its_type(service: str, source: str) -> None:
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:{source}"}}
    same(case("service", arn=service, trust_policy=trust(allow({"Service": service}, Condition=condition))))


def test_a_service_that_nobody_knows_is_regional_in_the_same_way() -> None:
    regional = trust(allow({"Service": "zqshop.eu-west-1.amazonaws.com"}))
    same(case("service", arn="zqshop.amazonaws.com", trust_policy=regional))


@pytest.mark.parametrize(
    "wanted", ["https://*.signin.aws.amazon.com/saml", f"{SIGN_IN}*", f"{SIGN_IN}/", "https://zqshop/saml*"]
)
@pytest.mark.parametrize("sent", [SIGN_IN, "https://eu-west-1.signin.aws.amazon.com/saml"])
def test_a_pattern_takes_the_same_endpoints_of_sign_in(wanted: str, sent: str) -> None:
    provider = {"Federated": "arn:aws:iam::222222222222:saml-provider/IdP"}
    condition = {"StringLike": {"SAML:aud": wanted}}
    trusting = trust(allow(provider, "sts:AssumeRoleWithSAML", Condition=condition))
    same(case("saml", {"snapshot": {"source": {"identity": {"recipient": sent}}}}, trust_policy=trusting))


@pytest.mark.parametrize(
    "message",
    [
        "Error creating IAM policy zqapp: MalformedPolicyDocument: The policy failed legacy parsing",
        "updating inline IAM policy zqapp: MalformedPolicyDocument: Syntax errors in policy.",
        "The policy failed legacy parsing (Service: AmazonIdentityManagement; Error Code: MalformedPolicyDocument)",
        "@aws-sdk/client-iam: MalformedPolicyDocumentException: Syntax errors in policy.",
        "MalformedPolicyDocument: Syntax errors in policy. (Service: AWSSecurityTokenService; Status Code: 400)",
    ],
)
def test_what_was_called_is_still_said_of_a_policy_with_a_mistake(message: str) -> None:
    same(case("cross-account", message=message))


def same(original: Case) -> None:
    """Assert that the answer is the same of the redacted case, and that no secret is left in it."""
    told = redacted(original)
    assert answer(diagnosed(told.case)) == answer(diagnosed(original))
    written = msgspec.json.encode(told.case).decode().lower()
    assert [secret for secret in SECRETS if secret in written] == []


def job(
    principal: Json,
    condition: Json = None,
    issuer: str = GITHUB,
    audience: str = "sts.amazonaws.com",
    subject: str = SUBJECT,
) -> Case:
    url = "https://" + issuer.removeprefix("https://")
    claims = {"iss": url, "sub": subject, "aud": audience, "repository": "zqocto/zqapp"}
    wanted = condition or {"StringEquals": {f"{issuer}:sub": SUBJECT, f"{issuer}:aud": "sts.amazonaws.com"}}
    client_ids = {"evidence": "known", "value": ["sts.amazonaws.com"]}
    return case(
        "github",
        {"snapshot": {"source": {"arn": url, "identity": {"claims": claims}}}},
        request={"role_arn": f"{ROLE}Deploy"},
        role={"value": {"arn": f"{ROLE}Deploy"}},
        trust_policy=trust(allow(principal, "sts:AssumeRoleWithWebIdentity", Condition=wanted)),
        oidc_providers={
            "evidence": "known",
            "value": [{"arn": PROVIDER + url.removeprefix("https://"), "client_ids": client_ids}],
        },
    )


def _written(original: Case) -> str:
    return msgspec.json.encode(redacted(original).case).decode()


@pytest.mark.parametrize(("text", "slip"), [("", False), ("i", False), ("ip", True), ("ioo", True), ("xy", False)])
def test_a_single_letter_is_no_slip_of_a_word(text: str, slip: bool) -> None:
    assert misspells_one(text, frozenset({"io"})) is slip
