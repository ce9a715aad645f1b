"""What redaction does to messages and policies."""

import json
import re

import msgspec
import pytest
from msgspec import Raw
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES, Names
from tests.report.html.pages import Page
from tests.report.redact.proof import redacted as told
from tests.report.redact.proof import rewritten

from diagnose.model.case import Case
from diagnose.model.diagnosis import Diagnosis
from diagnose.model.error_text.parser import parse_errors
from diagnose.model.error_text.services import SERVICES
from diagnose.model.error_text.wording import WORDINGS
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import Policy, PolicyKind, PolicySet, document_text, raw_document
from diagnose.report import Detail, Format, render


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        pytest.param("User: arn:aws:iam::999988887777:user/zara is not authorized", "zara", id="a user in an ARN"),
        pytest.param("caller AROAZZZZZZZZZZZZZZZZZ:zara-session", "AROAZ", id="a unique id"),
        pytest.param("key AKIAZZZZZZZZZZZZZZZZ of 999988887777", "AKIAZ", id="an access key id"),
        pytest.param("from 198.51.100.77 through vpce-0a1b2c3d4e5f60718", "198.51.100.77", id="an IP address"),
        pytest.param("from 2001:db8:85a3::8a2e:370:7334", "85a3", id="an address of IPv6"),
        pytest.param("vpce-0a1b2c3d4e5f60718", "0a1b2c3d", id="an endpoint"),
        pytest.param("zara@zara.example asked", "zara", id="an e-mail address"),
        pytest.param("in ou-zz11-zzzzzzzz of o-zzzzzzzzzz below r-zz11", "zz11", id="an organization"),
        pytest.param("request id 0a1b2c3d-1111-2222-3333-444455556666", "0a1b2c3d", id="a request id"),
        pytest.param(
            "Encoded authorization failure message: ZaraZaraZara+/ZaraZara==", "Zara", id="an encoded message"
        ),
        pytest.param("profile zara-prod has no credentials", "zara", id="a word that nobody knows"),
        pytest.param("see /home/zara/case.json", "zara", id="a path"),
        pytest.param('{"Statement": [{"Sid": "Zara"', "Zara", id="a broken policy"),
    ],
)
def test_a_message_keeps_known_words_only(text: str, gone: str) -> None:
    case = EVERY["allowed"](NAMES).case
    for written in _every_format(told(replace(case, message=text))):
        assert gone not in written


def test_the_words_of_aws_stay() -> None:
    message = (
        "User: arn:aws:iam::111111111111:role/ci/deployer is not authorized to perform: sts:AssumeRole on resource: "
        "arn:aws:iam::222222222222:role/Deploy because no identity-based policy allows the sts:AssumeRole action"
    )
    case = EVERY["unexplained"](NAMES).case
    assert rewritten(replace(case, message=message)).message == (
        "User: arn:aws:iam::333333333333:role/path-1/role-1 is not authorized to perform: sts:AssumeRole on resource: "
        "arn:aws:iam::444444444444:role/role-2 because no identity-based policy allows the sts:AssumeRole action"
    )


OF_AWS = "User: {} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::999988887777:role/zara"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(OF_AWS.format("anonymous"), id="an anonymous caller"),
        pytest.param("assumed-role/Zara/zara-1 is " + OF_AWS[12:], id="the end of a caller's ARN"),
        pytest.param(
            "An error occurred (ServiceUnavailable) when calling the AssumeRole operation: no", id="another code"
        ),
        pytest.param(
            "An error occurred (MalformedPolicyDocument) when calling the UpdateAssumeRolePolicy operation: Invalid "
            'principal in policy: "AWS":"arn:aws:iam::999988887777:user/zara"',
            id="another operation",
        ),
        pytest.param(
            "operation error STS: AssumeRole, https response error StatusCode: 403, api error AccessDenied: x",
            id="the frame of the SDK for Go",
        ),
        pytest.param('{"eventName": "AssumeRole", "errorCode": "AccessDenied", "errorMessage": "x"', id="an event"),
        pytest.param(
            "com.amazonaws.services.glue.model.AccessDeniedException: Service is unable to assume the role x",
            id="an exception of Java",
        ),
        pytest.param(
            "com.amazonaws.services.securitytoken.model.AWSSecurityTokenServiceException: The policy failed legacy "
            "parsing",
            id="a service by the class of an exception",
        ),
        *(
            pytest.param(f"{words}: The policy failed legacy parsing", id=words)
            for words in (
                "Error creating IAM policy zara",
                "putting inline IAM policy zara",
                "Service: AmazonIdentityManagement",
                "Service: AWSSecurityTokenService",
                "@aws-sdk/client-sts",
                "saml2aws zara",
            )
        ),
        pytest.param("Error: Please reauthenticate using 'aws login'", id="a command in quotation marks"),
        pytest.param(
            "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://zara.example",
            id="a code that stands first",
        ),
        pytest.param(
            "The IAM Role arn:aws:iam::999988887777:role/dms-vpc-role is not configured properly.",
            id="a role that AWS named",
        ),
        *(
            pytest.param(f"{service.names[0]} is unable to assume the role zara", id=service.principal)
            for service in SERVICES
        ),
        *(
            pytest.param(f"Error: {wording.phrase} for zara", id=f"{number} {wording.phrase[:40]}")
            for number, wording in enumerate(WORDINGS)
        ),
    ],
)
def test_a_redacted_message_is_read_as_the_same_error(text: str) -> None:
    case = replace(EVERY["unexplained"](NAMES).case, message=text)
    told = rewritten(case).message
    assert _read_of(told) == _read_of(text) != []
    assert re.search("(?i)zara|99998888", told) is None


