"""Worker processes for a batch; apart because a batch of one process needs none of it."""

import contextlib
import signal
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection

from diagnose.batch import Line, Tally, make_rows
from diagnose.causes.rule import Rule
from diagnose.errors import XdiagError
from diagnose.report import Lines


def rows_from_workers(
    jobs: int,
    chunks: Iterable[Sequence[Line]],
    rules: Sequence[Rule] | None,
    form: Lines = Lines.JSONL,
    *,
    findings: bool = False,
) -> Generator[tuple[bytes, Tally], None, None]:
    """Make the rows of every chunk in `jobs` processes; return them in the order of the chunks.

    Call it from the main thread. The processes end when the iterator is closed.
    Raises XdiagError if one of them is killed.
    """
    workers: list[_Worker] = []
    busy: deque[_Worker] = deque()
    try:
        for chunk in chunks:
            if len(workers) < jobs:
                worker = _Worker(rules, form, findings)
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


class _Worker:
    """A process that makes rows. It shares nothing with its parent, and ends with it."""

    def __init__(self, rules: Sequence[Rule] | None, form: Lines, findings: bool) -> None:
        """Start it, ignoring Ctrl-C from the first moment on: the parent handles it, and ends its workers."""
        context = get_context("spawn")
        self._pipe, its_end = context.Pipe()
        self._process = context.Process(target=_work, args=(its_end, rules, form, findings), daemon=True)
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._process.start()
        finally:
            signal.signal(signal.SIGINT, handler)
        its_end.close()

    def ask(self, chunk: Sequence[Line]) -> None:
        """Send lines. The rows of the lines before must have been received."""
        try:
            self._pipe.send(chunk)
        except OSError:
            raise self._lost() from None

    def answer(self) -> tuple[bytes, Tally]:
        """Wait for the rows of the lines that were sent."""
        try:
            rows: bytes = self._pipe.recv_bytes()
            tally: Tally = self._pipe.recv()
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


def _work(pipe: Connection, rules: Sequence[Rule] | None, form: Lines, findings: bool) -> None:
    """Make rows of the lines that arrive, until the pipe closes."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            rows, tally = make_rows(pipe.recv(), rules, form, findings=findings)
            pipe.send_bytes(rows)
            pipe.send(tally)
