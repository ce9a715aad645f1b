"""Refused calls as cases: those that were refused alike make the same line, with all that decides."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from tests.collect.request.records import ROLE, USER, identity, of_user, refused

from diagnose.batch import make_rows
from diagnose.collect.request.denials import denials_in
from diagnose.loading import load_rules

AUTHORIZED = " because no identity-based policy allows the sts:AssumeRole action. Go to https://eu-west-1.console.aws.\
amazon.com/iam/home?region=eu-west-1#/authorization-details/{0} for complete details, or call the \
GetRequestAuthorizationDetails API with the following authorization id: {0}"
PARAMETERS = of_user()["requestParameters"]
LATER = {"eventTime": "2026-04-17T22:01:09Z", "requestID": "r-2"}


def lines(*records: dict[str, Any], whole: bool = False) -> list[bytes]:
    text = json.dumps({"Records": records}).encode()
    return denials_in(text, "records.json", whole=whole).lines.splitlines(keepends=True)


def of_ines(**changes: str) -> dict[str, Any]:
    return {**of_user()["userIdentity"], **changes}


def session(started: str) -> dict[str, Any]:
    attributes = {"creationDate": started, "mfaAuthenticated": "false"}
    issuer = {"type": "Role", "arn": "arn:aws:iam::111111111111:role/svc/billing"}
    return identity(sessionContext={"sessionIssuer": issuer, "attributes": attributes})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(refused(), refused(**LATER), id="the time"),
        pytest.param(refused(), refused(sourceIPAddress="198.51.100.25"), id="the address"),
        pytest.param(refused(), refused(userAgent="Boto3/1.41.0"), id="the version of the client"),
        pytest.param(
            refused(userIdentity=session("2026-03-02T08:55:00Z")),
            refused(userIdentity=session("2026-03-01T18:55:00Z")),
            id="when the session began",
        ),
        pytest.param(
            refused(sourceIPAddress="10.0.0.7", vpcEndpointId="vpce-0a1b2c3d4e5f60718"),
            refused(sourceIPAddress="10.0.0.8", vpcEndpointId="vpce-0a1b2c3d4e5f60718"),
            id="the address behind an endpoint",
        ),
        pytest.param(
            refused(AUTHORIZED.format("6jf8rxtwgnsc")), refused(AUTHORIZED.format("e2zb")), id="the authorization id"
        ),
    ],
)
def test_calls_refused_alike_make_the_same_line(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = lines(one, {**other, "eventID": "e-9"})
    assert first == second


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(refused(userIdentity=of_ines(arn=f"{USER}-2")), id="the caller"),
        pytest.param(refused(userIdentity=of_ines(accessKeyId="ASIAEXAMPLE")), id="the caller's credentials"),
        pytest.param(refused(" because no identity-based policy allows the sts:AssumeRole action"), id="the layer"),
        pytest.param(refused(awsRegion="eu-west-1"), id="the Region"),
        pytest.param(refused(userAgent="aws-cli/2.31.0"), id="the kind of client"),
        pytest.param(refused(errorCode="ExpiredToken", errorMessage="The security token has expired"), id="the error"),
        pytest.param(refused(vpcEndpointId="vpce-0a1b2c3d4e5f60718", sourceIPAddress="10.0.0.7"), id="the endpoint"),
        pytest.param(refused(requestParameters=PARAMETERS | {"roleArn": f"{ROLE}2"}), id="the role"),
        pytest.param(refused(requestParameters=PARAMETERS | {"externalId": "p-8"}), id="a parameter"),
    ],
)
def test_calls_that_differ_in_what_decides_make_two(other: dict[str, Any]) -> None:
    asked = other["requestParameters"] or PARAMETERS
    first, second = lines(
        refused(requestParameters=PARAMETERS), {**other, "requestParameters": asked, "eventID": "e-9"}
    )
    assert first != second


def test_through_which_endpoint_a_call_came_stays_known() -> None:
    [line] = lines(refused(vpcEndpointId="vpce-0a1b2c3d4e5f60718", sourceIPAddress="10.0.0.7"))
    case = msgspec.json.decode(line)
    assert case["request"]["context"] == {"aws:SourceVpce": ["vpce-0a1b2c3d4e5f60718"]}
    assert case["snapshot"]["endpoint"]["value"]["id"] == "vpce-0a1b2c3d4e5f60718"


def test_where_more_than_the_cause_is_told_each_keeps_its_authorization_id() -> None:
    ids = ("6jf8rxtwgnsc", "e2zb")
    records = [refused(AUTHORIZED.format(one), eventID=one) for one in ids]
    assert [one.encode() in line for one, line in zip(ids, lines(*records, whole=True), strict=True)] == [True, True]


CAUSES: Sequence[dict[str, Any]] = (
    refused(),
    refused(AUTHORIZED.format("6jf8rxtwgnsc")),
    refused(" with an explicit deny in a service control policy"),
    refused(userIdentity=session("2026-03-02T08:55:00Z")),
    refused(vpcEndpointId="vpce-0a1b2c3d4e5f60718", sourceIPAddress="10.0.0.7"),
    refused(
        errorCode="ExpiredToken",
        errorMessage="The security token included in the request is expired",
        requestParameters=PARAMETERS,
    ),
)


@pytest.mark.parametrize("record", CAUSES)
def test_what_is_left_out_would_change_no_row(record: dict[str, Any]) -> None:
    [bare] = lines(record)
    case = msgspec.json.decode(bare)
    case["request"]["context"] = case["request"].get("context", {}) | {
        "aws:CurrentTime": ["2026-03-02T09:30:00Z"],
        "aws:EpochTime": ["1772443800"],
        "aws:TokenIssueTime": ["2026-03-02T08:55:00Z"],
        "aws:SourceIp": ["198.51.100.24"],
        "aws:UserAgent": ["Boto3/1.40.12"],
    }
    case["message"] = case["message"].replace("id: 0", "id: 6jf8rxtwgnsc")
    rules = load_rules()
    told = [make_rows([(1, line)], rules)[0] for line in (bare, msgspec.json.encode(case))]
    assert told[0] == told[1]
    row = json.loads(told[0])
    assert row["primary_cause"] or row["primary_gap"]
