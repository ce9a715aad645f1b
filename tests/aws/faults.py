"""What may stand in the place of an answer of AWS: one row a fault.

A fault takes a generator of random choices and a call. It gives another body (and status), or changes the answer before
its body is written; False says that there is nothing in this answer that it could break.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, TypeAlias

from tests.aws.imitation import DETAILS, Exchange

Outcome: TypeAlias = "bytes | tuple[int, bytes] | bool"
Fault: TypeAlias = Callable[[Random, Exchange], Outcome]

# AWS leaves these out where there are none, so that nobody can tell.
_OPTIONAL = {"Tags", "PermissionsBoundary", "PermissionsBoundaryType", "NextToken"}
_NOT_READ = {"Path", "Description"}
_HTML = b"<!DOCTYPE html><html><body>Sign in<br></body></html>"
_ANY_TEXTS = {"ClientIDList"}
"""Lists whose texts mean themselves: with others, and in XML with digits, it is another answer that AWS gives."""
_DOCUMENTS = ("AssumeRolePolicyDocument", "PolicyDocument", "Document", "Content")


def _bytes(body: bytes, status: int = 0) -> Fault:
    return lambda _rng, _call: (status, body) if status else body


def _of_body(change: Callable[[Random, bytes], bytes]) -> Fault:
    return lambda rng, call: change(rng, call.body())


def _missing(rng: Random, call: Exchange) -> Outcome:
    places = [(holder, name) for holder, name in _members(call.answer) if name not in _OPTIONAL | _NOT_READ]
    if not places:
        return False
    holder, name = rng.choice(places)
    del holder[name]
    return True


def _becomes(kind: type, *others: Any) -> Fault:
    """Make one member of a type, in every answer, something else."""

    def fault(rng: Random, call: Exchange) -> Outcome:
        places = [
            (holder, name)
            for holder, name in _members(call.answer)
            if type(holder[name]) is kind and name not in _NOT_READ | {"NextToken", "Value", "Marker"}
        ]
        if not places:
            return False
        holder, name = rng.choice(places)
        strange = [each for each in others if name not in _ANY_TEXTS or each not in ([1], ["x"])]
        # In XML, what is blank is a list of nothing.
        holder[name] = rng.choice(
            [each for each in strange if call.json or kind is not list or str(each or "").strip()]
        )
        return True

    return fault


def _document(change: Callable[[str], str]) -> Fault:
    def fault(rng: Random, call: Exchange) -> Outcome:
        places = [(holder, name) for holder, name in _members(call.answer) if name in _DOCUMENTS]
        if not places:
            return False
        holder, name = rng.choice(places)
        holder[name] = change(holder[name])
        return True

    return fault


def _named(end: str, other: str) -> Fault:
    def fault(rng: Random, call: Exchange) -> Outcome:
        places = [(holder, name) for holder, name in _members(call.answer) if name.endswith(end)]
        if not places:
            return False
        holder, name = rng.choice(places)
        holder[name] = other
        return True

    return fault


def _marker(name: str, first: str) -> Fault:
    """Make a page point to another one. `name` is what the pages have, `first` what it becomes."""

    def fault(_rng: Random, call: Exchange) -> Outcome:
        if "IsTruncated" not in call.answer and not call.action.startswith(("organizations:List", DETAILS)):
            return False
        marker = "Marker" if "IsTruncated" in call.answer else "nextToken" if call.action == DETAILS else "NextToken"
        before = call.sent.get(marker, "")
        call.answer.pop(marker, None)
        if marker == "Marker":
            call.answer["IsTruncated"] = True
        match name:
            case "none":
                return marker == "Marker"
            case "same":
                call.answer[marker] = first
            case "cycle":
                call.answer[marker] = "0" if before == "1" else "1"
            case _:
                call.answer[marker] = f"{before}0"[-400:] if before else first
        return True

    return fault


FAULTS: Mapping[str, Fault] = {
    "a page of HTML": _bytes(_HTML),
    "a page that is XML": _bytes(b"<html><body>Sign in</body></html>"),
    "an empty body": _bytes(b""),
    "an empty object": _bytes(b"{}"),
    "null": _bytes(b"null"),
    "a list": _bytes(b"[]"),
    "a word": _bytes(b"OK"),
    "an error under 200": _bytes(b'{"__type": "AccessDeniedException", "message": "no"}'),
    "an XML error under 200": _bytes(b"<Response><Error><Code>NoSuchEntity</Code></Error></Response>"),
    "HTML under 403": _bytes(_HTML, 403),
    "HTML under 404": _bytes(_HTML, 404),
    "a redirection": _bytes(b"", 302),
    "an error whose code is a number": _bytes(b'{"__type": 5, "message": {"a": 1}}', 400),
    "an error that is a list": _bytes(b"[1]", 400),
    "half a body": _of_body(lambda _, body: body[: len(body) // 2]),
    "a body cut anywhere": _of_body(lambda rng, body: body[: rng.randrange(len(body))]),
    "two bodies": _of_body(lambda _, body: body + body),
    "UTF-16": _of_body(lambda _, body: body.decode("utf-8", "replace").encode("utf-16")),
    "a byte that is not UTF-8": _of_body(lambda _, body: body.replace(b"e", b"\xe9")),
    "gzip that is not announced": _of_body(lambda _, body: gzip.compress(body)),
    "brackets without end": _bytes(b"[" * 100_000),
    "elements without end": _bytes(b"<a>" * 20_000),
    "a missing member": _missing,
    "text for a list": _becomes(list, "", "x", " ", "null"),
    "something else for a list": _becomes(list, {}, {"a": 1}, 0, False, [1], [[]], [{}], ["x"], None),
    "something else for a structure": _becomes(dict, "", "x", [], [1], 0, None),
    "something else for text": _becomes(str, "", None, ["x"], {"a": 1}),
    "something else for a truth value": _becomes(bool, "", "yes", "TRUE", None, [], 2),
    "something else for a number": _becomes(int, "", "many", "9" * 30, None, [1]),
    "no ARN": _named("Arn", "x"),
    "an ARN of elsewhere": _named("Arn", "arn:aws:iam::12:role/x"),
    "the name of another one": _named("Name", "somebody-else"),
    "a date at the edge of time": _named("CreateDate", "9999-12-31T23:59:59-23:59"),
    "a date before time": _named("CreateDate", "0000-00-00T00:00:00Z"),
    "half a policy": _document(lambda text: text[: len(text) // 2]),
    "a policy that is a word": _document(lambda _: "word"),
    "a policy that is empty": _document(lambda _: "{}"),
    "a policy that is a list": _document(lambda _: "[]"),
    "a policy without statements that are any": _document(lambda _: '{"Statement": ["x"]}'),
    "a policy with half a character": _document(lambda _: '{"Statement": [{"Sid": "\\ud800"}]}'),
    "a policy without end": _document(lambda _: '{"Statement": ' + "[" * 20_000),
    "another page, and no marker": _marker("none", ""),
    "a marker that repeats": _marker("same", "0"),
    "markers in a circle": _marker("cycle", "1"),
    "markers without end": _marker("endless", "1"),
}


def _members(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Give each member of each structure, with the structure."""
    if isinstance(value, dict):
        for name in value:
            yield value, name
            yield from _members(value[name])
    elif isinstance(value, list):
        for item in value:
            yield from _members(item)
