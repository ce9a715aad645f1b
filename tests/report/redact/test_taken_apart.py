"""What of a value is a name, and of what; the rest is AWS's, and stays."""

from typing import Any

import pytest
from tests.report.redact.marks import Marks, marking

from diagnose.report.redact.names import NameKind
from diagnose.report.redact.policies import disguised_values

IAM = "arn:aws:iam::314159265358:"
ORGANIZATIONS = "arn:aws:organizations::aws:"
FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
TOLD = "arn:aws:iam::<$value 314159265358>:"


@pytest.mark.parametrize(
    ("resource", "written"),
    [
        ("role/zqp/zqr", "role/<$path zqp>/<$role zqr>"),
        ("Role/zq", "Role/<$role zq>"),
        ("user/zq", "user/<$user zq>"),
        ("group/zq", "group/<$group zq>"),
        ("policy/zq", "policy/<$policy zq>"),
        ("assumed-role/zqr/zqs", "assumed-role/<$role zqr>/<$session zqs>"),
        ("assumed-role/zqr", "assumed-role/<$role zqr>"),
        ("federated-user/zq", "federated-user/<$user zq>"),
        ("mfa/zq", "mfa/<$device zq>"),
        ("u2f/zq", "u2f/<$device zq>"),
        ("instance-profile/zq", "instance-profile/<$role zq>"),
        ("saml-provider/zq", "saml-provider/<$provider zq>"),
        ("service_control_policy/zq", "service_control_policy/<$policy zq>"),
        ("resource_control_policy/zq", "resource_control_policy/<$policy zq>"),
        ("oidc-provider/gitlab.com", "oidc-provider/gitlab.com"),
        ("oidc-provder/gitlab.com", "oidc-provder/gitlab.com"),
        (
            "oidc-provider/login.zq.example/realms/zq",
            "oidc-provider/<$host login.zq.example>/<$path realms>/<$provider zq>",
        ),
        ("oidc-providergitlab.com", "oidc-providergitlab.com"),
        ("Oidc-ProviderLogin.zq.example/zq", "Oidc-Provider<$host Login.zq.example>/<$provider zq>"),
        ("oidc-providerzq", "<$name oidc-providerzq>"),
        ("rol/zq", "rol/<$name zq>"),
        ("roles/zq", "roles/<$name zq>"),
        ("ro?e/zq", "ro?e/<$name zq>"),
        ("r*", "r*"),
        ("us*zq", "us*<piece zq>"),
        ("zq*", "<piece zq>*"),
        ("zq/zq", "<$path zq>/<$name zq>"),
        ("stateMachine:zq:zr", "stateMachine:<$name zq>:<$name zr>"),
        ("task-definition/zq:3", "task-definition/<$name zq>:<$name 3>"),
        ("role/OrganizationAccountAccessRole", "role/<aws OrganizationAccountAccessRole>"),
        ("role/", "role/"),
        ("root", "root"),
    ],
)
def test_the_resource_of_an_arn_has_a_type_and_names(resource: str, written: str) -> None:
    assert marking().value(IAM + resource, NameKind.VALUE) == TOLD + written


