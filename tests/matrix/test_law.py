"""The law of the matrix: every pair comes to what it comes to when it is decided alone."""

from itertools import product
from pathlib import Path

import organization
import pytest
from tests.matrix.dumps import OURS, THEIRS, Json, role, statement, trusting, user, write_dump, write_tree

from diagnose.evaluate.decision import verdict
from diagnose.matrix.accounts import read_dumps
from diagnose.matrix.decide import Matrix
from diagnose.matrix.identities import case_of_pair, identities
from diagnose.matrix.rows import MatrixRow
from diagnose.model.diagnosis import Verdict

ACCOUNT = f"arn:aws:iam::{OURS}"
PRINCIPALS: dict[str, Json] = {
    "everybody": {"AWS": "*"},
    "everybody-bare": "*",
    "account": {"AWS": OURS},
    "account-as-root": {"AWS": f"{ACCOUNT}:root"},
    "other-account": {"AWS": "333333333333"},
    "user": {"AWS": f"{ACCOUNT}:user/Granted"},
    "user-without-grant": {"AWS": f"{ACCOUNT}:user/Bare"},
    "role": {"AWS": f"{ACCOUNT}:role/team/App"},
    "role-of-another-path": {"AWS": f"{ACCOUNT}:role/App"},
    "reserved-role-without-path": {"AWS": f"{ACCOUNT}:role/AWSReservedSSO_Admin_0123456789abcdef"},
    "reserved-role": {"AWS": f"{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef"},
    "session": {"AWS": f"arn:aws:sts::{OURS}:assumed-role/App/deploy"},
    "unique-id-of-user": {"AWS": f"AIDA{OURS}GRANTED"},
    "unique-id-of-role": {"AWS": f"AROA{OURS}APP"},
    "deleted": {"AWS": "AIDAEXAMPLEGONE"},
    "several": {"AWS": [f"{ACCOUNT}:user/Bare", THEIRS]},
    "service": {"Service": "ec2.amazonaws.com"},
    "federated": {"Federated": "cognito-identity.amazonaws.com"},
    "service-and-user": {"Service": "ec2.amazonaws.com", "AWS": f"{ACCOUNT}:user/Granted"},
    "other-partition": {"AWS": f"arn:aws-cn:iam::{OURS}:root"},
    "nobody": {"AWS": []},
    "not-text": {"AWS": 7},
    "wildcard-in-name": {"AWS": f"{ACCOUNT}:user/*"},
}
STATEMENTS: dict[str, Json] = {
    "plain": {},
    "conditional": {"Condition": {"StringEquals": {"sts:ExternalId": "acme-42"}}},
    "any-action": {"Action": "*"},
    "not-action": {"Action": None, "NotAction": "s3:*"},
    "other-action": {"Action": "sts:AssumeRoleWithSAML"},
    "deny": {"Effect": "Deny"},
    "no-effect": {"Effect": None},
}


def trust_policies() -> dict[str, Json]:
    """Every principal in every kind of statement, and what is no plain statement at all."""
    policies: dict[str, Json] = {
        f"{who}.{how}": _without_none(statement(Principal=principal, **elements))
        for (who, principal), (how, elements) in product(PRINCIPALS.items(), STATEMENTS.items())
    }
    listed = [f"{ACCOUNT}:root", f"{ACCOUNT}:user/Granted"]
    policies["not-principal"] = statement(NotPrincipal={"AWS": listed})
    policies["no-principal"] = statement()
    policies["not-a-policy"] = "nonsense"
    policies["empty"] = {"Version": "2012-10-17", "Statement": []}
    both = statement(Principal="*")["Statement"] + statement(Effect="Deny", Principal={"AWS": OURS})["Statement"]
    policies["allow-and-deny"] = {"Version": "2012-10-17", "Statement": both}
    return policies


