"""Denied pairs in which one side names the other."""

from pathlib import Path

import pytest
from tests.matrix.dumps import OURS, THEIRS, Json, role, statement, trusting, user, write_dump, write_tree

from diagnose.loading import load_rules
from diagnose.matrix.accounts import read_dumps
from diagnose.matrix.decide import Matrix
from diagnose.matrix.identities import identities
from diagnose.matrix.rows import ExplainedPair, MatrixRow

CI, DEPLOY = f"arn:aws:iam::{OURS}:user/ci", f"arn:aws:iam::{THEIRS}:role/Deploy"
ALL_BUT_DEPLOY = {"Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": DEPLOY}
NO_MOVES = statement(Effect="Deny", Resource="*")


def rows(folder: Path, trust: Json, *grants: Json, scps: Json = None) -> list[MatrixRow]:
    write_dump(folder / "ours.json", users=[user(OURS, "ci", *grants)])
    write_dump(folder / "theirs.json", roles=[role(THEIRS, "Deploy", trust)])
    write_tree(folder, [OURS, THEIRS], scps)
    found = identities(read_dumps(folder))
    return [row for row in Matrix(found.sources, found.destinations).rows() if row.source_arn == CI]


@pytest.mark.parametrize(
    ("trust", "grant", "half_open", "layer"),
    [
        pytest.param(trusting(CI), None, "trusted", "identity", id="trusted by name, nothing granted"),
        pytest.param(
            trusting(CI),
            statement(Resource=f"arn:aws:iam::{THEIRS}:role/deploy"),
            "trusted",
            "identity",
            id="trusted by name, another role granted",
        ),
        pytest.param(
            trusting(THEIRS), statement(Resource=DEPLOY), "granted", "trust", id="granted by name, not trusted"
        ),
    ],
)
def test_a_half_that_is_set_up_is_named(tmp_path: Path, trust: Json, grant: Json, half_open: str, layer: str) -> None:
    found = rows(tmp_path, trust, *([grant] if grant else []))
    assert [(row.verdict, row.half_open, row.layer) for row in found] == [("denied", half_open, layer)]


def test_an_scp_between_two_sides_that_agree_is_told_as_both(tmp_path: Path) -> None:
    found = rows(tmp_path, trusting(CI), statement(Resource=DEPLOY), scps={OURS: NO_MOVES})
    assert [(row.half_open, row.layer) for row in found] == [("both", "scp")]


@pytest.mark.parametrize(
    ("trust", "grant"),
    [
        pytest.param(trusting(OURS), statement(Action="s3:*", Resource="*"), id="the whole account is trusted"),
        pytest.param(trusting(THEIRS), statement(Resource="*"), id="every role is granted"),
        pytest.param(trusting(THEIRS), statement(Resource=f"{DEPLOY}*"), id="granted with a wildcard"),
        pytest.param(
            trusting(THEIRS),
            {"Statement": [*statement(Resource="*")["Statement"], ALL_BUT_DEPLOY]},
            id="granted, and named where it is excepted",
        ),
    ],
)
def test_a_pair_that_nobody_names_has_no_row(tmp_path: Path, trust: Json, grant: Json) -> None:
    assert rows(tmp_path, trust, grant) == []


def test_neither_half_set_up_has_no_row_though_it_is_named(tmp_path: Path) -> None:
    # The trust policy names the user and denies it again.
    trust = {"Statement": [*trusting(CI)["Statement"], *trusting(CI, Effect="Deny")["Statement"]]}
    assert rows(tmp_path, trust) == []


def test_rules_name_the_first_cause(tmp_path: Path) -> None:
    rows(tmp_path, trusting(CI))
    found = identities(read_dumps(tmp_path))
    [row] = Matrix(found.sources, found.destinations, rules=load_rules()).rows()
    assert isinstance(row, ExplainedPair)
    assert (row.half_open, row.layer, row.certainty) == ("trusted", "identity", "certain")
    assert row.primary_cause.startswith("identity-")
    assert row.primary_cause_title


def test_an_open_pair_names_what_it_depends_on(tmp_path: Path) -> None:
    for_vpn = {"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}
    write_dump(tmp_path / "ours.json", users=[user(OURS, "ci", statement(Resource=DEPLOY))])
    write_dump(tmp_path / "theirs.json", roles=[role(THEIRS, "Deploy", trusting(CI, **for_vpn))])
    write_tree(tmp_path, [OURS, THEIRS])
    found = identities(read_dumps(tmp_path))
    [row] = [
        one for one in Matrix(found.sources, found.destinations, rules=load_rules()).rows() if one.source_arn == CI
    ]
    assert isinstance(row, ExplainedPair)
    assert (row.verdict, row.depends_on) == ("undetermined", "aws:SourceIp")
