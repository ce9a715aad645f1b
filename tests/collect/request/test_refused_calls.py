"""What fails most among refused calls, word for word; and which records make a case."""

import json
from typing import Any

import msgspec
import pytest
from tests.collect.request.records import ROLE, SESSION, USER, identity, of_user, refused

from diagnose.collect.request.denials import Denials, denials_in, refused_cases
from diagnose.errors import XdiagError
from diagnose.model.operation import Operation

SCP = " with an explicit deny in a service control policy"
OTHER = "arn:aws:iam::222222222222:role/Other"
TOKEN = {
    "type": "WebIdentityUser",
    "principalId": "https://token.actions.githubusercontent.com:sts.amazonaws.com:repo:octo/app",
    "userName": "repo:octo/app",
    "identityProvider": "https://token.actions.githubusercontent.com",
}


def of_role(role: str, why: str = "", **changes: Any) -> dict[str, Any]:
    said = f"User: {USER} is not authorized to perform: sts:AssumeRole on resource: {role}{why}"
    return refused(**{"errorMessage": said, **changes})


def denials(*records: dict[str, Any]) -> Denials:
    numbered = [{**record, "eventID": f"e-{number}"} for number, record in enumerate(records)]
    return denials_in(json.dumps({"Records": numbered}).encode(), "records.json", whole=False)


def by(name: str) -> dict[str, Any]:
    return {**of_user()["userIdentity"], "arn": f"arn:aws:iam::111111111111:user/{name}"}


@pytest.mark.parametrize(
    ("records", "summary"),
    [
        pytest.param([refused()], [f"1 x {ROLE}: AccessDenied, by {USER}"], id="one call"),
        pytest.param([refused(), of_user()], [f"1 x {ROLE}: AccessDenied, by {USER}"], id="not what was allowed"),
        pytest.param(
            [refused(SCP), refused(SCP), refused()],
            [
                f"2 x {ROLE}: AccessDenied, AWS names the service control policies, by {USER}",
                f"1 x {ROLE}: AccessDenied, by {USER}",
            ],
            id="for two reasons",
        ),
        pytest.param(
            [of_role(OTHER), refused(), refused(userIdentity=by("bo"))],
            [f"2 x {ROLE}: AccessDenied, by 2 callers", f"1 x {OTHER}: AccessDenied, by {USER}"],
            id="two roles: what fails most comes first",
        ),
        pytest.param(
            [of_role(f"{ROLE}{number}") for number in range(10)],
            [f"1 x {ROLE}{number}: AccessDenied, by {USER}" for number in range(10)],
            id="as many as are told",
        ),
        pytest.param(
            [of_role(f"{ROLE}{number}") for number in range(11)],
            [
                *(f"1 x {ROLE}{number}: AccessDenied, by {USER}" for number in range(10)),
                "and 1 other group of role and reason",
            ],
            id="one more than are told",
        ),
        pytest.param(
            [of_role(f"{ROLE}{number}") for number in range(12)],
            [
                *(f"1 x {ROLE}{number}: AccessDenied, by {USER}" for number in range(10)),
                "and 2 other groups of role and reason",
            ],
            id="more than are told",
        ),
        pytest.param(
            [refused(errorCode="ExpiredToken\x1b[31m", errorMessage="expired", requestParameters={"roleArn": ROLE})],
            [f"1 x {ROLE}: ExpiredToken\\x1b[31m, by {USER}"],
            id="hostile text is made harmless",
        ),
    ],
)
def test_what_fails_most_is_said(records: list[dict[str, Any]], summary: list[str]) -> None:
    assert list(denials(*records).summary) == summary


def test_a_thousand_calls_are_counted_with_a_comma() -> None:
    assert denials(*[refused()] * 1000).summary == (f"1,000 x {ROLE}: AccessDenied, by {USER}",)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "1 refused call of AssumeRole makes no row: its record has no ARN of a caller"),
        (2, "2 refused calls of AssumeRole make no row: their records have no ARN of a caller"),
        (1200, "1,200 refused calls of AssumeRole make no row: their records have no ARN of a caller"),
    ],
)
def test_calls_without_a_caller_make_no_row_and_are_counted(count: int, said: str) -> None:
    nobody = {"type": "AWSAccount", "accountId": "111111111111"}
    told = denials(*[of_user(userIdentity=nobody, errorCode="AccessDenied", errorMessage="no")] * count, refused())
    assert told.summary == (f"1 x {ROLE}: AccessDenied, by {USER}", said)
    assert len(told.lines.splitlines()) == 1


def test_a_file_about_no_role_is_a_mistake_and_records_of_any_kind_are_none() -> None:
    other = of_user(eventName="ListBuckets", errorCode="AccessDenied")
    with pytest.raises(XdiagError, match="no record is about assuming a role"):
        denials(other)
    assert refused_cases([other]) == []


def test_the_cases_of_refused_calls_are_those_of_their_lines() -> None:
    records = [of_user(eventID="e-1"), refused(eventID="e-2"), of_user(eventName="ListBuckets", eventID="e-3")]
    records += [refused(eventID="e-4", errorMessage="no", requestParameters={"roleArn": "Deploy"})]
    [case] = refused_cases(records)
    assert msgspec.json.encode(case) + b"\n" == denials(*records).lines
    assert (case.request.role_arn, case.snapshot.source.arn, case.note) == (ROLE, USER, "")


def test_a_case_of_a_session_has_what_the_record_says_of_it_but_not_when_it_began() -> None:
    said = f"User: {SESSION} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    [case] = refused_cases([refused(userIdentity=identity(), errorMessage=said)])
    source = case.snapshot.source
    assert source.arn == SESSION
    assert source.session.issued_at is None
    assert source.session.mfa != type(source.session)().mfa


def test_a_case_of_a_token_has_its_identity() -> None:
    [case] = refused_cases(
        [
            refused(
                eventName="AssumeRoleWithWebIdentity",
                userIdentity=TOKEN,
                errorMessage="Not authorized to perform sts:AssumeRoleWithWebIdentity",
                requestParameters={"roleArn": ROLE, "roleSessionName": "s"},
            )
        ]
    )
    assert case.request.operation is Operation.WITH_WEB_IDENTITY
    assert case.snapshot.source.identity is not None
