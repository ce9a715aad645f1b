import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from tests.aws.accounts import ALLOW, HERE, Accounts, in_process, role
from tests.aws.answers import answer, refuse

from diagnose.aws.identity import Identity
from diagnose.aws.session import Credentials, open_credentials
from diagnose.collect.iam import Reader, managed_policy
from diagnose.collect.source import read_source
from diagnose.model.arn import parse_caller
from diagnose.model.case import SourceSide
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.policy import Policy, PolicyKind, PolicySet, document_text

USER = f"arn:aws:iam::{HERE}:user/builder"
DOCUMENT = json.dumps(ALLOW)


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    with in_process(tmp_path, monkeypatch) as accounts:
        yield accounts


@pytest.fixture
def iam(accounts: Accounts) -> Any:
    return accounts.iam(HERE)


@pytest.fixture
def side(accounts: Accounts) -> Credentials:
    return open_credentials(accounts.profile_of_session("reader", f"arn:aws:iam::{HERE}:role/Reader"), None, None)


def source(side: Credentials, arn: str) -> SourceSide:
    reader = Reader(side, Identity(f"arn:aws:sts::{HERE}:assumed-role/Reader/run", HERE))
    return read_source(parse_caller(arn), reader, lambda _: None)


def managed(iam: Any, name: str) -> str:
    arn: str = iam.create_policy(PolicyName=name, PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    return arn


class TestPrincipal:
    def test_a_user_is_described_with_path_id_and_tags(self, iam: Any, side: Credentials) -> None:
        made = iam.create_user(UserName="builder", Path="/team/", Tags=[{"Key": "team", "Value": "release"}])["User"]
        principal = source(side, f"arn:aws:iam::{HERE}:user/team/builder").principal
        assert isinstance(principal, Known)
        assert principal.value is not None
        assert principal.value.arn == made["Arn"] == f"arn:aws:iam::{HERE}:user/team/builder"
        assert principal.value.unique_id == made["UserId"]
        assert principal.value.tags == Known({"team": "release"})
        assert principal.value.created_at == made["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ")

    def test_a_session_leads_to_its_role_whose_path_it_does_not_carry(self, iam: Any, side: Credentials) -> None:
        arn = role(iam, "App", Path="/team/")
        principal = source(side, f"arn:aws:sts::{HERE}:assumed-role/App/build-7").principal
        assert isinstance(principal, Known)
        assert principal.value is not None
        assert principal.value.arn == arn == f"arn:aws:iam::{HERE}:role/team/App"

    def test_an_arn_without_the_path_still_finds_the_user_of_that_name(self, iam: Any, side: Credentials) -> None:
        iam.create_user(UserName="builder", Path="/team/")
        principal = source(side, USER).principal
        assert isinstance(principal, Known)
        assert principal.value is not None
        assert principal.value.arn == f"arn:aws:iam::{HERE}:user/team/builder"

    def test_a_user_that_does_not_exist_is_known_not_to(self, side: Credentials) -> None:
        read = source(side, USER)
        gap = Unread(detail=f"account {HERE} has no user builder", subject=USER)
        assert read.principal == Known(None, "iam:GetUser")
        assert read.identity_policies == PolicySet(unread=(gap,))
        assert read.boundary == gap

    def test_a_denial_leaves_the_policies_to_be_read(self, iam: Any, side: Credentials) -> None:
        iam.create_user(UserName="builder")
        iam.put_user_policy(UserName="builder", PolicyName="assume", PolicyDocument=DOCUMENT)
        refuse(side.client("iam"), "GetUser")
        read = source(side, USER)
        assert read.principal == read.boundary == Unread(Gap.ACCESS_DENIED, USER, "iam:GetUser", "AccessDenied: no")
        assert [policy.name for policy in read.identity_policies.policies] == ["assume"]

    def test_what_fails_for_another_reason_is_not_tried_again_and_again(self, iam: Any, side: Credentials) -> None:
        iam.create_user(UserName="builder")
        refuse(side.client("iam"), "GetUser", "ServiceUnavailable")
        refuse(side.client("iam"), "ListUserPolicies", "AccessDenied")
        gap = Unread(Gap.UNREACHABLE, USER, "", "ServiceUnavailable: no")
        assert source(side, USER) == SourceSide(
            USER, principal=gap, identity_policies=PolicySet(unread=(gap,)), boundary=gap
        )

    @pytest.mark.parametrize(
        "arn", [f"arn:aws:iam::{HERE}:root", f"arn:aws:sts::{HERE}:federated-user/bob", "ec2.amazonaws.com"]
    )
    def test_callers_that_iam_does_not_hold_are_left_as_they_are(self, side: Credentials, arn: str) -> None:
        assert source(side, arn) == SourceSide(arn)


class TestPolicies:
    def test_a_users_own_and_its_groups_are_told_apart(self, iam: Any, side: Credentials) -> None:
        iam.create_user(UserName="builder")
        iam.put_user_policy(UserName="builder", PolicyName="own-inline", PolicyDocument=DOCUMENT)
        iam.attach_user_policy(UserName="builder", PolicyArn=managed(iam, "own-managed"))
        iam.create_group(GroupName="devs")
        iam.add_user_to_group(UserName="builder", GroupName="devs")
        iam.put_group_policy(GroupName="devs", PolicyName="group-inline", PolicyDocument=DOCUMENT)
        iam.attach_group_policy(GroupName="devs", PolicyArn=managed(iam, "group-managed"))
        policies = source(side, USER).identity_policies
        assert policies.unread == ()
        assert [(each.name, each.kind, each.attached_to) for each in policies.policies] == [
            ("own-inline", PolicyKind.INLINE, ""),
            ("own-managed", PolicyKind.MANAGED, ""),
            ("group-inline", PolicyKind.INLINE, "group devs"),
            ("group-managed", PolicyKind.MANAGED, "group devs"),
        ]
        assert all(json.loads(document_text(each.document)) == ALLOW for each in policies.policies)

    def test_a_roles_are_read_for_a_session_of_it(self, iam: Any, side: Credentials) -> None:
        role(iam, "App")
        iam.put_role_policy(RoleName="App", PolicyName="inline", PolicyDocument=DOCUMENT)
        iam.attach_role_policy(RoleName="App", PolicyArn=managed(iam, "managed"))
        policies = source(side, f"arn:aws:sts::{HERE}:assumed-role/App/build-7").identity_policies
        assert [each.name for each in policies.policies] == ["inline", "managed"]

    def test_none_at_all_is_known_to_be_none(self, iam: Any, side: Credentials) -> None:
        iam.create_user(UserName="builder")
        assert source(side, USER).identity_policies == PolicySet()

    def test_one_unreadable_policy_does_not_take_the_others_with_it(self, iam: Any, side: Credentials) -> None:
        role(iam, "App")
        for name in ("closed", "open"):
            iam.put_role_policy(RoleName="App", PolicyName=name, PolicyDocument=DOCUMENT)
        refuse(side.client("iam"), "GetRolePolicy", when="closed")
        policies = source(side, f"arn:aws:iam::{HERE}:role/App").identity_policies
        assert [each.name for each in policies.policies] == ["open"]
        assert policies.unread == (
            Unread(
                Gap.ACCESS_DENIED,
                f"inline policy closed of arn:aws:iam::{HERE}:role/App",
                "iam:GetRolePolicy",
                "AccessDenied: no",
            ),
        )

    @pytest.mark.parametrize(
        ("operation", "subject"),
        [
            ("ListUserPolicies", f"inline policies of {USER}"),
            ("ListAttachedUserPolicies", f"attached policies of {USER}"),
            ("ListGroupsForUser", f"groups of {USER}"),
            ("ListGroupPolicies", f"inline policies of arn:aws:iam::{HERE}:group/devs"),
            ("ListAttachedGroupPolicies", f"attached policies of arn:aws:iam::{HERE}:group/devs"),
            ("GetUserPolicy", f"inline policy own of {USER}"),
            ("GetPolicy", f"arn:aws:iam::{HERE}:policy/managed"),
            ("GetPolicyVersion", f"arn:aws:iam::{HERE}:policy/managed"),
        ],
    )
    def test_every_denied_call_leaves_a_gap_with_its_own_permission(
        self, iam: Any, side: Credentials, operation: str, subject: str
    ) -> None:
        iam.create_user(UserName="builder")
        iam.put_user_policy(UserName="builder", PolicyName="own", PolicyDocument=DOCUMENT)
        iam.attach_user_policy(UserName="builder", PolicyArn=managed(iam, "managed"))
        iam.create_group(GroupName="devs")
        iam.add_user_to_group(UserName="builder", GroupName="devs")
        refuse(side.client("iam"), operation)
        unread = source(side, USER).identity_policies.unread
        assert unread == (Unread(Gap.ACCESS_DENIED, subject, f"iam:{operation}", "AccessDenied: no"),)


class TestManaged:
    def test_the_default_version_counts_and_the_others_are_beside_it(self, iam: Any, side: Credentials) -> None:
        arn = managed(iam, "assume")
        newer = DOCUMENT.replace("AssumeRole", "TagSession")
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=newer, SetAsDefault=False)
        policy = managed_policy(side, arn)
        assert isinstance(policy, Known)
        assert (policy.value.arn, policy.value.version, policy.value.kind) == (arn, "v1", PolicyKind.MANAGED)
        assert json.loads(document_text(policy.value.document)) == ALLOW
        assert [(each.version, document_text(each.document)) for each in policy.value.other_versions] == [("v2", newer)]

    def test_no_more_than_three_others_are_read(self, iam: Any, side: Credentials) -> None:
        arn = managed(iam, "assume")
        for _ in range(4):
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT, SetAsDefault=True)
        policy = managed_policy(side, arn)
        assert isinstance(policy, Known)
        assert policy.value.version == "v5"
        assert len(policy.value.other_versions) == 3

    def test_not_being_able_to_read_the_others_is_no_gap(self, iam: Any, side: Credentials) -> None:
        arn = managed(iam, "assume")
        refuse(side.client("iam"), "ListPolicyVersions")
        policy = managed_policy(side, arn)
        assert isinstance(policy, Known)
        assert policy.value.other_versions == ()

    def test_the_other_versions_of_a_policy_of_aws_are_nobodys_mistake(self, side: Credentials) -> None:
        arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
        with Stubber(side.client("iam")) as stub:
            described = {"Policy": {"Arn": arn, "PolicyName": "ReadOnlyAccess", "DefaultVersionId": "v90"}}
            stub.add_response("get_policy", described, {"PolicyArn": arn})
            version = {"PolicyVersion": {"Document": DOCUMENT, "VersionId": "v90"}}
            stub.add_response("get_policy_version", version, {"PolicyArn": arn, "VersionId": "v90"})
            policy = managed_policy(side, arn)
        assert isinstance(policy, Known)
        assert (policy.value.name, policy.value.version) == ("ReadOnlyAccess", "v90")


