"""Where in the files that were handed over a place of a policy stands, so that others can point at their lines.

A policy does not know its file: it is found again, as the value that says the same. Where several do, the one that
is named like it counts; where none is, and a file may hold policies of any kind, it is not clear which.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from msgspec import Struct

from diagnose.collect.evidence.positions import spots_of, unquoted
from diagnose.collect.evidence.spot import Spot
from diagnose.model.file_place import FileEdit, FilePlace
from diagnose.model.json_text import Node, Object, parse
from diagnose.model.pointer import split
from diagnose.model.policy import LARGEST_DOCUMENT, UNKNOWN_PART, Policy, document_text
from diagnose.model.trace import Layer


class PolicyFileText(Struct, frozen=True):
    """A file that was read. `layer` is the one that it was given for, None where it may hold policies of any.

    `edited` says that it is one in which people edit policies, and no copy of what is stored elsewhere.
    """

    path: Path
    text: str
    layer: Layer | None = None
    edited: bool = False


class FilePlaces:
    """The files of one question, read once."""

    def __init__(self, files: Sequence[PolicyFileText]) -> None:
        """Keep them until the first place is asked for."""
        self._files = files
        self._held: dict[int, Mapping[frozenset[str], Sequence[_Candidate]]] = {}
        self._alike: dict[tuple[Layer, str], _Alike] = {}
        self._found: dict[tuple[object, ...], tuple[PolicyFileText, _Candidate] | None] = {}

    def find(self, layer: Layer, policy: Policy, pointer: str, names: Sequence[str] = ()) -> FilePlace | None:
        """Find a place of a policy; None where none of the files holds the policy, or where it is not clear which.

        None, too, of a policy that is larger than any that IAM could hold.

        `names` are those by which a file may know it besides its own, such as that of the role which it is of.
        """
        key = _key(layer, policy, names)
        if key not in self._found:
            self._found[key] = self._policy(layer, policy, names)
        found = self._found[key]
        return None if found is None else _place(*found, pointer)

    def edits(self, layer: Layer, policy: Policy, document: str, names: Sequence[str] = ()) -> tuple[FileEdit, ...]:
        """Give the edits by which a policy of a file becomes another document; empty where it cannot be edited there.

        It cannot where it stands in a string, or where a file holds no policy that anybody edits.
        """
        # Only a report that edits files pays for what edits YAML.
        from diagnose.collect.evidence.text_edits import edited, text_edits

        self.find(layer, policy, "", names)
        found = self._found[_key(layer, policy, names)]
        if found is None or not found[0].edited or found[1].offsets is not None or found[1].held_by is not None:
            return ()
        file, candidate = found
        try:
            before, after = parse(document_text(policy.document)), parse(document)
        except (ValueError, RecursionError):
            return ()
        edits = text_edits(file.text, candidate.spot, before, after)
        there = _candidates(edited(file.text, edits))
        # It is tried: a policy that is not the one that was proved is no fix.
        if not any(_agrees(one.spot, after) for one in there):
            return ()
        return tuple(FileEdit(_between(file, edit.start, edit.end), edit.text) for edit in edits)

    def _policy(self, layer: Layer, policy: Policy, names: Sequence[str]) -> tuple[PolicyFileText, "_Candidate"] | None:
        if len(bytes(policy.document)) > LARGEST_DOCUMENT:
            return None  # nothing in it is read, and to look for millions of values would take long
        try:
            text = document_text(policy.document)
            document = parse(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(document, Object):
            return None
        alike, known_as = self._say(layer, document, text), {name for name in (policy.name, policy.arn, *names) if name}
        if not alike.found:
            return None
        beside = [alike.beside[name] for name in known_as if name in alike.beside]
        if beside:
            number, candidate = alike.found[min(beside)]
            return self._files[number], candidate
        distances = [(one.distance(known_as), number) for number, one in alike.found]
        distance, number = nearest = min(distances)
        file = self._files[number]
        if distance == _FAR and file.layer is None and distances.count(nearest) > 1:
            return None
        return file, alike.found[distances.index(nearest)][1]

    def _say(self, layer: Layer, document: Object, text: str) -> "_Alike":
        """Give what says the same as a document, whose text this is, in the files that may hold one of the layer."""
        if (layer, text) not in self._alike:
            keys = frozenset(dict(document.members))
            self._alike[layer, text] = _Alike(
                (number, candidate)
                for number, file in enumerate(self._files)
                if file.layer in (None, layer)
                for candidate in self._documents(number).get(keys, ())
                if _agrees(candidate.spot, document)
            )
        return self._alike[layer, text]

    def _documents(self, number: int) -> Mapping[frozenset[str], Sequence["_Candidate"]]:
        """Give the objects of a file by their keys: of the many that are in a dump, few can be a policy."""
        if number not in self._held:
            file = self._files[number]
            held = defaultdict[frozenset[str], list[_Candidate]](list)
            for candidate in _candidates(file.text, file.path.name):
                if isinstance(candidate.spot.content, Mapping):
                    held[frozenset(candidate.spot.content)].append(candidate)
            self._held[number] = held
        return self._held[number]


def _key(layer: Layer, policy: Policy, names: Sequence[str]) -> tuple[object, ...]:
    return layer, policy.name, policy.arn, document_text(policy.document), tuple(names)


class _Candidate(Struct, frozen=True):
    """A value that says what the policy says. `around` are the values around it, the innermost last, by their keys.

    `offsets` lead from the characters of a string that holds the document to those of the file; without them, `held_by`
    is that string.
    """

    spot: Spot
    around: tuple[tuple[str, Spot], ...]
    offsets: Sequence[int] | None = None
    held_by: Spot | None = None

    def distance(self, names: set[str]) -> int:
        """Count how far around it one of these names stands."""
        for steps, (key, holder) in enumerate(reversed(self.around)):
            if key in names or not names.isdisjoint(_names(holder)):
                return steps
        return _FAR


_FAR = 1_000


class _Alike:
    """Values that say the same, with the number of the file of each: in the order of the files, and within them.

    `beside` has the place of the first of them at which a name stands right beside it, by the name: that is as near as
    a name can be. Of a thousand policies that say the same each is then found at once.
    """

    __slots__ = ("beside", "found")

    def __init__(self, found: Iterable[tuple[int, _Candidate]]) -> None:
        self.found = list(found)
        self.beside: dict[str, int] = {}
        for place, (_, candidate) in enumerate(self.found):
            key, holder = candidate.around[-1]
            for name in (key, *_names(holder)):
                self.beside.setdefault(name, place)


def _names(holder: Spot) -> Iterator[str]:
    if isinstance(holder.content, Mapping):
        yield from (spot.content for spot in holder.content.values() if isinstance(spot.content, str))


def _candidates(text: str, name: str = "") -> list[_Candidate]:
    """Give every object of a file, and what its strings hold. `name` is that of the file."""
    found: list[_Candidate] = []
    for root in spots_of(text):
        _add_objects(found, root, ((name, root),), text)
    return found


def _add_objects(found: list[_Candidate], spot: Spot, around: tuple[tuple[str, Spot], ...], text: str) -> None:
    content = spot.content
    if isinstance(content, str):
        first = content[:1]
        if first in "{%" or first.isspace():  # which few texts begin with
            found += _in_string(spot, around, text)
    elif isinstance(content, Mapping):
        if not spot.open:
            found.append(_Candidate(spot, around))
        for key, member in content.items():
            _add_objects(found, member, (*around, (key, spot)), text)
    else:
        around = (*around, ("", spot))
        for member in content:
            _add_objects(found, member, around, text)


def _in_string(spot: Spot, around: tuple[tuple[str, Spot], ...], text: str) -> Iterator[_Candidate]:
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
        # Where the characters of the file cannot be found again, all of it is the text that holds it.
        yield _Candidate(held, around, offsets, None if offsets else spot)


def _agrees(spot: Spot, value: Node) -> bool:
    """Say whether a value of a file comes to this one, as far as the file tells."""
    if spot.open:
        return True
    content = spot.content
    if content == value:  # most values are texts
        return True
    match value:
        case Object(members=members):
            keys = dict(members)
            if len(keys) == 1 and UNKNOWN_PART in keys:
                return True
            if not isinstance(content, Mapping) or content.keys() != keys.keys():
                return False
            return not keys or all(_agrees(content[key], one) for key, one in keys.items())
        case list():
            return isinstance(content, list) and len(content) == len(value) and all(map(_agrees, content, value))
        case bool():
            return isinstance(content, str) and content.lower() == str(value).lower()
        case None:
            return content in ("null", "~", "")
    return content == value


def _place(file: PolicyFileText, candidate: _Candidate, pointer: str) -> FilePlace:
    spot = candidate.held_by or _deepest(candidate.spot, pointer)
    start, end = spot.start, spot.end
    if candidate.offsets is not None:
        start, end = candidate.offsets[start], candidate.offsets[end]
    while end > start + 1 and file.text[end - 1].isspace():  # YAML ends a block where the next one begins
        end -= 1
    return _between(file, start, end)


def _between(file: PolicyFileText, start: int, end: int) -> FilePlace:
    (line, column), (last_line, last_column) = _position(file.text, start), _position(file.text, end)
    return FilePlace(str(file.path), _uri(file.path), line, column, last_line, last_column)


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
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))
