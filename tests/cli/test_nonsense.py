"""Nonsense in any file of any command gets a sentence and the documented exit code, soon, and leaves nothing behind."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cases import written
from tests.cli.cases import write
from tests.cli.nonsense import (
    CONTENTS,
    LARGE,
    MAKERS,
    OF_SHARED,
    READ,
    UNSEEN,
    WRITTEN,
    faults,
    nonsense,
    parameters_with_files,
    run_on,
)
from tests.cli.program import BAD_INPUT, DENIED, NOTHING_GATHERED, Program


def _name(slot: tuple[str, str]) -> str:
    return " ".join(filter(None, slot))


def test_each_parameter_with_a_file_is_tried_with_nonsense() -> None:
    named = {slot for slot in (*READ, *WRITTEN) if slot[0]}
    assert sorted(set(parameters_with_files()) ^ named) == []


@pytest.mark.parametrize("slot", READ, ids=_name)
def test_nonsense_is_told_in_a_sentence(xdiag: Program, slot: tuple[str, str], tmp_path: Path) -> None:
    reads, found = READ[slot], []
    for number, what in enumerate(OF_SHARED if reads.shared else (*CONTENTS, *MAKERS)):
        folder = tmp_path / str(number)
        folder.mkdir()
        file = folder / reads.name
        nonsense(what, file)
        run = run_on(xdiag, reads, folder)
        found += [f"{what}: {fault}" for fault in faults(run, reads.codes)]
        found += [f"{what}: {left.name} is left" for left in folder.iterdir() if left != file]
        if reads.piped and what in CONTENTS:
            words = ["-" if word == "{it}" else word for word in reads.words]
            piped = xdiag(*words, stdin=file.read_bytes(), cwd=folder)
            found += [f"{what}, piped: {fault}" for fault in faults(piped, reads.codes)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("what", LARGE)
@pytest.mark.parametrize(
    "slot",
    [
        ("batch", "file"),
        ("check", "--event"),
        ("check", "--details"),
        ("check", "--trust-policy"),
        ("check", "--infrastructure"),
        ("compare", "before"),
        ("", "settings"),
    ],
    ids=_name,
)
def test_ten_megabytes_of_nonsense_are_told_soon(
    xdiag: Program, slot: tuple[str, str], what: str, tmp_path: Path
) -> None:
    nonsense(what, tmp_path / READ[slot].name)
    run = run_on(xdiag, READ[slot], tmp_path)
    assert not list(faults(run, READ[slot].codes))


@pytest.mark.parametrize("slot", WRITTEN, ids=_name)
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda path: path.symlink_to(path), id="a link to itself"),
        pytest.param(lambda path: path.symlink_to("/dev/full"), id="a full device"),
        pytest.param(lambda path: path.symlink_to("/nowhere/at/all"), id="a link to nowhere"),
        pytest.param(lambda path: path.symlink_to("x" * 300), id="a long name"),
    ],
)
def test_what_cannot_be_written_is_told_in_a_sentence(
    xdiag: Program, slot: tuple[str, str], make: Callable[[Path], None], tmp_path: Path
) -> None:
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    (dumps / "111111111111.json").write_text(
        '{"RoleDetailList": [{"RoleName": "a", "RoleId": "AROAX", "Path": "/", "AssumeRolePolicyDocument": {},'
        ' "Arn": "arn:aws:iam::111111111111:role/a", "CreateDate": "2026-01-01T00:00:00Z"}]}'
    )
    folder = tmp_path / "folder"
    folder.mkdir()
    make(folder / "it")
    words = [word.replace("{it}", str(folder / "it")).replace("{dumps}", str(dumps)) for word in WRITTEN[slot]]
    run = xdiag(*words, cwd=folder)
    assert not [fault for fault in faults(run, (0, DENIED, NOTHING_GATHERED)) if "it answers all the same" not in fault]
    assert [left.name for left in folder.iterdir() if left.name.startswith(".")] == []


def test_a_name_that_no_file_can_have_is_told(xdiag: Program, tmp_path: Path) -> None:
    found = []
    for slot, reads in READ.items():
        words = [word.format(it="x" * 300, there="x" * 300) for word in reads.words]
        if slot[0] and words != list(reads.words):
            found += [f"{_name(slot)}: {fault}" for fault in faults(xdiag(*words, cwd=tmp_path), reads.codes)]
    for slot, template in WRITTEN.items():
        run = xdiag(*(word.format(it="x" * 300, dumps="x" * 300) for word in template), cwd=tmp_path)
        found += [
            f"{_name(slot)}: {fault}" for fault in faults(run, (NOTHING_GATHERED,)) if "all the same" not in fault
        ]
    assert not found, "\n".join(found)
    assert list(tmp_path.iterdir()) == []


def test_a_bad_file_among_dumps_is_told_and_the_rest_is_done(xdiag: Program, tmp_path: Path) -> None:
    user = '{"UserName": "ci", "UserId": "AIDAX", "Path": "/", "Arn": "arn:aws:iam::%s:user/ci"}'
    for name, account in (("a", "111111111111"), ("b", "111111111111"), ("c", "222222222222")):
        (tmp_path / f"{name}.json").write_text('{"UserDetailList": [' + user % account + "]}")
    (tmp_path / "damaged.json").write_bytes((tmp_path / "a.json").read_bytes()[:-9])
    for what in ("a device without end", "a link to itself", "a large file", "text for a terminal"):
        nonsense(what, tmp_path / f"{what}.json")
    run = xdiag("matrix", tmp_path, "--to", tmp_path.parent / "rows.jsonl", "--without", "scp", "--without", "rcp")
    assert run.code == BAD_INPUT
    assert "left out 6 of the dumps or identities" in run.err
    for name, said in (
        ("b", "is about account 111111111111, as is"),
        ("damaged", "is not JSON: it ends too early"),
        ("a device without end", "is a device, not a file"),
        ("a link to itself", "cannot be read: too many levels of symbolic links"),
        ("a large file", "is larger than 512 MB"),
        ("text for a terminal", "is not JSON at column 1"),
    ):
        assert any(f"{name}.json` {said}" in line for line in run.err.splitlines()), name
    assert (tmp_path.parent / "rows.jsonl").exists()
    assert not UNSEEN.search(run.err)


def test_settings_that_lead_nowhere_are_told_and_not_passed_over(xdiag: Program, tmp_path: Path) -> None:
    os.symlink("/nowhere/at/all", tmp_path / "xdiag.toml")
    run = xdiag("check", "--case", write(tmp_path, written("allowed")), cwd=tmp_path)
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert run.err.startswith(f"xdiag: there is no file `{tmp_path / 'xdiag.toml'}`")
