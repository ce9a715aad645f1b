"""Recorded answers, given to a client in place of the network."""

from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

RECORDED = Path(__file__).parents[2] / "fixtures" / "aws"


class Sent(list[dict[str, str]]):
    """The parameters of the requests that were sent, in order."""


def answer(client: Any, *names: str) -> Sent:
    """Answer a client's next requests with files of `fixtures/aws`; those of refusals come with their status.

    A file that is named after an operation answers this one only. Requests beyond them take their way.
    """
    sent, left = Sent(), list(names)

    def respond(request: Any, event_name: str, **_: object) -> AWSResponse | None:
        operation = xform_name(event_name.rpartition(".")[2], "-")
        fitting = [name for name in left if name in _OF_ANY or name.startswith(operation)]
        if not fitting:
            return None
        sent.append(dict(parse_qsl(request.body if isinstance(request.body, str) else request.body.decode())))
        name = fitting[0]
        left.remove(name)
        [recorded] = RECORDED.glob(f"{name}.*")
        return AWSResponse(request.url, _STATUS.get(name, 200), HTTPHeaders(), Body(recorded.read_bytes()))

    client.meta.events.register_first("before-send", respond)
    return sent


def page(client: Any, status: int, text: bytes) -> None:
    """Answer all requests of a client with something that AWS never wrote."""
    client.meta.events.register_first(
        "before-send", lambda request, **_: AWSResponse(request.url, status, HTTPHeaders(), Body(text))
    )


def refuse(client: Any, operation: str, code: str = "AccessDenied", *, when: str = "") -> None:
    """Refuse an operation, or only its requests that mention `when`, and let all others through."""

    def respond(params: Any, request_signer: Any, **_: object) -> Any:
        if when not in str(params["body"]):
            return None
        parsed = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
        return AWSResponse(params["url"], 403, HTTPHeaders(), Body()), parsed

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-call.{service}.{operation}", respond)


def reply(client: Any, operation: str, *parsed: dict[str, Any], to: str = "") -> list[str]:
    """Answer the next calls of an operation, one after the other, and give what all calls of it have sent.

    Those beyond are let through, as are those that do not send `to`: which of several is the first is left to chance.
    """
    sent, left = list[str](), list(parsed)

    def respond(params: Any, request_signer: Any, **_: object) -> Any:
        sent.append(str(params["body"]))
        asked = left and to in str(params["body"])
        return (AWSResponse(params["url"], 200, HTTPHeaders(), Body()), left.pop(0)) if asked else None

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-call.{service}.{operation}", respond)
    return sent


class Body(BytesIO):
    def stream(self, **_: object) -> Any:
        yield self.read()


_OF_ANY = {"child-not-found", "mfa-code-malformed", "signature-refused", "throttled", "vpc-endpoints-denied"}
_STATUS = {
    "assume-role-denied": 403,
    "child-not-found": 400,
    "get-role-denied": 403,
    "list-parents-denied": 400,
    "mfa-code-malformed": 400,
    "signature-refused": 403,
    "throttled": 400,
    "vpc-endpoints-denied": 403,
}
