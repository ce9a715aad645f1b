import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.model import StructureShape
from msgspec import Struct
from msgspec.structs import fields

from diagnose.collect.evidence import account_details as account_module
from diagnose.collect.evidence.account_details import AccountDetails, destination_side, source_side
from diagnose.collect.evidence.details_file import read_details
from diagnose.errors import XdiagError
from diagnose.model.case import DestinationSide, SourceSide
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import Policy, PolicyKind, PolicySet, document_text

ACCOUNT = "111111111111"
IAM = f"arn:aws:iam::{ACCOUNT}"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}
ENCODED = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"

USER = {
    "Path": "/team/",
    "UserName": "dev",
    "UserId": "AIDAEXAMPLE",
    "Arn": f"{IAM}:user/team/dev",
    "CreateDate": "2024-05-01T10:00:00+02:00",
    "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": ALLOW}],
    "GroupList": ["devs"],
    "AttachedManagedPolicies": [{"PolicyName": "deploy", "PolicyArn": f"{IAM}:policy/deploy"}],
    "PermissionsBoundary": {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": f"{IAM}:policy/limits",
    },
    "Tags": [{"Key": "team", "Value": "a"}],
}
GROUP = {
    "GroupName": "devs",
    "Arn": f"{IAM}:group/devs",
    "GroupPolicyList": [{"PolicyName": "shared", "PolicyDocument": ENCODED}],
    "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMIN}],
}
ROLE = {
    "Path": "/",
    "RoleName": "Deploy",
    "RoleId": "AROAEXAMPLE",
    "Arn": f"{IAM}:role/Deploy",
    "CreateDate": "2024-05-01T10:00:00Z",
    "AssumeRolePolicyDocument": TRUST,
    "InstanceProfileList": [],
    "RolePolicyList": [],
    "AttachedManagedPolicies": [],
    "Tags": [],
}
DEPLOY = {
    "PolicyName": "deploy",
    "Arn": f"{IAM}:policy/deploy",
    "DefaultVersionId": "v1",
    "PolicyVersionList": [
        {"VersionId": "v2", "IsDefaultVersion": False, "Document": {"Statement": []}},
        {"VersionId": "v1", "IsDefaultVersion": True, "Document": ALLOW},
    ],
}
PRINTED: dict[str, Any] = {
    "UserDetailList": [USER],
    "GroupDetailList": [GROUP],
    "RoleDetailList": [ROLE],
    "Policies": [DEPLOY],
}


def details(folder: Path, **changed: object) -> AccountDetails:
    path = folder / "account.json"
    path.write_text(json.dumps({**PRINTED, **changed}))
    (details,) = read_details(path).values()
    return details


def of_source(folder: Path, arn: str = f"{IAM}:user/team/dev", **changed: object) -> SourceSide:
    return source_side(details(folder, **changed), arn)


def of_role(folder: Path, arn: str = f"{IAM}:role/Deploy", **changed: object) -> DestinationSide:
    return destination_side(details(folder, **changed), arn)


def test_a_user_comes_with_all_that_counts_for_it(tmp_path: Path) -> None:
    side = of_source(tmp_path)
    assert isinstance(side.principal, Known)
    assert side.principal.value is not None
    assert (side.principal.value.arn, side.principal.value.unique_id) == (f"{IAM}:user/team/dev", "AIDAEXAMPLE")
    assert side.principal.value.created_at == "2024-05-01T08:00:00Z"
    assert side.principal.value.tags == Known({"team": "a"})
    assert [(policy.name, policy.kind, policy.attached_to) for policy in side.identity_policies.policies] == [
        ("own", PolicyKind.INLINE, ""),
        ("deploy", PolicyKind.MANAGED, ""),
        ("shared", PolicyKind.INLINE, "group devs"),
    ]
    own, deploy, shared = side.identity_policies.policies
    assert json.loads(document_text(own.document)) == ALLOW
    assert document_text(shared.document) == '{"Version":"2012-10-17","Statement":[]}'
    assert (deploy.arn, deploy.version, json.loads(bytes(deploy.document))) == (f"{IAM}:policy/deploy", "v1", ALLOW)
    assert [version.version for version in deploy.other_versions] == ["v2"]


