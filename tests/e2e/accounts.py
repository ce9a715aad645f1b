"""Accounts in the emulator: principals, roles, and the profiles of those who read and sign."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from msgspec import Struct

HERE, THERE = "111111111111", "222222222222"
Statement = Mapping[str, object]

READ: Statement = {"Sid": "ReadIam", "Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}


class Keys(Struct, frozen=True):
    """Credentials, and who signs with them."""

    arn: str
    access_key: str
    secret: str
    token: str = ""

    def section(self, profile: str) -> str:
        """The profile as the shared credentials file writes it."""
        lines = [f"[{profile}]", f"aws_access_key_id={self.access_key}", f"aws_secret_access_key={self.secret}"]
        return "\n".join([*lines, *([f"aws_session_token={self.token}"] if self.token else []), ""])


class Account:
    """One account, as its administrator sees it."""

    def __init__(self, url: str, number: str) -> None:
        self.url, self.number = url, number
        # Twelve digits are the key of that account's root.
        self.iam = self.client("iam", Keys("", number, "unused"))

    def client(self, service: str, keys: Keys) -> Any:
        """A client that signs with the given credentials."""
        make: Any = boto3.client
        return make(
            service,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret,
            aws_session_token=keys.token or None,
        )

    def user(self, name: str, statements: Sequence[Statement] = (), *, path: str = "/") -> Keys:
        """Make a user with an inline policy, and give its access key."""
        arn = self.iam.create_user(UserName=name, Path=path)["User"]["Arn"]
        self.iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document(READ, *statements))
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return Keys(arn, key["AccessKeyId"], key["SecretAccessKey"])

    def role(self, name: str, trust: Sequence[Statement], *, path: str = "/") -> str:
        """Make a role, and give its ARN."""
        made = self.iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=document(*trust))
        arn: str = made["Role"]["Arn"]
        return arn

    def session(self, name: str, statements: Sequence[Statement] = (), *, path: str = "/", called: str = "run") -> Keys:
        """Make a role with an inline policy, and give the credentials of a session of it."""
        opener = self.user(f"{name}-opener", [allow()])
        arn = self.role(name, [trust(opener.arn)], path=path)
        self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(READ, *statements))
        answer = self.client("sts", opener).assume_role(RoleArn=arn, RoleSessionName=called)
        key = answer["Credentials"]
        session = f"arn:aws:sts::{self.number}:assumed-role/{name}/{called}"
        return Keys(session, key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])

    def managed(self, name: str, *statements: Statement) -> str:
        """Make a managed policy, and give its ARN."""
        arn: str = self.iam.create_policy(PolicyName=name, PolicyDocument=document(*statements))["Policy"]["Arn"]
        return arn

    def group(self, name: str, member: str, *statements: Statement) -> None:
        """Make a group with an inline policy and one member."""
        self.iam.create_group(GroupName=name)
        self.iam.put_group_policy(GroupName=name, PolicyName="shared", PolicyDocument=document(*statements))
        self.iam.add_user_to_group(GroupName=name, UserName=member)


def document(*statements: Statement) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(resource: str = "*", action: str | Sequence[str] = "sts:AssumeRole", **more: object) -> Statement:
    """A statement of an identity-based policy that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(resource: str = "*", **more: object) -> Statement:
    """A statement of an identity-based policy that denies."""
    return {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": resource, **more}


def trust(principal: str | Mapping[str, object], **more: object) -> Statement:
    """A statement of a trust policy that lets a principal in."""
    named = {"AWS": principal} if isinstance(principal, str) else principal
    return {"Effect": "Allow", "Principal": named, "Action": "sts:AssumeRole", **more}


def write_profiles(folder: Path, **profiles: Keys | None) -> dict[str, str]:
    """Write profiles to AWS files of their own, and give the environment that names the files.

    A profile without keys is known, and has no credentials.
    """
    config, credentials = folder / "config", folder / "credentials"
    config.write_text("".join(f"[profile {name}]\nregion = us-east-1\n" for name in profiles))
    credentials.write_text("".join(keys.section(name) for name, keys in profiles.items() if keys is not None))
    return {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}
