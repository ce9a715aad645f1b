"""Which question an answer of AWS is about, and which of several errors count."""

import pytest
from tests.causes.given import case

from diagnose.causes.answers import asides, is_about_other_question

PASSING = (
    "An error occurred (AccessDeniedException) when calling the CreateFunction operation: User: {} is not authorized "
    "to perform: iam:PassRole on resource: {} because no identity-based policy allows the iam:PassRole action"
)
REFUSED = (
    "An error occurred (AccessDenied) when calling the AssumeRole operation: User: "
    "arn:aws:iam::111111111111:user/builder is not authorized to perform: sts:AssumeRole on resource: "
    "arn:aws:iam::222222222222:role/Deploy"
)
MISSING = (
    "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: "
    "No OpenIDConnect provider found in your account for https://example.com"
)


@pytest.mark.parametrize(
    ("world", "message", "other"),
    [
        pytest.param("cross-account", "", False, id="AWS said nothing"),
        pytest.param("cross-account", REFUSED, False, id="the call that is asked about"),
        pytest.param("cross-account", PASSING, True, id="the role was to be passed on"),
        pytest.param("passing", PASSING, False, id="which is what is asked"),
        pytest.param("cross-account", MISSING, True, id="the call was made with a token"),
        pytest.param("github", MISSING, False, id="which is what is asked, too"),
    ],
)
def test_an_answer_may_be_about_another_question(world: str, message: str, other: bool) -> None:
    given = case(world)
    told = message.format(given.source_arn, given.destination_arn)
    assert is_about_other_question(case(world, {"message": told})) is other


@pytest.mark.parametrize(
    ("besides", "kinds"),
    [
        pytest.param(MISSING, ["provider_missing"], id="an error that says something"),
        pytest.param("An error occurred (Unheard) when calling the ListBuckets operation: nothing", [], id="any other"),
    ],
)
def test_of_other_errors_those_are_told_that_say_something(besides: str, kinds: list[str]) -> None:
    given = case("cross-account", {"message": f"{REFUSED}\n{besides}"})
    assert [str(one.kind) for one in asides(given)] == kinds
