"""What AWS recorded of the denial, under the authorization ID in its error: evidence of its own, told before ours."""

from collections.abc import Iterable, Iterator, Sequence

from diagnose.model.authorization_record import (
    DENIALS,
    AuthorizationRecord,
    CheckEffect,
    RecordedCheck,
    RecordedEvaluation,
)
from diagnose.model.aws_error import AwsError
from diagnose.model.case import Case
from diagnose.model.diagnosis import Diagnosis
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.trace import Effect
from diagnose.model.words import LAYER_WORDS
from diagnose.report.blocks import Block, Check, Checklist, Listing, Paragraph, Section, Sign
from diagnose.report.latest_texts import of_latest_texts
from diagnose.report.safe_text import in_backticks

PERMISSION = "iam:GetRequestAuthorizationDetails"


def recorded(diagnosis: Diagnosis) -> tuple[Section, ...]:
    """Tell what AWS recorded of each denial that has an authorization ID, or how it is read."""
    blocks = [block for record in records_of(diagnosis.case) for block in _blocks(record)]
    return (Section("AWS says", tuple(blocks)),) if blocks else ()


def recorded_in_short(case: Case) -> str:
    """Say in a line what refused the request, as AWS recorded it; empty where that was not read."""
    for record in records_of(case):
        denied = record.details.value.denied if isinstance(record.details, Known) else ()
        for evaluation in denied:
            if evaluation.refusing:
                more = len(evaluation.refusing) - 1
                return f"{_refusal(evaluation.refusing[0])}{f', and {more} more' if more else ''}."
    return ""


def records_of(case: Case) -> tuple[AuthorizationRecord, ...]:
    """Give the record of every authorization ID in AWS's errors; one that nobody looked for is unread."""
    said = (case.message, case.probe.message if case.probe is not None else "")
    read = {record.id: record for record in case.authorizations}
    for error in _errors(said):
        if error.authorization_id and error.authorization_id not in read:
            region = error.authorization_region or case.request.region or ""
            read[error.authorization_id] = AuthorizationRecord(error.authorization_id, region)
    return tuple(read.values())


def _errors(said: Iterable[str]) -> Iterator[AwsError]:
    for text in filter(None, said):
        yield from _errors_in(text)


@of_latest_texts
def _errors_in(text: str) -> tuple[AwsError, ...]:
    from diagnose.model.error_text.parser import parse_errors

    return parse_errors(text)


def _blocks(record: AuthorizationRecord) -> Iterator[Block]:
    name = in_backticks(record.id)
    match record.details:
        case Unread() as gap:
            yield Paragraph(f"AWS recorded what it evaluated under authorization ID {name}. {_why_unread(gap)}")
            yield from _command(record)
        case Known(value=details):
            yield Paragraph(f"AWS recorded what it evaluated under authorization ID {name}:")
            for evaluation in details.evaluations:
                yield from _of_evaluation(evaluation)
            for unread in record.unread:
                yield Paragraph(_policy_unread(unread))


def _of_evaluation(evaluation: RecordedEvaluation) -> Iterator[Block]:
    on = f" on {in_backticks(evaluation.resource)}" if evaluation.resource else ""
    yield Paragraph(f"{in_backticks(evaluation.action)}{on}: {_outcome(evaluation)}.")
    if evaluation.checks:
        yield Checklist(
            tuple(
                Check(LAYER_WORDS[check.layer].policies, _sign(check.effect), _check_words(check))
                for check in evaluation.checks
            )
        )


def _check_words(check: RecordedCheck) -> str:
    """Say what a check came to, with the statements that matched."""
    match check.effect:
        case CheckEffect.ALLOW:
            return "allowed"
        case CheckEffect.NO_IMPACT:
            return "nothing in it matched, and it did not have to"
        case CheckEffect.IMPLICIT_DENY:
            return f"nothing allows it{_at(check)}"
        case CheckEffect.EXPLICIT_DENY:
            return f"explicit deny{_in(check)}{_at(check)}"


def _outcome(evaluation: RecordedEvaluation) -> str:
    match evaluation.effect:
        case CheckEffect.EXPLICIT_DENY:
            return "denied by a Deny statement"
        case CheckEffect.IMPLICIT_DENY:
            return "denied, because something that has to allow it does not"
        case CheckEffect.ALLOW | CheckEffect.NO_IMPACT:
            return "allowed"
        case None:
            return "AWS does not say how it came out"


def _sign(effect: CheckEffect) -> Sign:
    if effect in DENIALS:
        return Sign.BLOCKS
    return Sign.PASSES if effect is CheckEffect.ALLOW else Sign.NONE


def _refusal(check: RecordedCheck) -> str:
    policy = LAYER_WORDS[check.layer].policy
    if check.effect is CheckEffect.EXPLICIT_DENY:
        return f"An explicit deny in a {policy}{_in(check)}{_at(check)}"
    return f"No {policy} allows it{_at(check)}"


def _in(check: RecordedCheck) -> str:
    """Name the policies that deny, with their statements. AWS's own name of an inline policy says nothing to people."""
    named = []
    for policy in check.denying:
        sids = [in_backticks(sid) for sid in policy.sids(Effect.DENY)]
        statements = f"statement{'s' if len(sids) > 1 else ''} {_and(sids)}" if sids else ""
        named.append(", ".join(filter(None, (in_backticks(policy.arn) if policy.arn else "inline", statements))))
    return f" ({'; '.join(named)})" if named else ""


def _at(check: RecordedCheck) -> str:
    return f" at {in_backticks(check.target)}" if check.target else ""


def _and(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _why_unread(gap: Unread) -> str:
    """Say why it was not read, and who may read it."""
    kept = "AWS keeps it for at least 24 hours, for the caller's account and organization"
    why = f" ({gap.detail})" if gap.detail else ""
    match gap.gap:
        case Gap.ACCESS_DENIED:
            return (
                f"It was not read{why}: xdiag's principal lacks {in_backticks(gap.permission or PERMISSION)}. {kept}."
            )
        case Gap.NOT_SUPPLIED | Gap.NO_CREDENTIALS | Gap.NO_API | Gap.UNREACHABLE:
            return f"It was not read{why}. {kept}; whoever reads it needs {in_backticks(PERMISSION)}."


def _policy_unread(gap: Unread) -> str:
    why = f" ({gap.detail})" if gap.detail else ""
    lacks = f": xdiag's principal lacks {in_backticks(gap.permission)}" if gap.permission else ""
    return f"What the {gap.subject} said then was not read{why}{lacks}."


def _command(record: AuthorizationRecord) -> Iterator[Block]:
    region = f" \\\n  --region {record.region}" if record.region and record.region != "aws-global" else ""
    text = f"aws iam-toolbox get-request-authorization-details \\\n  --authorization-id {record.id}{region}"
    yield Listing("Read it with the AWS CLI", "sh", text)
