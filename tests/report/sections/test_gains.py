"""Who gains access by an edit that admits nobody else, in words."""

from typing import Any

import pytest
from tests.cases import case

from diagnose.model.case import Case
from diagnose.model.diagnosis import Owner, Remedy
from diagnose.report.sections.gains import only_gain

SESSION = "arn:aws:sts::111111111111:assumed-role/App/build-7"
SCHEDULE = "arn:aws:scheduler:eu-central-1:222222222222:schedule/nightly/report"
GROUP = "arn:aws:scheduler:eu-central-1:222222222222:schedule-group/nightly"


def of_service(*arns: str) -> Case:
    return case("service", {"request": {"context": {"aws:SourceArn": list(arns)}}})


def of_source(arn: str) -> Case:
    return case("cross-account", {"snapshot": {"source": {"arn": arn}}})


def of_token(claims: Any) -> Case:
    return case("github", {"snapshot": {"source": {"identity": {"claims": claims}}}})


@pytest.mark.parametrize(
    ("asked", "document", "words"),
    [
        pytest.param(case("cross-account"), "", "Only this user gains access.", id="a user"),
        pytest.param(
            of_source("arn:aws:iam::111111111111:root"), "", "Only this user gains access.", id="the root user"
        ),
        pytest.param(
            of_source("arn:aws:iam::111111111111:role/App"),
            "",
            "Only this role gains access, whoever uses it.",
            id="a role",
        ),
        pytest.param(
            case("cross-account-role"),
            '{"AWS": "arn:aws:iam::111111111111:role/App"}',
            "Only this role gains access, whoever uses it.",
            id="a session whose role is named",
        ),
        pytest.param(
            case("cross-account-role"),
            f'{{"AWS": "{SESSION}"}}',
            "Only sessions with this name gain access.",
            id="a session that is named itself",
        ),
        pytest.param(case("github"), "", "Only tokens with this subject gain access.", id="a token"),
        pytest.param(of_token({"sub": None}), "", "Nobody else gains access.", id="a token without a subject"),
        pytest.param(case("saml"), "", "Only assertions with this subject gain access.", id="an assertion"),
        pytest.param(
            case("saml", {"snapshot": {"source": {"identity": {"subject": None}}}}),
            "",
            "Nobody else gains access.",
            id="an assertion of which the subject is not known",
        ),
        pytest.param(case("service"), "", "Only this service gains access.", id="a service"),
        pytest.param(
            of_service(SCHEDULE),
            f'{{"aws:SourceArn": "{SCHEDULE}"}}',
            "Only this service gains access, acting for this resource.",
            id="a service for a resource that is named",
        ),
        pytest.param(
            of_service(SCHEDULE),
            f'{{"aws:SourceArn": "{SCHEDULE}-of-another"}}',
            "Only this service gains access.",
            id="a service for another resource",
        ),
        pytest.param(
            of_service(GROUP),
            f'{{"aws:SourceArn": ["{GROUP}"]}}',
            "Only this service gains access, but for every schedule of that group.",
            id="a service for all schedules of a group",
        ),
        pytest.param(of_source("nobody"), "", "Nobody else gains access.", id="a source that is no caller"),
    ],
)
def test_who_alone_gains_access_is_told(asked: Case, document: str, words: str) -> None:
    assert only_gain(Remedy("kind", Owner.DESTINATION, "do it", document=document), asked) == words
