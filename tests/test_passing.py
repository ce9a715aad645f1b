"""Two answers in one: whether somebody may pass a role to a service, and whether the service can assume it."""

from typing import Any

import pytest

from diagnose.loading import load_rules
from diagnose.model.diagnosis import Diagnosis, Owner, Proof, Verdict
from diagnose.pipeline import diagnose
from diagnose.report import Format, render
from diagnose.report.sections.headline import headline
from tests.cases import allow, case, change, trust

RULES = load_rules()
ROLE = "arn:aws:iam::111111111111:role/OrdersFunction"
MAY_NOT = change(identity_policies={"policies": {"0": {"document": {"Statement": {"0": None}}}}})
NOT_TRUSTED = change(trust_policy=trust(allow({"Service": "ec2.amazonaws.com"})))
UNREAD = {"evidence": "unread", "gap": "no_credentials"}
TRUST_UNREAD = change(trust_policy=UNREAD)
NOTHING_READ = change(
    identity_policies={"policies": [], "unread": [UNREAD]}, boundary=UNREAD, scps=UNREAD, organization=UNREAD
)
SAID = (
    "An error occurred (AccessDeniedException) when calling the CreateFunction operation: User: "
    f"arn:aws:iam::111111111111:user/builder is not authorized to perform: iam:PassRole on resource: {ROLE}"
)
BY_IDENTITY = f"{SAID} because no identity-based policy allows the iam:PassRole action"
BY_SERVICE = "The role defined for the function cannot be assumed by Lambda."


def diagnosed(*changes: Any, **parts: Any) -> Diagnosis:
    return diagnose(case("passing", *changes, **parts), RULES)


@pytest.mark.parametrize(
    ("changes", "verdict", "rules", "title"),
    [
        pytest.param((), Verdict.ALLOWED, [], "ALLOWED: user builder (111111111111) can pass role", id="both"),
        pytest.param(
            (MAY_NOT,),
            Verdict.DENIED,
            ["pass-role-missing"],
            "builder (111111111111) cannot pass role",
            id="no PassRole",
        ),
        pytest.param(
            (NOT_TRUSTED,),
            Verdict.DENIED,
            ["trust-service-not-named"],
            "DENIED: lambda.amazonaws.com cannot assume role OrdersFunction (111111111111), whoever passes it",
            id="not trusted",
        ),
        pytest.param(
            (MAY_NOT, NOT_TRUSTED),
            Verdict.DENIED,
            ["pass-role-missing", "trust-service-not-named"],
            "cannot pass role",
            id="neither",
        ),
        pytest.param(
            (TRUST_UNREAD,),
            Verdict.UNDETERMINED,
            ["trust-policy-unread"],
            "UNDETERMINED: whether user builder (111111111111) can pass role",
            id="the trust policy was not read",
        ),
    ],
)
def test_passing_and_assuming_are_one_answer(changes: Any, verdict: Verdict, rules: list[str], title: str) -> None:
    diagnosis = diagnosed(*changes)
    assert [finding.rule for finding in diagnosis.findings] == rules
    assert diagnosis.verdict is verdict
    assert title in headline(diagnosis)


def test_each_side_has_its_owner() -> None:
    passing, service = diagnosed(MAY_NOT, NOT_TRUSTED).findings
    assert (passing.owner, service.owner) == (Owner.SOURCE, Owner.DESTINATION)
    assert (passing.action, service.action) == ("iam:PassRole", "sts:AssumeRole")


def test_a_fix_names_the_service() -> None:
    (finding,) = diagnosed(MAY_NOT).findings
    (remedy,) = finding.remedies
    assert remedy.proof is Proof.ALLOWED
    assert '"iam:PassedToService": "lambda.amazonaws.com"' in remedy.document
    assert f'"Resource": "{ROLE}"' in remedy.document


def test_a_fix_of_one_side_says_what_remains_of_the_other() -> None:
    diagnosis = diagnosed(MAY_NOT, NOT_TRUSTED)
    first = diagnosis.findings[0].remedies[0]
    assert first.proof is Proof.CLEARS
    assert first.remaining
    assert not first.enough


def test_both_fixes_together_are_the_plan() -> None:
    plan = diagnosed(MAY_NOT, NOT_TRUSTED).plan
    assert [step.owner for step in plan] == [Owner.SOURCE, Owner.DESTINATION]


def test_a_fix_is_not_enough_while_the_other_side_is_open() -> None:
    (finding, *_) = diagnosed(MAY_NOT, TRUST_UNREAD).findings
    assert finding.rule == "pass-role-missing"
    assert finding.remedies[0].proof is Proof.CLEARS
    assert finding.remedies[0].remaining


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        pytest.param(SAID, "pass-role-refused", id="no layer"),
        pytest.param(BY_IDENTITY, "pass-role-refused", id="the identity policies"),
        pytest.param(
            f"{SAID} because no permissions boundary allows the iam:PassRole action",
            "boundary-named-by-aws",
            id="boundary",
        ),
        pytest.param(f"{SAID} with an explicit deny in a service control policy", "scp-named-by-aws", id="an SCP"),
        pytest.param(BY_SERVICE, "service-refused", id="the service speaks"),
    ],
)
def test_the_error_alone_tells_the_first_cause(message: str, rule: str) -> None:
    diagnosis = diagnosed(NOTHING_READ, TRUST_UNREAD, message=message)
    assert diagnosis.verdict is Verdict.DENIED
    assert diagnosis.findings[0].rule == rule
    assert diagnosis.answer is not None
    assert diagnosis.answer.refuses


def test_no_sentence_speaks_of_assuming_where_passing_was_refused() -> None:
    for message in (BY_IDENTITY, f"{SAID} because no permissions boundary allows the iam:PassRole action"):
        diagnosis = diagnosed(NOTHING_READ, message=message)
        own = [finding for finding in diagnosis.findings if finding.action != "sts:AssumeRole"]
        assert own
        assert not [finding.rule for finding in own if "sts:AssumeRole" in finding.explanation]


@pytest.mark.parametrize("form", list(Format))
def test_every_format_tells_both(form: Format) -> None:
    text = render(diagnosed(MAY_NOT, NOT_TRUSTED), form)
    assert "OrdersFunction" in text


def test_a_report_lists_what_was_checked_of_both() -> None:
    text = render(diagnosed(), Format.TEXT)
    assert "What was checked for iam:PassRole" in text
    assert "What was checked for sts:AssumeRole" in text
    assert "iam:PassRole to lambda.amazonaws.com" in text
