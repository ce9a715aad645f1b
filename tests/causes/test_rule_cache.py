"""Rules once read are kept; what is kept is never believed when something has changed."""

import json
import os
import zlib
from pathlib import Path

import pytest
from tests.causes.given import rules

from diagnose.causes.rule_cache import cache_folder, cached_rules
from diagnose.causes.rule_file import read_rules
from diagnose.causes.rule_yaml import read_yaml
from diagnose.errors import XdiagError
from diagnose.remedy.kinds import REMEDIES
from diagnose.version import VERSION


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "rules"
    place.mkdir()
    rules(place, some_rule="when: [{condition: {key: a, alone: true}}]")
    return place


def _sealed(held: object) -> bytes:
    content = json.dumps(held).encode()
    return b"%08x\n" % zlib.crc32(content) + content


def test_what_is_kept_is_what_was_read(folder: Path, tmp_path: Path) -> None:
    first = cached_rules([folder], REMEDIES, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 1
    assert cached_rules([folder], REMEDIES, tmp_path / "cache") == first == read_rules([folder], REMEDIES)


def test_what_is_kept_is_used(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cached_rules([folder], REMEDIES, tmp_path / "cache")
    monkeypatch.setattr("diagnose.causes.rule_file.read_yaml", None)
    assert cached_rules([folder], REMEDIES, tmp_path / "cache") == first


@pytest.mark.parametrize("breakage", [b"", b"{", b'{"stamp": 1}', b'{"stamp": "", "rules": []}'])
def test_a_broken_cache_is_passed_over(folder: Path, tmp_path: Path, breakage: bytes) -> None:
    cached_rules([folder], REMEDIES, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.write_bytes(breakage)
    assert cached_rules([folder], REMEDIES, tmp_path / "cache")[0].title == "A title"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(VERSION, "0.0.9", id="by another version"),
        pytest.param(" across_layers", "", id="by one to which a rule was something else"),
    ],
)
def test_what_others_have_written_is_not_used(folder: Path, tmp_path: Path, old: str, new: str) -> None:
    cached_rules([folder], REMEDIES, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    held = json.loads(kept.read_bytes().partition(b"\n")[2])
    held["rules"][0]["title"] = "B title"
    kept.write_bytes(_sealed(held))
    assert cached_rules([folder], REMEDIES, tmp_path / "cache")[0].title == "B title"
    held["writer"] = held["writer"].replace(old, new)
    kept.write_bytes(_sealed(held))
    assert cached_rules([folder], REMEDIES, tmp_path / "cache")[0].title == "A title"


def test_a_changed_rule_is_read_again(folder: Path, tmp_path: Path) -> None:
    cached_rules([folder], REMEDIES, tmp_path / "cache")
    rules(folder, some_rule="title: Another title\nwhen: [{condition: {key: a}}]")
    assert cached_rules([folder], REMEDIES, tmp_path / "cache")[0].title == "Another title"


def test_a_changed_file_of_the_same_size_is_read_again(folder: Path, tmp_path: Path) -> None:
    cached_rules([folder], REMEDIES, tmp_path / "cache")
    (path,) = folder.iterdir()
    path.write_text(path.read_text().replace("A title", "C title"))
    os.utime(path, ns=(1, 1))
    assert cached_rules([folder], REMEDIES, tmp_path / "cache")[0].title == "C title"


def test_a_new_rule_is_seen(folder: Path, tmp_path: Path) -> None:
    cached_rules([folder], REMEDIES, tmp_path / "cache")
    rules(folder, other_rule="when: [{condition: {key: a}}]")
    assert len(cached_rules([folder], REMEDIES, tmp_path / "cache")) == 2


@pytest.mark.parametrize("name", ["sub/broken-link.yaml", "a-pipe.yaml", "a-folder.yaml", "other-rule.yml"])
def test_what_is_no_rule_is_told_although_the_others_are_kept(folder: Path, tmp_path: Path, name: str) -> None:
    cached_rules([folder], REMEDIES, tmp_path / "cache")
    wrong = folder / name
    wrong.parent.mkdir(exist_ok=True)
    if "link" in name:
        wrong.symlink_to(tmp_path / "nothing")
    elif "folder" in name:
        wrong.mkdir()
    else:
        os.mkfifo(wrong)
    with pytest.raises(XdiagError):
        cached_rules([folder], REMEDIES, tmp_path / "cache")


def test_a_folder_that_is_gone_is_told_although_it_held_no_rule(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    cached_rules([folder, own], REMEDIES, tmp_path / "cache")
    own.rmdir()
    with pytest.raises(XdiagError, match="there is no folder of rules"):
        cached_rules([folder, own], REMEDIES, tmp_path / "cache")


def test_what_changes_while_rules_are_read_is_seen_next_time(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_and_changed(path: Path) -> object:
        content = read_yaml(path)
        path.write_text(path.read_text().replace("A title", "Another title"))
        return content

    monkeypatch.setattr("diagnose.causes.rule_file.read_yaml", read_and_changed)
    assert cached_rules([folder], REMEDIES, tmp_path / "cache")[0].title == "A title"
    monkeypatch.undo()
    assert cached_rules([folder], REMEDIES, tmp_path / "cache")[0].title == "Another title"


def test_a_rule_in_a_folder_in_it_is_kept_too(folder: Path, tmp_path: Path) -> None:
    (folder / "sub").mkdir()
    rules(folder / "sub", other_rule="when: [{condition: {key: a}}]")
    first = cached_rules([folder], REMEDIES, tmp_path / "cache")
    assert [rule.folder for rule in first] == ["sub", "rules"]
    rules(folder / "sub", other_rule="title: Another title\nwhen: [{condition: {key: a}}]")
    assert cached_rules([folder], REMEDIES, tmp_path / "cache")[0].title == "Another title"


def test_a_remedy_that_is_gone_is_noticed(folder: Path, tmp_path: Path) -> None:
    cached_rules([folder], REMEDIES, tmp_path / "cache")
    with pytest.raises(XdiagError, match="`remedy` is `ask-owner`"):
        cached_rules([folder], REMEDIES - {"ask-owner"}, tmp_path / "cache")


def test_only_its_user_can_read_it(folder: Path, tmp_path: Path) -> None:
    cached_rules([folder], REMEDIES, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_a_place_that_cannot_be_written_is_passed_over(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert cached_rules([folder], REMEDIES, tmp_path / "cache")[0].title == "A title"


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    cached_rules([folder], REMEDIES, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    kept.rename(tmp_path / "elsewhere.json")
    kept.symlink_to(tmp_path / "elsewhere.json")
    (tmp_path / "elsewhere.json").write_bytes(
        (tmp_path / "elsewhere.json").read_bytes().replace(b"A title", b"B title")
    )
    assert cached_rules([folder], REMEDIES, tmp_path / "cache")[0].title == "A title"


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        pytest.param({"XDG_CACHE_HOME": "/c", "HOME": "/h"}, Path("/c/xdiag"), id="the variable"),
        pytest.param({"HOME": "/h"}, Path("/h/.cache/xdiag"), id="the home folder"),
        pytest.param({"XDG_CACHE_HOME": "c", "HOME": "/h"}, Path("/h/.cache/xdiag"), id="a relative path is ignored"),
        pytest.param({}, None, id="nowhere"),
    ],
)
def test_the_cache_is_where_the_user_keeps_caches(environment: dict[str, str], folder: Path | None) -> None:
    assert cache_folder(environment) == folder
