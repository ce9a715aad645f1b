"""A check-up finds out by reading what may be read: that there is no such thing proves the permission, too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.aws.accounts import HERE, THERE, Accounts, in_process
from tests.aws.imitation import RECORDED

from diagnose.aws.patience import Patience
from diagnose.aws.providers import Wallet
from diagnose.aws.session import open_credentials
from diagnose.aws.way import proxy_to, seconds_behind
from diagnose.collect.checkup import Doors, Examined, examine
from diagnose.collect.permissions import permissions_of
from diagnose.model.arn import parse_caller, parse_role
from diagnose.model.checkup import Access, Checkup, Side, SignIn, Trial, clock_accepted
from diagnose.model.pod import POD_IDENTITY
from diagnose.model.tri import NO, UNKNOWN, YES
from diagnose.report.checkup import checkup_text


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    """Two accounts that refuse nothing, in which the source and the role do not exist."""
    with in_process(tmp_path, monkeypatch) as accounts:
        accounts.profile_of_session("here", f"arn:aws:iam::{HERE}:role/Reader")
        accounts.profile_of_session("there", f"arn:aws:iam::{THERE}:role/Reader")
        yield accounts


ISSUER = "https://oidc.eks.eu-west-1.amazonaws.com/id/1122334455667788990011223344AABB"


def _examined(source_arn: str, ahead: timedelta = timedelta()) -> Checkup:
    role = parse_role(f"arn:aws:iam::{THERE}:role/Deploy")
    doors = Doors("eu-west-1", None, Patience(30), Wallet())
    examined = Examined("here", "there", None, parse_caller(source_arn), role)
    return examine(examined, doors, lambda: datetime.now(UTC) + ahead)


@pytest.mark.parametrize("source", ["user/ci", "role/Ci"])
def test_what_is_not_there_may_be_read(accounts: Accounts, source: str) -> None:
    checkup = _examined(f"arn:aws:iam::{HERE}:{source}")
    tried = {access.side: access for access in checkup.accesses}
    for side in (Side.SOURCE, Side.DESTINATION):
        assert tried[side].trials
        # moto does not know what AWS recorded of denials: `test_authorization` has it.
        known = [trial for trial in tried[side].trials if trial.action not in RECORDED]
        assert {trial.action: (trial.answer, trial.why) for trial in known} == {
            trial.action: (YES, "") for trial in known
        }
    assert checkup.sound
    other_kinds = {"user/ci": ("Role",), "role/Ci": ("User", "Group")}[source]
    assert not [
        trial.action for trial in tried[Side.SOURCE].trials if any(kind in trial.action for kind in other_kinds)
    ]


def test_every_action_of_a_side_is_tried_for_one_kind_of_caller_or_another(accounts: Accounts) -> None:
    for side in (Side.SOURCE, Side.DESTINATION):
        tried = {
            trial.action
            for source in (f"arn:aws:iam::{HERE}:user/ci", f"arn:aws:iam::{HERE}:role/Ci", POD_IDENTITY, ISSUER)
            for access in _examined(source).accesses
            if access.side is side
            for trial in access.trials
        }
        assert tried == {permission.action for permission in permissions_of(side)}


@pytest.mark.parametrize(
    ("source", "side"),
    [
        pytest.param(f"arn:aws:iam::{HERE}:user/ci", None, id="a user has no cluster"),
        pytest.param("lambda.amazonaws.com", None, id="nor has another service"),
        pytest.param(POD_IDENTITY, Side.DESTINATION, id="the associations are in the role's account"),
        pytest.param(ISSUER, Side.SOURCE, id="the cluster of a token is in the source's"),
    ],
)
def test_clusters_are_tried_for_pods_alone(accounts: Accounts, source: str, side: Side | None) -> None:
    tried = {access.side: [each.action for each in access.trials] for access in _examined(source).accesses}
    assert {each for each, actions in tried.items() if any(action.startswith("eks:") for action in actions)} == (
        {side} if side else set()
    )


@pytest.mark.parametrize("behind", [0, 90, -90, 400, -400])
def test_the_clock_is_compared_with_aws(accounts: Accounts, behind: int) -> None:
    credentials = open_credentials("here", None, None)
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    date = (now + timedelta(seconds=behind)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    credentials.identity = {"ResponseMetadata": {"HTTPHeaders": {"date": date}}}
    assert seconds_behind(credentials, now) == behind
    assert clock_accepted(behind) is (abs(behind) < 300)


def test_each_sign_in_says_how_far_the_clock_is_off(accounts: Accounts) -> None:
    checkup = _examined(f"arn:aws:iam::{HERE}:user/ci", ahead=timedelta(hours=1))
    offs = [each.behind for each in checkup.sign_ins]
    assert len(offs) == 2
    assert all(off is not None and -3660 < off < -3540 for off in offs)
    assert not checkup.sound


@pytest.mark.parametrize("answer", [None, {}, {"ResponseMetadata": {"HTTPHeaders": {"date": "soon"}}}])
def test_an_answer_without_a_time_says_nothing_of_the_clock(accounts: Accounts, answer: dict[str, object]) -> None:
    credentials = open_credentials("here", None, None)
    credentials.identity = answer
    assert seconds_behind(credentials, datetime.now(UTC)) is None


def test_a_proxy_counts_for_its_scheme_and_not_for_what_is_excepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "someone:hunter2@proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", "sts.eu-west-1.amazonaws.com")
    assert proxy_to("https://sts.us-east-1.amazonaws.com") == "proxy.example.com:3128"
    assert proxy_to("https://sts.eu-west-1.amazonaws.com") == ""


_FINE = SignIn("profile `ours`", arn=f"arn:aws:iam::{HERE}:user/ci", account=HERE, temporary=False, behind=0)


def _checkup(*accesses: Access, sign_in: SignIn = _FINE) -> Checkup:
    return Checkup((sign_in,), accesses)


@pytest.mark.parametrize(
    ("checkup", "sound"),
    [
        (_checkup(Access(Side.SOURCE, "x", trials=(Trial("iam:GetUser", YES),))), True),
        (_checkup(Access(Side.SOURCE, "x", trials=(Trial("iam:GetUser", NO),))), False),
        (_checkup(Access(Side.SOURCE, "x", trials=(Trial("iam:GetUser", UNKNOWN),))), False),
        (_checkup(Access(Side.DESTINATION, "x", unusable="no")), False),
        (_checkup(Access(Side.ORGANIZATION, "x", trials=(Trial("organizations:ListRoots", NO),))), True),
        (_checkup(sign_in=SignIn("x", "no")), False),
        (_checkup(sign_in=SignIn("x", behind=400)), False),
    ],
)
def test_sound_is_what_can_be_read_whole_on_both_sides(checkup: Checkup, sound: bool) -> None:
    assert checkup.sound is sound


def test_a_report_shows_hostile_names_harmlessly_and_says_how_to_read_an_organization() -> None:
    sign_in = SignIn("profile `x\x1b[31m`", "no\x1b]0;title\x07", behind=400)
    refused = Access(Side.ORGANIZATION, "x\x1b[2J", trials=(Trial("organizations:ListRoots", NO, "AccessDenied"),))
    text = checkup_text(_checkup(refused, sign_in=sign_in))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "--org-profile" in text
    assert "`xdiag permissions --for organization`" in text
    assert max(map(len, text.splitlines())) <= 120
