"""What AWS documents, asked of xdiag: a world with one thing changed, and the answer that the documentation gives.

`blockers` lists everything that stands in the way, each as `layer`, `layer explicit` or `gate name`, followed by the
action where that is a companion. `reason`, `element` and `key` name a comparison that must be found in what
denies, or anywhere where nothing does.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from diagnose.causes.rule_yaml import read_yaml
from diagnose.evaluate.decision import decide
from diagnose.model.trace import COMPANIONS, Blocker, Decision, ElementTrace, LayerTrace, Reason
from diagnose.model.tri import NO, UNKNOWN, YES
from tests.cases import FIXTURES, case

VERDICTS = {"allowed": YES, "denied": NO, "undetermined": UNKNOWN}


class KnownAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    world: str
    verdict: str
    source: str
    change: dict[str, Any] = {}
    blockers: list[str] = []
    reason: Reason | None = None
    element: str = ""
    key: str = ""
    note: str = ""


def _read() -> Iterator[tuple[str, KnownAnswer]]:
    for path in sorted((FIXTURES / "cases").glob("*.yaml")):
        for entry in read_yaml(path).several():
            yield path.stem, msgspec.convert(entry.typed(), KnownAnswer)


ANSWERS = list(_read())


@pytest.mark.parametrize("answer", [pytest.param(each, id=f"{topic}: {each.name}") for topic, each in ANSWERS])
def test_the_answer_is_the_documented_one(answer: KnownAnswer) -> None:
    decision = decide(case(answer.world, answer.change))
    told = (decision.verdict, sorted(map(_words, decision.blockers)))
    assert told == (VERDICTS[answer.verdict], sorted(answer.blockers))
    if answer.reason or answer.element or answer.key:
        found = list(_comparisons(decision))
        assert any(_fits(answer, *each) for each in found), found


def test_there_are_many_known_answers_each_with_a_name_and_a_source() -> None:
    names = [answer.name for _, answer in ANSWERS]
    assert len(names) >= 250
    assert [name for name in sorted(set(names)) if names.count(name) > 1] == []
    assert [answer.name for _, answer in ANSWERS if not answer.source.startswith("https://")] == []


def test_the_known_answers_ask_for_each_verdict_and_blockers_go_with_denials() -> None:
    for verdict, least in (("allowed", 100), ("denied", 100), ("undetermined", 25)):
        assert len([answer for _, answer in ANSWERS if answer.verdict == verdict]) >= least
    for _, answer in ANSWERS:
        assert bool(answer.blockers) is (answer.verdict == "denied"), answer.name


def _words(blocker: Blocker) -> str:
    where = blocker.layer or f"gate {blocker.gate}"
    action = blocker.action if blocker.action in COMPANIONS else None
    return " ".join(filter(None, (where, "explicit" if blocker.explicit else "", action)))


def _comparisons(decision: Decision) -> Iterator[tuple[Reason, str, str]]:
    """Give reason, element and key of each comparison in what denies, or of every one where nothing does."""
    blocking = {(blocker.action, blocker.layer) for blocker in decision.blockers}
    for gate in decision.gates:
        if gate.verdict is not YES:
            yield gate.reason, "", ""
    for action in decision.actions:
        for layer in action.layers:
            if not decision.blockers or (action.action, layer.layer) in blocking:
                yield from ((each.reason, each.element, each.key) for each in _elements(layer))


def _elements(layer: LayerTrace) -> Iterator[ElementTrace]:
    for level in layer.levels:
        for statement in level.statements:
            yield from statement.elements


def _fits(answer: KnownAnswer, reason: Reason, element: str, key: str) -> bool:
    return (
        answer.reason in (None, reason) and answer.element in ("", element) and answer.key.lower() in ("", key.lower())
    )
