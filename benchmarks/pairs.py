"""A mixed set of cases, as a real organisation has them: few templates of policies, many principals and roles.

A third of the pairs stay within one account, half of the trust policies carry conditions, and about half are allowed.
"""

import json
import random
from collections.abc import Iterator

from msgspec import Raw

from diagnose.model.case import (
    Case,
    DestinationSide,
    Organization,
    Origin,
    Parameters,
    Principal,
    Request,
    Role,
    Session,
    Snapshot,
    SourceSide,
)
from diagnose.model.evidence import Known
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet

ACCOUNTS = [f"{number}" * 12 for number in range(1, 7)]
_FULL = Policy(
    "FullAWSAccess", Raw(b'{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}')
)
_LEVELS = Known((Level("r-ab12", "Root", PolicySet((_FULL,))), Level("ou-ab12-1", "workloads", PolicySet((_FULL,)))))
_ORGANIZATION = Known(Organization("o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/ou-ab12-1/", "999999999999"))
_ByAccount = dict[str, list[tuple[str, DestinationSide]]]
_TRUSTED = 0.62
"""How likely a role trusts an account: with it, about half of all pairs are allowed."""


def cases(count: int, *, repeating: bool, seed: int = 7) -> Iterator[Case]:
    """Make `count` cases. With `repeating`, sides and documents come again; without, every document is new text."""
    chance = random.Random(seed)
    if repeating:
        sources = [_source(chance, number, f"team-{number % 40}") for number in range(400)]
        roles = [_destination(chance, number, f"team-{number % 40}") for number in range(400)]
        inside = {account: [role for role in roles if account in role[0]] for account in ACCOUNTS}
        outside = {account: [role for role in roles if account not in role[0]] for account in ACCOUNTS}
        for _ in range(count):
            yield _case(chance, *_pair(chance, sources, inside, outside))
        return
    for number in range(count):
        unique = f"team-{number}"
        source, role = _source(chance, number, unique), _destination(chance, number, unique)
        yield _case(chance, source, role)


def _pair(
    chance: random.Random, sources: list[SourceSide], inside: _ByAccount, outside: _ByAccount
) -> tuple[SourceSide, tuple[str, DestinationSide]]:
    source = chance.choice(sources)
    roles = inside if chance.random() < 1 / 3 else outside
    return source, chance.choice(roles[source.arn.split(":")[4]])


def _case(chance: random.Random, source: SourceSide, role: tuple[str, DestinationSide]) -> Case:
    arn, destination = role
    external_id = "acme-42" if chance.random() < 0.8 else "acme-41"
    parameters = _PARAMETERS[external_id]
    request = Request(arn, parameters=parameters, region="eu-west-1", context=_CONTEXT)
    return Case(request, Snapshot(source, destination, Known(None), "2026-03-02T09:30:00Z"))


_PARAMETERS = {name: Parameters(session_name="release", external_id=name) for name in ("acme-42", "acme-41")}
_CONTEXT = {"aws:SourceIp": ("203.0.113.24",)}


def _source(chance: random.Random, number: int, team: str) -> SourceSide:
    account = ACCOUNTS[number % len(ACCOUNTS)]
    arn = f"arn:aws:iam::{account}:role/{team}/App{number}"
    resource = "arn:aws:iam::*:role/shared/*" if chance.random() < 0.9 else "arn:aws:iam::*:role/private/*"
    policies = (
        _policy(f"{team}-assume", {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resource}),
        _policy(
            f"{team}-data",
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:List*"], "Resource": f"arn:aws:s3:::{team}/*"},
        ),
    )
    session = Session(Known(Origin.ASSUME_ROLE), PolicySet(), Known({}), Known(()), Known(None), Known(False))
    return SourceSide(
        arn=f"arn:aws:sts::{account}:assumed-role/App{number}/run",
        principal=Known(Principal(arn, f"AROAEXAMPLE{number:08d}", Known({"team": team}))),
        identity_policies=PolicySet(policies),
        boundary=Known(None),
        session=session,
        scps=_LEVELS,
        organization=Known(None) if chance.random() < 0.2 else _ORGANIZATION,
    )


def _destination(chance: random.Random, number: int, team: str) -> tuple[str, DestinationSide]:
    account = ACCOUNTS[(number * 5) % len(ACCOUNTS)]
    arn = f"arn:aws:iam::{account}:role/shared/Deploy{number}"
    trusted = [one for one in ACCOUNTS if chance.random() < _TRUSTED]
    statement: dict[str, object] = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": "sts:AssumeRole"}
    if chance.random() < 0.5:
        statement["Condition"] = {
            "StringEquals": {"sts:ExternalId": "acme-42"},
            "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]},
        }
    trust = Policy(f"trust of {team}", _document(statement, team), PolicyKind.TRUST)
    role = Role(arn, f"AROAROLE{number:08d}", Known({}), Known(3600))
    return arn, DestinationSide(Known(role), Known(trust), Known(()), _ORGANIZATION, Known(()))


def _policy(name: str, statement: dict[str, object]) -> Policy:
    return Policy(name, _document(statement, name))


def _document(statement: dict[str, object], name: str) -> Raw:
    sid = "".join(letter for letter in name if letter.isalnum())
    return Raw(json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": sid, **statement}]}).encode())