def write_zoo(folder: Path) -> None:
    """Write two accounts with every kind of trust policy in both, and callers with every kind of grant."""
    reserved = "/aws-reserved/sso.amazonaws.com/"
    for account in (OURS, THEIRS):
        own = [
            role(account, name, policy, path="/trust/") | {"RoleId": f"AROA{account}{number:05}"}
            for number, (name, policy) in enumerate(trust_policies().items())
        ]
        named = [f"arn:aws:iam::{to}:role/trust/{name}" for to in (OURS, THEIRS) for name in ("user.plain", "empty")]
        callers = [
            role(account, "App", trusting(account), statement(Resource="*"), path="/team/"),
            role(account, "Idle", trusting(account)),
            role(account, "AWSReservedSSO_Admin_0123456789abcdef", trusting(account), statement(Resource="*")),
            role(account, "Patterns", trusting(account), statement(Resource=f"arn:aws:iam::{OURS}:role/trust/*")),
            role(account, "Support", trusting(account), statement(Resource="*"), path="/aws-service-role/support/"),
            role(account, "Console", trusting(account), statement(Resource="*"), path=reserved),
        ]
        users = [
            user(account, "Granted", statement(Resource="*")),
            user(account, "Bare"),
            user(account, "Named", statement(Resource=named)),
            user(account, "Others", _without_none(statement(Resource=None, NotResource=named))),
            user(
                account, "Careful", statement(Resource="*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
            ),
            user(account, "Denied", statement(Resource="*"), statement(Effect="Deny", Resource="*")),
            user(account, "Broken", "nonsense"),
            user(account, "Unread") | {"AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/Gone"}]},
            user(account, "Nameless", statement(Resource="*")) | {"UserId": ""},
        ]
        write_dump(folder / f"{account}.json", users=users, roles=[*own, *callers])


def rows_and_verdicts(folder: Path) -> tuple[dict[tuple[str, str], MatrixRow], dict[tuple[str, str], str]]:
    """Give the rows of the matrix, and the verdict of each pair alone. The counts are those of the verdicts."""
    found = identities(read_dumps(folder))
    matrix = Matrix(found.sources, found.destinations)
    rows = list(matrix.rows())
    by_pair = {(row.source_arn, row.dest_role_arn): row for row in rows}
    assert len(by_pair) == len(rows), "a pair has two rows"
    alone = {
        (source.arn, destination.arn): Verdict.of(verdict(case_of_pair(source, destination))).value
        for source, destination in product(found.sources, found.destinations)
    }
    verdicts = list(alone.values())
    counts = matrix.counts
    assert counts.pairs == len(alone)
    assert counts.allowed == verdicts.count("allowed")
    assert counts.undetermined == verdicts.count("undetermined")
    assert counts.half_open + counts.denied == verdicts.count("denied")
    assert counts.half_open == sum(1 for row in rows if row.half_open)
    return by_pair, alone


def differences(rows: dict[tuple[str, str], MatrixRow], alone: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
    return [pair for pair, answer in alone.items() if (rows[pair].verdict if pair in rows else "denied") != answer]


@pytest.mark.parametrize("tree", [True, False], ids=["with the organization", "with SCPs and RCPs unread"])
def test_every_kind_of_trust_and_grant_comes_to_what_it_is_alone(tmp_path: Path, tree: bool) -> None:
    write_zoo(tmp_path)
    if tree:
        write_tree(tmp_path, [OURS, THEIRS])
    rows, alone = rows_and_verdicts(tmp_path)
    # No SCP or RCP reaches a service-linked role: some of its pairs are allowed in any case.
    assert set(alone.values()) == {"allowed", "denied", "undetermined"}
    assert differences(rows, alone) == []


@pytest.mark.parametrize("seed", range(3))
def test_organizations_come_to_what_their_pairs_are_alone(tmp_path: Path, seed: int) -> None:
    answers = organization.write(tmp_path, accounts=4, identities=24, seed=seed)
    rows, alone = rows_and_verdicts(tmp_path)
    assert differences(rows, alone) == []
    for answer in answers:
        row = rows.get(answer[:2])
        assert ((row.verdict, row.half_open) if row else ("denied", "")) == answer[2:], answer


def _without_none(policy: Json) -> Json:
    [only] = policy["Statement"]
    return policy | {"Statement": [{key: value for key, value in only.items() if value is not None}]}
