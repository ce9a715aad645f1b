"""Words: every member of an enum has a row, and every row all its columns."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest
from msgspec import Struct

from diagnose.model.diagnosis import Owner
from diagnose.model.evidence import Gap
from diagnose.model.policy import PolicyKind
from diagnose.model.trace import LIKELIEST_LAYERS, Gate, Layer
from diagnose.model.words import GAP_WORDS, GATE_WORDS, LAYER_WORDS, OWNER_WORDS, POLICY_WORDS, printable

TABLES: dict[type[StrEnum], Mapping[Any, Any]] = {
    Layer: LAYER_WORDS,
    Owner: OWNER_WORDS,
    Gate: GATE_WORDS,
    Gap: GAP_WORDS,
    PolicyKind: POLICY_WORDS,
}
MEMBERS = [
    pytest.param(member, TABLES[kind], id=f"{kind.__name__}.{member.name}") for kind in TABLES for member in kind
]


@pytest.mark.parametrize(("member", "table"), MEMBERS)
def test_each_has_words_in_every_column(member: StrEnum, table: Mapping[StrEnum, Any]) -> None:
    row = table[member]
    columns = [getattr(row, name) for name in row.__struct_fields__] if isinstance(row, Struct) else [row]
    assert all(isinstance(words, str) and words.strip() == words != "" for words in columns)


@pytest.mark.parametrize("table", TABLES.values(), ids=[kind.__name__ for kind in TABLES])
def test_no_two_are_called_the_same_in_the_column_that_tells_them_apart(table: Mapping[StrEnum, Any]) -> None:
    telling = {Layer: "whole", Owner: "reported", Gate: "question"}
    rows = [(getattr(row, telling[type(member)]) if type(member) in telling else row) for member, row in table.items()]
    assert len(set(rows)) == len(rows)


@pytest.mark.parametrize("owner", Owner)
def test_the_owners_of_accounts_alone_are_named_by_an_account(owner: Owner) -> None:
    of_account = owner in (Owner.SOURCE, Owner.DESTINATION)
    words = OWNER_WORDS[owner]
    assert [("{account}" in text) for text in (words.reported, words.asked)] == [of_account, of_account]
    assert "{" not in words.general + words.verb


def test_each_layer_has_a_place_among_those_that_are_worth_asking_for() -> None:
    assert sorted(LIKELIEST_LAYERS) == sorted(Layer)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("role/Größe 1", "role/Größe 1", id="letters, digits, punctuation and spaces stay"),
        pytest.param("a\nb\t", r"a\nb\t", id="line breaks and tabs"),
        pytest.param("\x1b[31mred", r"\x1b[31mred", id="an ANSI escape"),
        pytest.param("a\u202eb", r"a\u202eb", id="a bidirectional control"),
        pytest.param("\ud800", r"\ud800", id="half a surrogate pair"),
        pytest.param("back\\slash", "back\\slash", id="a backslash is no escape"),
    ],
)
def test_what_cannot_be_printed_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert printable(text) == shown
