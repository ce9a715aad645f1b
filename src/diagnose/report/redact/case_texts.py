"""Which text of a case is what, and so how it is rewritten."""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeAlias

from msgspec import Raw, Struct, structs

from diagnose.model import authorization_record as records
from diagnose.model import case as cases
from diagnose.model import evidence, federation, pod, policy
from diagnose.model.case import Case
from diagnose.model.federation import SAML_TAG
from diagnose.model.policy import Policy
from diagnose.report.redact import public_words
from diagnose.report.redact.disguise import Disguise
from diagnose.report.redact.messages import GONE, disguised_code, disguised_message
from diagnose.report.redact.names import NameKind
from diagnose.report.redact.policies import Documents, disguised_values
from diagnose.report.redact.public_words import is_region


class Rewriting:
    """One pass over a case. `known` are the names that messages are searched for, each with its pseudonym."""

    def __init__(self, documents: Documents, disguise: Disguise, known: Mapping[str, str]) -> None:
        """`documents` are read once for all passes."""
        self.disguise, self.known = disguise, known
        self._documents = documents
        self._policies: dict[int, Policy] = {}

    def case(self, case: Case) -> Case:
        """Rewrite a case. The caller comes first, so its account and its name get the first numbers."""
        self.disguise.value(case.snapshot.source.arn, NameKind.ROLE)
        destination = case.snapshot.destination
        if not (isinstance(destination.role, evidence.Known) and destination.role.value):
            # A role of a similar name may be meant.
            others = destination.other_roles.value if isinstance(destination.other_roles, evidence.Known) else ()
            for arn in (case.request.role_arn, *others) if others else ():
                self.disguise.names.relate(arn.rpartition("/")[2])
        rewritten: Case = self._over(case, _unchanged)
        return rewritten

    def _over(self, value: Any, how: "Rewriter") -> Any:
        """Rewrite a value and all that is in it; `how` is for the text right in it."""
        match value:
            case Enum() | bool() | int() | None:
                return value
            case Raw():
                return self._documents.disguised(value, self.disguise, self.known)
            case str() | Mapping():
                return how(value, self)
            case tuple():
                return tuple(self._over(one, how) for one in value)
            case Policy():
                if id(value) not in self._policies:
                    self._policies[id(value)] = self._struct(value, how)
                return self._policies[id(value)]
            case Struct():
                return self._struct(value, how)
        raise TypeError(f"nobody said how to redact {type(value)}")

    def _struct(self, value: Struct, how: "Rewriter") -> Any:
        """Rewrite a structure field by field. What is known is rewritten like the evidence it is."""
        fields = REWRITERS[type(value)]
        if isinstance(value, evidence.Known):
            fields = {**fields, "value": how}
        rewritten = {
            name: self._over(getattr(value, name), fields.get(name, _unchanged)) for name in value.__struct_fields__
        }
        if isinstance(value, Policy) and ":iam::aws:" in value.arn and value.arn.endswith(f"/{value.name}"):
            rewritten["name"] = value.name
        return structs.replace(value, **rewritten)


Rewriter: TypeAlias = Callable[[Any, Rewriting], Any]


def _named(kind: NameKind) -> Rewriter:
    def value(text: str, rewriting: Rewriting) -> str:
        return rewriting.disguise.value(text, kind)

    return value


def _of_key(key: str, kind: NameKind) -> Rewriter:
    def value(text: str, rewriting: Rewriting) -> str:
        return rewriting.disguise.value_of(key, text, kind)

    return value


def _unchanged(text: str, _: Rewriting) -> str:
    """Keep what is ours alone: the name of the schema."""
    return text


def _message(text: str, rewriting: Rewriting) -> str:
    return disguised_message(text, rewriting.disguise, rewriting.known)


def _public(pattern: re.Pattern[str]) -> Rewriter:
    """Keep what is the same for everybody."""

    def word(text: str, rewriting: Rewriting) -> str:
        return text if pattern.fullmatch(text) else rewriting.disguise.value(text, NameKind.VALUE)

    return word


