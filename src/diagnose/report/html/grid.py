"""Many answers on a page: how many there are of each verdict, cause and layer, and a table that can be filtered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec
from msgspec import Struct

from diagnose.model.diagnosis import Verdict
from diagnose.model.trace import Gate, Layer
from diagnose.model.words import GATE_WORDS, LAYER_WORDS
from diagnose.report.blocks import Sign
from diagnose.report.first_cause import BETWEEN
from diagnose.report.html.shell import page_from
from diagnose.report.layout import Tone
from diagnose.version import VERSION


class GridRow(Struct, frozen=True, kw_only=True):
    """One answer, with the fields of the rows of a batch and of a matrix, as far as a row has them."""

    line: int = 0
    verdict: str = ""
    source_arn: str = ""
    dest_role_arn: str = ""
    error: str = ""
    hint: str = ""
    half_open: str = ""
    primary_cause: str = ""
    primary_cause_title: str = ""
    layer: str = ""
    certainty: str = ""
    primary_gap_title: str = ""
    depends_on: str = ""


class Count(Struct, frozen=True):
    """How many answers are alike; `length` is that of its bar, of 100 for the most. What is left over has none."""

    name: str
    number: int
    length: int


class Outcome(StrEnum):
    """What became of a row, in the words of a headline."""

    DENIED = "denied"
    UNDETERMINED = "undetermined"
    ERROR = "with an error"
    ALLOWED = "allowed"
    HALF_OPEN = "denied and half open"


class About(Struct, frozen=True):
    """What the rows of a page are, and which of them a table shows where there are too many for one.

    `turns` are groups of outcomes: those of the first are shown before any of the next, those of one group in equal
    parts. Every outcome is in `outcomes` and in `turns`. Where `judged` is false, a denial is no bad news, and the page
    has no colour.
    """

    one: str
    several: str
    outcomes: tuple[Outcome, ...]
    turns: tuple[tuple[Outcome, ...], ...]
    first_shown: str
    all_shown: str
    judged: bool = True


REQUESTS = About(
    one="request",
    several="requests",
    # In the order of what a reader has to look at.
    outcomes=(Outcome.DENIED, Outcome.HALF_OPEN, Outcome.UNDETERMINED, Outcome.ERROR, Outcome.ALLOWED),
    turns=((Outcome.DENIED, Outcome.HALF_OPEN, Outcome.UNDETERMINED, Outcome.ERROR), (Outcome.ALLOWED,)),
    first_shown="first those that are not allowed",
    all_shown="`--output jsonl` gives every one",
)
PAIRS = About(
    one="pair",
    several="pairs",
    outcomes=(Outcome.ALLOWED, Outcome.UNDETERMINED, Outcome.HALF_OPEN, Outcome.ERROR, Outcome.DENIED),
    turns=((Outcome.ALLOWED, Outcome.UNDETERMINED, Outcome.HALF_OPEN, Outcome.ERROR, Outcome.DENIED),),
    first_shown="some of each verdict",
    all_shown="`--output jsonl` gives every one, and `--account`, `--source` and `--role` ask about fewer",
    judged=False,
)


class Grid:
    """Collects rows for a page. All are counted; of so many that nobody would read them, some are shown."""

    def __init__(self, about: About = REQUESTS) -> None:
        """Begin with no rows."""
        self._about = about
        self._outcomes: Counter[Outcome] = Counter()
        self._causes: Counter[str] = Counter()
        self._layers: Counter[str] = Counter()
        self._rows: dict[Outcome, list[GridRow]] = {outcome: [] for outcome in Outcome}
        self._without_row = 0

    def add(self, rows: Iterable[Struct]) -> None:
        """Add rows of a batch or of a matrix."""
        for row in rows:
            self._take(msgspec.convert(row, GridRow, from_attributes=True))

    def add_lines(self, rows: bytes) -> None:
        """Add rows that are written already, as JSON objects on lines."""
        for line in rows.splitlines():
            self._take(msgspec.json.decode(line, type=GridRow))

    def add_denied(self, number: int) -> None:
        """Count denials that have no row: the pairs of a matrix of which neither side names the other."""
        self._without_row += number

    @property
    def left_out(self) -> int:
        """How many rows the table has no room for."""
        return self._outcomes.total() - sum(map(len, self._chosen()))

    def page(self) -> str:
        """Write the page."""
        shown = [row for rows in self._chosen() for row in rows]
        tone = self._tone()
        return page_from(
            "grid.html",
            title=self._headline(),
            headline=self._headline(),
            tone=tone,
            marks=tone,
            sign=_SIGNS.get(tone),
            about=self._about,
            causes=_counts(self._causes),
            layers=_counts(Counter({_layer_name(layer): number for layer, number in self._layers.items()})),
            rows=[_Shown(row, *_told(row)) for row in sorted(shown, key=_order)],
            numbered=any(row.line for row in shown),
            left_out=self._outcomes.total() - len(shown),
            without_row=self._without_row,
            footer=(f"xdiag {VERSION}.",),
        )

    def _take(self, row: GridRow) -> None:
        outcome = _outcome(row)
        self._outcomes[outcome] += 1
        if cause := _cause(row):
            self._causes[cause] += 1
        if row.layer:
            self._layers[row.layer] += 1
        rows = self._rows[outcome]
        if len(rows) < MOST_SHOWN:
            rows.append(row)

    def _chosen(self) -> list[Sequence[GridRow]]:
        """Give the rows that are shown, of each outcome some."""
        room, chosen = MOST_SHOWN, list[Sequence[GridRow]]()
        for turn in self._about.turns:
            # Where an outcome needs less than its part, the others have more.
            by_number = sorted((self._rows[outcome] for outcome in turn), key=len)
            for place, rows in enumerate(by_number):
                chosen.append(rows[: room // (len(by_number) - place)])
                room -= len(chosen[-1])
        return chosen

    def _headline(self) -> str:
        counted = self._outcomes + Counter({Outcome.DENIED: self._without_row})
        total = counted.total()
        parts = [f"{counted[outcome]:,} {outcome}" for outcome in self._about.outcomes if counted[outcome]]
        noun = self._about.one if total == 1 else self._about.several
        return f"{total:,} {noun}: {', '.join(parts)}" if parts else f"No {noun}"

    def _tone(self) -> Tone:
        if not self._about.judged:
            return Tone.PLAIN
        if self._outcomes[Outcome.DENIED] or self._outcomes[Outcome.HALF_OPEN]:
            return Tone.BAD
        doubtful = self._outcomes[Outcome.UNDETERMINED] or self._outcomes[Outcome.ERROR]
        return Tone.DOUBT if doubtful else Tone.GOOD


class _Shown(Struct, frozen=True):
    """A row of the table: what it says of the verdict, the cause and the layer, and more about each."""

    row: GridRow
    sign: Sign
    verdict: str
    note: str
    cause: str
    layer: str


MOST_SHOWN = 2000
"""Rows of the table: what a browser filters at once, and more than anybody reads."""

_MOST_COUNTS = 10
_MOST_NAMED = 3
"""Things that a row is said to depend on."""
_OUTCOMES = {
    Verdict.DENIED.value: Outcome.DENIED,
    Verdict.UNDETERMINED.value: Outcome.UNDETERMINED,
    Verdict.ALLOWED.value: Outcome.ALLOWED,
}

_SIGNS = {Tone.GOOD: Sign.PASSES, Tone.BAD: Sign.BLOCKS, Tone.DOUBT: Sign.UNKNOWN}
_OF_VERDICT = {"allowed": Sign.PASSES, "denied": Sign.BLOCKS, "undetermined": Sign.UNKNOWN}
_HALF_OPEN = {
    "trusted": "half open: the role trusts it",
    "granted": "half open: its own policies allow it",
    "both": "half open: both sides allow it",
}


def _outcome(row: GridRow) -> Outcome:
    """Say what became of a row. One without a verdict that is known has an error."""
    return Outcome.HALF_OPEN if row.half_open else _OUTCOMES.get(row.verdict, Outcome.ERROR)


def _order(row: GridRow) -> tuple[int, str, str]:
    return row.line, row.dest_role_arn, row.source_arn


def _told(row: GridRow) -> tuple[Sign, str, str, str, str]:
    """Say what a row of the table says."""
    if row.error:
        return Sign.NONE, "error", "", f"{row.error}{f' ({row.hint})' if row.hint else ''}", ""
    note = _HALF_OPEN.get(row.half_open, row.half_open)
    return _OF_VERDICT.get(row.verdict, Sign.NONE), row.verdict, note, _why(row), _layer_name(row.layer)


def _why(row: GridRow) -> str:
    """Give the first cause, and what an open answer depends on."""
    names = [_layer_name(name) for name in row.depends_on.split(BETWEEN) if name]
    if not names:
        return _cause(row)
    # How many more is not said: a row does not name all of many.
    more = " and more" if len(names) > _MOST_NAMED else ""
    between = BETWEEN if any("," in name for name in names[:_MOST_NAMED]) else ", "
    open_on = f"depends on {between.join(names[:_MOST_NAMED])}{more}"
    return f"{_cause(row)}; {open_on}" if _cause(row) else f"{open_on[:1].upper()}{open_on[1:]}"


def _cause(row: GridRow) -> str:
    """Give the first cause; of an answer that is open without one, what it depends on first."""
    return row.primary_cause_title or row.primary_cause or row.primary_gap_title


def _counts(counter: Counter[str]) -> list[Count]:
    """Give the most frequent, the others as one."""
    told = counter.most_common(_MOST_COUNTS)
    most = max(counter.values(), default=1)
    counts = [Count(name, number, max(1, number * 100 // most)) for name, number in told]
    rest = counter.total() - sum(count.number for count in counts)
    if rest:
        counts.append(Count(f"others ({len(counter) - len(told):,})", rest, 0))
    return counts


def _layer_name(layer: str) -> str:
    """Name a layer or a gate as reports do; a row of a later version may hold another."""
    if layer in [each.value for each in Layer]:
        return LAYER_WORDS[Layer(layer)].policies
    if layer in [each.value for each in Gate]:
        return GATE_WORDS[Gate(layer)].name
    return layer
