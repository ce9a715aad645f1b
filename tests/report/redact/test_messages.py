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
        "--role-name get-role 123456 true null",
        "/Statement/0/Condition/2",
        "https://gitlab.com",
        "a/the:or=and",
        "...",
        "An error occurred (AcmeCode)",
        "when calling the UpdateRole operation",
        "operation error STS: UpdateRole, of",
        "operation error an STS: UpdateRole, of",
        "api error Surprise: no",
        "<Code>AccessDenied</Code>",
        "com.amazonaws.services.glue.model.AcmeException: no",
        "software.amazon.awssdk.services.sts.model.AcmeException: no",
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
