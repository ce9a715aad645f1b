"""Files that are made of the rows of a matrix once all are there. It stands apart because the rows need none of it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, TypeAlias

from diagnose.cli.organization_flags import MatrixOutput
from diagnose.cli.output import print_note
from diagnose.matrix.rows import Counts, MatrixRow

Finish: TypeAlias = Callable[[IO[bytes], IO[bytes], Counts], None]
"""Makes a file of rows, which are JSON objects on lines, and of what they add up to."""


def is_parquet(path: Path) -> bool:
    """Say whether rows are to be written to this file as Parquet."""
    return path.suffix == ".parquet"


def is_page(path: Path) -> bool:
    """Say whether a page is to be made of the rows in this file."""
    return path.suffix == ".html"


def finish_of(form: MatrixOutput, to: Path | None, kind: type[MatrixRow]) -> Finish | None:
    """Give what makes the file that is asked for; None where it is the rows themselves."""
    if form is MatrixOutput.HTML:
        return _page
    return partial(_parquet, kind=kind) if to is not None and is_parquet(to) else None


def _page(lines: IO[bytes], to: IO[bytes], counts: Counts) -> None:
    from diagnose.report.html.grid import MOST_SHOWN, PAIRS, Grid

    grid = Grid(PAIRS)
    for line in lines:
        grid.add_lines(line)
    grid.add_denied(counts.denied)
    to.write(grid.page().encode())
    if grid.left_out:
        print_note(
            f"the page counts every pair and lists {MOST_SHOWN:,}: {grid.left_out:,} rows are not in its table; "
            "`--output jsonl` gives every one"
        )


def _parquet(lines: IO[bytes], to: IO[bytes], _: Counts, *, kind: type[MatrixRow]) -> None:
    from diagnose.matrix.parquet import write_parquet_rows

    write_parquet_rows(lines, to, kind)