class TestBoundary:
    def test_none_is_known_to_be_none(self, iam: Any, side: Credentials) -> None:
        iam.create_user(UserName="builder")
        assert source(side, USER).boundary == Known(None)

    @pytest.mark.parametrize("kind", ["user", "role"])
    def test_its_text_is_read_and_not_only_its_arn(self, iam: Any, side: Credentials, kind: str) -> None:
        arn = managed(iam, "limit")
        if kind == "user":
            # moto does not tell the boundary of a user, as AWS does.
            iam.create_user(UserName="builder")
            answer(side.client("iam"), "get-user")
        else:
            role(iam, "builder", PermissionsBoundary=arn)
        boundary = source(side, f"arn:aws:iam::{HERE}:{kind}/builder").boundary
        assert isinstance(boundary, Known)
        assert isinstance(boundary.value, Policy)
        assert (boundary.value.name, boundary.value.arn) == ("limit", arn)
        assert json.loads(document_text(boundary.value.document)) == ALLOW

    def test_a_boundary_that_may_not_be_read_is_not_taken_for_none(self, iam: Any, side: Credentials) -> None:
        arn = managed(iam, "limit")
        role(iam, "App", PermissionsBoundary=arn)
        refuse(side.client("iam"), "GetPolicy")
        boundary = source(side, f"arn:aws:iam::{HERE}:role/App").boundary
        assert boundary == Unread(Gap.ACCESS_DENIED, arn, "iam:GetPolicy", "AccessDenied: no")
