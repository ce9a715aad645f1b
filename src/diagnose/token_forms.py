"""A token of which only its workload is known: decided in every form that it may have."""

from msgspec.structs import replace

from diagnose.collect.federation.presented import Presented, as_far_as_agreed, forms_besides, with_stand_in
from diagnose.evaluate.decision import decide
from diagnose.evaluate.reported_error import refusal
from diagnose.model.aws_error import ErrorKind
from diagnose.model.case import Case
from diagnose.model.trace import Layer
from diagnose.model.tri import NO
from diagnose.remedy.case_edit import policies_in


def in_every_form(case: Case, presented: Presented | None) -> Case:
    """Give the case as it is, if AWS answers every form of the token alike; else with what all forms have in common.

    What differs is then not known, so that the answer depends on it. Where AWS refused the request, and what was read
    refuses one form alone, it is taken to be that one.
    """
    if presented is None or presented.over or len(presented.forms) == 1:
        return case
    others = forms_besides(case, presented)
    stand_in = with_stand_in(case, presented) if not _names_the_rest(case) else None
    decided = (*others[:-1], stand_in) if stand_in is not None else others
    answer = _answer(case)
    if all(_answer(other) == answer for other in decided):
        return case
    refused = [form for form in (case, *others) if decide(form).verdict is NO]
    if presented.stand_in is None and len(refused) == 1 and _is_refused(case):
        return replace(refused[0], note=f"{refused[0].note} {_TAKEN}".strip())
    return as_far_as_agreed(case, others)


_TAKEN = "AWS refused the request: the token is taken to have the form that the policies refuse."
_OF_OTHERS = (Layer.TRUST, Layer.RCP, Layer.ENDPOINT)


def _names_the_rest(case: Case) -> bool:
    """Say whether a policy may compare what one form of a subject has besides: GitHub's ids, CircleCI's repository."""
    documents = [bytes(policy.document) for layer in _OF_OTHERS for policy in policies_in(case, layer)]
    return any(mark in document for document in documents for mark in _MARKS)


_MARKS = (b"@", b"vcs-origin", b"vcs-ref")


def _is_refused(case: Case) -> bool:
    error = refusal(case)
    return error is not None and error.kind is ErrorKind.NOT_AUTHORIZED


def _answer(case: Case) -> object:
    """Give what every gate and every layer answers: where another thing decides, a difference is told all the same."""
    decision = decide(case)
    layers = {(decided.action, trace.layer): trace.verdict for decided in decision.actions for trace in decided.layers}
    return decision.verdict, layers, {(gate.gate, gate.verdict) for gate in decision.gates}
