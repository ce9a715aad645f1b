"""How the code is laid out, in figures: sizes, imports, names, and what is there more than once.

    .venv/bin/python benchmarks/house.py [PACKAGE]

PACKAGE is the folder of the package, here or in another checkout (`src/diagnose` of this one if left out). It is read,
not imported; only the last table runs its smallest demo, with the Python at hand.
"""

import ast
import re
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from table import show
from walk import walk

PACKAGE = Path(__file__).parent.parent / "src" / "diagnose"
DEMO = "wrong-principal"


class Module(NamedTuple):
    """One module. `place` is the folder of the package that it stands in, empty for the package's own."""

    name: str
    place: str
    lines: int
    tree: ast.Module


def main(package: Path) -> None:
    """Print the tables."""
    house = modules(package)
    if not house:
        raise SystemExit(f"{package} holds no modules: expected the folder of a package, such as src/diagnose")
    imports = imports_of(house)
    _show_sizes(house, imports)
    _show_importers(house, imports, package)
    _show_copies(house)
    _show_names(house)
    _show_walk(package)


def modules(package: Path) -> list[Module]:
    """Read every module of a package. The name of an `__init__` is that of its folder."""
    read = []
    for path in sorted(package.rglob("*.py")):
        inner = path.relative_to(package)
        place = inner.parts[0] if inner.parts[1:] else ""
        text = path.read_text(encoding="utf-8")
        read.append(Module(_dotted(path, package), place, len(text.splitlines()), ast.parse(text)))
    return read


def imports_of(house: Sequence[Module]) -> dict[str, set[str]]:
    """Name the modules of the package that each module imports, wherever in it."""
    names = {module.name for module in house}
    return {module.name: set(_imported(module.tree, names)) - {module.name} for module in house}


