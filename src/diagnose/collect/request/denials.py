"""The refused calls of a file of CloudTrail as cases, a line each, and what fails most among them."""

from collections import Counter
from collections.abc import Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from diagnose.collect.request.asked import request_of, with_asked, with_identity
from diagnose.collect.request.containers import Record, records_in
from diagnose.collect.request.event import Recorded, assumes_role, recorded_calls
from diagnose.errors import XdiagError
from diagnose.model.arn import is_role_arn, parse_caller
from diagnose.model.case import Case, Snapshot, SourceSide
from diagnose.model.error_text.parser import parse_errors, with_one_authorization_id
from diagnose.model.words import LAYER_WORDS, printable


class Denials(Struct, frozen=True):
    """Cases as JSON, a line each, in the order of the records; and sentences on all of them, most frequent first."""

    lines: bytes
    summary: tuple[str, ...]


def denials_in(data: bytes, place: str, *, whole: bool) -> Denials:
    """Read the refused calls of a file. Those whose caller is not recorded are only counted.

    Calls that were refused alike make the same line: see `_alike`. If `whole`, each keeps its authorization id, under
    which AWS tells more of it.

    Raises XdiagError where the file holds no record of assuming a role.
    """
    calls = [call for call in recorded_calls(records_in(data, place)) if call.code]
    cases = [(call, case) for call in calls if (case := _case(call)) is not None]
    lines = b"".join(msgspec.json.encode(_alike(case, whole=whole)) + b"\n" for _, case in cases)
    without = Counter(call.operation for call in calls) - Counter(call.operation for call, _ in cases)
    return Denials(lines, (*_summary([call for call, _ in cases]), *_left_out(without)))


def refused_cases(records: Sequence[Record]) -> list[Case]:
    """Give the cases of the refused calls among records of any kind, as `denials_in` does; none where there is none."""
    about = [record for record in records if assumes_role(record)]
    calls = recorded_calls(about) if about else []
    return [_alike(case, whole=False) for call in calls if call.code and (case := _case(call)) is not None]


_MOST = 10


def _case(call: Recorded) -> Case | None:
    asked = call.asked
    try:
        parse_caller(asked.source)
    except XdiagError:
        return None
    if not is_role_arn(asked.role):
        return None
    request = request_of(asked, asked.role, complete=False)
    return with_asked(with_identity(Case(request, Snapshot(SourceSide(asked.source))), asked), asked)


def _alike(case: Case, *, whole: bool) -> Case:
    """Leave out what differs from call to call and decides nothing.

    Only conditions compare the time, the address and the client, and a file of records holds no policy.
    """
    request, source = case.request, case.snapshot.source
    context = {key: values for key, values in request.context.items() if key not in _OF_ONE_CALL}
    return replace(
        case,
        request=replace(request, context=context),
        snapshot=replace(case.snapshot, source=replace(source, session=replace(source.session, issued_at=None))),
        message=case.message if whole else with_one_authorization_id(case.message),
        note="",
    )


_OF_ONE_CALL = frozenset(
    ("aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime", "aws:SourceIp", "aws:VpcSourceIp", "aws:UserAgent")
)


def _summary(calls: Sequence[Recorded]) -> list[str]:
    """Say what fails most: which role, for which reason that AWS names, and how many callers."""
    groups: dict[tuple[str, str], list[Recorded]] = {}
    reasons: dict[tuple[str, str], str] = {}
    for call in calls:
        answer = (call.code, call.asked.message)
        if answer not in reasons:
            reasons[answer] = _reason(call)
        groups.setdefault((call.role, reasons[answer]), []).append(call)
    often = sorted(groups.items(), key=lambda group: -len(group[1]))
    said = []
    for (role, reason), alike in often[:_MOST]:
        callers = list(dict.fromkeys(call.caller for call in alike))
        who = printable(callers[0]) if len(callers) == 1 else f"{len(callers)} callers"
        said.append(f"{len(alike):,} x {printable(role)}: {reason}, by {who}")
    if len(often) > _MOST:
        more = len(often) - _MOST
        said.append(f"and {more:,} other group{'s' if more > 1 else ''} of role and reason")
    return said


def _reason(call: Recorded) -> str:
    errors = parse_errors(call.asked.message)
    error = next((error for error in errors if error.layer is not None), errors[-1] if errors else None)
    if error is None or error.layer is None:
        return printable(call.code)
    return f"{printable(call.code)}, AWS names {LAYER_WORDS[error.layer].whole}"


def _left_out(without: Counter[str]) -> list[str]:
    return [
        f"1 refused call of {printable(operation)} makes no row: its record has no ARN of a caller"
        if count == 1
        else f"{count:,} refused calls of {printable(operation)} make no row: their records have no ARN of a caller"
        for operation, count in without.items()
    ]
