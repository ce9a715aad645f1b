import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.case import ProbeOutcome, ProbeResult
from diagnose.model.diagnosis import Agreement, Certainty, Diagnosis, Owner, Remedy, Verdict
from diagnose.model.trace import Layer, Problem
from diagnose.model.tri import NO
from diagnose.report import Detail, Format, render
from diagnose.report.blocks import Bullets, Section
from diagnose.report.first_cause import BuiltinCause, first_cause
from diagnose.report.outline import outline
from diagnose.report.sections.causes import causes

_CHECKED = "What was checked for sts:AssumeRole"


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        pytest.param(
            "wrong-principal",
            ["Why", "How to make the fix", _CHECKED, "The request", "Read more"],
            id="a denial",
        ),
        pytest.param(
            "denied-by-scp",
            ["Why", "One more cause", _CHECKED, "The live attempt", "The request", "Read more"],
            id="several causes, and a gate",
        ),
        pytest.param(
            "mfa-doubt",
            ["Why", "How to make the fix", _CHECKED, "The request", "Read more"],
            id="an undetermined request",
        ),
        pytest.param("allowed", [], id="what AWS allowed needs no more than the first screen"),
        pytest.param(
            "contradicted",
            ["AWS's answer differs from xdiag's", _CHECKED, "The live attempt", "The request"],
            id="a contradiction comes first",
        ),
        pytest.param(
            "unexplained",
            [
                "Denied, and no rule explains it",
                _CHECKED,
                "What was checked for sts:TagSession",
                "What is not known",
                "The request",
            ],
            id="a denial that no rule explains",
        ),
    ],
)
def test_what_is_said_comes_in_order(name: str, titles: list[str]) -> None:
    assert _titles(EVERY[name](NAMES)) == titles


def test_a_contradicted_diagnosis_puts_its_findings_after_the_contradiction() -> None:
    diagnosis = replace(EVERY["wrong-principal"](NAMES), verdict=Verdict.ALLOWED, agreement=Agreement.CONTRADICTS)
    assert _titles(diagnosis)[:2] == [
        "AWS's answer differs from xdiag's",
        "What xdiag found, which AWS contradicts",
    ]


def test_causes_that_are_only_possible_are_called_so() -> None:
    diagnosis = EVERY["denied-by-scp"](NAMES)
    findings = tuple(replace(finding, certainty=Certainty.POSSIBLE) for finding in diagnosis.findings)
    told = replace(diagnosis, findings=findings)
    assert "  Possible  A service control policy" in render(told, Format.TEXT)
    assert _titles(told)[1] == "Also possible"


def test_a_cause_without_a_fix_still_says_who_can_mend_it() -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    finding = replace(diagnosis.findings[0], remedies=(), owner=Owner.NETWORK, action="sts:TagSession")
    told = render(replace(diagnosis, findings=(finding,)), Format.MARKDOWN)
    assert "- **Who**: the owner of the VPC endpoint." in told
    assert "(this is about sts:TagSession)" in told.replace("`", "")


def test_what_aws_would_not_accept_in_a_policy_is_pointed_at() -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    policy = diagnosis.findings[0].excerpts[0].policy
    problem = Problem(Layer.TRUST, policy, "/Statement/0/Effect", "no such effect")
    told = render(replace(diagnosis, decision=replace(diagnosis.decision, problems=(problem,))), Format.TEXT)
    assert "Policies that AWS rejects" in told
    assert "^^^^^^^ no such effect" in told


@pytest.mark.parametrize(
    ("probe", "agreement", "sentences"),
    [
        pytest.param(
            ProbeResult(ProbeOutcome.NOT_MADE, why="the console cannot be tried"),
            Agreement.NOT_MADE,
            "None was made: the console cannot be tried.",
            id="none, with the reason",
        ),
        pytest.param(
            ProbeResult(ProbeOutcome.ASSUMED),
            Agreement.SETTLES,
            "AWS allowed the live attempt. That settles what the policies left open.",
            id="it settles the question",
        ),
        pytest.param(
            ProbeResult(ProbeOutcome.OTHER_ERROR, code="ExpiredToken"),
            Agreement.INCONCLUSIVE,
            "AWS answered the live attempt with another error (`ExpiredToken`). That does not show whether "
            "the policies allow the request.",
            id="another error",
        ),
        pytest.param(
            ProbeResult(ProbeOutcome.ACCESS_DENIED),
            Agreement.NOT_MADE,
            "AWS denied the live attempt.",
            id="an attempt of which nobody says what it means",
        ),
    ],
)
def test_the_live_attempt_is_told_with_what_it_means(
    probe: ProbeResult | None, agreement: Agreement, sentences: str
) -> None:
    diagnosis = EVERY["mfa-doubt"](NAMES)
    told = replace(diagnosis, case=replace(diagnosis.case, probe=probe), agreement=agreement)
    assert f"## The live attempt\n\n{sentences}\n" in render(told, Format.MARKDOWN)


