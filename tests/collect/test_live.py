import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.aws.accounts import HERE, THERE, TRUST, Accounts, in_process, role
from tests.aws.answers import refuse

from diagnose.aws.session import Credentials, open_credentials
from diagnose.collect.live import read_snapshot
from diagnose.errors import NothingReadError, XdiagError
from diagnose.model.case import Origin, Request, Snapshot
from diagnose.model.evidence import NOT_SUPPLIED, Gap, Known, Unread
from diagnose.model.policy import document_text

USER = f"arn:aws:iam::{HERE}:user/team/builder"
ROLE = f"arn:aws:iam::{THERE}:role/Deploy"
NOW = "2026-03-02T09:30:00Z"


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    with in_process(tmp_path, monkeypatch) as accounts:
        accounts.iam(HERE).create_user(UserName="builder", Path="/team/")
        role(accounts.iam(THERE), "Deploy", MaxSessionDuration=7200, Tags=[{"Key": "team", "Value": "release"}])
        yield accounts


@pytest.fixture
def here(accounts: Accounts) -> Credentials:
    """The user's own credentials."""
    return open_credentials(accounts.profile_of_user("here", HERE, "builder"), None, None)


@pytest.fixture
def there(accounts: Accounts) -> Credentials:
    """A reader in the destination's account."""
    return open_credentials(accounts.profile_of_session("there", f"arn:aws:iam::{THERE}:role/Reader"), None, None)


def gathered(
    source: Credentials | None, destination: Credentials | None, *, arn: str = USER, role_arn: str = ROLE
) -> Snapshot:
    return read_snapshot(Request(role_arn), arn, source, destination, progress=lambda _: None, now=NOW)


class TestBothSides:
    def test_everything_that_can_be_read_is(self, here: Credentials, there: Credentials) -> None:
        snapshot = gathered(here, there)
        assert snapshot.taken_at == NOW
        assert isinstance(snapshot.source.principal, Known)
        assert snapshot.source.principal.value is not None
        assert snapshot.source.principal.value.arn == USER
        assert snapshot.source.boundary == Known(None)
        assert snapshot.source.identity_policies.unread == ()
        assert isinstance(snapshot.destination.role, Known)
        assert snapshot.destination.role.value is not None
        assert snapshot.destination.role.value.arn == ROLE
        assert snapshot.destination.role.value.max_session_seconds == Known(7200)
        assert snapshot.destination.role.value.tags == Known({"team": "release"})
        assert isinstance(snapshot.destination.trust_policy, Known)
        assert snapshot.destination.trust_policy.value.name == "Deploy"
        assert json.loads(document_text(snapshot.destination.trust_policy.value.document)) == TRUST

    def test_what_nobody_looked_for_is_not_supplied(self, here: Credentials, there: Credentials) -> None:
        snapshot = gathered(here, there)
        assert snapshot.endpoint == Unread(
            detail="if the request goes through a VPC endpoint, name it with --vpc-endpoint"
        )
        assert snapshot.destination.other_roles == NOT_SUPPLIED

    def test_each_step_is_told_before_it_is_taken(self, here: Credentials, there: Credentials) -> None:
        told: list[str] = []
        read_snapshot(Request(ROLE), USER, here, there, progress=told.append, now=NOW)
        assert sorted(told[:2]) == [
            "asking AWS who signs with profile `here`",
            "asking AWS who signs with profile `there`",
        ]
        assert sorted(told[2:]) == [
            "reading role Deploy",
            "reading the groups of user builder",
            f"reading the organization of account {HERE}",
            f"reading the organization of account {THERE}",
            "reading user builder and its policies",
        ]

    def test_the_credentials_at_hand_tell_their_origin_if_they_are_the_callers(
        self, here: Credentials, there: Credentials
    ) -> None:
        assert gathered(here, there).source.session.origin == Known(Origin.LONG_TERM, "the credentials at hand")
        colleague = gathered(here, there, arn=f"arn:aws:iam::{HERE}:user/colleague")
        assert colleague.source.session.origin == NOT_SUPPLIED


