"""`xdiag paths`: the ways to a role over other roles, out of a folder of dumps."""

import json
from pathlib import Path

import pytest
from tests.cli.program import ALLOWED, BAD_INPUT, DENIED, UNDETERMINED, Program
from tests.matrix.dumps import OURS, THEIRS, role, statement, trusting, user, write_dump, write_tree

CI, JUMP = f"arn:aws:iam::{OURS}:user/ci", f"arn:aws:iam::{OURS}:role/Jump"
DEPLOY, AUDIT = f"arn:aws:iam::{THEIRS}:role/Deploy", f"arn:aws:iam::{THEIRS}:role/Audit"
MAY = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


@pytest.fixture
def dumps(tmp_path: Path) -> Path:
    folder = tmp_path / "dumps"
    any_role = statement(Action=MAY, Resource="*")
    external_id = {"StringEquals": {"sts:ExternalId": "acme-42"}}
    admitted = [
        *trusting(DEPLOY, Condition=external_id)["Statement"],
        *trusting(DEPLOY, Action=["sts:TagSession", "sts:SetSourceIdentity"])["Statement"],
    ]
    write_dump(
        folder / "ours.json",
        users=[user(OURS, "ci", any_role), user(OURS, "idle")],
        roles=[role(OURS, "Jump", trusting(CI, Action=MAY), any_role)],
    )
    write_dump(
        folder / "theirs.json",
        roles=[
            role(THEIRS, "Deploy", trusting(JUMP, Action=MAY), any_role),
            role(THEIRS, "Audit", {"Statement": admitted}),
        ],
    )
    write_tree(folder, [OURS, THEIRS])
    return folder


def test_a_way_is_told_call_by_call(xdiag: Program, dumps: Path) -> None:
    tags = ["--tag", "team=red", "--tag", "job=7", "--transitive-tag-key", "team", "--source-identity", "ci"]
    run = xdiag("paths", CI, AUDIT, "--dumps", dumps, *tags)
    assert (run.code, run.err) == (UNDETERMINED, "")
    assert (
        run.out
        == """\
MAY BE OPEN: with 3 calls, over 2 other roles

source  `arn:aws:iam::111111111111:user/ci`
role    `arn:aws:iam::222222222222:role/Audit`
direct  denied, by the trust policy

1. may be open, 3 calls
   call 1 for `arn:aws:iam::111111111111:role/Jump`
     allowed
   call 2 for `arn:aws:iam::222222222222:role/Deploy`
     allowed; signed without MFA, session tags that are handed on: `team`,
     session tags that end here: `job`, source identity `ci`, the session lasts
     at most 1 hour
   call 3 for `arn:aws:iam::222222222222:role/Audit`
     allowed if `sts:ExternalId` is `acme-42`, denied otherwise; signed without
     MFA, session tags that are handed on: `team`, source identity `ci`, the
     session lasts at most 1 hour

Ways of more than 3 calls were not looked for: --max-hops.

Supposed: the source's own credentials carry no session policy, session tags or
source identity, and no call goes through a VPC endpoint.
"""
    )


@pytest.mark.parametrize(
    ("source", "role_arn", "code", "headline"),
    [
        pytest.param(CI, JUMP, ALLOWED, "OPEN: directly", id="the call itself is open"),
        pytest.param(CI, DEPLOY, ALLOWED, "OPEN: with 2 calls, over 1 other role", id="a way is open"),
        pytest.param(
            f"arn:aws:sts::{OURS}:assumed-role/Jump/work", DEPLOY, ALLOWED, "OPEN: directly", id="from a session"
        ),
        pytest.param(
            f"arn:aws:iam::{OURS}:user/idle",
            AUDIT,
            DENIED,
            "NO WAY FOUND: with up to 3 calls over the roles in the dumps",
            id="no way is open",
        ),
    ],
)
def test_the_exit_code_says_whether_a_way_is_open(
    xdiag: Program, dumps: Path, source: str, role_arn: str, code: int, headline: str
) -> None:
    run = xdiag("paths", source, role_arn, "--dumps", dumps)
    assert (run.code, run.out.partition("\n")[0]) == (code, headline)


def test_json_has_every_call_with_what_it_carries(xdiag: Program, dumps: Path) -> None:
    run = xdiag(
        "paths",
        *(CI, AUDIT, "--dumps", dumps, "--output", "json"),
        *("--tag", "team=red", "--transitive-tag-key", "team", "--source-identity", "ci"),
    )
    report = run.report
    assert (report["schema"], report["verdict"], report["searched_all"]) == ("xdiag.paths/1", "undetermined", True)
    assert (report["direct"]["verdict"], report["direct"]["calls"][0]["layer"]) == ("denied", "trust")
    [way] = report["ways"]
    assert [(call["source_arn"], call["dest_role_arn"], call["verdict"]) for call in way["calls"]] == [
        (CI, JUMP, "allowed"),
        (JUMP, DEPLOY, "allowed"),
        (DEPLOY, AUDIT, "undetermined"),
    ]
    first, second, last = way["calls"]
    assert (first["session_tags"], first["may_carry_mfa"], first["longest_seconds"]) == ({}, True, None)
    assert (second["session_tags"], second["transitive_tag_keys"]) == ({"team": "red"}, ["team"])
    assert (last["source_identity"], last["may_carry_mfa"], last["longest_seconds"]) == ("ci", False, 3600)
    assert [(one["kind"], one["subject"]) for one in last["depends_on"]] == [("key", "sts:ExternalId")]


