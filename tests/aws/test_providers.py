"""Credentials are found as the AWS CLI finds them, within a time, and with what it has saved."""

import json
import time
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from tests.aws.accounts import scrub

from diagnose.aws.calls import Refusal
from diagnose.aws.identity import identify
from diagnose.aws.patience import Patience
from diagnose.aws.providers import SavedSessions, Wallet
from diagnose.aws.session import Credentials, open_credentials

ROLE = "arn:aws:iam::111111111111:role/App"
KEY = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n"
SAVED = {
    "Credentials": {
        "AccessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "SecretAccessKey": "wJalrXUtnFEMI",
        "SessionToken": "x",
        "Expiration": "2099-01-01T00:00:00UTC",
    }
}


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return scrub(tmp_path, monkeypatch)


@pytest.fixture
def app(config: Path) -> Credentials:
    """A profile whose role needs an MFA code, which nobody is there to type."""
    own = f"role_arn = {ROLE}\nsource_profile = base\nmfa_serial = arn:aws:iam::1:mfa/x\n"
    config.write_text(f"[profile base]\n{KEY}[profile app]\n{own}")
    return open_credentials("app", "eu-west-1", None)


def save(home: Path, folder: str, session: object) -> Path:
    """Save a session as the CLI does: the name of the file is a digest of the request, without its session name."""
    request = json.dumps({"RoleArn": ROLE, "SerialNumber": "arn:aws:iam::1:mfa/x"}, sort_keys=True)
    path = home / folder / f"{sha1(request.encode()).hexdigest()}.json"
    path.parent.mkdir(parents=True)
    path.write_text(session if isinstance(session, str) else json.dumps(session))
    return path


class TestCodes:
    def test_what_is_typed_is_the_code_and_a_spent_one_is_asked_for_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        typed, prompts = iter([" 111111 ", "111111", "222222"]), list[str]()

        def ask(prompt: str) -> str:
            prompts.append(prompt)
            return next(typed)

        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("getpass.getpass", ask)
        wallet, patience = Wallet(), Patience(5)
        wallet.keep("000000")
        first = wallet.mfa_code("code: ", "profile `app`", patience)
        second = wallet.mfa_code("code: ", "profile `base`", patience)
        assert (first, second) == ("111111", "222222")
        once = "AWS accepts each MFA code once"
        assert prompts == [
            f"{once}: wait for the next one for profile `app`.\ncode: ",
            f"{once}: wait for the next one for profile `base`.\ncode: ",
            f"That code is spent: {once}. Wait for the next one.\ncode: ",
        ]

    def test_the_first_prompt_says_what_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("getpass.getpass", lambda prompt: f"typed at {prompt}".strip())
        assert Wallet().mfa_code("code: ", "profile `app`", Patience(5)) == "typed at profile `app`: code:"


class TestSavedSessions:
    @pytest.mark.parametrize("folder", [".aws/cli/cache", ".aws/boto/cache"])
    def test_a_session_that_another_program_saved_is_used_and_left_as_it_is(
        self, app: Credentials, tmp_path: Path, folder: str
    ) -> None:
        path = save(tmp_path, folder, SAVED)
        before = path.read_bytes()
        assert app.provenance() == ("assume-role", True)
        assert (path.read_bytes(), list(path.parent.iterdir())) == (before, [path])

    @pytest.mark.parametrize(
        "saved",
        [
            pytest.param("{", id="no JSON"),
            pytest.param([], id="a list"),
            pytest.param({"Credentials": {}}, id="nothing in it"),
            pytest.param({"Credentials": {**SAVED["Credentials"], "Expiration": "soon"}}, id="no time"),
            pytest.param({"Credentials": {**SAVED["Credentials"], "SessionToken": 5}}, id="no token"),
            pytest.param({"Credentials": {**SAVED["Credentials"], "Expiration": "2020-01-01T00:00:00Z"}}, id="expired"),
        ],
    )
    def test_what_is_of_no_use_is_not_there(self, app: Credentials, tmp_path: Path, saved: object) -> None:
        save(tmp_path, ".aws/cli/cache", saved)
        refusal = identify(app)
        assert isinstance(refusal, Refusal)
        assert refusal.code == "RefreshWithMFAUnsupportedError"

    def test_a_session_of_this_check_is_kept_in_memory_only(self, tmp_path: Path) -> None:
        sessions = SavedSessions([tmp_path / "cache"])
        sessions["key"] = SAVED
        assert sessions["key"] == SAVED
        assert not (tmp_path / "cache").exists()

    def test_the_sessions_of_this_check_are_those_that_are_listed(self, tmp_path: Path) -> None:
        save(tmp_path, ".aws/cli/cache", SAVED)
        sessions = SavedSessions([tmp_path / ".aws/cli/cache"])
        sessions["key"] = SAVED
        assert (list(sessions), len(sessions)) == (["key"], 1)
        del sessions["key"]
        assert (list(sessions), len(sessions)) == ([], 0)
        with pytest.raises(KeyError, match="key"):
            sessions["key"]

    def test_no_home_is_needed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Path, "expanduser", _no_home)
        assert "key" not in Wallet().sessions


def _no_home(_: Path) -> Any:
    raise RuntimeError("Could not determine home directory.")


@pytest.mark.parametrize("profile", ["tool", "through"])
def test_a_credential_process_that_hangs_is_ended_and_named(config: Path, tmp_path: Path, profile: str) -> None:
    tool, mark = tmp_path / "tool", tmp_path / "mark"
    tool.write_text(f"#!/bin/sh\nsleep 3\ntouch {mark}\n")
    tool.chmod(0o755)
    config.write_text(
        f"[profile tool]\ncredential_process = {tool}\n[profile through]\nrole_arn = {ROLE}\nsource_profile = tool\n"
    )
    start = time.monotonic()
    refusal = identify(open_credentials(profile, "eu-west-1", None, Patience(1.5)))
    assert time.monotonic() - start < 2.5
    assert isinstance(refusal, Refusal)
    assert "did not end within 1." in refusal.text
    assert "run its `credential_process` by hand" in refusal.text
    time.sleep(2)
    assert not mark.exists(), "it went on"
