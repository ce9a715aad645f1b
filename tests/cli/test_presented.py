"""A token, its claims or an assertion in every form in which one is given: it decides, and only its claims stay."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.cases import write
from tests.cli.federated import ISSUER, OLD_SUBJECT, ROLE, SAML_PROVIDER, case_of, holding, identity_of, trust
from tests.cli.program import ALLOWED, BAD_INPUT, DENIED, NOTHING_GATHERED, UNDETERMINED, Program
from tests.collect.federation.tokens import GITHUB, response, token

TOKEN = token(GITHUB)
OF_DEV = token({**GITHUB, "sub": "repo:octo/app:ref:refs/heads/dev"})
MAIN = ("--ref", "refs/heads/main")
IDS = ("--owner-id", "1", "--repository-id", "2")
OF_SAML = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Federated": SAML_PROVIDER},
        "Action": "sts:AssumeRoleWithSAML",
        "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    },
}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param((*MAIN, "--no-immutable-subject"), ALLOWED, id="the branch of the policy"),
        pytest.param(("--ref", "refs/heads/dev", "--no-immutable-subject"), DENIED, id="another branch"),
        pytest.param((*MAIN, "--environment", "prod", "--no-immutable-subject"), DENIED, id="an environment"),
        pytest.param(("--pull-request", "--no-immutable-subject"), DENIED, id="a pull request"),
        pytest.param((*MAIN, *IDS, "--immutable-subject"), DENIED, id="a subject with ids"),
        pytest.param((*MAIN, *IDS), UNDETERMINED, id="a subject with ids or without"),
        pytest.param(("--ref", "refs/heads/dev", *IDS), DENIED, id="another branch, whatever the form"),
        pytest.param(MAIN, UNDETERMINED, id="a subject whose ids are not known"),
        pytest.param(("--ref", "refs/heads/dev"), DENIED, id="another branch, whatever the ids"),
        pytest.param((), UNDETERMINED, id="nothing of the job"),
        pytest.param((*MAIN, "--claim", f"sub={OLD_SUBJECT}"), ALLOWED, id="the subject is given"),
        pytest.param(
            (*MAIN, "--no-immutable-subject", "--claim", "aud=https://github.com/octo"), DENIED, id="another audience"
        ),
    ],
)
def test_a_job_of_github(given: tuple[str, ...], code: int, tmp_path: Path, xdiag: Program) -> None:
    run = xdiag("check", "--case", case_of(tmp_path), "--github", "octo/app", *given, "--output", "json")
    assert run.code == code, run.out + run.err


def test_where_the_form_of_a_subject_counts_the_report_says_how_to_settle_it(tmp_path: Path, xdiag: Program) -> None:
    run = xdiag("check", "--case", case_of(tmp_path), "--github", "octo/app", *MAIN)
    words = " ".join(run.out.split())
    assert "gh api repos/octo/app/actions/oidc/customization/sub" in words
    assert "--no-immutable-subject" in words


def test_a_policy_that_names_ids_may_admit_a_subject_whose_ids_are_not_known(tmp_path: Path, xdiag: Program) -> None:
    key = "token.actions.githubusercontent.com:sub"
    names_ids = trust(StringEquals={key: "repo:octo@1/app@2:ref:refs/heads/main"})
    case = case_of(tmp_path, policy=names_ids)
    assert xdiag("check", "--case", case, "--github", "octo/app", *MAIN).code == UNDETERMINED
    assert xdiag("check", "--case", case, "--github", "octo/app", *MAIN, "--no-immutable-subject").code == DENIED


def test_what_aws_refused_has_the_form_that_the_policies_refuse(tmp_path: Path, xdiag: Program) -> None:
    refused = ("--message", "Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity")
    asked = ("check", "--case", case_of(tmp_path), "--github", "octo/app", *MAIN, *IDS, *refused)
    assert [cause["rule"] for cause in xdiag(*asked, "--output", "json").report["causes"]] == ["subject-ids-missing"]
    words = " ".join(xdiag(*asked).out.split())
    assert "AWS refused the request: the token is taken to have the form that the policies refuse" in words


@pytest.mark.parametrize("held", [pytest.param(TOKEN, id="on the branch"), pytest.param(OF_DEV, id="on another")])
@pytest.mark.parametrize("form", ["--token-file", "--token @", "--token -", "--token", "--claims", "--claims -"])
def test_a_token_in_every_form(held: str, form: str, tmp_path: Path, xdiag: Program) -> None:
    case, file = case_of(tmp_path), holding(tmp_path, held)
    payload = base64.urlsafe_b64decode(held.split(".")[1] + "==")
    saved = tmp_path / "saved.json"
    stdin = b""
    given: tuple[str, ...] = ()
    match form:
        case "--token-file":
            given = ("--token-file", str(file))
        case "--token @":
            given = ("--token", f"@{file}")
        case "--token -":
            stdin, given = held.encode(), ("--token", "-")
        case "--token":
            given = ("--token", held)
        case "--claims":
            given = ("--claims", str(holding(tmp_path, payload, "payload")))
        case "--claims -":
            stdin, given = payload, ("--claims", "-")
    run = xdiag("check", "--case", case, *given, "--save-case", saved, stdin=stdin)
    assert run.code == (ALLOWED if held is TOKEN else DENIED), run.out + run.err
    kept = identity_of(saved)
    assert (kept["claims"], kept["complete"]) == (json.loads(payload), True)
    assert ("the token stands on the command line" in run.err) == (form == "--token")
    assert "signature was not checked" in " ".join(run.out.split())


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param(("--claims",), ALLOWED, id="claims of a job that ended long ago"),
        pytest.param(("--token-file",), DENIED, id="a token that would be presented now"),
        pytest.param(
            ("--message", "ExpiredTokenException: Token expired: current date/time 1 must be before 0", "--claims"),
            DENIED,
            id="claims of a token that AWS said had expired",
        ),
    ],
)
def test_a_token_expires_where_it_would_be_presented_now(
    given: tuple[str, ...], code: int, tmp_path: Path, xdiag: Program
) -> None:
    case = case_of(tmp_path, taken_at="2026-11-26T10:00:00+00:00")
    run = xdiag("check", "--case", case, *given, holding(tmp_path, TOKEN))
    assert run.code == code, run.out + run.err


def test_single_claims_are_not_all_claims(tmp_path: Path, xdiag: Program) -> None:
    policy = trust(StringEquals={"token.actions.githubusercontent.com:sub": OLD_SUBJECT})
    case = case_of(tmp_path, policy=policy)
    subject = f"sub={OLD_SUBJECT}"
    assert xdiag("check", "--case", case, "--claim", subject).code == UNDETERMINED  # the provider checks the audience
    assert xdiag("check", "--case", case, "--claim", subject, "--claim", "aud=sts.amazonaws.com").code == ALLOWED
    assert xdiag("check", "--case", case, "--claim", subject, "--claim", "aud=other").code == DENIED


@pytest.mark.parametrize(
    ("given", "stdin", "code"),
    [
        pytest.param(("--assertion", "-"), base64.b64encode(response()), ALLOWED, id="base64"),
        pytest.param(("--assertion", "-"), response(), ALLOWED, id="XML"),
        pytest.param(
            ("--assertion", "-", "--saml-attribute", "Recipient=https://eu-west-1.signin.aws.amazon.com/saml"),
            response(),
            DENIED,
            id="XML with another recipient",
        ),
    ],
)
def test_an_assertion(given: tuple[str, ...], stdin: bytes, code: int, tmp_path: Path, xdiag: Program) -> None:
    case = case_of(tmp_path, SAML_PROVIDER, OF_SAML)
    run = xdiag("check", "--case", case, *given, stdin=stdin)
    assert run.code == code, run.out + run.err


def test_a_role_alone_is_enough_beside_a_token(tmp_path: Path, xdiag: Program) -> None:
    policy = write(tmp_path, trust(), "trust.json")
    given = ("--github", "octo/app", "--ref", "refs/heads/dev", *IDS, "--with-trust-policy", policy)
    run = xdiag("check", ROLE, *given, "--output", "json")
    assert run.code == DENIED, run.out + run.err
    assert run.report["source_arn"] == ISSUER
    assert run.report["action"] == "sts:AssumeRoleWithWebIdentity"


def test_a_trust_policy_that_depends_on_the_form_is_not_said_to_allow(tmp_path: Path, xdiag: Program) -> None:
    policy = write(tmp_path, trust(), "trust.json")
    run = xdiag("check", ROLE, "--github", "octo/app", *MAIN, "--with-trust-policy", policy, "--output", "json")
    assert {layer["layer"]: layer["verdict"] for layer in run.report["layers"]}["trust"] == "undetermined"


def details_of(folder: Path) -> Path:
    """The role in the authorization details of its account."""
    empty: list[Any] = []
    role = {
        "Path": "/",
        "RoleName": "Deploy",
        "RoleId": "AROA2222222222EXAMPLE",
        "Arn": ROLE,
        "CreateDate": "2026-01-01T00:00:00+00:00",
        "AssumeRolePolicyDocument": trust(),
        "RolePolicyList": empty,
        "AttachedManagedPolicies": empty,
        "InstanceProfileList": empty,
        "Tags": empty,
    }
    lists = {"UserDetailList": empty, "GroupDetailList": empty, "RoleDetailList": [role], "Policies": empty}
    return write(folder, lists, "details.json")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param((ROLE, "--github", "octo/app", "--ref", "refs/heads/dev", *IDS), DENIED, id="a workload"),
        pytest.param((ROLE, "--claim", f"iss={ISSUER}", "--claim", "sub=x"), DENIED, id="single claims"),
        pytest.param((ISSUER, ROLE, "--claim", "sub=x"), DENIED, id="the issuer as the source, and a claim"),
        pytest.param((ISSUER, ROLE), UNDETERMINED, id="the issuer as the source, and nothing of its token"),
    ],
)
def test_the_role_of_a_dump(given: tuple[str, ...], code: int, tmp_path: Path, xdiag: Program) -> None:
    run = xdiag("check", *given, "--details", details_of(tmp_path), "--output", "json")
    assert run.code == code, run.out + run.err
    assert run.report["action"] == "sts:AssumeRoleWithWebIdentity"


def test_without_any_policy_there_is_no_evidence(xdiag: Program) -> None:
    assert xdiag("check", ROLE, "--github", "octo/app", *MAIN).code == NOTHING_GATHERED


@pytest.mark.parametrize(
    ("environment", "arguments", "code"),
    [
        pytest.param({"AWS_ROLE_ARN": ROLE}, (ROLE,), DENIED, id="its own role"),
    ],
)
def test_a_pod_asks_about_its_own_role(
    environment: dict[str, str], arguments: tuple[str, ...], code: int, tmp_path: Path, xdiag: Program
) -> None:
    policy = write(tmp_path, trust(), "trust.json")
    env = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(holding(tmp_path, OF_DEV)), **environment}
    run = xdiag("check", *arguments, "--with-trust-policy", policy, env=env)
    assert run.code == code, run.out + run.err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(("--github", "o/r", "--google", "1"), "`--google` cannot be used with `--github`", id="two forms"),
        pytest.param(
            ("--github", "o/r", "--saml-attribute", "a=b"), "a token cannot be used with an assertion", id="two kinds"
        ),
        pytest.param(("--ref", "refs/heads/x"), "`--ref` belongs to a workload", id="a detail alone"),
        pytest.param(("--token", "x"), "`--token` was given neither a token nor where one is", id="not a token"),
        pytest.param(("--token-file", "none"), "there is no file `none`", id="no file"),
        pytest.param(("--claim", "aud=x"), "it is not known who issued the token", id="claims of nobody"),
        pytest.param((ROLE, "--assertion", "-"), "`standard input` is empty", id="no assertion on standard input"),
    ],
)
def test_what_cannot_be_asked_is_said(given: tuple[str, ...], message: str, xdiag: Program) -> None:
    run = xdiag("check", *(given if given[0] == ROLE else (ROLE, *given)))
    assert run.code == BAD_INPUT
    assert message in run.err


def test_another_source_than_the_issuer_is_refused(tmp_path: Path, xdiag: Program) -> None:
    user: Any = "arn:aws:iam::111111111111:user/ci"
    run = xdiag("check", user, ROLE, "--token-file", holding(tmp_path, TOKEN))
    assert (run.code, f"the source `{user}` is not who issued" in run.err) == (BAD_INPUT, True)
    run = xdiag("check", "--case", case_of(tmp_path, SAML_PROVIDER, OF_SAML), "--token-file", holding(tmp_path, TOKEN))
    assert (run.code, "is not the one in the case file" in run.err) == (BAD_INPUT, True)


def test_an_error_about_a_token_is_answered_by_the_trust_policy_alone(xdiag: Program, tmp_path: Path) -> None:
    host = "oidc.eks.eu-west-1.amazonaws.com/id/AB12"
    trust = tmp_path / "trust.json"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::222222222222:oidc-provider/{host}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {host: "system:serviceaccount:shop:cart"}},
    }
    trust.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    error = "An error occurred (AccessDenied): Not authorized to perform sts:AssumeRoleWithWebIdentity"
    node = "arn:aws:sts::222222222222:assumed-role/nodes/i-0abc"
    for named in ((), (node,)):
        given = (*named, "arn:aws:iam::222222222222:role/Worker", "--message", error, "--trust-policy", trust)
        run = xdiag("check", *given, "--output", "json")
        assert (run.code, run.report["source_arn"]) == (1, f"https://{host}")
        assert run.report["primary_cause"] == "claim-key-without-claim"
        first = run.report["causes"][0]["fixes"][0]
        assert run.report["fixes"][first - 1]["kind"] == "correct-claim-key"


def test_an_error_about_a_token_of_nobody_known_says_what_to_give(xdiag: Program) -> None:
    error = "An error occurred (AccessDenied): Not authorized to perform sts:AssumeRoleWithWebIdentity"
    run = xdiag("check", "arn:aws:iam::222222222222:role/Worker", "--message", error)
    assert run.code == BAD_INPUT
    assert "--trust-policy FILE" in run.err
    assert "--claims FILE" in run.err
