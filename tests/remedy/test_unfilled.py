"""No fix writes what waits to be filled in."""

from typing import Any

import pytest
from tests.remedy.broken import BUILDER, DEPLOY, about, allow, broken, deny, document, trust

from diagnose.evaluate.decision import decide
from diagnose.model.diagnosis import NotProved, Refused
from diagnose.model.trace import Effect, Element, Layer
from diagnose.remedy.change import NewRole, TagChange
from diagnose.remedy.kinds import RemedyKind
from diagnose.remedy.proposal import remedies_of
from diagnose.remedy.unfilled import writes_placeholder

SAMPLE = "YOUR_EXTERNAL_ID"


def test_nothing_that_waits_to_be_filled_in_is_handed_over() -> None:
    condition = {"StringEquals": {"sts:ExternalId": SAMPLE}}
    tried = broken("cross-account", trust_policy=trust(allow({"AWS": BUILDER}, Condition=condition)))
    decision = decide(tried)
    subject = about(tried, Layer.TRUST, Element.CONDITION)
    refused = remedies_of(RemedyKind.PASS_EXTERNAL_ID, subject, tried, decision)
    assert refused == Refused("pass-external-id", NotProved.PLACEHOLDER)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(TagChange("arn:aws:iam::111111111111:role/App", "team", "<TEAM>"), True, id="a tag"),
        pytest.param(TagChange("arn:aws:iam::111111111111:role/App", "team", "blue"), False, id="a tag with a value"),
        pytest.param(NewRole(DEPLOY, document(allow({"AWS": "<ACCOUNT_ID>"}))), True, id="a new policy"),
        pytest.param(None, False, id="no change"),
    ],
)
def test_a_placeholder_is_seen_wherever_a_change_writes_it(change: Any, expected: bool) -> None:
    assert writes_placeholder(change) is expected


def test_a_placeholder_that_a_policy_has_already_may_stay() -> None:
    guarded = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::${Account}:role/[ROLE]"}}
    statements = (allow({"AWS": BUILDER}), deny(Principal={"AWS": "*"}, Condition=guarded))
    tried = broken("cross-account", trust_policy=trust(*statements))
    subject = about(tried, Layer.TRUST, effect=Effect.DENY)
    found = remedies_of(RemedyKind.EXEMPT_FROM_DENY, subject, tried, decide(tried))
    assert not isinstance(found, Refused)
    assert "[ROLE]" in found[0].document
