"""Which operator does what the operands were written for.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from typing import Any

import pytest
from tests.remedy.broken import about
from tests.remedy.example import with_condition

from diagnose.evaluate.decision import decide
from diagnose.model.trace import Element, ElementTrace, Layer, Reason
from diagnose.model.tri import NO
from diagnose.remedy.change import Draft, PolicyChange
from diagnose.remedy.document import JsonDict, apply_patch
from diagnose.remedy.fixes.condition import better_operator, correct_condition_key, moved

WILDCARD, SET, MISSING = Reason.WILDCARD_IS_LITERAL, Reason.SET_OPERATOR_NEEDED, Reason.KEY_MISSING
UNKNOWN = Reason.OPERATOR_UNKNOWN
ID, ARN, MFA = "sts:ExternalId", "aws:PrincipalArn", "aws:MultiFactorAuthPresent"


@pytest.mark.parametrize(
    ("reason", "key", "operator", "wanted", "better"),
    [
        (WILDCARD, ID, "StringEquals", "a*", "StringLike"),
        (WILDCARD, ID, "stringequals", "a*", "StringLike"),
        (WILDCARD, ID, "StringEqualsIgnoreCase", "a*", "StringLike"),
        (WILDCARD, ID, "StringNotEquals", "a*", "StringNotLike"),
        (WILDCARD, ID, "StringNotEqualsIgnoreCase", "a*", "StringNotLike"),
        (WILDCARD, ID, "StringNotEqualsIfExists", "a*", "StringNotLikeIfExists"),
        (WILDCARD, "aws:TagKeys", "ForAllValues:StringEquals", "a*", "ForAllValues:StringLike"),
        (WILDCARD, ARN, "StringEquals", "arn:*", "ArnLike"),
        (WILDCARD, ARN, "StringNotEquals", "arn:*", "ArnNotLike"),
        (WILDCARD, "aws:EpochTime", "NumericEquals", "1*", ""),
        (SET, "aws:PrincipalOrgPaths", "StringLike", "o-a/*", "ForAnyValue:StringLike"),
        (SET, "aws:PrincipalOrgPaths", "StringEqualsIfExists", "o-a/", "ForAnyValue:StringEqualsIfExists"),
        (SET, "aws:PrincipalOrgPaths", "StringNotLike", "o-a/*", ""),
        (MISSING, MFA, "Bool", "false", "BoolIfExists"),
        (MISSING, MFA, "Bool", "FALSE", "BoolIfExists"),
        (MISSING, MFA, "Bool", "true", ""),
        (MISSING, MFA, "BoolIfExists", "false", ""),
        (MISSING, ID, "StringEquals", "false", ""),
        (UNKNOWN, ID, "StringEqual", "a", "StringEquals"),
        (UNKNOWN, ID, "StringNotEqualIfExists", "a", "StringNotEqualsIfExists"),
        (UNKNOWN, ID, "StringEqualsIfExist", "a", "StringEqualsIfExists"),
        (UNKNOWN, ID, "StringLikeIfExist", "a*", "StringLikeIfExists"),
        (UNKNOWN, ID, "NullIfExists", "true", ""),
        (UNKNOWN, "aws:TagKeys", "ForAnyValues:StringLike", "a", "ForAnyValue:StringLike"),
        (UNKNOWN, "aws:TagKeys", "Sometimes:StringLike", "a", ""),
        (UNKNOWN, ID, "Matches", "a", ""),
        (Reason.VALUE_DIFFERS, ID, "StringEquals", "a", ""),
    ],
)
def test_the_operator_that_was_meant(reason: Reason, key: str, operator: str, wanted: str, better: str) -> None:
    element = ElementTrace(Element.CONDITION, NO, reason, "", wanted=(wanted,), key=key, operator=operator)
    assert better_operator(element) == better


VPC = "arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-0a1b2c3d4e5f60718"
VPC_ID, OTHER_ID = "vpc-0a1b2c3d4e5f60718", "vpc-00000000000000001"


@pytest.mark.parametrize(
    ("condition", "corrected"),
    [
        pytest.param(
            {"ArnEquals": {"aws:SourceVpcArn": VPC}}, {"StringEquals": {"aws:SourceVpc": VPC_ID}}, id="one ARN"
        ),
        pytest.param(
            {"ArnLike": {"AWS:sourcevpcarn": [VPC]}}, {"StringEquals": {"aws:SourceVpc": VPC_ID}}, id="a list of one"
        ),
        pytest.param(
            {"StringEquals": {"aws:SourceVpcArn": [VPC, VPC.replace(VPC_ID, OTHER_ID)]}},
            {"StringEquals": {"aws:SourceVpc": [VPC_ID, OTHER_ID]}},
            id="two ARNs",
        ),
        pytest.param(
            {"ArnNotEquals": {"aws:SourceVpcArn": VPC}}, {"StringNotEquals": {"aws:SourceVpc": VPC_ID}}, id="any other"
        ),
        pytest.param(
            {"ArnLike": {"aws:SourceVpcArn": f"{VPC[:-1]}*"}},
            {"StringLike": {"aws:SourceVpc": f"{VPC_ID[:-1]}*"}},
            id="a pattern with a star",
        ),
        pytest.param(
            {"ArnNotLike": {"aws:SourceVpcArn": f"{VPC[:-1]}?"}},
            {"StringNotLike": {"aws:SourceVpc": f"{VPC_ID[:-1]}?"}},
            id="a pattern of one letter, negated",
        ),
        pytest.param(
            {"StringEquals": {"aws:SourceVpcArn": VPC, "sts:ExternalId": "acme-42"}},
            {"StringEquals": {"sts:ExternalId": "acme-42", "aws:SourceVpc": VPC_ID}},
            id="beside another key of the same operator",
        ),
        pytest.param(
            {"ArnEquals": {"aws:SourceVpcArn": VPC}, "StringEquals": {"sts:ExternalId": "acme-42"}},
            {"StringEquals": {"sts:ExternalId": "acme-42", "aws:SourceVpc": VPC_ID}},
            id="beside another key of the operator that is right",
        ),
        pytest.param(
            {"ArnEquals": {"aws:SourceVpcArn": VPC, "aws:SourceArn": "arn:aws:ec2:*"}},
            {"ArnEquals": {"aws:SourceArn": "arn:aws:ec2:*"}, "StringEquals": {"aws:SourceVpc": VPC_ID}},
            id="beside another key of the operator that is wrong",
        ),
        pytest.param(
            {"ArnEquals": {"aws:SourceVpcArn": VPC}, "StringEquals": {"aws:SourceVpc": OTHER_ID}},
            None,
            id="the key stands there already",
        ),
        pytest.param({"ArnEquals": {"aws:SourceVpcArn": [VPC, "arn:aws:ec2:*"]}}, None, id="an ARN of no VPC"),
        pytest.param({"ArnEquals": {"aws:SourceVpcArn": f"{VPC[:-21]}*"}}, None, id="all VPCs"),
        pytest.param(
            {"StringEquals": {"sts:ExternlId": "acme-42"}}, {"StringEquals": {"sts:ExternalId": "acme-42"}}, id="a slip"
        ),
        pytest.param({"StringEquals": {"sts:ExternalId": "acme-41"}}, None, id="a key that is right"),
    ],
)
def test_the_key_that_was_meant(condition: Any, corrected: Any) -> None:
    case = with_condition(condition, request={"unknown": ["aws:SourceVpcArn"]})
    subject = about(case, Layer.TRUST, Element.CONDITION, key=next(iter(next(iter(condition.values())))))
    drafts = [one for one in correct_condition_key(subject, case, decide(case)) if isinstance(one, Draft)]
    documents: list[Any] = [one.change.document for one in drafts[:1] if isinstance(one.change, PolicyChange)]
    assert [one["Statement"][0]["Condition"] for one in documents] == ([corrected] if corrected else [])


def test_what_the_key_of_a_vpc_is_corrected_to_is_said() -> None:
    case = with_condition({"ArnEquals": {"aws:SourceVpcArn": VPC}})
    first, *_ = correct_condition_key(about(case, Layer.TRUST, Element.CONDITION), case, decide(case))
    assert isinstance(first, Draft)
    assert first.text == (
        "In the trust policy of the role `Deploy`, use `aws:SourceVpc` with the VPC's ID instead of "
        "`aws:SourceVpcArn`, which STS does not send"
    )


@pytest.mark.parametrize(
    ("condition", "pointer", "to", "left"),
    [
        pytest.param({"A": {"k": "1"}}, "/C/k", {"operator": "B"}, None, id="it is no condition"),
        pytest.param({"A": {"k": "1"}}, "/Condition/A", {"operator": "B"}, None, id="it has no key"),
        pytest.param({"A": {"k": "1"}}, "/Condition/A/other", {"operator": "B"}, None, id="there is no such key"),
        pytest.param({"A": {"k": "1"}}, "/Condition/A/k", {"operator": "A"}, None, id="it is where it was"),
        pytest.param({"A": {"k": "1"}}, "/Condition/A/k", {"key": "l"}, {"A": {"l": "1"}}, id="another key alone"),
        pytest.param(
            {"A": {"k": "1", "m": "2"}}, "/Condition/A/k/0", {"key": "l"}, {"A": {"m": "2", "l": "1"}}, id="beside one"
        ),
        pytest.param(
            {"A": {"k/l~m": "1"}}, "/Condition/A/k~1l~0m", {"operator": "B"}, {"B": {"k/l~m": "1"}}, id="escaped"
        ),
        pytest.param(
            {"A": {"k": "1"}, "B": {"k": "2"}}, "/Condition/A/k", {"operator": "B"}, None, id="what is there stays"
        ),
    ],
)
def test_a_test_is_moved(condition: Any, pointer: str, to: Any, left: Any) -> None:
    document: JsonDict = {"Condition": condition}
    operations = moved(document, pointer, **to)
    assert (apply_patch(document, operations)["Condition"] if operations else None) == left
