"""Many answers on a page: how many there are of each verdict, cause and layer, and a table that can be filtered."""

from collections import Counter
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from diagnose.model.diagnosis import Verdict
from diagnose.model.trace import Gate, Layer
from diagnose.model.words import GATE_WORDS, LAYER_WORDS
from diagnose.report.blocks import Sign
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


class Count(Struct, frozen=True):
    """How many answers are alike; `length` is that of its bar, of 100 for the most. What is left over has none."""

    name: str
    number: int
    length: int


class Grid:
    """Collects rows for a page. All are counted; of so many that nobody would read them, some are shown."""

    def __init__(self) -> None:
        """Begin with no rows."""
        self._verdicts: Counter[str] = Counter()
        self._causes: Counter[str] = Counter()
        self._layers: Counter[str] = Counter()
        self._failing: list[GridRow] = []
        self._allowed: list[GridRow] = []

    def add(self, rows: Iterable[Struct]) -> None:
        """Add rows of a batch or of a matrix."""
        for row in rows:
            self._take(msgspec.convert(row, GridRow, from_attributes=True))

    def add_lines(self, rows: bytes) -> None:
        """Add rows that are written already, as JSON objects on lines."""
        for line in rows.splitlines():
            self._take(msgspec.json.decode(line, type=GridRow))

    def page(self) -> str:
        """Write the page."""
        shown = [*self._failing, *self._allowed[: MOST_SHOWN - len(self._failing)]]
        total = self._verdicts.total()
        return page_from(
            "grid.html",
            title=self._headline(),
            headline=self._headline(),
            tone=self._tone(),
            sign=_SIGNS[self._tone()],
            causes=_counts(self._causes),
            layers=_counts(Counter({_layer_name(layer): number for layer, number in self._layers.items()})),
            rows=[_Shown(row, *_told(row)) for row in sorted(shown, key=lambda row: row.line)],
            numbered=any(row.line for row in shown),
            left_out=total - len(shown),
            footer=(f"xdiag {VERSION}.",),
        )

    def _take(self, row: GridRow) -> None:
        self._verdicts[row.verdict] += 1
        if row.primary_cause:
            self._causes[_cause(row)] += 1
        if row.layer:
            self._layers[row.layer] += 1
        rows = self._allowed if row.verdict == Verdict.ALLOWED else self._failing
        if len(rows) < MOST_SHOWN:
            rows.append(row)

    def _headline(self) -> str:
        parts = [
            f"{self._verdicts[verdict]:,} {name}" for verdict, name in _VERDICTS.items() if self._verdicts[verdict]
        ]
        total = self._verdicts.total()
        return f"{total:,} request{'' if total == 1 else 's'}: {', '.join(parts)}" if parts else "No requests"

    def _tone(self) -> Tone:
        if self._verdicts[Verdict.DENIED]:
            return Tone.BAD
        return Tone.DOUBT if self._verdicts[Verdict.UNDETERMINED] or self._verdicts[""] else Tone.GOOD


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
_VERDICTS = {
    Verdict.DENIED.value: "denied",
    Verdict.UNDETERMINED.value: "undetermined",
    "": "with an error",
    Verdict.ALLOWED.value: "allowed",
}
"""In the order of what a reader has to look at."""

_SIGNS = {Tone.GOOD: Sign.PASSES, Tone.BAD: Sign.BLOCKS, Tone.DOUBT: Sign.UNKNOWN}
_OF_VERDICT = {"allowed": Sign.PASSES, "denied": Sign.BLOCKS, "undetermined": Sign.UNKNOWN}
_HALF_OPEN = {
    "trusted": "half open: the role trusts it",
    "granted": "half open: its own policies allow it",
    "both": "half open: both sides allow it",
}


def _told(row: GridRow) -> tuple[Sign, str, str, str, str]:
    """Say what a row of the table says."""
    if row.error:
        return Sign.NONE, "error", "", f"{row.error}{f' ({row.hint})' if row.hint else ''}", ""
    note = _HALF_OPEN.get(row.half_open, row.half_open)
    return _OF_VERDICT.get(row.verdict, Sign.NONE), row.verdict, note, _cause(row), _layer_name(row.layer)


def _cause(row: GridRow) -> str:
    return row.primary_cause_title or row.primary_cause


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