@pytest.mark.parametrize(
    ("arn", "written"),
    [
        ("arn:aws:iam::aws:policy/Zq", "arn:aws:iam::aws:policy/Zq"),
        ("arn:aws:iam::aws:role/zq", "arn:aws:iam::aws:role/<$role zq>"),
        ("arn:aws:iam::aws:user/zq", "arn:aws:iam::aws:user/<$user zq>"),
        ("arn:zq:iam:zr:aws:policy/Zq", "arn:<$value zq>:iam:<$value zr>:aws:policy/Zq"),
        ("arn:aws:s3::aws:zq", "arn:aws:s3::aws:<$name zq>"),
        ("arn:aws:iam::aws:contextProvider/IdentityCenter", "arn:aws:iam::aws:contextProvider/IdentityCenter"),
        ("arn:aws:iam::aws:contextProvider/zq", "arn:aws:iam::aws:<$path contextProvider>/<$name zq>"),
        (f"{ORGANIZATIONS}policy/service_control_policy/p-Zq", f"{ORGANIZATIONS}policy/service_control_policy/p-Zq"),
        ("arn:aws-cn:s3:eu-west-1::zq", "arn:aws-cn:s3:eu-west-1::<$name zq>"),
        ("arn:aws-zq:iam::1:root", "arn:<$value aws-zq>:iam::<$value 1>:root"),
        ("arn:aws:zqs:zqr:1:root", "arn:aws:<$value zqs>:<$value zqr>:<$value 1>:root"),
        ("arn:a*:i?m:eu-*:*:root", "arn:a*:i?m:eu-*:*:root"),
        ("arn:aws:iam:eu-wset-1::root", "arn:aws:iam:eu-wset-1::root"),
        ("arn:aws:iam:apex-east-1::root", "arn:aws:iam:<$value apex-east-1>::root"),
        ("anr:aws:iam::1:role/zq", "anr:aws:iam::<$value 1>:role/<$role zq>"),
        ("arn:aws:iam:1:role/zq", "arn:aws:iam:<$value 1>:role/<$value zq>"),
        ("Arn:zq", "Arn:<$value zq>"),
        ("*:role/zq", "*:role/<$value zq>"),
        (f"  {IAM}role/zq\t", f"  {TOLD}role/<$role zq>\t"),
    ],
)
def test_the_parts_of_an_arn_stay_where_they_are_aws_s(arn: str, written: str) -> None:
    assert marking().value(arn, NameKind.VALUE) == written


@pytest.mark.parametrize(
    ("text", "written", "learned"),
    [
        ("${aws:username}-zq", "${aws:username}<piece -zq>", ["composed"]),
        ("zq${*}", "<piece zq>${*}", ["composed"]),
        ("${aws:username}/zq", "${aws:username}/<$value zq>", []),
        ("zq:${aws:username}", "<$value zq>:${aws:username}", []),
        ("${aws:PrincipalTag/zq, 'zd'}", "${aws:PrincipalTag/<$tag zq>, '<$value zd>'}", []),
        ("${aws:PrincipalTag/zq,zd}", "${aws:PrincipalTag/<$tag zq>,<$value zd>}", []),
        ("${aws:username, 'z'd'}", "${aws:username, '<$value , 'z'd'>'}", []),
        ("${aws:username, ''}", "${aws:username, ''}", []),
        ("zq?", "<piece zq>?", ["length"]),
        ("zq*", "<piece zq>*", []),
        ("AROA*", "AROA*", []),
        ("vpce-svc-*", "vpce-svc-*", []),
        ("ou-*", "ou-*", []),
        ("r-*", "r-*", []),
        ("ASIA*", "ASIA*", []),
        ("AKIA*", "AKIA*", []),
        ("AIDA*", "AIDA*", []),
        ("o-*", "o-*", []),
        ("vpc-*", "vpc-*", []),
        ("vpce-*", "vpce-*", []),
        ("AWSReservedSSO_*", "AWSReservedSSO_*", []),
        ("AWSServiceRoleFor*", "AWSServiceRoleFor*", []),
        ("AROB*", "<piece AROB>*", []),
        ("a:b", "<$value a>:<$value b>", []),
        ("repo:zo/zr:ref:zm", "<aws repo>:<$path zo>/<$value zr>:<aws ref>:<$value zm>", []),
        ("zo:refs/heads/zm", "<$path zo>:<aws refs>/<aws heads>/<$value zm>", []),
        ("refs", "<$value refs>", []),
        ("authenticated", "<aws authenticated>", []),
        ("authenticatd", "<aws authenticatd>", []),
        ("roots", "<$value roots>", []),
        ("10.0.0.1", "<address 10.0.0.1>", []),
        ("zq/10.0.0.1", "<$path zq>/<address 10.0.0.1>", []),
        ("zq.amazonaws.com", "<$value zq>.amazonaws.com", []),
        ("zq.eu-west-1.amazonaws.com", "<$value zq>.eu-west-1.amazonaws.com", []),
        ("zq.apex-east-1.amazonaws.com", "<$value zq>.<$value apex-east-1>.amazonaws.com", []),
        ("ecs-tasks.eu-west-1.amazonaws.com", "ecs-tasks.eu-west-1.amazonaws.com", []),
        ("eu-west-1", "eu-west-1", []),
        ("https://gitlab.com", "https://gitlab.com", []),
        ("https://login.zq.example/a", "https://<$host login.zq.example>/<$provider a>", []),
        ("persistent", "persistent", []),
        (f"{FORMAT}kerberos", f"{FORMAT}kerberos", []),
        (f"{FORMAT}zq-own", f"{FORMAT}<$value zq-own>", []),
        ("https://*.signin.aws.amazon.com/saml", "https://*.signin.aws.amazon.com/saml", []),
        ("zq zr", "<$value zq zr>", []),
        ("", "", []),
        (" ", " ", []),
    ],
)  # fmt: skip
def test_a_value_is_made_of_names_and_pieces(text: str, written: str, learned: list[str]) -> None:
    marks = Marks()
    assert marking(marks).value(text, NameKind.VALUE) == written
    assert marks.learned == learned


