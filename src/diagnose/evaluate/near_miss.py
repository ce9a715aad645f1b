"""Why a comparison does not hold: the nearest miss, its place, and the two sides."""

import re
from collections import Counter
from difflib import get_close_matches
from functools import cache
from math import ceil
from typing import assert_never

from diagnose.evaluate.condition import Operand, SetOperator, Test
from diagnose.evaluate.keys.context import state_of
from diagnose.evaluate.keys.federation import MAPPED_ATTRIBUTES, provider_of_key
from diagnose.evaluate.keys.table import ATTRIBUTES, CLAIMS, SPELLINGS, Key, KeyFamily, key_name, traits_of
from diagnose.evaluate.memo import Memo, of_short_texts
from diagnose.evaluate.operations import OPERATIONS
from diagnose.evaluate.operator import Family
from diagnose.evaluate.pattern import arn_glob, glob, has_wildcard, whole_text
from diagnose.evaluate.request import ActionRequest
from diagnose.model.arn import RESERVED_NAME, RESERVED_PATH, CallerKind, split_arn, split_path
from diagnose.model.condition_keys import FilledBy, Presence
from diagnose.model.issuers import issuer_of
from diagnose.model.key_state import ABSENT, KeyState, State, UnknownState
from diagnose.model.placeholder import placeholder_in
from diagnose.model.trace import Element, ElementTrace, Reason
from diagnose.model.tri import NO, YES


def trace(test: Test, request: ActionRequest) -> ElementTrace:
    """Compare, and say how, or remember it: a proof compares the same again.

    Who asks makes a difference only where a value refers to another key, or why a key is absent has to be told.
    """
    state = test.state(request)
    if not state or not test.same_for_all:
        return _compared(test, request, state)
    content = test, state
    return _found_traces.find(content) or _found_traces.offer(content, _compared(test, request, state), 0)


_found_traces: Memo[ElementTrace] = Memo()


def _compared(test: Test, request: ActionRequest, state: State) -> ElementTrace:
    verdict = test.holds(request)
    reason, operand = _reason(test, request, state)
    if verdict is YES:
        reason = Reason.MATCHES
    pointer = operand.pointer if operand else _place(test)
    return ElementTrace(
        Element.CONDITION,
        verdict,
        reason,
        pointer,
        wanted=tuple(_operand_text(operand, request) for operand in test.operands),
        got=_key_state(state),
        key=key_name(test.key),
        operator=test.operator_name,
        negated=bool(test.operator and test.operator.negated),
    )


def spelling(key: str) -> str:
    """Give the key of AWS that was probably meant, or nothing."""
    return _spelling(key) if len(key) <= _LONGEST_KEY else ""


_LONGEST_KEY = 256
"""Letters: nothing that is near to a key of AWS has more."""


@of_short_texts
def _spelling(key: str) -> str:
    near = get_close_matches(key.lower(), _alike(key.lower()), n=1, cutoff=_CUTOFF)
    return SPELLINGS[near[0]] if near else ""


_CUTOFF = 0.8
_ENOUGH = int.from_bytes(b"\x80" * len(SPELLINGS), "little")


def _alike(key: str) -> list[str]:
    """Name the spellings that have enough letters of a key, in whatever order. Few do, and those are soon found.

    All spellings are counted at once: each has a byte of one number, whose highest bit is set where it has enough.
    """
    having = _spellings_having()
    counts = ((having[letter], count) for letter, count in Counter(key).items() if letter in having)
    shared = sum(of_letter[min(count, len(of_letter) - 1)] for of_letter, count in counts)
    enough = (shared + _short_of_enough(len(key))) & _ENOUGH
    bytes_of_each = enough.to_bytes(len(SPELLINGS), "little") if enough else b""
    return [spelling for spelling, has in zip(SPELLINGS, bytes_of_each, strict=False) if has]


@cache
def _spellings_having() -> dict[str, list[int]]:
    """Give by letter, and by how often it is looked for, how often each spelling has it."""
    counts = [Counter(spelling) for spelling in SPELLINGS]
    return {
        letter: [
            int.from_bytes((min(most, has[letter]) for has in counts), "little")
            for most in range(1 + max(has[letter] for has in counts))
        ]
        for letter in set().union(*counts)
    }


@cache  # of lengths up to that of the longest key
def _short_of_enough(length: int) -> int:
    """Give what must be added to the letters that a key of this length shares with each spelling, to set its bit."""
    needed = ((ceil(_CUTOFF * (length + len(spelling)) / 2), len(spelling)) for spelling in SPELLINGS)
    return int.from_bytes((0x80 - letters if letters <= has else 0 for letters, has in needed), "little")


