"""Whole reports, to be read like prose. `XDIAG_UPDATE_GOLDENS=1 pytest tests/report` rewrites them; read the diff."""

import json
import os
from pathlib import Path

import pytest
from tests.report.diagnoses import EVERY, NAMES

from diagnose.evaluate.keys.table import value_kind
from diagnose.report import Format, render
from diagnose.report.json import diagnosis_schema
from diagnose.report.redact import redact

GOLDENS = Path(__file__).parent / "goldens"
EXTENSIONS = {Format.TEXT: "txt", Format.MARKDOWN: "md", Format.JSON: "json"}


@pytest.mark.parametrize("format_", Format)
@pytest.mark.parametrize("name", EVERY)
def test_a_report_reads_as_it_was_reviewed(name: str, format_: Format) -> None:
    _same(f"{name}.{EXTENSIONS[format_]}", render(EVERY[name](NAMES), format_, width=80))


@pytest.mark.parametrize("name", ["denied-by-scp", "unexplained"])
def test_a_redacted_report_reads_as_it_was_reviewed(name: str) -> None:
    _same(f"{name}.redacted.txt", render(redact(EVERY[name](NAMES), value_kind), Format.TEXT, width=80))


def test_the_schema_is_the_one_that_was_published() -> None:
    _same("diagnosis.schema.json", json.dumps(diagnosis_schema(), indent=2) + "\n")


def test_every_golden_is_somebody_s() -> None:
    names = {f"{name}.{extension}" for name in EVERY for extension in EXTENSIONS.values()}
    others = {"denied-by-scp.redacted.txt", "unexplained.redacted.txt", "diagnosis.schema.json"}
    assert {path.name for path in GOLDENS.iterdir()} == names | others


def _same(name: str, written: str) -> None:
    path = GOLDENS / name
    if os.environ.get("XDIAG_UPDATE_GOLDENS"):
        path.write_text(written, encoding="utf-8")
    assert written == path.read_text(encoding="utf-8")
