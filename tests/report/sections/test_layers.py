import pytest
from msgspec.structs import replace
from tests.cases import case
from tests.report.diagnoses import EVERY, NAMES

from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.evaluate.decision import decide
from diagnose.model.aws_error import ErrorKind
from diagnose.model.diagnosis import AwsAnswer
from diagnose.model.evidence import Gap, Unread
from diagnose.model.policy import Policy, raw_document
from diagnose.model.trace import (
    Action,
    ActionDecision,
    Decision,
    Effect,
    Gate,
    GateTrace,
    Layer,
    LayerTrace,
    LevelTrace,
    Reason,
    StatementTrace,
)
from diagnose.model.tri import NO, UNKNOWN, YES, Tri
from diagnose.model.words import GATE_WORDS, LAYER_WORDS
from diagnose.report.blocks import Check, Checklist, Paragraph, Section, Sign
from diagnose.report.layout import Tone
from diagnose.report.sections.layers import gate_check, layer_check, layers

STATEMENT = StatementTrace(Layer.SCP, "", Policy("p", raw_document({})), 0, "", Effect.DENY, UNKNOWN, ())
DENIED = Unread(Gap.ACCESS_DENIED, "p")


@pytest.mark.parametrize(
    ("layer", "sign", "answer"),
    [
        pytest.param(LayerTrace(Layer.TRUST, YES, NO), Sign.PASSES, "allowed", id="allowed"),
        pytest.param(LayerTrace(Layer.TRUST, NO, NO), Sign.BLOCKS, "denied (no Allow)", id="nothing allows"),
        pytest.param(LayerTrace(Layer.TRUST, NO, YES), Sign.BLOCKS, "denied (explicit Deny)", id="a Deny applies"),
        pytest.param(
            LayerTrace(Layer.TRUST, NO, UNKNOWN),
            Sign.BLOCKS,
            "denied (explicit Deny or no Allow)",
            id="nobody knows which",
        ),
        pytest.param(
            LayerTrace(Layer.IDENTITY, YES, NO, needed=NO),
            Sign.PASSES,
            "allowed (not required)",
            id="allowed where nothing is needed",
        ),
        pytest.param(
            LayerTrace(Layer.IDENTITY, NO, NO, needed=NO),
            Sign.NONE,
            "not required",
            id="silent where nothing is needed",
        ),
        pytest.param(
            LayerTrace(Layer.IDENTITY, NO, YES, needed=NO),
            Sign.BLOCKS,
            "denied (explicit Deny)",
            id="a Deny counts though nothing is needed",
        ),
        pytest.param(
            LayerTrace(Layer.IDENTITY, NO, NO, needed=UNKNOWN),
            Sign.UNKNOWN,
            "no Allow; whether one is required is not known",
            id="silent where nobody knows what is needed",
        ),
        pytest.param(
            LayerTrace(Layer.BOUNDARY, YES, NO, applies=False), Sign.NONE, "none set", id="a layer that is not there"
        ),
        pytest.param(
            LayerTrace(Layer.SCP, YES, NO, applies=False, why="the account is not in an organization"),
            Sign.NONE,
            "the account is not in an organization",
            id="a layer that does not apply, with the reason",
        ),
        pytest.param(
            LayerTrace(Layer.SCP, NO, YES, (LevelTrace("Root", YES, NO), LevelTrace("Workloads", YES, YES))),
            Sign.BLOCKS,
            "denied (explicit Deny) at `Workloads`",
            id="one level of an organization denies",
        ),
        pytest.param(
            LayerTrace(Layer.SCP, UNKNOWN, UNKNOWN, (LevelTrace("", UNKNOWN, UNKNOWN, (), (Unread(),)),)),
            Sign.UNKNOWN,
            "not looked at",
            id="nobody looked",
        ),
        pytest.param(
            LayerTrace(Layer.SCP, UNKNOWN, UNKNOWN, (LevelTrace("", UNKNOWN, UNKNOWN, (STATEMENT,), (DENIED,)),)),
            Sign.UNKNOWN,
            "read in part; the rest: not readable",
            id="a part was read",
        ),
        pytest.param(
            LayerTrace(Layer.SCP, UNKNOWN, UNKNOWN, (LevelTrace("", UNKNOWN, UNKNOWN, (STATEMENT,)),)),
            Sign.UNKNOWN,
            "depends on request values that are not known",
            id="all was read, but the request is not known",
        ),
        pytest.param(LayerTrace(Layer.SCP, UNKNOWN, UNKNOWN), Sign.UNKNOWN, "not known", id="no reason given"),
    ],
)
def test_a_layer_answers_in_a_few_words(layer: LayerTrace, sign: Sign, answer: str) -> None:
    assert layer_check(layer) == Check(LAYER_WORDS[layer.layer].policies, sign, answer)


