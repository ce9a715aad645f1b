"""An organization in moto, as AWS sets one up: every part of it starts with the policy that allows everything."""

import json
from collections.abc import Mapping
from typing import Any

from tests.aws.accounts import MANAGEMENT, Accounts

SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"


class Organization:
    """Makes OUs, accounts and policies as the management account's administrator."""

    def __init__(self, accounts: Accounts) -> None:
        self.client = accounts.organizations(MANAGEMENT)
        self.id = self.client.create_organization(FeatureSet="ALL")["Organization"]["Id"]
        self.root = self.client.list_roots()["Roots"][0]["Id"]
        self.client.enable_policy_type(RootId=self.root, PolicyType=SCP)

    def unit(self, name: str, parent: str) -> str:
        """Make an OU, and give its id."""
        made = self.client.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]
        return str(made["Id"])

    def account(self, name: str, parent: str) -> str:
        """Make an account, and give its number."""
        made = self.client.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]
        account = str(made["AccountId"])
        self.client.move_account(AccountId=account, SourceParentId=self.root, DestinationParentId=parent)
        return account

    def policy(self, name: str, document: Mapping[str, object], *targets: str, kind: str = SCP) -> str:
        """Make a policy, attach it, and give its ARN."""
        made = self.client.create_policy(Name=name, Description="", Type=kind, Content=json.dumps(document))
        summary: dict[str, Any] = made["Policy"]["PolicySummary"]
        for target in targets:
            self.client.attach_policy(PolicyId=summary["Id"], TargetId=target)
        return str(summary["Arn"])

    def roots(self, *policy_types: tuple[str, str]) -> dict[str, Any]:
        """What `ListRoots` answers where these types of policies have these states."""
        types = [{"Type": kind, "Status": status} for kind, status in policy_types]
        return {"Roots": [{"Id": self.root, "Name": "Root", "PolicyTypes": types}]}
