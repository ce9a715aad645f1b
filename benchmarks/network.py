"""How long `xdiag check` takes, start and all, through a proxy that keeps every request waiting for 100 ms.

    PYTHONPATH=. .venv/bin/python benchmarks/network.py [ROUNDS]

The emulator of the end-to-end tests stands behind the proxy. Each check is run with and without the delay in turn: what
the delay adds is counted in calls, to compare with the longest chain of calls that wait for one another.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from table import show
from tests.e2e.accounts import HERE, THERE, Account, Keys, allow, document, trust, write_profiles
from tests.e2e.emulator import running

DELAY = 0.1
MANAGEMENT = "999999999999"
_XDIAG = str(Path(sys.executable).with_name("xdiag"))
_HOP = ("connection", "transfer-encoding", "content-length", "server", "date")


class Check(Struct, frozen=True):
    """A check, and how many of its calls wait for one another: who signs, what is attached, the policy, its version.

    The attempt waits for all. In an organization: who signs, two parents, what is attached to the root, the policy.
    """

    name: str
    source: Keys
    role: str
    profiles: dict[str, Keys]
    chain: int


class Proxy(ThreadingHTTPServer):
    """It hands requests on to `upstream`, each after `delay` seconds, and counts them."""

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream, self.delay, self.requests, self._lock = urlsplit(upstream).netloc, 0.0, 0, threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def wait(self) -> None:
        with self._lock:
            self.requests += 1
        time.sleep(self.delay)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.wait()
        upstream = HTTPConnection(self.server.upstream)
        upstream.request(self.command, self.path, body, dict(self.headers))
        answer = upstream.getresponse()
        text = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        upstream.close()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main(rounds: int) -> None:
    """Print the table."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, running(Path(tempfile.mkdtemp())) as url, _proxy(url) as proxy:
        for number, check in enumerate((_user(url), _session(url), _organization(url))):
            place = Path(folder) / str(number)
            place.mkdir()
            idle, late, requests = _measured(check, proxy, place, rounds)
            floor = check.chain * DELAY + idle
            rows.append(
                [
                    check.name,
                    str(requests),
                    str(check.chain),
                    f"{idle:.2f} s",
                    f"{late:.2f} s",
                    f"{(late - idle) / DELAY:.1f}",
                    f"{late / floor:.2f}",
                ]
            )
    heads = [
        "",
        "requests",
        "chain",
        "undelayed",
        "delayed",
        "calls that it waits for",
        "delayed / (chain + undelayed)",
    ]
    show(f"`xdiag check`, whole process, {DELAY * 1000:.0f} ms a request, medians of {rounds}", heads, rows)


@contextmanager
def _proxy(url: str) -> Iterator[Proxy]:
    with Proxy(url) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()


def _measured(check: Check, proxy: Proxy, folder: Path, rounds: int) -> tuple[float, float, int]:
    """Give the median seconds without and with the delay, and the number of requests of a check."""
    profiles = write_profiles(folder, **check.profiles)
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", **profiles}
    flags = ["--source-profile", "a", "--dest-profile", "b", "--endpoint-url", proxy.url]
    if "org" in check.profiles:
        flags += ["--org-profile", "org"]
    else:
        flags += ["--without", "scp", "--without", "rcp"]
    command = [_XDIAG, "check", check.source.arn, check.role, *flags, "--without", "endpoint", "-q"]
    taken: dict[float, list[float]] = {0.0: [], DELAY: []}
    for number in range(rounds + 1):
        for proxy.delay, seconds in taken.items():
            proxy.requests = 0
            start = time.perf_counter()
            run = subprocess.run(command, capture_output=True, check=False, env=environment)
            if number:  # the first round fills the caches: of files, of rules
                seconds.append(time.perf_counter() - start)
            if run.returncode:
                raise SystemExit(f"{check.name}: exit code {run.returncode}: {(run.stderr or run.stdout).decode()}")
    return statistics.median(taken[0.0]), statistics.median(taken[DELAY]), proxy.requests


def _user(url: str) -> Check:
    """A user in 3 groups, with 10 attached policies and a boundary."""
    here, there = Account(url, HERE), Account(url, THERE)
    keys = here.user("builder", [allow()])
    for name in ("one", "two", "three"):
        here.group(name, "builder", allow("*", "s3:*"))
    for number in range(10):
        here.iam.attach_user_policy(UserName="builder", PolicyArn=here.managed(f"p{number}", allow("*", "s3:*")))
    boundary = here.managed("boundary", allow("*", "*"))
    here.iam.put_user_permissions_boundary(UserName="builder", PermissionsBoundary=boundary)
    role = there.role("Deploy", [trust(keys.arn)])
    return Check(
        "a user with 3 groups, 10 policies, a boundary", keys, role, {"a": keys, "b": there.user("auditor")}, 5
    )


def _session(url: str) -> Check:
    here, there = Account(url, HERE), Account(url, THERE)
    keys = here.session("runner", [allow()])
    role = there.role("Release", [trust(f"arn:aws:iam::{HERE}:role/runner")])
    reader = there.user("reader")
    return Check("a session of a role", keys, role, {"a": keys, "b": reader}, 5)


def _organization(url: str) -> Check:
    """A user of a member account; SCPs are read by the organization's administrator."""
    management = Account(url, MANAGEMENT)
    client = management.client("organizations", Keys("", MANAGEMENT, "unused"))
    made = client.create_account(AccountName="team", Email="team@example.com")["CreateAccountStatus"]
    here, there = Account(url, str(made["AccountId"])), Account(url, THERE)
    guard = client.create_policy(
        Name="guard", Description="", Type="SERVICE_CONTROL_POLICY", Content=document(allow("*", "*"))
    )["Policy"]["PolicySummary"]["Id"]
    client.attach_policy(PolicyId=guard, TargetId=client.list_roots()["Roots"][0]["Id"])
    keys = here.user("member", [allow()])
    role = there.role("Share", [trust(keys.arn)])
    readable = {"Effect": "Allow", "Action": ["organizations:Describe*", "organizations:List*"], "Resource": "*"}
    administrator = management.user("administrator", [readable])
    profiles = {"a": keys, "b": there.user("viewer"), "org": administrator}
    return Check("a user, through an organization", keys, role, profiles, 7)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
