import msgspec
import pytest

from diagnose.collect.json_errors import not_json, position, quotable


def fault(data: bytes) -> tuple[str, str]:
    try:
        data.decode()
        msgspec.json.decode(data)
    except (ValueError, RecursionError) as error:
        found = not_json(data, error, "x.json")
        return found.message, found.hint
    pytest.fail("the decoder took it")


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        pytest.param(b"", "`x.json` is empty", "expected JSON", id="an empty file"),
        pytest.param(b" \r\n\t", "`x.json` is empty", "expected JSON", id="a blank file"),
        pytest.param(
            b'{\n "a": [1,\n  2',
            "`x.json` is not JSON: it ends too early, at line 3, column 4",
            "the file was cut off, or a closing bracket or quote is missing",
            id="a file that was cut off",
        ),
        pytest.param(
            b'{"a": "b',
            "`x.json` is not JSON: it ends too early, at column 9",
            "the file was cut off, or a closing bracket or quote is missing",
            id="a string that is not closed",
        ),
        pytest.param(
            b'{\n "a": 1,\n}',
            "`x.json` is not JSON at line 2, column 8: a comma before the closing bracket",
            "remove the comma",
            id="a comma before the closing brace is named where the comma is",
        ),
        pytest.param(
            b"[1,]",
            "`x.json` is not JSON at column 3: a comma before the closing bracket",
            "remove the comma",
            id="a comma before the closing bracket",
        ),
        pytest.param(
            b"[1,,2]", "`x.json` is not JSON at column 4: an extra comma", "remove the comma", id="two commas"
        ),
        pytest.param(
            b'{"a": 1 // first\n}',
            "`x.json` is not JSON at line 1, column 9: a comment",
            "JSON has no comments: remove it",
            id="a comment after a value",
        ),
        pytest.param(
            b'# hello\n{"a": 1}',
            "`x.json` is not JSON at line 1, column 1: a comment",
            "JSON has no comments: remove it",
            id="a comment before everything",
        ),
        pytest.param(
            b"{'a': 1}",
            "`x.json` is not JSON at column 2: a single quote",
            'JSON uses straight double quotes: `"`',
            id="a Python dict",
        ),
        pytest.param(
            "{\u201ca\u201d: 1}".encode(),
            "`x.json` is not JSON at column 2: quotes that are not JSON's",
            'JSON uses straight double quotes: `"`',
            id="quotes that a word processor has made",
        ),
        pytest.param(
            b"{a: 1}",
            "`x.json` is not JSON at column 2: a key without quotes",
            'JSON puts keys in double quotes: `"key"`',
            id="a key without quotes",
        ),
        pytest.param(
            b'{"a": 1, b: 2}',
            "`x.json` is not JSON at column 10: a key without quotes",
            'JSON puts keys in double quotes: `"key"`',
            id="a later key without quotes",
        ),
        pytest.param(
            b'{"a" 1}',
            "`x.json` is not JSON at column 6: no colon after the key",
            "put a colon between the key and its value",
            id="no colon",
        ),
        pytest.param(
            b'{"a": 1 "b": 2}',
            "`x.json` is not JSON at column 9: no comma after the value",
            "put a comma between one value and the next",
            id="no comma",
        ),
        pytest.param(
            b'{"a": NaN}',
            "`x.json` is not JSON at column 7: `NaN`, which is not a JSON value",
            "write a number, or leave the field out",
            id="a NaN",
        ),
        pytest.param(
            b'{"a": -Infinity}',
            "`x.json` is not JSON at column 8: `Infinity`, which is not a JSON value",
            "write a number, or leave the field out",
            id="an infinity",
        ),
        pytest.param(
            b'{"a": None}',
            "`x.json` is not JSON at column 7: Python's `None`",
            "JSON writes `null`",
            id="a None",
        ),
        pytest.param(
            b'{"a": True}', "`x.json` is not JSON at column 7: Python's `True`", "JSON writes `true`", id="a True"
        ),
        pytest.param(
            b'{"a": 0123}',
            "`x.json` is not JSON at column 8: a number that is not valid in JSON",
            "remove leading zeros; put digits on both sides of the point",
            id="a number with a zero in front",
        ),
        pytest.param(
            b'{"a": "C:\\x"}',
            "`x.json` is not JSON at column 10: a backslash that does not start a JSON escape",
            "write a backslash as `\\\\`",
            id="a lone backslash",
        ),
        pytest.param(
            b'{"a": "\\ud800"}',
            "`x.json` is not JSON: it contains one of `\\ud800` to `\\udfff` alone",
            "such an escape is half of a character: it needs its other half",
            id="half a surrogate pair",
        ),
        pytest.param(
            b'{"a": "one\ntwo"}',
            "`x.json` is not JSON at line 1, column 11: a line break or tab inside a string",
            "write it as `\\n` or `\\t`, or close the string before it",
            id="a line break inside a string",
        ),
        pytest.param(
            b'{"a": "b\0"}',
            "`x.json` is not JSON at column 9: a NUL byte",
            "the file is damaged or not text: save it again",
            id="a NUL byte",
        ),
        pytest.param(
            b'{"a": 1}\n{"a": 2}',
            "`x.json` is not JSON at line 2, column 1: more text after the end of the JSON",
            "expected one object; a case on each line is a batch",
            id="a second object",
        ),
        pytest.param(
            b"request: {}",
            "`x.json` is not JSON at column 1: it starts with `request:`",
            "expected JSON, which starts with `{`",
            id="YAML",
        ),
        pytest.param(
            b'{"a": "\x1b[31m"}',
            "`x.json` is not JSON at column 8: the control character `\\x1b`",
            "a JSON string writes it as `\\u001b`",
            id="a control character is not printed as it is",
        ),
        pytest.param(
            b'{"a": yes}',
            "`x.json` is not JSON at column 7: `yes` is not expected here",
            "expected a value: a string, a number, a list or an object",
            id="a word that means nothing in JSON",
        ),
        pytest.param(
            b'{"a": trye}',
            "`x.json` is not JSON at column 7: `trye` is not expected here",
            "expected a value: a string, a number, a list or an object",
            id="a misspelt word is named whole",
        ),
        pytest.param(
            b'{"a": fals\n}',
            "`x.json` is not JSON at line 1, column 7: `fals` is not expected here",
            "expected a value: a string, a number, a list or an object",
            id="a misspelt word at the end of its line",
        ),
        pytest.param(
            b"-",
            "`x.json` is not JSON: it ends too early, at column 2",
            "the file was cut off, or a closing bracket or quote is missing",
            id="a number that was cut off",
        ),
        pytest.param(
            b"text",
            "`x.json` is not JSON at column 1: it starts with `text`",
            "expected JSON, which starts with `{`",
            id="a word that starts as one of JSON's does",
        ),
        pytest.param(
            "caf\u00e9".encode("latin-1"),
            "`x.json` is not UTF-8: the byte 0xe9 at column 4",
            "save it as UTF-8",
            id="Latin-1",
        ),
        pytest.param(
            "\ufeff{}".encode("utf-16-le"),
            "`x.json` is UTF-16 text, not UTF-8",
            "save it as UTF-8; in PowerShell, `Set-Content -Encoding utf8`",
            id="UTF-16 as PowerShell writes it",
        ),
        pytest.param(
            "{}".encode("utf-16-le"),
            "`x.json` is UTF-16 text, not UTF-8",
            "save it as UTF-8",
            id="UTF-16 without a mark",
        ),
        pytest.param(
            "{}".encode("utf-16-be"),
            "`x.json` is UTF-16 text, not UTF-8",
            "save it as UTF-8",
            id="UTF-16, big end first, without a mark",
        ),
        pytest.param(
            "\ufeff{}".encode("utf-32-le"), "`x.json` is UTF-32 text, not UTF-8", "save it as UTF-8", id="UTF-32"
        ),
        pytest.param(b"\x1f\x8b\x08\x00", "`x.json` is compressed with gzip", "unpack it first", id="a gzip file"),
        pytest.param(
            b"[" * 100_000,
            "`x.json` is nested too deeply to be read",
            "a few dozen levels are enough for AWS",
            id="lists in lists in lists",
        ),
    ],
)
def test_what_is_not_json_is_named_with_its_place_and_its_mend(data: bytes, message: str, hint: str) -> None:
    assert fault(data) == (message, hint)


def test_a_column_counts_characters_and_not_bytes() -> None:
    text = '\n{"gr\u00fc\u00dfe": \U0001f600 x'
    assert position(text.encode(), len(text.encode()) - 1) == "line 2, column 13"
    assert text.splitlines()[1][12] == "x"


def test_text_from_a_file_is_cut_and_its_control_characters_are_escaped() -> None:
    assert quotable("a\x1b]0;x\x07\nb") == "a\\x1b]0;x\\x07\\nb"
    assert quotable("\u202eabc") == "\\u202eabc"
    assert quotable("x" * 300) == "x" * 200 + "…"
