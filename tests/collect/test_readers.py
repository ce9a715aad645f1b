"""With whose credentials an account is read, and what is said where none of them belong to it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from diagnose.aws.calls import Refusal
from diagnose.aws.identity import Identity
from diagnose.collect.iam import IdentifiedCredentials, Reader, created_at, gap_about, reader_of, tags_of
from diagnose.model.evidence import Gap, Unread

HERE, THERE = "111111111111", "222222222222"


class _Named:
    """Credentials of which nothing but their name is asked."""

    def __init__(self, label: str) -> None:
        self.label = label


def held(label: str, account: str | Refusal) -> IdentifiedCredentials:
    named: Any = _Named(label)
    if isinstance(account, Refusal):
        return IdentifiedCredentials(named, account)
    return IdentifiedCredentials(named, Identity(f"arn:aws:iam::{account}:user/reader", account))


EXPIRED = Refusal(Gap.NO_CREDENTIALS, "ExpiredToken", "it has expired", answered=True, advice="sign in")
UNREACHED = Refusal(Gap.UNREACHABLE, "EndpointConnectionError", "no answer")


@pytest.mark.parametrize(
    ("own", "other", "label"),
    [
        pytest.param(held("own", HERE), held("other", HERE), "own", id="its own first"),
        pytest.param(held("own", THERE), held("other", HERE), "other", id="those of the other side"),
        pytest.param(held("own", EXPIRED), held("other", HERE), "other", id="its own do not work"),
        pytest.param(None, held("other", HERE), "other", id="none of its own"),
    ],
)
def test_an_account_is_read_with_credentials_that_belong_to_it(
    own: IdentifiedCredentials | None, other: IdentifiedCredentials, label: str
) -> None:
    reader = reader_of(HERE, own, other)
    assert isinstance(reader, Reader)
    assert (reader.credentials.label, reader.identity.account) == (label, HERE)


@pytest.mark.parametrize(
    ("own", "other", "gap"),
    [
        pytest.param(
            None,
            None,
            Unread(Gap.NO_CREDENTIALS, detail=f"no credentials were given for account {HERE}"),
            id="none at all",
        ),
        pytest.param(
            None,
            held("other", THERE),
            Unread(Gap.NO_CREDENTIALS, detail=f"no credentials were given for account {HERE}"),
            id="the other side's are of another account",
        ),
        pytest.param(
            held("profile `own`", THERE),
            held("other", EXPIRED),
            Unread(
                Gap.NO_CREDENTIALS,
                detail=f"with profile `own`, xdiag is arn:aws:iam::{THERE}:user/reader, in account {THERE}, not {HERE}",
            ),
            id="its own are of another account",
        ),
        pytest.param(
            held("profile `own`", EXPIRED),
            None,
            Unread(Gap.NO_CREDENTIALS, detail="with profile `own`: ExpiredToken: it has expired; sign in"),
            id="its own do not work",
        ),
        pytest.param(
            held("profile `own`", UNREACHED),
            held("other", THERE),
            Unread(Gap.UNREACHABLE, detail="with profile `own`: no answer"),
            id="AWS could not be asked",
        ),
    ],
)
def test_it_is_said_why_an_account_cannot_be_read(
    own: IdentifiedCredentials | None, other: IdentifiedCredentials | None, gap: Unread
) -> None:
    assert reader_of(HERE, own, other) == gap


@pytest.mark.parametrize(
    ("gap", "permission"), [(Gap.NO_CREDENTIALS, "iam:GetRole"), (Gap.UNREACHABLE, ""), (Gap.ACCESS_DENIED, "")]
)
def test_a_permission_is_named_where_credentials_are_missing(gap: Gap, permission: str) -> None:
    told = gap_about(Unread(gap, "x", "iam:GetUser", "why"), "role Deploy", "iam:GetRole")
    assert told == Unread(gap, "role Deploy", permission, "why")


def test_a_time_is_told_in_utc_to_the_second() -> None:
    there = timezone(timedelta(hours=2))
    assert created_at({"CreateDate": datetime(2024, 5, 7, 8, 9, 10, 500, tzinfo=UTC)}) == "2024-05-07T08:09:10Z"
    assert created_at({"CreateDate": datetime(2024, 5, 7, 8, 9, 10, tzinfo=there)}) == "2024-05-07T06:09:10Z"


def test_no_tags_are_none() -> None:
    assert tags_of({}) == {}
    assert tags_of({"Tags": [{"Key": "team", "Value": "a"}, {"Key": "b", "Value": ""}]}) == {"team": "a", "b": ""}
