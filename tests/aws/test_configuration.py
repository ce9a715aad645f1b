"""What cannot be the AWS configuration is a mistake that names the file."""

import os
from pathlib import Path

import pytest

from diagnose.aws.configuration import check_sizes, read_configuration
from diagnose.errors import XdiagError

MEGABYTES = 2**20


def _environment(config: Path, credentials: Path) -> dict[str, str]:
    return {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}


@pytest.mark.parametrize("large", ["config", "credentials"])
def test_neither_file_is_read_where_it_is_too_large(large: str, tmp_path: Path) -> None:
    files = _environment(tmp_path / "config", tmp_path / "credentials")
    (tmp_path / large).touch()
    os.truncate(tmp_path / large, 16 * MEGABYTES)
    check_sizes(files)
    os.truncate(tmp_path / large, 16 * MEGABYTES + 1)
    with pytest.raises(XdiagError) as mistake:
        read_configuration(files)
    assert str(mistake.value) == f"the AWS configuration `{tmp_path / large}` is larger than 16 MB"
    assert mistake.value.hint == "is it the right file?"


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({}, id="no home is named"),
        pytest.param({"AWS_CONFIG_FILE": "~/.aws/config"}, id="below the home"),
        pytest.param({"AWS_CONFIG_FILE": "$HOME/.aws/config"}, id="below a variable"),
    ],
)
def test_a_file_is_looked_at_where_botocore_reads_it(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nregion = eu-west-1\n")
    assert read_configuration(environment).profiles == {"default": {"region": "eu-west-1"}}
    os.truncate(tmp_path / ".aws" / "config", 16 * MEGABYTES + 1)
    with pytest.raises(XdiagError, match="is larger than 16 MB"):
        check_sizes(environment)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        pytest.param(b"[default]\na = 1\n[default]\n", "a section stands in it twice", id="a section twice"),
        pytest.param(b"region = eu-west-1\n", "see the lines before and after a `[...]`", id="no section"),
        pytest.param(
            b"[default]\nregion = eu-west-1\nthis already exists\n",
            "see the lines before and after a `[...]`",
            id="a line that is none",
        ),
        pytest.param(b"[default\n", "see the lines before and after a `[...]`", id="half a section"),
        pytest.param(b"[default]\n\xff\xfe = 1\n", "see the lines before and after a `[...]`", id="no text"),
    ],
)
def test_it_is_said_why_a_file_cannot_be_read(written: bytes, hint: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(written)
    with pytest.raises(XdiagError) as mistake:
        read_configuration(_environment(tmp_path / "config", tmp_path / "credentials"))
    assert str(mistake.value) == f"the AWS configuration `{tmp_path / 'config'}` cannot be read"
    assert mistake.value.hint == hint


def test_files_that_are_not_there_are_empty(tmp_path: Path) -> None:
    read = read_configuration({"HOME": str(tmp_path)})
    assert (read.profiles, read.sso_sessions, read.services) == ({}, {}, {})
    assert (read.in_config, read.in_credentials) == ((), ())


def test_both_files_of_the_home_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(
        "[profile one]\nregion = eu-west-1\nrole_arn = a\n[sso-session s]\nb = 1\n[services v]\nsts =\n  endpoint_url = https://sts.example\n"
    )
    (tmp_path / ".aws" / "credentials").write_text(
        "[one]\naws_access_key_id = AKIA\naws_secret_access_key = secret\naws_session_token = token\n"
        "AWS_SECURITY_TOKEN = old\nrole_arn = b\n"
    )
    read = read_configuration({"HOME": str(tmp_path)})
    assert (read.in_config, read.in_credentials) == (("profile one", "sso-session s", "services v"), ("one",))
    assert read.sso_sessions == {"s": {"b": "1"}}
    assert read.services == {"v": {"sts": {"endpoint_url": "https://sts.example"}}}
    assert read.profiles["one"] == {
        "region": "eu-west-1",
        "role_arn": "b",
        "aws_access_key_id": "AKIA",
        "aws_secret_access_key": "...",
        "aws_session_token": "...",
        "aws_security_token": "...",
    }
