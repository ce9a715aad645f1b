"""What others write into policies, tags and messages is shown, and does nothing, in every format."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from tests.cases import document, written
from tests.cli.cases import write
from tests.cli.program import DENIED, Program

HOSTILE = (
    "\x1b[31mred\x1b[0m\x1b[2J",
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "\x9b31mred\x9d0;title\x9c",
    "[bold red]x[/bold red][/]",
    "[x](https://evil.example) ![i](https://evil.example/i.png)",
    "```\n# out\n```",
    "</code><script>alert(1)</script><!-- x --><img src=x onerror=alert(1)>",
    "a\u202eb\u2066c\u2069\u200b\ufeff",
    "hidden\rshown\x08\x08\x08\x00\x7f",
    "a\u2028b\u2029c\u0085d",
    "@octocat #123 www.evil.example",
)
_SGR = re.compile(r"\x1b\[[0-9;]*m")
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@pytest.fixture(scope="module", params=HOSTILE, ids=[ascii(text)[1:25] for text in HOSTILE])
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("hostile"), _case(request.param))


def test_text_shows_it_and_obeys_nothing(xdiag: Program, case: Path) -> None:
    run = xdiag("check", "--case", case, "--color", "always")
    assert run.code == DENIED
    assert _UNSEEN.findall(_SGR.sub("", run.out)) == []
    # The colours are ours alone: without them it is the same text.
    assert xdiag("check", "--case", case).out == _SGR.sub("", run.out)
    assert "alert(1)" not in run.err + "".join(run.out.splitlines()[:1])


def test_markdown_shows_it_as_code(xdiag: Program, case: Path) -> None:
    run = xdiag("check", "--case", case, "--output", "markdown")
    assert run.code == DENIED
    assert _UNSEEN.findall(run.out) == []
    tokens = MarkdownIt("commonmark").enable("table").parse(run.out)
    every = [*tokens, *(child for token in tokens for child in token.children or ())]
    assert not [token.content for token in every if token.type == "html_inline"]
    assert not [token.content for token in every if token.type == "html_block" and "alert(1)" in token.content]
    assert not [token for token in every if "evil.example" in str(token.attrs)]
    assert not [token for token in every if token.type == "text" and "@octocat" in token.content]


def test_json_keeps_it_and_is_plain_ascii(xdiag: Program, case: Path) -> None:
    run = xdiag("check", "--case", case, "--output", "json")
    assert run.code == DENIED
    assert run.out.isascii()
    assert _UNSEEN.findall(run.out) == []
    hostile = json.loads(case.read_text())["message"]
    assert run.report["attempt"]["reported"] == hostile


def test_facts_show_it_and_obey_nothing(xdiag: Program, case: Path) -> None:
    run = xdiag("facts", case)
    assert (run.code, run.err) == (0, "")
    assert _UNSEEN.findall(run.out) == []


def _case(hostile: str) -> dict[str, Any]:
    """Put a text wherever somebody else may write."""
    base = written("wrong-principal")
    trust = base["snapshot"]["destination"]["trust_policy"]["value"]
    (statement,) = trust["document"]["Statement"]
    tags = {"evidence": "known", "value": {hostile: hostile}}
    of_strangers = {
        **statement,
        "Sid": hostile,
        "Principal": {"AWS": [hostile, statement["Principal"]["AWS"]]},
        "Condition": {"StringEquals": {"sts:ExternalId": hostile, "aws:PrincipalTag/team": hostile}},
    }
    policy = {**base["snapshot"]["source"]["identity_policies"]["policies"][0], "name": hostile, "attached_to": hostile}
    whole: dict[str, Any] = written(
        "wrong-principal",
        request={"parameters": {"session_name": hostile, "external_id": hostile, "tags": {hostile: hostile}}},
        principal={"value": {"tags": tags}},
        role={"value": {"tags": tags}},
        identity_policies={"policies": [policy]},
        trust_policy={"value": {"name": hostile, "document": document(of_strangers)}},
        message=hostile,
        note=hostile,
        probe={"outcome": "access_denied", "caller": hostile, "code": hostile, "message": hostile},
    )
    return whole
