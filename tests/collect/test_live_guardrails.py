import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.aws.accounts import HERE, MANAGEMENT, THERE, Accounts, in_process, role
from tests.aws.answers import answer, refuse, reply
from tests.aws.organizations import RCP, SCP, Organization

from diagnose.aws.identity import Identity
from diagnose.aws.session import Credentials, open_credentials
from diagnose.collect.guardrails import read_levels
from diagnose.collect.iam import IdentifiedCredentials
from diagnose.collect.live import read_snapshot
from diagnose.collect.organization import AccountPlace, Administrator
from diagnose.evaluate.decision import decide
from diagnose.model import case as cases
from diagnose.model.case import Case, Request, Snapshot
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.policy import Level, PolicyKind, PolicySet, document_text
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, YES

DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]}
DENY_ALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}],
}
ENABLED = [{"Type": SCP, "Status": "ENABLED"}]
NAMED = f"only the management account {MANAGEMENT} or a delegated administrator of the organization may read them"
ADVICE = f"{NAMED}; give its profile with --org-profile"


class World:
    """An organization with a caller's account in an OU of an OU and a role's account beside it, and who reads them."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.organization = Organization(accounts)
        self.workloads = self.organization.unit("workloads", self.organization.root)
        self.build = self.organization.unit("build", self.workloads)
        self.here = self.organization.account("here", self.build)
        self.there = self.organization.account("there", self.workloads)
        accounts.iam(self.here).create_user(UserName="builder")
        self.role = role(accounts.iam(self.there), "Deploy")
        self.source = self.side("source", self.here)
        self.destination = self.side("destination", self.there)
        self.administrator = self.side("org", MANAGEMENT)

    def side(self, profile: str, account: str) -> Credentials:
        return open_credentials(
            self.accounts.profile_of_session(profile, f"arn:aws:iam::{account}:role/Reader"), None, None
        )

    def as_members(self) -> None:
        """Refuse the members what AWS refuses them, which moto does not."""
        for side in (self.source, self.destination):
            for operation in ("ListParents", "ListRoots", "ListPoliciesForTarget", "DescribePolicy"):
                refuse(side.client("organizations"), operation, "AccessDeniedException")

    def gathered(self, *, organization: bool = True, progress: Any = lambda _: None, **more: Any) -> Snapshot:
        sides = {"source": self.source, "destination": self.destination, **more}
        named = self.administrator if organization else None
        arn = f"arn:aws:iam::{self.here}:user/builder"
        return read_snapshot(
            Request(self.role), arn, sides["source"], sides["destination"], named, progress=progress, now=""
        )


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with in_process(tmp_path, monkeypatch) as accounts:
        world = World(accounts)
        world.as_members()
        yield world


def levels(evidence: Any) -> list[tuple[str, str, list[str]]]:
    assert isinstance(evidence, Known)
    return [(each.target, each.name, [policy.name for policy in each.policies.policies]) for each in evidence.value]


class TestLevels:
    def test_scps_are_read_from_the_root_down_to_the_callers_account(self, world: World) -> None:
        arn = world.organization.policy("no-sts", DENY, world.workloads, world.here)
        scps = world.gathered().source.scps
        assert levels(scps) == [
            (world.organization.root, "Root", ["FullAWSAccess"]),
            (world.workloads, "workloads", ["FullAWSAccess", "no-sts"]),
            (world.build, "build", ["FullAWSAccess"]),
            (world.here, "", ["FullAWSAccess", "no-sts"]),
        ]
        assert isinstance(scps, Known)
        assert scps.source == "organizations:ListPoliciesForTarget"
        [_, denying] = scps.value[1].policies.policies
        assert (denying.kind, denying.arn) == (PolicyKind.SCP, arn)
        assert json.loads(document_text(denying.document)) == DENY

    def test_rcps_are_read_for_the_account_of_the_role(self, world: World) -> None:
        world.organization.policy("perimeter", DENY_ALL, world.there, kind=RCP)
        reply(world.administrator.client("organizations"), "ListRoots", world.organization.roots((RCP, "ENABLED")))
        snapshot = world.gathered()
        assert levels(snapshot.destination.rcps) == [
            (world.organization.root, "Root", ["RCPFullAWSAccess"]),
            (world.workloads, "workloads", ["RCPFullAWSAccess"]),
            (world.there, "", ["RCPFullAWSAccess", "perimeter"]),
        ]
        assert isinstance(snapshot.destination.rcps, Known)
        assert snapshot.destination.rcps.value[2].policies.policies[1].kind is PolicyKind.RCP
        assert layer(world, snapshot, Layer.RCP) is NO

    def test_what_was_read_decides(self, world: World) -> None:
        assert layer(world, world.gathered(), Layer.SCP) is YES
        world.organization.policy("no-sts", DENY, world.build)
        assert layer(world, world.gathered(organization=True), Layer.SCP) is NO

    def test_the_place_of_both_accounts_is_known_with_it(self, world: World) -> None:
        snapshot = world.gathered()
        root = f"{world.organization.id}/{world.organization.root}/"
        for side, path in (
            (snapshot.source, f"{root}{world.workloads}/{world.build}/"),
            (snapshot.destination, f"{root}{world.workloads}/"),
        ):
            assert side.organization == Known(
                cases.Organization(world.organization.id, path, MANAGEMENT), "organizations:ListParents"
            )

    def test_each_policy_and_each_ou_is_read_once(self, world: World) -> None:
        policies = reply(world.administrator.client("organizations"), "DescribePolicy")
        units = reply(world.administrator.client("organizations"), "DescribeOrganizationalUnit")
        world.gathered()
        assert len(policies) == len(set(policies)) == 1
        assert len(units) == len(set(units)) == 2

    def test_each_step_is_told_before_it_is_taken(self, world: World) -> None:
        told: list[str] = []
        world.gathered(progress=told.append)
        org = f"in the organization with profile `org`, in account {MANAGEMENT}"
        assert {
            "asking AWS who signs with profile `org`",
            f"reading the organization of account {world.there}",
            f"looking for account {world.there} {org}",
            f"reading the organization of account {MANAGEMENT}",
            f"reading the resource control policies of account {world.there}",
            f"reading the organization of account {world.here}",
            f"looking for account {world.here} {org}",
            f"reading the service control policies of account {world.here}",
        } <= set(told)
        assert len(told) == len(set(told))

    def test_policies_are_read_as_aws_writes_them(self, world: World) -> None:
        side, root = world.administrator, "r-examplerootid111"
        reply(side.client("organizations"), "ListRoots", {"Roots": [{"Id": root, "PolicyTypes": ENABLED}]})
        answer(
            side.client("organizations"), *["list-policies-for-target", "describe-policy"], "list-policies-for-target"
        )
        held = IdentifiedCredentials(side, Identity(f"arn:aws:iam::{MANAGEMENT}:user/admin", MANAGEMENT))
        administrator = Administrator(held, lambda _: None, named=True)
        found = read_levels(administrator, AccountPlace(root, (), HERE), PolicyKind.SCP, "policies")
        assert levels(found) == [(root, "", ["AllowAllEC2Actions"]), (HERE, "", ["AllowAllEC2Actions"])]
        assert isinstance(found, Known)
        [policy] = found.value[0].policies.policies
        assert json.loads(document_text(policy.document))["Statement"][0]["Action"] == ["ec2:*"]

    def test_an_empty_page_is_not_the_end(self, world: World) -> None:
        arn = "arn:aws:organizations::999999999999:policy/o-exampleorgid/service_control_policy/p-examplepolicyid222"
        found = {"Id": "p-FullAWSAccess", "Arn": arn, "Name": "late"}
        pages: list[dict[str, Any]] = [{"Policies": [], "NextToken": "2"}, {"Policies": [found]}]
        first = '"TargetId": "r-'
        reply(world.administrator.client("organizations"), "ListPoliciesForTarget", *pages, to=first)
        assert levels(world.gathered().source.scps)[0][2] == ["late"]


class TestTypes:
    @pytest.mark.parametrize("kind", [PolicyKind.SCP, PolicyKind.RCP])
    def test_a_type_that_is_not_enabled_limits_nothing(self, world: World, kind: PolicyKind) -> None:
        reply(world.administrator.client("organizations"), "ListRoots", world.organization.roots())
        snapshot = world.gathered()
        found = snapshot.source.scps if kind is PolicyKind.SCP else snapshot.destination.rcps
        assert found == Known((), "organizations:ListRoots")

    @pytest.mark.parametrize("status", ["PENDING_ENABLE", "PENDING_DISABLE"])
    def test_a_type_that_is_being_switched_is_unread(self, world: World, status: str) -> None:
        reply(world.administrator.client("organizations"), "ListRoots", world.organization.roots((SCP, status)))
        assert world.gathered().source.scps == Unread(
            Gap.UNREACHABLE,
            f"service control policies of account {world.here}",
            detail=f"AWS is about to enable or disable them: {status}",
        )

    def test_attached_policies_are_read_though_the_root_may_not_be(self, world: World) -> None:
        refuse(world.administrator.client("organizations"), "ListRoots", "AccessDeniedException")
        assert levels(world.gathered().source.scps)[0] == (world.organization.root, "", ["FullAWSAccess"])

    def test_another_root_tells_nothing_of_this_one(self, world: World) -> None:
        reply(world.administrator.client("organizations"), "ListRoots", {"Roots": [{"Id": "r-other"}]})
        assert levels(world.gathered().source.scps)[0] == (world.organization.root, "", ["FullAWSAccess"])

    def test_a_root_that_aws_does_not_list_does_not_tell(self, world: World) -> None:
        client = world.administrator.client("organizations")
        reply(client, "ListRoots", {"Roots": [{"Id": "r-other"}]})
        reply(client, "ListPoliciesForTarget", *[{"Policies": []}] * 7)
        assert world.gathered().source.scps == Unread(
            Gap.UNREACHABLE, f"service control policies of account {world.here}", detail="AWS does not list it"
        )

    def test_where_nothing_is_attached_only_the_root_tells_what_that_means(self, world: World) -> None:
        client = world.administrator.client("organizations")
        refuse(client, "ListRoots", "AccessDeniedException")
        reply(client, "ListPoliciesForTarget", *[{"Policies": []}] * 7)
        assert world.gathered().source.scps == Unread(
            Gap.ACCESS_DENIED,
            f"service control policies of account {world.here}",
            "organizations:ListRoots",
            "AccessDeniedException: no",
        )


class TestDenied:
    def test_a_level_that_may_not_be_read_is_a_gap_in_that_level(self, world: World) -> None:
        client = world.administrator.client("organizations")
        refuse(client, "ListPoliciesForTarget", "AccessDeniedException", when=world.build)
        scps = world.gathered().source.scps
        assert isinstance(scps, Known)
        gap = Unread(
            Gap.ACCESS_DENIED,
            f"service control policies attached to {world.build}",
            "organizations:ListPoliciesForTarget",
            "AccessDeniedException: no",
        )
        assert scps.value[2] == Level(world.build, "build", PolicySet(unread=(gap,)))
        assert [bool(level.policies.policies) for level in scps.value] == [True, True, False, True]

    def test_a_policy_that_may_not_be_read_is_a_gap_beside_the_others(self, world: World) -> None:
        arn = world.organization.policy("no-sts", DENY, world.here)
        client = world.administrator.client("organizations")
        refuse(client, "DescribePolicy", "AccessDeniedException", when=arn.rpartition("/")[2])
        scps = world.gathered().source.scps
        assert isinstance(scps, Known)
        policies = scps.value[-1].policies
        assert [policy.name for policy in policies.policies] == ["FullAWSAccess"]
        assert policies.unread == (
            Unread(Gap.ACCESS_DENIED, arn, "organizations:DescribePolicy", "AccessDeniedException: no"),
        )

    def test_an_ou_whose_name_may_not_be_read_goes_by_its_id(self, world: World) -> None:
        refuse(world.administrator.client("organizations"), "DescribeOrganizationalUnit", "AccessDeniedException")
        scps = world.gathered().source.scps
        assert [level[:2] for level in levels(scps)][1] == (world.workloads, "")

    def test_a_way_that_breaks_off_is_unread_as_a_whole(self, world: World) -> None:
        client = world.administrator.client("organizations")
        refuse(client, "ListParents", "AccessDeniedException", when=world.workloads)
        snapshot = world.gathered()
        assert snapshot.source.scps == Unread(
            Gap.ACCESS_DENIED,
            f"service control policies of account {world.here}",
            "organizations:ListParents",
            f"with profile `org`, in account {MANAGEMENT}: AccessDeniedException: no",
        )
        assert isinstance(snapshot.source.organization, Known)
        assert snapshot.source.organization.value is not None
        assert snapshot.source.organization.value.path == ""

    @pytest.mark.parametrize("parents", [[], [{"Id": "r-ab12", "Type": "ROOT"}, {"Id": "r-ab13", "Type": "ROOT"}]])
    def test_an_account_without_one_parent_is_nowhere(self, world: World, parents: list[dict[str, str]]) -> None:
        reply(world.administrator.client("organizations"), "ListParents", *[{"Parents": parents}] * 2)
        rcps = world.gathered().destination.rcps
        assert isinstance(rcps, Unread)
        assert rcps.detail.endswith("AWS does not name exactly one parent")

    def test_parents_that_go_round_in_circles_end(self, world: World) -> None:
        circle = [{"Parents": [{"Id": id_, "Type": "ORGANIZATIONAL_UNIT"}]} for id_ in ("ou-1", "ou-2", "ou-1")]
        reply(world.administrator.client("organizations"), "ListParents", *circle)
        assert isinstance(world.gathered().destination.rcps, Unread)


class TestWhoReads:
    def test_a_member_may_not_and_is_told_who_may(self, world: World) -> None:
        snapshot = world.gathered(organization=False)
        assert snapshot.source.scps == Unread(
            Gap.ACCESS_DENIED,
            f"service control policies of account {world.here}",
            "organizations:ListParents",
            f"with profile `source`, in account {world.here}: AccessDeniedException: no; {ADVICE}",
        )
        assert snapshot.destination.rcps == Unread(
            Gap.ACCESS_DENIED,
            f"resource control policies of account {world.there}",
            "organizations:ListParents",
            f"with profile `source`, in account {world.here}: AccessDeniedException: no; {ADVICE}",
        )

    def test_the_words_of_aws_are_kept(self, world: World) -> None:
        member = world.side("member", world.here)
        described = {"Organization": {"Id": world.organization.id, "MasterAccountId": MANAGEMENT}}
        reply(member.client("organizations"), "DescribeOrganization", described)
        answer(member.client("organizations"), "list-parents-denied")
        world.role = f"arn:aws:iam::{world.here}:role/Deploy"
        rcps = world.gathered(organization=False, source=member, destination=None).destination.rcps
        assert isinstance(rcps, Unread)
        assert "AccessDeniedException: You don't have permissions to access this resource.; only the" in rcps.detail

    def test_a_side_that_is_an_administrator_reads_for_both(self, world: World) -> None:
        world.destination = world.administrator
        snapshot = world.gathered(organization=False)
        assert levels(snapshot.source.scps)[-1][0] == world.here
        assert snapshot.destination.rcps == Known((), "organizations:ListRoots")

    def test_the_management_account_is_bound_by_none(self, world: World) -> None:
        listed = reply(world.administrator.client("organizations"), "ListPoliciesForTarget")
        world.accounts.iam(MANAGEMENT).create_user(UserName="builder")
        world.here = MANAGEMENT
        snapshot = world.gathered(source=None)
        assert snapshot.source.scps == Known((), "organizations:ListParents")
        assert isinstance(snapshot.source.organization, Known)
        assert snapshot.source.organization.value is not None
        assert snapshot.source.organization.value.path == f"{world.organization.id}/{world.organization.root}/"
        assert not listed

    def test_nor_where_its_place_may_not_be_read(self, world: World) -> None:
        refuse(world.administrator.client("organizations"), "ListParents", "AccessDeniedException")
        world.here = MANAGEMENT
        assert world.gathered(source=None).source.scps == Known((), "organizations:DescribeOrganization")

    def test_without_credentials_of_the_account_itself_it_is_found_all_the_same(self, world: World) -> None:
        snapshot = world.gathered(source=None, destination=None)
        assert levels(snapshot.source.scps)[-1][0] == world.here
        assert isinstance(snapshot.source.organization, Known)
        assert isinstance(snapshot.destination.organization, Known)

    def test_without_anybody_it_is_said_whose_profile_it_takes(self, world: World) -> None:
        assert world.gathered(organization=False, destination=None).destination.rcps == Unread(
            Gap.NOT_SUPPLIED,
            f"resource control policies of account {world.there}",
            "organizations:ListPoliciesForTarget",
            "only the management account or a delegated administrator of the organization may read them; give its "
            "profile with --org-profile",
        )

    def test_an_account_of_another_organization_is_not_read_from_this_one(self, world: World) -> None:
        parents = reply(world.administrator.client("organizations"), "ListParents")
        stranger = world.accounts.organizations(THERE).create_organization(FeatureSet="ALL")["Organization"]["Id"]
        outside = world.side("outside", THERE)
        world.role = role(world.accounts.iam(THERE), "Deploy")
        refuse(outside.client("organizations"), "ListParents", "AccessDeniedException")
        described = {"Organization": {"Id": stranger, "MasterAccountId": HERE}}
        reply(outside.client("organizations"), "DescribeOrganization", described)
        destination = world.gathered(destination=outside).destination
        assert destination.organization == Known(
            cases.Organization(stranger, "", HERE), "organizations:DescribeOrganization"
        )
        assert destination.rcps == Unread(
            Gap.NOT_SUPPLIED,
            f"resource control policies of account {THERE}",
            "organizations:ListPoliciesForTarget",
            f"account {THERE} is in the organization {stranger}, whose management account is {HERE}, and not in the "
            f"organization {world.organization.id}, which is read with profile `org`, in account {MANAGEMENT}",
        )
        assert not any(THERE in sent for sent in parents)

    def test_an_account_that_the_organization_does_not_know_is_in_another_or_none(self, world: World) -> None:
        client = world.administrator.client("organizations")
        refuse(client, "ListParents", "ChildNotFoundException", when=THERE)
        world.role = f"arn:aws:iam::{THERE}:role/Deploy"
        destination = world.gathered(destination=None).destination
        assert isinstance(destination.organization, Unread)
        assert isinstance(destination.rcps, Unread)
        assert destination.rcps.detail.startswith(f"account {THERE} is not in the organization {world.organization.id}")

    def test_an_account_outside_any_organization_is_bound_by_none(self, world: World) -> None:
        world.role = role(world.accounts.iam(THERE), "Deploy")
        destination = world.gathered(destination=world.side("outside", THERE)).destination
        assert destination.organization == Known(None, "organizations:DescribeOrganization")
        assert destination.rcps == Known((), "organizations:DescribeOrganization")

    def test_a_profile_outside_any_organization_says_so(self, world: World) -> None:
        world.administrator = world.side("alone", HERE)
        assert world.gathered().source.scps == Unread(
            Gap.NOT_SUPPLIED,
            f"service control policies of account {world.here}",
            "organizations:ListPoliciesForTarget",
            f"with profile `alone`, in account {HERE}, there is no organization",
        )

    def test_a_profile_of_a_member_says_who_may(self, world: World) -> None:
        world.administrator = world.source
        scps = world.gathered().source.scps
        assert isinstance(scps, Unread)
        assert scps.detail.endswith(f"AccessDeniedException: no; {NAMED}")

    def test_a_profile_whose_credentials_do_not_work_says_why(self, world: World) -> None:
        refuse(world.administrator.client("sts"), "GetCallerIdentity", "ExpiredToken")
        assert world.gathered().source.scps == Unread(
            Gap.NO_CREDENTIALS,
            f"service control policies of account {world.here}",
            detail="with profile `org`: ExpiredToken: no; set new keys with `aws configure --profile org`",
        )

    def test_a_profile_of_the_management_account_is_not_told_to_be_that(self, world: World) -> None:
        refuse(world.administrator.client("organizations"), "DescribeOrganization", "AccessDeniedException")
        scps = world.gathered().source.scps
        assert isinstance(scps, Unread)
        assert scps.detail == f"with profile `org`, in account {MANAGEMENT}: AccessDeniedException: no"

    def test_credentials_that_stop_working_lack_no_permission(self, world: World) -> None:
        refuse(world.administrator.client("organizations"), "ListParents", "ExpiredTokenException")
        scps = world.gathered().source.scps
        assert isinstance(scps, Unread)
        assert (scps.gap, scps.permission) == (Gap.NO_CREDENTIALS, "")

    def test_a_profile_that_fails_does_not_keep_a_side_from_reading(self, world: World) -> None:
        refuse(world.administrator.client("sts"), "GetCallerIdentity", "ExpiredToken")
        world.source = world.side("boss", MANAGEMENT)
        assert levels(world.gathered().source.scps)[-1][0] == world.here


def layer(world: World, snapshot: Snapshot, which: Layer) -> Any:
    """What one layer says."""
    [action] = decide(Case(Request(world.role), snapshot)).actions[:1]
    [found] = [each.verdict for each in action.layers if each.layer is which]
    return found
