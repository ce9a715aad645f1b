"""A diagnosis, or a case alone, without the names of anybody: for tickets that leave the company.

Accounts, names, ids, addresses and values are replaced by stable pseudonyms, everywhere: in ARNs, policies, AWS's
messages and our own sentences. AWS's words stay: actions, condition keys, services, managed policies, `*`. The verdict
stays, too. What is lost is how names are alike, such as that two differ in case only; and commands and messages to
send are left out, since with pseudonyms they would ask for something else.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar

from msgspec import Raw, Struct, structs

from diagnose.model.case import Case
from diagnose.model.diagnosis import Diagnosis, Remedy
from diagnose.model.evidence import Known
from diagnose.model.policy import Policy, document_text
from diagnose.report.disguise import Disguise, ValueKindOf
from diagnose.report.disguised_fields import HOW, How, sentence
from diagnose.report.disguised_policy import disguised_document
from diagnose.report.pseudonyms import Kind, Pseudonyms
from diagnose.report.tree import page

S = TypeVar("S", Diagnosis, Case)
NOTE = "names, accounts and ids are pseudonyms"

_MOST_PASSES = 5
"""Names stand in policies, in ARNs of sentences, between backticks: each pass may meet some that the others told of."""


def redact(diagnosis: Diagnosis, value_kind: ValueKindOf) -> Diagnosis:
    """Replace everything that tells whose diagnosis it is. `value_kind` says what the values of a condition key are."""
    told = _disguised(diagnosis, diagnosis.case, value_kind)
    return structs.replace(told, case=structs.replace(told.case, note=NOTE))


def redact_case(case: Case, value_kind: ValueKindOf) -> Case:
    """Replace everything that tells whose case it is. `value_kind` says what the values of a condition key are."""
    return structs.replace(_disguised(case, case, value_kind), note=NOTE)


def _disguised(value: S, case: Case, value_kind: ValueKindOf) -> S:
    """Rewrite a diagnosis or a case until nothing new is learnt."""
    disguise = Disguise(Pseudonyms("\n".join(_texts(value))), value_kind)
    # The caller comes first, so its account and its name get the first numbers.
    disguise.value(case.snapshot.source.arn, Kind.ROLE)
    told = value
    for _ in range(_MOST_PASSES):
        told = _Pass(disguise).over(value)
        if not disguise.learn():
            break
    return told


class _Pass:
    """One pass over everything. A policy that stands in many places is rewritten once, and stays one."""

    def __init__(self, disguise: Disguise) -> None:
        self._disguise = disguise
        self._policies: dict[int, Policy] = {}

    def over(self, value: Any, how: How = sentence) -> Any:
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

    def _struct(self, value: Struct, how: How) -> Any:
        """Rewrite a structure field by field. What is known is rewritten like the evidence it is."""
        fields = HOW[type(value)]
        if isinstance(value, Known):
            fields = {**fields, "value": how}
        written = {
            name: self.over(getattr(value, name), fields.get(name, sentence)) for name in value.__struct_fields__
        }
        if isinstance(value, Remedy):
            # They make sense with the real names only.
            written |= {"commands": (), "letter": None}
        if isinstance(value, Policy) and ":iam::aws:" in value.arn:
            written["name"] = value.name
        return structs.replace(value, **written)


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a value, documents in both ways of writing them."""
    match value:
        case Enum():
            return
        case str():
            yield value
        case Raw():
            yield document_text(value)
            yield from page(document_text(value)).lines
        case Mapping():
            yield from (text for pair in value.items() for part in pair for text in _texts(part))
        case tuple():
            yield from (text for one in value for text in _texts(one))
        case Struct():
            yield from (text for name in value.__struct_fields__ for text in _texts(getattr(value, name)))
