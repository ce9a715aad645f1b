"""Nothing of whose accounts these are leaves in a redacted report."""

from pathlib import Path
from typing import Any

import pytest
from tests.cases import document, written
from tests.cli.cases import write
from tests.cli.program import DENIED, Program

from diagnose.report import Format

NAMES = {
    "tools-of-acme": "a policy",
    "AcmeMayDeploy": "a Sid",
    "LetAcmeIn": "a Sid of the trust policy",
    "o-acme12345": "an organization",
    "acme-secret-4711": "an external ID",
    "acme-run-9": "a session name",
    "AcmePipeline": "the source",
    "AcmeTarget": "the role",
    "AcmeOther": "another role",
    "198.51.100.77": "an address",
    "333333333333": "the source's account",
    "444444444444": "the role's account",
    "555555555555": "an account that the trust policy names",
    "AIDAACMEACMEACMEACME1": "a unique id",
    "acme-cost-center": "a tag's value",
}

# Lines of files are not redacted, and SARIF with them: see test_sarif.py.
of_every_format = pytest.mark.parametrize("output", sorted({*Format} - {Format.SARIF}))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("redact"), _case())


@of_every_format
def test_no_name_is_left_in_a_redacted_report(xdiag: Program, case: Path, output: str) -> None:
    open_run = xdiag("check", "--case", case, "--output", output)
    run = xdiag("check", "--case", case, "--output", output, "--redact")
    assert open_run.code == run.code == DENIED
    assert "AcmePipeline" in open_run.out
    assert [name for name in NAMES if name.lower() in run.out.lower()] == []
    assert "sts:AssumeRole" in run.out


RULE = r"""
title: "Zarasoft \e[31m\u202e asks its own desk"
owner: destination
when:
  - layer: {layer: trust, verdict: denied}
explain: "The desk of Zarasoft knows {source}."
remedy: ask-owner
sources: ["https://zarasoft.example/desk"]
examples:
  - {name: it allows, world: cross-account, then: silent}
  - name: it is empty
    world: cross-account
    change: {snapshot: {destination: {trust_policy: {value: {document: {Statement: []}}}}}}
    then: certain
"""


@of_every_format
def test_nothing_of_a_rule_of_one_s_own_is_left(xdiag: Program, tmp_path: Path, output: str) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "zarasoft-desk.yaml").write_text(RULE)
    asked = write(tmp_path, written("cross-account", trust_policy={"value": {"document": {"Statement": []}}}))
    flags = ("check", "--case", asked, "--rules", tmp_path / "rules", "--output", output)
    assert "zarasoft" in xdiag(*flags).out.lower()
    told = xdiag(*flags, "--redact").out
    assert "own-rule-1" in told or "rule that did not come with xdiag" in told
    assert "zarasoft" not in told.lower()


def test_the_title_of_a_rule_of_one_s_own_is_shown_and_does_nothing(xdiag: Program, tmp_path: Path) -> None:
    (tmp_path / "zarasoft-desk.yaml").write_text(RULE)
    listed = xdiag("rules", "list", "--rules", tmp_path).out
    assert r"Zarasoft \u001b[31m\u202e asks its own desk" in listed
    assert not {"\x1b", "\u202e"} & set(listed)
    (tmp_path / "zarasoft-desk.yaml").write_text(RULE.replace("its own", "\u202eits own"))
    assert "\u202e" not in xdiag("rules", "show", "zarasoft-desk", "--rules", tmp_path).out


def test_a_case_that_is_saved_beside_a_redacted_report_is_redacted(xdiag: Program, case: Path, tmp_path: Path) -> None:
    saved = tmp_path / "case.json"
    run = xdiag("check", "--case", case, "--redact", "--output", "json", "--save-case", saved)
    assert [name for name in NAMES if name.lower() in saved.read_text().lower()] == []
    assert xdiag("check", "--case", saved, "--output", "json").report["verdict"] == run.report["verdict"]


def test_without_redaction_the_case_is_saved_as_it_is(xdiag: Program, case: Path, tmp_path: Path) -> None:
    saved = tmp_path / "case.json"
    xdiag("check", "--case", case, "--save-case", saved)
    text = saved.read_text()
    assert [name for name in NAMES if name not in text] == []


def _case() -> dict[str, Any]:
    source, role = "arn:aws:iam::333333333333:user/AcmePipeline", "arn:aws:iam::444444444444:role/AcmeTarget"
    principal = {"arn": source, "unique_id": "AIDAACMEACMEACMEACME1", "tags": _known({"cost": "acme-cost-center"})}
    identity = {"Sid": "AcmeMayDeploy", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role}
    trust = {
        "Sid": "LetAcmeIn",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::555555555555:user/AcmePipeline"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "acme-secret-4711"}},
    }
    message = f"User: {source} is not authorized to perform: sts:AssumeRole on resource: {role}"
    whole: dict[str, Any] = written(
        "wrong-principal",
        request={
            "role_arn": role,
            "parameters": {"session_name": "acme-run-9", "external_id": "acme-secret-4711"},
            "context": {"aws:SourceIp": ["198.51.100.77"]},
        },
        arn=source,
        principal=_known(principal),
        identity_policies={"policies": [{"name": "tools-of-acme", "document": document(identity)}]},
        organization=_known({"id": "o-acme12345", "path": "o-acme12345/r-ab12/"}),
        role=_known({"arn": role}),
        trust_policy=_known({"name": "AcmeTarget", "document": document(trust)}),
        other_roles=_known(["arn:aws:iam::444444444444:role/AcmeOther"]),
        message=message,
        note="AcmePipeline of o-acme12345",
        probe={"outcome": "access_denied", "caller": source, "code": "AccessDenied", "message": message},
    )
    return whole


def _known(value: object) -> dict[str, object]:
    return {"evidence": "known", "value": value}
