"""A case is written to ordinary files only: nothing else is ever renamed over."""

import os
from pathlib import Path

import pytest
from tests.cases import case

from diagnose.collect.evidence.case_file import case_as_json, read_case, save_case
from diagnose.errors import XdiagError

CASE = case("cross-account")


def test_a_link_to_a_file_is_followed_and_stays(tmp_path: Path) -> None:
    file, link = tmp_path / "real" / "case.json", tmp_path / "case.json"
    file.parent.mkdir()
    file.write_text("old")
    link.symlink_to("real/case.json")
    save_case(CASE, link)
    assert link.is_symlink()
    assert case_as_json(read_case(file)) == case_as_json(CASE)


def test_what_leads_to_the_machines_own_places_is_refused(tmp_path: Path) -> None:
    opened = os.open(tmp_path / "output", os.O_WRONLY | os.O_CREAT)
    link = tmp_path / "stdout"
    link.symlink_to(f"/proc/self/fd/{opened}")
    for place in (link, Path(f"/proc/self/fd/{opened}"), Path("/dev/null")):
        with pytest.raises(XdiagError, match="is not a file that can hold a case"):
            save_case(CASE, place)
    assert link.is_symlink()


@pytest.mark.parametrize("target", ["nowhere", "pipe", "loop"])
def test_a_link_to_anything_else_is_refused(tmp_path: Path, target: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    link = tmp_path / "case.json"
    link.symlink_to(target)
    with pytest.raises(XdiagError, match="is not a file that can hold a case"):
        save_case(CASE, link)
    assert link.is_symlink()


def test_a_name_that_is_too_long_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(XdiagError, match="cannot be written: file name too long"):
        save_case(CASE, tmp_path / ("x" * 300))
