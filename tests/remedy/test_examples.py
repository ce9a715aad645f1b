import json

import pytest
from tests.remedy.broken import propose, refusal
from tests.remedy.example import Example
from tests.remedy.examples import EXAMPLES

from diagnose.model.diagnosis import Proof
from diagnose.model.tri import NO
from diagnose.remedy.kinds import REMEDIES

SAID_ONLY = {
    "correct-source-arn",
    "use-identity",
    "renew-credentials",
    "use-own-credentials",
    "use-other-role",
    "drop-hop",
    "follow-error",
    "request-token",
    "wait-for-propagation",
    "ask-owner",
}


def named(example: Example) -> str:
    return f"{example.kind}: {example.name}"


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_a_remedy_is_shown_only_with_its_proof(example: Example) -> None:
    remedies = propose(example.kind, example.subject, example.case)
    assert [remedy.proof for remedy in remedies] == ([example.proof] if example.proof else [])


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.refused], ids=named)
def test_what_is_not_shown_is_refused_for_a_reason(example: Example) -> None:
    assert refusal(example.kind, example.subject, example.case) is example.refused


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.proof], ids=named)
def test_a_remedy_says_what_remains_unless_nothing_does(example: Example) -> None:
    (remedy,) = propose(example.kind, example.subject, example.case)
    assert bool(remedy.remaining) is (remedy.proof is Proof.CLEARS)


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.proof], ids=named)
def test_no_remedy_widens_to_everybody_or_everything(example: Example) -> None:
    (remedy,) = propose(example.kind, example.subject, example.case)
    for operation in json.loads(remedy.patch or "[]"):
        statements = operation["value"] if isinstance(operation.get("value"), dict) else {}
        if statements.get("Effect") == "Allow":
            assert statements.get("Resource") != "*"
            assert statements.get("Principal") not in ("*", {"AWS": "*"})
            assert not str(statements["Action"]).endswith("*")


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.proof], ids=named)
def test_no_remedy_is_shown_that_lets_in_somebody_else(example: Example) -> None:
    (remedy,) = propose(example.kind, example.subject, example.case)
    assert remedy.admits_nobody_else is not NO


def test_every_kind_has_an_example_that_holds() -> None:
    assert {one.kind for one in EXAMPLES if one.proof} == REMEDIES


def test_every_kind_that_edits_has_an_example_that_is_refused() -> None:
    assert {one.kind for one in EXAMPLES if one.proof is None} - SAID_ONLY == REMEDIES - SAID_ONLY


def test_an_unknown_kind_is_a_bug() -> None:
    with pytest.raises(ValueError, match="'widen'"):
        propose("widen", EXAMPLES[0].subject, EXAMPLES[0].case)
