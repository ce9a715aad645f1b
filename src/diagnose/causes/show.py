"""Facts in the very form that `when` takes, so that a rule is written by deleting lines."""

import json
import re
from collections.abc import Iterable

from diagnose.causes.facts import Fact, seen
from diagnose.model.key_state import KeyState
from diagnose.model.trace_words import got_words

_PLAIN = re.compile(r"[A-Za-z][\w:./-]*\w|[A-Za-z]")
_NOT_PLAIN = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


def facts_as_yaml(facts: Iterable[Fact]) -> str:
    """Write one fact a line, without its empty fields. What could not be told stands in a comment."""
    lines = []
    for fact in facts:
        fields, untold = [], []
        for name, value in seen(fact).items():
            match value:
                case None | KeyState(options=None, like=""):
                    untold.append(name)
                case KeyState(known=None):
                    untold.append(f"{name} ({json.dumps(got_words(value))})")
                case "" | () | KeyState(known=()):
                    pass
                case KeyState():
                    fields.append(f"{name}: {_written(value.known)}")
                case _:
                    fields.append(f"{name}: {_written(value)}")
        comment = f"  # could not be told: {', '.join(untold)}" if untold else ""
        lines.append(f"- {fact.name}: {{{', '.join(fields)}}}{comment}\n")
    return "".join(lines)


def _written(value: object) -> str:
    """Write a value as YAML; texts that YAML might read as something else are quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        written = ", ".join(map(_written, value))
        return written if len(value) == 1 else f"[{written}]"
    text = str(value)
    plain = _PLAIN.fullmatch(text) and ": " not in text and text.lower() not in _NOT_PLAIN
    return text if plain else json.dumps(text)
