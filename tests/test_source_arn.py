"""A source whose ARN was given without the path that IAM has: what was read counts, and the report says so."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from diagnose.evaluate.decision import decide, verdict
from diagnose.loading import load_rules
from diagnose.model.case import Case, Principal
from diagnose.model.diagnosis import Verdict
from diagnose.model.evidence import Known, Unread
from diagnose.model.tri import NO, UNKNOWN, YES, Tri
from diagnose.pipeline import diagnose
from diagnose.report import Format, render
from diagnose.report.redact.redact import redact
from tests.cases import DEPLOY, allow, case, trust
from tests.report.redact.proof import proving

RULES = load_rules()
HOME = "arn:aws:iam::111111111111"
SSO = "AWSReservedSSO_Dev_0123456789abcdef"
SSO_GIVEN, SSO_READ = f"{HOME}:role/{SSO}", f"{HOME}:role/aws-reserved/sso.amazonaws.com/eu-west-1/{SSO}"
USER_GIVEN, USER_READ = f"{HOME}:user/pu", f"{HOME}:user/team/pu"
ROLE_GIVEN, ROLE_READ = f"{HOME}:role/wrong/App", f"{HOME}:role/team/App"
PAIRS = [
    pytest.param(SSO_GIVEN, SSO_READ, id="a role of Identity Center"),
    pytest.param(USER_GIVEN, USER_READ, id="a user"),
    pytest.param(ROLE_GIVEN, ROLE_READ, id="a role under another path"),
]
DENIAL = "User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role}"


def of(given: str, read: str | None, *, trusted: Any, **statement: Any) -> Case:
    """Make a case that is allowed if the trust policy's statement applies; `read` is None where nobody looked."""
    one = case("cross-account", trust_policy=trust(allow(trusted, **statement)))
    principal = Unread(subject=given) if read is None else Known(Principal(read, "AIDAEXAMPLE"))
    return replace(
        one, snapshot=replace(one.snapshot, source=replace(one.snapshot.source, arn=given, principal=principal))
    )


@pytest.mark.parametrize(("given", "read"), PAIRS)
def test_the_arn_that_was_read_is_what_policies_are_compared_with(given: str, read: str) -> None:
    by_principal = {given: NO, read: YES}
    for arn, expected in by_principal.items():
        for one in (
            of(given, read, trusted={"AWS": arn}),
            of(given, read, trusted={"AWS": "111111111111"}, Condition={"ArnEquals": {"aws:PrincipalArn": arn}}),
        ):
            assert verdict(one) is decide(one).verdict is expected


@pytest.mark.parametrize(("given", "read"), PAIRS)
def test_fixes_and_letters_name_the_arn_that_was_read(given: str, read: str) -> None:
    told = diagnose(of(given, read, trusted={"AWS": given}), RULES)
    assert told.verdict is Verdict.DENIED
    fixes = [remedy for finding in told.findings for remedy in finding.remedies]
    assert any(f'"{read}"' in remedy.document for remedy in fixes)
    assert not any(f'"{given}"' in remedy.document for remedy in fixes)
    written = msgspec.json.decode(render(told, Format.JSON))
    letters = [fix["handover"] for fix in written["fixes"] if fix["handover"]]
    assert letters
    assert all(f"`{read}` needs to assume" in letter for letter in letters)


@pytest.mark.parametrize(("given", "read"), PAIRS)
def test_a_right_trust_policy_is_left_alone(given: str, read: str) -> None:
    told = diagnose(of(given, read, trusted={"AWS": read}), RULES)
    assert (told.verdict, told.findings) == (Verdict.ALLOWED, ())


@pytest.mark.parametrize(("given", "read"), PAIRS)
def test_that_the_arn_was_corrected_is_said_in_every_format(given: str, read: str) -> None:
    told = diagnose(of(given, read, trusted={"AWS": read}), RULES)
    for form in (Format.TEXT, Format.MARKDOWN):
        report = " ".join(render(told, form).split())
        assert f"the source was given as {given}" in report.replace("`", "")
        assert read in report
    written = msgspec.json.decode(render(told, Format.JSON))
    assert (written["source_arn"], written["source_arn_read"]) == (given, read)


@pytest.mark.parametrize(("given", "read"), PAIRS)
def test_a_redacted_case_comes_out_the_same(given: str, read: str) -> None:
    for trusted in (given, read):
        told = diagnose(of(given, read, trusted={"AWS": trusted}), RULES)
        redacted = redact(told, proving()).case
        assert decide(redacted).verdict is told.decision.verdict
        report = render(redact(told, proving()), Format.TEXT)
        assert "111111111111" not in report
        assert "pu" not in report.split()


@pytest.mark.parametrize(
    ("given", "read"),
    [
        pytest.param(USER_GIVEN, f"{HOME}:user/team/other", id="another user"),
        pytest.param(USER_GIVEN, f"{HOME}:user/team/Pu", id="a name with different capitalization"),
        pytest.param(USER_GIVEN, f"{HOME}:role/team/pu", id="a role of that name"),
        pytest.param(USER_GIVEN, "arn:aws:iam::333333333333:user/team/pu", id="a user of another account"),
        pytest.param(USER_GIVEN, "nonsense", id="no ARN"),
        pytest.param(USER_GIVEN, USER_GIVEN, id="the same"),
        pytest.param(USER_GIVEN, None, id="nothing"),
    ],
)
def test_what_is_not_the_same_user_corrects_nothing(given: str, read: str | None) -> None:
    told = diagnose(of(given, read, trusted={"AWS": given}), ())
    assert told.verdict is Verdict.ALLOWED
    assert "corrected" not in render(told, Format.TEXT)
    assert msgspec.json.decode(render(told, Format.JSON))["source_arn_read"] == given


@pytest.mark.parametrize(
    ("trusted", "expected"),
    [
        pytest.param(SSO_GIVEN, NO, id="no such role has no path"),
        pytest.param(SSO_READ, UNKNOWN, id="the path may be this one"),
        pytest.param(f"{HOME}:role/aws-reserved/sso.amazonaws.com/{SSO}", UNKNOWN, id="or this one"),
    ],
)
def test_a_role_of_identity_center_has_a_path_though_nobody_read_it(trusted: str, expected: Tri) -> None:
    one = of(SSO_GIVEN, None, trusted={"AWS": "111111111111"}, Condition={"ArnEquals": {"aws:PrincipalArn": trusted}})
    assert verdict(one) is decide(one).verdict is expected


@pytest.mark.parametrize(
    ("given", "read"), [pytest.param(USER_GIVEN, USER_READ, id="read"), pytest.param(USER_GIVEN, None, id="not read")]
)
def test_an_error_names_the_user_with_the_path(given: str, read: str | None) -> None:
    one = of(given, read, trusted={"AWS": read or given})
    told = diagnose(replace(one, message=DENIAL.format(caller=USER_READ, role=DEPLOY)), RULES)
    assert told.verdict is Verdict.DENIED
    assert "credentials-of-somebody-else" not in [finding.rule for finding in told.findings]
