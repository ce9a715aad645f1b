"""How the text of a file becomes one that holds another policy."""

import json
from copy import deepcopy
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from diagnose.collect.evidence.positions import spots_of
from diagnose.collect.evidence.text_edits import edited, text_edits
from diagnose.model.json_text import parse

CI, OPS = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::111111111111:user/ops"
BEFORE: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "One", "Effect": "Allow", "Principal": {"AWS": CI}, "Action": ["sts:AssumeRole"]}],
}
AS_YAML = f"""# who may come in
Version: "2012-10-17"
Statement:
  - Sid: One
    Effect: Allow  # for now
    Principal:
      AWS: {CI}
    # nothing but this
    Action:
      - sts:AssumeRole
# the end
"""


def changed(text: str, before: object, after: object) -> str:
    (spot,) = spots_of(text)
    edits = text_edits(text, spot, parse(json.dumps(before)), parse(json.dumps(after)))
    return edited(text, edits)


def _with(**elements: object) -> dict[str, Any]:
    document = deepcopy(BEFORE)
    document["Statement"][0] |= elements
    return document


AFTER = {
    "another value": _with(Principal={"AWS": OPS}),
    "one value becomes two": _with(Principal={"AWS": [CI, OPS]}),
    "one more value of a list": _with(Action=["sts:AssumeRole", "sts:TagSession"]),
    "another key": _with(Condition={"Bool": {"aws:SecureTransport": "true"}}),
    "one key less": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole"]}]},
    "one more statement": {**BEFORE, "Statement": [*BEFORE["Statement"], {"Effect": "Deny"}]},
    "no statement": {**BEFORE, "Statement": []},
}
every_change = pytest.mark.parametrize("after", AFTER.values(), ids=AFTER)


@every_change
@pytest.mark.parametrize("indent", [None, 2, 4])
def test_json_holds_the_other_policy(after: dict[str, Any], indent: int | None) -> None:
    assert json.loads(changed(json.dumps(BEFORE, indent=indent), BEFORE, after)) == after


@every_change
def test_yaml_holds_the_other_policy_and_keeps_what_is_not_its(after: dict[str, Any]) -> None:
    text = changed(AS_YAML, BEFORE, after)
    assert yaml.safe_load(text) == after
    assert text.startswith("# who may come in\n")
    assert text.endswith("# the end\n")


def test_only_what_changes_is_touched() -> None:
    text = changed(AS_YAML, BEFORE, AFTER["one value becomes two"])
    assert text == AS_YAML.replace(f"AWS: {CI}", f'AWS: ["{CI}", "{OPS}"]')
    laid_out = json.dumps(BEFORE, indent=2)
    longer = changed(laid_out, BEFORE, AFTER["one more value of a list"])
    expected = laid_out.replace('"sts:AssumeRole"', '"sts:AssumeRole",\n        "sts:TagSession"')
    assert longer == expected


