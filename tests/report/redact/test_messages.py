"""Of what somebody else wrote, only those words stay that are known to be AWS's, or anybody's."""

import pytest
from tests.report.redact.marks import marking

from diagnose.report.redact.letters import beyond_ascii
from diagnose.report.redact.messages import disguised_message


@pytest.mark.parametrize(
    "message",
    [
        "AccessDenied",
        "accessdenied",
        "ExpiredTokenException",
        "iam:GetRole",
        "glue:GetPartition",
        "aws:PrincipalTag",
        "FullAWSAccess",
        "eu-west-1",
        "ecs.amazonaws.com",
        "ec2 EC2 Lambda IdentityStore",
        "--role-name get-role assume-role-with-web-identity 12, true 403 null 3600 of 43200",
        "/Statement/0/Condition/2",
        "https://gitlab.com",
        "a/the:or=and",
        "...",
        "An error occurred (ThrottlingException)",
        "An error occurred (InvalidParameterValue)",
        "when calling the UpdateRole operation",
        "operation error STS: UpdateRole, of",
        "operation error an STS: UpdateRole, of",
        "api error ServiceUnavailable: no",
        "<Code>AccessDenied</Code>",
        "com.amazonaws.services.glue.model.AlreadyExistsException: no",
        "software.amazon.awssdk.services.sts.model.StsException: no",
        "https://eu-west-1.console.aws.amazon.com/iam/home?region=eu-west-1#/authorization-details/",
        "https://us-gov-west-1.console.amazonaws-us-gov.com/iam/home?region=us-gov-west-1#/authorization-details/",
        "https://cn-north-1.console.amazonaws.cn/iam/home?region=cn-north-1#/authorization-details/",
        "the GetRequestAuthorizationDetails API",
        "aws sts whom, whose (why); [your] {zero}",
    ],
)
def test_words_of_aws_stay_in_a_message(message: str) -> None:
    assert disguised_message(message, marking(), {}) == message


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("zq", "[...]"),
        ("zq zr\n zs, zt", "[...], [...]"),
        ("zq the zr", "[...] the [...]"),
        ("'zq' (zr) \"zs\" `zt`.", "'[...]' ([...]) \"[...]\" `[...]`."),
        ("see a/zq:zr=the", "see a/[...]:[...]=the"),
        ("zqd:GetX", "[...]:[...]"),
        ("glue:getX", "glue:[...]"),
        ("1234567", "[...]"),
        ("(AcmeCode)", "([...])"),
        pytest.param("iam:" + "Get" * 100_000, "iam:Other", id="an action without end"),
        pytest.param("get" + "-role" * 100_000, "[...]", id="a command without end"),
        ("assume-zq-role --zq-name --role-zq", "[...] --[...] --[...]"),
        ("iam:Zq build:ZqPortal email:ZqZr aws:zq", "iam:Other build:Other email:Other aws:other"),
        ("iam:Get* iam:GetZq*", "iam:Get* iam:GetOther*"),
        ("/Statement/0/Zq/Condition/7", "/Statement/0/[...]/Condition/7"),
        ("An error occurred (ZqCode)", "An error occurred (OtherCode)"),
        ("An error occurred (zq_code)", "An error occurred (other_code)"),
        ("when calling the GetZqLedger operation", "when calling the GetOther operation"),
        ("operation error Zq: UpdateZqRole, of", "operation error Other: UpdateOtherRole, of"),
        ("api error ZqDenied: no", "api error OtherDenied: no"),
        ("com.amazonaws.zq.ledger.JanaRoeException: no", "com.amazonaws.other.other.OtherException: no"),
        (
            "https://zq.console.aws.amazon.com/iam/home?region=zq-zr-1#/authorization-details/",
            "https://[...]/iam/[...]=[...]/[...]/",
        ),
        ("482913, the 4829 or 482 of 48", "[...], the [...] or [...] of 48"),
        ("code '48291', the=482", "code '[...]', the=[...]"),
        ("when calling the ZqRole operation", "when calling the [...] operation"),
        ("operation error STS: UpdateRole of", "operation error STS: [...] of"),
        ("api error Surprise", "api error [...]"),
        ("com.amazonaws.services.glue.model.ZqException", "[...]"),
        ("zknown, the zknown.", "<known>, the <known>."),
        ("zknown/zq", "<known>/[...]"),
        ("zknownx", "[...]"),
        ("1.2.3.4", "<address 1.2.3.4>"),
        ("AIDAABCDEFGHIJ", "<$name AIDAABCDEFGHIJ>"),
        ("zq.amazonaws.com", "<$name zq>.amazonaws.com"),
        ("arn:aws:iam::1:role/zq.", "arn:aws:iam::<$value 1>:role/<$role zq>."),
        ("arn:aws:iam::1:role/${aws:username}, no", "arn:aws:iam::<$value 1>:role/${aws:username}, no"),
        ("assumed-role/zq/zr is", "assumed-role/<$role zq>/<$session zr> is"),
        ("user/zq is", "user/<$user zq> is"),
        ("xuser/zq is", "[...]/[...] is"),
        ("/user/zq is", "/user/[...] is"),
    ],
)
def test_other_words_of_a_message_are_names_or_gone(message: str, told: str) -> None:
    assert disguised_message(message, marking(), {"zknown": "<known>"}) == told


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("cannot get assume-account-role for", "cannot get <role> for"),
        ("cannot get get-assume-account-role-policy", "cannot get [...]"),
        ("give --assume-account-role", "give --<role>"),
        ("give --list-assume-account-role", "give --[...]"),
        ("iam:GetAccountOwner sqs:ListAccountGetAccountOwner", "<action> sqs:Other"),
        ("sqs:OwnerAccount sqs:GetOwnerAccountPolicy", "sqs:Other sqs:Other"),
        ("An error occurred (OwnerAccount)", "An error occurred (Other)"),
        ("code 403 for 3600 of 12", "code <status> for <duration> of 12"),
        ("sts:AssumeRole, AccessDenied", "sts:AssumeRole, AccessDenied"),
        ("iam:GetRole", "iam:GetRole"),
        ("sts:TagSession for iam:PassRole", "sts:TagSession for iam:PassRole"),
    ],
)
def test_a_name_of_the_case_is_one_whatever_form_it_has(message: str, told: str) -> None:
    known = {
        "assume-account-role": "<role>",
        "iam:GetAccountOwner": "<action>",
        "GetAccountOwner": "<sid>",
        "OwnerAccount": "<name>",
        "403": "<status>",
        "3600": "<duration>",
        "12": "<short>",
        "AssumeRole": "<session>",
        "iam:GetRole": "<value>",
        "TagSession": "<statement>",
        "PassRole": "<policy>",
        "AccessDenied": "<statement>",
    }
    assert disguised_message(message, marking(), known) == told


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("of 7392 8461 0573.", "of <$value 739284610573>."),
        ("of 7392-8461-0573.", "of <$value 739284610573>."),
        ("of 739,284,610,573.", "of <$value 739284610573>."),
        ("call +49 (30) 901 82 07", "call [...]"),
        ("call 030 901", "call [...]"),
        ("10 of 12, 30", "10 of 12, 30"),
        ("until 2026-03-02T09:30:00Z", "until [...]:30:[...]"),
        ("of 7392 8461 0573-zq", "of [...]"),
        ("403 (10)", "403 (10)"),
        ("from 10.0.0.1 to 10.0.0.0/8", "from <address 10.0.0.1> to <address 10.0.0.0/8>"),
        ("from 2001:11:22::1", "from <address 2001:11:22::1>"),
        ("from 10.0.0.1:80", "from <address 10.0.0.1>:80"),
    ],
)
def test_digits_in_groups_are_one_number(message: str, told: str) -> None:
    assert disguised_message(message, marking(), {}) == told


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        pytest.param("é", {"é": "а", "É": "А"}, id="a letter and its capital"),
        pytest.param("É", {"é": "а", "É": "А"}, id="a capital and its letter"),
        pytest.param("жа", {"а": "б", "А": "Б", "ж": "в", "Ж": "В"}, id="none that is there already"),
        pytest.param("漢字", {"字": "一", "漢": "丁"}, id="letters without capitals"),
        pytest.param("٣", {"٣": "٤"}, id="a digit"),
        pytest.param("٩", {"٩": "٠"}, id="the last digit"),
        pytest.param("€∞©´", {"©": "■", "´": "□", "€": "▢", "∞": "▣"}, id="symbols"),
        pytest.param("ß·…", {"ß": "一"}, id="a letter that is two as a capital, and signs"),
        pytest.param("abc 1+", {}, id="nothing of ASCII"),
    ],
)
def test_what_is_not_ascii_becomes_something_of_its_sort(text: str, turned: dict[str, str]) -> None:
    assert beyond_ascii([text, "plain"]) == turned
