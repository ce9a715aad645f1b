"""Results go to standard output, everything else to standard error; and the exit codes."""

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
    from diagnose.report.safe_text import visible

    lines = [f"xdiag: {visible(error.message)}", *([f"  {visible(error.hint)}"] if error.hint else [])]
    sys.stderr.write("\n".join(lines) + "\n")


def print_note(text: str) -> None:
    """Write a line beside the results."""
    from diagnose.report.safe_text import visible

    sys.stderr.write(f"xdiag: {visible(text)}\n")


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
def progress() -> Iterator[Callable[[str], None]]:
    """Show the current step on a terminal; elsewhere show nothing."""
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
"""The code by which a shell reports SIGPIPE: the remaining rows have no verdict."""


def exit_code(verdict: Verdict, expected: Verdict | None = None) -> int:
    """Return the exit code of a verdict; if a verdict is expected, 0 means that it came."""
    if expected is not None:
        return ALLOWED if verdict is expected else (UNDETERMINED if verdict is Verdict.UNDETERMINED else DENIED)
    return _BY_VERDICT[verdict]


@contextmanager
def _writing() -> Iterator[None]:
    """Point standard output at /dev/null once it fails, or Python writes the rest of its buffer again at exit."""
    try:
        yield
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        reason = (error.strerror or str(error)).lower()
        raise XdiagError(f"the result cannot be written: {reason}", hint="is there space on the disk?") from None


_BY_VERDICT = {Verdict.ALLOWED: ALLOWED, Verdict.DENIED: DENIED, Verdict.UNDETERMINED: UNDETERMINED}
