"""`--profile`: which of its calls is told, what is said of the others, and what a profile cannot be asked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cases import DEMOS
from tests.cli.program import BAD_INPUT, NOTHING_GATHERED, Program
from tests.cli.server import Sts, served

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
        pytest.param((A, B, "--profile", "three"), A, B, "", id="the call between both ARNs"),
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


CI, READER = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:user/reader"
KEYS = {"ours": "AKIAEXAMPLE000000001", "theirs": "AKIAEXAMPLE000000002"}


@pytest.fixture
def sts() -> Iterator[Sts]:
    with served(Sts({KEYS["ours"]: CI, KEYS["theirs"]: READER})) as one:
        yield one


@pytest.fixture
def live(sts: Sts, tmp_path: Path) -> dict[str, str]:
    """Keys in the account of the source, keys in that of the role, and a profile that asks for the role."""
    (tmp_path / "config").write_text(
        f"[profile asks]\nrole_arn = {A}\nsource_profile = ours\n"
        + "".join(
            f"[profile {name}]\nregion = eu-west-1\naws_access_key_id = {key}\naws_secret_access_key = wJalrXUtnFEMI\n"
            for name, key in KEYS.items()
        )
    )
    return {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_ENDPOINT_URL": sts.url,
    }


@pytest.mark.parametrize(
    ("words", "source", "role_is_read"),
    [
        pytest.param((A, "--profile", "ours"), CI, False, id="a role for a profile that asks for none"),
        pytest.param((CI, A, "--profile", "ours"), CI, False, id="both ends"),
        pytest.param((A, "--profile", "theirs"), READER, True, id="a profile of the role's account"),
        pytest.param(("--profile", "asks"), CI, False, id="a profile that asks for it"),
        pytest.param(("--profile", "asks", "--dest-profile", "theirs"), CI, True, id="another reads the role"),
        pytest.param(("--profile", "asks", "--source-profile", "theirs"), READER, True, id="another signs"),
    ],
)
@pytest.mark.parametrize("accounts", ["", f"{A.split(':')[4]}=theirs"], ids=["nothing set", "set for the role"])
def test_who_signs_and_who_reads_the_role(
    words: tuple[str, ...],
    source: str,
    role_is_read: bool,
    accounts: str,
    xdiag: Program,
    live: dict[str, str],
    sts: Sts,
) -> None:
    environment = {**live, "XDIAG_ACCOUNTS": accounts} if accounts else live
    run = xdiag("check", *words, "--no-probe", "--output", "json", env=environment)
    assert (run.report["source_arn"], run.report["dest_role_arn"]) == (source, A)
    assert bool(sts.sent("GetRole")) is (role_is_read or bool(accounts))


def test_a_note_says_that_another_profile_would_be_taken(xdiag: Program, live: dict[str, str]) -> None:
    run = xdiag("check", "--no-probe", env={**live, "AWS_PROFILE": "ours", "AWS_DEFAULT_PROFILE": "asks"})
    told = " ".join(run.out.split())
    assert "AWS_PROFILE names `ours`, but boto3 asks AWS_DEFAULT_PROFILE first and uses `asks`" in told


def test_where_nothing_is_read_the_hint_says_once_what_the_profile_asks_for(
    xdiag: Program, environment: dict[str, str], tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(f"[profile p]\nrole_arn = {A}\nsource_profile = s\n[profile s]\ncredential_process = false\n")
    run = xdiag("check", "--profile", "p", env=environment)
    assert run.code == NOTHING_GATHERED
    assert run.err.count("profile `p`") == 1
    assert f"\n  profile `p` asks for {A} with a generated session name, no external ID" in run.err
