import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.aws.accounts import HERE, THERE, Accounts, in_process
from tests.aws.answers import answer, refuse, reply

from diagnose.aws.session import Credentials, open_credentials
from diagnose.collect.endpoint import read_endpoint
from diagnose.collect.live import read_snapshot
from diagnose.errors import XdiagError
from diagnose.model.case import Endpoint, Request
from diagnose.model.evidence import Evidence, Gap, Known, Unread
from diagnose.model.policy import PolicyKind, document_text

REGION = "eu-west-1"
RECORDED = "vpce-0a1b2c3d4e5f60718"


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    with in_process(tmp_path, monkeypatch) as accounts:
        yield accounts


@pytest.fixture
def side(accounts: Accounts) -> Credentials:
    return open_credentials(accounts.profile_of_session("ours", f"arn:aws:iam::{HERE}:role/Reader"), None, None)


def made(accounts: Accounts, *, account: str = HERE, service: str = "sts", region: str = REGION, **more: Any) -> str:
    ec2 = accounts.ec2(account, region)
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    more = {"VpcEndpointType": "Interface", **more}
    name = f"com.amazonaws.{region}.{service}"
    return str(ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, **more)["VpcEndpoint"]["VpcEndpointId"])


def read(endpoint: str, side: Credentials | None, region: str = REGION) -> Evidence[Endpoint | None]:
    return read_endpoint(endpoint, side, region, lambda _: None)


def test_an_endpoint_is_read_as_aws_writes_it(side: Credentials) -> None:
    answer(side.client("ec2", REGION), "describe-vpc-endpoints")
    found = read(RECORDED, side)
    assert isinstance(found, Known)
    assert found.value is not None
    assert (found.value.id, found.value.vpc, found.value.owner) == (RECORDED, "vpc-0f1e2d3c4b5a69788", "333333333333")
    assert isinstance(found.value.policy, Known)
    assert (found.value.policy.value.name, found.value.policy.value.kind) == (RECORDED, PolicyKind.ENDPOINT)
    [statement] = json.loads(document_text(found.value.policy.value.document))["Statement"]
    assert statement["Principal"] == "*"


def test_it_is_looked_for_in_the_region_of_the_request(accounts: Accounts, side: Credentials) -> None:
    endpoint = made(accounts, region="ap-south-1")
    assert isinstance(read(endpoint, side, "ap-south-1"), Known)
    assert isinstance(read(endpoint, side), Unread)


@pytest.mark.parametrize(
    ("code", "gap", "permission"),
    [
        pytest.param("UnauthorizedOperation", Gap.ACCESS_DENIED, "ec2:DescribeVpcEndpoints", id="denied"),
        pytest.param("InternalError", Gap.UNREACHABLE, "", id="not reached"),
    ],
)
def test_one_that_may_not_be_read_is_the_one_that_is_used_all_the_same(
    side: Credentials, code: str, gap: Gap, permission: str
) -> None:
    refuse(side.client("ec2", REGION), "DescribeVpcEndpoints", code)
    policy = Unread(gap, RECORDED, permission, f"{code}: no")
    assert read(RECORDED, side) == Known(Endpoint(RECORDED, policy=policy), "stated on the command line")


def test_the_words_of_aws_are_kept(side: Credentials) -> None:
    answer(side.client("ec2", REGION), "vpc-endpoints-denied")
    found = read(RECORDED, side)
    assert isinstance(found, Known)
    assert found.value is not None
    assert isinstance(found.value.policy, Unread)
    assert "not authorized to perform: ec2:DescribeVpcEndpoints because no identity-based" in found.value.policy.detail


@pytest.mark.parametrize("elsewhere", [True, False], ids=["in another account", "nowhere"])
def test_one_that_is_not_there_is_unread_and_not_absent(accounts: Accounts, side: Credentials, elsewhere: bool) -> None:
    endpoint = made(accounts, account=THERE) if elsewhere else RECORDED
    assert read(endpoint, side) == Unread(
        Gap.NO_CREDENTIALS,
        endpoint,
        detail=f"profile `ours` sees no such endpoint in {REGION}: it may be mistyped, in another "
        "Region or in another account",
    )


def test_an_empty_answer_is_none_either(side: Credentials) -> None:
    reply(side.client("ec2", REGION), "DescribeVpcEndpoints", {"VpcEndpoints": []})
    assert isinstance(read(RECORDED, side), Unread)


