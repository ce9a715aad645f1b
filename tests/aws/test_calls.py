import socket
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import exceptions as boto
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from tests.aws.accounts import scrub
from tests.aws.answers import answer

from diagnose.aws.calls import (
    NOT_AWS,
    Refusal,
    answer_or_refusal,
    ask,
    call,
    call_or_absent,
    list_all,
    list_all_or_absent,
    list_pages,
)
from diagnose.aws.patience import Patience
from diagnose.errors import XdiagError
from diagnose.model.evidence import Gap, Known, Unread

DETAILS = "iam:GetAccountAuthorizationDetails"
ROLE = "arn:aws:iam::222222222222:role/Deploy"


class Clients:
    """Clients of a session with example credentials, which try each call once."""

    def __init__(self, endpoint_url: str | None = None) -> None:
        self._endpoint_url = endpoint_url
        self._clients: dict[str, Any] = {}
        self.patience = Patience(30)
        self.attempts: int | None = 1

    def client(self, service: str) -> Any:
        if service not in self._clients:
            make: Any = boto3.Session("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI", None, "us-east-1").client
            config = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=2)
            self._clients[service] = make(service, endpoint_url=self._endpoint_url, config=config)
        return self._clients[service]


@pytest.fixture(autouse=True)
def _no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scrub(tmp_path, monkeypatch)


def refusing(code: str, operation: str = "GetRole", message: str = "no") -> Refusal:
    def step() -> None:
        raise ClientError({"Error": {"Code": code, "Message": message}}, operation)

    refusal = answer_or_refusal("iam:GetRole", step)
    assert isinstance(refusal, Refusal)
    return refusal


def failing(error: Exception) -> Refusal | None:
    def step() -> None:
        raise error

    return answer_or_refusal("iam:GetRole", step)


