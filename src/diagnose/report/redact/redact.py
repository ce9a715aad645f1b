"""A diagnosis, or a case alone, without the names of anybody: for tickets that leave the company.

Accounts, names, ids, addresses and values are replaced by stable pseudonyms, everywhere: in ARNs, policies, AWS's
messages and our own sentences. AWS's words stay: actions, condition keys, services, managed policies, `*`. The verdict
stays, too. What is lost is how names are alike, such as that two differ in case only; and commands and messages to
send are left out, since with pseudonyms they would ask for something else.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, TypeAlias, TypeVar

from msgspec import Raw, Struct, structs
from msgspec.structs import replace

from diagnose.model import case as cases
from diagnose.model import diagnosis as diagnoses
from diagnose.model import evidence, federation, key_state, parameter, policy, trace
from diagnose.model.arn import HTTPS
from diagnose.model.case import Case
from diagnose.model.diagnosis import Diagnosis, Remedy
from diagnose.model.evidence import Known
from diagnose.model.federation import SAML_TAG
from diagnose.model.issuers import issuer_of
from diagnose.model.policy import Policy, document_text
from diagnose.report.redact import public_words
from diagnose.report.redact.policies import (
    disguised_document,
    disguised_json,
    disguised_patch,
    disguised_pointer,
    disguised_values,
)
from diagnose.report.redact.pseudonyms import NameKind, Pseudonyms
from diagnose.report.redact.sentences import GONE, Disguise, ValueKindOf
from diagnose.report.snippet import page_of

DiagnosisOrCase = TypeVar("DiagnosisOrCase", Diagnosis, Case)


NOTE = "names, accounts and ids are pseudonyms"


def redact(diagnosis: Diagnosis, value_kind: ValueKindOf) -> Diagnosis:
    """Replace everything that tells whose diagnosis it is. `value_kind` says what the values of a condition key are."""
    disguised = _disguised(diagnosis, diagnosis.case, value_kind)
    return structs.replace(disguised, case=structs.replace(disguised.case, note=NOTE))


def redact_case(case: Case, value_kind: ValueKindOf) -> Case:
    """Replace everything that tells whose case it is. `value_kind` says what the values of a condition key are."""
    return structs.replace(_disguised(case, case, value_kind), note=NOTE)


Rewriter: TypeAlias = Callable[[Any, Disguise], Any]


def _sentence(text: str, disguise: Disguise) -> str:
    """Rewrite a sentence of ours."""
    return disguise.sentence(text)


def _named(kind: NameKind) -> Rewriter:
    def value(text: str, disguise: Disguise) -> str:
        return disguise.value(text, kind)

    return value


def _unchanged(text: str, _: Disguise) -> str:
    """Keep what is ours alone: ids of rules and schemas, addresses of pages."""
    return text


def _message(text: str, disguise: Disguise) -> str:
    return disguise.message(text)


def _quoted(text: str, disguise: Disguise) -> str:
    """Rewrite one side of a comparison: a value, or a few words about values."""
    return disguise.quoted(text)


def _public(pattern: re.Pattern[str]) -> Rewriter:
    """Keep what is the same for everybody."""

    def word(text: str, disguise: Disguise) -> str:
        return text if pattern.fullmatch(text) else disguise.value(text, NameKind.VALUE)

    return word


def _action(text: str, disguise: Disguise) -> str:
    return text if public_words.ACTION.fullmatch(text) else disguise.message(text)


def _operator(text: str, disguise: Disguise) -> str:
    return text if public_words.OPERATOR.fullmatch(text) else disguise.value(text, NameKind.KEY)


def _code(text: str, _: Disguise) -> str:
    return text if text.isalnum() and text.isascii() and len(text) <= 64 else GONE if text else ""


def _key(text: str, disguise: Disguise) -> str:
    """Rewrite a condition key; AWS has none without a colon."""
    return disguise.key(text) if ":" in text else disguise.sentence(text)


def _tags(tags: Mapping[str, str], disguise: Disguise) -> Mapping[str, str]:
    return {disguise.value(key, NameKind.TAG): disguise.value(value, NameKind.VALUE) for key, value in tags.items()}


def _context(context: Mapping[str, tuple[str, ...]], disguise: Disguise) -> Mapping[str, tuple[str, ...]]:
    return {disguise.key(key): disguised_values(key, values, disguise) for key, values in context.items()}


def _issuer(text: str, disguise: Disguise) -> str:
    """Rewrite who calls; an issuer that serves many customers stays."""
    if not text.startswith(HTTPS):
        return disguise.value(text, NameKind.ROLE)
    name = text.removeprefix(HTTPS)
    return (
        text if issuer_of(name).demanded or issuer_of(name).built_in else HTTPS + disguise.path(name, NameKind.PROVIDER)
    )


def _claims(claims: Mapping[str, Any], disguise: Disguise) -> Mapping[str, Any]:
    """Rewrite claims, whatever their form; the names and the numbers of those that every token has stay."""
    return {
        name if name in public_words.CLAIM_NAMES else disguise.value(name, NameKind.KEY): (
            value if name in public_words.TIMES and isinstance(value, int | float) else _claim(value, disguise)
        )
        for name, value in claims.items()
    }


def _claim(value: Any, disguise: Disguise) -> Any:
    match value:
        case str():
            return _issuer(value, disguise) if value.startswith(HTTPS) else disguise.value(value, NameKind.VALUE)
        case Mapping():
            return _claims(value, disguise)
        case list() | tuple():
            return tuple(_claim(one, disguise) for one in value)
        case bool() | None:
            return value
        case _:
            return disguise.value(str(value), NameKind.VALUE)


def _attributes(attributes: Mapping[str, tuple[str, ...]], disguise: Disguise) -> Mapping[str, tuple[str, ...]]:
    """Rewrite attributes; the names of those that AWS reads stay, but not the keys of tags."""
    return {
        _attribute(name, disguise): tuple(
            ",".join(disguise.value(part, NameKind.VALUE) for part in value.split(",")) for value in values
        )
        for name, values in attributes.items()
    }


def _attribute(name: str, disguise: Disguise) -> str:
    if name.startswith(SAML_TAG):
        return SAML_TAG + disguise.value(name.removeprefix(SAML_TAG), NameKind.TAG)
    return name if name.startswith(public_words.OF_AWS) else disguise.value(name, NameKind.KEY)


def _ids(text: str, disguise: Disguise) -> str:
    return disguise.path(text, NameKind.UNIT)


def _carrier(text: str, disguise: Disguise) -> str:
    """Rewrite `group devs`: what it is stays, its name does not."""
    carrier = policy.attachment(text)
    return str(replace(carrier, name=disguise.value(carrier.name, NameKind.GROUP)))


def _version(text: str, disguise: Disguise) -> str:
    return text if text[:1] == "v" and text[1:].isdecimal() else disguise.value(text, NameKind.VALUE)


def _document(text: str, disguise: Disguise) -> str:
    try:
        return disguised_json(text, disguise)
    except (ValueError, RecursionError):
        return disguise.message(text)


def _patch(text: str, disguise: Disguise) -> str:
    return disguised_patch(text, disguise)


def _pointer(text: str, disguise: Disguise) -> str:
    return disguised_pointer(text, disguise)


_time, _region = _public(public_words.TIME), _public(public_words.REGION)
_algorithm, _saml_word = _public(public_words.ALGORITHM), _public(public_words.SAML)
_VALUE, _ROLE, _SESSION, _UNIT = (
    _named(NameKind.VALUE),
    _named(NameKind.ROLE),
    _named(NameKind.SESSION),
    _named(NameKind.UNIT),
)


_NONE: Mapping[str, Rewriter] = {}


REWRITERS: Mapping[type, Mapping[str, Rewriter]] = {
    cases.ProvidedContext: {"provider_arn": _named(NameKind.PROVIDER), "assertion": _VALUE},
    cases.Parameters: {
        "session_name": _SESSION,
        "external_id": _named(NameKind.EXTERNAL_ID),
        "mfa_serial": _named(NameKind.DEVICE),
        "source_identity": _named(NameKind.SOURCE_IDENTITY),
        "tags": _tags,
        "transitive_tag_keys": _named(NameKind.TAG),
        "provider_id": _VALUE,
    },
    cases.Request: {"role_arn": _ROLE, "region": _region, "signed_in_as": _ROLE, "context": _context, "unknown": _key},
    cases.Organization: {"id": _VALUE, "path": _ids, "management_account": _VALUE},
    cases.Session: {
        "tags": _tags,
        "transitive_tag_keys": _named(NameKind.TAG),
        "source_identity": _named(NameKind.SOURCE_IDENTITY),
        "issued_at": _time,
    },
    cases.Principal: {"arn": _ROLE, "unique_id": _VALUE, "tags": _tags, "created_at": _time},
    cases.SourceSide: {"arn": _issuer},
    federation.WebIdentity: {"claims": _claims, "algorithm": _algorithm},
    federation.SamlAssertion: {
        "issuer": _VALUE,
        "subject": _VALUE,
        "subject_format": _saml_word,
        "recipient": _saml_word,
        "audiences": _saml_word,
        "attributes": _attributes,
        "issued_at": _time,
        "not_on_or_after": _time,
    },
    federation.OidcProvider: {
        "arn": _named(NameKind.PROVIDER),
        "client_ids": _VALUE,
        "thumbprints": _VALUE,
        "created_at": _time,
    },
    federation.SamlProvider: {
        "arn": _named(NameKind.PROVIDER),
        "entity_id": _VALUE,
        "valid_until": _time,
        "created_at": _time,
    },
    cases.Role: {"arn": _ROLE, "unique_id": _VALUE, "tags": _tags, "created_at": _time},
    cases.DestinationSide: {"other_roles": _ROLE},
    cases.Endpoint: {"id": _VALUE, "vpc": _VALUE, "owner": _VALUE},
    cases.Snapshot: {"taken_at": _time},
    cases.ProbeResult: {"caller": _ROLE, "code": _code, "message": _message, "why": _message},
    cases.Case: {"schema": _unchanged, "message": _message, "note": _message},
    evidence.Known: {"value": _sentence, "source": _message},
    evidence.Unread: {"subject": _message, "permission": _action, "detail": _message},
    policy.PolicyVersion: {"version": _version},
    policy.Policy: {
        "name": _named(NameKind.POLICY),
        "arn": _named(NameKind.POLICY),
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
    trace.StatementTrace: {"level": _UNIT, "sid": _named(NameKind.STATEMENT)},
    trace.LevelTrace: {"name": _UNIT},
    trace.LayerTrace: {"why": _sentence},
    parameter.Syntax: {"signs": _unchanged},
    trace.GateTrace: {"wanted": _quoted, "got": _quoted},
    trace.ActionDecision: _NONE,
    trace.Blocker: _NONE,
    key_state.ConditionKey: {"name": _key},
    key_state.Fit: {"operator": _operator, "text": _quoted},
    key_state.Alternative: {"values": _quoted},
    trace.Comparison: {"wanted": _quoted, "got": _quoted, "key": _key, "operator": _operator},
    trace.BrokenStatement: {"policy": _named(NameKind.POLICY)},
    trace.Doubt: _NONE,
    trace.Problem: {"pointer": _pointer, "message": _sentence},
    trace.Note: {"text": _sentence, "source": _unchanged},
    trace.Decision: _NONE,
    diagnoses.Excerpt: {"pointer": _pointer, "label": _sentence, "level": _UNIT},
    diagnoses.Remedy: {
        "kind": _unchanged,
        "text": _sentence,
        "policy_name": _named(NameKind.POLICY),
        "document": _document,
        "patch": _patch,
        "flags": _quoted,
        "commands": _unchanged,
    },
    diagnoses.Refused: {"kind": _unchanged},
    diagnoses.StatementPlace: {"policy": _named(NameKind.POLICY), "sid": _named(NameKind.STATEMENT)},
    diagnoses.RemainingBlocker: {"levels": _UNIT},
    diagnoses.Finding: {
        "rule": _unchanged,
        "formerly": _unchanged,
        "title": _sentence,
        "explanation": _sentence,
        "sources": _unchanged,
        "unknown": _sentence,
        "action": _unchanged,
    },
    diagnoses.AwsAnswer: {"code": _code},
    diagnoses.Diagnosis: _NONE,
}
"""Type to field to how its text is rewritten. Fields that hold no text of their own have no row."""


_MOST_PASSES = 5
"""Names stand in policies, in ARNs of sentences, between backticks: each pass may meet some that the others told of."""


def _disguised(value: DiagnosisOrCase, case: Case, value_kind: ValueKindOf) -> DiagnosisOrCase:
    """Rewrite a diagnosis or a case until nothing new is learnt."""
    disguise = Disguise(Pseudonyms("\n".join(_texts(value))), value_kind)
    # The caller comes first, so its account and its name get the first numbers.
    _issuer(case.snapshot.source.arn, disguise)
    disguised = value
    for _ in range(_MOST_PASSES):
        disguised = _Pass(disguise).over(value)
        if not disguise.learn():
            break
    return disguised


class _Pass:
    """One pass over everything. A policy that stands in many places is rewritten once, and stays one."""

    def __init__(self, disguise: Disguise) -> None:
        self._disguise = disguise
        self._policies: dict[int, Policy] = {}

    def over(self, value: Any, how: Rewriter = _sentence) -> Any:
        """Rewrite a value and all that is in it; `how` is for the text right in it."""
        match value:
            case Enum() | bool() | int() | None:
                return value
            case Raw():
                return disguised_document(value, self._disguise)
            case str() | Mapping():
                return how(value, self._disguise)
            case tuple():
                return tuple(self.over(one, how) for one in value)
            case Policy():
                if id(value) not in self._policies:
                    self._policies[id(value)] = self._struct(value, how)
                return self._policies[id(value)]
            case Struct():
                return self._struct(value, how)
        raise TypeError(f"nobody said how to redact {type(value)}")

    def _struct(self, value: Struct, how: Rewriter) -> Any:
        """Rewrite a structure field by field. What is known is rewritten like the evidence it is."""
        fields = REWRITERS[type(value)]
        if isinstance(value, Known):
            fields = {**fields, "value": how}
        rewritten = {
            name: self.over(getattr(value, name), fields.get(name, _sentence)) for name in value.__struct_fields__
        }
        if isinstance(value, Remedy):
            # They make sense with the real names only.
            rewritten |= {"commands": (), "letter": None}
        if isinstance(value, Policy) and ":iam::aws:" in value.arn:
            rewritten["name"] = value.name
        return structs.replace(value, **rewritten)


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a value, documents in both ways of writing them."""
    match value:
        case Enum():
            return
        case str():
            yield value
        case Raw():
            yield document_text(value)
            yield from page_of(document_text(value)).lines
        case Mapping():
            yield from (text for pair in value.items() for part in pair for text in _texts(part))
        case tuple() | list():
            yield from (text for one in value for text in _texts(one))
        case Struct():
            yield from (text for name in value.__struct_fields__ for text in _texts(getattr(value, name)))
