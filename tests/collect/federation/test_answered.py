"""Whose token or assertion AWS refused, where people name the identity that they see instead."""

import msgspec
import pytest
from tests import cases

from diagnose.collect.evidence.case_file import case_from_json
from diagnose.collect.federation.answered import as_answered, federated_operation, source_answered
from diagnose.model.case import Case, Parameters
from diagnose.model.operation import Operation

WEB = "An error occurred (AccessDenied): Not authorized to perform sts:AssumeRoleWithWebIdentity"
SAML = "AccessDenied: Not authorized to perform sts:AssumeRoleWithSAML"
MISSING = (
    "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: No OpenIDConnect "
    "provider found in your account for https://oidc.eks.eu-west-1.amazonaws.com/id/AB12"
)
SIGNED = f"User: {cases.BUILDER} is not authorized to perform: sts:AssumeRole on resource: {cases.DEPLOY}"
HOST = "oidc.eks.eu-west-1.amazonaws.com/id/AB12"
PROVIDERS = "arn:aws:iam::222222222222:oidc-provider/"


def _case(message: str, *federated: str, effect: str = "Allow", **changes: object) -> Case:
    statement = {
        "Effect": effect,
        "Principal": {"Federated": federated[0] if len(federated) == 1 else list(federated)},
        "Action": "AssumeRoleWithWebIdentity",
    }
    return cases.case("cross-account", {"message": message, **changes}, trust_policy=cases.trust(statement))


@pytest.mark.parametrize(
    ("message", "operation"),
    [
        (WEB, Operation.WITH_WEB_IDENTITY),
        (MISSING, Operation.WITH_WEB_IDENTITY),
        (SAML, Operation.WITH_SAML),
        (SIGNED, None),
        (f"{WEB}\n{SIGNED}", None),
        (f"{WEB}\n{SAML}", None),
        ("", None),
    ],
)
def test_an_error_names_its_operation_unless_the_text_tells_of_several(
    message: str, operation: Operation | None
) -> None:
    assert federated_operation(message) is operation


@pytest.mark.parametrize(
    ("message", "federated", "source"),
    [
        pytest.param(WEB, [f"{PROVIDERS}{HOST}"], f"https://{HOST}", id="the one of the trust policy"),
        pytest.param(MISSING, [], f"https://{HOST}", id="the one of the error"),
        pytest.param(MISSING, [f"{PROVIDERS}gitlab.com"], f"https://{HOST}", id="the error before the trust policy"),
        pytest.param(WEB, [f"{PROVIDERS}gitlab.com", f"{PROVIDERS}{HOST}"], "", id="which of two is not known"),
        pytest.param(WEB, ["cognito-identity.amazonaws.com"], "https://cognito-identity.amazonaws.com", id="built in"),
        pytest.param(WEB, ["lambda.amazonaws.com"], "", id="no provider"),
        pytest.param(WEB, ["${Provider}"], "", id="a placeholder"),
        pytest.param(WEB, [f"{PROVIDERS}https://{HOST}"], f"https://{HOST}", id="a scheme that no name has"),
        pytest.param(
            WEB,
            [f"{PROVIDERS}oidc.eu-west-1.eks.amazonaws.com/id/AB12"],
            f"https://{HOST}",
            id="words that EKS writes the other way round",
        ),
        pytest.param(
            SAML,
            ["arn:aws:iam::222222222222:saml-provider/Corp"],
            "arn:aws:iam::222222222222:saml-provider/Corp",
            id="an assertion",
        ),
        pytest.param(SAML, [f"{PROVIDERS}{HOST}"], "", id="an assertion, and a provider of tokens"),
        pytest.param(SIGNED, [f"{PROVIDERS}{HOST}"], "", id="a call that was signed"),
    ],
)
def test_whose_token_it_was_is_told_where_only_one_can_be_meant(
    message: str, federated: list[str], source: str
) -> None:
    case = _case(message, *federated)
    answered = as_answered(case)
    assert answered.snapshot.source.arn == (source or case.snapshot.source.arn)
    assert (answered.request.operation is not Operation.ASSUME_ROLE) is bool(source)
    assert (case.snapshot.source.arn in answered.note) is bool(source)
    assert answered.request.asked_as == (case.snapshot.source.arn if source else None)


