"""Documents of which a part is not known: known values are kept apart from unknown ones."""

import json
from typing import Any

import pytest

from diagnose.collect.evidence.partial_document import UnknownValue, decidable
from diagnose.model.policy import UNKNOWN_PART

GAP = UnknownValue("an import")
PART = {UNKNOWN_PART: "an import"}
IT = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(IT, IT, id="all is known, and is left as it is"),
        pytest.param({**IT, "Resource": GAP}, [{**IT, "Resource": PART}], id="one value"),
        pytest.param({**IT, "Resource": [GAP]}, [{**IT, "Resource": [PART]}], id="a list without a known value"),
        pytest.param(
            {**IT, "Resource": ["a", GAP]},
            [{**IT, "Resource": ["a"]}, {**IT, "Resource": [PART]}],
            id="a known value beside an unknown one",
        ),
        pytest.param(
            {**IT, "Principal": {"AWS": ["a", GAP], "Service": "b"}},
            [
                {**IT, "Principal": {"AWS": ["a"], "Service": ["b"]}},
                {**IT, "Principal": {"AWS": [PART]}},
            ],
            id="principals",
        ),
        pytest.param(
            {**IT, "NotAction": ["a", GAP]}, [{**IT, "NotAction": ["a", PART]}], id="what is excepted is kept together"
        ),
        pytest.param(
            {**IT, "Condition": {"StringEquals": GAP, "Bool": {"a": "true"}}},
            [{**IT, "Condition": PART}],
            id="the keys of an operator",
        ),
        pytest.param(
            {**IT, "Condition": {"StringEquals": {"a": ["b", GAP]}}},
            [{**IT, "Condition": {"StringEquals": {"a": ["b", PART]}}}],
            id="a value of a condition",
        ),
        pytest.param(GAP, [PART], id="a whole statement"),
    ],
)
def test_known_and_unknown_values_are_parted(statement: Any, expected: Any) -> None:
    written = decidable({"Version": "2012-10-17", "Statement": statement})
    assert not isinstance(written, UnknownValue)
    assert json.loads(bytes(written))["Statement"] == expected


def test_a_document_that_is_not_known_is_not_one() -> None:
    assert decidable(GAP) == GAP
