"""Placeholders that nobody filled in, such as `${var.account}`: their form tells a cause, and so it stays.

A placeholder is taken out of its text before the text is taken apart, and put in again afterwards: a colon in it is no
colon of the ARN around it.
"""

import re
from collections.abc import Callable, Iterable

from diagnose.model.placeholder import placeholder_in
from diagnose.report.redact import public_words
from diagnose.report.redact.joined_words import is_joined

SLOT = "[\ue000-\ue00f]"
"""A regular expression for what stands in the place of a placeholder."""


def taken_out(text: str) -> tuple[str, list[str]]:
    """Give a text with a slot for each of its placeholders, and the placeholders in the order of their slots."""
    placeholders: list[str] = []
    if re.search(SLOT, text):
        return text, placeholders
    while len(placeholders) < _MOST and (found := placeholder_in(text)):
        text = text.replace(found.text, chr(_FIRST + len(placeholders)), 1)
        placeholders.append(found.text)
    return text, placeholders


def put_in(text: str, placeholders: Iterable[str]) -> str:
    """Fill the slots of a text. A placeholder may have the slot of an earlier one in it."""
    for number, placeholder in reversed(list(enumerate(placeholders))):
        text = text.replace(chr(_FIRST + number), placeholder)
    return text


def disguised_placeholder(text: str, disguised: Callable[[str], str]) -> str:
    """Rewrite the words of a placeholder that are neither those of a tool nor of documentation."""
    numbered = sum(map(str.isdecimal, text)) <= _MOST_DIGITS

    def word(match: re.Match[str]) -> str:
        if match["name"]:
            return _LETTERS.sub(lambda name: name[0] if is_joined(name[0]) else disguised(name[0]), match[0])
        digits = match[0].isdecimal()
        public = numbered if digits else match[0].lower() in public_words.PLACEHOLDER_WORDS or _MASK.fullmatch(match[0])
        return match[0] if public else disguised(match[0])

    return _WORD.sub(word, text)


_FIRST, _MOST = 0xE000, 16
_MARK = re.compile(
    r"[^\w+=,.@:/ -]|[xX_]|[A-Z]{2}|(?i:id|arn|account|acct|redacted|masked|hidden|omitted|todo|fixme|tbd|me$)"
)
"""What every placeholder has some of, and few other texts."""
_WORD = re.compile(rf"{public_words.NAME_IN_SENTENCE}|[^\W_]+")
_LETTERS = re.compile("[A-Za-z]+")
_MASK = re.compile(r"[xX]{3,}")
_MOST_DIGITS = 2
"""With more digits than tools number their tokens by, a placeholder may have somebody's number in it."""
