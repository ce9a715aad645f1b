"""The error of AWS that somebody pasted, as it comes into a case. It stands apart, for a paste may hold credentials."""

from diagnose.aws.secrets import redacted
from diagnose.model.error_text.parser import parse_errors


def pasted_error(paste: str) -> str:
    """Take the errors out of a paste: one on each line, put together where a terminal broke them, without credentials.

    Of a log with more errors than anybody reads, the last ones are taken: they say how things stand.
    """
    # The sentence of a denial consists of names, and a long path would be taken for a session token.
    return "\n".join(
        error.text if error.resource else redacted(error.text) for error in parse_errors(paste)[-_MOST_ERRORS:]
    )


_MOST_ERRORS = 20
