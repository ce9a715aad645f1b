"""A sample of the mutants of a package."""

import difflib
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import libcst
from msgspec import Struct
from mutmut.mutation.file_mutation import create_mutations, deep_replace
from mutmut.mutation.mutators import mutation_operators

from tests.mutants.packages import ROOT, Package


class Mutant(Struct, frozen=True):
    """One file of the package with one thing in it changed."""

    path: str
    text: str
    diff: str

    @property
    def line(self) -> int:
        """The first line that is not as it was."""
        place = re.search(r"^@@ -(\d+)", self.diff, re.MULTILINE)
        assert place
        return int(place[1])


def sample(package: Package, size: int, chance: random.Random) -> list[Mutant]:
    """Choose files by how long they are, and mutants of each."""
    files = sorted(file for glob in package.sources for file in (ROOT / "src" / "diagnose").glob(glob))
    chosen = Counter(chance.choices(files, [file.stat().st_size for file in files], k=size))
    return [mutant for file in files if file in chosen for mutant in _some(file, chosen[file], chance)]


def _some(file: Path, size: int, chance: random.Random) -> Iterator[Mutant]:
    """Give mutants of a file, but for those of a class's own line, where the type checker is the test."""
    code, path = file.read_text(encoding="utf-8"), str(file.relative_to(ROOT))
    module, mutations, _, _ = create_mutations(path, code)
    for mutation in chance.sample(mutations, len(mutations)):
        mutated = deep_replace(module, mutation.original_node, mutation.mutated_node)
        assert isinstance(mutated, libcst.Module)
        diff = [*difflib.unified_diff(code.splitlines(True), mutated.code.splitlines(True), path, path, n=0)]
        if diff and size and not any(line.startswith("-class ") for line in diff):
            yield Mutant(path, mutated.code, "".join(diff))
            size -= 1
        if not size:
            break


def _for_each_other(node: libcst.Name) -> Iterator[libcst.Name]:
    """Change the quantifier: mutmut has no operator for it."""
    other = {"any": "all", "all": "any", "min": "max", "max": "min", "any_of": "all_of", "all_of": "any_of"}
    if node.value in other:
        yield node.with_changes(value=other[node.value])


mutation_operators.append((libcst.Name, _for_each_other))
