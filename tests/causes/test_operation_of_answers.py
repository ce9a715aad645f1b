"""Whose call an error is about: it is the operation of the case that says so."""

import pytest
from tests import cases

from diagnose.causes.answers import aws_answers, is_about_other_question
from diagnose.evaluate.reported_error import checked_before_policies, refusal
from diagnose.model.aws_error import ErrorKind
from diagnose.model.trace import Gate
from diagnose.model.tri import NO, YES, Tri

WITH_TOKEN = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
WITH_ASSERTION = "AccessDenied: Not authorized to perform sts:AssumeRoleWithSAML"
SIGNED = "AccessDenied: not authorized to perform: sts:AssumeRole"


@pytest.mark.parametrize(
    ("world", "message", "own", "federated"),
    [
        pytest.param("github", WITH_TOKEN, True, False, id="a token, of a token"),
        pytest.param("saml", WITH_ASSERTION, True, False, id="an assertion, of an assertion"),
        pytest.param("cross-account", SIGNED, True, False, id="a signed call, of a signed call"),
        pytest.param("cross-account", WITH_TOKEN, False, True, id="a token, of a signed call"),
        pytest.param("github", WITH_ASSERTION, False, True, id="an assertion, of a token"),
        pytest.param("github", SIGNED, False, False, id="a signed call, of a token"),
    ],
)
def test_an_error_is_about_the_call_if_it_is_of_its_operation(
    world: str, message: str, *, own: bool, federated: bool
) -> None:
    case = cases.case(world, {"message": message})
    (answer,) = aws_answers(case)
    assert (answer.other_action, answer.federated) == (not own, federated)
    assert is_about_other_question(case) is federated
    assert (refusal(case) is not None) is own


@pytest.mark.parametrize(
    ("message", "kind", "shown"),
    [
        ("Token too old", ErrorKind.IDENTITY_TOKEN_EXPIRED, {Gate.TOKEN: NO}),
        ("Missing a required claim: iat", ErrorKind.IDENTITY_CLAIM_MISSING, {Gate.TOKEN: NO}),
        ("The ID Token provided is not a valid JWT", ErrorKind.IDENTITY_TOKEN_MALFORMED, {Gate.TOKEN: NO}),
        (
            "HTTPS certificate doesn't match configured thumbprint",
            ErrorKind.THUMBPRINT_DIFFERS,
            {Gate.TOKEN: NO, Gate.PROVIDER: YES},
        ),
        ("Incorrect token audience", ErrorKind.AUDIENCE_REFUSED, {Gate.PROVIDER: YES, Gate.AUDIENCE: NO}),
        (
            "Role arn:aws:iam::222222222222:role/Deploy is not present in the roles claim of the identity token",
            ErrorKind.ROLE_NOT_CLAIMED,
            {Gate.TOKEN: YES, Gate.PROVIDER: YES, Gate.AUDIENCE: YES, Gate.ROLE_CLAIM: NO},
        ),
    ],
)
def test_an_error_about_a_token_shows_which_gates_were_passed(
    message: str, kind: ErrorKind, shown: dict[Gate, Tri]
) -> None:
    case = cases.case("github", {"message": f"An error occurred (InvalidIdentityToken): {message}"})
    error = refusal(case)
    assert error is not None
    assert error.kind is kind
    assert checked_before_policies(case) == shown
