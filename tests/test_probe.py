import logging
from pathlib import Path

import msgspec
import pytest
from botocore.stub import Stubber

from diagnose.aws.session import Credentials, open_credentials
from diagnose.model.case import Case, Parameters, ProbeOutcome, ProbeResult, Request, Snapshot, SourceSide, Via
from diagnose.probe import probe
from tests.aws.accounts import scrub
from tests.aws.answers import RECORDED, answer, refuse

USER = "arn:aws:iam::111111111111:user/builder"
SESSION = "arn:aws:sts::111111111111:assumed-role/App/build-7"
ROLE = "arn:aws:iam::222222222222:role/Deploy"
SECRETS = ("ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY", "AQoDYXdzEPT")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return scrub(tmp_path, monkeypatch)


@pytest.fixture
def side(config: Path) -> Credentials:
    config.write_text(
        "[profile build]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = je7MtGbClwBF\n"
    )
    return open_credentials("build", None, None)


def case(source: str = USER, **request: object) -> Case:
    made = msgspec.structs.replace(Request(ROLE), **request)
    return Case(made, Snapshot(SourceSide(source)))


def probed_as(side: Credentials, caller: str, source: str) -> ProbeResult:
    """Probe with credentials that AWS takes for `caller`; an attempt that is made succeeds."""
    with Stubber(side.client("sts")) as stub:
        stub.add_response("get_caller_identity", {"Arn": caller, "Account": caller.split(":")[4], "UserId": "x"})
        stub.add_response("assume_role", {})
        return probe(case(source), side, mfa_code=None)


class TestWhose:
    @pytest.fixture
    def other(self, config: Path, side: Credentials) -> Credentials:  # noqa: ARG002  # which the file is about
        config.write_text(config.read_text() + config.read_text().replace("build", "audit"))
        return open_credentials("audit", None, None)

    def test_swapped_profiles_are_no_hindrance(self, side: Credentials, other: Credentials) -> None:
        with Stubber(side.client("sts")) as theirs, Stubber(other.client("sts")) as own:
            theirs.add_response("get_caller_identity", identity("arn:aws:iam::222222222222:user/reader"))
            own.add_response("get_caller_identity", identity(USER))
            own.add_response("assume_role", {})
            assert probe(case(), side, other, mfa_code=None) == ProbeResult(ProbeOutcome.ASSUMED, caller=USER)

    def test_the_source_calls_although_the_other_credentials_do_not_work(
        self, side: Credentials, other: Credentials
    ) -> None:
        refuse(side.client("sts"), "GetCallerIdentity", "InvalidClientTokenId")
        with Stubber(other.client("sts")) as own:
            own.add_response("get_caller_identity", identity(USER))
            own.add_response("assume_role", {})
            assert probe(case(), side, other, mfa_code=None).outcome is ProbeOutcome.ASSUMED

    def test_where_none_are_the_sources_own_those_given_for_it_are_named(
        self, side: Credentials, other: Credentials
    ) -> None:
        auditor, reader = "arn:aws:iam::111111111111:user/auditor", "arn:aws:iam::222222222222:user/reader"
        with Stubber(side.client("sts")) as given, Stubber(other.client("sts")) as theirs:
            given.add_response("get_caller_identity", identity(auditor))
            theirs.add_response("get_caller_identity", identity(reader))
            result = probe(case(), side, other, mfa_code=None)
        assert (result.outcome, result.caller) == (ProbeOutcome.NOT_MADE, auditor)
        assert result.why == f"with profile `build`, the caller is {auditor}, not {USER}"


def identity(arn: str) -> dict[str, str]:
    return {"Arn": arn, "Account": arn.split(":")[4], "UserId": "x"}


