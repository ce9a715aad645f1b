"""How much an answer in brief, or with the whole diagnosis, has room for: less of each kind as texts get longer."""

import pytest
from msgspec.structs import replace
from tests.serve.test_brief import document

from diagnose.report.json_v1 import PublishedDiagnosis, PublishedNeed
from diagnose.serve.brief import LARGEST_ANSWER, AgentAnswer, brief_answer, characters, full_answer

TOO_MANY = 30
LONG = "x" * 5000


def crowded(text: str, command: str = "") -> PublishedDiagnosis:
    """Give a diagnosis with more of everything than any answer has room for, each with a text."""
    whole = document("external-id")
    (fix, *_) = [each for each in whole.fixes if each.commands]
    (cause, *_) = whole.causes
    (place, *_) = cause.places
    first = replace(fix, commands=[replace(one, text=command) for one in fix.commands])
    fixes = [
        replace(each, number=number, text=text, remaining=[text] * TOO_MANY)
        for number, each in enumerate([first, *[replace(fix, commands=[])] * (TOO_MANY - 1)], 1)
    ]
    numbers = [fix.number for fix in fixes]
    cause = replace(
        cause, title=text, explanation=LONG, unknown=[text] * TOO_MANY, places=[place] * TOO_MANY, fixes=numbers
    )
    return replace(
        whole,
        causes=[cause] * TOO_MANY,
        fixes=fixes,
        plan=numbers,
        still_needed=[PublishedNeed(what=text, how=text, flags=[text] * TOO_MANY)] * TOO_MANY,
    )


def room(answer: AgentAnswer) -> tuple[int, ...]:
    """Count causes, fixes, needs, places and items, and the characters of a text."""
    (cause, *_) = answer.causes
    lists = [cause.unknown, answer.fixes[0].remaining, answer.still_needed[0].flags]
    (items,) = {len(each) for each in lists}
    counts = (len(answer.causes), len(answer.fixes), len(answer.still_needed), len(cause.places), items - 1)
    return (*counts, len(cause.explanation.removesuffix("...")))


WIDE = "\U0001f600"

ROOMS = [
    pytest.param("x" * 2, (3, 4, 5, 2, 6, 1200), 4000, id="the usual one"),
    pytest.param("x" * 60, (3, 3, 5, 1, 4, 600), 2000, id="texts of a line"),
    pytest.param("x" * 130, (2, 2, 3, 1, 3, 300), 1500, id="texts of two lines"),
    pytest.param("x" * 310, (1, 1, 2, 1, 2, 120), 0, id="long texts"),
    pytest.param(WIDE * 70, (1, 1, 1, 0, 1, 30), 0, id="long texts, each character escaped"),
]


@pytest.mark.parametrize(("text", "expected", "command"), ROOMS)
def test_the_longer_the_texts_the_less_there_is_of_each_kind(
    text: str, expected: tuple[int, ...], command: int
) -> None:
    assert room(brief_answer(crowded(text), "")) == expected


@pytest.mark.parametrize(("text", "expected", "command"), ROOMS)
def test_a_command_is_whole_up_to_the_limit_of_each_room(text: str, expected: tuple[int, ...], command: int) -> None:
    for length, whole in ((command, True), (command + 1, False)):
        answer = brief_answer(crowded(text, "c" * length), "")
        assert room(answer) == expected
        assert answer.fixes[0].command == ("c" * length if whole else "")


@pytest.mark.parametrize("over", range(-1900, 2000, 200))
def test_a_list_stays_in_the_whole_where_there_is_room_for_it_and_for_the_names_of_lists(over: int) -> None:
    whole = document("external-id")
    (layer, *others) = whole.layers

    def answer(text: str) -> AgentAnswer:
        long = replace(whole, layers=[replace(layer, answer=text), *others])
        return full_answer(brief_answer(long, ""), long)

    full = answer("x" * (LARGEST_ANSWER - 1000 - characters(answer("")) + over))
    assert full.left_out == (["all layers of the diagnosis"] if over > 0 else [])
    assert characters(full) <= LARGEST_ANSWER