IN_BLOCKS = """\
Statement:
- Effect: Allow
  Principal:
    AWS:
      - a   # the first
      # these are ours
      - b   # the second
  Condition:
    Bool:
      aws:SecureTransport: "true"   # over TLS
- Effect: Deny
  Principal: !Ref Somebody   # a function
# the end
"""
ALLOW: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"AWS": ["a", "b"]},
    "Condition": {"Bool": {"aws:SecureTransport": "true"}},
}
DENY: dict[str, Any] = {"Effect": "Deny", "Principal": "c"}


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("after", "line", "new"),
    [
        pytest.param(
            [ALLOW | {"Principal": {"AWS": ["a", "b", "c"]}}, DENY],
            "      - b   # the second\n",
            '      - "c"\n',
            id="one more value",
        ),
        pytest.param(
            [ALLOW | {"Condition": {"Bool": {"aws:SecureTransport": "true"}, "Null": {"k": "true"}}}, DENY],
            '      aws:SecureTransport: "true"   # over TLS\n',
            '    "Null": {"k": "true"}\n',
            id="one more key",
        ),
        pytest.param(
            [ALLOW, DENY | {"Action": "x"}, {"Effect": "Allow"}],
            "  Principal: !Ref Somebody   # a function\n",
            '  "Action": "x"\n- {"Effect": "Allow"}\n',
            id="one more key of the last statement, and one more statement",
        ),
    ],
)
def test_what_is_new_in_a_block_of_yaml_stands_on_a_line_behind_it(
    after: list[object], line: str, new: str, newline: str
) -> None:
    text = IN_BLOCKS.replace("\n", newline)
    expected = IN_BLOCKS.replace(line, line + new).replace("\n", newline)
    assert changed(text, {"Statement": [ALLOW, DENY]}, {"Statement": after}) == expected


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        pytest.param(
            "Condition: !If [Strict, {Bool: {a: b}}, {}]\n",
            {"Condition": {"Bool": {"a": "b"}}},
            {"Condition": {"Bool": {"a": "c"}}},
            id="a function with a tag is an object",
        ),
        pytest.param(
            '{"Condition": {"Fn::If": ["Strict", {"Bool": {"a": "b"}}, {}]}}',
            {"Condition": {"Bool": {"a": "b"}}},
            {"Condition": {"Bool": {"a": "b"}, "Null": {"c": "true"}}},
            id="a function with a key is an object",
        ),
        pytest.param(
            'Principal: {AWS: !Sub "arn:aws:iam::${Account}:user/ci"}\n',
            {"Principal": {"AWS": CI}},
            {"Principal": {"AWS": OPS}},
            id="a function of a template would change",
        ),
        pytest.param(
            "Principal:\n  AWS: {Ref: User}\nAction: a\n",
            {"Principal": {"AWS": CI}, "Action": "a"},
            {"Principal": "*", "Action": "a"},
            id="a function stands within what would change",
        ),
        pytest.param("A: &one [x]\nB: *one\n", {"A": ["x"], "B": ["x"]}, {"A": ["y"], "B": ["x"]}, id="an alias"),
    ],
)
def test_what_would_harm_is_not_done(text: str, before: object, after: object) -> None:
    assert changed(text, before, after) == text


def test_a_function_beside_what_changes_stays() -> None:
    text = 'Principal: {AWS: !Sub "x"}\nAction: a\n'
    known = {"Principal": {"AWS": CI}}
    assert changed(text, {**known, "Action": "a"}, {**known, "Action": ["a", "b"]}) == text.replace(
        "Action: a", 'Action: ["a", "b"]'
    )


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="RF"), max_size=6)
VALUES = st.recursive(
    TEXTS | st.booleans() | st.none() | st.integers(0, 99),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3)


@given(OBJECTS, OBJECTS, st.sampled_from([None, 1, 2]))
@example({"a": []}, {"a": ["b"]}, 2)
@example({"a": "b", "c": ["d"]}, {"a": "longer", "c": ["longer too", "e"]}, 2)
@example({"a": {"b": "c"}}, {"a": {"b": "c", "d": "e"}}, None)
def test_any_object_becomes_any_other_in_json(
    before: dict[str, Any], after: dict[str, Any], indent: int | None
) -> None:
    assert json.loads(changed(json.dumps(before, indent=indent), before, after)) == after


@given(OBJECTS, OBJECTS)
@example({"": {}}, {"": {}, "0": []})
def test_any_object_becomes_any_other_in_yaml(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Where a key stands behind a question mark, as an empty one does, nothing may be put beside it."""
    text = yaml.safe_dump(before, allow_unicode=True)
    if text.lstrip()[:1] in ("{", "["):
        return
    became = changed(text, before, after)
    if became == text and any(line.lstrip(" -").startswith("? ") for line in text.splitlines()):
        return
    assert yaml.safe_load(became) == after