@pytest.mark.parametrize(
    ("verdicts", "count"),
    [
        pytest.param((YES, YES, YES), "Nothing blocks the request.", id="none"),
        pytest.param((YES, NO, YES), "1 of 3 blocks the request.", id="one"),
        pytest.param((NO, NO, UNKNOWN), "2 of 3 block the request; 1 is not known.", id="two and a doubt"),
        pytest.param(
            (YES, UNKNOWN, UNKNOWN),
            "Nothing that was read blocks the request; 2 of 3 are not known.",
            id="none that is known",
        ),
    ],
)
def test_the_layers_that_stand_in_the_way_are_counted(verdicts: tuple[Tri, ...], count: str) -> None:
    traces = tuple(LayerTrace(layer, verdict, NO) for layer, verdict in zip(Layer, verdicts, strict=False))
    (section,) = told(Decision(NO, False, (ActionDecision(Action.ASSUME_ROLE, NO, traces),)))
    assert section.blocks[0] == Paragraph(count)


def test_another_action_is_told_only_where_it_comes_out_otherwise() -> None:
    same = (LayerTrace(Layer.TRUST, YES, NO),)
    other = (LayerTrace(Layer.TRUST, NO, NO),)
    actions = (
        ActionDecision(Action.ASSUME_ROLE, YES, same),
        ActionDecision(Action.SET_CONTEXT, YES, same),
        ActionDecision(Action.TAG_SESSION, NO, other, needed=UNKNOWN),
    )
    decision = Decision(NO, False, actions)
    assert [section.title for section in told(decision)] == ["What was checked for sts:AssumeRole"]
    _, tagging = told(decision, full=True)
    assert tagging.title == "What was checked for sts:TagSession"
    assert tagging.blocks[0] == Paragraph(
        "Needed only if the caller's session has transitive tags, which is not known."
    )
    needed = Decision(NO, False, (*actions[:2], ActionDecision(Action.TAG_SESSION, NO, other)))
    blocking, passing = told(needed)
    assert blocking.title == "What was checked for sts:TagSession"
    assert passing.blocks == (Paragraph("Nothing blocks the request."),)
    assert len(told(needed, full=True)[1].blocks) > 1


@pytest.mark.parametrize(
    ("gate", "sign", "answer"),
    [
        pytest.param(
            GateTrace(Gate.DURATION, NO, Reason.OVER_CHAINING_LIMIT, limit=3600, got=("7200",)),
            Sign.BLOCKS,
            "7200 seconds, where these credentials allow 3600 at most",
            id="with both sides",
        ),
        pytest.param(
            GateTrace(Gate.ROLE, UNKNOWN, Reason.NO_SUCH_ROLE),
            Sign.UNKNOWN,
            "whether the role exists is not known",
            id="not known, so nothing is said of the role",
        ),
        pytest.param(
            GateTrace(Gate.TOKEN, UNKNOWN, Reason.TOKEN_OLD, wanted="2026-03-02T09:30:00Z", got=("2026-02-25T06:13Z",)),
            Sign.UNKNOWN,
            "issued at 2026-02-25T06:13Z, long before the call at 2026-03-02T09:30:00Z",
            id="seen, though not what AWS makes of it",
        ),
        pytest.param(
            GateTrace(Gate.PARAMETERS, UNKNOWN, Reason.TAG_INHERITED, got=("team",)),
            Sign.UNKNOWN,
            "team may be a transitive tag of the session, which a request cannot change",
            id="what is known of a requirement in doubt is said",
        ),
        pytest.param(
            GateTrace(Gate.ROLE, NO, Reason.NO_SUCH_ROLE), Sign.BLOCKS, "no such role", id="a side is missing"
        ),
    ],
)
def test_a_gate_says_what_it_asks(gate: GateTrace, sign: Sign, answer: str) -> None:
    assert gate_check(gate) == Check(GATE_WORDS[gate.gate].name, sign, answer)


def test_gates_are_counted_with_the_layers_and_named_where_they_are_passed() -> None:
    passed = GateTrace(Gate.CONSOLE, YES, Reason.SECOND_SWITCH)
    failed = GateTrace(Gate.ROLE, NO, Reason.NO_SUCH_ROLE)
    decided = ActionDecision(Action.ASSUME_ROLE, YES, (LayerTrace(Layer.TRUST, YES, NO),))
    (section,) = told(Decision(NO, False, (decided,), (passed, failed)))
    count, listed, also = section.blocks
    assert count == Paragraph("1 of 3 blocks the request.")
    assert isinstance(listed, Checklist)
    assert [check.name for check in listed.checks] == ["the role exists", "trust policy"]
    assert also == Paragraph("Also passed: console.", Tone.DIM)


