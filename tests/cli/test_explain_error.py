"""`xdiag explain-error` is `xdiag check --message`, with all that goes beside a message."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.program import BAD_INPUT, DENIED, Program

from diagnose.cli.app import command_named

USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
DENIAL = (
    "An error occurred (AccessDenied) when calling the AssumeRole operation: "
    f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
)
OF_A_TOKEN = (
    "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform "
    "sts:AssumeRoleWithWebIdentity"
)


def _policy(**statement: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **statement}]}


def _options(command: str) -> set[str]:
    return {option for parameter in command_named(command).params for option in parameter.opts if option[:2] == "--"}


def test_it_has_every_option_of_a_check_but_other_questions() -> None:
    questions = {"--message", "--event", "--event-id", "--profile"}
    proposals = {"--with-trust-policy", "--with-identity-policy", "--with-boundary", "--with-scp", "--expect"}
    assert _options("check") - _options("explain-error") == questions | proposals
    assert _options("explain-error") - _options("check") == set()


def test_policies_beside_an_error_count_as_in_a_check(xdiag: Program, tmp_path: Path) -> None:
    trust, identity = tmp_path / "trust.json", tmp_path / "identity.json"
    trust.write_text(json.dumps(_policy(Principal={"AWS": f"{USER}x"}), indent=2))
    identity.write_text(json.dumps(_policy(Resource=ROLE)))
    more = ("--trust-policy", str(trust), "--identity-policy", str(identity), "--without", "scp", "--without", "rcp")
    explained = xdiag("explain-error", DENIAL, *more, "--output", "text")
    assert explained.code == DENIED
    assert "trust.json" in explained.out
    assert explained.out == xdiag("check", "--message", DENIAL, *more, "--output", "text").out


@pytest.mark.parametrize("option", ["--token-file", "--claims", "--github", "--claim", "--trust-policy"])
def test_what_is_asked_for_can_be_given(xdiag: Program, option: str) -> None:
    run = xdiag("explain-error", OF_A_TOKEN, ROLE)
    assert run.code == BAD_INPUT
    assert f"`{option} " in run.err
    assert option in _options("explain-error")