class TestMade:
    def test_a_request_that_aws_grants_is_assumed(self, side: Credentials) -> None:
        answer(side.client("sts"), "get-caller-identity", "assume-role")
        assert probe(case(), side, mfa_code=None) == ProbeResult(ProbeOutcome.ASSUMED, caller=USER)

    def test_a_denial_keeps_the_words_of_aws(self, side: Credentials) -> None:
        answer(side.client("sts"), "get-caller-identity", "assume-role-denied")
        assert probe(case(), side, mfa_code=None) == ProbeResult(
            ProbeOutcome.ACCESS_DENIED,
            caller=USER,
            code="AccessDenied",
            message=f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}",
        )

    @pytest.mark.parametrize(
        "code", ["ValidationError", "RegionDisabledException", "PackedPolicyTooLarge", "ExpiredToken", "Throttling"]
    )
    def test_any_other_refusal_is_neither_yes_nor_no(self, side: Credentials, code: str) -> None:
        answer(side.client("sts"), "get-caller-identity")
        refuse(side.client("sts"), "AssumeRole", code)
        expected = ProbeResult(ProbeOutcome.OTHER_ERROR, caller=USER, code=code, message="no")
        assert probe(case(), side, mfa_code=None) == expected

    def test_credentials_that_aws_does_not_take_are_its_answer_to_the_request(self, side: Credentials) -> None:
        refuse(side.client("sts"), "GetCallerIdentity", "InvalidClientTokenId")
        expected = ProbeResult(ProbeOutcome.OTHER_ERROR, code="InvalidClientTokenId", message="no")
        assert probe(case(), side, mfa_code=None) == expected

    def test_a_parameter_that_botocore_refuses_is_an_error_and_no_crash(self, side: Credentials) -> None:
        answer(side.client("sts"), "get-caller-identity")
        result = probe(case(parameters=Parameters(session_name="x")), side, mfa_code=None)
        assert (result.outcome, result.code) == (ProbeOutcome.OTHER_ERROR, "ParamValidationError")

    def test_the_mfa_code_is_sent(self, side: Credentials) -> None:
        sent = answer(side.client("sts"), "get-caller-identity", "assume-role")
        parameters = Parameters(mfa_serial="arn:aws:iam::111111111111:mfa/builder", mfa_code_sent=True)
        probe(case(parameters=parameters), side, mfa_code="135791")
        assert sent[1]["TokenCode"] == "135791"

    def test_no_credential_survives_in_the_result_or_in_a_log(
        self, side: Credentials, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        answer(side.client("sts"), "get-caller-identity", "assume-role")
        result = probe(case(), side, mfa_code=None)
        assert result.outcome is ProbeOutcome.ASSUMED
        assert "GetCallerIdentity" in caplog.text, "the log is off altogether, so this proves nothing"
        recorded, kept = (RECORDED / "assume-role.xml").read_text(), msgspec.json.encode(result).decode()
        for secret in SECRETS:
            assert secret in recorded
            assert secret not in kept + repr(result) + caplog.text


class TestWho:
    @pytest.mark.parametrize(
        ("source", "caller"),
        [
            pytest.param(USER, USER, id="the user"),
            pytest.param(USER, "arn:aws:iam::111111111111:user/team/builder", id="the user, given without the path"),
            pytest.param(SESSION, SESSION, id="the session"),
            pytest.param("arn:aws:iam::111111111111:role/team/App", SESSION, id="any session of the role"),
            pytest.param("arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:root", id="root"),
        ],
    )
    def test_the_source_itself_makes_the_request(self, side: Credentials, source: str, caller: str) -> None:
        assert probed_as(side, caller, source) == ProbeResult(ProbeOutcome.ASSUMED, caller=caller)

    @pytest.mark.parametrize(
        ("source", "caller"),
        [
            pytest.param(USER, "arn:aws:iam::111111111111:user/team/builder2", id="another user"),
            pytest.param(USER, SESSION, id="a role instead of a user"),
            pytest.param(SESSION, f"{SESSION}1", id="another session of the role"),
            pytest.param(
                "arn:aws:iam::111111111111:role/Ap", SESSION, id="a session of a role whose name only begins alike"
            ),
            pytest.param("arn:aws:iam::333333333333:role/App", SESSION, id="the like-named role of another account"),
            pytest.param("arn:aws-cn:iam::111111111111:role/App", SESSION, id="another partition"),
            pytest.param(
                "arn:aws:iam::111111111111:role/App",
                "arn:aws:iam::111111111111:user/App",
                id="a user named as the role",
            ),
        ],
    )
    def test_somebody_else_does_not_and_is_named(self, side: Credentials, source: str, caller: str) -> None:
        assert probed_as(side, caller, source) == ProbeResult(
            ProbeOutcome.NOT_MADE,
            caller=caller,
            why=f"with profile `build`, the caller is {caller}, not {source}",
        )


class TestNotMade:
    @pytest.mark.parametrize(
        ("made", "why"),
        [
            pytest.param(
                case(via=Via.CONSOLE),
                "the request is made in the AWS console, which cannot be tried with credentials",
                id="the console",
            ),
            pytest.param(
                case("ec2.amazonaws.com"),
                "the request is made by ec2.amazonaws.com, and only AWS has the credentials of its services",
                id="a service",
            ),
            pytest.param(
                case("https://token.actions.githubusercontent.com"),
                "the request presents a token or an assertion, which xdiag sends nowhere",
                id="a token",
            ),
            pytest.param(
                case("arn:aws:iam::222222222222:saml-provider/Office"),
                "the request presents a token or an assertion, which xdiag sends nowhere",
                id="an assertion",
            ),
            pytest.param(
                case(parameters=Parameters(mfa_serial="arn:aws:iam::111111111111:mfa/builder", mfa_code_sent=True)),
                "the request carries an MFA code, and none was given for the attempt",
                id="a code that is not there",
            ),
        ],
    )
    def test_what_cannot_be_tried_is_not_and_nothing_is_called(self, side: Credentials, made: Case, why: str) -> None:
        with Stubber(side.client("sts")):
            assert probe(made, side, mfa_code=None) == ProbeResult(ProbeOutcome.NOT_MADE, why=why)

    def test_without_credentials_there_is_no_attempt(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        scrub(tmp_path, monkeypatch)
        result = probe(case(), open_credentials(None, None, None), mfa_code=None)
        assert result.outcome is ProbeOutcome.NOT_MADE
        assert result.why == "the request cannot be signed with the default credentials: Unable to locate credentials"

    def test_an_endpoint_policy_that_hides_the_caller_is_not_a_denial_of_the_request(self, side: Credentials) -> None:
        refuse(side.client("sts"), "GetCallerIdentity", "AccessDenied")
        assert probe(case(), side, mfa_code=None).outcome is ProbeOutcome.NOT_MADE
