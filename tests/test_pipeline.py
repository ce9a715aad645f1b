"""From a case and rules to a diagnosis: verdict, agreement with AWS, causes, remedies and the plan."""

import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from diagnose.batch import make_rows
from diagnose.loading import load_rules
from diagnose.model.case import ProbeOutcome, ProbeResult
from diagnose.model.diagnosis import Agreement, Owner, Proof, Verdict
from diagnose.model.tri import UNKNOWN, YES
from diagnose.pipeline import diagnose
from diagnose.report import Format, render
from tests.cases import allow, case, change, deny, document, identity, on, trust

RULES = load_rules()
ONLY_SERVICES = change(trust_policy=trust(allow({"Service": "ec2.amazonaws.com"})))
NO_POLICIES = change(identity_policies={"policies": []})
UNREAD_TRUST = change(trust_policy={"evidence": "unread", "gap": "access_denied"})
TOO_LONG = change(request={"parameters": {"duration_seconds": 43200}})

ASSUMED = ProbeResult(ProbeOutcome.ASSUMED, caller="arn:aws:iam::111111111111:user/builder")
DENIED = ProbeResult(ProbeOutcome.ACCESS_DENIED, code="AccessDenied", message="not authorized")
EXPIRED = ProbeResult(ProbeOutcome.OTHER_ERROR, code="ExpiredToken", message="expired")
INVALID = ProbeResult(ProbeOutcome.OTHER_ERROR, code="ValidationError", message="exceeds the MaxSessionDuration")
NOT_MADE = ProbeResult(ProbeOutcome.NOT_MADE, why="turned off")


@pytest.mark.parametrize(
    ("changes", "probe", "verdict", "agreement"),
    [
        pytest.param((), None, Verdict.ALLOWED, Agreement.NOT_MADE, id="nobody asked AWS"),
        pytest.param((), NOT_MADE, Verdict.ALLOWED, Agreement.NOT_MADE, id="the attempt was turned off"),
        pytest.param((), ASSUMED, Verdict.ALLOWED, Agreement.AGREES, id="allowed, and AWS agrees"),
        pytest.param((), DENIED, Verdict.DENIED, Agreement.CONTRADICTS, id="AWS denies what was computed allowed"),
        pytest.param((), EXPIRED, Verdict.DENIED, Agreement.INCONCLUSIVE, id="an expired token is no success"),
        pytest.param((), INVALID, Verdict.DENIED, Agreement.INCONCLUSIVE, id="an error that no gate has foreseen"),
        pytest.param((ONLY_SERVICES,), DENIED, Verdict.DENIED, Agreement.AGREES, id="denied, and AWS agrees"),
        pytest.param((ONLY_SERVICES,), ASSUMED, Verdict.ALLOWED, Agreement.CONTRADICTS, id="AWS is right"),
        pytest.param((UNREAD_TRUST,), None, Verdict.UNDETERMINED, Agreement.NOT_MADE, id="unread, and nobody asked"),
        pytest.param((UNREAD_TRUST,), ASSUMED, Verdict.ALLOWED, Agreement.SETTLES, id="AWS settles it: allowed"),
        pytest.param((UNREAD_TRUST,), DENIED, Verdict.DENIED, Agreement.SETTLES, id="AWS settles it: denied"),
        pytest.param((TOO_LONG,), INVALID, Verdict.DENIED, Agreement.AGREES, id="a duration is refused as foreseen"),
    ],
)
def test_aws_has_the_last_word_where_it_was_asked(
    changes: tuple[Any, ...], probe: ProbeResult | None, verdict: Verdict, agreement: Agreement
) -> None:
    told = diagnose(replace(case("cross-account", *changes), probe=probe), RULES)
    assert (told.verdict, told.agreement) == (verdict, agreement)


PARTS = (
    ("ARN", "", "arm"),
    ("foo", "", "*", "aws-cn"),
    ("iam2", "", "s3", "sts"),
    ("eu-west-1", "*", "x"),
    ("", "11", "*", "aws", "9" * 15),
    (
        "",
        "role",
        "role/",
        "role//x",
        "role/*",
        "role/x y",
        "role/${aws:username}",
        f"role/{'x' * 200}",
        "root",
        "role:x",
    ),
)


@pytest.mark.parametrize("element", ["Resource", "Principal", "Condition"])
def test_an_arn_that_there_cannot_be_in_a_policy_is_nobodys_mistake(element: str) -> None:
    """It is a cause at most: whatever stands there, the case is answered, and its fixes are tried."""
    whole = ["arn", "aws", "iam", "", "222222222222", "role/Deploy"]
    texts = [":".join((*whole[:place], new, *whole[place + 1 :])) for place, few in enumerate(PARTS) for new in few]
    for text in texts:
        match element:
            case "Resource":
                changes = change(identity_policies=identity(on(text)))
            case "Principal":
                changes = change(trust_policy=trust(allow({"AWS": text})))
            case _:
                wanted = {"Condition": {"ArnLike": {"aws:PrincipalArn": text}}}
                changes = change(trust_policy=trust(allow({"AWS": "*"}, **wanted)))
        told = diagnose(case("cross-account", changes), RULES)
        assert told.verdict is Verdict.ALLOWED or told.findings, text