def public_names(tree: ast.Module) -> set[str]:
    """Name the classes, functions and values that a module defines for others."""
    names: set[str] = set()
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {one.id for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return {name for name in names if not name.startswith("_")}


def shared_names(house: Sequence[Module]) -> dict[str, list[str]]:
    """Name what more than one module defines for others, with the modules."""
    homes: dict[str, list[str]] = {}
    for module in house:
        for name in public_names(module.tree):
            homes.setdefault(name, []).append(module.name)
    return {name: homes[name] for name in sorted(homes) if len(homes[name]) > 1}


def key_tables(tree: ast.Module) -> list[str]:
    """Name the values of a module that hold at least three texts that look like condition keys."""
    tables = []
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            keys = {text for text in _texts(node.value) if _KEY.fullmatch(text)}
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            tables += [ast.unparse(target)] if len(keys) >= 3 else []
    return tables


def parses_aws_texts(tree: ast.Module) -> bool:
    """Say whether a module holds a part of one of AWS's sentences, in a text that is no docstring."""
    return any(_SENTENCE.search(_SPACE.sub(" ", text)) for text in _texts(tree))


def reads_json(tree: ast.Module) -> bool:
    """Say whether a module reads JSON of any form, as policies are: not into a type that says what it has to hold."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return any(
        _READERS.fullmatch(ast.unparse(call.func))
        and not any(word.arg == "type" for word in call.keywords)
        and not (call.args and ast.unparse(call.func).endswith(".Decoder"))
        for call in calls
    )


_KEY = re.compile(r"(?:aws|ec2|iam|identitystore|saml|sts):\w+(?:/.*)?")
_VERBS = "Add|Assume|Attach|Create|Decode|Delete|Describe|Detach|Get|List|Pass|Put|Remove|Set|Simulate|Tag|Update"
_ACTION = re.compile(rf"\w+:(?:{_VERBS})[A-Z]\w*")
_SENTENCE = re.compile(r"not authorized|rror occurred|Packed size of|MultiFactorAuthentication failed")
_SPACE = re.compile(r"\\s[?*+]?")
"""A space in a regular expression."""
_READERS = re.compile(r"(?:json\.)?(?:loads|load|JSONDecoder)|msgspec\.json\.(?:decode|Decoder)")


def _texts(tree: ast.AST) -> Iterator[str]:
    """Give the texts in a module but for docstrings and actions, which look like keys."""
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if node not in docstrings and not _ACTION.fullmatch(text):
                yield text


def _dotted(path: Path, package: Path) -> str:
    parts = path.relative_to(package.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(tree: ast.Module, names: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from {alias.name for alias in aliases} & names
            case ast.ImportFrom(module=str(module), names=aliases):
                submodules = {f"{module}.{alias.name}" for alias in aliases} & names
                yield from submodules or {module} & names


def _show_sizes(house: Sequence[Module], imports: Mapping[str, set[str]]) -> None:
    rows = []
    for place in (*sorted({module.place for module in house}), None):
        inside = [module for module in house if place in (module.place, None)]
        names = {module.name for module in inside}
        sizes = [module.lines for module in inside]
        floors = f"{max(_floors({name: imports[name] & names for name in names}).values())}" if place else ""
        rows.append(
            [
                {None: "all", "": "(root)"}.get(place, place or ""),
                str(len(inside)),
                f"{sum(sizes):,}",
                f"{statistics.median(sizes):.0f}",
                str(max(sizes)),
                str(sum(len(public_names(module.tree)) for module in inside)),
                floors,
            ]
        )
    heads = ["package", "modules", "lines", "median", "longest", "public names", "floors of imports"]
    show("Sizes", heads, rows)


def _floors(imports: Mapping[str, set[str]]) -> dict[str, int]:
    """Count the modules on the longest way down from each. Raises RecursionError where imports run in a circle."""
    floors: dict[str, int] = {}

    def floor(name: str) -> int:
        if name not in floors:
            floors[name] = 1 + max((floor(below) for below in imports[name]), default=0)
        return floors[name]

    for name in imports:
        floor(name)
    return floors


def _show_importers(house: Sequence[Module], imports: Mapping[str, set[str]], package: Path) -> None:
    """A module that runs as a program, or that only hands on names, needs no importer."""
    names = {module.name for module in house}
    importers = {name: [other for other in imports if name in imports[other]] for name in names}
    tests = package.parent.parent / "tests"
    tested = {name for path in tests.rglob("*.py") for name in _imported(ast.parse(path.read_text("utf-8")), names)}
    programs = {module.name for module in house if "__main__" in _texts(module.tree)}
    folders = {name.rpartition(".")[0] for name in names}
    unused = sorted(name for name in names - programs - folders if not importers[name])
    single = sorted(name for name in names if len(importers[name]) == 1)
    commands = [name for name in single if importers[name][0].startswith("diagnose.cli")]
    show(
        "Importers within the package",
        ["", "modules"],
        [
            ["with one importer", str(len(single))],
            ["  of these, imported by the command line", str(len(commands))],
            ["with none, but imported by tests", str(len(tested & set(unused)))],
            ["with none at all", str(len(set(unused) - tested))],
        ],
    )
    _list("With one importer", [f"{_short(name)} <- {_short(importers[name][0])}" for name in single])
    _list("With none", [_short(name) for name in unused])


def _show_copies(house: Sequence[Module]) -> None:
    """What the house has one room for is counted here by signs: look at the modules before you blame them."""
    tables = [f"{_short(module.name)}.{table}" for module in house for table in key_tables(module.tree)]
    parsers = [_short(module.name) for module in house if parses_aws_texts(module.tree)]
    readers = [_short(module.name) for module in house if reads_json(module.tree)]
    show(
        "One idea, so many places",
        ["idea, and the sign of it", "places"],
        [
            ["tables of condition keys: a value at module level with three texts like `aws:...`", str(len(tables))],
            ["parsers of AWS's texts: a module that holds words of its sentences", str(len(parsers))],
            ["readers of JSON: a module that decodes it into no type of ours", str(len(readers))],
        ],
    )
    _list("Tables of condition keys", tables)
    _list("Parsers of AWS's texts", parsers)
    _list("Readers of JSON", readers)


def _show_names(house: Sequence[Module]) -> None:
    shared = shared_names(house)
    show("Public names with more than one home", ["", "names"], [["all", str(len(shared))]])
    _list("Names", [f"{name}: {', '.join(map(_short, homes))}" for name, homes in shared.items()])


def _show_walk(package: Path) -> None:
    walked = walk(package, ["demo", DEMO])
    show(f"What `xdiag demo {DEMO}` walks through, once the rules are in the cache", ["", ""], walked)


def _list(title: str, lines: Sequence[str]) -> None:
    print(f"\n{title}:", *(f"  {line}" for line in lines or ["none"]), sep="\n")


def _short(name: str) -> str:
    return name.partition(".")[2] or name


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else PACKAGE)
