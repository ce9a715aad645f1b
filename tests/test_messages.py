"""How mistakes and helps are worded: the house's form, whichever module they stand in."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent / "src" / "diagnose"
CAPITALS = frozenset(
    {
        "API",
        "ARN",
        "ASCII",
        "AWS",
        "CDK",
        "CI",
        "CLI",
        "CSV",
        "DIR",
        "ECS",
        "EKS",
        "HCP",
        "HTML",
        "HTTP",
        "IAM",
        "ID",
        "JSON",
        "MB",
        "MFA",
        "OIDC",
        "OU",
        "RCP",
        "README",
        "SAM",
        "SAML",
        "SCP",
        "SDK",
        "SSO",
        "STS",
        "TLS",
        "TOML",
        "URL",
        "UTF",
        "UUID",
        "VPC",
        "XML",
        "YAML",
    }
)
"""All that is written in capitals: names of AWS, of formats and units, and a value that a flag takes."""
NAMES = CAPITALS | {"Parquet"}

_CODE = re.compile(r"`[^`]*`|'[^']*'")
_CAPITALS = re.compile(r"(?<![\w-])[A-Z]{2,}(?!\w)")
_WORD = re.compile(r"[\w-]+")


def _texts(value: ast.expr) -> Iterator[tuple[int, str]]:
    """Give the texts that an expression may come to, with their lines; `0` stands for what is put into one."""
    match value:
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)
        case ast.Constant(value=str(text)) if text:
            yield value.lineno, text
        case ast.JoinedStr(values=parts):
            yield value.lineno, "".join(str(part.value) if isinstance(part, ast.Constant) else "0" for part in parts)


@cache
def _said() -> tuple[dict[str, str], dict[str, str]]:
    """Give mistakes and their hints, and helps, by where they stand."""
    mistakes, helps = dict[str, str](), dict[str, str]()
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            is_mistake = isinstance(node.func, ast.Name) and node.func.id == "XdiagError"
            values = [word.value for word in node.keywords if word.arg == ("hint" if is_mistake else "help")]
            for value in [*(node.args[:1] if is_mistake else ()), *values]:
                said = {f"{path.relative_to(ROOT)}:{line}": text for line, text in _texts(value)}
                (mistakes if is_mistake else helps).update(said)
    return mistakes, helps


def test_every_mistake_and_every_help_is_looked_at() -> None:
    mistakes, helps = _said()
    assert len(mistakes) > 300
    assert len(helps) > 100


def test_a_mistake_begins_in_lower_case_or_with_a_name_and_has_no_full_stop() -> None:
    mistakes, _ = _said()
    begins = {place: text for place, text in mistakes.items() if text[0].isupper()}
    assert {place: text for place, text in begins.items() if _WORD.findall(text)[0] not in NAMES} == {}
    assert {place: text for place, text in mistakes.items() if text[-1] in ".!,;: "} == {}


def test_a_help_is_a_sentence() -> None:
    _, helps = _said()
    assert {place: text for place, text in helps.items() if not text.endswith(".")} == {}


def test_capitals_are_for_names() -> None:
    for said in _said():
        words = {place: set(_CAPITALS.findall(_CODE.sub("", text))) - CAPITALS for place, text in said.items()}
        assert {place: names for place, names in words.items() if names} == {}