@pytest.mark.parametrize(
    ("source", "role_arn", "flags", "message"),
    [
        pytest.param(f"{CI}x", AUDIT, [], "no user or role in the dumps has the ARN", id="no such source"),
        pytest.param(CI, f"{AUDIT}x", [], "no role in the dumps has the ARN", id="no such role"),
        pytest.param(CI, AUDIT.replace("role/", "role/team/"), [], f"did you mean `{AUDIT}`", id="another path"),
        *[
            pytest.param(f"arn:aws:sts::{of}:assumed-role/{name}/s", AUDIT, [], "no user or role", id=what)
            for what, of, name in (
                ("a session of no role", OURS, "Gone"),
                ("a session of a role with the name of a user", OURS, "ci"),
                ("a session of a role with the name of one in another account", OURS, "Deploy"),
            )
        ],
        pytest.param("ci", AUDIT, [], "the source `ci` is not an ARN", id="no ARN"),
        pytest.param(JUMP, AUDIT, ["--mfa"], "the session of a role carries no MFA", id="MFA of a role"),
        pytest.param(CI, AUDIT, ["--tag", "team"], "is not KEY=VALUE", id="half a tag"),
        pytest.param(CI, AUDIT, ["--max-hops", "0"], "--max-hops", id="no call"),
    ],
)
def test_what_cannot_be_asked_is_said(
    xdiag: Program, dumps: Path, source: str, role_arn: str, flags: list[str], message: str
) -> None:
    run = xdiag("paths", source, role_arn, "--dumps", dumps, *flags)
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert message in run.err


def test_mfa_is_of_the_first_call_alone(xdiag: Program, dumps: Path) -> None:
    with_mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    any_role = statement(Resource="*")
    write_dump(
        dumps / "ours.json",
        users=[user(OURS, "ci", any_role)],
        roles=[role(OURS, "Jump", trusting(CI, Condition=with_mfa), any_role)],
    )
    codes = [xdiag("paths", CI, DEPLOY, "--dumps", dumps, *flags).code for flags in ([], ["--mfa"], ["--no-mfa"])]
    assert codes == [UNDETERMINED, ALLOWED, DENIED]


def test_fewer_calls_and_fewer_ways_are_what_was_asked_for(xdiag: Program, dumps: Path) -> None:
    run = xdiag("paths", CI, AUDIT, "--dumps", dumps, "--max-hops", "2")
    assert run.code == DENIED
    assert "Ways of more than 2 calls were not looked for: --max-hops." in run.out
    write_dump(dumps / "theirs.json", roles=[role(THEIRS, "Deploy", trusting([CI, JUMP]))])
    run = xdiag("paths", CI, DEPLOY, "--dumps", dumps, "--limit", "1")
    assert run.code == ALLOWED
    assert "There are more ways: --limit." in run.out
    both = xdiag("paths", CI, DEPLOY, "--dumps", dumps).out.splitlines()
    assert both[0] == "OPEN: directly"
    assert [line for line in both if line[:1].isdigit()] == ["1. open, 1 call", "2. open, 2 calls"]
    assert "There are more ways: --limit." not in both


def test_a_damaged_dump_is_told_and_the_rest_is_searched(xdiag: Program, dumps: Path) -> None:
    (dumps / "torn.json").write_text('{"UserDetailList": [')
    run = xdiag("paths", CI, DEPLOY, "--dumps", dumps)
    assert run.code == BAD_INPUT
    assert run.out.startswith("OPEN: with 2 calls")
    assert "left out 1 of the dumps or identities; the ways are over the rest" in run.err


def test_without_a_tree_no_way_is_certain_until_it_is_stated(xdiag: Program, dumps: Path) -> None:
    (dumps / "organization.json").unlink()
    run = xdiag("paths", CI, DEPLOY, "--dumps", dumps)
    assert run.code == UNDETERMINED
    assert "depends on the service control policies, the resource control policies" in " ".join(run.out.split())
    assert xdiag("paths", CI, DEPLOY, "--dumps", dumps, "--without", "scp", "--without", "rcp").code == ALLOWED


def test_json_is_ascii_whatever_a_tag_holds(xdiag: Program, dumps: Path) -> None:
    flags = ["--tag", "team=r\u202eed", "--transitive-tag-key", "team"]
    run = xdiag("paths", CI, DEPLOY, "--dumps", dumps, "--output", "json", *flags)
    assert run.out.isascii()
    assert json.loads(run.out)["schema"] == "xdiag.paths/1"


def test_a_tag_does_nothing_to_the_terminal(xdiag: Program, dumps: Path) -> None:
    run = xdiag("paths", CI, DEPLOY, "--dumps", dumps, "--source-identity", "ci", "--tag", "te\u202eam=red")
    assert "\u202e" not in run.out
