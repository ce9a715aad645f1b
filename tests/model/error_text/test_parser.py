import time
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diagnose.model.aws_error import AwsError, ErrorKind
from diagnose.model.error_text.parser import parse_errors
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

CALLER = "arn:aws:sts::111111111111:assumed-role/App/session-1"
ROLE = "arn:aws:iam::222222222222:role/team/Deploy"
SCP = "arn:aws:organizations::333333333333:policy/o-a1b2c3d4e5/service_control_policy/p-a1b2c3d4"
BARE = f"User: {CALLER} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
IMPLICIT = f"{BARE} because no identity-based policy allows the sts:AssumeRole action"
CLI = "An error occurred (AccessDenied) when calling the AssumeRole operation: "
TERRAFORM = f"\u2577\n\u2502 Error: no role\n\u2502 \n\u2502 AccessDenied: {BARE}\n\u2502 \tstatus code: 403\n\u2575"
AT_THE_RESOURCE = (CALLER, "sts:AssumeRole", ROLE)


def only(paste: str) -> AwsError:
    (error,) = parse_errors(paste)
    return error


@pytest.mark.parametrize(
    ("reason", "layer", "explicit"),
    [
        pytest.param("", None, UNKNOWN, id="no reason"),
        pytest.param(" with an explicit deny", None, YES, id="a deny of an unnamed policy, as some years ago"),
        pytest.param(
            " because no identity-based policy allows the sts:AssumeRole action", Layer.IDENTITY, NO, id="identity, no"
        ),
        pytest.param(" with an explicit deny in an identity-based policy", Layer.IDENTITY, YES, id="identity, deny"),
        pytest.param(
            " because no permissions boundary allows the sts:AssumeRole action", Layer.BOUNDARY, NO, id="boundary, no"
        ),
        pytest.param(" with an explicit deny in a permissions boundary", Layer.BOUNDARY, YES, id="boundary, deny"),
        pytest.param(
            " because no session policy allows the sts:AssumeRole action", Layer.SESSION, NO, id="session, no"
        ),
        pytest.param(" with an explicit deny in a session policy", Layer.SESSION, YES, id="session, deny"),
        pytest.param(
            " with an explicit deny in a sessions policy",
            Layer.SESSION,
            YES,
            id="session, deny, as the guide prints it",
        ),
        pytest.param(
            " because no service control policy allows the sts:AssumeRole action", Layer.SCP, NO, id="SCP, no"
        ),
        pytest.param(
            " with an explicit deny in a service control policy",
            Layer.SCP,
            UNKNOWN,
            id="SCP, in the words that once stood for implicit denials, too",
        ),
        pytest.param(" with an explicit deny in a resource control policy", Layer.RCP, YES, id="RCP, deny"),
        pytest.param(
            " because no VPC endpoint policy allows the sts:AssumeRole action", Layer.ENDPOINT, NO, id="endpoint, no"
        ),
        pytest.param(" with an explicit deny in a VPC endpoint policy", Layer.ENDPOINT, YES, id="endpoint, deny"),
        pytest.param(" because no role trust policy allows the sts:AssumeRole action", Layer.TRUST, NO, id="trust, no"),
        pytest.param(
            " because the role trust policy allows the sts:AssumeRole action",
            Layer.TRUST,
            NO,
            id="trust, no, as the guide once misprinted it",
        ),
        pytest.param(" with an explicit deny in the role trust policy", Layer.TRUST, YES, id="trust, deny"),
        pytest.param(
            " because no resource-based policy allows the sts:AssumeRole action", Layer.TRUST, NO, id="resource, no"
        ),
        pytest.param(" with an explicit deny in a resource-based policy", Layer.TRUST, YES, id="resource, deny"),
    ],
)
def test_the_policy_type_is_read_and_whether_a_deny_statement_is_to_blame(
    reason: str, layer: Layer | None, explicit: Tri
) -> None:
    message = only(CLI + BARE + reason)
    assert (message.layer, message.explicit) == (layer, explicit)
    assert (message.caller, message.action, message.resource) == AT_THE_RESOURCE
    assert (message.kind, message.code, message.operation) == (ErrorKind.NOT_AUTHORIZED, "AccessDenied", "AssumeRole")


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(f"service control policy: {SCP}", id="after a colon"),
        pytest.param(f"service control policy, with policy ARN: {SCP}", id="introduced"),
        pytest.param(f"service control policy: {SCP}. Go to https://us-east-1.console.aws.amazon.com/", id="at a stop"),
        pytest.param(f"service control policy: {SCP[:-3]}\n{SCP[-3:]}", id="broken by a terminal"),
    ],
)
def test_the_policy_that_denies_is_read(tail: str) -> None:
    message = only(f"{CLI}{BARE} with an explicit deny in a {tail}")
    assert (message.layer, message.explicit, message.policy_arn) == (Layer.SCP, YES, SCP)


