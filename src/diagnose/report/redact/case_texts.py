"""Which text of a case is what, and so how it is rewritten."""

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeAlias

from msgspec import Raw, Struct, structs

from diagnose.model import case as cases
from diagnose.model import evidence, policy
from diagnose.model.case import Case
from diagnose.model.policy import Policy
from diagnose.report.redact import public_words
from diagnose.report.redact.disguise import Disguise, is_region
from diagnose.report.redact.messages import GONE, disguised_message
from diagnose.report.redact.policies import Documents, disguised_values
from diagnose.report.redact.pseudonyms import NameKind


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
        if isinstance(value, Policy) and ":iam::aws:" in value.arn:
            rewritten["name"] = value.name
        return structs.replace(value, **rewritten)


Rewriter: TypeAlias = Callable[[Any, Rewriting], Any]


def _named(kind: NameKind) -> Rewriter:
    def value(text: str, rewriting: Rewriting) -> str:
        return rewriting.disguise.value(text, kind)

    return value


def _unchanged(text: str, _: Rewriting) -> str:
    """Keep what is ours alone: the name of the schema."""
    return text


def _message(text: str, rewriting: Rewriting) -> str:
    return disguised_message(text, rewriting.disguise, rewriting.known)


def _time(text: str, rewriting: Rewriting) -> str:
    return text if public_words.TIME.fullmatch(text) else rewriting.disguise.value(text, NameKind.VALUE)


def _region(text: str, rewriting: Rewriting) -> str:
    return text if is_region(text) else rewriting.disguise.value(text, NameKind.VALUE)


def _action(text: str, rewriting: Rewriting) -> str:
    return text if public_words.ACTION.fullmatch(text) else _message(text, rewriting)


def _code(text: str, _: Rewriting) -> str:
    return text if text.isalnum() and text.isascii() and len(text) <= 64 else GONE if text else ""


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


def _carrier(text: str, rewriting: Rewriting) -> str:
    """Rewrite `group devs`: what it is stays, its name does not."""
    carrier = policy.attachment(text)
    return str(structs.replace(carrier, name=rewriting.disguise.value(carrier.name, NameKind.GROUP)))


def _version(text: str, rewriting: Rewriting) -> str:
    return text if text[:1] == "v" and text[1:].isdecimal() else rewriting.disguise.value(text, NameKind.VALUE)


_VALUE, _ROLE, _SESSION, _UNIT = (
    _named(NameKind.VALUE),
    _named(NameKind.ROLE),
    _named(NameKind.SESSION),
    _named(NameKind.UNIT),
)

REWRITERS: Mapping[type, Mapping[str, Rewriter]] = {
    cases.ProvidedContext: {"provider_arn": _named(NameKind.PROVIDER), "assertion": _VALUE},
    cases.Parameters: {
        "session_name": _SESSION,
        "external_id": _named(NameKind.EXTERNAL_ID),
        "mfa_serial": _named(NameKind.DEVICE),
        "source_identity": _named(NameKind.SOURCE_IDENTITY),
        "tags": _tags,
        "transitive_tag_keys": _named(NameKind.TAG),
    },
    cases.Request: {"role_arn": _ROLE, "region": _region, "signed_in_as": _ROLE, "context": _context, "unknown": _key},
    cases.Organization: {"id": _VALUE, "path": _UNIT, "management_account": _VALUE},
    cases.Session: {
        "tags": _tags,
        "transitive_tag_keys": _named(NameKind.TAG),
        "source_identity": _named(NameKind.SOURCE_IDENTITY),
        "issued_at": _time,
    },
    cases.Principal: {"arn": _ROLE, "unique_id": _VALUE, "tags": _tags, "created_at": _time},
    cases.SourceSide: {"arn": _ROLE},
    cases.Role: {"arn": _ROLE, "unique_id": _VALUE, "tags": _tags, "created_at": _time},
    cases.DestinationSide: {"other_roles": _ROLE},
    cases.Endpoint: {"id": _VALUE, "vpc": _VALUE, "owner": _VALUE},
    cases.Snapshot: {"taken_at": _time},
    cases.ProbeResult: {"caller": _ROLE, "code": _code, "message": _message, "why": _message},
    cases.Case: {"schema": _unchanged, "message": _message, "note": _message},
    evidence.Known: {"value": _unchanged, "source": _message},
    evidence.Unread: {"subject": _message, "permission": _action, "detail": _message},
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
