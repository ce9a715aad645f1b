"""Hostile text made harmless, for each format in one place.

Policy names, Sids, tags, external IDs and AWS's messages are written by whoever wants to write them. In every
format a character that hides, reorders or overwrites others is shown as its JSON escape, so that a policy document
stays the same document. Terminal text is never parsed as Rich markup; Markdown knows two forms only: plain words,
and code spans for everything that could mean something to Markdown, HTML or GitHub.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec import Struct

from diagnose.model.json_text import indented
from diagnose.model.lazy_pattern import lazy_pattern


class TextPart(Struct, frozen=True):
    """A stretch of a sentence: words, or text that stood between backticks."""

    text: str
    code: bool = False


def visible(text: str) -> str:
    r"""Show what does not show: `\n`, `\u001b`, `\u202e`. Letters, digits, punctuation, symbols and spaces stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _shows(character) else _escaped(character) for character in text)


def cells(text: str) -> int:
    """Count the terminal columns that visible text takes."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def in_backticks(text: str) -> str:
    """Put a name between backticks, whatever is in it; an empty one is said to be so."""
    return "`" + visible(text).replace("`", r"\u0060") + "`" if text else "(empty)"


def text_parts(text: str) -> tuple[TextPart, ...]:
    """Take a sentence apart at its backticks. A backtick without a partner stays a character.

    Of a name that is longer than AWS takes any, the beginning is enough.
    """
    parts = visible(text).split("`")
    if len(parts) % 2 == 0:
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    # Two backticks with nothing between them are no name.
    texts = [part or "``" if index % 2 else part for index, part in enumerate(parts)]
    named = [parts[index] != "" and index % 2 == 1 for index in range(len(parts))]
    return tuple(
        TextPart(_beginning(text) if code else text, code) for text, code in zip(texts, named, strict=True) if text
    )


def prose(text: str, code: Callable[[str], str] | None = None) -> str:
    """Write a sentence in Markdown. What stood between backticks, and every word that is not plain, becomes code.

    `code` writes code where it is not Markdown's: in a markup that gives the same characters a meaning.
    """
    text_so_far = ""
    for piece in text_parts(text):
        marked = _marked(piece, code or code_span, starts=not text_so_far.strip())
        # Two code spans that touch would read as one, or as none.
        text_so_far += f" {marked}" if text_so_far.endswith("`") and marked.startswith("`") else marked
    return text_so_far.strip()


def code_span(text: str) -> str:
    """Write text as Markdown code within a line."""
    printed = visible(text)
    ticks = "`" * (_longest_run(printed) + 1)
    pad = " " if printed[:1] in ("`", " ") or printed[-1:] in ("`", " ") else ""
    return f"{ticks}{pad}{printed}{pad}{ticks}"


def fence(text: str, language: str = "") -> str:
    """Write lines as a Markdown code block, fenced by more backticks than stand in a row within it."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    ticks = "`" * max(3, _longest_run(lines) + 1)
    return f"{ticks}{language}\n{lines}\n{ticks}"


def plain_address(url: str) -> bool:
    """Say whether an address, such as a rule's source, can stand in any markup as it is."""
    return url.startswith("https://") and all(
        character.isascii() and (character.isalnum() or character in ":/.-_#") for character in url
    )


def html_text(text: str) -> str:
    """Write text within HTML, where GitHub still looks for mentions and references."""
    return "".join(
        character if character.isalnum() or character in " .,-/" else f"&#{ord(character)};"
        for character in visible(text)
    ).replace("&#64;", "(at)")


def slack_prose(text: str) -> str:
    """Write a sentence in Slack's mrkdwn, which knows code between single backticks only."""
    return prose(text, _slack_code)


def slack_fence(text: str) -> str:
    """Write lines as a code block of Slack, within which a backtick may end it."""
    return f"```\n{chr(10).join(_slack_escaped(line) for line in text.split(chr(10)))}\n```"


def jira_text(text: str) -> str:
    """Write a sentence in Jira's wiki markup; what stood between backticks is set in monospace."""
    return "".join(_jira_part(part) for part in text_parts(text))


def jira_fence(text: str) -> str:
    """Write lines as a block of Jira in which nothing is markup but its own end."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    return f"{{noformat}}\n{_NOFORMAT.sub(_brace_escaped, lines)}\n{{noformat}}"


def servicenow_text(text: str) -> str:
    """Write text for a field of ServiceNow, which takes all for plain text but what stands in `[code]`.

    Source: ServiceNow, "Journal field type" (text within code tags is rendered as HTML).
    """
    return _CODE_TAG.sub(_brace_escaped, visible(text))


def ascii_text(text: str) -> str:
    """Write text in ASCII: our own signs as others of the same width, all else as JSON escapes."""
    if text.isascii():
        return text
    return "".join(each if each.isascii() else _ASCII_SIGNS.get(each) or _escaped(each) for each in text)


def ascii_json(value: object, *, indent: int | None = None) -> str:
    """Write JSON in ASCII only, so that no viewer can be made to reorder or hide a part of it."""
    text = json.dumps(value) if indent is None else indented(value, indent)
    return text.replace("\x7f", r"\u007f")


def csv_line(values: Iterable[object]) -> str:
    """Write values as a line of CSV (RFC 4180). Text that a spreadsheet would take for a formula stands after a `'`.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    return ",".join(_csv_cell(value) for value in values) + "\r\n"


