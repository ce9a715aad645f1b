"""One call to AWS, answered with evidence: what was read, or why it could not be.

The only place that knows the exceptions of boto. An action is written as IAM writes it, `iam:GetRole`: it is at once
the operation that is called and the permission that the call needs. INVARIANT: whatever an answer holds, it is read
only after it was held against what AWS promises, and an answer that breaks a promise is a refusal, never a value.
"""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Protocol, TypeAlias

from botocore import exceptions as boto
from botocore import xform_name
from msgspec import Struct

from diagnose.aws.attempts import Hope, attempts, hope_after, wait_after
from diagnose.aws.patience import Patience, T
from diagnose.aws.promises import PROMISES, BrokenPromiseError, check_echoes, service_of
from diagnose.aws.secrets import redacted
from diagnose.errors import XdiagError
from diagnose.model.evidence import Evidence, Gap, Known, Unread

NOT_AWS = "the answer is not one that AWS gives; it may be from a proxy, or --endpoint-url may name another server"
_MOST_PAGES = 200
"""More than any listing has: a page holds up to 1,000 roles, and an account up to 10,000."""
_MOST_PAGES_OF_ALL = 5000
"""The same where users, roles and documents come together, of which AWS puts far fewer on a page than are asked for."""
Answer: TypeAlias = Mapping[str, Any]


class Clients(Protocol):
    """Whatever makes clients; opening one may fail as a call may."""

    @property
    def patience(self) -> Patience:
        """How long all calls may take together."""

    @property
    def attempts(self) -> int | None:
        """How often a call is made at most, where the environment or the profile says so."""

    def client(self, service: str) -> Any:
        """Give the client of one service, `iam`, made when it is first asked for, that makes each call once."""


class Refusal(Struct, frozen=True):
    """A call that brought nothing.

    `answered` says that AWS answered this very call, with `code`; else the call was never answered, and `code` is the
    name of what went wrong on this side of the wire. `message` is untrusted text, free of credentials. `hope` says
    whether the same call may bring something when it is made again, `advice` what a person can do.
    """

    gap: Gap
    code: str
    message: str
    answered: bool = False
    hope: Hope = Hope.NONE
    advice: str = ""

    @property
    def text(self) -> str:
        """The refusal in one line, as the AWS CLI would quote it, and what to do."""
        quoted = f"{self.code}: {self.message}" if self.answered else self.message
        return f"{quoted}; {self.advice}" if self.advice else quoted


def call(clients: Clients, action: str, subject: str, /, **parameters: object) -> Evidence[Answer]:
    """Make one call. `subject` is what it is about, for people: mostly an ARN."""
    answer = ask(clients, action, **parameters)
    return gap_left_by(answer, subject, action) if isinstance(answer, Refusal) else Known(answer, action)


def call_or_absent(
    clients: Clients, action: str, subject: str, /, *, absent: str = "NoSuchEntity", **parameters: object
) -> Evidence[Answer | None]:
    """Make one call to which the error code `absent` is an answer, too: None."""
    answer = ask(clients, action, **parameters)
    if not isinstance(answer, Refusal):
        return Known(answer, action)
    return Known(None, action) if answer.answered and answer.code == absent else gap_left_by(answer, subject, action)


def list_all(
    clients: Clients, action: str, subject: str, key: str, /, **parameters: object
) -> Evidence[tuple[Any, ...]]:
    """Make a listing call until AWS has no more, and give what all pages hold under `key`.

    A page may be empty and still not be the last. A listing that breaks off is unread as a whole.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
    """
    items = _all_items(clients, action, key, parameters)
    return gap_left_by(items, subject, action) if isinstance(items, Refusal) else Known(items, action)


def list_pages(clients: Clients, action: str, subject: str, /, **parameters: object) -> Evidence[tuple[Answer, ...]]:
    """Make a listing call that lists several kinds at once until AWS has no more, and give its pages."""
    pages = _all_pages(clients, action, parameters, _MOST_PAGES_OF_ALL)
    return gap_left_by(pages, subject, action) if isinstance(pages, Refusal) else Known(pages, action)


