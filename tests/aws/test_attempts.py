"""A call that did not go through is made again: how often, after what, and that nothing is lost meanwhile."""

import time
from collections.abc import Iterator
from os import environ
from typing import Any

import pytest
from botocore.retries import standard
from tests.aws.imitation import Imitation, serve
from tests.aws.test_calls import Clients
from tests.cases import case
from tests.fuzz.fuzz_answers import home

from diagnose.aws.attempts import Hope, attempts, hope_after, wait_after
from diagnose.aws.calls import Refusal, ask
from diagnose.aws.patience import Patience
from diagnose.aws.session import open_credentials
from diagnose.collect.live import read_snapshot
from diagnose.model.case import Case, Snapshot


@pytest.fixture
def unset() -> Iterator[None]:
    """A machine whose configuration says nothing of attempts."""
    with home():
        del environ["AWS_MAX_ATTEMPTS"]
        yield


def _read(whole: Case, *, throttled: bool) -> Snapshot:
    aws = Imitation(whole, throttled=throttled, size=100)
    source = whole.snapshot.source.arn
    arns = (source, "arn:aws:iam::222222222222:user/reader", "arn:aws:iam::999999999999:user/reader")
    here, there, org = sides = [open_credentials(name, None, None) for name in ("here", "there", "org")]
    for side, arn in zip(sides, arns, strict=True):
        serve(side, lambda arn=arn: (aws, arn))  # type: ignore[misc]
    return read_snapshot(whole.request, source, here, there, org, progress=lambda _: None, now="")


@pytest.mark.usefixtures("unset")
@pytest.mark.parametrize("world", ["guarded", "organization", "cross-account-role"])
def test_a_reading_of_which_every_third_call_is_throttled_loses_nothing(world: str) -> None:
    assert _read(case(world), throttled=True) == _read(case(world), throttled=False)


class _Refusing:
    """A client that answers every call with an error."""

    def __init__(self, code: str, status: int, *, times: int = 99) -> None:
        self.made = 0
        self._error, self._status, self._times = {"Code": code, "Message": "no"}, status, times

    def get_caller_identity(self) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        self.made += 1
        if self.made > self._times:
            return {"Account": "111111111111"}
        answered: Any = {"Error": self._error, "ResponseMetadata": {"HTTPStatusCode": self._status}}
        raise ClientError(answered, "GetCallerIdentity")


def _ask(client: _Refusing, *, configured: int | None, seconds: float = 30) -> object:
    clients: Any = Clients()
    clients.attempts, clients.patience, clients.client = configured, Patience(seconds), lambda _: client
    return ask(clients, "sts:GetCallerIdentity")


@pytest.mark.parametrize(
    ("code", "status", "configured", "made"),
    [
        pytest.param("Throttling", 400, None, 12, id="throttled: many times"),
        pytest.param("Throttling", 400, 2, 2, id="throttled: as often as is configured"),
        pytest.param("ACodeOfTomorrow", 429, 4, 4, id="throttled by the status alone"),
        pytest.param("InternalFailure", 500, None, 3, id="a failure of the service: three times"),
        pytest.param("", 503, None, 3, id="a page of somebody else, who is out of service: three times"),
        pytest.param("", 404, None, 1, id="a page of somebody else: once"),
        pytest.param("AccessDenied", 403, None, 1, id="a denial: once"),
        pytest.param("AccessDenied", 403, 5, 1, id="a denial: once, whatever is configured"),
        pytest.param("ExpiredToken", 403, None, 1, id="expired: once"),
    ],
)
def test_how_often_a_call_is_made_depends_on_why_it_was_refused(
    monkeypatch: pytest.MonkeyPatch, code: str, status: int, configured: int | None, made: int
) -> None:
    monkeypatch.setattr("diagnose.aws.calls.wait_after", lambda _: 0)
    client = _Refusing(code, status)
    assert isinstance(_ask(client, configured=configured), Refusal)
    assert client.made == made


def test_the_first_answer_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diagnose.aws.calls.wait_after", lambda _: 0)
    client = _Refusing("Throttling", 400, times=7)
    assert _ask(client, configured=None) == {"Account": "111111111111"}
    assert client.made == 8


def test_no_attempt_is_made_after_the_time_is_over_and_the_last_word_of_aws_is_kept() -> None:
    start = time.monotonic()
    refusal = _ask(_Refusing("Throttling", 400), configured=99, seconds=0.5)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "Throttling"
    assert time.monotonic() - start < 1


def test_where_no_time_is_left_the_refusal_names_the_call_and_the_time() -> None:
    client = _Refusing("Throttling", 400)
    refusal = _ask(client, configured=1, seconds=0)
    assert isinstance(refusal, Refusal)
    assert refusal.text == "no answer to sts:GetCallerIdentity within the 0 s that --timeout allows for all calls"
    assert (client.made, refusal.answered) == (0, False)


def test_the_environment_and_the_profile_say_how_often(unset: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_credentials("here", None, None).attempts is None
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    assert open_credentials("here", None, None).attempts == 5


_BOTOCORE: Any = standard
# Of databases, and of quotas that no waiting changes.
_OF_OTHERS = {"LimitExceededException", "ProvisionedThroughputExceededException", "TransactionInProgressException"}


@pytest.mark.parametrize("code", sorted({*_BOTOCORE.ThrottledRetryableChecker._THROTTLED_ERROR_CODES} - _OF_OTHERS))
def test_what_botocore_knows_as_throttling_is_tried_again(code: str) -> None:
    hope = Hope.LATER if code == "PriorRequestNotComplete" else Hope.SOON
    assert hope_after(code, 400) is hope


def test_what_botocore_knows_to_pass_is_tried_again() -> None:
    for code in (*_BOTOCORE.TransientRetryableChecker._TRANSIENT_ERROR_CODES, "InternalFailure"):
        assert hope_after(code, 400) is Hope.LATER
    for status in _BOTOCORE.TransientRetryableChecker._TRANSIENT_STATUS_CODES:
        assert hope_after("", status) is Hope.LATER
    for status in (400, 403, 404, 501, 505):
        assert hope_after("LimitExceededException", status) is Hope.NONE


def test_what_is_not_known_to_pass_is_not_tried_again() -> None:
    assert hope_after("ACodeOfTomorrow", 400) is Hope.NONE
    assert attempts(Hope.NONE, 5) == 1


def test_waits_get_longer_and_differ() -> None:
    waits = [[wait_after(attempt) for attempt in range(1, 13)] for _ in range(20)]
    assert len({wait for each in waits for wait in each}) == 240
    assert all(each[0] < 0.05 < 0.3 < each[5] < each[11] <= 2 for each in waits)
