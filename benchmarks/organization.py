"""An organization as real ones are, as a folder of account dumps and its tree, with answers that are known.

    python benchmarks/organization.py FOLDER --accounts 100 --identities 100

writes a file an account, as `aws iam get-account-authorization-details` prints it, and `organization.json`. Half of an
account's identities come from a handful of templates: permission sets of Identity Center, pipelines, applications,
monitoring. The answers follow from how a relation was set up, not from deciding it.
"""

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ORGANIZATION = "o-a1b2c3d4e5"
FEWEST_IDENTITIES = 10
"""The identities that each account has for its relations."""

_Document = dict[str, Any]


class Answer(NamedTuple):
    """A pair whose answer is known: the verdict, and which half of it is set up where it is denied."""

    source_arn: str
    dest_role_arn: str
    verdict: str
    half_open: str = ""


def account_id(number: int) -> str:
    """Name an account with digits that repeat, so that nobody's is hit."""
    return f"{1000 + number}" * 3


def write(folder: Path, *, accounts: int, identities: int, seed: int = 7) -> list[Answer]:
    """Write an organization with so many accounts and so many users and roles in each; give the known answers."""
    if identities < FEWEST_IDENTITIES or accounts < 2:
        raise ValueError(f"expected 2 accounts or more, with {FEWEST_IDENTITIES} identities or more each")
    chance = random.Random(seed)
    names = [account_id(number) for number in range(accounts)]
    folder.mkdir(parents=True, exist_ok=True)
    for position, account in enumerate(names):
        details = _Account(account, names, position, chance).details(identities)
        (folder / f"{account}.json").write_text(json.dumps(details))
    (folder / "organization.json").write_text(json.dumps(_tree(names)))
    return [answer for position in range(1, accounts) for answer in _answers(names, position)]


class _Account:
    """One account. The first is the management account, and runs the pipelines of all others."""

    def __init__(self, account: str, names: Sequence[str], position: int, chance: random.Random) -> None:
        self.account, self.names, self.position, self.chance = account, names, position, chance
        self.users: list[_Document] = []
        self.roles: list[_Document] = []

    def details(self, identities: int) -> _Document:
        """Give what the AWS CLI prints of the account."""
        home, following = self.names[0], self.names[(self.position + 1) % len(self.names)]
        own = f"arn:aws:iam::{self.account}"
        self._role("Admin", _trusting(f"{own}:root"), _allow("*", "*"))
        self._sso("Administrators", _allow("*", "*"))
        self._sso("ReadOnly", _allow(["s3:Get*", "iam:List*"], "*"))
        self._role("ci/Pipeline", _pipelines(), _allow("sts:AssumeRole", "arn:aws:iam::*:role/deploy/*"))
        self._role("deploy/Deploy", _trusting(f"arn:aws:iam::{home}:role/ci/Pipeline"), _allow("s3:*", "*"))
        self._role(
            "Vendor",
            _trusting("arn:aws:iam::999999999999:root", StringEquals={"sts:ExternalId": "acme-42"}),
            _allow("cloudwatch:Get*", "*"),
        )
        # Half open: it names the application of the next account, which was never given the permission.
        self._role("share/Reader", _trusting(f"arn:aws:iam::{following}:role/app/Application"), _allow("s3:Get*", "*"))
        # Half open the other way: the next account's administrators trust nobody but their own.
        self._role("app/Caller", _service("lambda"), _allow("sts:AssumeRole", f"arn:aws:iam::{following}:role/Admin"))
        self._role("app/Application", _service("ec2"), _allow("s3:Get*", "*"))
        resources = [f"{own}:role/deploy/Deploy", f"{own}:role/shared/*"]
        self._user("builder", _allow("sts:AssumeRole", resources))
        for number in range(identities - FEWEST_IDENTITIES):
            self._one_of_many(number, own)
        return {"UserDetailList": self.users, "GroupDetailList": [], "RoleDetailList": self.roles, "Policies": []}

    def _one_of_many(self, number: int, own: str) -> None:
        kind = self.chance.random()
        if kind < 0.1:
            self._user(f"person{number}", _allow("iam:ChangePassword", "*"))
        elif kind < 0.6:
            self._role(f"app/Service{number}", _service("ecs-tasks"), _allow(["s3:GetObject", "sqs:*"], "*"))
        elif kind < 0.8:
            other = f"arn:aws:iam::{self.chance.choice(self.names)}:root"
            self._role(f"shared/Team{number}", _trusting(other), _allow("dynamodb:*", "*"))
        elif kind < 0.9:
            mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
            self._role(f"shared/Careful{number}", _trusting(f"{own}:root", **mfa), _allow("ec2:*", "*"))
        elif kind < 0.98:
            self._role(f"app/Chain{number}", _service("lambda"), _allow("sts:AssumeRole", f"{own}:role/shared/*"))
        else:
            inside = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
            self._role(f"shared/Everyone{number}", _trusting("*", **inside), _allow("s3:Get*", "*"))

    def _role(self, path_and_name: str, trust: _Document, *policies: _Document) -> None:
        path, _, name = path_and_name.rpartition("/")
        self.roles.append(
            {
                "Path": f"/{path}/" if path else "/",
                "RoleName": name,
                "RoleId": f"AROA{self.account}{len(self.roles):05d}",
                "Arn": f"arn:aws:iam::{self.account}:role/{path_and_name}",
                "CreateDate": "2026-03-02T09:30:00+00:00",
                "AssumeRolePolicyDocument": trust,
                "InstanceProfileList": [],
                "RolePolicyList": [{"PolicyName": "inline", "PolicyDocument": policy} for policy in policies],
                "AttachedManagedPolicies": [],
                "Tags": [],
            }
        )

    def _sso(self, permission_set: str, *policies: _Document) -> None:
        self._role(
            f"aws-reserved/sso.amazonaws.com/AWSReservedSSO_{permission_set}_0123456789abcdef", _saml(), *policies
        )

    def _user(self, name: str, *policies: _Document) -> None:
        self.users.append(
            {
                "Path": "/",
                "UserName": name,
                "UserId": f"AIDA{self.account}{len(self.users):05d}",
                "Arn": f"arn:aws:iam::{self.account}:user/{name}",
                "CreateDate": "2026-03-02T09:30:00+00:00",
                "UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": policy} for policy in policies],
                "GroupList": [],
                "AttachedManagedPolicies": [],
                "Tags": [],
            }
        )


