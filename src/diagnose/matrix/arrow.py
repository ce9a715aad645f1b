"""The matrix on Arrow record batches: the door for every engine. Importing this module needs the extra `xdiag[arrow]`.

Two streams of sides go in, a stream of rows comes out, and nothing else is needed to decide: an engine may split either
stream as it pleases and put the rows together again.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import msgspec
import pyarrow as pa
from msgspec import Struct
from msgspec.structs import replace

from diagnose.causes.rule import Rule
from diagnose.collect.evidence.case_file import case_from_json, part_as_json
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.matrix.accounts import read_dumps
from diagnose.matrix.decide import Matrix, kind_of_pair
from diagnose.matrix.identities import Destination, Source, destination_of, identities, source_of
from diagnose.matrix.rows import MatrixRow
from diagnose.model.case import DestinationSide, Organization, SourceSide
from diagnose.model.evidence import NOT_SUPPLIED, Evidence
from diagnose.model.policy import Level
from diagnose.model.trace import Layer
from diagnose.report.rows import row_fields

Batches: TypeAlias = Iterable[pa.RecordBatch]

SIDES = pa.schema(
    [pa.field(name, pa.string(), nullable=False) for name in ("arn", "side")] + [pa.field("limits", pa.string())]
)
"""What sources and roles are as columns.

