"""Wildcards and policy variables: the text of a policy, made ready to be compared.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html (wildcards)
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html (variables)
"""

import re
from collections.abc import Callable

from diagnose.evaluate.keys.context import state_of
from diagnose.evaluate.keys.table import hidden_from, multivalued
from diagnose.evaluate.memo import of_short_texts
from diagnose.evaluate.request import ActionRequest
from diagnose.model.key_state import ABSENT, UNKNOWN_STATE, State, UnknownState
from diagnose.model.lazy_pattern import lazy_pattern

Matcher = Callable[[str], bool]
Fragment = tuple[str, bool]
"""Text, and whether its `*` and `?` are wildcards."""


class Variable:
    """`${key}` or `${key, 'default'}` within a text."""

    __slots__ = ("default", "hidden", "lower")

    def __init__(self, key: str, default: str | None) -> None:
        """Keys are compared without regard to case."""
        self.lower, self.default = key.lower(), default
        self.hidden = hidden_from(self.lower)

    def state(self, request: ActionRequest) -> State:
        """Look the key up, as it is in the context of this action."""
        return ABSENT if request.action in self.hidden else state_of(self.lower, request.call)


class Text:
    """A policy's text: `raw` as it stands there, `fragments` with its variables; `static` is None where it has any."""

    __slots__ = ("fragments", "raw", "static")

    def __init__(self, raw: str, *, variables: bool) -> None:
        """Without `variables` (the language of 2008) `${...}` is literal text."""
        self.raw = raw
        self.fragments: tuple[Fragment | Variable, ...] = ((raw, True),)
        self.static: str | None = raw
        if variables and "${" in raw:
            unparsed, self.fragments = self.fragments, _parse(raw)
            self.static = raw if self.fragments == unparsed else None

    def resolve(self, request: ActionRequest) -> tuple[Fragment, ...] | UnknownState | None:
        """Put in the values of the variables. None where one has no value, UnknownState where one is unknown.

        A variable without a value is null, and equals nothing. Whether an empty tag is a value is not documented.
        """
        resolved: list[Fragment] = []
        unknown: UnknownState | None = None
        for fragment in self.fragments:
            if not isinstance(fragment, Variable):
                resolved.append(fragment)
                continue
            state = fragment.state(request)
            if isinstance(state, UnknownState):
                unknown = state
            elif state == ("",):
                unknown = UNKNOWN_STATE
            elif len(state) == 1 and not multivalued(fragment.lower):
                resolved.append((state[0], False))
            elif fragment.default is not None and not state:
                resolved.append((fragment.default, False))
            else:
                return None
        return unknown if unknown is not None else tuple(resolved)

    def variables(self) -> tuple[Variable, ...]:
        """The variables in the text, in order."""
        return tuple(fragment for fragment in self.fragments if isinstance(fragment, Variable))


def has_wildcard(text: str) -> bool:
    """Say whether a text has a wildcard in it."""
    return "*" in text or "?" in text


@of_short_texts
def glob(pattern: str) -> Matcher:
    """Make a case-sensitive matcher of a text in which `*` and `?` are wildcards.

    None needs a regular expression, which takes far longer to compile than a pattern to compare.
    """
    if not has_wildcard(pattern):
        return pattern.__eq__
    if pattern.strip("*") == "":
        return _anything
    if "?" not in pattern and pattern.count("*") == 1:
        start, _, end = pattern.partition("*")
        shortest = len(start) + len(end)
        return lambda text: len(text) >= shortest and text.startswith(start) and text.endswith(end)
    return _by_runs(pattern)


@of_short_texts
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


