"""Records come out of whatever they are wrapped in."""

import base64
import gzip
import json
import time
from contextlib import nullcontext
from typing import Any

import pytest
from tests.collect.request.records import ROLE, USER, of_user, refused

from diagnose.collect.request import containers
from diagnose.collect.request.containers import holds_records, records_in
from diagnose.collect.request.event import recorded_calls
from diagnose.errors import XdiagError

RECORD = refused()
TEXT = json.dumps(RECORD)
STRUCT = (
    "{type=IAMUser, principalid=AIDAEXAMPLE, arn=" + USER + ", accountid=111111111111, invokedby=null, "
    "sessioncontext={attributes={mfaauthenticated=false, creationdate=2026-03-02T09:00:00Z}, sessionissuer=null}}"
)


def _packed(value: Any) -> str:
    return base64.b64encode(gzip.compress(json.dumps(value).encode())).decode()


def _csv(*cells: str) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


SAID = RECORD["errorMessage"]
CONTAINERS = {
    "one record": TEXT,
    "a list": json.dumps([RECORD]),
    "a log file": json.dumps({"Records": [RECORD]}),
    "JSON lines": f"{TEXT}\n{json.dumps(of_user(eventID='e-2'))}\n",
    "pretty records one after the other": json.dumps(RECORD, indent=1)
    + "\n"
    + json.dumps(of_user(eventID="e-2"), indent=1),
    "lookup-events": json.dumps({"Events": [{"EventId": "e-1", "EventName": "AssumeRole", "CloudTrailEvent": TEXT}]}),
    "the strings of lookup-events": json.dumps([TEXT]),
    "lookup-events as text": f"EVENTS\tAKIAEXAMPLE\t{TEXT}\te-1\tAssumeRole\n",
    "EventBridge": json.dumps({"detail-type": "AWS API Call via CloudTrail", "source": "aws.sts", "detail": RECORD}),
    "EventBridge through SNS and SQS": json.dumps(
        {"Messages": [{"Body": json.dumps({"Message": json.dumps({"detail": RECORD})})}]}
    ),
    "CloudWatch Logs": json.dumps({"events": [{"timestamp": 1, "message": TEXT}]}),
    "CloudWatch Logs Insights": json.dumps({"results": [[{"field": "@message", "value": TEXT}]]}),
    "a subscription of CloudWatch Logs": json.dumps({"awslogs": {"data": _packed({"logEvents": [{"message": TEXT}]})}}),
    "Insights as CSV": f"@timestamp,@message\n2026-03-02,{_csv(TEXT)}\n",
    "CloudTrail Lake": json.dumps(
        {
            "QueryResultRows": [
                [
                    {"eventName": "AssumeRole"},
                    {"eventID": "e-1"},
                    {"errorCode": "AccessDenied"},
                    {"errorMessage": SAID},
                    {"userIdentity": STRUCT},
                    {"eventTime": "2026-03-02 09:30:00.000"},
                ]
            ]
        }
    ),
    "Athena as CSV": '"eventname","eventid","errorcode","errormessage","useridentity"\n'
    + _csv("AssumeRole", "e-1", "AccessDenied", SAID, STRUCT),
    "Athena's get-query-results": json.dumps(
        {
            "ResultSet": {
                "Rows": [
                    {"Data": [{"VarCharValue": name} for name in ("eventname", "errorcode", "errormessage", "arn")]},
                    {"Data": [{"VarCharValue": cell} for cell in ("AssumeRole", "AccessDenied", SAID, USER)]},
                ]
            }
        }
    ),
    "a query of columns without the event's name": "eventtime;useridentity.arn;errorcode;errormessage\n"
    f"2026-03-02T09:30:00Z;{USER};AccessDenied;{SAID}\n",
    "Splunk": json.dumps({"result": {"_raw": TEXT, "host": "x"}}),
    "OCSF": json.dumps(
        {
            "class_uid": 6003,
            "metadata": {"product": {"name": "CloudTrail"}, "uid": "e-1"},
            "api": {
                "operation": "AssumeRole",
                "service": {"name": "sts.amazonaws.com"},
                "response": {"error": "AccessDenied", "message": SAID},
                "request": {"data": "null"},
            },
            "actor": {"user": {"type": "IAMUser", "uid": USER, "account": {"uid": "111111111111"}}},
            "src_endpoint": {"ip": "198.51.100.24"},
        }
    ),
}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_record_comes_out_of_its_container(container: str, packed: bool) -> None:
    data = CONTAINERS[container].encode()
    calls = recorded_calls(records_in(gzip.compress(data) if packed else data, "file"))
    [call] = [call for call in calls if call.code]
    assert (call.asked.source, call.asked.role, call.code) == (USER, ROLE, "AccessDenied")
    assert call.asked.parameters is None
    assert f"User: {USER} is not authorized" in call.asked.message


