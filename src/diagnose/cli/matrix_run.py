"""A run of `xdiag matrix`: from a folder of dumps to rows in a file."""

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence, Set
from contextlib import closing, contextmanager
from difflib import get_close_matches
from fnmatch import fnmatchcase
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import TypeVar

from msgspec import Struct

from diagnose.cli.matrix_part import MatrixPart, fingerprint
from diagnose.cli.organization_flags import MatrixOutput
from diagnose.cli.output import counts_are_due, print_error, print_note, progress_beside_rows, write_rows
from diagnose.cli.whole_file import check_is_no_input, whole_file, writing
from diagnose.cli.whole_matrix import Finish, finish_of, is_page, is_parquet
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.loading import load_rules
from diagnose.matrix.accounts import ORGANIZATION_NAME, Dumps, read_dumps
from diagnose.matrix.decide import Matrix, kind_of_pair
from diagnose.matrix.identities import Destination, Identities, Source, identities
from diagnose.matrix.outside import sources_outside
from diagnose.matrix.rows import Counts
from diagnose.model.trace import Layer
from diagnose.report import Lines
from diagnose.report.rows import encode_rows, header_line

Either = TypeVar("Either", Source, Destination)


class Narrowing(Struct, frozen=True):
    """Which pairs are asked about: patterns of ARNs, and accounts of which one side must be. Empty: all."""

    sources: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    accounts: frozenset[str] = frozenset()


def write_matrix(
    folder: Path,
    *,
    form: MatrixOutput,
    to: Path | None,
    only: Narrowing,
    without: Sequence[str],
    explain: bool,
    rule_folders: Sequence[Path],
    outside: bool = False,
    jobs: int = 1,
    resume: bool = False,
) -> int:
    """Write the rows of a folder, and say on standard error what was left out; give how much that is.

    With `outside`, callers without a dump are asked about, too. `jobs` is the number of processes. With `resume` it
    goes on with the rows that an earlier run has left.

    Raises XdiagError if nothing can be read, if what was asked for is not in the dumps, or if a file cannot be written,
    and BrokenPipeError if the reader of the rows has closed the pipe.
    """
    if str(to) == "-":
        to = None
    if to is not None and is_page(to):
        form = _page_form(form)
    if to is not None and is_parquet(to):
        _check_parquet(form)
    if resume and (to is None or (os.path.exists(to) and not os.path.isfile(to))):
        raise XdiagError("`--resume` has no rows to go on with", hint="expected the file of the earlier run in `--to`")
    check_is_no_input(to, folder)
    lines = Lines.CSV if form is MatrixOutput.CSV else Lines.JSONL
    rules = load_rules(rule_folders) if explain or form is MatrixOutput.HTML else None
    with progress_beside_rows(to) as step:
        step("reading the dumps")
        found, accounts, mistakes = read_identities(folder, without, only, outside=outside)
        for account in sorted(only.accounts - accounts - {source.account for source in found.sources}):
            raise XdiagError(
                f"account `{quotable(account)}` is not in the dumps",
                hint=_instead_of(account, accounts) or "expected one that has a dump",
            )
        roles = found.destinations
        work = RowsOfRoles(Matrix(found.sources, roles, accounts=only.accounts, rules=rules), roles, lines)
        kind = kind_of_pair(rules)

        def run() -> str:
            return fingerprint(folder, (lines, sorted(without), only, rules, outside))

        with _rows_to(to, finish_of(form, to, kind), run, resume=resume) as rows:
            if not rows.done:
                rows.write(header_line(kind, lines))
            last_step = time.monotonic()
            for chunk, (text, counts) in _worked(work, rows.done, jobs, len(roles), len(found.sources)):
                rows.add(text, len(chunk), counts)
                if counts_are_due(last_step, now := time.monotonic()):
                    last_step = now
                    step(f"{rows.counts.pairs:,} pairs")
    print_note(_summary(rows.counts))
    return mistakes