@of_short_texts
def beyond_glob(pattern: str) -> Matcher | None:
    """Make a matcher of an ARN pattern with fewer than six parts, in which a `*` goes on beyond a colon.

    None if it has six, or no `*` at the end of a part.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    parts = pattern.split(":")
    if len(parts) > 5 or parts[0] != "arn" or not any(part.endswith("*") for part in parts):
        return None
    bodies = (_expression(((part.rstrip("*"), True),), "[^:]") for part in parts)
    return _fullmatch(
        ":".join(f"{body}.*" if part.endswith("*") else body for body, part in zip(bodies, parts, strict=True))
    )


@of_short_texts
def has_misplaced_wildcard(pattern: str) -> bool:
    """Say whether an ARN pattern has a wildcard for the service, or in the type of the resource.

    AWS says that none can be there; a lone `*` for all that follows the account is no pattern of a type.

    Sources:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    parts = pattern.split(":", 5)
    if len(parts) < 3 or has_wildcard(parts[2]):
        return True
    # In a pattern with fewer parts, a `*` before the last one stands for those that are not there.
    reaches_resource = len(parts) == 6 or any(part.endswith("*") for part in parts[3:-1])
    resource = parts[-1]
    return reaches_resource and resource.strip("*") != "" and has_wildcard(resource.partition("/")[0])


def fragments_glob(fragments: tuple[Fragment, ...], *, arn: bool) -> Matcher | None:
    """Make a matcher of resolved fragments. The value of a variable has no wildcards."""
    if not arn:
        return _fullmatch(_expression(fragments, "."))
    parts: list[list[Fragment]] = [[]]
    for text, wild in fragments:
        for number, part in enumerate(text.split(":", 6 - len(parts))):
            if number:
                parts.append([])
            parts[-1].append((part, wild))
    if len(parts) != 6:
        return None
    return _fullmatch(":".join(_expression(tuple(part), "." if part is parts[5] else "[^:]") for part in parts))


def whole_text(fragments: tuple[Fragment, ...]) -> str:
    """Give resolved fragments as one text."""
    return fragments[0][0] if len(fragments) == 1 else "".join(text for text, _ in fragments)


_WILDCARDS = re.compile(r"(\*+|\?)")
_VARIABLE = lazy_pattern(r"\$\{([^{}]*)\}")
_WITH_DEFAULT = lazy_pattern(r"\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?")


def _parse(raw: str) -> tuple[Fragment | Variable, ...]:
    """Split a text at its variables. `${*}`, `${?}` and `${$}` stand for the character itself."""
    fragments: list[Fragment | Variable] = []
    end = 0
    for match in _VARIABLE.finditer(raw):
        if match.start() > end:
            fragments.append((raw[end : match.start()], True))
        end = match.end()
        inner = _WITH_DEFAULT.fullmatch(match[1])
        if match[1] in ("*", "?", "$"):
            fragments.append((match[1], False))
        elif inner:
            fragments.append(Variable(inner[1], inner[2]))
        else:
            fragments.append((match[0], False))
    if end < len(raw):
        fragments.append((raw[end:], True))
    return tuple(fragments)


def _expression(fragments: tuple[Fragment, ...], any_one: str) -> str:
    """Write a pattern as a regular expression that takes linear time for each `*`.

    What stands between two `*` may be taken where it is found first: no later place can do better, so
    an atomic group keeps the engine from ever coming back to it.
    """
    runs = [""]
    for text, wild in fragments:
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


def _by_runs(pattern: str) -> Matcher:
    """Make a matcher that takes each run of letters between two `*` where it is found first."""
    runs = re.split(r"\*+", pattern)
    if len(runs) == 1:
        return lambda text: len(text) == len(pattern) and _run_at(text, 0, pattern)
    first, *middle, last = runs

    def matches(text: str) -> bool:
        end = len(text) - len(last)
        place = len(first)
        if end < place or not (_run_at(text, 0, first) and _run_at(text, end, last)):
            return False
        for run in middle:
            place = _find(text, run, place, end)
            if place < 0:
                return False
            place += len(run)
        return True

    return matches


def _run_at(text: str, place: int, run: str) -> bool:
    """Say whether a run, in which `?` is any letter, stands at a place of a text that is long enough."""
    if "?" not in run:
        return text.startswith(run, place)
    return all(wanted in ("?", letter) for wanted, letter in zip(run, text[place : place + len(run)], strict=True))


def _find(text: str, run: str, start: int, end: int) -> int:
    """Find a run in a text between two places; -1 where it is not."""
    if "?" not in run:
        return text.find(run, start, end)
    return next((place for place in range(start, end - len(run) + 1) if _run_at(text, place, run)), -1)


def _fullmatch(expression: str) -> Matcher:
    match = re.compile(expression, re.DOTALL).fullmatch
    return lambda text: match(text) is not None


def _anything(_: str) -> bool:
    return True
