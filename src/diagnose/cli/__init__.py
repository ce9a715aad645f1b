"""The command line: one command a file, no logic."""

import atexit
import gc
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
    gc.set_threshold(*_SELDOM)
    # Python would look for cycles in all that is loaded, three times, before it ends: a fifth of a short run.
    atexit.register(gc.freeze)
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
    except Exception as error:  # Python would leave with 1, the exit code of a denial
        from diagnose.cli.output import unwritten

        # Help is written by Click.
        if full := unwritten(error):
            _exit(full, 2)
        _exit_with_bug()
    finally:
        # What Python cleans up while it ends would tell of an interruption with a traceback.
        signal.signal(signal.SIGINT, signal.SIG_DFL)


_SELDOM = 100_000, 20, 20
"""How often Python looks for cycles: what is decided and told has none, and a large case has a million values."""


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


def _exit_with_bug() -> NoReturn:
    import traceback

    from diagnose.cli.output import write_error

    write_error(f"{traceback.format_exc()}xdiag: this is a bug, not an answer; please report the lines above\n")
    sys.exit(70)


def _exit_interrupted(_number: int, _frame: FrameType | None) -> None:
    """Exit at once: files that are being written clean up after themselves."""
    sys.exit(130)