def test_a_name_in_a_policy_fills_no_variable_but_a_default_does() -> None:
    disguise = marking()
    disguise.in_policy = True
    text = "zq/${aws:PrincipalTag/zq, 'zd'}"
    assert disguise.value(text, NameKind.VALUE) == "<path zq>/${aws:PrincipalTag/<tag zq>, '<$value zd>'}"


def test_a_policy_of_aws_keeps_its_name() -> None:
    assert marking().value("FullAWSAccess", NameKind.POLICY) == "FullAWSAccess"
    assert marking().value("FullAWSAccess", NameKind.NAME) == "<aws FullAWSAccess>"


def test_only_the_name_of_a_tag_is_one_that_a_service_passes() -> None:
    assert marking().value(" EKS-cluster-name ", NameKind.TAG) == " <aws EKS-cluster-name> "
    assert marking().value("eks-cluster-name", NameKind.VALUE) == "<$value eks-cluster-name>"


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("aws:username", "aws:username"),
        (" aws:username ", " aws:username "),
        ("aws:PrincipalTag/zq", "aws:PrincipalTag/<$tag zq>"),
        ("AWS:Username", "AWS:Username"),
        ("gitlab.com", "gitlab.com"),
        ("gitlab.com:sub", "gitlab.com:sub"),
        ("gitlab.com:SUB", "gitlab.com:SUB"),
        ("gitlab.com:zqown", "gitlab.com:<$key zqown>"),
        ("login.zq.example:sub", "<$host login.zq.example>:sub"),
        ("login.zq.example:zq_own", "<$host login.zq.example>:<$key zq_own>"),
        ("aws:zqteam", "aws:<$key zqteam>"),
        ("aws:zq-team/zt", "aws:<$key zq-team>/<$tag zt>"),
        ("saml:zq_team", "saml:<$key zq_team>"),
        ("saml:sub_type", "saml:sub_type"),
        ("saml:eduPersonOrgDN", "saml:eduPersonOrgDN"),
        ("iam:PassedToZqteam", "iam:<$key PassedToZqteam>"),
        ("aws:PrincpalTag/zq", "aws:PrincpalTag/<$tag zq>"),
        ("asw:PrincipalTag/zq", "asw:PrincipalTag/<$tag zq>"),
        ("PrincipalTag/zq", "PrincipalTag/<$tag zq>"),
        ("aws.SourceIP", "aws.SourceIP"),
        ("zqservice:Claim", "<$key zqservice>:<$key Claim>"),
        ("zqservice:ref_type", "<$provider zqservice>:ref_type"),
        ("zqservice:zq_1", "<$key zqservice>:<$key zq_1>"),
        (f"{IAM}oidc-provider/gitlab.com:sub", f"{TOLD}oidc-provider/gitlab.com:sub"),
        ("zq", "<$key zq>"),
        ("", ""),
        (" ", " "),
    ],
)
def test_a_key_has_the_name_of_a_tag_or_of_a_provider(key: str, written: str) -> None:
    assert marking().key(key) == written


