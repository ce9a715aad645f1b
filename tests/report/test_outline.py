import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.case import ProbeOutcome, ProbeResult
from diagnose.model.diagnosis import Agreement, Certainty, Diagnosis, Owner, Remedy, Verdict
from diagnose.model.trace import Layer, Problem
from diagnose.model.tri import NO
from diagnose.report import Format, render
from diagnose.report.blocks import Bullets, Section
from diagnose.report.first_cause import BuiltinCause, first_cause
from diagnose.report.outline import outline
from diagnose.report.sections.causes import causes


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        pytest.param(
            "wrong-principal",
            ["Cause", "Policy layers for sts:AssumeRole", "What is not known", "The live attempt"],
            id="a denial",
        ),
        pytest.param(
            "denied-by-scp",
            [
                "Causes",
                "Policy layers for sts:AssumeRole",
                "Besides the policies",
                "What is not known",
                "The live attempt",
            ],
            id="several causes, and a gate",
        ),
        pytest.param(
            "mfa-doubt",
            [
                "What is certain, and what is missing",
                "Possible cause",
                "Policy layers for sts:AssumeRole",
                "What is not known",
                "The live attempt",
            ],
            id="an undetermined request",
        ),
        pytest.param(
            "allowed",
            ["What allows it", "Policy layers for sts:AssumeRole", "The live attempt"],
            id="an allowed request",
        ),
        pytest.param(
            "contradicted",
            ["AWS's answer differs from xdiag's", "Policy layers for sts:AssumeRole", "The live attempt"],
            id="a contradiction comes first",
        ),
        pytest.param(
            "unexplained",
            [
                "Denied, and no rule explains it",
                "Policy layers for sts:AssumeRole",
                "Policy layers for sts:TagSession",
                "What is not known",
                "The live attempt",
            ],
            id="a denial that no rule explains",
        ),
    ],
)
def test_what_is_said_comes_in_order(name: str, titles: list[str]) -> None:
    assert _titles(EVERY[name](NAMES)) == titles


def test_a_contradicted_diagnosis_puts_its_findings_after_the_contradiction() -> None:
    diagnosis = replace(EVERY["wrong-principal"](NAMES), verdict=Verdict.ALLOWED, agreement=Agreement.CONTRADICTS)
    assert _titles(diagnosis)[:2] == ["AWS's answer differs from xdiag's", "What xdiag found"]


def test_causes_that_are_only_possible_are_called_so() -> None:
    diagnosis = EVERY["denied-by-scp"](NAMES)
    findings = tuple(replace(finding, certainty=Certainty.POSSIBLE) for finding in diagnosis.findings)
    assert _titles(replace(diagnosis, findings=findings))[0] == "Possible causes"


def test_a_cause_without_a_fix_still_says_who_can_mend_it() -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    finding = replace(diagnosis.findings[0], remedies=(), owner=Owner.NETWORK, action="sts:TagSession")
    told = render(replace(diagnosis, findings=(finding,)), Format.MARKDOWN)
    assert (
        "Certain for sts:TagSession; rule `trust-principal-path`. To be fixed by the owner of the VPC endpoint."
    ) in told


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
        pytest.param(None, Agreement.NOT_MADE, "None was made.", id="none"),
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
    assert _titles(bare) == ["The live attempt"]


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
    return [block.title for block in outline(diagnosis).blocks if isinstance(block, Section)]


def test_what_is_told_in_short_is_told_in_sentences_and_once() -> None:
    diagnosis = EVERY["denied-by-scp"](NAMES)
    first = diagnosis.findings[0]
    remedy = Remedy("give-evidence", Owner.XDIAG, "tell xdiag what is known of it")
    unread = replace(first, rule="scp-unread", title="An SCP was not read", owner=Owner.XDIAG, remedies=(remedy,))
    told = causes(replace(diagnosis, findings=(first, unread, replace(unread, remedies=()), unread)))[-1]
    assert told.title == "Still needed"
    assert told.blocks[0] == Bullets(("An SCP was not read. Tell xdiag what is known of it.", "An SCP was not read."))


@pytest.mark.parametrize(
    ("owners", "titles"),
    [
        pytest.param([Owner.XDIAG], ["Still needed"], id="nothing but a gap"),
        pytest.param([Owner.XDIAG, Owner.SOURCE], ["Still needed", "Possible cause"], id="a gap first"),
        pytest.param([Owner.SOURCE, Owner.XDIAG], ["Possible cause", "Still needed"], id="a gap last"),
    ],
)
def test_what_was_not_read_is_never_called_a_cause(owners: list[Owner], titles: list[str]) -> None:
    diagnosis = EVERY["wrong-principal"](NAMES)
    finding = replace(diagnosis.findings[0], certainty=Certainty.POSSIBLE)
    findings = tuple(replace(finding, owner=owner) for owner in owners)
    assert [section.title for section in causes(replace(diagnosis, findings=findings))] == titles