class RowsOfRoles:
    """What a process makes of some of the roles: their rows as text, and their counts."""

    def __init__(self, matrix: Matrix, roles: Sequence[Destination], form: Lines) -> None:
        """It is sent to every process, and so must not have begun."""
        self._matrix, self._roles, self._form = matrix, roles, form

    def __call__(self, chunk: range) -> tuple[bytes, Counts]:
        """Work on the roles with these numbers."""
        self._matrix.counts = Counts()
        rows = encode_rows(self._matrix.rows_of(self._roles[chunk.start : chunk.stop]), self._form)
        return rows, self._matrix.counts


def write_sides(folder: Path, *, to: Path, only: Narrowing, without: Sequence[str]) -> int:
    """Write what a matrix is decided of, `sources.parquet` and `roles.parquet`; give how much was left out.

    Raises XdiagError as `write_matrix` does.
    """
    _check_parquet(MatrixOutput.JSONL)
    for name in _SIDES:
        check_is_no_input(to / name, folder)
    from diagnose.matrix.arrow import role_batches, source_batches
    from diagnose.matrix.parquet import write_parquet_sides

    with progress_beside_rows(to) as step:
        step("reading the dumps")
        found, _, mistakes = read_identities(folder, without, only)
        with writing(to):
            to.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, batches in zip(
            _SIDES, (source_batches(found.sources), role_batches(found.destinations)), strict=True
        ):
            with whole_file(to / name) as file, writing(to / name):
                write_parquet_sides(batches, file)
    print_note(f"{len(found.sources):,} users and roles, {len(found.destinations):,} roles to assume")
    return mistakes


def read_identities(
    folder: Path, without: Sequence[str], only: Narrowing, *, outside: bool = False
) -> tuple[Identities, Set[str], int]:
    """Give the identities that are asked about, the accounts that have dumps, and how much was left out.

    With `outside`, callers that no dump describes are among the sources.
    """
    dumps = read_dumps(folder)
    found = identities(dumps, frozenset(map(Layer, without)))
    if outside:
        found.sources.extend(sources_outside(dumps, found.destinations))
        found.sources.sort(key=lambda source: source.arn)
    mistakes = [*dumps.mistakes, *found.mistakes]
    _tell(dumps, mistakes, frozenset(without))
    sources = _matching(found.sources, only.sources, "user or role")
    roles = _matching(found.destinations, only.roles, "role")
    return Identities(sources, roles, mistakes), dumps.accounts.keys(), len(mistakes)


_SIDES = ("sources.parquet", "roles.parquet")
_MOST_ROLES, _MOST_PAIRS = 25, 250_000
"""The size of a chunk: so many roles, and no more than so many rows where every source has one."""


def _page_form(form: MatrixOutput) -> MatrixOutput:
    """Make a page of what `--to` calls one. Raises XdiagError if something else was asked for as well."""
    if form is MatrixOutput.CSV:
        raise XdiagError(f"`--to` names a page, and `--output` is `{form}`", hint="leave out one of them")
    return MatrixOutput.HTML


def _check_parquet(form: MatrixOutput) -> None:
    """Raise XdiagError if Parquet cannot be written, or if something else was asked for as well."""
    if form is not MatrixOutput.JSONL:
        raise XdiagError(f"`--to` names a Parquet file, and `--output` is `{form}`", hint="leave out one of them")
    if find_spec("pyarrow") is None:
        raise XdiagError("Parquet cannot be written: pyarrow is not installed", hint="pip install 'xdiag[arrow]'")


def _tell(dumps: Dumps, mistakes: Sequence[XdiagError], without: frozenset[str]) -> None:
    """Say what the answers are not about, or what they lack."""
    for mistake in mistakes:
        print_error(mistake)
    for place in dumps.incomplete:
        print_note(f"`{quotable(place)}` is one page of several: identities and policies on the others are not known")
    if without >= {"scp", "rcp"}:
        return
    if dumps.organization is None:
        print_note(f"there is no `{ORGANIZATION_NAME}`: SCPs and RCPs are not known")
    if outside := dumps.outside_the_tree:
        print_note(f"`{ORGANIZATION_NAME}` lacks {_accounts(outside)}: SCPs and RCPs are not known there")


