"""The values of a file in JSON or YAML, and where in it each stands.

Nothing is interpreted: a number is its digits, a function of a template is one, whatever it would come to.
"""

import re
from collections.abc import Iterator, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]  # the library has it, its type stubs do not

from diagnose.collect.evidence.spot import Spot, is_function
from diagnose.model.lazy_pattern import lazy_pattern


def spots_of(text: str) -> tuple[Spot, ...]:
    """Read the values of a file, one after the other. Empty for what is neither JSON nor YAML."""
    try:
        if text.lstrip()[:1] in ("{", "[", '"'):
            return tuple(_values(text))
    except (ValueError, IndexError, RecursionError):
        pass  # it may be YAML, which also begins with a bracket where it is written in its flow style
    # What reads YAML costs more than a diagnosis, and most files are JSON.
    from diagnose.collect.evidence.yaml_positions import spot_of_yaml

    spot = spot_of_yaml(text)
    return () if spot is None else (spot,)


def unquoted(spot: Spot, text: str) -> tuple[str, Sequence[int]]:
    """Give a string of JSON and, of each of its characters and of its end, where in the file it stands."""
    value: list[str] = []
    offsets: list[int] = []
    at = spot.start + 1
    while at < spot.end - 1:
        end = at + 1
        if text[at] == "\\":
            end = at + (6 if text[at + 1] == "u" else 2)
            if _SURROGATE_PAIR.match(text, at):
                end = at + 12
        character, _ = scanstring(f'{text[at:end]}"', 0, False)
        value.append(character)
        offsets += [at] * len(character)
        at = end
    return "".join(value), [*offsets, spot.end - 1]


def _values(text: str) -> Iterator[Spot]:
    at = _next(text, 0)
    while at < len(text):
        spot = _value(text, at)
        yield spot
        at = _next(text, spot.end)


def _value(text: str, at: int) -> Spot:
    match text[at]:
        case '"':
            string, end = scanstring(text, at + 1, False)
            return Spot(at, end, string, quoted=True)
        case "{":
            return _object(text, at)
        case "[":
            items: list[Spot] = []
            end = _next(text, at + 1)
            while text[end] != "]":
                items.append(_value(text, end))
                end = _after(text, items[-1].end, "]")
            return Spot(at, end + 1, items)
    word = _WORD.match(text, at)
    if word is None:
        raise ValueError("it is not JSON")
    return Spot(at, word.end(), word[0])


def _object(text: str, start: int) -> Spot:
    members: dict[str, Spot] = {}
    at = _next(text, start + 1)
    while text[at] != "}":
        if text[at] != '"':
            raise ValueError("it is not JSON")
        key, at = scanstring(text, at + 1, False)
        if text[at] in _BLANKS:
            at = _next(text, at)
        if text[at] != ":":
            raise ValueError("it is not JSON")
        member = members[key] = _value(text, _next(text, at + 1))
        at = _after(text, member.end, "}")
    return Spot(start, at + 1, members, open=is_function(members))


def _after(text: str, at: int, closing: str) -> int:
    """Go on behind a member: to the next one, or to the bracket that ends them."""
    if text[at] in _BLANKS:
        at = _next(text, at)
    if text[at] == closing:
        return at
    if text[at] != ",":
        raise ValueError("it is not JSON")
    return _next(text, at + 1)


def _next(text: str, at: int) -> int:
    if text[at : at + 1] not in _BLANKS:
        return at  # in what programs write this is most often so, and there is nothing to search for
    blank = _BLANK.match(text, at)
    assert blank is not None, "it matches nothing as well"
    return blank.end()


_BLANKS = " \t\r\n"
_BLANK = re.compile(f"[{_BLANKS}]*")
_WORD = re.compile(r"[-+.\w]+")
_SURROGATE_PAIR = lazy_pattern(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
