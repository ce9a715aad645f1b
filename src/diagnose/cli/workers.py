"""Worker processes; apart because a run of one process needs none of it."""

import contextlib
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Generic, TypeAlias, TypeVar

from diagnose.errors import XdiagError

Chunk = TypeVar("Chunk")
Tallied = TypeVar("Tallied")
Work: TypeAlias = Callable[[Chunk], tuple[bytes, Tallied]]
"""What a worker makes of a chunk: rows, and what they add up to. It is sent to the worker once, when that starts."""


def rows_from_workers(
    jobs: int, chunks: Iterable[Chunk], work: Work[Chunk, Tallied]
) -> Generator[tuple[bytes, Tallied], None, None]:
    """Make the rows of every chunk in `jobs` processes; return them in the order of the chunks.

    Call it from the main thread. The processes end when the iterator is closed.
    Raises XdiagError if one of them is killed.
    """
    workers: list[_Worker[Chunk, Tallied]] = []
    busy: deque[_Worker[Chunk, Tallied]] = deque()
    try:
        for chunk in chunks:
            if len(workers) < jobs:
                worker = _Worker(work)
                workers.append(worker)
            else:
                worker = busy.popleft()
                yield worker.answer()
            worker.ask(chunk)
            busy.append(worker)
        while busy:
            yield busy.popleft().answer()
    finally:
        for worker in workers:
            worker.stop()


class _Worker(Generic[Chunk, Tallied]):
    """A process that makes rows. It shares nothing with its parent, and ends with it."""

    def __init__(self, work: Work[Chunk, Tallied]) -> None:
        """Start it, ignoring Ctrl-C from the first moment on: the parent handles it, and ends its workers."""
        context = get_context("spawn")
        self._pipe, its_end = context.Pipe()
        self._process = context.Process(target=_work, args=(its_end, work), daemon=True)
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._process.start()
        finally:
            signal.signal(signal.SIGINT, handler)
        its_end.close()

    def ask(self, chunk: Chunk) -> None:
        """Send a chunk. The rows of the one before must have been received."""
        try:
            self._pipe.send(chunk)
        except OSError:
            raise self._lost() from None

    def answer(self) -> tuple[bytes, Tallied]:
        """Wait for the rows of the chunk that was sent."""
        try:
            rows: bytes = self._pipe.recv_bytes()
            tally: Tallied = self._pipe.recv()
        except (OSError, EOFError):
            raise self._lost() from None
        return rows, tally

    def _lost(self) -> Exception:
        """Distinguish a process that was killed from one that a bug ended, which has printed its traceback."""
        self._process.join()
        if (self._process.exitcode or 0) >= 0:
            return RuntimeError("a worker process has failed")
        hint = "perhaps memory ran out: continue with `--resume` and fewer `--jobs`"
        return XdiagError("a worker process was killed", hint=hint)

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.join()
        self._pipe.close()


def _work(pipe: Connection, work: Work[Chunk, Tallied]) -> None:
    """Make rows of the chunks that arrive, until the pipe closes."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            rows, tally = work(pipe.recv())
            pipe.send_bytes(rows)
            pipe.send(tally)
