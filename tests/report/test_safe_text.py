import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from diagnose.report.safe_text import (
    ascii_json,
    cells,
    code_span,
    csv_line,
    fence,
    html_text,
    in_backticks,
    prose,
    text_parts,
    visible,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("Deploy-1_a.b+c=d,e@f", "Deploy-1_a.b+c=d,e@f", id="what IAM allows in names stays"),
        pytest.param("grüße 東京 ✓", "grüße 東京 ✓", id="letters and symbols of any script stay"),
        pytest.param("a\nb\tc\rd", r"a\nb\tc\rd", id="line breaks and tabs are shown"),
        pytest.param("\x1b[31mred", r"\u001b[31mred", id="an ANSI escape is shown"),
        pytest.param("\x9b31m\x7f\x00", r"\u009b31m\u007f\u0000", id="so are C1 controls, DEL and NUL"),
        pytest.param("a\u202eb\u2066c", r"a\u202eb\u2066c", id="bidirectional controls are shown"),
        pytest.param("a\u200bb\ufeff\u00ad", r"a\u200bb\ufeff\u00ad", id="zero-width characters are shown"),
        pytest.param("a\u00a0b\u3000c", r"a\u00a0b\u3000c", id="spaces that are no spaces are shown"),
        pytest.param("a\u2028b", r"a\u2028b", id="line separators are shown"),
        pytest.param("x\u0301\u3164", r"x\u0301\u3164", id="combining marks and blank letters are shown"),
        pytest.param("\U000e0041", r"\udb40\udc41", id="invisible tags are shown as JSON writes them"),
        pytest.param("\ud800", r"\ud800", id="half a surrogate pair is shown"),
    ],
)
def test_what_does_not_show_is_shown_as_its_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(max_size=40))
def test_a_json_string_made_visible_is_the_same_json_string(text: str) -> None:
    assert json.loads(visible(json.dumps(text, ensure_ascii=False))) == text


@given(st.text(max_size=40))
def test_visible_text_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert visible(text).isprintable()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("abc", 3, id="letters"),
        pytest.param("東京", 4, id="wide letters"),
        pytest.param("ü✓", 2, id="others"),
    ],
)
def test_cells_are_terminal_columns(text: str, count: int) -> None:
    assert cells(text) == count


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("a `b` c", [("a ", False), ("b", True), (" c", False)], id="text between backticks"),
        pytest.param("a ` b", [("a ` b", False)], id="a lone backtick is a character"),
        pytest.param("`a` b ` c", [("a", True), (" b ` c", False)], id="the last one without a partner"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_a_sentence_is_taken_apart_at_its_backticks(text: str, words: list[tuple[str, bool]]) -> None:
    assert [(piece.text, piece.code) for piece in text_parts(text)] == words


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("Deploy", "`Deploy`", id="a name"),
        pytest.param("a`b", r"`a\u0060b`", id="a backtick cannot end the name"),
        pytest.param("", "(empty)", id="an empty name is said to be so"),
    ],
)
def test_a_name_is_quoted_whatever_is_in_it(text: str, named: str) -> None:
    assert in_backticks(text) == named


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        pytest.param("The caller is `a_b`.", "The caller is `a_b`.", id="backticks stay code"),
        pytest.param("role ci/deployer (111111111111)", "role ci/deployer (111111111111)", id="plain words stay"),
        pytest.param(
            "see arn:aws:iam::1:role/a_b, please", "see `arn:aws:iam::1:role/a_b`, please", id="an ARN is code"
        ),
        pytest.param("**bold** _it_", "`**bold**` `_it_`", id="emphasis is code"),
        pytest.param("[x](http://e.example)", "`[x](http://e.example`)", id="a link is code"),
        pytest.param("http://e.example www.e.example", "`http://e.example` `www.e.example`", id="so is a bare address"),
        pytest.param("@octocat #1 GH-1 :tada:", "`@octocat` `#1` `GH-1` `:tada`:", id="mentions, references, emoji"),
        pytest.param("1. one", "`1`. one", id="a number that would begin a list"),
        pytest.param(" 2) two", "`2`) two", id="and one after a space"),
        pytest.param("It lasts 3600. See 3)", "It lasts 3600. See 3)", id="a number further on is a count"),
        pytest.param("`a` at column 3.", "`a` at column 3.", id="also after code"),
        pytest.param("- one", "`-` one", id="a dash that would begin a list"),
        pytest.param("<b>&amp;", "`<b>&amp`;", id="HTML"),
        pytest.param("`a`*b*", "`a` `*b*`", id="code spans never touch"),
        pytest.param("a ` b", "a `` ` `` b", id="a lone backtick"),
        pytest.param("a\n# b", r"`a\n#` b", id="a line break"),
    ],
)
def test_prose_is_plain_words_and_code(text: str, markdown: str) -> None:
    assert prose(text) == markdown


