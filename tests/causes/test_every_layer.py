"""What a condition asks for is told in whichever layer it stands: by the group of its key, with the condition's place.

One world in which every layer has a policy; in one of them stands a condition on one key. An Allow needs it, a Deny
spares what has it, with `IfExists` and without: the cause is the one of the key's group, never only that something is
denied or not allowed.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pytest
from tests.causes.given import case

from diagnose.causes.findings import explain
from diagnose.evaluate.decision import decide
from diagnose.evaluate.keys.table import group_of
from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.model.condition_keys import KeyGroup
from diagnose.model.diagnosis import Certainty, Finding
from diagnose.model.trace import Layer
from diagnose.model.tri import YES

RULES = load_rules()
USER = "arn:aws:iam::111111111111:user/builder"
ROLE = "arn:aws:iam::111111111111:role/team/App"
"""Only a role's session has a session policy; in all other layers a user calls, who has MFA to give."""
OF_A_ROLE = {
    "mfa-missing": "mfa-asked-of-role",
    "mfa-age-missing": "mfa-age-asked-of-role",
    "mfa-denied": "mfa-denied-of-role",
    "principal-arn-differs": "principal-arn-kind",
    "condition-key-not-for-caller": "instance-asked-of-role",
}
"""What is told of a role's session in place of what is told of a user."""
OWN = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION, Layer.SCP)
"""Layers whose statements have no Principal."""
GENERAL = {"policy-allows-nothing", "scp-allows-nothing", "policy-denies", "trust-denies-everyone"}
"""What is told where nothing is known of the cause."""


class Row(msgspec.Struct, frozen=True):
    """A key with a value that the request does not have, and the causes of an Allow and of a Deny.

    `operator` is that of the Allow. `unsure` is the cause of the Allow where nobody knows what the request carries;
    empty where that is always known.
    """

    key: str
    value: str
    allow: str
    deny: str
    unsure: str = ""
    operator: str = "StringEquals"


ROWS = (
    Row("aws:PrincipalAccount", "333333333333", "principal-account-differs", "principal-denied"),
    Row(
        "aws:PrincipalArn",
        "arn:aws:iam::111111111111:user/admin",
        "principal-arn-differs",
        "principal-denied",
        operator="ArnEquals",
    ),
    Row("aws:PrincipalTag/team", "search", "caller-tag-differs", "caller-tag-denied", "caller-tag-differs"),
    Row("aws:PrincipalOrgID", "o-z9y8x7w6v5", "organization-differs", "organization-denied", "organization-differs"),
    Row("aws:PrincipalIsAWSService", "true", "service-asked", "service-denied", operator="Bool"),
    Row("aws:SourceAccount", "222222222222", "source-account-on-caller", "source-account-denied"),
    Row("aws:FederatedProvider", "cognito", "credentials-differ", "credentials-denied", "credentials-differ"),
    Row(
        "aws:TokenIssueTime",
        "2026-03-01T00:00:00Z",
        "session-age-differs",
        "session-age-denied",
        operator="DateLessThan",
    ),
    Row("aws:MultiFactorAuthPresent", "true", "mfa-missing", "mfa-denied", "mfa-missing", "Bool"),
    Row("aws:MultiFactorAuthAge", "60", "mfa-age-missing", "mfa-denied", "mfa-too-old", "NumericLessThan"),
    Row("aws:Ec2InstanceSourceVpc", "vpc-0a1b2c3d", "condition-key-not-for-caller", "instance-denied"),
    Row("saml:sub", "builder", "token-claims-asked", "token-claims-denied"),
    Row("sts:ExternalId", "acme-41", "external-id-differs", "external-id-denied", "external-id-differs"),
    Row("sts:RoleSessionName", "build-7", "session-name-differs", "session-name-denied", "session-name-differs"),
    Row(
        "sts:SourceIdentity", "builder", "source-identity-differs", "source-identity-denied", "source-identity-differs"
    ),
    Row("aws:SourceIdentity", "builder", "source-identity-of-session", "source-identity-denied"),
    Row("aws:RequestTag/team", "search", "session-tag-differs", "session-tag-denied", "session-tag-differs"),
    Row("aws:SourceVpc", "vpc-0a1b2c3d", "network-vpc-differs", "network-denied", "network-vpc-differs"),
    Row("aws:SourceVpce", "vpce-0a1b2c3d", "network-vpc-differs", "network-denied", "network-vpc-differs"),
    Row("aws:VpceOrgID", "o-a1b2c3d4e5", "network-key-never-sent", "network-denied-by-key-never-sent"),
    Row("aws:RequestedRegion", "us-west-2", "region-differs", "region-denied", "region-differs"),
    Row("aws:CurrentTime", "2026-01-01T00:00:00Z", "time-differs", "time-denied", "time-differs", "DateLessThan"),
    Row("aws:SecureTransport", "false", "unencrypted-asked", "encrypted-denied", operator="Bool"),
    Row("aws:referer", "intranet", "condition-key-missing", "denies-missing-key"),
    Row("aws:CalledViaFirst", "cloudformation.amazonaws.com", "via-service-asked", "via-service-denied"),
    Row("aws:ResourceAccount", "333333333333", "resource-owner-differs", "resource-owner-denied"),
    Row("aws:ResourceTag/stage", "test", "role-tag-differs", "role-tag-denied", "role-tag-differs"),
    Row("sts:RequestContext/identitystore", "x", "request-context-asked", "request-context-denied"),
    Row("sts:DurationSeconds", "3600", "condition-key-never-sent", "denies-key-never-sent", operator="NumericLessThan"),
    Row("aws:NoSuchKeyAtAll", "x", "condition-key-never-sent", "denies-key-never-sent"),
)

