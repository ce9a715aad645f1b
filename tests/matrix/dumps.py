"""Folders of dumps, small enough to be read."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Json = Any
OURS, THEIRS = "111111111111", "222222222222"


def statement(**elements: Json) -> Json:
    """Write an Allow of `sts:AssumeRole`, or what the elements make of it."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", **elements}]}


def trusting(principal: Json, **elements: Json) -> Json:
    return statement(Principal={"AWS": principal}, **elements)


def user(account: str, name: str, *policies: Json) -> Json:
    return {
        "UserName": name,
        "UserId": f"AIDA{account}{name.upper()}",
        "Arn": f"arn:aws:iam::{account}:user/{name}",
        "UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": policy} for policy in policies],
        "Tags": [],
    }


def role(account: str, name: str, trust: Json, *policies: Json, path: str = "/") -> Json:
    return {
        "RoleName": name,
        "RoleId": f"AROA{account}{name.upper()}",
        "Arn": f"arn:aws:iam::{account}:role{path}{name}",
        "AssumeRolePolicyDocument": trust,
        "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": policy} for policy in policies],
        "Tags": [],
    }


def write_dump(file: Path, *, users: Sequence[Json] = (), roles: Sequence[Json] = (), **more: Json) -> None:
    lists = {"UserDetailList": users, "GroupDetailList": [], "RoleDetailList": roles, "Policies": []}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(lists | more))


def write_tree(folder: Path, accounts: Sequence[str], scps: Mapping[str, Json] | None = None, **changes: Json) -> None:
    """Write an organization in which the accounts are below the root; `scps` are those of single accounts."""
    documents = {account: {"name": f"scp of {account}", "document": scp} for account, scp in (scps or {}).items()}
    whole = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    tree = {
        "schema": "xdiag.organization/1",
        "id": "o-a1b2c3d4e5",
        "management_account": "999999999999",
        "targets": [
            {"id": "r-ab12", "scps": ["p-full"], "rcps": []},
            *(
                {"id": account, "parent": "r-ab12", "scps": ["p-full", *({account} & documents.keys())], "rcps": []}
                for account in accounts
            ),
        ],
        "policies": documents | {"p-full": {"name": "FullAWSAccess", "document": whole}},
    }
    (folder / "organization.json").write_text(json.dumps(tree | changes))
