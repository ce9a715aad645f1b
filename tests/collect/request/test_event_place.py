"""From where a recorded call came, to which endpoint of STS it went, and which tool made its session."""

from typing import Any

import pytest

from diagnose.collect.request.event_place import Place, event_place
from diagnose.collect.request.session_names import maker_of
from diagnose.model.case import GLOBAL_REGION, Endpoint
from diagnose.model.evidence import Known, Unread

PAST: Known[Endpoint | None] = Known(None, "the record")
ROLE = "arn:aws:iam::111111111111:role/App"


def host(name: str) -> dict[str, Any]:
    return {"awsRegion": "us-east-1", "tlsDetails": {"clientProvidedHostHeader": name}}


@pytest.mark.parametrize(
    ("record", "region"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"awsRegion": "eu-west-1"}, "eu-west-1", id="the Region of the record"),
        pytest.param({"awsRegion": "global"}, GLOBAL_REGION, id="no Region"),
        pytest.param(
            {"awsRegion": "us-east-1", "additionalEventData": {"RequestDetails": {"endpointType": "global"}}},
            GLOBAL_REGION,
            id="the global endpoint",
        ),
        pytest.param(
            {"awsRegion": "eu-west-1", "additionalEventData": {"RequestDetails": {"endpointType": "regional"}}},
            "eu-west-1",
            id="that of a Region",
        ),
        *(
            pytest.param(host(name), region, id=name)
            for name, region in (
                ("sts.amazonaws.com", GLOBAL_REGION),
                ("sts.amazonaws.com:443", GLOBAL_REGION),
                ("sts.eu-west-1.amazonaws.com", "eu-west-1"),
                ("sts.eu-west-1.amazonaws.com:443", "eu-west-1"),
                ("sts-fips.us-west-2.amazonaws.com", "us-west-2"),
                ("sts.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
                ("sts.cn-north-1.amazonaws.com.cn", "cn-north-1"),
                ("sts.eu-west-1.api.aws", "eu-west-1"),
                ("vpce-0a1-x.sts.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
                ("proxy.example.com", "us-east-1"),
                ("sts.eu-west-1.example.com", "us-east-1"),
            )
        ),
        pytest.param(
            {
                **host("sts.eu-west-1.amazonaws.com"),
                "additionalEventData": {"RequestDetails": {"endpointType": "global"}},
            },
            "eu-west-1",
            id="the host settles it",
        ),
        pytest.param({"tlsDetails": "x", "additionalEventData": "x", "awsRegion": "eu-west-1"}, "eu-west-1", id="odd"),
    ],
)
def test_the_endpoint_is_the_one_that_the_client_named(record: dict[str, Any], region: str | None) -> None:
    assert event_place(record).region == region


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"),
        *("100.64.0.1", "100.127.255.255", "127.0.0.1", "fc00::1", "fdff::1"),
    ],
)
def test_a_private_address_says_nothing_of_the_network(address: str) -> None:
    assert event_place({"sourceIPAddress": address}) == Place()


@pytest.mark.parametrize(
    "address",
    [
        *("9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0"),
        *("100.63.255.255", "100.128.0.0", "198.51.100.24", "2001:db8::1", "fe00::1"),
    ],
)
def test_a_public_address_came_past_every_endpoint(address: str) -> None:
    assert event_place({"sourceIPAddress": address}) == Place(None, PAST, {"aws:SourceIp": (address,)})


VIA = {
    "aws:ViaAWSService": ("true",),
    **dict.fromkeys(("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"), ("x.amazonaws.com",)),
}


@pytest.mark.parametrize(
    ("record", "place"),
    [
        pytest.param(
            {"vpcEndpointId": "vpce-1", "vpcEndpointAccountId": "333333333333", "sourceIPAddress": "10.0.0.7"},
            Place(
                None,
                Known(Endpoint("vpce-1", owner="333333333333"), "the record"),
                {"aws:SourceVpce": ("vpce-1",), "aws:SourceIp": (), "aws:VpcSourceIp": ("10.0.0.7",)},
            ),
            id="through an endpoint",
        ),
        pytest.param(
            {"vpcEndpointId": "vpce-1", "sourceIPAddress": "x"},
            Place(None, Known(Endpoint("vpce-1"), "the record"), {"aws:SourceVpce": ("vpce-1",), "aws:SourceIp": ()}),
            id="through an endpoint, from nowhere",
        ),
        pytest.param(
            {"sourceIPAddress": "x.amazonaws.com", "userIdentity": {"type": "AssumedRole"}},
            Place(context=VIA),
            id="by a service for somebody",
        ),
        pytest.param(
            {"sourceIPAddress": "x.amazonaws.com", "userIdentity": {"type": "AWSService"}}, Place(), id="by a service"
        ),
        pytest.param({"sourceIPAddress": "x.amazonaws.com"}, Place(), id="by a service for nobody"),
        pytest.param({"sourceIPAddress": "AWS Internal", "userIdentity": {"type": "Root"}}, Place(), id="by AWS"),
        pytest.param({}, Place(None, Unread()), id="nothing"),
    ],
)
def test_the_network_is_what_the_record_shows(record: dict[str, Any], place: Place) -> None:
    assert event_place(record) == place


@pytest.mark.parametrize(
    ("name", "maker"),
    [
        ("botocore-session-1772443800", "the AWS CLI or boto3, from a profile without `role_session_name`"),
        ("AWS-CLI-session-1772443800", "an AWS CLI from before 2018"),
        ("aws-go-sdk-1772443800123456789", "the AWS SDK for Go, as in Terraform and many controllers"),
        ("1772443800123456789", "version 1 of the AWS SDK for Go, or aws-vault"),
        ("aws-sdk-java-1772443800123", "the AWS SDK for Java"),
        ("aws-sdk-js-1772443800123", "the AWS SDK for JavaScript"),
        ("aws-sdk-js-session-1772443800123", "the AWS SDK for JavaScript"),
        ("aws-dotnet-sdk-session-638455123456789012", "the AWS SDK for .NET"),
        ("aws-sdk-php-1772443800123", "the AWS SDK for PHP"),
        ("token-file-web-identity", "a Go program with a web identity token and no session name"),
        ("GitHubActions", "the GitHub action configure-aws-credentials"),
        ("i-0a1b2c3d4e5f60718", "the instance profile of that EC2 instance"),
        ("i-0a1b2c3d", "the instance profile of that EC2 instance"),
        ("botocore-session-177244380", ""),
        ("botocore-session-17724438001", ""),
        ("aws-sdk-js-other-1772443800123", ""),
        ("i-1a1b2c3d", ""),
        ("ines", ""),
    ],
)
def test_a_generated_name_shows_what_gave_it(name: str, maker: str) -> None:
    said = maker_of(f"arn:aws:sts::111111111111:assumed-role/App/{name}")
    assert said == (f"The caller's session was made by {maker}." if maker else "")


@pytest.mark.parametrize("source", ["arn:aws:iam::111111111111:role/App", "", "App", "lambda.amazonaws.com"])
def test_what_is_no_session_has_no_maker(source: str) -> None:
    assert maker_of(source) == ""
