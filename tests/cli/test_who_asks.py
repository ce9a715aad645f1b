"""Whose the credentials are: the source's own make the attempt; somebody else's are the first cause."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.program import Program
from tests.cli.server import Sts, served

USER, AUDITOR = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::111111111111:user/auditor"
READER = "arn:aws:iam::222222222222:user/reader"
ROLE = "arn:aws:iam::222222222222:role/Deploy"
KEYS = {"ci": "AKIAEXAMPLE000000001", "auditor": "AKIAEXAMPLE000000002", "theirs": "AKIAEXAMPLE000000003"}


@pytest.fixture
def sts() -> Iterator[Sts]:
    with served(Sts(dict(zip(KEYS.values(), (USER, AUDITOR, READER), strict=True)))) as sts:
        yield sts


@pytest.fixture
def environment(sts: Sts, tmp_path: Path) -> dict[str, str]:
    config = tmp_path / "config"
    config.write_text(
        "".join(
            f"[profile {name}]\nregion = eu-west-1\naws_access_key_id = {key}\naws_secret_access_key = wJalrXUtnFEMI\n"
            for name, key in KEYS.items()
        )
    )
    return {
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_ENDPOINT_URL": sts.url,
        "HOME": str(tmp_path),
    }


def _check(xdiag: Program, environment: dict[str, str], source: str, destination: str) -> dict[str, object]:
    sides = ("--source-profile", source, "--dest-profile", destination)
    details = ("--without", "scp", "--without", "rcp", "--without", "endpoint")
    return xdiag("check", USER, ROLE, *sides, *details, "--output", "json", env=environment).report


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        pytest.param("ci", "theirs", id="the source's own profile"),
        pytest.param("theirs", "ci", id="swapped profiles"),
        pytest.param("auditor", "ci", id="a reader for the source, and the source for the destination"),
    ],
)
def test_the_attempt_is_made_with_whichever_profile_is_the_source(
    xdiag: Program, environment: dict[str, str], sts: Sts, source: str, destination: str
) -> None:
    report = _check(xdiag, environment, source, destination)
    assert report["probe"] == "assumed"
    assert len(sts.sent("AssumeRole")) == 1
    assert "credentials-at-hand-differ" not in str(report["causes"])


@pytest.mark.parametrize("ends", [(ROLE,), ("me", ROLE)], ids=["the role alone", "me"])
def test_evidence_is_gathered_for_whoever_the_credentials_are(
    xdiag: Program, environment: dict[str, str], sts: Sts, ends: tuple[str, ...]
) -> None:
    run = xdiag("collect", *ends, "--source-profile", "ci", "--dest-profile", "theirs", env=environment)
    assert run.code == 0
    case = json.loads(run.out)
    assert (case["snapshot"]["source"]["arn"], case["request"]["role_arn"]) == (USER, ROLE)
    assert sts.sent("AssumeRole") == []


def test_credentials_of_somebody_else_are_the_first_cause_with_both_arns(
    xdiag: Program, environment: dict[str, str], sts: Sts
) -> None:
    report = _check(xdiag, environment, "auditor", "theirs")
    assert report["probe"] == "not_made"
    assert sts.sent("AssumeRole") == []
    assert report["primary_cause"] == "credentials-at-hand-differ"
    causes = report["causes"]
    assert isinstance(causes, list)
    assert f"belong to `{AUDITOR}`, not to `{USER}`" in causes[0]["explanation"]


@pytest.mark.parametrize(
    ("section", "typed"),
    [
        pytest.param("", "aws configure sso --profile broken", id="nothing configured"),
        pytest.param(
            "role_arn = arn:aws:iam::222222222222:role/Reader", "aws configure list --profile broken", id="half"
        ),
        pytest.param("credential_process = /bin/false", "run its `credential_process` by hand", id="a failing process"),
        pytest.param(
            "aws_access_key_id = AKIAEXAMPLE000000009\naws_secret_access_key = x",
            "aws configure --profile broken",
            id="invalid",
        ),
    ],
)
def test_the_side_that_works_is_diagnosed_and_the_other_is_a_gap_with_what_to_type(
    xdiag: Program, environment: dict[str, str], section: str, typed: str
) -> None:
    with Path(environment["AWS_CONFIG_FILE"]).open("a") as file:
        file.write(f"[profile broken]\nregion = eu-west-1\n{section}\n")
    report = _check(xdiag, environment, "ci", "broken")
    assert report["probe"] == "assumed"
    assert typed in str(report)


def test_a_call_of_which_only_the_error_is_known_is_not_tried(
    xdiag: Program, environment: dict[str, str], sts: Sts
) -> None:
    message = f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    sides = ("--source-profile", "ci", "--dest-profile", "theirs")
    report = xdiag("check", "--message", message, *sides, "--output", "json", env=environment).report
    assert report["attempt"]["why"] == (
        "what the request carried is not known: name both ARNs instead, and flags such as --external-id"
    )
    assert sts.sent("AssumeRole") == []
    xdiag("check", USER, ROLE, "--message", message, *sides, "--external-id", "acme-42", env=environment)
    assert [each["ExternalId"] for each in sts.sent("AssumeRole")] == ["acme-42"]
