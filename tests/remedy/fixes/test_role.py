"""What is set on a user or a role besides policies: its maximum, its tags, and that it exists."""

from typing import Any

import pytest
from tests.cases import APP, DEPLOY
from tests.remedy.broken import about, allow, broken, refusal, trust
from tests.remedy.example import ACCOUNT, of_gate, with_condition

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Owner
from diagnose.model.evidence import Known
from diagnose.model.trace import Element, Gate, GateTrace, Layer, Reason, Subject
from diagnose.model.tri import NO
from diagnose.remedy.change import Draft, MaximumChange, TagChange
from diagnose.remedy.fixes.parameters import shorten_duration
from diagnose.remedy.fixes.role import create_role, raise_role_maximum, tag_principal, tag_role

UNREAD: Any = {"evidence": "unread"}
ROOT = "arn:aws:iam::111111111111:root"
LINKED = "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"


def known(value: Any) -> Any:
    return {"evidence": "known", "value": value}


def drafts(author: Any, case: Case, subject: Subject) -> list[Draft]:
    return [one for one in author(subject, case, decide(case)) if isinstance(one, Draft)]


def of_condition(case: Case) -> Subject:
    return about(case, Layer.TRUST, Element.CONDITION)


def lasting(seconds: int | None, maximum: Any) -> Case:
    """Ask for so long a session of a role with this maximum."""
    return broken(
        "cross-account",
        request={"parameters": {"duration_seconds": seconds}},
        role={"value": {"max_session_seconds": maximum}},
    )


@pytest.mark.parametrize(
    ("seconds", "maximum", "raised"),
    [
        pytest.param(7200, known(3600), True, id="longer than the maximum"),
        pytest.param(43_200, known(3600), True, id="as long as may be"),
        pytest.param(43_201, known(3600), False, id="longer than any may be"),
        pytest.param(7200, known(7200), False, id="as long as the maximum"),
        pytest.param(7200, known(7201), False, id="shorter than the maximum"),
        pytest.param(7200, UNREAD, True, id="nobody knows the maximum"),
        pytest.param(None, known(3600), False, id="nothing is asked for"),
    ],
)
def test_the_maximum_is_raised_to_what_is_asked_for(seconds: int | None, maximum: Any, raised: bool) -> None:
    case = lasting(seconds, maximum)
    found = drafts(raise_role_maximum, case, Subject())
    assert [(one.owner, one.change) for one in found] == (
        [(Owner.DESTINATION, MaximumChange(DEPLOY, seconds))] if raised and seconds else []
    )
    for one in found:
        assert one.case is not None
        role = one.case.snapshot.destination.role
        assert isinstance(role, Known)
        assert role.value is not None
        assert role.value.max_session_seconds == Known(seconds)


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        pytest.param(UNREAD, NotProved.NOT_READ, id="the role was not read"),
        pytest.param({"value": None}, NotProved.NO_EDIT, id="there is no such role"),
    ],
)
@pytest.mark.parametrize("seconds", [7200, None])
def test_a_maximum_is_raised_of_a_role_alone_that_was_read(seconds: int | None, role: Any, reason: NotProved) -> None:
    case = broken("cross-account", request={"parameters": {"duration_seconds": seconds}}, role=role)
    assert refusal("raise-role-maximum", Subject(gate=GateTrace(Gate.ROLE, NO, Reason.NO_SUCH_ROLE)), case) is reason


@pytest.mark.parametrize(
    ("seconds", "gate", "shortened"),
    [
        pytest.param(3600, GateTrace(Gate.ROLE, NO, Reason.NO_SUCH_ROLE), None, id="an hour, for another gate"),
        pytest.param(3601, GateTrace(Gate.ROLE, NO, Reason.NO_SUCH_ROLE), 3600, id="more, for another gate"),
        pytest.param(
            9000, GateTrace(Gate.DURATION, NO, Reason.OVER_ROLE_MAXIMUM, limit=7200), 7200, id="over the maximum"
        ),
        pytest.param(
            7200, GateTrace(Gate.DURATION, NO, Reason.OVER_ROLE_MAXIMUM, limit=7200), None, id="as long as the maximum"
        ),
        pytest.param(
            9000, GateTrace(Gate.PARAMETERS, NO, Reason.OUT_OF_RANGE, limit=7200), 3600, id="a limit of something else"
        ),
        pytest.param(9000, GateTrace(Gate.DURATION, NO, Reason.OVER_ROLE_MAXIMUM), 3600, id="over an unknown maximum"),
        pytest.param(9000, None, None, id="no gate speaks of it"),
        pytest.param(None, GateTrace(Gate.DURATION, NO, Reason.OVER_ROLE_MAXIMUM), None, id="nothing is asked for"),
    ],
)
def test_a_session_is_shortened_to_what_its_gate_allows_or_to_an_hour(
    seconds: int | None, gate: GateTrace | None, shortened: int | None
) -> None:
    case = lasting(seconds, known(43_200))
    found = [one.case for one in drafts(shorten_duration, case, Subject(gate=gate)) if one.case]
    assert [one.request.parameters.duration_seconds for one in found] == ([shortened] if shortened else [])