def test_what_aws_says_is_known_and_percent_encoding_is_not_form_encoding() -> None:
    clients = Clients()
    answer(clients.client("iam"), "get-role")
    found = call(clients, "iam:GetRole", ROLE, RoleName="Deploy")
    assert isinstance(found, Known)
    assert found.source == "iam:GetRole"
    principal = found.value["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert principal == {"AWS": "arn:aws:iam::111111111111:user/a+b"}


def test_a_denial_is_a_gap_that_names_the_missing_permission_and_keeps_the_words_of_aws() -> None:
    clients = Clients()
    answer(clients.client("iam"), "get-role-denied")
    assert call(clients, "iam:GetRole", ROLE, RoleName="Deploy") == Unread(
        Gap.ACCESS_DENIED,
        ROLE,
        "iam:GetRole",
        "AccessDenied: User: arn:aws:iam::222222222222:user/reader is not authorized to perform: iam:GetRole on "
        "resource: role Deploy because no identity-based policy allows the iam:GetRole action",
    )


def test_throttling_is_no_matter_of_permissions() -> None:
    clients = Clients()
    answer(clients.client("iam"), "throttled")
    gap = call(clients, "iam:GetRole", ROLE, RoleName="Deploy")
    assert gap == Unread(Gap.UNREACHABLE, ROLE, "", "Throttling: Rate exceeded")


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        gap = call(Clients(f"http://127.0.0.1:{held.getsockname()[1]}"), "iam:GetRole", ROLE, RoleName="Deploy")
    assert isinstance(gap, Unread)
    assert (gap.gap, gap.permission) == (Gap.UNREACHABLE, "")


# Sources: the common errors of IAM, of Organizations and of EC2.
# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
# https://docs.aws.amazon.com/organizations/latest/APIReference/CommonErrors.html
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
_NOT_TAKEN = (
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "OptInRequired",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "SubscriptionRequiredException",
    "UnrecognizedClientException",
)


@pytest.mark.parametrize(
    ("code", "gap"),
    [
        *[(code, Gap.NO_CREDENTIALS) for code in _NOT_TAKEN],
        ("AccessDenied", Gap.ACCESS_DENIED),
        ("AccessDeniedException", Gap.ACCESS_DENIED),
        ("UnauthorizedOperation", Gap.ACCESS_DENIED),
        ("Throttling", Gap.UNREACHABLE),
        ("ServiceFailure", Gap.UNREACHABLE),
        ("ACodeOfTomorrow", Gap.UNREACHABLE),
    ],
)
def test_the_code_of_a_refusal_says_what_gap_it_leaves(code: str, gap: Gap) -> None:
    refusal = refusing(code)
    assert (refusal.gap, refusal.code, refusal.message, refusal.answered) == (gap, code, "no", True)


def test_the_refusal_of_the_role_of_a_profile_is_no_denial_of_the_call() -> None:
    refusal = refusing("AccessDenied", operation="AssumeRole", message="User: x is not authorized")
    assert (refusal.gap, refusal.answered) == (Gap.NO_CREDENTIALS, False)
    assert refusal.text == "no credentials, because AWS refused AssumeRole: AccessDenied: User: x is not authorized"


def test_the_refusal_of_what_a_client_needs_first_is_no_denial_of_the_call() -> None:
    class Refusing(Clients):
        def client(self, _: str) -> Any:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole")

    gap = call(Refusing(), "iam:GetRole", ROLE, RoleName="Deploy")
    assert isinstance(gap, Unread)
    assert (gap.gap, gap.permission) == (Gap.NO_CREDENTIALS, "iam:GetRole")
    assert gap.detail == "no credentials, because AWS refused AssumeRole: AccessDenied: no"


def test_a_refused_signature_does_not_quote_the_session_token() -> None:
    clients = Clients()
    answer(clients.client("sts"), "signature-refused")
    gap = call(clients, "sts:GetCallerIdentity", "caller")
    assert isinstance(gap, Unread)
    assert gap.detail.endswith("Consult the service documentation for details.")


@pytest.mark.parametrize(
    ("error", "gap", "code"),
    [
        pytest.param(boto.NoCredentialsError(), Gap.NO_CREDENTIALS, "NoCredentialsError", id="no credentials"),
        pytest.param(
            boto.UnauthorizedSSOTokenError(), Gap.NO_CREDENTIALS, "UnauthorizedSSOTokenError", id="an expired sign-in"
        ),
        pytest.param(
            boto.SSOTokenLoadError(error_msg="none"), Gap.NO_CREDENTIALS, "SSOTokenLoadError", id="no sign-in yet"
        ),
        pytest.param(
            boto.CredentialRetrievalError(provider="custom-process", error_msg="no"),
            Gap.NO_CREDENTIALS,
            "CredentialRetrievalError",
            id="a credential process that fails",
        ),
        pytest.param(
            boto.RefreshWithMFAUnsupportedError(),
            Gap.NO_CREDENTIALS,
            "RefreshWithMFAUnsupportedError",
            id="an MFA code nobody can type",
        ),
        pytest.param(RuntimeError("still expired"), Gap.NO_CREDENTIALS, "ExpiredCredentials", id="renewed but expired"),
        pytest.param(
            boto.EndpointConnectionError(endpoint_url="x"),
            Gap.UNREACHABLE,
            "EndpointConnectionError",
            id="no connection",
        ),
        pytest.param(
            boto.UnknownServiceError(service_name="x", known_service_names="y"),
            Gap.NO_API,
            "UnknownServiceError",
            id="a boto3 that does not know the service",
        ),
        # These two are OSErrors as well, as a broken configuration is.
        pytest.param(boto.ReadTimeoutError(endpoint_url="x"), Gap.UNREACHABLE, "ReadTimeoutError", id="no answer"),
        pytest.param(
            boto.SSLError(endpoint_url="x", error=ValueError("x")),
            Gap.UNREACHABLE,
            "SSLError",
            id="no trusted certificate",
        ),
        pytest.param(
            boto.ParamValidationError(report="x"),
            Gap.UNREACHABLE,
            "ParamValidationError",
            id="a parameter botocore refuses",
        ),
    ],
)
def test_a_failure_before_aws_answers_is_a_gap_without_an_answer(error: Exception, gap: Gap, code: str) -> None:
    refusal = failing(error)
    assert refusal is not None
    assert (refusal.gap, refusal.code, refusal.answered) == (gap, code, False)


def test_credentials_that_are_expired_though_renewed_are_told_in_botocore_s_words() -> None:
    refusal = failing(RuntimeError("Credentials were refreshed, but the refreshed credentials are still expired."))
    assert refusal is not None
    assert refusal.text == "Credentials were refreshed, but the refreshed credentials are still expired."


def test_whoever_is_signed_out_is_told_how_to_sign_in() -> None:
    refusal = failing(boto.SSOTokenLoadError(error_msg="Token for x does not exist"))
    assert refusal is not None
    assert refusal.text == "Error loading SSO Token: Token for x does not exist; run `aws sso login`"


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(boto.ProfileNotFound(profile="x"), id="a source_profile that is not there"),
        pytest.param(boto.ConfigParseError(path="x"), id="a file that is no INI file"),
        pytest.param(boto.PartialCredentialsError(provider="env", cred_var="x"), id="half a key"),
        pytest.param(boto.InvalidRegionError(region_name="x y"), id="a Region with a space"),
        pytest.param(
            FileNotFoundError(2, "No such file or directory", "x"), id="a credential process that is not there"
        ),
        pytest.param(ValueError("Expecting value"), id="a credential process that prints no JSON"),
    ],
)
def test_a_broken_configuration_is_a_mistake_to_put_right(error: Exception) -> None:
    with pytest.raises(XdiagError, match=r"^the AWS configuration cannot be used: ") as raised:
        failing(error)
    assert raised.value.hint


