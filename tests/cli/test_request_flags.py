"""Each flag about the request reaches the case, and changes nothing else in it; `--save-case` shows it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.program import BAD_INPUT, Program

from diagnose.cli.request import RequestFlags

SOURCE, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
KEY = "aws:SourceIp"

FLAGS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "external_id": (("--external-id", "acme-42"), {"request.parameters.external_id": "acme-42"}),
    "an empty external_id": (("--external-id", ""), {"request.parameters.external_id": ""}),
    "session_name": (("--session-name", "night"), {"request.parameters.session_name": "night"}),
    "duration_seconds": (("--duration-seconds", "900"), {"request.parameters.duration_seconds": 900}),
    "a duration_seconds of nothing": (("--duration-seconds", "0"), {"request.parameters.duration_seconds": 0}),
    "mfa_serial": (
        ("--mfa-serial", "arn:aws:iam::111111111111:mfa/ci"),
        {"request.parameters.mfa_serial": "arn:aws:iam::111111111111:mfa/ci"},
    ),
    "mfa_code": (("--mfa-code", "271828"), {"request.parameters.mfa_code_sent": True}),
    "tags": (("--tag", "team=web=1", "--tag", "stage="), {"request.parameters.tags": {"team": "web=1", "stage": ""}}),
    "transitive_tag_keys": (
        ("--transitive-tag-key", "team", "--transitive-tag-key", "stage"),
        {"request.parameters.transitive_tag_keys": ["team", "stage"]},
    ),
    "source_identity": (("--source-identity", "ana"), {"request.parameters.source_identity": "ana"}),
    "context": (("--context", f"{KEY}=203.0.113.24"), {"request.context": {KEY: ["203.0.113.24"]}}),
    "several values of one key in context": (
        ("--context", f"{KEY}=203.0.113.24", "--context", f"{KEY}=203.0.113.25"),
        {"request.context": {KEY: ["203.0.113.24", "203.0.113.25"]}},
    ),
    "an absent key in context": (("--context", f"{KEY}="), {"request.context": {KEY: []}}),
    "unknown": (("--unknown", KEY), {"request.unknown": [KEY]}),
    "via": (("--via", "console"), {"request.via": "console"}),
    "signed_in_as": (("--signed-in-as", SOURCE), {"request.signed_in_as": SOURCE}),
    "region": (("--region", "eu-west-3"), {"request.region": "eu-west-3"}),
    "message": (("--message", "AccessDenied: no"), {"message": "AccessDenied: no"}),
}


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("policies") / "trust.json"
    path.write_text('{"Version": "2012-10-17", "Statement": []}')
    return path


@pytest.fixture(scope="module")
def bare(xdiag: Program, trust: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return saved(xdiag, trust, tmp_path_factory.mktemp("bare"))


def saved(xdiag: Program, trust: Path, folder: Path, *flags: str) -> Any:
    """The case that a check with these flags saves."""
    run = xdiag("check", SOURCE, ROLE, "--trust-policy", trust, "--save-case", folder / "case.json", *flags)
    assert run.code != BAD_INPUT, run.err
    return json.loads((folder / "case.json").read_bytes())


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and path not in ("request.context", "request.parameters.tags"):
        for name in value:
            yield from leaves(value[name], f"{path}.{name}".lstrip("."))
    else:
        yield path, value


@pytest.mark.parametrize("name", FLAGS)
def test_a_flag_reaches_its_place_in_the_case_and_no_other(
    xdiag: Program, trust: Path, bare: Any, tmp_path: Path, name: str
) -> None:
    flags, expected = FLAGS[name]
    case = saved(xdiag, trust, tmp_path, *flags)
    before = dict(leaves(bare))
    assert {path: value for path, value in leaves(case) if before[path] != value} == expected
    assert "271828" not in (tmp_path / "case.json").read_text()


def test_no_flag_about_the_request_is_left_out_here() -> None:
    # Whether a role may be passed is a question of its own, which test_passing asks in every way.
    of_passing = {"passed_by", "passed_to", "associated_resource"}
    assert set(RequestFlags.__struct_fields__) - of_passing <= FLAGS.keys()
