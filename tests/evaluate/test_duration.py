"""How long: `DurationSeconds` against the role's maximum and against one hour in a chain."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.evaluate.cases import (
    GAP,
    ROLE,
    SERVICE,
    SESSION,
    USER,
    case,
    gate,
)

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case, Origin, Parameters, Via
from diagnose.model.evidence import Known
from diagnose.model.trace import Gate, Reason
from diagnose.model.trace_words import asked_words, offered_words
from diagnose.model.tri import NO, UNKNOWN, Tri


def told(one: Case, which: Gate) -> list[tuple[Tri, Reason, str, str]]:
    return [(trace.verdict, trace.reason, asked_words(trace), offered_words(trace)) for trace in gate(one, which)]


def sending(**parameters: Any) -> Parameters:
    return Parameters(**({"session_name": "nightly"} | parameters))


def user_of_unknown_credentials(**more: Any) -> Case:
    one = case(USER, **more)
    source = one.snapshot.source
    unknown = replace(source, session=replace(source.session, origin=GAP))
    return replace(one, snapshot=replace(one.snapshot, source=unknown))


HOUR = (NO, Reason.OVER_CHAINING_LIMIT, "3600")


@pytest.mark.parametrize(
    ("seconds", "more", "found"),
    [
        pytest.param(None, {"source": SESSION, "max_session": Known(3600)}, [], id="the default never fails"),
        pytest.param(3600, {"source": SESSION, "max_session": Known(3600)}, [], id="an hour in a chain"),
        pytest.param(3601, {"source": SESSION}, [HOUR], id="more than an hour in a chain"),
        pytest.param(3601, {"source": ROLE}, [HOUR], id="a role is always a session"),
        pytest.param(3601, {"origin": Origin.GET_SESSION_TOKEN}, [HOUR], id="a user's session counts as chaining"),
        pytest.param(3601, {"source": SESSION, "origin": Origin.EC2}, [HOUR], id="an instance's credentials"),
        pytest.param(43200, {}, [], id="a user may ask for twelve hours"),
        pytest.param(
            7200, {"max_session": Known(3600)}, [(NO, Reason.OVER_ROLE_MAXIMUM, "3600")], id="over the maximum"
        ),
        pytest.param(7200, {"max_session": Known(7200)}, [], id="the maximum itself"),
        pytest.param(
            7201,
            {"source": SESSION, "max_session": Known(7200)},
            [HOUR, (NO, Reason.OVER_ROLE_MAXIMUM, "7200")],
            id="both",
        ),
        pytest.param(7200, {"max_session": GAP}, [(UNKNOWN, Reason.OVER_ROLE_MAXIMUM, "")], id="a maximum not read"),
        pytest.param(7200, {"role_evidence": GAP}, [(UNKNOWN, Reason.OVER_ROLE_MAXIMUM, "")], id="a role not read"),
        pytest.param(3600, {"max_session": GAP}, [], id="an hour is always within the maximum"),
        pytest.param(
            7200, {"via": Via.CONSOLE, "origin": Origin.CONSOLE, "max_session": Known(3600)}, [], id="console"
        ),
        pytest.param(43200, {"source": SERVICE, "max_session": Known(3600)}, [], id="services are not limited"),
    ],
)
def test_the_duration_is_held_against_its_limits(
    seconds: int | None, more: dict[str, Any], found: list[tuple[Tri, Reason, str]]
) -> None:
    one = case(parameters=sending(duration_seconds=seconds), **more)
    assert [(verdict, why, wanted) for verdict, why, wanted, _ in told(one, Gate.DURATION)] == found


def test_credentials_of_unknown_origin_may_be_chained() -> None:
    one = user_of_unknown_credentials(parameters=sending(duration_seconds=7200))
    assert told(one, Gate.DURATION) == [(UNKNOWN, Reason.OVER_CHAINING_LIMIT, "3600", "7200")]
    assert decide(one).verdict is UNKNOWN
