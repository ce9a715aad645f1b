"""Which question is asked: that of the flags, or that of a profile."""

from pathlib import Path
from typing import Any

import pytest

from diagnose.cli.asked import AskedFlags
from diagnose.cli.case_flags import CaseFlags, EvidenceFlags
from diagnose.cli.question import _profile
from diagnose.cli.request import RequestFlags

NOTHING: Any = {"source_arn": None, "role_arn": None, "request": RequestFlags(), "evidence": EvidenceFlags()}


@pytest.mark.parametrize(
    ("flags", "asked_about"),
    [
        pytest.param({}, "dev", id="nothing"),
        pytest.param({"request": RequestFlags(external_id="x")}, "dev", id="what the request carries"),
        pytest.param({"source_arn": "arn:aws:iam::111111111111:user/ci"}, "", id="a source"),
        pytest.param({"role_arn": "arn:aws:iam::222222222222:role/Deploy"}, "", id="a role"),
        pytest.param({"forms": AskedFlags(message="x")}, "", id="an error"),
        pytest.param({"evidence": EvidenceFlags(case_file=Path("case.json"))}, "", id="a case"),
        pytest.param({"evidence": EvidenceFlags(details=[Path("dump.json")])}, "", id="a dump"),
        pytest.param({"forms": AskedFlags(profile="prod")}, "prod", id="another profile"),
        pytest.param(
            {"forms": AskedFlags(profile="prod"), "source_arn": "x", "role_arn": "y"},
            "prod",
            id="another profile, and more",
        ),
    ],
)
def test_the_profile_of_the_environment_is_asked_about_where_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch, flags: dict[str, Any], asked_about: str
) -> None:
    for name in ("AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_PROFILE", "dev")
    name, _ = _profile(CaseFlags(**{**NOTHING, **flags}))
    assert name == asked_about
