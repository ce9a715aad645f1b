"""Whole reports, to be read like prose. `XDIAG_UPDATE_GOLDENS=1 pytest tests/report` rewrites them, and
fails for each that has changed: read the diff."""

import os
from importlib import import_module
from pathlib import Path

import pytest
from tests.report.diagnoses import EVERY, NAMES
from tests.report.redact.proof import redacted

from diagnose.loading import load_case, load_rules
from diagnose.pipeline import diagnose
from diagnose.report import Format, render

GOLDENS = Path(__file__).parent / "goldens"
DEMO = Path(__file__).parent.parent.parent / "fixtures" / "demo" / "wrong-principal.json"
EVERY_STORY = (Format.TEXT, Format.MARKDOWN, Format.JSON)
"""The formats of which every story is kept; one story is enough for any other."""
STORIES = [(name, format_) for format_ in Format for name in EVERY if format_ in EVERY_STORY or name == "denied-by-scp"]


@pytest.mark.parametrize(("name", "format_"), STORIES)
def test_a_report_reads_as_it_was_reviewed(name: str, format_: Format) -> None:
    written = render(EVERY[name](NAMES), format_, width=80)
    # What is the same on every page is tested in a browser.
    _same(_file(name, format_), _body(written) if format_ is Format.HTML else written)


@pytest.mark.parametrize("name", ["denied-by-scp", "unexplained"])
def test_a_redacted_report_reads_as_it_was_reviewed(name: str) -> None:
    _same(f"{name}.redacted.txt", render(redacted(EVERY[name](NAMES).case), Format.TEXT, width=80))


def test_every_golden_is_somebody_s() -> None:
    names = {_file(name, format_) for name, format_ in STORIES}
    others = {"denied-by-scp.redacted.txt", "unexplained.redacted.txt"}
    assert {path.name for path in GOLDENS.iterdir()} == names | others


def test_the_readme_quotes_a_report_as_it_is() -> None:
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
    quoted = readme.partition("```console\n")[2].partition("```")[0]
    passages = f"DENIED{quoted.partition('DENIED')[2]}".split("...\n")
    report = render(diagnose(load_case(DEMO), load_rules()), Format.TEXT, width=80)
    places = [report.find(passage) for passage in passages]
    assert len(places) == 3
    assert -1 not in places
    assert places == sorted(places)


def _body(page: str) -> str:
    return page[page.index("<body>") : page.index("<script>")]


def _file(name: str, format_: Format) -> str:
    return f"{name}.{import_module(f'diagnose.report.{format_}').SUFFIX}"


def _same(name: str, written: str) -> None:
    path = GOLDENS / name
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if os.environ.get("XDIAG_UPDATE_GOLDENS"):
        path.write_text(written, encoding="utf-8")
    assert written == before