def list_all_or_absent(
    clients: Clients, action: str, subject: str, key: str, /, *, absent: str, **parameters: object
) -> Evidence[tuple[Any, ...] | None]:
    """Make a listing call to which the error code `absent` is an answer, too: there is nothing to list for."""
    items = _all_items(clients, action, key, parameters)
    if not isinstance(items, Refusal):
        return Known(items, action)
    return Known(None, action) if items.answered and items.code == absent else gap_left_by(items, subject, action)


def gap_left_by(refusal: Refusal, subject: str, permission: str) -> Unread:
    """Turn a refusal into the gap it leaves. A permission is named only where having it could help."""
    helps = refusal.gap in (Gap.ACCESS_DENIED, Gap.NO_CREDENTIALS)
    return Unread(refusal.gap, subject, permission if helps else "", refusal.text)


def ask(clients: Clients, action: str, /, **parameters: object) -> Answer | Refusal:
    """Make one call, again where that may help, and give the answer if it comes in time and keeps what AWS promises.

    INVARIANT: what has no row in `PROMISES` is never called; all that have one read, but for `sts:AssumeRole`.
    """
    assert action in PROMISES, f"{action} is not an API that xdiag calls"

    def step() -> Answer | Refusal:
        client = answer_or_refusal(action, lambda: clients.client(service_of(action)))
        return client if isinstance(client, Refusal) else _ask(client, action, parameters)

    patience = clients.patience
    for attempt in count(1):
        answer = patience.within(step)
        if answer is None:
            break
        if not isinstance(answer, Refusal) or attempt >= attempts(answer.hope, clients.attempts):
            return answer
        if not patience.wait(wait_after(attempt)):
            return answer
    why = f"no answer to {action} within the {patience.seconds:g} s that --timeout allows for all calls"
    return Refusal(Gap.UNREACHABLE, "TimeRanOut", why)


def answer_or_refusal(action: str, step: Callable[[], T]) -> T | Refusal:
    """Take one step with boto, and let none of its exceptions out.

    Raises XdiagError where the AWS configuration of this machine is at fault.
    """
    try:
        return step()
    except boto.ClientError as error:
        return _answer(error, action)
    except boto.BotoCoreError as error:
        if isinstance(error, _CONFIGURATION):
            raise _unusable(error) from None
        if isinstance(error, boto.UnknownServiceError):
            # Its own words list every service.
            why = f"the boto3 that is installed does not know {action} yet"
            return Refusal(Gap.NO_API, type(error).__name__, why, advice="update boto3")
        gap = Gap.NO_CREDENTIALS if isinstance(error, _CREDENTIALS) else Gap.UNREACHABLE
        advice = "run `aws sso login`" if isinstance(error, _SIGNED_OUT) else ""
        hope = Hope.LATER if isinstance(error, boto.HTTPClientError | boto.ConnectionError) else Hope.NONE
        return Refusal(gap, type(error).__name__, redacted(str(error)), hope=hope, advice=advice)
    except RuntimeError as error:
        # botocore's word for credentials that are expired although they were just renewed.
        return Refusal(Gap.NO_CREDENTIALS, "ExpiredCredentials", redacted(str(error)))
    except (OSError, ValueError) as error:
        # botocore lets these out as they come: a `credential_process` that is not there, or does not print JSON; a file
        # that may not be read; an endpoint from the environment that is not a URL.
        raise _unusable(error) from None


_DENIALS = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
# Source: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
_REJECTED_CREDENTIALS = {
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
}
_CONFIGURATION = (
    boto.ConfigNotFound,
    boto.ConfigParseError,
    boto.InvalidConfigError,
    boto.InvalidDefaultsMode,
    boto.InvalidEndpointConfigurationError,
    boto.InvalidIMDSEndpointError,
    boto.InvalidIMDSEndpointModeError,
    boto.InvalidProxiesConfigError,
    boto.InvalidRegionError,
    boto.InvalidRetryConfigurationError,
    boto.InvalidSTSRegionalEndpointsConfigError,
    boto.MissingDependencyException,
    boto.NoRegionError,
    boto.PartialCredentialsError,
    boto.ProfileNotFound,
    boto.UnknownCredentialError,
)
_CREDENTIALS = (
    boto.CredentialRetrievalError,
    boto.LoginError,
    boto.MetadataRetrievalError,
    boto.NoAuthTokenError,
    boto.NoCredentialsError,
    boto.RefreshWithMFAUnsupportedError,
    boto.SSOError,
    boto.TokenRetrievalError,
)
# Those of them that do not say themselves what to do.
_SIGNED_OUT = (boto.SSOTokenLoadError, boto.TokenRetrievalError)


