import time
from functools import partial

import pytest
from tests.aws.test_calls import Clients

from diagnose.aws.calls import Refusal, ask
from diagnose.aws.patience import Patience, at_once
from diagnose.model.evidence import Gap


def _slowly(seconds: float, result: object) -> object:
    time.sleep(seconds)
    return result


def test_steps_are_taken_at_once_and_keep_their_order() -> None:
    start = time.monotonic()
    assert at_once(partial(_slowly, 0.2, at) for at in range(8)) == list(range(8))
    assert time.monotonic() - start < 1


def test_what_a_step_raises_comes_out() -> None:
    with pytest.raises(ZeroDivisionError):
        at_once([lambda: 1 // 0])


def test_time_runs_out_for_all_steps_together_and_not_for_each() -> None:
    patience = Patience(0.5)
    start = time.monotonic()
    assert [patience.within(partial(_slowly, 0.3, 1)) for _ in range(3)] == [1, None, None]
    assert time.monotonic() - start < 0.8


def test_a_call_that_is_not_answered_in_time_is_a_gap_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    clients = Clients()
    clients.patience = Patience(0.1)
    monkeypatch.setattr(clients, "client", partial(_slowly, 2))
    refusal = ask(clients, "iam:GetUser")
    assert isinstance(refusal, Refusal)
    assert (refusal.gap, refusal.text) == (
        Gap.UNREACHABLE,
        "no answer to iam:GetUser within the 0.1 s that --timeout allows for all calls",
    )


def test_the_clock_starts_once_and_may_have_started_before() -> None:
    patience = Patience(100)
    patience.begin(time.monotonic() - 40)
    assert 59 < patience.left() <= 60
    patience.begin()
    assert 59 < patience.left() <= 60
    assert 99 < Patience(100).left() <= 100


def test_it_is_over_and_not_more_than_over() -> None:
    patience = Patience(1)
    patience.begin(time.monotonic() - 40)
    assert patience.left() == 0


def test_the_clock_stands_still_while_a_person_is_asked() -> None:
    patience = Patience(0.5)
    with patience.paused():
        time.sleep(0.6)
        assert 0.4 < patience.left() <= 0.5
    assert 0.4 < patience.left() <= 0.5
    time.sleep(0.6)
    assert patience.left() == 0


def test_nobody_waits_longer_than_there_is_time() -> None:
    start = time.monotonic()
    assert not Patience(0.1).wait(5)
    assert time.monotonic() - start < 2
    assert Patience(100).wait(0)