_LONGEST, _ENOUGH = 2100, 200
"""Characters of a name that is shown whole (an ARN has at most 2,048), and of one that is not."""

_ASCII_SIGNS = {"✓": "+", "✗": "x", "…": "~"}

_SHOWN = frozenset("LNPS")
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that leave an empty place."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_PLAIN_WORD = lazy_pattern(r"[^\\`*_{}\[\]<>#|~&$@^=\x00-\x20\x7f]+")
_MEANT = lazy_pattern(r"://|www\.|:[\w+-]+:|^gh-\d|^[-+]+$", re.IGNORECASE)
"""Plain characters that together mean something: a link, an emoji, a reference, a list."""

_LIST_NUMBER = lazy_pattern(r"\d+[.)]")
"""What begins a list where it comes first; further on it is a count that ends a sentence."""

_WORD = lazy_pattern(r"(?P<before>[(\"']*)(?P<core>.*?)(?P<after>[.,;:?!)\"']*)")


_NOFORMAT = lazy_pattern(r"\{(?=noformat)", re.IGNORECASE)
_CODE_TAG = lazy_pattern(r"\[(?=\s*/?\s*code)", re.IGNORECASE)

_JIRA_MARKUP = lazy_pattern(
    r"""
    [\\{}\[\]*+^~?!|\#&<>@]              # macros, links, mentions, emphasis, tables, references
    | (?<![^\W_]) [-_] | [-_] (?![^\W_])   # emphasis and dashes, but not within a name
    | (?<=[A-Z0-9]) (?<![0-9]{2}) - (?=[0-9])  # the key of somebody's issue
    | : (?=//|[()DP]) | (?<=mailto) :     # addresses, emoticons
    | ; (?=\)) | \( (?=(?:[ynix/]|on|off|flag|flagoff)\))
    """,
    re.VERBOSE,
)
"""Characters that mean something to Jira, alone or beside others."""

_JIRA_BLOCK = lazy_pattern(r"^(\s*(?:h[1-6]|bq))(\.)")
"""What makes a heading or a quotation where it comes first."""


@lru_cache(maxsize=4096)
def _shows(character: str) -> bool:
    """Say whether a character is seen as itself. Marks that combine with the letter before are not."""
    return character == " " or (unicodedata.category(character)[0] in _SHOWN and character not in _BLANK)


def _escaped(character: str) -> str:
    match character:
        case "\n" | "\r" | "\t":
            return json.dumps(character)[1:-1]
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True))


def _beginning(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_ENOUGH]}... ({len(name):,} characters)"


def _marked(piece: TextPart, code: Callable[[str], str], *, starts: bool) -> str:
    """Write a piece; `starts` says that nothing stands before it."""
    if piece.code:
        return code(piece.text)
    words = piece.text.split(" ")
    first = next((place for place, word in enumerate(words) if word), None) if starts else None
    return " ".join(_marked_word(word, code, starts=place == first) for place, word in enumerate(words))


def _marked_word(word: str, code: Callable[[str], str], *, starts: bool) -> str:
    match = _WORD.fullmatch(word)
    if not word or match is None:
        return word
    stays = _PLAIN_WORD.fullmatch(word) and not _MEANT.search(word) and not (starts and _LIST_NUMBER.fullmatch(word))
    if not match["core"] or stays:
        return word
    return f"{match['before']}{code(match['core'])}{match['after']}"


def _csv_cell(value: object) -> str:
    if not isinstance(value, str):
        return str(value)
    text = f"{chr(39)}{visible(value)}" if value.startswith(_FORMULA) else visible(value)
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if "," in text or '"' in text else text


def _slack_code(text: str) -> str:
    return f"`{_slack_escaped(text)}`"


def _slack_escaped(text: str) -> str:
    """Escape what Slack reads even within code.

    Source: https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    escaped = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("`", r"\u0060")


def _jira_part(part: TextPart) -> str:
    # Monospaced text is not literal: Jira reads markup within it. References to characters are never markup.
    escaped = _JIRA_MARKUP.sub(lambda match: f"&#{ord(match[0])};", part.text)
    if not part.code:
        return _JIRA_BLOCK.sub(lambda match: f"{match[1]}&#{ord(match[2])};", escaped)
    return f"{{{{{escaped}}}}}"


def _brace_escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _longest_run(text: str) -> int:
    """Count the backticks in the longest row of them."""
    return max((len(run) for run in re.findall("`+", text)), default=0)