def test_a_denial_through_an_endpoint_policy_may_be_the_scp() -> None:
    message = only(
        f"{BARE} with an explicit deny in a VPC endpoint policy transitively through a service control policy"
    )
    assert message.layer is Layer.SCP
    assert only(f"{BARE} with an explicit deny in a VPC endpoint policy").layer is Layer.ENDPOINT


def test_the_trust_policy_of_the_documentation_names_no_resource() -> None:
    message = only(
        f"User: {CALLER} is not authorized to perform: sts:AssumeRole"
        " because no role trust policy allows the sts:AssumeRole action"
    )
    assert (message.layer, message.action, message.resource) == (Layer.TRUST, "sts:AssumeRole", "")


@pytest.mark.parametrize(
    ("paste", "code"),
    [
        pytest.param(BARE, "", id="the message alone"),
        pytest.param(f"\n{CLI}{BARE}\n", "AccessDenied", id="the AWS CLI"),
        pytest.param(
            f"aws: [ERROR]: {CLI}{BARE}\n\nAdditional error details:\nType: Sender\n", "AccessDenied", id="a newer CLI"
        ),
        pytest.param(f'{{"Code": "AccessDenied", "Message": "{BARE}", "Type": "Sender"}}', "AccessDenied", id="JSON"),
        pytest.param(
            f'{{"Error": {{\n  "Message": "{BARE}",\n  "Code": "AccessDenied"\n}}}}', "AccessDenied", id="JSON in lines"
        ),
        pytest.param(f"Code: AccessDenied\nMessage: '{BARE}'\nType: Sender\n", "AccessDenied", id="YAML"),
        pytest.param(
            f"Code: AccessDenied\nMessage: 'User: {CALLER} is not authorized to perform: sts:AssumeRole\n"
            f"  on resource: {ROLE}'\n",
            "AccessDenied",
            id="YAML that was folded",
        ),
        pytest.param(
            f"+-----+-----+\n|  Code  |  AccessDenied  |\n|  Message  |  {BARE}  |\n+-----+-----+\n",
            "AccessDenied",
            id="a table",
        ),
        pytest.param(
            f"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{BARE}</Message></Error>"
            "<RequestId>1</RequestId></ErrorResponse>",
            "AccessDenied",
            id="XML",
        ),
        pytest.param(f"botocore.exceptions.ClientError: {CLI}{BARE}", "AccessDenied", id="Python"),
        pytest.param(f"ClientError('{CLI}{BARE}',)", "AccessDenied", id="Python's repr"),
        pytest.param(
            f"[ERROR] Exception: b'\\n{CLI}{BARE}\\nUnable to connect to the server'",
            "AccessDenied",
            id="Python's bytes",
        ),
        pytest.param(
            f"{BARE} (Service: AWSSecurityTokenService; Status Code: 403; Error Code: AccessDenied; Request ID: 1)",
            "AccessDenied",
            id="Java",
        ),
        pytest.param(f"{BARE} (Service: Sts, Status Code: 403, Request ID: 1)", "", id="Java 2"),
        pytest.param(f"AccessDenied: {BARE}\n\tstatus code: 403, request id: 1", "AccessDenied", id="Go"),
        pytest.param(
            "operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: 1,"
            f" api error AccessDenied: {BARE}",
            "AccessDenied",
            id="Go 2",
        ),
        pytest.param(
            TERRAFORM,
            "AccessDenied",
            id="Terraform",
        ),
        pytest.param(
            f'{{"eventName": "AssumeRole", "errorCode": "AccessDenied", "errorMessage": "{BARE}"}}',
            "AccessDenied",
            id="CloudTrail",
        ),
        pytest.param(
            f"> {CLI}User: {CALLER}\n> is not authorized to perform: sts:AssumeRole\n> on resource: {ROLE}\n>",
            "AccessDenied",
            id="a quoted mail",
        ),
        pytest.param(f"\x1b[31m{CLI}\x1b[1m{BARE}\x1b[0m", "AccessDenied", id="colours"),
        pytest.param(BARE.replace(" ", "\u00a0").replace("arn:", "\u200barn:"), "", id="a chat's spaces"),
        pytest.param(f"&quot;{BARE}&quot;", "", id="HTML"),
        pytest.param(f"User: dev, in account 1. Error: {BARE}", "", id="a form with another user in it"),
        pytest.param(BARE.upper().replace(CALLER.upper(), CALLER).replace(ROLE.upper(), ROLE), "", id="shouted"),
    ],
)
def test_the_error_is_found_in_whatever_it_was_pasted_with(paste: str, code: str) -> None:
    message = only(paste)
    assert (message.caller, message.action, message.resource) == AT_THE_RESOURCE
    assert (message.kind, message.code, message.layer) == (ErrorKind.NOT_AUTHORIZED, code, None)


