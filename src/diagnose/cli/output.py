"""Where words go: results to standard output, all else to standard error."""

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

from diagnose.errors import XdiagError
from diagnose.model.diagnosis import Verdict


class Color(StrEnum):
    """When a report is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def print_result(text: str) -> None:
    """Write a result. What the terminal's encoding cannot hold is written as an escape.

    A reader that has seen enough, such as `head`, changes nothing: the exit code still tells the verdict.

    Raises XdiagError where nothing can be written, on a disk that is full, say.
    """
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    with contextlib.suppress(BrokenPipeError), _writing():
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()


def write_rows(rows: bytes) -> None:
    """Write some of many results. There is no use in going on where nobody reads them any more.

    Raises XdiagError where nothing can be written, and BrokenPipeError where the reader has left.
    """
    with _writing():
        sys.stdout.buffer.write(rows)
        sys.stdout.flush()


def print_error(error: XdiagError) -> None:
    """Write a user's mistake, and what to do about it."""
    from diagnose.report.safe_text import visible

    lines = [f"xdiag: {visible(error.message)}", *([f"  {visible(error.hint)}"] if error.hint else [])]
    sys.stderr.write("\n".join(lines) + "\n")


def colored(color: Color) -> bool:
    """Say whether to colour, minding NO_COLOR, FORCE_COLOR and a terminal that can do nothing."""
    if color is not Color.AUTO:
        return color is Color.ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE"):
        return True
    return writes_to_terminal() and os.environ.get("TERM") != "dumb"


def output_width() -> int:
    """Give the terminal's width, or 80 columns where the output goes elsewhere."""
    return min(120, shutil.get_terminal_size((80, 24)).columns) if writes_to_terminal() else 80


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show what is being waited for, where a person watches; elsewhere say nothing."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True)
    with console.status(Text("starting")) as status:
        yield lambda step: status.update(Text(step))


def writes_to_terminal() -> bool:
    """Say whether results go to a terminal."""
    return sys.stdout.isatty()


ALLOWED, DENIED, BAD_INPUT, UNDETERMINED, NOTHING_GATHERED, INTERRUPTED = 0, 1, 2, 3, 4, 130


READER_LEFT = 141
"""As a shell calls the end of a program that nobody reads any more. It says nothing of the rows that were not read."""


def exit_code(verdict: Verdict, expected: Verdict | None = None) -> int:
    """Give the exit code of a verdict; where one was expected, success is to get it."""
    if expected is not None:
        return ALLOWED if verdict is expected else (UNDETERMINED if verdict is Verdict.UNDETERMINED else DENIED)
    return _BY_VERDICT[verdict]


@contextmanager
def _writing() -> Iterator[None]:
    """Turn standard output away when it fails: what is still held back would be tried once more at exit."""
    try:
        yield
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        reason = (error.strerror or str(error)).lower()
        raise XdiagError(f"the result cannot be written: {reason}", hint="is there space on the disk?") from None


_BY_VERDICT = {Verdict.ALLOWED: ALLOWED, Verdict.DENIED: DENIED, Verdict.UNDETERMINED: UNDETERMINED}