@pytest.mark.parametrize(
    ("service", "written"),
    [
        ("ec2", "ec2"),
        ("ec2.amazonaws.com", "ec2.amazonaws.com"),
        (" ec2.amazonaws.co ", " ec2.amazonaws.co "),
        ("EC2.zq.internal", "EC2.<value zq>.internal"),
        ("lambdas.zq", "lambdas.<value zq>"),
        ("ec*.zq", "ec*.<value zq>"),
        ("?*.zq", "?*<piece .zq>"),
        ("ec2.eu-west-1.zq:8/a", "ec2.eu-west-1.<value zq>:<value 8>/<value a>"),
        ("ec2.HTTPS://zq.amazon.aws.com.cn.co.eu", "ec2.HTTPS://<value zq>.amazon.aws.com.cn.co.eu"),
        ("ec2.http", "ec2.http"),
        ("zq.amazonaws.com", "<$value zq>.amazonaws.com"),
        ("*.amazonaws.com", "*.amazonaws.com"),
        ("ec2.eu-wset-1.amazonaws.com", "ec2.eu-wset-1.amazonaws.com"),
        ("ec2.apex-east-1.amazonaws.com", "ec2.<value apex-east-1>.amazonaws.com"),
    ],
)
def test_a_service_of_aws_stays_where_the_rest_is_wrong(service: str, written: str) -> None:
    assert marking().service(service) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("A*", "A*"),
        ("AI?", "AI?"),
        ("AR*:zq", "AR*:<$session zq>"),
        ("ASI*:zq*", "ASI*:<piece zq>*"),
        ("AIX*", "<piece AIX>*"),
        ("ARO", "<$session ARO>"),
        ("AROAABCDEFGHIJKLMNOPQ:zq", "<$session AROAABCDEFGHIJKLMNOPQ>:<$session zq>"),
    ],
)
def test_the_beginning_of_an_id_stays_in_a_pattern(text: str, written: str) -> None:
    assert marking().ids(text, NameKind.SESSION) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("ar*", "ar*"),
        ("A*zq", "A*<piece zq>"),
        ("arn*zq", "arn*<piece zq>"),
        ("a?n*:zq", "a?n*:<$value zq>"),
        ("ar*:aws:iam::zq", "ar*:aws:iam::<$value zq>"),
        ("b*zq", "<piece b>*<piece zq>"),
        ("a", "<$value a>"),
        ("*", "*"),
    ],
)
def test_the_beginning_of_an_arn_stays_in_a_pattern(text: str, written: str) -> None:
    assert marking().arn(text, NameKind.VALUE) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("eu-*", "eu-*"),
        ("eu-wets-1", "eu-wets-1"),
        ("acme-east-1", "<$value acme-east-1>"),
        ("User", "User"),
        ("assumedrole", "assumedrole"),
        ("asumedrole", "asumedrole"),
        ("Assumed*", "Assumed*"),
        ("federateduser", "federateduser"),
        ("Anonymus", "Anonymus"),
        ("Acount", "Acount"),
        ("AssumedRoleZq", "<$value AssumedRoleZq>"),
        ("Userzq", "<$value Userzq>"),
        ("zq", "<$value zq>"),
    ],
)
def test_a_region_and_a_type_of_principal_stay_words(text: str, written: str) -> None:
    assert marking().word(text, NameKind.VALUE) == written


