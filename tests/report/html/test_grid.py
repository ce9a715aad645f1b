"""Many answers on one page: all are counted, what fails is shown first, and what a row holds does nothing."""

import json
import re
from collections import Counter

import pytest
from msgspec import Struct
from tests.report.html.pages import KNOWN_ELEMENTS, PLAIN_ATTRIBUTES, Page
from tests.report.test_hostile import HOSTILE, UNSEEN

from diagnose.batch import BatchRow, ExplainedRow
from diagnose.matrix.rows import ExplainedPair, HalfOpen, MatrixRow
from diagnose.report.html.grid import MOST_SHOWN, PAIRS, REQUESTS, About, Grid, Outcome

BUILDER, DEPLOY = "arn:aws:iam::111111111111:user/builder", "arn:aws:iam::222222222222:role/Deploy"


def explained(
    line: int, verdict: str = "denied", title: str = "The role is gone", layer: str = "trust"
) -> ExplainedRow:
    return ExplainedRow(
        line=line,
        verdict=verdict,
        source_arn=BUILDER,
        dest_role_arn=DEPLOY,
        primary_cause="some-rule",
        primary_cause_title=title,
        layer=layer,
        certainty="certain",
    )


def test_answers_are_counted_by_verdict_cause_and_layer() -> None:
    page = page_of(
        explained(1),
        explained(2),
        explained(3, title="The external ID differs", layer="duration"),
        ExplainedRow(line=4, verdict="allowed", source_arn=BUILDER, dest_role_arn=DEPLOY),
        ExplainedRow(line=5, error="`line 5` is not a case", hint="expected JSON"),
    )
    assert page.text_of("h1") == "5 requests: 3 denied, 1 with an error, 1 allowed"
    assert counts(page) == ["2The role is gone", "1The external ID differs", "2trust policy", "1session duration"]
    assert cells(page)[-1] == ["5", "error", "", "", "line 5 is not a case (expected JSON)", ""]


def test_rows_stand_in_the_order_of_their_lines() -> None:
    page = page_of(explained(1, "allowed", ""), explained(2), explained(3, "allowed", ""), explained(4))
    assert [row[0] for row in cells(page)] == ["1", "2", "3", "4"]


def test_of_many_those_that_fail_are_shown_and_all_are_counted() -> None:
    allowed = [explained(line, "allowed", "", "") for line in range(1, MOST_SHOWN + 1)]
    page = page_of(*allowed, *(explained(line) for line in range(MOST_SHOWN + 1, MOST_SHOWN + 11)))
    rows = cells(page)
    assert len(rows) == MOST_SHOWN
    assert [row[1] for row in rows[-10:]] == ["denied"] * 10
    assert page.text_of("h1") == "2,010 requests: 10 denied, 2,000 allowed"
    assert "The table has 2,000 of 2,010 rows: first those that are not allowed." in page.words


def test_many_causes_are_one_line_from_the_eleventh_on() -> None:
    page = page_of(*(explained(number, title=f"cause {number:03}") for number in range(100, 115)))
    assert counts(page)[10] == "5others (5)"


@pytest.mark.parametrize("about", [REQUESTS, PAIRS], ids=["requests", "pairs"])
def test_every_outcome_is_counted_and_has_its_turn(about: About) -> None:
    assert sorted(about.outcomes) == sorted(Outcome)
    assert sorted(outcome for turn in about.turns for outcome in turn) == sorted(Outcome)


def pair(number: int, verdict: str, half_open: str = "", **more: str) -> ExplainedPair:
    return ExplainedPair(
        source_arn=f"{BUILDER}-{number:05}", dest_role_arn=DEPLOY, verdict=verdict, half_open=half_open, **more
    )


def test_a_matrix_tells_what_is_set_up_and_what_is_not() -> None:
    grid = Grid(PAIRS)
    grid.add([pair(1, "allowed"), pair(2, "denied", "trusted", layer="identity")])
    grid.add_denied(1_200)
    page = Page(grid.page())
    assert page.text_of("h1") == "1,202 pairs: 1 allowed, 1 denied and half open, 1,200 denied"
    assert "Not in the table: 1,200 denied pairs of which neither side names the other" in page.words
    assert "The table has" not in page.words


def test_of_a_large_matrix_some_pairs_of_each_verdict_are_listed() -> None:
    grid = Grid(PAIRS)
    grid.add(pair(number, "allowed") for number in range(3_000))
    grid.add(pair(number, "undetermined") for number in range(3_000, 6_000))
    grid.add(pair(number, "denied", "both", layer="scp") for number in range(6_000, 6_010))
    page = Page(grid.page())
    shown = Counter(row[0].split("half open")[0] for row in cells(page))
    assert shown == {"allowed": 995, "undetermined": 995, "denied": 10}
    assert grid.left_out == 4_010
    assert "The table has 2,000 of 6,010 rows: some of each verdict." in page.words
    assert page.text_of("h1") == "6,010 pairs: 3,000 allowed, 3,000 undetermined, 10 denied and half open"


