"""Whom a trust policy admits."""

from typing import Any

import pytest

from diagnose.audience import audience
from diagnose.errors import XdiagError
from diagnose.model.policy import Policy, PolicyKind, raw_document

MANY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {
                "AWS": ["arn:aws:iam::111111111111:root", "222222222222", "arn:aws:iam::333333333333:role/App"],
                "Service": "ec2.amazonaws.com",
                "Federated": "arn:aws:iam::111111111111:saml-provider/Corp",
            },
            "Action": ["sts:Assume*", "sts:TagSession"],
        },
        {"Effect": "Deny", "Principal": {"AWS": "444444444444"}, "Action": "sts:AssumeRole"},
    ],
}


def _policy(document: Any) -> Policy:
    return Policy("Deploy", raw_document(document), PolicyKind.TRUST)


def test_everybody_whom_an_allow_names_is_listed_by_kind() -> None:
    told = audience(_policy(MANY))
    assert told.accounts == ("222222222222", "arn:aws:iam::111111111111:root")
    assert told.principals == ("arn:aws:iam::333333333333:role/App",)
    assert told.services == ("ec2.amazonaws.com",)
    assert told.federated == ("arn:aws:iam::111111111111:saml-provider/Corp",)
    assert not told.everyone
    assert not told.open_to_world


def test_a_pattern_is_told_by_the_actions_that_it_covers() -> None:
    told = audience(_policy(MANY)).actions
    assert {"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession"} <= set(told)
    assert "sts:SetSourceIdentity" not in told


@pytest.mark.parametrize(
    ("condition", "open_to_world"),
    [
        pytest.param({}, True, id="no condition at all"),
        pytest.param({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, False, id="one organization"),
        pytest.param({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, True, id="mfa keeps no stranger out"),
    ],
)
def test_everyone_is_the_world_unless_a_condition_narrows_it(condition: Any, open_to_world: bool) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": condition}
    told = audience(_policy({"Version": "2012-10-17", "Statement": statement}))
    assert told.everyone
    assert told.open_to_world is open_to_world


@pytest.mark.parametrize("document", [[], {}, {"Statement": [{"Effect": "Allow", "Principal": 5, "Action": 3}]}])
def test_what_is_no_policy_is_named_and_not_summed_up(document: Any) -> None:
    with pytest.raises(XdiagError, match="cannot be summed up"):
        audience(_policy(document))
