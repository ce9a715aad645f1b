"""Processes that make rows, for a batch that one would be too slow for."""

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
    jobs: int, chunks: Iterable[Sequence[Line]], rules: Sequence[Rule] | None, form: Lines = Lines.JSONL
) -> Generator[tuple[bytes, Tally], None, None]:
    """Give `make_rows` of every chunk, in order, worked out by so many processes, each with one chunk at a time.

    To be called from the main thread. The processes end when the iterator is closed.
    Raises XdiagError if one of them is killed.
    """
    workers: list[_Worker] = []
    busy: deque[_Worker] = deque()
    try:
        for chunk in chunks:
            if len(workers) < jobs:
                worker = _Worker(rules, form)
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
    """A process that makes rows. It shares nothing with us, and ends when nobody is there to ask it any more."""

    def __init__(self, rules: Sequence[Rule] | None, form: Lines) -> None:
        """Start it, deaf to Ctrl-C from its first moment on: we are who hears it, and ends the others."""
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, rules, form), daemon=True)
        heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._process.start()
        finally:
            signal.signal(signal.SIGINT, heard)
        theirs.close()

    def ask(self, chunk: Sequence[Line]) -> None:
        """Hand over lines, once the ones before are answered."""
        try:
            self._pipe.send(chunk)
        except OSError:
            raise self._lost() from None

    def answer(self) -> tuple[bytes, Tally]:
        """Wait for the rows of the lines that were handed over."""
        try:
            rows: bytes = self._pipe.recv_bytes()
            tally: Tally = self._pipe.recv()
        except (OSError, EOFError):
            raise self._lost() from None
        return rows, tally

    def _lost(self) -> Exception:
        """Tell a process that somebody killed from one that a bug of ours has ended, of which it has told itself."""
        self._process.join()
        if (self._process.exitcode or 0) >= 0:
            return RuntimeError("a process that makes rows has failed")
        hint = "perhaps memory ran out: go on with `--resume` and fewer `--jobs`"
        return XdiagError("a process that makes rows was killed", hint=hint)

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._process.terminate()
        self._process.join()
        self._pipe.close()


def _work(pipe: Connection, rules: Sequence[Rule] | None, form: Lines) -> None:
    """Make rows of what comes, until nothing can come any more."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            rows, tally = make_rows(pipe.recv(), rules, form)
            pipe.send_bytes(rows)
            pipe.send(tally)
