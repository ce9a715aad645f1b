"""Edits that no author would make, and their proof."""

from typing import Any

from tests.remedy.broken import about

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Layer
from diagnose.remedy.case_edit import edit_policy, policies_in
from diagnose.remedy.change import Draft
from diagnose.remedy.document import PatchOperation
from diagnose.remedy.proof import Proven, prove


def amended(case: Case, layer: Layer, *operations: PatchOperation) -> Draft:
    """Draft an edit that no author would."""
    draft = edit_policy(case, layer, next(policies_in(case, layer)), operations, text="")
    assert isinstance(draft, Draft)
    return draft


def proof_of(case: Case, layer: Layer, *operations: PatchOperation) -> Proven | NotProved:
    return prove(amended(case, layer, *operations), about(case, layer), case, decide(case))


def added(**statement: Any) -> PatchOperation:
    return PatchOperation("add", "/Statement/-", {"Effect": "Allow", "Action": "sts:AssumeRole", **statement})
