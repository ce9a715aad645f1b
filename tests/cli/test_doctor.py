"""`xdiag doctor`: who the profiles are, how they reach AWS, and what they may read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.program import BAD_INPUT, Program, Run
from tests.cli.server import Sts, served

USER, READER = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:user/reader"
ROLE = "arn:aws:iam::222222222222:role/Deploy"
KEYS = {"ours": "AKIAEXAMPLE000000001", "theirs": "AKIAEXAMPLE000000002", "wrong": "AKIAEXAMPLE000000009"}
SIDES = ("--source-profile", "ours", "--dest-profile", "theirs")


@pytest.fixture
def sts() -> Iterator[Sts]:
    with served(Sts({KEYS["ours"]: USER, KEYS["theirs"]: READER})) as sts:
        yield sts


@pytest.fixture
def environment(sts: Sts, tmp_path: Path) -> dict[str, str]:
    config = tmp_path / "config"
    config.write_text(
        "".join(
            f"[profile {name}]\nregion = eu-west-1\naws_access_key_id = {key}\naws_secret_access_key = wJalrXUtnFEMI\n"
            for name, key in KEYS.items()
        )
        + "[profile half]\naws_access_key_id = AKIAEXAMPLE000000003\n"
    )
    return {
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_ENDPOINT_URL": sts.url,
        "HOME": str(tmp_path),
    }


def _section(run: Run, heading: str) -> str:
    return next(part for part in run.out.split("\n\n") if part.startswith(heading))


def test_each_profile_says_who_it_is_and_how_it_reaches_aws(
    xdiag: Program, environment: dict[str, str], sts: Sts
) -> None:
    run = xdiag("doctor", *SIDES, env={**environment, "NO_PROXY": "127.0.0.1"})
    ours = _section(run, "profile `ours`")
    assert f"who          {USER}" in ours
    assert "long-term, from the config file" in ours
    assert "eu-west-1" in ours
    assert sts.url in ours
    assert "ok  proxy        none" in ours
    assert "ok  clock        the same as AWS's" in ours
    assert READER in _section(run, "profile `theirs`")
    assert "wJalrXUtnFEMI" not in run.out + run.err


def test_what_is_refused_is_named_on_its_side_with_the_command_that_prints_the_policy(
    xdiag: Program, environment: dict[str, str]
) -> None:
    run = xdiag("doctor", USER, ROLE, *SIDES, env=environment)
    source, role = _section(run, "The source's side"), _section(run, "The role's side")
    assert "iam:GetUser " not in source, "it is allowed, for the server knows every user"
    assert "no  iam:ListUserPolicies" in source
    assert "AccessDenied" in source
    assert "iam:ListRolePolicies" not in source, "a user is not read as a role"
    assert "no  iam:GetRole " in role
    assert "no  iam:ListRoles " in role
    assert "`xdiag permissions --for source --for destination`" in run.out
    assert run.code == 1


@pytest.mark.parametrize("ends", [(ROLE,), ("me", ROLE)], ids=["the role alone", "me"])
def test_without_a_source_it_is_whoever_the_profile_is(
    xdiag: Program, environment: dict[str, str], sts: Sts, ends: tuple[str, ...]
) -> None:
    run = xdiag("doctor", *ends, *SIDES, env=environment)
    assert run.code == 1
    assert {sent["UserName"] for sent in sts.sent("GetUser")} == {"ci"}
    assert {sent["RoleName"] for sent in sts.sent("GetRole")} == {"Deploy"}


def test_what_would_be_read_of_the_source_is_what_is_tried(
    xdiag: Program, environment: dict[str, str], sts: Sts
) -> None:
    xdiag("doctor", "arn:aws:iam::111111111111:user/other", ROLE, *SIDES, env=environment)
    assert {sent["UserName"] for sent in sts.sent("GetUser")} == {"other"}
    assert {sent["RoleName"] for sent in sts.sent("GetRole")} == {"Deploy"}
    assert not sts.sent("AssumeRole")


def test_swapped_profiles_are_told_and_nothing_is_tried_with_them(
    xdiag: Program, environment: dict[str, str], sts: Sts
) -> None:
    run = xdiag("doctor", USER, ROLE, "--source-profile", "theirs", "--dest-profile", "ours", env=environment)
    assert "of account 222222222222, not of 111111111111" in _section(run, "The source's side")
    assert "of account 111111111111, not of 222222222222" in _section(run, "The role's side")
    assert not sts.sent("GetUser")
    assert not sts.sent("GetRole")
    assert run.code == 1


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        pytest.param("wrong", "InvalidClientTokenId", id="a key that AWS does not know"),
        pytest.param("half", "aws_secret_access_key", id="half of a key"),
        pytest.param("oursx", "there is no AWS profile `oursx`; did you mean `ours`", id="a mistyped profile"),
    ],
)
def test_a_profile_that_does_not_work_hides_nothing_of_the_other(
    profile: str, said: str, xdiag: Program, environment: dict[str, str]
) -> None:
    run = xdiag("doctor", "--source-profile", profile, "--dest-profile", "theirs", env=environment)
    assert said in _section(run, f"profile `{profile}`")
    assert "do not work" in _section(run, "The source's side")
    assert READER in _section(run, "profile `theirs`")
    assert "no  iam:ListRoles" in _section(run, "The role's side")
    assert run.code == 1


def test_an_endpoint_cannot_be_looked_for_without_a_region(
    xdiag: Program, environment: dict[str, str], tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(config.read_text().replace("region = eu-west-1\n", ""))
    assert "?   ec2:DescribeVpcEndpoints" in _section(xdiag("doctor", *SIDES, env=environment), "The source's side")
    named = _section(xdiag("doctor", *SIDES, "--region", "eu-west-1", env=environment), "The source's side")
    assert "not tried" not in named


def test_a_proxy_is_named_without_its_password(xdiag: Program, environment: dict[str, str]) -> None:
    proxy = {"HTTP_PROXY": "http://someone:hunter2@127.0.0.1:9", "NO_PROXY": ""}
    run = xdiag("doctor", *SIDES, env={**environment, **proxy})
    assert "proxy     127.0.0.1:9" in _section(run, "profile `ours`")
    assert "hunter2" not in run.out + run.err


def test_a_malformed_arn_is_bad_usage(xdiag: Program, environment: dict[str, str]) -> None:
    assert xdiag("doctor", "ci", env=environment).code == BAD_INPUT
