"""What is set for an account or the organization is read where no flag says otherwise."""

from pathlib import Path

import pytest

from diagnose.cli.case_flags import LiveFlags
from diagnose.cli.configured import configured

SET = 'timeout = 5\norg-profile = "management"\n[accounts]\n111111111111 = "ours"\n222222222222 = "theirs"\n'


@pytest.mark.parametrize(
    ("written", "flags", "asked"),
    [
        pytest.param("", LiveFlags(), LiveFlags(), id="nothing is set"),
        pytest.param(
            SET,
            LiveFlags(),
            LiveFlags(source_profile="ours", dest_profile="theirs", org_profile="management", timeout=5.0),
            id="all is set",
        ),
        pytest.param(
            SET,
            LiveFlags(source_profile="a", dest_profile="b", org_profile="c", timeout=2.5),
            LiveFlags(source_profile="a", dest_profile="b", org_profile="c", timeout=2.5),
            id="flags go first",
        ),
        pytest.param(
            SET.replace("timeout = 5\n", "").replace('222222222222 = "theirs"\n', ""),
            LiveFlags(),
            LiveFlags(source_profile="ours", org_profile="management"),
            id="some is set",
        ),
    ],
)
def test_each_is_filled_in_where_no_flag_says_it(
    written: str, flags: LiveFlags, asked: LiveFlags, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "xdiag.toml").write_text(written)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert configured(flags, "111111111111", "222222222222") == asked
