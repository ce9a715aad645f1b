"""A policy that AWS names is read by its ARN, where the listing that leads to it was refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.aws.accounts import HERE, THERE, Accounts, in_process, role
from tests.aws.answers import refuse

from diagnose.aws.session import Credentials, open_credentials
from diagnose.collect.live import read_snapshot
from diagnose.collect.named_policy import with_named_policies
from diagnose.model.aws_error import AwsError, ErrorKind
from diagnose.model.case import Request, Snapshot, SourceSide
from diagnose.model.error_text.parser import parse_errors
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import document_text

USER, ROLE = f"arn:aws:iam::{HERE}:user/builder", f"arn:aws:iam::{THERE}:role/Deploy"
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]}
POLICY = f"arn:aws:iam::{HERE}:policy/Fence"


def _error(layer: str, policy: str = POLICY, caller: str = USER) -> AwsError:
    [error] = parse_errors(
        f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {ROLE} "
        f"with an explicit deny in {layer}: {policy}"
    )
    return error


_NO_ERROR = AwsError("no error of AWS", ErrorKind.OTHER)
IDENTITY, BOUNDARY = "an identity-based policy", "a permissions boundary"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Credentials]:
    """A reader who may read policies, and neither the user nor what is attached to it."""
    with in_process(tmp_path, monkeypatch) as accounts:
        iam: Any = Accounts.iam(accounts, HERE)
        iam.create_user(UserName="builder")
        iam.create_policy(PolicyName="Fence", PolicyDocument=json.dumps(DENY))
        role(accounts.iam(THERE), "Deploy")
        accounts.profile_of_session("there", f"arn:aws:iam::{THERE}:role/Reader")
        credentials = open_credentials(
            accounts.profile_of_session("here", f"arn:aws:iam::{HERE}:role/Reader"), None, None
        )
        for operation in ("GetUser", "ListAttachedUserPolicies"):
            refuse(credentials.client("iam"), operation)
        yield credentials


@pytest.fixture
def read(here: Credentials) -> Snapshot:
    return read_snapshot(Request(ROLE), USER, here, here, progress=lambda _: None, now="2026-03-02T09:30:00Z")


def test_a_policy_of_the_caller_is_read_and_the_rest_stays_unread(here: Credentials, read: Snapshot) -> None:
    assert read.source.identity_policies.policies == ()
    policies = with_named_policies(read, [_NO_ERROR, _error(IDENTITY)], [here]).source.identity_policies
    assert [(policy.arn, policy.name) for policy in policies.policies] == [(POLICY, "Fence")]
    assert "Deny" in document_text(policies.policies[0].document)
    assert policies.unread == read.source.identity_policies.unread


def test_a_boundary_is_read(here: Credentials, read: Snapshot) -> None:
    assert isinstance(read.source.boundary, Unread)
    source = with_named_policies(read, [_error(BOUNDARY)], [here]).source
    assert isinstance(source.boundary, Known)
    assert source.boundary.value is not None
    assert source.boundary.value.arn == POLICY
    assert source.identity_policies == read.source.identity_policies


def test_one_that_is_named_twice_counts_once(here: Credentials, read: Snapshot) -> None:
    source = with_named_policies(read, [_error(IDENTITY), _error(IDENTITY)], [here]).source
    assert len(source.identity_policies.policies) == 1


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(_error(IDENTITY, caller=f"arn:aws:iam::{HERE}:user/other"), id="of another caller"),
        pytest.param(_error(IDENTITY, f"arn:aws:iam::{HERE}:policy/Gone"), id="a policy that is not there"),
        pytest.param(_error("a resource-based policy"), id="another layer"),
        pytest.param(_error(IDENTITY, "arn:aws:s3:::policy/Fence"), id="an ARN that is not IAM's"),
        pytest.param(_NO_ERROR, id="no error"),
    ],
)
def test_what_is_not_about_the_caller_or_not_there_changes_nothing(
    said: AwsError, here: Credentials, read: Snapshot
) -> None:
    assert with_named_policies(read, [said], [here]) is read


def test_credentials_of_another_account_are_asked_for_policies_of_aws_alone(here: Credentials, read: Snapshot) -> None:
    there = open_credentials("there", None, None)
    asked: list[str] = []
    events = there.client("iam").meta.events
    events.register("before-parameter-build.iam.GetPolicy", lambda params, **_: asked.append(params["PolicyArn"]))
    assert with_named_policies(read, [_error(IDENTITY)], [there]) is read
    assert asked == []
    assert with_named_policies(read, [_error(IDENTITY)], [there, here]) is not read
    assert asked == []
    of_aws = "arn:aws:iam::aws:policy/AWSDenyAll"
    with_named_policies(read, [_error(IDENTITY, of_aws)], [there])
    assert asked == [of_aws]


@pytest.mark.parametrize(
    ("source", "caller", "same"),
    [
        (f"arn:aws:iam::{HERE}:role/team/Ci", f"arn:aws:sts::{HERE}:assumed-role/Ci/run", True),
        (f"arn:aws:sts::{HERE}:assumed-role/Ci/run", f"arn:aws:sts::{HERE}:assumed-role/Ci/run", True),
        (f"arn:aws:sts::{HERE}:assumed-role/Ci/run", f"arn:aws:sts::{HERE}:assumed-role/Ci/other", False),
        (f"arn:aws:iam::{HERE}:role/Ci", f"arn:aws:sts::{HERE}:assumed-role/Cid/run", False),
        (f"arn:aws:iam::{HERE}:role/Ci", f"arn:aws:sts::{THERE}:assumed-role/Ci/run", False),
        (f"arn:aws:iam::{HERE}:user/team/builder", USER, True),
    ],
)
def test_a_session_stands_for_its_role(source: str, caller: str, same: bool, here: Credentials) -> None:
    snapshot = Snapshot(SourceSide(source))
    assert (with_named_policies(snapshot, [_error(IDENTITY, caller=caller)], [here]) is not snapshot) is same
