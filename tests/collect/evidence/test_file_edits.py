"""How a policy of a file becomes another, and which of several values that say the same is meant."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from msgspec import Raw

from diagnose.collect.evidence.file_places import FilePlaces, PolicyFileText
from diagnose.model.file_place import FileEdit
from diagnose.model.policy import LARGEST_DOCUMENT, Policy, raw_document
from diagnose.model.trace import Layer

DOCUMENT: dict[str, Any] = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
WANTED: dict[str, Any] = {"Statement": [{"Effect": "Allow", "Action": "sts:TagSession"}]}
POLICY = Policy("Deploy", raw_document(DOCUMENT))
AS_JSON = json.dumps(DOCUMENT, indent=2)
AS_YAML = "Policy:\n  Statement:\n    - Effect: Allow\n      Action: sts:AssumeRole\nLast: 1\n"


def applied(text: str, edits: tuple[FileEdit, ...]) -> str:
    """The text after the edits, of which each names what it takes away by lines and columns."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for edit in sorted(edits, key=lambda one: (one.place.line, one.place.column), reverse=True):
        start = starts[edit.place.line - 1] + edit.place.column - 1
        end = starts[edit.place.last_line - 1] + edit.place.last_column - 1
        text = text[:start] + edit.text + text[end:]
    return text


def edits_of(
    text: str, policy: Policy = POLICY, wanted: object = WANTED, *, edited: bool = True
) -> tuple[FileEdit, ...]:
    places = FilePlaces([PolicyFileText(Path("file"), text, edited=edited)])
    return places.edits(Layer.TRUST, policy, wanted if isinstance(wanted, str) else json.dumps(wanted))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param(AS_JSON, AS_JSON.replace("AssumeRole", "TagSession"), id="a document in JSON"),
        pytest.param(AS_YAML, AS_YAML.replace("sts:AssumeRole", '"sts:TagSession"'), id="a document in YAML, quoted"),
        pytest.param(
            json.dumps({"Roles": [{"Name": "Deploy", "Doc": DOCUMENT}]}),
            json.dumps({"Roles": [{"Name": "Deploy", "Doc": WANTED}]}),
            id="a document among others",
        ),
    ],
)
def test_a_document_of_a_file_becomes_the_other(text: str, after: str) -> None:
    assert applied(text, edits_of(text)) == after


@pytest.mark.parametrize(
    ("text", "policy", "wanted", "edited"),
    [
        pytest.param(AS_JSON, POLICY, WANTED, False, id="a copy of what is stored elsewhere"),
        pytest.param(json.dumps({"Doc": json.dumps(DOCUMENT)}), POLICY, WANTED, True, id="a document in a string"),
        pytest.param(
            json.dumps({"Doc": quote(json.dumps(DOCUMENT))}), POLICY, WANTED, True, id="one that is percent-encoded"
        ),
        pytest.param(f"Doc: |\n  {json.dumps(DOCUMENT)}\n", POLICY, WANTED, True, id="one in a block of YAML"),
        pytest.param(json.dumps(WANTED), POLICY, DOCUMENT, True, id="a file with another policy"),
        pytest.param(AS_JSON, POLICY, "{", True, id="no document that it could become"),
        pytest.param(AS_JSON, POLICY, "[" * 100_000, True, id="one that is nested too deep"),
        pytest.param("{", Policy("Deploy", Raw(b"{")), WANTED, True, id="a policy that is not JSON"),
        pytest.param('"x"', Policy("Deploy", Raw(b'"x"')), WANTED, True, id="a policy that is not an object"),
        pytest.param("[{}]", Policy("Deploy", Raw(b"[{}]")), WANTED, True, id="a policy that is a list"),
    ],
)
def test_what_cannot_be_edited_there_has_no_edits(text: str, policy: Policy, wanted: object, *, edited: bool) -> None:
    assert edits_of(text, policy, wanted, edited=edited) == ()


