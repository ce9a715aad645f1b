"""`xdiag collect --org`: whole accounts into a folder, by an administrator's profile. AWS is moto, in this process."""

import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from tests.aws.accounts import ALLOW, MANAGEMENT, Accounts, in_process, role
from tests.aws.organizations import SCP, Organization
from tests.cli.program import BAD_INPUT, NOTHING_GATHERED, Program
from tests.cli.server import Sts, served

from diagnose.cli.case_flags import LiveFlags
from diagnose.cli.collect_org import OrganizationQuestion, collect_organization
from diagnose.collect.permissions import ACTIONS_IN_MEMBER, ACTIONS_OF_TREE
from diagnose.errors import NothingReadError, XdiagError
from diagnose.matrix.accounts import read_dumps
from diagnose.matrix.decide import Matrix
from diagnose.matrix.identities import identities
from diagnose.model.evidence import Known

READER = "OrganizationAccountAccessRole"
QUESTION = OrganizationQuestion(READER)
NO_MOVES = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]}


class World:
    """Two accounts in an OU and one beside it, each made with the role by which it is read."""

    def __init__(self, accounts: Accounts) -> None:
        self.accounts, self.organization = accounts, Organization(accounts)
        self.unit = self.organization.unit("workloads", self.organization.root)
        self.members = [self.organization.account(name, self.unit) for name in ("one", "two")]
        self.members.append(self.organization.account("beside", self.organization.root))
        role(accounts.iam(MANAGEMENT), "Admin")
        accounts.profile_of_session("management", f"arn:aws:iam::{MANAGEMENT}:role/Admin")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with in_process(tmp_path, monkeypatch) as accounts:
        yield World(accounts)


class Watch:
    """All calls that reach AWS, with their answers.

    What `refused` says yes to is answered with an error, and the others as `changed` has it: in a form that AWS gives.
    """

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        refused: Callable[[str, Mapping[str, Any]], bool],
        code: str = "AccessDenied",
        changed: Callable[[str, Any], Any] = lambda _, answer: answer,
    ) -> None:
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.answers: list[Mapping[str, Any]] = []
        client_class: Any = BaseClient
        make = client_class._make_api_call

        def made(client: BaseClient, operation: str, sent: Mapping[str, Any]) -> Any:
            self.calls.append((operation, sent))
            if refused(operation, sent):
                error: Any = {"Error": {"Code": code, "Message": "not you"}}
                raise ClientError(error, operation)
            answer = changed(operation, make(client, operation, sent))
            self.answers.append(answer)
            return answer

        monkeypatch.setattr(BaseClient, "_make_api_call", made)

    def accounts(self) -> list[str]:
        """The accounts in which a role was to be assumed."""
        return [sent["RoleArn"].split(":")[4] for operation, sent in self.calls if operation == "AssumeRole"]


def nothing(operation: str, sent: Mapping[str, Any]) -> bool:
    return False


def collected(folder: Path, question: OrganizationQuestion = QUESTION) -> int:
    return collect_organization(folder, LiveFlags(org_profile="management"), question)


