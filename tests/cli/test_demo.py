"""The bundled cases, through the installed program."""

from typing import Any

import pytest
from tests.cases import DEMOS
from tests.cli.causes import lineage
from tests.cli.program import Program

CAUSES = {
    "account-delegation": "policy-allows-nothing",
    "console-second-switch": "policy-allows-nothing",
    "eks-namespace": "subject-other-namespace",
    "external-id": "external-id-differs",
    "github-environment": "subject-environment-for-ref",
    "mfa-not-used": "policy-allows-nothing",
    "missing-assume-role": "policy-allows-nothing",
    "one-side-unread": "trust-policy-unread",
    "pass-role": "pass-role-to-other-service",
    "recreated-principal": "trust-stale-id",
    "saml-action": "federation-action-missing",
    "scp-region": "policy-denies",
    "session-tags": "tag-session-missing",
    "wrong-principal": "trust-principal-other-account",
}


@pytest.fixture(scope="module")
def reports(xdiag: Program) -> dict[str, dict[str, Any]]:
    return {name: xdiag("demo", name, "--output", "json").report for name in (*CAUSES, "allowed")}


def test_every_demo_is_tested() -> None:
    assert {path.stem for path in DEMOS.glob("*.json")} == {*CAUSES, "allowed"}


@pytest.mark.parametrize("name", CAUSES)
def test_a_demo_names_its_cause_first(name: str, reports: dict[str, dict[str, Any]]) -> None:
    report = reports[name]
    assert CAUSES[name] in lineage(report["primary_cause"] or report["primary_gap"])
    # What was not read is no cause, and so neither certain nor possible.
    told = (report["certainty"], bool(report["still_needed"]))
    assert told == (("certain", False) if report["causes"] else ("", True))


@pytest.mark.parametrize("name", [name for name in CAUSES if name != "one-side-unread"])
def test_a_denied_demo_has_a_fix_that_is_proved(name: str, reports: dict[str, dict[str, Any]]) -> None:
    assert reports[name]["verdict"] == "denied"
    assert reports[name]["fix_proved"]
    fixes = reports[name]["fixes"]
    assert "allowed" in [fixes[number - 1]["proof"] for number in reports[name]["causes"][0]["fixes"]]


def test_nothing_is_said_against_what_is_allowed(reports: dict[str, dict[str, Any]]) -> None:
    assert (reports["allowed"]["verdict"], reports["allowed"]["causes"]) == ("allowed", [])


def test_the_list_names_every_demo_and_what_it_shows(xdiag: Program) -> None:
    run = xdiag("demo", "--list")
    assert (run.code, run.err) == (0, "")
    rows = [line.split(maxsplit=1) for line in run.out.splitlines()]
    assert {name for name, _ in rows} == {*CAUSES, "allowed"}
    assert all(told for _, told in rows)


def test_the_first_demo_is_the_wrong_principal(xdiag: Program) -> None:
    assert xdiag("demo").out == xdiag("demo", "wrong-principal").out
