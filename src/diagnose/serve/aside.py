"""Work beside the protocol: in threads that a given-up call leaves behind, and that never keep the process."""

import asyncio
import contextlib
from collections.abc import Callable
from contextvars import copy_context
from threading import Lock, Thread
from typing import Any, TypeVar

import anyio

from diagnose.errors import XdiagError

_Result = TypeVar("_Result")

MOST_AT_ONCE = 8
"""Calls at a time, those included that were given up and still run to their end."""


class Aside:
    """Runs work in daemon threads, so many at a time, each for so long."""

    def __init__(self, seconds: float) -> None:
        """Give each piece of work so many seconds."""
        self._seconds = seconds
        self._running = 0
        self._lock = Lock()

    async def run(self, work: Callable[[], _Result]) -> _Result:
        """Wait for a piece of work. Whoever cancels the wait, or waits too long, leaves the work to itself.

        Raises XdiagError where it takes too long, and where too much is running; and whatever the work raises.
        """
        with self._lock:
            if self._running >= MOST_AT_ONCE:
                raise XdiagError(f"{MOST_AT_ONCE} calls are running already", hint="wait until one of them is answered")
            self._running += 1
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[_Result] = loop.create_future()

        def tell(settle: Callable[[Any], None], outcome: object) -> None:
            if not answered.done():
                settle(outcome)

        def do() -> None:
            try:
                settle, outcome = answered.set_result, work()
            except BaseException as error:  # it is raised where it is waited for
                settle, outcome = answered.set_exception, error  # type: ignore[assignment]  # so it is an exception
            with self._lock:
                self._running -= 1
            # The loop is closed where the server ended before the work did.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(tell, settle, outcome)

        Thread(target=copy_context().run, args=(do,), name="xdiag call", daemon=True).start()
        with anyio.move_on_after(self._seconds):
            return await answered
        hint = "give less evidence, or less time for AWS with `timeout`"
        raise XdiagError(f"there was no answer within {self._seconds:g} seconds", hint=hint)
