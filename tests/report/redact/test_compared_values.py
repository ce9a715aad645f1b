"""A value that is compared as a number stays one, wherever the request has it; what claims are called stays."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec import Raw
from msgspec.structs import replace
from tests.cases import allow, case, deny, document, identity, on, trust
from tests.report.redact.proof import answer, diagnosed, proving, redacted

from diagnose.model.case import Case
from diagnose.model.federation import SAML_TAG, WebIdentity
from diagnose.model.policy import document_text
from diagnose.report.redact.redact import redactions

Json = Any
GITHUB = "token.actions.githubusercontent.com"


@pytest.mark.parametrize("operator", ["StringEquals", "NumericLessThan"])
@pytest.mark.parametrize("key", ["aws:PrincipalTag/level", "sts:ExternalId"])
@pytest.mark.parametrize(
    "number", ["42", "0", "-5", "12.5", "12.50", "47114711", "314159265358", "1e5", "1e400", "4" * 5000]
)
def test_a_number_without_quotes_stays_a_number(number: str, key: str, operator: str) -> None:
    original = _tested(f'{{"{operator}": {{"{key}": {number}}}}}', level=number[:20].zfill(2))
    first = next(redactions(original, proving().keys))
    assert answer(diagnosed(first)) == answer(diagnosed(original))
    document = document_text(first.snapshot.source.identity_policies.policies[0].document)
    (statement,) = json.loads(document, parse_int=Decimal, parse_float=Decimal)["Statement"]
    ((_, written),) = statement["Condition"][operator].items()
    assert isinstance(written, Decimal)
    # A single digit is nobody's.
    assert (written == Decimal(number)) is (number in ("0", "1e400"))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("external_id", "sts:ExternalId"),
        ("session_name", "sts:RoleSessionName"),
        ("source_identity", "sts:SourceIdentity"),
    ],
)
@pytest.mark.parametrize("operator", ["NumericEquals", "NumericLessThan", "NumericGreaterThanEquals"])
@pytest.mark.parametrize("wanted", ["470047", "470048"])
def test_a_parameter_is_compared_as_a_number(name: str, key: str, operator: str, wanted: str) -> None:
    condition = {operator: {key: wanted}}
    actions = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    principal = {"AWS": "arn:aws:iam::111111111111:root"}
    original = case(
        "cross-account",
        request={"parameters": {name: "470047"}},
        trust_policy=trust(allow(principal, actions, Condition=condition)),
    )
    _same(original, "470047")


@pytest.mark.parametrize("operator", ["NumericEquals", "NumericLessThan", "NumericGreaterThanEquals"])
@pytest.mark.parametrize("wanted", ["470047", "470048"])
@pytest.mark.parametrize("tag", [False, True], ids=["a claim", "a tag of a token"])
def test_a_claim_is_compared_as_a_number(operator: str, wanted: str, *, tag: bool) -> None:
    """Claims of every issuer's have no key unless it is in AWS's list; `repository_id` is."""
    key = "aws:RequestTag/level" if tag else f"{GITHUB}:repository_id"
    claims = {"repository_id": "470047", "https://aws.amazon.com/tags": {"principal_tags": {"level": ["470047"]}}}
    provider = {"Federated": f"arn:aws:iam::222222222222:oidc-provider/{GITHUB}"}
    statement = allow(
        provider, ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"], Condition={operator: {key: wanted}}
    )
    source = {"source": {"identity": {"claims": claims}}}
    _same(case("github", {"snapshot": source}, trust_policy=trust(statement)), "470047")


@pytest.mark.parametrize("wanted", ["470047", "470048"])
def test_a_tag_of_an_assertion_is_compared_as_a_number(wanted: str) -> None:
    condition = {"NumericLessThan": {"aws:RequestTag/level": wanted}}
    provider = {"Federated": "arn:aws:iam::222222222222:saml-provider/IdP"}
    statement = allow(provider, ["sts:AssumeRoleWithSAML", "sts:TagSession"], Condition=condition)
    source = {"source": {"identity": {"attributes": {f"{SAML_TAG}level": ["470047"]}}}}
    _same(case("saml", {"snapshot": source}, trust_policy=trust(statement)), "470047")


@pytest.mark.parametrize(
    "claim",
    [
        "repository_owner", "event_name", "ref_type", "sha", "run_id", "repository_visibility", "job_workflow_sha",
        "namespace_path", "project_path", "pipeline_id", "user_identities", "build_commit", "step_key",
        "terraform_workspace_name", "oidc.circleci.com/vcs-ref", "email_verified", "kubernetes.io", "workspaceUuid",
    ],
)  # fmt: skip
def test_what_a_vendor_calls_a_claim_stays_and_what_it_says_does_not(claim: str) -> None:
    written = _claims({claim: "zqvalue", "zqclaim": "zqother"})
    assert claim in written
    assert "zq" not in json.dumps(written)


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf", "auth_time"])
def test_the_times_of_a_token_stay_numbers(claim: str) -> None:
    assert _claims({claim: 1772443680})[claim] == 1772443680
    assert "zq" not in json.dumps(_claims({claim: "zqtime"}))


def test_the_claims_within_a_claim_of_kubernetes_stay() -> None:
    pod = {"namespace": "zqshop", "pod": {"name": "zqpod", "uid": "zquid"}, "zqown": "zqmine"}
    written = _claims({"kubernetes.io": pod})["kubernetes.io"]
    assert list(written)[:2] == ["namespace", "pod"]
    assert list(written["pod"]) == ["name", "uid"]
    assert "zq" not in json.dumps(written)


@pytest.mark.parametrize("name", ["repository_owner", "Event_Name"])
def test_a_key_of_a_claim_that_a_vendor_named_keeps_its_name(name: str) -> None:
    condition = {"StringEquals": {f"{GITHUB}:{name}": "zqocto", f"{GITHUB}:zq_own": "zqocto"}}
    provider = {"Federated": f"arn:aws:iam::222222222222:oidc-provider/{GITHUB}"}
    original = case("github", trust_policy=trust(allow(provider, "sts:AssumeRoleWithWebIdentity", Condition=condition)))
    written = msgspec.json.encode(redacted(original).case).decode()
    assert f"{GITHUB}:{name}" in written
    assert "zq" not in written


def test_an_arn_that_some_statement_compares_as_bytes_stays_one() -> None:
    user = "arn:aws:iam::470047470047:user/zqteam/zqalice"
    as_bytes = on("*", Condition={"BinaryEquals": {"aws:PrincipalArn": user.replace("zqalice", "*")}})
    trusting = allow({"AWS": user}, Condition={"ArnLike": {"aws:PrincipalArn": f"{user} "}})
    original = case("cross-account", arn=user, identity_policies=identity(as_bytes), trust_policy=trust(trusting))
    _same(original, "zqalice")


def test_a_variable_that_is_compared_as_bytes_stays_one() -> None:
    condition = {"BinaryEquals": {"sts:RoleSessionName": ["${aws:username}"]}}
    boundary = {"name": "zqedge", "kind": "managed", "document": document(on("*"), deny(Condition=condition))}
    there = {"arn": "arn:aws:iam::111111111111:user/zqalice", "request": {"unknown": ["sts:RoleSessionName"]}}
    _same(case("cross-account", boundary={"evidence": "known", "value": boundary}, **there), "zqedge")


def _tested(condition: str, level: str) -> Case:
    """Give a case in which the caller has this external ID and this tag; the condition is written as it is."""
    tags = {"evidence": "known", "value": {"level": level}}
    made = case(
        "cross-account",
        principal={"evidence": "known", "value": {"tags": tags}},
        request={"parameters": {"external_id": level}},
        identity_policies={"policies": [{"name": "p", "document": {}}]},
    )
    source = made.snapshot.source
    (policy,) = source.identity_policies.policies
    statement = f'{{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*", "Condition": {condition}}}'
    document = Raw(f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'.encode())
    policies = replace(source.identity_policies, policies=(replace(policy, document=document),))
    return replace(made, snapshot=replace(made.snapshot, source=replace(source, identity_policies=policies)))


def _claims(claims: Json) -> Json:
    told = redacted(case("github", {"snapshot": {"source": {"identity": {"claims": claims}}}}))
    identity = told.case.snapshot.source.identity
    assert isinstance(identity, WebIdentity)
    return {name: value for name, value in identity.claims.items() if name in claims or name.startswith("key")}


def _same(original: Case, secret: str) -> None:
    first = next(redactions(original, proving().keys))
    assert answer(diagnosed(first)) == answer(diagnosed(original))
    assert secret not in msgspec.json.encode(redacted(original).case).decode()


@pytest.mark.parametrize("operator", ["NumericEquals", "NumericLessThan", "NumericGreaterThanEquals"])
@pytest.mark.parametrize(("sent", "wanted"), [("7", "5"), ("7", "7"), ("7", "470047"), ("x", "7"), ("7", "-470047")])
def test_a_single_digit_that_is_too_short_to_be_sent_stays_so(operator: str, sent: str, wanted: str) -> None:
    original = case(
        "cross-account",
        request={"parameters": {"external_id": sent}},
        trust_policy=trust(
            allow({"AWS": "111111111111"}, "sts:AssumeRole", Condition={operator: {"sts:ExternalId": wanted}})
        ),
    )
    told = redacted(original)
    assert answer(diagnosed(told.case)) == answer(diagnosed(original))
    written = msgspec.json.encode(told.case).decode()
    assert wanted not in written or len(wanted) == 1
