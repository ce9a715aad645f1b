from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from tests.aws.accounts import THERE, Accounts, in_process, role
from tests.aws.answers import answer, refuse

from diagnose.aws.identity import Identity
from diagnose.aws.session import Credentials, open_credentials
from diagnose.collect.iam import Reader
from diagnose.collect.role import read_destination
from diagnose.model.arn import parse_role
from diagnose.model.case import DestinationSide
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.policy import PolicyKind, document_text

ROLE = f"arn:aws:iam::{THERE}:role/Deploy"


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    with in_process(tmp_path, monkeypatch) as accounts:
        yield accounts


@pytest.fixture
def iam(accounts: Accounts) -> Any:
    return accounts.iam(THERE)


@pytest.fixture
def side(accounts: Accounts) -> Credentials:
    return open_credentials(accounts.profile_of_session("reader", f"arn:aws:iam::{THERE}:role/Reader"), None, None)


def destination(side: Credentials, arn: str = ROLE) -> DestinationSide:
    reader = Reader(side, Identity(f"arn:aws:sts::{THERE}:assumed-role/Reader/run", THERE))
    return read_destination(parse_role(arn), reader, lambda _: None)


def test_the_role_is_read_as_aws_writes_it(side: Credentials) -> None:
    answer(side.client("iam"), "get-role")
    read = destination(side)
    assert isinstance(read.role, Known)
    assert read.role.value is not None
    assert read.role.value.unique_id == "AROAJQABLZS4A3EXAMPLE"
    assert read.role.value.tags == Known({"team": "release"})
    assert read.role.value.max_session_seconds == Known(7200)
    assert read.role.value.created_at == "2024-05-07T08:00:00Z"
    assert isinstance(read.trust_policy, Known)
    assert read.trust_policy.value.kind is PolicyKind.TRUST
    assert '"AWS": "arn:aws:iam::111111111111:user/a+b"' in document_text(read.trust_policy.value.document)


class TestMissing:
    def test_a_role_that_does_not_exist_is_known_not_to_and_has_near_misses(self, iam: Any, side: Credentials) -> None:
        near, far = role(iam, "Deployer", Path="/team/"), role(iam, "Audit")
        read = destination(side)
        assert read.role == Known(None, "iam:GetRole")
        assert read.trust_policy == Unread(subject=ROLE, detail=f"account {THERE} has no role with this ARN")
        assert read.other_roles == Known((near,), "iam:ListRoles")
        assert far not in read.other_roles.value

    @pytest.mark.parametrize(
        ("path", "arn"),
        [
            pytest.param("/team/", ROLE, id="the ARN lacks the path"),
            pytest.param("/", f"arn:aws:iam::{THERE}:role/team/Deploy", id="the ARN has a path too many"),
            pytest.param("/Team/", f"arn:aws:iam::{THERE}:role/team/Deploy", id="the path differs in case"),
        ],
    )
    def test_a_role_under_another_arn_is_not_the_one_that_was_asked_for(
        self, iam: Any, side: Credentials, path: str, arn: str
    ) -> None:
        actual = role(iam, "Deploy", Path=path)
        read = destination(side, arn)
        assert read.role == Known(None, "iam:GetRole")
        assert isinstance(read.trust_policy, Unread)
        assert read.other_roles == Known((actual,), "iam:GetRole")

    def test_a_name_in_another_case_is_another_arn_even_if_iam_finds_the_role_by_it(self, side: Credentials) -> None:
        answer(side.client("iam"), "get-role")
        read = destination(side, f"arn:aws:iam::{THERE}:role/deploy")
        assert read.role == Known(None, "iam:GetRole")
        assert read.other_roles == Known((ROLE,), "iam:GetRole")

    def test_a_name_in_another_case_is_found_by_listing_if_iam_does_not(self, iam: Any, side: Credentials) -> None:
        actual = role(iam, "Deploy")
        read = destination(side, f"arn:aws:iam::{THERE}:role/DEPLOY")
        assert read.other_roles == Known((actual,), "iam:ListRoles")

    def test_without_a_listing_the_role_is_missing_all_the_same(self, side: Credentials) -> None:
        refuse(side.client("iam"), "ListRoles")
        read = destination(side)
        assert read.role == Known(None, "iam:GetRole")
        assert read.other_roles == Unread(
            Gap.ACCESS_DENIED, f"roles of account {THERE}", "iam:ListRoles", "AccessDenied: no"
        )

    def test_a_listing_of_empty_pages_is_followed_to_its_end(self, side: Credentials) -> None:
        with Stubber(side.client("iam")) as stub:
            stub.add_client_error("get_role", "NoSuchEntity")
            stub.add_response("list_roles", {"Roles": [], "IsTruncated": True, "Marker": "2"}, {"MaxItems": 1000})
            last = {"Roles": [_listed("Deploys")], "IsTruncated": False}
            stub.add_response("list_roles", last, {"MaxItems": 1000, "Marker": "2"})
            read = destination(side)
        assert read.other_roles == Known((f"arn:aws:iam::{THERE}:role/Deploys",), "iam:ListRoles")


class TestDenied:
    def test_the_listing_tells_all_but_the_tags(self, iam: Any, side: Credentials) -> None:
        role(iam, "Deploy", MaxSessionDuration=7200, Tags=[{"Key": "team", "Value": "release"}])
        refuse(side.client("iam"), "GetRole")
        read = destination(side)
        assert isinstance(read.role, Known)
        assert read.role.source == "iam:ListRoles"
        assert read.role.value is not None
        assert read.role.value.tags == Unread(Gap.ACCESS_DENIED, ROLE, "iam:GetRole", "AccessDenied: no")
        assert isinstance(read.trust_policy, Known)

    def test_a_role_that_the_listing_lacks_does_not_exist(self, side: Credentials) -> None:
        refuse(side.client("iam"), "GetRole")
        assert destination(side).role == Known(None, "iam:ListRoles")

    def test_a_denied_listing_leaves_the_role_unread_and_not_missing(self, iam: Any, side: Credentials) -> None:
        role(iam, "Deploy")
        refuse(side.client("iam"), "GetRole")
        refuse(side.client("iam"), "ListRoles")
        read = destination(side)
        gap = Unread(Gap.ACCESS_DENIED, ROLE, "iam:GetRole", "AccessDenied: no")
        assert read.role == read.trust_policy == gap

    def test_what_fails_for_another_reason_is_not_worked_round(self, side: Credentials) -> None:
        refuse(side.client("iam"), "GetRole", "ServiceUnavailable")
        gap = Unread(Gap.UNREACHABLE, ROLE, "", "ServiceUnavailable: no")
        assert destination(side) == DestinationSide(role=gap, trust_policy=gap, other_roles=gap)


def _listed(name: str) -> dict[str, Any]:
    return {
        "Path": "/",
        "RoleName": name,
        "RoleId": "AROAJQABLZS4A3EXAMPLE",
        "Arn": f"arn:aws:iam::{THERE}:role/{name}",
        "CreateDate": "2024-05-07T08:00:00Z",
    }
