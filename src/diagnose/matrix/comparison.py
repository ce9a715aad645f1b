"""What changed between two matrices, as JSON for programs and as Markdown for people."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from diagnose.matrix.compare import COMPARISON_SCHEMA, ChangeKind, PairChange, PairState
from diagnose.model.trace import Layer
from diagnose.model.words import GATE_WORDS, LAYER_WORDS
from diagnose.report.safe_text import ascii_json, code_span, prose


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
    listed: dict[ChangeKind, list[str]] = {kind: [] for kind in ChangeKind}
    for change in changes:
        counts[change.change] += 1
        if len(listed[change.change]) < _MOST_LISTED:
            listed[change.change].append(_line(change))
    yield f"# {_headline(counts)}\n\nFrom {code_span(before)} to {code_span(after)}.\n"
    for kind, lines in listed.items():
        if lines:
            yield f"\n## {_HEADINGS[kind]}: {counts[kind]:,}\n\n"
            yield "".join(f"- {line}\n" for line in lines)
        if more := counts[kind] - len(lines):
            yield f"- and {more:,} more, all of which `--output json` lists\n"


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


def _line(change: PairChange) -> str:
    pair = f"{code_span(change.source_arn)} to {code_span(change.dest_role_arn)}"
    return f"{pair}: {_told(change.before)} before, now {_told(change.after)}"


def _told(state: PairState | None) -> str:
    if state is None:
        return "denied"
    parts = [state.verdict]
    if state.half_open:
        parts.append(_HALVES.get(state.half_open, ""))
    if state.primary_cause_title:
        parts.append(prose(state.primary_cause_title))
    elif state.layer:
        parts.append(_DECIDERS.get(state.layer, ""))
    return f"{parts[0]} ({'; '.join(filter(None, parts[1:]))})" if parts[1:] else parts[0]


_HALVES = {
    "trusted": "trusted, not granted",
    "granted": "granted, not trusted",
    "both": "trusted and granted",
}
_DECIDERS = {layer.value: LAYER_WORDS[layer].whole for layer in Layer} | {
    gate.value: f"the {words.name}" for gate, words in GATE_WORDS.items()
}
