"""What a reader sees at once."""

import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.aws_error import ErrorKind
from diagnose.model.case import ProbeOutcome, ProbeResult
from diagnose.model.diagnosis import Agreement, AwsAnswer, Certainty, Diagnosis, Letter, Owner, Remedy, Verdict
from diagnose.model.evidence import Unread
from diagnose.model.trace import Doubt, Layer
from diagnose.model.tri import UNKNOWN, YES
from diagnose.report import Detail, Format, render
from diagnose.report.sections.attempt import error_in_short

DENIED = EVERY["wrong-principal"](NAMES)
OPEN = EVERY["mfa-doubt"](NAMES)


def first(diagnosis: Diagnosis) -> dict[str, str]:
    """Give the rows of the first screen by their names."""
    rows: dict[str, str] = {}
    name = ""
    for line in render(diagnosis, Format.TEXT, width=1000, detail=Detail.BRIEF).splitlines()[1:]:
        if line.startswith("  ") and line[2:3].isalpha():
            name, _, value = line.strip().partition(" ")
            if name == "AWS":
                name, value = "AWS said", value.strip().removeprefix("said")
            rows[name] = value.strip()
    return rows


def test_a_denial_has_its_cause_its_place_its_fix_and_who_makes_it() -> None:
    assert list(first(DENIED)) == ["Cause", "Where", "Fix", "Who", "Checked"]


def test_the_error_stands_before_the_cause() -> None:
    told = replace(DENIED, case=replace(DENIED.case, message="An error\n occurred"))
    assert next(iter(first(told).items())) == ("Error", "An error occurred")


def test_what_aws_said_to_the_live_attempt_stands_there_too() -> None:
    probe = ProbeResult(ProbeOutcome.ACCESS_DENIED, code="AccessDenied", message="no")
    told = replace(DENIED, case=replace(DENIED.case, probe=probe), agreement=Agreement.AGREES)
    assert first(told)["AWS said"] == "AWS denied the live attempt (`AccessDenied`). no"


def test_of_a_long_error_the_middle_is_left_out_for_what_aws_blames_stands_at_its_end() -> None:
    arn = f"arn:aws:iam::222222222222:role/{'x' * 60}"
    blamed = "with an explicit deny in a service control policy"
    short = error_in_short(f"AccessDenied: User: {arn} is not authorized to perform: sts:AssumeRole on {arn} {blamed}")
    assert short.startswith("AccessDenied: User: … ")
    assert short.endswith(blamed)
    assert len(short) < 140


def test_what_is_only_possible_is_called_so() -> None:
    assert first(OPEN)["Possible"].startswith("The trust policy asks for")
    assert "Cause" not in first(OPEN)


def test_without_a_cause_it_says_so_and_what_allows_it() -> None:
    rows = first(replace(OPEN, findings=()))
    assert rows["Cause"] == "Not in what was read: the identity policies allow it."


def test_where_nothing_was_read_no_cause_is_looked_for() -> None:
    decided = OPEN.decision.actions[0]
    layers = tuple(replace(one, verdict=UNKNOWN) if one.applies else one for one in decided.layers)
    decision = replace(OPEN.decision, actions=(replace(decided, layers=layers),), gates=())
    rows = first(replace(OPEN, findings=(), decision=decision))
    assert rows["Cause"] == "Not known, for no policy was read."
    assert "Checks" not in rows


def test_what_aws_allowed_takes_ten_lines_at_most() -> None:
    written = render(EVERY["allowed"](NAMES), Format.TEXT)
    assert len(written.splitlines()) <= 10
    assert "AWS allowed the live attempt." in written
    assert "names the role, and the caller's own policies" in written


def test_a_cause_that_is_certain_stands_before_what_is_still_needed() -> None:
    finding = replace(OPEN.findings[0], certainty=Certainty.CERTAIN)
    answer = AwsAnswer(ErrorKind.TOKEN_EXPIRED, "ExpiredToken", refuses=True)
    told = replace(OPEN, findings=(finding,), answer=answer)
    brief, usual = (render(told, Format.TEXT, detail=detail) for detail in (Detail.BRIEF, Detail.USUAL))
    assert brief.startswith("FAILED (`ExpiredToken`): ")
    assert "UNDETERMINED" not in usual
    assert "Still needed" not in brief
    assert usual.index("Cause") < usual.index("Still needed")


