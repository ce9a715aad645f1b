"""Which of the matching rules become findings: the most exact of those that say the same, each cause once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from msgspec import Struct

from diagnose.causes.commitment import least_committed
from diagnose.causes.facts import (
    AccountFact,
    AnswerFact,
    AsideFact,
    AttemptFact,
    Compared,
    ConditionFact,
    Fact,
    GapFact,
    GateFact,
    IdleFact,
    ProblemFact,
)
from diagnose.causes.match import COMPARISON_FACTS, RuleMatch
from diagnose.causes.named_layer import named_layer
from diagnose.causes.nearness import CLOSE, distance
from diagnose.causes.replacing import Replacements
from diagnose.causes.rule import Rule
from diagnose.evaluate.reported_error import names_gate
from diagnose.model.aws_error import ErrorKind
from diagnose.model.diagnosis import Owner
from diagnose.model.trace import (
    LIKELIEST_LAYERS,
    Action,
    Blocker,
    Decision,
    DoubtKind,
    Effect,
    Gate,
    Layer,
    LayerTrace,
    Reason,
    StatementTrace,
)
from diagnose.model.tri import NO, YES


class SelectedCause(Struct, frozen=True, gc=False):
    """One cause to report: its best evidence, the actions it keeps from being allowed, and where else it holds.

    `more` counts those like it that are not among the causes.
    """

    best: RuleMatch
    actions: tuple[Action, ...] = ()
    elsewhere: tuple[RuleMatch, ...] = ()
    more: int = 0


def select(matches: Iterable[RuleMatch]) -> tuple[SelectedCause, ...]:
    """Leave out what commits to more than is known, then what a more exact rule says, and put together the rest."""
    modest = least_committed(list(matches))
    replacements = Replacements(modest)
    exact = [match for match in modest if not replacements.replace(match)]
    groups: dict[object, list[RuleMatch]] = {}
    for match in exact:
        groups.setdefault(_same_cause(match), []).append(match)
    distances = _distances(exact)
    return tuple(_selected(group, distances) for group in groups.values())


def statement_place(statement: StatementTrace) -> tuple[object, ...]:
    """Name a statement's place, which is the same whichever action it was looked at for."""
    policy = statement.policy
    return statement.layer, statement.level, policy.kind, policy.arn, policy.name, policy.attached_to, statement.index


def ranked(
    causes: Iterable[SelectedCause], decision: Decision, answers: Collection[AnswerFact] = ()
) -> tuple[SelectedCause, ...]:
    """Sort causes as they are to be reported: what is certain, and fixes most, comes first.

    AWS's own words, `answers`, come before that: what an error is about where it decides by itself, then what is in the
    layer that it names, and last what may keep another action than the one that it names from being allowed.
    """
    named, refused = named_layer(answers), _named_actions(answers)
    denying = named if any(each.explicit and each.named_policy for each in answers) else None
    kinds = frozenset(each.kind for each in answers if not (each.other_action or each.other_role or each.other_caller))
    by_aws = partial(_by_aws_words, named=named, denying=denying, refused=refused, kinds=kinds)
    counts = _Counts()
    return tuple(sorted(causes, key=lambda cause: (by_aws(cause), _sort_key(cause, decision, answers, counts))))


def is_enough_to_fix(cause: SelectedCause, decision: Decision, counts: "_Counts | None" = None) -> bool:
    """Say whether fixing this cause alone would turn the answer: it is behind everything that stands in the way.

    `counts` are shared by all causes of a decision.
    """
    if not decision.blockers or not cause.best.certain:
        return False
    main_fact = cause.best.main_fact
    counts = counts or _Counts()
    blockers = counts.blockers(decision)
    if isinstance(main_fact, GateFact):
        return all(blocker.gate is main_fact.gate for blocker in blockers)
    layer = main_fact.subject.layer
    if layer is None or "layer" not in main_fact.__struct_fields__:
        return False
    return all(_is_behind(blocker, layer, cause) for blocker in blockers) and all(
        _alone_in(trace, main_fact, counts)
        for each in decision.actions
        if each.action in cause.actions
        for trace in each.layers
        if trace.layer is layer
    )


def _same_cause(match: RuleMatch) -> object:
    """Name what a finding is about: of several statements any of which would do, only the nearest counts."""
    main_fact, rule = match.main_fact, match.rule.id
    subject = main_fact.subject
    match main_fact:
        case GateFact():
            return rule, subject.gate
        case IdleFact():
            return rule, main_fact.policy, main_fact.version
        case ProblemFact():
            return rule, main_fact.layer, main_fact.policy, main_fact.message
        case GapFact(kind=DoubtKind.LAYER) if not _asks_for(match, "gap", "what"):
            return rule
        case GapFact():
            return rule, main_fact.permission or main_fact.about
    if subject.statement is None:
        return rule, subject.layer, subject.level
    if subject.statement.effect is Effect.DENY:
        return rule, statement_place(subject.statement)
    return rule, subject.layer, subject.level, main_fact.key.lower() if isinstance(main_fact, ConditionFact) else ""


