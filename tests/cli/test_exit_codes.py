"""Exit codes, which scripts and CI read."""

import json
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from tests.cases import DEMOS
from tests.cli.program import ALLOWED, BAD_INPUT, DENIED, INTERRUPTED, NOTHING_GATHERED, UNDETERMINED, Program

BUG = 70
SOURCE, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_REGION": "us-east-1"}


@pytest.mark.parametrize(
    ("name", "expect", "code"),
    [
        pytest.param("allowed", None, ALLOWED, id="allowed"),
        pytest.param("wrong-principal", None, DENIED, id="denied"),
        pytest.param("one-side-unread", None, UNDETERMINED, id="undetermined"),
        pytest.param("allowed", "allowed", ALLOWED, id="allowed, as expected"),
        pytest.param("allowed", "denied", DENIED, id="allowed, and expected to be denied"),
        pytest.param("wrong-principal", "denied", ALLOWED, id="denied, as expected"),
        pytest.param("wrong-principal", "allowed", DENIED, id="denied, and expected to be allowed"),
        pytest.param("one-side-unread", "allowed", UNDETERMINED, id="undetermined, and expected to be allowed"),
        pytest.param("one-side-unread", "denied", UNDETERMINED, id="undetermined, and expected to be denied"),
    ],
)
def test_the_exit_code_tells_the_verdict(xdiag: Program, name: str, expect: str | None, code: int) -> None:
    expected = ("--expect", expect) if expect else ()
    run = xdiag("check", "--case", DEMOS / f"{name}.json", *expected)
    assert (run.code, run.err) == (code, "")


@pytest.mark.parametrize(
    ("message", "first"),
    [
        pytest.param(
            "AccessDenied", "DENIED: AWS refused it (`AccessDenied`); the policies that were read", id="denied"
        ),
        pytest.param("ExpiredToken", "FAILED: AWS refused it (`ExpiredToken`), though not because of a", id="expired"),
        pytest.param("no luck", "FAILED: AWS refused it, with an error that xdiag does not know;", id="not understood"),
    ],
)
def test_what_aws_refused_is_no_success(xdiag: Program, message: str, first: str) -> None:
    run = xdiag("check", "--case", DEMOS / "allowed.json", "--message", message)
    assert (run.code, run.err) == (DENIED, "")
    assert run.out.startswith(first)


def test_what_aws_said_before_a_policy_was_proposed_does_not_count(xdiag: Program, tmp_path: Path) -> None:
    proposed = tmp_path / "p.json"
    proposed.write_text('{"Version": "2012-10-17", "Statement": []}')
    asked = ("check", "--case", DEMOS / "allowed.json", "--message", "AccessDenied")
    assert xdiag(*asked, "--with-identity-policy", proposed).code == ALLOWED
    assert xdiag(*asked, "--region", "eu-west-3").code == DENIED


def test_a_demo_succeeds_whatever_its_verdict_is(xdiag: Program) -> None:
    assert xdiag("demo", "wrong-principal").code == 0


def test_nothing_gathered_is_an_answer_of_its_own(xdiag: Program) -> None:
    run = xdiag("check", SOURCE, ROLE, "--endpoint-url", _closed_port(), env=KEYS)
    assert (run.code, run.out) == (NOTHING_GATHERED, "")
    assert run.err.startswith("xdiag: nothing could be read on either side\n")
    reasons = run.err.splitlines()[1].strip().split("; ")
    assert len(reasons) == len(set(reasons))
    assert "Traceback" not in run.err
    assert KEYS["AWS_SECRET_ACCESS_KEY"] + "\n" not in run.err


def test_a_bug_is_not_taken_for_a_denial(tmp_path: Path) -> None:
    (tmp_path / "yaml.py").write_text("raise RuntimeError('out of order')")
    run = Program(tmp_path).process("explain", "external-id-differs", env={"PYTHONPATH": str(tmp_path)})
    assert (run.code, run.out) == (BUG, "")
    assert "RuntimeError: out of order" in run.err
    assert run.err.splitlines()[-1].startswith("xdiag: this is a bug, not an answer")


@pytest.mark.parametrize("command", ["check", "collect"])
def test_an_interrupted_run_leaves_nothing_behind(xdiag: Program, command: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        process = subprocess.Popen(
            xdiag.command(command, SOURCE, ROLE, "--endpoint-url", url, "--save-case", tmp_path / "case.json"),
            env={**xdiag.environment, **KEYS},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        # From here on, the program waits for an answer that never comes.
        connection, _ = server.accept()
        with connection:
            connection.recv(1)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
    assert process.returncode == INTERRUPTED
    assert (out, err) == (b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_run_keeps_the_file_that_was_there(xdiag: Program, tmp_path: Path) -> None:
    kept = tmp_path / "case.json"
    kept.write_text("as before")
    run = xdiag("check", SOURCE, ROLE, "--endpoint-url", _closed_port(), "--save-case", kept, env=KEYS)
    assert run.code == NOTHING_GATHERED
    assert [path.read_text() for path in tmp_path.iterdir()] == ["as before"]


def test_bad_usage_is_no_verdict(xdiag: Program) -> None:
    assert xdiag("check").code == BAD_INPUT


def _closed_port() -> str:
    """The URL of a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.mark.parametrize(
    ("source", "role", "cause"),
    [
        pytest.param("arn:aws-cn:iam::111111111111:user/ci", "role/Deploy", "partition-differs", id="two partitions"),
        pytest.param("arn:aws:iam::111111111111:root", "role/Deploy", "caller-root", id="a root user"),
        pytest.param(
            "arn:aws:iam::111111111111:user/ci",
            "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
            "role-service-linked",
            id="a service-linked role",
        ),
        pytest.param(
            "arn:aws:iam::111111111111:user/ci",
            "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
            "role-reserved",
            id="a role of a permission set",
        ),
    ],
)
def test_what_two_arns_settle_needs_no_evidence(xdiag: Program, source: str, role: str, cause: str) -> None:
    run = xdiag("check", source, f"arn:aws:iam::222222222222:{role}", "--output", "json")
    assert (run.code, json.loads(run.out)["primary_cause"]) == (1, cause)
