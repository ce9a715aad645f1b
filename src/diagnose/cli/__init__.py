"""The command line: one command a file, no logic."""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from diagnose.cli.clock import note_the_beginning
from diagnose.errors import NothingReadError, XdiagError


def main() -> None:
    """Run xdiag. A user's mistake ends it with one sentence; any other exception is a bug, with exit code 70."""
    note_the_beginning()
    signal.signal(signal.SIGINT, _exit_interrupted)
    _open_streams()
    from diagnose.cli.app import app
    from diagnose.cli.help import UsageError, as_xdiag_error

    try:
        sys.exit(app(standalone_mode=False))
    except UsageError as error:
        _exit(as_xdiag_error(error), 2)
    except XdiagError as error:
        _exit(error, 4 if isinstance(error, NothingReadError) else 2)
    except Exception:  # Python would leave with 1, the exit code of a denial
        import traceback

        traceback.print_exc()
        print("xdiag: this is a bug, not an answer; please report the lines above", file=sys.stderr)
        sys.exit(70)


def _open_streams() -> None:
    """Open /dev/null for each stream that the caller has closed (`>&-`), where Python leaves None."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _exit(error: XdiagError | None, code: int) -> NoReturn:
    if error is not None:
        from diagnose.cli.output import print_error

        print_error(error)
    sys.exit(code)


def _exit_interrupted(_number: int, _frame: FrameType | None) -> None:
    """Exit at once: files that are being written clean up after themselves."""
    sys.exit(130)
