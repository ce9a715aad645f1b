"""In which order causes are told."""

from pathlib import Path
from typing import Any

import pytest
from tests.cases import DEPLOY
from tests.causes.given import BUILDER, DENY, ID, MFA, allow, case, identity, rules, told, trust

from diagnose.causes.findings import explain
from diagnose.causes.gather import gather_facts
from diagnose.causes.match import by_name, match_rule
from diagnose.causes.ranking import is_enough_to_fix, select
from diagnose.evaluate.decision import decide
from diagnose.loading import load_rules
from diagnose.model.diagnosis import Finding
from diagnose.pipeline import diagnose

REFUSED = (
    "An error occurred (AccessDenied) when calling the AssumeRole operation: "
    "User: arn:aws:iam::111111111111:user/builder is not authorized "
    "to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/Deploy"
)
MAY_DENY = DENY | {"Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}


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
            trust(allow(BUILDER, Condition=ID)) | {"request": {"parameters": {"session_name": "no spaces"}}},
            {
                "a_condition": "when: [{condition: {key: sts:ExternalId}}]",
                "b_gate": "when: [{gate: {gate: parameters}}]",
            },
            ["b-gate", "a-condition"],
            id="what is checked before any policy comes first",
        ),
        pytest.param(
            trust(allow(BUILDER, Condition=ID)) | {"request": {"parameters": {"duration_seconds": 7200}}},
            {
                "a_gate": "when: [{gate: {gate: duration}}]\nowner: caller",
                "b_condition": "when: [{condition: {key: sts:ExternalId}}]\nowner: destination",
            },
            ["b-condition", "a-gate"],
            id="what is checked after the policies comes after them",
        ),
        pytest.param(
            {
                "request": {"parameters": {"duration_seconds": 7200}},
                "message": REFUSED,
                "snapshot": {"destination": {"trust_policy": {"evidence": "unread"}}},
            },
            {
                "a_gate": "when: [{gate: {gate: duration}}]\nowner: caller",
                "b_gap": "when: [{gap: {kind: layer, what: trust}}]\nowner: xdiag",
            },
            ["b-gap", "a-gate"],
            id="a session too long is not what AWS refused as not authorized",
        ),
        pytest.param(
            trust(allow(BUILDER, Condition=ID))
            | {
                "request": {"parameters": {"duration_seconds": 7200}},
                "message": "An error occurred (ValidationError) when calling the AssumeRole operation: The requested "
                "DurationSeconds exceeds the MaxSessionDuration set for this role.",
            },
            {
                "a_gate": "when: [{gate: {gate: duration}}]\nowner: caller",
                "b_condition": "when: [{condition: {key: sts:ExternalId}}]\nowner: destination",
            },
            ["a-gate", "b-condition"],
            id="unless AWS said so",
        ),
        pytest.param(
            {
                "snapshot": {
                    "source": {"identity_policies": {"policies": {"0": {"document": {"Statement": {"1": MAY_DENY}}}}}},
                    "destination": {"trust_policy": {"evidence": "unread"}},
                },
                "request": {"unknown": ["aws:SourceIp"]},
            },
            {
                "a_gap": "when: [{gap: {kind: layer, what: trust}}]\nowner: xdiag",
                "b_deny": "when: [{condition: {effect: deny, holds: true}}]\nowner: source",
            },
            ["b-deny", "a-gap"],
            id="a Deny that was read before what nobody can tell",
        ),
        pytest.param(
            {
                "snapshot": {
                    "source": {
                        "identity_policies": {
                            "policies": {"0": {"document": {"Statement": {"0": {"Condition": ID}}}}},
                            "unread": [{"evidence": "unread", "gap": "access_denied"}],
                        }
                    },
                },
            },
            {
                "a_gap": "when: [{gap: {kind: layer, what: identity}}]\nowner: xdiag",
                "b_unmet": "when: [{condition: {effect: allow, alone: true}}]\nowner: source",
            },
            ["b-unmet", "a-gap"],
            id="a condition that is certainly not met before what nobody can tell",
        ),
        pytest.param(
            {
                "request": {"parameters": {"duration_seconds": 7200}},
                "snapshot": {"destination": {"role": {"evidence": "unread"}, "trust_policy": {"evidence": "unread"}}},
            },
            {
                "a_gap": "when: [{gap: {kind: layer, what: trust}}]\nowner: xdiag",
                "b_gate": "when: [{gate: {gate: duration}}]\nowner: caller",
            },
            ["a-gap", "b-gate"],
            id="but not a limit that nobody read",
        ),
        pytest.param(
            trust(allow(BUILDER, Condition=ID))
            | {"request": {"unknown": ["sts:ExternalId"]}, "message": REFUSED}
            | {
                "snapshot": {
                    **trust(allow(BUILDER, Condition=ID))["snapshot"],
                    "source": {"boundary": {"evidence": "unread"}},
                }
            },
            {
                "a_gap": "when: [{gap: {kind: layer, what: boundary}}]\nowner: xdiag",
                "b_id": "when: [{condition: {key: sts:ExternalId}}]\nowner: destination",
            },
            ["b-id", "a-gap"],
            id="a condition that may not be met before a guardrail that nobody read",
        ),
        pytest.param(
            trust(),
            {"a_gap": "when: [{caller: {}}]\nowner: xdiag", "b_cause": "when: [{role: {}}]"},
            ["b-cause", "a-gap"],
            id="what could not be read comes after what is certain",
        ),
    ],
)
def test_causes_are_told_in_order(tmp_path: Path, change: Any, texts: dict[str, str], order: list[str]) -> None:
    assert [cause.finding.rule for cause in told(tmp_path, "cross-account", change, **texts)] == order


