"""The way to AWS: the endpoint that is called, and the proxy that the environment names for it."""

from pathlib import Path

import pytest
from tests.aws.accounts import scrub

from diagnose.aws.profiles import profile_names
from diagnose.aws.session import open_credentials
from diagnose.aws.way import endpoint_of, proxy_to

KEY = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return scrub(tmp_path, monkeypatch)


def test_the_endpoint_is_that_of_sts(config: Path) -> None:
    config.write_text(f"[default]\n{KEY}[profile half]\naws_access_key_id = x\n")
    assert endpoint_of(open_credentials(None, "eu-west-1", None)) == "https://sts.eu-west-1.amazonaws.com"
    assert endpoint_of(open_credentials("half", "eu-west-1", None)) == ""


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [
        pytest.param("", "", id="none"),
        pytest.param("http://proxy.example.com:3128", "proxy.example.com:3128", id="a URL"),
        pytest.param("proxy.example.com:3128", "proxy.example.com:3128", id="a host and a port"),
        pytest.param("http://me:hunter2@proxy.example.com:3128", "proxy.example.com:3128", id="a password"),
        pytest.param("http://me:a@b@proxy.example.com", "proxy.example.com", id="a password with an at sign"),
    ],
)
def test_a_proxy_is_named_without_its_password(
    config: Path, monkeypatch: pytest.MonkeyPatch, proxy: str, shown: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    assert proxy_to("https://sts.amazonaws.com") == shown
    assert proxy_to("http://127.0.0.1:4566") == ""


@pytest.mark.parametrize(
    ("written", "names"),
    [
        pytest.param("[default]\na = 1\n[profile b]\na = 1\n", {"default", "b"}, id="two profiles"),
        pytest.param("", set(), id="none"),
        pytest.param("[default\n", set(), id="no configuration"),
        pytest.param("[default]\na = 1\n" + "#" * (16 * 2**20), set(), id="one that is too large"),
    ],
)
def test_the_profiles_are_those_of_a_file_that_can_be_read(config: Path, written: str, names: set[str]) -> None:
    config.write_text(written)
    assert set(profile_names()) == names
