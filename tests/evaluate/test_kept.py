"""What is kept of what was worked out: what comes again, no longer than what it was made of, and never too much."""

import gc
from typing import Any

import pytest
from msgspec.structs import replace
from tests.evaluate.cases import HOME, STS, case, trusts

from diagnose.batch import decide_many
from diagnose.evaluate import kept
from diagnose.evaluate.decision import verdict
from diagnose.evaluate.kept import Kept, keep_beside
from diagnose.evaluate.statement import Statement
from diagnose.evaluate.views import SourceView, destination_view, source_view
from diagnose.model.case import Case
from diagnose.model.policy import PolicySet
from diagnose.model.tri import NO, YES


def fresh(number: int) -> Case:
    """Make a case whose documents nobody has seen before."""
    return case(trust=[trusts({"AWS": HOME}, Sid=f"Trust{number}")], identity=[STS | {"Sid": f"Own{number}"}])


def alive(kind: type) -> int:
    return sum(isinstance(each, kind) for each in gc.get_objects())


def test_what_comes_once_is_not_kept() -> None:
    gc.collect()
    before = alive(Statement), alive(SourceView)
    assert set(decide_many(fresh(number) for number in range(300))) == {YES}
    assert (alive(Statement), alive(SourceView)) == before


def test_nothing_is_kept_beside_sides_that_come_once() -> None:
    before = alive(SourceView)
    cases = [fresh(number) for number in range(4000, 4050)]
    assert set(decide_many(cases)) == {YES}
    assert alive(SourceView) == before


def test_what_comes_again_is_worked_out_once() -> None:
    one = fresh(1000)
    views = [(source_view(one), destination_view(one)) for _ in range(4)]
    assert len({id(source) for source, _ in views[1:]}) == 1
    assert len({id(destination) for _, destination in views[1:]}) == 1


def test_what_is_kept_of_a_side_goes_with_it_without_waiting_for_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    before = alive(SourceView)
    for number in range(2000, 2050):
        one = fresh(number)
        assert [verdict(one) for _ in range(3)] == [YES, YES, YES]
    del one
    after = alive(SourceView)
    gc.enable()
    assert after == before


def test_a_side_that_is_changed_is_worked_out_anew() -> None:
    one = fresh(3000)
    assert [verdict(one) for _ in range(3)] == [YES, YES, YES]
    source = replace(one.snapshot.source, identity_policies=PolicySet())
    assert verdict(replace(one, snapshot=replace(one.snapshot, source=source))) is NO


def test_an_object_that_is_everybodys_holds_no_more_than_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST_BESIDE", 3)
    beside: dict[str, Any] = {}
    for number in range(10):
        keep_beside(beside, f"{number}", number)
        keep_beside(beside, f"{number}", number)
        assert beside[f"{number}"] == number
    assert len(beside) <= 3


def test_content_is_kept_from_its_second_time_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST_KEPT", 2)
    monkeypatch.setattr(kept, "_MOST_MARKED", 4)
    held: Kept[str] = Kept()
    assert [held.offer("a", "first"), held.find("a")] == ["first", None]
    assert [held.offer("a", "second"), held.find("a")] == ["second", "second"]
    for content in "bcdefg":
        held.offer(content, content)
        held.offer(content, content)
        assert held.find(content) == content
    assert sum(held.find(content) is not None for content in "abcdefg") <= 2
