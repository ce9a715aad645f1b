"""Files of results: whole or not there, for their owner only, and never in place of what they are made of."""

import os
import stat
from pathlib import Path

import pytest

from diagnose.cli.whole_file import check_is_no_input, whole_file, writing
from diagnose.errors import XdiagError


def test_a_file_appears_when_it_is_whole_and_its_owner_alone_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_text("before")
    with whole_file(path) as file:
        file.write(b"after")
        file.flush()
        assert path.read_text() == "before"
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("after", 0o600)
    assert os.listdir(tmp_path) == ["rows"]


def test_where_it_is_not_finished_what_was_there_stays_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_text("before")
    with pytest.raises(KeyError), whole_file(path) as file:
        raise KeyError(file.write(b"after"))
    assert (path.read_text(), os.listdir(tmp_path)) == ("before", ["rows"])


def test_a_link_stays_one_and_a_device_is_written_as_it_is(tmp_path: Path) -> None:
    link, path = tmp_path / "link", tmp_path / "rows"
    link.symlink_to(path)
    with whole_file(link) as file:
        file.write(b"after")
    assert (link.is_symlink(), path.read_text()) == (True, "after")
    with whole_file(Path("/dev/null")) as file:
        file.write(b"gone")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize(
    ("to", "place"),
    [
        ("rows.jsonl", "rows.jsonl"),
        ("link", "rows.jsonl"),
        ("dumps/new.json", "dumps"),
        ("dumps/in/new.parquet", "dumps"),
        ("elsewhere.txt", "dumps"),
    ],
)
def test_a_result_is_not_written_among_what_is_read(to: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "dumps").mkdir()
    (tmp_path / "elsewhere.txt").touch()
    (tmp_path / "dumps" / "ours.json").symlink_to(tmp_path / "elsewhere.txt")
    (tmp_path / "link").symlink_to(tmp_path / "rows.jsonl")
    with pytest.raises(XdiagError) as refused:
        check_is_no_input(tmp_path / to, tmp_path / "another", tmp_path / place)
    assert refused.value.message == f"`{tmp_path / to}` is among what is read from `{tmp_path / place}`"
    assert refused.value.hint == "expected a file elsewhere, or of another kind, for the result"
    for other in (None, Path("-"), tmp_path / "dumps" / "rows.jsonl", tmp_path / "new.json"):
        check_is_no_input(other, tmp_path / "another", tmp_path / place)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (PermissionError(13, "Permission denied"), "permission denied"),
        (OSError("no number"), "it is not a file name"),
        (ValueError("embedded null byte"), "it is not a file name"),
    ],
    ids=repr,
)
@pytest.mark.parametrize(("done", "may"), [("written", "write to"), ("read", "read"), (None, "write to")])
def test_what_the_system_refuses_is_told_with_what_is_expected(
    error: Exception, why: str, done: str | None, may: str
) -> None:
    with pytest.raises(XdiagError) as refused, writing(Path("rows"), *([done] if done else [])):
        raise error
    assert refused.value.message == f"`rows` cannot be {done or 'written'}: {why}"
    assert refused.value.hint == f"expected a file in a folder that you may {may}"


def test_standard_output_is_not_the_standard_input_of_the_same_name() -> None:
    check_is_no_input(Path("-"), Path("-"))
