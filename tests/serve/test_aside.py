"""Work beside the protocol: how much of it at once, for how long, and what becomes of its errors."""

import asyncio
from threading import Event

import pytest

from diagnose.errors import XdiagError
from diagnose.serve.aside import Aside

ONE_TOO_MANY = ("8 calls are running already", "wait until one of them is answered")


class Stop(BaseException):
    """What no one expects a call to raise."""


def test_eight_calls_run_at_once_and_the_next_has_to_wait_until_one_is_answered() -> None:
    go_on, aside = Event(), Aside(60)

    async def ask() -> tuple[XdiagError, list[bool], str]:
        running = [asyncio.create_task(aside.run(go_on.wait)) for _ in range(8)]
        await asyncio.sleep(0)
        with pytest.raises(XdiagError) as refused:
            await aside.run(lambda: "one too many")
        go_on.set()
        return refused.value, await asyncio.gather(*running), await aside.run(lambda: "next")

    refused, answers, following = asyncio.run(ask())
    assert (refused.message, refused.hint) == ONE_TOO_MANY
    assert (answers, following) == ([True] * 8, "next")


def test_a_call_that_was_given_up_counts_until_it_ends() -> None:
    go_on, ended, aside = Event(), Event(), Aside(0.05)

    def work() -> None:
        go_on.wait()
        ended.set()

    async def ask() -> list[XdiagError]:
        refused = await asyncio.gather(*[aside.run(work) for _ in range(8)], return_exceptions=True)
        with pytest.raises(XdiagError) as one_more:
            await aside.run(lambda: None)
        go_on.set()
        return [one for one in (*refused, one_more.value) if isinstance(one, XdiagError)]

    *given_up, one_more = asyncio.run(ask())
    hint = "give less evidence, or less time for AWS with `timeout`"
    assert [(one.message, one.hint) for one in given_up] == [("there was no answer within 0.05 seconds", hint)] * 8
    assert (one_more.message, one_more.hint) == ONE_TOO_MANY
    assert ended.wait(10)


@pytest.mark.parametrize("error", [XdiagError("no such file"), ValueError("a bug"), Stop()], ids=repr)
def test_what_a_call_raises_is_raised_where_it_is_waited_for_and_makes_room(error: BaseException) -> None:
    aside = Aside(60)

    def work() -> None:
        raise error

    async def ask() -> str:
        for _ in range(9):
            with pytest.raises(type(error)) as raised:
                await aside.run(work)
            assert raised.value is error
        return await aside.run(lambda: "next")

    assert asyncio.run(ask()) == "next"
