"""Results go to standard output, everything else to standard error; and the exit codes."""

import contextlib
import errno
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from diagnose.errors import XdiagError
from diagnose.model.diagnosis import Verdict


class Color(StrEnum):
    """When a report is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def print_result(text: str) -> None:
    """Write a result. Characters that the terminal's encoding lacks are escaped.

    A reader that closes the pipe early, such as `head`, is no error: the exit code still gives the verdict.

    Raises XdiagError if the result cannot be written, for example because the disk is full.
    """
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    with contextlib.suppress(BrokenPipeError), _writing():
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()


def write_rows(rows: bytes) -> None:
    """Write some of many results.

    Raises XdiagError if they cannot be written, and BrokenPipeError if the reader has closed the pipe.
    """
    with _writing():
        sys.stdout.buffer.write(rows)
        sys.stdout.flush()


def print_error(error: XdiagError) -> None:
    """Write a user's mistake and what was expected."""
    lines = [f"xdiag: {_told(error.message)}", *([f"  {_told(error.hint)}"] if error.hint else [])]
    write_error("\n".join(lines) + "\n")


def write_error(text: str) -> None:
    """Write to standard error; where nothing can be written, the exit code alone has to tell."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _silence(sys.stderr)


def unwritten(error: Exception) -> XdiagError | None:
    """Make a user's error of an exception that says that a result could not be written; None of any other."""
    return _not_written(error) if isinstance(error, OSError) and error.errno in _OF_A_FULL_DISK else None


def print_note(text: str) -> None:
    """Tell what was done besides the result."""
    sys.stderr.write(f"xdiag: {_told(text)}\n")


def _told(text: str) -> str:
    """Make a sentence safe for a terminal; what it quotes is cut where it is longer than any ARN."""
    from diagnose.report.safe_text import visible

    return _LONG_QUOTE.sub(r"\1…`", visible(text))


_LONG_QUOTE = re.compile(r"(`[^`]{640})[^`]+`")


def print_warning(mistake: XdiagError, what_then: str) -> None:
    """Tell of a mistake that does not end the command, and what happens in spite of it."""
    print_note("; ".join(filter(None, (mistake.message, mistake.hint, what_then))))


def uses_color(color: Color) -> bool:
    """Say whether to colour the result; NO_COLOR, FORCE_COLOR and dumb terminals count."""
    if color is not Color.AUTO:
        return color is Color.ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE"):
        return True
    return writes_to_terminal() and os.environ.get("TERM") != "dumb"


def output_width() -> int:
    """Return the terminal's width, or 80 if the output goes elsewhere."""
    return min(120, shutil.get_terminal_size((80, 24)).columns) if writes_to_terminal() else 80


@contextmanager
def progress(*, after: float = 5) -> Iterator[Callable[[str], None]]:
    """Show the current step on a terminal; elsewhere write a line a step once so many seconds have passed."""
    if not _shows_steps():
        with _lines(after) as tell:
            yield tell
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True)
    with console.status(Text("starting")) as status:
        yield lambda step: status.update(Text(step))


def progress_beside_rows(to: Path | None) -> contextlib.AbstractContextManager[Callable[[str], None]]:
    """Show progress, unless the rows go to the same screen. `to` is the file that they go to, if there is one."""
    return contextlib.nullcontext(lambda _: None) if to is None and writes_to_terminal() else progress()


def counts_are_due(last: float, now: float) -> bool:
    """Say whether to tell again how far it is: a log keeps every line, a terminal shows the last one alone."""
    return now > last + (_ON_TERMINAL if _shows_steps() else _IN_A_LOG)


_ON_TERMINAL, _IN_A_LOG = 0.2, 10
"""Seconds from one count to the next."""


def _shows_steps() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def terminal_given_back() -> Iterator[None]:
    """Leave the terminal as it was: Ctrl-C may come while it does not show what is typed."""
    import termios

    try:
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
    except (OSError, ValueError, termios.error):
        yield
        return
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def writes_to_terminal() -> bool:
    """Say whether results go to a terminal."""
    return sys.stdout.isatty()


ALLOWED, DENIED, BAD_INPUT, UNDETERMINED, NOTHING_GATHERED, INTERRUPTED = 0, 1, 2, 3, 4, 130


READER_LEFT = 141
"""The code by which a shell reports SIGPIPE: the remaining rows have no verdict."""


def exit_code(verdict: Verdict, expected: Verdict | None = None) -> int:
    """Return the exit code of a verdict; if a verdict is expected, 0 means that it came."""
    if expected is not None:
        return ALLOWED if verdict is expected else (UNDETERMINED if verdict is Verdict.UNDETERMINED else DENIED)
    return _BY_VERDICT[verdict]


@contextmanager
def _lines(after: float) -> Iterator[Callable[[str], None]]:
    """Keep the steps back for a while: who gets an answer soon need not read them, and who waits wants to know why."""
    from threading import Lock, Timer

    from diagnose.report.safe_text import visible

    lock, kept, open_ = Lock(), list[str](), False

    def write(step: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(f"xdiag: {visible(step)}\n")
            sys.stderr.flush()

    def tell(step: str) -> None:
        with lock:
            if open_:
                write(step)
            else:
                kept.append(step)

    def begin() -> None:
        nonlocal open_
        with lock:
            open_ = True
            for step in kept:
                write(step)

    timer = Timer(after, begin)
    timer.daemon = True
    timer.start()
    try:
        yield tell
    finally:
        timer.cancel()


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        _silence(sys.stdout)
        raise
    except OSError as error:
        raise _not_written(error) from None


def _not_written(error: OSError) -> XdiagError:
    _silence(sys.stdout)
    reason = (error.strerror or str(error)).lower()
    return XdiagError(f"the result cannot be written: {reason}", hint="is there space on the disk?")


def _silence(stream: TextIO) -> None:
    """Point a stream at /dev/null once it fails, or Python writes the rest of its buffer again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


_OF_A_FULL_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_BY_VERDICT = {Verdict.ALLOWED: ALLOWED, Verdict.DENIED: DENIED, Verdict.UNDETERMINED: UNDETERMINED}
