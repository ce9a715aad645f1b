"""Where in the files that were handed over a place of a policy stands."""

import json
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diagnose.collect.evidence.file_places import FilePlaces, PolicyFileText
from diagnose.collect.evidence.positions import spots_of, unquoted
from diagnose.model.policy import Policy, raw_document
from diagnose.model.trace import Layer

CALLER = "arn:aws:iam::111111111111:user/ci"
DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": CALLER}, "Action": "sts:AssumeRole"}],
}
POLICY = Policy("Deploy", raw_document(DOCUMENT))
POINTER = "/Statement/0/Principal/AWS"

AS_JSON = json.dumps(DOCUMENT, indent=2)
AS_TEXT = json.dumps({"Roles": [{"RoleName": "Deploy", "AssumeRolePolicyDocument": json.dumps(DOCUMENT)}]})
AS_YAML = f"""# the role
Version: "2012-10-17"
Statement:
- Effect: Allow
  Principal: {{AWS: "{CALLER}"}}
  Action: sts:AssumeRole
"""
IN_BLOCK = f"Policy: |\n  {json.dumps(DOCUMENT)}\nLast: 1\n"
WITH_FUNCTIONS = """
Resources:
  Role:
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${Account}:user/ci"}
            Action: {Ref: Act}
"""


def pointed_at(text: str, pointer: str = POINTER, policy: Policy = POLICY) -> str | None:
    """Give the text that a place covers."""
    place = FilePlaces([PolicyFileText(Path("file"), text)]).find(Layer.TRUST, policy, pointer)
    if place is None:
        return None
    lines = text.split("\n")[place.line - 1 : place.last_line]
    lines[-1] = lines[-1][: place.last_column - 1]
    lines[0] = lines[0][place.column - 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        pytest.param(AS_JSON, f'"{CALLER}"', id="a document in JSON"),
        pytest.param(AS_TEXT, CALLER, id="a document in a string of JSON"),
        pytest.param(AS_YAML, f'"{CALLER}"', id="a document in YAML"),
        pytest.param(IN_BLOCK, f"|\n  {json.dumps(DOCUMENT)}", id="a document in a block of YAML is the whole block"),
        pytest.param(WITH_FUNCTIONS, '!Sub "arn:aws:iam::${Account}:user/ci"', id="a function of a template"),
        pytest.param("not: [a policy", None, id="a file that is neither"),
        pytest.param(AS_JSON.replace("111111111111", "111111111112"), None, id="a file with another policy"),
        pytest.param("", None, id="an empty file"),
    ],
)
def test_a_place_of_a_policy_is_found_in_its_file(text: str, covered: str | None) -> None:
    found = pointed_at(text)
    assert found == (f'\\"{covered}\\"' if text == AS_TEXT else covered)


def test_what_the_policy_lacks_is_the_value_around_it() -> None:
    assert pointed_at(AS_YAML, "/Statement/0/Condition/Bool") == AS_YAML.partition("- ")[2].rstrip()


def test_a_percent_encoded_document_is_pointed_at_as_a_whole() -> None:
    text = json.dumps({"PolicyDocument": quote(json.dumps(DOCUMENT))})
    assert pointed_at(text) == json.dumps(quote(json.dumps(DOCUMENT)))


def test_a_part_that_is_not_known_agrees_with_whatever_stands_there() -> None:
    unknown = {**DOCUMENT, "Statement": [{**DOCUMENT["Statement"][0], "Action": {"xdiag:unknown": "a function"}}]}  # type: ignore[dict-item]  # the first statement is an object
    assert pointed_at(AS_JSON, policy=Policy("Deploy", raw_document(unknown))) == f'"{CALLER}"'


