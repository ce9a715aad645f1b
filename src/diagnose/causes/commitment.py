"""Which of the rules that tell apart what is unknown may speak: those that commit to the least."""

from math import inf
from typing import TypeAlias

from diagnose.causes.match import RuleMatch
from diagnose.causes.vocabulary import fields_of


def least_committed(matches: list[RuleMatch]) -> list[RuleMatch]:
    """Of rules that tell apart what is unknown, keep the one that commits to the least.

    Where nobody knows how a comparison came out, ten rules with ten reasons would all be possible. A rule about the
    same fact that does not ask for its reason commits to none.
    """
    of_fact: dict[int, list[RuleMatch]] = {}
    for match in matches:
        for fact in {id(fact) for fact in match.facts}:
            of_fact.setdefault(fact, []).append(match)
    ties = [_ties(match) for match in matches]
    of_kind: dict[_Kind, set[str]] = {}
    speakers: dict[_Tie, set[str]] = {}
    for tie in {tie: None for some in ties for tie in some}:
        rivals = of_fact[tie[0]]
        kind = _kind(rivals, tie)
        if kind not in of_kind:
            of_kind[kind] = _speakers(rivals, tie)
        speakers[tie] = of_kind[kind]
    each = zip(matches, ties, strict=True)
    return [match for match, some in each if all(match.rule.id in speakers[tie] for tie in some)]


_Tie: TypeAlias = tuple[int, str]
"""The identity of a fact, and a field of it that is unknown: several rules may ask for different values of it."""


_Kind: TypeAlias = tuple[object, ...]


def _kind(rivals: list[RuleMatch], tie: _Tie) -> _Kind:
    """Say all that decides who may speak: of hundreds of conditions that are alike, it is decided once."""
    fact, field = tie
    return field, *[
        (match.rule.id, len(match.unknown_fields), *[id(each) == fact for each in match.facts]) for match in rivals
    ]


def _ties(match: RuleMatch) -> list[_Tie]:
    """List the unknown fields whose values tell rules apart; a flag alone does not."""
    return [(id(fact), name) for fact, name in match.unknown_fields if len(fields_of(fact.name)[name].values) > 2]


def _speakers(rivals: list[RuleMatch], tie: _Tie) -> set[str]:
    """Name the rules that may speak: the least committed of those that come with xdiag, and of the user's own.

    How many fields a rule names tells apart those that were written together. Beside one of ours, a user's own rule is
    silent only where ours leaves more open, and the user does not say that it speaks instead.
    """
    least = [
        min(group, key=lambda match: (*_commitment(match, tie), match.rule.id))
        for group in ([match for match in rivals if match.rule.own is own] for own in (False, True))
        if group
    ]
    ours, own = least[0], least[-1]
    if _commitment(own, tie)[1] > _commitment(ours, tie)[1] and ours.rule.id not in own.rule.replaces:
        return {ours.rule.id}
    return {ours.rule.id, own.rule.id}


def _commitment(match: RuleMatch, tie: _Tie) -> tuple[int, float]:
    """Say how much a rule commits to: the fewer of its fields are known, then the fewer values it allows, the more.

    A rule that names its layer commits to no more than one that may be met in any.
    """
    fields = [name for pattern in match.rule.when for name, _ in pattern.fields if name != "layer"]
    known = len(fields) - len(match.unknown_fields)
    allowed = [
        len(values)
        for pattern, fact in zip(match.rule.when, match.facts, strict=True)
        for name, values in pattern.fields
        if (id(fact), name) == tie
    ]
    return -known, -sum(allowed) if allowed else -inf
