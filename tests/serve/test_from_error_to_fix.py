"""What an agent does that knows nothing but an error text: from it to a fix that is proved, by the tools alone.

Each call takes from the answer before what it tells to do, and from the person what that answer asks for.
"""

from typing import Any

from tests.serve.session import Session

USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
DENIED = (
    "An error occurred (AccessDenied) when calling the AssumeRole operation: "
    f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
)
NOTHING_ELSE = ["scp", "rcp", "boundary", "endpoint"]
GITHUB = "token.actions.githubusercontent.com"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(principal: str, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return policy(statement | ({"Condition": condition} if condition else {}))


IDENTITY = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE})


def proved(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [fix for fix in answer["fixes"] if fix["proof"] == "allowed"]


def edited(session: Session, number: int, tool: str, **arguments: Any) -> dict[str, Any]:
    """Ask again for the whole diagnosis, and give the policy as a fix leaves it."""
    whole = session.call(tool, **arguments, detail="full")["diagnosis"]
    document: dict[str, Any] = whole["fixes"][number - 1]["document"]
    return document


def test_the_trust_policy_names_somebody_else(session: Session) -> None:
    first = session.call("explain_error", text=DENIED)
    assert [need["what"].partition(":")[0] for need in first["still_needed"][:2]] == [
        "The role's trust policy, and whether the role exists",
        "The caller's identity policies and the permissions boundary",
    ]
    told = {
        "trust_policy": trust("arn:aws:iam::111111111111:role/ci"),
        "identity_policy": [IDENTITY],
        "without": NOTHING_ELSE,
    }
    second = session.call("explain_error", text=DENIED, **told)
    (cause, *_) = second["causes"]
    assert (cause["rule"], cause["certainty"], cause["owner"]) == (
        "trust-principal-other-caller",
        "certain",
        "destination",
    )
    fix = proved(second)[0]
    assert fix["number"] in cause["fixes"]
    assert "aws iam update-assume-role-policy" in fix["command"]
    new = edited(session, fix["number"], "explain_error", text=DENIED, **told)
    tried = session.call("what_if", source_arn=USER, dest_role_arn=ROLE, **told, with_trust_policy=new)
    assert (tried["verdict_before"], tried["verdict"]) == ("denied", "allowed")
    assert session.call("audience", trust_policy=new)["open_to_world"] == "no"


def test_the_external_id_differs(session: Session) -> None:
    told = {
        "trust_policy": trust(USER, StringEquals={"sts:ExternalId": "acme-42"}),
        "identity_policy": [IDENTITY],
        "without": NOTHING_ELSE,
    }
    answer = session.call("explain_error", text=DENIED, **told, external_id="acme-41")
    assert answer["causes"][0]["rule"] == "external-id-differs"
    (fix,) = [fix for fix in proved(answer) if fix["owner"] == "caller"]
    again = session.call("check", source_arn=USER, dest_role_arn=ROLE, **told, **fix["arguments"])
    assert again["verdict"] == "allowed"


def test_an_scp_denies_the_region(session: Session) -> None:
    scp = policy(
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {
            "Sid": "OneRegion",
            "Effect": "Deny",
            "Action": "sts:*",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
        },
    )
    text = f"{DENIED} with an explicit deny in a service control policy"
    answer = session.call("explain_error", text=text, scp=[scp], region="us-east-1")
    (cause, *_) = answer["causes"]
    assert cause["rule"] == "region-denied"
    assert (cause["places"][0]["layer"], cause["places"][0]["statement"]) == ("scp", 2)
    (fix, *_) = [fix for fix in answer["fixes"] if fix["number"] in cause["fixes"] and fix["arguments"]]
    assert fix["arguments"] == {"region": "eu-west-1"}
    told = {"trust_policy": trust(USER), "identity_policy": [IDENTITY], "without": NOTHING_ELSE, "scp": [scp]}
    ends = {"source_arn": USER, "dest_role_arn": ROLE}
    # Whether SCPs apply to the account at all, its organization has to say: that is what remains.
    before = session.call("check", **ends, **told, region="us-east-1")
    after = session.call("check", **ends, **told, **fix["arguments"])
    assert [cause["rule"] for cause in before["causes"]] == ["region-denied"]
    assert (after["causes"], after["verdict"]) == ([], "allowed")


def test_a_job_of_github_runs_on_another_branch(session: Session) -> None:
    text = "Error: Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity"
    asks = session.refusal("explain_error", text=text)
    assert "--github OWNER/REPOSITORY" in asks
    assert "--trust-policy" in asks

    def of_branch(branch: str) -> dict[str, Any]:
        claims = {f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:sub": f"repo:octo/app:ref:refs/heads/{branch}"}
        return policy(
            {
                "Effect": "Allow",
                "Principal": {"Federated": f"arn:aws:iam::222222222222:oidc-provider/{GITHUB}"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": claims},
            }
        )

    told = {
        "dest_role_arn": ROLE,
        "trust_policy": of_branch("main"),
        "github": "octo/app",
        "ref": "refs/heads/release",
        "immutable_subject": False,
        "without": NOTHING_ELSE,
    }
    answer = session.call("explain_error", text=text, **told)
    assert any("refs/heads/release" in cause["explanation"] for cause in answer["causes"])
    assert answer["causes"][0]["places"][0]["pointer"].endswith("sub")
    tried = session.call("what_if", **told, with_trust_policy=of_branch("release"))
    # Whether the account has the provider is what remains.
    assert (tried["verdict_before"], tried["verdict"]) == ("denied", "undetermined")
    assert {cause["rule"] for cause in tried["causes"]} == {"provider-missing"}
    assert "identity provider" in tried["still_needed"][0]["what"]


def test_the_session_would_be_too_long(session: Session) -> None:
    text = (
        "An error occurred (ValidationError) when calling the AssumeRole operation: "
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    )
    asks = session.refusal("explain_error", text=text)
    assert "longer than the role's maximum session duration" in asks
    assert "both ARNs are missing" in asks
    ends = {"source_arn": USER, "dest_role_arn": ROLE}
    answer = session.call("explain_error", text=text, **ends, duration_seconds=43200)
    assert answer["aws_error_kind"] == "over_role_maximum"
    (fix, *_) = [fix for fix in answer["fixes"] if fix["arguments"]]
    told = {"trust_policy": trust(USER), "identity_policy": [IDENTITY], "without": NOTHING_ELSE}
    assert session.call("check", **ends, **told, **fix["arguments"])["verdict"] == "allowed"


def test_a_role_may_not_be_passed(session: Session) -> None:
    role = "arn:aws:iam::111111111111:role/fn"
    text = (
        f"An error occurred (AccessDeniedException) when calling the CreateFunction operation: User: {USER} is not "
        f"authorized to perform: iam:PassRole on resource: {role} because no identity-based policy allows the "
        "iam:PassRole action"
    )
    first = session.call("explain_error", text=text)
    assert first["operation"] == "PassRole"
    assert first["causes"][0]["certainty"] == "certain"
    service = policy({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})
    told = {
        "trust_policy": service,
        "identity_policy": [policy({"Effect": "Allow", "Action": "lambda:*", "Resource": "*"})],
        "passed_to": "lambda.amazonaws.com",
        "without": NOTHING_ELSE,
    }
    second = session.call("explain_error", text=text, **told)
    assert [(cause["rule"], cause["owner"]) for cause in second["causes"][:1]] == [("pass-role-missing", "source")]
    fix = proved(second)[0]
    new = edited(session, fix["number"], "explain_error", text=text, **told)
    tried = session.call("what_if", source_arn=USER, dest_role_arn=role, **told, with_identity_policy=[new])
    assert (tried["verdict_before"], tried["verdict"]) == ("denied", "allowed")
