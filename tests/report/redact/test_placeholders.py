"""A placeholder keeps its form, and of its words and numbers those that tools and documentation write."""

import pytest

from diagnose.report.redact.placeholders import disguised_placeholder


@pytest.mark.parametrize(
    ("placeholder", "told"),
    [
        ("${AWS::AccountId}", "${AWS::AccountId}"),
        ("${Token[AWS.AccountId.4]}", "${Token[AWS.AccountId.4]}"),
        ("<iam:GetRole>", "<iam:GetRole>"),
        ("&{aws:username}", "&{aws:username}"),
        ("<12>", "<12>"),
        ("<xxxx-12>", "<xxxx-12>"),
        ("<iam:ZqAccount>", "<iam:(ZqAccount)>"),
        ("<sts:Zq*>", "<sts:(Zq)*>"),
        ("<739-284-610-573>", "<(739)-(284)-(610)-(573)>"),
        ("<73 92 84>", "<(73) (92) (84)>"),
        ("<573>", "<(573)>"),
        ("<xxxx-0573>", "<xxxx-(0573)>"),
        ("<xxxxxxxx0573>", "<(xxxxxxxx0573)>"),
        ("<ZQ_ACCOUNT_ID>", "<(ZQ)_ACCOUNT_ID>"),
    ],
)
def test_a_placeholder_keeps_what_is_nobody_s(placeholder: str, told: str) -> None:
    assert disguised_placeholder(placeholder, lambda word: f"({word})") == told
