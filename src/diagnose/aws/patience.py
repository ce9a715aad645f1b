"""Steps that do not depend on one another, taken at once, and how long all of them may take together."""

import time
from collections.abc import Callable, Iterable
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

AT_ONCE = 24
"""Calls that are on their way at the same time: enough for ten policies of three groups, and no burst."""


class Later(Generic[T]):
    """What a step gives that is being taken in a thread of its own.

    Threads are cheap beside a call to AWS, and one for each step can wait for others without a pool running dry. They
    are daemons: whoever presses Ctrl-C waits for none of them.
    """

    def __init__(self, step: Callable[[], T]) -> None:
        """Begin."""
        self._step = step
        self._done = Event()
        self._result: T
        self._error: BaseException | None = None
        Thread(target=self._take, daemon=True).start()

    def get(self) -> T:
        """Wait for the result. Raises what the step raises."""
        self._done.wait()
        return self._outcome()

    def get_within(self, seconds: float) -> T | None:
        """Wait no longer than so many seconds for a result that is not None."""
        return self._outcome() if self._done.wait(max(0, seconds)) else None

    def _take(self) -> None:
        try:
            self._result = self._step()
        except BaseException as error:
            self._error = error
        finally:
            self._done.set()

    def _outcome(self) -> T:
        if self._error is not None:
            raise self._error
        return self._result


def at_once(steps: Iterable[Callable[[], T]]) -> list[T]:
    """Take all steps at once, and give what they give, in their order."""
    return [later.get() for later in [Later(step) for step in steps]]


class Patience:
    """How long all calls of a check may take together. The clock starts with the first of them."""

    def __init__(self, seconds: float) -> None:
        """Keep the number of seconds."""
        self.seconds = seconds
        self._free = BoundedSemaphore(AT_ONCE)
        self._lock = Lock()
        self._end: float | None = None

    def within(self, step: Callable[[], T]) -> T | None:
        """Take a step when it is its turn; None where the time ran out, and then nobody waits for it any more."""
        if not self._free.acquire(timeout=max(0, self._left())):
            return None

        def step_in_turn() -> T:
            try:
                return step()
            finally:
                self._free.release()

        left = self._left()
        if left <= 0:
            self._free.release()
            return None
        return Later(step_in_turn).get_within(left)

    def _left(self) -> float:
        with self._lock:
            if self._end is None:
                self._end = time.monotonic() + self.seconds
            return self._end - time.monotonic()
