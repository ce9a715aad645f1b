"""Facts in the very form that `when` takes, so that a rule is written by deleting lines."""

import json
import re
from collections.abc import Iterable

from diagnose.causes.facts import Fact, seen

_PLAIN = re.compile(r"[A-Za-z][\w:./-]*\w|[A-Za-z]")
_NOT_PLAIN = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def facts_as_yaml(facts: Iterable[Fact]) -> str:
    """Write one fact a line, without its empty fields. What could not be told stands in a comment."""
    lines = []
    for fact in facts:
        told = {name: value for name, value in seen(fact).items() if value is not None and value != ""}
        untold = [name for name, value in seen(fact).items() if value is None]
        fields = ", ".join(f"{name}: {_written(value)}" for name, value in told.items())
        comment = f"  # could not be told: {', '.join(untold)}" if untold else ""
        lines.append(f"- {fact.name}: {{{fields}}}{comment}\n")
    return "".join(lines)


def _written(value: object) -> str:
    """Write a value as YAML; texts that YAML might read as something else are quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    plain = _PLAIN.fullmatch(text) and ": " not in text and text.lower() not in _NOT_PLAIN
    return text if plain else json.dumps(text)