def line_of(files: list[PolicyFileText], policy: Policy = POLICY, *names: str) -> tuple[str, int] | None:
    place = FilePlaces(files).find(Layer.TRUST, policy, "", names)
    return None if place is None else (place.path, place.line)


def listed(*members: dict[str, Any]) -> str:
    """A list of objects, each on a line, from the second on."""
    return "[\n" + ",\n".join(json.dumps(each) for each in members) + "\n]"


def a_file(text: str, name: str = "file", layer: Layer | None = None) -> PolicyFileText:
    return PolicyFileText(Path(name), text, layer)


ARN = "arn:aws:iam::111111111111:policy/Deploy"
BY_ARN = Policy("Other", raw_document(DOCUMENT), arn=ARN)


@pytest.mark.parametrize(
    ("files", "policy", "names", "place"),
    [
        pytest.param(
            [a_file(listed({"Doc": DOCUMENT}, {"Arn": ARN, "Doc": DOCUMENT}))], BY_ARN, (), ("file", 3), id="by its ARN"
        ),
        pytest.param(
            [a_file(listed({"Doc": DOCUMENT}, {"Role": "App", "Doc": DOCUMENT}))],
            POLICY,
            ("App",),
            ("file", 3),
            id="by another name that it is known by",
        ),
        pytest.param(
            [a_file(listed({"Doc": DOCUMENT}, {"Deploy": DOCUMENT}))], POLICY, (), ("file", 3), id="by its own key"
        ),
        pytest.param(
            [a_file(listed({"Name": "A", "In": [{"Doc": DOCUMENT}]}, {"Name": "Deploy", "In": [{"Doc": DOCUMENT}]}))],
            POLICY,
            (),
            ("file", 3),
            id="by a name farther around it",
        ),
        pytest.param(
            [a_file(listed({"Doc": DOCUMENT}, {"Deploy": {"In": {"Doc": DOCUMENT}}}))],
            POLICY,
            (),
            ("file", 3),
            id="by a key farther around it",
        ),
        pytest.param(
            [a_file(listed({"Name": "Deploy", "Doc": DOCUMENT}, {"Name": "Deploy", "Doc": DOCUMENT}))],
            POLICY,
            (),
            ("file", 2),
            id="the first of two of the name",
        ),
        pytest.param(
            [a_file(AS_JSON, "a"), a_file(listed({"Name": "Deploy", "Doc": DOCUMENT}), "b")],
            POLICY,
            (),
            ("b", 2),
            id="the file that names it",
        ),
        pytest.param(
            [a_file(listed({"Role": "App", "Doc": DOCUMENT}, {"Name": "Deploy", "Doc": DOCUMENT}))],
            POLICY,
            ("App",),
            ("file", 2),
            id="the first of two that each have one of its names",
        ),
        pytest.param(
            [a_file(listed({"Name": "A", "In": DOCUMENT}, {"Name": "Deploy", "In": [[DOCUMENT], [DOCUMENT]]}))],
            POLICY,
            (),
            ("file", 3),
            id="the first of two that are as far from its name",
        ),
        pytest.param([a_file(AS_JSON, "Deploy")], POLICY, (), ("Deploy", 1), id="a file of its name"),
        pytest.param([a_file(AS_JSON, "a"), a_file(AS_JSON, "b")], POLICY, (), ("a", 1), id="the first of two files"),
        pytest.param([a_file(listed({"Doc": DOCUMENT}, {"Doc": DOCUMENT}))], POLICY, (), None, id="either of two"),
        pytest.param(
            [a_file(listed({"Doc": DOCUMENT}, {"Doc": DOCUMENT}), layer=Layer.TRUST)],
            POLICY,
            (),
            ("file", 2),
            id="either of two, in a file for this layer",
        ),
        pytest.param([a_file(AS_JSON, layer=Layer.SCP)], POLICY, (), None, id="a file for another layer"),
        pytest.param(
            [a_file(json.dumps({"Doc": "\n " + json.dumps(DOCUMENT)}))], POLICY, (), ("file", 1), id="blanks before it"
        ),
        pytest.param(
            [a_file(json.dumps({"Doc": quote(json.dumps(DOCUMENT)).replace("%7B", "%7b", 1)}))],
            POLICY,
            (),
            ("file", 1),
            id="percent-encoded in small letters",
        ),
    ],
)
def test_the_value_that_is_meant_is_found(
    files: list[PolicyFileText], policy: Policy, names: tuple[str, ...], place: tuple[str, int] | None
) -> None:
    assert line_of(files, policy, *names) == place


