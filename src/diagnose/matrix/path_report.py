"""The ways to a role, as JSON for programs and as text for people."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from diagnose.evaluate.decision import decide
from diagnose.evaluate.gates import CHAINING_SECONDS
from diagnose.matrix.paths import Route, Ways
from diagnose.model.arn import CallerKind, parse_caller
from diagnose.model.case import Case
from diagnose.model.diagnosis import Verdict
from diagnose.model.evidence import Known
from diagnose.model.trace import Decision, Layer
from diagnose.model.trace_words import subject_words
from diagnose.model.tri import NO, YES
from diagnose.model.words import GATE_WORDS, LAYER_WORDS
from diagnose.report.layout import TonedLine, toneless, wrap
from diagnose.report.safe_text import ascii_json, in_backticks
from diagnose.report.sections.unseen import doubt_subject, doubt_words

PATHS_SCHEMA = "xdiag.paths/1"


class DependsOn(Struct, frozen=True, kw_only=True):
    """Something unknown that decides a call, with the words of a report on it."""

    kind: str
    subject: str
    text: str


class PathCall(Struct, frozen=True, kw_only=True):
    """One call. What its session was handed is null where it is not known.

    `layer` is the layer or the gate that the first obstacle is in, "" where there is none. `longest_seconds` is how
    long the new session lasts at the most, null where that is up to the role.
    """

    source_arn: str
    dest_role_arn: str
    verdict: str
    layer: str = ""
    depends_on: list[DependsOn]
    session_tags: Mapping[str, str] | None
    transitive_tag_keys: Sequence[str] | None
    source_identity: str | None
    may_carry_mfa: bool
    longest_seconds: int | None


class PublishedWay(Struct, frozen=True, kw_only=True):
    """One way."""

    verdict: str
    calls: list[PathCall]


class PathReport(Struct, frozen=True, kw_only=True, tag_field="schema", tag=PATHS_SCHEMA):
    """The answer. `ways` are those that are open or may be; `direct` is told whatever its answer.

    INVARIANT: others rely on the names and the meaning of these fields. Within version 1 a field may be added; none is
    renamed, removed, or given another meaning.
    """

    source_arn: str
    dest_role_arn: str
    verdict: str
    max_hops: int
    searched_all: bool
    more_ways: bool
    direct: PublishedWay
    ways: list[PublishedWay]


def paths_json(found: Ways, max_hops: int) -> str:
    """Write the ways as one JSON object."""
    first = found.direct.calls[0]
    report = PathReport(
        source_arn=first.snapshot.source.arn,
        dest_role_arn=first.request.role_arn,
        verdict=Verdict.of(found.verdict).value,
        max_hops=max_hops,
        searched_all=found.searched_all,
        more_ways=found.more,
        direct=_path(found.direct),
        ways=[_path(way) for way in found.ways],
    )
    return ascii_json(msgspec.to_builtins(report), indent=2)


def paths_text(found: Ways, max_hops: int, width: int) -> str:
    """Write the ways for people. ARNs are never broken; long ones run over."""
    return toneless(list(_lines(found, max_hops, width)))


def _path(way: Route) -> PublishedWay:
    return PublishedWay(verdict=Verdict.of(way.verdict).value, calls=[_call(case) for case in way.calls])


def _call(case: Case) -> PathCall:
    decision, session = decide(case), case.snapshot.source.session
    tags, transitive, identity = session.tags, session.transitive_tag_keys, session.source_identity
    return PathCall(
        source_arn=case.snapshot.source.arn,
        dest_role_arn=case.request.role_arn,
        verdict=Verdict.of(decision.verdict).value,
        layer=_obstacle(decision),
        depends_on=[
            DependsOn(kind=doubt.kind.value, subject=subject_words(doubt), text=doubt_words(doubt))
            for doubt in decision.doubts
            if doubt.matters is not NO
        ],
        session_tags=tags.value if isinstance(tags, Known) else None,
        transitive_tag_keys=transitive.value if isinstance(transitive, Known) else None,
        source_identity=identity.value if isinstance(identity, Known) else None,
        may_carry_mfa=not _by_role(case),
        longest_seconds=CHAINING_SECONDS if _by_role(case) else None,
    )


def _by_role(case: Case) -> bool:
    return parse_caller(case.snapshot.source.arn).kind in (CallerKind.ROLE, CallerKind.SESSION)


def _obstacle(decision: Decision) -> str:
    return next((blocker.layer or blocker.gate or "" for blocker in decision.blockers), "")


def _lines(found: Ways, max_hops: int, width: int) -> Iterator[TonedLine]:
    first = found.direct.calls[0]
    yield from wrap(_headline(found, max_hops), width)
    yield ()
    yield from wrap(in_backticks(first.snapshot.source.arn), width, first="source  ")
    yield from wrap(in_backticks(first.request.role_arn), width, first="role    ")
    if found.direct.verdict is NO:
        yield from wrap(_told(decide(first)), width, first="direct  ")
    for number, way in enumerate(found.ways, 1):
        calls = f"{len(way.calls)} calls" if len(way.calls) > 1 else "1 call"
        yield ()
        yield from wrap(f"{number}. {_OPEN[Verdict.of(way.verdict)]}, {calls}", width)
        for place, case in enumerate(way.calls, 1):
            yield from wrap(f"call {place} for {in_backticks(case.request.role_arn)}", width, first="   ")
            yield from wrap(f"{_told(decide(case))}{_carried(case, first=place == 1)}", width, first="     ")
    for sentence in _footer(found, max_hops):
        yield ()
        yield from wrap(sentence, width)


_OPEN = {Verdict.ALLOWED: "open", Verdict.UNDETERMINED: "may be open", Verdict.DENIED: "closed"}


def _headline(found: Ways, max_hops: int) -> str:
    if not found.ways:
        return f"NO WAY FOUND: with up to {max_hops} calls over the roles in the dumps"
    best = max(found.ways, key=lambda way: way.verdict)
    fewest = len(best.calls)
    calls = "directly" if fewest == 1 else f"with {fewest} calls, over {fewest - 1} other role{'s' * (fewest > 2)}"
    return f"OPEN: {calls}" if best.verdict is YES else f"MAY BE OPEN: {calls}"


def _told(decision: Decision) -> str:
    """Give the answer to one call with what it depends on, or what stands in its way."""
    answer = Verdict.of(decision.verdict)
    match answer:
        case Verdict.ALLOWED:
            return answer.value
        case Verdict.DENIED:
            return f"{answer.value}, {_WHY[_obstacle(decision)]}"
        case Verdict.UNDETERMINED:
            doubts = [doubt for doubt in decision.doubts if doubt.matters is not NO]
            if len(doubts) == 1:
                return doubt_words(doubts[0])
            return f"depends on {', '.join(doubt_subject(doubt) for doubt in doubts)}"


_WHY = {layer.value: f"by {LAYER_WORDS[layer].whole}" for layer in Layer} | {
    gate.value: f"as {words.refused} is refused" for gate, words in GATE_WORDS.items()
}


def _carried(case: Case, *, first: bool) -> str:
    """Say what the credentials of a call have lost, and what they hand on; empty where there is nothing to say."""
    session = case.snapshot.source.session
    tags, keys, identity = session.tags, session.transitive_tag_keys, session.source_identity
    parts = [] if first else ["signed without MFA"]
    if isinstance(tags, Known) and tags.value:
        transitive = {key.lower() for key in keys.value} if isinstance(keys, Known) else set()
        kept = [in_backticks(key) for key in tags.value if key.lower() in transitive]
        lost = [in_backticks(key) for key in tags.value if key.lower() not in transitive]
        parts += [f"session tags that are handed on: {', '.join(kept)}"] if kept else []
        parts += [f"session tags that end here: {', '.join(lost)}"] if lost else []
    elif not isinstance(keys, Known):
        parts.append("whether tags are handed on is not known")
    if isinstance(identity, Known) and identity.value:
        parts.append(f"source identity {in_backticks(identity.value)}")
    if _by_role(case):
        parts.append("the session lasts at most 1 hour")
    return f"; {', '.join(parts)}" if parts else ""


def _footer(found: Ways, max_hops: int) -> Iterator[str]:
    if found.more:
        yield "There are more ways: --limit."
    if not found.searched_all:
        yield "There are too many roles to look at every way: others may be open."
    if found.verdict is not YES:
        yield f"Ways of more than {max_hops} calls were not looked for: --max-hops."
    yield (
        "Supposed: the source's own credentials carry no session policy, session tags or source identity, and no call "
        "goes through a VPC endpoint."
    )
