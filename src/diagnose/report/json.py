"""A report for machines: one document, flat at the top, with the detail below. Its types are in `json_v1`."""

from collections.abc import Iterator, Mapping
from typing import assert_never

import msgspec

from diagnose.model.case import Case, DestinationSide, ProbeOutcome, SourceSide
from diagnose.model.diagnosis import Certainty, Diagnosis, Excerpt, Finding, Proof, Remedy
from diagnose.model.evidence import Evidence, Gap, Known, Unread
from diagnose.model.policy import Level, PolicySet, document_text
from diagnose.model.trace_words import alternative_words, asked_words, offered_words, subject_words
from diagnose.model.tri import Tri
from diagnose.report import Screen
from diagnose.report.enough import first_of_many
from diagnose.report.first_cause import computed_verdict, first_cause
from diagnose.report.json_v1 import DiagnosisShape, Visibility
from diagnose.report.refused import refusal_words
from diagnose.report.safe_text import ascii_json
from diagnose.report.sections.fixes import proof_words
from diagnose.report.sections.handover import handover
from diagnose.report.sections.headline import dest_account, source_account
from diagnose.report.sections.layers import layer_check
from diagnose.report.sections.places import locate
from diagnose.report.sections.remaining import remaining_words
from diagnose.report.sections.unseen import doubt_words, gaps, how_to_read
from diagnose.report.snippet import page_of, span_at
from diagnose.version import VERSION

SUFFIX = "json"


def report(diagnosis: Diagnosis, _screen: Screen) -> str:
    """Write one JSON document in ASCII characters, indented by two."""
    document = {"schema": "xdiag.diagnosis/1", **_flat(diagnosis), **_detail(diagnosis)}
    return ascii_json(msgspec.to_builtins(msgspec.convert(document, DiagnosisShape)), indent=2) + "\n"


