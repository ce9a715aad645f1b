"""Text pasted out of a terminal, a log or a ticket, and how to read a sentence on across line breaks and markup."""

import html
import re
from urllib.parse import unquote

MOST_CHARACTERS = 2**18
"""How much of a paste is looked at: of a longer one its beginning and its end."""


def clean_paste(paste: str) -> str:
    """Take away colours, frames, quoting and markup, and leave single spaces and single line breaks.

    A line break is kept, for it may stand for a space or for nothing: terminals break lines inside of words.
    """
    if len(paste) > MOST_CHARACTERS:
        paste = f"{paste[: MOST_CHARACTERS // 2]}\n...\n{paste[-MOST_CHARACTERS // 2 :]}"
    text = _INVISIBLE.sub("", _COLOURS.sub("", paste))
    for escape, meaning in _ESCAPES:
        text = text.replace(escape, meaning)
    text = _ENCODED_ARN.sub(lambda arn: unquote(arn[0]), text)
    text = _NAMED_TAGS.sub(r" \1: ", html.unescape(text))
    text = _MARKUP.sub(" ", _FRAMES.sub(" ", text))
    return re.sub(r" ?\n[ \n]*", "\n", re.sub(r"[^\S\n]+", " ", text)).strip()


def loose_pattern(phrase: str) -> str:
    """Give a pattern for a phrase, each space of which may be missing and each gap of which may hold a line break."""
    return r"\s?".join(re.escape(character) for character in phrase if not character.isspace())


def without_space(text: str) -> str:
    """Take all white space away, which neither ARNs nor actions have."""
    return re.sub(r"\s", "", text)


def arn_at(text: str, at: int) -> str:
    """Read the ARN at `at` of a clean paste, where it ends a sentence, on across line breaks that stand inside of it.

    A break within a name cannot be told from one after it, but by its line being full and the next one holding no more.
    """
    lines = text[at : at + 4000].split("\n")
    full = at - text.rfind("\n", 0, at) - 1 + len(lines[0]) >= _NARROWEST
    token, *more = lines[0].split(" ", 1)
    for line in lines[1:]:
        rest, *after = line.split(" ", 1)
        if more or (_WHOLE_ARN.fullmatch(token) and (after or not full or not _NAME.fullmatch(rest))):
            break
        token, more = token + rest, after
    return _NOT_OF_ARN.split(token, maxsplit=1)[0].rstrip(".,;:)]}")


# The body of a request, as SDKs log it.
_ENCODED_ARN = re.compile(r"arn%3[Aa][\w%.+*-]{1,2000}")
_COLOURS = re.compile(r"\x1b(?:\[[0-?]{0,20}[ -/]{0,5}[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|.)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_ESCAPES = (
    # JSON within JSON is escaped twice.
    ("\\\\", "\\"),
    ("\\r", ""),
    ("\\n", "\n"),
    ("\\t", " "),
    ('\\"', '"'),
    ("\\u0026", "&"),
    ("\\u003c", "<"),
    ("\\u003e", ">"),
)
# A single sign on a line is no frame: a terminal may have broken the line on both sides of a dash.
_FRAMES = re.compile(r"[|\u2500-\u257f]|^[ \t]*>+|^[ \t]*(?:[-+=~^][ \t]*){2,}$", re.MULTILINE)
_NAMED_TAGS = re.compile(r"<(Code|RequestId)>")
_MARKUP = re.compile(r"</?(?:\w{0,80}Response|Error|Code|Message|Type|RequestId)\b[^<>]{0,200}>")
_WHOLE_ARN = re.compile(r"arn:(?:[^:]*:){4}(?:root|[^:/]*[:/].*[^/:])")
_NOT_OF_ARN = re.compile(r"[\"'`\\)]|</")
_NAME = re.compile(r"[\w+=,.@/-]+")
# Narrower lines than this were not broken by a terminal in the middle of a word.
_NARROWEST = 60