def test_a_bug_is_not_caught() -> None:
    with pytest.raises(KeyError):
        failing(KeyError("Role"))


class TestFind:
    def test_what_does_not_exist_is_known_not_to(self) -> None:
        clients = Clients()
        with Stubber(clients.client("iam")) as stub:
            stub.add_client_error("get_role", "NoSuchEntity")
            assert call_or_absent(clients, "iam:GetRole", ROLE, RoleName="Deploy") == Known(None, "iam:GetRole")

    def test_what_must_exist_and_does_not_is_unread(self) -> None:
        clients = Clients()
        with Stubber(clients.client("iam")) as stub:
            stub.add_client_error("get_role", "NoSuchEntity", "cannot be found")
            gap = call(clients, "iam:GetRole", ROLE, RoleName="Deploy")
        assert gap == Unread(Gap.UNREACHABLE, ROLE, "", "NoSuchEntity: cannot be found")

    def test_a_denial_does_not_say_that_there_is_none(self) -> None:
        clients = Clients()
        with Stubber(clients.client("iam")) as stub:
            stub.add_client_error("get_role", "AccessDenied")
            assert isinstance(call_or_absent(clients, "iam:GetRole", ROLE, RoleName="Deploy"), Unread)


def test_an_answer_about_something_else_is_no_answer() -> None:
    clients = Clients()
    other = {"Path": "/", "RoleName": "Other", "RoleId": "AROAEXAMPLEEXAMPLE01", "Arn": ROLE, "CreateDate": 0}
    with Stubber(clients.client("iam")) as stub:
        stub.add_response("get_role", {"Role": other})
        refusal = ask(clients, "iam:GetRole", RoleName="Deploy")
    assert isinstance(refusal, Refusal)
    assert (refusal.gap, refusal.code, refusal.answered) == (Gap.UNREACHABLE, "BrokenPromiseError", False)
    assert refusal.text.startswith(f"{NOT_AWS} (iam:GetRole: ")


class TestListed:
    def test_an_empty_page_of_iam_is_not_the_end(self) -> None:
        clients = Clients()
        with Stubber(clients.client("iam")) as stub:
            stub.add_response("list_role_policies", {"PolicyNames": [], "IsTruncated": True, "Marker": "2"})
            stub.add_response("list_role_policies", {"PolicyNames": ["a"], "IsTruncated": True, "Marker": "3"})
            stub.add_response("list_role_policies", {"PolicyNames": ["b"], "IsTruncated": False})
            names = list_all(clients, "iam:ListRolePolicies", ROLE, "PolicyNames", RoleName="Deploy")
            stub.assert_no_pending_responses()
        assert names == Known(("a", "b"), "iam:ListRolePolicies")

    def test_an_empty_page_of_organizations_is_not_the_end(self) -> None:
        clients = Clients()
        with Stubber(clients.client("organizations")) as stub:
            stub.add_response("list_roots", {"Roots": [], "NextToken": "2"})
            stub.add_response("list_roots", {"Roots": [{"Id": "r-ab12"}]})
            roots = list_all(clients, "organizations:ListRoots", "roots", "Roots")
        assert roots == Known(({"Id": "r-ab12"},), "organizations:ListRoots")

    def test_a_listing_that_breaks_off_is_unread_as_a_whole(self) -> None:
        clients = Clients()
        with Stubber(clients.client("iam")) as stub:
            stub.add_response("list_role_policies", {"PolicyNames": ["a"], "IsTruncated": True, "Marker": "2"})
            stub.add_client_error("list_role_policies", "Throttling", "Rate exceeded")
            gap = list_all(clients, "iam:ListRolePolicies", ROLE, "PolicyNames", RoleName="Deploy")
        assert gap == Unread(Gap.UNREACHABLE, ROLE, "", "Throttling: Rate exceeded")