def diagnosis_schema() -> dict[str, object]:
    """Give the JSON Schema of a report."""
    (reference,), components = msgspec.json.schema_components((DiagnosisShape,), ref_template="#/$defs/{name}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **reference, "$defs": components}


def source_visibility(case: Case) -> Visibility:
    """Say how much of the caller's side was seen: the principal, its policies, boundary and SCPs.

    What no AWS API tells, such as the session policy of a live session, is not counted.
    """
    return _visibility(list(_source(case.snapshot.source)))


def destination_visibility(case: Case) -> Visibility:
    """Say how much of the role's side was seen: the role, its trust policy and RCPs."""
    return _visibility(list(_destination(case.snapshot.destination)))


def _flat(diagnosis: Diagnosis) -> Mapping[str, object]:
    case, first = diagnosis.case, first_cause(diagnosis)
    certain = sum(finding.certainty is Certainty.CERTAIN for finding in diagnosis.findings)
    proofs = [remedy.proof for finding in diagnosis.findings for remedy in finding.remedies]
    return {
        "tool_version": VERSION,
        "verdict": diagnosis.verdict.value,
        "computed": computed_verdict(diagnosis).value,
        "primary_cause": first.cause,
        "primary_cause_title": first.title,
        "layer": first.layer,
        "action": first.action,
        "certainty": first.certainty,
        "source_arn": case.snapshot.source.arn,
        "source_arn_read": case.source_arn,
        "source_account": source_account(case),
        "dest_role_arn": case.request.role_arn,
        "dest_account": dest_account(case),
        "same_account": diagnosis.decision.same_account,
        "visibility_source": source_visibility(case),
        "visibility_destination": destination_visibility(case),
        "probe": (case.probe.outcome if case.probe else ProbeOutcome.NOT_MADE).value,
        "agreement": diagnosis.agreement.value,
        "aws_refused": diagnosis.answer is not None and diagnosis.answer.refuses,
        "aws_error_kind": diagnosis.answer.kind.value if diagnosis.answer else "",
        "aws_error_code": diagnosis.answer.code if diagnosis.answer else "",
        "blockers": len(diagnosis.decision.blockers),
        "causes_certain": certain + diagnosis.left_out.certain,
        "causes_possible": len(diagnosis.findings) - certain + diagnosis.left_out.possible,
        "causes_left_out": diagnosis.left_out.together,
        "fix_proved": Proof.ALLOWED in proofs,
        "taken_at": case.snapshot.taken_at,
    }


def _detail(diagnosis: Diagnosis) -> Mapping[str, object]:
    case, decision = diagnosis.case, diagnosis.decision
    probe = case.probe
    return {
        "causes": [_cause(finding, case) for finding in diagnosis.findings],
        "plan": [_fix(remedy, case) for remedy in diagnosis.plan],
        "blocking": [
            {
                "action": (one.action or ""),
                "layer": (one.layer or ""),
                "gate": (one.gate or ""),
                "explicit": one.explicit,
            }
            for one in decision.blockers
        ],
        "layers": [
            {
                "action": decided.action.value,
                "layer": layer.layer.value,
                "applies": layer.applies,
                "verdict": layer.verdict.word,
                "explicit_deny": layer.explicit.word,
                "needed": layer.needed.word,
                "answer": layer_check(layer).answer,
            }
            for decided in decision.actions
            for layer in decided.layers
        ],
        "gates": [
            {
                "gate": gate.gate.value,
                "verdict": gate.verdict.word,
                "reason": gate.reason.value,
                "wanted": asked_words(gate),
                "got": offered_words(gate),
            }
            for gate in decision.gates
        ],
        "doubts": [
            {
                "kind": doubt.kind.value,
                "subject": subject_words(doubt),
                "matters": doubt.matters.word,
                "allows": alternative_words(doubt.allows),
                "denies": alternative_words(doubt.denies),
                "text": doubt_words(doubt),
            }
            for doubt in decision.doubts
        ],
        "gaps": [
            {
                "subject": gap.subject,
                "gap": gap.gap.value,
                "permission": gap.permission,
                "detail": gap.detail,
                "cure": how_to_read(gap),
            }
            for gap in gaps(diagnosis)
        ],
        "problems": [
            _place(Excerpt(one.layer, one.policy, one.pointer, one.message), case) for one in decision.problems
        ],
        "notes": [{"layer": one.layer.value, "text": one.text, "source": one.source} for one in decision.notes],
        "attempt": {
            "caller": probe.caller if probe else "",
            "code": probe.code if probe else "",
            "message": probe.message if probe else "",
            "why": probe.why if probe else "",
            "reported": case.message,
        },
    }


def _cause(finding: Finding, case: Case) -> Mapping[str, object]:
    return {
        "rule": finding.rule,
        "formerly": finding.formerly,
        "title": finding.title,
        "certainty": finding.certainty.value,
        "owner": finding.owner.value,
        "layer": finding.layer or "",
        "action": finding.action,
        "explanation": finding.explanation,
        "unknown": first_of_many(finding.unknown),
        "places": [_place(excerpt, case) for excerpt in finding.excerpts],
        "fixes": [_fix(remedy, case) for remedy in finding.remedies],
        "refused": [
            {"kind": one.kind, "reason": one.reason.value, "text": refusal_words(one)} for one in finding.refused
        ],
        "sources": finding.sources,
    }


def _fix(remedy: Remedy, case: Case) -> Mapping[str, object]:
    alone: Tri | None = remedy.admits_nobody_else
    return {
        "kind": remedy.kind,
        "owner": remedy.owner.value,
        "text": remedy.text,
        "proof": remedy.proof.value,
        "proof_text": proof_words(remedy),
        "remaining": remaining_words(remedy),
        "admits_nobody_else": "" if alone is None else alone.word,
        "policy_name": remedy.policy_name,
        "document": remedy.document,
        "patch": remedy.patch,
        "flags": remedy.flags,
        "commands": [{"tool": tool, "text": text} for tool, text in remedy.commands],
        "handover": handover(remedy, case),
    }


def _place(excerpt: Excerpt, case: Case) -> Mapping[str, object]:
    place, policy = locate(excerpt, case), excerpt.policy
    page = page_of(document_text(policy.document))
    span = span_at(page, excerpt.pointer)
    return {
        "layer": excerpt.layer.value,
        "level": excerpt.level,
        "policy_name": policy.name,
        "policy_arn": policy.arn,
        "policy_kind": policy.kind.value,
        "attached_to": policy.attached_to,
        "statement": place.statement,
        "sid": place.sid,
        "pointer": excerpt.pointer,
        "line": span.line,
        "column": span.column,
        "text": "\n".join(page.lines[span.line - 1 : span.last]),
        "label": excerpt.label,
        "primary": excerpt.primary,
    }


def _visibility(seen: list[bool]) -> Visibility:
    if all(seen):
        return "full"
    return "partial" if any(seen) else "none"


def _source(side: SourceSide) -> Iterator[bool]:
    yield from _read(side.principal)
    yield from _all_read(side.identity_policies)
    yield from _read(side.boundary)
    yield from _levels_read(side.scps)


def _destination(side: DestinationSide) -> Iterator[bool]:
    yield from _read(side.role)
    yield from _read(side.trust_policy)
    yield from _levels_read(side.rcps)


def _read(evidence: Evidence[object]) -> Iterator[bool]:
    match evidence:
        case Known():
            yield True
        case Unread(gap=Gap.NO_API):
            return
        case Unread():
            yield False
        case _:
            assert_never(evidence)


def _levels_read(levels: Evidence[tuple[Level, ...]]) -> Iterator[bool]:
    yield from _read(levels)
    if isinstance(levels, Known):
        for level in levels.value:
            yield from _all_read(level.policies)


def _all_read(policies: PolicySet) -> Iterator[bool]:
    """Say that policies were read where any was, or where there are none; and of each gap that it is one."""
    if policies.policies or not policies.unread:
        yield True
    for gap in policies.unread:
        yield from _read(gap)
