import json

import pytest

from diagnose.model.json_text import parse
from diagnose.model.policy import Policy, raw_document
from diagnose.report.layout import toneless
from diagnose.report.snippet import Mark, Page, ascii_page, draw, page_of, page_of_policy, printed, span_at

ROLE = "arn:aws:iam::111111111111:role/ci/deployer"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "LetCiIn",
            "Effect": "Allow",
            "Principal": {"AWS": [ROLE, "arn:aws:iam::222222222222:root"]},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}},
        }
    ],
}
PAGE = page_of(json.dumps(POLICY))
LONE = page_of(json.dumps({"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}}))


@pytest.mark.parametrize(
    ("pointer", "line", "column", "width"),
    [
        pytest.param("/Statement/0/Effect", 6, 17, 7, id="a value"),
        pytest.param("/Statement/0/Principal/AWS/1", 10, 11, 32, id="a value in a list"),
        pytest.param("/Statement/0/Condition/StringEquals/aws:PrincipalTag~1team", 16, 36, 3, id="an escaped key"),
        pytest.param("/Statement/0/Principal", 7, 7, 11, id="an object is pointed at by its key"),
        pytest.param("/Statement/0", 4, 5, 1, id="a statement by its bracket"),
        pytest.param("", 1, 1, 1, id="the document"),
        pytest.param("/Statement/0/Action/0", 13, 17, 16, id="a lone value, as if in a list"),
        pytest.param("/Statement/0/Resource/3", 4, 5, 1, id="an absent element: what should hold it"),
        pytest.param("/Nothing/0/Action", 1, 1, 1, id="an absent key"),
    ],
)
def test_a_pointer_finds_its_value(pointer: str, line: int, column: int, width: int) -> None:
    span = span_at(PAGE, pointer)
    assert (span.line, span.column, span.width) == (line, column, width)


def test_a_lone_statement_is_found_as_if_in_a_list() -> None:
    assert span_at(LONE, "/Statement/0/Action").line == 4


def test_a_value_is_drawn_with_carets_and_its_label() -> None:
    assert _drawn([Mark("/Statement/0/Effect", "not a Deny")]) == (
        '6 |       "Effect": "Allow",\n'
        "  |                 ^^^^^^^ not a Deny\n"
    )  # fmt: skip


def test_a_value_in_a_list_is_drawn_with_the_key_of_the_list() -> None:
    assert _drawn([Mark("/Statement/0/Principal/AWS/1", "another account")]) == (
        ' 8 |         "AWS": [\n'
        ' 9 |           "arn:aws:iam::111111111111:role/ci/deployer",\n'
        '10 |           "arn:aws:iam::222222222222:root"\n'
        "   |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ another account\n"
    )


def test_a_whole_statement_is_drawn_with_its_first_lines() -> None:
    assert _drawn([Mark("/Statement/0", "applies")]) == (
        '3 |   "Statement": [\n'
        "4 |     {\n"
        "  |     ^ applies\n"
        '5 |       "Sid": "LetCiIn",\n'
        '6 |       "Effect": "Allow",\n'
        '7 |       "Principal": {\n'
    )


def test_related_places_are_underlined_otherwise_and_lines_between_are_left_out() -> None:
    assert _drawn([Mark("/Statement/0/Action", "this", primary=True), Mark("/Statement/0/Sid", "and that", False)]) == (
        ' 5 |       "Sid": "LetCiIn",\n'
        "   |              --------- and that\n"
        "...\n"
        '13 |       "Action": "sts:AssumeRole",\n'
        "   |                 ^^^^^^^^^^^^^^^^ this\n"
    )


def test_a_label_without_room_beside_the_carets_goes_below_them() -> None:
    drawn = _drawn([Mark("/Statement/0/Principal/AWS/0", f"the caller is {ROLE} and no other role")])
    assert drawn.endswith(
        "  |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  |           the caller is arn:aws:iam::111111111111:role/ci/deployer and no\n"
        "  |           other role\n"
    )


@pytest.mark.parametrize(
    ("width", "below"),
    [
        pytest.param(90, [], id="room beside the carets"),
        pytest.param(80, [f"{39 * ' '}that one"], id="room for two lines beside them"),
        pytest.param(
            72, [f"{35 * ' '}the caller has another team than", f"{35 * ' '}that one"], id="room for two lines below"
        ),
        pytest.param(60, [f"{14 * ' '}the caller has another team than that one"], id="room further to the left"),
        pytest.param(44, ["the caller has another team than that", "one"], id="room for a part only"),
    ],
)
def test_a_label_begins_where_it_has_room(width: int, below: list[str]) -> None:
    mark = Mark(
        "/Statement/0/Condition/StringEquals/aws:PrincipalTag~1team", "the caller has another team than that one"
    )
    lines = toneless(draw(PAGE, [mark], width)).splitlines()
    at = next(place for place, line in enumerate(lines) if "^^^" in line)
    assert [line.removeprefix("   | ") for line in lines[at + 1 :]] == below


def test_two_marks_of_one_line_are_drawn_below_each_other() -> None:
    drawn = _drawn([Mark("/Statement/0/Effect", "one"), Mark("/Statement/0/Effect", "two")])
    assert drawn.count("^^^^^^^") == 2


def test_the_marked_value_is_never_cut() -> None:
    long = f"arn:aws:iam::111111111111:role/{'team/' * 40}App"
    drawn = toneless(
        draw(page_of(json.dumps({"Statement": [{"Resource": long}]})), [Mark("/Statement/0/Resource")], 80)
    )
    assert f'"Resource": "{long}"' in drawn


def test_an_arn_in_a_line_that_is_only_shown_is_not_cut_either() -> None:
    long = f"arn:aws:iam::111111111111:role/{'team/' * 20}App"
    drawn = toneless(draw(page_of(json.dumps({"Statement": [{"Resource": long}]})), [Mark("/Statement/0")], 80))
    assert f'"Resource": "{long}"' in drawn


def test_a_long_line_of_text_that_is_no_json_is_cut_around_the_error() -> None:
    text = "{" + '"a": "b", ' * 30 + "oops " + '"c": "d", ' * 30
    drawn = toneless(draw(page_of(text), [Mark("", "not valid JSON")], 80)).splitlines()
    assert max(map(len, drawn)) <= 90
    assert drawn[0].startswith("1 | …")
    assert drawn[0].endswith("…")
    assert "oops" in drawn[0]
    column = drawn[1].index("^")
    assert drawn[0][column:].startswith("oops")


def test_a_value_longer_than_any_arn_is_cut() -> None:
    drawn = toneless(draw(page_of(json.dumps({"Sid": "x" * 5000})), [Mark("/Sid")], 80))
    assert max(map(len, drawn.splitlines())) < 800


def test_carets_stand_under_wide_letters() -> None:
    drawn = toneless(draw(page_of(json.dumps({"東京": "値"}, ensure_ascii=False)), [Mark("/東京")], 80)).splitlines()
    # Four letters in six columns each side of the colon: `"東京": ` takes 8 columns, `"値"` takes 4.
    assert drawn[1] == "  |" + " " * (1 + 2 + 8) + "^^^^"


def test_in_ascii_carets_stand_under_what_escapes_moved() -> None:
    page = ascii_page(page_of(json.dumps({"é東": "値"}, ensure_ascii=False)))
    drawn = toneless(draw(page, [Mark("/é東")], 80)).splitlines()
    assert drawn[0] == r'2 |   "\u00e9\u6771": "\u5024"'
    assert drawn[1] == "  |" + " " * len(r'   "\u00e9\u6771": ') + "^" * len(r'"\u5024"')


def test_the_label_of_a_list_stands_for_its_lines() -> None:
    drawn = _drawn([Mark("/Statement/0/Principal/AWS", "not the caller")])
    assert drawn.splitlines()[-1].endswith("^^^^^ not the caller")
    assert ROLE in _drawn([Mark("/Statement/0/Principal/AWS")])


def _drawn(marks: list[Mark]) -> str:
    return toneless(draw(PAGE, marks, 80))


def test_of_a_document_that_iam_could_not_hold_the_beginning_is_shown() -> None:
    def shown(statements: int) -> Page:
        return page_of_policy(Policy("p", raw_document({"Statement": [{}] * statements})))

    assert shown(1000) == printed(parse('{"Statement": [' + ", ".join(["{}"] * 1000) + "]}"))
    large = shown(100_000)
    assert len(large.lines) == 1
    assert large.lines[0].startswith('{"Statement": [{}, {}, ')
    assert large.lines[0].endswith("...")
    assert span_at(large, "/Statement/4").line == 1