@pytest.mark.parametrize(
    ("text", "code", "operation"),
    [
        ("An error occurred (Zaradenied) when calling the GetZaraLedger operation: no", "Other", "GetOther"),
        ("operation error Zara: GetZaraRole, https response error StatusCode: 403, api error ZaraExpired: x",
         "OtherExpired", "GetOtherRole"),
        ("An error occurred (ZaraInvalid) when calling the AssumeRole operation: not authorized to perform: iam:Zara",
         "OtherInvalid", "AssumeRole"),
    ],
)  # fmt: skip
def test_a_code_that_nobody_knows_is_read_as_one(text: str, code: str, operation: str) -> None:
    case = replace(EVERY["unexplained"](NAMES).case, message=text)
    told = rewritten(case).message
    assert [(error.code, error.operation) for error in parse_errors(told)] == [(code, operation)]
    assert [error.kind for error in parse_errors(told)] == [error.kind for error in parse_errors(text)]
    assert re.search("(?i)zara", told) is None


def _read_of(message: str) -> list[object]:
    """Say what is read of a message, but for who and what is named in it."""
    return [
        (
            error.kind, error.code, error.http_status, error.operation, error.action, error.service, error.layer,
            error.explicit, bool(error.caller), bool(error.resource),
        )
        for error in parse_errors(message)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "redacted"),
    [
        pytest.param(
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": ["sts:*", "logs:Get*"]},
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": ["sts:*", "logs:Get*"]},
            id="effects, services and actions",
        ),
        pytest.param(
            {"Principal": "*", "Resource": "arn:aws:iam::*:role/team/App-*"},
            {"Principal": "*", "Resource": r"re:arn:aws:iam::\*:role/path-1/(?!App)[A-Z][a-z]{2}-\*"},
            id="wildcards stay, names around them do not",
        ),
        pytest.param(
            {"Resource": "arn:aws:iam::314159265358:user/${aws:username}/${aws:PrincipalTag/team, 'acme'}"},
            {"Resource": "arn:aws:iam::111111111111:user/${aws:username}/${aws:PrincipalTag/tag-1, 'value-1'}"},
            id="variables stay, tags and defaults in them do not",
        ),
        pytest.param(
            {"AWS": ["314159265358", 314159265358, "AROAABCDEFGHIJKLMNOPQ", "arn:aws:iam::aws:policy/X"]},
            {"AWS": ["111111111111", 111111111111, "AROAREDACTED000000001", "arn:aws:iam::aws:policy/X"]},
            id="accounts, unique ids, and what AWS owns",
        ),
        pytest.param(
            {
                "Condition": {
                    "Bool": {"aws:MultiFactorAuthPresent": "true"},
                    "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
                    "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11112222/*"},
                    "StringEquals": {"aws:PrincipalTag/team": "true", "okta.acme.io:aud": "me", "sts:ExternalId": "42"},
                    "NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0", "2001:db8:1::/48"]},
                }
            },
            {
                "Condition": {
                    "Bool": {"aws:MultiFactorAuthPresent": "true"},
                    "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
                    "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-redacted0001/r-0001/ou-0001-00000001/*"},
                    "StringEquals": {
                        "aws:PrincipalTag/tag-1": "value-1",
                        "provider-1.example.com:aud": "value-2",
                        "sts:ExternalId": "external-id-1",
                    },
                    "NotIpAddress": {
                        "aws:SourceIp": [r"re:10\.[0-9.]+/8", r"re:[0-9.]+/0", r"re:(?!2001:db8:1:)[0-9a-f:]+/48"]
                    },
                }
            },
            id="operators, keys and truth values stay; tags, hosts, ids and addresses do not",
        ),
        pytest.param(
            {
                "Condition": {
                    "NumericLessThan": {"aws:MultiFactorAuthAge": 3600},
                    "StringEquals": {"aws:PrincipalAccount": 314159265358},
                }
            },
            {
                "Condition": {
                    "NumericLessThan": {"aws:MultiFactorAuthAge": 3600},
                    "StringEquals": {"aws:PrincipalAccount": 111111111111},
                }
            },
            id="numbers without quotes stay, but for an account's",
        ),
        pytest.param(
            {
                "Condition": {
                    "ForAnyValue:StringLike": {
                        "aws:SourceOrgPaths": "o-a1b2c3d4e5/r-ab12/*",
                        "aws:VpceOrgPaths": "o-a1b2c3d4e5/*",
                    },
                    "StringEquals": {"aws:AssumedRoot": "true", "ec2:RoleDelivery": "2.0", "aws:username": "true"},
                }
            },
            {
                "Condition": {
                    "ForAnyValue:StringLike": {
                        "aws:SourceOrgPaths": "o-redacted0001/r-0001/*",
                        "aws:VpceOrgPaths": "o-redacted0001/*",
                    },
                    "StringEquals": {"aws:AssumedRoot": "true", "ec2:RoleDelivery": "2.0", "aws:username": "user-1"},
                }
            },
            id="what AWS says of every customer in the same words stays, under any operator",
        ),
        pytest.param(
            {
                "Resource": "arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Dev_*",
                "NotResource": "arn:aws:iam::*:role/AWSReservedSSO_Dev_0123456789abcdef",
            },
            {
                "Resource": r"re:arn:aws:iam::\*:role/aws-reserved/.+/AWSReservedSSO_(?!Dev)[A-Z][a-z]{2}_\*",
                "NotResource": r"re:arn:aws:iam::\*:role/AWSReservedSSO_(?!Dev)[A-Z][a-z]{2}_(?!0123)[0-9a-f]{16}",
            },
            id="a permission set's role is still seen to be one, and to be of the set that a pattern names",
        ),
        pytest.param(
            {
                "Resource": [
                    "arn:aws:iam::314159265358:role/harbor",
                    "arn:aws:iam::314159265358:instance-profile/harbor",
                    "arn:aws:iam::314159265358:user/quill",
                    "arn:aws:iam::314159265358:group/meadow",
                    "arn:aws:iam::314159265358:policy/lanterns",
                    "arn:aws:iam::314159265358:mfa/pebblestone",
                    "arn:aws:iam::314159265358:u2f/umbrella",
                    "arn:aws:iam::314159265358:saml-provider/viaduct",
                    "arn:aws:sts::314159265358:assumed-role/harbor/comet",
                    "arn:aws:sts::314159265358:federated-user/jigsaw",
                    "arn:aws:organizations::314159265358:organization/orchestra",
                    "arn:aws:ec2:eu-west-1:314159265358:vpc/flamingo",
                    "arn:aws:ec2:eu-west-1:314159265358:vpc-endpoint/wicket",
                    "arn:aws:ec2:eu-west-1:314159265358:vpc-endpoint-service/bazaar",
                    "arn:aws:ec2:eu-west-1:314159265358:instance/toadstool",
                    "arn:aws:ec2:eu-west-1:314159265358:subnet/isthmus",
                    "arn:aws:ec2:eu-west-1:314159265358:instance/i-0a1b2c3d4e5f60718",
                    "arn:aws:kiln:eu-west-1:314159265358:xylem/gypsum",
                ]
            },
            {
                "Resource": [
                    "arn:aws:iam::111111111111:role/role-1",
                    "arn:aws:iam::111111111111:instance-profile/role-1",
                    "arn:aws:iam::111111111111:user/user-1",
                    "arn:aws:iam::111111111111:group/group-1",
                    "arn:aws:iam::111111111111:policy/policy-2",
                    r"re:arn:aws:iam::111111111111:mfa/(?!pebblestone)[a-z]{11}",
                    r"re:arn:aws:iam::111111111111:u2f/(?!umbrella)[a-z]{8}",
                    "arn:aws:iam::111111111111:saml-provider/provider-1",
                    "arn:aws:sts::111111111111:assumed-role/role-1/session-1",
                    "arn:aws:sts::111111111111:federated-user/user-2",
                    "arn:aws:organizations::111111111111:organization/name-1",
                    "arn:aws:ec2:eu-west-1:111111111111:vpc/name-2",
                    "arn:aws:ec2:eu-west-1:111111111111:vpc-endpoint/name-3",
                    "arn:aws:ec2:eu-west-1:111111111111:vpc-endpoint-service/name-4",
                    "arn:aws:ec2:eu-west-1:111111111111:instance/name-5",
                    "arn:aws:ec2:eu-west-1:111111111111:subnet/name-6",
                    "arn:aws:ec2:eu-west-1:111111111111:instance/i-00000000000000001",
                    "arn:aws:value-1:eu-west-1:111111111111:path-1/name-7",
                ]
            },
            id="the type that an ARN names stays, and its name becomes a name of that type",
        ),
        pytest.param(
            {"Sid": "AcmeOnly", "Colour": "acme red", "Effect": "Permit"},
            {"Sid": "Sid1", "key-1": "re:(?!acme)[a-z]{4} (?!red)[a-z]{3}", "Effect": "name-1"},
            id="what the language does not know is the customer's",
        ),
    ],
)  # fmt: skip
def test_a_policy_keeps_what_is_aws_s(statement: dict[str, object], redacted: dict[str, object]) -> None:
    document = {"Version": "2012-10-17", "Statement": [statement]}
    names = Names("999900001111", "999900002222", *[f"zq{number}" for number in range(12)])
    case = EVERY["allowed"](names).case
    policy = Policy("zq-only", raw_document(document), PolicyKind.TRUST)
    bare = replace(case.snapshot, source=replace(case.snapshot.source, arn="ec2.amazonaws.com", principal=Unread()))
    bare = replace(bare, source=replace(bare.source, identity_policies=PolicySet((policy,))))
    bare = replace(bare, destination=replace(bare.destination, role=Unread(), trust_policy=Unread()))
    request = replace(case.request, role_arn="", parameters=type(case.request.parameters)())
    case = rewritten(Case(request, bare))
    written = json.loads(document_text(case.snapshot.source.identity_policies.policies[0].document))
    assert _fits(written["Statement"][0], redacted), written


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(Raw(b'"%7B%22Sid%22%3A%22zqhidden%22%7D"'), id="percent-encoded"),
        pytest.param(Raw(rb'{"Sid": "\u007a\u0071hidden"}'), id="spelt with JSON escapes"),
        pytest.param(Raw(rb'"{\"Sid\": \"zqhidden\"}"'), id="a string that holds JSON"),
        pytest.param(Raw(b'{"Sid": "zqhidden"'), id="broken"),
        pytest.param(Raw(b'"zqhidden"'), id="no policy at all"),
        pytest.param(Raw(b'{"zqhidden": 1, "zqhidden": 2}'), id="keys that stand there twice"),
        pytest.param(Raw(b"[" * 100_000 + b'"zqhidden"'), id="nested too deep"),
    ],
)
def test_a_name_is_found_however_the_document_is_written(document: Raw) -> None:
    case = EVERY["allowed"](NAMES).case
    destination = replace(case.snapshot.destination, trust_policy=Known(Policy("t", document)))
    case = replace(case, snapshot=replace(case.snapshot, destination=destination))
    redacted = rewritten(case).snapshot.destination.trust_policy
    assert isinstance(redacted, Known)
    assert "zqhidden" not in document_text(redacted.value.document)
    assert b"zqhidden" not in bytes(redacted.value.document)


