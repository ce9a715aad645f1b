"""What is installed with the package besides its modules: templates, rules, demos, worlds."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = {"src/diagnose": "diagnose", "rules": "diagnose/_rules", "fixtures/demo": "diagnose/_demo"}
"""Folders of the repository, and where the wheel has them."""


@pytest.mark.skipif(find_spec("hatchling") is None, reason="needs hatchling, which builds the wheel")
def test_the_wheel_holds_whatever_the_package_reads(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    with ZipFile(wheel) as opened:
        held = set(opened.namelist())
    for folder, place in SHIPPED.items():
        files = [file for file in (ROOT / folder).rglob("*") if file.is_file() and "__pycache__" not in file.parts]
        assert {f"{place}/{file.relative_to(ROOT / folder).as_posix()}" for file in files} <= held
        assert files
    assert {name for name in held if name.endswith((".html", ".css", ".js"))}