SPARED = {
    "StringEquals": "StringNotEquals",
    "ArnEquals": "ArnNotEquals",
    "Bool": "Bool",
    "DateLessThan": "DateGreaterThanEquals",
    "NumericLessThan": "NumericGreaterThanEquals",
}
"""The operator of a Deny that spares what the Allow needs; of `Bool` it is the value that turns."""
TURNED = {"true": "false", "false": "true"}
LACKED = {"aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge", "sts:DurationSeconds"}
"""Keys that the request lacks and whose Deny is not negated: it takes `IfExists` to hit the request."""


def _allows(rows: tuple[Row, ...]) -> Iterator[Any]:
    """Give each row in each layer; only AWS writes the Allow of resource control policies."""
    for row in rows:
        for layer in Layer:
            if layer is not Layer.RCP:
                yield pytest.param(row, layer, id=f"{layer}: {row.key}")


def _layers(rows: Iterable[Row]) -> Iterator[Any]:
    for row in rows:
        for layer in Layer:
            yield pytest.param(row, layer, id=f"{layer}: {row.key}")


def _denies() -> Iterator[Any]:
    for row in ROWS:
        for suffix in ("", "IfExists"):
            for layer in Layer:
                if suffix or row.key not in LACKED:
                    yield pytest.param(row, layer, suffix, id=f"{layer}: {SPARED[row.operator]}{suffix} {row.key}")


def test_a_user_passes_through_every_other_layer() -> None:
    decision = decide(_case())
    assert decision.verdict is YES
    assert {layer.layer for layer in decision.actions[0].layers if layer.applies} == set(Layer) - {Layer.SESSION}


def test_a_role_s_session_passes_through_its_session_policy() -> None:
    decision = decide(_case(Layer.SESSION))
    assert decision.verdict is YES
    assert {layer.layer for layer in decision.actions[0].layers if layer.applies} == set(Layer)


def test_every_group_of_keys_has_a_row() -> None:
    assert {group_of(row.key) for row in ROWS} == set(KeyGroup)


@pytest.mark.parametrize(("row", "layer"), [*_allows(ROWS)])
def test_an_allow_that_needs_a_condition_is_told_by_its_group(row: Row, layer: Layer) -> None:
    statement = {"Effect": "Allow", "Condition": {row.operator: {row.key: row.value}}}
    _is_told(row.allow, Certainty.CERTAIN, layer, _case(layer, [statement]))


@pytest.mark.parametrize(("row", "layer", "suffix"), [*_denies()])
def test_a_deny_that_spares_a_condition_is_told_by_its_group(row: Row, layer: Layer, suffix: str) -> None:
    value = TURNED.get(row.value, row.value) if row.operator == "Bool" else row.value
    statement = {"Effect": "Deny", "Condition": {f"{SPARED[row.operator]}{suffix}": {row.key: value}}}
    _is_told(row.deny, Certainty.CERTAIN, layer, _case(layer, [{"Effect": "Allow"}, statement]))