`side` is `snapshot.source` or `snapshot.destination` of a case file, as JSON. `limits` is a JSON object with what the
organization says of the whole account, the fields `organization`, `scps` and `rcps`; it stands in place of those in
`side`. Null or empty where they are there already.
"""


class Sides(Struct, frozen=True):
    """Both sides as tables of `SIDES`, and what was left out of them."""

    sources: pa.Table
    roles: pa.Table
    mistakes: Sequence[XdiagError]


def read_sides(folder: Path, without: Iterable[Layer] = ()) -> Sides:
    """Read a folder of dumps; the parameters are those of `xdiag matrix`. Raises XdiagError as `read_dumps` does."""
    dumps = read_dumps(folder)
    found = identities(dumps, frozenset(without))
    return Sides(
        pa.Table.from_batches(source_batches(found.sources), SIDES),
        pa.Table.from_batches(role_batches(found.destinations), SIDES),
        (*dumps.mistakes, *found.mistakes),
    )


def source_batches(sources: Iterable[Source]) -> Iterator[pa.RecordBatch]:
    """Write sources as batches of `SIDES`."""
    limits = _Written()
    return _side_batches(
        (
            source.arn,
            replace(source.side, scps=NOT_SUPPLIED, organization=NOT_SUPPLIED),
            limits.text(_Limits(organization=source.side.organization, scps=source.side.scps)),
        )
        for source in sources
    )


def role_batches(roles: Iterable[Destination]) -> Iterator[pa.RecordBatch]:
    """Write roles as batches of `SIDES`."""
    limits = _Written()
    return _side_batches(
        (
            role.arn,
            replace(role.side, rcps=NOT_SUPPLIED, organization=NOT_SUPPLIED),
            limits.text(_Limits(organization=role.side.organization, rcps=role.side.rcps)),
        )
        for role in roles
    )


def decide_batches(
    sources: Batches, roles: Batches, *, rules: Sequence[Rule] | None = None
) -> Iterator[pa.RecordBatch]:
    """Decide every source by every role: give the rows of `xdiag matrix`, as batches of `row_schema`.

    Memory holds the sources and one batch of the roles. A pair has the row that it has in any other company: it does
    not matter how the sides are split. With `rules`, rows name the first cause.

    Raises XdiagError, naming the row, for a side that cannot be read.
    """
    kind = kind_of_pair(rules)
    rows = Matrix(list(_sources(sources)), _roles(roles), rules=rules).rows()
    while some := tuple(islice(rows, _ROWS_OF_A_BATCH)):
        yield row_batch(some, kind)


def row_schema(kind: type[MatrixRow]) -> pa.Schema:
    """Give the columns of rows of a kind, `MatrixRow` or `ExplainedPair`: the fields of `xdiag.matrix/1`, all text."""
    return pa.schema([pa.field(name, pa.string(), nullable=False) for name in row_fields(kind)])


def row_batch(rows: Sequence[MatrixRow], kind: type[MatrixRow]) -> pa.RecordBatch:
    """Write rows of a kind as a batch."""
    tag = pa.array([str(kind.__struct_config__.tag)] * len(rows), pa.string())
    columns = [pa.array([str(getattr(row, name)) for row in rows], pa.string()) for name in row_fields(kind)[1:]]
    return pa.RecordBatch.from_arrays([tag, *columns], schema=row_schema(kind))


_ROWS_OF_A_BATCH = 10_000
_SIDES_OF_A_BATCH = 1000
_ANY_ROLE = b'{"schema": "xdiag.case/1", "request": {"role_arn": "arn:aws:iam::111111111111:role/Any"}, "snapshot": '
_ANY_SOURCE = b'{"source": {"arn": "arn:aws:iam::111111111111:root"}, "destination": '


class _Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """What of an organization reaches an account; NOT_SUPPLIED for what is of no matter to a side."""

    organization: Evidence[Organization | None] = NOT_SUPPLIED
    scps: Evidence[tuple[Level, ...]] = NOT_SUPPLIED
    rcps: Evidence[tuple[Level, ...]] = NOT_SUPPLIED


class _Written:
    """Limits as JSON, written once for all that is in an account."""

    def __init__(self) -> None:
        self._limits, self._text = _Limits(), ""

    def text(self, limits: _Limits) -> str:
        if not self._text or limits != self._limits:
            self._limits, self._text = limits, part_as_json(limits).decode()
        return self._text


def _side_batches(sides: Iterator[tuple[str, SourceSide | DestinationSide, str]]) -> Iterator[pa.RecordBatch]:
    while some := tuple(islice(sides, _SIDES_OF_A_BATCH)):
        arns, parts, limits = zip(*some, strict=True)
        texts = [part_as_json(part).decode() for part in parts]
        columns = [pa.array(column, pa.string()) for column in (arns, texts, limits)]
        yield pa.RecordBatch.from_arrays(columns, schema=SIDES)


def _sources(batches: Batches) -> Iterator[Source]:
    limits = _Limited()
    for arn, side, text, place in _side_rows(batches, "the sources"):
        read = case_from_json(_ANY_ROLE + b'{"source": ' + side + b"}}", place=place).snapshot.source
        if read.arn != arn:
            raise XdiagError(
                f"`{quotable(place)}` has the ARN `{quotable(arn)}`", hint=f"expected its side's, `{read.arn}`"
            )
        own = limits.find(text, place)
        yield source_of(read if own is None else replace(read, scps=own.scps, organization=own.organization))


def _roles(batches: Batches) -> Iterator[Destination]:
    limits = _Limited()
    for arn, side, text, place in _side_rows(batches, "the roles"):
        read = case_from_json(_ANY_ROLE + _ANY_SOURCE + side + b"}}", place=place).snapshot.destination
        own = limits.find(text, place)
        side_of_role = read if own is None else replace(read, rcps=own.rcps, organization=own.organization)
        yield destination_of(arn, side_of_role)


class _Limited:
    """Limits that were read: as long as the same text comes, the same object is given."""

    def __init__(self) -> None:
        self._by_text: dict[str, _Limits] = {}

    def find(self, text: str | None, place: str) -> _Limits | None:
        if not text:
            return None
        limits = self._by_text.get(text)
        if limits is None:
            try:
                limits = self._by_text[text] = msgspec.json.decode(text, type=_Limits)
            except msgspec.DecodeError as error:
                raise XdiagError(
                    f"`{quotable(place)}` has `limits` that cannot be read: {quotable(str(error))}",
                    hint="expected a JSON object with `organization`, `scps` and `rcps` as in a case file",
                ) from None
        return limits


def _side_rows(batches: Batches, what: str) -> Iterator[tuple[str, bytes, str | None, str]]:
    """Give ARN, side, limits and place of every row. Raises XdiagError where a column is not there."""
    number = 0
    for batch in batches:
        for name in ("arn", "side"):
            if name not in batch.schema.names:
                raise XdiagError(
                    f"{what} have no column `{name}`", hint="expected the columns `arn`, `side` and `limits`"
                )
        limits: list[str | None] = [None] * batch.num_rows
        if "limits" in batch.schema.names:
            limits = batch.column("limits").to_pylist()
        arns, sides = batch.column("arn").to_pylist(), batch.column("side").to_pylist()
        for arn, side, text in zip(arns, sides, limits, strict=True):
            number += 1
            yield arn or "", (side or "").encode(), text, f"row {number} of {what}"