def how_arns_differ(wanted: str, got: str) -> Reason:
    """Say why the ARN (or ARN pattern) `wanted` is not the ARN `got`, naming the nearest miss."""
    if wanted != wanted.strip() or not wanted.isprintable():
        return Reason.SPACE_DIFFERS
    policy, request = split_arn(wanted), split_arn(got)
    if policy is None or request is None:
        return Reason.NOT_AN_ARN
    if not has_wildcard(policy.service) and (policy.service in _OF_ROLES) is not (request.service in _OF_ROLES):
        return Reason.OTHER_TYPE
    if policy.partition != request.partition and not has_wildcard(policy.partition):
        return Reason.OTHER_PARTITION
    session = _session_reason(policy.service, policy.resource, request.service, request.resource)
    if session is not None and _same(policy.account, request.account):
        return session
    if policy.region and not has_wildcard(policy.region):
        return Reason.REGION_GIVEN
    if not _same(policy.account, request.account):
        return Reason.ACCOUNT_TYPO if near_account(policy.account, request.account) else Reason.OTHER_ACCOUNT
    return session or how_resources_differ(policy.resource, request.resource)


def how_resources_differ(wanted: str, got: str) -> Reason:
    """Say why `role/a/App` (or a pattern of it) is not `role/b/App`."""
    kind, path, name = split_path(wanted)
    other_kind, other_path, other_name = split_path(got)
    if kind != other_kind and not has_wildcard(kind):
        return Reason.CASE_DIFFERS if kind.lower() == other_kind.lower() else Reason.OTHER_TYPE
    if wanted.lower() == got.lower():
        return Reason.CASE_DIFFERS
    dropped = other_path.startswith(RESERVED_PATH) and not path.startswith(RESERVED_PATH)
    if dropped and name.startswith(RESERVED_NAME) and glob(name)(other_name):
        return Reason.SSO_PATH_DROPPED
    if has_wildcard(wanted):
        fits_elsewhere = _same(f"{kind}/*{name}", got)
        return Reason.WILDCARD_TOO_NARROW if fits_elsewhere else Reason.OTHER_NAME
    if name != other_name:
        return Reason.OTHER_NAME
    if path == "/":
        return Reason.PATH_MISSING
    return Reason.PATH_EXTRA if other_path == "/" else Reason.PATH_DIFFERS


def near_account(one: str, other: str) -> bool:
    """Say whether two account ids differ in one digit, in two neighbours that were swapped, or in dashes alone."""
    if re.fullmatch(r"\d[\d-]*-\d+", one):
        return one.replace("-", "") == other
    if len(one) != 12 or len(other) != 12:
        return re.fullmatch(r"\d{11}|\d{13}", one) is not None and _one_inserted(one, other)
    differing = [place for place in range(12) if one[place] != other[place]]
    if len(differing) == 2 and differing[1] == differing[0] + 1:
        first, second = differing
        return one[first] == other[second] and one[second] == other[first]
    return len(differing) == 1


_ORDERED = (Family.NUMBER, Family.DATE, Family.ADDRESS)
_OF_ROLES = frozenset({"iam", "sts"})
"""The services that ARNs of callers and roles name."""


def _reason(test: Test, request: ActionRequest, state: State) -> tuple[Reason, Operand | None]:
    """Give the reason why a test does not hold, and the operand that comes nearest to holding."""
    operator = test.operator
    if operator is None:
        return Reason.OPERATOR_UNKNOWN, None
    if test.unreadable:
        return Reason.MALFORMED, None
    malformed = next((operand for operand in test.operands if operand.malformed), None)
    if malformed and all(operand.malformed for operand in test.operands):
        return Reason.OPERAND_MALFORMED, malformed
    if isinstance(state, UnknownState):
        if state.options is not None and test.holds(request) is NO:
            return (Reason.KEY_MISSING if ABSENT in state.options else Reason.VALUE_DIFFERS), None
        return _whatever_the_path(test, request, state)
    if operator.family is Family.NULL and test.sets is not SetOperator.NONE:
        return Reason.NOT_TOLD, None
    if operator.family is Family.NULL:
        return (Reason.KEY_PRESENT if state else _missing(test, request)), None
    if not state:
        return _missing(test, request), None
    if test.sets is SetOperator.NONE and (test.multivalued or len(state) > 1):
        return Reason.SET_OPERATOR_NEEDED, None
    if operator.negated:
        hit = next(
            (operand for operand in test.operands if any(_takes(operand, value, test, request) for value in state)),
            None,
        )
        return (
            Reason.EXCLUDED if hit else Reason.OPERAND_MALFORMED if malformed else Reason.NOT_TOLD
        ), hit or malformed
    unfit = [value for value in state if test.fits(value, request) is not YES]
    misses = [(_difference(operand, value, test, request), operand) for operand in test.operands for value in unfit]
    if not misses:
        return Reason.MALFORMED, None
    return min(misses, key=lambda miss: _NEARNESS.index(miss[0]) if miss[0] in _NEARNESS else len(_NEARNESS))