def test_a_deny_names_nobody_who_could_have_called() -> None:
    case = _case(WEB, f"{PROVIDERS}{HOST}", effect="Deny")
    assert as_answered(case) is case


def test_a_trust_policy_that_cannot_be_read_names_nobody() -> None:
    assert source_answered(WEB, None) == ""
    broken = cases.case("cross-account", {"message": WEB}, trust_policy={"value": {"document": "no JSON"}})
    assert as_answered(broken) is broken


def test_what_only_a_signed_request_carries_is_left_out() -> None:
    request = {"parameters": {"session_name": "pod", "external_id": "acme-42", "duration_seconds": 900}}
    answered = as_answered(_case(WEB, f"{PROVIDERS}{HOST}", request=request))
    assert answered.request.parameters == Parameters(session_name="pod", duration_seconds=900)


def test_an_attempt_with_the_source_credentials_is_what_is_asked_about() -> None:
    case = _case(WEB, f"{PROVIDERS}{HOST}", probe={"outcome": "access_denied", "message": SIGNED})
    assert as_answered(case) is case


@pytest.mark.parametrize("operation", [None, "AssumeRole"])
def test_a_case_file_that_names_its_operation_keeps_it(operation: str | None) -> None:
    written = msgspec.json.decode(msgspec.json.encode(_case(WEB, f"{PROVIDERS}{HOST}")))
    if operation is None:
        del written["request"]["operation"]
    read = case_from_json(msgspec.json.encode(written), place="a case")
    assert (read.request.operation is Operation.ASSUME_ROLE) is (operation is not None)


@pytest.mark.parametrize(
    ("message", "federated", "operation", "what", "source"),
    [
        (WEB, f"{PROVIDERS}{HOST}", "AssumeRoleWithWebIdentity", "a token", f"https://{HOST}"),
        (
            SAML,
            "arn:aws:iam::222222222222:saml-provider/Corp",
            "AssumeRoleWithSAML",
            "an assertion",
            "arn:aws:iam::222222222222:saml-provider/Corp",
        ),
    ],
)
def test_the_note_says_for_whom_it_is_decided_instead(
    message: str, federated: str, operation: str, what: str, source: str
) -> None:
    case = _case(message, federated, note="")
    assert as_answered(case).note == (
        f"The error is about {operation}, which is sent with {what} and not signed by {case.snapshot.source.arn}: "
        f"decided for {what} of {source}, of which nothing else is known."
    )
    assert as_answered(_case(message, federated, note="Read.")).note.startswith("Read. The error is about")


def test_an_assertion_sends_no_session_name_of_its_own() -> None:
    request = {"parameters": {"session_name": "pod", "duration_seconds": 900}}
    answered = as_answered(_case(SAML, "arn:aws:iam::222222222222:saml-provider/Corp", request=request))
    assert answered.request.parameters == Parameters(session_name=None, duration_seconds=900)


def test_an_attempt_that_was_not_made_says_nothing_of_who_calls() -> None:
    case = _case(WEB, f"{PROVIDERS}{HOST}", probe={"outcome": "not_made", "message": ""})
    assert as_answered(case).snapshot.source.arn == f"https://{HOST}"


@pytest.mark.parametrize(
    ("ending", "named"),
    [(".", True), ("/", True), (" for it", True), ("\nRequest ID: 1", True), ('"', True)],
)
def test_the_issuer_in_an_error_ends_where_its_url_does(ending: str, named: bool) -> None:
    assert (source_answered(f"{MISSING}{ending}", None) == f"https://{HOST}") is named


def test_only_a_token_s_issuer_with_a_provider_or_built_in_is_trusted() -> None:
    for federated in ("token.actions.githubusercontent.com", "https://idp.example.com", HOST):
        case = _case(WEB, federated)
        assert as_answered(case) is case
    twice = _case(WEB, f"{PROVIDERS}{HOST}", f"{PROVIDERS}{HOST}")
    assert as_answered(twice).snapshot.source.arn == f"https://{HOST}"
