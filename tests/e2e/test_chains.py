"""Roles one after the other, as an AWS profile asks for them: what xdiag says, and what botocore gets for it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from msgspec import Struct
from tests.cli.program import ALLOWED, DENIED, Program
from tests.e2e.accounts import Account, Statement, allow, deny, document, trust, write_profiles

FIRST, SECOND, ACCOUNT, OTHER = "first", "second", "account", "other"


class Way(Struct, frozen=True, kw_only=True):
    """Two roles of one account, and the call that fails: none, the first or the second."""

    name: str
    says: str
    fails: str = ""
    caller: Sequence[Statement] = (allow(),)
    trusts_caller: bool = True
    of_first: Sequence[Statement] = (allow(),)
    second: Mapping[str, object] = {}
    trusted: str = FIRST
    """Whom the second role trusts: the first, their account, which leaves it to policies, or somebody else."""
    line: str = ""
    """A line of the profile that asks for the second role."""


_ACME: Mapping[str, object] = {"Condition": {"StringEquals": {"sts:ExternalId": "acme"}}}
WAYS = (
    Way(name="both", says="both calls are allowed"),
    Way(name="caller", says="the caller's policies allow nothing", fails=FIRST, caller=()),
    Way(name="trust-one", says="the first role trusts somebody else", fails=FIRST, trusts_caller=False),
    Way(name="silent", says="the first role's policies allow nothing", fails=SECOND, of_first=(), trusted=ACCOUNT),
    Way(name="denies", says="the first role's policies deny the second", fails=SECOND, of_first=(allow(), deny())),
    Way(name="trust-two", says="the second role trusts somebody else", fails=SECOND, trusted=OTHER),
    Way(name="id", says="the second call sends the external ID", second=_ACME, line="external_id = acme"),
    Way(name="id-none", says="the second call sends no external ID", second=_ACME, fails=SECOND),
    Way(name="id-wrong", says="it sends another one", second=_ACME, fails=SECOND, line="external_id = other"),
    Way(
        name="session",
        says="the second role asks for the session's name",
        second={"Condition": {"StringEquals": {"sts:RoleSessionName": "ci"}}},
        line="role_session_name = ci",
    ),
)


@pytest.mark.parametrize("way", WAYS, ids=[way.says for way in WAYS])
def test_the_call_that_fails_is_the_one_that_botocore_cannot_make(
    way: Way, there: Account, xdiag: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, other = there.user(f"way-{way.name}", way.caller), there.user(f"way-{way.name}-other")
    first = there.role(f"way-{way.name}-1", [trust(user.arn if way.trusts_caller else other.arn)])
    there.iam.put_role_policy(
        RoleName=f"way-{way.name}-1", PolicyName="own", PolicyDocument=document(*(way.of_first or (_NOTHING,)))
    )
    trusted = {FIRST: first, ACCOUNT: there.number, OTHER: other.arn}[way.trusted]
    second = there.role(f"way-{way.name}-2", [trust(trusted, **way.second)])
    files = write_profiles(tmp_path, me=user)
    with (tmp_path / "config").open("a") as config:
        config.write(f"[profile one]\nregion = us-east-1\nrole_arn = {first}\nsource_profile = me\n")
        config.write(f"[profile two]\nregion = us-east-1\nrole_arn = {second}\nsource_profile = one\n{way.line}\n")

    none = ("--without", "scp", "--without", "rcp", "--without", "endpoint", "--without", "session")
    run = xdiag("check", "--profile", "two", "--endpoint-url", there.url, *none, "--output", "json", env=files)
    assert run.code == (DENIED if way.fails else ALLOWED)
    assert run.report["dest_role_arn"] == (first if way.fails == FIRST else second)

    for name, value in {**files, "AWS_ENDPOINT_URL": there.url}.items():
        monkeypatch.setenv(name, value)
    assert _refused(("one", "two")) == {"": (), FIRST: ("one", "two"), SECOND: ("two",)}[way.fails]


_NOTHING: Statement = allow(action="sts:GetCallerIdentity")


def _refused(profiles: Sequence[str]) -> tuple[str, ...]:
    """Name the profiles for which botocore gets no session."""
    return tuple(profile for profile in profiles if _operation_refused(profile) == "AssumeRole")


def _operation_refused(profile: str) -> str:
    try:
        boto3.Session(profile_name=profile).client("sts").get_caller_identity()
    except ClientError as error:
        return error.operation_name
    return ""
