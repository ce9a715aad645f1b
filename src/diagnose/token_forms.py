"""A token of which only its workload is known: decided in every form that it may have."""

from diagnose.collect.federation.presented import Presented, as_far_as_agreed, forms_besides
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case


def in_every_form(case: Case, presented: Presented | None) -> Case:
    """Give the case as it is, if AWS answers every form of the token alike; else with what all forms have in common.

    What differs is then not known, so that the answer depends on it.
    """
    if presented is None or presented.over or len(presented.forms) == 1:
        return case
    others = forms_besides(case, presented)
    answer = _answer(case)
    return case if all(_answer(other) == answer for other in others) else as_far_as_agreed(case, others)


def _answer(case: Case) -> object:
    """Give what every gate and every layer answers: where another thing decides, a difference is told all the same."""
    decision = decide(case)
    layers = {(decided.action, trace.layer): trace.verdict for decided in decision.actions for trace in decided.layers}
    return decision.verdict, layers, {(gate.gate, gate.verdict) for gate in decision.gates}
