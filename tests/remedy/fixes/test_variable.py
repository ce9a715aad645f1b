"""A condition that no such caller can meet goes, and everything beside it stays."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.remedy.broken import APP, BUILDER, about, allow, broken, edited, propose, refusal, the_remedy, trust

from diagnose.evaluate.decision import decide
from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Effect, Element, Layer
from diagnose.remedy.fixes.variable import correct_variable, drop_condition

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


BY_ROLE = {"AWS": APP}
NAME = "release-42"
"""The session name in the world `cross-account-role`."""


def replaced(condition: Any, *, session: Any = None, principal: Any = None, **parts: Any) -> list[Any]:
    """Give the conditions as each proposal would have them, of a caller whose session and role have these tags."""
    case = broken(
        "cross-account-role",
        session={"tags": {"evidence": "known", "value": session or {}}},
        principal={"value": {"tags": {"evidence": "known", "value": principal or {}}}},
        trust_policy=trust(allow(BY_ROLE, Condition=condition)),
        **parts,
    )
    remedies = propose("correct-variable", about(case, Layer.TRUST, Element.CONDITION), case)
    return [edited(one)["Statement"][0]["Condition"] for one in remedies]


@pytest.mark.parametrize(
    ("session", "principal", "key"),
    [
        pytest.param({"who": NAME}, {}, "who", id="a tag of the session"),
        pytest.param({}, {"who": NAME}, "who", id="a tag of the role"),
        pytest.param({"who": "x"}, {"who": NAME}, None, id="the session's tag hides that of the role"),
        pytest.param({"who": NAME}, {"who": "x"}, "who", id="and counts instead of it"),
        pytest.param({"a": NAME}, {"b": NAME}, "a", id="the session's own comes first"),
        pytest.param({"who": "x"}, {"who": "x"}, None, id="of another value"),
        pytest.param({"w*": NAME, "w?": NAME}, {}, None, id="its key would be a pattern"),
    ],
)
def test_a_variable_is_replaced_by_a_tag_that_the_caller_carries(session: Any, principal: Any, key: str | None) -> None:
    wanted = [{"StringEquals": {"sts:RoleSessionName": f"${{aws:PrincipalTag/{key}}}"}}] if key else []
    assert replaced({"StringEquals": UNMET}, session=session, principal=principal) == wanted


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param({"StringEquals": {"sts:RoleSessionName": "x"}}, id="there is no variable"),
        pytest.param(
            {"StringEquals": {"aws:RequestTag/who": "${aws:username}"}}, id="the request carries no such value"
        ),
    ],
)
def test_no_other_condition_is_corrected_by_a_tag(condition: Any) -> None:
    parameters = {"tags": {NAME: "1", "other": "2"}}
    assert replaced(condition, session={"who": NAME}, request={"parameters": parameters}) == []


@pytest.mark.parametrize(
    ("world", "condition"),
    [
        pytest.param("cross-account-role", {"StringEquals": {"sts:RoleSessionName": "x"}}, id="another name would do"),
        pytest.param("cross-account", {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, id="a user can have MFA"),
        pytest.param(
            "cross-account-role",
            {"StringNotEquals": {"sts:RoleSessionName": NAME}},
            id="a condition that wants any other value",
        ),
    ],
)
def test_a_condition_that_can_be_met_is_not_dropped(world: str, condition: Any) -> None:
    case = broken(
        world,
        trust_policy=trust(allow({"AWS": APP if world == "cross-account-role" else BUILDER}, Condition=condition)),
    )
    assert refusal("drop-condition", about(case, Layer.TRUST, Element.CONDITION), case) is NotProved.NO_EDIT


def test_mfa_that_no_role_has_is_dropped() -> None:
    case = broken(
        "cross-account-role",
        trust_policy=trust(allow(BY_ROLE, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
    )
    remedy = the_remedy("drop-condition", about(case, Layer.TRUST, Element.CONDITION), case)
    assert edited(remedy)["Statement"] == [allow(BY_ROLE)]


@pytest.mark.parametrize(
    ("principal", "kept"),
    [
        pytest.param({"AWS": APP}, 1, id="it names the role"),
        pytest.param({"AWS": "arn:aws:sts::111111111111:assumed-role/App/build-7"}, 1, id="it names the session"),
        pytest.param({"AWS": [APP, BUILDER]}, 2, id="it names somebody else, too"),
        pytest.param({"AWS": APP, "Service": "ec2.amazonaws.com"}, 2, id="it names a service, too"),
        pytest.param("*", 2, id="it names everybody"),
    ],
)
def test_a_condition_is_removed_in_place_only_where_nobody_else_is_named(principal: Any, kept: int) -> None:
    assert len(without_it(principal, {"StringEquals": UNMET})) == kept


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda subject: replace(subject, element=None), id="no condition"),
        pytest.param(lambda subject: replace(subject, statement=None), id="no statement"),
        pytest.param(
            lambda subject: replace(subject, statement=replace(subject.statement, effect=Effect.DENY)), id="of a Deny"
        ),
        pytest.param(lambda subject: replace(subject, element=replace(subject.element, key="")), id="without a key"),
    ],
)
@pytest.mark.parametrize("author", [correct_variable, drop_condition])
def test_nothing_but_a_condition_of_an_allow_is_changed(author: Any, changed: Any) -> None:
    case = broken(
        "cross-account-role",
        session={"tags": {"evidence": "known", "value": {"who": NAME}}},
        trust_policy=trust(allow(BY_ROLE, Condition={"StringEquals": UNMET})),
    )
    subject = about(case, Layer.TRUST, Element.CONDITION)
    assert list(author(subject, case, decide(case))) != []
    assert list(author(changed(subject), case, decide(case))) == []


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda subject: replace(subject, layer=Layer.IDENTITY), id="of another layer"),
        pytest.param(
            lambda subject: replace(subject, element=replace(subject.element, negated=True)), id="that is negated"
        ),
    ],
)
def test_no_other_condition_is_dropped(changed: Any) -> None:
    case = broken("cross-account-role", trust_policy=trust(allow(BY_ROLE, Condition={"StringEquals": UNMET})))
    subject = changed(about(case, Layer.TRUST, Element.CONDITION))
    assert list(drop_condition(subject, case, decide(case))) == []
