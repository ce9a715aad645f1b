"""Resource and NotResource: compared is the role's IAM ARN."""

from typing import Any

import pytest
from tests.evaluate.cases import DESTINATION, FAR, GAP, ROLE, case, element, outcome, policy

from diagnose.evaluate.decision import decide, verdict
from diagnose.model.case import Parameters
from diagnose.model.policy import PolicySet
from diagnose.model.trace import Action, Element, ElementTrace, Layer, Reason
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

HERE = f"arn:aws:iam::{FAR}:role"


def told(
    given: object,
    key: str = "Resource",
    *,
    version: str | None = "2012-10-17",
    action: Action = Action.ASSUME_ROLE,
    **more: Any,
) -> ElementTrace:
    identity = PolicySet((policy({"Effect": "Allow", "Action": "sts:*", key: given}, version=version),))
    return element(case(identity=identity, **more), Layer.IDENTITY, Element.RESOURCE, action=action)


@pytest.mark.parametrize(
    ("given", "verdict", "reason"),
    [
        pytest.param(DESTINATION, YES, Reason.MATCHES, id="the very ARN"),
        pytest.param("*", YES, Reason.MATCHES, id="everything"),
        pytest.param("**", YES, Reason.MATCHES, id="everything, twice"),
        pytest.param(f"{HERE}/*", YES, Reason.MATCHES, id="every role of the account, whatever its path"),
        pytest.param(f"{HERE}/*Deploy", YES, Reason.MATCHES, id="a wildcard spans slashes"),
        pytest.param(f"{HERE}/ops/Deploy*", YES, Reason.MATCHES, id="a wildcard stands for nothing, too"),
        pytest.param(f"{HERE}/ops/Deplo?", YES, Reason.MATCHES, id="a question mark"),
        pytest.param("arn:aws:iam::*:role/ops/Deploy", YES, Reason.MATCHES, id="a wildcard account"),
        pytest.param("arn:aws:iam::22222222????:role/ops/Deploy", YES, Reason.MATCHES, id="half an account"),
        pytest.param(f"arn:*:iam::{FAR}:role/ops/Deploy", YES, Reason.MATCHES, id="a wildcard partition"),
        pytest.param(f"arn:aws:iam:*:{FAR}:role/ops/Deploy", YES, Reason.MATCHES, id="a wildcard for no Region"),
        pytest.param(f"arn:aws:sts::{FAR}:assumed-role/Deploy/*", NO, Reason.SESSION_FOR_ROLE, id="a session's ARN"),
        pytest.param(f"{HERE}/Deploy", NO, Reason.PATH_MISSING, id="the path missing"),
        pytest.param(f"{HERE}/Deploy*", NO, Reason.WILDCARD_TOO_NARROW, id="a wildcard that begins at the name"),
        pytest.param(f"{HERE}/dev/Deploy", NO, Reason.PATH_DIFFERS, id="another path"),
        pytest.param("arn:aws:iam::333333333333:role/ops/Deploy", NO, Reason.OTHER_ACCOUNT, id="another account"),
        pytest.param("arn:aws:iam::222222222221:role/ops/Deploy", NO, Reason.ACCOUNT_TYPO, id="a mistyped account"),
        pytest.param(f"arn:aws-cn:iam::{FAR}:role/ops/Deploy", NO, Reason.OTHER_PARTITION, id="another partition"),
        pytest.param(f"arn:aws:iam::{FAR}:root", NO, Reason.OTHER_TYPE, id="the account"),
        pytest.param(f"arn:aws:iam::{FAR}:user/ops/Deploy", NO, Reason.OTHER_TYPE, id="a user"),
        pytest.param(f"arn:aws:iam::{FAR}:instance-profile/Deploy", NO, Reason.OTHER_TYPE, id="an instance profile"),
        pytest.param(f"arn:aws:iam:us-east-1:{FAR}:role/ops/Deploy", NO, Reason.REGION_GIVEN, id="a Region"),
        pytest.param(f"{DESTINATION} ", NO, Reason.SPACE_DIFFERS, id="a space behind"),
        pytest.param(f"{HERE}/ops/deploy", NO, Reason.CASE_DIFFERS, id="lower case"),
        pytest.param("Deploy", NO, Reason.NOT_AN_ARN, id="a bare name"),
        pytest.param("*X*", NO, Reason.NOT_AN_ARN, id="a letter between asterisks"),
        pytest.param(f"arn:aws:iam::{FAR}", NO, Reason.NOT_AN_ARN, id="fewer than six parts"),
        pytest.param(f"{HERE}/ops/Audit", NO, Reason.OTHER_NAME, id="another name"),
    ],
)
def test_a_resource_says_how_it_hits_or_misses(given: str, verdict: Tri, reason: Reason) -> None:
    trace = told(given)
    assert outcome(trace) == (verdict, reason if verdict is NO else Reason.MATCHES, "/Statement/0/Resource")
    assert (trace.wanted, trace.got) == ((given,), DESTINATION)
    assert told(given, "NotResource").verdict is ~verdict


