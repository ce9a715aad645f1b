"""A side that no file is about is read live, and a side that one is about is not."""

from itertools import count
from pathlib import Path

import pytest
from tests.cli.program import DENIED, UNDETERMINED, Program
from tests.e2e.accounts import Account, Keys, allow, document, trust, write_profiles

_NUMBERS = count()


@pytest.fixture
def source(here: Account) -> Keys:
    return here.user(f"filer-{next(_NUMBERS)}", [allow()])


def test_the_callers_side_is_read_beside_the_roles_file(
    here: Account, there: Account, source: Keys, xdiag: Program, tmp_path: Path
) -> None:
    """The file is not what the emulator holds, so that it shows where the answer is from."""
    role = there.role(f"filed-{next(_NUMBERS)}", [trust(source.arn)])
    (tmp_path / "trust.json").write_text(document(trust("333333333333")))
    files = write_profiles(tmp_path, a=source)
    flags = ("--source-profile", "a", "--endpoint-url", here.url, "--no-probe", "--output", "json")
    run = xdiag("check", source.arn, role, *flags, "--trust-policy", tmp_path / "trust.json", env=files)
    verdicts = {layer["layer"]: layer["verdict"] for layer in run.report["layers"]}
    assert (run.code, run.report["layer"], verdicts["identity"]) == (DENIED, "trust", "allowed"), run.err


def test_the_roles_side_is_read_beside_the_callers_file(
    there: Account, source: Keys, auditor: Keys, xdiag: Program, tmp_path: Path
) -> None:
    role = there.role(f"filed-{next(_NUMBERS)}", [trust(source.arn)])
    (tmp_path / "may.json").write_text(document(allow()))
    files = write_profiles(tmp_path, b=auditor)
    flags = ("--dest-profile", "b", "--endpoint-url", there.url, "--output", "json")
    run = xdiag("check", source.arn, role, *flags, "--identity-policy", tmp_path / "may.json", env=files)
    decided = [layer for layer in run.report["layers"] if layer["action"] == "sts:AssumeRole"]
    verdicts = {layer["layer"]: layer["verdict"] for layer in decided}
    assert (run.code, verdicts["trust"], verdicts["identity"]) == (UNDETERMINED, "allowed", "allowed"), run.err
    assert run.report["agreement"] == "not_made", run.report["attempt"]