def _asks_for(match: RuleMatch, fact: str, field: str) -> bool:
    """Say whether a rule tells facts of a name apart by a field; if not, any of them stands for all."""
    return any(field in dict(pattern.fields) for pattern in match.rule.when if pattern.fact == fact)


def _distances(matches: Iterable[RuleMatch]) -> dict[int, float]:
    """Say, by the identity of a statement, how far it is from applying: once for all matches that are about it."""
    statements = (match.main_fact.subject.statement for match in matches)
    distinct = {id(statement): statement for statement in statements if statement is not None}
    return {place: distance(statement) for place, statement in distinct.items()}


def _selected(group: Sequence[RuleMatch], distances: Mapping[int, float]) -> SelectedCause:
    """Make one cause of all that say the same: the best evidence, and the other places."""
    best, *_ = by_rank = sorted(group, key=partial(_rank, distances=distances))
    as_certain = [match for match in group if match.certain == best.certain]
    actions = {
        match.main_fact.subject.action: None for match in as_certain if "action" in match.main_fact.__struct_fields__
    }
    places = {_where(best.main_fact): best}
    for match in by_rank:
        places.setdefault(_where(match.main_fact), match)
    return SelectedCause(best, tuple(actions), tuple(match for match in places.values() if match is not best))


def _rank(match: RuleMatch, distances: Mapping[int, float]) -> tuple[bool, float]:
    """Rank evidence for one cause: certain before possible, then the nearest."""
    statement = match.main_fact.subject.statement
    return not match.certain, distances[id(statement)] if statement else 0.0


def _where(fact: Fact) -> object:
    if fact.subject.statement is None:
        return None
    pointer = fact.subject.element.pointer if fact.name in COMPARISON_FACTS and fact.subject.element else ""
    return (*statement_place(fact.subject.statement), pointer)


def _sort_key(
    cause: SelectedCause, decision: Decision, answers: Collection[AnswerFact], counts: "_Counts"
) -> tuple[int, bool, bool, int, bool, bool, bool, bool, bool, int, str]:
    rule, main_fact = cause.best.rule, cause.best.main_fact
    enough = is_enough_to_fix(cause, decision, counts)
    return (
        _tier(cause, answers),
        not isinstance(main_fact, AccountFact),
        _is_about_other_action(cause, _named_actions(answers)),
        _remoteness(rule, main_fact),
        _comes_after_policies(main_fact, decision, answers),
        not enough,
        not enough and isinstance(main_fact, ConditionFact),
        rule.general,
        cause.best.owner is not Owner.CALLER,
        _place(main_fact),
        rule.id,
    )


def _named_actions(answers: Collection[AnswerFact]) -> frozenset[str]:
    """Give the actions that AWS refused this caller on this role, in lower case."""
    of_this_call = (each for each in answers if not (each.other_action or each.other_role or each.other_caller))
    return frozenset(each.named_action.lower() for each in of_this_call if each.named_action)


def _is_about_other_action(cause: SelectedCause, refused: frozenset[str]) -> bool:
    main_fact = cause.best.main_fact
    if isinstance(main_fact, GapFact) and main_fact.kind is DoubtKind.ACTION:
        return bool(refused) and main_fact.what.lower() not in refused
    return bool(refused) and bool(cause.actions) and not any(action.lower() in refused for action in cause.actions)


def _by_aws_words(
    cause: SelectedCause,
    named: Layer | None,
    denying: Layer | None,
    refused: frozenset[str],
    kinds: frozenset[ErrorKind],
) -> int:
    rule, main_fact = cause.best.rule, cause.best.main_fact
    statement = main_fact.subject.statement
    if statement is not None and statement.effect is Effect.DENY and main_fact.subject.layer is denying:
        return 0
    if isinstance(main_fact, AttemptFact):  # who calls comes before what the caller may do
        return -1
    if isinstance(main_fact, AccountFact):  # and which role is meant before what its owner may do
        return 0
    if _is_about_other_action(cause, refused) and not (cause.best.certain and cause.best.owner is not Owner.XDIAG):
        return 3
    if _remoteness(rule, main_fact):
        return 2
    if isinstance(main_fact, AsideFact):
        return 0 if main_fact.federated else 3
    if isinstance(main_fact, AnswerFact) and cause.best.certain and main_fact.kind is not ErrorKind.ANSWER_HIDDEN:
        # What a service says of itself as the source is about the trust policy.
        return 1 if main_fact.kind is ErrorKind.SERVICE_NOT_TRUSTED and not main_fact.other_service else 0
    if isinstance(main_fact, GateFact) and any(names_gate(kind, main_fact.gate) for kind in kinds):
        return 0
    if named is None or main_fact.subject.layer is not named:
        return 2
    # What a service says in general comes after the statement that was seen not to let it in.
    return 0 if named is Layer.TRUST and statement is not None else 1


