"""A row of a query, and an event of OCSF, as the record of CloudTrail that it is of."""

from typing import Any

import pytest
from tests.collect.request.records import ROLE, USER

from diagnose.collect.request.rows import parse_struct, record_of_row

CALLED: dict[Any, Any] = {"eventname": "AssumeRole"}
NAMED = {"eventName": "AssumeRole"}


@pytest.mark.parametrize(
    ("row", "record"),
    [
        pytest.param({"region": "eu-west-1"}, None, id="nothing of a record"),
        pytest.param({"errormessage": "no"}, None, id="an error of nobody"),
        pytest.param({"useridentity": "{arn=a}"}, None, id="a caller of nothing"),
        pytest.param(CALLED, NAMED, id="the event's name alone"),
        pytest.param({" EventName ": "AssumeRole"}, NAMED, id="capitals, and blanks around a name"),
        pytest.param({**CALLED, None: ["more"]}, NAMED, id="cells without a column"),
        pytest.param({**CALLED, "CloudTrailEvent": "{}"}, None, id="what stands beside the record"),
        *(
            pytest.param(
                {"errormessage": "no", name: USER},
                {"errorMessage": "no", "userIdentity": {"arn": USER}},
                id=f"an error, and {name}",
            )
            for name in ("arn", "userIdentity.arn", "useridentity_arn")
        ),
        pytest.param(
            {"errormessage": "no", "useridentity": f"{{arn={USER}}}"},
            {"errorMessage": "no", "userIdentity": {"arn": USER}},
            id="an error, and a caller",
        ),
        pytest.param(
            {**CALLED, "useridentity.arn": USER, "arn": "another"},
            {**NAMED, "userIdentity": {"arn": USER}},
            id="two ARNs: the first counts",
        ),
        pytest.param({**CALLED, "arn": ""}, {**NAMED, "userIdentity": {}}, id="no ARN"),
        pytest.param(
            {**CALLED, "useridentity": "null", "arn": USER},
            {**NAMED, "userIdentity": None},
            id="an ARN beside a caller that is null",
        ),
        pytest.param(
            {
                **CALLED,
                "useridentity.type": "AssumedRole",
                "useridentity.sessioncontext.attributes.mfaauthenticated": "true",
                "useridentity.sessioncontext.sessionissuer.arn": ROLE,
                "requestparameters.rolearn": ROLE,
                "requestparameters.principaltags": '{"externalid": "x"}',
                "tlsdetails.clientprovidedhostheader": "sts.amazonaws.com",
                "additionaleventdata.requestdetails.endpointtype": "global",
                "responseelements.assumedroleuser.arn": "x",
            },
            {
                **NAMED,
                "userIdentity": {
                    "type": "AssumedRole",
                    "sessionContext": {"attributes": {"mfaAuthenticated": "true"}, "sessionIssuer": {"arn": ROLE}},
                },
                "requestParameters": {"roleArn": ROLE, "principalTags": {"externalId": "x"}},
                "tlsDetails": {"clientProvidedHostHeader": "sts.amazonaws.com"},
                "additionalEventData": {"RequestDetails": {"endpointType": "global"}},
                "responseElements": {"assumedRoleUser": {"arn": "x"}},
            },
            id="columns of structs",
        ),
        pytest.param(
            {**CALLED, "requestparameters": "null", "requestparameters.rolearn": ROLE},
            {**NAMED, "requestParameters": None},
            id="a column of a struct that is null",
        ),
        pytest.param(
            {**CALLED, "useridentity.sessioncontext": "x", "useridentity.sessioncontext.attributes": "y"},
            {**NAMED, "userIdentity": {"sessionContext": "x"}},
            id="a column below one that is text",
        ),
        pytest.param({**CALLED, "host.name": "x"}, {**NAMED, "host.name": "x"}, id="a column of something else"),
        *(
            pytest.param({**CALLED, "errorcode": empty}, {**NAMED, "errorCode": None}, id=f"{empty!r} is nothing")
            for empty in ("", " ", "null", "-", "None")
        ),
        pytest.param({**CALLED, "errorcode": 5}, {**NAMED, "errorCode": 5}, id="a number"),
        pytest.param({**CALLED, "errormessage": " no "}, {**NAMED, "errorMessage": " no "}, id="text as it stands"),
        pytest.param(
            {**CALLED, "requestparameters": f'{{"rolearn": "{ROLE}"}}'},
            {**NAMED, "requestParameters": {"roleArn": ROLE}},
            id="a cell of JSON",
        ),
        pytest.param(
            {**CALLED, "resources": f'[{{"accountid": "1", "ARN": "{ROLE}"}}]'},
            {**NAMED, "resources": [{"accountId": "1", "arn": ROLE}]},
            id="a list of JSON",
        ),
        pytest.param({**CALLED, "resources": "[a, b"}, {**NAMED, "resources": "[a, b"}, id="a list that is not JSON"),
        pytest.param(
            {**CALLED, "requestparameters": {"incomingtransitivetags": {"type": "x"}, "tags": [{"KEY": "type"}]}},
            {**NAMED, "requestParameters": {"incomingTransitiveTags": {"type": "x"}, "tags": [{"key": "type"}]}},
            id="names of tags stay as they are",
        ),
        pytest.param(
            {**CALLED, "requestparameters": {"PrincipalTags": {"Type": "x"}}},
            {**NAMED, "requestParameters": {"principalTags": {"Type": "x"}}},
            id="so do those of principals",
        ),
        pytest.param(
            {**CALLED, "requestparameters": "{rolearn=" + "x" * 2**18},
            {**NAMED, "requestParameters": "{rolearn=" + "x" * 2**18},
            id="a struct that is longer than any",
        ),
        pytest.param(
            {**CALLED, "requestparameters": "{rolearn=x"},
            {**NAMED, "requestParameters": {"roleArn": "x"}},
            id="a struct that breaks off",
        ),
    ],
)
def test_a_row_is_the_record_it_is_of(row: Any, record: Any) -> None:
    assert record_of_row(row) == record


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("{}", {}, id="nothing"),
        pytest.param("{a=1}", {"a": "1"}, id="one"),
        pytest.param("{a=1, b=2}", {"a": "1", "b": "2"}, id="two"),
        pytest.param("{a=1, 2, b=x=y, c=}", {"a": "1, 2", "b": "x=y", "c": None}, id="signs within a value"),
        pytest.param("{a={b={c=1}, d=2}, e=3}", {"a": {"b": {"c": "1"}, "d": "2"}, "e": "3"}, id="structs in structs"),
        pytest.param("{a={}, b=null, c=-, d=None}", {"a": {}, "b": None, "c": None, "d": None}, id="what is nothing"),
        pytest.param("{a= 1 }", {"a": "1"}, id="blanks around a value"),
        pytest.param("{ a=1}", {"a": "1"}, id="blanks around a name"),
        pytest.param("{a=1, b", {"a": "1, b"}, id="no end"),
        pytest.param("{a}", {}, id="no value"),
        pytest.param("{a={b=1, c", {"a": {"b": "1, c"}}, id="no end of a struct in it"),
    ],
)
def test_a_struct_is_read_as_athena_prints_it(text: str, value: Any) -> None:
    assert parse_struct(text) == value


