"""A run of `xdiag matrix`: from a folder of dumps to rows in a file."""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from diagnose.cli.output import print_error, print_note, progress_beside_rows, write_rows
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.loading import load_rules
from diagnose.matrix.accounts import ORGANIZATION_NAME, Dumps, read_dumps
from diagnose.matrix.decide import Matrix, kind_of_pair
from diagnose.matrix.identities import Destination, Source, identities
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
    form: Lines,
    to: Path | None,
    only: Narrowing,
    without: Sequence[str],
    explain: bool,
    rule_folders: Sequence[Path],
) -> int:
    """Write the rows of a folder, and say on standard error what was left out; give how much that is.

    Raises XdiagError if nothing can be read, if what was asked for is not in the dumps, or if a file cannot be written,
    and BrokenPipeError if the reader of the rows has closed the pipe.
    """
    if str(to) == "-":
        to = None
    rules = load_rules(rule_folders) if explain else None
    with progress_beside_rows(to) as step:
        step("reading the dumps")
        dumps = read_dumps(folder)
        found = identities(dumps, frozenset(map(Layer, without)))
        mistakes = [*dumps.mistakes, *found.mistakes]
        _tell(dumps, mistakes, frozenset(without))
        for account in sorted(only.accounts - dumps.accounts.keys()):
            raise XdiagError(f"account `{quotable(account)}` is not in the dumps", hint="expected one that has a dump")
        matrix = Matrix(
            _matching(found.sources, only.sources, "user or role"),
            _matching(found.destinations, only.roles, "role"),
            accounts=only.accounts,
            rules=rules,
        )
        with _rows_to(to) as write:
            write(header_line(kind_of_pair(rules), form))
            last_step = time.monotonic()
            rows = matrix.rows()
            while some := tuple(islice(rows, _ROWS_AT_ONCE)):
                write(encode_rows(some, form))
                if (now := time.monotonic()) > last_step + _SECONDS_OF_A_STEP:
                    last_step = now
                    step(f"{matrix.counts.pairs:,} pairs")
    print_note(_summary(matrix.counts))
    return len(mistakes)


_ROWS_AT_ONCE = 1000
_SECONDS_OF_A_STEP = 5


def _tell(dumps: Dumps, mistakes: Sequence[XdiagError], without: frozenset[str]) -> None:
    """Say what the answers are not about, or what they lack."""
    for mistake in mistakes:
        print_error(mistake)
    for place in dumps.incomplete:
        print_note(f"`{quotable(place)}` is one page of several: identities and policies on the others are not known")
    if dumps.organization is None and without < {"scp", "rcp"}:
        print_note(f"there is no `{ORGANIZATION_NAME}`: SCPs and RCPs are not known")


def _matching(sides: Sequence[Either], patterns: Iterable[str], what: str) -> Sequence[Either]:
    """Choose the sides whose ARN fits one of the patterns. Raises XdiagError for a pattern that nothing fits."""
    chosen: dict[int, Either] = {}
    for pattern in patterns:
        fitting = {number: side for number, side in enumerate(sides) if fnmatchcase(side.arn, _escaped(pattern))}
        if not fitting:
            raise XdiagError(
                f"no {what} in the dumps has the ARN `{quotable(pattern)}`",
                hint="expected the ARN of one, with `*` for any part of it",
            )
        chosen |= fitting
    return [chosen[number] for number in sorted(chosen)] if patterns else sides


def _escaped(pattern: str) -> str:
    """Leave only `*` a meaning of its own."""
    return pattern.replace("[", "[[]").replace("?", "[?]")


@contextmanager
def _rows_to(path: Path | None) -> Iterator[Callable[[bytes], None]]:
    """Open what the rows go to: standard output, or a file that only its owner may read and that appears when whole.

    A device or a pipe is written to as it is. Raises XdiagError for what cannot be written.
    """
    if path is None:
        yield write_rows
        return
    with _writing(path):
        target = path.resolve()
        part = target.parent / f".xdiag-{os.urandom(8).hex()}.part"
        as_it_is = target.exists() and not target.is_file()
        flags = os.O_WRONLY if as_it_is else os.O_WRONLY | os.O_CREAT | os.O_EXCL
        number = os.open(target if as_it_is else part, flags, 0o600)
    try:
        with open(number, "wb") as file:

            def write(rows: bytes) -> None:
                with _writing(path):
                    file.write(rows)

            yield write
            with _writing(path):
                file.flush()
        if not as_it_is:
            with _writing(path):
                os.replace(part, target)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "it is not a file name"
        raise XdiagError(
            f"`{quotable(str(path))}` cannot be written: {why[:1].lower()}{why[1:]}",
            hint="expected a file in a folder that you may write to",
        ) from None


def _summary(counts: Counts) -> str:
    return (
        f"{counts.pairs:,} pairs: {counts.allowed:,} allowed, {counts.undetermined:,} undetermined, "
        f"{counts.half_open:,} denied and half open, {counts.denied:,} denied"
    )
