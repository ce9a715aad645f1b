"""What has to be complete says so: lists that are read side by side, and matches over all there is."""

import ast

from tests.sources import modules

OF_DIFFERENT_LENGTHS = [
    "cli/hops.py",  # a chain may end at its first call that is denied
    "collect/evidence/text_edits.py",
    "collect/evidence/text_edits.py",
    "collect/federation/token.py",  # the signature is not read
    "collect/request/containers.py",  # a row may be cut off
    "evaluate/near_miss.py",
    "matrix/paths.py",
    "remedy/proof.py",
]
"""Where lists are read side by side as far as the shorter one goes."""


def test_lists_that_are_read_side_by_side_have_one_length() -> None:
    zips = [
        (path, {word.arg: ast.unparse(word.value) for word in node.keywords}.get("strict"))
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "zip"
    ]
    assert {strict for _, strict in zips} == {"True", "False"}
    assert [path for path, strict in zips if strict == "False"] == OF_DIFFERENT_LENGTHS


def test_what_is_never_reached_is_told_of_what_was_matched() -> None:
    matches = [node for tree in modules().values() for node in ast.walk(tree) if isinstance(node, ast.Match)]
    never = [(ast.unparse(node.subject), ast.unparse(node.cases[-1].body[0])) for node in matches]
    told = [(subject, body) for subject, body in never if body.startswith("assert_never")]
    assert len(told) > 40
    assert [(subject, body) for subject, body in told if body != f"assert_never({subject})"] == []
