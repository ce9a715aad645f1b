"""The worlds: whole cases in which AWS says yes, which the examples of rules break in one place."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec

import diagnose
from diagnose.causes.change import changed
from diagnose.causes.rule import Example
from diagnose.errors import XdiagError
from diagnose.model.case import Case


def worlds() -> tuple[str, ...]:
    """Name all worlds."""
    return tuple(sorted(path.stem for path in _folder().glob("*.json")))


def case_of(example: Example) -> Case:
    """Make the case of an example. Raises XdiagError for a world that is none, or a change that makes no case."""
    world = _world(example.world)
    try:
        return msgspec.json.decode(msgspec.json.encode(changed(world, example.change)), type=Case)
    except msgspec.ValidationError as error:
        raise XdiagError(
            f"the example `{example.name}` changes `{example.world}` into something that is no case",
            hint=str(error).replace("`$.", "`"),
        ) from None


@cache
def _world(name: str) -> Any:
    if name not in worlds():
        raise XdiagError(f"there is no world `{name}`", hint=f"expected one of {', '.join(worlds())}")
    return msgspec.json.decode((_folder() / f"{name}.json").read_bytes())


def _folder() -> Path:
    """Find the worlds: in the installed package, or else in the source tree."""
    package = Path(diagnose.__file__).parent
    shipped = package / "_worlds"
    return shipped if shipped.is_dir() else package.parent.parent / "fixtures" / "worlds"
