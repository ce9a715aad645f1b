"""A case that was gathered live says the same when it is replayed, and holds no credentials."""

import stat
from pathlib import Path

import pytest
from msgspec import Struct
from tests.cli.program import DENIED, Program, Run
from tests.e2e.accounts import Account, Keys, allow, deny, trust, write_profiles

SAME = ("verdict", "computed", "primary_cause", "certainty", "probe", "agreement", "blocking", "doubts", "causes")


class Memo(Struct):
    """A live run and the file that it has written."""

    run: Run
    case: Path
    keys: tuple[Keys, ...]


@pytest.fixture(scope="module")
def kept(
    here: Account, there: Account, auditor: Keys, xdiag: Program, tmp_path_factory: pytest.TempPathFactory
) -> Memo:
    folder = tmp_path_factory.mktemp("kept")
    session = here.session("keeper", [allow(), deny("arn:aws:iam::222222222222:role/keeper-role")])
    role = there.role("keeper-role", [trust("111111111111")])
    files = write_profiles(folder, a=session, b=auditor)
    profiles = ("--source-profile", "a", "--dest-profile", "b", "--endpoint-url", here.url)
    case = folder / "case.json"
    saved = ("--save-case", case, "--output", "json")
    return Memo(xdiag("check", session.arn, role, *profiles, *saved, env=files), case, (session, auditor))


def test_a_replayed_case_says_the_same(kept: Memo, xdiag: Program) -> None:
    replayed = xdiag("check", "--case", kept.case, "--output", "json")
    assert kept.run.code == replayed.code == DENIED
    assert kept.run.report["agreement"] == "agrees"
    assert {key: replayed.report[key] for key in SAME} == {key: kept.run.report[key] for key in SAME}


def test_a_changed_request_is_not_answered_by_the_kept_attempt(kept: Memo, xdiag: Program) -> None:
    replayed = xdiag("check", "--case", kept.case, "--external-id", "acme-42", "--output", "json")
    assert replayed.report["agreement"] == "not_made"


def test_a_case_file_is_its_owners_alone(kept: Memo) -> None:
    assert stat.S_IMODE(kept.case.stat().st_mode) == 0o600


def test_neither_the_case_nor_the_report_holds_credentials(kept: Memo) -> None:
    for written in (kept.case.read_text(), kept.run.out, kept.run.err):
        for keys in kept.keys:
            assert keys.secret not in written
            assert keys.access_key not in written
            assert not keys.token or keys.token not in written


def test_what_is_collected_says_the_same_without_an_attempt(
    kept: Memo, here: Account, xdiag: Program, tmp_path: Path
) -> None:
    files = write_profiles(tmp_path, a=kept.keys[0], b=kept.keys[1])
    profiles = ("--source-profile", "a", "--dest-profile", "b", "--endpoint-url", here.url)
    role = "arn:aws:iam::222222222222:role/keeper-role"
    collected = xdiag("collect", kept.keys[0].arn, role, *profiles, env=files)
    assert (collected.code, collected.err) == (0, "")
    replayed = xdiag("check", "--case", "-", "--output", "json", stdin=collected.out.encode())
    assert replayed.report["primary_cause"] == kept.run.report["primary_cause"]
    assert (replayed.report["probe"], replayed.report["attempt"]["why"]) == ("not_made", "")
    assert all(keys.secret not in collected.out and keys.access_key not in collected.out for keys in kept.keys)


def test_what_is_collected_for_others_names_nobody(kept: Memo, here: Account, xdiag: Program, tmp_path: Path) -> None:
    files = write_profiles(tmp_path, a=kept.keys[0], b=kept.keys[1])
    profiles = ("--source-profile", "a", "--dest-profile", "b", "--endpoint-url", here.url)
    role, ticket = "arn:aws:iam::222222222222:role/keeper-role", tmp_path / "ticket.json"
    collected = xdiag("collect", kept.keys[0].arn, role, *profiles, "--redact", "--save-case", ticket, env=files)
    assert (collected.code, collected.out) == (0, "")
    assert [name for name in ("keeper", "222222222222") if name in ticket.read_text()] == []
    replayed = xdiag("check", "--case", ticket, "--output", "json")
    assert replayed.report["primary_cause"] == kept.run.report["primary_cause"]
