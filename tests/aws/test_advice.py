"""Credentials that do not work are a gap of their side, with what to type for whoever provides them."""

from pathlib import Path

import pytest
from tests.aws.accounts import scrub
from tests.aws.answers import refuse

from diagnose.aws.advice import advice
from diagnose.aws.calls import Refusal
from diagnose.aws.identity import identify
from diagnose.aws.session import open_credentials
from diagnose.model.evidence import Gap

ROLE = "role_arn = arn:aws:iam::111111111111:role/App\n"
KEYS = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n"
SSO = "sso_start_url = https://example.com\nsso_region = eu-west-1\nsso_account_id = 111111111111\nsso_role_name = r\n"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return scrub(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("sections", "said", "typed"),
    [
        pytest.param(f"[profile a]\n{SSO}", "SSO", "run `aws sso login --profile a`", id="signed out"),
        pytest.param(
            f'[profile a]\n{ROLE}source_profile = my corp\n[profile "my corp"]\n{SSO}',
            "SSO",
            "run `aws sso login --profile 'my corp'`",
            id="the source of a role is signed out",
        ),
        pytest.param(
            "[profile a]\nregion = eu-west-1\n", "Unable to locate", "`aws configure list --profile a`", id="none"
        ),
        pytest.param(
            f"[profile a]\n{ROLE}", "missing: source_profile", "`aws configure list --profile a`", id="no source"
        ),
        pytest.param(
            f"[profile a]\n{ROLE}source_profile = b\n", '"b"', "--profile a`", id="a source that is not there"
        ),
        pytest.param(f"[profile a]\n{ROLE}source_profile = a\n", "nfinite loop", "--profile a`", id="a loop"),
        pytest.param(f"[profile a]\n{ROLE}credential_source = ec2\n", "ec2", "--profile a`", id="no such source"),
        pytest.param(
            "[profile a]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n",
            "Partial credentials",
            "set new keys with `aws configure --profile a`",
            id="half a key",
        ),
        pytest.param(
            f"[profile a]\n{ROLE}web_identity_token_file = /no where\n",
            "/no where",
            "`ls -l '/no where'`",
            id="no token",
        ),
        pytest.param(
            f"[profile a]\n{ROLE}source_profile = b\nmfa_serial = x\n[profile b]\n{KEYS}",
            "MFA",
            "`aws sts get-caller-identity --profile a`",
            id="nobody to type a code",
        ),
    ],
)
def test_what_is_wrong_with_the_profile_is_a_gap_that_says_what_to_type(
    config: Path, sections: str, said: str, typed: str
) -> None:
    config.write_text(sections)
    refusal = identify(open_credentials("a", "eu-west-1", None))
    assert isinstance(refusal, Refusal)
    assert refusal.gap is Gap.NO_CREDENTIALS
    assert said in refusal.message
    assert typed in refusal.advice
    assert refusal.text.endswith(refusal.advice)


def test_what_aws_says_of_an_expired_session_stays_its_own_words(config: Path) -> None:
    config.write_text(f"[profile a]\n{KEYS}")
    side = open_credentials("a", "eu-west-1", None)
    refuse(side.client("sts"), "GetCallerIdentity", "ExpiredToken")
    refusal = identify(side)
    assert isinstance(refusal, Refusal)
    assert (refusal.message, refusal.advice) == ("no", "set new keys with `aws configure --profile a`")


def test_keys_of_the_environment_are_renewed_there() -> None:
    said = advice({"default": {"sso_session": "x"}}, "default", environment=True, code="ExpiredToken")
    assert said == "renew AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or `unset` all three"


@pytest.mark.parametrize(
    ("profile", "environment", "typed"),
    [
        pytest.param(None, {}, "renew AWS_ACCESS_KEY_ID", id="keys of the environment"),
        pytest.param("a", {}, "set new keys with `aws configure --profile a`", id="a profile wins over them"),
        pytest.param(None, {"AWS_PROFILE": "a"}, "renew AWS_ACCESS_KEY_ID", id="but not one of the environment"),
        pytest.param(None, {"AWS_ACCESS_KEY_ID": ""}, "set new keys with `aws configure`", id="an empty key is none"),
    ],
)
def test_what_is_to_be_renewed_is_what_signs(
    config: Path, monkeypatch: pytest.MonkeyPatch, profile: str | None, environment: dict[str, str], typed: str
) -> None:
    config.write_text(f"[profile a]\n{KEYS}[default]\n{KEYS}")
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI"}
    for name, value in {**keys, **environment}.items():
        monkeypatch.setenv(name, value)
    assert open_credentials(profile, "eu-west-1", None).advice("ExpiredToken").startswith(typed)


# Source: https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("web_identity_token_file", "`ls -l x` shows whether the token is there, and how old it is"),
        ("sso_session", "run `aws sso login --profile a`"),
        ("sso_start_url", "run `aws sso login --profile a`"),
        ("sso_account_id", "run `aws sso login --profile a`"),
        ("sso_role_name", "run `aws sso login --profile a`"),
        ("login_session", "run `aws login --profile a`"),
        ("credential_process", "run its `credential_process` by hand to see why"),
        ("aws_access_key_id", "set new keys with `aws configure --profile a`"),
        ("aws_secret_access_key", "set new keys with `aws configure --profile a`"),
    ],
)
def test_one_key_of_a_profile_tells_who_provides_its_credentials(key: str, typed: str) -> None:
    assert advice({"a": {"region": "eu-west-1", key: "x"}}, "a", environment=False, code="") == typed


def test_the_default_profile_needs_no_name() -> None:
    profiles = {"default": {"login_session": "x"}}
    assert advice(profiles, "default", environment=False, code="LoginError") == "run `aws login`"
