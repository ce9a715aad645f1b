"""Wildcards and policy variables: the text of a policy, made ready to be compared.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html (wildcards)
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html (variables)
"""

import re
from collections.abc import Callable
from functools import lru_cache

from diagnose.evaluate.keys.table import MULTIVALUED, hidden_from
from diagnose.evaluate.request import ActionRequest
from diagnose.model.key_state import ABSENT, UNKNOWN_STATE, State, UnknownState

Matcher = Callable[[str], bool]
Piece = tuple[str, bool]
"""Text, and whether its `*` and `?` are wildcards."""


class Variable:
    """`${key}` or `${key, 'default'}` within a text."""

    __slots__ = ("default", "hidden", "lower")

    def __init__(self, key: str, default: str | None) -> None:
        """Keys are compared without regard to case."""
        self.lower, self.default = key.lower(), default
        self.hidden = hidden_from(self.lower)

    def state(self, request: ActionRequest) -> State:
        """Look the key up, as the context of the action asked for holds it."""
        return ABSENT if request.action in self.hidden else request.context[self.lower]


class Text:
    """A policy's text: `pieces` between its variables. `plain` is the whole text where it has none."""

    __slots__ = ("pieces", "plain", "written")

    def __init__(self, written: str, *, variables: bool) -> None:
        """Parse `written`; without `variables` (the language of 2008) `${...}` is literal text."""
        self.written = written
        self.pieces: tuple[Piece | Variable, ...] = ((written, True),)
        self.plain: str | None = written
        if variables and "${" in written:
            as_it_is, self.pieces = self.pieces, _parse(written)
            self.plain = written if self.pieces == as_it_is else None

    def resolve(self, request: ActionRequest) -> tuple[Piece, ...] | UnknownState | None:
        """Put in the values of the variables: pieces, None where one has no value, UnknownState where one is unknown.

        A variable without a value is null, and equals nothing. Whether an empty tag is a value is not documented.
        """
        resolved: list[Piece] = []
        unknown: UnknownState | None = None
        for piece in self.pieces:
            if not isinstance(piece, Variable):
                resolved.append(piece)
                continue
            state = piece.state(request)
            if isinstance(state, UnknownState):
                unknown = state
            elif state == ("",):
                unknown = UNKNOWN_STATE
            elif len(state) == 1 and piece.lower not in MULTIVALUED:
                resolved.append((state[0], False))
            elif piece.default is not None and not state:
                resolved.append((piece.default, False))
            else:
                return None
        return unknown if unknown is not None else tuple(resolved)

    def variables(self) -> tuple[Variable, ...]:
        """The variables in the text, in order."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Variable))


def has_wildcard(text: str) -> bool:
    """Say whether a text has a wildcard in it."""
    return "*" in text or "?" in text


@lru_cache(maxsize=8192)
def glob(pattern: str) -> Matcher:
    """Make a case-sensitive matcher of a text in which `*` and `?` are wildcards.

    Most patterns have one `*` at most. They need no regular expression, which takes far longer to compile than
    such a pattern is ever compared.
    """
    if not has_wildcard(pattern):
        return pattern.__eq__
    if pattern.strip("*") == "":
        return _anything
    if "?" not in pattern and pattern.count("*") == 1:
        start, _, end = pattern.partition("*")
        shortest = len(start) + len(end)
        return lambda text: len(text) >= shortest and text.startswith(start) and text.endswith(end)
    return _fullmatch(_expression(((pattern, True),), "."))


@lru_cache(maxsize=8192)
def arn_glob(pattern: str) -> Matcher | None:
    """Make a matcher of an ARN pattern whose six parts are compared one by one; None if it has fewer.

    A wildcard cannot swallow a colon in the first five parts; in the last it spans everything.
    """
    parts = pattern.split(":", 5)
    if len(parts) != 6:
        return None
    if not has_wildcard(pattern):
        return pattern.__eq__
    matchers = [(place, glob(part)) for place, part in enumerate(parts) if part.strip("*") or not part]

    def matches(text: str) -> bool:
        given = text.split(":", 5)
        if len(given) != 6:
            return False
        for place, fits in matchers:  # noqa: SIM110  # the loop takes half the time of a generator, and runs most
            if not fits(given[place]):
                return False
        return True

    return matches


@lru_cache(maxsize=8192)
def beyond_glob(pattern: str) -> Matcher | None:
    """Make a matcher of an ARN pattern with fewer than six parts, in which a `*` may go on beyond a colon.

    None if it has six, or no `*` at the end of a part. The service cannot be a wildcard.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    parts = pattern.split(":")
    if len(parts) > 5 or parts[0] != "arn" or not any(part.endswith("*") for part in parts):
        return None
    if has_wildcard("".join(parts[2:3])):
        return None
    bodies = (_expression(((part.rstrip("*"), True),), "[^:]") for part in parts)
    return _fullmatch(
        ":".join(f"{body}.*" if part.endswith("*") else body for body, part in zip(bodies, parts, strict=True))
    )


def pieces_glob(pieces: tuple[Piece, ...], *, arn: bool) -> Matcher | None:
    """Make a matcher of resolved pieces: only those that were written as patterns keep their wildcards."""
    if not arn:
        return _fullmatch(_expression(pieces, "."))
    parts: list[list[Piece]] = [[]]
    for text, wild in pieces:
        for number, part in enumerate(text.split(":", 6 - len(parts))):
            if number:
                parts.append([])
            parts[-1].append((part, wild))
    if len(parts) != 6:
        return None
    return _fullmatch(":".join(_expression(tuple(part), "." if part is parts[5] else "[^:]") for part in parts))


def joined(pieces: tuple[Piece, ...]) -> str:
    """Give resolved pieces as one text."""
    return "".join(text for text, _ in pieces)


_WILDCARDS = re.compile(r"(\*+|\?)")
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_WITH_DEFAULT = re.compile(r"\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?")


def _parse(written: str) -> tuple[Piece | Variable, ...]:
    """Split a text at its variables. `${*}`, `${?}` and `${$}` stand for the character itself."""
    pieces: list[Piece | Variable] = []
    end = 0
    for found in _VARIABLE.finditer(written):
        if found.start() > end:
            pieces.append((written[end : found.start()], True))
        end = found.end()
        inner = _WITH_DEFAULT.fullmatch(found[1])
        if found[1] in ("*", "?", "$"):
            pieces.append((found[1], False))
        elif inner:
            pieces.append(Variable(inner[1], inner[2]))
        else:
            pieces.append((found[0], False))
    if end < len(written):
        pieces.append((written[end:], True))
    return tuple(pieces)


def _expression(pieces: tuple[Piece, ...], any_one: str) -> str:
    """Write a pattern as a regular expression that takes linear time for each `*`.

    What stands between two `*` may be taken where it is found first: no later place can do better, so
    an atomic group spares the engine from ever coming back to it.
    """
    runs = [""]
    for text, wild in pieces:
        for part in _WILDCARDS.split(text) if wild else (text,):
            if wild and part[:1] == "*":
                runs.append("")
            elif wild and part == "?":
                runs[-1] += any_one
            else:
                runs[-1] += re.escape(part)
    if len(runs) == 1:
        return runs[0]
    middle = "".join(f"(?>{any_one}*?{run})" for run in runs[1:-1] if run)
    return f"{runs[0]}{middle}{any_one}*{runs[-1]}"


def _fullmatch(expression: str) -> Matcher:
    match = re.compile(expression, re.DOTALL).fullmatch
    return lambda text: match(text) is not None


def _anything(_: str) -> bool:
    return True
