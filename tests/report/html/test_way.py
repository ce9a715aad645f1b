"""The picture of the way: each check in its order, how the request fares between them, and whether it arrives."""

import pytest
from tests.cases import APP, DEMOS, allow, case, trust
from tests.report.diagnoses import EVERY, NAMES

from diagnose.loading import load_case, load_rules
from diagnose.pipeline import diagnose
from diagnose.report.blocks import Sign
from diagnose.report.html.way import Road, Way, way

PASSES, BLOCKS, UNKNOWN, NONE = Sign.PASSES, Sign.BLOCKS, Sign.UNKNOWN, Sign.NONE
OPEN, DOUBTFUL, CLOSED = Road.OPEN, Road.DOUBTFUL, Road.CLOSED


@pytest.mark.parametrize(
    ("name", "signs", "end"),
    [
        pytest.param("wrong-principal", [NONE, NONE, NONE, BLOCKS, PASSES, NONE, NONE], BLOCKS, id="the trust policy"),
        pytest.param("scp-region", [PASSES, BLOCKS, NONE, PASSES, PASSES, NONE, NONE], BLOCKS, id="an SCP"),
        pytest.param("one-side-unread", [UNKNOWN, NONE, NONE, UNKNOWN, PASSES, NONE, NONE], UNKNOWN, id="unread"),
        pytest.param("allowed", [NONE, NONE, NONE, PASSES, PASSES, NONE, NONE], PASSES, id="nothing"),
        pytest.param("session-tags", [NONE, NONE, NONE, BLOCKS, PASSES, NONE, NONE], BLOCKS, id="sts:TagSession alone"),
    ],
)
def test_each_check_is_a_station_in_its_order(name: str, signs: list[Sign], end: Sign) -> None:
    laid = _way(name)
    assert [station.sign for station in laid.stations] == signs
    assert laid.end is end


def test_the_road_is_open_up_to_what_blocks() -> None:
    laid = _way("scp-region")
    assert [station.road for station in laid.stations] == [OPEN, OPEN, *[CLOSED] * 5]
    assert laid.road is CLOSED


def test_the_road_is_doubtful_behind_what_is_not_known() -> None:
    laid = _way("one-side-unread")
    assert [station.road for station in laid.stations] == [OPEN, *[DOUBTFUL] * 6]
    assert laid.road is DOUBTFUL


def test_what_blocks_behind_a_doubt_closes_the_road() -> None:
    laid = _way("console-second-switch")
    assert laid.stations[0].name == "console"
    assert [station.road for station in laid.stations] == [OPEN, *[CLOSED] * 7]


def test_another_action_is_told_at_the_station_where_it_fails() -> None:
    [trust] = [station for station in _way("session-tags").stations if station.sign is BLOCKS]
    assert (trust.name, trust.answer) == ("trust policy", "sts:TagSession: denied (no Allow)")


def test_what_is_needed_only_perhaps_does_not_block_for_certain() -> None:
    app_alone = trust(allow({"AWS": APP}, ["sts:AssumeRole", "sts:SetSourceIdentity"]))
    unread = {"snapshot": {"source": {"session": {"tags": None, "transitive_tag_keys": None}}}}
    laid = way(diagnose(case("chained", unread, trust_policy=app_alone), load_rules()))
    [told] = [station for station in laid.stations if station.sign is UNKNOWN]
    assert (told.name, told.answer) == ("trust policy", "sts:TagSession, if it is needed: denied (no Allow)")
    assert BLOCKS not in [station.sign for station in laid.stations]
    assert laid.end is UNKNOWN


def test_what_aws_refused_though_all_is_open_does_not_arrive() -> None:
    laid = way(EVERY["contradicted"](NAMES))
    assert (laid.road, laid.end) == (OPEN, BLOCKS)
    assert laid.summary == "AWS refused it. Nothing that was read blocks it."


@pytest.mark.parametrize(
    ("name", "summary"),
    [
        ("wrong-principal", "Stopped by: trust policy."),
        (
            "one-side-unread",
            "Nothing that was read blocks it. Not known: resource control policies and trust policy.",
        ),
        ("allowed", "Nothing blocks it."),
        (
            "console-second-switch",
            "Stopped by: console and trust policy. Each of these 2 blocks it by itself. Not known: service control "
            "policies, identity policies and permissions boundary.",
        ),
    ],
)
def test_the_way_is_summed_up_in_a_sentence(name: str, summary: str) -> None:
    assert _way(name).summary == summary


def _way(name: str) -> Way:
    return way(diagnose(load_case(DEMOS / f"{name}.json"), load_rules()))
