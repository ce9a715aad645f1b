"""Files of results that only their owner may read, and that appear when they are whole."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for writing; what was there before stays until all is written.

    A device or a pipe is written to as it is. What is written in between belongs under `writing`.

    Raises XdiagError for what cannot be written.
    """
    with writing(path):
        target = Path(os.path.realpath(path))
        part = target.parent / f".xdiag-{os.urandom(8).hex()}.part"
        as_it_is = os.path.exists(target) and not os.path.isfile(target)
        flags = os.O_WRONLY if as_it_is else os.O_WRONLY | os.O_CREAT | os.O_EXCL
        number = os.open(target if as_it_is else part, flags, 0o600)
    try:
        with open(number, "wb") as file:
            yield file
            with writing(path):
                file.flush()
        if not as_it_is:
            with writing(path):
                os.replace(part, target)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


def check_is_no_input(to: Path | None, *places: Path) -> None:
    """Raise XdiagError if a result would overwrite what it is made of, or be read with it the next time.

    A place is a file, or a folder of which dumps and Parquet files are read.
    """
    if to is None or str(to) == "-":
        return
    with writing(to):
        target = Path(os.path.realpath(to))
        for place in places:
            inside = target.is_relative_to(os.path.realpath(place)) and target.suffix in _READ
            if inside or str(target) in (os.path.realpath(file) for file in (place, *_files(place))):
                raise XdiagError(
                    f"`{quotable(str(to))}` is among what is read from `{quotable(str(place))}`",
                    hint="expected a file elsewhere, or of another kind, for the result",
                )


_READ = (".json", ".parquet")


def _files(place: Path) -> Iterator[Path]:
    return (file for ending in _READ for file in place.rglob(f"*{ending}")) if os.path.isdir(place) else iter(())


@contextmanager
def writing(path: Path, done: str = "written") -> Iterator[None]:
    """Make a user's error of one that the system gives for a path. `done` is what cannot be. Raises XdiagError."""
    try:
        yield
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "it is not a file name"
        raise XdiagError(
            f"`{quotable(str(path))}` cannot be {done}: {why[:1].lower()}{why[1:]}",
            hint=f"expected a file in a folder that you may {'write to' if done == 'written' else 'read'}",
        ) from None
