"""Exit codes."""

from diagnose.model.diagnosis import Verdict

ALLOWED, DENIED, BAD_INPUT, UNDETERMINED, NOTHING_GATHERED, INTERRUPTED = 0, 1, 2, 3, 4, 130
READER_LEFT = 141
"""As a shell calls the end of a program that nobody reads any more. It says nothing of the rows that were not read."""

_BY_VERDICT = {Verdict.ALLOWED: ALLOWED, Verdict.DENIED: DENIED, Verdict.UNDETERMINED: UNDETERMINED}


def code_of(verdict: Verdict, expected: Verdict | None = None) -> int:
    """Give the exit code of a verdict; where one was expected, success is to get it."""
    if expected is not None:
        return ALLOWED if verdict is expected else (UNDETERMINED if verdict is Verdict.UNDETERMINED else DENIED)
    return _BY_VERDICT[verdict]
