"""Rules and a decision to findings: which causes there are, in which words, with which evidence."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from diagnose.causes.alike import Alike
from diagnose.causes.facts import AnswerFact, Compared, Fact, LayerFact
from diagnose.causes.gather import gather_facts, unused_and_untried
from diagnose.causes.match import COMPARISON_FACTS, RuleMatch, by_name, match_rule
from diagnose.causes.nearness import compared, nearest
from diagnose.causes.ranking import SelectedCause, ranked, select, statement_place
from diagnose.causes.rule import Rule
from diagnose.causes.sentences import backticked, fill, shortened
from diagnose.causes.vocabulary import fields_of
from diagnose.evaluate.keys.table import group_of
from diagnose.model.case import Case
from diagnose.model.condition_keys import KeyGroup
from diagnose.model.diagnosis import Certainty, Excerpt, Finding, LeftOut, Owner
from diagnose.model.trace import (
    Action,
    Decision,
    Effect,
    Element,
    ElementTrace,
    Layer,
    LevelTrace,
    Reason,
    StatementTrace,
    Subject,
)
from diagnose.model.trace_words import got_words, wanted_words
from diagnose.model.tri import UNKNOWN, YES
from diagnose.model.words import GATE_WORDS, LAYER_WORDS


class Cause(Struct, frozen=True):
    """A finding without its remedies, what it is about, and the kinds of remedy its rule names."""

    finding: Finding
    subject: Subject
    remedies: tuple[str, ...]


class Explanation(Struct, frozen=True):
    """The causes, in the order in which they are to be reported, and how many more there are of the same rules."""

    causes: tuple[Cause, ...] = ()
    left_out: LeftOut = LeftOut()


def explain(rules: Sequence[Rule], case: Case, decision: Decision) -> tuple[Cause, ...]:
    """Name the causes of a decision, in the order in which they are to be reported; none where it is allowed."""
    return explanation(rules, case, decision).causes


def explanation(rules: Sequence[Rule], case: Case, decision: Decision) -> Explanation:
    """Name the causes of a decision, and count those that repeat in other places what enough of them say."""
    alike = Alike(gather_facts(case, decision), rules)
    facts = by_name(alike.first)
    if not facts:
        return Explanation()
    selected = select(match for rule in rules for match in match_rule(rule, facts))
    answers = [fact for fact in facts.get("answer", ()) if isinstance(fact, AnswerFact)]
    told, left_out = _told(ranked(alike.causes(selected, most=MOST_CAUSES + 1), decision, answers))
    questions = _Questions(decision)
    causes = tuple(_cause(cause, case, decision, questions) for cause in told)
    return Explanation(causes, replace(left_out, idle=unused_and_untried(case, decision)))


MOST_CAUSES = 40
"""Causes that are told though their rules have spoken before: each has fixes to be proved and lines in every report."""

MOST_PLACES = 3
"""Places of one kind that are shown; more would hide what matters."""


def excerpts(cause: SelectedCause, decision: Decision) -> tuple[Excerpt, ...]:
    """List the places: first what stands in the way, then what would have let the request pass."""
    placed = [fact for fact in cause.best.facts if fact.subject.statement is not None]
    exact = [fact for fact in placed if isinstance(fact, Compared)]
    places = [_of_fact(fact, primary=True) for fact in (exact or placed)]
    if not places:
        layers = [fact.subject for fact in cause.best.facts if isinstance(fact, LayerFact)]
        places = [excerpt for subject in layers for excerpt in _nearest(decision, subject)]
    others = [match.main_fact for match in cause.elsewhere[:MOST_PLACES]]
    places += [_of_fact(fact, primary=False) for fact in others if fact.subject.statement]
    places += list(_allowing(decision, cause.best.main_fact.subject))
    return tuple({(id(place.policy), place.pointer): place for place in reversed(places)}.values())[::-1]


def comparison(trace: ElementTrace, effect: Effect) -> str:
    """Say in a few words what was compared with what; of white space, which hardly shows, that it differs."""
    words, got = _compared(trace, effect), got_words(trace.got).strip()
    differs = trace.reason is Reason.SPACE_DIFFERS and any(value.strip() == got for value in trace.wanted)
    return f"{words}; only white space differs" if differs else words


def _compared(trace: ElementTrace, effect: Effect) -> str:
    wanted, got = _difference(wanted_words(trace), got_words(trace.got))
    verb = "this expects" if effect is Effect.ALLOW else "this denies"
    if trace.negated and trace.element is not Element.CONDITION:
        verb = "this excludes" if effect is Effect.ALLOW else "this denies all but"
    in_view = len(wanted) > _LONG and len(trace.wanted) == 1 and effect is Effect.ALLOW and not trace.negated
    match trace.element:
        case Element.PRINCIPAL:
            return f"the caller is {got}" if in_view else f"{verb} {wanted}; the caller is {got}"
        case Element.RESOURCE:
            return f"the role is {got}" if in_view else f"{verb} {wanted}; the role is {got}"
        case Element.ACTION:
            return f"{verb} {wanted}; the request needs {got}"
        case Element.CONDITION:
            asked = f"this is compared by {trace.operator}" if in_view else f"{_asked(trace, effect)} {wanted}"
            bearer, has = _bearer(trace.key)
            there = f"what {bearer} {has} is not known" if trace.verdict is UNKNOWN else f"{bearer} {has} {got}"
            return f"{asked}; {there}"


_LONG = 30
"""Characters of a value from which on it is not repeated below itself."""


def _asked(trace: ElementTrace, effect: Effect) -> str:
    """Say what a condition asks for: in words where its operator only says that the value must be another one."""
    denies = effect is Effect.DENY
    if trace.negated and ":" not in trace.operator:
        return "this denies every call unless the value is" if denies else "this expects any value but"
    return f"{'this denies if' if denies else 'this expects'} {trace.operator}"


def _bearer(key: str) -> tuple[str, str]:
    """Name whose value a key holds, and the verb: a tag of the role is nothing that a request carries."""
    match group_of(key):
        case KeyGroup.RESOURCE | KeyGroup.RESOURCE_TAGS:
            return "the role", "has"
        case KeyGroup.PRINCIPAL | KeyGroup.PRINCIPAL_TAGS | KeyGroup.ORGANIZATION:
            return "the caller", "has"
        case _:
            return "the request", "carries"


def levels(decision: Decision, action: Action, layer: Layer | None, level: str) -> Iterator[LevelTrace]:
    """Find one level of a layer in a decision."""
    for each in decision.actions:
        for trace in each.layers if each.action is action else ():
            if trace.layer is layer:
                yield from (each for each in trace.levels if each.name == level)


def _told(causes: Iterable[SelectedCause]) -> tuple[list[SelectedCause], LeftOut]:
    """Tell the first causes, and of those after them the first of each rule; count the others."""
    told: list[SelectedCause] = []
    spoken: set[str] = set()
    certain = possible = unread = 0
    for cause in causes:
        tells = len(told) < MOST_CAUSES or cause.best.rule.id not in spoken
        if tells:
            told.append(cause)
            spoken.add(cause.best.rule.id)
        not_told = cause.more if tells else cause.more + 1
        if cause.best.owner is Owner.XDIAG:
            unread += not_told
        elif cause.best.certain:
            certain += not_told
        else:
            possible += not_told
    return told, LeftOut(certain, possible, unread)


def _cause(selected: SelectedCause, case: Case, decision: Decision, questions: "_Questions") -> Cause:
    best = selected.best
    rule, subject = best.rule, best.main_fact.subject
    finding = Finding(
        rule=rule.id,
        certainty=Certainty.CERTAIN if best.certain else Certainty.POSSIBLE,
        formerly=rule.formerly,
        owner=best.owner,
        title=fill(rule.title, rule.when, best.facts, case, best.layer),
        explanation=fill(rule.explain, rule.when, best.facts, case, best.layer),
        layer=subject.layer,
        gate=subject.gate.gate if subject.gate is not None else None,
        excerpts=excerpts(selected, decision),
        sources=rule.sources,
        unknown=tuple(dict.fromkeys(_unknown(best, questions))),
        action=selected.actions[0].value if selected.actions else "",
    )
    return Cause(finding, subject, rule.remedies)


def _unknown(match: RuleMatch, questions: "_Questions") -> Iterator[str]:
    """Say what would have to be known for the finding to be certain."""
    half_known = [fact for fact, _ in match.unknown_fields]
    for fact, field in match.unknown_fields:
        if "layer" not in fact.__struct_fields__:
            yield fields_of(fact.name)[field].description
    for fact in match.facts:
        if not fact.settled or any(fact is other for other in half_known):
            yield from questions.about(fact.subject)


class _Questions:
    """What is unknown of a decision, collected once for all findings about one gate or one level."""

    __slots__ = ("_asked", "_decision")

    def __init__(self, decision: Decision) -> None:
        self._decision = decision
        self._asked: dict[object, tuple[str, ...]] = {}

    def about(self, subject: Subject) -> tuple[str, ...]:
        """Name what is unknown there."""
        place = subject.gate, subject.action, subject.layer, subject.level
        if place not in self._asked:
            self._asked[place] = tuple(dict.fromkeys(_open_questions(subject, self._decision)))
        return self._asked[place]


def _open_questions(subject: Subject, decision: Decision) -> Iterator[str]:
    """Name what is unknown in the gate, or in the level of a layer, that a finding is about."""
    if subject.gate is not None:
        yield GATE_WORDS[subject.gate.gate].question
    for each in decision.actions:
        if each.action is not subject.action or subject.layer is None:
            continue
        if each.needed is UNKNOWN:
            yield f"whether the request needs {each.action.value}"
        if any(layer.layer is subject.layer and layer.needed is UNKNOWN for layer in each.layers):
            yield f"whether the trust policy leaves it to the {LAYER_WORDS[subject.layer].policies}"
        for level in levels(decision, each.action, subject.layer, subject.level):
            for statement in level.statements:
                if statement.verdict is UNKNOWN and statement.elements:
                    yield from (_question(one) for one in compared(statement) if one.verdict is UNKNOWN)
            if level.unread:
                yield f"what was not read of the {LAYER_WORDS[subject.layer].policies}"


def _question(trace: ElementTrace) -> str:
    match trace.element:
        case Element.CONDITION:
            return f"what {' '.join(_bearer(trace.key))} for {backticked(trace.key)}"
        case Element.PRINCIPAL:
            return f"whether {backticked(wanted_words(trace))} is the caller"
        case Element.ACTION | Element.RESOURCE:
            return f"whether {backticked(wanted_words(trace))} covers {backticked(got_words(trace.got))}"


def _difference(wanted: str, got: str) -> tuple[str, str]:
    """Leave out what two ARNs share, so that the difference is seen."""
    head = wanted.rpartition(":")[0] + ":"
    if wanted.count(":") == 5 and got.startswith(head):
        wanted, got = wanted[len(head) :], got[len(head) :]
    return shortened(wanted) or "nothing", shortened(got) or "nothing"


def _of_fact(fact: Fact, *, primary: bool) -> Excerpt:
    statement = fact.subject.statement
    assert statement is not None
    element = fact.subject.element if fact.name in COMPARISON_FACTS else None
    return _excerpt(statement, element, primary=primary)


def _excerpt(statement: StatementTrace, element: ElementTrace | None, *, primary: bool) -> Excerpt:
    label = comparison(element, statement.effect) if element else f"this {statement.effect.value} applies"
    if element is None and statement.verdict is not YES:
        label = f"this {statement.effect.value} may apply" if statement.effect is Effect.DENY else "this does not apply"
    return Excerpt(
        layer=statement.layer,
        policy=statement.policy,
        pointer=element.pointer if element else statement.pointer,
        label=label,
        level=statement.level,
        primary=primary,
    )


def _nearest(decision: Decision, subject: Subject) -> Iterator[Excerpt]:
    """Point at what comes nearest to letting the request pass, where a finding speaks of a whole layer."""
    for level in levels(decision, subject.action, subject.layer, subject.level):
        statements = [each for each in level.statements if each.effect is Effect.ALLOW and each.verdict is not YES]
        for statement in nearest(statements)[:MOST_PLACES]:
            for element in compared(statement):
                # A statement about another service comes near by chance only.
                if element.verdict is not YES and element.reason is not Reason.OTHER_SERVICE:
                    yield _excerpt(statement, element, primary=True)


def _allowing(decision: Decision, subject: Subject) -> Iterator[Excerpt]:
    """Point at the statements that would have let the request pass but for a Deny."""
    if subject.statement is None or subject.statement.effect is not Effect.DENY:
        return
    allowing = {
        statement_place(statement): statement
        for level in levels(decision, subject.action, subject.layer, subject.level)
        for statement in level.statements
        if statement.effect is Effect.ALLOW and statement.verdict is YES
    }
    for statement in list(allowing.values())[:MOST_PLACES]:
        label = "this would have allowed it"
        yield Excerpt(
            statement.layer, statement.policy, statement.pointer, label, statement.level, primary=False, allows=True
        )
