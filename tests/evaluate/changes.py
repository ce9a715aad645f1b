"""Changes to whole cases: to what is known of them, to their policies, to their names."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from msgspec.structs import fields, replace

from diagnose.model.arn import CallerArn, CallerKind, RoleArn, parse_caller, parse_role
from diagnose.model.case import Case
from diagnose.model.evidence import Known, Unread
from diagnose.model.federation import SamlAssertion, WebIdentity
from diagnose.model.policy import Policy, PolicyKind, PolicySet, document_text, raw_document

GAP = Unread(subject="a law")
WORLDS = {
    path.stem: msgspec.json.decode(path.read_bytes(), type=Case)
    for path in sorted((Path(__file__).parents[2] / "fixtures" / "worlds").glob("*.json"))
}

Change: TypeAlias = Callable[[Case], Case]
Document: TypeAlias = dict[str, Any]


def put(value: Any, path: tuple[str | int, ...], make: Callable[[Any], Any]) -> Any:
    """Change what stands at a path of fields and places; nothing where the path ends in something unread."""
    if not path:
        return make(value)
    head, *rest = path
    if isinstance(value, tuple):
        return tuple(put(one, tuple(rest), make) if place == head else one for place, one in enumerate(value))
    if not isinstance(value, msgspec.Struct) or not hasattr(value, str(head)):
        return value
    return replace(value, **{str(head): put(getattr(value, str(head)), tuple(rest), make)})


def walk(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Go through everything that a case holds, with its path."""
    yield path, value
    if isinstance(value, msgspec.Struct):
        for field in fields(value):
            yield from walk(getattr(value, field.name), (*path, field.name))
    elif isinstance(value, tuple):
        for place, one in enumerate(value):
            yield from walk(one, (*path, place))


def at(path: tuple[str | int, ...], make: object) -> Change:
    """Make a change of what stands at a path: into a value, or by a function of what was there."""
    return lambda case: put(case, path, make if callable(make) else lambda _: make)


def fades(case: Case) -> dict[str, Change]:
    """Name every way of knowing one thing less: a piece of evidence, a policy of a set, a context key, a claim."""
    found: dict[str, Change] = {}
    for path, value in walk(case):
        name = ".".join(str(part) for part in path)
        if isinstance(value, Known):
            found[name] = at(path, GAP)
        if isinstance(value, PolicySet):
            for policy in value.policies:
                found[f"{name} {policy.name}"] = at(path, _without(policy.name))
    identity = case.snapshot.source.identity
    if isinstance(identity, WebIdentity):
        for name in identity.claims:
            found[f"claim {name}"] = at(("snapshot", "source", "identity"), _without_claim(name))
    if isinstance(identity, SamlAssertion):
        for name in identity.attributes:
            found[f"attribute {name}"] = at(("snapshot", "source", "identity"), _without_attribute(name))
        for name in ("issuer", "subject", "subject_format", "recipient", "issued_at", "not_on_or_after"):
            less = replace(identity, **{name: None}, complete=False)
            found[f"assertion {name}"] = at(("snapshot", "source", "identity"), less)
    for key in {*case.request.context, *_tested_keys(case)}:
        found[f"key {key}"] = at(("request", "unknown"), _with(key))
    return found


def documents(case: Case) -> Iterator[tuple[tuple[str | int, ...], Policy]]:
    """Go through the policies of a case, with their paths."""
    for path, value in walk(case):
        if isinstance(value, Policy):
            yield path, value


def rewritten(
    case: Case, change: Callable[[Document], Document], kinds: tuple[PolicyKind, ...] = tuple(PolicyKind)
) -> Case:
    """Change every document of some kinds of policies."""
    for path, policy in list(documents(case)):
        if policy.kind in kinds:
            case = at(path, lambda one: replace(one, document=raw_document(change(read(one)))))(case)
    return case


def read(policy: Policy) -> Document:
    """Read a document."""
    document: Document = json.loads(document_text(policy.document))
    return document


def added(statement: Document) -> Callable[[Document], Document]:
    """Make a change that adds a statement to a document."""
    return lambda document: document | {"Statement": [*document["Statement"], statement]}


def renamed(case: Case) -> Case:
    """Give every account, and the two names, another name, wherever they stand."""
    caller, role = parse_caller(case.snapshot.source.arn), parse_role(case.request.role_arn)
    names = {str(number) * 12: str(number + 5 if number < 5 else number - 5) * 12 for number in range(10)}
    nobodys = caller.kind in (CallerKind.SERVICE, CallerKind.WEB_IDENTITY)
    if not nobodys and not caller.name.startswith("AWSReservedSSO_"):
        names[_last(caller)] = "Quince"
    names[role.name] = "Medlar"
    text = msgspec.json.encode(case).decode()
    for number, (old, _) in enumerate(names.items()):
        text = text.replace(old, f"\x00{number}\x00")
    for number, (_, new) in enumerate(names.items()):
        text = text.replace(f"\x00{number}\x00", new)
    return msgspec.json.decode(text.encode(), type=Case)


def _last(named: CallerArn | RoleArn) -> str:
    return named.name


def _with(key: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    return lambda keys: (*keys, key)


def _without_claim(name: str) -> Callable[[WebIdentity], WebIdentity]:
    def less(token: WebIdentity) -> WebIdentity:
        return replace(token, claims={key: token.claims[key] for key in token.claims if key != name}, complete=False)

    return less


def _without_attribute(name: str) -> Callable[[SamlAssertion], SamlAssertion]:
    def less(assertion: SamlAssertion) -> SamlAssertion:
        rest = {key: values for key, values in assertion.attributes.items() if key != name}
        return replace(assertion, attributes=rest, complete=False)

    return less


def _without(name: str) -> Callable[[PolicySet], PolicySet]:
    return lambda given: PolicySet(
        tuple(policy for policy in given.policies if policy.name != name), (*given.unread, GAP)
    )


def _tested_keys(case: Case) -> Iterator[str]:
    for _, policy in documents(case):
        for statement in read(policy)["Statement"]:
            for block in statement.get("Condition", {}).values():
                yield from block
