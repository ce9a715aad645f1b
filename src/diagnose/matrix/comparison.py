"""What changed between two matrices, as JSON for programs, and as Markdown or a page for people."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct

from diagnose.matrix.compare import COMPARISON_SCHEMA, ChangeKind, PairChange, PairState
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

    A page is for people: of each kind it lists the first hundred.
    """
    listed = _listed(changes, counts, _MARKDOWN)
    yield f"# {_headline(counts)}\n\nFrom {code_span(before)} to {code_span(after)}.\n"
    for kind, lines in listed.items():
        if lines:
            yield f"\n## {_HEADINGS[kind]}: {counts[kind]:,}\n\n"
            yield "".join(f"- {line}\n" for line in lines)
        if more := counts[kind] - len(lines):
            yield f"- {_more(more)}\n"


def comparison_html(
    changes: Iterable[PairChange], counts: Counter[ChangeKind], before: str, after: str
) -> Iterator[str]:
    """Write the same as a page. What is newly allowed makes it bad news, or, undetermined, doubtful."""
    listed = _listed(changes, counts, _PAGE)
    sections = [
        Section(
            f"{_HEADINGS[kind]}: {counts[kind]:,}",
            (Bullets((*lines, *([_more(counts[kind] - len(lines))] if counts[kind] > len(lines) else []))),),
        )
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
    """Count the changes, and write the first of each kind."""
    listed: dict[ChangeKind, list[str]] = {kind: [] for kind in ChangeKind}
    for change in changes:
        counts[change.change] += 1
        if len(listed[change.change]) < _MOST_LISTED:
            listed[change.change].append(_line(change, words))
    return listed


def _more(count: int) -> str:
    return f"and {count:,} more, all of which `--output json` lists"


_MOST_LISTED = 100
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


def _line(change: PairChange, words: _Words) -> str:
    pair = f"{words.name(change.source_arn)} to {words.name(change.dest_role_arn)}"
    return f"{pair}: {_told(change.before, words)} before, now {_told(change.after, words)}"


def _told(state: PairState | None, words: _Words) -> str:
    if state is None:
        return "denied"
    parts = [state.verdict]
    if state.half_open:
        parts.append(_HALVES.get(state.half_open, ""))
    if state.primary_cause_title:
        parts.append(words.sentence(state.primary_cause_title))
    elif state.layer:
        parts.append(_DECIDERS.get(state.layer, ""))
    known = list(filter(None, parts[1:]))
    return f"{parts[0]} ({'; '.join(known)})" if known else parts[0]


_HALVES = {
    "trusted": "trusted, not granted",
    "granted": "granted, not trusted",
    "both": "trusted and granted",
}
_DECIDERS = {layer.value: LAYER_WORDS[layer].whole for layer in Layer} | {
    gate.value: f"the {words.name}" for gate, words in GATE_WORDS.items()
}
