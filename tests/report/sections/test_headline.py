import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.aws_error import ErrorKind
from diagnose.model.case import Case, Via
from diagnose.model.diagnosis import Agreement, AwsAnswer, Owner, Verdict
from diagnose.model.operation import Operation
from diagnose.model.tri import NO, UNKNOWN, YES
from diagnose.report.sections.headline import destination_name, ends, headline, owner_name, source_name

CASE = EVERY["allowed"](NAMES).case


def _by(arn: str) -> Case:
    return replace(CASE, snapshot=replace(CASE.snapshot, source=replace(CASE.snapshot.source, arn=arn)))


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        pytest.param("arn:aws:iam::111111111111:user/alice", "user alice (111111111111)", id="a user"),
        pytest.param("arn:aws:iam::111111111111:user/team/alice", "user team/alice (111111111111)", id="with a path"),
        pytest.param("arn:aws:iam::111111111111:role/App", "role App (111111111111)", id="a role"),
        pytest.param(
            "arn:aws:sts::111111111111:assumed-role/App/b-7", "session b-7 of role App (111111111111)", id="a session"
        ),
        pytest.param("arn:aws:iam::111111111111:root", "the root user of 111111111111", id="the root user"),
        pytest.param(
            "arn:aws:sts::111111111111:federated-user/bob", "federated user bob (111111111111)", id="a federated user"
        ),
        pytest.param("ec2.amazonaws.com", "service ec2.amazonaws.com", id="a service"),
        pytest.param("nobody", "`nobody`", id="text that is no ARN"),
        pytest.param("arn:aws:iam::111111111111:user/a b", "`arn:aws:iam::111111111111:user/a b`", id="a hostile name"),
    ],
)
def test_a_caller_is_named_by_kind_name_and_account(arn: str, name: str) -> None:
    assert source_name(_by(arn)) == name


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        pytest.param("arn:aws:iam::222222222222:role/Deploy", "role Deploy (222222222222)", id="a role"),
        pytest.param("arn:aws:iam::222222222222:role/x/y/Deploy", "role x/y/Deploy (222222222222)", id="with a path"),
        pytest.param("Deploy", "`Deploy`", id="text that is no ARN"),
        pytest.param("arn:aws:iam::222222222222:role/a`b", r"role `a\u0060b` (222222222222)", id="a hostile name"),
    ],
)
def test_a_role_is_named_with_its_account(arn: str, name: str) -> None:
    assert destination_name(replace(CASE, request=replace(CASE.request, role_arn=arn))) == name


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        pytest.param(Verdict.ALLOWED, "ALLOWED: session build-42 of role deployer (111111111111) can", id="allowed"),
        pytest.param(Verdict.DENIED, "DENIED: session build-42 of role deployer (111111111111) cannot", id="denied"),
        pytest.param(Verdict.UNDETERMINED, "UNDETERMINED: whether session build-42 of", id="undetermined"),
    ],
)
def test_the_headline_says_the_verdict_first(verdict: Verdict, line: str) -> None:
    assert headline(replace(EVERY["allowed"](NAMES), verdict=verdict)).startswith(line)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        pytest.param(Owner.SOURCE, "the owner of the source account (111111111111)", id="source"),
        pytest.param(Owner.DESTINATION, "the owner of the destination account (222222222222)", id="destination"),
        pytest.param(Owner.ORGANIZATION, "the administrators of the organization", id="organization"),
        pytest.param(Owner.NETWORK, "the owner of the VPC endpoint", id="network"),
        pytest.param(Owner.CALLER, "the caller", id="caller"),
        pytest.param(Owner.XDIAG, "you", id="xdiag"),
    ],
)
def test_an_owner_is_somebody_to_talk_to(owner: Owner, name: str) -> None:
    assert owner_name(owner, CASE) == name


@pytest.mark.parametrize("owner", [Owner.SOURCE, Owner.DESTINATION])
def test_within_one_account_there_is_one_owner(owner: Owner) -> None:
    case = EVERY["silent-identity"](NAMES).case
    assert owner_name(owner, case) == "the owner of the account (111111111111)"


@pytest.mark.parametrize(
    ("agreement", "answer"),
    [
        pytest.param(Agreement.AGREES, "AWS; the policies say the same", id="agrees"),
        pytest.param(Agreement.SETTLES, "AWS; the policies alone do not settle it", id="settles"),
        pytest.param(Agreement.CONTRADICTS, "AWS; xdiag computed the opposite", id="contradicts"),
        pytest.param(Agreement.NOT_MADE, "what was read; the request itself was not tried", id="not made"),
        pytest.param(
            Agreement.INCONCLUSIVE,
            "what was read; AWS was asked, but its answer was neither yes nor no",
            id="inconclusive",
        ),
    ],
)
def test_it_is_said_whose_answer_the_verdict_is(agreement: Agreement, answer: str) -> None:
    assert dict(ends(replace(EVERY["allowed"](NAMES), agreement=agreement)))["answer from"] == answer


def _of(operation: Operation) -> Case:
    return replace(CASE, request=replace(CASE.request, operation=operation))


@pytest.mark.parametrize(
    ("case", "same_account", "told"),
    [
        pytest.param(CASE, True, "one account", id="one account"),
        pytest.param(CASE, False, "two accounts: both sides must allow the request", id="two accounts"),
        pytest.param(
            _by("ec2.amazonaws.com"),
            False,
            "an AWS service calls: the trust policy and the role's RCPs decide",
            id="a service",
        ),
        *(
            pytest.param(
                _of(operation),
                False,
                "nobody signs the request: the identity provider, the trust policy and the role's RCPs decide",
                id=str(operation),
            )
            for operation in (Operation.WITH_WEB_IDENTITY, Operation.WITH_SAML)
        ),
        pytest.param(
            _of(Operation.PASS_ROLE),
            True,
            "the policies of whoever passes the role decide, then, for the service, its trust policy and RCPs",
            id="passing the role",
        ),
    ],
)
def test_it_is_said_who_decides(case: Case, same_account: bool, told: str) -> None:
    diagnosis = EVERY["allowed"](NAMES)
    decision = replace(diagnosis.decision, same_account=same_account)
    assert dict(ends(replace(diagnosis, case=case, decision=decision)))["accounts"] == told