def _tier(cause: SelectedCause, answers: Collection[AnswerFact]) -> int:
    """Rank how good a lead a finding is: seen, perhaps seen, a side that was not read, possible, a limit not read."""
    main_fact = cause.best.main_fact
    if _remoteness(cause.best.rule, main_fact) > 0 or _is_refuted(main_fact, answers):
        return 5
    if not cause.best.certain:
        return 1 if _is_seen(main_fact) else 3
    if cause.best.owner is not Owner.XDIAG:
        return 0
    return 2 if main_fact.subject.layer not in _LIMITS else 4


_GATES, _LAYERS = tuple(Gate), tuple(Layer)
_LIMITS = frozenset(Layer) - {Layer.TRUST, Layer.IDENTITY}
"""Layers that most requests pass, so that one which nobody read is a worse lead than what may be wrong elsewhere."""


def _is_seen(main_fact: Fact) -> bool:
    """Say whether a possible cause was read, and only its weight is not known: somebody can look at it at once."""
    if isinstance(main_fact, GateFact):
        return main_fact.gate is Gate.ROLE
    if isinstance(main_fact, AccountFact):
        return True
    statement = main_fact.subject.statement
    if statement is None:
        return False
    if statement.effect is Effect.DENY:
        return True
    return isinstance(main_fact, Compared) and main_fact.alone is True and distance(statement) <= CLOSE


def _is_refuted(main_fact: Fact, answers: Collection[AnswerFact]) -> bool:
    """Say whether AWS's own answer is another than this gate gives: a session too long is a ValidationError."""
    if not isinstance(main_fact, GateFact) or main_fact.gate is not Gate.DURATION:
        return False
    return any(answer.kind is ErrorKind.NOT_AUTHORIZED for answer in answers)


def _comes_after_policies(main_fact: Fact, decision: Decision, answers: Collection[AnswerFact]) -> bool:
    """Say whether AWS looks at a gate only once the policies allow the call, and they do not.

    Whether the limit of role chaining is looked at before them is not known.
    """
    if not isinstance(main_fact, GateFact) or main_fact.reason is not Reason.OVER_ROLE_MAXIMUM:
        return False
    spoken_of = any(answer.kind is ErrorKind.OVER_ROLE_MAXIMUM for answer in answers)
    return not spoken_of and any(blocker.layer is not None for blocker in decision.blockers)


def _remoteness(rule: Rule, main_fact: Fact) -> int:
    """Say how far a finding is from a cause that was seen: a value that nobody knows, or a guess at AWS's answer."""
    if isinstance(main_fact, GapFact) and main_fact.kind is DoubtKind.KEY:
        return 1
    return 2 if any(field == "computed" for pattern in rule.when for field, _ in pattern.fields) else 0


def _place(main_fact: Fact) -> int:
    """Rank by AWS's order: what is checked before any policy, then the layers as they are enforced."""
    if isinstance(main_fact, GateFact):
        return _GATES.index(main_fact.gate)
    layer = main_fact.subject.layer
    order = LIKELIEST_LAYERS if isinstance(main_fact, GapFact) else _LAYERS
    return len(_GATES) + (order.index(layer) if layer else len(_LAYERS))


def _is_behind(blocker: Blocker, layer: Layer, cause: SelectedCause) -> bool:
    return blocker.layer is layer and blocker.action in cause.actions


class _Counts:
    """What of one decision is counted once for all causes: its blockers, and Deny statements that may apply."""

    __slots__ = ("_blockers", "_counts")

    def __init__(self) -> None:
        self._blockers: tuple[Blocker, ...] | None = None
        self._counts: dict[int, int] = {}

    def blockers(self, decision: Decision) -> tuple[Blocker, ...]:
        """Give the blockers, each kind of them once: thousands of tags are refused by one gate."""
        if self._blockers is None:
            self._blockers = tuple(dict.fromkeys(decision.blockers))
        return self._blockers

    def of(self, trace: LayerTrace) -> int:
        """Count those of a layer."""
        if id(trace) not in self._counts:
            self._counts[id(trace)] = sum(
                statement.effect is Effect.DENY and statement.verdict is not NO
                for level in trace.levels
                for statement in level.statements
            )
        return self._counts[id(trace)]


def _alone_in(trace: LayerTrace, main_fact: Fact, counts: "_Counts") -> bool:
    """Say whether nothing else in its layer keeps the request from passing."""
    failing = [level for level in trace.levels if level.some_deny is not NO or level.some_allow is not YES]
    if trace.needed is YES and len(failing) > 1:
        return False
    denies = counts.of(trace)
    statement = main_fact.subject.statement
    if statement is not None and statement.effect is Effect.DENY:
        return denies == 1 and all(level.some_allow is YES for level in trace.levels if trace.needed is YES)
    return denies == 0 and (not isinstance(main_fact, Compared) or main_fact.alone is True)
