"""What could not be seen, what each answer would change, and how to find it out."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from msgspec.structs import replace

from diagnose.model.diagnosis import Diagnosis, Verdict
from diagnose.model.evidence import Gap, Unread
from diagnose.model.key_state import Alternative, ConditionKey
from diagnose.model.trace import Action, BrokenStatement, Comparison, Doubt, Gate, Layer
from diagnose.model.trace_words import alternative_words, subject_words
from diagnose.model.tri import Tri
from diagnose.model.words import GAP_WORDS, GATE_WORDS, LAYER_WORDS, SESSION_PROPERTIES
from diagnose.report.blocks import Block, Paragraph, Section
from diagnose.report.enough import first_listed
from diagnose.report.safe_text import in_backticks


def unseen(diagnosis: Diagnosis, *, full: bool) -> tuple[Section, ...]:
    """List the uncertain readings of AWS's rules; in full, every doubt and every gap with what would close it, too."""
    blocks = (
        *(_doubts(diagnosis) if full else ()),
        *(_gaps(diagnosis) if full else ()),
        *_notes(diagnosis),
        *_annotation(diagnosis, full=full),
    )
    return (Section("What is not known", blocks),) if blocks else ()


def permissions_lacking(unread: Iterable[Unread]) -> str:
    """Name the permissions that would have let it be read, each once."""
    return " and ".join(dict.fromkeys(in_backticks(gap.permission) for gap in unread if gap.permission))


def doubt_words(doubt: Doubt) -> str:
    """Say what a doubt would change: "allowed if `aws:MultiFactorAuthPresent` is true, denied otherwise"."""
    return _by_value(doubt) or f"it {_dependence(doubt)}"


def doubt_sentence(doubt: Doubt, *, alone: bool) -> str:
    """Say it as a sentence about the request: where more is unknown, no value of one thing makes it allowed."""
    words = _by_value(doubt) if alone else _barred(doubt)
    return f"The request is {words}." if words else f"It {_dependence(doubt)}."


def doubt_subject(doubt: Doubt) -> str:
    """Name what is unknown: a key, a layer, or a question."""
    match doubt.about:
        case ConditionKey(name=name):
            return in_backticks(name)
        case Layer():
            return LAYER_WORDS[doubt.about].whole
        case Gate():
            return GATE_WORDS[doubt.about].question
        case Action():
            of_session = SESSION_PROPERTIES[doubt.about]
            return f"whether the caller's session has {of_session}, for which `{doubt.about}` is needed"
        case Comparison() | BrokenStatement():
            return subject_words(doubt)
        case _:
            assert_never(doubt.about)


def gaps(diagnosis: Diagnosis) -> tuple[Unread, ...]:
    """Collect every gap that the decision met, each once, those that a doubt rests on first."""
    decision = diagnosis.decision
    doubted = [_named(gap, doubt_subject(doubt)) for doubt in decision.doubts for gap in doubt.gaps]
    in_layers = [
        _named(gap, LAYER_WORDS[layer.layer].whole)
        for decided in decision.actions
        for layer in decided.layers
        if layer.applies
        for level in layer.levels
        for gap in level.unread
    ]
    return tuple(dict.fromkeys([*doubted, *in_layers]))


def gap_words(gap: Unread) -> str:
    """Say what was not read and why."""
    detail = f" ({gap.detail})" if gap.detail else ""
    return f"{gap.subject or 'a part of the evidence'}: {GAP_WORDS[gap.gap]}{detail}"


def how_to_read(gap: Unread) -> str:
    """Say what would let xdiag see it."""
    match gap.gap:
        case Gap.ACCESS_DENIED | Gap.NOT_SUPPLIED if gap.permission:
            return f"needs {in_backticks(gap.permission)}"
        case Gap.ACCESS_DENIED:
            return "needs the permission to read it"
        case Gap.NOT_SUPPLIED:
            return "give it in a case file (`--case`)"
        case Gap.NO_CREDENTIALS if gap.permission:
            return f"needs credentials of that account, with {in_backticks(gap.permission)}"
        case Gap.NO_CREDENTIALS:
            return "needs credentials that may read it"
        case Gap.NO_API:
            return "ask whoever issued the credentials"
        case Gap.UNREACHABLE:
            return "try again"
        case _:
            assert_never(gap.gap)


