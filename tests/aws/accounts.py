"""Two accounts in moto, and profiles that belong to them."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.loaders import JSONFileLoader, Loader
from moto import mock_aws

HERE, THERE = "111111111111", "222222222222"
MANAGEMENT = "999999999999"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HERE}:root"}, "Action": "sts:AssumeRole"},
    ],
}


class Accounts:
    """Makes principals in either account, and profiles with their credentials.

    moto tells the account from the access key, and hands out keys of any account to whoever assumes a role there.
    The administrators' clients serve all tests: what a test asks of them is all that they do, and moto forgets it.
    """

    def __init__(self, config: Path, endpoint_url: str | None = None) -> None:
        self._config = config
        self._endpoint_url = endpoint_url

    def iam(self, account: str) -> Any:
        """A client of an account's administrator."""
        return self._client(account, "iam")

    def organizations(self, account: str) -> Any:
        """A client of an account's administrator."""
        return self._client(account, "organizations")

    def ec2(self, account: str, region: str) -> Any:
        """A client of an account's administrator."""
        return self._client(account, "ec2", region)

    def profile_of_session(self, profile: str, role_arn: str, session: str = "run") -> str:
        """Write a profile that holds a session of a role."""
        return self._write(profile, self._assumed(role_arn, session))

    def profile_of_user(self, profile: str, account: str, name: str) -> str:
        """Write a profile that holds a user's own access key."""
        key = self.iam(account).create_access_key(UserName=name)["AccessKey"]
        return self._write(profile, key)

    def _client(self, account: str, service: str, region: str | None = None) -> Any:
        return _administrator(account, service, region or "us-east-1", self._endpoint_url)

    def _assumed(self, role_arn: str, session: str) -> dict[str, str]:
        sts = _administrator(HERE, "sts", "us-east-1", self._endpoint_url)
        credentials: dict[str, str] = sts.assume_role(RoleArn=role_arn, RoleSessionName=session)["Credentials"]
        return credentials

    def _write(self, profile: str, credentials: dict[str, str]) -> str:
        token = credentials.get("SessionToken")
        with self._config.open("a") as file:
            file.write(f"[profile {profile}]\nregion = eu-west-1\n")
            file.write(f"aws_access_key_id = {credentials['AccessKeyId']}\n")
            file.write(f"aws_secret_access_key = {credentials['SecretAccessKey']}\n")
            if token:
                file.write(f"aws_session_token = {token}\n")
        return profile


@cache
def _administrator(account: str, service: str, region: str, endpoint_url: str | None) -> Any:
    """Make a client of an account by the header in which moto looks for it first."""
    make: Any = _session().client
    client = make(service, region_name=region, endpoint_url=endpoint_url)
    client.meta.events.register(
        "before-call", lambda params, **_: params["headers"].update({"x-moto-account-id": account})
    )
    return client


@cache
def _session() -> boto3.Session:
    return boto3.Session("AKIAIOSFODNN7EXAMPLE", "example", None, "us-east-1")


def scrub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Hide this machine's AWS configuration, and give the file in which a test may write its own.

    botocore reads its descriptions of the services anew for every session. Here all sessions share them, as the clients
    of one session do.
    """
    monkeypatch.setattr(JSONFileLoader, "load_file", _description)
    monkeypatch.setattr(Loader, "list_available_services", _services)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    config = tmp_path / "config"
    config.touch()
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return config


_load_file, _list_services = JSONFileLoader.load_file, Loader.list_available_services


def _description(_: JSONFileLoader, path: str) -> Any:
    return _read_once(path)


def _services(loader: Loader, type_name: str) -> Any:
    return _listed_once(tuple(loader.search_paths), type_name)


@cache
def _read_once(path: str) -> Any:
    return _load_file(JSONFileLoader(), path)


@cache
def _listed_once(folders: tuple[str, ...], type_name: str) -> Any:
    loader = Loader(include_default_search_paths=False)
    loader.search_paths.extend(folders)
    return _list_services(loader, type_name)


@contextmanager
def in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    """Run moto inside this process."""
    config = scrub(tmp_path, monkeypatch)
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws(config={"core": {"mock_credentials": False}}):
        yield Accounts(config)


def role(iam: Any, name: str, **more: Any) -> str:
    """Make a role, and give its ARN."""
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), **more)["Role"]["Arn"]
    return arn