def _accounts(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _MOST_NAMED:,} more" if len(ids) > _MOST_NAMED else ""
    return f"{'account' if len(ids) == 1 else 'accounts'} {', '.join(ids[:_MOST_NAMED])}{more}"


_MOST_NAMED = 5


def _matching(sides: list[Either], patterns: Iterable[str], what: str) -> list[Either]:
    """Choose the sides whose ARN fits one of the patterns. Raises XdiagError for a pattern that nothing fits."""
    chosen: dict[int, Either] = {}
    for pattern in patterns:
        fitting = {number: side for number, side in enumerate(sides) if fnmatchcase(side.arn, _escaped(pattern))}
        if not fitting:
            raise XdiagError(
                f"no {what} in the dumps has the ARN `{quotable(pattern)}`",
                hint=_instead_of(pattern, [side.arn for side in sides])
                or "expected the ARN of one, with `*` for any part of it",
            )
        chosen |= fitting
    return [chosen[number] for number in sorted(chosen)] if patterns else sides


def _instead_of(written: str, known: Iterable[str]) -> str:
    """Give the hint with what may be meant, which is like it, or which is called so; "" where nothing is."""
    by_name = {name: text for text in known for name in (text.lower(), text.rpartition("/")[2].lower())}
    near = get_close_matches(written.lower(), by_name, n=1, cutoff=_ALIKE)
    return f"did you mean `{quotable(by_name[near[0]])}`" if near else ""


_ALIKE = 0.9


def _escaped(pattern: str) -> str:
    """Leave only `*` a meaning of its own."""
    return pattern.replace("[", "[[]").replace("?", "[?]")


def _worked(
    work: RowsOfRoles, done: int, jobs: int, roles: int, sources: int
) -> Generator[tuple[range, tuple[bytes, Counts]], None, None]:
    """Give each chunk of the roles that are not done with what it comes to, in their order."""
    size = max(1, min(_MOST_ROLES, _MOST_PAIRS // max(1, sources)))
    chunks = [range(start, min(start + size, roles)) for start in range(done, roles, size)]
    if jobs == 1 or len(chunks) <= 1:
        yield from ((chunk, work(chunk)) for chunk in chunks)
        return
    from diagnose.cli.workers import rows_from_workers

    with closing(rows_from_workers(jobs, chunks, work)) as results:
        yield from zip(chunks, results, strict=True)


class _Rows:
    """Where rows go that nobody can go on with: standard output, or a device."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self.write, self.done, self.counts = write, 0, Counts()

    def add(self, rows: bytes, roles: int, counts: Counts) -> None:
        self.write(rows)
        self.done += roles
        self.counts.add(counts)


@contextmanager
def _rows_to(
    path: Path | None, finish: Finish | None, run: Callable[[], str], *, resume: bool
) -> Iterator[_Rows | MatrixPart]:
    """Open what the rows go to: standard output, or a file that appears when it is whole. `run` tells runs apart."""
    if path is not None and not (os.path.exists(path) and not os.path.isfile(path)):
        with MatrixPart(path, run(), finish, resume=resume) as part:
            yield part
            part.finish()
    elif path is None:
        with _finished(write_rows, finish) as rows:
            yield rows
    else:
        with whole_file(path) as file:

            def write(rows: bytes) -> None:
                with writing(path):
                    file.write(rows)

            with _finished(write, finish) as rows:
                yield rows


@contextmanager
def _finished(write: Callable[[bytes], None], finish: Finish | None) -> Iterator[_Rows]:
    """Write rows as they come, or what is made of them once all are there."""
    if finish is None:
        yield _Rows(write)
        return
    with TemporaryFile() as lines, BytesIO() as made:
        rows = _Rows(lines.write)
        yield rows
        lines.seek(0)
        finish(lines, made, rows.counts)
        write(made.getvalue())


def _summary(counts: Counts) -> str:
    return (
        f"{counts.pairs:,} pairs: {counts.allowed:,} allowed, {counts.undetermined:,} undetermined, "
        f"{counts.half_open:,} denied and half open, {counts.denied:,} denied"
    )
