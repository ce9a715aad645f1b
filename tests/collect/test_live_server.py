"""The same over HTTP, as with an emulator behind `--endpoint-url`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer
from tests.aws.accounts import ALLOW, HERE, THERE, Accounts, role, scrub

from diagnose.aws.session import open_credentials
from diagnose.collect.live import read_snapshot
from diagnose.model.case import Case, Origin, ProbeOutcome, ProbeResult, Request
from diagnose.model.evidence import Known
from diagnose.probe import probe


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_both_sides_are_read_and_the_role_is_assumed_through_an_endpoint_url(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts(scrub(tmp_path, monkeypatch), url)
    iam = accounts.iam(HERE)
    user = iam.create_user(UserName="builder")["User"]["Arn"]
    iam.put_user_policy(UserName="builder", PolicyName="assume", PolicyDocument=json.dumps(ALLOW))
    arn = role(accounts.iam(THERE), "Deploy")
    here = open_credentials(accounts.profile_of_user("here", HERE, "builder"), None, url)
    there = open_credentials(accounts.profile_of_session("there", f"arn:aws:iam::{THERE}:role/Reader"), None, url)

    request = Request(arn)
    snapshot = read_snapshot(request, user, here, there, progress=lambda _: None, now="")
    assert [policy.name for policy in snapshot.source.identity_policies.policies] == ["assume"]
    assert snapshot.source.session.origin == Known(Origin.LONG_TERM, "the credentials at hand")
    assert isinstance(snapshot.destination.role, Known)
    assert snapshot.destination.role.value is not None
    assert snapshot.destination.role.value.arn == arn
    assert probe(Case(request, snapshot), here, mfa_code=None) == ProbeResult(ProbeOutcome.ASSUMED, caller=user)
