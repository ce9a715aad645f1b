"""What AWS said, as facts."""

from collections.abc import Iterator

from diagnose.causes.facts import AnswerFact
from diagnose.causes.terms import LayerVerdict, Speaker
from diagnose.evaluate.refusal import probe_error, reported_error, same_identity
from diagnose.model.aws_error import AwsError, ErrorKind, NamedLayer
from diagnose.model.case import Case, ProbeOutcome
from diagnose.model.trace import Action


def answers(case: Case, computed: LayerVerdict | None = None) -> Iterator[AnswerFact]:
    """Read the message that came with the case and the answer to the live attempt, where they tell of a refusal.

    `computed` is what the evidence alone comes to; None where it settles nothing.
    """
    error = reported_error(case)
    if error is not None:
        outcome = ProbeOutcome.ACCESS_DENIED if error.denied else ProbeOutcome.OTHER_ERROR
        yield _answer(case, computed, Speaker.MESSAGE, error, outcome)
    probe = case.probe
    if probe is not None and probe.outcome in (ProbeOutcome.ACCESS_DENIED, ProbeOutcome.OTHER_ERROR):
        error = probe_error(case) or AwsError("", ErrorKind.OTHER)
        yield _answer(case, computed, Speaker.PROBE, error, probe.outcome, probe.caller)


_OF_THE_CALL = frozenset(action.lower() for action in Action)


def _answer(
    case: Case,
    computed: LayerVerdict | None,
    by: Speaker,
    error: AwsError,
    outcome: ProbeOutcome,
    caller: str = "",
) -> AnswerFact:
    caller = caller or (error.caller if error.caller.startswith("arn:") else "")
    return AnswerFact(
        by=by,
        outcome=outcome,
        kind=error.kind,
        code=error.code,
        named_action=error.action,
        named_layer=NamedLayer.NONE if error.layer is None else NamedLayer(error.layer),
        explicit=error.says_explicit,
        other_action=error.action != "" and error.action.lower() not in _OF_THE_CALL,
        caller=caller,
        other_caller=caller != "" and not same_identity(case.snapshot.source.arn, caller),
        computed=computed,
    )
