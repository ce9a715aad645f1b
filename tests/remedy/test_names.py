import pytest
from msgspec import Raw
from tests.remedy.broken import APP, BUILDER, broken

from diagnose.evaluate.decision import decide
from diagnose.model.policy import Level, Policy, PolicyKind
from diagnose.model.trace import Layer
from diagnose.remedy.names import (
    PERMISSION_SET_POLICY,
    caller_of,
    destination_is_protected,
    in_policy_phrase,
    level_phrase,
    policy_phrase,
    principal_element,
    principal_name,
    source_is_protected,
    source_phrase,
)

RAW, ROOT = Raw(b"{}"), "arn:aws:iam::111111111111:root"


@pytest.mark.parametrize(
    ("level", "phrase"),
    [
        pytest.param(Level("ou-ab12-11111111", "workloads"), "`workloads` (`ou-ab12-11111111`)", id="a unit"),
        pytest.param(Level("ou-ab12-11111111"), "`ou-ab12-11111111`", id="a unit whose name was not read"),
        pytest.param(Level("111111111111", "111111111111"), "`111111111111`", id="an account"),
    ],
)
def test_a_level_is_named_as_people_and_as_aws_call_it(level: Level, phrase: str) -> None:
    assert level_phrase(level) == phrase


def test_the_caller_of_a_case_that_was_decided_is_worked_out_once() -> None:
    case = broken("cross-account", request={"parameters": {"external_id": "acme-41"}})
    decide(case)
    assert caller_of(case) is caller_of(case)


def test_another_source_is_another_caller() -> None:
    case, other = broken("cross-account"), broken("cross-account-role")
    assert caller_of(case).arn != caller_of(other).arn
    assert caller_of(other).principal_arn == APP


@pytest.mark.parametrize(
    ("world", "layer", "policy", "phrase"),
    [
        ("cross-account", Layer.TRUST, Policy("x", RAW), "the trust policy of the role `Deploy`"),
        ("cross-account", Layer.ENDPOINT, Policy("x", RAW), "the policy of the VPC endpoint"),
        ("cross-account", Layer.IDENTITY, Policy("x", RAW), "the inline policy `x` of the user `builder`"),
        (
            "cross-account",
            Layer.IDENTITY,
            Policy("x", RAW, attached_to="group devs"),
            "the inline policy `x` of the group `devs`",
        ),
        ("cross-account-role", Layer.IDENTITY, Policy("x", RAW), "the inline policy `x` of the role `App`"),
        ("cross-account", Layer.IDENTITY, Policy("x", RAW, PolicyKind.MANAGED), "the managed policy `x`"),
        (
            "identity-center",
            Layer.IDENTITY,
            Policy(PERMISSION_SET_POLICY, RAW),
            "the inline policy of the permission set `Deployers` in IAM Identity Center",
        ),
        (
            "cross-account-role",
            Layer.IDENTITY,
            Policy(PERMISSION_SET_POLICY, RAW),
            f"the inline policy `{PERMISSION_SET_POLICY}` of the role `App`",
        ),
        ("cross-account", Layer.BOUNDARY, Policy("x", RAW), "the permissions boundary `x`"),
        ("cross-account", Layer.SESSION, Policy("x", RAW), "the session policy `x`"),
        ("cross-account", Layer.SCP, Policy("x", RAW), "the service control policy `x`"),
        ("cross-account", Layer.RCP, Policy("x", RAW), "the resource control policy `x`"),
    ],
)
def test_a_policy_is_named_with_what_it_belongs_to(world: str, layer: Layer, policy: Policy, phrase: str) -> None:
    assert policy_phrase(layer, policy, broken(world)) == phrase
    begins = "Start the caller's session again, and in" if layer is Layer.SESSION else "In"
    assert in_policy_phrase(layer, policy, broken(world)) == f"{begins} {phrase}"


@pytest.mark.parametrize(
    ("world", "source", "element", "name"),
    [
        ("cross-account", BUILDER, {"AWS": BUILDER}, "the user `builder`"),
        ("cross-account-role", APP, {"AWS": APP}, "the role `App`"),
        ("service", "ec2.amazonaws.com", {"Service": "ec2.amazonaws.com"}, "`ec2.amazonaws.com`"),
        ("cross-account", ROOT, None, f"`{ROOT}`"),
    ],
)
def test_the_source_is_named_as_a_policy_and_as_people_do(
    world: str, source: str, element: dict[str, str] | None, name: str
) -> None:
    case = broken(world, arn=source) if source == ROOT else broken(world)
    assert principal_element(case) == element
    assert principal_name(case) == source
    assert source_phrase(case) == name


@pytest.mark.parametrize(
    ("path", "protected"),
    [
        ("aws-service-role/x.amazonaws.com/AWSServiceRoleForX", True),
        ("aws-reserved/sso.amazonaws.com/AWSReservedSSO_X_0123456789abcdef", True),
        ("service-role/X", False),
        ("aws-reserved", False),
        ("Deploy", False),
    ],
)
def test_roles_of_aws_itself_are_left_alone(path: str, protected: bool) -> None:
    arn = f"arn:aws:iam::222222222222:role/{path}"
    case = broken("cross-account", request={"role_arn": arn}, role={"value": {"arn": arn}})
    assert destination_is_protected(case) is protected


def test_who_cannot_be_edited_is_left_alone() -> None:
    worlds = {"cross-account": False, "cross-account-role": False, "identity-center": False, "service": True}
    assert {world: source_is_protected(broken(world)) for world in worlds} == worlds
    assert source_is_protected(broken("cross-account", arn=ROOT))
