"""Policies that are proposed, and layers that are said not to be: each changes the answer as it should."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.cases import change, written
from tests.cli.cases import write
from tests.cli.program import ALLOWED, DENIED, UNDETERMINED, Program

USER = "arn:aws:iam::111111111111:user/builder"
TRUSTED = {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "sts:AssumeRole"}
MAY = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
MAY_NOT = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}
MAY_READ = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}

_NOT_READ = {"evidence": "unread", "gap": "not_supplied"}
_FULL = {
    "name": "FullAWSAccess",
    "kind": "scp",
    "document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
}
_LEVELS = {"evidence": "known", "value": [{"target": "r-ab12", "policies": {"policies": [_FULL]}}]}

ALLOWED_CASE = written("allowed")
IN_ORGANIZATION = written("allowed", scps=_LEVELS)
# An account outside any organization has no SCPs, whether they were read or not.
MAYBE_IN_ORGANIZATION = change(organization=_NOT_READ, theirs=_NOT_READ)
SCPS_UNREAD = written("allowed", MAYBE_IN_ORGANIZATION, scps=_NOT_READ)
_MEMBER = {"evidence": "known", "value": {"id": "o-a1b2c3d4e5", "management_account": "999999999999"}}
MEMBER_UNREAD = written("allowed", change(organization=None), change(organization=_MEMBER), scps=_NOT_READ)


@pytest.mark.parametrize(
    ("case", "option", "statement", "before", "after"),
    [
        pytest.param(written("wrong-principal"), "trust-policy", TRUSTED, DENIED, ALLOWED, id="the right trust policy"),
        pytest.param(
            written("one-side-unread"),
            "trust-policy",
            {**TRUSTED, "Principal": {"AWS": "111111111112"}},
            UNDETERMINED,
            DENIED,
            id="a wrong trust policy for one that was not read",
        ),
        pytest.param(written("missing-assume-role"), "identity-policy", MAY, DENIED, ALLOWED, id="one more Allow"),
        pytest.param(ALLOWED_CASE, "identity-policy", MAY_NOT, ALLOWED, DENIED, id="one more Deny"),
        pytest.param(ALLOWED_CASE, "identity-policy", MAY_READ, ALLOWED, ALLOWED, id="one more Allow of other things"),
        pytest.param(ALLOWED_CASE, "boundary", MAY_READ, ALLOWED, DENIED, id="a boundary without it"),
        pytest.param(ALLOWED_CASE, "boundary", MAY, ALLOWED, ALLOWED, id="a boundary with it"),
        pytest.param(ALLOWED_CASE, "scp", MAY_NOT, ALLOWED, DENIED, id="the first SCP, and it denies"),
        pytest.param(
            ALLOWED_CASE,
            "scp",
            {**MAY_NOT, "Action": "s3:*"},
            ALLOWED,
            ALLOWED,
            id="the first SCP, and it denies other things",
        ),
        pytest.param(IN_ORGANIZATION, "scp", MAY_NOT, ALLOWED, DENIED, id="one more SCP, and it denies"),
        pytest.param(
            IN_ORGANIZATION,
            "scp",
            {**MAY_NOT, "Action": "s3:*"},
            ALLOWED,
            ALLOWED,
            id="one more SCP, and it denies other things",
        ),
        pytest.param(
            SCPS_UNREAD, "scp", MAY, UNDETERMINED, UNDETERMINED, id="an SCP that allows, beside some that nobody read"
        ),
        pytest.param(
            MEMBER_UNREAD, "scp", MAY_NOT, UNDETERMINED, DENIED, id="an SCP that denies, beside some that nobody read"
        ),
        pytest.param(
            SCPS_UNREAD, "scp", MAY_NOT, UNDETERMINED, UNDETERMINED, id="an SCP that a management account may not heed"
        ),
    ],
)
def test_a_proposed_policy_is_decided_with(
    xdiag: Program,
    tmp_path: Path,
    case: dict[str, Any],
    option: str,
    statement: Mapping[str, object],
    before: int,
    after: int,
) -> None:
    path = write(tmp_path, case)
    policy = write(tmp_path, {"Version": "2012-10-17", "Statement": [statement]}, "proposed.json")
    assert xdiag("check", "--case", path).code == before
    run = xdiag("check", "--case", path, f"--with-{option}", policy)
    assert (run.code, run.err) == (after, "")


def test_a_kept_attempt_says_nothing_of_a_proposal(xdiag: Program, tmp_path: Path) -> None:
    refused = {"outcome": "access_denied", "caller": USER, "code": "AccessDenied", "message": "no"}
    path = write(tmp_path, written("wrong-principal", probe=refused))
    policy = write(tmp_path, {"Version": "2012-10-17", "Statement": [TRUSTED]}, "proposed.json")
    report = xdiag("check", "--case", path, "--with-trust-policy", policy, "--output", "json").report
    assert (report["verdict"], report["agreement"]) == ("allowed", "not_made")


def test_a_kept_attempt_counts_although_no_other_is_made(xdiag: Program, tmp_path: Path) -> None:
    refused = {"outcome": "access_denied", "caller": USER, "code": "AccessDenied", "message": "no"}
    path = write(tmp_path, written("allowed", probe=refused))
    run = xdiag("check", "--case", path, "--no-probe", "--output", "json")
    assert (run.code, run.report["verdict"], run.report["agreement"]) == (DENIED, "denied", "contradicts")


def test_a_parameter_is_decided_with(xdiag: Program, tmp_path: Path) -> None:
    path = write(tmp_path, written("external-id"))
    trust = written("external-id")["snapshot"]["destination"]["trust_policy"]["value"]["document"]
    wanted = trust["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"]
    assert xdiag("check", "--case", path).code == DENIED
    assert xdiag("check", "--case", path, "--external-id", wanted).code == ALLOWED
    assert xdiag("check", "--case", path, "--unknown", "sts:ExternalId").code == UNDETERMINED


@pytest.mark.parametrize(("layer", "part"), [("scp", "scps"), ("rcp", "rcps"), ("endpoint", "endpoint")])
def test_a_layer_that_is_said_not_to_be_is_not_asked_for(xdiag: Program, tmp_path: Path, layer: str, part: str) -> None:
    path = write(tmp_path, written("allowed", MAYBE_IN_ORGANIZATION, **{part: _NOT_READ}))
    assert xdiag("check", "--case", path).code == UNDETERMINED
    assert xdiag("check", "--case", path, "--without", layer).code == ALLOWED


def test_every_layer_can_be_said_not_to_be(xdiag: Program, tmp_path: Path) -> None:
    unread = written(
        "allowed",
        MAYBE_IN_ORGANIZATION,
        scps=_NOT_READ,
        rcps=_NOT_READ,
        endpoint=_NOT_READ,
        session={"policies": {"unread": [_NOT_READ]}},
    )
    path = write(tmp_path, unread)
    every = [part for layer in ("scp", "rcp", "endpoint", "session") for part in ("--without", layer)]
    assert xdiag("check", "--case", path, *every).code == ALLOWED
    assert xdiag("check", "--case", path, *every[:2]).code == UNDETERMINED
