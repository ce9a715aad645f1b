"""The matrix on Spark: the rows are those of `xdiag matrix` on the same dumps."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import organization
import pytest
from pyarrow import parquet
from pyspark.sql import DataFrame, SparkSession

from diagnose.errors import XdiagError
from diagnose.matrix.spark import decide_frames

pytestmark = [
    # PySpark leaves its sockets to the garbage collector, and uses what its own libraries have deprecated.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:::pyspark"),
]
BIN = Path(sys.executable).parent
PAGE = Path(__file__).parent.parent.parent / "docs" / "organization.md"
Rows = list[tuple[tuple[str, str], ...]]


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder: SparkSession.Builder = SparkSession.builder
    session = (
        builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dumps, their sides as Parquet, and the rows of `xdiag matrix`."""
    folder = tmp_path_factory.mktemp("organization")
    organization.write(folder / "dumps", accounts=5, identities=24)
    for flags in (
        ["--sides", "sides"],
        ["--to", "matrix.jsonl"],
        ["--to", "causes.jsonl", "--explain"],
    ):
        subprocess.run([BIN / "xdiag", "matrix", "dumps", *flags], cwd=folder, check=True)
    return folder


def rows_of(frame: DataFrame) -> Rows:
    return sorted(tuple(row.asDict().items()) for row in frame.collect())


def rows_in(lines: Path) -> Rows:
    rows = sorted(tuple(json.loads(line).items()) for line in lines.read_text().splitlines())
    assert rows
    return rows


@pytest.mark.parametrize("partitions", [None, 7])
def test_rows_are_those_of_the_dumps_in_any_number_of_partitions(
    session: SparkSession, folder: Path, partitions: int | None
) -> None:
    sources, roles = (session.read.parquet(str(folder / "sides" / f"{side}.parquet")) for side in ("sources", "roles"))
    decided = decide_frames(sources, roles, partitions=partitions)
    assert rows_of(decided) == rows_in(folder / "matrix.jsonl")
    assert partitions is None or decided.rdd.getNumPartitions() == partitions


@pytest.mark.parametrize("smaller", ["sources", "roles"])
def test_it_does_not_matter_which_side_is_the_smaller_one(session: SparkSession, folder: Path, smaller: str) -> None:
    frames = {side: session.read.parquet(str(folder / "sides" / f"{side}.parquet")) for side in ("sources", "roles")}
    few = {row["arn"] for row in frames[smaller].orderBy("arn").limit(7).collect()}
    frames[smaller] = frames[smaller].where(frames[smaller]["arn"].isin(few))
    column = "source_arn" if smaller == "sources" else "dest_role_arn"
    expected = [row for row in rows_in(folder / "matrix.jsonl") if dict(row)[column] in few]
    assert rows_of(decide_frames(frames["sources"], frames["roles"])) == expected != []


def test_causes_are_named_on_request(session: SparkSession, folder: Path) -> None:
    sources, roles = (session.read.parquet(str(folder / "sides" / f"{side}.parquet")) for side in ("sources", "roles"))
    assert rows_of(decide_frames(sources, roles, explain=True)) == rows_in(folder / "causes.jsonl")


def test_a_side_that_cannot_be_read_ends_the_job_with_its_place(session: SparkSession, folder: Path) -> None:
    roles = session.read.parquet(str(folder / "sides" / "roles.parquet"))
    arn = "arn:aws:iam::111111111111:user/ci"
    torn = session.createDataFrame([(arn, "{", "")], "arn string, side string, limits string")
    with pytest.raises(Exception, match=f"(?s){XdiagError.__name__}.*row 1 of the sources"):
        decide_frames(torn, roles).collect()


def test_the_job_on_the_page_runs_as_it_is(folder: Path) -> None:
    [job] = re.findall(r"```python\n(# matrix_job.py\n.*?)```", PAGE.read_text(), re.DOTALL)
    (folder / "matrix_job.py").write_text(job)
    places = [folder / "sides", folder / "rows"]
    command = [f"{BIN}/spark-submit", "--master", "local[2]", "matrix_job.py", *(place.as_uri() for place in places)]
    environment = os.environ | {"PYSPARK_PYTHON": sys.executable}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    rows = [row for part in (folder / "rows").glob("*.parquet") for row in parquet.read_table(part).to_pylist()]
    assert sorted(tuple(row.items()) for row in rows) == rows_in(folder / "matrix.jsonl")
