"""What a rule file may look like at most. It stands apart, since this is known before anything is built of a file."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from diagnose.errors import XdiagError


def check_shape(events: Iterable[Any], path: Path) -> None:
    """Refuse what no rule looks like: what is nested without end, or grown by aliases. `events` are PyYAML's.

    Raises XdiagError.
    """
    sizes: dict[str, int] = {}
    around: list[tuple[str, int]] = []
    size = 0
    for event in events:
        kind, anchor = type(event).__name__, getattr(event, "anchor", None) or ""
        line = event.start_mark.line + 1
        if kind == "AliasEvent":
            if any(name == anchor for name, _ in around):
                raise XdiagError(
                    f"{path}:{line}: `*{anchor}` stands in the very value that it repeats", hint=_WRITE_OUT
                )
            size += sizes.get(anchor, 0)
        elif kind in ("SequenceStartEvent", "MappingStartEvent"):
            around.append((anchor, size))
            size += 1
        elif kind in ("SequenceEndEvent", "MappingEndEvent"):
            name, before = around.pop()
            if name:
                sizes[name] = size - before
        elif kind == "ScalarEvent":
            size += 1
            if anchor:
                sizes[anchor] = 1
        if len(around) > _DEEPEST:
            raise XdiagError(f"{path}:{line}: it is nested too deeply to be read", hint="a dozen levels are enough")
        if size > _MOST_NODES:
            raise XdiagError(f"{path}:{line}: it has more than {_MOST_NODES:,} values", hint=_WRITE_OUT)


_DEEPEST, _MOST_NODES = 40, 20_000
_WRITE_OUT = "write out what it repeats; see rules/README.md"
