"""What constants come to: the values of enumerations, and what is meant where nothing is given."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.sources import modules

EMPTY = {
    **dict.fromkeys(("str", "LevelName", "PolicyName"), "''"),
    **dict.fromkeys(("tuple", "Sequence", "Collection", "Container", "Iterable", "NamedFiles", "PatternFields"), "()"),
    **dict.fromkeys(("Mapping", "dict"), "{}"),
    **dict.fromkeys(("bool", "Outside", "Redact"), "False"),
    **dict.fromkeys(("int", "float"), "0"),
    **dict.fromkeys(("RuleFolders", "SourceArgument", "RoleArgument", "Any"), "None"),
    "list": "[]",
    "bytes": "b''",
}
"""How a type says that there is nothing."""
FULL = {
    # What is so unless something says otherwise.
    **dict.fromkeys(
        (
            *("causes/facts.py Fact.settled", "causes/facts.py LayerFact.needed", "causes/facts.py SuspectFact.only"),
            *("causes/facts.py ConditionFact.attainable", "causes/facts.py SuspectFact.present"),
            *("cli/case_flags.py CaseFlags.attempt", "cli/case_flags.py CaseFlags.complete"),
            *("cli/evidence.py live.read_source", "cli/evidence.py live.read_destination"),
            *(
                "collect/evidence/account_details.py AccountDetails.whole",
                "evaluate/document.py CompiledDocument.usable",
            ),
            *("evaluate/layers.py LayerTraits.resource", "evaluate/layers.py LayerTraits.grants"),
            *(
                "model/diagnosis.py Excerpt.primary",
                "report/snippet.py Mark.primary",
                "report/html/grid.py About.judged",
            ),
            *("model/json_text.py parse.strict", "model/trace.py LayerTrace.applies"),
            *("remedy/fixes/route.py _for_role.sure",),
        ),
        True,
    ),
    # What AWS takes where nothing is named.
    "collect/evidence/cloudformation.py _File.partition": "aws",
    "collect/evidence/declared.py Declared.path": "/",
    "aws/calls.py call_or_absent.absent": "NoSuchEntity",
    "collect/permissions.py Permission.absent": ("NoSuchEntity",),
    # One process, one row, and both halves of OWNER/REPOSITORY.
    **dict.fromkeys(("cli/batch.py batch.jobs", "cli/matrix.py matrix.jobs", "cli/matrix_run.py write_matrix.jobs"), 1),
    "report/finding_row.py FindingRow.number": 1,
    "collect/federation/workload.py Workload.least": 2,
    "collect/federation/workload.py Workload.most": 2,
    # How much is looked for, shown and waited for.
    **dict.fromkeys(("cli/paths.py paths.max_hops", "matrix/paths.py SearchLimits.calls"), 3),
    **dict.fromkeys(("cli/paths.py paths.limit", "matrix/paths.py SearchLimits.ways"), 10),
    "matrix/paths.py SearchLimits.pairs": 200_000,
    "cli/output.py progress.after": 5,
    "serve/command.py serve.seconds": 120,
    "collect/json_errors.py quotable.most": 200,
    **dict.fromkeys(("report/__init__.py Screen.width", "report/__init__.py render.width"), 80),
    "report/markup.py pieces.level": 2,
    # Words that stand for what is missing.
    **dict.fromkeys(
        ("report/sections/key_questions.py _given.value", "report/sections/key_questions.py _Row.value"), "VALUE"
    ),
    "cli/explain_error.py explain_error.text": "-",
    "cli/whole_file.py writing.done": "written",
}
"""The defaults that say something."""

OTHERWISE_NAMED = frozenset(
    {
        *("Action", "EntityKind", "Operation", "Parameter"),
        *("BuiltinCause", "Label", "Outcome", "PrincipalKind", "Sign", "Strangers", "_Speaker"),
    }
)
"""Enumerations whose values are names of AWS, or words of reports."""


@cache
def _classes_and_functions() -> list[tuple[str, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]]:
    named = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [(path, node) for path, tree in modules().items() for node in ast.walk(tree) if isinstance(node, named)]


def _defaults() -> Iterator[tuple[str, ast.expr | None, ast.expr]]:
    """Give where each default stands, what may stand in its place, and the default itself."""
    for path, node in _classes_and_functions():
        for name, annotation, value in _of_class(node) if isinstance(node, ast.ClassDef) else _of_function(node.args):
            yield f"{path} {node.name}.{name}", annotation, value


def _of_class(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr, ast.expr]]:
    for field in node.body:
        if isinstance(field, ast.AnnAssign) and field.value is not None:
            yield ast.unparse(field.target), field.annotation, field.value


def _of_function(given: ast.arguments) -> Iterator[tuple[str, ast.expr | None, ast.expr]]:
    by_place = [*given.posonlyargs, *given.args]
    with_default = by_place[len(by_place) - len(given.defaults) :]
    for argument, value in [
        *zip(with_default, given.defaults, strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]:
        if value is not None:
            yield argument.arg, argument.annotation, value


def _empty(annotation: ast.expr | None) -> str | None:
    text = ast.unparse(annotation).strip("'") if annotation else ""
    text = text.removeprefix("Annotated[")
    return "None" if re.match(r"[^(]*\bNone\b", text) else EMPTY.get(re.split(r"\W", text)[0])


def test_a_default_says_that_there_is_nothing_or_is_listed() -> None:
    literal = (ast.Constant, ast.Tuple, ast.Dict, ast.List)
    written = [default for default in _defaults() if isinstance(default[2], literal)]
    assert len(written) > 800
    full = {place: value for place, annotation, value in written if ast.unparse(value) != _empty(annotation)}
    assert {place: ast.literal_eval(value) for place, value in full.items()} == FULL


def test_a_member_of_an_enumeration_has_its_own_name_as_its_value() -> None:
    members = [
        (node.name, ast.unparse(member.targets[0]), ast.literal_eval(member.value))
        for _, node in _classes_and_functions()
        if isinstance(node, ast.ClassDef) and "StrEnum" in map(ast.unparse, node.bases)
        for member in node.body
        if isinstance(member, ast.Assign)
    ]
    assert len(members) > 600
    others = [member for member in members if re.sub(r"[- ]", "_", str(member[2])) != member[1].lower()]
    assert {name for name, _, _ in others} == OTHERWISE_NAMED
