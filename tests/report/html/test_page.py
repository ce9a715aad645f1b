"""A page as a file: it loads nothing, nothing in it runs but its own script, and all of it can be read."""

import re
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise
from typing import assert_never

import pytest
from tests.cases import DEMOS, case
from tests.report.diagnoses import EVERY, NAMES
from tests.report.html.pages import KNOWN_ELEMENTS, Page

from diagnose.loading import load_case, load_rules
from diagnose.model.diagnosis import Diagnosis
from diagnose.pipeline import diagnose
from diagnose.report import Format, render
from diagnose.report.blocks import (
    Block,
    Bullets,
    Changes,
    Checklist,
    Folded,
    Links,
    Listing,
    NamedValues,
    Paragraph,
    Quote,
    Section,
    Snippet,
)
from diagnose.report.outline import outline

every_demo = pytest.mark.parametrize("name", sorted(path.stem for path in DEMOS.glob("*.json")))
_SPACE = re.compile(r"\s+")


@pytest.mark.parametrize("name", EVERY)
def test_only_the_page_s_own_style_and_script_are_admitted(name: str) -> None:
    page = Page(render(EVERY[name](NAMES), Format.HTML))
    [policy] = [meta["content"] for meta in page.attributes("meta") if "http-equiv" in meta]
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed == {
        "default-src": "'none'",
        "style-src": _hash(page.text_of("style")),
        "script-src": _hash(page.text_of("script")),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


@pytest.mark.parametrize("name", EVERY)
def test_a_page_loads_nothing(name: str) -> None:
    page = Page(render(EVERY[name](NAMES), Format.HTML))
    names = {attribute for _, attributes in page.elements for attribute in attributes}
    assert names & {"src", "srcset", "style", "background", "action", "formaction", "data", "poster", "ping"} == set()
    assert {tag for tag, _ in page.elements} <= KNOWN_ELEMENTS
    assert not re.search(r"url\(|@import|@font-face", page.text_of("style"))
    assert page.declarations == ["doctype html"]


def test_a_page_arrives_whole_through_any_encoding() -> None:
    diagnosis = diagnose(case("cross-account", request={"parameters": {"session_name": "köln"}}), load_rules())
    written = render(diagnosis, Format.HTML)
    assert written.isascii()
    assert "köln" in Page(written).words


@every_demo
def test_headings_go_down_a_step_at_a_time(name: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(render(_demo(name), Format.HTML)).elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_demo
def test_a_page_says_all_that_the_report_says(name: str) -> None:
    diagnosis = _demo(name)
    words = _bare(Page(render(diagnosis, Format.HTML)).words)
    content = outline(diagnosis, full=True)
    for text in [content.headline, *content.footer, *_texts((*content.first, *content.blocks))]:
        assert _bare(text) in words


def test_a_policy_is_shown_whole_at_its_first_place_only() -> None:
    page = Page(render(_demo("scp-region"), Format.HTML))
    summaries = [text for text in page.texts["summary"] if "whole policy" in text]
    assert summaries == ["The whole policy (24 lines)", "The whole policy (10 lines)"]


def test_buttons_wait_for_the_script() -> None:
    page = Page(render(_demo("wrong-principal"), Format.HTML))
    assert len(page.attributes("button")) == 5
    assert all("hidden" in button for button in page.attributes("button"))


def _demo(name: str) -> Diagnosis:
    return diagnose(load_case(DEMOS / f"{name}.json"), load_rules())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _bare(text: str) -> str:
    return _SPACE.sub("", text.replace("`", ""))


def _texts(blocks: tuple[Block, ...]) -> list[str]:
    """Give all that blocks say, but for the titles of what the first screen continues: its halves have their own."""
    said: list[str] = []
    for block in blocks:
        match block:
            case Paragraph(text=text) | Quote(text=text) | Listing(text=text):
                said.append(text)
            case NamedValues(rows=rows):
                said += [part for row in rows for part in row]
            case Bullets(items=items) | Links(urls=items):
                said += items
            case Checklist(checks=checks):
                said += [part for check in checks for part in (check.name, check.answer, check.about)]
            case Snippet(marks=marks):
                said += [mark.label for mark in marks]
            case Changes(lines=lines):
                said += [line for line in lines if line != "..."]
            case Folded(listings=listings):
                said += _texts(listings)
            case Section(title=title, blocks=inner):
                said += [*([] if block.of else [title]), *_texts(inner)]
            case _:
                assert_never(block)
    return said
