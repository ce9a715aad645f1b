"""What is kept of what was worked out: what comes again, no longer than what it was made of, and never too much."""

import gc

import pytest
from msgspec.structs import replace
from tests.evaluate.cases import HOME, STS, case, trusts

from diagnose.batch import decide_many
from diagnose.evaluate import memo as memo_module
from diagnose.evaluate.decision import verdict
from diagnose.evaluate.document import Statement
from diagnose.evaluate.memo import Memo, ObjectMemo
from diagnose.evaluate.sides import SourceView, destination_view, source_view
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


def test_of_an_object_the_value_of_the_latest_key_is_remembered_from_its_second_time_on() -> None:
    memo: ObjectMemo[str] = ObjectMemo()
    everybodys, other = PolicySet(), PolicySet()
    assert [memo.offer(everybodys, "a", "first"), memo.find(everybodys, "a")] == ["first", None]
    assert [memo.offer(everybodys, "a", "second"), memo.find(everybodys, "a")] == ["second", "second"]
    assert (memo.find(everybodys, "b"), memo.find(other, "a")) == (None, None)
    assert [memo.offer(everybodys, "b", "third"), memo.find(everybodys, "b")] == ["third", None]
    memo.offer(everybodys, "b", "fourth")
    assert (memo.find(everybodys, "a"), memo.find(everybodys, "b")) == (None, "fourth")


def test_what_is_remembered_of_an_object_never_becomes_that_of_another_in_its_place() -> None:
    """New objects lie where others have just been, so that only their going can tell them apart."""
    memo: ObjectMemo[int] = ObjectMemo()
    places = set()
    for number in range(100):
        one = PolicySet()
        places.add(id(one))
        assert memo.find(one, "") is None
        assert [memo.offer(one, "", number) for _ in range(2)] == [number, number]
        assert memo.find(one, "") == number
        del one
    assert len(places) < 100


def test_content_is_remembered_from_its_second_time_on_up_to_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo_module, "_MOST_BYTES", 250)
    monkeypatch.setattr(memo_module, "_BYTES_OF_EACH", 100)
    monkeypatch.setattr(memo_module, "_MOST_MARKED", 4)
    texts: Memo[str] = Memo(bytes_of_one=1)
    assert [texts.offer("a", "first", 1), texts.find("a")] == ["first", None]
    assert [texts.offer("a", "second", 1), texts.find("a")] == ["second", "second"]
    for content in "bcdefg":
        for _ in range(2):
            texts.offer(content, content, 1)
        assert texts.find(content) == content
        assert sum(texts.find(each) is not None for each in "abcdefg") <= 2
    for _ in range(2):
        texts.offer("long", "long", 49)
    assert [each for each in (*"abcdefg", "long") if texts.find(each)] == ["g", "long"]
    for _ in range(2):
        texts.offer("longer", "longer", 151)
    assert [each for each in (*"abcdefg", "long", "longer") if texts.find(each)] == ["g", "long"]
