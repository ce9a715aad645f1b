"""What a user lives through with two accounts: the cause, the fix, and the proof that it was the fix."""

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from tests.cli.causes import lineage
from tests.cli.program import ALLOWED, DENIED, NOTHING_GATHERED, UNDETERMINED, Program, Run
from tests.e2e.accounts import Account, Keys, allow, document, trust, write_profiles

_NUMBERS = count(1)
STRANGER = "arn:aws:iam::111111111112:user/deployer"


class Story(Struct):
    """A user that may assume every role, a role that names somebody else, and a command that asks why."""

    xdiag: Program
    there: Account
    folder: Path
    source: Keys
    role_arn: str

    def check(self, *arguments: str | Path, source: Keys | None, destination: Keys | None, output: str = "json") -> Run:
        """Run `xdiag check` with these keys in the two profiles."""
        files = write_profiles(self.folder, a=source, b=destination)
        profiles = ("--source-profile", "a", "--dest-profile", "b", "--endpoint-url", self.there.url)
        return self.xdiag("check", self.source.arn, self.role_arn, *profiles, *arguments, "--output", output, env=files)

    def apply(self, report: dict[str, Any]) -> None:
        """Do what the first fix of a report says, as the owner of the role."""
        fix = report["fixes"][report["causes"][0]["fixes"][0] - 1]
        assert fix["owner"] == "destination"
        name = self.role_arn.rpartition("/")[2]
        assert fix["policy_name"] == name
        self.there.iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(fix["document"]))


@pytest.fixture
def story(here: Account, there: Account, xdiag: Program, tmp_path: Path) -> Story:
    number = next(_NUMBERS)
    source = here.user(f"deployer-{number}", [allow()])
    role_arn = there.role(f"Deploy-{number}", [trust(STRANGER)])
    return Story(xdiag, there, tmp_path, source, role_arn)


def test_the_named_fix_makes_the_same_command_say_allowed(story: Story, auditor: Keys) -> None:
    before = story.check(source=story.source, destination=auditor)

    assert before.code == DENIED
    assert "trust-principal-other-account" in lineage(before.report["primary_cause"])
    assert before.report["certainty"] == "certain"
    # Who could be asked about organizations and endpoints is not known.
    assert (before.report["visibility_source"], before.report["visibility_destination"]) == ("partial", "partial")
    assert before.report["probe"] == "access_denied"
    assert before.report["agreement"] == "agrees"

    story.apply(before.report)
    after = story.check(source=story.source, destination=auditor)

    assert after.code == ALLOWED
    assert after.report["verdict"] == "allowed"
    assert after.report["probe"] == "assumed"
    # Organizations and endpoints were not looked at, and AWS's answer settles what they would have left open.
    assert after.report["computed"] == "undetermined"
    assert after.report["agreement"] == "settles"


def test_the_answer_says_that_aws_agrees(story: Story, auditor: Keys) -> None:
    run = story.check(source=story.source, destination=auditor, output="text")
    assert "answer from  AWS; the policies say the same" in run.out
    assert STRANGER in run.out
    assert story.source.arn in run.out


@pytest.mark.parametrize("reader", [pytest.param(None, id="no credentials"), pytest.param("blind", id="no access")])
def test_the_source_alone_learns_what_is_certain_and_what_is_missing(
    story: Story, there: Account, reader: str | None
) -> None:
    run = story.check("--no-probe", source=story.source, destination=_blind(there) if reader else None)

    assert run.code == UNDETERMINED
    assert (run.report["visibility_source"], run.report["visibility_destination"]) == ("partial", "none")
    assert "trust-policy-unread" in lineage(run.report["primary_gap"])
    assert [layer["verdict"] for layer in run.report["layers"] if layer["layer"] == "identity"] == ["allowed"]
    assert "iam:GetRole" in [gap["permission"] for gap in run.report["gaps"]]
    assert run.report["attempt"]["why"] == "it was disabled with --no-probe"


def test_the_source_alone_learns_what_the_trust_policy_must_contain(story: Story) -> None:
    text = story.check("--no-probe", "--full", source=story.source, destination=None, output="text").out
    assert f'"AWS": "{story.source.arn}"' in text
    assert '"Action": "sts:AssumeRole"' in text


def test_the_source_alone_learns_from_the_attempt(story: Story) -> None:
    before = story.check(source=story.source, destination=None)
    assert (before.code, before.report["agreement"]) == (DENIED, "settles")
    assert "trust-policy-unread" in lineage(before.report["primary_gap"])

    story.there.iam.update_assume_role_policy(
        RoleName=story.role_arn.rpartition("/")[2], PolicyDocument=_trusting(story.source.arn)
    )
    after = story.check(source=story.source, destination=None)
    assert (after.code, after.report["agreement"]) == (ALLOWED, "settles")


def test_the_destination_alone_is_diagnosed_still(story: Story, auditor: Keys) -> None:
    run = story.check(source=None, destination=auditor)
    assert run.code == DENIED
    assert "trust-principal-other-account" in lineage(run.report["primary_cause"])
    assert (run.report["visibility_source"], run.report["visibility_destination"]) == ("none", "partial")
    assert run.report["probe"] == "not_made"
    assert "profile `a`" in run.report["attempt"]["why"]


def test_with_neither_side_nothing_can_be_said(story: Story) -> None:
    run = story.check(source=None, destination=None)
    assert run.code == NOTHING_GATHERED
    assert run.out == ""
    assert run.err.startswith("xdiag: nothing could be read on either side\n")
    assert "Traceback" not in run.err


def test_somebody_elses_credentials_are_not_tried(story: Story, here: Account, auditor: Keys) -> None:
    other = here.user(f"other-{next(_NUMBERS)}", [allow()])
    story.there.iam.update_assume_role_policy(
        RoleName=story.role_arn.rpartition("/")[2], PolicyDocument=_trusting(other.arn)
    )
    run = story.check(source=other, destination=auditor)
    assert run.report["probe"] == "not_made"
    assert run.report["agreement"] == "not_made"
    assert other.arn in run.report["attempt"]["why"]
    assert run.code == DENIED
    text = story.check(source=other, destination=auditor, output="text").out
    assert other.arn in text.replace("\n", "").replace(" ", "")


def _blind(there: Account) -> Keys:
    """Somebody in the role's account who may read nothing."""
    keys = there.user(f"blind-{next(_NUMBERS)}")
    there.iam.delete_user_policy(UserName=keys.arn.rpartition("/")[2], PolicyName="own")
    return keys


def _trusting(arn: str) -> str:
    return document(trust(arn))
