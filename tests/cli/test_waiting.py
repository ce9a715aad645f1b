"""What whoever waits for AWS sees, and for how long."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.program import BAD_INPUT, NOTHING_GATHERED, Program

ARNS = ("arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy")


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a server that takes every connection and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(200)
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
        "AWS_REGION": "eu-west-1",
    }


def test_a_silent_endpoint_is_answered_within_the_timeout_and_soon_without_a_word(
    xdiag: Program, silent: str, environment: dict[str, str]
) -> None:
    start = time.monotonic()
    run = xdiag("check", *ARNS, "--endpoint-url", silent, "--timeout", "2", env=environment)
    # One attempt alone waits for 20 s; a busy machine takes its time to end a program.
    assert 1.5 < time.monotonic() - start < 8
    assert run.code == NOTHING_GATHERED
    assert run.err.splitlines()[0] == "xdiag: nothing could be read on either side"
    assert "no answer to sts:GetCallerIdentity within the 2 s that --timeout allows for all calls" in run.err


@pytest.mark.parametrize(
    ("asked", "call"),
    [
        pytest.param((), "sts:GetCallerIdentity", id="who the source is"),
        pytest.param(("--service-account", "shop/cart", "--cluster", "main"), "eks:DescribeCluster", id="the cluster"),
    ],
)
def test_what_is_read_before_the_evidence_is_waited_for_no_longer(
    xdiag: Program, silent: str, environment: dict[str, str], asked: tuple[str, ...], call: str
) -> None:
    start = time.monotonic()
    run = xdiag("check", ARNS[1], *asked, "--endpoint-url", silent, "--timeout", "1", env=environment)
    assert time.monotonic() - start < 8
    assert f"no answer to {call} within the 1 s that --timeout allows for all calls" in run.err


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e400", "86401"])
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("check", *ARNS), id="check"),
        pytest.param(("check", ARNS[1]), id="check with a source that is asked for"),
        pytest.param(("doctor",), id="doctor"),
        pytest.param(("collect", *ARNS), id="collect"),
        pytest.param(("collect", "--org", "dumps"), id="collect of an organization"),
    ],
)
def test_a_time_that_nobody_can_wait_is_a_mistake(
    xdiag: Program, silent: str, environment: dict[str, str], command: tuple[str, ...], seconds: str
) -> None:
    run = xdiag(*command, "--endpoint-url", silent, "--timeout", seconds, env=environment)
    assert run.code == BAD_INPUT
    assert run.err.startswith(f"xdiag: `--timeout {float(seconds):g}` is not a time that can be waited\n")


def test_whoever_waits_for_more_than_five_seconds_is_told_what_for(
    xdiag: Program, silent: str, environment: dict[str, str]
) -> None:
    run = xdiag("check", *ARNS, "--endpoint-url", silent, "--timeout", "6", env=environment)
    lines = run.err.splitlines()
    assert lines[0] == "xdiag: asking AWS who signs with the default credentials"
    assert len(lines) == len(set(lines)), "a line a step"
    assert "\x1b" not in run.err
    assert run.out == ""
