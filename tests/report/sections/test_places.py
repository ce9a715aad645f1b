import json

import pytest
from msgspec import Raw
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.diagnosis import Excerpt
from diagnose.model.policy import Policy, PolicyKind, raw_document
from diagnose.model.trace import Layer
from diagnose.report.blocks import Paragraph, Snippet
from diagnose.report.sections.places import locate, pointed_at, policy_name

CASE = EVERY["allowed"](NAMES).case
DOCUMENT = raw_document({"Statement": [{"Sid": "One", "Effect": "Allow"}, {"Effect": "Deny"}]})
POLICY = Policy("Team", DOCUMENT)


@pytest.mark.parametrize(
    ("layer", "policy", "level", "name"),
    [
        pytest.param(Layer.TRUST, POLICY, "", "trust policy of Deploy", id="trust"),
        pytest.param(Layer.IDENTITY, POLICY, "", "inline policy `Team`", id="inline"),
        pytest.param(
            Layer.IDENTITY,
            Policy("Team", DOCUMENT, PolicyKind.MANAGED, attached_to="group devs", version="v3"),
            "",
            "managed policy `Team` (v3) of group devs",
            id="managed, from a group",
        ),
        pytest.param(
            Layer.IDENTITY,
            Policy("Team", DOCUMENT, attached_to="group <b>"),
            "",
            "inline policy `Team` of group `<b>`",
            id="from a group with a hostile name",
        ),
        pytest.param(Layer.BOUNDARY, POLICY, "", "permissions boundary `Team`", id="boundary"),
        pytest.param(Layer.SESSION, POLICY, "", "session policy `Team`", id="session"),
        pytest.param(Layer.SCP, POLICY, "Root", "service control policy `Team` at `Root`", id="SCP"),
        pytest.param(Layer.RCP, POLICY, "Root", "resource control policy `Team` at `Root`", id="RCP"),
        pytest.param(Layer.ENDPOINT, POLICY, "", "VPC endpoint policy `Team`", id="endpoint"),
    ],
)
def test_a_policy_is_named_by_its_layer(layer: Layer, policy: Policy, level: str, name: str) -> None:
    assert policy_name(layer, policy, level, CASE) == name


@pytest.mark.parametrize(
    ("document", "pointer", "words"),
    [
        pytest.param(DOCUMENT, "/Statement/0/Effect", "statement 1 `One`, line 5, column 17", id="with a Sid"),
        pytest.param(DOCUMENT, "/Statement/1", "statement 2, line 7, column 5", id="without a Sid"),
        pytest.param(DOCUMENT, "/Statement/7", "statement 8, line 2, column 3", id="that is not there"),
        pytest.param(DOCUMENT, "", "line 1, column 1", id="the whole document"),
        pytest.param(
            raw_document({"Statement": {"Sid": "Lone"}}),
            "/Statement/0",
            "statement 1 `Lone`, line 2, column 3",
            id="lone",
        ),
        pytest.param(
            raw_document({"Statement": {"Sid": "Lone"}}),
            "/Statement/Sid",
            "statement 1 `Lone`, line 3, column 12",
            id="lone, and pointed at without a number",
        ),
        pytest.param(DOCUMENT, "/Statement", "line 2, column 3", id="all statements"),
        pytest.param(Raw(b'"{ broken"'), "/Statement/0", "statement 1, line 1, column 3", id="no JSON"),
        pytest.param(raw_document([]), "/Statement/0", "statement 1, line 1, column 1", id="no object"),
        pytest.param(
            raw_document({"Statement": ["x"]}), "/Statement/0", "statement 1, line 3, column 5", id="no statement"
        ),
    ],
)
def test_a_place_is_told_by_statement_line_and_column(document: Raw, pointer: str, words: str) -> None:
    found = locate(Excerpt(Layer.TRUST, Policy("t", document), pointer), CASE)
    assert str(found) == f"trust policy of Deploy, {words}"


def test_places_of_one_policy_are_drawn_together() -> None:
    excerpts = [
        Excerpt(Layer.TRUST, POLICY, "/Statement/0/Sid", "related", primary=False),
        Excerpt(Layer.SCP, POLICY, "/Statement/1", "elsewhere", primary=False),
        Excerpt(Layer.TRUST, POLICY, "/Statement/0/Effect", "primary"),
    ]
    blocks = pointed_at(excerpts, CASE)
    assert [block.text.split(",")[0] for block in blocks if isinstance(block, Paragraph)] == [
        "In the trust policy of Deploy",
        "Compare the service control policy `Team`",
    ]
    assert [len(block.marks) for block in blocks if isinstance(block, Snippet)] == [2, 1]


def test_a_document_that_is_no_json_is_said_to_be_none() -> None:
    blocks = pointed_at([Excerpt(Layer.TRUST, Policy("t", Raw(json.dumps("{ x").encode())), "")], CASE)
    assert blocks[0] == Paragraph(
        "In the trust policy of Deploy, line 1, column 3, in a document that is not valid JSON:"
    )
