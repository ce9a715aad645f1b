"""Whom a check-up asks, with which profile, and what is said where it cannot ask."""

from datetime import UTC, datetime

import pytest
from tests.aws.accounts import HERE, THERE, Accounts
from tests.collect import test_checkup as checkups
from tests.collect.test_checkup import ISSUER

from diagnose.aws.patience import Patience
from diagnose.aws.providers import Wallet
from diagnose.collect.checkup import Doors, Examined, examine
from diagnose.model.arn import parse_caller, parse_role
from diagnose.model.checkup import Access, Checkup, Side, Trial
from diagnose.model.pod import POD_IDENTITY
from diagnose.model.tri import UNKNOWN

accounts = checkups.accounts

CALLER = parse_caller(f"arn:aws:iam::{HERE}:user/ci")
ROLE = parse_role(f"arn:aws:iam::{THERE}:role/Deploy")
WHO = {HERE: f"arn:aws:sts::{HERE}:assumed-role/Reader/run", THERE: f"arn:aws:sts::{THERE}:assumed-role/Reader/run"}


def examined(what: Examined, region: str | None = "eu-west-1") -> Checkup:
    return examine(what, Doors(region, None, Patience(30), Wallet()), lambda: datetime.now(UTC))


def of(checkup: Checkup, side: Side) -> Access:
    [access] = [access for access in checkup.accesses if access.side is side]
    return access


def test_both_profiles_say_who_they_are_and_the_way(accounts: Accounts) -> None:
    here, there = examined(Examined("here", "there", None, CALLER, ROLE)).sign_ins
    assert [(one.label, one.refusal, one.arn, one.account) for one in (here, there)] == [
        ("profile `here`", "", WHO[HERE], HERE),
        ("profile `there`", "", WHO[THERE], THERE),
    ]
    assert (here.provider, here.temporary, here.region) == ("config-file", True, "eu-west-1")
    assert (here.endpoint, here.proxy) == ("https://sts.eu-west-1.amazonaws.com", "")


def test_a_profile_that_is_not_there_is_said_and_tries_nothing(accounts: Accounts) -> None:
    checkup = examined(Examined("here", "xyz", None, CALLER, ROLE))
    assert checkup.sign_ins[1].label == "profile `xyz`"
    assert checkup.sign_ins[1].refusal == (
        "there is no AWS profile `xyz`; `aws configure list-profiles` lists the profiles"
    )
    assert of(checkup, Side.DESTINATION) == Access(
        Side.DESTINATION, "profile `xyz`", THERE, "these credentials do not work"
    )
    assert [each.label for each in checkup.accesses if each.side is Side.ORGANIZATION] == ["profile `here`"]


def test_credentials_that_are_missing_are_said_with_the_way_that_was_taken(accounts: Accounts) -> None:
    checkup = examined(Examined(None, "there", None, CALLER, ROLE))
    assert checkup.sign_ins[0].label == "the default credentials"
    assert checkup.sign_ins[0].refusal.startswith("Unable to locate credentials; ")
    assert (checkup.sign_ins[0].arn, checkup.sign_ins[0].region) == ("", "eu-west-1")
    assert of(checkup, Side.SOURCE).unusable == "these credentials do not work"


def test_a_profile_of_the_environment_that_is_not_there_is_that_of_the_default_credentials(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "xyz")
    [sign_in, _] = examined(Examined(None, "there", None, CALLER, ROLE)).sign_ins
    assert sign_in.label == "the default credentials"
    assert sign_in.refusal.startswith("there is no AWS profile `xyz`; ")


def test_credentials_of_another_account_try_nothing(accounts: Accounts) -> None:
    checkup = examined(Examined("there", "here", None, CALLER, ROLE))
    for side, own, meant in ((Side.SOURCE, THERE, HERE), (Side.DESTINATION, HERE, THERE)):
        access = of(checkup, side)
        assert access.unusable == f"these credentials are of account {own}, not of {meant}"
        assert (access.account, access.trials) == (meant, ())


def test_where_nobody_is_named_each_side_is_that_of_its_credentials(accounts: Accounts) -> None:
    checkup = examined(Examined("here", "there"))
    assert [(access.side, access.account) for access in checkup.accesses[:2]] == [
        (Side.SOURCE, HERE),
        (Side.DESTINATION, THERE),
    ]
    actions = [trial.action for trial in of(checkup, Side.SOURCE).trials]
    assert "iam:GetRole" in actions  # the caller is a session of a role
    assert "iam:GetUser" not in actions


@pytest.mark.parametrize(
    ("named", "who"),
    [
        pytest.param(None, ["profile `here`", "profile `there`"], id="whichever works"),
        pytest.param("there", ["profile `there`"], id="the one that is named"),
        pytest.param("nowhere", ["profile `nowhere`"], id="one that is not there"),
    ],
)
def test_an_organization_is_read_with_the_profile_named_for_it(
    accounts: Accounts, named: str | None, who: list[str]
) -> None:
    checkup = examined(Examined("here", "there", named, CALLER, ROLE))
    assert [access.label for access in checkup.accesses if access.side is Side.ORGANIZATION] == who


@pytest.mark.parametrize("source", [f"arn:aws:iam::{HERE}:user/ci", POD_IDENTITY, ISSUER])
def test_what_is_in_a_region_is_not_tried_without_one(accounts: Accounts, source: str) -> None:
    checkup = examined(Examined("here", "there", None, parse_caller(source), ROLE), "aws-global")
    regional = [
        trial for access in checkup.accesses for trial in access.trials if trial.action.startswith(("ec2:", "eks:"))
    ]
    assert regional
    assert regional == [Trial(each.action, UNKNOWN, "not tried, because no Region is set") for each in regional]


@pytest.mark.parametrize(
    ("source", "tried"),
    [
        pytest.param(f"arn:aws:iam::{HERE}:user/ci", {"User", "Group"}, id="a user"),
        pytest.param(f"arn:aws:iam::{HERE}:role/ci", {"Role"}, id="a role"),
        pytest.param(f"arn:aws:sts::{HERE}:assumed-role/ci/s", {"Role"}, id="a session"),
        pytest.param(f"arn:aws:iam::{HERE}:root", set(), id="a root user"),
        pytest.param(f"arn:aws:sts::{HERE}:federated-user/ci", set(), id="a federated user"),
    ],
)
def test_of_a_caller_only_what_it_has_is_tried(accounts: Accounts, source: str, tried: set[str]) -> None:
    checkup = examined(Examined("here", "there", None, parse_caller(source), ROLE))
    actions = [trial.action for trial in of(checkup, Side.SOURCE).trials]
    assert {kind for kind in ("User", "Role", "Group") if any(kind in action for action in actions)} == tried
    assert any(trial.action == "iam:GetRole" for trial in of(checkup, Side.DESTINATION).trials)
