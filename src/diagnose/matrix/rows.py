"""What a matrix says of one pair."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from diagnose.model.diagnosis import Certainty, Verdict
from diagnose.report.first_cause import DEPENDS_ON
from diagnose.report.json_words import listed, published_schema

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

    source_arn: Annotated[str, Meta(description="Who would assume the role.")]
    dest_role_arn: Annotated[str, Meta(description="The role to assume.")]
    verdict: Annotated[str, listed(Verdict, "The answer.")]
    half_open: Annotated[str, listed(HalfOpen, "Of a denied pair, which side allows it.", "")] = ""
    layer: Annotated[str, Meta(description="The layer or the gate that the first cause is in.")] = ""


class ExplainedPair(MatrixRow, frozen=True, kw_only=True, tag_field="schema", tag=MATRIX_SCHEMA):
    """The same with the first cause, in the words of a report's fields of these names."""

    primary_cause: Annotated[str, Meta(description="The id of the first cause.")] = ""
    primary_cause_title: Annotated[str, Meta(description="The first cause in a sentence.")] = ""
    certainty: Annotated[str, listed(Certainty, "How sure the first cause is.", "")] = ""
    primary_gap: Annotated[str, Meta(description="The id of what an open answer depends on first.")] = ""
    primary_gap_title: Annotated[str, Meta(description="The same in a sentence.")] = ""
    depends_on: Annotated[str, Meta(description=DEPENDS_ON)] = ""


def matrix_schema() -> dict[str, object]:
    """Give the JSON Schema of a row. One that is made without its causes lacks their fields."""
    return published_schema(ExplainedPair)


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
