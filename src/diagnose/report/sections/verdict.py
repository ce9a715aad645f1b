"""What lets an allowed request pass, and what is certain about an undetermined one."""

from collections.abc import Iterator
from typing import assert_never

from diagnose.model.diagnosis import Diagnosis, Excerpt, Verdict
from diagnose.model.trace import COMPANIONS, ActionDecision, Effect, Element, Layer, LayerTrace, Match, StatementTrace
from diagnose.model.tri import Tri
from diagnose.report.blocks import Block, Bullets, Paragraph, Section, Sign
from diagnose.report.first_cause import BuiltinCause, builtin_cause
from diagnose.report.sections.causes import certainty_words, is_gap
from diagnose.report.sections.layers import layer_check
from diagnose.report.sections.places import pointed_at
from diagnose.report.sections.unseen import doubt_sentence, doubt_subject

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


def verdict_section(diagnosis: Diagnosis) -> tuple[Section, ...]:
    """Say what lets the request pass, or what is certain, possible and missing; nothing about a denial by policies."""
    match diagnosis.verdict:
        case Verdict.DENIED if diagnosis.refused_though_allowed and builtin_cause(diagnosis) is None:
            blocks = tuple(_allowed(diagnosis))
            return (Section("What the policies that were read say", blocks),) if blocks else ()
        case Verdict.ALLOWED if builtin_cause(diagnosis) is not BuiltinCause.CONTRADICTED:
            blocks = tuple(_allowed(diagnosis))
            return (Section("What allows it", blocks),) if blocks else ()
        case Verdict.UNDETERMINED:
            return (Section("What is certain, and what is missing", (Bullets(tuple(_undetermined(diagnosis))),)),)
        case Verdict.ALLOWED | Verdict.DENIED:
            return ()
        case _:
            assert_never(diagnosis.verdict)


def _allowed(diagnosis: Diagnosis) -> Iterator[Block]:
    decided = _assume_role(diagnosis)
    if decided is None:
        return
    if decided.match is not None:
        yield Paragraph(f"The trust policy {_REACHES[decided.match]}.")
    places = [place for layer in decided.layers for place in _grants(layer)]
    yield from pointed_at(places, diagnosis.case)


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


def _undetermined(diagnosis: Diagnosis) -> Iterator[str]:
    decided = _assume_role(diagnosis)
    if decided is not None:
        yield f"Certain: {_passing(decided)}."
    for finding in diagnosis.findings:
        # The title of a gap says by itself that something was not read.
        yield f"{finding.title}." if is_gap(finding) else f"{certainty_words(finding)}: {finding.title}."
    doubts = [doubt for doubt in diagnosis.decision.doubts if doubt.matters is not Tri.NO]
    if doubts:
        several = f"{len(doubts)} things are unknown; first of all {doubt_subject(doubts[0])}."
        yield doubt_sentence(doubts[0]) if len(doubts) == 1 else several


def _passing(decided: ActionDecision) -> str:
    """Count the layers that do not block the request."""
    passing = sum(1 for layer in decided.layers if layer_check(layer).sign in (Sign.PASSES, Sign.NONE))
    if not passing:
        return "no policy layer is known to deny the request, and none to allow it"
    verb = "does" if passing == 1 else "do"
    return (
        f"{passing} of {len(decided.layers)} policy layers {verb} not block the request, and none is known to deny it"
    )


def _assume_role(diagnosis: Diagnosis) -> ActionDecision | None:
    return next((one for one in diagnosis.decision.actions if one.action not in COMPANIONS), None)
