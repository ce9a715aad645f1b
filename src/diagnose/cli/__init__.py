"""The command line: one command a file, no logic."""

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from diagnose.errors import NothingReadError, XdiagError


def main() -> None:
    """Run xdiag. A user's mistake is told in one sentence; what is not foreseen ends it as a bug does."""
    signal.signal(signal.SIGINT, _interrupted)
    _open_streams()
    from diagnose.cli.app import app
    from diagnose.cli.help import UsageError, as_xdiag_error

    try:
        sys.exit(app(standalone_mode=False))
    except UsageError as error:
        _leave(as_xdiag_error(error), 2)
    except XdiagError as error:
        _leave(error, 4 if isinstance(error, NothingReadError) else 2)
    except Exception:  # Python would leave with 1, the exit code of a denial
        import traceback

        traceback.print_exc()
        print("xdiag: this is a bug, and no answer; please report what stands above", file=sys.stderr)
        sys.exit(70)


def _open_streams() -> None:
    """Open what the caller has closed, as `>&-` does, on nothing: Python leaves None there."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


def _leave(error: XdiagError | None, code: int) -> NoReturn:
    if error is not None:
        from diagnose.cli.output import print_error

        print_error(error)
    sys.exit(code)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    """Leave at once: whatever is being written is put away by those who write it."""
    sys.exit(130)
