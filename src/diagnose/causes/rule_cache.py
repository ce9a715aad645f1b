"""Rules once read, kept ready: reading hundreds of YAML files at each start would cost more than a diagnosis.

A cache file is valid for the version that wrote it, as long as neither a rule nor the code that reads them has
changed. One that cannot be read or written is ignored.
"""

import contextlib
import hashlib
import os
import stat
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

import diagnose
from diagnose.causes.all_facts import FACTS
from diagnose.causes.rule import Pattern, Rule
from diagnose.version import VERSION


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """Say where the user's caches are; None where the environment does not say.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/ (a relative path is to be ignored)
    """
    given = Path(environment.get("XDG_CACHE_HOME", ""))
    if given.is_absolute():
        return given / "xdiag"
    home = Path(environment.get("HOME", ""))
    return home / ".cache" / "xdiag" if home.is_absolute() else None


def recall(folder: Path, paths: Sequence[Path], remedy_kinds: frozenset[str]) -> tuple[Rule, ...] | None:
    """Give the cached rules of these files; None where there are none, or they are out of date."""
    try:
        content = _read(_place(folder, paths))
        if content is None:
            return None
        cached = msgspec.json.decode(content, type=_Cached)
    except (OSError, ValueError, RecursionError):
        return None
    return cached.rules if (cached.writer, cached.stamp) == (_WRITER, _stamp(paths, remedy_kinds)) else None


def remember(folder: Path, paths: Sequence[Path], remedy_kinds: frozenset[str], rules: tuple[Rule, ...]) -> None:
    """Cache the rules of these files, for their user only; nobody ever sees a half-written file."""
    content = msgspec.json.encode(_Cached(_WRITER, _stamp(paths, remedy_kinds), rules))
    place = _place(folder, paths)
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = folder / f".rules-{os.getpid()}"
        draft.unlink(missing_ok=True)
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(_seal(content) + content)
            draft.replace(place)
        except OSError:
            draft.unlink(missing_ok=True)
            raise


PLACES = ("what", "trust", "identity", "request", "federation", "passing", "unread")
"""The folders of the rules that come with xdiag: where the cause is, or that something could not be read."""


def rule_folders(extra: Sequence[Path] = ()) -> tuple[Path, ...]:
    """List the folders to read: the rules that come with xdiag, and the user's own."""
    package = Path(diagnose.__file__).parent
    shipped = package / "_rules"
    return (shipped if shipped.is_dir() else package.parent.parent / "rules", *extra)


_VOCABULARY = (f"{name}.{field}" for name, fact in FACTS.items() for field in fact.__struct_fields__)
_WRITER = " ".join(("xdiag", VERSION, *Rule.__struct_fields__, *Pattern.__struct_fields__, *_VOCABULARY))
"""Who writes, and what a rule is to them: where files have no times that tell, this still differs."""


_LARGEST = 16 * 2**20


class _Cached(msgspec.Struct):
    writer: str
    stamp: str
    rules: tuple[Rule, ...]


def _place(folder: Path, paths: Sequence[Path]) -> Path:
    """Name the file: one for every set of folders, so that old ones are written over."""
    folders = sorted({str(parent.resolve()) for parent in {path.parent for path in paths}})
    return folder / f"rules-{_digest(folders)[:16]}.json"


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


def _stamp(paths: Sequence[Path], remedy_kinds: frozenset[str]) -> str:
    """Name the state of the rule files and of the code that reads them."""
    code = sorted(Path(__file__).parent.glob("*.py"))
    states = [(str(path), state.st_mtime_ns, state.st_size) for path in (*paths, *code) if (state := path.stat())]
    return _digest([*map(repr, states), *sorted(remedy_kinds)])


def _digest(texts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