@pytest.mark.parametrize(
    "detail",
    [
        "only the management account or a delegated administrator of the organization may read them; give its "
        "profile with --org-profile",
        "if the request goes through a VPC endpoint, name it with --vpc-endpoint",
        "it may be another account's, or another Region's",
        "AWS is about to enable or disable them",
    ],
)
def test_why_something_was_not_read_stays_readable(detail: str) -> None:
    case = EVERY["allowed"](NAMES).case
    endpoint = rewritten(
        replace(case, snapshot=replace(case.snapshot, endpoint=Unread(detail=detail)))
    ).snapshot.endpoint
    assert isinstance(endpoint, Unread)
    assert endpoint.detail == detail


def _fits(written: object, expected: object) -> bool:
    """Compare JSON; an expected text that begins with `re:` is a pattern, where the text depends on the whole case."""
    match expected:
        case dict():
            return (
                isinstance(written, dict)
                and [*written] == [*expected]
                and all(_fits(written[key], value) for key, value in expected.items())
            )
        case list():
            return isinstance(written, list) and len(written) == len(expected) and all(map(_fits, written, expected))
        case str() if expected.startswith("re:"):
            return isinstance(written, str) and re.fullmatch(expected[3:], written) is not None
    return written == expected


def _every_format(diagnosis: Diagnosis) -> list[str]:
    return [
        *(render(diagnosis, format_) for format_ in Format),
        # A page breaks long names where a line may end.
        Page(render(diagnosis, Format.HTML)).words,
        render(diagnosis, Format.TEXT, color=True),
        *(render(diagnosis, Format.TEXT, detail=detail) for detail in Detail),
        msgspec.json.encode(diagnosis.case).decode(),
    ]