@pytest.mark.parametrize(
    ("given", "verdict", "reason", "pointer"),
    [
        pytest.param(["arn:aws:s3:::x", DESTINATION], YES, Reason.MATCHES, "/1", id="the one that fits"),
        pytest.param(
            [f"{HERE}/Audit", f"{HERE}/Deploy", "Deploy"], NO, Reason.PATH_MISSING, "/1", id="the nearest miss"
        ),
        pytest.param([], NO, Reason.MALFORMED, "", id="an empty list"),
    ],
)
def test_a_list_of_resources_points_at_one(given: object, verdict: Tri, reason: Reason, pointer: str) -> None:
    assert outcome(told(given)) == (verdict, reason, "/Statement/0/Resource" + pointer)


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        pytest.param(f"arn:aws:iam::{FAR}*", YES, id="behind the account"),
        pytest.param("arn:aws:iam::*", YES, id="in place of the account"),
        pytest.param("arn:aws:iam:*", YES, id="in place of the Region"),
        pytest.param("arn:aws:iam:*:role/ops/Deploy", YES, id="over Region and account"),
        pytest.param("arn:aws:iam::*Deploy", NO, id="not at the end of a part"),
        pytest.param("arn:aws:iam::333333333333*", NO, id="behind another account"),
        pytest.param("arn:aws:iam::????????????*", YES, id="behind question marks"),
        pytest.param("arn:aws:iam::?????????????*", NO, id="a question mark takes no colon"),
        pytest.param("arn:aws:iam::2?role/ops/*", NO, id="a question mark for colon and account"),
        pytest.param("aws:iam::*", NO, id="of what is no ARN"),
        pytest.param("arn:aws:iam::*:role/dev/*", NO, id="an ARN of six parts goes part by part"),
    ],
)
def test_an_asterisk_that_ends_a_part_goes_on_beyond_the_colon(given: str, verdict: Tri) -> None:
    trace, negated = told(given), told(given, "NotResource")
    assert (trace.verdict, negated.verdict) == (verdict, ~verdict)
    assert told(["arn:aws:s3:::x", given]).verdict is verdict
    assert told([given, DESTINATION]).verdict is YES
    assert told([f"{HERE}/${{aws:username}}", given]).verdict is verdict


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        pytest.param(f"arn:aws:iam::{FAR}:ro*", UNKNOWN, id="a type that is cut short"),
        pytest.param(f"arn:aws:iam::{FAR}:r?le/ops/Deploy", UNKNOWN, id="a letter of the type"),
        pytest.param(f"arn:aws:iam::{FAR}:*/ops/Deploy", UNKNOWN, id="any type"),
        pytest.param(f"arn:aws:iam::{FAR}:*/Deploy", UNKNOWN, id="any type and path"),
        pytest.param(f"arn:aws:iam::{FAR}:*Deploy", UNKNOWN, id="all but the end"),
        pytest.param(f"arn:aws:iam::{FAR}:????/ops/Deploy", UNKNOWN, id="a type of so many letters"),
        pytest.param(f"arn:aws:iam::{FAR}:us*", NO, id="another type that is cut short"),
        pytest.param(f"arn:aws:iam::{FAR}:*/Other", NO, id="any type, and another name"),
        pytest.param(f"arn:aws:*::{FAR}:role/ops/Deploy", UNKNOWN, id="any service"),
        pytest.param(f"arn:aws:ia?::{FAR}:role/ops/Deploy", UNKNOWN, id="a letter of the service"),
        pytest.param(f"arn:aws:s?::{FAR}:role/ops/Deploy", NO, id="a letter of another service"),
        pytest.param("arn:aws:*:*:*:*", UNKNOWN, id="any part at all"),
        pytest.param("arn:aws:*", UNKNOWN, id="all behind the partition"),
        pytest.param("arn:*", UNKNOWN, id="all of an ARN"),
        pytest.param("arn:aws:iam:*:ro*", UNKNOWN, id="a type that is cut short, in fewer parts"),
        pytest.param(f"arn:aws:*::{FAR}:role/ops/${{aws:PrincipalTag/job}}", UNKNOWN, id="any service, and a variable"),
        pytest.param(f"arn:aws:iam::{FAR}:*/ops/${{aws:PrincipalTag/job}}", UNKNOWN, id="any type, and a variable"),
        pytest.param(f"arn:aws:iam::{FAR}:*/ops/${{aws:username}}", NO, id="any type, and a variable of another name"),
        pytest.param(f"arn:aws:iam::{FAR}:*", YES, id="all behind the account, which is no type"),
        pytest.param(f"arn:aws:iam::{FAR}:**", YES, id="the same twice"),
        pytest.param(f"arn:aws:iam::{FAR}:role*", UNKNOWN, id="behind the type, without a slash"),
        pytest.param(f"arn:aws:iam::{FAR}:role/*", YES, id="behind the type's slash"),
    ],
)
def test_a_wildcard_where_none_can_be_matches_nothing_for_certain(given: str, verdict: Tri) -> None:
    tags = {"job": "Deploy"}
    trace, negated = told(given, tags=tags), told(given, "NotResource", tags=tags)
    assert (trace.verdict, negated.verdict) == (verdict, ~verdict)
    open_point = verdict is UNKNOWN
    assert [each.reason is Reason.WILDCARD_MISPLACED for each in (trace, negated)] == [open_point, open_point]
    assert told(["arn:aws:s3:::x", given], tags=tags).verdict is verdict
    assert told([given, DESTINATION], tags=tags).verdict is YES


