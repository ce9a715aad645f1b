"""What an agent's client may do to the server: ask at once, give up, leave; and what may stand on standard output."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from tests.cli.program import XDIAG
from tests.cli.server import Sts, served
from tests.serve.session import Session, connected, demo, scrubbed

USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
KEY = "AKIAEXAMPLE000000001"
HELLO = {
    "jsonrpc": "2.0",
    "id": 0,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
BOTH = {"source_arn": USER, "dest_role_arn": ROLE}


def signing(url: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": url,
    }


@pytest.fixture
def slow() -> Iterator[Sts]:
    with served(Sts({KEY: USER}, delay=3)) as sts:
        yield sts


def test_calls_at_once_are_each_answered(session: Session) -> None:
    names = ["external-id", "allowed", "scp-region", "one-side-unread", "wrong-principal"] * 2

    async def ask_all() -> list[Any]:
        answers: list[Any] = [None] * len(names)

        async def ask(place: int, name: str) -> None:
            while answers[place] is None:
                result = await session.client.call_tool("check", {"case": demo(name)})
                busy = result.is_error and "running already" in result.content[0].text  # type: ignore[union-attr]  # text
                answers[place] = None if busy else result.structured_content

        async with anyio.create_task_group() as group:
            for place, name in enumerate(names):
                group.start_soon(ask, place, name)
        return answers

    alone = {name: session.call("check", case=demo(name)) for name in names}
    assert session.portal.call(ask_all) == [alone[name] for name in names]


def test_a_call_that_is_given_up_does_not_keep_the_next_one(tmp_path: Path, slow: Sts) -> None:
    with connected(tmp_path, environment=signing(slow.url)) as session:

        async def give_up() -> None:
            with anyio.move_on_after(1):
                await session.client.call_tool("check", BOTH)

        session.portal.call(give_up)
        began = time.monotonic()
        assert session.call("explain_rule", rule="external-id-differs")
        assert time.monotonic() - began < 3


def test_a_call_that_takes_too_long_is_a_tool_error(tmp_path: Path, slow: Sts) -> None:
    with connected(tmp_path, "--call-timeout", "1", environment=signing(slow.url)) as session:
        assert "there was no answer within 1 seconds" in session.refusal("check", **BOTH)
        assert session.call("check", case=demo("allowed"))["verdict"] == "allowed"


def test_the_time_for_aws_begins_with_each_call(tmp_path: Path) -> None:
    with (
        served(Sts({KEY: USER})) as sts,
        connected(tmp_path, environment=signing(sts.url)) as session,
    ):
        time.sleep(2)
        session.call("check", **BOTH, timeout=1.5)
        assert sts.sent("GetCallerIdentity") or sts.sent("GetUser")


def test_nothing_is_tried_unless_both_the_agent_and_the_server_say_so(tmp_path: Path) -> None:
    with served(Sts({KEY: USER})) as sts:
        with connected(tmp_path, environment=signing(sts.url)) as session:
            session.call("check", **BOTH)
            session.refusal("check", **BOTH, attempt=True)
        with connected(tmp_path, "--allow-attempt", environment=signing(sts.url)) as session:
            session.call("check", **BOTH)
            assert not sts.sent("AssumeRole")
            assert session.call("check", **BOTH, attempt=True)["verdict"] == "allowed"
            assert "wJalrXUtnFEMI" not in session.log
        assert len(sts.sent("AssumeRole")) == 1


def test_answers_are_redacted_where_the_server_is_told_so(tmp_path: Path) -> None:
    with connected(tmp_path, "--redact") as session:
        answer = session.call("check", case=demo("external-id"), detail="full")
    assert answer["verdict"] == "denied"
    assert not any(word in json.dumps(answer) for word in ("222222222222", "Deploy", "acme-42"))


def test_rules_of_ones_own_are_served(tmp_path: Path) -> None:
    with connected(tmp_path) as session:
        page = session.call("explain_rule", rule="external-id-differs")["page"]
    assert page
    broken = tmp_path / "rules"
    broken.mkdir()
    (broken / "my-own-rule.yaml").write_text("title: [")
    run = subprocess.run(
        [XDIAG, "serve", "--mcp", "--rules", broken],
        capture_output=True,
        text=True,
        check=False,
        env=scrubbed(tmp_path),
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert "my-own-rule.yaml" in run.stderr


def speak(process: subprocess.Popen[str], *messages: object) -> None:
    assert process.stdin is not None
    for message in messages:
        process.stdin.write(f"{message if isinstance(message, str) else json.dumps(message)}\n")
    process.stdin.flush()


def called(number: int, tool: str, **arguments: object) -> dict[str, object]:
    return {
        "jsonrpc": "2.0",
        "id": number,
        "method": "tools/call",
        "params": {"name": tool, "arguments": arguments},
    }


@pytest.fixture
def process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    helper = tmp_path / "helper.sh"
    helper.write_text('#!/bin/sh\necho noise\nread line\necho "$line" >&2\nexit 1\n')
    helper.chmod(0o700)
    config = tmp_path / "config"
    config.write_text(f"[profile noisy]\ncredential_process = sh -c 'echo noise >&2; {helper}'\n")
    environment = scrubbed(tmp_path, {"AWS_CONFIG_FILE": str(config)})
    with subprocess.Popen(
        [XDIAG, "serve", "--mcp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as one:
        yield one
        one.kill()


def test_standard_output_carries_the_protocol_only(process: subprocess.Popen[str]) -> None:
    speak(process, HELLO, {"jsonrpc": "2.0", "method": "notifications/initialized"}, "not JSON")
    assert process.stdout is not None
    answers = [json.loads(process.stdout.readline())]
    speak(
        process,
        called(1, "check", **BOTH, source_profile="noisy", dest_profile="noisy"),
        called(2, "check", case=demo("external-id")),
        called(3, "check", case="-"),
    )
    while not {0, 1, 2, 3} <= {answer["id"] for answer in answers}:
        answers.append(json.loads(process.stdout.readline()))
    out, _ = process.communicate(timeout=20)
    assert out == ""
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param(json.dumps(called(1, "explain_rule", rule="\ud83d")), -32700, id="half of a character"),
        pytest.param("not JSON", -32700, id="no JSON"),
        pytest.param('{"jsonrpc": "2.0", "id": 1', -32700, id="a line that breaks off"),
        pytest.param("", None, id="an empty line asks nothing"),
        pytest.param(json.dumps({"jsonrpc": "2.0", "id": 1, "result": {}}), None, id="an answer to nothing"),
        pytest.param(json.dumps(called(1, "explain_rule", rule="\U0001f600")), None, id="a whole character"),
    ],
)
def test_a_line_that_cannot_be_read_is_answered_and_the_next_is_read(
    line: str, code: int | None, process: subprocess.Popen[str]
) -> None:
    speak(process, HELLO, {"jsonrpc": "2.0", "method": "notifications/initialized"}, line, called(2, "explain_rule"))
    assert process.stdout is not None
    answers: list[dict[str, Any]] = [{}]
    while answers[-1].get("id") != 2:
        answers.append(json.loads(process.stdout.readline()))
    refused = [answer["error"]["code"] for answer in answers if answer.get("id", 0) is None]
    assert refused == ([] if code is None else [code])
    assert process.communicate(timeout=20)[0] == ""


def test_the_server_ends_with_its_client(process: subprocess.Popen[str]) -> None:
    speak(process, HELLO)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["id"] == 0
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=10) == 0


def test_it_does_not_wait_for_what_nobody_waits_for(tmp_path: Path) -> None:
    with (
        served(Sts({KEY: USER}, delay=20)) as sts,
        subprocess.Popen(
            [XDIAG, "serve", "--mcp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=scrubbed(tmp_path, signing(sts.url)),
        ) as process,
    ):
        speak(process, HELLO)
        assert process.stdout is not None
        process.stdout.readline()
        speak(process, {"jsonrpc": "2.0", "method": "notifications/initialized"}, called(1, "check", **BOTH))
        time.sleep(2)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=5) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_ends_it_at_once(number: signal.Signals, code: int, process: subprocess.Popen[str]) -> None:
    speak(process, HELLO)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    assert process.wait(timeout=10) == code


def test_a_protocol_has_to_be_named(tmp_path: Path) -> None:
    run = subprocess.run([XDIAG, "serve"], capture_output=True, text=True, check=False, env=scrubbed(tmp_path))
    assert (run.returncode, run.stdout) == (2, "")
    assert "expected `xdiag serve --mcp`" in run.stderr


@pytest.mark.parametrize("seconds", ["nan", "inf"])
def test_a_call_cannot_have_a_time_without_an_end(seconds: str, tmp_path: Path) -> None:
    command = [str(XDIAG), "serve", "--mcp", "--call-timeout", seconds]
    run = subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=scrubbed(tmp_path)
    )
    assert run.returncode == 2
    assert f"`--call-timeout {seconds}` is not a time that can be waited" in run.stderr


@pytest.mark.parametrize("missing", ["mcp_types", "mcp.server", "anyio"])
def test_without_the_extra_it_says_what_to_install(missing: str, tmp_path: Path) -> None:
    (tmp_path / "mcp_types.py").write_text(f"raise ModuleNotFoundError('no', name='{missing}')")
    environment = {**scrubbed(tmp_path), "PYTHONPATH": str(tmp_path)}
    run = subprocess.run([XDIAG, "serve", "--mcp"], capture_output=True, text=True, check=False, env=environment)
    assert (run.returncode, run.stdout) == (2, "")
    assert "pip install 'xdiag[mcp]'" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("missing", ["name='ours'", "name='mcpx.server'", "name=None"])
def test_another_module_that_is_missing_is_a_bug(missing: str, tmp_path: Path) -> None:
    (tmp_path / "mcp_types.py").write_text(f"raise ModuleNotFoundError('no', {missing})")
    environment = {**scrubbed(tmp_path), "PYTHONPATH": str(tmp_path)}
    run = subprocess.run([XDIAG, "serve", "--mcp"], capture_output=True, text=True, check=False, env=environment)
    assert run.returncode not in (0, 2)
    assert "pip install" not in run.stderr
    assert "ModuleNotFoundError: no" in run.stderr
