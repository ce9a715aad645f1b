"""Whatever a policy author, a tag or a message writes: it is shown, and it does nothing."""

import json
import re
from collections.abc import Iterator
from typing import assert_never
from urllib.parse import quote

import msgspec
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES, Names
from tests.report.html.pages import KNOWN_ELEMENTS, PLAIN_ATTRIBUTES, Page
from tests.report.redact.proof import rewritten

from diagnose.model.case import Case, ProbeOutcome, ProbeResult
from diagnose.model.diagnosis import Diagnosis, Excerpt
from diagnose.model.file_place import FilePlace
from diagnose.report import Detail, Format, render
from diagnose.report.blocks import NamedValues, Section
from diagnose.report.outline import outline

HOSTILE = {
    "an ANSI escape": "\x1b[31mred\x1b[0m\x1b[2J",
    "a terminal link": "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "a C1 escape": "\x9b31mred\x9d0;title\x9c",
    "Rich markup": "[bold red]x[/bold red][/]",
    "a Rich link": "[link=https://evil.example]x[/link]",
    "Rich emoji": ":rage: :warning:",
    "Markdown emphasis": "**b** __i__ ~~s~~ *c* _d_",
    "a Markdown link": "[x](https://evil.example) ![i](https://evil.example/i.png) [r]: https://evil.example",
    "backticks": "`` a ``` b ` c",
    "a fence": "```\n# out\n```",
    "tildes": "~~~\n# out\n~~~",
    "a script": "<script>alert(1)</script>",
    "an HTML comment": "</details><!-- x --><img src=x onerror=alert(1)>",
    "entities": "&lt;b&gt; &#60;script&#62;",
    "a right-to-left override": "a\u202eb\u2066c\u2069",
    "zero-width characters": "a\u200bb\ufeffc\u2060\u00ad",
    "line breaks": "a\n# heading\n- list\n\n    code\r\n> quote",
    "line separators": "a\u2028b\u2029c\u0085d\x0bd\x0cd",
    "a carriage return": "hidden\rshown",
    "backspaces and NUL": "abc\x08\x08\x08x\x00\x7f",
    "a table": "a|b\\|c|\n|---|",
    "a mention": "@octocat @org/team",
    "references": "#123 GH-123 octo/repo#1 https://github.com/octo/repo/issues/1",
    "a bare address": "www.evil.example evil@evil.example ftp://evil.example",
    "a formula": "=HYPERLINK(\"https://evil.example\",\"x\")",
    "another formula": "+1+cmd|' /C calc'!A0",
    "a footnote and a formula in TeX": "[^1] $x^2$",
    "a heading": "# h1",
    "a list": "- a\n* b\n1. c",
    "invisible tags": "a\U000e0041\U000e007fb",
    "code tags of ServiceNow": "[code]<b>x</b>[/code] [CODE] [ /code]",
    "macros of Jira": "{noformat} {code:java} {color:red}x{color} {{a}} {noFormat:title=x} h1. x",
    "links and mentions of Jira": "[~octocat] [x|https://evil.example] !https://evil.example/i.png! (y) :) AB-1",
    "mentions and links of Slack": "<!channel> <@U012AB3CD> <https://evil.example|x> &lt;!here&gt;",
    "a sentence of ours": "ALLOWED: everything is fine",
}  # fmt: skip

every_hostile_text = pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
every_diagnosis = pytest.mark.parametrize("name", EVERY)
UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_HARMLESS = {
    "bullet_list_close",
    "bullet_list_open",
    "code_inline",
    "fence",
    "hardbreak",
    "heading_close",
    "heading_open",
    "hr",
    "inline",
    "list_item_close",
    "list_item_open",
    "paragraph_close",
    "paragraph_open",
    "strong_close",
    "strong_open",
    "text",
}


@every_hostile_text
@every_diagnosis
def test_plain_text_shows_it_and_does_nothing(name: str, hostile: str) -> None:
    diagnosis = told(name, hostile)
    assert not UNSEEN.search(render(diagnosis, Format.TEXT))
    # Commands have no margin, for they are copied. They are only made of names that are legal.
    findings = tuple(
        replace(finding, remedies=tuple(replace(remedy, commands=()) for remedy in finding.remedies))
        for finding in diagnosis.findings
    )
    written = render(replace(diagnosis, findings=findings), Format.TEXT)
    assert not [line for line in written.splitlines() if line[:1] in ("=", "+", "@", "#", "<")]
    assert not [line for line in written.splitlines() if line.startswith("-") and not re.match("--[a-z-]+ ", line)]


