"""Whole numbers that stand in text of anybody's: a token's times, a template's seconds, the place in a list."""

_MOST = 18
"""Digits: more than any time or size has, and fewer than Python refuses to read at all."""


def whole_number(text: str) -> int | None:
    """Read a number that is written in digits and nothing else; None for other text, and for one that is too long."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST else None
