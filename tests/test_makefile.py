"""`make` keeps an environment while it is of the Python that is asked for, and makes it anew for another."""

import shutil
import subprocess
from pathlib import Path

import pytest

MAKE = shutil.which("make")
MAKEFILE = Path(__file__).parent.parent / "Makefile"
PYTHON = """#!/bin/sh
case "$1 $2" in
    *python_version*) echo {version} ;;
    "-c "*version_info*) test {version} != 3.9.1 ;;
    "-m venv")
        mkdir -p .venv/bin
        cp "$0" .venv/bin/python
        printf '#!/bin/sh\\n' > .venv/bin/pip
        chmod +x .venv/bin/pip
        echo {version} >> made ;;
esac
"""

pytestmark = pytest.mark.skipif(MAKE is None or not MAKEFILE.exists(), reason="needs make, and a whole repository")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with nothing in it, and stand-ins for Python that write down which environments they make."""
    shutil.copy(MAKEFILE, tmp_path)
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    for name, version in (("python3", "3.11.9"), ("other", "3.12.1"), ("old", "3.9.1")):
        (tmp_path / name).write_text(PYTHON.format(version=version))
        (tmp_path / name).chmod(0o755)
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [MAKE or "make", ".venv/.installed", *arguments]
    path = f"{folder}:/usr/bin:/bin"
    return subprocess.run(command, cwd=folder, env={"PATH": path}, capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("runs", "made"),
    [
        pytest.param([(), ()], ["3.11.9"], id="nothing has changed"),
        pytest.param([("PYTHON=./other",), ("PYTHON=./other",)], ["3.12.1"], id="the same is named again"),
        pytest.param([(), ("PYTHON=./other",)], ["3.11.9", "3.12.1"], id="another is named"),
        pytest.param([("PYTHON=./other",), ()], ["3.12.1"], id="none is named after another was"),
        pytest.param([("PYTHON=./old",), ()], ["3.11.9"], id="one that is too old makes none"),
    ],
)
def test_an_environment_is_made_for_the_python_that_is_named(
    folder: Path, runs: list[tuple[str, ...]], made: list[str]
) -> None:
    for arguments in runs:
        make(folder, *arguments)
    assert (folder / "made").read_text().split() == made


def test_a_changed_lock_is_installed_into_the_environment_that_is_there(folder: Path) -> None:
    make(folder, "PYTHON=./other")
    (folder / "requirements.lock").write_text("more")
    assert b"pip install" in make(folder).stdout
    assert (folder / "made").read_text().split() == ["3.12.1"]


def test_a_python_that_is_too_old_is_told(folder: Path) -> None:
    done = make(folder, "PYTHON=./old")
    assert done.returncode != 0
    assert b"needs Python 3.11 or newer" in done.stdout


def test_no_target_rewrites_what_it_compares_with(folder: Path) -> None:
    with (folder / "Makefile").open("a") as makefile:
        makefile.write("\nshow:\n\t@echo .$$XDIAG_UPDATE_GOLDENS.\n")
    done = subprocess.run(
        [MAKE or "make", "show"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "XDIAG_UPDATE_GOLDENS": "1"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == b"..\n"


def test_a_table_without_rows_is_an_error_and_no_skip(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.getini("empty_parameter_set_mark") == "fail_at_collect"
    assert pytestconfig.getini("xfail_strict") is True
