"""Accounts that everybody knows are no secret, and the answer about them stays the same."""

import pytest
from tests import cases

from diagnose.cli.redaction import deciding
from diagnose.loading import load_rules
from diagnose.pipeline import diagnose
from diagnose.report.redact.redact import redact


@pytest.mark.parametrize("account", ["123456789012", "464622532012"])
def test_an_account_that_everybody_knows_stays(account: str) -> None:
    rules = load_rules(())
    case = cases.case("cross-account", trust_policy=cases.trust(cases.allow({"AWS": account})))
    diagnosis = diagnose(case, rules)
    redacted = redact(diagnosis, deciding(rules))
    assert [one.rule for one in redacted.findings] == [one.rule for one in diagnosis.findings]
    assert account in redacted.findings[0].explanation
    assert "111111111111" not in redacted.findings[0].explanation
