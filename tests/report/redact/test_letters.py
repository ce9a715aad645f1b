"""Characters beyond ASCII become others of their kind, whatever script they are of."""

import unicodedata

import pytest

from diagnose.report.redact.letters import beyond_ascii


def turned(*texts: str) -> list[str]:
    table = str.maketrans(beyond_ascii(texts))
    return [text.translate(table) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("zürich", id="letters with two cases"),
        pytest.param("ǅungla", id="a letter with three"),
        pytest.param("Ⅳⓐ", id="a numeral and a letter in a circle, which have two"),
        pytest.param("ẞß", id="letters that are two in the other case"),
        pytest.param("ﬁŉ", id="ligatures"),
        pytest.param("ĸƛ", id="letters with one case"),
        pytest.param("ー々ーˇˀ", id="letters that modify others"),
        pytest.param("東京", id="characters without case"),
        pytest.param("e\u0301 क्षि", id="marks"),
        pytest.param("x²½〇", id="numbers that are no digits"),
        pytest.param("٣४", id="digits"),
        pytest.param("☃€™", id="symbols"),
    ],
)
def test_nothing_beyond_ascii_stays_itself(text: str) -> None:
    (told,) = turned(text)
    assert len(told) == len(text)
    for one, other in zip(text, told, strict=True):
        if one.isascii() or one.isspace():
            assert other == one
        else:
            assert other not in text
            assert unicodedata.category(other)[0] == ("L" if one in "Ⅳⓐ" else unicodedata.category(one)[0])


def test_the_cases_of_a_letter_stay_those_of_one() -> None:
    small, large = turned("éđⅳ", "ÉĐⅣ")
    assert small.upper() == large
    assert small != large


def test_as_many_characters_as_a_long_text_has_are_told_apart() -> None:
    texts = ["".join(map(chr, range(start, start + 2000))) for start in (0x4E00, 0xAC00)]
    assert len({one for told in turned(*texts) for one in told}) == 4000
    assert not set("".join(turned(*texts))) & set("".join(texts))
