"""What AWS recorded of a denial: asked for by its ID, in its Region, and whatever comes of it is evidence or a gap."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import UnknownServiceError
from botocore.stub import Stubber
from tests.aws.accounts import scrub
from tests.aws.answers import page
from tests.cases import BUILDER, DEPLOY, case

from diagnose.aws.providers import Wallet
from diagnose.aws.session import Credentials, open_credentials
from diagnose.collect.authorization import read_authorizations, with_authorizations
from diagnose.collect.checkup import Doors, Examined, examine
from diagnose.model.authorization_record import (
    AuthorizationDetails,
    AuthorizationRecord,
    CheckEffect,
    RecordedCheck,
    RecordedPolicy,
    RecordedStatement,
)
from diagnose.model.aws_error import AwsError
from diagnose.model.case import Case
from diagnose.model.error_text.parser import parse_errors
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.trace import Effect, Layer

HERE, THERE = "111111111111", "222222222222"
USER, ROLE = BUILDER, DEPLOY
SCP = f"arn:aws:organizations::{HERE}:policy/o-a1b2c3d4e5/service_control_policy/p-a1b2c3d4"
UNIT = f"arn:aws:organizations::{HERE}:ou/o-a1b2c3d4e5/ou-ab12-c3d4e5f6"
ID, OPERATION = "EXAMPLE1a2b3c4d5e", "get_request_authorization_details"


def error(extra: str = "", caller: str = USER) -> AwsError:
    [said] = parse_errors(
        f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {ROLE}. Go to "
        "https://eu-central-1.console.aws.amazon.com/iam/home?region=eu-central-1#/authorization-details/"
        f"{ID} for complete details, or call the GetRequestAuthorizationDetails API with the following "
        f"authorization id: {ID}{extra}"
    )
    return said


def matched(uri: str, sid: str, effect: str = "DENY") -> dict[str, Any]:
    return {"uri": uri, "matchedStatements": [{"sid": sid, "evaluatedEffect": effect}]}


def evaluation(*checks: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    told = {"action": "sts:AssumeRole", "resource": ROLE, "evaluatedEffect": "EXPLICIT_DENY", **more}
    return {**told, "checks": list(checks)} if checks else told


def check(kind: str, effect: str, *policies: Mapping[str, Any], target: str = "") -> dict[str, Any]:
    told = {"checkType": kind, "evaluatedEffect": effect, "matchedPolicies": list(policies)}
    return told | ({"targetArn": target} if target else {})


def answer(*evaluations: Mapping[str, Any], context: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    policy = {"type": "SERVICE_CONTROL_POLICY", "inline": False, "uri": SCP, "attachedTo": [{"arn": UNIT}]}
    return {"requestContext": context or {}, "evaluations": list(evaluations), "policies": [policy], **more}


DENIED_BY_SCP = evaluation(
    check("SERVICE_CONTROL_POLICY", "EXPLICIT_DENY", matched(SCP, "NoRoles"), target=UNIT),
    check("RESOURCE", "ALLOW", matched("inline-1", "Ci", "ALLOW")),
    check("PRINCIPAL", "NO_IMPACT"),
)


@pytest.fixture
def sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Credentials, Credentials]:
    """Credentials of the role's account, then those of the caller's."""
    config = scrub(tmp_path, monkeypatch)
    keys = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n"
    config.write_text("".join(f"[profile {name}]\n{keys}region = eu-west-1\n" for name in ("there", "here")))
    there, here = (open_credentials(name, None, None) for name in ("there", "here"))
    there.identity = {"Arn": f"arn:aws:iam::{THERE}:user/reader", "Account": THERE}
    here.identity = {"Arn": f"arn:aws:iam::{HERE}:user/reader", "Account": HERE}
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    return there, here


def client(side: Credentials, region: str = "eu-central-1") -> Any:
    return side.client("iam-toolbox", region)


def read(*sides: Credentials, said: AwsError | None = None) -> AuthorizationRecord:
    [record] = read_authorizations([said or error()], case("cross-account"), sides, lambda _: None)
    return record


def details(record: AuthorizationRecord) -> AuthorizationDetails:
    assert isinstance(record.details, Known)
    return record.details.value


def gap(record: AuthorizationRecord) -> Unread:
    assert isinstance(record.details, Unread)
    return record.details


def test_the_record_is_read_in_the_region_of_the_denial_with_credentials_of_the_callers_account(
    sides: tuple[Credentials, Credentials],
) -> None:
    there, here = sides
    # The other side has no answer prepared: a call of it would fail the test.
    with Stubber(client(there)), Stubber(client(here)) as aws:
        aws.add_response(OPERATION, answer(DENIED_BY_SCP), {"authorizationId": ID})
        record = read(there, here)
        aws.assert_no_pending_responses()
    assert (record.id, record.region) == (ID, "eu-central-1")
    [told] = details(record).evaluations
    assert (told.action, told.resource, told.effect) == ("sts:AssumeRole", ROLE, CheckEffect.EXPLICIT_DENY)
    policy = RecordedPolicy(SCP, (UNIT,), (RecordedStatement("NoRoles", Effect.DENY),))
    assert told.refusing == (RecordedCheck(Layer.SCP, CheckEffect.EXPLICIT_DENY, UNIT, (policy,)),)
    assert [(each.layer, each.effect) for each in told.checks[1:]] == [
        (Layer.TRUST, CheckEffect.ALLOW),
        (Layer.IDENTITY, CheckEffect.NO_IMPACT),
    ]


def test_without_a_link_the_region_of_the_request_counts_and_us_east_1_for_the_global_endpoint(
    sides: tuple[Credentials, Credentials],
) -> None:
    [said] = parse_errors(f"User: {USER} is not authorized to perform: sts:AssumeRole. authorization id: {ID}")
    here = sides[1]
    for region, called in (("eu-west-3", "eu-west-3"), ("aws-global", "us-east-1"), (None, "eu-west-1")):
        asked = case("cross-account", {"request": {"region": region}})
        with Stubber(client(here, called)) as aws:
            aws.add_response(OPERATION, answer(DENIED_BY_SCP))
            [record] = read_authorizations([said], asked, [here], lambda _: None)
            aws.assert_no_pending_responses()
        assert record.region == (region or "")


def test_every_page_is_read(sides: tuple[Credentials, Credentials]) -> None:
    second = evaluation(check("PRINCIPAL", "IMPLICIT_DENY"), action="sts:TagSession", evaluatedEffect="IMPLICIT_DENY")
    with Stubber(client(sides[1])) as aws:
        aws.add_response(OPERATION, answer(DENIED_BY_SCP, nextToken="2"), {"authorizationId": ID})
        aws.add_response(OPERATION, answer(second), {"authorizationId": ID, "nextToken": "2"})
        record = read(sides[1])
    assert [each.action for each in details(record).evaluations] == ["sts:AssumeRole", "sts:TagSession"]


def test_an_answer_without_checks_tells_which_policy_denies(sides: tuple[Credentials, Credentials]) -> None:
    with Stubber(client(sides[1])) as aws:
        aws.add_response(OPERATION, answer(evaluation(matchedPolicies=[matched(SCP, "NoRoles")])))
        [told] = details(read(sides[1])).evaluations
    assert [(each.layer, each.effect) for each in told.refusing] == [(Layer.SCP, CheckEffect.EXPLICIT_DENY)]


def test_what_aws_may_come_to_say_is_left_out(sides: tuple[Credentials, Credentials]) -> None:
    told = evaluation(check("MOON_PHASE", "EXPLICIT_DENY"), check("PRINCIPAL", "MAYBE"), evaluatedEffect="MAYBE")
    with Stubber(client(sides[1])) as aws:
        aws.add_response(OPERATION, answer(told))
        [read_] = details(read(sides[1])).evaluations
    assert (read_.effect, read_.checks) == (None, ())


@pytest.mark.parametrize(
    ("code", "status", "reason", "permission"),
    [
        pytest.param(
            "AccessDeniedException", 403, Gap.ACCESS_DENIED, "iam:GetRequestAuthorizationDetails", id="denied"
        ),
        pytest.param("ResourceNotFoundException", 404, Gap.UNREACHABLE, "", id="expired, or of another organization"),
        pytest.param("ValidationException", 400, Gap.UNREACHABLE, "", id="not an ID"),
        pytest.param(
            "ExpiredTokenException", 403, Gap.NO_CREDENTIALS, "iam:GetRequestAuthorizationDetails", id="expired"
        ),
    ],
)
def test_a_refusal_is_a_gap(
    code: str, status: int, reason: Gap, permission: str, sides: tuple[Credentials, Credentials]
) -> None:
    there, here = sides
    with Stubber(client(there)) as other, Stubber(client(here)) as aws:
        aws.add_client_error(OPERATION, code, "no", status)
        other.add_client_error(OPERATION, "ResourceNotFoundException", "gone", 404)
        refused = gap(read(there, here))
        other.assert_no_pending_responses()
    assert (refused.gap, refused.permission) == (reason, permission)
    assert refused.detail == f"{code}: no"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"<html>",
        json.dumps({"requestContext": {}, "policies": [], "evaluations": ""}).encode(),
        json.dumps({"requestContext": [], "policies": [], "evaluations": []}).encode(),
        json.dumps({"requestContext": {}, "policies": [], "evaluations": [{"action": "x", "resource": ""}]}).encode(),
        json.dumps({"requestContext": {}, "policies": [], "evaluations": [], "nextToken": "1"}).encode(),
    ],
)
def test_what_is_not_an_answer_of_aws_is_a_gap(body: bytes, sides: tuple[Credentials, Credentials]) -> None:
    page(client(sides[1]), 200, body)
    assert gap(read(sides[1])).gap is Gap.UNREACHABLE


def test_a_boto_that_does_not_know_the_service_is_to_be_updated(
    sides: tuple[Credentials, Credentials], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> Any:
        raise UnknownServiceError(service_name="iam-toolbox", known_service_names=["iam"])

    monkeypatch.setattr(sides[1]._session, "client", lambda *_, **__: unknown())
    refused = gap(read(sides[1]))
    assert refused.gap is Gap.NO_API
    assert refused.detail.endswith("does not know iam:GetRequestAuthorizationDetails yet; update boto3")


def test_an_error_without_an_id_asks_for_nothing(sides: tuple[Credentials, Credentials]) -> None:
    [said] = parse_errors(f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}")
    assert read_authorizations([said], case("cross-account"), sides, lambda _: None) == ()


RECORDED = {
    "aws:MultiFactorAuthPresent": False,
    "sts:ExternalId": "acme-42",
    "aws:PrincipalOrgPaths": ["o-1/r-1/"],
    "aws:MultiFactorAuthAge": 120,
    "odd": {"a": 1},
    "none": None,
}


def _added(full: Case, asked: Case) -> dict[str, tuple[str, ...]]:
    kept = asked.request.context.items()
    assert kept <= full.request.context.items()
    return {key: values for key, values in full.request.context.items() if key not in asked.request.context}


class TestContext:
    """The condition keys that AWS recorded are those of the request, where it is this request."""

    def _with(self, asked: Case, said: AwsError, *sides: Credentials, resource: str = ROLE) -> Case:
        told = {**DENIED_BY_SCP, "resource": resource, "context": {"aws:RequestTag/team": "blue"}}
        with Stubber(client(sides[1])) as aws:
            aws.add_response(OPERATION, answer(told, context=RECORDED))
            return with_authorizations(asked, read_authorizations([said], asked, sides[1:], lambda _: None), [said])

    def test_they_fill_what_nobody_stated(self, sides: tuple[Credentials, Credentials]) -> None:
        change = {
            "unknown": ["sts:ExternalId"],
            "parameters": {"external_id": None},
        }
        asked = case("cross-account", {"request": change})
        full = self._with(asked, error(), *sides)
        assert _added(full, asked) == {
            "aws:MultiFactorAuthPresent": ("false",),
            "sts:ExternalId": ("acme-42",),
            "aws:PrincipalOrgPaths": ("o-1/r-1/",),
            "aws:MultiFactorAuthAge": ("120",),
            "aws:RequestTag/team": ("blue",),
        }
        assert full.request.unknown == ()
        assert "5 condition keys are as AWS recorded the request." in full.note

    def test_what_flags_say_stays(self, sides: tuple[Credentials, Credentials]) -> None:
        change = {
            "context": {"AWS:multifactorauthpresent": ["true"]},
            "parameters": {"external_id": "other", "tags": {"team": "red"}},
        }
        asked = case("cross-account", {"request": change})
        full = self._with(asked, error(), *sides)
        assert set(_added(full, asked)) == {"aws:PrincipalOrgPaths", "aws:MultiFactorAuthAge"}
        assert full.request.context["AWS:multifactorauthpresent"] == ("true",)

    @pytest.mark.parametrize(
        ("said", "resource"),
        [
            pytest.param(error(caller=f"arn:aws:iam::{HERE}:user/other"), ROLE, id="another caller"),
            pytest.param(error(), f"arn:aws:iam::{THERE}:role/Other", id="another role"),
        ],
    )
    def test_of_another_request_they_say_nothing(
        self, said: AwsError, resource: str, sides: tuple[Credentials, Credentials]
    ) -> None:
        asked = case("cross-account")
        full = self._with(asked, said, *sides, resource=resource)
        assert full.request == asked.request
        assert full.authorizations


def test_the_check_up_takes_a_record_that_is_not_there_for_the_permission(
    sides: tuple[Credentials, Credentials], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = sides[1]
    monkeypatch.setattr("diagnose.collect.checkup.open_credentials", lambda *_, **__: here)
    for service in ("iam", "organizations", "ec2", "sts"):
        page(here.client(service), 403, b"{}")
    for code, word in (("ResourceNotFoundException", "YES"), ("AccessDeniedException", "NO")):
        with Stubber(client(here, "eu-west-1")) as aws:
            aws.add_client_error(OPERATION, code, "no", 404)
            examined = Examined("here", None, None, None, None)
            checkup = examine(examined, Doors("eu-west-1", None, here.patience, Wallet()), lambda: datetime.now(UTC))
        trials = {trial.action: trial.answer.name for access in checkup.accesses for trial in access.trials}
        assert trials["iam:GetRequestAuthorizationDetails"] == word
