"""In which order causes are told."""

from pathlib import Path
from typing import Any

import pytest
from tests.causes.given import BUILDER, ID, MFA, allow, told, trust


@pytest.mark.parametrize(
    ("change", "texts", "order"),
    [
        pytest.param(
            trust(allow(BUILDER, Condition=ID | MFA)) | {"request": {"unknown": ["sts:ExternalId"]}},
            {
                "a_id": "when: [{condition: {key: sts:ExternalId}}]",
                "b_mfa": "when: [{condition: {key: aws:MultiFactorAuthPresent}}]",
            },
            ["b-mfa", "a-id"],
            id="certain before possible",
        ),
        pytest.param(
            trust(allow(BUILDER, Condition=ID), allow(BUILDER, Condition=ID | MFA)),
            {
                "a_helps": "when: [{condition: {key: aws:MultiFactorAuthPresent}}]",
                "b_turns": "when: [{condition: {key: sts:ExternalId, alone: true}}]",
            },
            ["b-turns", "a-helps"],
            id="what alone would turn the answer before what only helps",
        ),
        pytest.param(
            trust(allow(BUILDER, Condition=ID | MFA)),
            {
                "a_general": "when: [{condition: {key: sts:ExternalId}}]",
                "b_specific": "when: [{condition: {key: aws:MultiFactorAuthPresent}}]\ninstead_of: a-general",
            },
            ["b-specific", "a-general"],
            id="specific before general",
        ),
        pytest.param(
            trust(allow(BUILDER, Condition=ID | MFA)),
            {
                "a_policy": "when: [{condition: {key: sts:ExternalId}}]\nowner: destination",
                "b_request": "when: [{condition: {key: aws:MultiFactorAuthPresent}}]\nowner: caller",
            },
            ["b-request", "a-policy"],
            id="what the request can change before somebody else's policy",
        ),
        pytest.param(
            {"request": {"parameters": {"external_id": "other"}}},
            {
                "a_request": "when: [{caller: {kind: user}}]\nowner: caller",
                "b_policy": "when: [{condition: {key: sts:ExternalId}}]\nowner: destination",
            },
            ["b-policy", "a-request"],
            id="but only where it is as likely",
        ),
        pytest.param(
            trust(allow(BUILDER, Condition=ID)) | {"request": {"parameters": {"duration_seconds": 7200}}},
            {
                "a_condition": "when: [{condition: {key: sts:ExternalId}}]",
                "b_gate": "when: [{gate: {gate: duration}}]",
            },
            ["b-gate", "a-condition"],
            id="what is checked before any policy comes first",
        ),
        pytest.param(
            trust() | {"request": {"unknown": ["aws:SourceIp"]}},
            {"a_gap": "when: [{caller: {}}]\nowner: xdiag", "b_cause": "when: [{layer: {}}, {match: {}}]"},
            ["b-cause", "a-gap"],
            id="what could not be read comes after what is certain",
        ),
    ],
)
def test_causes_are_told_in_order(tmp_path: Path, change: Any, texts: dict[str, str], order: list[str]) -> None:
    assert [cause.finding.rule for cause in told(tmp_path, "cross-account", change, **texts)] == order
