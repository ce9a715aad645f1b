"""Policies in files: documents alone, and whatever AWS commands print that holds or names one."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Raw

from diagnose.collect.evidence.file_kind import other_kind
from diagnose.collect.evidence.handed_over import InputFile
from diagnose.collect.evidence.printed import EXPECTED, PolicyFile, Reading, not_an_object, values_in
from diagnose.collect.input import input_name, read_bytes
from diagnose.collect.json_errors import not_json, quotable
from diagnose.errors import XdiagError
from diagnose.model.policy import Policy, PolicyKind


def read_input(path: Path | Literal["-"]) -> InputFile:
    """Read a file, or standard input for "-". Raises XdiagError for one that cannot be read."""
    return InputFile(input_name(path), read_bytes(path))


def read_policy_file(path: Path | Literal["-"], kind: PolicyKind, *, about: str = "") -> Policy:
    """Read the one policy in a file, as `policies_from` does. Raises XdiagError for anything else."""
    return policy_from(read_bytes(path), kind, place=input_name(path), about=about)


def policy_from(data: bytes, kind: PolicyKind, *, place: str, about: str = "") -> Policy:
    """Read the one policy in `data`, as `policies_from` does. Raises XdiagError for any other number of them."""
    held = policies_from(data, kind, place=place, about=about)
    if len(held.policies) == 1:
        return held.policies[0]
    if held.policies:
        raise XdiagError(f"`{quotable(place)}` holds {len(held.policies)} policies", hint="expected one policy")
    raise XdiagError(
        f"`{quotable(place)}` is not a policy: it has no `Statement`",
        hint=held.named[0].detail if held.named else EXPECTED,
    )


def policies_from(data: bytes, kind: PolicyKind, *, place: str, about: str = "") -> PolicyFile:
    """Read policies of one kind, alone or in what AWS commands have printed: one after the other, too.

    `place` names the file. `about` is the ARN of the user or role in question; of a list of roles only that one
    counts. A policy is named as AWS's output names it, else after the file. The text of a document is kept as it is,
    so what it says may still be wrong.

    Raises XdiagError for a file that neither holds nor names such a policy.
    """
    data = data.removeprefix(b"\xef\xbb\xbf").strip()
    if data[:3].upper() == b"%7B":
        data = unquote_to_bytes(data)
    try:
        values = tuple(islice(_values(_without_functions(data, place), place), _MOST_VALUES + 1))
    except XdiagError:
        raise_if_other_kind(data, place)
        raise
    if len(values) > _MOST_VALUES:
        raise XdiagError(f"`{quotable(place)}` holds more than {_MOST_VALUES:,} values", hint=EXPECTED)
    if any(map(_is_statement, values)):
        raise XdiagError(
            f"`{quotable(place)}` is a statement of a policy, not a policy",
            hint='put it into one: `{"Version": "2012-10-17", "Statement": [...]}`',
        )
    reading = Reading(kind, place, about)
    parts = [reading.read(value) for value in values]
    held = PolicyFile(
        place,
        tuple(policy for part in parts for policy in part.policies),
        tuple(gap for part in parts for gap in part.named),
        tuple(one for part in parts for one in part.described),
        next((part.endpoint for part in parts if part.endpoint), None),
        any(part.lists for part in parts),
    )
    if not (held.policies or held.named or held.described or held.lists):
        raise_if_other_kind(data, place)
        raise XdiagError(f"`{quotable(place)}` is not a policy: it has no `Statement`", hint=EXPECTED)
    return held


def raise_if_other_kind(data: bytes, place: str) -> None:
    """Raise XdiagError where `data` is of a kind that is known and holds no policy that can be read as it is."""
    kind = other_kind(data)
    if kind is not None:
        raise XdiagError(f"`{quotable(place)}` {kind.what}", hint=kind.instead)


def _without_functions(data: bytes, place: str) -> bytes:
    """Give JSON for YAML, and for a document with the functions of a template; what they do not tell is unknown."""
    is_json = data[:1] in (b"{", b"[", b'"') or not data
    if is_json and not any(mark in data for mark in _FUNCTIONS):
        return data
    if not is_json and len(data) > _LARGEST_YAML:
        return data
    from diagnose.collect.evidence.intrinsics import Surroundings, resolve
    from diagnose.collect.evidence.partial_document import UnknownValue, decidable
    from diagnose.collect.evidence.template_text import read_template_text

    try:
        read = read_template_text(InputFile(place, data)).value
    except XdiagError:
        return data
    if not isinstance(read, dict | list):
        return data
    document = decidable(resolve(read, Surroundings({}, {}, {}, {})))
    return data if isinstance(document, UnknownValue) else bytes(document)


_MOST_VALUES = 100_000
_FUNCTIONS = (b'"Fn::', b'"Ref"')
_LARGEST_YAML = 262_144
"""Bytes. IAM holds at most 20,480 characters of any policy, and to read YAML takes a hundred times as long as JSON."""


def _is_statement(value: Raw) -> bool:
    """Say whether somebody has cut a statement out of its policy."""
    try:
        members = _MEMBERS.decode(value)
    except (ValueError, RecursionError):
        return False
    return "Effect" in members and "Statement" not in members


_MEMBERS = msgspec.json.Decoder(dict[str, Raw])


def _values(data: bytes, place: str) -> Iterator[Raw]:
    """Give the JSON values of a file, each as it is written: one, several after each other, or those of a list.

    A document in a list of its statements alone is not told from a list of documents: neither has a `Statement`.
    """
    if data[:1] == b"[":
        listed = values_in(_checked(data, place))
        if not listed:
            raise not_an_object(place)
        yield from listed
        return
    try:
        text = data.decode()
    except UnicodeDecodeError:
        yield _checked(data, place)
        return
    start, end = 0, _end_of_value(text, 0)
    while end is not None:
        behind = _NEXT_OBJECT.match(text, end)
        if behind is None:
            break
        yield _checked(text[start:end].encode(), place)
        start, end = behind.end(), _end_of_value(text, behind.end())
    yield _checked(text[start:].encode(), place)


def _end_of_value(text: str, start: int) -> int | None:
    """Find where the JSON value ends that starts there; None where there is none that can be read."""
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None


def _checked(data: bytes, place: str) -> Raw:
    """Give `data` if it is one JSON value. Raises XdiagError if it is not, or is neither an object nor a text."""
    try:
        data.decode()
        msgspec.json.decode(data)
    except (ValueError, RecursionError) as error:
        raise not_json(data, error, place) from None
    if data[:1] not in (b"{", b"[", b'"'):
        raise not_an_object(place)
    return Raw(data)


_DECODER = json.JSONDecoder()
_NEXT_OBJECT = re.compile(r"\s*(?={)")
