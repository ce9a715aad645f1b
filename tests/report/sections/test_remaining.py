"""What remains after a fix, word for word."""

import pytest

from diagnose.model.diagnosis import Owner, Proof, RemainingBlocker, Remedy, StatementPlace
from diagnose.model.key_state import Alternative, ConditionKey, KeyState
from diagnose.model.trace import (
    Action,
    Blocker,
    Comparison,
    Doubt,
    Element,
    ElementTrace,
    Gate,
    GateTrace,
    Layer,
    Reason,
)
from diagnose.model.tri import NO
from diagnose.report.sections.remaining import not_ruled_out, remaining_words

ASSUME, TAGS = Action.ASSUME_ROLE, Action.TAG_SESSION
TOO_LONG = GateTrace(Gate.DURATION, NO, Reason.OVER_ROLE_MAXIMUM, limit=3600, got=("7200",))
ABSENT, BLUE = KeyState(((),)), KeyState((("blue",),))
EXTERNAL_ID = ElementTrace(
    Element.CONDITION, NO, Reason.KEY_MISSING, "/Statement/0", ("x-1",), ABSENT, "sts:ExternalId", "StringEquals"
)
TAG = ElementTrace(Element.CONDITION, NO, Reason.VALUE_DIFFERS, "/x", ("a",), BLUE, "aws:PrincipalTag/t", "StringLike")


def left(*remaining: RemainingBlocker | Doubt) -> Remedy:
    return Remedy("pass-mfa", Owner.CALLER, "Pass it", Proof.CLEARS, remaining=remaining)


@pytest.mark.parametrize(
    ("remaining", "words"),
    [
        pytest.param(
            RemainingBlocker(Blocker(gate=Gate.DURATION), TOO_LONG),
            "the requested duration is refused: 7200 seconds, where the role allows 3600 at most",
            id="a gate, with both sides",
        ),
        pytest.param(
            RemainingBlocker(Blocker(gate=Gate.ROLE), GateTrace(Gate.ROLE, NO, Reason.NO_SUCH_ROLE)),
            "the requested role is refused: no such role",
            id="a gate that wants nothing that could be named",
        ),
        pytest.param(
            RemainingBlocker(
                Blocker(ASSUME, Layer.BOUNDARY, explicit=True),
                statements=(StatementPlace("B", 1, "No"), StatementPlace("B", 2)),
            ),
            "an explicit Deny of `sts:AssumeRole` in the permissions boundary `B` (statement `No`) "
            "and `B` (statement 3)",
            id="Deny statements",
        ),
        pytest.param(
            RemainingBlocker(
                Blocker(ASSUME, Layer.TRUST), statements=(StatementPlace("Deploy", 0),), conditions=(EXTERNAL_ID, TAG)
            ),
            "the trust policy `Deploy` (statement 1) allows `sts:AssumeRole` only where `sts:ExternalId` StringEquals "
            "`x-1` (there is none) and `aws:PrincipalTag/t` StringLike `a` (it is `blue`)",
            id="an Allow under conditions",
        ),
        pytest.param(
            RemainingBlocker(Blocker(TAGS, Layer.TRUST)),
            "the trust policy does not allow `sts:TagSession`",
            id="a layer of one policy",
        ),
        pytest.param(
            RemainingBlocker(Blocker(ASSUME, Layer.IDENTITY)),
            "no identity policy allows `sts:AssumeRole`",
            id="a layer of several policies",
        ),
        pytest.param(
            RemainingBlocker(Blocker(ASSUME, Layer.SCP), levels=("Root", "workloads")),
            "no service control policy allows `sts:AssumeRole` at `Root` and `workloads`",
            id="levels of the organization",
        ),
        pytest.param(
            Doubt(ConditionKey("aws:SourceIp")),
            "not ruled out: a condition on `aws:SourceIp`, whose value is not known",
            id="an unknown key",
        ),
        pytest.param(
            Doubt(Layer.SCP),
            "not ruled out: the service control policy, which was not read, or only in part",
            id="an unread layer",
        ),
        pytest.param(
            Doubt(Gate.DURATION),
            "not ruled out: the requested duration, which could not be checked",
            id="a gate that could not be checked",
        ),
        pytest.param(
            Doubt(Comparison(Element.PRINCIPAL, ("*",))),
            "not ruled out: whether `*` includes AWS services, which is not known",
            id="a comparison",
        ),
        pytest.param(
            Doubt(Action.SET_SOURCE_IDENTITY),
            "not ruled out: a source identity of the caller's session, for which `sts:SetSourceIdentity` is needed",
            id="another action",
        ),
    ],
)
def test_what_remains_is_told_in_words(remaining: RemainingBlocker | Doubt, words: str) -> None:
    assert remaining_words(left(remaining)) == (words,)


def test_what_blocks_comes_first_and_is_told_once() -> None:
    blocks, doubt = RemainingBlocker(Blocker(ASSUME, Layer.IDENTITY)), Doubt(ConditionKey("aws:SourceIp"))
    again = Doubt(ConditionKey("aws:SourceIp"), allows=(Alternative(("192.0.2.1",)),))
    assert remaining_words(left(doubt, blocks, again)) == (
        "no identity policy allows `sts:AssumeRole`",
        "not ruled out: a condition on `aws:SourceIp`, whose value is not known",
    )


def test_layers_that_were_not_read_are_named_together_after_all_else() -> None:
    doubts = (Doubt(Layer.RCP), Doubt(ConditionKey("aws:SourceIp")))
    assert not_ruled_out(left(*doubts)) == (
        "a condition on `aws:SourceIp`, whose value is not known; the resource control policy (not read)"
    )
