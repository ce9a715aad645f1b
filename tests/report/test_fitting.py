"""Messages and fields have so much room: a report fits there whatever is in it, and names what it leaves out."""

import json
from pathlib import Path

import pytest
from tests.report.diagnoses import EVERY, NAMES, Names
from tests.report.test_lengths import every_case, written

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Format, render
from diagnose.report.blocks import Block, Bullets, Folded, Listing, NamedValues, Paragraph, Section
from diagnose.report.fitting import fitted, left_out_words, start_of, units
from diagnose.report.jira import JIRA_LIMIT
from diagnose.report.outline import outline
from diagnose.report.servicenow import SERVICENOW_LIMIT
from diagnose.report.slack import HEADER_LIMIT, MOST_BLOCKS, SLACK_LIMIT

PASTED = (Format.SLACK, Format.SERVICENOW, Format.JIRA, Format.ADF)
LONG = ("x" * 1900, "*{[~<&" * 300, "\U0001f600" * 900, "a b " * 500, "\u202e" * 400)
"""Names as long as AWS takes an ARN, of characters that become more when they are written harmlessly."""


@every_case
def test_what_is_pasted_fits(path: Path) -> None:
    _fits({form: written(path, form) for form in PASTED})


@pytest.mark.parametrize("text", LONG, ids=["letters", "markup", "emoji", "words", "invisible"])
@pytest.mark.parametrize("name", EVERY)
def test_a_report_of_long_names_fits(name: str, text: str) -> None:
    names = Names(user=text, path=text, caller=text, session=text, role=text, external_id=text, scp=text, sid=text)
    diagnosis = EVERY[name](names)
    _fits({form: render(diagnosis, form) for form in PASTED})


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("form", PASTED)
def test_every_section_is_told_or_named(name: str, form: Format) -> None:
    diagnosis = EVERY[name](NAMES)
    report = _plain(render(diagnosis, form))
    for title in _titles(diagnosis):
        assert _plain(title) in report


def test_what_comes_first_is_kept_and_what_is_left_out_is_named() -> None:
    rows = NamedValues((("Cause", "short"), ("Where", "y" * 90), ("Fix", "short")))
    bullets = Bullets(("one", "z" * 90, "two"))
    section = Section("Why", (Paragraph("w" * 90), Paragraph("fits")))
    folded = Folded((Listing("Terraform", "hcl", "resource"),))
    chosen = fitted((rows, section, bullets, folded, Section("Big", (Paragraph("v" * 90),))), _write, 80)
    kept = (
        NamedValues((("Cause", "short"), ("Fix", "short"))),
        Section("Why", (Paragraph("fits"),)),
        Bullets(("one", "two")),
    )
    assert chosen.blocks == kept
    assert chosen.left_out == ("Where", "Why (a part)", "a part of a list", "Terraform", "Big")


def test_what_fits_exactly_is_kept() -> None:
    content = (Paragraph("abcd"), Paragraph("efgh"))
    assert fitted(content, _write, len("\n\nabcd\n\nefgh")).left_out == ()
    assert fitted(content, _write, len("\n\nabcd\n\nefgh") - 1).left_out == ("a passage",)


def test_nothing_left_out_is_nothing_said() -> None:
    assert left_out_words((), 200) == ""


def test_the_names_of_what_was_left_out_have_room_too() -> None:
    words = left_out_words(["a long title"] * 90, 200)
    assert len(words) == 200
    assert words.endswith("…. All of it: `--output markdown`.")


def test_a_character_of_two_units_counts_twice() -> None:
    assert units("a\U0001f600\uffff") == 4


@pytest.mark.parametrize(("text", "room"), [("abc", 2), ("\U0001f600b", 1), ("a\U0001f600", 2), ("", 0)])
def test_a_beginning_has_room(text: str, room: int) -> None:
    assert units(start_of(text, room)) <= room
    assert text.startswith(start_of(text, room))
    assert start_of(text, units(text)) == text


def _fits(reports: dict[Format, str]) -> None:
    assert units(reports[Format.SERVICENOW]) <= SERVICENOW_LIMIT == 4000
    assert units(reports[Format.JIRA]) <= JIRA_LIMIT == 32767
    assert units(reports[Format.ADF]) <= JIRA_LIMIT
    message = json.loads(reports[Format.SLACK])
    blocks = message["blocks"]
    assert len(blocks) <= MOST_BLOCKS == 50
    assert blocks[0]["type"] == "header"
    assert 0 < units(blocks[0]["text"]["text"]) <= HEADER_LIMIT == 150
    texts = [text["text"] for block in blocks[1:] for text in block.get("elements", [block.get("text")])]
    assert all(texts)
    assert sum(map(units, texts)) <= SLACK_LIMIT == 3000
    assert units(message["text"]) <= SLACK_LIMIT


def _titles(diagnosis: Diagnosis) -> list[str]:
    content = outline(diagnosis)
    titles = []
    for block in (*content.first, *content.blocks):
        if isinstance(block, Section) and not all(isinstance(inner, Folded) for inner in block.blocks):
            titles.append(block.title)
        if isinstance(block, NamedValues):
            titles += [name.strip() for name, _ in block.rows]
    return titles


def _plain(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def _write(block: Block) -> str:
    match block:
        case Paragraph():
            return block.text
        case NamedValues():
            return "\n".join(f"{name}: {value}" for name, value in block.rows)
        case Bullets():
            return "\n".join(block.items)
        case Section():
            return "\n".join([block.title, *map(_write, block.blocks)])
        case Folded():
            return ""
    raise AssertionError(block)
