"""Roles that are handed to services, asked about from either end, by the error alone, and with files."""

import json
from pathlib import Path

import pytest
from tests.cli.causes import but_for_files
from tests.cli.program import ALLOWED, BAD_INPUT, DENIED, UNDETERMINED, Program

PERSON = "arn:aws:iam::111111111111:user/airflow"
ROLE = "arn:aws:iam::111111111111:role/ecs-task"
SERVICE = "ecs-tasks.amazonaws.com"
SAID = f"User: {PERSON} is not authorized to perform: iam:PassRole on resource: {ROLE}"
BY_SERVICE = (
    f"ECS was unable to assume the role '{ROLE}' that was provided for this task. Please verify that the role being "
    "passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role."
)
NOTHING_ELSE = ("--without", "scp", "--without", "boundary", "--without", "rcp", "--output", "json")


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    trust = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}
    passes = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": f"{ROLE}-exec"}
    for name, statement in (("trust", trust), ("identity", passes)):
        (tmp_path / name).write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return "--trust-policy", str(tmp_path / "trust"), "--identity-policy", str(tmp_path / "identity")


@pytest.mark.parametrize(
    "question",
    [
        pytest.param((SERVICE, ROLE, "--passed-by", PERSON), id="by whom"),
        pytest.param((PERSON, ROLE, "--passed-to", SERVICE), id="to what"),
        pytest.param(("--message", f"when calling the RunTask operation: {SAID}"), id="the error alone"),
        pytest.param((ROLE, "--message", BY_SERVICE, "--passed-by", PERSON), id="the service's words, and by whom"),
        pytest.param((SERVICE, ROLE, "--message", SAID), id="the service, and the person's error"),
    ],
)
def test_every_way_of_asking_is_one_question(xdiag: Program, files: tuple[str, ...], question: tuple[str, ...]) -> None:
    run = xdiag("check", *question, *files, *NOTHING_ELSE)
    report = run.report
    assert run.code == DENIED
    assert (report["source_arn"], report["dest_role_arn"]) == (PERSON, ROLE)
    assert {layer["action"] for layer in report["layers"]} == {"iam:PassRole", "sts:AssumeRole"}
    assert [cause["rule"] for cause in report["causes"] if cause["action"] == "iam:PassRole"][:1] == [
        "pass-role-of-other-role"
    ]


def test_the_fix_of_the_report_turns_the_answer(xdiag: Program, files: tuple[str, ...], tmp_path: Path) -> None:
    report = xdiag("check", SERVICE, ROLE, "--passed-by", PERSON, *files, *NOTHING_ELSE).report
    fix = report["fixes"][report["causes"][0]["fixes"][0] - 1]
    (tmp_path / "identity").write_text(json.dumps(fix["document"]))
    assert xdiag("check", SERVICE, ROLE, "--passed-by", PERSON, *files, *NOTHING_ELSE).code == ALLOWED


def test_the_error_alone_is_explained_without_credentials(xdiag: Program) -> None:
    run = xdiag("explain-error", SAID, "--output", "json")
    assert (run.code, run.report["primary_cause"]) == (DENIED, "pass-role-refused")
    assert (run.report["aws_refused"], run.report["action"]) == (True, "iam:PassRole")


def test_a_saved_case_gives_the_same_answer(xdiag: Program, files: tuple[str, ...], tmp_path: Path) -> None:
    saved = str(tmp_path / "case.json")
    asked = ("check", SERVICE, ROLE, "--passed-by", PERSON, *files, *NOTHING_ELSE)
    first = xdiag(*asked, "--save-case", saved)
    again = xdiag("check", "--case", saved, "--output", "json")
    assert (again.code, but_for_files(again.report["causes"])) == (first.code, but_for_files(first.report["causes"]))
    redacted = xdiag("check", "--case", saved, "--redact", "--output", "text")
    assert redacted.code == DENIED
    assert "airflow" not in redacted.out
    assert SERVICE in redacted.out


def test_an_associated_resource_is_redacted(xdiag: Program, files: tuple[str, ...]) -> None:
    of = ("--associated-resource", "arn:aws:ecs:eu-west-1:111111111111:task/private-name/0a1b")
    out = xdiag("check", PERSON, ROLE, "--passed-to", SERVICE, *of, *files, "--redact", "--output", "text").out
    assert "private-name" not in out
    assert "111111111111" not in out


def test_an_error_of_somebody_else_is_beside_the_question(xdiag: Program, files: tuple[str, ...]) -> None:
    asked = ("check", PERSON.replace("airflow", "carlos"), ROLE, "--message", SAID)
    report = xdiag(*asked, *files, *NOTHING_ELSE).report
    assert {layer["action"] for layer in report["layers"]} == {"sts:AssumeRole"}
    assert "error-about-pass-role" in [cause["rule"] for cause in report["causes"]]


def test_without_the_trust_policy_the_answer_is_open(xdiag: Program, files: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "identity").write_text((tmp_path / "identity").read_text().replace("-exec", ""))
    run = xdiag("check", PERSON, ROLE, "--passed-to", SERVICE, *files[2:], *NOTHING_ELSE)
    assert run.code == UNDETERMINED
    assert "trust" in str(run.report["doubts"])


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        pytest.param((PERSON, ROLE, "--passed-by", PERSON), "needs an AWS service as the source", id="a person"),
        pytest.param((SERVICE, ROLE, "--passed-by", SERVICE), "is not who passes roles", id="a service passes"),
        pytest.param((PERSON, ROLE, "--passed-to", "lambda"), "is not an AWS service", id="no principal"),
        pytest.param(("--case", "x.json", "--passed-by", PERSON), "cannot be used with `--case`", id="a case"),
        pytest.param((SERVICE, ROLE, "--passed-to", SERVICE), "does not call PassRole", id="to a service by a service"),
    ],
)
def test_a_mistake_is_named(xdiag: Program, files: tuple[str, ...], flags: tuple[str, ...], said: str) -> None:
    run = xdiag("check", *flags, *(() if "--case" in flags else files))
    assert run.code == BAD_INPUT
    assert said in run.err
