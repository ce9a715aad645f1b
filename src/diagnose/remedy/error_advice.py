"""What can be done about an error of AWS that nothing in the case explains.

Apart from `fixes`, of whose modules a case needs few, and from the table of all kinds, of which these are a column.
"""

from collections.abc import Callable

from msgspec import Struct

from diagnose.evaluate.caller import chained
from diagnose.evaluate.reported_error import aws_answer
from diagnose.model.aws_error import ErrorKind
from diagnose.model.case import Case
from diagnose.model.diagnosis import Owner
from diagnose.model.tri import YES
from diagnose.remedy.names import caller_of


class Advice(Struct, frozen=True):
    """What can be done about an error of AWS; `fits` says for which cases."""

    owner: Owner
    text: str
    fits: Callable[[Case], bool] = lambda _: True


def tags_are_too_large(case: Case) -> bool:
    """Say whether AWS found the session tags too large, alone or with the session policy."""
    error = aws_answer(case)
    return packed_too_large(case) and (
        bool(case.request.parameters.tags) or (error is not None and error.about_session_tags)
    )


def packed_too_large(case: Case) -> bool:
    """Say whether AWS found the session policy and the session tags too large."""
    error = aws_answer(case)
    return error is not None and error.kind is ErrorKind.PACKED_SIZE


def role_sets_the_limit(case: Case) -> bool:
    """Say whether it may be the role that limits the duration, and not the credentials that make the call."""
    error = aws_answer(case)
    limited_to_an_hour = error is not None and error.kind is ErrorKind.OVER_CHAINING_LIMIT
    return not limited_to_an_hour and chained(caller_of(case)) is not YES
