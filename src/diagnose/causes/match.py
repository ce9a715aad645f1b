"""Rules and a decision to findings: which causes are told, in which words, with which evidence."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from diagnose.causes.bind import Bound, bind
from diagnose.causes.choose import Chosen, choose
from diagnose.causes.excerpts import excerpts, levels
from diagnose.causes.facts import Fact
from diagnose.causes.gather import gather
from diagnose.causes.nearness import compared
from diagnose.causes.order import in_order
from diagnose.causes.rule import Rule
from diagnose.causes.vocabulary import fields_of
from diagnose.causes.words import fill, quoted
from diagnose.model.case import Case
from diagnose.model.diagnosis import Certainty, Finding
from diagnose.model.trace import Decision, Element, ElementTrace, Subject
from diagnose.model.trace_words import got_words, wanted_words
from diagnose.model.tri import UNKNOWN
from diagnose.model.words import GATE_WORDS, LAYER_WORDS


class Cause(Struct, frozen=True):
    """A finding without its remedies, what it is about, and the kinds of remedy its rule names."""

    finding: Finding
    subject: Subject
    remedies: tuple[str, ...]


def explain(rules: Sequence[Rule], case: Case, decision: Decision) -> tuple[Cause, ...]:
    """Name the causes of a decision, in the order in which they are to be told; nothing where it is allowed."""
    facts = by_name(gather(case, decision))
    if not facts:
        return ()
    chosen = choose(bound for rule in rules for bound in bind(rule, facts))
    return tuple(_cause(each, case, decision) for each in in_order(chosen, decision))


def by_name(facts: Sequence[Fact]) -> Mapping[str, Sequence[Fact]]:
    """Sort facts by their names."""
    named: dict[str, list[Fact]] = {}
    for fact in facts:
        named.setdefault(fact.name, []).append(fact)
    return named


def _cause(chosen: Chosen, case: Case, decision: Decision) -> Cause:
    bound = chosen.best
    rule, subject = bound.rule, bound.chief.subject
    finding = Finding(
        rule=rule.id,
        certainty=Certainty.CERTAIN if bound.certain else Certainty.POSSIBLE,
        formerly=rule.formerly,
        owner=bound.owner,
        title=fill(rule.title, rule.when, bound.facts, case, bound.layer),
        explanation=fill(rule.explain, rule.when, bound.facts, case, bound.layer),
        layer=subject.layer,
        excerpts=excerpts(chosen, decision),
        sources=rule.sources,
        unknown=tuple(dict.fromkeys(_unknown(bound, decision))),
        action=chosen.actions[0].value if chosen.actions else "",
    )
    return Cause(finding, subject, rule.remedies)


def _unknown(bound: Bound, decision: Decision) -> Iterator[str]:
    """Say what would have to be known for the finding to be certain."""
    untold = [fact for fact, _ in bound.untold]
    for fact, field in bound.untold:
        if "layer" not in fact.__struct_fields__:
            yield fields_of(fact.name)[field].description
    for fact in bound.facts:
        if not fact.settled or any(fact is other for other in untold):
            yield from _open_questions(fact.subject, decision)


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
                if statement.verdict is UNKNOWN:
                    yield from (_question(one.trace) for one in compared(statement) if one.holds is UNKNOWN)
            if level.unread:
                yield f"what was not read of the {LAYER_WORDS[subject.layer].policies}"


def _question(trace: ElementTrace) -> str:
    match trace.element:
        case Element.CONDITION:
            return f"what the request carries for {quoted(trace.key)}"
        case Element.PRINCIPAL:
            return f"whether {quoted(wanted_words(trace))} is the caller"
        case Element.ACTION | Element.RESOURCE:
            return f"whether {quoted(wanted_words(trace))} covers {quoted(got_words(trace.got))}"
