"""An error that names an action proves that the action was asked for, if it speaks of this very call."""

import pytest
from msgspec.structs import replace
from tests.evaluate.cases import DESTINATION, GAP, HOME, ROLE, SESSION, STS, USER, case, trusts

from diagnose.evaluate.decision import decide, verdict
from diagnose.evaluate.reported_error import aws_answer, reported_error
from diagnose.model.aws_error import ErrorKind
from diagnose.model.case import Case, ProbeOutcome, ProbeResult
from diagnose.model.error_text.parser import parse_errors
from diagnose.model.evidence import Known
from diagnose.model.trace import Action
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

ASSUME_ALONE = [trusts({"AWS": HOME}, "sts:AssumeRole")]


def refused(action: str, caller: str = SESSION, role: str = DESTINATION) -> str:
    return (
        f"An error occurred (AccessDenied): User: {caller} is not authorized to perform: {action} on resource: {role}"
    )


def authorization(message: str, source: str = SESSION) -> Case:
    """Of a session nobody knows whether it hands on tags or a source identity, and the trust policy allows neither."""
    one = case(source, trust=ASSUME_ALONE, identity=[STS], transitive=GAP, source_identity=GAP)
    return replace(one, message=message)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param("", UNKNOWN, id="nothing was said"),
        pytest.param(refused("sts:TagSession"), NO, id="tags"),
        pytest.param(refused("sts:SetSourceIdentity"), NO, id="a source identity"),
        pytest.param(refused("STS:tagsession").replace(": User", ":\n User"), NO, id="other case, and broken lines"),
        pytest.param(refused("sts:TagSession") + ".", NO, id="at the end of a sentence"),
        pytest.param("not authorized to perform: sts:TagSession", NO, id="neither caller nor role is told"),
        pytest.param(refused("sts:AssumeRole"), UNKNOWN, id="AssumeRole says nothing of the others"),
        pytest.param(refused("sts:TagSession", f"{SESSION}2"), UNKNOWN, id="another session"),
        pytest.param(refused("sts:TagSession", USER), UNKNOWN, id="another caller"),
        pytest.param(refused("sts:TagSession", role=f"{DESTINATION}2"), UNKNOWN, id="another role"),
        pytest.param(refused("sts:GetFederationToken"), UNKNOWN, id="an action of another call"),
        pytest.param(f"authorized to perform: sts:TagSession on resource: {DESTINATION}", UNKNOWN, id="no refusal"),
    ],
)
def test_a_refused_action_was_asked_for(message: str, expected: Tri) -> None:
    one = authorization(message)
    assert decide(one).verdict is verdict(one) is expected


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        pytest.param(SESSION, NO, id="a session of the role"),
        pytest.param(SESSION.replace("/App/", "/Apps/"), UNKNOWN, id="a session of another role"),
        pytest.param(SESSION.replace(HOME, "333333333333"), UNKNOWN, id="a session of another account"),
    ],
)
def test_of_a_role_any_session_will_do(caller: str, expected: Tri) -> None:
    assert verdict(authorization(refused("sts:TagSession", caller), ROLE)) is expected


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        pytest.param(ProbeOutcome.ACCESS_DENIED, NO, id="refused"),
        pytest.param(ProbeOutcome.NOT_MADE, UNKNOWN, id="none"),
    ],
)
def test_the_live_attempt_tells_as_much(outcome: ProbeOutcome, expected: Tri) -> None:
    one = replace(authorization(""), probe=ProbeResult(outcome, message=refused("sts:TagSession")))
    assert verdict(one) is expected


@pytest.mark.parametrize("source", [SESSION, USER])
def test_tags_that_nobody_told_of_were_sent_all_the_same(source: str) -> None:
    one = case(source, trust=ASSUME_ALONE, identity=[STS], transitive=Known(()))
    assert verdict(one) is YES
    refusal = replace(one, message=refused("sts:TagSession", source))
    assert decide(refusal).verdict is verdict(refusal) is NO


