"""A server that speaks as STS does, knows every user, and refuses all else, for the installed program to meet."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><UserId>AIDAEXAMPLE</UserId><Account>{account}</Account>"
    "<Arn>{arn}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
_ASSUMED = (
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{key}</AccessKeyId>"
    "<SecretAccessKey>wJalrXUtnFEMI</SecretAccessKey><SessionToken>x</SessionToken>"
    "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROAEXAMPLE:x"
    "</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
)
_USER = (
    "<GetUserResponse><GetUserResult><User><Path>/</Path><UserName>{name}</UserName><UserId>AIDAEXAMPLEEXAMPLE01</UserId>"
    "<Arn>arn:aws:iam::{account}:user/{name}</Arn><CreateDate>2024-05-06T08:00:00Z</CreateDate></User></GetUserResult>"
    "</GetUserResponse>"
)
_REFUSED = (
    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
)


class Sts:
    """Knows access keys, gives a session of any role, and takes each MFA code once."""

    def __init__(self, callers: Mapping[str, str], *, delay: float = 0) -> None:
        self.asked: list[dict[str, str]] = []
        self.fetched: list[str] = []
        self.record = ""
        """The answer to whoever fetches what is recorded of a denial; empty where nothing is."""
        self.recorded_policy = ""
        """The same for a policy of it."""
        self.url = ""
        self._callers, self._delay, self._lock = dict(callers), delay, Lock()

    def sent(self, action: str) -> list[dict[str, str]]:
        """What the calls of an action have sent."""
        return [each for each in self.asked if each["Action"] == action]

    def answer(self, sent: dict[str, str], key: str) -> tuple[int, str]:
        """Answer a call that was signed with a key."""
        time.sleep(self._delay)
        with self._lock:
            code = sent.get("TokenCode")
            spent = code is not None and code in [each.get("TokenCode") for each in self.asked]
            self.asked.append(sent)
            if key not in self._callers:
                return 403, _REFUSED.format(
                    code="InvalidClientTokenId", message="The security token included in the request is invalid."
                )
            arn = self._callers[key]
            if sent["Action"] == "GetCallerIdentity":
                return 200, _IDENTITY.format(account=arn.split(":")[4], arn=arn)
            if sent["Action"] == "GetUser":
                return 200, _USER.format(account=arn.split(":")[4], name=sent["UserName"])
            if sent["Action"] != "AssumeRole":
                return 403, _REFUSED.format(code="AccessDenied", message="no")
            if spent:
                message = "MultiFactorAuthentication failed with invalid MFA one time pass code."
                return 403, _REFUSED.format(code="AccessDenied", message=message)
            return 200, self._session(sent["RoleArn"])

    def _session(self, role: str) -> str:
        _, _, _, _, account, name = role.split(":")
        arn = f"arn:aws:sts::{account}:assumed-role/{name.rpartition('/')[2]}/x"
        key = f"ASIAEXAMPLE{len(self._callers):09}"
        self._callers[key] = arn
        return _ASSUMED.format(key=key, arn=arn)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that was stopped before it was answered.

        CPython 3.11 parses Python to print a traceback. Where a test parses some at that moment, and collecting garbage
        lets the threads change, its parser fails there.
        """
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def served(sts: Sts) -> Iterator[Sts]:
    """Serve on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            key = self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]
            sent = dict(parse_qsl(body)) if body.startswith("Action") else {"Action": "other"}
            self._send("text/xml", *sts.answer(sent, key))

        def do_GET(self) -> None:
            sts.fetched.append(self.path)
            none = '{"__type": "ResourceNotFoundException", "message": "no"}'
            kept = sts.recorded_policy if urlsplit(self.path).path.endswith("/policy") else sts.record
            self._send("application/json", 200 if kept else 404, kept or none)

        def _send(self, kind: str, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002  # the name that the class gives it
            pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        sts.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield sts
        server.shutdown()
