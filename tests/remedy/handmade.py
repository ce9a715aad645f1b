"""Edits that no author would make, and their proof."""

from typing import Any

from tests.remedy.broken import about

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Layer
from diagnose.remedy.case_edit import amend, policies_in
from diagnose.remedy.change import Draft
from diagnose.remedy.document import Operation
from diagnose.remedy.kinds import Kind
from diagnose.remedy.proof import Proven, prove


def amended(case: Case, layer: Layer, *operations: Operation, kind: Kind = Kind.NAME_PRINCIPAL_IN_TRUST) -> Draft:
    """Draft an edit that no author would."""
    draft = amend(case, layer, next(policies_in(case, layer)), operations, kind=kind, text="")
    assert isinstance(draft, Draft)
    return draft


def proof_of(case: Case, layer: Layer, *operations: Operation) -> Proven | NotProved:
    return prove(amended(case, layer, *operations), about(case, layer), case, decide(case))


def added(**statement: Any) -> Operation:
    return Operation("add", "/Statement/-", {"Effect": "Allow", "Action": "sts:AssumeRole", **statement})
