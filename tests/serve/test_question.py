"""A question of an agent is read as one of the command line, and by itself: nothing of an earlier one is left."""

import json
from pathlib import Path
from typing import Any

from tests.matrix.dumps import OURS, THEIRS, Json, role, statement, trusting, user, write_dump
from tests.serve.session import Session

CI, JUMP = f"arn:aws:iam::{OURS}:user/ci", f"arn:aws:iam::{OURS}:role/Jump"
DEPLOY = f"arn:aws:iam::{THEIRS}:role/Deploy"
ANY = statement(Resource="*")
STATED = ["scp", "rcp", "endpoint"]
GITHUB = "token.actions.githubusercontent.com"
REFUSED = (
    "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform "
    "sts:AssumeRoleWithWebIdentity"
)


def details(folder: Path, trust: Json) -> list[Json]:
    write_dump(folder / "ours.json", users=[user(OURS, "ci", ANY)], roles=[role(OURS, "Jump", trusting(CI), ANY)])
    write_dump(folder / "theirs.json", roles=[role(THEIRS, "Deploy", trust)])
    return [json.loads((folder / name).read_text()) for name in ("ours.json", "theirs.json")]


def of_github(**condition: str) -> Json:
    claims = {f"{GITHUB}:{name}": value for name, value in condition.items()}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{THEIRS}:oidc-provider/{GITHUB}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": claims},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_the_details_of_one_question_are_not_those_of_the_next(session: Session, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"source_arn": CI, "dest_role_arn": DEPLOY, "without": STATED}
    closed = session.call("check", **asked, details=details(tmp_path, trusting(f"{CI}x")))
    opened = session.call("check", **asked, details=details(tmp_path, trusting(CI)))
    assert (closed["verdict"], opened["verdict"]) == ("denied", "allowed")


def test_a_way_over_another_role_is_told(session: Session, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"source_arn": CI, "dest_role_arn": DEPLOY, "without": STATED}
    answer = session.call("check", **asked, details=details(tmp_path, trusting(JUMP)))
    assert answer["verdict"] == "denied"
    assert f"A way over another role is open: assume {JUMP}" in " ".join(answer["notes"])


def test_who_issued_a_token_may_stand_in_the_error_or_the_trust_policy(session: Session) -> None:
    told: dict[str, Any] = {"dest_role_arn": DEPLOY, "trust_policy": of_github(sub="repo:octo/app:ref:refs/heads/main")}
    answer = session.call("explain_error", text=REFUSED, claim=["sub=repo:octo/app:ref:refs/heads/next"], **told)
    assert answer["source_arn"] == f"https://{GITHUB}"
    assert answer["causes"][0]["places"][0]["pointer"].endswith("sub")


def test_what_is_not_known_of_a_token_is_asked_of_the_proposed_policy(session: Session) -> None:
    """GitHub's subject may hold ids: that makes no difference to a policy that asks for none, and one to the other."""
    told: dict[str, Any] = {"dest_role_arn": DEPLOY, "github": "octo/app", "ref": "refs/heads/main", "without": STATED}
    any_job, one_job = of_github(aud="sts.amazonaws.com"), of_github(sub="repo:octo/app:ref:refs/heads/main")
    given = session.call("check", trust_policy=one_job, **told)
    tried = session.call("what_if", trust_policy=any_job, with_trust_policy=one_job, **told)
    assert tried["still_needed"] == given["still_needed"]
    assert tried["causes"] == given["causes"]
