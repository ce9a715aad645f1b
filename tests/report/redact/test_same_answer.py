"""A case is redacted only where its answer stays: the verdict, each cause, each fix. Words and places may differ."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES
from tests.report.redact.proof import diagnosed, proving

from diagnose.errors import XdiagError
from diagnose.model.case import Case
from diagnose.model.diagnosis import Agreement, Certainty, Diagnosis, NotProved, Owner, Proof, Refused, Verdict
from diagnose.model.trace import Layer
from diagnose.report.redact.redact import Deciding, redact

ORIGINAL = diagnosed(EVERY["wrong-principal"](NAMES).case)
TOO_MANY = (Refused(kind="x", reason=NotProved.TOO_MANY),)

Change = Callable[[Diagnosis], Diagnosis]


def told(change: Change, original: Diagnosis = ORIGINAL, own: frozenset[str] = frozenset()) -> Diagnosis:
    """Redact where what decides gives the original answer with a change in it."""
    return redact(original, Deciding(lambda case: replace(change(original), case=case), proving().keys, own))


def cause(**changed: Any) -> Change:
    return lambda one: replace(one, findings=(replace(one.findings[0], **changed), *one.findings[1:]))


def remedy(**changed: Any) -> Change:
    def change(one: Diagnosis) -> Diagnosis:
        first, *others = one.findings[0].remedies
        return cause(remedies=(replace(first, **changed), *others))(one)

    return change


def plan(diagnosis: Diagnosis) -> Diagnosis:
    return replace(diagnosis, plan=(diagnosis.findings[0].remedies[0], *diagnosis.plan))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda one: replace(one, verdict=Verdict.UNDETERMINED), id="the verdict"),
        pytest.param(lambda one: replace(one, agreement=Agreement.CONTRADICTS), id="what AWS's answer says of it"),
        pytest.param(lambda one: replace(one, findings=one.findings[1:]), id="a cause too few"),
        pytest.param(lambda one: replace(one, findings=(*one.findings, one.findings[0])), id="a cause too many"),
        pytest.param(cause(rule="another"), id="the rule"),
        pytest.param(cause(certainty=Certainty.POSSIBLE), id="the certainty"),
        pytest.param(cause(owner=Owner.NETWORK), id="the owner of a cause"),
        pytest.param(cause(layer=Layer.SCP), id="the layer"),
        pytest.param(cause(action="sts:Another"), id="the action"),
        pytest.param(cause(remedies=()), id="no fix"),
        pytest.param(remedy(kind="another"), id="the kind of a fix"),
        pytest.param(remedy(owner=Owner.NETWORK), id="the owner of a fix"),
        pytest.param(remedy(proof=Proof.NOT_TRIED), id="what was proved"),
        pytest.param(plan, id="the plan"),
    ],
)
def test_a_case_of_which_the_answer_would_be_another_is_not_redacted(change: Change) -> None:
    with pytest.raises(XdiagError) as refused:
        told(change)
    assert refused.value.message == (
        "this case cannot be redacted: with pseudonyms for its names, the answer would be another one"
    )
    assert refused.value.hint == "without --redact the answer and the case file are complete, with all names"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(cause(title="another", explanation="another", excerpts=(), unknown=("x",)), id="words"),
        pytest.param(remedy(text="another", document="", commands=()), id="words of a fix"),
    ],
)
def test_words_and_places_may_differ(change: Change) -> None:
    assert told(change).verdict is ORIGINAL.verdict


@pytest.mark.parametrize("early", [cause(refused=TOO_MANY), lambda one: one], ids=["before", "after"])
def test_fixes_may_differ_where_there_was_too_much_to_try(early: Change) -> None:
    late: Change = cause(refused=TOO_MANY, remedies=())
    original = replace(early(ORIGINAL), findings=(*early(ORIGINAL).findings, ORIGINAL.findings[0]))
    assert told(lambda one: late(plan(one)), original).findings[0].remedies == ()
    with pytest.raises(XdiagError):
        told(lambda one: cause(rule="another")(late(one)), original)


def test_a_case_that_cannot_be_decided_any_more_is_not_redacted() -> None:
    def fail(case: Case) -> Diagnosis:
        raise XdiagError("it cannot be read")

    with pytest.raises(XdiagError, match="the answer would be another one"):
        redact(ORIGINAL, Deciding(fail, proving().keys))


def test_a_rule_of_one_s_own_has_a_number_and_nothing_to_say() -> None:
    first = ORIGINAL.findings[0]
    rules = frozenset({first.rule, "a-rule", "zz-rule"})
    told_first = told(lambda one: one, cause(formerly=("older",))(ORIGINAL), rules).findings[0]
    assert told_first.rule == "own-rule-2"
    assert told_first.title == "A rule that did not come with xdiag names a cause"
    assert (told_first.explanation, told_first.sources, told_first.formerly) == ("", (), ())
    assert told(lambda one: one).findings[0].title == first.title


def test_no_step_of_a_plan_has_a_command() -> None:
    original = plan(ORIGINAL)
    assert original.plan[0].commands != ()
    (step, *_) = told(lambda one: one, original).plan
    assert (step.commands, step.letter, step.kind) == ((), None, original.plan[0].kind)


def test_the_note_says_that_names_are_pseudonyms() -> None:
    assert told(lambda one: one).case.note == "names, accounts and ids are pseudonyms"