LONG = {"request": {"parameters": {"duration_seconds": 7200, "external_id": "acme-42"}}}
NO_STS = {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}


def scps(**policies: list[dict[str, Any]]) -> dict[str, Any]:
    """Put one more policy at some levels: the root of the organization is `level0`."""
    levels = {
        level.removeprefix("level"): {
            "policies": {
                "policies": {"1": {"name": level, "kind": "scp", "document": {"Statement": statements}}},
            }
        }
        for level, statements in policies.items()
    }
    return {"snapshot": {"source": {"scps": {"value": levels}}}}


S3 = {"document": {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}}
ONLY_S3 = {
    "snapshot": {"source": {"scps": {"value": {place: {"policies": {"policies": {"0": S3}}} for place in ("0", "1")}}}}
}


@pytest.mark.parametrize(
    ("world", "change", "when", "answer"),
    [
        pytest.param("cross-account", trust(allow(BUILDER), DENY), "{statement: {}}", True, id="the only Deny"),
        pytest.param(
            "cross-account", trust(allow(BUILDER), DENY, DENY), "{statement: {}}", False, id="one Deny of two"
        ),
        pytest.param(
            "cross-account", trust(DENY), "{statement: {effect: deny}}", False, id="a Deny where nothing allows"
        ),
        pytest.param("organization", scps(level0=[NO_STS]), "{statement: {}}", True, id="an SCP"),
        pytest.param(
            "organization", scps(level0=[NO_STS], level1=[NO_STS]), "{statement: {}}", False, id="SCPs at two levels"
        ),
        pytest.param("organization", ONLY_S3, "{layer: {layer: scp, level: Root}}", False, id="two levels"),
        pytest.param(
            "cross-account", trust(allow(BUILDER, Condition=ID)), "{condition: {}}", True, id="the only condition"
        ),
        pytest.param(
            "cross-account",
            trust(allow(BUILDER, Condition=ID | MFA)),
            "{condition: {key: sts:ExternalId}}",
            False,
            id="one condition of two",
        ),
        pytest.param(
            "cross-account",
            trust(allow(BUILDER, Condition=ID), DENY),
            "{condition: {}}",
            False,
            id="a condition where a Deny applies, too",
        ),
        pytest.param("cross-account", trust(), "{layer: {layer: trust}}", True, id="a whole layer"),
        pytest.param(
            "cross-account",
            trust() | {"snapshot": {**trust()["snapshot"], **identity()["snapshot"]}},
            "{layer: {layer: trust}}",
            False,
            id="one layer of two",
        ),
        pytest.param("cross-account", LONG, "{gate: {}}", True, id="the only gate"),
        pytest.param(
            "cross-account",
            {"request": {"parameters": {"duration_seconds": 7200, "session_name": "a b"}}},
            "{gate: {gate: duration}}",
            False,
            id="one gate of two",
        ),
        pytest.param("cross-account", trust(), "{caller: {}}", False, id="what is in no layer"),
        pytest.param(
            "cross-account",
            {"request": {"unknown": ["sts:ExternalId"]}},
            "{condition: {}}",
            False,
            id="what is only possible",
        ),
        pytest.param(
            "tagged",
            trust(allow(BUILDER, Action="sts:AssumeRole"), allow(BUILDER, Action="sts:SetSourceIdentity")),
            "{action: {action: sts:TagSession}}",
            True,
            id="the only action that is missing",
        ),
    ],
)
def test_whether_mending_one_cause_turns_the_answer(
    tmp_path: Path, world: str, change: Any, when: str, answer: bool
) -> None:
    given = case(world, change)
    decision = decide(given)
    (rule,) = rules(tmp_path, some_rule=f"when: [{when}]")
    chosen = select(match_rule(rule, by_name(gather_facts(given, decision))))
    assert chosen
    assert [is_enough_to_fix(cause, decision) for cause in chosen] == [answer] * len(chosen)


