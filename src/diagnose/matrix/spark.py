"""The matrix on Spark: DataFrames of both sides in, a DataFrame of rows out. Needs the extra `xdiag[spark]`.

Wherever Python runs, on the driver and on the executors, xdiag must be installed.
"""

import pyarrow as pa
from pyspark.sql import DataFrame

from diagnose.loading import load_rules
from diagnose.matrix.arrow import SIDES, Batches, decide_batches
from diagnose.matrix.decide import kind_of_pair
from diagnose.report.rows import row_fields


def decide_frames(
    sources: DataFrame, roles: DataFrame, *, explain: bool = False, partitions: int | None = None
) -> DataFrame:
    """Decide every source by every role: give the rows of `xdiag matrix`, in no order.

    The sides are as `xdiag matrix --sides` writes them, with the columns `SIDES`; any rows of them may be left out. The
    smaller side is sent to every executor, the larger one is decided in so many partitions: two for each core if
    `partitions` is left out. With `explain`, rows name the first cause.
    """
    session = sources.sparkSession
    sources, roles = (side.select(SIDES.names) for side in (sources, roles))
    sources_are_sent = sources.count() <= roles.count()
    small, large = (sources, roles) if sources_are_sent else (roles, sources)
    sent = session.sparkContext.broadcast(_packed(small))

    def decide(batches: Batches) -> Batches:
        others = _unpacked(sent.value)
        rules = load_rules() if explain else None
        return decide_batches(*((others, batches) if sources_are_sent else (batches, others)), rules=rules)

    fields = row_fields(kind_of_pair(load_rules() if explain else None))
    spread = large.repartition(partitions or _PARTITIONS_A_CORE * session.sparkContext.defaultParallelism)
    return spread.mapInArrow(decide, ", ".join(f"{name} string" for name in fields))


_PARTITIONS_A_CORE = 2


def _packed(side: DataFrame) -> bytes:
    """Write a side as a stream of Arrow. What the organization says of an account is in it once."""
    table = pa.Table.from_pylist([row.asDict() for row in side.collect()], SIDES)
    limits = SIDES.get_field_index("limits")
    table = table.set_column(limits, "limits", table.column(limits).dictionary_encode())
    packed = pa.BufferOutputStream()
    with pa.ipc.new_stream(packed, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(packed.getvalue())


def _unpacked(packed: bytes) -> Batches:
    with pa.ipc.open_stream(packed) as reader:
        yield from reader
