"""Text that was never filled in, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.model.placeholder import Placeholder, PlaceholderForm, may_become, placeholder_in


@pytest.mark.parametrize(
    ("text", "form", "placeholder"),
    [
        ("arn:aws:iam::${AWS::AccountId}:root", PlaceholderForm.CLOUDFORMATION, "${AWS::AccountId}"),
        ("arn:${AWS::Partition}:iam::111111111111:role/A", PlaceholderForm.CLOUDFORMATION, "${AWS::Partition}"),
        ("#{AWS::AccountId}", PlaceholderForm.CLOUDFORMATION, "#{AWS::AccountId}"),
        ("${Caller.Arn}", PlaceholderForm.CLOUDFORMATION, "${Caller.Arn}"),
        ("!GetAtt Caller.Arn", PlaceholderForm.CLOUDFORMATION, "!GetAtt Caller.Arn"),
        ("{{resolve:ssm:caller}}", PlaceholderForm.CLOUDFORMATION, "{{resolve:ssm:caller}}"),
        ("arn:aws:iam::${var.account}:root", PlaceholderForm.TERRAFORM, "${var.account}"),
        ("${data.aws_caller_identity.me.arn}", PlaceholderForm.TERRAFORM, "${data.aws_caller_identity.me.arn}"),
        ("local.caller", PlaceholderForm.TERRAFORM, "local.caller"),
        ("xxxx:xxxx", PlaceholderForm.MASKED, "xxxx"),
        ("TBD", PlaceholderForm.SAMPLE, "TBD"),
        ("${each.key}", PlaceholderForm.TERRAFORM, "${each.key}"),
        ("&{aws:PrincipalTag/team}", PlaceholderForm.ESCAPED_VARIABLE, "&{aws:PrincipalTag/team}"),
        ("$${aws:username}", PlaceholderForm.ESCAPED_VARIABLE, "$${aws:username}"),
        ("${!aws:username}", PlaceholderForm.ESCAPED_VARIABLE, "${!aws:username}"),
        ("arn:aws:iam::${Token[AWS.AccountId.4]}:root", PlaceholderForm.CDK, "${Token[AWS.AccountId.4]}"),
        ("arn:aws:iam::{{ .Values.account }}:root", PlaceholderForm.TEMPLATE, "{{ .Values.account }}"),
        ("{{ account_id }}", PlaceholderForm.TEMPLATE, "{{ account_id }}"),
        ("arn:aws:iam::${Account}:role/A", PlaceholderForm.TEMPLATE, "${Account}"),
        ("arn:aws:iam::$ACCOUNT:root", PlaceholderForm.TEMPLATE, "$ACCOUNT"),
        ("$(aws sts get-caller-identity)", PlaceholderForm.TEMPLATE, "$(aws sts get-caller-identity)"),
        ("arn:aws:iam::%ACCOUNT%:root", PlaceholderForm.TEMPLATE, "%ACCOUNT%"),
        ("%%ACCOUNT%%", PlaceholderForm.TEMPLATE, "%%ACCOUNT%%"),
        ("@@account@@", PlaceholderForm.TEMPLATE, "@@account@@"),
        ("arn:aws:iam::__ACCOUNT__:root", PlaceholderForm.TEMPLATE, "__ACCOUNT__"),
        ("arn:aws:iam::{account}:root", PlaceholderForm.TEMPLATE, "{account}"),
        ("arn:aws:iam::<ACCOUNT_ID>:root", PlaceholderForm.SAMPLE, "<ACCOUNT_ID>"),
        ("arn:aws:iam::*:role/[PRIVILEGED_ROLE]", PlaceholderForm.SAMPLE, "[PRIVILEGED_ROLE]"),
        ("arn:aws:iam::ACCOUNT-ID-WITHOUT-HYPHENS:root", PlaceholderForm.SAMPLE, "ACCOUNT-ID-WITHOUT-HYPHENS"),
        ("arn:aws:iam::account-id:root", PlaceholderForm.SAMPLE, "account-id"),
        ("arn:aws:iam::TargetAccountNumber:root", PlaceholderForm.SAMPLE, "TargetAccountNumber"),
        ("YOUR_EXTERNAL_ID", PlaceholderForm.SAMPLE, "YOUR_EXTERNAL_ID"),
        ("arn:aws:iam::111111111111:role/ROLE_NAME", PlaceholderForm.SAMPLE, "ROLE_NAME"),
        ("REPLACE_ME", PlaceholderForm.SAMPLE, "REPLACE_ME"),
        ("arn:aws:iam::xxxxxxxxxxxx:root", PlaceholderForm.MASKED, "xxxxxxxxxxxx"),
        ("arn:aws:iam::1234XXXX5678:root", PlaceholderForm.MASKED, "1234XXXX5678"),
        ("arn:aws:iam::************:role/A", PlaceholderForm.MASKED, "************"),
        ("o-xxxxxxxxxx", PlaceholderForm.MASKED, "xxxxxxxxxx"),
        ("<REDACTED>", PlaceholderForm.MASKED, "<REDACTED>"),
    ],
)
def test_a_placeholder_is_recognised(text: str, form: PlaceholderForm, placeholder: str) -> None:
    assert placeholder_in(text) == Placeholder(form, placeholder)


@pytest.mark.parametrize(
    "text",
    [
        "${aws:username}",
        "${aws:PrincipalTag/team, 'none'}",
        "${saml:sub}",
        "${oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub}",
        "${*}${?}${$}",
        "arn:aws:iam::*:role/*",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::111111111111:role/my-role",
        "arn:aws:iam::111111111111:role/Account_Manager",
        "arn:aws:iam::111111111111:role/team/role-name-server",
        "arn:aws:s3:::bucket",
        "repo:acme/app:ref:refs/heads/main",
        "*@example.com",
        "acme-41",
        "arn:aws:iam::prod:root",
        "50%",
        "",
    ],
)
def test_what_iam_understands_is_no_placeholder(text: str) -> None:
    assert placeholder_in(text) is None


@pytest.mark.parametrize(("letters", "searched"), [(2048, True), (2049, False)])
def test_no_text_that_is_longer_than_any_arn_is_searched(letters: int, searched: bool) -> None:
    assert (placeholder_in(f"{'a' * (letters - 10)}<ROLE_ARN>") is not None) is searched


@pytest.mark.parametrize(
    ("text", "placeholder"),
    [
        ("your_own_little-account_id", "your_own_little-account_id"),
        ("your-id", "your-id"),
        ("arn:aws:iam::12xxxxxx34:role/App", "12xxxxxx34"),
        ("arn:aws:iam::xxxx:role/App", "xxxx"),
        ("arn:aws:iam::my account here:role/App", "my account here"),
        ("${Token[AWS.AccountId.4]}", "${Token[AWS.AccountId.4]}"),
    ],
)
def test_a_placeholder_is_taken_as_a_whole(text: str, placeholder: str) -> None:
    unfilled = placeholder_in(text)
    assert unfilled is not None
    assert unfilled.text == placeholder


ROLE = "arn:aws:iam::111111111111:role/ci"


@pytest.mark.parametrize(
    ("text", "value", "may"),
    [
        pytest.param("arn:aws:iam::${AWS::AccountId}:role/ci", ROLE, True, id="one part"),
        pytest.param("arn:aws:iam::<ACCOUNT>:role/[ROLE]", ROLE, True, id="two parts"),
        pytest.param("arn:aws:iam::${AWS::AccountId}:user/x", ROLE, False, id="the rest is another"),
        pytest.param("arn:aws:iam::${AWS::AccountId}:role/c*", ROLE, True, id="the rest is a pattern"),
        pytest.param(ROLE, ROLE, False, id="nothing to fill in"),
        pytest.param("${account}", "", True, id="a value that is not known"),
    ],
)
def test_a_placeholder_may_become_what_the_rest_of_the_text_leaves_open(text: str, value: str, may: bool) -> None:
    assert may_become(text, value) is may


@given(st.text("0123456789abcdefABCDEF.:/+-"))
def test_no_number_address_or_network_holds_one(text: str) -> None:
    assert placeholder_in(text) is None
    assert placeholder_in(f"{text} ") is None, "with another letter in it, it is searched"