@pytest.mark.parametrize("name", ["Other", "Deploy", "Third"])
def test_of_several_that_say_the_same_the_one_with_the_name_counts(name: str) -> None:
    roles = [{"RoleName": one, "Doc": DOCUMENT} for one in ("Other", "Deploy", "Third")]
    text = json.dumps(roles, indent=1)
    policy = Policy(name, raw_document(DOCUMENT))
    place = FilePlaces([PolicyFileText(Path("roles.json"), text)]).find(Layer.TRUST, policy, POINTER)
    assert place is not None
    before = "\n".join(text.split("\n")[: place.line])
    assert before.count('"RoleName"') == ["Other", "Deploy", "Third"].index(name) + 1


def test_where_nothing_tells_which_of_several_it_is_none_is_pointed_at() -> None:
    roles = PolicyFileText(Path("roles.json"), json.dumps([{"RoleName": "A", "Doc": DOCUMENT}, {"Doc": DOCUMENT}]))
    assert FilePlaces([roles]).find(Layer.TRUST, POLICY, POINTER) is None
    one = PolicyFileText(Path("role.json"), json.dumps([{"RoleName": "A", "Doc": DOCUMENT}]))
    assert FilePlaces([one]).find(Layer.TRUST, POLICY, POINTER) is not None


def test_a_function_of_a_template_is_not_taken_for_every_policy() -> None:
    assert pointed_at("Bucket: {Ref: Name}\nOther: !GetAtt Deploy.Arn\n") is None


def test_a_file_for_another_layer_does_not_count() -> None:
    files = [PolicyFileText(Path("scp.json"), AS_JSON, Layer.SCP), PolicyFileText(Path("trust.json"), AS_JSON)]
    places = FilePlaces(files)
    assert getattr(places.find(Layer.TRUST, POLICY, POINTER), "uri", None) == "trust.json"
    assert getattr(places.find(Layer.SCP, POLICY, POINTER), "uri", None) == "scp.json"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        pytest.param("policies/a b#1.json", "policies/a%20b%231.json", id="relative"),
        pytest.param("/srv/trust.json", "file:///srv/trust.json", id="absolute"),
        pytest.param("../ü.json", "../%C3%BC.json", id="above, and not in ASCII"),
    ],
)
def test_a_file_is_named_by_its_uri(path: str, uri: str) -> None:
    place = FilePlaces([PolicyFileText(Path(path), AS_JSON)]).find(Layer.TRUST, POLICY, POINTER)
    assert place is not None
    assert (place.uri, place.relative) == (uri, not path.startswith("/"))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=12,
)


@given(JSON_VALUES, st.sampled_from([None, 0, 2]), st.booleans())
@example("\U0001f600x", None, True)
def test_every_value_of_json_stands_where_it_is_said_to(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    if text[0] not in '{["':
        return
    (spot,) = spots_of(text)
    assert json.loads(text[spot.start : spot.end]) == value
    if isinstance(value, dict) and isinstance(spot.content, dict):
        for key, member in spot.content.items():
            assert json.loads(text[member.start : member.end]) == value[key]
    if isinstance(value, str):
        assert spot.content == value
        inner, offsets = unquoted(spot, text)
        assert inner == value
        assert [json.loads(f'"{text[a:b]}"') for a, b in pairwise(offsets)] == list(value)


@given(st.text(alphabet='{}[]":,\\ \n!&*-ab1u', max_size=40))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    for spot in spots_of(text):
        assert 0 <= spot.start <= spot.end <= len(text)
    FilePlaces([PolicyFileText(Path("f"), text)]).find(Layer.TRUST, POLICY, POINTER)


def test_what_is_nested_too_deep_has_no_places() -> None:
    for text in ("[" * 100_000, '{"a":' * 100_000, "a: &a [*a]"):
        assert pointed_at(text) is None


@pytest.mark.parametrize(("statements", "there"), [(30_000, True), (60_000, False)])
def test_what_is_larger_than_any_policy_is_not_looked_for(statements: int, *, there: bool) -> None:
    large = Policy("Deploy", raw_document({"Statement": [{}] * statements}))
    text = json.dumps({"Statement": [{}] * statements}, separators=(",", ":"))
    assert (pointed_at(text, "", large) is not None) is there
