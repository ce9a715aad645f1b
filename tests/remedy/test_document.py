import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.model.pointer import below, parent
from diagnose.model.policy import UNKNOWN_PART, Policy, raw_document
from diagnose.remedy.document import (
    PatchOperation,
    add_statement,
    address,
    apply_patch,
    document_of,
    in_aws_order,
    join_value,
    patch_text,
    value_at,
)

ONE: Any = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::222222222222:role/Deploy"}
LIST: Any = {"Version": "2012-10-17", "Statement": [ONE]}
ALONE: Any = {"Version": "2012-10-17", "Statement": ONE}


def policy(text: str) -> Policy:
    return Policy("p", raw_document(text))


def by_the_book(document: Any, patch: str) -> Any:
    """Apply a JSON patch as RFC 6902 says, written a second time to check the first."""
    result = copy.deepcopy(document)
    for step in json.loads(patch):
        *holders, last = [part.replace("~1", "/").replace("~0", "~") for part in step["path"].split("/")[1:]] or [None]
        if last is None:
            result = step["value"]
            continue
        place = result
        for token in holders:
            place = place[int(token)] if isinstance(place, list) else place[token]
        match step["op"], place:
            case "add", list():
                place.insert(len(place) if last == "-" else int(last), step["value"])
            case "remove", list():
                place.pop(int(last))
            case "replace", list():
                place[int(last)] = step["value"]
            case "remove", dict():
                place.pop(last)
            case "replace", dict():
                assert last in place
                place[last] = step["value"]
            case "add", dict():
                place[last] = step["value"]
    return result


@pytest.mark.parametrize(
    ("document", "operations"),
    [
        pytest.param(LIST, [PatchOperation("add", "/Statement/-", ONE)], id="a statement more"),
        pytest.param(
            ALONE, [PatchOperation("replace", "/Statement", [ONE, ONE])], id="a statement alone becomes a list"
        ),
        pytest.param(LIST, [PatchOperation("remove", "/Statement/0/Resource")], id="an element less"),
        pytest.param(LIST, [PatchOperation("replace", "/Statement/0/Action", ["a", "b"])], id="another action"),
        pytest.param(LIST, [PatchOperation("add", "", ALONE)], id="a new document"),
        pytest.param(
            {"Condition": {"a/b~c": [1, 2]}},
            [PatchOperation("replace", below("/Condition", "a/b~c", "1"), 3)],
            id="a key with a slash and a tilde",
        ),
        pytest.param(
            [1, 2, 3], [PatchOperation("remove", "/1"), PatchOperation("add", "/0", 0)], id="places in a list shift"
        ),
    ],
)
def test_the_patch_gives_the_document(document: Any, operations: list[PatchOperation]) -> None:
    held = document if isinstance(document, dict) else {"list": document}
    steps = [
        PatchOperation(one.op, f"/list{one.path}", one.value) if held is not document else one for one in operations
    ]
    before = copy.deepcopy(held)
    assert apply_patch(held, steps) == by_the_book(held, patch_text(steps))
    assert held == before, "the document that is patched is left as it was"


@pytest.mark.parametrize("operation", [PatchOperation("remove", "/Id"), PatchOperation("replace", "/Id", "x")])
def test_what_is_not_there_can_be_neither_removed_nor_replaced(operation: PatchOperation) -> None:
    with pytest.raises(LookupError, match="/Id"):
        apply_patch(LIST, [operation])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="no JSON"),
        pytest.param("[]", id="no object"),
        pytest.param('{"Statement": [1]}', id="a statement that is no object"),
        pytest.param('{"Statement": [], "Statement": []}', id="a key that stands twice"),
        pytest.param('{"Statement": {"Action": "a", "Action": "b"}}', id="a key that stands twice within"),
        pytest.param("[" * 100_000, id="nested too deeply"),
    ],
)
def test_a_document_that_an_edit_might_damage_is_not_edited(text: str) -> None:
    assert document_of(policy(text)) is None


def test_a_percent_encoded_document_is_read() -> None:
    assert document_of(policy("%7B%22Statement%22%3A%5B%5D%7D")) == {"Statement": []}


@pytest.mark.parametrize(
    ("document", "wanted"),
    [
        pytest.param(LIST, [ONE, {"Sid": "New"}], id="a list"),
        pytest.param(ALONE, [ONE, {"Sid": "New"}], id="one statement alone"),
        pytest.param({"Version": "2012-10-17"}, [{"Sid": "New"}], id="no statement at all"),
    ],
)
def test_a_statement_is_added_wherever_statements_stand(document: Any, wanted: Any) -> None:
    assert apply_patch(document, add_statement(document, {"Sid": "New"}))["Statement"] == wanted


def test_a_new_statement_has_a_sid_of_its_own() -> None:
    document: Any = {"Statement": [{"Sid": "New"}, {"Sid": "New2"}]}
    (operation,) = add_statement(document, {"Sid": "New"})
    assert operation.value == {"Sid": "New3"}


@pytest.mark.parametrize(
    ("document", "pointer", "wanted"),
    [
        pytest.param({"a": "x"}, "/a", {"a": ["x", "new"]}, id="one value becomes a list"),
        pytest.param({"a": ["x"]}, "/a", {"a": ["x", "new"]}, id="the pointer of the list"),
        pytest.param({"a": ["x"]}, "/a/0", {"a": ["x", "new"]}, id="the pointer of a member"),
        pytest.param({"a": "x"}, "/b", {"a": "x"}, id="a pointer that leads nowhere"),
    ],
)
def test_a_value_joins_those_that_are_there(document: Any, pointer: str, wanted: Any) -> None:
    assert apply_patch(document, join_value(document, pointer, "new")) == wanted


@pytest.mark.parametrize(
    ("document", "pointer", "wanted"),
    [
        pytest.param(LIST, "/Statement/0/Action", "/Statement/0/Action", id="as it is"),
        pytest.param(ALONE, "/Statement/0/Action", "/Statement/Action", id="a statement that stands alone"),
        pytest.param(ALONE, "/Statement/Action", "/Statement/Action", id="already the way it stands"),
        pytest.param(LIST, "/Statement/1/Action", None, id="nowhere"),
    ],
)
def test_a_pointer_is_made_to_fit(document: Any, pointer: str, wanted: str | None) -> None:
    assert address(document, pointer) == wanted


@given(st.text(), st.text())
def test_a_pointer_finds_what_it_was_made_for(key: str, value: str) -> None:
    pointer = below("", key)
    assert value_at({key: value}, pointer) == value
    assert parent(pointer) == ("", key)


def test_a_statement_is_written_in_the_order_of_aws() -> None:
    shuffled: Any = {"Condition": {}, "Resource": "*", "Extra": 1, "Effect": "Deny", "Sid": "A", "NotAction": "b"}
    assert list(in_aws_order(shuffled)) == ["Sid", "Effect", "NotAction", "Resource", "Condition", "Extra"]


def test_a_document_that_is_known_in_part_cannot_be_edited() -> None:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": {UNKNOWN_PART: "an import"}}}
    assert document_of(Policy("p", raw_document({"Statement": [statement]}))) is None