@given(st.sets(st.integers(1, len(CLI + IMPLICIT) - 1), max_size=8))
@example({128, 129})
def test_a_message_with_a_reason_may_be_broken_anywhere(breaks: set[int]) -> None:
    whole = CLI + IMPLICIT
    ends = [0, *sorted(breaks), len(whole)]
    broken = "\n".join(whole[start:end] for start, end in pairwise(ends))
    message = only(broken)
    assert (message.caller, message.action, message.resource) == AT_THE_RESOURCE
    assert (message.layer, message.explicit) == (Layer.IDENTITY, NO)


@pytest.mark.parametrize("width", range(60, 260))
def test_a_bare_message_may_be_broken_by_a_terminal(width: int) -> None:
    whole = CLI + BARE
    message = only("\n".join(whole[start : start + width] for start in range(0, len(whole), width)))
    assert (message.caller, message.action, message.resource) == AT_THE_RESOURCE


@pytest.mark.parametrize(
    "after",
    [
        pytest.param("\nmake: *** [deploy] Error 254", id="the next program's words"),
        pytest.param("\n$ aws sts get-caller-identity", id="the next command"),
        pytest.param("\n\nAdditional error details:\nType: Sender", id="the CLI's details"),
        pytest.param("\n}", id="a bracket"),
        pytest.param(" and nobody knows why", id="somebody's remark"),
        pytest.param(f"\n{CLI}{BARE.replace('222222222222', '444444444444')}", id="the next error"),
    ],
)
def test_what_stands_after_a_bare_message_is_not_part_of_it(after: str) -> None:
    assert parse_errors(CLI + BARE + after)[0].resource == ROLE


@pytest.mark.parametrize(
    ("text", "action"),
    [
        pytest.param("Not authorized to perform sts:AssumeRole", "sts:AssumeRole", id="the short form of old"),
        pytest.param(
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            "sts:AssumeRoleWithWebIdentity",
            id="web identity",
        ),
        pytest.param(BARE.replace("AssumeRole", "TagSession"), "sts:TagSession", id="tags"),
        pytest.param(BARE.replace("AssumeRole", "SetSourceIdentity"), "sts:SetSourceIdentity", id="a source identity"),
        pytest.param(BARE.replace("AssumeRole", "SetContext"), "sts:SetContext", id="a context"),
        pytest.param(BARE.replace("sts:AssumeRole", "iam:PassRole"), "iam:PassRole", id="another problem"),
        pytest.param(BARE.replace("sts:AssumeRole", "s3:GetObject"), "s3:GetObject", id="after the role was assumed"),
    ],
)
def test_the_action_that_was_denied_is_read(text: str, action: str) -> None:
    message = only(text)
    assert (message.kind, message.action) == (ErrorKind.NOT_AUTHORIZED, action)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("Roles may not be assumed by root accounts.", ErrorKind.ROOT_REFUSED, id="root"),
        pytest.param(
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
            ErrorKind.MFA_CODE_REFUSED,
            id="an MFA code",
        ),
        pytest.param(
            "MultiFactorAuthentica\ntion failed with invalid MFA one time pass code.",
            ErrorKind.MFA_CODE_REFUSED,
            id="an MFA code, broken within a word",
        ),
        pytest.param(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ErrorKind.OVER_ROLE_MAXIMUM,
            id="a duration",
        ),
        pytest.param(
            "The requested DurationSeconds exceeds the 1 hour session limit\nfor roles assumed by role chaining.",
            ErrorKind.OVER_CHAINING_LIMIT,
            id="a chained duration, broken between words",
        ),
        pytest.param(
            "Packed size of session tags consumes 112% of allotted space.", ErrorKind.PACKED_SIZE, id="packed tags"
        ),
        pytest.param(
            "STS is not activated in this region for account:222222222222.", ErrorKind.REGION_DISABLED, id="a Region"
        ),
        pytest.param(
            "The security token included in the request is invalid.", ErrorKind.TOKEN_INVALID, id="an invalid token"
        ),
        pytest.param(
            "The security token included in the request is expired", ErrorKind.TOKEN_EXPIRED, id="an expired token"
        ),
        pytest.param(
            "Invalid information in one or more fields. Check your information or contact your administrator.",
            ErrorKind.CONSOLE_REFUSED,
            id="the console",
        ),
        pytest.param('Invalid principal in policy: "AWS":"x"', ErrorKind.PRINCIPAL_REFUSED, id="saving a trust policy"),
        pytest.param("hello", ErrorKind.OTHER, id="something else"),
    ],
)
def test_errors_that_no_policy_causes_are_told_apart(text: str, kind: ErrorKind) -> None:
    message = only(text)
    assert (message.kind, message.caller, message.action, message.layer) == (kind, "", "", None)
    assert message.explicit is UNKNOWN


