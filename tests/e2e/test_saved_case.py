"""A case that was gathered live says the same when it is replayed, and holds no credentials."""

import stat
from pathlib import Path

import pytest
from msgspec import Struct
from tests.cli.causes import but_for_files
from tests.cli.program import DENIED, Program, Run
from tests.e2e.accounts import Account, Keys, allow, deny, trust, write_profiles

SAME = (
    "verdict",
    "computed",
    "primary_cause",
    "certainty",
    "probe",
    "agreement",
    "blocking",
    "doubts",
    "causes",
    "unread",
    "fixes",
)


class SavedRun(Struct):
    """A live run and the file that it has written."""

    run: Run
    case: Path
    keys: tuple[Keys, ...]


@pytest.fixture(scope="module")
def saved_run(
    here: Account, there: Account, auditor: Keys, xdiag: Program, tmp_path_factory: pytest.TempPathFactory
) -> SavedRun:
    folder = tmp_path_factory.mktemp("saved")
    session = here.session("keeper", [allow(), deny("arn:aws:iam::222222222222:role/keeper-role")])
    role = there.role("keeper-role", [trust("111111111111")])
    files = write_profiles(folder, a=session, b=auditor)
    profiles = ("--source-profile", "a", "--dest-profile", "b", "--endpoint-url", here.url)
    case = folder / "case.json"
    saved = ("--save-case", case, "--output", "json")
    return SavedRun(xdiag("check", session.arn, role, *profiles, *saved, env=files), case, (session, auditor))


def test_a_replayed_case_says_the_same(saved_run: SavedRun, xdiag: Program) -> None:
    replayed = xdiag("check", "--case", saved_run.case, "--output", "json")
    assert saved_run.run.code == replayed.code == DENIED
    assert saved_run.run.report["agreement"] == "agrees"
    told, again = (but_for_files(run.report) for run in (saved_run.run, replayed))
    assert {key: again[key] for key in SAME} == {key: told[key] for key in SAME}


def test_a_changed_request_is_not_answered_by_the_kept_attempt(saved_run: SavedRun, xdiag: Program) -> None:
    replayed = xdiag("check", "--case", saved_run.case, "--external-id", "acme-42", "--output", "json")
    assert replayed.report["agreement"] == "not_made"


def test_a_case_file_is_its_owners_alone(saved_run: SavedRun) -> None:
    assert stat.S_IMODE(saved_run.case.stat().st_mode) == 0o600


def test_neither_the_case_nor_the_report_holds_credentials(saved_run: SavedRun) -> None:
    for written in (saved_run.case.read_text(), saved_run.run.out, saved_run.run.err):
        for keys in saved_run.keys:
            assert keys.secret not in written
            assert keys.access_key not in written
            assert not keys.token or keys.token not in written


def test_what_is_collected_says_the_same_without_an_attempt(
    saved_run: SavedRun, here: Account, xdiag: Program, tmp_path: Path
) -> None:
    files = write_profiles(tmp_path, a=saved_run.keys[0], b=saved_run.keys[1])
    profiles = ("--source-profile", "a", "--dest-profile", "b", "--endpoint-url", here.url)
    role = "arn:aws:iam::222222222222:role/keeper-role"
    collected = xdiag("collect", saved_run.keys[0].arn, role, *profiles, env=files)
    assert (collected.code, collected.err) == (0, "")
    replayed = xdiag("check", "--case", "-", "--output", "json", stdin=collected.out.encode())
    assert replayed.report["primary_cause"] == saved_run.run.report["primary_cause"]
    assert (replayed.report["probe"], replayed.report["attempt"]["why"]) == ("not_made", "")
    assert all(keys.secret not in collected.out and keys.access_key not in collected.out for keys in saved_run.keys)


def test_what_is_collected_for_others_names_nobody(
    saved_run: SavedRun, here: Account, xdiag: Program, tmp_path: Path
) -> None:
    files = write_profiles(tmp_path, a=saved_run.keys[0], b=saved_run.keys[1])
    profiles = ("--source-profile", "a", "--dest-profile", "b", "--endpoint-url", here.url)
    role, ticket = "arn:aws:iam::222222222222:role/keeper-role", tmp_path / "ticket.json"
    collected = xdiag("collect", saved_run.keys[0].arn, role, *profiles, "--redact", "--save-case", ticket, env=files)
    assert (collected.code, collected.out) == (0, "")
    assert [name for name in ("keeper", "222222222222") if name in ticket.read_text()] == []
    replayed = xdiag("check", "--case", ticket, "--output", "json")
    assert replayed.report["primary_cause"] == saved_run.run.report["primary_cause"]