def _whatever_the_path(test: Test, request: ActionRequest, state: UnknownState) -> tuple[Reason, Operand | None]:
    """See that an ARN lacks the path of a permission set's role, of which a session's ARN shows only how it begins."""
    if RESERVED_PATH in state.like and test.operator is not None and not test.operator.negated:
        shortest = state.like.replace("*", "")
        for operand in test.operands:
            if not operand.malformed and _difference(operand, shortest, test, request) is Reason.SSO_PATH_DROPPED:
                return Reason.SSO_PATH_DROPPED, operand
    return Reason.NOT_TOLD, None


_NEARNESS = (
    Reason.NOT_TOLD,
    Reason.SPACE_DIFFERS,
    Reason.CASE_DIFFERS,
    Reason.WILDCARD_IS_LITERAL,
    Reason.VARIABLE_IS_LITERAL,
    Reason.VARIABLE_UNRESOLVED,
    Reason.SSO_PATH_DROPPED,
    Reason.SESSION_FOR_ROLE,
    Reason.PATH_MISSING,
    Reason.PATH_EXTRA,
    Reason.PATH_DIFFERS,
    Reason.ACCOUNT_TYPO,
    Reason.PLACEHOLDER,
    Reason.WILDCARD_TOO_NARROW,
    Reason.OTHER_ACCOUNT,
    Reason.OTHER_NAME,
    Reason.OUT_OF_RANGE,
    Reason.VALUE_DIFFERS,
    Reason.OPERAND_MALFORMED,
)


def _missing(test: Test, request: ActionRequest) -> Reason:
    """Say why a key is not there."""
    known = traits_of(test.lower)
    if request.caller.federated and known is not None and _never_sent(known, request):
        return _missing_claim(test.lower, known, request) or Reason.KEY_NEVER_SENT
    if request.action in test.hidden:
        return Reason.KEY_NOT_IN_ACTION if state_of(test.lower, request.call) != ABSENT else Reason.KEY_MISSING
    traits = traits_of(test.lower)
    if request.caller.federated and (reason := _missing_claim(test.lower, traits, request)):
        return reason
    if traits is None:
        return Reason.KEY_MISSPELT if spelling(test.lower) else Reason.KEY_NEVER_SENT
    if _never_sent(traits, request):
        return Reason.KEY_NEVER_SENT
    if traits.filled_by is FilledBy.PARAMETER and request.call.by_console:
        return Reason.NOT_SENT_BY_CONSOLE
    return Reason.KEY_MISSING if _may_have(traits.filled_by, request) else Reason.KEY_NOT_FOR_CALLER


def _never_sent(traits: Key | KeyFamily, request: ActionRequest) -> bool:
    return OPERATIONS[request.call.operation].sent(traits) is Presence.NEVER


def _missing_claim(key: str, traits: Key | KeyFamily | None, request: ActionRequest) -> Reason | None:
    """Say why a token or an assertion gives a key no value; None of keys that it could not fill at all."""
    if request.caller.kind is CallerKind.SAML:
        unmapped = traits is ATTRIBUTES and key.removeprefix("saml:") not in MAPPED_ATTRIBUTES
        return Reason.CLAIM_WITHOUT_KEY if unmapped else None
    name = request.caller.name.lower()
    if key in (name, name.removesuffix("/")):
        return Reason.KEY_WITHOUT_CLAIM
    if traits is not CLAIMS:
        return None
    provider, claim = provider_of_key(key)
    if provider != name:
        return Reason.KEY_MISSPELT if _is_nearly(provider, name) else Reason.KEY_OF_OTHER_PROVIDER
    issuer = issuer_of(request.caller.name)
    mapped = {each.lower() for each in issuer.claims | issuer.unsure}
    return None if claim in mapped else Reason.CLAIM_WITHOUT_KEY


