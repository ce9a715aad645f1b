"""What is said first about a diagnosis, wherever one row tells it."""

import pytest
from msgspec.structs import replace
from tests.cases import allow, case, trust
from tests.report.diagnoses import EVERY, NAMES

from diagnose.loading import load_rules
from diagnose.model.diagnosis import Diagnosis, Verdict
from diagnose.model.key_state import ConditionKey
from diagnose.model.trace import BrokenStatement, Doubt, Gate, Layer
from diagnose.model.tri import NO, UNKNOWN, YES
from diagnose.pipeline import diagnose
from diagnose.report.findings import finding_rows
from diagnose.report.first_cause import depends_on
from diagnose.report.json import published

OPEN = EVERY["mfa-doubt"](NAMES)


def with_doubts(*doubts: Doubt) -> Diagnosis:
    return replace(OPEN, decision=replace(OPEN.decision, doubts=doubts))


def test_keys_layers_and_requirements_that_matter_are_named_each_once() -> None:
    doubts = (
        Doubt(ConditionKey("aws:SourceIp"), YES),
        Doubt(ConditionKey("aws:SourceVpc"), NO),
        Doubt(Layer.SCP, UNKNOWN),
        Doubt(Layer.SCP, YES),
        Doubt(Gate.PROVIDER, YES),
    )
    assert depends_on(with_doubts(*doubts)) == "aws:SourceIp; scp; provider"


def test_what_has_a_comma_or_a_semicolon_in_it_stays_one() -> None:
    doubts = (
        Doubt(ConditionKey("aws:RequestTag/a, b; c"), YES),
        Doubt(BrokenStatement("p", 0), YES),
        Doubt(Layer.SCP, YES),
    )
    assert depends_on(with_doubts(*doubts)).split("; ") == [
        "aws:RequestTag/a, b, c",
        "statement 1 of policy `p`, which is not well-formed",
        "scp",
    ]


@pytest.mark.parametrize(("count", "named", "end"), [(12, 12, "key-11"), (13, 13, "key-12"), (14, 13, "and 2 more")])
def test_of_many_the_first_are_named(count: int, named: int, end: str) -> None:
    every = depends_on(with_doubts(*(Doubt(ConditionKey(f"key-{number}"), YES) for number in range(count))))
    assert len(every.split("; ")) == named
    assert every.endswith(f"; {end}")


@pytest.mark.parametrize("settled", [Verdict.ALLOWED, Verdict.DENIED])
def test_what_aws_has_answered_depends_on_nothing(settled: Verdict) -> None:
    assert depends_on(OPEN) == "aws:MultiFactorAuthPresent"
    assert depends_on(replace(OPEN, verdict=settled)) == ""


@pytest.mark.parametrize(
    ("key", "cause"),
    [
        pytest.param("sts:SourceIdentity", "source-identity-differs", id="another source identity"),
        pytest.param("aws:SourceIdentity", "source-identity-of-session", id="a source identity of an earlier session"),
    ],
)
def test_the_first_cause_and_its_fixes_come_before_an_action_that_is_perhaps_not_needed(key: str, cause: str) -> None:
    """Whether sts:SetSourceIdentity is asked for depends on the source identity of the session, which was not read."""
    statement = allow({"AWS": "arn:aws:iam::111111111111:root"}, Condition={"StringEquals": {key: "auditor"}})
    session = {"source_identity": {"evidence": "unread"}}
    told = diagnose(case("cross-account-role", session=session, trust_policy=trust(statement)), load_rules())
    document, rows = published(told), finding_rows(told)
    assert [document.primary_cause, document.causes[0].rule, rows[0].rule] == [cause] * 3
    assert cause in document.fixes[0].rules
    assert document.causes[0].fixes[0] == document.fixes[0].number == 1
    assert sorted(one.rule for one in document.causes) == sorted(one.rule for one in told.findings if not one.is_gap)
    assert [row.number for row in rows] == list(range(1, len(told.findings) + 1))


@pytest.mark.parametrize("name", [name for name in EVERY if name not in ("contradicted", "unexplained", "allowed")])
def test_the_first_cause_is_the_first_of_the_causes(name: str) -> None:
    document = published(EVERY[name](NAMES))
    assert document.causes[0].rule == document.primary_cause
    assert [fix.number for fix in document.fixes] == list(range(1, len(document.fixes) + 1))
