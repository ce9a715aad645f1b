"""Whether an edit allows anybody but the source.

Strangers are everybody whom the policies name, and some whom nobody names. Each has what the source has
(tags, network, MFA, the same request) but its identity, and may assume every role by its own policies. All
layers but the edited one stand open, so that it alone decides.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from diagnose.evaluate.keys.table import is_of_role
from diagnose.evaluate.memo import Memo
from diagnose.model.arn import PARTITIONS, CallerKind, parse_caller, parse_role
from diagnose.model.case import Case, DestinationSide, Origin, Principal, Role, SourceSide
from diagnose.model.evidence import Known
from diagnose.model.lazy_pattern import lazy_pattern
from diagnose.model.operation import can_call, operation_of
from diagnose.model.policy import Policy, PolicySet
from diagnose.model.trace import Layer, StatementTrace
from diagnose.model.tri import NO, UNKNOWN, YES, Tri
from diagnose.remedy.bounds import Bounds
from diagnose.remedy.case_edit import policies_in
from diagnose.remedy.document import Json, JsonDict, as_list, document_of, statements
from diagnose.remedy.names import caller_of
from diagnose.remedy.other_bearers import other_bearers
from diagnose.remedy.single_layer import (
    ALLOWS_ALL,
    granting,
    session_without_policies,
    trust_in,
    with_fewer_companions,
    with_only,
)


def admits_nobody_else(
    before: Case, after: Case, layer: Layer, bounds: Bounds, *, deny: bool = False, sessions: bool = False
) -> Tri | None:
    """Say whether the edit of one layer changes the answer for the source alone.

    With `sessions` the source's role is meant, so that its other sessions are no strangers.

    NO where a stranger becomes allowed, or may be; UNKNOWN where that is unclear for one of them; None where there is
    too much to try within the bounds. The edit of a
    Deny is judged as if the layer allowed everything else, since a Deny guards against what may be allowed later.
    """
    was, now = (granting(before, layer), granting(after, layer)) if deny else (before, after)
    strangers = (*_callers(before, after, layer), *other_bearers(before.snapshot.source))
    pairs = [(_called_by(who, was, layer), _called_by(who, now, layer)) for who in strangers]
    if layer is Layer.TRUST:
        pairs += list(_careless(before, after, sessions=sessions))
    return _none_gains(pairs, layer, bounds)


def opens_no_other_role(before: Case, after: Case, layer: Layer, bounds: Bounds, *, deny: bool = False) -> Tri | None:
    """Say whether the edit of one layer changes the answer for the destination alone.

    None where there is too much to try within the bounds. The edit of a Deny is judged as if the layer allowed
    everything else.
    """
    was, now = (granting(before, layer), granting(after, layer)) if deny else (before, after)
    pairs = ((_to(was, arn, layer), _to(now, arn, layer)) for arn in _roles(before, after, layer))
    return _none_gains(pairs, layer, bounds)


_MOST_CALLERS = 60
_MOST_ROLES = 40
_NOBODY = "SomebodyElse"
_ELSEWHERE = ("999999999999", "888888888888", "777777777777")

_ENTITY = lazy_pattern(r"arn:[a-z-]+:iam::(\d{12}):(user|role)(/[\w+=,.@/-]*/|/)([\w+=,.@-]+)", re.ASCII)
_SESSION = lazy_pattern(r"arn:[a-z-]+:sts::(\d{12}):assumed-role/([\w+=,.@-]+)/[\w+=,.@-]+", re.ASCII)
_USER_ID = lazy_pattern(r"AROA[A-Z0-9]+:[\w+=,.@-]+", re.ASCII)
_ACCOUNT = lazy_pattern(r"(?:arn:[a-z-]+:iam::)?(\d{12})(?::root)?", re.ASCII)
_ROLE = lazy_pattern(rf"arn:({'|'.join(PARTITIONS)}):iam::\d{{12}}:role/([\w+=,.@-]+/)*[\w+=,.@-]+", re.ASCII)


def _none_gains(pairs: Iterable[tuple[Case, Case]], layer: Layer, bounds: Bounds) -> Tri | None:
    """Say whether nobody gains, with the request as it is and with those that need fewer actions."""
    result = YES
    for was, now in pairs:
        for before, after in zip(with_fewer_companions(was), with_fewer_companions(now), strict=True):
            if bounds.reached:
                return None
            unmoved = _unmoved(before, after, layer, bounds)
            if unmoved is None or unmoved is NO:
                return unmoved
            result = min(result, unmoved)
    return result


def _unmoved(before: Case, after: Case, layer: Layer, bounds: Bounds) -> Tri | None:
    """Say whether somebody who should not gain by an edit of a layer does not; None where that is too much to try.

    Where both answers are unknown they are one and the same if the same statements hang on the same tests.
    """
    was, now = bounds.verdict(before), bounds.verdict(after)
    if now > was:
        return NO
    if not was is now is UNKNOWN:
        return YES
    if bounds.reached:
        return None
    return YES if _open_tests(before, layer, bounds) == _open_tests(after, layer, bounds) else UNKNOWN


def _open_tests(case: Case, layer: Layer, bounds: Bounds) -> set[tuple[object, ...]]:
    """Give the statements of a layer that apply or may apply, each by what it still hangs on."""
    return {
        (action, statement.level, statement.effect, statement.match, *_hangs_on(statement))
        for action, statement in bounds.traces(case, layer)
        if statement.verdict is not NO
    }


def _hangs_on(statement: StatementTrace) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return sorted((element.element, element.operator, element.key, element.wanted) for element in statement.unmet)


def _called_by(who: SourceSide, case: Case, layer: Layer) -> Case:
    """Let somebody else ask for the role, each by the operation that is theirs, with every layer open but one."""
    made = with_only(case, who, layer)
    kind = parse_caller(who.arn).kind
    operation = made.request.operation if can_call(kind, made.request.operation) else operation_of(kind)
    return (
        made
        if operation is made.request.operation
        else replace(made, request=replace(made.request, operation=operation))
    )


def _callers(before: Case, after: Case, layer: Layer) -> Iterator[SourceSide]:
    """Give the outsiders: unnamed ones in the source's account and elsewhere, then everybody who is named."""
    caller = caller_of(before)
    home = caller.account or _ELSEWHERE[1]
    partition = caller.partition or parse_role(before.destination_arn).partition
    other = next(account for account in _ELSEWHERE if account != home)
    outsiders = [(home, "role", "/", _NOBODY), (home, "user", "/", _NOBODY)]
    if caller.kind is not CallerKind.SERVICE and not caller.federated:
        kind = "user" if caller.kind is CallerKind.USER else "role"
        outsiders += [(home, kind, "/elsewhere/", caller.name), (other, kind, caller.path or "/", caller.name)]
    outsiders += [(other, "role", "/", _NOBODY), *_named(before), *_named(after)]
    for account, kind, path, name in list(dict.fromkeys(outsiders))[:_MOST_CALLERS]:
        if layer is Layer.SCP and account != home:
            continue
        arn = f"arn:{partition}:iam::{account}:{kind}{path}{name}"
        if arn == caller.presumed_arn:
            continue
        outsider = _outsider(before, arn, account, kind, name)
        yield outsider
        if account != home:
            yield replace(outsider, organization=Known(None))
    if layer is not Layer.SCP:
        service = "lambda.amazonaws.com" if caller.name != "lambda.amazonaws.com" else "ec2.amazonaws.com"
        yield SourceSide(arn=service, identity_policies=ALLOWS_ALL, organization=Known(None))