def test_a_contradiction_without_an_attempt_is_told_all_the_same() -> None:
    diagnosis = EVERY["contradicted"](NAMES)
    told = render(replace(diagnosis, case=replace(diagnosis.case, probe=None)), Format.TEXT)
    assert "AWS was not asked. xdiag computed: allowed." in told


def test_an_allowed_request_without_traces_says_no_more_than_it_knows() -> None:
    diagnosis = EVERY["allowed"](NAMES)
    bare = replace(diagnosis, decision=replace(diagnosis.decision, actions=()))
    told = render(bare, Format.TEXT)
    assert "  Checks    0 of 0 pass." not in told
    assert "Why" not in told


@pytest.mark.parametrize(
    ("name", "cause", "layer"),
    [
        pytest.param("contradicted", BuiltinCause.CONTRADICTED, "", id="a contradiction comes before everything"),
        pytest.param("unexplained", BuiltinCause.UNEXPLAINED, "trust", id="no rule explains the denial"),
        pytest.param("wrong-principal", "trust-principal-path", "trust", id="the first finding"),
        pytest.param("allowed", "", "", id="nothing stands in the way"),
    ],
)
def test_the_first_cause_is_chosen(name: str, cause: str, layer: str) -> None:
    found = first_cause(EVERY[name](NAMES))
    assert (found.cause, found.layer) == (cause, layer)


def test_what_was_not_read_is_no_first_cause() -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    (cause, *_) = diagnosis.findings
    gap = replace(cause, rule="scp-unread", title="Unread", owner=Owner.XDIAG, layer=Layer.SCP)
    both = first_cause(replace(diagnosis, findings=(gap, cause)))
    assert (both.cause, both.layer, both.gap, both.gap_title) == (cause.rule, "trust", "scp-unread", "Unread")
    alone = first_cause(replace(diagnosis, findings=(gap,)))
    assert (alone.cause, alone.certainty, alone.layer, alone.owner, alone.gap) == ("", "", "scp", "xdiag", "scp-unread")


def test_an_undated_case_says_so() -> None:
    diagnosis = EVERY["allowed"](NAMES)
    case = replace(diagnosis.case, snapshot=replace(diagnosis.case.snapshot, taken_at=""))
    assert "evidence without a date" in render(replace(diagnosis, case=case), Format.TEXT)


def test_a_denial_without_any_trace_is_told() -> None:
    diagnosis = EVERY["unexplained"](NAMES)
    bare = replace(diagnosis, decision=replace(diagnosis.decision, verdict=NO, actions=(), blockers=(), notes=()))
    for format_ in Format:
        assert render(bare, format_)


def _titles(diagnosis: Diagnosis) -> list[str]:
    content = outline(diagnosis)
    return [block.title for block in (*content.first, *content.blocks) if isinstance(block, Section)]


def test_what_is_told_in_short_is_told_in_sentences_and_once() -> None:
    diagnosis = EVERY["denied-by-scp"](NAMES)
    first = diagnosis.findings[0]
    remedy = Remedy("wait", Owner.CALLER, "wait a minute")
    vague = replace(
        first, rule="x", title="It is new", certainty=Certainty.POSSIBLE, layer=None, excerpts=(), remedies=(remedy,)
    )
    told = causes(replace(diagnosis, findings=(first, vague, replace(vague, remedies=()), vague)), full=False)[-1]
    assert told.title == "Also possible"
    assert told.blocks == (Bullets(("It is new. Wait a minute.", "It is new.")),)


@pytest.mark.parametrize(
    "owners",
    [
        pytest.param([Owner.XDIAG], id="nothing but a gap"),
        pytest.param([Owner.XDIAG, Owner.SOURCE], id="a gap first"),
        pytest.param([Owner.SOURCE, Owner.XDIAG], id="a gap last"),
    ],
)
def test_what_was_not_read_is_never_called_a_cause(owners: list[Owner]) -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    finding = replace(diagnosis.findings[0], certainty=Certainty.POSSIBLE)
    titles = {owner: f"Title of {owner}" for owner in owners}
    findings = tuple(replace(finding, owner=owner, title=titles[owner]) for owner in owners)
    told = replace(diagnosis, findings=findings)
    usual, full = render(told, Format.TEXT), render(told, Format.TEXT, detail=Detail.FULL)
    assert titles[Owner.XDIAG] not in usual
    assert titles[Owner.XDIAG] in full.partition("What was not read")[2]
    if Owner.SOURCE in titles:
        assert f"  Possible  {titles[Owner.SOURCE]}." in usual
