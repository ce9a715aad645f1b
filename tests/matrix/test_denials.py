"""CloudTrail counted by cause, account and role: on Arrow as by `xdiag batch`, however the records are split."""

import json
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from tests.collect.request.records import ROLE, SESSION, identity, of_user, refused

from diagnose.errors import XdiagError
from diagnose.loading import load_rules
from diagnose.matrix.denials import COUNTS, RECORDS, count_denials

OTHER_ROLE = "arn:aws:iam::333333333333:role/Stock"
SCP = " with an explicit deny in a service control policy"


def by_session(role: str, **changes: Any) -> dict[str, Any]:
    said = f"User: {SESSION} is not authorized to perform: sts:AssumeRole on resource: {role}"
    return refused(userIdentity=identity(), errorMessage=said, **changes)


MIXED = [
    refused(eventID="e-1"),
    refused(SCP, eventID="e-2"),
    of_user(eventID="e-3"),
    refused(SCP, eventID="e-4"),
    by_session(OTHER_ROLE, eventID="e-5"),
    {"eventName": "DeleteBucket", "eventID": "e-6", "errorCode": "AccessDenied", "userIdentity": identity()},
    refused(SCP, eventID="e-7"),
]
"""Three calls that an SCP denies, one each of two roles that AWS gives no reason for, an allowed one, another's."""


def counted(records: list[dict[str, Any]], most: int = 100) -> list[dict[str, Any]]:
    texts = pa.table({"record": [json.dumps(record) for record in records]}, schema=RECORDS)
    [batch] = count_denials(texts.to_batches(max_chunksize=most), load_rules())
    assert batch.schema == COUNTS
    rows: list[dict[str, Any]] = batch.to_pylist()
    return rows


def test_what_fails_most_comes_first_with_cause_account_and_role() -> None:
    most, *others = counted(MIXED)
    assert most["count"] == 3
    assert (most["verdict"], most["layer"]) == ("denied", "scp")
    assert (most["source_account"], most["dest_account"]) == ("111111111111", "222222222222")
    assert most["dest_role_arn"] == ROLE
    assert most["primary_cause"] != ""
    assert most["primary_cause_title"] != ""
    assert Counter((row["dest_role_arn"], row["count"]) for row in others) == {(ROLE, 1): 1, (OTHER_ROLE, 1): 1}


@pytest.mark.parametrize("most", [1, 2, 100])
def test_it_does_not_matter_how_the_records_are_split(most: int) -> None:
    assert counted(MIXED, most) == counted(MIXED[::-1])


def test_a_record_that_is_delivered_twice_counts_once() -> None:
    assert [row["count"] for row in counted([refused(), refused()])] == [1]
    without_id = {name: value for name, value in refused().items() if name != "eventID"}
    assert [row["count"] for row in counted([without_id, without_id])] == [2]


def test_records_of_nothing_that_was_refused_count_nothing() -> None:
    assert counted([of_user(), MIXED[5]]) == []
    assert counted([]) == []


def test_what_is_no_record_is_named_by_its_row() -> None:
    rows = pa.table({"record": [json.dumps(refused()), None, "nonsense"]}, schema=RECORDS)
    with pytest.raises(XdiagError, match="row 3 of the records"):
        list(count_denials(rows.to_batches(max_chunksize=1), ()))
    with pytest.raises(XdiagError, match="have no column `record`") as error:
        list(count_denials(pa.table({"event": ["{}"]}).to_batches(), ()))
    assert error.value.hint == "expected a record a row, as JSON"


def test_a_count_has_all_that_is_known_of_its_calls() -> None:
    assert counted([refused(SCP)]) == [
        {
            "schema": "xdiag.count/1",
            "count": 1,
            "verdict": "denied",
            "primary_cause": "scp-named-by-aws",
            "primary_cause_title": "AWS says that a service control policy denies it, and it was not read",
            "layer": "scp",
            "primary_gap": "trust-policy-not-supplied",
            "source_account": "111111111111",
            "dest_account": "222222222222",
            "dest_role_arn": ROLE,
        }
    ]
