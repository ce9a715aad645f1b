"""The ways to a role in words: how many calls, what a session carries, and what was not looked at."""

from itertools import pairwise
from typing import Any

import pytest
from tests.cases import case

from diagnose.matrix.path_report import paths_text
from diagnose.matrix.paths import Route, Ways
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

UNREAD = {"evidence": "unread"}
OPEN, CHAINED = case("cross-account"), case("cross-account-role")
ENDS = "; signed without MFA"
HOUR = ", the session lasts at most 1 hour"


def told(verdict: Tri, *calls: int, more: bool = False, searched_all: bool = True) -> list[str]:
    """Write ways of so many calls each, a line for each sentence."""
    ways = tuple(Route((OPEN, *(CHAINED,) * (each - 1)), verdict) for each in calls)
    return paths_text(Ways(Route((OPEN,), NO), ways, more, searched_all), 5, 1000).splitlines()


@pytest.mark.parametrize(
    ("verdict", "calls", "headline"),
    [
        (YES, [1, 2], "OPEN: directly"),
        (YES, [2], "OPEN: with 2 calls, over 1 other role"),
        (YES, [3], "OPEN: with 3 calls, over 2 other roles"),
        (UNKNOWN, [1], "MAY BE OPEN: directly"),
        (UNKNOWN, [4], "MAY BE OPEN: with 4 calls, over 3 other roles"),
        (YES, [], "NO WAY FOUND: with up to 5 calls over the roles in the dumps"),
    ],
)
def test_the_headline_counts_calls_and_roles(verdict: Tri, calls: list[int], headline: str) -> None:
    assert told(verdict, *calls)[0] == headline


@pytest.mark.parametrize(
    ("verdict", "calls", "line"),
    [
        (YES, 1, "1. open, 1 call"),
        (YES, 2, "1. open, 2 calls"),
        (UNKNOWN, 1, "1. may be open, 1 call"),
        (NO, 2, "1. closed, 2 calls"),
    ],
)
def test_a_way_is_told_by_how_open_it_is(verdict: Tri, calls: int, line: str) -> None:
    assert line in told(verdict, calls)


MORE = "There are more ways: --limit."
BROKEN_OFF = "There are too many roles to look at every way: others may be open."
LONGER = "Ways of more than 5 calls were not looked for: --max-hops."


@pytest.mark.parametrize(
    ("verdict", "more", "searched_all", "sentences"),
    [
        (YES, False, True, []),
        (YES, True, True, [MORE]),
        (YES, False, False, [BROKEN_OFF]),
        (UNKNOWN, False, True, [LONGER]),
        (UNKNOWN, True, False, [MORE, BROKEN_OFF, LONGER]),
    ],
)
def test_what_was_not_looked_at_is_said(verdict: Tri, more: bool, searched_all: bool, sentences: list[str]) -> None:
    lines = told(verdict, 1, more=more, searched_all=searched_all)
    assert [line for line in lines if line in (MORE, BROKEN_OFF, LONGER)] == sentences
    assert lines[-1] == (
        "Supposed: the source's own credentials carry no session policy, session tags or source identity, and no call "
        "goes through a VPC endpoint."
    )


def known(value: Any) -> Any:
    return {"evidence": "known", "value": value}


@pytest.mark.parametrize(
    ("world", "session", "carried"),
    [
        pytest.param("cross-account", {}, ENDS, id="a user"),
        pytest.param("cross-account-role", {}, f"{ENDS}{HOUR}", id="a session"),
        pytest.param(
            "cross-account-role",
            {"tags": known({"Team": "red"}), "transitive_tag_keys": known(["TEAM"])},
            f"{ENDS}, session tags that are handed on: `Team`{HOUR}",
            id="a tag that goes on",
        ),
        pytest.param(
            "cross-account-role",
            {"tags": known({"team": "red"}), "transitive_tag_keys": UNREAD},
            f"{ENDS}, session tags that end here: `team`{HOUR}",
            id="a tag of which that is not known",
        ),
        pytest.param(
            "cross-account-role",
            {"tags": known({}), "transitive_tag_keys": UNREAD},
            f"{ENDS}, whether tags are handed on is not known{HOUR}",
            id="no tag is known",
        ),
        pytest.param(
            "cross-account-role",
            {"source_identity": known("ci")},
            f"{ENDS}, source identity `ci`{HOUR}",
            id="a source identity",
        ),
    ],
)
def test_what_credentials_have_lost_and_hand_on_is_told(world: str, session: Any, carried: str) -> None:
    second = case(world, {"snapshot": {"source": {"session": session}}})
    ways = Ways(Route((OPEN,), YES), (Route((OPEN, second), YES),), more=False, searched_all=True)
    lines = paths_text(ways, 5, 1000).splitlines()
    answers = [after for before, after in pairwise(lines) if before.startswith("   call ")]
    assert [";" in answers[0], answers[1][answers[1].index(";") :]] == [False, carried]
    assert not any(line.startswith("direct") for line in lines)
