"""What others rely on: the public names, and a wheel that works where the repository is not."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

import diagnose

ROOT = Path(__file__).parent.parent
NAMES = {
    "Case",
    "Decision",
    "Diagnosis",
    "XdiagError",
    "decide",
    "decide_many",
    "diagnose",
    "load_case",
    "load_rules",
    "published",
    "render",
    "verdict",
}


def test_the_public_names_are_these_and_each_is_there() -> None:
    assert set(diagnose.__all__) == NAMES
    for name in NAMES:
        assert getattr(diagnose, name).__name__ == name
    # A name and a module that are called the same: whoever imports the module does not hide the name.
    import_module("diagnose.pipeline")
    assert callable(diagnose.diagnose)


def test_any_other_name_is_missing_as_everywhere() -> None:
    assert not hasattr(diagnose, "nothing")


def test_the_readme_shows_a_program_that_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    program = readme.partition("## As a library")[2].partition("```python\n")[2].partition("```")[0]
    assert "ticket.json" in program
    case = ROOT / "fixtures" / "demo" / "external-id.json"
    exec(compile(program.replace("ticket.json", str(case)), "README.md", "exec"), {})
    assert capsys.readouterr().out == "denied ['The external ID differs only in capitalization or white space']\n"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this repository, built offline as `make package` builds it."""
    building = pytest.importorskip("hatchling.builders.wheel", reason="no hatchling here to build a wheel with")
    [built] = building.WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("dist")))
    return Path(built)


def test_an_sdist_holds_what_a_wheel_is_built_from_and_nothing_that_was_made_here(tmp_path: Path, wheel: Path) -> None:
    building = pytest.importorskip("hatchling.builders.sdist", reason="no hatchling here to build an sdist with")
    [built] = building.SdistBuilder(str(ROOT)).build(directory=str(tmp_path))
    with tarfile.open(built) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
        archive.extractall(tmp_path, filter="data")
    kept = {"LICENSE", "README.md", "SECURITY.md", "docs/errors.md", "rules/README.md", "tests/test_package.py"}
    assert kept <= held
    assert [name for name in held if name.startswith(("docs/causes", "site/", "build/", ".venv"))] == []
    [unpacked] = tmp_path.glob("xdiag-*/")
    building = import_module("hatchling.builders.wheel")
    [again] = building.WheelBuilder(str(unpacked)).build(directory=str(tmp_path))
    with zipfile.ZipFile(again) as one, zipfile.ZipFile(wheel) as other:
        assert set(one.namelist()) == set(other.namelist())


def test_a_wheel_holds_the_program_the_rules_the_demos_and_the_worlds(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    places = {"rules": "_rules", "fixtures/demo": "_demo", "fixtures/worlds": "_worlds", "src/diagnose": ""}
    expected = {
        Path("diagnose", name, file.relative_to(ROOT / folder)).as_posix()
        for folder, name in places.items()
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert len(expected) > 600
    assert {".html", ".css", ".js", ".yaml", ".json"} <= {Path(name).suffix for name in expected}
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    around = {name for name in held if name.startswith(f"xdiag-{version}.dist-info/")}
    assert held - around == expected
    assert {name.partition("/")[2] for name in around} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_an_installed_wheel_answers_without_the_repository(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    program = (
        "import sys, diagnose; from diagnose.cli import main; "
        "assert diagnose.__file__.startswith(sys.argv.pop(1)), diagnose.__file__; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), "demo", "external-id", "--output", "markdown"],
        env={"PATH": os.defpath, "HOME": str(tmp_path), "PYTHONPATH": str(tmp_path / "installed")},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"The external ID differs only in capitalization or white space" in done.stdout
