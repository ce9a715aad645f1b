"""iam:PassRole: who may hand a role to a service, and the service's own call that follows."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.cases import case, document, identity, on

from diagnose.errors import XdiagError
from diagnose.evaluate.decision import decide, verdict
from diagnose.evaluate.passing import call_of_service, without_words_of_service
from diagnose.model.case import Case, SourceSide
from diagnose.model.evidence import Known
from diagnose.model.operation import Operation
from diagnose.model.trace import Action, Gate, Layer, Reason
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

ROLE = "arn:aws:iam::111111111111:role/OrdersFunction"
PASS = "iam:PassRole"


def to(service: Any, operator: str = "StringEquals", key: str = "iam:PassedToService") -> Any:
    return identity(on(ROLE, PASS, Condition={operator: {key: service}}))


def limit(*statements: Any) -> Any:
    return {"evidence": "known", "value": {"name": "limit", "kind": "managed", "document": document(*statements)}}


def scps(*statements: Any) -> Any:
    scp = {"name": "Guard", "kind": "scp", "document": document({"Effect": "Allow", "Action": "*", "Resource": "*"})}
    own = {"name": "Own", "kind": "scp", "document": document(*statements)}
    return {"value": [{"target": "r-ab12", "name": "root", "policies": {"policies": [scp, own]}}]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({}, YES, id="the role, to this service"),
        pytest.param({"identity_policies": to("ec2.amazonaws.com")}, NO, id="the role, to another service"),
        pytest.param({"identity_policies": to("*.amazonaws.com", "StringLike")}, YES, id="to any service"),
        pytest.param({"identity_policies": to("*.amazonaws.com")}, NO, id="a star under StringEquals"),
        pytest.param({"identity_policies": identity(on(ROLE, "sts:AssumeRole"))}, NO, id="AssumeRole is not PassRole"),
        pytest.param({"identity_policies": identity(on("arn:aws:iam::111111111111:role/Other", PASS))}, NO, id="other"),
        pytest.param({"identity_policies": identity(on("*", "iam:*"))}, YES, id="everything of IAM"),
        pytest.param({"identity_policies": {"policies": []}}, NO, id="no policies, though the trust policy is right"),
        pytest.param({"boundary": limit(on("*", "lambda:*"))}, NO, id="the boundary leaves it out"),
        pytest.param({"boundary": limit(on("*", PASS))}, YES, id="the boundary has it"),
        pytest.param({"boundary": {"evidence": "unread"}}, UNKNOWN, id="a boundary that was not read"),
        pytest.param({"scps": scps({"Effect": "Deny", "Action": PASS, "Resource": "*"})}, NO, id="an SCP denies it"),
        pytest.param({"scps": scps({"Effect": "Deny", "Action": "sts:*", "Resource": "*"})}, YES, id="another Deny"),
        pytest.param(
            {"rcps": {"value": [], "evidence": "unread"}}, YES, id="RCPs do not reach IAM, so that none need be read"
        ),
        pytest.param({"endpoint": {"evidence": "unread", "value": None}}, YES, id="no endpoint of STS is passed"),
        pytest.param(
            {"identity_policies": to("arn:aws:lambda:*:*:function:*", "ArnLike", "iam:AssociatedResourceArn")},
            UNKNOWN,
            id="whether Lambda tells for what is not documented",
        ),
        pytest.param(
            {"identity_policies": to("222", "StringEquals", "sts:ExternalId")}, NO, id="nothing that STS is sent"
        ),
        pytest.param(
            {"identity_policies": to("111111111111", "StringEquals", "aws:ResourceAccount")}, YES, id="the account"
        ),
        pytest.param({"trust_policy": {"value": {"document": document()}}}, YES, id="the trust policy has no say"),
        pytest.param({"request": {"parameters": {"passed_to": None}}}, UNKNOWN, id="to a service that nobody named"),
    ],
)
def test_whoever_passes_a_role_is_decided_by_their_own_side(change: Any, expected: Tri) -> None:
    asked = case("passing", **change)
    assert decide(asked).verdict is expected
    assert verdict(asked) is expected


def test_conditions_on_tags_of_the_role_settle_nothing() -> None:
    tags = {"value": {"tags": {"value": {"team": "red"}}}}
    policy = to("red", key="aws:ResourceTag/team")
    assert decide(case("passing", role=tags, identity_policies=policy)).verdict is UNKNOWN


def test_a_role_is_passed_within_its_account_only() -> None:
    elsewhere = "arn:aws:iam::222222222222:role/OrdersFunction"
    asked = case(
        "passing",
        request={"role_arn": elsewhere},
        role={"value": {"arn": elsewhere}},
        identity_policies=identity(on("*", PASS)),
    )
    (gate,) = decide(asked).gates
    assert (gate.gate, gate.reason, gate.got, gate.wanted) == (
        Gate.PASSING,
        Reason.OTHER_ACCOUNT,
        ("111111111111",),
        "222222222222",
    )
    assert verdict(asked) is NO


def test_only_the_layers_of_whoever_passes_count() -> None:
    (decided,) = decide(case("passing")).actions
    assert decided.action is Action.PASS_ROLE
    assert [layer.layer for layer in decided.layers] == [Layer.SCP, Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION]
    assert all(layer.needed is YES for layer in decided.layers)


def test_services_are_not_asked() -> None:
    asked = case("passing")
    with pytest.raises(XdiagError, match="does not call PassRole"):
        decide(_by(asked, "lambda.amazonaws.com"))


@pytest.mark.parametrize(
    ("denied", "account", "answer"),
    [
        pytest.param([], "111111111111", YES, id="it needs no policy of its own"),
        pytest.param([on("*", "*", Effect="Deny")], "111111111111", NO, id="an SCP denies it"),
        pytest.param([], "222222222222", NO, id="the role is of another account"),
    ],
)
def test_a_root_user_passes_roles_of_its_account_within_its_scps(denied: list[Any], account: str, answer: Tri) -> None:
    asked = case("passing", **({"scps": scps(*denied)} if denied else {}))
    root = f"arn:aws:iam::{account}:root"
    asked = _by(asked, root)
    source = SourceSide(root, scps=asked.snapshot.source.scps, organization=asked.snapshot.source.organization)
    asked = replace(asked, snapshot=replace(asked.snapshot, source=source))
    assert verdict(asked) is answer
    assert decide(asked).verdict is answer


def test_the_service_then_asks_by_itself() -> None:
    call = call_of_service(case("passing", message="The role defined for the function cannot be assumed by Lambda."))
    assert call is not None
    assert (call.source_arn, call.request.operation) == ("lambda.amazonaws.com", Operation.ASSUME_ROLE)
    assert call.message
    assert decide(call).verdict is YES


def test_what_was_said_of_passing_is_not_laid_upon_the_service() -> None:
    said = (
        "An error occurred (AccessDeniedException) when calling the CreateFunction operation: User: "
        f"arn:aws:iam::111111111111:user/builder is not authorized to perform: iam:PassRole on resource: {ROLE}"
    )
    asked = case("passing", message=said)
    call = call_of_service(asked)
    assert call is not None
    assert not call.message
    assert without_words_of_service(asked) is asked


def test_what_the_service_said_is_not_laid_upon_whoever_passes() -> None:
    asked = case("passing", message="The role defined for the function cannot be assumed by Lambda.")
    assert without_words_of_service(asked).message == ""


@pytest.mark.parametrize("parts", [{"request": {"parameters": {"passed_to": None}}}])
def test_without_a_service_there_is_no_call(parts: Any) -> None:
    assert call_of_service(case("passing", **parts)) is None
    assert call_of_service(case("cross-account")) is None


def _by(asked: Case, arn: str) -> Case:
    source = replace(asked.snapshot.source, arn=arn, principal=Known(None))
    return replace(asked, snapshot=replace(asked.snapshot, source=source))
