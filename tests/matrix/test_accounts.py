"""A folder of dumps: what cannot be used is told, and the rest is taken."""

import json
import re
from pathlib import Path

import pytest
from msgspec import Raw
from tests.matrix.dumps import OURS, THEIRS, Json, role, statement, trusting, user, write_dump, write_tree

from diagnose.collect.evidence.organization_file import read_organization_file
from diagnose.errors import XdiagError
from diagnose.matrix.accounts import Dumps, read_dumps
from diagnose.model.evidence import Known, Unread


def mistakes(dumps: Dumps) -> list[str]:
    return [error.message for error in dumps.mistakes]


def test_files_in_folders_count_and_others_do_not(tmp_path: Path) -> None:
    write_dump(tmp_path / "prod" / "ours.json", users=[user(OURS, "ci")])
    (tmp_path / "readme.txt").write_text("not a dump")
    dumps = read_dumps(tmp_path)
    assert (list(dumps.accounts), mistakes(dumps), dumps.organization) == ([OURS], [], None)


def test_a_damaged_dump_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    write_dump(tmp_path / "a.json", users=[user(OURS, "ci")])
    whole = (tmp_path / "a.json").read_text()
    (tmp_path / "b.json").write_text(whole[: len(whole) // 2])
    (tmp_path / "c.json").write_text("[]")
    write_dump(tmp_path / "d.json", users=[user(THEIRS, "ci")])
    dumps = read_dumps(tmp_path)
    assert list(dumps.accounts) == [OURS, THEIRS]
    assert [f"{tmp_path}/{name}.json" in message for name, message in zip("bc", mistakes(dumps), strict=True)] == [
        True,
        True,
    ]


def test_of_two_dumps_of_an_account_the_first_counts(tmp_path: Path) -> None:
    write_dump(tmp_path / "monday.json", users=[user(OURS, "new")])
    write_dump(tmp_path / "sunday.json", users=[user(OURS, "deleted")])
    dumps = read_dumps(tmp_path)
    assert list(dumps.accounts[OURS].users) == ["new"]
    assert mistakes(dumps) == [f"`{tmp_path}/sunday.json` is about account {OURS}, as is `{tmp_path}/monday.json`"]


def test_several_accounts_in_one_file_are_all_taken(tmp_path: Path) -> None:
    write_dump(tmp_path / "all.json", users=[user(OURS, "ci"), user(THEIRS, "ci")])
    assert sorted(read_dumps(tmp_path).accounts) == [OURS, THEIRS]


def test_a_page_of_several_is_told(tmp_path: Path) -> None:
    write_dump(tmp_path / "page.json", users=[user(OURS, "ci")], IsTruncated=True)
    assert read_dumps(tmp_path).incomplete == [f"{tmp_path}/page.json"]


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_a_folder_without_dumps_is_a_mistake(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(XdiagError, match=r"contains no dumps|is not a folder"):
        read_dumps(tmp_path / name)


EXPECTED = "expected a folder with a file an account, as `aws iam get-account-authorization-details` prints it"


@pytest.mark.parametrize("name", ["empty", "missing", "a file.json"])
def test_what_is_no_folder_of_dumps_comes_with_what_was_expected(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a file.json").write_text("{}")
    with pytest.raises(XdiagError) as error:
        read_dumps(tmp_path / name)
    why = "contains no dumps" if name == "empty" else "is not a folder"
    assert (error.value.message, error.value.hint) == (f"`{tmp_path / name}` {why}", EXPECTED)


def test_a_folder_with_a_damaged_dump_alone_is_told_by_that(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text("[")
    with pytest.raises(XdiagError, match=r"a\.json"):
        read_dumps(tmp_path)


def test_the_second_of_two_dumps_is_said_to_be_left_out(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_dump(tmp_path / f"{name}.json", users=[user(OURS, "ci")])
    [mistake] = read_dumps(tmp_path).mistakes
    assert mistake.hint == "expected one file for each account; the second one was left out"


def test_a_folder_that_is_called_like_a_dump_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "odd.json").mkdir()
    write_dump(tmp_path / "odd.json" / "ours.json", users=[user(OURS, "ci")])
    dumps = read_dumps(tmp_path)
    assert (list(dumps.accounts), dumps.mistakes, dumps.incomplete) == ([OURS], [], [])


def test_the_accounts_that_the_tree_lacks_are_named(tmp_path: Path) -> None:
    for account in (OURS, THEIRS):
        write_dump(tmp_path / f"{account}.json", users=[user(account, "ci")])
    assert read_dumps(tmp_path).outside_the_tree == []
    write_tree(tmp_path, [OURS])
    assert read_dumps(tmp_path).outside_the_tree == [THEIRS]


def test_the_levels_of_an_account_go_from_the_root_down(tmp_path: Path) -> None:
    targets = [
        {"id": OURS, "parent": "ou-ab12-1", "scps": [], "rcps": ["p-1"]},
        {"id": "ou-ab12-1", "name": "prod", "parent": "r-ab12", "scps": ["p-1"], "rcps": []},
        {"id": "r-ab12", "name": "Root"},
    ]
    policies = {"p-1": {"name": "Limits", "document": statement()}}
    write_tree(tmp_path, [], targets=targets, policies=policies)
    reaches = read_organization_file(tmp_path / "organization.json").limits_of(OURS)
    assert isinstance(reaches.organization, Known)
    assert reaches.organization.value is not None
    assert reaches.organization.value.path == "o-a1b2c3d4e5/r-ab12/ou-ab12-1/"
    assert isinstance(reaches.scps, Known)
    assert isinstance(reaches.rcps, Known)
    assert [level.target for level in reaches.scps.value] == ["r-ab12", "ou-ab12-1", OURS]
    assert [[policy.name for policy in level.policies.policies] for level in reaches.scps.value] == [[], ["Limits"], []]
    assert [[policy.name for policy in level.policies.policies] for level in reaches.rcps.value] == [[], [], ["Limits"]]
    # What the file leaves out was not read; an empty list was, and is empty.
    assert [bool(level.policies.unread) for level in reaches.scps.value] == [True, False, False]
    assert reaches.scps.value[1].policies.policies[0].document == Raw(json.dumps(statement()).encode())


def test_an_account_outside_of_the_tree_may_be_in_another_organization(tmp_path: Path) -> None:
    write_tree(tmp_path, [OURS])
    reaches = read_organization_file(tmp_path / "organization.json").limits_of(THEIRS)
    assert all(isinstance(each, Unread) for each in (reaches.organization, reaches.scps, reaches.rcps))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"schema": "xdiag.organization/2"}, "has the schema", id="another version"),
        pytest.param({"targets": [{"id": "ou-1", "parent": "r-1"}]}, "the parent `r-1` of `ou-1`", id="no such parent"),
        pytest.param({"targets": [{"id": "r-1", "scps": ["p-1"]}]}, "the policy `p-1` of `r-1`", id="no such policy"),
        pytest.param(
            {"targets": [{"id": "ou-1", "parent": "ou-2"}, {"id": "ou-2", "parent": "ou-1"}]},
            "is above itself",
            id="a circle",
        ),
        pytest.param({"targets": [{"id": "r-1"}, {"id": "r-1"}]}, "`r-1` is in it twice", id="a target twice"),
        pytest.param({"root": {}}, "does not describe an organization", id="an unknown field"),
    ],
)
def test_a_tree_that_is_none_is_an_error(tmp_path: Path, changes: dict[str, Json], message: str) -> None:
    write_dump(tmp_path / "a.json", users=[user(OURS, "ci")], roles=[role(OURS, "App", trusting(OURS))])
    write_tree(tmp_path, [OURS], **changes)
    with pytest.raises(XdiagError, match=message):
        read_dumps(tmp_path)


def test_the_tree_on_the_page_is_one(tmp_path: Path) -> None:
    page = Path(__file__).parent.parent.parent / "docs" / "organization.md"
    [tree] = re.findall(r"```json\n(.*?)```", page.read_text(), re.DOTALL)
    (tmp_path / "organization.json").write_text(tree)
    reaches = read_organization_file(tmp_path / "organization.json").limits_of(THEIRS)
    assert isinstance(reaches.scps, Known)
    assert [level.target for level in reaches.scps.value] == ["r-ab12", THEIRS]


def test_a_file_that_is_far_too_large_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    write_dump(tmp_path / "a.json", users=[user(OURS, "ci")])
    with open(tmp_path / "b.json", "wb") as file:
        file.truncate(2**30)
    dumps = read_dumps(tmp_path)
    assert (list(dumps.accounts), mistakes(dumps)) == ([OURS], [f"`{tmp_path}/b.json` is larger than 512 MB"])