@pytest.mark.parametrize(
    ("given", "verdict", "reason", "pointer"),
    [
        pytest.param(["arn:aws:s3:::x", f"{HERE}/ops/*"], NO, Reason.EXCLUDED, "/1", id="listed"),
        pytest.param(["arn:aws:s3:::x", f"{HERE}/dev/*"], YES, Reason.MATCHES, "", id="not listed"),
        pytest.param(f"{HERE}/${{aws:PrincipalTag/team}}", UNKNOWN, Reason.NOT_TOLD, "", id="not told"),
    ],
)
def test_a_not_resource_holds_for_all_but_what_it_lists(
    given: object, verdict: Tri, reason: Reason, pointer: str
) -> None:
    trace = told(given, "NotResource", principal=GAP)
    assert outcome(trace) == (verdict, reason, "/Statement/0/NotResource" + pointer)
    assert trace.negated


@pytest.mark.parametrize(
    ("given", "verdict", "reason"),
    [
        pytest.param(f"{HERE}/ops/${{aws:PrincipalTag/job}}", YES, Reason.MATCHES, id="resolved"),
        pytest.param(f"{HERE}/ops/${{AWS:principaltag/JOB}}", YES, Reason.MATCHES, id="keys ignore case"),
        pytest.param(f"{HERE}/*/${{aws:PrincipalTag/job}}", YES, Reason.MATCHES, id="resolved beside a wildcard"),
        pytest.param(f"{HERE}/ops/${{aws:username}}", NO, Reason.OTHER_NAME, id="resolved to another name"),
        pytest.param(f"{HERE}/ops/${{aws:PrincipalTag/none}}", NO, Reason.VARIABLE_UNRESOLVED, id="no value"),
        pytest.param(f"{HERE}/ops/${{aws:PrincipalTag/none, 'Deploy'}}", YES, Reason.MATCHES, id="a default value"),
        pytest.param(f"{HERE}/ops/${{aws:username, 'Deploy'}}", NO, Reason.OTHER_NAME, id="a default not needed"),
        pytest.param(f"{HERE}/ops/${{aws:PrincipalTag/star}}", NO, None, id="a value is no pattern"),
        pytest.param(f"{HERE}/ops/${{*}}", NO, None, id="an escaped asterisk"),
        pytest.param("arn:aws:iam::${aws:PrincipalTag/far}:role/ops/Deploy", NO, None, id="before the fifth colon"),
        pytest.param("${aws:PrincipalTag/arn}", NO, None, id="in the place of the whole ARN"),
    ],
)
def test_a_variable_in_a_resource_stands_for_the_value_of_its_key(
    given: str, verdict: Tri, reason: Reason | None
) -> None:
    trace = told(given, tags={"job": "Deploy", "star": "*", "far": FAR, "arn": DESTINATION})
    assert trace.verdict is verdict
    assert reason is None or trace.reason is reason


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_in_the_old_language_a_variable_is_literal_text(version: str | None) -> None:
    trace = told(f"{HERE}/ops/${{aws:PrincipalTag/job}}", version=version, tags={"job": "Deploy"})
    assert (trace.verdict, trace.reason) == (NO, Reason.VARIABLE_IS_LITERAL)


