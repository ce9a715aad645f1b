"""Steps that do not depend on one another, taken at once, and how long all of them may take together."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

AT_ONCE = 24
"""Calls that are on their way at the same time: enough for ten policies of three groups, and no burst."""
TIMEOUT = 30.0
"""Seconds for all calls of a check together, where nobody says otherwise."""


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
    """How long all calls of a check may take together. The clock starts with `begin`, or else with the first of them.

    It stands still while a person is asked.
    """

    def __init__(self, seconds: float) -> None:
        """Keep the number of seconds."""
        self.seconds = seconds
        self._free = BoundedSemaphore(AT_ONCE)
        self._lock = Lock()
        self._end: float | None = None
        self._paused_at: float | None = None

    def begin(self, at: float | None = None) -> None:
        """Start the clock, unless it runs already; `at` is what `time.monotonic` gave before now, None now."""
        with self._lock:
            if self._end is None:
                self._end = (time.monotonic() if at is None else at) + self.seconds

    def within(self, step: Callable[[], T]) -> T | None:
        """Take a step when it is its turn; None where the time ran out, and then nobody waits for it any more.

        INVARIANT: a step never gives None.
        """
        if not self._free.acquire(timeout=self.left()):
            return None

        def step_in_turn() -> T:
            try:
                return step()
            finally:
                self._free.release()

        if self.left() <= 0:
            self._free.release()
            return None
        later = Later(step_in_turn)
        # What is left grows while a person is asked.
        while (left := self.left()) > 0:
            result = later.get_within(left)
            if result is not None:
                return result
        return None

    def wait(self, seconds: float) -> bool:
        """Wait between two attempts; say whether there is time for another one."""
        time.sleep(min(seconds, self.left()))
        return self.left() > 0

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let no time pass. One at a time: a person answers one question after the other."""
        self.begin()
        with self._lock:
            self._paused_at = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                assert self._end is not None
                self._end += time.monotonic() - self._paused_at
                self._paused_at = None

    def left(self) -> float:
        """Give the seconds that are left, 0 where the time is over."""
        self.begin()
        with self._lock:
            assert self._end is not None
            return max(0, self._end - (self._paused_at or time.monotonic()))