class TestWhoReadsWhat:
    def test_a_side_without_credentials_is_unread(self, here: Credentials) -> None:
        destination = gathered(here, None).destination
        gap = Unread(Gap.NO_CREDENTIALS, ROLE, "iam:GetRole", f"no credentials were given for account {THERE}")
        assert destination.role == gap
        assert destination.trust_policy == gap
        assert isinstance(destination.organization, Unread)
        assert destination.organization.permission == "organizations:DescribeOrganization"

    def test_the_other_side_is_read_all_the_same(self, there: Credentials) -> None:
        snapshot = gathered(None, there)
        assert isinstance(snapshot.destination.role, Known)
        assert snapshot.source.principal == Unread(
            Gap.NO_CREDENTIALS, USER, "iam:GetUser", f"no credentials were given for account {HERE}"
        )
        assert snapshot.source.identity_policies.unread[0].permission == "iam:ListUserPolicies"

    def test_a_role_is_not_taken_for_missing_by_credentials_of_another_account(
        self, accounts: Accounts, here: Credentials
    ) -> None:
        stranger = open_credentials(
            accounts.profile_of_session("stranger", f"arn:aws:iam::{HERE}:role/Reader"), None, None
        )
        snapshot = gathered(here, stranger)
        assert snapshot.destination.role == Unread(
            Gap.NO_CREDENTIALS,
            ROLE,
            "iam:GetRole",
            f"with profile `stranger`, xdiag is arn:aws:sts::{HERE}:assumed-role/Reader/run, in account {HERE}, not "
            f"{THERE}",
        )

    def test_the_credentials_of_one_account_serve_both_sides_in_it(self, accounts: Accounts, here: Credentials) -> None:
        local = role(accounts.iam(HERE), "Local")
        for source, destination in ((here, None), (None, here), (here, here)):
            snapshot = gathered(source, destination, role_arn=local)
            assert isinstance(snapshot.source.principal, Known)
            assert isinstance(snapshot.destination.role, Known)

    def test_profiles_that_were_swapped_are_each_used_where_they_belong(
        self, here: Credentials, there: Credentials
    ) -> None:
        snapshot = gathered(there, here)
        assert isinstance(snapshot.source.principal, Known)
        assert isinstance(snapshot.destination.role, Known)

    @pytest.mark.parametrize(
        "arn",
        [
            pytest.param("ec2.amazonaws.com", id="a service"),
            pytest.param("https://token.actions.githubusercontent.com", id="who issued a token"),
            pytest.param(f"arn:aws:iam::{THERE}:saml-provider/Office", id="the SAML provider of an assertion"),
        ],
    )
    def test_whoever_has_no_account_has_no_side_to_read(self, there: Credentials, arn: str) -> None:
        source = gathered(None, there, arn=arn).source
        assert source.principal == source.organization == source.scps == NOT_SUPPLIED

    def test_credentials_that_do_not_work_are_a_gap_with_the_words_of_aws(
        self, here: Credentials, there: Credentials
    ) -> None:
        refuse(there.client("sts"), "GetCallerIdentity", "ExpiredToken")
        gap = gathered(here, there).destination.role
        why = "with profile `there`: ExpiredToken: no; set new keys with `aws configure --profile there`"
        assert gap == Unread(Gap.NO_CREDENTIALS, ROLE, "iam:GetRole", why)


class TestOrganization:
    def test_an_account_outside_any_organization_has_neither_scps_nor_rcps(
        self, here: Credentials, there: Credentials
    ) -> None:
        snapshot = gathered(here, there)
        assert isinstance(snapshot.source.organization, Known)
        assert snapshot.source.organization.value is None
        assert isinstance(snapshot.source.scps, Known)
        assert snapshot.source.scps.value == ()
        assert isinstance(snapshot.destination.rcps, Known)
        assert snapshot.destination.rcps.value == ()

    def test_each_account_has_its_own_organization_or_none(
        self, accounts: Accounts, here: Credentials, there: Credentials
    ) -> None:
        made: dict[str, Any] = accounts.organizations(HERE).create_organization(FeatureSet="ALL")["Organization"]
        snapshot = gathered(here, there)
        assert isinstance(snapshot.source.organization, Known)
        assert snapshot.source.organization.value is not None
        assert snapshot.source.organization.value.id == made["Id"]
        assert isinstance(snapshot.destination.organization, Known)
        assert snapshot.destination.organization.value is None

    def test_a_denial_says_nothing_of_membership(self, here: Credentials, there: Credentials) -> None:
        refuse(here.client("organizations"), "DescribeOrganization", "AccessDeniedException")
        snapshot = gathered(here, there)
        assert snapshot.source.organization == Unread(
            Gap.ACCESS_DENIED,
            f"organization of account {HERE}",
            "organizations:DescribeOrganization",
            "AccessDeniedException: no",
        )
        assert snapshot.source.scps == Unread(
            Gap.ACCESS_DENIED,
            f"service control policies of account {HERE}",
            "organizations:DescribeOrganization",
            f"with profile `here`, in account {HERE}: AccessDeniedException: no; only the management account or a "
            "delegated administrator of the organization may read them; give its profile with --org-profile",
        )


class TestNothing:
    def test_no_credentials_at_all_is_an_error(self) -> None:
        with pytest.raises(NothingReadError) as raised:
            gathered(None, None)
        assert raised.value.hint == (
            f"no credentials were given for account {HERE}; no credentials were given for account {THERE}"
        )

    def test_a_reader_that_may_read_nothing_is_the_same_error(self, here: Credentials) -> None:
        for operation in (
            "GetUser",
            "ListUserPolicies",
            "ListAttachedUserPolicies",
            "ListGroupsForUser",
        ):
            refuse(here.client("iam"), operation)
        refuse(here.client("organizations"), "DescribeOrganization", "AccessDeniedException")
        with pytest.raises(NothingReadError):
            gathered(here, None)

    def test_one_thing_read_is_enough(self, here: Credentials) -> None:
        for operation in ("GetUser", "ListUserPolicies", "ListAttachedUserPolicies", "ListGroupsForUser"):
            refuse(here.client("iam"), operation)
        assert isinstance(gathered(here, None).source.organization, Known)

    def test_an_arn_that_is_none_is_a_mistake_before_anything_is_called(self, here: Credentials) -> None:
        with pytest.raises(XdiagError, match="bare name"):
            gathered(here, None, role_arn="Deploy")
