"""A slip is one letter that is wrong. What differs by more may be somebody's name."""

import pytest

from diagnose.report.redact.slips import within_a_slip, without_more


@pytest.mark.parametrize(
    ("text", "slip"),
    [
        pytest.param("sts", True, id="no slip at all"),
        pytest.param("stz", True, id="a letter changed"),
        pytest.param("st", True, id="a letter missing"),
        pytest.param("ts", True, id="the first one missing"),
        pytest.param("stss", True, id="a letter doubled"),
        pytest.param("asts", True, id="a letter too many"),
        pytest.param("tss", True, id="two letters swapped"),
        pytest.param("sst", True, id="the last two swapped"),
        pytest.param("s", False, id="two letters missing"),
        pytest.param("stsab", False, id="two letters too many"),
        pytest.param("xty", False, id="two letters changed"),
        pytest.param("acme", False, id="another word"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_slip_is_one_letter(text: str, slip: bool) -> None:
    assert within_a_slip(text, "sts") is slip


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("stringequals", "stringequals", id="the word"),
        pytest.param("StringEquasl", "StringEquasl", id="two letters swapped"),
        pytest.param("StrinqEqualss", "StrinqEqualss", id="a letter changed and one too many"),
        pytest.param("String-Equals ", "String-Equals ", id="signs and spaces"),
        pytest.param("StringEq", "StringEq", id="letters missing"),
        pytest.param("StringZqEquals", "String<Zq>Equals", id="a name within"),
        pytest.param("StringXeyquals", "String<Xey>quals", id="letters of both, by chance"),
        pytest.param("Zq42StringEquals", "<Zq42>StringEquals", id="a name before it"),
        pytest.param("StringEqualsİİ", "<StringEqualsİİ>", id="letters that take more room in lower case"),
    ],
)
def test_more_than_a_letter_that_a_near_word_has_is_a_name(text: str, written: str) -> None:
    assert without_more(text, "stringequals", lambda name: f"<{name}>") == written
