import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pytest
from tests.aws.accounts import scrub
from tests.aws.answers import answer, page

from diagnose.aws.calls import Refusal
from diagnose.aws.identity import Identity, identify
from diagnose.aws.patience import AT_ONCE, Patience
from diagnose.aws.session import Credentials, open_credentials
from diagnose.errors import XdiagError
from diagnose.model.evidence import Gap

KEY = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n"


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return scrub(tmp_path, monkeypatch)


class TestProfile:
    def test_a_misspelt_profile_is_a_mistake_with_the_nearest_one_as_its_hint(self, config: Path) -> None:
        config.write_text(f"[profile production]\n{KEY}")
        with pytest.raises(XdiagError) as raised:
            open_credentials("prodction", None, None)
        assert raised.value.message == "there is no AWS profile `prodction`"
        assert raised.value.hint == "did you mean `production`"

    def test_a_profile_like_no_other_gets_the_command_that_lists_them(self) -> None:
        with pytest.raises(XdiagError) as raised:
            open_credentials("audit", None, None)
        assert raised.value.hint == "`aws configure list-profiles` lists the profiles"

    def test_a_missing_profile_from_the_environment_is_the_same_mistake(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_PROFILE", "audit")
        with pytest.raises(XdiagError, match="there is no AWS profile `audit`"):
            open_credentials(None, None, None)

    def test_the_profile_from_the_environment_is_used(self, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        config.write_text(f"[profile audit]\nregion = eu-west-3\n{KEY}")
        monkeypatch.setenv("AWS_PROFILE", "audit")
        side = open_credentials(None, None, None)
        assert (side.label, side.region) == ("profile `audit`", "eu-west-3")

    def test_a_profile_that_is_asked_for_wins_over_keys_in_the_environment(
        self, config: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config.write_text(f"[profile audit]\n{KEY}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
        assert open_credentials("audit", None, None).provenance() == ("config-file", False)
        assert open_credentials(None, None, None).provenance() == ("env", True)

    def test_a_file_that_is_no_configuration_is_a_mistake(self, config: Path) -> None:
        config.write_text("[profile audit\nregion")
        with pytest.raises(XdiagError, match="the AWS configuration cannot be used"):
            open_credentials("audit", None, None)


class TestRegion:
    @pytest.mark.parametrize(
        ("flag", "environment", "expected"),
        [
            pytest.param("eu-west-1", {"AWS_REGION": "eu-west-2"}, "eu-west-1", id="the flag wins"),
            pytest.param(
                None,
                {"AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "eu-west-3"},
                "eu-west-2",
                id="AWS_REGION wins over AWS_DEFAULT_REGION",
            ),
            pytest.param(None, {"AWS_DEFAULT_REGION": "eu-west-3"}, "eu-west-3", id="AWS_DEFAULT_REGION"),
            pytest.param(None, {"AWS_REGION": ""}, "aws-global", id="no Region is the global endpoint"),
        ],
    )
    def test_it_comes_from_the_flag_or_the_environment(
        self,
        monkeypatch: pytest.MonkeyPatch,
        flag: str | None,
        environment: dict[str, str],
        expected: str,
    ) -> None:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert open_credentials(None, flag, None).region == expected

    def test_sts_can_be_called_in_another_region_than_the_sides(self, config: Path) -> None:
        config.write_text(f"[default]\n{KEY}")
        side = open_credentials(None, "eu-west-1", None)
        assert side.client("sts").meta.endpoint_url == "https://sts.eu-west-1.amazonaws.com"
        assert side.client("sts", "eu-south-1").meta.endpoint_url == "https://sts.eu-south-1.amazonaws.com"
        assert side.client("sts", "aws-global").meta.endpoint_url == "https://sts.amazonaws.com"

    def test_what_has_no_global_endpoint_is_called_where_the_global_one_of_sts_is(self, config: Path) -> None:
        config.write_text(f"[default]\n{KEY}")
        side = open_credentials(None, None, None)
        regions = [side.client(name).meta.region_name for name in ("iam-toolbox", "iam", "sts")]
        assert regions == ["us-east-1", "aws-global", "aws-global"]
        elsewhere = open_credentials(None, "eu-west-1", None)
        assert elsewhere.client("iam-toolbox").meta.region_name == "eu-west-1"

    def test_calls_to_another_region_have_the_time_and_the_attempts_of_the_side(self, config: Path) -> None:
        config.write_text(f"[default]\nmax_attempts = 7\n{KEY}")
        side = open_credentials(None, "eu-west-1", None)
        regional = side.in_region("eu-south-1")
        assert (regional.patience, regional.attempts) == (side.patience, 7)
        assert regional.client("sts").meta.region_name == "eu-south-1"
        assert side.in_region(None).client("sts").meta.region_name == "eu-west-1"


class TestEndpoint:
    def test_the_flag_is_used_for_every_service(self, config: Path) -> None:
        config.write_text(f"[default]\n{KEY}")
        side = open_credentials(None, None, "http://127.0.0.1:4566")
        urls = {side.client(service).meta.endpoint_url for service in ("iam", "sts", "organizations")}
        assert urls == {"http://127.0.0.1:4566"}

    def test_the_environment_is_heeded(self, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        config.write_text(f"[default]\n{KEY}")
        monkeypatch.setenv("AWS_ENDPOINT_URL_IAM", "http://127.0.0.1:4566")
        side = open_credentials(None, None, None)
        assert side.client("iam").meta.endpoint_url == "http://127.0.0.1:4566"
        assert side.client("sts").meta.endpoint_url == "https://sts.amazonaws.com"

    def test_every_client_gives_up_on_a_silent_endpoint_and_makes_each_call_once(self, config: Path) -> None:
        config.write_text(f"[default]\nretry_mode = legacy\nmax_attempts = 7\n{KEY}")
        side = open_credentials(None, "eu-west-1", None)
        for service in ("iam", "sts", "organizations", "ec2"):
            made = side.client(service).meta.config
            assert (made.connect_timeout, made.read_timeout) == (5, 20)
            assert made.max_pool_connections == AT_ONCE
            assert made.retries == {"mode": "standard", "total_max_attempts": 1}

    def test_one_in_no_region_is_signed_for_as_the_first_is(self) -> None:
        assert open_credentials(None, None, "http://127.0.0.1:4566").region == "us-east-1"
        assert open_credentials(None, "eu-west-1", "http://127.0.0.1:4566").region == "eu-west-1"

    @pytest.mark.parametrize("url", ["127.0.0.1:4566", "ftp://127.0.0.1", "http://", ""])
    def test_what_is_no_url_is_a_mistake(self, url: str) -> None:
        with pytest.raises(XdiagError, match="is not a URL"):
            open_credentials(None, None, url)


class TestCredentials:
    def test_none_at_all_is_a_gap_and_no_mistake(self) -> None:
        refusal = identify(open_credentials(None, None, None))
        assert isinstance(refusal, Refusal)
        assert (refusal.gap, refusal.message) == (Gap.NO_CREDENTIALS, "Unable to locate credentials")

    def test_a_sign_in_that_is_over_is_a_gap(self, config: Path) -> None:
        config.write_text(
            "[profile sso]\nsso_session = s\nsso_account_id = 111111111111\nsso_role_name = r\n"
            "[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://example.com\n"
        )
        refusal = identify(open_credentials("sso", None, None))
        assert isinstance(refusal, Refusal)
        assert refusal.gap is Gap.NO_CREDENTIALS
        assert refusal.text.endswith("; run `aws sso login --profile sso`")

    def test_a_credential_process_is_run(self, config: Path) -> None:
        answered = '{"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x", "SessionToken": "y"}'
        config.write_text(f"[profile tool]\ncredential_process = /bin/echo '{answered}'\n")
        assert open_credentials("tool", None, None).provenance() == ("custom-process", True)

    @pytest.mark.parametrize(
        ("process", "why"),
        [
            pytest.param("/nowhere/tool", "No such file or directory: '/nowhere/tool'", id="it is not there"),
            *(
                pytest.param(f"/bin/echo '{printed}'", "what it gave are not credentials", id=f"it prints {printed!r}")
                for printed in (
                    "1",
                    "null",
                    "[]",
                    '"x"',
                    "",
                    "{",
                    "[" * 9999,
                    '{"Version": 1, "AccessKeyId": 1, "SecretAccessKey": "x"}',
                    '{"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": null}',
                    '{"Version": 1, "AccessKeyId": "ASIA\\nEXAMPLE", "SecretAccessKey": "x"}',
                    '{"Version": 1, "AccessKeyId": "\\ud800", "SecretAccessKey": "x"}',
                    '{"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x", "SessionToken": []}',
                    '{"Version": 1, "AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x", "Expiration": 5}',
                )
            ),
            pytest.param("/bin/echo '{}'", "run its `credential_process` by hand", id="it prints no version"),
        ],
    )
    def test_a_credential_process_that_gives_no_credentials_is_a_gap(
        self, config: Path, process: str, why: str
    ) -> None:
        config.write_text(f"[profile tool]\ncredential_process = {process}\n")
        refusal = identify(open_credentials("tool", None, None))
        assert isinstance(refusal, Refusal)
        assert (refusal.gap, refusal.answered) == (Gap.NO_CREDENTIALS, False)
        assert why in refusal.text

    @pytest.mark.parametrize("stream", ["1", "2"])
    def test_nothing_that_a_failing_credential_process_writes_is_shown(
        self, config: Path, tmp_path: Path, stream: str
    ) -> None:
        tool = tmp_path / "tool"
        tool.write_text(f"#!/bin/sh\nprintf 'the password is hunter2' >&{stream}\nexit 1\n")
        tool.chmod(0o755)
        config.write_text(f"[profile tool]\ncredential_process = {tool}\n")
        refusal = identify(open_credentials("tool", None, None))
        assert isinstance(refusal, Refusal)
        assert refusal.text == (
            "Error when retrieving credentials from custom-process: it failed; run its `credential_process` by hand to "
            "see why"
        )

    def test_an_mfa_code_is_asked_of_nobody_but_a_person(self, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        config.write_text(
            f"[profile base]\n{KEY}[profile mfa]\nrole_arn = arn:aws:iam::111111111111:role/App\n"
            "source_profile = base\nmfa_serial = arn:aws:iam::111111111111:mfa/builder\n"
        )
        piped = StringIO("123456\n")
        monkeypatch.setattr(sys, "stdin", piped)
        refusal = identify(open_credentials("mfa", None, None))
        assert isinstance(refusal, Refusal)
        assert (refusal.gap, refusal.code) == (Gap.NO_CREDENTIALS, "RefreshWithMFAUnsupportedError")
        assert piped.read() == "123456\n"


class TestIdentity:
    def test_it_is_what_aws_says_and_where_the_key_was_found(self, config: Path) -> None:
        config.write_text(f"[default]\n{KEY}")
        side = open_credentials(None, None, None)
        answer(side.client("sts"), "get-caller-identity")
        assert identify(side) == Identity(
            "arn:aws:iam::111111111111:user/builder", "111111111111", "config-file", temporary=False
        )

    @pytest.mark.parametrize("status", [200, 403])
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param(b"<!DOCTYPE html><html><body>Sign in<br></body></html>", id="the page of a proxy"),
            pytest.param(b"<html><body>Sign in</body></html>", id="a page that is XML"),
            pytest.param(b'{"ok": true}', id="JSON"),
            pytest.param(b"", id="nothing"),
        ],
    )
    def test_an_answer_of_somebody_else_is_no_answer(self, config: Path, status: int, text: bytes) -> None:
        config.write_text(f"[default]\n{KEY}")
        side = open_credentials(None, None, None)
        page(side.client("sts"), status, text)
        refusal = identify(side)
        assert isinstance(refusal, Refusal)
        assert (refusal.gap, refusal.answered) == (Gap.UNREACHABLE, False)
        assert refusal.text.startswith("the answer is not one that AWS gives")

    def test_a_key_of_neither_kind_tells_nothing_of_its_lifetime(self, config: Path) -> None:
        config.write_text("[default]\naws_access_key_id = test\naws_secret_access_key = test\n")
        assert open_credentials(None, None, None).provenance() == ("config-file", None)


class TestPreparing:
    """Before it there is nothing, and after it there is nothing left to ask for."""

    @pytest.fixture
    def tool(self, config: Path, tmp_path: Path) -> Path:
        """A `credential_process` that leaves a mark and gives nothing."""
        tool, mark = tmp_path / "tool", tmp_path / "mark"
        tool.write_text(f"#!/bin/sh\ntouch {mark}\nexit 1\n")
        tool.chmod(0o755)
        config.write_text(f"[profile tool]\ncredential_process = {tool}\n")
        return mark

    def test_the_credentials_are_looked_for_and_what_goes_wrong_shows_later(self, tool: Path) -> None:
        side = open_credentials("tool", None, None)
        assert not tool.exists()
        side.prepare()
        assert tool.exists()
        assert isinstance(identify(side), Refusal)


def sent_by(side: Credentials) -> Mapping[str, str]:
    """The headers with which AWS is asked whose the credentials are."""
    seen: list[Mapping[str, str]] = []
    client = side.client("sts")
    client.meta.events.register_first("before-send", lambda request, **_: seen.append(request.headers))
    answer(client, "get-caller-identity")
    identify(side)
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in seen[0].items()}


def test_the_calls_can_be_told_apart_by_their_user_agent(config: Path) -> None:
    config.write_text(f"[default]\n{KEY}")
    assert "app/xdiag" in sent_by(open_credentials(None, None, None))["User-Agent"]


class TestOwnKeys:
    """A profile with keys that asks for a role besides: whoever names it as a source has its keys sign."""

    @pytest.mark.parametrize(
        ("token", "sent"),
        [("aws_session_token = y\n", "y"), ("", None), ("aws_session_token =\n", None)],
        ids=["with a token", "without one", "with an empty one"],
    )
    def test_they_sign_and_not_the_role(self, config: Path, token: str, sent: str | None) -> None:
        role = "role_arn = arn:aws:iam::111111111111:role/App\nsource_profile = both\n"
        config.write_text(f"[profile both]\n{KEY}{token}{role}")
        headers = sent_by(open_credentials("both", None, None, own_keys=True))
        assert "Credential=AKIAIOSFODNN7EXAMPLE/" in headers["Authorization"]
        assert headers.get("X-Amz-Security-Token") == sent


ISSUED = {"AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SecretAccessKey": "x", "SessionToken": "y"}


class TestIssued:
    """Credentials that AWS has issued to others."""

    def test_they_sign_in_place_of_the_profile_whose_rest_stays(self, config: Path) -> None:
        config.write_text(f"[profile audit]\nregion = eu-west-3\nmax_attempts = 7\n{KEY}")
        side, patience = open_credentials("audit", "eu-west-1", "http://127.0.0.1:4566"), Patience(5)
        own = side.of_session(ISSUED, "role App", patience)
        assert (own.label, own.region, own.attempts) == ("role App", "eu-west-1", 7)
        assert own.patience is patience
        assert own.client("iam").meta.endpoint_url == "http://127.0.0.1:4566"
        headers = sent_by(own)
        assert "Credential=ASIAIOSFODNN7EXAMPLE/" in headers["Authorization"]
        assert headers["X-Amz-Security-Token"] == "y"
        assert "app/xdiag" in headers["User-Agent"]

    def test_what_the_profile_says_of_endpoints_holds_for_them(self, config: Path) -> None:
        config.write_text(f"[default]\nregion = eu-west-3\n[profile audit]\nuse_fips_endpoint = true\n{KEY}")
        own = open_credentials("audit", "us-east-1", None).of_session(ISSUED, "role App", Patience(5))
        assert own.client("sts").meta.endpoint_url == "https://sts-fips.us-east-1.amazonaws.com"