@pytest.mark.parametrize(
    ("operator", "text", "written"),
    [
        ("NumericEquals", "42", "<number 42>"),
        ("numericlessthan", "-4.5", "<number -4.5>"),
        ("ForAnyValue:NumericEquals", "+4", "<number +4>"),
        ("NumericEquals", "4.", "<$tag 4.>"),
        ("NumericEquals", "zq", "<$tag zq>"),
        ("DateLessThan", "2026-01-01T00", "<number 2026-01-01T00>"),
        ("Bool", "TRUE", "TRUE"),
        ("ForAllValues:BoolIfExists", "false", "false"),
        ("Bool", "zq", "<$tag zq>"),
        ("BinaryEquals", "enE=", "<tag enE=>"),
        ("BinaryEquals", "enE-", "<$tag enE->"),
        ("StringEquals", "42", "<$tag 42>"),
        ("StringEquals", "true", "<$tag true>"),
    ],
)
def test_a_value_is_rewritten_as_some_policy_compares_it(operator: str, text: str, written: str) -> None:
    disguise = marking()
    assert not disguise.learned.any
    disguise.learned.add("aws:PrincipalTag/Level", operator)
    assert disguise.learned.any is not operator.startswith("String")
    assert disguise.value_of("aws:RequestTag/level", text, NameKind.TAG) == written
    assert disguise.value_of("aws:RequestTag/other", text, NameKind.TAG) == f"<$tag {text}>"


@pytest.mark.parametrize(
    ("key", "text", "written"),
    [
        ("aws:SourceIp", "1.2.3.0/24", "<address 1.2.3.0/24>"),
        ("aws:SourceIp", "1.2.3.0/33", "<address 1.2.3.0>/33"),
        ("aws:SourceIp", "fc00:12::/129", "<address fc00:12::>/129"),
        ("aws:SourceIp", "1.2.3.0/999", "<address 1.2.3.0>/999"),
        ("aws:SourceIp", "1.2.3.0/1000", "<address 1.2.3.0>/<$value 1000>"),
        ("sts:ExternalId", "1.2.3.9/987698769876", "<address 1.2.3.9>/<$external-id 987698769876>"),
        ("aws:SourceIp", "zq/33", "<$path zq>/<$value 33>"),
        ("aws:SourceIp", "1.2.3.0/zq", "<address 1.2.3.0>/<$value zq>"),
        ("aws:RequestedRegion", "eu-*", "eu-*"),
        ("aws:RequestedRegion", "zq", "<$value zq>"),
        ("aws:PrincipalType", "User", "User"),
        ("aws:MultiFactorAuthAge", "3600", "3600"),
        ("aws:MultiFactorAuthAge", "zq", "<$value zq>"),
        ("aws:CurrentTime", "2026/01/01 10:00", "2026/01/01 10:00"),
        ("aws:MultiFactorAuthPresent", "tru*", "tru*"),
        ("aws:MultiFactorAuthPresent", "f?lse", "f?lse"),
        ("aws:MultiFactorAuthAge", "1234567890", "1234567890"),
        ("aws:MultiFactorAuthAge", "1234567890*", "1234567890*"),
        ("aws:MultiFactorAuthAge", "12345678901", "<$value 12345678901>"),
        ("aws:userid", "AR*", "AR*"),
        ("aws:userid", "zq", "<$session zq>"),
        ("aws:PrincipalArn", "ar*", "ar*"),
        ("aws:PrincipalArn", "zq", "<$value zq>"),
        ("aws:username", "zq", "<$user zq>"),
        ("sts:ExternalId", "zq", "<$external-id zq>"),
        ("sts:RoleSessionName", "zq", "<$session zq>"),
        ("sts:SourceIdentity", "zq", "<$source-identity zq>"),
        ("aws:TagKeys", "zq", "<$tag zq>"),
        ("aws:RequestTag/zq", "zq", "<$value zq>"),
        ("aws:UserAgent", "zq", "<$value zq>"),
    ],
)
def test_a_value_is_rewritten_by_its_key(key: str, text: str, written: Any) -> None:
    assert disguised_values(key, (text,), marking()) == (written,)


@pytest.mark.parametrize(
    ("text", "learned"),
    [
        ("*r/zq", ["ending r"]),
        ("*s:zq", ["ending s"]),
        ("a*:role/zq", ["ending a"]),
        ("a?s:iam::zq:ro*zq", ["ending a", "ending s", "ending ro"]),
        ("aws:iam:zq*", []),
        ("*", []),
    ],
)
def test_what_may_be_of_a_word_of_aws_is_learned(text: str, learned: list[str]) -> None:
    marks = Marks()
    marking(marks).value(text, NameKind.VALUE)
    assert [one for one in marks.learned if one.startswith("ending")] == learned