def _outsider(case: Case, arn: str, account: str, kind: str, name: str) -> SourceSide:
    """Make somebody else of the source: all that it has but its identity and its limits."""
    source, caller = case.snapshot.source, caller_of(case)
    principal = source.principal.value if isinstance(source.principal, Known) else None
    tags = principal.tags if principal and isinstance(principal.tags, Known) else Known({})
    calls_as = arn
    if kind == "role":
        # A role of the same name is another one in time only: its session may not pass for the source's own.
        session = "elsewhere" if (account, name) == (caller.account, caller.name) else caller.session_name or "session"
        calls_as = f"{arn.partition(':iam:')[0]}:sts::{account}:assumed-role/{name}/{session}"
    unique_id = f"{'AROA' if kind == 'role' else 'AIDA'}STRANGEREXAMPLE"
    return SourceSide(
        arn=calls_as,
        principal=Known(Principal(arn, unique_id, tags)),
        identity_policies=ALLOWS_ALL,
        boundary=Known(None),
        session=replace(
            session_without_policies(source), origin=Known(Origin.ASSUME_ROLE if kind == "role" else Origin.LONG_TERM)
        ),
        scps=source.scps if account == caller.account else Known(()),
        organization=source.organization,
    )


_Party: TypeAlias = tuple[str, str, str, str]
"""An account, `user` or `role`, a path and a name."""