def test_a_managed_policy_that_is_not_in_the_file_was_not_read(tmp_path: Path) -> None:
    side = of_source(tmp_path)
    assert [(gap.subject, gap.permission) for gap in side.identity_policies.unread] == [(ADMIN, "iam:GetPolicyVersion")]
    assert isinstance(side.boundary, Unread)
    assert side.boundary.subject == f"{IAM}:policy/limits"
    without = {**DEPLOY, "PolicyVersionList": []}
    assert len(of_source(tmp_path, Policies=[without]).identity_policies.unread) == 2


def test_a_boundary_is_read_from_the_managed_policies(tmp_path: Path) -> None:
    limits = {**DEPLOY, "PolicyName": "limits", "Arn": f"{IAM}:policy/limits"}
    boundary = of_source(tmp_path, Policies=[limits]).boundary
    assert isinstance(boundary, Known)
    assert isinstance(boundary.value, Policy)
    assert boundary.value.name == "limits"


def test_a_user_without_a_boundary_has_none(tmp_path: Path) -> None:
    user = {key: value for key, value in USER.items() if key != "PermissionsBoundary"}
    boundary = of_source(tmp_path, UserDetailList=[user]).boundary
    assert isinstance(boundary, Known)
    assert boundary.value is None


def test_a_group_that_is_not_in_the_file_was_not_read(tmp_path: Path) -> None:
    side = of_source(tmp_path, GroupDetailList=[])
    assert [gap.subject for gap in side.identity_policies.unread] == [f"policies of group devs of account {ACCOUNT}"]


def test_tags_that_the_file_does_not_tell_were_not_read(tmp_path: Path) -> None:
    role = {key: value for key, value in ROLE.items() if key != "Tags"}
    side = of_role(tmp_path, RoleDetailList=[role])
    assert isinstance(side.role, Known)
    assert side.role.value is not None
    assert side.role.value.tags == Unread(subject=f"tags of {IAM}:role/Deploy", permission="iam:ListRoleTags")


