"""Things that go wrong with a request: each changes one part of a draft."""

from copy import deepcopy
from typing import Any

from msgspec.structs import replace
from tests.naive.documents import a_condition, a_statement
from tests.naive.draft import Draft
from tests.naive.elements import a_principal, a_resource, an_action

from diagnose.model.case import Origin, Role
from diagnose.model.evidence import Known

RESERVED = (
    "aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    "aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_0123456789abcdef",
)
LEAVES = ("Resource", "NotResource", "Action", "NotAction", "Condition", "Principal")


def break_some(draft: Draft, count: int) -> None:
    """Break, or nearly break, a number of things."""
    ways = (_element, _deny, _removal, _request, _limit, _letter, _gate)
    chosen = draft.rng.choices(ways, (6, 4, 3, 20 if draft.quiet else 5, 3, 4, 3), k=count)
    # After a gate is broken, condition keys have no values to write conditions from.
    for way in sorted(dict.fromkeys(chosen), key=lambda way: way is _gate):
        way(draft)


def _statements(draft: Draft) -> list[tuple[str, dict[str, Any]]]:
    return [
        (layer, statement)
        for layer, levels in draft.parts.items()
        for level in levels
        for document in level
        for statement in ([document["Statement"]] if isinstance(document["Statement"], dict) else document["Statement"])
        if statement.get("Action") != "*" or layer != "rcp"
    ]


def _element(draft: Draft) -> None:
    """Make one element of one statement miss."""
    layer, statement = draft.rng.choice(_statements(draft) or [("none", {"Effect": "Allow"})])
    match draft.rng.choice(("Action", "Resource", "Principal", "Condition", "Condition")):
        case "Resource" if layer != "trust":
            _replace(statement, "Resource", a_resource(draft, fits=False))
        case "Principal" if layer in ("trust", "endpoint"):
            _replace(statement, "Principal", a_principal(draft, layer, statement["Effect"], fits=False))
        case "Condition":
            statement["Condition"] = a_condition(draft, holds=draft.rng.random() < 0.3)
        case _:
            _replace(statement, "Action", an_action(draft, fits=False, trust=layer == "trust"))


def _replace(statement: dict[str, Any], element: str, written: tuple[str, Any]) -> None:
    statement.pop(element, statement.pop(f"Not{element}", None))
    statement[written[0]] = written[1]


def _deny(draft: Draft) -> None:
    """Put a Deny somewhere, conditional or not."""
    layer = draft.rng.choice([name for name, levels in draft.parts.items() if levels])
    condition = draft.rng.choice((None, True, True, False))
    document = {"Version": "2012-10-17", "Statement": [a_statement(draft, layer, "Deny", condition=condition)]}
    level = draft.rng.choice(draft.parts[layer])
    if layer in ("trust", "endpoint", "boundary"):
        held = level[0]["Statement"]
        level[0]["Statement"] = [*(held if isinstance(held, list) else [held]), *document["Statement"]]
    else:
        level.append(document)


def _removal(draft: Draft) -> None:
    """Take a statement away."""
    layer = draft.rng.choice([name for name, levels in draft.parts.items() if levels and name != "rcp"])
    level = draft.rng.choice(draft.parts[layer])
    if level and layer in ("identity", "session", "scp") and draft.rng.random() < 0.2:
        level.pop()
    elif level and isinstance(held := draft.rng.choice(level)["Statement"], list) and held:
        held.pop(draft.rng.randrange(len(held)))


