"""The ways to a role in words: how many calls, what a session carries, and what was not looked at."""

import json
from itertools import pairwise
from typing import Any

import pytest
from tests.cases import case, trust

from diagnose.matrix.path_report import paths_json, paths_text
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


NOT_TRUSTED = case("cross-account", trust_policy=trust())
UNSEEN = {"destination": {"trust_policy": UNREAD}}
TRUST_UNSEEN = case("cross-account", {"snapshot": UNSEEN})
TWO_UNSEEN = case("cross-account", {"snapshot": {**UNSEEN, "source": {"boundary": UNREAD}}})
BUILDER, SESSION = "arn:aws:iam::111111111111:user/builder", "arn:aws:sts::111111111111:assumed-role/App/build-7"
DEPLOY = "arn:aws:iam::222222222222:role/Deploy"
EVERY = Ways(
    Route((NOT_TRUSTED,), NO),
    (Route((OPEN,), YES), Route((TRUST_UNSEEN,), UNKNOWN), Route((TWO_UNSEEN, CHAINED), UNKNOWN)),
    more=True,
    searched_all=True,
)


def test_every_way_is_told_call_by_call_with_what_it_hangs_on() -> None:
    assert paths_text(EVERY, 5, 1000).splitlines()[:-2] == [
        "OPEN: directly",
        "",
        f"source  `{BUILDER}`",
        f"role    `{DEPLOY}`",
        "direct  denied, by the trust policy",
        "",
        "1. open, 1 call",
        f"   call 1 for `{DEPLOY}`",
        "     allowed",
        "",
        "2. may be open, 1 call",
        f"   call 1 for `{DEPLOY}`",
        "     it depends on the trust policy",
        "",
        "3. may be open, 2 calls",
        f"   call 1 for `{DEPLOY}`",
        "     depends on the trust policy, the permissions boundary",
        f"   call 2 for `{DEPLOY}`",
        "     allowed; signed without MFA, the session lasts at most 1 hour",
        "",
        MORE,
    ]


def test_what_closes_the_direct_way_besides_policies_is_named() -> None:
    gone = case("cross-account", {"snapshot": {"destination": {"role": known(None)}}})
    lines = paths_text(Ways(Route((gone,), NO), (), more=False, searched_all=True), 5, 1000).splitlines()
    assert lines[4] == "direct  denied, as the requested role is refused"


def test_json_has_every_call_of_every_way_and_the_direct_one() -> None:
    written = json.loads(paths_json(EVERY, 5))
    ways = [written["direct"], *written["ways"]]
    assert written == {
        "schema": "xdiag.paths/1",
        "source_arn": BUILDER,
        "dest_role_arn": DEPLOY,
        "verdict": "allowed",
        "max_hops": 5,
        "searched_all": True,
        "more_ways": True,
        "direct": ways[0],
        "ways": ways[1:],
    }
    calls = [[(call["verdict"], call["layer"]) for call in way["calls"]] for way in ways]
    assert [way["verdict"] for way in ways] == ["denied", "allowed", "undetermined", "undetermined"]
    assert calls == [
        [("denied", "trust")],
        [("allowed", "")],
        [("undetermined", "")],
        [("undetermined", ""), ("allowed", "")],
    ]
    assert [one["depends_on"] for one in ways[3]["calls"]] == [
        [
            {"kind": "layer", "subject": "trust", "text": "it depends on the trust policy"},
            {"kind": "layer", "subject": "boundary", "text": "it depends on the permissions boundary"},
        ],
        [],
    ]
    assert ways[3]["calls"][1] == {
        "source_arn": SESSION,
        "dest_role_arn": DEPLOY,
        "verdict": "allowed",
        "layer": "",
        "depends_on": [],
        "session_tags": {},
        "transitive_tag_keys": [],
        "source_identity": None,
        "may_carry_mfa": False,
        "longest_seconds": 3600,
    }
