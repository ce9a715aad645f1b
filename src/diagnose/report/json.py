"""A report for machines: one document, flat at the top, with the detail below. Its types are in `json_v1`."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from diagnose.model.case import Case, ProbeOutcome
from diagnose.model.diagnosis import Certainty, Diagnosis, Excerpt, Finding, Proof, Remedy, Verdict
from diagnose.model.trace_words import alternative_words, asked_words, offered_words, subject_words
from diagnose.model.tri import Tri
from diagnose.report import PageOf, Places, Screen
from diagnose.report.enough import first_of_many
from diagnose.report.first_cause import causes_in_order, computed_verdict, first_cause
from diagnose.report.json_authorization import published_authorizations
from diagnose.report.json_causes import (
    PublishedCause,
    PublishedCommand,
    PublishedEdit,
    PublishedFix,
    PublishedPlace,
    PublishedRefusal,
)
from diagnose.report.json_v1 import (
    PublishedAttempt,
    PublishedBlocker,
    PublishedDiagnosis,
    PublishedDoubt,
    PublishedGap,
    PublishedGate,
    PublishedLayer,
    PublishedNeed,
    PublishedNote,
)
from diagnose.report.refused import refusal_words
from diagnose.report.safe_text import ascii_json
from diagnose.report.sections.fixes import proof_words, without_kind
from diagnose.report.sections.handover import handover
from diagnose.report.sections.headline import dest_account, source_account
from diagnose.report.sections.layers import layer_check
from diagnose.report.sections.needed import needs
from diagnose.report.sections.places import locate
from diagnose.report.sections.remaining import remaining_words
from diagnose.report.sections.unseen import doubt_words, gaps, how_to_read
from diagnose.report.snippet import page_of_policy, span_at
from diagnose.report.visibility import destination_visibility, source_visibility
from diagnose.version import VERSION

SUFFIX = "json"


def report(diagnosis: Diagnosis, screen: Screen) -> str:
    """Write one JSON document in ASCII characters, indented by two."""
    return ascii_json(as_values(diagnosis, screen), indent=2) + "\n"


def as_values(diagnosis: Diagnosis, screen: Screen) -> dict[str, object]:
    """Give the same document as dictionaries, lists, texts, numbers, true, false and null."""
    values: dict[str, object] = msgspec.to_builtins(published(diagnosis, screen.page_of, screen.places))
    return values


def published(diagnosis: Diagnosis, page_of: PageOf | None = None, places: Places | None = None) -> PublishedDiagnosis:
    """Give a diagnosis as it is published: `msgspec.json.encode` writes it, `diagnosis_schema` describes it."""
    beside = Screen(page_of=page_of, places=places)
    case, decision, first = diagnosis.case, diagnosis.decision, first_cause(diagnosis)
    causes = causes_in_order(diagnosis)
    certain = sum(finding.certainty is Certainty.CERTAIN for finding in causes)
    numbers = _numbered(diagnosis)
    needed = [PublishedNeed(what=one.what, how=one.how, flags=list(one.flags)) for one in needs(diagnosis)]
    return PublishedDiagnosis(
        tool_version=VERSION,
        verdict=diagnosis.verdict.value,
        computed=computed_verdict(diagnosis).value,
        operation=case.request.operation.value,
        primary_cause=first.cause,
        primary_cause_title=first.title,
        primary_gap=first.gap,
        primary_gap_title=first.gap_title,
        layer=first.layer,
        gate=first.gate,
        action=first.action,
        certainty=first.certainty,
        owner=first.owner,
        source_arn=case.snapshot.source.arn,
        source_arn_read=case.source_arn,
        source_account=source_account(case),
        dest_role_arn=case.request.role_arn,
        dest_account=dest_account(case),
        same_account=decision.same_account,
        visibility_source=source_visibility(case),
        visibility_destination=destination_visibility(case),
        probe=(case.probe.outcome if case.probe else ProbeOutcome.NOT_MADE).value,
        agreement=diagnosis.agreement.value,
        aws_refused=diagnosis.answer is not None and diagnosis.answer.refuses,
        aws_error_kind=diagnosis.answer.kind.value if diagnosis.answer else "",
        aws_error_code=diagnosis.answer.code if diagnosis.answer else "",
        blockers=len(decision.blockers),
        causes_certain=certain + diagnosis.left_out.certain,
        causes_possible=len(causes) - certain + diagnosis.left_out.possible,
        causes_left_out=diagnosis.left_out.together,
        problems_left_out=max(0, len(decision.problems) - _MOST_PROBLEMS),
        policies_not_tried=diagnosis.left_out.idle,
        still_needed_count=len(needed),
        fix_proved=any(one.proof is Proof.ALLOWED for finding in diagnosis.findings for one in finding.remedies),
        taken_at=case.snapshot.taken_at,
        causes=[_cause(finding, case, numbers, beside) for finding in causes],
        unread=[_cause(finding, case, numbers, beside) for finding in diagnosis.findings if finding.is_gap],
        still_needed=needed,
        fixes=list(_fixes(diagnosis, numbers)),
        plan=[numbers[without_kind(remedy)] for remedy in diagnosis.plan],
        blocking=_blocking(diagnosis),
        layers=_layers(diagnosis),
        gates=_gates(diagnosis),
        doubts=_doubts(diagnosis),
        gaps=_gaps(diagnosis),
        problems=[
            published_place(Excerpt(one.layer, one.policy, one.pointer, one.message), case, places)
            for one in decision.problems[:_MOST_PROBLEMS]
        ],
        notes=[PublishedNote(layer=one.layer.value, text=one.text, source=one.source) for one in decision.notes],
        attempt=_attempt(case),
        authorizations=published_authorizations(case),
    )


_MOST_PROBLEMS = 1000


def diagnosis_schema() -> dict[str, object]:
    """Give the JSON Schema of a report."""
    (reference,), components = msgspec.json.schema_components((PublishedDiagnosis,), ref_template="#/$defs/{name}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **reference, "$defs": components}


def published_place(excerpt: Excerpt, case: Case, places: Places | None = None) -> PublishedPlace:
    """Give a place as it is published."""
    place, policy = locate(excerpt, case), excerpt.policy
    page = page_of_policy(policy)
    span = span_at(page, excerpt.pointer)
    file = places(excerpt) if places is not None else None
    return PublishedPlace(
        layer=excerpt.layer.value,
        level=excerpt.level,
        policy_name=policy.name,
        policy_arn=policy.arn,
        policy_kind=policy.kind.value,
        attached_to=policy.attached_to,
        statement=place.statement,
        sid=place.sid,
        pointer=excerpt.pointer,
        line=span.line,
        column=span.column,
        file=file.path if file else "",
        file_line=file.line if file else 0,
        file_column=file.column if file else 0,
        text="\n".join(page.lines[span.line - 1 : span.last]),
        label=excerpt.label,
        primary=excerpt.primary,
    )


def _numbered(diagnosis: Diagnosis) -> Mapping[Remedy, int]:
    """Number the fixes in the order in which they are told. Those that read the same are one."""
    told = (remedy for finding in _every(diagnosis) for remedy in finding.remedies)
    every = dict.fromkeys(map(without_kind, (*told, *diagnosis.plan)))
    return {remedy: number for number, remedy in enumerate(every, 1)}


def _every(diagnosis: Diagnosis) -> Sequence[Finding]:
    return (*causes_in_order(diagnosis), *(finding for finding in diagnosis.findings if finding.is_gap))


def _cause(finding: Finding, case: Case, numbers: Mapping[Remedy, int], beside: Screen) -> PublishedCause:
    return PublishedCause(
        rule=finding.rule,
        rule_url=beside.page_of(finding.rule) if beside.page_of else "",
        formerly=list(finding.formerly),
        title=finding.title,
        certainty=finding.certainty.value,
        owner=finding.owner.value,
        layer=finding.layer or "",
        gate=finding.gate or "",
        action=finding.action,
        explanation=finding.explanation,
        unknown=list(first_of_many(finding.unknown)),
        places=[published_place(excerpt, case, beside.places) for excerpt in finding.excerpts],
        fixes=list(dict.fromkeys(numbers[without_kind(remedy)] for remedy in finding.remedies)),
        refused=[
            PublishedRefusal(kind=one.kind, reason=one.reason.value, text=refusal_words(one)) for one in finding.refused
        ],
        sources=list(finding.sources),
    )


def _fixes(diagnosis: Diagnosis, numbers: Mapping[Remedy, int]) -> Iterator[PublishedFix]:
    findings = _every(diagnosis)
    every = [(remedy, finding.rule) for finding in findings for remedy in finding.remedies]
    rules: dict[Remedy, list[str]] = {remedy: [] for remedy in numbers}
    kinds = {without_kind(remedy): remedy.kind for remedy in reversed([*(one for one, _ in every), *diagnosis.plan])}
    for remedy, rule in every:
        rules[without_kind(remedy)].append(rule)
    for remedy, number in numbers.items():
        yield _fix(remedy, kinds[remedy], number, list(dict.fromkeys(rules[remedy])), diagnosis.case)


def _fix(remedy: Remedy, kind: str, number: int, rules: list[str], case: Case) -> PublishedFix:
    alone: Tri | None = remedy.admits_nobody_else
    document = _values_in(remedy.document) if remedy.document else None
    return PublishedFix(
        number=number,
        rules=rules,
        kind=kind,
        owner=remedy.owner.value,
        text=remedy.text,
        proof=remedy.proof.value,
        proof_text=proof_words(remedy, case),
        remaining=list(remaining_words(remedy)),
        admits_nobody_else="" if alone is None else alone.word,
        policy_name=remedy.policy_name,
        document=document if isinstance(document, dict) else None,
        patch=msgspec.convert(_values_in(remedy.patch), list[PublishedEdit]) if remedy.patch else [],
        flags=list(remedy.flags),
        commands=[PublishedCommand(tool=tool, text=text) for tool, text in remedy.commands],
        handover=handover(remedy, case),
    )


def _values_in(text: str) -> object:
    """Read JSON for its values. A number that is too great for JSON's other readers stays the text that it was."""
    return json.loads(text, parse_float=_number, parse_int=_number, parse_constant=str)


