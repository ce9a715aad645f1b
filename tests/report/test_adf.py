"""The Atlassian Document Format: what Atlassian's own schema accepts, with nothing in it that is not ours."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from tests.report.diagnoses import EVERY, NAMES
from tests.report.test_hostile import HOSTILE, UNSEEN, told
from tests.report.test_lengths import diagnosed, every_case

from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Format, render

SCHEMA = Path(__file__).parent / "schemas" / "adf.json"
OURS = {"bulletList", "codeBlock", "doc", "expand", "heading", "listItem", "paragraph", "rule", "text"}


@every_case
def test_a_report_is_what_atlassian_s_schema_accepts(path: Path) -> None:
    _is_accepted(_document(diagnosed(path)))


@pytest.mark.parametrize("name", EVERY)
def test_a_story_is_what_atlassian_s_schema_accepts(name: str) -> None:
    _is_accepted(_document(EVERY[name](NAMES)))


def test_the_schema_accepts_not_everything() -> None:
    empty = {"version": 1, "type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}]}
    assert not _validator().is_valid(empty)


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", EVERY)
def test_whatever_is_in_it_is_text(name: str, hostile: str) -> None:
    document = _document(told(name, hostile))
    for node in _nodes(document):
        assert node["type"] in OURS
        text = node.get("text", node.get("attrs", {}).get("title", "x"))
        assert text
        assert not UNSEEN.search(text)
        for mark in node.get("marks", []):
            assert mark["type"] in ("code", "strong") or mark["attrs"]["href"].startswith(
                "https://docs.aws.amazon.com/"
            )


def test_folded_text_is_behind_its_title_and_a_policy_stands_once() -> None:
    nodes = list(_nodes(_document(EVERY["wrong-principal"](NAMES))))
    titles = [node["attrs"]["title"] for node in nodes if node["type"] == "expand"]
    assert titles
    assert "AWS CLI" in titles
    policies = [node for node in nodes if node["type"] == "text" and '"Version": "2012-10-17"' in node["text"]]
    assert len(policies) == 1
    assert policies[0]["text"].startswith(
        "aws iam update-assume-role-policy --role-name Deploy \\\n  --policy-document "
    )


def _document(diagnosis: Diagnosis) -> Any:
    written = render(diagnosis, Format.ADF)
    assert written.isascii()
    return json.loads(written)


def _is_accepted(document: object) -> None:
    assert [error.message for error in _validator().iter_errors(document)] == []


@cache
def _validator() -> Draft4Validator:
    return Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for inner in node.get("content", []):
        yield from _nodes(inner)
