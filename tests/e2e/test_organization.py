"""An organization whose SCP stands in the way, read by its administrator. The emulator keeps SCPs and enforces none."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from tests.cli.causes import lineage
from tests.cli.program import ALLOWED, DENIED, UNDETERMINED, Program, Run
from tests.e2e.accounts import Account, Keys, allow, deny, document, trust, write_profiles

MANAGEMENT = "999999999999"
READ_ORGANIZATION = {"Effect": "Allow", "Action": ["organizations:Describe*", "organizations:List*"], "Resource": "*"}


class Organization(Struct):
    """An organization in which an OU has an SCP against STS, an account below it, and one beside it with a role."""

    client: Any
    unit: str
    scp: str
    source: Keys
    role: str
    flags: tuple[str, ...]
    files: dict[str, str]

    def check(self, xdiag: Program, *flags: str | Path, command: str = "check") -> Run:
        return xdiag(command, self.source.arn, self.role, *self.flags, *flags, env=self.files)


@pytest.fixture
def organization(emulator: str, tmp_path: Path) -> Organization:
    management = Account(emulator, MANAGEMENT)
    client = management.client("organizations", Keys("", MANAGEMENT, "unused"))
    root = client.list_roots()["Roots"][0]["Id"]
    unit = client.create_organizational_unit(ParentId=root, Name="build")["OrganizationalUnit"]["Id"]
    name = f"no-sts-{unit}"
    scp = client.create_policy(
        Name=name, Description="", Type="SERVICE_CONTROL_POLICY", Content=document({**deny(), "Sid": "NoSts"})
    )["Policy"]["PolicySummary"]["Id"]
    for policy in ("p-FullAWSAccess", scp):
        client.attach_policy(PolicyId=policy, TargetId=unit)
    here, there = (Account(emulator, _new_account(client, name)) for name in ("here", "there"))
    client.move_account(AccountId=here.number, SourceParentId=root, DestinationParentId=unit)
    source = here.user("builder", [allow()])
    role = there.role("Deploy", [trust(source.arn)])
    administrator = management.user(f"administrator-{unit}", [READ_ORGANIZATION])
    files = write_profiles(tmp_path, a=source, b=there.user("auditor"), org=administrator)
    flags = ("--source-profile", "a", "--dest-profile", "b", "--endpoint-url", emulator)
    return Organization(client, unit, scp, source, role, flags, files)


def _new_account(client: Any, name: str) -> str:
    made = client.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]
    return str(made["AccountId"])


def test_the_scp_is_found_and_without_it_the_request_is_allowed(organization: Organization, xdiag: Program) -> None:
    flags = ("--org-profile", "org", "--without", "endpoint", "--no-probe", "--output", "json")
    before = organization.check(xdiag, *flags)

    assert before.code == DENIED
    assert "policy-denies" in lineage(before.report["primary_cause"])
    assert before.report["certainty"] == "certain"
    assert (before.report["visibility_source"], before.report["visibility_destination"]) == ("full", "full")
    assert "NoSts" in json.dumps(before.report["causes"][0])

    organization.client.detach_policy(PolicyId=organization.scp, TargetId=organization.unit)
    after = organization.check(xdiag, *flags)

    assert after.code == ALLOWED
    assert after.report["gaps"] == []


def test_without_the_administrator_it_stays_open_and_the_flag_is_named(
    organization: Organization, xdiag: Program
) -> None:
    run = organization.check(xdiag, "--without", "endpoint", "--no-probe", "--output", "json")
    assert run.code == UNDETERMINED
    assert any("--org-profile" in gap["detail"] for gap in run.report["gaps"])


def test_what_is_collected_says_the_same(organization: Organization, xdiag: Program, tmp_path: Path) -> None:
    case = tmp_path / "case.json"
    flags = ("--org-profile", "org", "--vpc-endpoint", "vpce-0a1b2c3d", "--save-case", case)
    assert organization.check(xdiag, *flags, command="collect").code == 0
    kept = json.loads(case.read_text())["snapshot"]
    assert [level["target"] for level in kept["source"]["scps"]["value"]][1] == organization.unit
    assert organization.unit in kept["source"]["organization"]["value"]["path"]
    assert kept["endpoint"]["value"]["policy"]["permission"] == "ec2:DescribeVpcEndpoints"
    replayed = xdiag("check", "--case", case, "--output", "json")
    assert replayed.code == DENIED
    assert "policy-denies" in lineage(replayed.report["primary_cause"])
