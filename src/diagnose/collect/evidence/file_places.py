"""Where in the files that were handed over a place of a policy stands, so that others can point at their lines.

A policy does not know its file: it is found again, as the value that says the same. Where several do, the one that
is named like it counts, or else the first.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from msgspec import Struct

from diagnose.collect.evidence.positions import Spot, spots_of, unquoted
from diagnose.model.file_place import FilePlace
from diagnose.model.json_text import Node, Object, parse
from diagnose.model.pointer import split
from diagnose.model.policy import UNKNOWN_PART, Policy, document_text
from diagnose.model.trace import Layer


class PolicyFileText(Struct, frozen=True):
    """A file that was read. `layer` is the one that it was given for, None where it may hold policies of any."""

    path: Path
    text: str
    layer: Layer | None = None


class FilePlaces:
    """The files of one question, read once."""

    def __init__(self, files: Sequence[PolicyFileText]) -> None:
        """Keep them until the first place is asked for."""
        self._files = files
        self._roots: dict[int, tuple[Spot, ...]] = {}

    def find(self, layer: Layer, policy: Policy, pointer: str, names: Sequence[str] = ()) -> FilePlace | None:
        """Find a place of a policy; None where none of the files holds the policy.

        `names` are those by which a file may know it besides its own, such as that of the role which it is of.
        """
        try:
            document = parse(document_text(policy.document))
        except (ValueError, RecursionError):
            return None
        known_as = {name for name in (policy.name, policy.arn, *names) if name}
        best: tuple[int, PolicyFileText, _Candidate] | None = None
        for number, file in enumerate(self._files):
            if file.layer not in (None, layer):
                continue
            if number not in self._roots:
                self._roots[number] = spots_of(file.text)
            for candidate in _candidates(self._roots[number], file, document):
                distance = candidate.distance(known_as)
                if best is None or distance < best[0]:
                    best = (distance, file, candidate)
        return None if best is None else _place(best[1], best[2], pointer)


class _Candidate(Struct, frozen=True):
    """A value that says what the policy says. `around` are the values around it, the innermost last, by their keys.

    `offsets` lead from the characters of a string that holds the document to those of the file.
    """

    spot: Spot
    around: tuple[tuple[str, Spot], ...]
    offsets: Sequence[int] | None = None

    def distance(self, names: set[str]) -> int:
        """Count how far around it one of these names stands."""
        for steps, (key, holder) in enumerate(reversed(self.around)):
            if key in names or (isinstance(holder.content, Mapping) and _names(holder.content) & names):
                return steps
        return _FAR


_FAR = 1_000


def _names(members: Mapping[str, Spot]) -> set[str]:
    return {spot.content for spot in members.values() if isinstance(spot.content, str)}


def _candidates(roots: Sequence[Spot], file: PolicyFileText, document: Node) -> Iterator[_Candidate]:
    for root in roots:
        yield from _below(root, ((file.path.name, root),), file.text, document)


def _below(spot: Spot, around: tuple[tuple[str, Spot], ...], text: str, document: Node) -> Iterator[_Candidate]:
    content = spot.content
    if isinstance(content, str):
        yield from _in_string(spot, around, text, document)
    elif isinstance(content, Mapping):
        if _agrees(spot, document):
            yield _Candidate(spot, around)
            return
        for key, member in content.items():
            yield from _below(member, (*around, (key, spot)), text, document)
    else:
        for member in content:
            yield from _below(member, (*around, ("", spot)), text, document)


def _in_string(spot: Spot, around: tuple[tuple[str, Spot], ...], text: str, document: Node) -> Iterator[_Candidate]:
    """Look into a text that holds a document, as Terraform and IAM's API write them."""
    assert isinstance(spot.content, str)
    inner, offsets = spot.content, None
    if inner.lstrip()[:1] != "{":
        if inner[:3].upper() != "%7B":
            return
        inner = unquote(inner)
    elif spot.quoted:
        inner, offsets = unquoted(spot, text)
    for held in spots_of(inner):
        if _agrees(held, document):
            yield _Candidate(held if offsets else Spot(spot.start, spot.end, ""), around, offsets)


def _agrees(spot: Spot, value: Node) -> bool:
    """Say whether a value of a file comes to this one, as far as the file tells."""
    if spot.open:
        return True
    content = spot.content
    match value:
        case Object(members=members):
            keys = dict(members)
            if list(keys) == [UNKNOWN_PART]:
                return True
            return (
                isinstance(content, Mapping)
                and content.keys() == keys.keys()
                and all(_agrees(content[key], one) for key, one in keys.items())
            )
        case list():
            return isinstance(content, list) and len(content) == len(value) and all(map(_agrees, content, value))
        case bool():
            return isinstance(content, str) and content.lower() == str(value).lower()
        case None:
            return content in ("null", "~", "")
    return content == value


def _place(file: PolicyFileText, candidate: _Candidate, pointer: str) -> FilePlace:
    spot = _deepest(candidate.spot, pointer)
    start, end = spot.start, spot.end
    if candidate.offsets is not None:
        start, end = candidate.offsets[start], candidate.offsets[end]
    while end > start + 1 and file.text[end - 1].isspace():  # YAML ends a block where the next one begins
        end -= 1
    (line, column), (last_line, last_column) = _position(file.text, start), _position(file.text, end)
    return FilePlace(_uri(file.path), line, column, last_line, last_column)


def _deepest(spot: Spot, pointer: str) -> Spot:
    """Follow a pointer as far as the file has it. A lone statement or value may stand without its list."""
    for token in split(pointer):
        content = spot.content
        if isinstance(content, Mapping) and token in content:
            spot = content[token]
        elif isinstance(content, list) and token.isdigit() and int(token) < len(content):
            spot = content[int(token)]
        elif token != "0":
            break
    return spot


def _position(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _uri(path: Path) -> str:
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