_HARMLESS = {"paragraph_open", "paragraph_close", "inline", "text", "code_inline"}


@given(
    st.text(st.characters(exclude_categories=()), max_size=60) | st.text("`*_[]()<>!@#&|\\~-+=1. ab:/$^", max_size=60)
)
def test_prose_is_never_anything_but_words_and_code_to_a_markdown_reader(text: str) -> None:
    assert {token.type for token in _tokens(prose(text))} <= _HARMLESS


@given(st.text("`ab \\", min_size=1, max_size=20))
def test_a_code_span_holds_exactly_its_text(text: str) -> None:
    found = [token.content for token in _tokens(f"x {code_span(text)} x") if token.type == "code_inline"]
    # Markdown takes a space off both ends, but leaves spaces alone where there is nothing else.
    assert found in ([text], [f" {text} "])


@given(st.text("`~ab \n", max_size=40))
def test_a_fence_cannot_be_ended_by_what_is_in_it(text: str) -> None:
    tokens = _tokens(fence(text, "json"))
    assert [token.type for token in tokens] == ["fence"]
    assert tokens[0].content == text + "\n"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("Terraform", "Terraform", id="words stay"),
        pytest.param("<b>", "&#60;b&#62;", id="markup does not"),
        pytest.param("@octocat", "(at)octocat", id="nor does a mention, which GitHub would find in any spelling"),
    ],
)
def test_text_in_html_is_text(text: str, html: str) -> None:
    assert html_text(text) == html


@given(st.text(max_size=40))
def test_json_is_printable_ascii_and_means_the_same(text: str) -> None:
    written = ascii_json({"text": text})
    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written) == {"text": text}


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        pytest.param("arn:aws:iam::111111111111:user/ci", "arn:aws:iam::111111111111:user/ci", id="an ARN"),
        pytest.param("", "", id="nothing"),
        pytest.param(7, "7", id="a number"),
        pytest.param("a,b", '"a,b"', id="a comma"),
        pytest.param('say "x"', '"say ""x"""', id="quotes"),
        pytest.param("=1+1", "'=1+1", id="a formula"),
        pytest.param("+1", "'+1", id="a plus"),
        pytest.param("-1", "'-1", id="a minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="an at sign"),
        pytest.param("＝1", "'＝1", id="a wide equals sign"),
        pytest.param('=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"', id="a formula with quotes and commas"),
        pytest.param("\t=1", r"'\t=1", id="a tab"),
        pytest.param("\r=1", r"'\r=1", id="a return"),
        pytest.param("a\nb", r"a\nb", id="a line break"),
        pytest.param("a\u202eb", r"a\u202eb", id="what reorders"),
    ],
)
def test_a_cell_is_quoted_and_no_formula(value: object, cell: str) -> None:
    assert csv_line(["x", value]) == f"x,{cell}\r\n"


@given(st.lists(st.text(max_size=20), min_size=2))
def test_a_line_of_csv_holds_as_many_cells_and_none_is_a_formula(values: list[str]) -> None:
    [cells_read] = csv.reader([csv_line(values)], strict=True)
    assert [cell.removeprefix("'") for cell in cells_read] == [visible(value).removeprefix("'") for value in values]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells_read)


def _tokens(markdown: str) -> list[Token]:
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [inner for token in reader.parse(markdown) for inner in (token, *(token.children or ()))]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({}, id="an empty object"),
        pytest.param({"a": [], "b": [{"c": [[]]}], "": ""}, id="what is nested"),
        pytest.param({"a": [1, 2.5, 1e16, 1e-7, 10**400, None, True]}, id="numbers"),
        pytest.param(['é\u2028\U0001f600\x00\n\ud800\\"</', {"\ud83d": "\\u0041"}], id="letters and halves of letters"),
        pytest.param([float("nan"), float("-inf"), "NaN"], id="numbers that only Python takes for JSON"),
    ],
)
def test_indented_json_is_what_python_indents(value: object) -> None:
    assert ascii_json(value, indent=2) == json.dumps(value, indent=2)