def _ask(client: Any, action: str, parameters: Mapping[str, object]) -> Answer | Refusal:
    """Make one call with a client whose credentials were at hand a moment ago, so that what goes wrong is the answer.

    botocore's parsers, and its own readers of what they give, let out whatever they stumble over.
    """

    def step() -> Answer | Refusal:
        try:
            answer: Answer = getattr(client, xform_name(action.partition(":")[2]))(**parameters)
            check_echoes(action, answer, parameters)
        except (boto.ClientError, boto.BotoCoreError):
            raise
        except BrokenPromiseError as error:
            return _broken(action, str(error))
        except Exception as error:  # a page of somebody else, of any length, and of no help
            return Refusal(Gap.UNREACHABLE, type(error).__name__, f"{NOT_AWS} ({action})")
        return answer

    return answer_or_refusal(action, step)


def _all_items(clients: Clients, action: str, key: str, parameters: Mapping[str, object]) -> tuple[Any, ...] | Refusal:
    pages = _all_pages(clients, action, parameters)
    return pages if isinstance(pages, Refusal) else tuple(item for page in pages for item in page[key])


def _all_pages(
    clients: Clients, action: str, parameters: Mapping[str, object], most: int = _MOST_PAGES
) -> tuple[Answer, ...] | Refusal:
    service = service_of(action)
    sent, received = _MARKERS.get(service, ("NextToken", "NextToken"))
    pages: list[Answer] = []
    markers = [""]
    while len(markers) <= most:
        page = ask(clients, action, **parameters, **({sent: markers[-1]} if markers[-1] else {}))
        if isinstance(page, Refusal):
            return page
        pages.append(page)
        marker = page.get(received) or ""
        if not page.get("IsTruncated", marker):
            return tuple(pages)
        if not marker:
            return _broken(action, f"another page follows, and `{received}` is missing")
        if marker in markers:
            return _broken(action, f"`{received}` repeats, so that the listing would never end")
        markers.append(marker)
    return _broken(action, f"the listing does not end within {most} pages")


# How the services name the next page in a request and in an answer.
_MARKERS = {
    "iam": ("Marker", "Marker"),
    "iam-toolbox": ("nextToken", "nextToken"),
    "eks": ("nextToken", "nextToken"),
}


def _broken(action: str, what: str) -> Refusal:
    return Refusal(Gap.UNREACHABLE, BrokenPromiseError.__name__, f"{NOT_AWS} ({action}: {what})")


def _unusable(error: Exception) -> XdiagError:
    return XdiagError(
        f"the AWS configuration cannot be used: {redacted(str(error))}",
        hint="`aws configure list` shows what is read; see ~/.aws/config and ~/.aws/credentials",
    )


def _answer(error: boto.ClientError, action: str) -> Refusal:
    """Say what AWS's refusal means.

    A profile may have to assume a role, or to ask IAM Identity Center, before the call proper is made. That this was
    refused says nothing of the call.
    """
    described = error.response.get("Error")
    code, message = (described.get(name) for name in ("Code", "Message")) if isinstance(described, dict) else ("", "")
    code = code if isinstance(code, str) else ""
    message = redacted(message) if isinstance(message, str) else ""
    if error.operation_name != action.partition(":")[2]:
        before = f"no credentials, because AWS refused {error.operation_name}: {code}: {message}"
        return Refusal(Gap.NO_CREDENTIALS, code, before)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    hope = hope_after(code, status)
    if not code:
        return Refusal(Gap.UNREACHABLE, type(error).__name__, f"{NOT_AWS} ({action})", hope=hope)
    if code in _DENIALS:
        return Refusal(Gap.ACCESS_DENIED, code, message, answered=True)
    if code in _REJECTED_CREDENTIALS:
        return Refusal(Gap.NO_CREDENTIALS, code, message, answered=True)
    return Refusal(Gap.UNREACHABLE, code, message, answered=True, hope=hope)
