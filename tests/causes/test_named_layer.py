"""AWS names a layer that was read and seems to let the request pass: the first cause is in that layer all the same.

In every case the policies, as they were read, allow the request. The statement that comes first is the one that could
come to AWS's words: a Deny or an Allow with conditions, or what the policy that AWS names holds.
"""

from typing import Any

import pytest
from tests import cases
from tests.cases import BUILDER, DEPLOY, allow, deny, document, on

from diagnose.loading import load_rules
from diagnose.model.diagnosis import Certainty, Finding
from diagnose.model.trace import Layer
from diagnose.model.tri import YES
from diagnose.pipeline import diagnose

Json = Any

ELSEWHERE = {"Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
"""Not met by the request, which comes from 203.0.113.24."""
HERE = {"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ORGANIZATION = {"evidence": "known", "value": {"id": "o-a1b2c3d4e5", "management_account": "999999999999"}}
SCP_ARN = "arn:aws:organizations::999999999999:policy/o-a1b2c3d4e5/service_control_policy/p-a1b2c3d4"
POLICY_ARN = "arn:aws:iam::111111111111:policy/Guard"

SESSION_OF_APP = "arn:aws:sts::111111111111:assumed-role/App/build-7"
"""Users with credentials of their own have no session policies."""

IDENTITY, BOUNDARY, SESSION = Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION
SCP, RCP, ENDPOINT, TRUST = Layer.SCP, Layer.RCP, Layer.ENDPOINT, Layer.TRUST
WORDS = {
    IDENTITY: "identity-based policy",
    BOUNDARY: "permissions boundary",
    SESSION: "session policy",
    SCP: "service control policy",
    RCP: "resource control policy",
    ENDPOINT: "VPC endpoint policy",
    TRUST: "resource-based policy",
}


def error(layer: Layer, *, explicit: bool, policy: str = "") -> str:
    article = "an" if WORDS[layer][0] == "i" else "a"
    reason = (
        f"with an explicit deny in {article} {WORDS[layer]}" + (f": {policy}" if policy else "")
        if explicit
        else f"because no {WORDS[layer]} allows the sts:AssumeRole action"
    )
    caller = SESSION_OF_APP if layer is SESSION else BUILDER
    return (
        f"An error occurred (AccessDenied) when calling the AssumeRole operation: User: {caller} is not authorized to"
        f" perform: sts:AssumeRole on resource: {DEPLOY} {reason}"
    )


def with_layer(layer: Layer, *statements: Json) -> Json:
    """Give a change that makes one layer hold these statements, each of which may stand in any layer."""
    anyone = [{**each, "Principal": "*"} for each in statements]
    match layer:
        case Layer.IDENTITY:
            return cases.change(identity_policies=cases.identity(*statements))
        case Layer.BOUNDARY:
            return cases.change(boundary={"value": {"document": document(*statements)}})
        case Layer.SESSION:
            policy = {"name": "session", "kind": "session", "document": document(*statements)}
            return {"snapshot": {"source": {"session": {"policies": {"policies": [policy]}}}}}
        case Layer.SCP:
            return cases.change(scps=levels("scp", *statements), organization=ORGANIZATION)
        case Layer.RCP:
            return cases.change(rcps=levels("rcp", *anyone), theirs=ORGANIZATION)
        case Layer.ENDPOINT:
            policy = {"name": "vpce-0a1b", "kind": "endpoint", "document": document(*anyone)}
            known = {"evidence": "known", "value": policy}
            return cases.change(
                endpoint={"value": {"id": "vpce-0a1b", "vpc": "vpc-0a1b", "owner": "111111111111", "policy": known}}
            )
        case Layer.TRUST:
            own = [
                {k: v for k, v in each.items() if k != "Resource"} | {"Principal": {"AWS": BUILDER}}
                for each in statements
            ]
            return cases.change(trust_policy=cases.trust(*own))


def levels(kind: str, *statements: Json, name: str = "Guard", arn: str = "") -> Json:
    policy = {"name": name, "kind": kind, "arn": arn, "document": document(*statements)}
    return {"evidence": "known", "value": [{"target": "r-ab12", "policies": {"policies": [policy]}}]}


def first(message: str, *changes: Json) -> Finding:
    """Give the first cause of a case that its policies allow."""
    one = cases.case("cross-account-role" if SESSION_OF_APP in message else "guarded", *changes, message=message)
    diagnosis = diagnose(one, load_rules(()))
    assert diagnosis.decision.verdict is YES
    return diagnosis.findings[0]


def places(finding: Finding) -> list[tuple[Layer, str]]:
    return [(each.layer, each.pointer) for each in finding.excerpts]


MAY_DENY = deny("sts:*", Resource="*", **ELSEWHERE)
ON_CONDITION = on("*", "sts:AssumeRole", **HERE)


@pytest.mark.parametrize("layer", WORDS)
def test_a_deny_that_its_condition_spares_is_found_where_aws_speaks_of_a_deny(layer: Layer) -> None:
    finding = first(error(layer, explicit=True), with_layer(layer, ALL if layer is not TRUST else on("*"), MAY_DENY))
    assert (finding.rule, finding.certainty, finding.layer) == ("aws-names-deny", Certainty.CERTAIN, layer)
    assert places(finding)[0] == (layer, "/Statement/1")


@pytest.mark.parametrize("layer", WORDS)
def test_an_allow_on_a_condition_is_found_where_aws_says_that_none_allows(layer: Layer) -> None:
    finding = first(error(layer, explicit=False), with_layer(layer, ON_CONDITION))
    assert (finding.rule, finding.certainty, finding.layer) == ("aws-names-allow", Certainty.CERTAIN, layer)
    assert places(finding)[0] == (layer, "/Statement/0")


def test_of_two_policies_that_may_deny_the_one_that_aws_names_does() -> None:
    two = [
        {
            "name": name,
            "kind": "managed",
            "arn": f"arn:aws:iam::111111111111:policy/{name}",
            "document": document(*each),
        }
        for name, each in (("Other", [on("*"), MAY_DENY]), ("Guard", [MAY_DENY]))
    ]
    change = cases.change(identity_policies={"policies": two})
    finding = first(error(IDENTITY, explicit=True, policy=POLICY_ARN), change)
    assert (finding.rule, finding.certainty) == ("aws-names-deny", Certainty.CERTAIN)
    assert finding.excerpts[0].policy.name == "Guard"


def test_a_policy_that_aws_names_is_shown_though_nothing_in_it_may_deny() -> None:
    change = cases.change(scps=levels("scp", ALL, arn=SCP_ARN), organization=ORGANIZATION)
    finding = first(error(SCP, explicit=True, policy=SCP_ARN), change)
    assert (finding.rule, finding.certainty, finding.layer) == ("aws-names-policy", Certainty.CERTAIN, SCP)
    assert SCP_ARN in finding.explanation


@pytest.mark.parametrize("layer", WORDS)
@pytest.mark.parametrize("explicit", [True, False])
def test_what_was_read_is_old_or_incomplete_where_nothing_in_it_may_come_to_aws_words(
    layer: Layer, explicit: bool
) -> None:
    finding = first(error(layer, explicit=explicit), with_layer(layer, on("*")))
    assert (finding.rule, finding.certainty, finding.layer) == ("aws-names-layer", Certainty.CERTAIN, layer)


@pytest.mark.parametrize("layer", [SESSION, SCP, RCP, ENDPOINT])
def test_a_layer_of_which_none_was_seen_is_said_to_exist(layer: Layer) -> None:
    finding = first(error(layer, explicit=True))
    assert (finding.rule, finding.layer) == ("aws-names-absent-layer", layer)


def test_of_two_deny_statements_neither_is_certain() -> None:
    finding = first(error(IDENTITY, explicit=True), with_layer(IDENTITY, on("*"), MAY_DENY, MAY_DENY))
    assert (finding.rule, finding.certainty) == ("aws-names-deny", Certainty.POSSIBLE)


def test_the_layer_that_aws_names_comes_before_another_that_refuses_it_too() -> None:
    refusing = cases.change(
        trust_policy=cases.trust(allow({"AWS": "arn:aws:iam::333333333333:root"})),
        boundary={"value": {"document": document(on("arn:aws:iam::222222222222:role/Other"))}},
    )
    named = [
        diagnose(cases.case("guarded", refusing, message=error(layer, explicit=False)), load_rules(()))
        .findings[0]
        .layer
        for layer in (TRUST, BOUNDARY)
    ]
    assert named == [TRUST, BOUNDARY]


def test_the_layer_that_aws_names_of_another_caller_is_not_laid_upon_this_one() -> None:
    message = error(BOUNDARY, explicit=True).replace("user/builder", "user/auditor")
    one = cases.case("guarded", with_layer(BOUNDARY, ALL, MAY_DENY), message=message)
    findings = diagnose(one, load_rules(())).findings
    assert findings[0].rule == "credentials-of-somebody-else"
    assert [finding.rule for finding in findings if finding.layer is BOUNDARY] == []


@pytest.mark.parametrize("explicit", [True, False])
def test_a_guardrail_that_aws_names_counts_though_nobody_read_who_manages_the_organization(explicit: bool) -> None:
    statements = (ALL, deny("sts:*", Resource="*", **HERE)) if explicit else (on("arn:aws:iam::*:role/Other"),)
    unread = {"evidence": "unread", "gap": "not_supplied"}
    change = cases.change(scps=levels("scp", *statements), organization=unread)
    one = cases.case("guarded", change, message=error(SCP, explicit=explicit))
    findings = diagnose(one, load_rules(())).findings
    assert findings[0].layer is SCP
    assert "aws-names-layer" not in [finding.rule for finding in findings]
