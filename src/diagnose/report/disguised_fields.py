"""How each field of a diagnosis is redacted: a row each, so that none is forgotten."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from msgspec.structs import replace

from diagnose.model import case as cases
from diagnose.model import diagnosis as told
from diagnose.model import evidence, key_state, parameter, policy, trace
from diagnose.report import kept
from diagnose.report.disguise import GONE, Disguise
from diagnose.report.disguised_policy import disguised_json, disguised_patch, disguised_pointer, disguised_values
from diagnose.report.pseudonyms import Kind

How: TypeAlias = Callable[[Any, Disguise], Any]


def sentence(text: str, disguise: Disguise) -> str:
    """Rewrite a sentence of ours."""
    return disguise.sentence(text)


def _named(kind: Kind) -> How:
    def value(text: str, disguise: Disguise) -> str:
        return disguise.value(text, kind)

    return value


def _kept(text: str, _: Disguise) -> str:
    """Keep what is ours alone: ids of rules and schemas, addresses of pages."""
    return text


def _message(text: str, disguise: Disguise) -> str:
    return disguise.message(text)


def _quoted(text: str, disguise: Disguise) -> str:
    """Rewrite one side of a comparison: a value, or a few words about values."""
    return disguise.quoted(text)


def _time(text: str, disguise: Disguise) -> str:
    return text if kept.TIME.fullmatch(text) else disguise.value(text, Kind.VALUE)


def _region(text: str, disguise: Disguise) -> str:
    return text if kept.REGION.fullmatch(text) else disguise.value(text, Kind.VALUE)


def _action(text: str, disguise: Disguise) -> str:
    return text if kept.ACTION.fullmatch(text) else disguise.message(text)


def _operator(text: str, disguise: Disguise) -> str:
    return text if kept.OPERATOR.fullmatch(text) else disguise.value(text, Kind.KEY)


def _code(text: str, _: Disguise) -> str:
    return text if text.isalnum() and text.isascii() and len(text) <= 64 else GONE if text else ""


def _key(text: str, disguise: Disguise) -> str:
    """Rewrite a condition key; AWS has none without a colon."""
    return disguise.key(text) if ":" in text else disguise.sentence(text)


def _tags(tags: Mapping[str, str], disguise: Disguise) -> Mapping[str, str]:
    return {disguise.value(key, Kind.TAG): disguise.value(value, Kind.VALUE) for key, value in tags.items()}


def _context(context: Mapping[str, tuple[str, ...]], disguise: Disguise) -> Mapping[str, tuple[str, ...]]:
    return {disguise.key(key): disguised_values(key, values, disguise) for key, values in context.items()}


def _ids(text: str, disguise: Disguise) -> str:
    return disguise.path(text, Kind.UNIT)


def _carrier(text: str, disguise: Disguise) -> str:
    """Rewrite `group devs`: what it is stays, its name does not."""
    carrier = policy.attachment(text)
    return str(replace(carrier, name=disguise.value(carrier.name, Kind.GROUP)))


def _version(text: str, disguise: Disguise) -> str:
    return text if text[:1] == "v" and text[1:].isdecimal() else disguise.value(text, Kind.VALUE)


def _document(text: str, disguise: Disguise) -> str:
    try:
        return disguised_json(text, disguise)
    except (ValueError, RecursionError):
        return disguise.message(text)


def _patch(text: str, disguise: Disguise) -> str:
    return disguised_patch(text, disguise)


def _pointer(text: str, disguise: Disguise) -> str:
    return disguised_pointer(text, disguise)


_VALUE, _ROLE, _SESSION, _UNIT = _named(Kind.VALUE), _named(Kind.ROLE), _named(Kind.SESSION), _named(Kind.UNIT)
_NONE: Mapping[str, How] = {}

HOW: Mapping[type, Mapping[str, How]] = {
    cases.ProvidedContext: {"provider_arn": _named(Kind.PROVIDER), "assertion": _VALUE},
    cases.Parameters: {
        "session_name": _SESSION,
        "external_id": _named(Kind.EXTERNAL_ID),
        "mfa_serial": _named(Kind.DEVICE),
        "source_identity": _named(Kind.SOURCE_IDENTITY),
        "tags": _tags,
        "transitive_tag_keys": _named(Kind.TAG),
    },
    cases.Request: {"role_arn": _ROLE, "region": _region, "signed_in_as": _ROLE, "context": _context, "unknown": _key},
    cases.Organization: {"id": _VALUE, "path": _ids, "management_account": _VALUE},
    cases.Session: {
        "tags": _tags,
        "transitive_tag_keys": _named(Kind.TAG),
        "source_identity": _named(Kind.SOURCE_IDENTITY),
        "issued_at": _time,
    },
    cases.Principal: {"arn": _ROLE, "unique_id": _VALUE, "tags": _tags, "created_at": _time},
    cases.SourceSide: {"arn": _ROLE},
    cases.Role: {"arn": _ROLE, "unique_id": _VALUE, "tags": _tags, "created_at": _time},
    cases.DestinationSide: {"other_roles": _ROLE},
    cases.Endpoint: {"id": _VALUE, "vpc": _VALUE, "owner": _VALUE},
    cases.Snapshot: {"taken_at": _time},
    cases.ProbeResult: {"caller": _ROLE, "code": _code, "message": _message, "why": _message},
    cases.Case: {"schema": _kept, "message": _message, "note": _message},
    evidence.Known: {"value": sentence, "source": _message},
    evidence.Unread: {"subject": _message, "permission": _action, "detail": _message},
    policy.PolicyVersion: {"version": _version},
    policy.Policy: {
        "name": _named(Kind.POLICY),
        "arn": _named(Kind.POLICY),
        "attached_to": _carrier,
        "version": _version,
    },
    policy.PolicySet: _NONE,
    policy.Level: {"target": _UNIT, "name": _UNIT},
    trace.ElementTrace: {
        "pointer": _pointer,
        "wanted": _quoted,
        "got": _quoted,
        "key": _key,
        "operator": _operator,
    },
    key_state.KeyState: {"options": _quoted, "like": _quoted},
    trace.StatementTrace: {"level": _UNIT, "sid": _named(Kind.STATEMENT)},
    trace.LevelTrace: {"name": _UNIT},
    trace.LayerTrace: {"why": sentence},
    parameter.Syntax: {"signs": _kept},
    trace.GateTrace: {"wanted": _quoted, "got": _quoted},
    trace.ActionDecision: _NONE,
    trace.Blocker: _NONE,
    key_state.ConditionKey: {"name": _key},
    key_state.Fit: {"operator": _operator, "text": _quoted},
    key_state.Alternative: {"values": _quoted},
    trace.Comparison: {"wanted": _quoted, "got": _quoted, "key": _key, "operator": _operator},
    trace.BrokenStatement: {"policy": _named(Kind.POLICY)},
    trace.Doubt: _NONE,
    trace.Problem: {"pointer": _pointer, "message": sentence},
    trace.Note: {"text": sentence, "source": _kept},
    trace.Decision: _NONE,
    told.Excerpt: {"pointer": _pointer, "label": sentence, "level": _UNIT},
    told.Remedy: {
        "kind": _kept,
        "text": sentence,
        "policy_name": _named(Kind.POLICY),
        "document": _document,
        "patch": _patch,
        "flags": _quoted,
        "commands": _kept,
    },
    told.Refused: {"kind": _kept},
    told.StatementPlace: {"policy": _named(Kind.POLICY), "sid": _named(Kind.STATEMENT)},
    told.RemainingBlocker: {"levels": _UNIT},
    told.Finding: {
        "rule": _kept,
        "formerly": _kept,
        "title": sentence,
        "explanation": sentence,
        "sources": _kept,
        "unknown": sentence,
        "action": _kept,
    },
    told.Diagnosis: _NONE,
}
"""Type to field to how its text is rewritten. Fields that hold no text of their own have no row."""
