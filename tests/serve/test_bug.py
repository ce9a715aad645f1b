"""A bug of ours is no answer: the agent is told so, a person finds it in the log, and a mistake stays a mistake."""

import asyncio
from typing import Any

import pytest
from mcp.types import CallToolRequestParams, CallToolResult
from msgspec.structs import replace
from tests.serve.session import text_of

from diagnose.errors import XdiagError
from diagnose.serve import server
from diagnose.serve.aside import Aside
from diagnose.serve.tools import TOOLS_BY_NAME, Premises


def called(error: Exception, monkeypatch: pytest.MonkeyPatch) -> CallToolResult:
    """Call a tool that raises."""

    def run(*_: Any) -> Any:
        raise error

    tool = replace(TOOLS_BY_NAME["explain_rule"], run=run)
    monkeypatch.setattr(server, "TOOLS_BY_NAME", {tool.name: tool})
    call = CallToolRequestParams(name=tool.name, arguments={"rule": "external-id-differs"})
    return asyncio.run(server._called(call, Premises(()), Aside(60)))


def test_a_bug_is_said_to_be_one_and_stands_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = called(RuntimeError("out of order"), monkeypatch)
    assert (result.is_error, result.structured_content) == (True, None)
    assert text_of(result) == "this is a bug in xdiag, not an answer; the server's standard error tells more"
    written = capsys.readouterr()
    assert written.err.splitlines()[-1] == "RuntimeError: out of order"
    # Standard output carries the protocol.
    assert written.out == ""


@pytest.mark.parametrize(("hint", "said"), [("", "no such file"), ("give another", "no such file; give another")])
def test_a_mistake_is_said_with_its_hint_and_is_no_matter_of_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], hint: str, said: str
) -> None:
    result = called(XdiagError("no such file", hint=hint), monkeypatch)
    assert (result.is_error, result.structured_content, text_of(result)) == (True, None, said)
    assert capsys.readouterr() == ("", "")