def test_a_variable_whose_key_is_unknown_is_not_told() -> None:
    trace = told(f"{HERE}/ops/${{aws:PrincipalTag/job}}", principal=GAP)
    assert (trace.verdict, trace.reason) == (UNKNOWN, Reason.NOT_TOLD)


def test_a_resource_that_fits_settles_one_that_is_not_told() -> None:
    assert told([f"{HERE}/ops/${{aws:PrincipalTag/job}}", DESTINATION], principal=GAP).verdict is YES


def test_the_user_name_is_absent_for_a_role() -> None:
    trace = told(f"{HERE}/ops/${{aws:username}}", source=ROLE)
    assert (trace.verdict, trace.reason) == (NO, Reason.VARIABLE_UNRESOLVED)


def test_a_wildcard_service_is_no_difference_in_case() -> None:
    assert told(f"arn:aws:*::{FAR}:role/ops/Deploy").reason is not Reason.CASE_DIFFERS


def test_a_key_with_several_values_is_no_variable() -> None:
    parameters = Parameters(session_name="nightly", tags={"Deploy": "x"})
    assert told(f"{HERE}/ops/${{aws:TagKeys}}", parameters=parameters).verdict is NO


def test_a_variable_has_no_value_where_its_action_lacks_the_key() -> None:
    parameters = Parameters(session_name="nightly", tags={"job": "Deploy"}, source_identity="alice")
    given = f"{HERE}/ops/${{aws:RequestTag/job}}"
    assert told(given, parameters=parameters).verdict is YES
    trace = told(given, parameters=parameters, action=Action.SET_SOURCE_IDENTITY)
    assert (trace.verdict, trace.reason) == (NO, Reason.VARIABLE_UNRESOLVED)


def test_a_not_resource_of_everything_allows_nothing() -> None:
    one = case(identity=[{"Effect": "Allow", "Action": "sts:*", "NotResource": "*"}])
    assert verdict(one) is decide(one).verdict is NO
