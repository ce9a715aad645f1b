"""Which role is to be asked for instead of one in an account that is foreign to the caller."""

import pytest
from tests.remedy.broken import broken, the_remedy

from diagnose.model.diagnosis import Owner, Proof
from diagnose.model.trace import Subject

UNREAD = {"evidence": "unread", "gap": "not_supplied"}


@pytest.mark.parametrize(
    ("account", "told"),
    [
        ("222222222223", "Ask for `arn:aws:iam::222222222222:role/Deploy`, if account `222222222222` is the one"),
        ("123456789012", "in the place of `123456789012`; the caller's own policies name `arn:aws:iam::222222222222"),
        ("414351767826", "is in an account of Databricks, which assumes roles of its customers"),
    ],
)
def test_the_role_that_was_meant_is_asked_for(account: str, told: str) -> None:
    case = broken(
        "cross-account", request={"role_arn": f"arn:aws:iam::{account}:role/Deploy"}, role=UNREAD, trust_policy=UNREAD
    )
    remedy = the_remedy("correct-role-arn", Subject(), case)
    assert (remedy.owner, remedy.proof) == (Owner.CALLER, Proof.NOT_TRIED)
    assert told in remedy.text
