"""Whether an edit of the source's side opens any role but the destination."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from diagnose.evaluate.keys.table import is_of_role
from diagnose.model.arn import parse_role
from diagnose.model.case import Case, DestinationSide, Role
from diagnose.model.evidence import Known
from diagnose.model.policy import PolicySet
from diagnose.model.trace import Layer
from diagnose.model.tri import Tri
from diagnose.remedy.document import listed, read, statements
from diagnose.remedy.opened import ALLOWS_ALL, granting, opened, session_of, trust_in
from diagnose.remedy.places import policies_in
from diagnose.remedy.strangers import none_moved

_MOST = 40
_ELSEWHERE = ("999999999999", "888888888888")
_ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/([\w+=,.@-]+/)*[\w+=,.@-]+", re.ASCII)


def opens_no_other_role(before: Case, after: Case, layer: Layer, *, deny: bool = False) -> Tri:
    """Say whether the edit of one layer changes the answer for the destination alone.

    The edit of a Deny is judged as if the layer allowed everything else.
    """
    was, now = (granting(before, layer), granting(after, layer)) if deny else (before, after)
    pairs = ((_to(was, arn, layer), _to(now, arn, layer)) for arn in _roles(before, after, layer))
    return none_moved(pairs, layer)


def _to(case: Case, arn: str, layer: Layer) -> Case:
    """Let the source ask for another role, that trusts it, with every layer open but one."""
    source = case.snapshot.source
    asking = replace(
        source,
        identity_policies=source.identity_policies if layer is Layer.IDENTITY else ALLOWS_ALL,
        boundary=source.boundary if layer is Layer.BOUNDARY else Known(None),
        session=replace(
            session_of(source), policies=source.session.policies if layer is Layer.SESSION else PolicySet()
        ),
    )
    made = opened(case, asking, layer)
    held = case.snapshot.destination.role
    tags = held.value.tags if isinstance(held, Known) and held.value else Known({})
    same_account = parse_role(arn).account == parse_role(case.destination_arn).account
    destination = DestinationSide(
        role=Known(Role(arn=arn, tags=tags, max_session_seconds=Known(3600))),
        trust_policy=Known(trust_in(source)),
        rcps=Known(()),
        organization=case.snapshot.destination.organization if same_account else Known(None),
    )
    stated = {key: held for key, held in made.request.context.items() if not is_of_role(key)}
    return replace(
        made,
        request=replace(made.request, role_arn=arn, context=stated),
        snapshot=replace(made.snapshot, destination=destination),
    )


def _roles(before: Case, after: Case, layer: Layer) -> Iterator[str]:
    """Give roles beside the destination, elsewhere, and those that the edited layer's statements may mean."""
    role = parse_role(after.destination_arn)
    elsewhere = next(account for account in _ELSEWHERE if account != role.account)
    prefix = f"arn:{role.partition}:iam::"
    wanted = [
        f"{prefix}{role.account}:role/SomebodyElses",
        f"{prefix}{role.account}:role/elsewhere/{role.name}",
        f"{prefix}{elsewhere}:role{role.path}{role.name}",
        f"{prefix}{elsewhere}:role/SomebodyElses",
    ]
    for case in (before, after):
        wanted += [found for text in _resources(case, layer) if (found := _example(text, elsewhere))]
    yield from [arn for arn in dict.fromkeys(wanted) if arn != role.arn][:_MOST]


def _resources(case: Case, layer: Layer) -> Iterator[str]:
    for policy in policies_in(case, layer):
        document = read(policy)
        for statement in statements(document) if document else ():
            for name in ("Resource", "NotResource"):
                yield from (text for text in listed(statement.get(name)) if isinstance(text, str))


def _example(pattern: str, account: str) -> str:
    """Give a role that a pattern takes; empty where it is no pattern of roles."""
    parts = pattern.split(":", 5)
    if len(parts) != 6:
        return ""
    parts[4] = account if "*" in parts[4] or "?" in parts[4] else parts[4]
    arn = ":".join(parts).replace("*", "SomebodyElses").replace("?", "x")
    return arn if _ROLE.fullmatch(arn) else ""
