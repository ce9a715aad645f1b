"""What changed between two matrices, as JSON for programs, and as Markdown or a page for people."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from diagnose.matrix.compare import COMPARISON_SCHEMA, ChangeKind, PairChange, PairState
from diagnose.model.diagnosis import Verdict
from diagnose.model.trace import Layer
from diagnose.model.words import GATE_WORDS, LAYER_WORDS
from diagnose.report.blocks import Bullets, Section
from diagnose.report.html.listing_page import listing_page
from diagnose.report.layout import Tone
from diagnose.report.safe_text import ascii_json, code_span, in_backticks, prose


def comparison_json(
    changes: Iterable[PairChange], counts: Counter[ChangeKind], before: str, after: str
) -> Iterator[str]:
    """Write a JSON object in parts, a change on each line, and count the changes. What they add up to comes last.

    `before` and `after` say where the matrices are.
    """
    yield f'{{"schema": {ascii_json(COMPARISON_SCHEMA)}, "before": {ascii_json(before)}, "after": {ascii_json(after)},'
    yield '\n"changes": ['
    for number, change in enumerate(changes):
        counts[change.change] += 1
        yield f"{',' if number else ''}\n{ascii_json(msgspec.to_builtins(change))}"
    yield f'\n],\n"counts": {ascii_json({kind.value: counts[kind] for kind in ChangeKind})}}}\n'


def comparison_markdown(
    changes: Iterable[PairChange], counts: Counter[ChangeKind], before: str, after: str
) -> Iterator[str]:
    """Write GitHub-flavoured Markdown in parts, the most urgent changes first, and count the changes.

    A page is for people: sources that share a change have one line, and of each kind the first hundred are listed.
    """
    listed = _listed(changes, counts, _MARKDOWN)
    yield f"# {_headline(counts)}\n\nFrom {code_span(before)} to {code_span(after)}.\n"
    for kind, lines in listed.items():
        if lines:
            yield f"\n## {_HEADINGS[kind]}: {counts[kind]:,}\n\n"
            yield "".join(f"- {line}\n" for line in lines)


def comparison_html(
    changes: Iterable[PairChange], counts: Counter[ChangeKind], before: str, after: str
) -> Iterator[str]:
    """Write the same as a page. What is newly allowed makes it bad news, or, undetermined, doubtful."""
    listed = _listed(changes, counts, _PAGE)
    sections = [
        Section(f"{_HEADINGS[kind]}: {counts[kind]:,}", (Bullets(tuple(lines)),))
        for kind, lines in listed.items()
        if lines
    ]
    tone = next((tone for kind, tone in _NEWS if counts[kind]), Tone.PLAIN)
    footer = (f"From {in_backticks(before)} to {in_backticks(after)}.",)
    yield listing_page(_headline(counts), sections, tone=tone, footer=footer)


class _Words(Struct, frozen=True):
    """How a form writes a name that comes from others, and a sentence of a rule."""

    name: Callable[[str], str]
    sentence: Callable[[str], str]


_MARKDOWN = _Words(code_span, prose)
_PAGE = _Words(in_backticks, str)
_NEWS = ((ChangeKind.NEWLY_ALLOWED, Tone.BAD), (ChangeKind.NEWLY_UNDETERMINED, Tone.DOUBT))


def _listed(
    changes: Iterable[PairChange], counts: Counter[ChangeKind], words: _Words
) -> Mapping[ChangeKind, list[str]]:
    """Count the changes, and write the first of each kind. Sources to which the same happened stand together."""
    groups: dict[ChangeKind, dict[_Alike, list[str]]] = {kind: {} for kind in ChangeKind}
    sizes = Counter[_Alike]()
    for change in changes:
        counts[change.change] += 1
        alike = _Alike(change.dest_role_arn, _told(change.before, words), _told(change.after, words))
        of_kind = groups[change.change]
        if alike in of_kind or len(of_kind) < _MOST_LISTED:
            sizes[alike] += 1
            if sizes[alike] <= _MOST_NAMED:
                of_kind.setdefault(alike, []).append(change.source_arn)
    return {kind: list(_lines(of_kind, sizes, counts[kind], words)) for kind, of_kind in groups.items()}


class _Alike(NamedTuple):
    """What a line is about: a role, and what became of those who call."""

    dest_role_arn: str
    before: str
    after: str


def _lines(
    groups: Mapping[_Alike, Sequence[str]], sizes: Mapping[_Alike, int], number: int, words: _Words
) -> Iterator[str]:
    for alike, named in groups.items():
        sources = ", ".join(map(words.name, named))
        more = f" and {sizes[alike] - len(named):,} more" if sizes[alike] > len(named) else ""
        yield f"{sources}{more} to {words.name(alike.dest_role_arn)}: {alike.before} before, now {alike.after}"
    if left := number - sum(sizes[alike] for alike in groups):
        yield f"and {left:,} more, all of which `--output json` lists"


_MOST_LISTED, _MOST_NAMED = 100, 3
_HEADINGS = {
    ChangeKind.NEWLY_ALLOWED: "Newly allowed",
    ChangeKind.NEWLY_UNDETERMINED: "Newly undetermined",
    ChangeKind.NEWLY_DENIED: "Newly denied",
    ChangeKind.CHANGED_CAUSE: "Denied or undetermined for another reason",
}


def _headline(counts: Mapping[ChangeKind, int]) -> str:
    if not sum(counts.values()):
        return "Nothing changed"
    told = (f"{counts[kind]:,} {_HEADINGS[kind].lower()}" if kind in counts else "" for kind in ChangeKind)
    return ", ".join(filter(None, told)).capitalize()


def _told(state: PairState | None, words: _Words) -> str:
    if state is None:
        return "denied"
    parts = [state.verdict]
    if state.half_open:
        parts.append(_HALVES.get(state.half_open, ""))
    # What an open answer depends on: its cause is only one that is possible.
    open_on = state.primary_gap_title if state.verdict == Verdict.UNDETERMINED else ""
    if title := open_on or state.primary_cause_title:
        parts.append(words.sentence(_within_a_sentence(title)))
    elif state.layer:
        parts.append(_DECIDERS.get(state.layer, ""))
    known = list(filter(None, parts[1:]))
    return f"{parts[0]} ({'; '.join(known)})" if known else parts[0]


def _within_a_sentence(title: str) -> str:
    """Begin a title with a small letter, unless it begins with an abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


_HALVES = {
    "trusted": "trusted, not granted",
    "granted": "granted, not trusted",
    "both": "trusted and granted",
}
_DECIDERS = {layer.value: LAYER_WORDS[layer].whole for layer in Layer} | {
    gate.value: f"the {words.name}" for gate, words in GATE_WORDS.items()
}