def test_a_session_comes_with_its_role_and_nothing_is_known_of_the_session(tmp_path: Path) -> None:
    side = of_source(tmp_path, f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/ci")
    assert isinstance(side.principal, Known)
    assert side.principal.value is not None
    assert (side.arn, side.principal.value.arn) == (
        f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/ci",
        f"{IAM}:role/Deploy",
    )
    assert side.identity_policies == PolicySet()
    assert side.session.policies.unread
    assert isinstance(side.session.tags, Unread)


def test_a_user_has_no_session_policy(tmp_path: Path) -> None:
    assert of_source(tmp_path).session.policies == PolicySet()


@pytest.mark.parametrize(
    "arn",
    [
        "ec2.amazonaws.com",
        f"{IAM}:root",
        f"arn:aws:sts::{ACCOUNT}:federated-user/a",
        "https://token.actions.githubusercontent.com",
        f"{IAM}:saml-provider/IdP",
    ],
)
def test_a_caller_that_iam_holds_nothing_on_comes_back_as_it_is(tmp_path: Path, arn: str) -> None:
    assert of_source(tmp_path, arn) == SourceSide(arn)


def test_a_principal_that_is_not_in_the_file_does_not_exist(tmp_path: Path) -> None:
    side = of_source(tmp_path, f"{IAM}:user/nobody")
    assert isinstance(side.principal, Known)
    assert side.principal.value is None
    assert side.identity_policies.unread
    assert isinstance(side.boundary, Unread)


@pytest.mark.parametrize(
    ("arn", "changed", "why"),
    [
        pytest.param(
            "arn:aws:iam::222222222222:user/team/dev", {}, "is about account 111111111111", id="other account"
        ),
        pytest.param(f"{IAM}:user/nobody", {"IsTruncated": True}, "is one page of several", id="a page"),
        pytest.param(f"{IAM}:user/nobody", {"NextToken": "x"}, "is one page of several", id="a page of the CLI"),
        pytest.param(
            f"{IAM}:user/nobody",
            {"UserDetailList": []},
            "lists none; they may have been filtered out",
            id="filter",
        ),
    ],
)
def test_a_principal_that_may_be_elsewhere_was_not_read(
    tmp_path: Path, arn: str, changed: dict[str, object], why: str
) -> None:
    side = of_source(tmp_path, arn, **changed)
    assert isinstance(side.principal, Unread)
    assert side.principal.detail == f"{tmp_path}/account.json {why}"
    assert side.principal.permission == "iam:GetUser"
    assert side.identity_policies == PolicySet(unread=(side.principal,))
    assert side.boundary == side.principal


def test_a_role_comes_with_its_trust_policy_and_without_its_longest_session(tmp_path: Path) -> None:
    side = of_role(tmp_path)
    assert isinstance(side.role, Known)
    assert side.role.value is not None
    assert (side.role.value.arn, side.role.value.unique_id) == (f"{IAM}:role/Deploy", "AROAEXAMPLE")
    assert side.role.value.tags == Known({})
    assert isinstance(side.role.value.max_session_seconds, Unread)
    assert side.role.value.max_session_seconds.permission == "iam:GetRole"
    assert isinstance(side.trust_policy, Known)
    assert (side.trust_policy.value.name, side.trust_policy.value.kind) == ("Deploy", PolicyKind.TRUST)
    assert json.loads(document_text(side.trust_policy.value.document)) == TRUST


@pytest.mark.parametrize("name", ["DEPLOY", "path/Deploy", "Deploys"])
def test_a_role_that_is_not_in_the_file_does_not_exist_and_its_like_are_named(tmp_path: Path, name: str) -> None:
    side = of_role(tmp_path, f"{IAM}:role/{name}")
    assert isinstance(side.role, Known)
    assert side.role.value is None
    assert isinstance(side.trust_policy, Unread)
    assert isinstance(side.other_roles, Known)
    assert side.other_roles.value == (f"{IAM}:role/Deploy",)


@pytest.mark.parametrize(
    ("arn", "changed"),
    [
        pytest.param("arn:aws:iam::222222222222:role/Deploy", {}, id="of another account"),
        pytest.param(f"{IAM}:role/Other", {"IsTruncated": True}, id="on another page"),
        pytest.param(f"{IAM}:role/Other", {"RoleDetailList": []}, id="filtered out"),
    ],
)
def test_a_role_that_may_be_elsewhere_was_not_read(tmp_path: Path, arn: str, changed: dict[str, object]) -> None:
    side = of_role(tmp_path, arn, **changed)
    assert isinstance(side.role, Unread)
    assert side.role.permission == "iam:GetRole"
    assert side.trust_policy == side.other_roles == side.role


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{}", "contains no user, group or role", id="an empty object"),
        pytest.param("[]", "contains no user, group or role", id="an empty list"),
        pytest.param(
            json.dumps({"RoleDetailList": [{**ROLE, "RoleId": 3}]}),
            "does not contain account authorization details: "
            "`RoleDetailList[0].RoleId` must be a string, but is a whole number",
            id="a wrong type",
        ),
        pytest.param('{"RoleDetailList": [', "is not JSON: it ends too early, at column 21", id="a file cut off"),
        pytest.param("", "is empty", id="an empty file"),
    ],
)
def test_a_file_without_an_accounts_details_is_said(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(XdiagError) as found:
        read_details(tmp_path / "x.json")
    assert found.value.message == f"`{tmp_path}/x.json` {message}"
    assert found.value.hint


@pytest.fixture
def in_tokyo() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


ELSEWHERE = {**ROLE, "Arn": "arn:aws:iam::222222222222:role/Deploy"}
PAGES = [
    {"UserDetailList": [USER], "IsTruncated": True, "Marker": "x"},
    {"RoleDetailList": [ROLE], "IsTruncated": True, "Marker": "y"},
    {"Policies": [DEPLOY], "IsTruncated": False},
]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\n".join(json.dumps(page, indent=2) for page in PAGES), id="after each other"),
        pytest.param(json.dumps(PAGES), id="in a list"),
    ],
)
def test_pages_are_put_together(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    (account,) = read_details(tmp_path / "x.json").values()
    assert (set(account.users), set(account.roles), set(account.policies)) == (
        {USER["UserName"]},
        {ROLE["RoleName"]},
        {DEPLOY["Arn"]},
    )
    assert account.whole
    (tmp_path / "x.json").write_text(json.dumps(PAGES[:2]))
    (account,) = read_details(tmp_path / "x.json").values()
    assert not account.whole


def test_several_accounts_in_one_file_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps({"RoleDetailList": [ROLE, ELSEWHERE], "Policies": [DEPLOY]}))
    accounts = read_details(tmp_path / "x.json")
    assert {account: role.arn for account, one in accounts.items() for role in one.roles.values()} == {
        "111111111111": ROLE["Arn"],
        "222222222222": ELSEWHERE["Arn"],
    }
    assert [len(one.policies) for one in accounts.values()].count(1) == 1