@pytest.mark.parametrize(("row", "layer"), [*_allows(tuple(row for row in ROWS if row.unsure))])
def test_what_the_request_may_carry_is_told_as_possible(row: Row, layer: Layer) -> None:
    statement = {"Effect": "Allow", "Condition": {row.operator: {row.key: row.value}}}
    _is_told(row.unsure, Certainty.POSSIBLE, layer, _case(layer, [statement], unknown=row.key))


@pytest.mark.parametrize(("row", "layer"), [*_layers(row for row in ROWS if row.unsure)])
def test_a_deny_that_may_apply_is_told_as_possible_by_its_group(row: Row, layer: Layer) -> None:
    value = TURNED.get(row.value, row.value) if row.operator == "Bool" else row.value
    statement = {"Effect": "Deny", "Condition": {SPARED[row.operator]: {row.key: value}}}
    _is_told(row.deny, Certainty.POSSIBLE, layer, _case(layer, [{"Effect": "Allow"}, statement], unknown=row.key))


def _is_told(rule: str, certainty: Certainty, layer: Layer, given: Case) -> None:
    """Expect a finding with the place of the condition, and no finding that says less."""
    rule = OF_A_ROLE.get(rule, rule) if layer is Layer.SESSION else rule
    causes = explain(RULES, given, decide(given))
    findings = [cause.finding for cause in causes if cause.finding.layer is layer]
    assert (rule, certainty) in [(one.rule, one.certainty) for one in findings]
    assert {one.rule for one in findings} & GENERAL == set()
    (finding,) = (one for one in findings if one.rule == rule)
    assert _points_at_the_condition(finding)


def _points_at_the_condition(finding: Finding) -> bool:
    primary = [excerpt for excerpt in finding.excerpts if excerpt.primary]
    return bool(primary) and all("/Condition/" in excerpt.pointer for excerpt in primary)


def _case(layer: Layer | None = None, statements: list[dict[str, Any]] | None = None, *, unknown: str = "") -> Case:
    """Make a case in which every layer has a policy, one of them with these statements."""

    def policy(here: Layer) -> dict[str, Any]:
        written = statements if here is layer and statements else [{"Effect": "Allow"}]
        document = {"Version": "2012-10-17", "Statement": [_whole(here, one) for one in written]}
        kind = {Layer.IDENTITY: "inline", Layer.BOUNDARY: "managed"}.get(here, here.value)
        return {"name": here.value.title(), "kind": kind, "document": document}

    def level(here: Layer) -> dict[str, Any]:
        return {"value": [{"target": "r-ab12", "name": "Root", "policies": {"policies": [policy(here)]}}]}

    organization = {
        "value": {"id": "o-a1b2c3d4e5", "path": "o-a1b2c3d4e5/r-ab12/", "management_account": "999999999999"}
    }
    endpoint = {"id": "vpce-0f1e2d3c", "vpc": "vpc-0f1e2d3c", "owner": "111111111111"}
    source = {
        "identity_policies": {"policies": [policy(Layer.IDENTITY)]},
        "boundary": {"value": policy(Layer.BOUNDARY)},
        "session": {"policies": {"policies": [policy(Layer.SESSION)]}},
        "scps": level(Layer.SCP),
        "organization": organization,
    }
    destination = {
        "trust_policy": {"value": policy(Layer.TRUST)},
        "rcps": level(Layer.RCP),
        "organization": organization,
    }
    policy_known = {"policy": {"evidence": "known", "source": "test", "value": policy(Layer.ENDPOINT)}}
    change = {
        "request": {
            "parameters": {"session_name": "release-42", "external_id": "acme-42"},
            "unknown": [unknown] if unknown else [],
        },
        "snapshot": {"source": source, "destination": destination, "endpoint": {"value": endpoint | policy_known}},
    }
    return case("cross-account-role" if layer is Layer.SESSION else "cross-account", change)


def _whole(layer: Layer, statement: dict[str, Any]) -> dict[str, Any]:
    if layer is Layer.TRUST:
        principal = {"AWS": [USER, ROLE]} if statement["Effect"] == "Allow" else "*"
        return {"Principal": principal, "Action": "sts:AssumeRole"} | statement
    return ({} if layer in OWN else {"Principal": "*"}) | {"Action": "*", "Resource": "*"} | statement