def _region(text: str, rewriting: Rewriting) -> str:
    return text if is_region(text) else rewriting.disguise.value(text, NameKind.VALUE)


def _code(text: str, rewriting: Rewriting) -> str:
    if text.isalnum() and text.isascii() and len(text) <= 64:
        return disguised_code(text, rewriting.known)
    return GONE if text else ""


def _key(text: str, rewriting: Rewriting) -> str:
    return rewriting.disguise.key(text)


def _tags(tags: Mapping[str, str], rewriting: Rewriting) -> Mapping[str, str]:
    disguise = rewriting.disguise
    return {
        disguise.value(key, NameKind.TAG): disguise.value_of(key, value, NameKind.VALUE) for key, value in tags.items()
    }


def _context(context: Mapping[str, tuple[str, ...]], rewriting: Rewriting) -> Mapping[str, tuple[str, ...]]:
    disguise = rewriting.disguise
    return {disguise.key(key): disguised_values(key, values, disguise) for key, values in context.items()}


def _claims(claims: Mapping[str, Any], rewriting: Rewriting) -> Mapping[str, Any]:
    """Rewrite claims, whatever their form; the names of those that every token has, and its times, stay."""
    rewritten: dict[str, Any] = {}
    for name, value in claims.items():
        if name == public_words.PRINCIPAL_TAGS and isinstance(value, Mapping):
            tags = (
                (rewriting.disguise.value(tag, NameKind.TAG), _claim(tag, of, rewriting)) for tag, of in value.items()
            )
            rewritten[name] = dict(tags)
        elif name in public_words.TIMES and public_words.EXACT.fullmatch(str(value)):
            rewritten[name] = value
        else:
            known = name.lower() in public_words.CLAIM_NAMES
            rewritten[name if known else rewriting.disguise.value(name, NameKind.KEY)] = _claim(name, value, rewriting)
    return rewritten


def _claim(name: str, value: Any, rewriting: Rewriting) -> Any:
    match value:
        case Mapping():
            return _claims(value, rewriting)
        case list() | tuple():
            return tuple(_claim(name, one, rewriting) for one in value)
        case bool() | None:
            return value
    return rewriting.disguise.value_of(name, str(value), NameKind.VALUE)


def _attributes(attributes: Mapping[str, tuple[str, ...]], rewriting: Rewriting) -> Mapping[str, tuple[str, ...]]:
    """Rewrite attributes; the names of those that are the same for everybody stay, but not the keys of tags."""
    return {
        _attribute(name, rewriting): tuple(
            ",".join(rewriting.disguise.value_of(name, part, NameKind.VALUE) for part in value.split(","))
            for value in values
        )
        for name, values in attributes.items()
    }


def _attribute(name: str, rewriting: Rewriting) -> str:
    if name.startswith(SAML_TAG):
        return SAML_TAG + rewriting.disguise.value(name.removeprefix(SAML_TAG), NameKind.TAG)
    if public_words.ATTRIBUTE.fullmatch(name):
        return name
    head = public_words.ATTRIBUTE_HEAD.match(name)
    start = head.end() if head else 0
    return name[:start] + rewriting.disguise.value(name[start:], NameKind.KEY)


def _carrier(text: str, rewriting: Rewriting) -> str:
    """Rewrite `group devs`: what it is stays, its name does not."""
    carrier = policy.attachment(text)
    return str(structs.replace(carrier, name=rewriting.disguise.value(carrier.name, NameKind.GROUP)))


def _version(text: str, rewriting: Rewriting) -> str:
    return text if text[:1] == "v" and text[1:].isdecimal() else rewriting.disguise.value(text, NameKind.VALUE)


