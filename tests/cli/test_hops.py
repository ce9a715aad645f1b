"""`--profile`: which of its calls is told, what is said of the others, and what a profile cannot be asked."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cases import DEMOS
from tests.cli.program import BAD_INPUT, NOTHING_GATHERED, Program

USER = "arn:aws:iam::222222222222:user/ci"
A, B, C = (f"arn:aws:iam::222222222222:role/{name}" for name in "ABC")


def _role(arn: str, trusted: str) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
    return {
        "RoleName": arn[-1],
        "Path": "/",
        "RoleId": f"AROAEXAMPLE{arn[-1]}",
        "Arn": arn,
        "CreateDate": "2024-01-01T00:00:00+00:00",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [allow]},
        "RolePolicyList": [],
        "AttachedManagedPolicies": [],
        "InstanceProfileList": [],
        "Tags": [],
    }


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Three roles, one after the other, of which B does not trust A; and a profile that asks for none."""
    config, credentials = tmp_path / "config", tmp_path / "credentials"
    config.write_text(
        f"[profile one]\nrole_arn = {A}\nsource_profile = me\n"
        f"[profile two]\nrole_arn = {B}\nsource_profile = one\n"
        f"[profile three]\nrole_arn = {C}\nsource_profile = two\n"
    )
    credentials.write_text("[me]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = verysecret\n")
    roles = [_role(A, USER), _role(B, f"{A}x"), _role(C, B)]
    lists = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []}
    (tmp_path / "details.json").write_text(json.dumps(lists))
    return {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}


OF_TWO = f"All calls: 1 for {A}: undetermined, 2 for {B}: denied"


def _asked(xdiag: Program, home: Path, environment: dict[str, str], *words: str) -> dict[str, Any]:
    """Give the case that is kept of a question."""
    files = ("--details", home / "details.json", "--save-case", home / "case.json")
    xdiag("check", *words, *files, env=environment)
    case: dict[str, Any] = json.loads((home / "case.json").read_text())
    return case


@pytest.mark.parametrize(
    ("words", "source", "role", "calls"),
    [
        pytest.param((USER, "--profile", "two"), A, B, f"{OF_TWO}.", id="two calls"),
        pytest.param((USER, "--profile", "three"), A, B, f"{OF_TWO}; 1 not reached.", id="none is made after it"),
        pytest.param((USER, "--profile", "one"), USER, A, "", id="one call"),
        pytest.param((USER, C, "--profile", "three"), B, C, "", id="the call for a role"),
        pytest.param((B, "--profile", "three"), A, B, "", id="the call for the one ARN that is given"),
        pytest.param((USER, f"{C}x", "--profile", "three"), B, f"{C}x", "", id="a role of no call is asked for last"),
    ],
)
def test_one_call_is_told_and_what_became_of_all(
    words: tuple[str, ...],
    source: str,
    role: str,
    calls: str,
    xdiag: Program,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    case = _asked(xdiag, tmp_path, environment, *words)
    assert (case["snapshot"]["source"]["arn"], case["request"]["role_arn"]) == (source, role)
    _, found, told = case["note"].partition("All calls: ")
    assert f"{found}{told}" == calls


@pytest.mark.parametrize(
    ("words", "why"),
    [
        pytest.param(("--no-probe",), "it was disabled with --no-probe", id="it is switched off"),
        pytest.param((), "the session that signs it is given by the call before, and is not kept", id="nobody signs"),
    ],
)
def test_a_call_that_a_role_signs_is_not_tried(
    words: tuple[str, ...], why: str, xdiag: Program, environment: dict[str, str], tmp_path: Path
) -> None:
    probe = _asked(xdiag, tmp_path, environment, USER, "--profile", "two", *words)["probe"]
    assert (probe["outcome"], probe["why"]) == ("not_made", why)


def test_a_profile_that_asks_for_no_role_is_told_how_to_name_one(xdiag: Program, environment: dict[str, str]) -> None:
    run = xdiag("check", "--profile", "me", env=environment)
    no_role = "xdiag: profile `me` asks for no role: its own credentials sign (keys)"
    named = "\n  name the role that is to be assumed with it: `xdiag check DEST_ROLE_ARN --profile me`\n"
    assert (run.code, run.err) == (BAD_INPUT, no_role + named)
    environment |= {"AWS_PROFILE": "two", "AWS_DEFAULT_PROFILE": "me"}
    meant = (
        ". AWS_PROFILE names `two`, but boto3 asks AWS_DEFAULT_PROFILE first and uses `me`: unset AWS_DEFAULT_PROFILE."
    )
    assert xdiag("check", env=environment).err == no_role + meant + named
    environment |= {"AWS_PROFILE": "me", "AWS_DEFAULT_PROFILE": "two"}
    assert xdiag("check", env=environment).code == NOTHING_GATHERED


@pytest.mark.parametrize(
    "words", [("--profile", "me"), ("--profile", "two"), ("--profile", "no"), ("--event", "x.json")], ids=" ".join
)
def test_what_cannot_be_asked_beside_a_case_is_named_as_it_was_typed(
    words: tuple[str, str], xdiag: Program, environment: dict[str, str]
) -> None:
    run = xdiag("check", "--case", DEMOS / "external-id.json", *words, env=environment)
    assert (run.code, run.err) == (
        BAD_INPUT,
        f"xdiag: `{words[0]}` cannot be used with `--case`\n  expected one of them: a case has its request\n",
    )