def test_two_policies_that_say_the_same_are_found_each_by_its_name() -> None:
    places = FilePlaces([a_file(listed(*({"Name": name, "Doc": DOCUMENT} for name in ("A", "B"))))])
    for name, line in (("A", 2), ("B", 3)):
        found = places.find(Layer.TRUST, Policy(name, raw_document(DOCUMENT)), "")
        assert found is not None
        assert found.line == line
        known_as = places.find(Layer.TRUST, Policy("x", raw_document(DOCUMENT)), "", [name])
        assert known_as is not None
        assert known_as.line == line


@pytest.mark.parametrize(
    ("value", "written", "agrees"),
    [
        pytest.param(True, "true", True, id="true"),
        pytest.param(True, "True", True, id="true with a capital"),
        pytest.param(False, "true", False, id="another truth value"),
        pytest.param(None, "~", True, id="nothing"),
        pytest.param(None, "null", True, id="null"),
        pytest.param(None, "", True, id="an empty value"),
        pytest.param(None, "x", False, id="something for nothing"),
        pytest.param({}, "{}", True, id="an empty object"),
        pytest.param(["a", "b"], "[a, b]", True, id="a list"),
        pytest.param(["a", "b"], "[a]", False, id="a shorter list"),
        pytest.param(["a"], "a", False, id="a text for a list"),
        pytest.param({"a": "b"}, "{a: c}", False, id="another value"),
        pytest.param({"a": "b"}, "{a: b, c: d}", False, id="a key more"),
        pytest.param({"xdiag:unknown": "why"}, "[a]", True, id="what is not known"),
    ],
)
def test_a_value_of_yaml_agrees_with_one_of_json(value: object, written: str, *, agrees: bool) -> None:
    policy = Policy("Deploy", raw_document({"Statement": "x", "More": value}))
    assert (line_of([a_file(f"Statement: x\nMore: {written}\n")], policy) is not None) is agrees


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/Statement/0", 3),
        ("/Statement/0/Action", 5),
        ("/Statement/0/Action/0", 5),
        ("/Statement/1", 2),
        ("/Statement/x", 2),
        ("/Other", 1),
    ],
)
def test_a_pointer_is_followed_as_far_as_the_file_has_it(pointer: str, line: int) -> None:
    place = FilePlaces([a_file(AS_JSON)]).find(Layer.TRUST, POLICY, pointer)
    assert place is not None
    assert place.line == line


def test_the_lone_statement_of_a_file_is_the_first() -> None:
    lone = {"Statement": {"Effect": "Allow"}}
    text = json.dumps(lone, indent=1)
    place = FilePlaces([a_file(text)]).find(Layer.TRUST, Policy("Deploy", raw_document(lone)), "/Statement/0/Effect")
    assert place is not None
    assert place.line == 3


@pytest.mark.parametrize(("more", "found"), [(0, True), (1, False)])
def test_the_largest_document_that_is_looked_for(more: int, *, found: bool) -> None:
    empty = json.dumps({"Statement": [], "Id": ""})
    text = json.dumps({"Statement": [], "Id": "x" * (LARGEST_DOCUMENT + more - len(empty))})
    assert (line_of([a_file(text)], Policy("Deploy", Raw(text.encode()))) is not None) is found
