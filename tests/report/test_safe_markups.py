"""What a markup would read as its own is written so that it does not: each sign in each format that has a markup."""

import pytest

from diagnose.report.safe_text import (
    ascii_text,
    code_span,
    csv_line,
    fence,
    html_text,
    jira_fence,
    jira_text,
    plain_address,
    servicenow_text,
    slack_fence,
    slack_prose,
    text_parts,
)


@pytest.mark.parametrize(
    ("length", "shown"), [(2100, "x" * 2100), (2101, "x" * 200 + "... (2,101 characters)")], ids=["whole", "too long"]
)
def test_a_name_is_whole_up_to_what_aws_takes(length: int, shown: str) -> None:
    assert [part.text for part in text_parts(f"a `{'x' * length}`")] == ["a ", shown]
    assert [part.text for part in text_parts("x" * length)] == ["x" * length]


def test_two_backticks_with_nothing_between_are_no_name() -> None:
    assert [(part.text, part.code) for part in text_parts("a `` b")] == [("a ", False), ("``", False), (" b", False)]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("a``b`c", "```a``b`c```"),
        ("`a", "`` `a ``"),
        ("a`", "`` a` ``"),
        (" a", "`  a `"),
        ("a ", "` a  `"),
    ],
)
def test_code_has_more_backticks_around_it_than_in_it(text: str, span: str) -> None:
    assert code_span(text) == span


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("a", "```json\na\n```"),
        ("a\n``", "```json\na\n``\n```"),
        ("```", "````json\n```\n````"),
        ("a\r", "```json\na\\r\n```"),
    ],
)
def test_a_block_has_more_backticks_around_it_than_in_it(text: str, block: str) -> None:
    assert fence(text, "json") == block


@pytest.mark.parametrize(
    ("address", "plain"),
    [
        ("https://docs.aws.amazon.com/IAM/a_b-c.html#d", True),
        ("https://e.example:8080/", True),
        ("http://e.example/", False),
        ("https://e.example/é", False),
        ("https://e.example/?a", False),
        ("https://e.example/(a)", False),
    ],
)
def test_an_address_is_plain_where_no_markup_reads_it(address: str, plain: bool) -> None:
    assert plain_address(address) is plain


@pytest.mark.parametrize(
    ("text", "html"),
    [("a-b/c, d.1é", "a-b/c, d.1é"), ("<&>", "&#60;&#38;&#62;"), ("a@b", "a(at)b"), ("a#1_", "a&#35;1&#95;")],
)
def test_html_mentions_nobody(text: str, html: str) -> None:
    assert html_text(text) == html


@pytest.mark.parametrize(
    ("text", "written"),
    [("a `b&<c>`", "a `b&amp;&lt;c&gt;`"), ("a ` b", r"a `\u0060` b"), ("<!here>", "`&lt;!here&gt;`")],
)
def test_slack_calls_nobody(text: str, written: str) -> None:
    assert slack_prose(text) == written


def test_a_block_of_slack_ends_where_it_ends() -> None:
    assert slack_fence("a`b\n<c>") == "```\na\\u0060b\n&lt;c&gt;\n```"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain words, and more.", "plain words, and more."),
        ("{a}", "&#123;a&#125;"),
        ("a_b-c", "a_b-c"),
        ("_a_ -b-", "&#95;a&#95; &#45;b&#45;"),
        ("ABC-1", "ABC&#45;1"),
        ("2026-01-01", "2026-01-01"),
        ("https://a mailto:b", "https&#58;//a mailto&#58;b"),
        (":) :D :P :( ;) (y) (off) (x)", "&#58;) &#58;D &#58;P &#58;( &#59;) &#40;y) &#40;off) &#40;x)"),
        ("a: b (c)", "a: b (c)"),
        ("h1. a", "h1&#46; a"),
        (" bq. a", " bq&#46; a"),
        ("h7. a", "h7. a"),
        ("`a*b`", "{{a&#42;b}}"),
        ("`h1. a`", "{{h1. a}}"),
        ("@a #1 <b> & | ! ? ~ ^ +", "&#64;a &#35;1 &#60;b&#62; &#38; &#124; &#33; &#63; &#126; &#94; &#43;"),
    ],
)
def test_jira_reads_no_markup(text: str, written: str) -> None:
    assert jira_text(text) == written


def test_a_block_of_jira_ends_where_it_ends() -> None:
    assert jira_fence("{a}\n{NoFormat}") == "{noformat}\n{a}\n\\u007bNoFormat}\n{noformat}"


@pytest.mark.parametrize(
    ("text", "written"),
    [("[code]", r"\u005bcode]"), ("[ / CODE]", r"\u005b / CODE]"), ("[a] code]", "[a] code]")],
)
def test_servicenow_reads_no_code(text: str, written: str) -> None:
    assert servicenow_text(text) == written


def test_signs_of_ours_have_others_in_ascii() -> None:
    assert ascii_text("✓ ✗ … é") == r"+ x ~ \u00e9"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_a_cell_that_begins_as_a_formula_is_text(sign: str) -> None:
    assert csv_line([f"{sign}1", 1]) == f"'{sign}1,1\r\n"


@pytest.mark.parametrize(("sign", "shown"), [("\t", r"\t"), ("\r", r"\r"), ("\n", r"\n")])
def test_so_is_one_that_begins_with_what_does_not_show(sign: str, shown: str) -> None:
    assert csv_line([f"{sign}=1"]) == f"'{shown}=1\r\n"
