"""Of what is allowed it is said why, as far as policies were read that allow it."""

from tests.cases import case
from tests.report.diagnoses import EVERY, NAMES

from diagnose.loading import load_rules
from diagnose.model.diagnosis import Verdict
from diagnose.pipeline import diagnose
from diagnose.report.blocks import Paragraph, Snippet
from diagnose.report.sections.verdict import verdict_section

UNREAD = {"gap": "access_denied"}


def test_what_the_trust_policy_and_the_callers_own_say_is_what_allows_it() -> None:
    (section,) = verdict_section(EVERY["allowed"](NAMES))
    assert section.title == "What allows it"
    assert [block.text for block in section.blocks if isinstance(block, Paragraph)] == [
        "The trust policy names the role.",
        "In the trust policy of Deploy, statement 1 `LetCiIn`, line 8, column 16 (`/Statement/0/Principal/AWS`):",
        "In the inline policy `AssumeDeploy`, statement 1, line 7, column 19 (`/Statement/0/Resource`):",
    ]
    marks = [mark for block in section.blocks if isinstance(block, Snippet) for mark in block.marks]
    assert [mark.label for mark in marks] == ["lets the caller in", "lets the caller assume this role"]


def test_of_what_is_not_allowed_nothing_is_said() -> None:
    assert verdict_section(EVERY["wrong-principal"](NAMES)) == ()


def test_where_aws_alone_says_that_it_is_allowed_no_heading_stands_alone() -> None:
    unread = {
        "snapshot": {
            "source": {"identity_policies": {"policies": [], "unread": [UNREAD]}},
            "destination": {"trust_policy": {"evidence": "unread", **UNREAD}},
        },
        "probe": {"outcome": "assumed"},
    }
    diagnosis = diagnose(case("cross-account", unread), load_rules())
    assert diagnosis.verdict is Verdict.ALLOWED
    assert verdict_section(diagnosis) == ()
