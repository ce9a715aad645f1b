"""What comes first where an error is about another call than the one that is asked about, or about none of AWS's."""

import pytest
from tests import cases
from tests.cases import BUILDER, DEPLOY, allow

from diagnose.loading import load_rules
from diagnose.pipeline import diagnose

REFUSED = f"User: {BUILDER} is not authorized to perform: sts:AssumeRole on resource: {DEPLOY}"
NOBODY = cases.change(trust_policy=cases.trust(allow({"AWS": "arn:aws:iam::333333333333:root"})))
"""The trust policy lets nobody of the caller's account in: a cause of its own, for which there is an edit."""


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        (REFUSED.replace("role/Deploy", "role/Other"), "error-about-other-role"),
        (REFUSED.replace("user/builder", "user/auditor"), "credentials-of-somebody-else"),
        (REFUSED.replace("sts:AssumeRole", "iam:PassRole"), "error-about-pass-role"),
        (REFUSED.replace(BUILDER, "anonymous"), "request-unsigned"),
        (
            "SignatureDoesNotMatch: Credential should be scoped to a valid region, not 'us-east-2'.",
            "credentials-signed-for-other-region",
        ),
        ("Not authorized to perform sts:AssumeRoleWithWebIdentity", "error-about-federation"),
        ("Response did not contain a valid SAML assertion", "federation-assertion-refused"),
        ("The role defined for the function cannot be assumed by Lambda.", "service-refused"),
        ("error: You must be logged in to the server (Unauthorized)", "error-about-kubernetes"),
    ],
)
def test_an_error_about_something_else_is_said_first(message: str, rule: str) -> None:
    assert diagnose(cases.case("cross-account", NOBODY, message=message), load_rules(())).findings[0].rule == rule


@pytest.mark.parametrize(
    "message",
    [
        REFUSED,
        REFUSED.replace("111111111111", "***").replace("222222222222", "***"),
        REFUSED.replace("111111111111", "XXXXXXXXXXXX"),
        REFUSED.replace("222222222222", "<ACCOUNT_ID>"),
        REFUSED.replace("111111111111", "").replace("222222222222", ""),
        f"unable to assume role: AccessDenied: {REFUSED}",
    ],
)
def test_an_error_about_this_call_leaves_the_first_word_to_the_policies(message: str) -> None:
    finding = diagnose(cases.case("cross-account", NOBODY, message=message), load_rules(())).findings[0]
    assert finding.rule == "trust-principal-other-account"


@pytest.mark.parametrize(
    "message",
    [
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        "No OpenIDConnect provider found in your account for https://x",
        "The role defined for the function cannot be assumed by Lambda.",
    ],
)
def test_an_error_of_a_token_or_a_service_yields_no_edit_for_this_caller(message: str) -> None:
    findings = diagnose(cases.case("cross-account", NOBODY, message=message), load_rules(())).findings
    assert [remedy.kind for finding in findings for remedy in finding.remedies if remedy.document] == []


def test_what_is_wrong_in_the_trust_policy_comes_before_the_words_of_the_service() -> None:
    one = cases.case(
        "service",
        cases.change(trust_policy=cases.trust(allow({"Service": "lambda.amazonaws.com"}))),
        message="EC2 cannot assume the role WebServer.",
    )
    assert diagnose(one, load_rules(())).findings[0].rule == "trust-service-not-named"
