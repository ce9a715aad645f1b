"""Who carries a policy, for the commands and templates that change it."""

import pytest
from msgspec.structs import replace
from tests.cases import case

from diagnose.model.policy import Policy, PolicyKind, raw_document
from diagnose.remedy.change import PolicyHolder, holder_of

POLICY = Policy("P", raw_document({"Statement": []}), PolicyKind.MANAGED)


@pytest.mark.parametrize(
    ("world", "policy", "holder"),
    [
        pytest.param("cross-account", replace(POLICY, kind=PolicyKind.TRUST), ("role", "Deploy"), id="a trust policy"),
        pytest.param(
            "endpoint",
            replace(POLICY, kind=PolicyKind.ENDPOINT),
            ("endpoint", "vpce-0a1b2c3d4e5f60718"),
            id="an endpoint's",
        ),
        pytest.param(
            "cross-account", replace(POLICY, kind=PolicyKind.ENDPOINT), ("endpoint", ""), id="of an endpoint not known"
        ),
        pytest.param(
            "cross-account", replace(POLICY, kind=PolicyKind.INLINE), ("user", "builder"), id="a user's inline policy"
        ),
        pytest.param(
            "cross-account-role", replace(POLICY, kind=PolicyKind.INLINE), ("role", "App"), id="a role's inline policy"
        ),
        pytest.param(
            "cross-account",
            replace(POLICY, kind=PolicyKind.INLINE, attached_to="group Builders"),
            ("group", "Builders"),
            id="a group's inline policy",
        ),
        pytest.param("cross-account", POLICY, ("", ""), id="one that stands by itself"),
        pytest.param("organization", replace(POLICY, kind=PolicyKind.SCP), ("", ""), id="an SCP"),
    ],
)
def test_a_policy_is_carried_by(world: str, policy: Policy, holder: tuple[str, str]) -> None:
    assert holder_of(policy, case(world)) == PolicyHolder(*holder)
