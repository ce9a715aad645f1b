"""The modules of the program as Python reads them, once for all tests of how they are written."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent / "src" / "diagnose"


@cache
def modules() -> Mapping[str, ast.Module]:
    """Give all modules by where they are below the package."""
    paths = sorted(ROOT.rglob("*.py"))
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}