def _number(digits: str) -> object:
    if not any(mark in digits for mark in ".eE"):
        return int(digits) if len(digits) < _MOST_DIGITS else digits
    return float(digits) if math.isfinite(float(digits)) else digits


_MOST_DIGITS = 16
"""Digits of an integer that every reader of JSON keeps exact: up to 2**53.

Source: https://www.rfc-editor.org/rfc/rfc8259#section-6
"""


def _blocking(diagnosis: Diagnosis) -> list[PublishedBlocker]:
    return [
        PublishedBlocker(action=one.action or "", layer=one.layer or "", gate=one.gate or "", explicit=one.explicit)
        for one in diagnosis.decision.blockers
    ]


def _layers(diagnosis: Diagnosis) -> list[PublishedLayer]:
    return [
        PublishedLayer(
            action=decided.action.value,
            layer=layer.layer.value,
            applies=layer.applies,
            verdict=Verdict.of(layer.verdict).value,
            explicit_deny=layer.explicit.word,
            needed=layer.needed.word,
            answer=layer_check(layer).answer,
        )
        for decided in diagnosis.decision.actions
        for layer in decided.layers
    ]


def _gates(diagnosis: Diagnosis) -> list[PublishedGate]:
    return [
        PublishedGate(
            gate=gate.gate.value,
            verdict=Verdict.of(gate.verdict).value,
            reason=gate.reason.value,
            wanted=asked_words(gate),
            got=offered_words(gate),
        )
        for gate in diagnosis.decision.gates
    ]


def _doubts(diagnosis: Diagnosis) -> list[PublishedDoubt]:
    return [
        PublishedDoubt(
            kind=doubt.kind.value,
            subject=subject_words(doubt),
            matters=doubt.matters.word,
            allows=list(alternative_words(doubt.allows)),
            denies=list(alternative_words(doubt.denies)),
            text=doubt_words(doubt),
        )
        for doubt in diagnosis.decision.doubts
    ]


def _gaps(diagnosis: Diagnosis) -> list[PublishedGap]:
    return [
        PublishedGap(
            subject=gap.subject,
            gap=gap.gap.value,
            permission=gap.permission,
            detail=gap.detail,
            cure=how_to_read(gap),
        )
        for gap in gaps(diagnosis)
    ]


def _attempt(case: Case) -> PublishedAttempt:
    probe = case.probe
    return PublishedAttempt(
        caller=probe.caller if probe else "",
        code=probe.code if probe else "",
        message=probe.message if probe else "",
        why=probe.why if probe else "",
        reported=case.message,
    )