@pytest.mark.parametrize(
    ("kind", "key", "layer_of", "parts", "reason"),
    [
        pytest.param("tag-principal", "aws:ResourceTag/team", "", {}, NotProved.NO_EDIT, id="a tag of the role"),
        pytest.param("tag-role", "aws:PrincipalTag/team", "", {}, NotProved.NO_EDIT, id="a tag of the caller"),
        pytest.param(
            "tag-principal",
            "aws:PrincipalTag/team",
            "",
            {"principal": {"value": None}},
            NotProved.NO_EDIT,
            id="a user that there is not",
        ),
        pytest.param(
            "tag-role", "aws:ResourceTag/team", "", {"role": UNREAD}, NotProved.NOT_READ, id="a role that nobody read"
        ),
        pytest.param(
            "tag-role",
            "aws:ResourceTag/team",
            "",
            {"role": {"value": None}},
            NotProved.NO_EDIT,
            id="a role that there is not",
        ),
        pytest.param(
            "tag-principal", "aws:PrincipalTag/team", "identity-center", {}, NotProved.PROTECTED, id="a permission set"
        ),
        pytest.param(
            "tag-principal",
            "aws:PrincipalTag/team",
            "cross-account-role",
            {
                "arn": "arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/s",
                "principal": {"value": {"arn": LINKED}},
            },
            NotProved.PROTECTED,
            id="a role of AWS itself",
        ),
    ],
)
def test_what_cannot_be_tagged_is_not(kind: str, key: str, layer_of: str, parts: Any, reason: NotProved) -> None:
    world = layer_of or "cross-account"
    case = with_condition({"StringEquals": {key: "red"}}, world, whole_account=True, **parts)
    assert refusal(kind, of_condition(case), case) is reason


@pytest.mark.parametrize(
    ("author", "key", "arn", "owner", "part"),
    [
        pytest.param(tag_principal, "aws:PrincipalTag/team", APP, Owner.SOURCE, "principal", id="the caller"),
        pytest.param(tag_role, "aws:ResourceTag/team", DEPLOY, Owner.DESTINATION, "role", id="the role"),
        pytest.param(tag_role, "iam:ResourceTag/team", DEPLOY, Owner.DESTINATION, "role", id="the role, by IAM's key"),
    ],
)
def test_a_tag_takes_each_value_that_is_wanted_and_the_other_tags_stay(
    author: Any, key: str, arn: str, owner: Owner, part: str
) -> None:
    tags = {"value": {"tags": known({"Team": "blue", "stage": "test"})}}
    asked = {"StringEquals": {key: ["green", "red"]}}
    case = with_condition(
        asked,
        "cross-account-role",
        whole_account=True,
        request={"unknown": [key, "aws:SourceIp"]},
        **{part: tags},
    )
    found = drafts(author, case, of_condition(case))
    assert [(one.owner, one.change) for one in found] == [
        (owner, TagChange(arn, "team", value)) for value in ("green", "red")
    ]
    for one, value in zip(found, ("green", "red"), strict=True):
        assert one.case is not None
        assert one.case.request.unknown == ("aws:SourceIp",)
        source, destination = one.case.snapshot.source, one.case.snapshot.destination
        tagged = source.principal if part == "principal" else destination.role
        assert isinstance(tagged, Known)
        assert tagged.value is not None
        assert tagged.value.tags == Known({"stage": "test", "team": value})


@pytest.mark.parametrize("wanted", ["re*", "re?", "${aws:PrincipalAccount}"])
@pytest.mark.parametrize("key", ["aws:PrincipalTag/team", "aws:ResourceTag/team"])
def test_no_tag_takes_a_value_that_only_stands_for_others(key: str, wanted: str) -> None:
    case = with_condition({"StringLike": {key: wanted}}, "cross-account-role", whole_account=True)
    assert drafts(tag_role if "Resource" in key else tag_principal, case, of_condition(case)) == []


def test_a_role_is_created_with_a_maximum_of_an_hour_and_without_tags() -> None:
    case = broken("cross-account", role={"value": None}, trust_policy=UNREAD)
    (draft,) = drafts(create_role, case, Subject())
    assert draft.case is not None
    role = draft.case.snapshot.destination.role
    assert isinstance(role, Known)
    assert role.value is not None
    assert (role.value.tags, role.value.max_session_seconds) == (Known({}), Known(3600))


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        pytest.param({"role": {"value": None}, "arn": ROOT}, NotProved.CALLER_NOT_NAMEABLE, id="the root user calls"),
        pytest.param({"arn": ROOT}, NotProved.NO_EDIT, id="the role exists"),
    ],
)
def test_a_role_is_not_created(parts: Any, reason: NotProved) -> None:
    case = broken("cross-account", trust_policy=trust(allow(ACCOUNT)), **parts)
    subject = of_gate(Gate.ROLE)(broken("cross-account", role={"value": None}))
    assert refusal("create-role", subject, case) is reason
