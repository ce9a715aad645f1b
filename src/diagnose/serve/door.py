"""What comes in at the door: a line that is not JSON is answered, where the SDK drops it without a word.

Apart from the server, which reads what is left.
"""

from typing import Any, Self

import anyio
from mcp import types as protocol
from mcp.shared.message import SessionMessage


class Door:
    """Lines as messages, as the SDK reads them. Whoever sent one that cannot be read would wait for its answer."""

    def __init__(self, incoming: Any, outgoing: Any) -> None:
        """Stand before a stream of messages, and answer by another."""
        self._incoming, self._outgoing = incoming, outgoing

    @property
    def last_context(self) -> Any:
        """The context of the last message, which the SDK restores."""
        return self._incoming.last_context

    async def receive(self) -> SessionMessage | Exception:
        """Give the next message, or what is wrong with it."""
        message: SessionMessage | Exception = await self._incoming.receive()
        if _is_no_json(message):
            error = protocol.ErrorData(code=protocol.PARSE_ERROR, message=_WORDS)
            # Which request it was cannot be read: https://www.jsonrpc.org/specification#response_object
            answer = protocol.JSONRPCError(jsonrpc="2.0", id=None, error=error)
            await self._outgoing.send(SessionMessage(answer))
        return message

    async def aclose(self) -> None:
        """Take no more messages."""
        await self._incoming.aclose()

    def __aiter__(self) -> Self:
        """Go through the messages."""
        return self

    async def __anext__(self) -> SessionMessage | Exception:
        """Give the next message, or end with the last one."""
        try:
            return await self.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        """Open nothing: the stream is open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take no more messages."""
        await self.aclose()


_WORDS = "the line is not JSON, or half of a character stands in it alone (a surrogate such as `\\ud83d`)"


def _is_no_json(message: SessionMessage | Exception) -> bool:
    """Say whether a line is not JSON; an empty one asks nothing."""
    # The SDK hands on what pydantic, which it reads lines with, raises.
    mistakes: Any = getattr(message, "errors", tuple)
    return any(one["type"] == "json_invalid" and str(one["input"]).strip() for one in mistakes())
