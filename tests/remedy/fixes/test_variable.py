"""A condition that no such caller can meet goes, and everything beside it stays."""

from typing import Any

import pytest
from tests.remedy.broken import APP, about, allow, broken, edited, the_remedy, trust

from diagnose.model.trace import Element, Layer

ROOT = {"AWS": "arn:aws:iam::111111111111:root"}
UNMET = {"sts:RoleSessionName": "${aws:username}"}
SECURE = {"Bool": {"aws:SecureTransport": "true"}}


def without_it(principal: Any, condition: Any) -> list[Any]:
    """Give the statements of the trust policy as they are to be."""
    case = broken("cross-account-role", trust_policy=trust(allow(principal, Condition=condition)))
    remedy = the_remedy("drop-condition", about(case, Layer.TRUST, Element.CONDITION, key="sts:RoleSessionName"), case)
    statements: list[Any] = edited(remedy)["Statement"]
    return statements


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        pytest.param({"StringEquals": UNMET}, None, id="the only condition"),
        pytest.param({"StringEquals": UNMET, **SECURE}, SECURE, id="the only one of its operator"),
        pytest.param(
            {"StringEquals": {**UNMET, "sts:ExternalId": "acme-42"}},
            {"StringEquals": {"sts:ExternalId": "acme-42"}},
            id="one of two of its operator",
        ),
        pytest.param(
            {"StringEquals": {**UNMET, "sts:ExternalId": "acme-42"}, **SECURE},
            {"StringEquals": {"sts:ExternalId": "acme-42"}, **SECURE},
            id="one of several of several operators",
        ),
    ],
)
def test_all_other_conditions_stay(condition: Any, left: Any) -> None:
    own, shared = allow({"AWS": APP}), allow(ROOT, Condition=condition)
    kept = own if left is None else {**own, "Condition": left}
    assert without_it({"AWS": APP}, condition) == [kept]
    assert without_it(ROOT, condition) == [shared, {"Sid": "AllowAssumeRoleApp", **kept}]