def _named(case: Case) -> Iterator[_Party]:
    """Name every user, role and account that a policy which anybody else passes, too, has in it."""
    for layer in (Layer.TRUST, Layer.RCP, Layer.ENDPOINT, Layer.SCP):
        for policy in policies_in(case, layer):
            content = bytes(policy.document)
            found = _found_parties.find(content)
            yield from found if found is not None else _found_parties.offer(content, _in(policy), len(content))


_found_parties: Memo[tuple[_Party, ...]] = Memo(at_once=True)


def _in(policy: Policy) -> tuple[_Party, ...]:
    document = document_of(policy)
    return tuple(
        dict.fromkeys(
            party
            for statement in (statements(document) if document else ())
            for text in _texts([statement.get(name) for name in ("Principal", "NotPrincipal", "Condition")])
            for party in _parties(text)
        )
    )


def _parties(text: str) -> Iterator[_Party]:
    if match := _ENTITY.fullmatch(text):
        yield (match[1], match[2], match[3], match[4])
    elif match := _SESSION.fullmatch(text):
        yield (match[1], "role", "/", match[2])
    elif match := _ACCOUNT.fullmatch(text):
        yield (match[1], "role", "/", _NOBODY)
        yield (match[1], "user", "/", _NOBODY)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)


def _careless(before: Case, after: Case, *, sessions: bool) -> Iterator[tuple[Case, Case]]:
    """Give the source itself without what the trust policy asks of callers: external ID, MFA, session names."""
    trust = next(policies_in(before, Layer.TRUST), None)
    document = document_of(trust) if trust else None
    if document is None:
        return
    tested, source, caller = _tested_keys(document), before.snapshot.source, caller_of(before)
    itself = replace(
        source, identity_policies=ALLOWS_ALL, boundary=Known(None), session=session_without_policies(source)
    )
    pair = with_only(before, itself, Layer.TRUST), with_only(after, itself, Layer.TRUST)
    for keys, values in (
        (("sts:externalid",), ()),
        (("sts:externalid",), ("somebody-elses-external-id",)),
        (("sts:rolesessionname",), ("somebody-elses-session",)),
        (("aws:multifactorauthpresent", "aws:multifactorauthage"), ()),
    ):
        # Whoever does not sign can send none of these but a session name, so that nobody is exempted from them.
        if tested & set(keys) and (not caller.federated or keys == ("sts:rolesessionname",)):
            yield _stating(pair[0], keys, values), _stating(pair[1], keys, values)
    if caller.kind is CallerKind.SERVICE and tested & set(_FOR_ANOTHER):
        yield _for_another(pair[0]), _for_another(pair[1])
    if not sessions and caller.kind is CallerKind.SESSION and _names_one_session(document, caller.name):
        other = replace(itself, arn=f"{caller.arn.rpartition('/')[0]}/somebody-elses-session")
        yield with_only(before, other, Layer.TRUST), with_only(after, other, Layer.TRUST)


