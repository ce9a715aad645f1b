"""Documents as they are read: JSON, a string that holds JSON, or percent-encoded as IAM returns it."""

import json
from urllib.parse import quote

import pytest
from msgspec import Raw

from diagnose.model.policy import document_text, raw_document

DOCUMENT = {"Statement": [{"Sid": "a+b ü", "Condition": {"StringLike": {"k": "100%25"}}}]}
TEXT = json.dumps(DOCUMENT, ensure_ascii=False)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(raw_document(DOCUMENT), id="an object"),
        pytest.param(raw_document(TEXT), id="a string that holds the object"),
        pytest.param(raw_document(quote(TEXT)), id="percent-encoded"),
        pytest.param(raw_document(f"\n {TEXT} "), id="a string with space around it"),
        pytest.param(Raw(b"\n " + TEXT.encode()), id="an object with space around it"),
    ],
)
def test_a_document_is_the_same_however_it_is_carried(raw: Raw) -> None:
    assert json.loads(document_text(raw)) == DOCUMENT


def test_a_plus_stands_for_itself_and_is_no_space() -> None:
    assert document_text(raw_document(quote('{"Sid": "a+b"}', safe="+"))) == '{"Sid": "a+b"}'


def test_a_percent_within_plain_json_is_not_decoded() -> None:
    assert "100%25" in document_text(raw_document(TEXT))


@pytest.mark.parametrize("content", [b"", b'"', b'"{', b"\xff\xfe", b"null", b"[1]", b"12"])
def test_what_is_no_document_is_text_all_the_same(content: bytes) -> None:
    assert isinstance(document_text(Raw(content)), str)


def test_duplicate_keys_stay_visible() -> None:
    text = '{"Statement": [], "Statement": [1]}'
    assert document_text(Raw(text.encode())) == text
