import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.evidence import Gap, Unread
from diagnose.model.key_state import Alternative, ConditionKey, Fit
from diagnose.model.trace import Action, Doubt, Gate, Layer, LayerTrace, LevelTrace
from diagnose.model.tri import NO, UNKNOWN, YES
from diagnose.report import Detail, Format, render
from diagnose.report.sections.unseen import doubt_words, gap_words, gaps, how_to_read

MFA = "aws:MultiFactorAuthPresent"
ABSENT, THE_REST = Alternative(()), Alternative(((),))


def exactly(value: str) -> Alternative:
    return Alternative((value,))


def fits(operator: str, text: str) -> Alternative:
    return Alternative(((Fit(operator, text),),))


@pytest.mark.parametrize(
    ("doubt", "words"),
    [
        pytest.param(
            Doubt(ConditionKey(MFA), YES, (exactly("true"),), (exactly("false"), ABSENT)),
            f"allowed if `{MFA}` is true, denied otherwise",
            id="a value that allows",
        ),
        pytest.param(
            Doubt(
                ConditionKey("sts:ExternalId"),
                YES,
                (fits("StringEquals", "a"), fits("StringEquals", "b"), fits("StringLike", "c*")),
                (THE_REST, ABSENT),
            ),
            "allowed if `sts:ExternalId` is `a`, `b` or like `c*`, denied otherwise",
            id="several values that allow",
        ),
        pytest.param(
            Doubt(ConditionKey("aws:SourceIp"), YES, (THE_REST, ABSENT), (fits("IpAddress", "10.0.0.0/8"),)),
            "denied if `aws:SourceIp` is in `10.0.0.0/8`, allowed otherwise",
            id="values that deny",
        ),
        pytest.param(
            Doubt(ConditionKey("aws:UserAgent"), YES, (fits("StringEquals", "anything else"),), (THE_REST, ABSENT)),
            "allowed if `aws:UserAgent` is `anything else`, denied otherwise",
            id="a value that is spelt like our word for the rest",
        ),
        pytest.param(
            Doubt(ConditionKey(MFA), YES, (exactly("true"), exactly("false")), ()),
            f"it depends on `{MFA}` and on other unknowns",
            id="no value that denies by itself",
        ),
        pytest.param(
            Doubt(ConditionKey(MFA), YES, (), (ABSENT,)), f"denied if `{MFA}` is absent", id="no value that allows"
        ),
        pytest.param(Doubt(ConditionKey(MFA), YES), f"it depends on `{MFA}`", id="nothing was tried"),
        pytest.param(Doubt(Layer.SCP), "it may depend on the service control policies", id="a layer, not tried"),
        pytest.param(Doubt(Layer.SCP, YES), "it depends on the service control policies", id="a layer that matters"),
        pytest.param(
            Doubt(Gate.DURATION, YES),
            "it depends on how long a session the role and the caller's credentials allow",
            id="a gate that matters",
        ),
        pytest.param(
            Doubt(Action.TAG_SESSION, YES),
            "it depends on whether the caller's session has transitive tags, for which `sts:TagSession` is needed",
            id="a companion action",
        ),
    ],
)
def test_a_doubt_says_what_each_value_would_change(doubt: Doubt, words: str) -> None:
    assert doubt_words(doubt) == words


@pytest.mark.parametrize(
    ("gap", "words", "closed"),
    [
        pytest.param(
            Unread(Gap.ACCESS_DENIED, "role Deploy", "iam:GetRole"),
            "role Deploy: not readable",
            "needs `iam:GetRole`",
            id="a permission is missing",
        ),
        pytest.param(
            Unread(Gap.ACCESS_DENIED, "role Deploy"),
            "role Deploy: not readable",
            "needs the permission to read it",
            id="nobody knows which permission is missing",
        ),
        pytest.param(
            Unread(Gap.NOT_SUPPLIED, "the boundary"),
            "the boundary: not looked at",
            "give it in a case file (`--case`)",
            id="nobody looked",
        ),
        pytest.param(
            Unread(Gap.NO_CREDENTIALS, "role Deploy", "iam:GetRole", "no profile"),
            "role Deploy: no credentials to read it (no profile)",
            "needs credentials of that account, with `iam:GetRole`",
            id="there were no credentials",
        ),
        pytest.param(
            Unread(Gap.NO_CREDENTIALS, "SCPs of account 111111111111", detail="profile `org` has expired"),
            "SCPs of account 111111111111: no credentials to read it (profile `org` has expired)",
            "needs credentials that may read it",
            id="the credentials are of no use, whosever they are",
        ),
        pytest.param(
            Unread(Gap.NO_API, "session policy"),
            "session policy: AWS offers no way to read it",
            "ask whoever issued the credentials",
            id="AWS does not tell",
        ),
        pytest.param(
            Unread(Gap.UNREACHABLE),
            "a part of the evidence: could not be reached",
            "try again",
            id="the network failed",
        ),
    ],
)
def test_a_gap_says_why_and_how_to_close_it(gap: Unread, words: str, closed: str) -> None:
    assert (gap_words(gap), how_to_read(gap)) == (words, closed)


def test_each_gap_is_told_once_and_by_the_name_of_its_layer() -> None:
    diagnosis = EVERY["mfa-doubt"](NAMES)
    nobody = Unread()
    decided = diagnosis.decision.actions[0]
    unread = LayerTrace(Layer.SCP, UNKNOWN, UNKNOWN, (LevelTrace("", UNKNOWN, UNKNOWN, (), (nobody,)),))
    idle = replace(unread, layer=Layer.RCP, applies=False)
    decision = replace(
        diagnosis.decision,
        actions=(replace(decided, layers=(unread, idle)), replace(decided, layers=(unread,))),
        doubts=(Doubt(Layer.SCP, gaps=(nobody,)),),
    )
    assert gaps(replace(diagnosis, decision=decision)) == (Unread(subject="the service control policies"),)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        pytest.param("wrong-principal", "They cannot change the denial, but may add causes", id="denied"),
        pytest.param("mfa-doubt", "This is unknown and decides the answer", id="undetermined"),
    ],
)
def test_in_full_what_was_not_seen_is_weighed_by_the_verdict(name: str, sentence: str) -> None:
    assert sentence in render(EVERY[name](NAMES), Format.TEXT, detail=Detail.FULL)
    assert sentence not in render(EVERY[name](NAMES), Format.TEXT)


def test_doubts_that_change_nothing_are_not_told() -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    doubt = Doubt(ConditionKey("aws:SourceIp"), NO)
    told = render(replace(diagnosis, decision=replace(diagnosis.decision, doubts=(doubt,))), Format.TEXT)
    assert "aws:SourceIp" not in told


def test_what_was_not_read_of_an_allowed_request_changes_nothing() -> None:
    diagnosis = EVERY["allowed"](NAMES)
    gap = Doubt(Layer.SESSION, NO, gaps=(Unread(Gap.NO_API, "session policy"),))
    told = render(
        replace(diagnosis, decision=replace(diagnosis.decision, doubts=(gap,))), Format.TEXT, detail=Detail.FULL
    )
    assert "They do not change the answer" in told


def test_several_doubts_settle_it_together() -> None:
    diagnosis = EVERY["mfa-doubt"](NAMES)
    doubts = (*diagnosis.decision.doubts, Doubt(Layer.SCP, YES))
    told = render(
        replace(diagnosis, decision=replace(diagnosis.decision, doubts=doubts)), Format.TEXT, detail=Detail.FULL
    )
    assert "These are unknown and together decide the answer:" in told
