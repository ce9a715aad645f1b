"""What is not known of a document is not known of a redacted one either, and what it depends on is not given away."""

import msgspec
from tests.cases import BUILDER, case
from tests.report.redact.proof import proving

from diagnose.evaluate.decision import decide
from diagnose.model.policy import UNKNOWN_PART
from diagnose.report.redact.redact import redact_case


def test_an_unknown_part_stays_one() -> None:
    statements = [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": {UNKNOWN_PART: "the import `our-hub`"}}},
        {"Effect": "Deny", "Action": "sts:AssumeRole", "Principal": "*", "Condition": {UNKNOWN_PART: "our-condition"}},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": BUILDER}},
    ]
    trust = {"value": {"document": {"Version": "2012-10-17", "Statement": statements}}}
    given = case("cross-account", {"snapshot": {"destination": {"trust_policy": trust}}})
    redacted = redact_case(given, proving())
    before, after = decide(given), decide(redacted)
    assert (after.verdict, after.problems) == (before.verdict, ())
    assert b"our-" not in msgspec.json.encode(redacted)
