"""Whole numbers in text of anybody's."""

import pytest

from diagnose.collect.digits import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("3600", 3600),
        ("9" * 18, 10**18 - 1),
        ("9" * 19, None),
        ("9" * 5000, None),
        ("", None),
        ("-1", None),
        ("1.0", None),
        (" 1", None),
        ("\u0661", None),
        ("\u00b2", None),
    ],
)
def test_a_number_is_digits_and_nothing_else(text: str, number: int | None) -> None:
    assert whole_number(text) == number