def test_the_request_is_told_with_all_that_a_policy_can_ask_for() -> None:
    parameters = replace(
        CASE.request.parameters, source_identity="zoe", mfa_serial="serial", duration_seconds=900, tags={"team": "a b"}
    )
    request = replace(
        CASE.request, via=Via.CONSOLE, region="eu-west-1", parameters=parameters, signed_in_as="arn:aws:iam::1:user/z"
    )
    told = dict(ends(replace(EVERY["allowed"](NAMES), case=replace(CASE, request=request, note="a note"))))
    assert told["request"] == (
        "sts:AssumeRole through the console in eu-west-1; session name `release`; external ID `acme-42`; "
        "source identity `zoe`; MFA device `serial`; duration 900 seconds; tag `team=a b`"
    )
    assert told["signed in as"] == "arn:aws:iam::1:user/z"
    assert told["note"] == "a note"


@pytest.mark.parametrize(
    ("answer", "begins"),
    [
        pytest.param(AwsAnswer(ErrorKind.NOT_AUTHORIZED, "AccessDenied"), "UNDETERMINED: whether", id="another call"),
        pytest.param(
            AwsAnswer(ErrorKind.NOT_AUTHORIZED, "AccessDenied", refuses=True, by_policy=YES),
            "DENIED by AWS (`AccessDenied`): session build-42",
            id="a denial",
        ),
        pytest.param(
            AwsAnswer(ErrorKind.THROTTLED, "", refuses=True, by_policy=NO),
            "FAILED: session build-42",
            id="another refusal",
        ),
    ],
)
def test_what_is_certain_of_a_refusal_stands_before_what_the_policies_leave_open(
    answer: AwsAnswer, begins: str
) -> None:
    diagnosis = replace(EVERY["allowed"](NAMES), verdict=Verdict.UNDETERMINED, answer=answer)
    assert headline(diagnosis).startswith(begins)


def test_an_error_whose_accounts_are_masked_may_be_about_these() -> None:
    answer = AwsAnswer(ErrorKind.NOT_AUTHORIZED, refuses=True, by_policy=YES, masked=True)
    diagnosis = replace(EVERY["allowed"](NAMES), verdict=Verdict.UNDETERMINED, answer=answer)
    assert ("masked", "accounts in the error are masked: they may be these") in ends(diagnosis)


@pytest.mark.parametrize(
    ("answer", "begins"),
    [
        pytest.param(
            AwsAnswer(ErrorKind.NOT_AUTHORIZED, "AccessDenied", refuses=True, by_policy=YES),
            "DENIED: AWS refused it (`AccessDenied`); the policies that were read allow",
            id="a denial",
        ),
        pytest.param(
            AwsAnswer(ErrorKind.TOKEN_EXPIRED, "ExpiredToken", refuses=True, by_policy=NO),
            "FAILED: AWS refused it (`ExpiredToken`), though not because of a policy; the policies that were read",
            id="a refusal that no policy is to blame for",
        ),
        pytest.param(
            AwsAnswer(ErrorKind.OTHER, "", refuses=True, by_policy=UNKNOWN),
            "FAILED: AWS refused it, with an error that xdiag does not know; the policies that were read allow session",
            id="an error that is not understood",
        ),
    ],
)
def test_a_refusal_of_what_the_policies_allow_is_said_in_the_first_line(answer: AwsAnswer, begins: str) -> None:
    refused = replace(EVERY["allowed"](NAMES), verdict=Verdict.DENIED, agreement=Agreement.NOT_MADE, answer=answer)
    assert headline(refused).startswith(begins)
    assert dict(ends(refused))["answer from"] == "AWS, which refused it; the policies that were read allow it"


@pytest.mark.parametrize(
    ("answer", "about"),
    [
        pytest.param(
            AwsAnswer(ErrorKind.NOT_AUTHORIZED, other_role="arn:aws:iam::222222222222:role/x/Deploy-prod"),
            "The error is about role x/Deploy-prod (222222222222), which was not asked about. ",
            id="another role",
        ),
        pytest.param(
            AwsAnswer(ErrorKind.NOT_AUTHORIZED, other_call="AssumeRoleWithSAML"),
            "The error is about `AssumeRoleWithSAML`, which was not asked about. ",
            id="another call",
        ),
        pytest.param(AwsAnswer(ErrorKind.NOT_AUTHORIZED), "", id="what was asked about"),
    ],
)
@pytest.mark.parametrize("verdict", [Verdict.ALLOWED, Verdict.UNDETERMINED])
def test_an_error_about_something_else_is_named_before_the_verdict(
    answer: AwsAnswer, about: str, verdict: Verdict
) -> None:
    told = headline(replace(EVERY["allowed"](NAMES), verdict=verdict, answer=answer))
    assert told.startswith(f"{about}{verdict.upper()}: ")


def test_a_denial_needs_no_word_about_an_error_about_something_else() -> None:
    answer = AwsAnswer(ErrorKind.NOT_AUTHORIZED, other_call="AssumeRoleWithSAML")
    assert headline(replace(EVERY["wrong-principal"](NAMES), answer=answer)).startswith("DENIED: ")
