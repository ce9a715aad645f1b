"""Errors as AWS, its SDKs, services and tools print them, each alone: what it is about, and that a cause is named.

Nothing else is known of the request: no policy was read. A text that implies its operation need not name it.

Sources: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
https://github.com/aws-actions/configure-aws-credentials https://github.com/Versent/saml2aws
"""

import json
from pathlib import Path

import pytest

from diagnose.loading import load_rules
from diagnose.model.aws_error import ErrorKind
from diagnose.model.case import Case, Request, Snapshot, SourceSide
from diagnose.model.error_text.parser import parse_errors
from diagnose.model.operation import Operation
from diagnose.pipeline import diagnose
from diagnose.report.first_cause import first_cause

USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
WEB, SAML = "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"
SOURCES = {WEB: "https://token.actions.githubusercontent.com", SAML: "arn:aws:iam::222222222222:saml-provider/IdP"}

_FILE = Path(__file__).with_name("listed_errors.jsonl")
TEXTS = [
    pytest.param(row["text"], row["operation"], ErrorKind(row["kind"]), id=f"{number}-{row['kind']}")
    for number, row in enumerate(map(json.loads, _FILE.read_text(encoding="utf-8").splitlines()), 1)
]

CAUSES = {
    ErrorKind.NOT_AUTHORIZED: {"identity-named-by-aws", ""},
    ErrorKind.ROOT_REFUSED: {"credentials-of-root"},
    ErrorKind.MFA_CODE_REFUSED: {"mfa-code-refused"},
    ErrorKind.MFA_DEVICE_REFUSED: {"mfa-device-refused"},
    ErrorKind.MFA_INCOMPLETE: {"mfa-incomplete-refused"},
    ErrorKind.OVER_ROLE_MAXIMUM: {"duration-refused"},
    ErrorKind.OVER_CHAINING_LIMIT: {"duration-refused-chained"},
    ErrorKind.PACKED_SIZE: {"session-too-large"},
    ErrorKind.POLICY_MALFORMED: {"session-policy-malformed"},
    ErrorKind.POLICY_NOT_SAVED: {"error-about-saving-policy"},
    ErrorKind.PRINCIPAL_REFUSED: {"error-about-saving-trust"},
    ErrorKind.BAD_PARAMETER: {"parameter-refused"},
    ErrorKind.REGION_DISABLED: {"region-sts-disabled"},
    ErrorKind.TOKEN_INVALID: {"credentials-invalid"},
    ErrorKind.TOKEN_EXPIRED: {"credentials-expired"},
    ErrorKind.SIGNATURE: {"credentials-signature"},
    ErrorKind.CLOCK: {"credentials-clock"},
    ErrorKind.SIGNED_FOR_OTHER_REGION: {"credentials-signed-for-other-region"},
    ErrorKind.SESSION_REFUSED: {"credentials-already-temporary"},
    ErrorKind.PROVIDER_MISSING: {"provider-missing"},
    ErrorKind.AUDIENCE_REFUSED: {"federation-audience-refused"},
    ErrorKind.IDENTITY_TOKEN_EXPIRED: {"federation-token-expired"},
    ErrorKind.ISSUER_KEYS_MISSING: {"federation-issuer-unreadable"},
    ErrorKind.THUMBPRINT_DIFFERS: {"federation-thumbprint-differs"},
    ErrorKind.ASSERTION_REFUSED: {"federation-assertion-refused"},
    ErrorKind.ASSERTION_SESSION_NAME: {"federation-session-name-refused"},
    ErrorKind.ASSERTION_ISSUER: {"federation-issuer-differs"},
    ErrorKind.ASSERTION_SIGNATURE: {"federation-signature-differs"},
    ErrorKind.IDENTITY_REFUSED: {"federation-token-refused"},
    ErrorKind.IDENTITY_CLAIM_MISSING: {"federation-claim-missing"},
    ErrorKind.IDENTITY_TOKEN_MALFORMED: {"federation-not-a-token"},
    ErrorKind.ROLE_NOT_CLAIMED: {"federation-role-not-claimed", "assertion-role-missing"},
    ErrorKind.THROTTLED: {"request-throttled"},
    ErrorKind.SERVICE_NOT_TRUSTED: {"service-refused", "service-refused-pods", "service-refused-redshift"},
    ErrorKind.VENDOR_REFUSED: {"vendor-refused"},
    ErrorKind.STACK_SET_ROLE: {"error-about-stack-sets"},
    ErrorKind.SERVICE_LINKED_ROLE: {"error-about-service-linked-role"},
    ErrorKind.CONSOLE_REFUSED: {""},
    ErrorKind.NO_CREDENTIALS: {"credentials-not-found"},
    ErrorKind.SIGN_IN_EXPIRED: {"credentials-sign-in-expired"},
    ErrorKind.PROFILE_BROKEN: {"credentials-profile-broken"},
    ErrorKind.MFA_CODE_NOT_ASKED: {"mfa-code-not-asked"},
    ErrorKind.UNREACHABLE: {"network-unreachable"},
    ErrorKind.KUBERNETES_REFUSED: {"error-about-kubernetes"},
    ErrorKind.ANSWER_HIDDEN: {"error-without-answer"},
}
"""What an error of a kind is called where nothing else is known; nothing where only the policies could tell why."""


def _case(text: str, operation: str) -> Case:
    source = SOURCES.get(operation, USER)
    asked = Operation(operation) if operation in SOURCES else Operation.ASSUME_ROLE
    return Case(Request(ROLE, asked), Snapshot(SourceSide(source)), message=text)


@pytest.mark.parametrize(("text", "operation", "kind"), TEXTS)
def test_a_text_alone_tells_its_kind_and_the_operation_that_it_implies(
    text: str, operation: str, kind: ErrorKind
) -> None:
    error = parse_errors(text)[-1]
    assert error.kind is kind
    assert operation in ("", error.operation)


@pytest.mark.parametrize(("text", "operation", "kind"), TEXTS)
def test_the_first_cause_is_what_the_text_is_about(text: str, operation: str, kind: ErrorKind) -> None:
    diagnosis = diagnose(_case(text, operation), load_rules())
    assert first_cause(diagnosis).cause in CAUSES[kind]