def _by_value(doubt: Doubt) -> str:
    """Say with which values the request is allowed or denied; empty where none settles it by itself."""
    if not doubt.denies:
        return ""
    subject = doubt_subject(doubt)
    if not doubt.allows:
        return f"denied if {subject} is {_either(doubt.denies)}"
    if any(alternative.is_the_rest for alternative in doubt.allows):
        return f"denied if {subject} is {_either(doubt.denies)}, allowed otherwise"
    return f"allowed if {subject} is {_either(doubt.allows)}, denied otherwise"


def _barred(doubt: Doubt) -> str:
    """Say with which values the request is denied, whatever else is unknown; empty where it may be with none."""
    if not doubt.denies:
        return ""
    subject = doubt_subject(doubt)
    if not doubt.allows or any(alternative.is_the_rest for alternative in doubt.allows):
        return f"denied if {subject} is {_either(doubt.denies)}"
    return f"denied unless {subject} is {_either(doubt.allows)}"


def _dependence(doubt: Doubt) -> str:
    subject = doubt_subject(doubt)
    if doubt.allows:
        return f"depends on {subject} and on other unknowns"
    return f"{'depends' if doubt.matters is Tri.YES else 'may depend'} on {subject}"


def _named(gap: Unread, subject: str) -> Unread:
    return gap if gap.subject else replace(gap, subject=subject)


def _doubts(diagnosis: Diagnosis) -> Iterator[Block]:
    doubts = [doubt for doubt in diagnosis.decision.doubts if doubt.matters is not Tri.NO]
    if not doubts:
        return
    if diagnosis.verdict is Verdict.UNDETERMINED or diagnosis.refused_though_open:
        yield Paragraph(
            "This is unknown and decides the answer:"
            if len(doubts) == 1
            else "These are unknown and together decide the answer:"
        )
    yield from first_listed(doubts, lambda doubt: doubt_sentence(doubt, alone=len(doubts) == 1))


def _gaps(diagnosis: Diagnosis) -> Iterator[Block]:
    unread = gaps(diagnosis)
    if not unread:
        return
    match diagnosis.verdict:
        case Verdict.DENIED if diagnosis.refused_though_open:
            yield Paragraph("These were not read, and AWS may have denied it because of any of them:")
        case Verdict.DENIED:
            yield Paragraph("These were not read. They cannot change the denial, but may add causes:")
        case Verdict.ALLOWED:
            yield Paragraph("These were not read. They do not change the answer:")
        case Verdict.UNDETERMINED:
            yield Paragraph("These were not read:")
        case _:
            assert_never(diagnosis.verdict)
    yield from first_listed(unread, lambda gap: f"{gap_words(gap)}; {how_to_read(gap)}")


def _notes(diagnosis: Diagnosis) -> Iterator[Block]:
    notes = diagnosis.decision.notes
    if notes:
        yield Paragraph("The answer also depends on a point that AWS's documentation leaves open:")
        yield from first_listed(notes, lambda note: f"{LAYER_WORDS[note.layer].policies}: {note.text} ({note.source})")


def _annotation(diagnosis: Diagnosis, *, full: bool) -> Iterator[Block]:
    """Say how to look up what only Kubernetes knows: without the annotation, the pod presents no token at all.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    """
    pod = diagnosis.case.snapshot.source.pod
    if pod is None or not isinstance(pod.annotation, Unread) or pod.annotation.gap is not Gap.NO_API:
        return
    if diagnosis.verdict is Verdict.DENIED and not full:
        return
    words = ("kubectl", "get", "serviceaccount", pod.service_account, "--namespace", pod.namespace)
    command = f"{shlex.join(words)} -o jsonpath='{{.metadata.annotations.eks\\.amazonaws\\.com/role-arn}}'"
    yield Paragraph(
        "The pod presents its token only if its service account is annotated with the role. That is in Kubernetes, and "
        f"no API of AWS shows it; {in_backticks(command)} does."
    )


def _either(alternatives: Sequence[Alternative]) -> str:
    *most, last = alternative_words(alternatives)
    return f"{', '.join(most)} or {last}" if most else last
