"""What lets an allowed request pass."""

from collections.abc import Iterator

from diagnose.model.diagnosis import Diagnosis, Excerpt, Verdict
from diagnose.model.trace import COMPANIONS, ActionDecision, Effect, Element, Layer, LayerTrace, Match, StatementTrace
from diagnose.model.tri import Tri
from diagnose.report import Places
from diagnose.report.blocks import Block, Paragraph, Section
from diagnose.report.first_cause import builtin_cause
from diagnose.report.sections.places import pointed_at

_REACHES = {
    Match.SESSION: "names this session",
    Match.USER: "names the user",
    Match.SERVICE: "names the service",
    Match.FEDERATED: "names the identity provider",
    Match.ANY: "lets in every AWS principal",
    Match.ROLE: "names the role",
    Match.ACCOUNT: "trusts the account, whose own policies decide who may assume the role",
}
_POINTED = {
    Layer.TRUST: (Element.PRINCIPAL, "lets the caller in"),
    Layer.IDENTITY: (Element.RESOURCE, "lets the caller assume this role"),
}


def verdict_section(diagnosis: Diagnosis, places: Places | None = None) -> tuple[Section, ...]:
    """Point at what lets the request pass, or would, as far as the policies go."""
    if builtin_cause(diagnosis) is not None:
        return ()
    refused = diagnosis.verdict is Verdict.DENIED and diagnosis.refused_though_allowed
    if diagnosis.verdict is not Verdict.ALLOWED and not refused:
        return ()
    blocks = tuple(_allowed(diagnosis, places))
    title = "What the policies that were read say" if refused else "What allows it"
    return (Section(title, blocks),) if blocks else ()


def reach_words(match: Match) -> str:
    """Say how the trust policy reaches the caller: it goes on from "the trust policy"."""
    return _REACHES[match]


def _allowed(diagnosis: Diagnosis, places: Places | None) -> Iterator[Block]:
    decided = _assume_role(diagnosis)
    if decided is None:
        return
    if decided.match is not None:
        yield Paragraph(f"The trust policy {_REACHES[decided.match]}.")
    granting = [place for layer in decided.layers for place in _grants(layer)]
    yield from pointed_at(granting, diagnosis.case, places)


def _grants(layer: LayerTrace) -> list[Excerpt]:
    """Point at the first statement of a layer that grants, where one is needed and the layer is not a mere limit."""
    if layer.layer not in _POINTED or layer.needed is Tri.NO:
        return []
    statements = (one for level in layer.levels for one in level.statements)
    granting = next((one for one in statements if one.effect is Effect.ALLOW and one.verdict is Tri.YES), None)
    return [] if granting is None else [_place(granting)]


def _place(statement: StatementTrace) -> Excerpt:
    element, label = _POINTED[statement.layer]
    pointer = next((one.pointer for one in statement.elements if one.element is element), statement.pointer)
    return Excerpt(statement.layer, statement.policy, pointer, label, statement.level)


def _assume_role(diagnosis: Diagnosis) -> ActionDecision | None:
    return next((one for one in diagnosis.decision.actions if one.action not in COMPANIONS), None)
