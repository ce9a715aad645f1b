"""What a matrix says of one pair."""

from enum import StrEnum

from msgspec import Struct

MATRIX_SCHEMA = "xdiag.matrix/1"


class HalfOpen(StrEnum):
    """What is set up of a pair that is denied although one side names the other."""

    TRUSTED = "trusted"
    """The trust policy lets the source in; the source's own policies do not let it call."""
    GRANTED = "granted"
    """The source's own policies let it call; the trust policy does not let it in."""
    BOTH = "both"
    """Both would allow it, and something else stands in the way."""


class MatrixRow(Struct, frozen=True, kw_only=True, tag_field="schema", tag=MATRIX_SCHEMA):
    """The answer to one pair. `half_open` is "" where the pair is not denied.

    `layer` is the layer or the gate that the first cause is in; "" where nothing stands in the way, or where that
    depends on what is not known.

    INVARIANT: others rely on the names and the meaning of these fields. Within version 1 a field may be added; none is
    renamed, removed, or given another meaning.
    """

    source_arn: str
    dest_role_arn: str
    verdict: str
    half_open: str = ""
    layer: str = ""


class ExplainedPair(MatrixRow, frozen=True, kw_only=True, tag_field="schema", tag=MATRIX_SCHEMA):
    """The same with the first cause, in the words of a report's fields of these names."""

    primary_cause: str = ""
    primary_cause_title: str = ""
    certainty: str = ""
    primary_gap: str = ""
    primary_gap_title: str = ""


class Counts(Struct):
    """How many pairs there are of each kind. `denied` are those that are not half open, and have no row."""

    allowed: int = 0
    undetermined: int = 0
    half_open: int = 0
    denied: int = 0

    def add(self, others: "Counts") -> None:
        """Count others as well."""
        self.allowed += others.allowed
        self.undetermined += others.undetermined
        self.half_open += others.half_open
        self.denied += others.denied

    @property
    def pairs(self) -> int:
        """All of them."""
        return self.allowed + self.undetermined + self.half_open + self.denied
