"""Recorded answers, given to a client in place of the network."""

from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

RECORDED = Path(__file__).parents[2] / "fixtures" / "aws"


class Sent(list[dict[str, str]]):
    """The parameters of the requests that were sent, in order."""


def answer(client: Any, *names: str) -> Sent:
    """Answer a client's next requests with files of `fixtures/aws`; those of refusals come with their status.

    Requests beyond them take their way.
    """
    sent, left = Sent(), list(names)

    def respond(request: Any, **_: object) -> AWSResponse | None:
        if not left:
            return None
        sent.append(dict(parse_qsl(request.body if isinstance(request.body, str) else request.body.decode())))
        name = left.pop(0)
        status = _STATUS.get(name, 200)
        return AWSResponse(request.url, status, HTTPHeaders(), _Body((RECORDED / f"{name}.xml").read_bytes()))

    client.meta.events.register_first("before-send", respond)
    return sent


def refuse(client: Any, operation: str, code: str = "AccessDenied", *, when: str = "") -> None:
    """Refuse an operation, or only its requests that mention `when`, and let all others through."""

    def respond(params: Any, request_signer: Any, **_: object) -> Any:
        if when not in str(params["body"]):
            return None
        parsed = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
        return AWSResponse(params["url"], 403, HTTPHeaders(), _Body()), parsed

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-call.{service}.{operation}", respond)


class _Body(BytesIO):
    def stream(self, **_: object) -> Any:
        yield self.read()


_STATUS = {
    "assume-role-denied": 403,
    "get-role-denied": 403,
    "mfa-code-malformed": 400,
    "signature-refused": 403,
    "throttled": 400,
}