def test_each_layer_says_what_it_is_and_whose() -> None:
    decided = ActionDecision(Action.ASSUME_ROLE, YES, tuple(LayerTrace(layer, YES, NO) for layer in Layer))
    (section,) = told(Decision(YES, False, (decided,)))
    abouts = {
        check.name: check.about for block in section.blocks if isinstance(block, Checklist) for check in block.checks
    }
    assert abouts["trust policy"] == "the role's own policy (account 222222222222)"
    assert abouts["identity policies"] == "the caller's own policies (account 111111111111)"
    assert all(abouts.values())


def told(decision: Decision, *, full: bool = False) -> tuple[Section, ...]:
    return layers(replace(EVERY["allowed"](NAMES), decision=decision), full=full)


def test_no_reason_is_told_by_its_code_where_both_sides_are_known() -> None:
    traces = [
        gate
        for examples in load_examples(rule_folders()).values()
        for example in examples
        for gate in decide(case(example.world, example.change)).gates
        if gate.verdict is NO and gate.got
    ]
    told = {gate.reason: gate_check(gate).answer for gate in traces}
    assert len(told) > 20
    assert [reason for reason, answer in told.items() if answer == reason.replace("_", " ")] == []


def test_what_is_not_known_for_the_same_reason_is_one_line_with_whose_it_is() -> None:
    unread = (LevelTrace("", UNKNOWN, UNKNOWN, (), (Unread(),)),)
    traces = (
        LayerTrace(Layer.SCP, UNKNOWN, UNKNOWN, unread),
        LayerTrace(Layer.TRUST, NO, NO),
        LayerTrace(Layer.ENDPOINT, UNKNOWN, UNKNOWN, unread),
        LayerTrace(Layer.RCP, UNKNOWN, UNKNOWN, (LevelTrace("", UNKNOWN, UNKNOWN, (), (DENIED,)),)),
    )
    (section,) = told(Decision(NO, False, (ActionDecision(Action.ASSUME_ROLE, NO, traces),)))
    (listed,) = (block for block in section.blocks if isinstance(block, Checklist))
    assert [(check.name, check.answer) for check in listed.checks] == [
        ("trust policy", "denied (no Allow)"),
        ("resource control policies", "not readable"),
        (
            "2 others",
            "not looked at: service control policies (111111111111), VPC endpoint policy (if used)",
        ),
    ]


def test_a_policy_at_which_aws_does_not_look_would_allow_the_request() -> None:
    decided = ActionDecision(Action.WITH_WEB_IDENTITY, NO, (LayerTrace(Layer.TRUST, YES, NO),))
    gate = GateTrace(Gate.PROVIDER, NO, Reason.NO_SUCH_PROVIDER)
    (section,) = told(Decision(NO, False, (decided,), (gate,)))
    count, listed = section.blocks
    assert count == Paragraph("1 of 2 blocks the request, and AWS then looks at no policy.")
    assert isinstance(listed, Checklist)
    assert [check.answer for check in listed.checks][1:] == ["would allow it"]


def test_a_role_that_is_not_there_has_no_trust_policy_to_look_at() -> None:
    traces = (LayerTrace(Layer.TRUST, UNKNOWN, UNKNOWN, (LevelTrace("", UNKNOWN, UNKNOWN, (), (Unread(),)),)),)
    gate = GateTrace(Gate.ROLE, NO, Reason.NO_SUCH_ROLE)
    (section,) = told(Decision(NO, False, (ActionDecision(Action.ASSUME_ROLE, UNKNOWN, traces),), (gate,)))
    assert section.blocks[0] == Paragraph("1 of 1 blocks the request.")
    assert section.blocks[-1] == Paragraph("Not in play: trust policy (there is no role).", Tone.DIM)


def test_nothing_that_was_read_is_not_nothing_where_aws_refused_the_request() -> None:
    traces = (LayerTrace(Layer.TRUST, YES, NO), LayerTrace(Layer.SCP, UNKNOWN, UNKNOWN))
    decision = Decision(UNKNOWN, False, (ActionDecision(Action.ASSUME_ROLE, UNKNOWN, traces),))
    answer = AwsAnswer(ErrorKind.NOT_AUTHORIZED, "AccessDenied", refuses=True, by_policy=YES)
    (section,) = layers(replace(EVERY["allowed"](NAMES), decision=decision, answer=answer), full=False)
    assert section.blocks[0] == Paragraph("AWS refused the request; nothing that was read does; 1 of 2 is not known.")
