"""What fails most: how many answers have the same verdict, cause, account and role, each such group a row."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, Struct

from diagnose.model.arn import account_of
from diagnose.model.diagnosis import Verdict
from diagnose.report.json_words import listed, published_schema

COUNT_SCHEMA = "xdiag.count/1"


class CountRow(Struct, frozen=True, kw_only=True, tag_field="schema", tag=COUNT_SCHEMA):
    """Answers that are alike, in the words of a batch's rows. Lines that are no case have neither verdict nor role.

    INVARIANT: others rely on the names and the meaning of these fields. Within version 1 a field may be added; none is
    renamed, removed, or given another meaning. Rows of several counts are put together by adding up `count` where all
    other fields are the same.
    """

    count: Annotated[int, Meta(ge=1, description="How many answers have all that follows in common.")]
    verdict: Annotated[str, listed(Verdict, "The answer; empty for lines that are no case.", "")] = ""
    primary_cause: Annotated[str, Meta(description="The id of the first cause.")] = ""
    primary_cause_title: Annotated[str, Meta(description="The first cause in a sentence.")] = ""
    layer: Annotated[str, Meta(description="The layer or the gate that the first cause is in.")] = ""
    primary_gap: Annotated[str, Meta(description="The id of what an open answer depends on first.")] = ""
    source_account: Annotated[str, Meta(description="The account of who makes the request.")] = ""
    dest_account: Annotated[str, Meta(description="The account of the role.")] = ""
    dest_role_arn: Annotated[str, Meta(description="The role to assume.")] = ""


def count_schema() -> dict[str, object]:
    """Give the JSON Schema of a row."""
    return published_schema(CountRow)


class CountedAnswers:
    """Counts explained rows by what they have in common. Memory grows with the groups alone."""

    def __init__(self) -> None:
        """Begin with no rows."""
        self._groups: Counter[_Group] = Counter()

    def add(self, rows: Iterable[Struct]) -> None:
        """Add explained rows of a batch."""
        for row in rows:
            self._take(msgspec.convert(row, _Answer, from_attributes=True))

    def add_lines(self, rows: bytes) -> None:
        """Add explained rows that are written already, as JSON objects on lines."""
        for line in rows.splitlines():
            self._take(msgspec.json.decode(line, type=_Answer))

    def rows(self) -> Sequence[CountRow]:
        """Give a row for each group, the largest first."""
        often = sorted(self._groups.items(), key=lambda group: (-group[1], group[0]))
        return [
            CountRow(
                count=count,
                verdict=verdict,
                primary_cause=cause,
                primary_cause_title=title,
                layer=layer,
                primary_gap=gap,
                source_account=account,
                dest_account=account_of(role),
                dest_role_arn=role,
            )
            for (verdict, cause, title, layer, gap, account, role), count in often
        ]

    def _take(self, row: "_Answer") -> None:
        account = account_of(row.source_arn)
        group = (row.verdict, row.primary_cause, row.primary_cause_title, row.layer, row.primary_gap, account)
        self._groups[(*group, row.dest_role_arn)] += 1


_Group: TypeAlias = tuple[str, str, str, str, str, str, str]
"""Verdict, cause, title, layer, gap, the source's account, role."""


class _Answer(Struct, frozen=True, kw_only=True):
    """What is counted of an explained row."""

    verdict: str = ""
    source_arn: str = ""
    dest_role_arn: str = ""
    primary_cause: str = ""
    primary_cause_title: str = ""
    layer: str = ""
    primary_gap: str = ""
