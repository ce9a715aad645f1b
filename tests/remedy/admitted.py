"""Whom and what a policy lets pass as it stands, each as a case in which its layer alone decides.

This is written without the code that proves remedies, so that what that code forgets is seen here: a caller for each
principal that a statement names, a role for each resource, and a request that meets the statement's conditions.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from msgspec.structs import replace

from diagnose.evaluate.action import covered
from diagnose.model.arn import CallerKind, parse_caller
from diagnose.model.case import (
    Case,
    DestinationSide,
    Endpoint,
    Origin,
    Parameters,
    Principal,
    Role,
    Session,
    SourceSide,
)
from diagnose.model.evidence import Known
from diagnose.model.operation import operation_of
from diagnose.model.policy import Policy, PolicyKind, PolicySet, raw_document
from diagnose.model.trace import Action, Layer
from diagnose.remedy.document import as_list, statements

Json = Any

_ENTITY = re.compile(
    r"arn:(?P<partition>[a-z-]+):iam::(?P<account>\d{12}):(?P<kind>user|role)(?P<path>/|/[!-~]*/)(?P<name>[\w+=,.@-]+)",
    re.ASCII,
)
_SESSION = re.compile(r"arn:[a-z-]+:sts::\d{12}:assumed-role/[\w+=,.@-]+/[\w+=,.@-]+", re.ASCII)
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com", re.ASCII)
_ACCOUNT = re.compile(r"(?:arn:(?P<partition>[a-z-]+):iam::)?(?P<account>\d{12})(?::root)?")
_ALL = raw_document({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_OPEN = raw_document(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
)
_ALLOWS_ALL = PolicySet((Policy("All", _ALL),))
_REGIONAL = re.compile(r"\.[a-z]{2}(-[a-z]+)+-\d\.")
_ABSENT_FROM = ("not", "null")


def requests(case: Case, layer: Layer, document: Json) -> Iterator[Case]:
    """Give requests that a policy of a layer may let pass: all layers but this one are open in them."""
    for statement in statements(document):
        if statement.get("Effect") != "Allow" or not _of_sts(statement):
            continue
        if layer in (Layer.TRUST, Layer.ENDPOINT):
            made = [_by(case, layer, arn) for arn in _named(case, statement)]
        else:
            made = [_for(case, layer, arn) for arn in _roles(case, statement)]
        for one in made:
            for context in _contexts(statement.get("Condition")):
                yield replace(one, request=replace(one.request, context=context))


def _of_sts(statement: Json) -> bool:
    patterns = [text for text in as_list(statement.get("Action")) if isinstance(text, str)]
    return "NotAction" in statement or any(Action.ASSUME_ROLE in covered(text) for text in patterns)


def _named(case: Case, statement: Json) -> Iterator[str]:
    """Give a caller for each principal, and for each ARN that a condition wants."""
    principal = statement.get("Principal")
    values = (
        chain.from_iterable(as_list(value) for value in principal.values()) if isinstance(principal, dict) else ["*"]
    )
    for value in values:
        text = str(value)
        account = _ACCOUNT.fullmatch(text)
        if _ENTITY.fullmatch(text) or _SESSION.fullmatch(text) or _is_service(text):
            yield text
        elif account or text == "*":
            owner = account["account"] if account else "666666666666"
            partition = account["partition"] if account else None
            for kind in ("role", "user"):
                yield f"arn:{partition or 'aws'}:iam::{owner}:{kind}/Anybody"
    for key, text in _wanted(statement.get("Condition")):
        if key == "aws:principalarn" and _ENTITY.fullmatch(arn := _filled(text)):
            yield arn


def _is_service(text: str) -> bool:
    """Say whether a service calls by this name; the form with a Region stands for the same service."""
    return bool(_SERVICE.fullmatch(text)) and not _REGIONAL.search(text)


def _roles(case: Case, statement: Json) -> Iterator[str]:
    for value in as_list(statement.get("Resource")):
        for text in (_filled(str(value), "Anything"), _filled(str(value), "222222222222")):
            entity = _ENTITY.fullmatch(text)
            if entity and entity["kind"] == "role":
                yield text
    if "*" in as_list(statement.get("Resource")):
        yield "arn:aws:iam::666666666666:role/Anything"


def _filled(pattern: str, word: str = "Anything") -> str:
    return pattern.replace("*", word).replace("?", "0")


def _wanted(condition: Json) -> Iterator[tuple[str, str]]:
    for operator, block in condition.items() if isinstance(condition, dict) else ():
        for key, values in block.items() if isinstance(block, dict) else ():
            if not any(word in operator.lower() for word in _ABSENT_FROM):
                yield from ((key.lower(), str(value)) for value in as_list(values))


def _contexts(condition: Json) -> Iterator[Mapping[str, tuple[str, ...]]]:
    """Give what meets a condition: its first values, then each other one in the place of that of its key."""
    wanted: dict[str, list[str]] = {}
    for key, text in _wanted(condition):
        if key != "aws:principalarn" and "${" not in text:
            wanted.setdefault(key, []).append(_filled(text, "x"))
    first: dict[str, tuple[str, ...]] = {key: (values[0],) for key, values in wanted.items()}
    yield first
    for key, values in wanted.items():
        yield from ({**first, key: (value,)} for value in values[1:])


def _by(case: Case, layer: Layer, arn: str) -> Case:
    return _only(case, layer, _source(case, arn), case.snapshot.destination)


def _for(case: Case, layer: Layer, role_arn: str) -> Case:
    made = _only(case, layer, case.snapshot.source, case.snapshot.destination)
    destination = made.snapshot.destination
    role = Role(role_arn, tags=Known({}), max_session_seconds=Known(3600))
    trusts = replace(destination, role=Known(role), trust_policy=Known(_trusting(case.snapshot.source.arn)))
    return replace(
        made, request=replace(made.request, role_arn=role_arn), snapshot=replace(made.snapshot, destination=trusts)
    )


def _source(case: Case, arn: str) -> SourceSide:
    organization = case.snapshot.source.organization
    if _SERVICE.fullmatch(arn):
        return SourceSide(arn, identity_policies=_ALLOWS_ALL, organization=organization)
    caller, signs_as, entity = parse_caller(arn), arn, arn
    if caller.kind is CallerKind.ROLE:
        signs_as = f"arn:{caller.partition}:sts::{caller.account}:assumed-role/{caller.name}/session"
    elif caller.kind is CallerKind.SESSION:
        entity = f"arn:{caller.partition}:iam::{caller.account}:role/{caller.name}"
    return SourceSide(
        signs_as,
        principal=Known(
            Principal(entity, "AROAANYBODYEXAMPLE" if signs_as != entity else "AIDAANYBODYEXAMPLE", Known({}))
        ),
        identity_policies=_ALLOWS_ALL,
        organization=organization,
    )


def _only(case: Case, layer: Layer, source: SourceSide, destination: DestinationSide) -> Case:
    """Open every layer but one, and ask in the plainest way."""
    user = parse_caller(source.arn).kind is CallerKind.USER
    session = Session(
        origin=Known(Origin.LONG_TERM if user else Origin.ASSUME_ROLE),
        policies=source.session.policies if layer is Layer.SESSION else PolicySet(),
        tags=Known({}),
        transitive_tag_keys=Known(()),
        source_identity=Known(None),
        mfa=Known(False),
    )
    source = replace(
        source,
        identity_policies=source.identity_policies if layer is Layer.IDENTITY else _ALLOWS_ALL,
        boundary=source.boundary if layer is Layer.BOUNDARY else Known(None),
        session=session,
        scps=source.scps if layer is Layer.SCP else Known(()),
    )
    if layer is not Layer.TRUST:
        destination = replace(destination, trust_policy=Known(_trusting(source.arn)))
    destination = replace(destination, rcps=Known(()))
    endpoint = case.snapshot.endpoint
    if layer is not Layer.ENDPOINT and isinstance(endpoint, Known) and endpoint.value is not None:
        policy = Policy("Open", _OPEN, PolicyKind.ENDPOINT)
        endpoint = Known(Endpoint(endpoint.value.id, endpoint.value.vpc, endpoint.value.owner, Known(policy)))
    request = replace(
        case.request,
        role_arn=case.destination_arn,
        operation=operation_of(parse_caller(source.arn).kind),
        parameters=Parameters("session"),
        context={},
        unknown=(),
        signed_in_as=None,
    )
    snapshot = replace(case.snapshot, source=source, destination=destination, endpoint=endpoint)
    return replace(case, request=request, snapshot=snapshot, message="", probe=None)


def _trusting(arn: str) -> Policy:
    caller = parse_caller(arn)
    principal = {"Service": arn} if caller.kind is CallerKind.SERVICE else {"AWS": caller.account}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:*"}
    return Policy("Trusting", raw_document({"Version": "2012-10-17", "Statement": [statement]}), PolicyKind.TRUST)


def may_exist_beside(one: str, other: str) -> bool:
    """Say whether the first ARN of a user or a role can name another one than the second does.

    A name is unique in its account, whatever its path and case; roles of permission sets exist under their own path
    only, and an account in one partition.
    """
    mine, its = _ENTITY.fullmatch(one), _ENTITY.fullmatch(other)
    if mine is None or its is None:
        return True
    if mine["partition"] != its["partition"] or mine["name"].startswith("AWSReservedSSO_"):
        return False
    return any(mine[part].lower() != its[part].lower() for part in ("account", "kind", "name"))
