"""What AWS recorded makes an error exact: the layer that refused, how, and the policy."""

import pytest

from diagnose.model.authorization_record import (
    AuthorizationDetails,
    AuthorizationRecord,
    CheckEffect,
    RecordedCheck,
    RecordedEvaluation,
    RecordedPolicy,
    RecordedStatement,
    informed,
)
from diagnose.model.aws_error import AwsError, ErrorKind
from diagnose.model.evidence import Known, Unread
from diagnose.model.trace import Effect, Layer
from diagnose.model.tri import NO, YES, Tri

ARN, OTHER = "arn:aws:iam::111111111111:policy/Fence", "arn:aws:iam::111111111111:policy/Other"
ALLOW, IMPLICIT, EXPLICIT = CheckEffect.ALLOW, CheckEffect.IMPLICIT_DENY, CheckEffect.EXPLICIT_DENY


def check(layer: Layer, effect: CheckEffect, *uris: str) -> RecordedCheck:
    return RecordedCheck(layer, effect, "", tuple(_denying(uri) for uri in uris))


def _denying(uri: str) -> RecordedPolicy:
    return RecordedPolicy(uri, (), (RecordedStatement("Sid", Effect.DENY),))


def record(
    *checks: RecordedCheck, action: str = "sts:AssumeRole", effect: CheckEffect = EXPLICIT
) -> AuthorizationRecord:
    before = RecordedEvaluation("sts:TagSession", "", ALLOW, (check(Layer.TRUST, ALLOW),))
    details = AuthorizationDetails((before, RecordedEvaluation(action, "", effect, checks)))
    return AuthorizationRecord("abc", details=Known(details))


def error(
    layer: Layer | None = None, *, explicit: bool = False, policy: str = "", action: str = "sts:AssumeRole"
) -> AwsError:
    return AwsError(
        "",
        ErrorKind.NOT_AUTHORIZED,
        action=action,
        layer=layer,
        says_explicit=explicit,
        policy_arn=policy,
        authorization_id="abc",
    )


@pytest.mark.parametrize(
    ("said", "kept", "layer", "explicit", "policy"),
    [
        pytest.param(
            error(), record(check(Layer.SCP, EXPLICIT, ARN)), Layer.SCP, YES, ARN, id="a bare text becomes a full one"
        ),
        pytest.param(
            error(Layer.IDENTITY),
            record(check(Layer.SCP, IMPLICIT), check(Layer.IDENTITY, IMPLICIT), effect=IMPLICIT),
            Layer.IDENTITY,
            NO,
            "",
            id="of two that allow nothing, the one in the text stays",
        ),
        pytest.param(
            error(),
            record(check(Layer.TRUST, IMPLICIT), check(Layer.IDENTITY, IMPLICIT), effect=IMPLICIT),
            Layer.TRUST,
            NO,
            "",
            id="of two that allow nothing, the first where the text names none",
        ),
        pytest.param(
            error(Layer.IDENTITY),
            record(check(Layer.IDENTITY, IMPLICIT), check(Layer.BOUNDARY, EXPLICIT, ARN)),
            Layer.BOUNDARY,
            YES,
            ARN,
            id="a Deny comes before what allows nothing",
        ),
        pytest.param(
            error(Layer.SCP, explicit=True, policy=OTHER),
            record(check(Layer.SCP, EXPLICIT, ARN, OTHER)),
            Layer.SCP,
            YES,
            OTHER,
            id="of two policies the one in the text stays",
        ),
        pytest.param(
            error(Layer.SCP, explicit=True, policy=OTHER),
            record(check(Layer.SCP, EXPLICIT)),
            Layer.SCP,
            YES,
            OTHER,
            id="a policy that the record leaves out stays",
        ),
        pytest.param(
            error(Layer.SCP, explicit=True, policy=OTHER),
            record(check(Layer.SCP, IMPLICIT), effect=IMPLICIT),
            Layer.SCP,
            NO,
            "",
            id="an SCP that allows nothing was told in the words of a Deny",
        ),
        pytest.param(
            error(), record(check(Layer.IDENTITY, EXPLICIT, "x-1")), Layer.IDENTITY, YES, "", id="an inline policy"
        ),
        pytest.param(
            error(action=""),
            record(check(Layer.SCP, EXPLICIT, ARN)),
            Layer.SCP,
            YES,
            ARN,
            id="a text without an action",
        ),
        pytest.param(
            error(action="STS:assumerole"), record(check(Layer.SCP, EXPLICIT)), Layer.SCP, YES, "", id="retyped"
        ),
    ],
)
def test_an_error_is_made_exact(
    said: AwsError, kept: AuthorizationRecord, layer: Layer, explicit: Tri, policy: str
) -> None:
    exact = informed(said, [AuthorizationRecord("other"), kept])
    assert (exact.layer, exact.explicit, exact.says_explicit, exact.policy_arn) == (
        layer,
        explicit,
        explicit is YES,
        policy,
    )


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        pytest.param(error(), AuthorizationRecord("abc", details=Unread()), id="not read"),
        pytest.param(error(), AuthorizationRecord("abd", details=record().details), id="of another denial"),
        pytest.param(error(action="iam:PassRole"), record(check(Layer.SCP, EXPLICIT)), id="of another action"),
        pytest.param(error(action="sts:TagSession"), record(check(Layer.SCP, EXPLICIT)), id="of one that was allowed"),
        pytest.param(error(), record(), id="without checks"),
        pytest.param(error(), record(check(Layer.SCP, ALLOW)), id="without a check that refused"),
        pytest.param(
            AwsError("", ErrorKind.NOT_AUTHORIZED), record(check(Layer.SCP, EXPLICIT)), id="an error without an ID"
        ),
    ],
)
def test_what_is_not_recorded_changes_nothing(said: AwsError, kept: AuthorizationRecord) -> None:
    assert informed(said, [kept]) is said
