"""Marked statements: where a mutant makes itself felt, the program says that it comes by."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from msgspec import Struct

from tests.mutants.packages import ROOT
from tests.mutants.sample import Mutant


class Place(Struct, frozen=True, order=True):
    """Where a statement of a function begins, and how far it is indented."""

    path: str
    line: int
    indent: int


def marked(mutants: Mapping[int, Mutant]) -> tuple[dict[str, str], set[int]]:
    """Give the texts of files with marks, and which mutants have any."""
    places = {(place, number) for number, mutant in mutants.items() for place in _places(mutant)}
    texts = dict[str, list[str]]()
    # From the last one up, so that what is above stays where it is.
    for place, number in sorted(places, reverse=True):
        lines = texts.setdefault(place.path, _text(place.path).splitlines(keepends=True))
        lines.insert(place.line - 1, f"{' ' * place.indent}_met({number})\n")
    return {path: "".join(lines) for path, lines in texts.items()}, {number for _, number in places}


def _places(mutant: Mutant) -> set[Place]:
    """Give the smallest statement of a function that has the mutant; of another, whatever uses what it gives a name."""
    inside = [place for place, node in _statements(mutant.path) if _has(node, mutant.line)]
    if inside:
        return {max(inside)}
    names, places = set[str](), set[Place]()
    more = _given_names(mutant.path, mutant.line)
    while more:
        names |= more
        uses = [use for name in more for use in _uses().get(name if name[0] != "_" else f"{mutant.path} {name}", ())]
        places |= {use for use in uses if isinstance(use, Place)}
        more = {name for use in uses if not isinstance(use, Place) for name in use} - names
    return places if len(places) <= _MANY else set()


_MANY = 200
"""Places: what is used in more is used in all tests, and a mark in each would only be slow."""


@cache
def _statements(path: str) -> Sequence[tuple[Place, ast.stmt]]:
    """Give the statements that run when a function of a file does, and for its signature the first of them."""
    lines, found = _text(path).splitlines(), list[tuple[Place, ast.stmt]]()
    for function in ast.walk(_tree(path)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            body = function.body[1:] if ast.get_docstring(function) is not None else function.body
            inside = [node for part in body for node in ast.walk(part) if isinstance(node, ast.stmt)]
            whole = [(place, node) for node in inside if (place := _place(path, lines, node))]
            found += whole
            if whole:
                signature = ast.Pass(lineno=_first(function), end_lineno=function.body[0].lineno - 1)
                found.append((whole[0][0], signature))
    return found


def _place(path: str, lines: Sequence[str], node: ast.stmt) -> Place | None:
    """Give where a statement begins that stands alone on its lines."""
    line = _first(node)
    alone = not lines[line - 1][: node.col_offset].strip() and not lines[line - 1].lstrip().startswith("elif ")
    return Place(path, line, node.col_offset) if alone else None


def _first(node: ast.stmt) -> int:
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else []
    return min([node.lineno, *(each.lineno for each in decorators)])


def _has(node: ast.stmt, line: int) -> bool:
    return _first(node) <= line <= (node.end_lineno or 0)


def _given_names(path: str, line: int) -> set[str]:
    """Give the names that a statement outside of functions gives: of constants, classes and fields."""
    return set().union(*(_names_of(node) for node in _outside(_tree(path)) if _has(node, line)))


def _names_of(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return {node.name}
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def _outside(tree: ast.Module | ast.ClassDef) -> Iterator[ast.stmt]:
    for node in tree.body:
        yield node
        if isinstance(node, ast.ClassDef):
            yield from _outside(node)


@cache
def _uses() -> Mapping[str, Sequence[Place | frozenset[str]]]:
    """Give by name the statements of functions that use it, and the names that others give to what uses it."""
    uses = defaultdict[str, list[Place | frozenset[str]]](list)
    for file in sorted((ROOT / "src" / "diagnose").rglob("*.py")):
        path = str(file.relative_to(ROOT))
        for place, node in _statements(path):
            for name in _used(path, node):
                uses[name].append(place)
        for node in _outside(_tree(path)):
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                for name in _used(path, node):
                    uses[name].append(frozenset(_names_of(node)))
    return uses


def _used(path: str, node: ast.stmt) -> set[str]:
    """Give the names in a statement, but for those in statements of its own; private ones with their file."""
    below = {
        id(each)
        for part in ast.walk(node)
        if part is not node and isinstance(part, ast.stmt)
        for each in ast.walk(part)
    }
    own = [each for each in ast.walk(node) if id(each) not in below]
    loaded = {each.id for each in own if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
    used = loaded | {each.attr for each in own if isinstance(each, ast.Attribute)}
    return {name if name[0] != "_" else f"{path} {name}" for name in used}


@cache
def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def _tree(path: str) -> ast.Module:
    return ast.parse(_text(path))
