"""`xdiag check --details`: a role that is closed to the source may be open over another role of the same files."""

from pathlib import Path

import pytest
from tests.cli.program import ALLOWED, DENIED, Program
from tests.matrix.dumps import OURS, THEIRS, Json, role, statement, trusting, user, write_dump

CI, JUMP = f"arn:aws:iam::{OURS}:user/ci", f"arn:aws:iam::{OURS}:role/Jump"
DEPLOY = f"arn:aws:iam::{THEIRS}:role/Deploy"
STATED = ("--without", "scp", "--without", "rcp", "--without", "endpoint")
ANY = statement(Resource="*")
EXTERNAL_ID = {"StringEquals": {"sts:ExternalId": "acme-42"}}
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def note(
    xdiag: Program, folder: Path, *flags: str, trust: Json, jump: Json = None, code: int = DENIED, source: str = CI
) -> str:
    """Give the note of the report, which is "" where there is none."""
    ours, theirs = folder / "ours.json", folder / "theirs.json"
    write_dump(ours, users=[user(OURS, "ci", ANY)], roles=[role(OURS, "Jump", jump or trusting(CI), ANY)])
    write_dump(theirs, roles=[role(THEIRS, "Deploy", trust)])
    run = xdiag("check", source, DEPLOY, "--details", ours, "--details", theirs, "--output", "text", *flags)
    assert run.code == code
    text = " ".join(run.out.split())
    return text[text.index("A way over") :].partition(" hour.")[0] if "A way over" in text else ""


def test_an_open_way_is_told_beside_the_denial(xdiag: Program, tmp_path: Path) -> None:
    assert note(xdiag, tmp_path, *STATED, trust=trusting(JUMP)) == (
        f"A way over another role is open: assume {JUMP}, and with its session this role, without MFA and for at most 1"
    )


def test_without_a_word_on_the_organization_a_way_may_be_open(xdiag: Program, tmp_path: Path) -> None:
    assert note(xdiag, tmp_path, trust=trusting(JUMP)).startswith("A way over another role may be open:")


@pytest.mark.parametrize(
    ("trust", "jump"),
    [
        pytest.param(trusting(f"arn:aws:iam::{THEIRS}:role/Other"), None, id="nobody known is let in"),
        pytest.param(trusting(JUMP), trusting(f"arn:aws:iam::{OURS}:user/other"), id="the role between is closed"),
        pytest.param(trusting(JUMP, Condition=WITH_MFA), None, id="MFA is asked for, which the role between has not"),
        pytest.param(trusting(JUMP, Condition=EXTERNAL_ID), None, id="an external ID that the request does not carry"),
    ],
)
def test_no_word_of_a_way_that_is_closed(xdiag: Program, tmp_path: Path, trust: Json, jump: Json) -> None:
    assert note(xdiag, tmp_path, *STATED, trust=trust, jump=jump) == ""


def test_the_last_call_carries_what_the_request_does(xdiag: Program, tmp_path: Path) -> None:
    told = note(xdiag, tmp_path, *STATED, "--external-id", "acme-42", trust=trusting(JUMP, Condition=EXTERNAL_ID))
    assert "is open" in told


def test_mfa_goes_with_the_first_call(xdiag: Program, tmp_path: Path) -> None:
    mfa = ("--mfa-serial", f"arn:aws:iam::{OURS}:mfa/ci", "--mfa-code", "123456")
    told = note(xdiag, tmp_path, *STATED, *mfa, trust=trusting(JUMP), jump=trusting(CI, Condition=WITH_MFA))
    assert "is open" in told


def test_nothing_is_said_where_the_role_is_open(xdiag: Program, tmp_path: Path) -> None:
    assert note(xdiag, tmp_path, *STATED, trust=trusting([CI, JUMP]), code=ALLOWED) == ""


def test_what_is_stated_of_this_caller_is_said_of_no_other(xdiag: Program, tmp_path: Path) -> None:
    assert note(xdiag, tmp_path, *STATED, "--context", "aws:PrincipalTag/team=red", trust=trusting(JUMP)) == ""


def test_the_details_may_come_through_a_pipe(xdiag: Program, tmp_path: Path) -> None:
    write_dump(tmp_path / "ours.json", users=[user(OURS, "ci", ANY)], roles=[role(OURS, "Jump", trusting(CI), ANY)])
    write_dump(tmp_path / "theirs.json", roles=[role(THEIRS, "Deploy", trusting(JUMP))])
    both = (tmp_path / "ours.json").read_text() + (tmp_path / "theirs.json").read_text()
    run = xdiag("check", CI, DEPLOY, "--details", "-", *STATED, stdin=both.encode())
    assert run.code == DENIED
    assert "A way over another role is open" in " ".join(run.out.split())