MASKED = "arn:aws:iam::***:role/Deploy"
USER, DEPLOY = "arn:aws:iam::111111111111:user/builder", "arn:aws:iam::222222222222:role/Deploy"
DENIAL = "An error occurred (AccessDenied) when calling the AssumeRole operation: User: {user} is not authorized to "
DENIAL += "perform: {action} on resource: {role}"
REFUSALS = [
    pytest.param(
        DENIAL.format(user=USER, action="sts:AssumeRole", role=DEPLOY), "not_authorized", "AccessDenied", id="a denial"
    ),
    pytest.param("Not authorized to perform sts:AssumeRole", "not_authorized", "", id="a denial without a name"),
    pytest.param(
        DENIAL.format(
            user="arn:aws:iam::***:user/builder", action="sts:AssumeRole", role="arn:aws:iam::***:role/Deploy"
        ),
        "not_authorized",
        "AccessDenied",
        id="a denial with its accounts masked",
    ),
    pytest.param(
        "An error occurred (ExpiredToken) when calling the AssumeRole operation: The security token included in the "
        "request is expired",
        "token_expired",
        "ExpiredToken",
        id="expired credentials",
    ),
    pytest.param(
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token "
        "included in the request is invalid.",
        "token_invalid",
        "InvalidClientTokenId",
        id="invalid credentials, seen in another call with them",
    ),
    pytest.param("Throttling: Rate exceeded", "throttled", "Throttling", id="too many requests"),
    pytest.param(
        "An error occurred (RegionDisabledException) when calling the AssumeRole operation: STS is not activated in "
        "this region for account:222222222222.",
        "region_disabled",
        "RegionDisabledException",
        id="a Region that is not enabled",
    ),
    pytest.param("it does not work", "other", "", id="words that are not AWS's"),
    pytest.param(
        "An error occurred (InternalFailure) when calling the AssumeRole operation: Unknown",
        "other",
        "InternalFailure",
        id="an error that is not understood",
    ),
]
ABOUT_SOMETHING_ELSE = [
    pytest.param(DENIAL.format(user=USER, action="s3:GetObject", role="arn:aws:s3:::bucket/key"), id="another action"),
    pytest.param(DENIAL.format(user=USER, action="sts:AssumeRole", role=f"{DEPLOY}2"), id="another role"),
    pytest.param(DENIAL.format(user=f"{USER}2", action="sts:AssumeRole", role=DEPLOY), id="another caller"),
    pytest.param(
        "An error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to "
        "perform sts:AssumeRoleWithWebIdentity",
        id="another operation",
    ),
]


@pytest.mark.parametrize(("message", "kind", "code"), REFUSALS)
def test_what_aws_refused_is_never_allowed(message: str, kind: str, code: str) -> None:
    told = diagnose(case("cross-account", message=message), RULES)
    assert (told.verdict, told.decision.verdict) == (Verdict.DENIED, YES)
    for form in (Format.TEXT, Format.MARKDOWN):
        report = " ".join(render(told, form).split())
        assert "AWS refused it" in report
        assert "the policies that were read allow" in report
        assert "ALLOWED" not in report
    written = msgspec.json.decode(render(told, Format.JSON))
    assert (written["verdict"], written["computed"], written["aws_refused"]) == ("denied", "allowed", True)
    assert (written["aws_error_kind"], written["aws_error_code"]) == (kind, code)
    for rules in (None, RULES):
        [row] = [line for line in make_rows([(1, msgspec.json.encode(told.case))], rules)[0].splitlines() if line]
        assert msgspec.json.decode(row)["verdict"] == "denied"


@pytest.mark.parametrize("message", ABOUT_SOMETHING_ELSE)
def test_what_aws_refused_somewhere_else_denies_nothing_here(message: str) -> None:
    told = diagnose(case("cross-account", message=message), RULES)
    assert told.verdict is Verdict.ALLOWED
    assert not msgspec.json.decode(render(told, Format.JSON))["aws_refused"]