@pytest.mark.parametrize(
    ("action", "first"), [("sts:AssumeRole", "network-address-differs"), ("sts:TagSession", "tag-session-missing")]
)
def test_what_keeps_the_action_that_aws_names_comes_before_what_keeps_another(action: str, first: str) -> None:
    unread = {"evidence": "unread", "gap": "not_supplied"}
    change = trust(
        allow(
            {"AWS": "arn:aws:iam::111111111111:role/team/App"},
            Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
        )
    )
    change["request"] = {"unknown": ["aws:SourceIp"]}
    change["snapshot"]["source"] = {"session": {"transitive_tag_keys": unread, "source_identity": unread}}
    change["message"] = (
        f"User: arn:aws:sts::111111111111:assumed-role/App/build-7 is not authorized to perform: {action} "
        "on resource: arn:aws:iam::222222222222:role/Deploy"
    )
    given = case("cross-account-role", change)
    assert explain(load_rules(()), given, decide(given))[0].finding.rule == first


HIDDEN = f'Error: The role "{DEPLOY}" cannot be assumed.\n\n  There are a number of possible causes of this'
GUARD = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"}


def test_an_answer_that_a_tool_hides_comes_after_what_was_read() -> None:
    missing = trust(allow(BUILDER, Condition=ID))
    assert [one.rule for one in _findings(missing, HIDDEN)][:2] == ["external-id-differs", "error-without-answer"]
    unread = {"snapshot": {"destination": {"trust_policy": {"evidence": "unread", "gap": "not_supplied"}}}}
    assert _findings(unread, HIDDEN)[0].rule == "error-without-answer"


@pytest.mark.parametrize(
    ("statement", "first"),
    [
        pytest.param(GUARD, "policy-denies", id="the Deny that AWS speaks of was read"),
        pytest.param(
            GUARD | {"Condition": {"StringEquals": {"aws:RequestedRegion": "us-west-1"}}},
            "scp-named-by-aws",
            id="none of those that were read applies",
        ),
    ],
)
def test_of_guardrails_in_part_unread_the_one_that_denies_explains_what_aws_says(
    statement: dict[str, Any], first: str
) -> None:
    unread = {"evidence": "unread", "gap": "not_supplied", "detail": "others may be attached"}
    policy = {"name": "Guard", "kind": "scp", "document": {"Version": "2012-10-17", "Statement": [statement]}}
    levels = [{"target": "account", "policies": {"policies": [policy], "unread": [unread]}}]
    organization = {"value": {"id": "o-a1b2c3d4e5", "management_account": "999999999999"}}
    change = {"snapshot": {"source": {"organization": organization, "scps": {"value": levels}}}}
    findings = _findings(change, f"{REFUSED} with an explicit deny in a service control policy")
    assert findings[0].rule == first


def _findings(change: Any, message: str) -> tuple[Finding, ...]:
    return diagnose(case("cross-account", change | {"message": message}), load_rules(())).findings