def test_only_the_action_that_was_refused_is_needed_for_certain() -> None:
    needs = {each.action: each.needed for each in decide(authorization(refused("sts:TagSession"))).actions}
    assert needs == {Action.ASSUME_ROLE: YES, Action.TAG_SESSION: YES, Action.SET_SOURCE_IDENTITY: UNKNOWN}


def test_a_request_without_tags_needs_no_permission_for_them() -> None:
    one = replace(case(SESSION, trust=ASSUME_ALONE, transitive=Known(())), message=refused("sts:AssumeRole"))
    assert [each.action for each in decide(one).actions] == [Action.ASSUME_ROLE]


SCP = " with an explicit deny in a service control policy"
NO_IDENTITY = " because no identity-based policy allows the"


@pytest.mark.parametrize(
    ("errors", "chosen"),
    [
        pytest.param(
            [refused("iam:GetRole") + f"{NO_IDENTITY} iam:GetRole action", refused("sts:AssumeRole")],
            1,
            id="another permission, whose layer is named",
        ),
        pytest.param(
            [refused("sts:TagSession"), refused("s3:ListAllMyBuckets")], 0, id="another API's error comes last"
        ),
        pytest.param(
            ["An error occurred (X) when calling the ListBuckets operation: no", refused("sts:AssumeRole")],
            1,
            id="an error of another API that is not known",
        ),
        pytest.param(
            [refused("sts:AssumeRole"), refused("sts:AssumeRole", role=f"{DESTINATION}2") + SCP], 0, id="another role"
        ),
        pytest.param([refused("sts:AssumeRole"), refused("sts:AssumeRole", USER) + SCP], 0, id="another caller"),
        pytest.param(
            [refused("sts:AssumeRole"), "AWS Config does not have permission to assume the IAM role."],
            0,
            id="what a service says of itself",
        ),
        pytest.param([refused("sts:AssumeRole") + SCP, refused("sts:AssumeRole")], 0, id="one that names a layer"),
        pytest.param([refused("sts:AssumeRole"), refused("sts:TagSession")], 1, id="else the last"),
        pytest.param(
            [
                refused("sts:AssumeRole", SESSION.replace(HOME, "***"), DESTINATION.replace("222222222222", "***")),
                refused("sts:AssumeRole", USER, f"{DESTINATION}2"),
            ],
            0,
            id="accounts that were masked",
        ),
        pytest.param(
            [
                "Roles may not be assumed by root accounts.",
                "An error occurred (ExpiredToken) when calling the AssumeRole operation: The security token included in"
                " the request is expired",
            ],
            1,
            id="answers that name no action",
        ),
    ],
)
def test_of_several_errors_the_one_about_this_call_is_chosen(errors: list[str], chosen: int) -> None:
    error = reported_error(authorization("\n".join(errors)))
    assert error == parse_errors("\n".join(errors))[chosen]


def test_every_action_that_was_refused_was_asked_for_though_one_error_is_chosen() -> None:
    one = authorization(f"{refused('sts:TagSession')}\n{refused('sts:SetSourceIdentity')}{SCP}")
    needs = {each.action: each.needed for each in decide(one).actions}
    assert needs == {Action.ASSUME_ROLE: YES, Action.TAG_SESSION: YES, Action.SET_SOURCE_IDENTITY: YES}


def test_a_report_comes_before_the_live_attempt() -> None:
    probe = ProbeResult(ProbeOutcome.OTHER_ERROR, code="ExpiredToken", message="?")
    kinds = [
        error and error.kind
        for error in (
            aws_answer(replace(authorization(""), probe=probe)),
            aws_answer(replace(authorization(refused("sts:AssumeRole")), probe=probe)),
            aws_answer(replace(authorization(""), probe=replace(probe, message=""))),
            aws_answer(authorization("")),
        )
    ]
    assert kinds == [ErrorKind.TOKEN_EXPIRED, ErrorKind.NOT_AUTHORIZED, None, None]