@pytest.mark.usefixtures("in_tokyo")
@pytest.mark.parametrize("date", [1714557600, 1714557600.0, "2024-05-01T10:00:00", "2024-05-01T12:00:00+02:00"])
def test_a_date_is_read_in_every_form_that_the_cli_prints(tmp_path: Path, date: object) -> None:
    side = of_role(tmp_path, RoleDetailList=[{**ROLE, "CreateDate": date}])
    assert isinstance(side.role, Known)
    assert side.role.value is not None
    assert side.role.value.created_at == "2024-05-01T10:00:00Z"


@pytest.mark.parametrize(
    "date", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "0000-00-00T00:00:00Z", 1e20]
)
def test_a_date_at_the_edge_of_time_is_left_out(tmp_path: Path, date: object) -> None:
    side = of_role(tmp_path, RoleDetailList=[{**ROLE, "CreateDate": date}])
    assert isinstance(side.role, Known)
    assert side.role.value is not None
    assert side.role.value.created_at == ""


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ("GetAccountAuthorizationDetailsResponse", "PrintedDetails"),
        ("UserDetail", "User"),
        ("GroupDetail", "GroupDetail"),
        ("RoleDetail", "RoleDetail"),
        ("ManagedPolicyDetail", "ManagedPolicy"),
        ("PolicyVersion", "Version"),
        ("PolicyDetail", "InlinePolicy"),
        ("AttachedPolicy", "AttachedPolicy"),
        ("AttachedPermissionsBoundary", "Boundary"),
        ("Tag", "Tag"),
    ],
)
def test_every_name_that_is_read_is_one_that_aws_prints(shape: str, name: str) -> None:
    described = botocore.session.get_session().get_service_model("iam").shape_for(shape)
    assert isinstance(described, StructureShape)
    struct: type[Struct] = getattr(account_module, name)
    # The CLI's own paging adds a member.
    assert {field.encode_name for field in fields(struct)} - {"NextToken"} <= set(described.members)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{}\n" * 110_000, id="one after the other"),
        pytest.param(f"[{'{},' * 110_000}{{}}]", id="in a list"),
    ],
)
def test_more_pages_than_any_account_has_are_told_soon(tmp_path: Path, text: str) -> None:
    (tmp_path / "d.json").write_text(text)
    start = time.process_time()
    with pytest.raises(XdiagError, match="has more than 100,000 pages"):
        read_details(tmp_path / "d.json")
    assert time.process_time() - start < 10


def test_a_second_page_that_breaks_off_is_told_and_not_left_out(tmp_path: Path) -> None:
    whole = json.dumps({"UserDetailList": [USER]})
    (tmp_path / "d.json").write_text(whole + "\n" + whole[:-9])
    with pytest.raises(XdiagError, match="is not JSON at line 2, column 1: "):
        read_details(tmp_path / "d.json")