def _request(draft: Draft) -> None:
    """Send other parameters, or come from elsewhere."""
    rng, iam = draft.rng, f"arn:{draft.partition}:iam::{draft.caller.account}"
    draft.settled = None
    mine, theirs = f"{iam}:mfa/{draft.caller.name}", f"{iam.replace('::1', '::3')}:mfa/sue"
    ways: list[dict[str, Any]] = [
        {"external_id": rng.choice(("other-1", None))},
        {"session_name": rng.choice(("other-session", "a b", "x", "corp/alice", "n" * 65))},
        {"tags": rng.choice(({}, {"team": "green"})), "transitive_tag_keys": rng.choice(((), ("team",)))},
        {"tags": {"Team": "red", "team": "red"}},
        {"source_identity": rng.choice(("carol", "aws:carol", None))},
        {"duration_seconds": rng.choice((60, 3601, 7200, 7200, 43200, 43201))},
    ]
    if draft.is_user and draft.origin is Origin.LONG_TERM:
        ways += [{"mfa_serial": rng.choice((mine, theirs)), "mfa_code_sent": rng.random() < 0.7}]
        ways += [{"mfa_serial": None, "mfa_code_sent": True}]
    if not draft.is_user:
        ways += [{"mfa_serial": mine, "mfa_code_sent": True}]
    if draft.transitive:
        ways += [{"tags": {rng.choice((key, key.swapcase())): "red"}} for key in draft.transitive] * 3
    if draft.source_identity:
        ways += [{"source_identity": "carol"}, {"source_identity": draft.source_identity}]
    way = rng.randrange(len(ways) + 2)
    if way < len(ways):
        draft.sent |= ways[way]
        if draft.role and "duration_seconds" in ways[way] and rng.random() < 0.5:
            draft.role = replace(draft.role, max_session_seconds=Known(43200))
    elif draft.endpoint is None and way == len(ways):
        draft.context["aws:SourceIp"] = ("198.51.100.9",)
    else:
        draft.region = "us-gov-east-1" if draft.partition != "aws" else "eu-west-3"


def _limit(draft: Draft) -> None:
    """Set a boundary, a session policy or one more level of SCPs that may lack the request."""
    rng = draft.rng
    layers = ["boundary"] if draft.is_user else ["boundary", "session"]
    layer = rng.choice([*layers, *(["scp"] if draft.home else [])])
    if draft.is_service:
        return
    document = {"Version": "2012-10-17", "Statement": [a_statement(draft, layer, "Allow", fit=0.6)]}
    draft.parts[layer] = [*draft.parts[layer], [document]] if layer == "scp" else [[document]]


def _letter(draft: Draft) -> None:
    """Spoil one string in one statement."""
    _, statement = draft.rng.choice(_statements(draft) or [("none", {})])
    for element in LEAVES:
        if element in statement:
            statement[element] = deepcopy(statement[element])
    places = [found for element in LEAVES if element in statement for found in _strings(statement, element)]
    if places:
        holder, place = draft.rng.choice(places)
        text = holder[place]
        at = draft.rng.randrange(len(text))
        holder[place] = draft.rng.choice(
            (text.swapcase(), text[:at] + text[at + 1 :], f"{text}*", f"{text[:at]}?{text[at + 1 :]}")
        )


def _strings(holder: Any, place: Any) -> list[tuple[Any, Any]]:
    """Find the strings below a place that may be spoilt: no lone asterisk, boolean or date."""
    held = holder[place]
    if isinstance(held, str):
        kept = held in ("*", "true", "false") or len(held) < 3 or ("T" in held and held[:2] == "20")
        return [] if kept else [(holder, place)]
    if isinstance(held, dict):
        return [found for key in held for found in _strings(held, key)]
    if isinstance(held, list):
        return [found for index in range(len(held)) for found in _strings(held, index)]
    return []


def _gate(draft: Draft) -> None:
    """Have the wrong caller, the wrong role or the wrong partition."""
    rng, account = draft.rng, draft.caller.account
    match rng.randrange(7):
        case 0:
            draft.role = None
        case 1:
            _move(draft, draft.role_arn.replace(":role/", ":role/moved/"))
        case 2:
            _move(draft, draft.role_arn.replace("Deploy", "deploy"))
        case 3 if not draft.is_service:
            draft.arn = rng.choice(
                (
                    f"arn:{draft.partition}:iam::{account}:root",
                    f"arn:{draft.partition}:sts::{account}:federated-user/sue",
                )
            )
            draft.principal, draft.origin, draft.issued_at = None, Origin.LONG_TERM, None
        case 4 if not draft.is_service and draft.partition == "aws":
            draft.role_arn = draft.role_arn.replace("arn:aws:", "arn:aws-us-gov:")
            _move(draft, draft.role_arn)
        case 5:
            path = rng.choice(
                (
                    "aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
                    "aws-reserved/sso.amazonaws.com/AWSReservedSSO_A_0123456789abcdef",
                )
            )
            draft.role_arn = f"arn:{draft.partition}:iam::{draft.account}:role/{path}"
            _move(draft, draft.role_arn)
        case _:
            draft.principal = None if not draft.is_service and rng.random() < 0.3 else draft.principal


def _move(draft: Draft, arn: str) -> None:
    """Have the role under another ARN."""
    if draft.role:
        draft.role = Role(arn, draft.role.unique_id, draft.role.tags, Known(3600))