def test_an_answer_without_a_policy_leaves_the_policy_unread(side: Credentials) -> None:
    described = {
        "VpcEndpointId": RECORDED,
        "VpcEndpointType": "Interface",
        "ServiceName": "com.amazonaws.us-gov-west-1.sts-fips",
    }
    reply(side.client("ec2", REGION), "DescribeVpcEndpoints", {"VpcEndpoints": [described]})
    found = read(RECORDED, side)
    assert isinstance(found, Known)
    assert found.value is not None
    assert isinstance(found.value.policy, Unread)


def test_without_credentials_it_is_unread() -> None:
    gap = read(RECORDED, None)
    assert isinstance(gap, Unread)
    assert (gap.gap, gap.permission) == (Gap.NO_CREDENTIALS, "ec2:DescribeVpcEndpoints")


@pytest.mark.parametrize(
    ("service", "more"),
    [
        pytest.param("s3", {}, id="another service"),
        pytest.param("kms-sts", {}, id="a service whose name ends alike"),
        pytest.param("sts", {"VpcEndpointType": "Gateway"}, id="another type"),
    ],
)
def test_an_endpoint_that_sts_is_not_reached_through_is_a_mistake(
    accounts: Accounts, side: Credentials, service: str, more: dict[str, str]
) -> None:
    endpoint = made(accounts, service=service, **more)
    with pytest.raises(XdiagError, match=rf"`{endpoint}` is for `com.amazonaws.{REGION}.{service}`") as raised:
        read(endpoint, side)
    assert raised.value.hint == (
        "expected an interface endpoint for STS, such as one for `com.amazonaws.eu-west-1.sts`"
    )


def test_the_global_endpoint_is_not_reached_through_a_vpc_endpoint(side: Credentials) -> None:
    with pytest.raises(XdiagError, match=r"no request to sts\.amazonaws\.com") as raised:
        read(RECORDED, side, "aws-global")
    assert "`--region`" in raised.value.hint


@pytest.mark.parametrize("endpoint", ["", "vpc-0a1b2c3d", "vpce-", "vpce-0A1B", f"{RECORDED} ", f"{RECORDED}\n"])
def test_what_is_no_id_is_a_mistake(side: Credentials, endpoint: str) -> None:
    with pytest.raises(XdiagError, match="is not the id of a VPC endpoint"):
        read(endpoint, side)


def test_it_is_read_with_the_credentials_of_the_source(accounts: Accounts, side: Credentials) -> None:
    accounts.iam(HERE).create_user(UserName="builder")
    endpoint = made(accounts)
    there = open_credentials(accounts.profile_of_session("theirs", f"arn:aws:iam::{THERE}:role/Reader"), None, None)
    told: list[str] = []
    request = Request(f"arn:aws:iam::{THERE}:role/Deploy", region=REGION)
    user = f"arn:aws:iam::{HERE}:user/builder"
    found = read_snapshot(request, user, side, there, vpc_endpoint=endpoint, progress=told.append, now="").endpoint
    assert isinstance(found, Known)
    assert found.value is not None
    assert found.value.id == endpoint
    assert isinstance(found.value.policy, Known)
    assert told[0] == f"reading VPC endpoint {endpoint}"


@pytest.mark.parametrize(
    ("endpoint", "region", "message", "hint"),
    [
        (
            "vpce-xyz",
            REGION,
            "`vpce-xyz` is not the id of a VPC endpoint",
            "expected one such as `vpce-0a1b2c3d4e5f60718`",
        ),
        (
            RECORDED,
            "aws-global",
            f"no request to sts.amazonaws.com goes through the VPC endpoint `{RECORDED}`",
            "name the Region of the endpoint with `--region`",
        ),
    ],
)
def test_a_mistake_says_what_was_expected(endpoint: str, region: str, message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as error:
        read(endpoint, None, region)
    assert (error.value.message, error.value.hint) == (message, hint)


def test_what_is_unread_says_why(side: Credentials) -> None:
    no_credentials = "no credentials were given for the source's account"
    assert read(RECORDED, None) == Unread(Gap.NO_CREDENTIALS, RECORDED, "ec2:DescribeVpcEndpoints", no_credentials)
    described = {"VpcEndpointId": RECORDED, "VpcEndpointType": "Interface", "ServiceName": "cn.com.amazonaws.x.sts"}
    reply(side.client("ec2", REGION), "DescribeVpcEndpoints", {"VpcEndpoints": [described]})
    found = read(RECORDED, side)
    assert isinstance(found, Known)
    assert found.value == Endpoint(
        RECORDED,
        "",
        "",
        Unread(Gap.NOT_SUPPLIED, f"policy of {RECORDED}", detail="AWS's answer does not contain it"),
    )