def _answers(names: Sequence[str], position: int) -> Iterator[Answer]:
    """Say what is known of an account other than the management account."""
    own, home = f"arn:aws:iam::{names[position]}", f"arn:aws:iam::{names[0]}"
    following = f"arn:aws:iam::{names[(position + 1) % len(names)]}"
    quarantined = position == len(names) - 1
    yield Answer(f"{home}:role/ci/Pipeline", f"{own}:role/deploy/Deploy", "allowed")
    yield Answer(f"{own}:role/app/Application", f"{own}:role/Admin", "denied")
    yield Answer(f"{own}:user/builder", f"{own}:role/deploy/Deploy", "denied", "granted")
    yield Answer(f"{own}:role/app/Caller", f"{following}:role/Admin", "denied", "granted")
    yield Answer(f"{following}:role/app/Application", f"{own}:role/share/Reader", "denied", "trusted")
    # The SCP of the last account denies `sts:AssumeRole`: its administrators may do anything else.
    yield Answer(f"{own}:role/Admin", f"{own}:role/Admin", "denied" if quarantined else "allowed")


def _tree(names: Sequence[str]) -> _Document:
    """Two OUs below the root: workloads, and quarantine with the last account alone."""
    return {
        "schema": "xdiag.organization/1",
        "id": ORGANIZATION,
        "management_account": names[0],
        "targets": [
            {"id": "r-ab12", "name": "Root", "scps": ["p-full"], "rcps": []},
            {"id": "ou-ab12-11111111", "name": "workloads", "parent": "r-ab12", "scps": ["p-full"], "rcps": []},
            {
                "id": "ou-ab12-22222222",
                "name": "quarantine",
                "parent": "r-ab12",
                "scps": ["p-full", "p-quarantine"],
                "rcps": [],
            },
            {"id": names[0], "parent": "r-ab12", "scps": ["p-full"], "rcps": []},
            *({"id": name, "parent": "ou-ab12-11111111", "scps": ["p-full"], "rcps": []} for name in names[1:-1]),
            {"id": names[-1], "parent": "ou-ab12-22222222", "scps": ["p-full"], "rcps": []},
        ],
        "policies": {
            "p-full": {"name": "FullAWSAccess", "document": _allow("*", "*")},
            "p-quarantine": {
                "name": "NobodyMoves",
                "document": {
                    "Version": "2012-10-17",
                    "Statement": {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"},
                },
            },
        },
    }


def _allow(action: str | Sequence[str], resource: str | Sequence[str]) -> _Document:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _trust(principal: object, **condition: object) -> _Document:
    statement: _Document = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement]}


def _trusting(principal: str, **condition: object) -> _Document:
    return _trust({"AWS": principal}, **condition)


def _service(name: str) -> _Document:
    return _trust({"Service": f"{name}.amazonaws.com"})


def _federated(provider: str, action: str) -> _Document:
    principal = {"Federated": f"arn:aws:iam::999999999999:{provider}"}
    return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": principal, "Action": action}}


def _pipelines() -> _Document:
    return _federated("oidc-provider/token.actions.githubusercontent.com", "sts:AssumeRoleWithWebIdentity")


def _saml() -> _Document:
    return _federated("saml-provider/AWSSSO", "sts:AssumeRoleWithSAML")


def main() -> None:
    """Write an organization into a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accounts", type=int, default=10)
    parser.add_argument("--identities", type=int, default=100, help="users and roles of each account")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    write(asked.folder, accounts=asked.accounts, identities=asked.identities, seed=asked.seed)


if __name__ == "__main__":
    main()
