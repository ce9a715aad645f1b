"""Which operator does what the operands were written for.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import pytest

from diagnose.model.trace import Element, ElementTrace, Reason
from diagnose.model.tri import NO
from diagnose.remedy.fixes.condition import better_operator

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