ISSUER = "arn:aws:iam::111111111111:role/svc/billing"
EVENT: dict[str, Any] = {
    "class_uid": 3002,
    "metadata": {"uid": "e-1"},
    "time_dt": "2026-03-02T09:30:00Z",
    "cloud": {"region": "eu-west-1"},
    "api": {
        "operation": "AssumeRole",
        "service": {"name": "sts.amazonaws.com"},
        "response": {"error": "AccessDenied", "error_message": "not authorized", "message": "another"},
        "request": {"uid": "r-1", "data": f'{{"rolearn": "{ROLE}"}}'},
    },
    "actor": {
        "user": {
            "type": "AssumedRole",
            "uid": "AROAEXAMPLE:s-1",
            "uid_alt": USER,
            "name": "s-1",
            "account": {"uid": "111111111111"},
        },
        "session": {"created_time_dt": "2026-03-02T08:55:00Z", "is_mfa": True, "issuer": ISSUER},
        "invoked_by": "lambda.amazonaws.com",
    },
    "src_endpoint": {"ip": "198.51.100.24", "domain": "host.example"},
    "http_request": {"user_agent": "Boto3/1.40.12"},
    "unmapped": {"sharedEventId": "s-1", "recipientaccountid": "222222222222", "tlsDetails.version": "x", "none": "-"},
}
RECORD: dict[str, Any] = {
    "eventName": "AssumeRole",
    "eventSource": "sts.amazonaws.com",
    "errorCode": "AccessDenied",
    "errorMessage": "not authorized",
    "requestID": "r-1",
    "eventID": "e-1",
    "eventTime": "2026-03-02T09:30:00Z",
    "awsRegion": "eu-west-1",
    "sourceIPAddress": "198.51.100.24",
    "userAgent": "Boto3/1.40.12",
    "userIdentity": {
        "type": "AssumedRole",
        "arn": USER,
        "principalId": "AROAEXAMPLE:s-1",
        "userName": "s-1",
        "accountId": "111111111111",
        "invokedBy": "lambda.amazonaws.com",
        "sessionContext": {
            "attributes": {"mfaAuthenticated": "true", "creationDate": "2026-03-02T08:55:00Z"},
            "sessionIssuer": {"arn": ISSUER},
        },
    },
    "requestParameters": {"roleArn": ROLE},
    "sharedEventID": "s-1",
    "recipientAccountId": "222222222222",
    "none": None,
}
OF_NOBODY = {"type": None, "arn": None, "principalId": None, "userName": None, "accountId": None, "invokedBy": None}


