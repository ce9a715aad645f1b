"""`xdiag check --details`: both sides out of what the AWS CLI printed of their accounts."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.program import BAD_INPUT, DENIED, UNDETERMINED, Program

SOURCE = "arn:aws:iam::111111111111:user/builder"
ROLE = "arn:aws:iam::222222222222:role/Deploy"


def _file(folder: Path, name: str, **lists: Any) -> str:
    empty: dict[str, Any] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    path = folder / name
    path.write_text(json.dumps(empty | lists))
    return str(path)


def _statement(**elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **elements}]}


@pytest.fixture
def ours(tmp_path: Path) -> str:
    policy = {"PolicyName": "AssumeDeploy", "PolicyDocument": _statement(Resource=ROLE)}
    user = {
        "Path": "/",
        "UserName": "builder",
        "UserId": "AIDAEXAMPLEBUILDER",
        "Arn": SOURCE,
        "CreateDate": "2026-03-02T09:30:00+00:00",
        "UserPolicyList": [policy],
        "GroupList": [],
        "AttachedManagedPolicies": [],
        "Tags": [],
    }
    return _file(tmp_path, "ours.json", UserDetailList=[user])


@pytest.fixture
def theirs(tmp_path: Path) -> str:
    role = {
        "Path": "/",
        "RoleName": "Deploy",
        "RoleId": "AROAEXAMPLEDEPLOY",
        "Arn": ROLE,
        "CreateDate": "2026-03-02T09:30:00+00:00",
        "AssumeRolePolicyDocument": _statement(Principal={"AWS": "arn:aws:iam::111111111111:user/somebody"}),
        "InstanceProfileList": [],
        "RolePolicyList": [],
        "AttachedManagedPolicies": [],
        "Tags": [],
    }
    return _file(tmp_path, "theirs.json", RoleDetailList=[role])


def test_two_accounts_are_diagnosed_without_credentials(xdiag: Program, ours: str, theirs: str) -> None:
    run = xdiag("check", SOURCE, ROLE, "--details", ours, "--details", theirs, "--output", "json")
    assert (run.code, run.report["verdict"], run.report["layer"]) == (DENIED, "denied", "trust")
    assert "somebody" in run.report["causes"][0]["explanation"]


def test_one_account_leaves_the_other_unread(xdiag: Program, ours: str) -> None:
    run = xdiag("check", SOURCE, ROLE, "--details", ours, "--output", "json")
    assert (run.code, run.report["visibility_destination"]) == (UNDETERMINED, "none")


@pytest.mark.parametrize(
    ("source", "role", "more", "about", "hint"),
    [
        pytest.param(
            SOURCE,
            "arn:aws:iam::333333333333:role/Deploy",
            False,
            "account 222222222222",
            "expected 111111111111 or 333333333333",
            id="another account",
        ),
        pytest.param(
            "arn:aws:iam::333333333333:user/builder",
            "arn:aws:iam::333333333333:role/Deploy",
            False,
            "account 222222222222",
            "expected 333333333333",
            id="both ends are in one account",
        ),
        pytest.param(
            "lambda.amazonaws.com",
            "arn:aws:iam::333333333333:role/Deploy",
            False,
            "account 222222222222",
            "expected 333333333333",
            id="a source without an account",
        ),
        pytest.param(
            "arn:aws:iam::333333333333:user/builder",
            "arn:aws:iam::444444444444:role/Deploy",
            True,
            "2 other accounts",
            "expected 333333333333 or 444444444444",
            id="two other accounts",
        ),
    ],
)
def test_details_of_other_accounts_are_refused(
    source: str, role: str, more: bool, about: str, hint: str, xdiag: Program, ours: str, theirs: str
) -> None:
    if more:
        Path(theirs).write_text(Path(ours).read_text() + "\n" + Path(theirs).read_text())
    run = xdiag("check", source, role, "--details", theirs)
    assert (run.code, run.err) == (BAD_INPUT, f"xdiag: `{theirs}` is about {about}\n  {hint}\n")


def test_both_accounts_may_stand_in_one_file(xdiag: Program, tmp_path: Path, ours: str, theirs: str) -> None:
    both = tmp_path / "both.json"
    both.write_text(Path(ours).read_text() + "\n" + Path(theirs).read_text())
    run = xdiag("check", SOURCE, ROLE, "--details", both, "--output", "json")
    assert (run.code, run.report["layer"]) == (DENIED, "trust")


@pytest.mark.parametrize("turned", [False, True], ids=["as given", "the other way round"])
def test_what_two_files_hold_of_one_account_is_taken_together(
    turned: bool, xdiag: Program, ours: str, theirs: str
) -> None:
    for file in (ours, theirs):
        Path(file).write_text(Path(file).read_text().replace("222222222222", "111111111111"))
    first, second = (theirs, ours) if turned else (ours, theirs)
    role = ROLE.replace("222222222222", "111111111111")
    run = xdiag("check", SOURCE, role, "--details", first, "--details", second, "--output", "json")
    assert (run.code, run.report["layer"]) == (DENIED, "trust")
    assert [cause["rule"] for cause in run.report["causes"]] == ["trust-principal-other-caller"]