def test_an_error_is_told_by_its_code_where_its_words_are_not_known() -> None:
    message = only("An error occurred (ExpiredTokenException) when calling the AssumeRole operation: ?")
    assert (message.kind, message.code) == (ErrorKind.TOKEN_EXPIRED, "ExpiredTokenException")


@pytest.mark.parametrize(
    "reason",
    [
        "",
        " because no session policy allows the sts:AssumeRole action",
        " with an explicit deny in an identity-based policy",
        f" with an explicit deny in a service control policy: {SCP}",
        " with an explicit deny in a VPC endpoint policy transitively through a service control policy",
    ],
)
def test_the_text_is_the_error_alone_and_says_the_same_again(reason: str) -> None:
    message = only("$ terraform apply\n" + "\n".join((CLI + BARE + reason).split(" ")) + "\n\nbye bye")
    assert message.text == CLI + BARE + reason
    assert only(message.text) == message


@pytest.mark.parametrize("text", ["", " \n", "\x1b[0m"])
def test_nothing_is_no_error(text: str) -> None:
    assert parse_errors(text) == ()


@given(st.text())
def test_every_text_has_an_answer(text: str) -> None:
    assert all(isinstance(error, AwsError) for error in parse_errors(text))


@given(
    st.lists(
        st.sampled_from(
            (*CLI.split(" "), *BARE.split(" "), *IMPLICIT.split(" "), "\n", "with an explicit deny", "in a", ":", SCP)
        )
    )
)
def test_every_mixture_of_its_words_has_an_answer(words: list[str]) -> None:
    assert bool(parse_errors(" ".join(words))) is any(not word.isspace() for word in words)


@pytest.mark.parametrize(
    "unit",
    [
        "x",
        "User: ",
        "on resource: arn:",
        f"{BARE} ",
        "n o t ",
        "\x1b]",
        "<Error",
        " \n",
        "-",
        "&",
        ">",
        "code : ",
        "not authorized to perform: ",
        "notauthorizedtoperform",
        "An error occurred (",
        "An error occurred (A) ",
        "api error a: ",
        "status code: ",
        "code code",
        "Rate exceeded",
        "{",
        "because no ",
        "not authorized to perform: sts:AssumeRole on resource: a b c d ",
    ],
)
def test_a_huge_hostile_paste_takes_no_longer_than_its_size(unit: str) -> None:
    started = time.process_time()
    parse_errors(unit * (10 * 2**20 // len(unit)))
    assert time.process_time() - started < 5


def test_codepipeline_begins_with_whoever_is_not_authorized() -> None:
    role = "arn:aws:iam::111111111111:role/pipeline-role"
    error = only(f"{role} is not authorized to perform AssumeRole on role {ROLE} (Service: AWSCodePipeline; Code: X)")
    assert (error.caller, error.action, error.resource, error.kind) == (
        role,
        "sts:AssumeRole",
        ROLE,
        ErrorKind.NOT_AUTHORIZED,
    )
    assert only(f"the bucket of x{role} is not authorized to perform: sts:AssumeRole").caller == ""