def test_what_is_delivered_twice_counts_once() -> None:
    assert len(records_in(json.dumps([RECORD, RECORD]).encode(), "file")) == 1


def test_a_file_that_breaks_off_gives_the_records_before() -> None:
    data = json.dumps({"Records": [RECORD, of_user(eventID="e-2")]})[:-40].encode()
    assert [record["eventID"] for record in records_in(data, "file")] == ["e-1"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"{}", "no CloudTrail record", id="an object"),
        pytest.param(b"", "no CloudTrail record", id="nothing"),
        pytest.param(b'{"digestS3Object": "x", "logFiles": []}', "a digest", id="a digest"),
        pytest.param(b"{'EventTime': datetime.datetime(2026, 3, 2)}", "not JSON", id="Python's print"),
        pytest.param(b"\x1f\x8b\x00", "cannot be unpacked", id="a broken gzip file"),
        pytest.param(b"[" * 100_000, "nested too deeply", id="deep nesting"),
    ],
)
def test_what_holds_no_record_is_told(data: bytes, said: str) -> None:
    with pytest.raises(XdiagError, match=said):
        records_in(data, "file")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(gzip.compress(b"\0" * 2**21), "unpacks to more than 200 times its size", id="zeros"),
        pytest.param(gzip.compress(b"{}" * 2**18), "20,000 values in a row that are no record", id="empty objects"),
        pytest.param(b'""' * 30_000, "20,000 values in a row that are no record", id="empty strings"),
        pytest.param(b"[x" * 30_000, "20,000 values in a row that are no record", id="what is no list"),
        pytest.param(b'"' + rb"\"" * 100_000, "begins as JSON again and again", id="quotes without an end"),
        pytest.param(b"[1," * 900 + b"1," * 30_000, "begins as JSON again and again", id="lists without an end"),
        pytest.param(
            json.dumps([base64.b64encode(gzip.compress(b" " * 2**21)).decode()]).encode(),
            "unpacks to more than 200 times its size",
            id="zeros within a text",
        ),
        pytest.param(
            b"eventname,x\n" + b'\r"\0' * 10_000, "a table that cannot be read on from line 2", id="a table of nonsense"
        ),
    ],
)
def test_nonsense_is_told_in_time_that_grows_with_its_size(
    data: bytes, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containers, "_MOST_STRANGERS", 20_000)
    monkeypatch.setattr(containers, "_LARGEST_OF_ANY_RATIO", 2**20)
    start = time.process_time()
    with pytest.raises(XdiagError, match=said):
        records_in(data, "file")
    assert time.process_time() - start < 5


def test_a_log_of_other_things_may_stand_between_records() -> None:
    text = "[INFO] 'it' {\n" * 500 + TEXT + '"cut [off\n' * 500
    assert [record["eventID"] for record in records_in(text.encode(), "file")] == [RECORD["eventID"]]


def test_a_session_name_with_commas_and_equals_signs_is_read_out_of_a_struct() -> None:
    row = "{type=AssumedRole, arn=arn:aws:sts::111111111111:assumed-role/q/a=b,c=d, accountid=111111111111}"
    [call] = recorded_calls(records_in(f'eventname,useridentity,errorcode\nAssumeRole,"{row}",X\n'.encode(), "file"))
    assert call.caller == "arn:aws:sts::111111111111:assumed-role/q/a=b,c=d"


@pytest.mark.parametrize(
    "container", [name for name in CONTAINERS if name not in ("OCSF", "a query of columns without the event's name")]
)
def test_a_file_of_records_is_known_from_one_of_cases(container: str) -> None:
    assert holds_records(CONTAINERS[container].encode())
    assert not holds_records(b'{"schema": "xdiag.case/1", "snapshot": {}, "note": "eventName: x"}')