def changed(value: dict[str, Any], path: str, *new: Any) -> dict[str, Any]:
    name, _, below = path.partition(".")
    rest = {key: inner for key, inner in value.items() if key != name}
    if below:
        return {**rest, name: changed(value[name], below, *new)}
    return {**rest, **({name: new[0]} if new else {})}


def test_an_event_of_ocsf_is_the_record_it_was_made_of() -> None:
    assert record_of_row(EVENT) == RECORD


@pytest.mark.parametrize(
    ("event", "record"),
    [
        pytest.param(
            changed(EVENT, "api.response.error_message"), changed(RECORD, "errorMessage", "another"), id="another name"
        ),
        pytest.param(
            changed(EVENT, "src_endpoint.ip"), changed(RECORD, "sourceIPAddress", "host.example"), id="no address"
        ),
        pytest.param(
            changed(changed(EVENT, "actor.session.is_mfa"), "actor.session.mfa", False),
            changed(RECORD, "userIdentity.sessionContext.attributes.mfaAuthenticated", "false"),
            id="MFA by its former name",
        ),
        pytest.param(
            changed(EVENT, "actor.session.is_mfa"),
            changed(RECORD, "userIdentity.sessionContext.attributes.mfaAuthenticated"),
            id="nothing of MFA",
        ),
        pytest.param(
            changed(EVENT, "actor.session.created_time_dt", 5),
            changed(RECORD, "userIdentity.sessionContext.attributes.creationDate"),
            id="a time that is a number",
        ),
        pytest.param(
            changed(EVENT, "actor.session.issuer", "billing"),
            changed(RECORD, "userIdentity.sessionContext.sessionIssuer"),
            id="an issuer that is no ARN",
        ),
        pytest.param(
            changed(EVENT, "actor.session.issuer", 5),
            changed(RECORD, "userIdentity.sessionContext.sessionIssuer"),
            id="an issuer that is a number",
        ),
        pytest.param(changed(EVENT, "actor.session"), changed(RECORD, "userIdentity.sessionContext"), id="no session"),
        pytest.param(
            changed(changed(EVENT, "actor.user.uid_alt"), "actor.user.arn", USER), RECORD, id="the ARN by its name"
        ),
        pytest.param(
            changed(changed(EVENT, "actor.user.uid_alt"), "actor.user.uid", USER),
            changed(RECORD, "userIdentity.principalId", None),
            id="the ARN for the id",
        ),
        pytest.param(changed(EVENT, "api.request.data", "null"), changed(RECORD, "requestParameters"), id="no data"),
        pytest.param(changed(EVENT, "api.request.data", "x"), changed(RECORD, "requestParameters"), id="data of text"),
        pytest.param(
            changed(EVENT, "actor", "x"), changed(RECORD, "userIdentity", OF_NOBODY), id="an actor that is text"
        ),
        pytest.param(changed(EVENT, "class_uid"), None, id="not of OCSF"),
        pytest.param(changed(EVENT, "api", "x"), None, id="an API that is text"),
    ],
)
def test_an_event_of_ocsf_may_differ(event: dict[str, Any], record: Any) -> None:
    assert record_of_row(event) == record