_FOR_ANOTHER: Mapping[str, str] = {
    "aws:sourceaccount": "999999999999",
    "aws:sourcearn": "arn:aws:somebody:us-east-1:999999999999:else",
    "aws:sourceorgid": "o-somebodyelse",
}
"""What a service tells of a resource that is a stranger's, who has it act on the role.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""


def _for_another(case: Case) -> Case:
    for key, value in _FOR_ANOTHER.items():
        case = _stating(case, (key,), (value,))
    return case


def _names_one_session(document: JsonDict, role: str) -> bool:
    """Say whether the policy lets in a session of the role by its name: as a principal, or by `aws:userid`."""
    principals = _texts([statement.get("Principal") for statement in statements(document)])
    sessions = (match for text in principals if (match := _SESSION.fullmatch(text)) and match[2] == role)
    ids = _texts([statement.get("Condition") for statement in statements(document)])
    return any(sessions) or any(_USER_ID.fullmatch(text) for text in ids)


def _tested_keys(document: JsonDict) -> set[str]:
    """Name, in lower case, the condition keys that the Allow statements test."""
    return {
        key.lower()
        for statement in statements(document)
        if statement.get("Effect") == "Allow"
        for block in as_list(statement.get("Condition"))
        if isinstance(block, dict)
        for tests in block.values()
        if isinstance(tests, dict)
        for key in tests
    }


def _stating(case: Case, keys: tuple[str, ...], values: tuple[str, ...]) -> Case:
    context = {key: stated for key, stated in case.request.context.items() if key.lower() not in keys}
    return replace(case, request=replace(case.request, context={**context, **dict.fromkeys(keys, values)}))


def _to(case: Case, arn: str, layer: Layer) -> Case:
    """Let the source ask for another role, that trusts it, with every layer open but one."""
    source = case.snapshot.source
    asking = replace(
        source,
        identity_policies=source.identity_policies if layer is Layer.IDENTITY else ALLOWS_ALL,
        boundary=source.boundary if layer is Layer.BOUNDARY else Known(None),
        session=replace(
            session_without_policies(source),
            policies=source.session.policies if layer is Layer.SESSION else PolicySet(),
        ),
    )
    made = with_only(case, asking, layer)
    role = case.snapshot.destination.role
    tags = role.value.tags if isinstance(role, Known) and role.value else Known({})
    same_account = parse_role(arn).account == parse_role(case.destination_arn).account
    destination = DestinationSide(
        role=Known(Role(arn=arn, tags=tags, max_session_seconds=Known(3600))),
        trust_policy=Known(trust_in(source, arn)),
        rcps=Known(()),
        organization=case.snapshot.destination.organization if same_account else Known(None),
    )
    context = {key: values for key, values in made.request.context.items() if not is_of_role(key)}
    return replace(
        made,
        request=replace(made.request, role_arn=arn, context=context),
        snapshot=replace(made.snapshot, destination=destination),
    )


def _roles(before: Case, after: Case, layer: Layer) -> Iterator[str]:
    """Give roles beside the destination, elsewhere, and those that the edited layer's statements may mean."""
    role = parse_role(after.destination_arn)
    elsewhere = next(account for account in _ELSEWHERE if account != role.account)
    prefix = f"arn:{role.partition}:iam::"
    arns = [
        f"{prefix}{role.account}:role/SomebodyElses",
        f"{prefix}{role.account}:role/elsewhere/{role.name}",
        f"{prefix}{elsewhere}:role{role.path}{role.name}",
        f"{prefix}{elsewhere}:role/SomebodyElses",
    ]
    for case in (before, after):
        arns += [example for text in _resources(case, layer) if (example := _example(text, elsewhere))]
    yield from [arn for arn in dict.fromkeys(arns) if arn != role.arn][:_MOST_ROLES]


_found_resources: Memo[tuple[str, ...]] = Memo(at_once=True)


def _resources(case: Case, layer: Layer) -> Iterator[str]:
    for policy in policies_in(case, layer):
        content = bytes(policy.document)
        found = _found_resources.find(content)
        yield from found if found is not None else _found_resources.offer(content, _resources_of(policy), len(content))


def _resources_of(policy: Policy) -> tuple[str, ...]:
    document = document_of(policy)
    return tuple(
        text
        for statement in (statements(document) if document else ())
        for name in ("Resource", "NotResource")
        if name in statement
        for text in as_list(statement[name])
        if isinstance(text, str)
    )


def _example(pattern: str, account: str) -> str:
    """Give a role that a pattern takes; empty where it is no pattern of roles that there can be."""
    parts = pattern.split(":", 5)
    if len(parts) != 6:
        return ""
    parts[4] = account if "*" in parts[4] or "?" in parts[4] else parts[4]
    arn = ":".join(parts).replace("*", "SomebodyElses").replace("?", "x")
    return arn if _ROLE.fullmatch(arn) else ""