def test_what_aws_denied_is_denied_where_the_policies_settle_nothing() -> None:
    message = DENIAL.format(user=USER, action="sts:AssumeRole", role=DEPLOY)
    told = diagnose(case("cross-account", UNREAD_TRUST, message=message), RULES)
    assert (told.verdict, told.decision.verdict) == (Verdict.DENIED, UNKNOWN)
    report = " ".join(render(told, Format.TEXT).split())
    assert report.startswith("DENIED by AWS (`AccessDenied`)")
    assert "They cannot change the denial" not in report
    assert "Still needed" in report
    written = msgspec.json.decode(render(told, Format.JSON))
    assert (written["verdict"], written["computed"], written["aws_refused"]) == ("denied", "undetermined", True)


@pytest.mark.parametrize(
    "message",
    [
        *ABOUT_SOMETHING_ELSE,
        pytest.param("Unable to locate credentials", id="a request that was not made"),
        pytest.param('The role "arn" cannot be assumed.\n  There are a number of possible causes', id="hidden words"),
        pytest.param("An error occurred (ExpiredToken) when calling the AssumeRole operation: expired", id="expired"),
        pytest.param("it does not work", id="words of nobody"),
    ],
)
def test_what_no_policy_is_to_blame_for_stays_undetermined(message: str) -> None:
    assert diagnose(case("cross-account", UNREAD_TRUST, message=message), RULES).verdict is Verdict.UNDETERMINED


def test_an_attempt_that_succeeded_is_newer_than_a_refusal_that_was_reported() -> None:
    told = diagnose(
        replace(case("cross-account", message="Not authorized to perform sts:AssumeRole"), probe=ASSUMED), ()
    )
    assert told.verdict is Verdict.ALLOWED


def test_one_remedy_that_is_enough_needs_no_plan() -> None:
    told = diagnose(case("cross-account", ONLY_SERVICES), RULES)
    assert told.findings[0].remedies[0].proof is Proof.ALLOWED
    assert told.plan == ()


def test_two_owners_get_a_plan_that_is_proved_as_a_whole() -> None:
    told = diagnose(case("cross-account", ONLY_SERVICES, NO_POLICIES), RULES)
    assert {blocker.layer for blocker in told.decision.blockers} == {"trust", "identity"}
    assert not any(remedy.proof is Proof.ALLOWED for finding in told.findings for remedy in finding.remedies)
    assert [step.owner for step in told.plan] == [Owner.DESTINATION, Owner.SOURCE]
    assert told.plan[-1].proof is Proof.ALLOWED
    assert "Everything that has to change" in render(told, Format.TEXT)
    assert "Everything that has to change" in render(told, Format.MARKDOWN)
    written = msgspec.json.decode(render(told, Format.JSON))
    by_number = {fix["number"]: fix for fix in written["fixes"]}
    assert [by_number[number]["owner"] for number in written["plan"]] == ["destination", "source"]


def test_what_somebody_else_must_mend_comes_as_a_message_to_them() -> None:
    report = msgspec.json.decode(render(diagnose(case("cross-account", ONLY_SERVICES), RULES), Format.JSON))
    assert report["causes"][0]["fixes"][0] == 1
    fix = report["fixes"][0]
    assert "the owner of account 222222222222" in fix["handover"]
    assert json.dumps(fix["document"], indent=2) in fix["handover"]


def test_a_denial_always_has_a_cause_with_what_to_do() -> None:
    told = diagnose(case("cross-account", ONLY_SERVICES), RULES)
    assert all(finding.remedies for finding in told.findings)


def test_policies_that_were_read_are_not_called_unread_where_they_may_not_count() -> None:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    denying = {"name": "no", "kind": "scp", "document": document(everything, deny("sts:*", Resource="*"))}
    scps = {"evidence": "known", "value": [{"target": "r-1", "policies": {"policies": [denying]}}]}
    unread = change(organization=None), change(organization={"evidence": "unread", "gap": "access_denied"})
    told = diagnose(case("cross-account", *unread, scps=scps), RULES)
    assert told.verdict is Verdict.UNDETERMINED
    assert [(finding.rule, finding.certainty) for finding in told.findings] == [("policy-denies", "possible")]
    report = " ".join(render(told, Format.TEXT).split())
    assert "they do not count if the account is its organization's management account" in report


@pytest.mark.parametrize(
    ("user", "role", "masked"),
    [
        pytest.param(USER, DEPLOY, False, id="nothing is masked"),
        pytest.param("arn:aws:iam::***:user/builder", DEPLOY, True, id="the caller's account"),
        pytest.param(USER, MASKED, True, id="the role's account"),
        pytest.param("arn:aws:iam:::user/builder", "arn:aws:iam:::role/Deploy", True, id="both, blanked"),
    ],
)
def test_it_is_known_that_accounts_of_an_error_were_masked(user: str, role: str, masked: bool) -> None:
    message = DENIAL.format(user=user, action="sts:AssumeRole", role=role)
    told = diagnose(case("cross-account", message=message), RULES)
    assert told.answer is not None
    assert told.answer.masked is masked
