"""How long a session may last: what shortens it, and what a longer maximum cannot change."""

import pytest
from msgspec.structs import replace
from tests.remedy.broken import broken, propose, refusal

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Reason, Subject


def _asked(world: str, seconds: int, **more: object) -> Case:
    return broken(world, request={"parameters": {"duration_seconds": seconds}}, **more)


def _over_the_maximum(case: Case) -> Subject:
    return Subject(gate=next(one for one in decide(case).gates if one.reason is Reason.OVER_ROLE_MAXIMUM))


def test_a_longer_maximum_is_no_remedy_for_a_role_that_chains() -> None:
    case = _asked("cross-account-role", 7200)
    assert refusal("raise-role-maximum", _over_the_maximum(case), case) is NotProved.CHANGES_NOTHING


def test_a_longer_maximum_is_a_remedy_for_a_user() -> None:
    case = _asked("cross-account", 7200)
    assert len(propose("raise-role-maximum", _over_the_maximum(case), case)) == 1


def test_a_longer_maximum_may_help_where_nobody_knows_how_the_user_signed_in() -> None:
    case = _asked("cross-account", 7200, session={"origin": {"evidence": "unread"}})
    assert len(propose("raise-role-maximum", _over_the_maximum(case), case)) == 1


def test_a_role_that_chains_asks_for_an_hour_whatever_the_maximum() -> None:
    case = _asked("cross-account-role", 10_000, role={"value": {"max_session_seconds": {"value": 7200}}})
    [remedy] = propose("shorten-duration", _over_the_maximum(case), case)
    assert remedy.flags == ("--duration-seconds", "3600")


@pytest.mark.parametrize(
    ("world", "message", "shown"),
    [
        pytest.param("cross-account", "exceeds the MaxSessionDuration set for this role", True, id="the maximum"),
        pytest.param(
            "cross-account", "exceeds the 1 hour session limit for roles assumed by role chaining", False, id="chaining"
        ),
        pytest.param("cross-account-role", "exceeds the MaxSessionDuration set for this role", False, id="it chains"),
    ],
)
def test_an_error_about_the_duration_is_answered_with_a_longer_maximum_where_that_can_help(
    world: str, message: str, shown: bool
) -> None:
    case = replace(broken(world), message=f"The requested DurationSeconds {message}.")
    assert bool(propose("raise-role-maximum", Subject(), case)) is shown
