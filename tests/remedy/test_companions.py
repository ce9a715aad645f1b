"""What else a call needs is granted with it, in one statement, where one will do."""

from typing import Any

import pytest
from tests.remedy.broken import BUILDER, about, allow, broken, edited, the_remedy, trust

from diagnose.model.case import Case
from diagnose.model.diagnosis import Proof
from diagnose.model.trace import Element, Layer

EC2 = allow({"Service": "ec2.amazonaws.com"})
TAGS = allow({"AWS": BUILDER}, "sts:TagSession")
EXTERNAL: Any = {"StringEquals": {"sts:ExternalId": "acme-42"}}
ALL = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


def in_trust(*statements: Any, **changes: Any) -> Case:
    return broken("tagged", trust_policy=trust(*statements), **changes)


@pytest.mark.parametrize(
    ("case", "actions", "proof"),
    [
        pytest.param(in_trust(EC2), ALL, Proof.ALLOWED, id="all three are missing"),
        pytest.param(
            in_trust(EC2, TAGS), ["sts:AssumeRole", "sts:SetSourceIdentity"], Proof.ALLOWED, id="one is allowed"
        ),
        pytest.param(
            in_trust(allow({"AWS": "arn:aws:iam::111111111111:user/ops"}, Condition=EXTERNAL),
                     request={"parameters": {"external_id": "acme-42"}}),
            "sts:AssumeRole", Proof.CLEARS, id="under a condition that the others cannot meet",
        ),
        pytest.param(
            broken("pod", trust_policy=trust(EC2)), ["sts:AssumeRole", "sts:TagSession"], Proof.ALLOWED,
            id="a pod, whose session always has tags",
        ),
        pytest.param(
            broken("cross-account", trust_policy=trust(EC2)), "sts:AssumeRole", Proof.ALLOWED, id="no other is needed"
        ),
    ],
)  # fmt: skip
def test_a_trust_statement_allows_what_the_call_needs(case: Case, actions: Any, proof: Proof) -> None:
    found = the_remedy("name-principal-in-trust", about(case, Layer.TRUST, Element.PRINCIPAL), case)
    assert (edited(found)["Statement"][-1]["Action"], found.proof) == (actions, proof)


def test_the_callers_own_policies_allow_what_the_call_needs() -> None:
    case = broken("tagged", identity_policies={"policies": []})
    found = the_remedy("allow-role-in-identity", about(case, Layer.IDENTITY), case)
    assert (edited(found)["Statement"][-1]["Action"], found.proof) == (ALL, Proof.ALLOWED)
    assert "allows `sts:AssumeRole`, `sts:TagSession` and `sts:SetSourceIdentity` on" in found.text