def test_a_layer_that_aws_blames_and_nobody_read_can_be_read() -> None:
    finding = replace(OPEN.findings[0], certainty=Certainty.CERTAIN, layer=Layer.BOUNDARY)
    decision = replace(OPEN.decision, doubts=(Doubt(Layer.BOUNDARY, YES),))
    assert "`--source-profile SOURCE`" in first(replace(OPEN, findings=(finding,), decision=decision))["Or"]
    assert "Or" not in first(replace(OPEN, findings=(finding,)))


@pytest.mark.parametrize(
    ("remedy", "who"),
    [
        pytest.param(Remedy("x", Owner.NETWORK, "do it"), "the owner of the VPC endpoint.", id="a change"),
        pytest.param(
            Remedy("x", Owner.NETWORK, "ask", letter=Letter.POLICIES),
            "the owner of the VPC endpoint; ask them.",
            id="a question",
        ),
    ],
)
def test_who_acts_is_named(remedy: Remedy, who: str) -> None:
    finding = replace(DENIED.findings[0], remedies=(remedy,))
    assert first(replace(DENIED, findings=(finding,)))["Who"] == who


def test_all_changes_of_a_plan_are_named_with_who_makes_each() -> None:
    step = DENIED.findings[0].remedies[0]
    written = render(replace(DENIED, plan=(step, replace(step, owner=Owner.SOURCE))), Format.TEXT, detail=Detail.BRIEF)
    assert "2 changes, all of them needed:" in written
    assert "1.  " in written
    who = [
        "the owner of the destination account (222222222222) (1)",
        "the owner of the source account (111111111111) (2)",
    ]
    assert f"Who {'; '.join(who)}." in " ".join(written.split())


def test_whoever_makes_all_changes_of_a_plan_is_named_once() -> None:
    step = DENIED.findings[0].remedies[0]
    written = render(replace(DENIED, plan=(step, step)), Format.TEXT, detail=Detail.BRIEF)
    assert "Who the owner of the destination account (222222222222)." in " ".join(written.split())


def test_an_allowed_request_names_no_cause() -> None:
    told = replace(EVERY["allowed"](NAMES), verdict=Verdict.ALLOWED)
    assert "Cause" not in first(told)


def test_the_code_of_an_error_is_never_left_out() -> None:
    role = "arn:aws:iam::111111111111:role/SendTestEmail"
    error = f"An error occurred (InvalidStructureException): User: {role} is not authorized to perform: x on: {role}"
    assert "InvalidStructureException" not in error_in_short(error)
    short = error_in_short(error, "InvalidStructureException")
    assert short.startswith("… (InvalidStructureException): … ")
    assert short.endswith(f"to perform: x on: {role}")


SAID = f"AccessDenied: User: {'arn:aws:iam::111111111111:user/ci'} is not authorized to perform: sts:AssumeRole on"
BLAMED = "because no identity-based policy allows the sts:AssumeRole action"


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(f"{'Traceback line, '.join(['x'] * 20)}\n\n{SAID} x {BLAMED}", id="a tool speaks before it"),
        pytest.param(f"{SAID} x {BLAMED}\n\n{'this is how to report it, ' * 20}", id="a tool speaks after it"),
        pytest.param(
            f"{SAID} x {BLAMED}\n    at run (/app/node_modules/aws/client.js:12:34)\n" * 3, id="a stack of calls"
        ),
        pytest.param(
            f"╷\n│ Error: no credentials\n│ \n│ api error {SAID} x\n│ {BLAMED}\n│ \n│   with provider, on line 3:\n╵",
            id="a box is drawn around it",
        ),
    ],
)
def test_what_aws_said_is_shown_of_an_error_and_not_what_a_tool_put_around_it(error: str) -> None:
    short = error_in_short(error, "AccessDenied")
    assert "AccessDenied: User: arn:aws:iam::111111111111:user/ci" in short.replace(" … ", " ")
    assert short.removesuffix(" …").endswith(BLAMED)
    assert "│" not in short
    assert len(short) < 150


LONG = (
    "An error occurred (AccessDenied) when calling the AssumeRole operation: User: {caller} is not authorized to "
    "perform: sts:AssumeRole on resource: {role}"
)


