"""The credentials of a call: what to type fits where they come from, and what AWS said of them."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.remedy.broken import about, broken, gate, propose
from tests.remedy.caller_examples import NODE

from diagnose.model.evidence import Gap, Unread
from diagnose.model.trace import Gate, Layer, Subject

EXPIRED = "An error occurred (ExpiredToken): The security token included in the request is expired"
INVALID = "An error occurred (InvalidClientTokenId): The security token included in the request is invalid."
SECRET = (
    "An error occurred (SignatureDoesNotMatch): The request signature we calculated does not match the signature you "
    "provided. Check your AWS Secret Access Key and signing method."
)
ROOT = "An error occurred (AccessDenied): Roles may not be assumed by root accounts."


def told(kind: str, world: str, message: str, **parts: Any) -> str:
    (remedy,) = propose(kind, Subject(), replace(broken(world, **parts), message=message))
    return remedy.text


@pytest.mark.parametrize(
    ("world", "message", "words"),
    [
        pytest.param("identity-center", EXPIRED, "`aws sso login`", id="a permission set signs in again"),
        pytest.param("cross-account", EXPIRED, "`aws sts get-session-token`", id="a user's session is begun anew"),
        pytest.param("cross-account", INVALID, "`aws configure`", id="a user's key is replaced"),
        pytest.param("cross-account", SECRET, "`aws configure`", id="a wrong signature is the secret key's"),
        pytest.param("cross-account-role", INVALID, "session token", id="a session has three values"),
    ],
)
def test_what_to_type_fits_the_provider(world: str, message: str, words: str) -> None:
    text = told("renew-credentials", world, message)
    assert words in text
    assert "as a user or a role that" not in text


def test_a_denial_is_not_one_of_credentials() -> None:
    case = replace(broken("cross-account"), message="An error occurred (AccessDenied): not authorized")
    assert propose("renew-credentials", Subject(), case) == ()


def test_the_root_user_is_named_where_it_called() -> None:
    assert "root user" in told("use-identity", "cross-account", ROOT)


def test_a_pod_is_told_of_its_own_service_account() -> None:
    (remedy,) = propose("use-own-credentials", about(NODE, Layer.TRUST), NODE)
    assert "service account `prod/reader`" in remedy.text
    assert "sts:AssumeRoleWithWebIdentity" in remedy.text


def test_opening_the_role_to_the_machine_comes_second_with_a_warning() -> None:
    (remedy,) = propose("name-principal-in-trust", about(NODE, Layer.TRUST), NODE)
    assert remedy.text.endswith("; whatever runs on the machine can then assume it")


@pytest.mark.parametrize(
    ("said", "granted"),
    [
        pytest.param("because no identity-based policy allows the iam:GetRole action", True, id="nothing allows it"),
        pytest.param("with an explicit deny in a service control policy", False, id="an SCP denies it"),
        pytest.param("with an explicit deny in an identity-based policy", False, id="a Deny applies"),
        pytest.param("because no permissions boundary allows the iam:GetRole action", False, id="a boundary limits"),
    ],
)
def test_the_reader_is_granted_only_what_a_grant_can_cure(said: str, granted: bool) -> None:
    refusal = (
        "AccessDenied: User: arn:aws:iam::222222222222:user/auditor is not authorized to perform: iam:GetRole on "
        f"resource: role Deploy {said}"
    )
    gap = Unread(Gap.ACCESS_DENIED, "trust policy", "iam:GetRole", refusal)
    case = broken("cross-account")
    case = replace(
        case, snapshot=replace(case.snapshot, destination=replace(case.snapshot.destination, trust_policy=gap))
    )
    texts = [remedy.text for remedy in propose("grant-reader-permission", about(case, Layer.TRUST), case)]
    assert any(text.startswith("Grant `iam:GetRole`") for text in texts) is granted
    assert any(text.startswith("Read it as another principal") for text in texts) is not granted


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param("because no identity-based policy allows the s3:GetObject action", "Allow the action", id="none"),
        pytest.param("with an explicit deny in a service control policy", "no further Allow overrides", id="an SCP"),
    ],
)
def test_an_allow_is_not_advised_where_aws_named_a_deny(said: str, words: str) -> None:
    message = (
        "User: arn:aws:sts::222222222222:assumed-role/Deploy/x is not authorized to perform: s3:GetObject on resource: "
        f"arn:aws:s3:::example/a {said}"
    )
    assert words in told("follow-error", "cross-account", message)


def test_a_users_session_token_is_left_out_where_it_limits_the_session_to_an_hour() -> None:
    case = broken(
        "mfa",
        request={"parameters": {"duration_seconds": 7200}},
        role={"value": {"max_session_seconds": {"value": 43200}}},
    )
    (remedy,) = propose("drop-hop", gate(case, Gate.DURATION), case)
    assert remedy.text.startswith(f"Call with the access key of `{case.snapshot.source.arn}` itself")


def test_a_role_that_assumes_itself_needs_no_call_though_its_path_was_not_read() -> None:
    role = "arn:aws:iam::111111111111:role/App"
    unread = {"snapshot": {"source": {"principal": {"evidence": "unread", "gap": "not_supplied"}}}}
    (remedy,) = propose("drop-hop", Subject(), broken("cross-account-role", unread, request={"role_arn": role}))
    assert remedy.text == f"Skip this call: the credentials are already those of `{role}`"
