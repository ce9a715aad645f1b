"""The trust in whoever presents a token or an assertion: the provider that it names, and the claims that it wants."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from msgspec.structs import replace

from diagnose.evaluate.keys.federation import provider_of_key
from diagnose.evaluate.pattern import glob
from diagnose.model.case import Case
from diagnose.model.issuers import is_audience, is_subject
from diagnose.model.pointer import below, split
from diagnose.model.trace import Decision, Element, ElementTrace, Layer, Reason, Subject
from diagnose.model.tri import UNKNOWN
from diagnose.remedy.case_edit import edit_policy
from diagnose.remedy.change import Attempt, Draft
from diagnose.remedy.document import JsonDict, PatchOperation, address, document_of, statement_path, value_at
from diagnose.remedy.fixes.condition import moved
from diagnose.remedy.fixes.correct import corrected, faulty_value
from diagnose.remedy.fixes.trust import add_trust_statement
from diagnose.remedy.names import caller_of, identity_provider, policy_phrase, values_of

_LIKENESS = 0.8
"""How like the right provider a wrong one must be to be taken for a misspelling of it."""


_FORMS = {"sub": is_subject, "aud": is_audience}
"""How a claim's value is known where the token is not."""


def name_provider(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Name the identity provider: in place of one that is nearly it, else in a statement for this bearer alone."""
    statement, element, right = subject.statement, subject.element, identity_provider(case)
    document = document_of(statement.policy) if statement is not None else None
    if statement is not None and document is not None and element is not None and _is_misspelt(element, right):
        pointer = address(document, element.pointer)
        if pointer is not None:
            where = policy_phrase(Layer.TRUST, statement.policy, case)
            wrong, name = faulty_value(subject), caller_of(case).name
            text = f"In {where}, replace `{wrong}` with `{right}`"
            operations = (PatchOperation("replace", pointer, right),)
            condition = below(statement_path(document, statement.index), "Condition")
            if keys := _renamed(document, condition, wrong.partition(":oidc-provider/")[2], name):
                also = f"{text}, and in the keys of its conditions likewise, to `{name}`"
                yield edit_policy(case, Layer.TRUST, statement.policy, operations + keys, text=also)
            yield edit_policy(case, Layer.TRUST, statement.policy, operations, text=text)
    yield from add_trust_statement(subject, case)


def correct_claim_key(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Compare the claim that was meant, by the key that it has; with it all keys that miss the provider's name."""
    element, name = subject.element, caller_of(case).name
    if element is None:
        return
    if element.reason in (Reason.KEY_MISSPELT, Reason.KEY_OF_OTHER_PROVIDER):
        wrong, _ = provider_of_key(element.key)
        what = f"replace `{wrong}` with `{name}` in the condition keys"
        yield from corrected(subject, case, what, lambda document, at: _renamed(document, at, wrong, name))
    claim = _claim_meant(element, name, case)
    if claim:
        key = f"{name}:{claim}"
        renamed = tuple(
            corrected(
                subject,
                case,
                f"replace `{element.key}` with `{key}`",
                lambda document, at: moved(document, at, key=key),
            )
        )
        yield from renamed
        if element.verdict is UNKNOWN:
            # Both claims are unknown: there is nothing to prove, and all the same the value belongs to the other key.
            yield from (replace(draft, case=None) for draft in renamed[:1] if isinstance(draft, Draft))
    yield from add_trust_statement(subject, case)


def drop_unmeetable(subject: Subject, case: Case) -> Iterator[Attempt]:
    """Leave out a condition on a key that no token or assertion of this provider has."""
    element = subject.element
    if element is None or not element.key:
        return
    yield from corrected(subject, case, f"remove the condition on `{element.key}`", _without)
    yield from add_trust_statement(subject, case)


def _is_misspelt(element: ElementTrace, right: str) -> bool:
    if element.element is not Element.PRINCIPAL or len(element.wanted) != 1:
        return False
    if element.reason in (Reason.SLASH_DIFFERS, Reason.SCHEME_GIVEN, Reason.CASE_DIFFERS, Reason.SPACE_DIFFERS):
        return True
    return SequenceMatcher(a=element.only_wanted, b=right).ratio() >= _LIKENESS


def _claim_meant(element: ElementTrace, name: str, case: Case) -> str:
    """Name the claim that has what a condition wants: as the token says, else by its form; empty where none has."""
    provider, own = provider_of_key(element.key)
    for claim in ("sub", "aud"):
        values = values_of(f"{name}:{claim}", case)
        if values is None:
            has = any(map(_FORMS[claim], element.wanted))
        else:
            has = any(glob(wanted)(value) for wanted in element.wanted for value in values)
        if has:
            return claim if (provider.lower(), own.lower()) != (name.lower(), claim) else ""
    return ""


def _renamed(document: JsonDict, at: str, wrong: str, right: str) -> tuple[PatchOperation, ...]:
    """Put the right name of the provider into every key of a statement's Condition that has the wrong one."""
    place = _place(at)
    condition = value_at(document, place)
    operations: list[PatchOperation] = []
    for operator, tests in condition.items() if isinstance(condition, dict) else ():
        for key in tests if isinstance(tests, dict) else ():
            provider, claim = provider_of_key(key)
            if provider.lower() == wrong.lower():
                operations += moved(document, below(place, operator, key), key=f"{right}:{claim}")
    return tuple(operations)


def _without(document: JsonDict, at: str) -> tuple[PatchOperation, ...]:
    """Remove one test, with its block and the Condition where nothing else is in them."""
    place, steps = _place(at), split(at)
    condition = value_at(document, place)
    name = len(split(place))
    if len(steps) < name + 2 or not isinstance(condition, dict):
        return ()
    operator, key = steps[name], steps[name + 1]
    block = condition.get(operator)
    if not isinstance(block, dict) or key not in block:
        return ()
    if len(block) > 1:
        return (PatchOperation("remove", below(place, operator, key)),)
    return (PatchOperation("remove", below(place, operator) if len(condition) > 1 else place),)


def _place(pointer: str) -> str:
    """Cut a pointer into a Condition off behind it."""
    before, condition, _ = pointer.partition("/Condition")
    return before + condition