@pytest.mark.parametrize(
    ("caller", "again"),
    [
        pytest.param("", False, id="all that is left out of it is the caller, who is told"),
        pytest.param("arn:aws:sts::333333333333:assumed-role/Other/x", True, id="it names another caller"),
    ],
)
def test_an_error_is_told_in_full_where_that_says_more(caller: str, again: bool) -> None:
    case = DENIED.case
    message = LONG.format(caller=caller or case.source_arn, role=case.request.role_arn)
    told = replace(
        DENIED, case=replace(case, message=message), answer=AwsAnswer(ErrorKind.NOT_AUTHORIZED, "AccessDenied")
    )
    assert ("The error, in full" in render(told, Format.TEXT)) is again
    assert "The error, in full" in render(told, Format.TEXT, detail=Detail.FULL)


def test_who_was_asked_about_and_did_not_make_the_call_is_named_first() -> None:
    request = replace(DENIED.case.request, asked_as="arn:aws:iam::111111111111:role/nodes")
    rows = first(replace(DENIED, case=replace(DENIED.case, request=request)))
    assert next(iter(rows)) == "Caller"
    assert rows["Caller"].startswith("not `arn:aws:iam::111111111111:role/nodes`, which was asked about")


@pytest.mark.parametrize(
    ("refuses", "layers", "words"),
    [
        pytest.param(True, (Layer.SCP, Layer.TRUST), "where the role does not exist", id="a role that AWS refused"),
        pytest.param(False, (Layer.SCP, Layer.TRUST), "first, then the trust policy: it must name", id="no error"),
        pytest.param(True, (Layer.SCP,), "the service control policies first: ", id="the trust policy was read"),
    ],
)
def test_what_was_not_read_is_looked_at_the_likeliest_first(
    refuses: bool, layers: tuple[Layer, ...], words: str
) -> None:
    doubts = tuple(Doubt(layer, YES, gaps=(Unread(),)) for layer in layers)
    answer = AwsAnswer(ErrorKind.NOT_AUTHORIZED, "AccessDenied", refuses=refuses, by_policy=YES)
    destination = replace(OPEN.case.snapshot.destination, role=Unread())
    case = replace(OPEN.case, snapshot=replace(OPEN.case.snapshot, destination=destination))
    told = replace(OPEN, case=case, findings=(), decision=replace(OPEN.decision, doubts=doubts), answer=answer)
    looked = first(told)["Look"]
    assert words in looked
    assert ("does not exist" in looked) is (refuses and Layer.TRUST in layers)


def test_a_possible_cause_says_what_decides_and_how_much_more_is_open() -> None:
    doubts = (*OPEN.decision.doubts, Doubt(Layer.SCP, YES), Doubt(Layer.ENDPOINT, YES))
    told = replace(OPEN, decision=replace(OPEN.decision, doubts=doubts), case=replace(OPEN.case, message="denied"))
    assert first(told)["Open"].endswith(" 2 more, below.")
    rest = render(told, Format.TEXT).partition("The rest is detail")[2]
    assert "Also needed" in rest
    assert rest.count("aws:MultiFactorAuthPresent=") == 0


def test_the_first_screen_ends_with_what_the_rest_holds() -> None:
    brief, usual, whole = (render(DENIED, Format.TEXT, detail=detail) for detail in list(Detail)[1:])
    line = usual.removeprefix(brief).strip().partition("\n\n")[0]
    assert " ".join(line.split()) == (
        "The rest is detail: why, how to make the fix, what was checked, the request. Edited policies, templates, "
        "commands and messages to send: `--full`, or as files `--write-fix DIR`."
    )
    assert "--write-fix" not in whole
    assert "The rest is detail" not in brief


@pytest.mark.parametrize(("more", "cut"), [(0, False), (1, True), (1000, True)])
def test_the_one_line_has_a_limit_and_shows_where_it_is_cut(more: int, cut: bool) -> None:
    def line(title: str) -> str:
        named = replace(DENIED.findings[0], title=title)
        return render(replace(DENIED, findings=(named,)), Format.TEXT, detail=Detail.LINE)

    short = line("x")
    written = line("x" * (501 - len(short.strip()) + more))
    assert (len(written.strip()), written.strip().endswith("…")) == (500, cut)
