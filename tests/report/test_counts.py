"""Answers are counted by what they have in common, the largest group first."""

from diagnose.matrix.rows import ExplainedPair
from diagnose.report.counts import CountedAnswers

CI, DEPLOY, AUDIT = (
    "arn:aws:iam::111111111111:user/ci",
    "arn:aws:iam::222222222222:role/Deploy",
    "arn:aws:iam::2:role/A",
)


def test_the_largest_group_comes_first_and_equal_ones_by_their_values() -> None:
    counted = CountedAnswers()
    for verdict, role in (("denied", DEPLOY), ("allowed", DEPLOY), ("denied", AUDIT), ("denied", AUDIT)):
        counted.add([ExplainedPair(source_arn=CI, dest_role_arn=role, verdict=verdict)])
    assert [(row.count, row.verdict, row.dest_role_arn) for row in counted.rows()] == [
        (2, "denied", AUDIT),
        (1, "allowed", DEPLOY),
        (1, "denied", DEPLOY),
    ]
    assert {(row.source_account, row.dest_account) for row in counted.rows()[1:]} == {("111111111111", "222222222222")}
