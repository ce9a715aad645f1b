"""Rules once read, kept ready: reading hundreds of YAML files at each start would cost more than a diagnosis.

A cache file is valid for the version that wrote it, as long as neither a rule nor the code that reads them has
changed. One that cannot be read or written is ignored.
"""

import contextlib
import os
import stat
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from diagnose.causes.all_facts import FACTS
from diagnose.causes.rule import Pattern, Rule
from diagnose.causes.rule_folders import files_of_rules
from diagnose.version import VERSION


def cached_rules(folders: Sequence[Path], remedy_kinds: frozenset[str], cache: Path | None) -> tuple[Rule, ...]:
    """Give the rules of some folders, as `read_rules` does, which reads them only where the cache does not hold them.

    `cache` is a folder in which they are kept until a file changes; None for none.
    """
    source = _read_from(folders, remedy_kinds)
    known = _recall(cache, source) if cache else None
    if known is None:
        from diagnose.causes.rule_file import read_rules

        known = read_rules(folders, remedy_kinds)
        if cache:
            _remember(cache, source, known)
    return known


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """Say where the user's caches are; None where the environment does not say.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/ (a relative path is to be ignored)
    """
    given = Path(environment.get("XDG_CACHE_HOME", ""))
    if given.is_absolute():
        return given / "xdiag"
    home = Path(environment.get("HOME", ""))
    return home / ".cache" / "xdiag" if home.is_absolute() else None


class _ReadFrom(msgspec.Struct, frozen=True):
    """What rules are read from: the folders, and the state of each file in them and of the code that reads them."""

    folders: tuple[str, ...]
    state: str


def _read_from(folders: Sequence[Path], remedy_kinds: frozenset[str]) -> _ReadFrom:
    """Look at what the rules of some folders are read from, before they are read: what changes then is seen next time.

    The state is compared as it is: a digest would load OpenSSL, which costs more.
    """
    paths = [path for folder in folders for path in files_of_rules(folder)]
    code = map(str, Path(__file__).parent.glob("*.py"))
    there = (f"{os.path.isdir(folder)}" for folder in folders)
    state = "\n".join([*there, *map(_state, sorted([*paths, *code])), *sorted(remedy_kinds)])
    return _ReadFrom(tuple(sorted({os.path.abspath(folder) for folder in folders})), state)


def _recall(cache: Path, source: _ReadFrom) -> tuple[Rule, ...] | None:
    """Give the cached rules that were read from this; None where there are none, or they are out of date."""
    try:
        content = _read(_place(cache, source))
        if content is None:
            return None
        cached = msgspec.json.decode(content, type=_Cached)
    except (OSError, ValueError, RecursionError):
        return None
    return cached.rules if (cached.writer, cached.state) == (_WRITER, source.state) else None


def _remember(cache: Path, source: _ReadFrom, rules: tuple[Rule, ...]) -> None:
    """Cache the rules that were read from this, for their user only; nobody ever sees a half-written file."""
    content = msgspec.json.encode(_Cached(_WRITER, source.state, rules))
    place = _place(cache, source)
    with contextlib.suppress(OSError):
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = cache / f".rules-{os.getpid()}"
        draft.unlink(missing_ok=True)
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(_seal(content) + content)
            draft.replace(place)
        except OSError:
            draft.unlink(missing_ok=True)
            raise


_VOCABULARY = (f"{name}.{field}" for name, fact in FACTS.items() for field in fact.__struct_fields__)
_WRITER = " ".join(("xdiag", VERSION, *Rule.__struct_fields__, *Pattern.__struct_fields__, *_VOCABULARY))
"""Who writes, and what a rule is to them: where files have no times that tell, this still differs."""


_LARGEST = 16 * 2**20


class _Cached(msgspec.Struct):
    writer: str
    state: str
    rules: tuple[Rule, ...]


def _state(path: str) -> str:
    try:
        state = os.stat(path)
    except OSError:
        return f"{path!a} cannot be read"
    return f"{path!a} {state.st_mtime_ns} {state.st_size}"


def _place(cache: Path, source: _ReadFrom) -> Path:
    """Name the file: one for every set of folders, so that old ones are written over.

    Where two sets come to the same name, each writes over the other's.
    """
    return cache / f"rules-{zlib.crc32(os.fsencode(os.pathsep.join(source.folders))):08x}.json"


def _read(place: Path) -> bytes | None:
    """Give what was written, as it was; None where it is damaged, or not this user's own ordinary file."""
    # Opening a pipe must not wait for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(place, flags), "rb") as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode) or state.st_size > _LARGEST:
            return None
        if hasattr(os, "getuid") and state.st_uid != os.getuid():
            return None
        seal, content = file.read(_SEAL), file.read(_LARGEST)
    return content if seal == _seal(content) else None


def _seal(content: bytes) -> bytes:
    """Give what tells damage: who can write into a user's own folder needs no damage to be believed."""
    return b"%08x\n" % zlib.crc32(content)


_SEAL = len(_seal(b""))
