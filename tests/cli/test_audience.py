"""Whom a trust policy admits, out of whatever holds one."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cases import written
from tests.cli.program import BAD_INPUT, Program

CASE: Any = written("wrong-principal")
TRUST: Any = CASE["snapshot"]["destination"]["trust_policy"]["value"]["document"]


@pytest.mark.parametrize(
    "held",
    [
        pytest.param(TRUST, id="a trust policy"),
        pytest.param({"Role": {"RoleName": "Deploy", "AssumeRolePolicyDocument": TRUST}}, id="what AWS answered"),
        pytest.param(CASE, id="a case"),
    ],
)
def test_a_policy_is_read_from_a_file_and_from_standard_input(xdiag: Program, tmp_path: Path, held: Any) -> None:
    path = tmp_path / "held.json"
    path.write_text(json.dumps(held))
    from_file, piped = xdiag("audience", path), xdiag("audience", "-", stdin=path.read_bytes())
    assert TRUST["Statement"][0]["Principal"]["AWS"] in from_file.out
    assert (
        (piped.code, piped.out, piped.err) == (from_file.code, from_file.out, from_file.err) == (0, from_file.out, "")
    )


@pytest.mark.parametrize("word", ["snapshot", "xdiag.case/1"])
def test_a_policy_with_a_word_of_cases_is_none(xdiag: Program, word: str) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{**TRUST["Statement"][0], "Sid": word}]}
    run = xdiag("audience", "-", stdin=json.dumps(policy).encode())
    assert (run.code, run.err) == (0, "")


def test_a_case_without_the_policy_is_a_mistake(xdiag: Program) -> None:
    case = written("wrong-principal", trust_policy={"evidence": "unread"})
    run = xdiag("audience", "-", stdin=json.dumps(case).encode())
    assert run.code == BAD_INPUT
    assert run.err.startswith("xdiag: the trust policy was not read when `standard input` was made")
