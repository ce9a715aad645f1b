"""From the kind of remedy that a rule names to the remedy that is shown, with its proof."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from diagnose.evaluate.reported_error import aws_answer
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Owner, Proof, Refused, Remedy
from diagnose.model.trace import Action, Decision, Effect, Element, StatementTrace, Subject
from diagnose.model.tri import NO, YES
from diagnose.remedy.bounds import Bounds
from diagnose.remedy.case_edit import same
from diagnose.remedy.change import Draft, NewRole, PolicyChange, RequestChange, Unseen, VersionChange, changed_flags
from diagnose.remedy.document import dumped, patch_text
from diagnose.remedy.kinds import RemedyKind
from diagnose.remedy.proof import Proven, prove
from diagnose.remedy.render.aws_cli import commands
from diagnose.remedy.table import KINDS, Edited, author_of


def remedies_of(
    kind: RemedyKind, subject: Subject, case: Case, decision: Decision, bounds: Bounds | None = None
) -> tuple[Remedy, ...] | Refused:
    """Give the first edit of a kind whose proof holds, and its narrower form if it has one.

    A kind that only repeats what a smaller edit comes to is refused where that edit is proved. One that edits nothing
    gives nothing where it has nothing to say.
    """
    bounds = bounds or Bounds(case)
    if bounds.reached:
        return Refused(kind.value, NotProved.TOO_MANY)
    first = first_proven(kind, subject, case, decision, bounds)
    if isinstance(first, NotProved):
        return Refused(kind.value, first) if KINDS[kind].edits is not Edited.NOTHING else ()
    draft, proven = first
    if _smaller_is_as_good(kind, proven, subject, case, decision, bounds):
        return Refused(kind.value, NotProved.SAME_AS_SMALLER)
    remedy = as_remedy(kind, draft, proven, case)
    bounds.written(remedy.document)
    if draft.narrower is None:
        return (remedy,)
    narrowed = prove(draft.narrower, subject, case, decision, bounds)
    return (remedy,) if isinstance(narrowed, NotProved) else (remedy, as_remedy(kind, draft.narrower, narrowed, case))


def first_proven(
    kind: RemedyKind, subject: Subject, case: Case, decision: Decision, bounds: Bounds | None = None
) -> tuple[Draft, Proven] | NotProved:
    """Find the first draft of a kind whose proof holds, or the most telling reason why none does."""
    bounds = bounds or Bounds(case)
    author, reasons = author_of(kind), {NotProved.NO_EDIT}
    for number, focused in enumerate(_focused(subject, decision)):
        bounds.searched()
        if number == _MOST_FOCUSED or bounds.reached:
            reasons.add(NotProved.TOO_MANY)
            break
        for attempt in author(focused, case, decision):
            outcome = attempt if isinstance(attempt, NotProved) else prove(attempt, focused, case, decision, bounds)
            if isinstance(attempt, Draft) and isinstance(outcome, Proven):
                return attempt, outcome
            if isinstance(outcome, NotProved):
                reasons.add(outcome)
            bounds.drafted(attempt)
            if bounds.reached:
                reasons.add(NotProved.TOO_MANY)
                break
    advice = _advice(kind, subject, case)
    return (advice, Proven(Proof.NOT_TRIED)) if advice else next(reason for reason in NotProved if reason in reasons)


_MOST_FOCUSED = 60
"""Statements and comparisons, the nearest first, for which an edit is looked for on behalf of one finding."""


def smaller_kind(kind: RemedyKind, subject: Subject) -> RemedyKind | None:
    """Name the kind that allows the same callers by a smaller edit of the faulty value; None where there is none."""
    faulty = subject.element
    return next((smaller.kind for smaller in KINDS[kind].repeats if faulty is not None and smaller.fits(faulty)), None)


def as_remedy(kind: RemedyKind, draft: Draft, proven: Proven, case: Case) -> Remedy:
    """Render a draft, with what its proof has shown."""
    remedy = Remedy(
        kind=kind.value,
        owner=draft.owner,
        text=draft.text,
        proof=proven.proof,
        commands=commands(draft, case),
        remaining=proven.remaining,
        admits_nobody_else=proven.admits_nobody_else,
        letter=None if draft.owner in (Owner.CALLER, Owner.XDIAG) else draft.letter or KINDS[kind].letter,
    )
    match draft.change:
        case PolicyChange(after=after, document=document, operations=operations):
            return replace(remedy, policy_name=after.name, document=dumped(document), patch=patch_text(operations))
        case VersionChange(policy=policy, document=document):
            return replace(remedy, policy_name=policy.name, document=dumped(document))
        case NewRole(document=document) | Unseen(document=document):
            return replace(remedy, document=dumped(document))
        case RequestChange(before=before, after=after_request):
            return replace(remedy, flags=changed_flags(before, after_request))
    return remedy


def needed_in_a_row(
    steps: Sequence[tuple[str, Subject]], case: Case, decision: Decision, bounds: Bounds | None = None
) -> tuple[Remedy, ...]:
    """Carry out remedies in a row, and leave out each without which the others lead there, too.

    What would do for one statement of a policy is not needed where another is mended. No more is spent on leaving steps
    out of a long plan than on finding it. `bounds` of other proofs of the case only know what these have decided.
    """
    bounds = bounds or Bounds(case)
    taken, remedies = _in_a_row(steps, case, decision, bounds.anew())
    leaving_out = bounds.anew()
    for step in taken[:-1] if len(taken) > 2 else ():
        if leaving_out.reached:
            break
        without, fewer = _in_a_row([other for other in taken if other is not step], case, decision, leaving_out)
        if fewer:
            taken, remedies = without, fewer
    return remedies


def in_a_row(steps: Iterable[tuple[str, Subject]], case: Case, decision: Decision) -> tuple[Remedy, ...]:
    """Carry out remedies one after the other until nothing that is known stands in the way.

    Each is proved on the case that those before it leave behind, and one whose cause is gone by then is left out.
    Nothing comes back where the steps do not lead there.
    """
    return _in_a_row(steps, case, decision, Bounds(case))[1]


def _in_a_row(
    steps: Iterable[tuple[str, Subject]], case: Case, decision: Decision, bounds: Bounds
) -> tuple[list[tuple[str, Subject]], tuple[Remedy, ...]]:
    """Give the steps that were taken, too."""
    taken: list[tuple[str, Subject]] = []
    remedies: list[Remedy] = []
    current, current_decision = case, decision
    for kind, subject in steps:
        if current_decision.verdict is YES or bounds.reached or (remedies and remedies[-1].enough):
            break
        relocated = _relocated(subject, current_decision)
        if relocated is None:
            continue
        step = first_proven(RemedyKind(kind), relocated, current, current_decision, bounds)
        if isinstance(step, NotProved):
            continue
        draft, proven = step
        if draft.case is None or proven.decision is None:
            continue
        taken.append((kind, subject))
        remedies.append(as_remedy(RemedyKind(kind), draft, proven, current))
        bounds.written(remedies[-1].document)
        current, current_decision = draft.case, proven.decision
    return (taken, tuple(remedies)) if remedies and remedies[-1].enough else ([], ())


def _advice(kind: RemedyKind, subject: Subject, case: Case) -> Draft | None:
    """Say what to do about an error that nothing in the case explains, so that nothing can be decided again."""
    if aws_answer(case) is None or subject.layer is not None or subject.gate is not None:
        return None
    fitting = (advice for advice in KINDS[kind].advice if advice.fits(case))
    return next((Draft(advice.owner, advice.text) for advice in fitting), None)


def _smaller_is_as_good(
    kind: RemedyKind, proven: Proven, subject: Subject, case: Case, decision: Decision, bounds: Bounds
) -> bool:
    smaller = smaller_kind(kind, subject)
    other = first_proven(smaller, subject, case, decision, bounds) if smaller else NotProved.NO_EDIT
    if isinstance(other, NotProved):
        return False
    return (other[1].proof, other[1].remaining) == (proven.proof, proven.remaining)


def _focused(subject: Subject, decision: Decision) -> Iterator[Subject]:
    """Give the subject, and where it leaves open what it is about the comparisons in it that keep the request."""
    yield subject
    if subject.gate is not None or subject.element is not None:
        return
    if subject.statement is not None:
        for element in subject.statement.elements:
            if element.element is Element.CONDITION:
                yield replace(subject, element=element)
        return
    for action, statement in _in_the_way(subject, decision):
        about = replace(subject, action=action, layer=statement.layer, statement=statement)
        for element in statement.unmet if statement.effect is Effect.ALLOW else ():
            yield replace(about, element=element)
        yield about


def _in_the_way(subject: Subject, decision: Decision) -> list[tuple[Action, StatementTrace]]:
    """Give the Deny statements that apply, then each Allow that does not, that which lacks least first.

    A subject without a layer is about all of them, such as a condition key that nobody knows.
    """
    pairs = [
        (decided.action, statement)
        for decided in decision.actions
        if subject.layer is None or decided.action is subject.action
        for trace in decided.layers
        if subject.layer in (None, trace.layer) and trace.verdict is not YES
        for level in trace.levels
        if subject.level in ("", level.name)
        for statement in level.statements
    ]
    denies = [pair for pair in pairs if pair[1].effect is Effect.DENY and pair[1].verdict is not NO]
    allows = [pair for pair in pairs if pair[1].effect is Effect.ALLOW and pair[1].unmet]
    return denies + sorted(allows, key=lambda pair: len(pair[1].unmet))


def _relocated(subject: Subject, decision: Decision) -> Subject | None:
    """Find what a subject is about in a later decision; None where it no longer stands in the way."""
    if (gate := subject.gate) is not None:
        alike = (each for each in decision.gates if (each.gate, each.parameter) == (gate.gate, gate.parameter))
        later = next((each for each in alike if each.verdict is not YES), None)
        return None if later is None else replace(subject, gate=later)
    if subject.statement is None:
        return subject
    statement = _again(subject.action, subject.statement, decision)
    if statement is None:
        return None
    if subject.element is None:
        return replace(subject, statement=statement)
    former = subject.element
    element = next(
        (
            candidate
            for candidate in statement.elements
            if (candidate.element, candidate.key, candidate.operator) == (former.element, former.key, former.operator)
        ),
        None,
    )
    return replace(subject, statement=statement, element=element) if element is not None else None


def _again(action: Action, former: StatementTrace, decision: Decision) -> StatementTrace | None:
    return next(
        (
            statement
            for decided in decision.actions
            if decided.action is action
            for layer in decided.layers
            if layer.layer is former.layer
            for level in layer.levels
            for statement in level.statements
            if statement.index == former.index and same(statement.policy, former.policy)
        ),
        None,
    )