class TestPages:
    def test_a_listing_of_several_kinds_is_given_page_by_page(self) -> None:
        clients = Clients()
        with Stubber(clients.client("iam")) as stub:
            first = {"UserDetailList": [], "RoleDetailList": [], "IsTruncated": True, "Marker": "2"}
            stub.add_response("get_account_authorization_details", first)
            stub.add_response("get_account_authorization_details", {"IsTruncated": False}, {"Marker": "2"})
            pages = list_pages(clients, DETAILS, "account 222222222222")
        assert isinstance(pages, Known)
        assert pages.source == DETAILS
        assert [page["IsTruncated"] for page in pages.value] == [True, False]

    def test_a_refusal_is_a_gap_that_says_what_was_to_be_listed(self) -> None:
        clients = Clients()
        with Stubber(clients.client("iam")) as stub:
            stub.add_client_error("get_account_authorization_details", "AccessDenied", "no")
            gap = list_pages(clients, DETAILS, "account 222222222222")
        assert gap == Unread(Gap.ACCESS_DENIED, "account 222222222222", DETAILS, "AccessDenied: no")


class TestFindListed:
    @pytest.mark.parametrize(
        ("recorded", "found"),
        [
            pytest.param("child-not-found", Known(None, "organizations:ListParents"), id="there is no such child"),
            pytest.param(
                "list-parents-denied",
                Unread(
                    Gap.ACCESS_DENIED,
                    "parent",
                    "organizations:ListParents",
                    "AccessDeniedException: You don't have permissions to access this resource.",
                ),
                id="a denial says nothing of the child",
            ),
        ],
    )
    def test_only_that_there_is_nothing_to_list_for_is_an_answer(self, recorded: str, found: object) -> None:
        clients = Clients()
        answer(clients.client("organizations"), recorded)
        assert (
            list_all_or_absent(
                clients,
                "organizations:ListParents",
                "parent",
                "Parents",
                absent="ChildNotFoundException",
                ChildId="111111111111",
            )
            == found
        )

    def test_all_pages_are_listed(self) -> None:
        clients = Clients()
        with Stubber(clients.client("organizations")) as stub:
            stub.add_response("list_parents", {"Parents": [], "NextToken": "2"})
            stub.add_response("list_parents", {"Parents": [{"Id": "r-ab12", "Type": "ROOT"}]})
            found = list_all_or_absent(
                clients, "organizations:ListParents", "parent", "Parents", absent="x", ChildId="111111111111"
            )
        assert found == Known(({"Id": "r-ab12", "Type": "ROOT"},), "organizations:ListParents")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param({"Code": 5, "Message": "no"}, id="a code that is a number"),
        pytest.param({"Code": None, "Message": "no"}, id="a code that is null"),
        pytest.param({"Code": ["AccessDenied"], "Message": "no"}, id="a list of codes"),
        pytest.param({"Message": "no"}, id="no code"),
        pytest.param("AccessDenied", id="no members"),
        pytest.param(None, id="no error"),
    ],
)
def test_an_error_without_a_code_is_no_answer_of_aws(error: Any) -> None:
    def step() -> None:
        raise _of(error)

    refusal = answer_or_refusal("iam:GetRole", step)
    assert isinstance(refusal, Refusal)
    assert (refusal.gap, refusal.message, refusal.answered) == (Gap.UNREACHABLE, f"{NOT_AWS} (iam:GetRole)", False)


def _of(error: Any) -> ClientError:
    made = ClientError({"Error": {}}, "GetRole")
    made.response["Error"] = error
    return made