def test_what_an_open_answer_depends_on_stands_where_its_cause_would() -> None:
    page = page_of(pair(1, "undetermined", primary_gap_title="The external ID is not known"))
    assert counts(page) == ["1The external ID is not known"]


@pytest.mark.parametrize(
    ("of_row", "told"),
    [
        pytest.param(
            {"primary_cause_title": "MFA is asked for", "certainty": "possible", "depends_on": "scp; aws:SourceIp"},
            "MFA is asked for; depends on service control policies, aws:SourceIppossible",
            id="a possible cause",
        ),
        pytest.param({"depends_on": "trust"}, "Depends on trust policy", id="no cause"),
        pytest.param(
            {"depends_on": "statement 1 of policy `a, b`, which is not well-formed; scp; rcp; aws:SourceIp"},
            "Depends on statement 1 of policy a, b, which is not well-formed; service control policies; "
            "resource control policies and more",
            id="one with a comma stays one",
        ),
        pytest.param(
            {"primary_gap_title": "Not read", "depends_on": "scp; rcp; endpoint; a; and 8 more"},
            "Not read; depends on service control policies, resource control policies, VPC endpoint policy and more",
            id="many",
        ),
    ],
)
def test_an_open_answer_says_what_it_depends_on(of_row: dict[str, str], told: str) -> None:
    page = page_of(pair(1, "undetermined", **of_row))
    assert [told] == [cell for cell in cells(page)[0] if "epends" in cell]


@pytest.mark.parametrize("half", HalfOpen)
def test_rows_of_a_matrix_are_told_without_lines(half: HalfOpen) -> None:
    row = ExplainedPair(
        source_arn=BUILDER, dest_role_arn=DEPLOY, verdict="denied", half_open=half, layer="identity", primary_cause="x"
    )
    page = page_of(row)
    assert "Line" not in page.texts["th"]
    assert cells(page)[0][0].startswith("deniedhalf open: ")


def test_rows_of_verdicts_alone_have_no_causes() -> None:
    page = page_of(MatrixRow(source_arn=BUILDER, dest_role_arn=DEPLOY, verdict="undetermined"))
    assert page.texts["th"] == ["Verdict", "Who calls", "Role"]


def test_rows_that_are_written_already_are_read() -> None:
    grid = Grid()
    grid.add_lines(json.dumps({"schema": "xdiag.batch/1", "line": 7, "verdict": "denied", "later": 1}).encode() + b"\n")
    assert [row[0] for row in cells(Page(grid.page()))] == ["7"]


def test_no_rows_are_a_page() -> None:
    assert page_of().text_of("h1") == "No requests"


@pytest.mark.parametrize("about", [REQUESTS, PAIRS], ids=["requests", "pairs"])
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_whatever_a_row_holds_does_nothing(hostile: str, about: About) -> None:
    rows: list[Struct] = [
        ExplainedPair(
            source_arn=hostile,
            dest_role_arn=hostile,
            verdict=hostile,
            half_open=hostile,
            layer=hostile,
            primary_cause=hostile,
            primary_cause_title=hostile,
            certainty=hostile,
            primary_gap_title=hostile,
            depends_on=hostile,
        )
    ]
    rows += [
        ExplainedRow(
            line=1,
            verdict=hostile,
            source_arn=hostile,
            dest_role_arn=hostile,
            error=error,
            hint=hostile,
            primary_cause=hostile,
            primary_cause_title=hostile,
            layer=hostile,
            certainty=hostile,
        )
        for error in ("", hostile)
    ]
    grid = Grid(about)
    grid.add(rows)
    written = grid.page()
    page = Page(written)
    assert not UNSEEN.search(written)
    assert {tag for tag, _ in page.elements} <= KNOWN_ELEMENTS
    assert {name for _, attributes in page.elements for name in attributes} <= PLAIN_ATTRIBUTES
    assert page.attributes("a") == []
    assert len(page.attributes("script")) == len(page.attributes("style")) == 1


def page_of(*rows: BatchRow | MatrixRow) -> Page:
    grid = Grid()
    grid.add(rows)
    return Page(grid.page())


def counts(page: Page) -> list[str]:
    """Give the lines of the counts, in their order."""
    return [re.sub(r"\s", " ", text).strip() for text in page.parts("li")]


def cells(page: Page) -> list[list[str]]:
    texts = [text.strip() for text in page.parts("td")]
    width = len(page.texts["th"])
    return [texts[start : start + width] for start in range(0, len(texts), width)]
