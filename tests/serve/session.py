"""An agent's session with the installed server: the SDK's own client over standard input and output."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import CallToolResult, TextContent
from tests.cli.program import XDIAG

_Result = TypeVar("_Result")

DEMOS = Path(__file__).parent.parent.parent / "fixtures" / "demo"


class Session:
    """A client that is connected. `portal` runs what is asynchronous."""

    def __init__(self, client: Client, portal: BlockingPortal, log: Path) -> None:
        self.client, self.portal, self._log = client, portal, log

    def do(self, ask: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Wait for what the client is asked."""

        async def asked() -> Any:
            return await ask(*arguments, **named)

        return self.portal.call(asked)

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Call a tool, and give its structured answer, which is also its text."""
        result: CallToolResult = self.do(self.client.call_tool, tool, arguments)
        assert not result.is_error, text_of(result)
        answer: dict[str, Any] = result.structured_content
        assert json.loads(text_of(result)) == answer
        assert text_of(result).isascii()
        return answer

    def refusal(self, tool: str, **arguments: Any) -> str:
        """Call a tool that does not answer, and give what it says instead."""
        result: CallToolResult = self.do(self.client.call_tool, tool, arguments)
        assert result.is_error
        assert result.structured_content is None
        return text_of(result)

    @property
    def log(self) -> str:
        """What the server has written to standard error."""
        return self._log.read_text()


@contextmanager
def connected(home: Path, *flags: str, environment: Mapping[str, str] | None = None) -> Iterator[Session]:
    """Start a server with nothing of the caller's environment, and connect to it."""
    server = StdioServerParameters(
        command=str(XDIAG), args=["serve", "--mcp", *flags], env=scrubbed(home, environment), cwd=home
    )
    log = home / "log"
    with (
        log.open("w") as errors,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(stdio_client(server, errlog=errors))) as client,
    ):
        yield Session(client, portal, log)


def scrubbed(home: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give an environment in which no AWS credentials are found."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        **(environment or {}),
    }


def demo(name: str) -> dict[str, Any]:
    """Give a bundled case."""
    case: dict[str, Any] = json.loads((DEMOS / f"{name}.json").read_text())
    return case


def text_of(result: CallToolResult) -> str:
    """Give the text of a result."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text