def test_the_sid_of_a_redacted_statement_is_one_that_iam_takes() -> None:
    statements = [{"Sid": sid, "Effect": "Allow"} for sid in ("ZqFirst", "Sid1", "ZqFirst", "")]
    case = EVERY["denied-by-scp"](NAMES).case
    policy = Policy("zqpolicy", raw_document({"Statement": statements}))
    source = replace(case.snapshot.source, identity_policies=PolicySet((policy,)))
    redacted = rewritten(replace(case, snapshot=replace(case.snapshot, source=source)))
    document = document_text(redacted.snapshot.source.identity_policies.policies[0].document)
    first, second, third, empty = (one["Sid"] for one in json.loads(document)["Statement"])
    assert (first, third, empty) == (first, first, "")
    assert len({first, second, "Sid1"}) == 3
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in (first, second))


@pytest.mark.parametrize(
    ("issuer", "told"),
    [
        ("gitlab.com", "gitlab[.]com"),
        ("github.com/enterprises/zqshop", "github[.]com/enterprises/(?!zqshop)[a-z]{6}"),
        ("oidc.eks.eu-west-1.amazonaws.com/id/0A1B", "oidc[.]eks[.]eu-west-1[.]amazonaws[.]com/id/0(?!A1B)[0-9A-F]{3}"),
        ("login.zqshop.example", "\\[[.]{3}\\]"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["https://", ""])
def test_an_issuer_in_a_message_is_the_same_as_elsewhere(scheme: str, issuer: str, told: str) -> None:
    case = EVERY["allowed"](NAMES).case
    message = f"No OpenIDConnect provider found in your account for {scheme}{issuer}"
    written = rewritten(replace(case, message=message)).message
    assert re.fullmatch(f"No OpenIDConnect provider found in your account for {scheme}{told}", written), written


@pytest.mark.parametrize(
    "command",
    ["update-assume-role-policy", "get-role", "list-open-id-connect-providers", "add-role-to-instance-profile"],
)
def test_the_name_of_a_command_stays_in_a_message(command: str) -> None:
    case = EVERY["allowed"](NAMES).case
    message = f"aws iam {command} --role-name zqzara /Statement/0/Resource"
    written = rewritten(replace(case, message=message)).message
    assert written == f"aws iam {command} --role-name [...] /Statement/0/Resource"


@pytest.mark.parametrize("kind", ["rol", "roles", "Role", "r*", "rol?", "oidc-provder", "oxidc-provider"])
def test_the_type_in_an_arn_stays_with_a_slip_and_as_a_pattern(kind: str) -> None:
    case = EVERY["denied-by-scp"](NAMES).case
    arn = f"arn:aws:iam::314159265358:{kind}/gitlab.com/zqzara"
    policy = Policy("zqpolicy", raw_document({"Statement": [{"Resource": arn}]}))
    source = replace(case.snapshot.source, identity_policies=PolicySet((policy,)))
    redacted = rewritten(replace(case, snapshot=replace(case.snapshot, source=source)))
    document = document_text(redacted.snapshot.source.identity_policies.policies[0].document)
    told = json.loads(document)["Statement"][0]["Resource"]
    assert told.split(":")[5].startswith(f"{kind}/"), told
    assert "zqzara" not in told
