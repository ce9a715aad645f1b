"""The command line: one command a file, no logic."""

import signal
import sys
from types import FrameType


def main() -> None:
    """Run xdiag. A user's mistake is told in one sentence; what is not foreseen is not caught."""
    signal.signal(signal.SIGINT, _interrupted)
    from diagnose.cli.app import app
    from diagnose.errors import NothingGatheredError, XdiagError

    try:
        app()
    except XdiagError as error:
        from diagnose.cli.output import tell

        tell(error)
        sys.exit(4 if isinstance(error, NothingGatheredError) else 2)
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing more can be said to them, not even at exit.
        sys.stdout = None
        sys.exit(0)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    """Leave at once: whatever is being written is put away by those who write it."""
    sys.exit(130)