@every_hostile_text
@every_diagnosis
def test_coloured_text_holds_no_escape_but_of_colour(name: str, hostile: str) -> None:
    diagnosis = told(name, hostile)
    painted = render(diagnosis, Format.TEXT, color=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == render(diagnosis, Format.TEXT)


@every_hostile_text
@every_diagnosis
def test_markdown_shows_it_as_words_and_code(name: str, hostile: str) -> None:
    written = render(told(name, hostile), Format.MARKDOWN)
    assert not UNSEEN.search(written)
    tokens = list(_tokens(written))
    bold = 0
    for token in tokens:
        match token.type:
            case "html_block":
                assert re.fullmatch(r"<details><summary>[\w .,&#;()/-]*</summary>\s*|</details>\s*", token.content)
            case "link_open":
                assert str(token.attrs["href"]).startswith("https://docs.aws.amazon.com/")
            case "strong_open":
                bold += 1
            case "text":
                assert not re.search(r"@\w|#\d|\bGH-\d|www\.|:\w+:", token.content)
            case _:
                assert token.type in _HARMLESS or token.type == "link_close"
    # Nothing is bold but the names of our own rows.
    assert bold == _rows(told(name, hostile))


@every_hostile_text
@pytest.mark.parametrize("format_", Format)
def test_the_name_of_a_file_is_shown_and_does_nothing(format_: Format, hostile: str) -> None:
    diagnosis = told("wrong-principal", "harmless")

    def somewhere(_: Excerpt) -> FilePlace:
        return FilePlace(hostile, quote(hostile, errors="surrogatepass"), 3, 7, 3, 9)

    written = render(diagnosis, format_, places=somewhere)
    assert written != render(diagnosis, format_)
    assert not UNSEEN.search(written)
    match format_:
        case Format.MARKDOWN:
            shapes = [_shape(text) for text in (written, render(diagnosis, format_))]
            assert shapes[0] == shapes[1]
        case Format.HTML:
            assert [tag for tag, _ in Page(written).elements if tag not in ("code", "wbr")] == [
                tag for tag, _ in Page(render(diagnosis, format_)).elements if tag not in ("code", "wbr")
            ]
        case Format.JSON | Format.ADF | Format.SLACK | Format.SARIF:
            json.loads(written)
        case Format.TEXT | Format.JIRA | Format.SERVICENOW | Format.FINDINGS:
            assert len(written.splitlines()) - len(render(diagnosis, format_).splitlines()) in range(60)
        case _:
            assert_never(format_)


@every_hostile_text
@pytest.mark.parametrize("format_", Format)
def test_no_format_holds_what_is_not_seen(format_: Format, hostile: str) -> None:
    for name in ("wrong-principal", "denied-by-scp"):
        diagnosis = told(name, hostile)
        for written in (
            render(diagnosis, format_, detail=detail, ascii=plain) for detail in Detail for plain in (False, True)
        ):
            assert written
            assert not UNSEEN.search(written)


@every_hostile_text
@every_diagnosis
def test_the_headings_of_markdown_stay_ours(name: str, hostile: str) -> None:
    # A long error stands under a heading of its own.
    harmless = [_headings(told(name, text)) for text in ("harmless", "harmless " * 20)]
    assert _headings(told(name, hostile)) in harmless


@every_hostile_text
@every_diagnosis
def test_slack_shows_it_as_words_and_code(name: str, hostile: str) -> None:
    diagnosis = told(name, hostile)
    written = render(diagnosis, Format.SLACK)
    assert written.isascii()
    message = json.loads(written)
    texts = [block["text"] for block in message["blocks"] if block["type"] == "section"]
    texts += [element for block in message["blocks"] if block["type"] == "context" for element in block["elements"]]
    assert all(text["type"] == "mrkdwn" and text["verbatim"] for text in texts)
    for text in [message["text"], *(text["text"] for text in texts)]:
        assert not UNSEEN.search(text)
        unlinked = re.sub(r"<https://docs\.aws\.amazon\.com/[\w/.#-]+>", "", text)
        assert not re.search(r"[<>]", unlinked)
        assert not re.search(r"&(?!amp;|lt;|gt;)", text)
        words = re.sub(r"`[^`\n]+`", "", re.sub(r"```\n[^`]*\n```", "", unlinked))
        words = re.sub(r"^\*[^*\n]+\*(:|$)", "", words, flags=re.MULTILINE)
        assert not re.search(r"[*~`]|(?<!\w)_|_(?!\w)|@\w|://|:[\w+-]+:|^&gt;", words, re.MULTILINE)


@every_hostile_text
@every_diagnosis
def test_jira_shows_it_and_does_nothing(name: str, hostile: str) -> None:
    written = render(told(name, hostile), Format.JIRA)
    assert not UNSEEN.search(written)
    parts = re.split(r"^\{noformat\}$", written, flags=re.MULTILINE)
    assert len(parts) % 2 == 1
    assert "{noformat" not in "".join(parts)
    words = re.sub(r"\[https://docs\.aws\.amazon\.com/[\w/.#-]+\]", "", "\n".join(parts[::2]))
    words = re.sub(r"\{\{[^{}\n]+\}\}", lambda match: f" {match[0][2:-2]} ", words)
    words = re.sub(r"^(h\d\. |\* \*[\w. ]+\*: |\* |----$)", "", words, flags=re.MULTILINE)
    words = re.sub(r"&#\d+;", "", words)
    assert not re.search(r"[\\{}\[\]*+^~?!|#&<>@]|://|(?<!\w)[-_]|[-_](?!\w)|:[()DP]|;\)|\([ynix/]\)", words)
    assert not re.search(r"^(h\d|bq)\.|^#", words, re.MULTILINE)


@every_hostile_text
@every_diagnosis
def test_servicenow_shows_it_and_does_nothing(name: str, hostile: str) -> None:
    written = render(told(name, hostile), Format.SERVICENOW)
    assert not UNSEEN.search(written)
    assert not re.search(r"\[\s*/?\s*code", written, re.IGNORECASE)


@every_hostile_text
@every_diagnosis
def test_a_page_shows_it_and_does_nothing(name: str, hostile: str) -> None:
    written = render(told(name, hostile), Format.HTML)
    assert written.isascii()
    assert not UNSEEN.search(written)
    page = Page(written)
    ours = Page(render(told(name, "harmless"), Format.HTML))
    assert {tag for tag, _ in page.elements} <= KNOWN_ELEMENTS
    assert page.text_of("script") == ours.text_of("script")
    assert page.text_of("style") == ours.text_of("style")
    assert page.attributes("meta") == ours.attributes("meta")
    for tag, attributes in page.elements:
        assert attributes.keys() <= PLAIN_ATTRIBUTES
        assert tag == "a" or "href" not in attributes
    assert all(link["href"].startswith("https://docs.aws.amazon.com/") for link in page.attributes("a"))


@every_hostile_text
@every_diagnosis
def test_json_is_printable_ascii_and_holds_it_exactly(name: str, hostile: str) -> None:
    diagnosis = told(name, hostile)
    written = render(diagnosis, Format.JSON)
    assert written.isascii()
    assert not UNSEEN.search(written)
    assert json.loads(written)["source_arn"] == diagnosis.case.snapshot.source.arn


@every_hostile_text
@every_diagnosis
def test_redaction_takes_it_too(name: str, hostile: str) -> None:
    case = rewritten(told(name, hostile).case)
    assert msgspec.json.decode(msgspec.json.encode(case), type=Case) == case
    letters = "".join(character for character in hostile if character.isalpha())
    assert hostile not in msgspec.json.encode(case).decode() or not letters


def _shape(written: str) -> list[str]:
    """Name the parts of Markdown, but for the words and the code in a line."""
    return [token.type for token in _tokens(written) if token.type not in ("text", "softbreak", "code_inline")]


def told(name: str, hostile: str) -> Diagnosis:
    """Put a text wherever somebody else may have written one."""
    names = Names(
        user=hostile,
        path=hostile,
        caller=hostile,
        session=hostile,
        role=hostile,
        external_id=hostile,
        other_external_id=hostile.swapcase(),
        identity_policy=hostile,
        scp=hostile,
        unit=hostile,
        group=hostile,
        sid=hostile,
    )
    diagnosis = EVERY[name](names)
    findings = tuple(
        replace(
            finding,
            title=f"{hostile} does not fit",
            explanation=f"{hostile} asks for `{hostile}`.\n{hostile}",
            excerpts=tuple(replace(one, label=f"{hostile} is not {hostile}") for one in finding.excerpts),
            unknown=(hostile,),
        )
        for finding in diagnosis.findings
    )
    probe = diagnosis.case.probe or ProbeResult(ProbeOutcome.NOT_MADE)
    case = replace(
        diagnosis.case,
        message=f"{hostile}\n{hostile}",
        note=hostile,
        probe=replace(probe, code=hostile, message=hostile, why=hostile, caller=hostile),
    )
    return replace(diagnosis, findings=findings, case=case)


def _rows(diagnosis: Diagnosis) -> int:
    content = outline(diagnosis)
    blocks = [*content.first, *content.blocks]
    for block in blocks:
        blocks += block.blocks if isinstance(block, Section) else ()
    return sum(len(block.rows) for block in blocks if isinstance(block, NamedValues))


def _headings(diagnosis: Diagnosis) -> list[str]:
    """Give the levels of the headings, in their order."""
    return [token.tag for token in _tokens(render(diagnosis, Format.MARKDOWN)) if token.type == "heading_open"]


def _tokens(written: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(written):
        yield token
        yield from token.children or ()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        pytest.param("https://example.com/a_b", "<https://example.com/a_b>", id="an address"),
        pytest.param("https://example.com/a|<!channel>", "`https://example.com/a|&lt;!channel&gt;`", id="with markup"),
        pytest.param("http://example.com/a", "`http://example.com/a`", id="without encryption"),
    ],
)
def test_only_a_plain_address_is_a_link_of_slack(address: str, shown: str) -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    findings = tuple(replace(one, sources=(address,)) for one in diagnosis.findings)
    written = render(replace(diagnosis, findings=findings), Format.SLACK)
    assert shown in written
    assert written.count("example.com") == 1