@pytest.mark.parametrize("word", ["snapshot", "xdiag.case/1"])
def test_a_session_that_is_called_by_a_word_of_cases_hides_no_record(word: str) -> None:
    assert holds_records(json.dumps({"Records": [{**RECORD, "requestParameters": {"roleSessionName": word}}]}).encode())


def test_a_long_run_of_backslashes_is_looked_through_once() -> None:
    before = time.process_time()
    assert not holds_records(b"\\" * 100_000)
    assert time.process_time() - before < 2


@pytest.mark.parametrize(("lists", "found"), [(16, True), (17, False)])
def test_a_record_is_looked_for_sixteen_levels_deep(lists: int, found: bool) -> None:
    data = ("[" * lists + TEXT + "]" * lists).encode()
    if found:
        assert [record["eventID"] for record in records_in(data, "file")] == [RECORD["eventID"]]
    else:
        with pytest.raises(XdiagError, match="no CloudTrail record"):
            records_in(data, "file")


@pytest.mark.parametrize(
    ("name", "known"),
    [
        *((name, True) for name in ("eventname", "errormessage", "useridentity", "eventid", "cloudtrailevent")),
        *((name, True) for name in ("@message", "_raw", "message", "eventName")),
        ("nothing", False),
    ],
)
def test_a_table_is_known_by_any_of_its_columns(name: str, known: bool) -> None:
    table = f"{_csv(name, 'event')}\n{_csv('x', TEXT)}\n".encode()
    with nullcontext() if known else pytest.raises(XdiagError, match="holds no CloudTrail record"):
        assert len(records_in(table, "file")) == 1


def test_what_is_not_utf_8_spoils_no_record() -> None:
    of_another = json.dumps(refused(errorMessage="caf@")).encode().replace(b"@", b"\xe9")
    assert [record["errorMessage"] for record in records_in(of_another, "file")] == ["caf\ufffd"]
    assert holds_records(of_another)
    assert holds_records(b"\xef\xbb\xbf" + of_another)


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (
            b"{}",
            "holds no CloudTrail record",
            "expected a record, a log file, or what `aws cloudtrail lookup-events` prints",
        ),
        (
            b'{"digestS3Object": "x"}',
            "is a digest of CloudTrail, which lists log files",
            "expected one of the log files that it names",
        ),
        (
            b"{'EventTime': datetime.datetime(2026, 3, 2)}",
            "is Python's print of records, not JSON",
            "expected what `json.dumps(..., default=str)` gives",
        ),
        (
            b'{"aws.cloudtrail.event_type": "x"}',
            "is a document of Elastic without the record",
            "expected its field `event.original`",
        ),
        (b"\x1f\x8b\x00", "is a gzip file that cannot be unpacked", "is it whole? fetch it again"),
        (b"[" * 100_000, "is nested too deeply to be read", "is it the right file?"),
        (
            gzip.compress(b"\0" * 2**21),
            "unpacks to more than 200 times its size",
            "no log does; is it the right file?",
        ),
        (
            b'""' * 300,
            "holds 200 values in a row that are no record of CloudTrail",
            "is it the right file? pick the records out of it first",
        ),
        (
            b'"' + rb"\"" * 100_000,
            "begins as JSON again and again, and does not go on so",
            "is it whole, and the right file?",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told_in_whole(
    data: bytes, message: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonsense = data.startswith(b'""')
    monkeypatch.setattr(containers, "_MOST_STRANGERS", 200 if nonsense else 200_000)
    monkeypatch.setattr(containers, "_LARGEST_OF_ANY_RATIO", 2**20)
    with pytest.raises(XdiagError) as error:
        records_in(data, "a file")
    assert (error.value.message, error.value.hint) == (f"`a file` {message}", hint)


def test_a_file_that_is_packed_twice_is_unpacked_and_no_more() -> None:
    twice = gzip.compress(gzip.compress(TEXT.encode()))
    assert len(records_in(twice, "file")) == 1
    with pytest.raises(XdiagError, match="holds no CloudTrail record"):
        records_in(gzip.compress(twice), "file")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_may_have_any_of_three_delimiters(delimiter: str) -> None:
    table = f'eventID{delimiter} "Message" \ne-1{delimiter}' + '"' + TEXT.replace('"', '""') + '"\n'
    assert [record["eventID"] for record in records_in(table.encode(), "file")] == ["e-1"]