def _is_nearly(provider: str, name: str) -> bool:
    """Say whether a key means a provider and writes it wrongly: as a URL or an ARN, with or without a slash."""
    written = provider.rpartition(":oidc-provider/")[2].removeprefix("https://")
    return written.strip("/") == name.strip("/") or bool(get_close_matches(written, [name], n=1, cutoff=0.95))


def _may_have(filled_by: FilledBy, request: ActionRequest) -> bool:
    """Say whether a caller of this kind can have a key that is not there now."""
    match filled_by:
        case FilledBy.USER:
            return request.caller.kind is CallerKind.USER
        case FilledBy.SERVICE:
            return request.caller.kind is CallerKind.SERVICE
        case FilledBy.CALLER | FilledBy.SIGN_IN | FilledBy.PARAMETER | FilledBy.CALL | FilledBy.ROLE:
            return True
        case FilledBy.INSTANCE | FilledBy.OTHER_OPERATION:
            return False
        case _:
            assert_never(filled_by)


def _difference(operand: Operand, value: str, test: Test, request: ActionRequest) -> Reason:
    """Say why one operand does not fit one value."""
    assert test.operator is not None
    if operand.malformed:
        return Reason.OPERAND_MALFORMED
    text = operand.text
    if placeholder_in(text.raw) is not None:
        return Reason.PLACEHOLDER
    if text.static is None and test.operator.takes_variables:
        fragments = text.resolve(request)
        if isinstance(fragments, UnknownState):
            return Reason.NOT_TOLD
        if fragments is None:
            return Reason.VARIABLE_UNRESOLVED
        wanted = whole_text(fragments)
    else:
        wanted = text.raw
        if "${" in wanted and test.operator.takes_variables:
            return Reason.VARIABLE_IS_LITERAL
    if test.operator.family in _ORDERED:
        return Reason.OUT_OF_RANGE
    if wanted.strip() == value.strip():
        return Reason.SPACE_DIFFERS
    patterns = test.operator.family is Family.STRING_PATTERN and text.static is not None
    if wanted.casefold() == value.casefold() or (patterns and glob(wanted.casefold())(value.casefold())):
        return Reason.CASE_DIFFERS
    if test.operator.family is Family.STRING and has_wildcard(wanted) and glob(wanted)(value):
        return Reason.WILDCARD_IS_LITERAL
    if split_arn(wanted) and split_arn(value):
        return how_arns_differ(wanted, value)
    return Reason.VALUE_DIFFERS


def _takes(operand: Operand, value: str, test: Test, request: ActionRequest) -> bool:
    """Say whether an operand takes a value, whatever the other operands say."""
    assert test.operator is not None
    if operand.matches is not None:
        return operand.matches(value) is True
    fragments = operand.text.resolve(request)
    if fragments is None or isinstance(fragments, UnknownState):
        return False
    matches = test.operator.matcher(fragments)
    return matches is not None and matches(value) is True


def _place(test: Test) -> str:
    """Point at the only value, or at all of them."""
    return test.operands[0].pointer if len(test.operands) == 1 else test.pointer


def _operand_text(operand: Operand, request: ActionRequest) -> str:
    """Give an operand as the policy has it, with its variables resolved where they can be."""
    text = operand.text
    if text.static is None:
        fragments = text.resolve(request)
        if fragments is not None and not isinstance(fragments, UnknownState):
            return whole_text(fragments)
    return text.raw


def _key_state(state: State) -> KeyState:
    if isinstance(state, UnknownState):
        return KeyState(state.options, state.present, state.like)
    return KeyState((state,))


def _one_inserted(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))


def _same(pattern: str, text: str) -> bool:
    matches = arn_glob(f":::::{pattern}")
    return matches is not None and matches(f":::::{text}")


def _session_reason(service: str, resource: str, other_service: str, other_resource: str) -> Reason | None:
    """Tell a session's ARN from its role's ARN, and two sessions of one role from each other."""
    if service == other_service == "sts" and resource.split("/")[:2] == other_resource.split("/")[:2]:
        return Reason.OTHER_SESSION
    if service == "sts" and other_service == "iam":
        return Reason.SESSION_FOR_ROLE
    if service == "iam" and other_service == "sts":
        return Reason.ROLE_FOR_SESSION
    return Reason.OTHER_TYPE if service != other_service and not has_wildcard(service) else None
