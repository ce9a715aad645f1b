"""Why text is not JSON: one sentence that names the line and column, and a hint that says how to fix it."""

import json
import re

from diagnose.errors import XdiagError
from diagnose.model.words import printable


def not_json(data: bytes, error: Exception, place: str) -> XdiagError:
    """Say why `data` is not JSON. `error` is what msgspec's decoder, or decoding as UTF-8, raised."""
    for start, what, hint in _NOT_TEXT:
        if data.startswith(start):
            return XdiagError(f"`{quotable(place)}` {what}", hint=hint)
    if data[:2].count(0) == 1:
        return XdiagError(f"`{quotable(place)}` is UTF-16 text, not UTF-8", hint="save it as UTF-8")
    if not data.strip():
        return XdiagError(f"`{quotable(place)}` is empty", hint="expected JSON")
    if isinstance(error, RecursionError):
        return nested_too_deeply(place)
    if isinstance(error, UnicodeDecodeError):
        return _not_utf8(data, place)
    byte = re.search(r"\(byte (\d+)\)$", str(error))
    if byte is None:
        return _cut_off(data, place)
    at = _start(data, int(byte[1]), str(error))
    if at >= len(data.rstrip()):
        return _cut_off(data, place)
    what, hint = _fault(data, at, str(error))
    return XdiagError(f"`{quotable(place)}` is not JSON at {position(data, at)}: {what}", hint=hint)


def nested_too_deeply(place: str) -> XdiagError:
    """Say that lists and objects stand in one another too many times to be read."""
    return XdiagError(
        f"`{quotable(place)}` is nested too deeply to be read", hint="a few dozen levels are enough for AWS"
    )


def position(data: bytes, at: int) -> str:
    """Say where byte `at` is: line and column, counted in characters from 1; only the column in a single line."""
    before = data[:at]
    column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
    line = before.count(b"\n") + 1
    return f"line {line}, column {column}" if b"\n" in data.rstrip() else f"column {column}"


def quotable(text: str, most: int = 200) -> str:
    """Make text from a file fit to be quoted: control characters escaped, and cut after `most` characters."""
    return printable(text[:most]) + ("…" if len(text) > most else "")


_NOT_TEXT = (
    (b"\x1f\x8b", "is compressed with gzip", "unpack it first"),
    (b"PK\x03\x04", "is a ZIP archive", "unpack it first"),
    (b"\xff\xfe\x00\x00", "is UTF-32 text, not UTF-8", "save it as UTF-8"),
    (b"\xff\xfe", "is UTF-16 text, not UTF-8", "save it as UTF-8; in PowerShell, `Set-Content -Encoding utf8`"),
    (b"\xfe\xff", "is UTF-16 text, not UTF-8", "save it as UTF-8"),
)
_QUOTES = ("quotes that are not JSON's", 'JSON uses straight double quotes: `"`')
_COMMENT = ("a comment", "JSON has no comments: remove it")
_BY_CHARACTER = {
    "'": ("a single quote", _QUOTES[1]),
    "`": _QUOTES,
    "\u2018": _QUOTES,
    "\u2019": _QUOTES,
    "\u201c": _QUOTES,
    "\u201d": _QUOTES,
    "\u201e": _QUOTES,
    "/": _COMMENT,
    "#": _COMMENT,
    ",": ("an extra comma", "remove the comma"),
    "\0": ("a NUL byte", "the file is damaged or not text: save it again"),
}
_BY_WORD = {
    "NaN": ("`NaN`, which is not a JSON value", "write a number, or leave the field out"),
    "Infinity": ("`Infinity`, which is not a JSON value", "write a number, or leave the field out"),
    "None": ("Python's `None`", "JSON writes `null`"),
    "True": ("Python's `True`", "JSON writes `true`"),
    "False": ("Python's `False`", "JSON writes `false`"),
    "undefined": ("JavaScript's `undefined`", "JSON writes `null`, or leaves the field out"),
}
_BY_ERROR = (
    ("trailing comma", "a comma before the closing bracket", "remove the comma"),
    (
        "trailing characters",
        "more text after the end of the JSON",
        "expected one object; a case on each line is a batch",
    ),
    ("object keys must be strings", "a key without quotes", 'JSON puts keys in double quotes: `"key"`'),
    ("expected '\"'", "a key without quotes", 'JSON puts keys in double quotes: `"key"`'),
    ("expected ':'", "no colon after the key", "put a colon between the key and its value"),
    ("expected ','", "no comma after the value", "put a comma between one value and the next"),
    ("escape", "a backslash that does not start a JSON escape", "write a backslash as `\\\\`"),
    (
        "invalid number",
        "a number that is not valid in JSON",
        "remove leading zeros; put digits on both sides of the point",
    ),
)


def _not_utf8(data: bytes, place: str) -> XdiagError:
    """Name the first byte that UTF-8 does not know. The decoder's own position is not asked: it may be of a part."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return XdiagError(
            f"`{quotable(place)}` is not UTF-8: the byte 0x{data[error.start]:02x} at {position(data, error.start)}",
            hint="save it as UTF-8",
        )
    return XdiagError(f"`{quotable(place)}` is not UTF-8", hint="save it as UTF-8")


def _cut_off(data: bytes, place: str) -> XdiagError:
    """Say that the text ends too early. The decoder says so of half a surrogate pair, too."""
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        end = len(data.rstrip())
        return XdiagError(
            f"`{quotable(place)}` is not JSON: it ends too early, at {position(data, end)}",
            hint="the file was cut off, or a closing bracket or quote is missing",
        )
    return XdiagError(
        f"`{quotable(place)}` is not JSON: it contains one of `\\ud800` to `\\udfff` alone",
        hint="such an escape is half of a character: it needs its other half",
    )


def _start(data: bytes, at: int, error: str) -> int:
    """Give the byte at which a fault starts; msgspec names the one at which it noticed.

    Of what starts like `true`, `false` or `null` it has then read as many bytes as the word has.
    """
    if "trailing comma" in error:
        return data.rfind(b",", 0, at)
    if "escape" in error:
        return data.rfind(b"\\", 0, at)
    if "trailing characters" in error:
        return at - 1
    word = re.search(rb"(?:^|[:\[,]) *([tn][^\"]{3}|f[^\"]{4})$", data[max(0, at - 20) : at])
    return at - len(word[1]) if word and "invalid character" in error else at


def _fault(data: bytes, at: int, error: str) -> tuple[str, str]:
    """Name what stands at byte `at`, and what to do about it."""
    here = data[at : at + 40].decode("utf-8", "ignore")
    word = re.match(r"\w*", here)
    if word and word[0] in _BY_WORD:
        return _BY_WORD[word[0]]
    if "trailing" not in error and here[:1] in _BY_CHARACTER:
        return _BY_CHARACTER[here[:1]]
    if "\0" < here[:1] < " " and here[0] not in "\n\r\t":
        return f"the control character `{quotable(here[0])}`", f"a JSON string writes it as `\\u{ord(here[0]):04x}`"
    if here[:1] in ("\n", "\r", "\t"):
        return "a line break or tab inside a string", "write it as `\\n` or `\\t`, or close the string before it"
    for part, what, hint in _BY_ERROR:
        if part in error:
            return what, hint
    if not data[:at].strip():
        return f"it starts with `{quotable(here.split(maxsplit=1)[0], 20)}`", "expected JSON, which starts with `{`"
    what = word[0] if word and word[0] else here[:1]
    return f"`{quotable(what)}` is not expected here", "expected a value: a string, a number, a list or an object"
