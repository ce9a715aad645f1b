"""Where the bundled cases are."""

from pathlib import Path


def demo_files() -> dict[str, Path]:
    """Give the files of the bundled cases by name."""
    return {path.stem: path for path in sorted(_folder().glob("*.json"))}


def _folder() -> Path:
    """Find the bundled cases: in the installed package, or in the source tree."""
    package = Path(__file__).parent.parent
    shipped = package / "_demo"
    return shipped if shipped.is_dir() else package.parent.parent / "fixtures" / "demo"
