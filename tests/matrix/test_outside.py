"""Callers without a dump: whom trust policies let in of accounts and organizations that nobody has described."""

from pathlib import Path

import pytest
from tests.matrix.dumps import OURS, THEIRS, Json, role, statement, trusting, write_dump, write_tree

from diagnose.matrix.accounts import read_dumps
from diagnose.matrix.decide import Matrix
from diagnose.matrix.identities import identities
from diagnose.matrix.outside import sources_outside

VENDOR = "444444444444"
ROOT, SCANNER = f"arn:aws:iam::{VENDOR}:root", f"arn:aws:iam::{VENDOR}:role/Scanner"
OUR_ORGANIZATION, OTHER_ORGANIZATION = "o-a1b2c3d4e5", "o-zzzzzzzzzz"


def outside(folder: Path, trust: Json, **tree: Json) -> dict[str, str]:
    """Say which callers from outside are let in by a trust policy, and how openly."""
    write_dump(folder / "theirs.json", roles=[role(THEIRS, "Role", trust)])
    if tree:
        write_tree(folder, **tree)
    dumps = read_dumps(folder)
    found = identities(dumps)
    rows = Matrix(sources_outside(dumps, found.destinations), found.destinations).rows()
    return {row.source_arn: row.verdict for row in rows}


def everybody(**condition: Json) -> Json:
    return trusting("*", Condition=condition)


@pytest.mark.parametrize(
    ("trust", "let_in"),
    [
        pytest.param(trusting(f"arn:aws:iam::{THEIRS}:root"), {}, id="their own account"),
        pytest.param(trusting(f"arn:aws:iam::{THEIRS}:role/Gone"), {}, id="a role that is not in its account's dump"),
        pytest.param(trusting("AROAOLDOLDOLDOLDOLD12"), {}, id="somebody who was deleted"),
        pytest.param(statement(Principal={"Service": "ec2.amazonaws.com"}), {}, id="a service"),
        pytest.param(trusting(ROOT), {ROOT: "allowed"}, id="an account"),
        pytest.param(trusting(VENDOR), {ROOT: "allowed"}, id="an account by its number"),
        pytest.param(trusting(SCANNER), {SCANNER: "allowed"}, id="a role alone"),
        pytest.param(
            trusting(ROOT, Condition={"StringEquals": {"sts:ExternalId": "acme-42"}}), {ROOT: "undetermined"},
            id="an account with an external ID, which nobody knows",
        ),
        pytest.param(
            trusting(ROOT, Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}}), {ROOT: "undetermined"},
            id="an account with a tag that is its own to set",
        ),
        pytest.param(
            trusting(ROOT, Condition={"StringEquals": {"aws:PrincipalType": "User"}}), {ROOT: "undetermined"},
            id="users of an account",
        ),
        pytest.param(trusting("*"), {"*": "allowed", f"arn:aws:iam::{OURS}:root": "allowed"}, id="everybody"),
        pytest.param(
            everybody(StringEquals={"aws:PrincipalOrgID": OUR_ORGANIZATION}), {f"arn:aws:iam::{OURS}:root": "allowed"},
            id="the organization, of which one account has no dump",
        ),
        pytest.param(
            everybody(StringEquals={"aws:PrincipalOrgID": OTHER_ORGANIZATION}), {OTHER_ORGANIZATION: "allowed"},
            id="another organization",
        ),
        pytest.param(
            everybody(**{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": f"{OTHER_ORGANIZATION}/r-1/ou-1/*"}}),
            {OTHER_ORGANIZATION: "undetermined"}, id="an OU of another organization",
        ),
        pytest.param(
            everybody(StringEquals={"aws:PrincipalAccount": VENDOR}), {ROOT: "allowed"}, id="an account in a condition"
        ),
        pytest.param(
            everybody(ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{VENDOR}:role/scan-?-*"}),
            {f"arn:aws:iam::{VENDOR}:role/scan-?-*": "allowed"}, id="roles that are called so",
        ),
        pytest.param(
            everybody(StringEquals={"aws:PrincipalArn": f"arn:aws:iam::{VENDOR}:role/scan-?"}), {},
            id="a name that nobody can have",
        ),
        pytest.param(
            everybody(ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:user/admin"}),
            {"arn:aws:iam::*:user/admin": "allowed", f"arn:aws:iam::{OURS}:user/admin": "allowed"},
            id="users of any account",
        ),
        pytest.param(
            everybody(StringEquals={"aws:PrincipalOrgID": OUR_ORGANIZATION},
                      ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}),
            {f"arn:aws:iam::{OURS}:role/Admin": "allowed"}, id="a role of the organization",
        ),
        pytest.param(
            everybody(IpAddress={"aws:SourceIp": "203.0.113.0/24"}),
            {"*": "undetermined", f"arn:aws:iam::{OURS}:root": "undetermined"}, id="everybody from a network",
        ),
    ],
)  # fmt: skip
def test_whoever_a_trust_policy_lets_in_is_a_source(tmp_path: Path, trust: Json, let_in: dict[str, str]) -> None:
    assert outside(tmp_path, trust, accounts=[OURS, THEIRS]) == let_in


def test_an_account_that_the_tree_lacks_may_be_in_the_organization(tmp_path: Path) -> None:
    trust = trusting(ROOT, Condition={"StringEquals": {"aws:PrincipalOrgID": OUR_ORGANIZATION}})
    assert outside(tmp_path, trust, accounts=[OURS, THEIRS]) == {ROOT: "undetermined"}


def test_scps_of_the_organization_count_for_its_accounts_alone(tmp_path: Path) -> None:
    deny = statement(Effect="Deny", Resource="*")
    found = outside(tmp_path, trusting([ROOT, OURS]), accounts=[OURS, THEIRS], scps={OURS: deny})
    assert found == {ROOT: "allowed"}


def test_whom_an_rcp_lets_pass_is_asked_about(tmp_path: Path) -> None:
    perimeter = statement(
        Effect="Deny", Principal="*", Resource="*", Condition={"StringNotEquals": {"aws:PrincipalAccount": VENDOR}}
    )
    tree: Json = {
        "targets": [
            {"id": "r-ab12", "scps": ["p"], "rcps": ["p"]},
            {"id": THEIRS, "parent": "r-ab12", "scps": [], "rcps": []},
        ],
        "policies": {"p": {"name": "perimeter", "document": perimeter}},
    }
    assert outside(tmp_path, trusting("*"), accounts=[], **tree) == {ROOT: "allowed"}


def test_without_a_tree_the_layers_of_the_organization_are_not_known(tmp_path: Path) -> None:
    assert outside(tmp_path, trusting(ROOT)) == {ROOT: "undetermined"}