def test_every_account_and_the_tree_are_read(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert collected(tmp_path / "dumps") == 0
    dumps = read_dumps(tmp_path / "dumps")
    assert set(dumps.accounts) == {MANAGEMENT, *world.members}
    assert (dumps.mistakes, dumps.incomplete) == ([], [])
    assert "4 of 4 accounts are read" in capsys.readouterr().err
    assert dumps.organization is not None
    limits = dumps.organization.limits_of(world.members[0])
    assert isinstance(limits.organization, Known)
    assert limits.organization.value is not None
    path = f"{world.organization.id}/{world.organization.root}/{world.unit}/"
    assert (limits.organization.value.id, limits.organization.value.path) == (world.organization.id, path)
    assert limits.organization.value.management_account == MANAGEMENT


def verdicts(world: World, folder: Path) -> dict[str, str]:
    """Give what a matrix of the folder says of the users that the role is open to, by their accounts."""
    found = identities(read_dumps(folder))
    deploy = [each for each in found.destinations if each.arn.endswith("/Deploy")]
    users = [each for each in found.sources if ":user/" in each.arn]
    assert (len(deploy), len(users)) == (1, 2)
    return {row.source_arn.split(":")[4]: row.verdict for row in Matrix(users, deploy).rows()}


def open_a_role(world: World) -> None:
    """Make a role in the second account that users of both others may assume, but for SCPs."""
    one, two, beside = world.members
    for member in (one, beside):
        iam = world.accounts.iam(member)
        iam.create_user(UserName="ci")
        iam.put_user_policy(UserName="ci", PolicyName="may", PolicyDocument=json.dumps(ALLOW))
    trust = {"Effect": "Allow", "Principal": {"AWS": [one, beside]}, "Action": "sts:AssumeRole"}
    world.accounts.iam(two).create_role(
        RoleName="Deploy", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )


def test_a_matrix_of_it_has_the_scps(world: World, tmp_path: Path) -> None:
    open_a_role(world)
    world.organization.policy("no-moves", NO_MOVES, world.unit, kind=SCP)
    assert collected(tmp_path / "dumps") == 0
    # The SCP is on the OU of the first account, and the other is beside it.
    assert verdicts(world, tmp_path / "dumps") == {world.members[2]: "allowed"}


def test_only_the_owner_may_read_it(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "dumps"
    collected(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert list(folder.glob(".xdiag-*")) == []


def test_no_credential_is_written(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(monkeypatch, nothing)
    collected(tmp_path / "dumps")
    issued = [answer["Credentials"] for answer in watch.answers if "Credentials" in answer]
    assert len(issued) == 3
    texts = [file.read_text() for file in (tmp_path / "dumps").iterdir()]
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    assert not [each[name] for each in issued for name in names for text in texts if each[name] in text]


def test_a_role_that_is_assumed_may_do_no_more_than_is_done(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch(monkeypatch, nothing)
    collected(tmp_path / "dumps", OrganizationQuestion(READER, accounts=(world.members[0],)))
    [sent] = [sent for operation, sent in watch.calls if operation == "AssumeRole"]
    assert sent["RoleArn"] == f"arn:aws:iam::{world.members[0]}:role/{READER}"
    statement = json.loads(sent["Policy"])["Statement"]
    assert statement["Effect"] == "Allow"
    assert {action.partition(":")[2][:3] for action in statement["Action"]} == {"Get", "Lis", "Des"}


def test_what_is_called_is_what_the_readme_lists(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world.accounts.iam(world.members[0]).create_open_id_connect_provider(Url="https://example.com", ClientIDList=["a"])
    watch = Watch(monkeypatch, nothing)
    collected(tmp_path / "dumps")
    listed = {action.partition(":")[2] for action in (*ACTIONS_IN_MEMBER, *ACTIONS_OF_TREE)}
    assert {operation for operation, _ in watch.calls} == listed | {"GetCallerIdentity"}


def test_an_account_that_is_refused_is_told_and_the_rest_is_read(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = world.members[1]
    with monkeypatch.context() as patch:
        Watch(patch, lambda operation, sent: operation == "AssumeRole" and refused in sent["RoleArn"])
        assert collected(tmp_path / "dumps") == 1
    assert set(read_dumps(tmp_path / "dumps").accounts) == {MANAGEMENT, world.members[0], world.members[2]}
    told = capsys.readouterr().err
    assert f"not read: account {refused}: AccessDenied: not you; needs sts:AssumeRole on" in told
    assert "3 of 4 accounts are read" in told
    # Later it is let in, and nobody else is read again.
    watch = Watch(monkeypatch, nothing)
    assert collected(tmp_path / "dumps", OrganizationQuestion(READER, resume=True)) == 0
    assert watch.accounts() == [refused]
    assert "ListRoots" not in dict(watch.calls)
    assert len(read_dumps(tmp_path / "dumps").accounts) == 4


@pytest.mark.parametrize("moment", range(6))
def test_a_run_that_was_interrupted_is_gone_on_with(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    """Six files come into being: the accounts of the tree, the tree, and four dumps."""
    put, moments = os.replace, count()

    def torn(part: str, target: Path) -> None:
        if next(moments) == moment:
            raise KeyboardInterrupt
        put(part, target)

    folder = tmp_path / "dumps"
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", torn)
        with pytest.raises(KeyboardInterrupt):
            collected(folder)
    before = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    assert len(before) == moment
    assert collected(folder, OrganizationQuestion(READER, resume=True)) == 0
    assert len(read_dumps(folder).accounts) == 4
    kept = [file for file in before if file.suffix == ".json"]
    assert [file.stat().st_mtime_ns for file in kept] == [before[file] for file in kept]


def test_a_folder_with_dumps_is_not_written_to_unasked(world: World, tmp_path: Path) -> None:
    (tmp_path / "dumps").mkdir()
    (tmp_path / "dumps" / "old.json").touch()
    with pytest.raises(XdiagError) as error:
        collected(tmp_path / "dumps")
    assert error.value.message == f"`{tmp_path / 'dumps'}` already contains dumps"
    assert error.value.hint == "go on with them by `--resume`, or name another folder"


def test_only_the_accounts_that_are_named_are_read(world: World, tmp_path: Path) -> None:
    only = world.members[0]
    assert collected(tmp_path / "dumps", OrganizationQuestion(READER, accounts=(only,))) == 0
    assert set(read_dumps(tmp_path / "dumps").accounts) == {only}
    with pytest.raises(XdiagError, match="not an account id"):
        collected(tmp_path / "others", OrganizationQuestion(READER, accounts=("12",)))


def test_an_answer_without_the_role_that_asked_is_not_the_accounts(world: World, tmp_path: Path) -> None:
    # moto lets a role be assumed that is not there; AWS does not, so that whatever answers so is not AWS.
    assert collected(tmp_path / "dumps", OrganizationQuestion("Nobody")) == 3
    assert set(read_dumps(tmp_path / "dumps").accounts) == {MANAGEMENT}


def test_what_is_below_an_ou_that_is_refused_is_told(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = world.unit
    Watch(monkeypatch, lambda operation, sent: operation == "ListAccountsForParent" and sent["ParentId"] == unit)
    assert collected(tmp_path / "dumps") == 1
    assert f"not read: what is below {unit}: AccessDenied: not you" in capsys.readouterr().err
    assert set(read_dumps(tmp_path / "dumps").accounts) == {MANAGEMENT, world.members[2]}


def test_scps_that_may_not_be_read_are_unknown(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = world.members[0]
    Watch(monkeypatch, lambda operation, sent: operation == "ListPoliciesForTarget" and sent["TargetId"] == one)
    assert collected(tmp_path / "dumps") == 1
    tree = read_dumps(tmp_path / "dumps").organization
    assert tree is not None
    scps = [tree.limits_of(member).scps for member in world.members[:2]]
    unread = [[bool(level.policies.unread) for level in each.value] for each in scps if isinstance(each, Known)]
    assert unread == [[False, False, True], [False, False, False]]


def test_policies_of_a_kind_that_is_not_enabled_limit_nothing(world: World, tmp_path: Path) -> None:
    open_a_role(world)
    world.organization.policy("no-moves", NO_MOVES, world.unit, kind=SCP)
    world.organization.client.disable_policy_type(RootId=world.organization.root, PolicyType=SCP)
    assert collected(tmp_path / "dumps") == 0
    assert verdicts(world, tmp_path / "dumps") == {world.members[0]: "allowed", world.members[2]: "allowed"}


def test_without_an_organization_accounts_must_be_named(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Watch(monkeypatch, lambda operation, _: operation == "ListRoots")
    with pytest.raises(NothingReadError) as error:
        collected(tmp_path / "dumps")
    assert error.value.message.startswith("the organization cannot be read with profile `management`: AccessDenied")
    assert error.value.hint == (
        "give the profile of its management account with --org-profile, or name accounts with --account"
    )
    assert collected(tmp_path / "dumps", OrganizationQuestion(READER, accounts=(world.members[1],))) == 1
    assert set(read_dumps(tmp_path / "dumps").accounts) == {world.members[1]}


def test_providers_and_endpoints_stand_beside_the_details(world: World, tmp_path: Path) -> None:
    one = world.members[0]
    world.accounts.iam(one).create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"]
    )
    ec2 = world.accounts.ec2(one, "eu-west-1")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    for service in ("sts", "ec2"):
        ec2.create_vpc_endpoint(
            VpcId=vpc, ServiceName=f"com.amazonaws.eu-west-1.{service}", VpcEndpointType="Interface"
        )
    assert collected(tmp_path / "dumps") == 0
    written = json.loads((tmp_path / "dumps" / f"{one}.json").read_text())
    [provider] = written["OpenIDConnectProviderList"]
    assert provider["ClientIDList"] == ["sts.amazonaws.com"]
    [endpoint] = written["StsVpcEndpoints"]
    assert (endpoint["Region"], endpoint["ServiceName"]) == ("eu-west-1", "com.amazonaws.eu-west-1.sts")
    assert (written["SAMLProviderList"], written["Unread"]) == ([], [])


def test_what_is_refused_in_an_account_is_a_gap_in_its_file(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Watch(monkeypatch, lambda operation, _: operation == "ListSAMLProviders")
    only = OrganizationQuestion(READER, accounts=(world.members[0],))
    assert collected(tmp_path / "dumps", only) == 1
    written = json.loads((tmp_path / "dumps" / f"{world.members[0]}.json").read_text())
    assert "SAMLProviderList" not in written
    assert [gap["permission"] for gap in written["Unread"]] == ["iam:ListSAMLProviders"]
    assert set(read_dumps(tmp_path / "dumps").accounts) == {world.members[0]}


def test_calls_that_are_throttled_are_made_again(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = count()
    Watch(monkeypatch, lambda *_: next(turns) % 3 == 0, code="Throttling")
    assert collected(tmp_path / "dumps") == 0
    assert len(read_dumps(tmp_path / "dumps").accounts) == 4


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        pytest.param(("--org", "dumps", "a", "b"), "reads whole accounts, not a case", id="a case as well"),
        pytest.param(("--org", "dumps", "--save-case", "c"), "reads whole accounts, not a case", id="a file as well"),
        pytest.param(("--org", "dumps", "--external-id", "x"), "leave out what the request carries", id="a request"),
        pytest.param(("--org", "dumps", "--dest-profile", "x"), "leave out `--source-profile` and", id="a side"),
        pytest.param(("--org", "dumps", "--vpc-endpoint", "vpce-1"), "leave out `--vpc-endpoint`", id="an endpoint"),
        pytest.param(("--org", "dumps", "--redact"), "`--no-redact`", id="pseudonyms"),
        pytest.param(("--org", "dumps", "--account", "١" * 12), "is not an account id", id="digits of another script"),
        pytest.param(("--resume",), "`--resume` has no effect without `--org`", id="nothing to go on with"),
        pytest.param(("--role-name", "R"), "`--role-name` has no effect without `--org`", id="a role of no account"),
        pytest.param(("--org", "dumps", "--org-profile", "no"), "there is no AWS profile `no`", id="no such profile"),
    ],
)
def test_flags_that_contradict_each_other_are_told(
    xdiag: Program, tmp_path: Path, flags: tuple[str, ...], message: str
) -> None:
    run = xdiag("collect", *flags, cwd=tmp_path)
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert message in run.err
    assert not (tmp_path / "dumps").exists()


def test_without_credentials_nothing_is_made(xdiag: Program, tmp_path: Path) -> None:
    run = xdiag("collect", "--org", "dumps", cwd=tmp_path)
    assert run.code == NOTHING_GATHERED
    assert "cannot read an organization" in run.err
    assert not (tmp_path / "dumps").exists()


def test_a_suspended_account_is_in_the_tree_and_is_not_read(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspended = world.members[1]

    def changed(operation: str, answer: Any) -> Any:
        for account in answer.get("Accounts", ()) if operation == "ListAccountsForParent" else ():
            account["Status"] = "SUSPENDED" if account["Id"] == suspended else account["Status"]
        return answer

    watch = Watch(monkeypatch, nothing, changed=changed)
    assert collected(tmp_path / "dumps") == 0
    assert sorted(watch.accounts()) == sorted({*world.members} - {suspended})
    tree = read_dumps(tmp_path / "dumps").organization
    assert tree is not None
    assert isinstance(tree.limits_of(suspended).scps, Known)


def test_an_answer_about_another_account_is_not_taken_for_this_ones(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = world.members[:2]
    stranger = f"arn:aws:iam::{two}:user/stranger"

    def changed(operation: str, answer: Any) -> Any:
        if operation == "GetAccountAuthorizationDetails":
            answer["UserDetailList"] = [{"UserName": "stranger", "UserId": "AIDAEXAMPLE", "Arn": stranger}]
        return answer

    Watch(monkeypatch, nothing, changed=changed)
    assert collected(tmp_path / "dumps", OrganizationQuestion(READER, accounts=(one,))) == 1
    assert f"AWS's answer has {stranger} in it" in capsys.readouterr().err
    assert not (tmp_path / "dumps" / f"{one}.json").exists()


def test_a_session_of_another_account_reads_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = world.members[:2]
    turns = count()

    def changed(operation: str, answer: Any) -> Any:
        # The first to be asked who they are is the administrator.
        return {**answer, "Account": two} if operation == "GetCallerIdentity" and next(turns) else answer

    watch = Watch(monkeypatch, nothing, changed=changed)
    assert collected(tmp_path / "dumps", OrganizationQuestion(READER, accounts=(one,))) == 1
    assert f"belongs to account {two}" in capsys.readouterr().err
    assert "GetAccountAuthorizationDetails" not in dict(watch.calls)


def test_the_administrators_own_account_is_read_first(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Its calls are made in what is left of the time for the tree; the others have a time of their own.
    put, names = os.replace, list[str]()

    def noted(part: str, target: Path) -> None:
        names.append(target.stem)
        put(part, target)

    monkeypatch.setattr(os, "replace", noted)
    collected(tmp_path / "dumps", OrganizationQuestion(READER, accounts=(world.members[0], MANAGEMENT)))
    assert names[2:] == [MANAGEMENT, world.members[0]]


@pytest.mark.parametrize(
    ("flags", "name"), [((), READER), (("--role-name", "Auditor"), "Auditor")], ids=["the one of AWS", "another"]
)
def test_the_role_of_each_account_is_assumed_by_its_name(
    xdiag: Program, tmp_path: Path, flags: tuple[str, ...], name: str
) -> None:
    """AWS Organizations makes it with exactly this name, and names of roles are told apart by their case in ARNs."""
    key = "AKIAEXAMPLE000000001"
    with served(Sts({key: f"arn:aws:iam::{MANAGEMENT}:user/admin"})) as sts:
        keys = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI", "AWS_REGION": "eu-west-1"}
        environment = {**keys, "AWS_CONFIG_FILE": os.devnull, "AWS_ENDPOINT_URL": sts.url}
        xdiag("collect", "--org", "dumps", "--account", "222222222222", *flags, cwd=tmp_path, env=environment)
        assert [sent["RoleArn"] for sent in sts.sent("AssumeRole")] == [f"arn:aws:iam::222222222222:role/{name}"]