_VALUE, _ROLE, _UNIT = map(_named, (NameKind.VALUE, NameKind.ROLE, NameKind.UNIT))
_SOURCE_IDENTITY = _of_key("sts:SourceIdentity", NameKind.SOURCE_IDENTITY)
_PROVIDER = _named(NameKind.PROVIDER)
_time, _algorithm, _saml_word = map(_public, (public_words.TIME, public_words.ALGORITHM, public_words.SAML))

REWRITERS: Mapping[type, Mapping[str, Rewriter]] = {
    cases.ProvidedContext: {"provider_arn": _named(NameKind.PROVIDER), "assertion": _VALUE},
    cases.Parameters: {
        "session_name": _of_key("sts:RoleSessionName", NameKind.SESSION),
        "external_id": _of_key("sts:ExternalId", NameKind.EXTERNAL_ID),
        "mfa_serial": _named(NameKind.DEVICE),
        "source_identity": _SOURCE_IDENTITY,
        "tags": _tags,
        "transitive_tag_keys": _named(NameKind.TAG),
        "provider_id": _VALUE,
        "passed_to": _VALUE,
        "associated_resource": _VALUE,
    },
    cases.Request: {
        "role_arn": _ROLE,
        "region": _region,
        "signed_in_as": _ROLE,
        "asked_as": _ROLE,
        "context": _context,
        "unknown": _key,
    },
    cases.Organization: {"id": _VALUE, "path": _UNIT, "management_account": _VALUE},
    cases.Session: {
        "tags": _tags,
        "transitive_tag_keys": _named(NameKind.TAG),
        "source_identity": _SOURCE_IDENTITY,
        "issued_at": _time,
    },
    cases.Principal: {"arn": _ROLE, "unique_id": _VALUE, "tags": _tags, "created_at": _time},
    cases.SourceSide: {"arn": _ROLE},
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
    federation.OidcProvider: {"arn": _PROVIDER, "client_ids": _VALUE, "thumbprints": _VALUE, "created_at": _time},
    federation.SamlProvider: {"arn": _PROVIDER, "entity_id": _VALUE, "valid_until": _time, "created_at": _time},
    pod.Pod: {"namespace": _VALUE, "service_account": _VALUE, "cluster": _VALUE, "annotation": _ROLE},
    pod.Cluster: {"arn": _VALUE, "issuer": _VALUE},
    pod.Association: {
        "namespace": _VALUE,
        "service_account": _VALUE,
        "id": _VALUE,
        "role_arn": _ROLE,
        "target_role_arn": _ROLE,
    },
    cases.Role: {"arn": _ROLE, "unique_id": _VALUE, "tags": _tags, "created_at": _time},
    cases.DestinationSide: {"other_roles": _ROLE},
    cases.Endpoint: {"id": _VALUE, "vpc": _VALUE, "owner": _VALUE},
    cases.Snapshot: {"taken_at": _time},
    cases.ProbeResult: {"caller": _ROLE, "code": _code, "message": _message, "why": _message},
    records.RecordedStatement: {"sid": _named(NameKind.STATEMENT)},
    records.RecordedPolicy: {"uri": _named(NameKind.POLICY), "attached_to": _VALUE},
    records.RecordedCheck: {"target": _UNIT},
    records.RecordedEvaluation: {"action": _message, "resource": _ROLE, "context": _context},
    records.AuthorizationDetails: {"context": _context},
    records.AuthorizationRecord: {"id": _VALUE, "region": _region},
    cases.Case: {"schema": _unchanged, "message": _message, "note": _message},
    evidence.Known: {"value": _unchanged, "source": _message},
    evidence.Unread: {"subject": _message, "permission": _message, "detail": _message},
    policy.PolicyVersion: {"version": _version},
    policy.Policy: {
        "name": _named(NameKind.POLICY),
        "arn": _named(NameKind.POLICY),
        "attached_to": _carrier,
        "version": _version,
    },
    policy.PolicySet: {},
    policy.Level: {"target": _UNIT, "name": _UNIT},
}
"""Type to field to how its text is rewritten. Fields that hold no text of their own have no row."""
