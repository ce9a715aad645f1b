"""However many statements say the same, a report stays one that somebody reads; what it leaves out is counted."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.cases import case, deny, identity, on

from diagnose.authoring.examples import case_of
from diagnose.causes.findings import MOST_CAUSES, explanation
from diagnose.causes.gather import gather_facts
from diagnose.causes.match import by_name, match_rule
from diagnose.causes.replacing import Replacements, replaces
from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.evaluate.decision import decide
from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.model.diagnosis import Certainty, LeftOut, Owner
from diagnose.model.trace import BrokenStatement
from diagnose.pipeline import diagnose
from diagnose.report import Detail, Format, render

RULES = load_rules()


def without_tags(statements: int, **request: Any) -> Case:
    """Give a source whose every Allow wants a tag of its own."""
    allows = [on("*", Condition={"StringEquals": {f"aws:PrincipalTag/t{n}": "x"}}) for n in range(statements)]
    return case("cross-account", identity_policies=identity(*allows), request=request)


def test_what_enough_causes_say_is_only_counted() -> None:
    diagnosis = diagnose(without_tags(MOST_CAUSES + 25), RULES)
    assert len(diagnosis.findings) == MOST_CAUSES
    assert diagnosis.left_out == LeftOut(certain=25)


def test_nothing_is_left_out_of_as_many_as_are_told() -> None:
    diagnosis = diagnose(without_tags(MOST_CAUSES), RULES)
    assert len(diagnosis.findings) == MOST_CAUSES
    assert diagnosis.left_out == LeftOut()


def test_possible_causes_are_counted_by_themselves() -> None:
    keys = [f"aws:PrincipalTag/t{n}" for n in range(60)]
    explained = explanation(RULES, one := without_tags(60, unknown=keys), decide(one))
    told = [cause.finding.certainty for cause in explained.causes if cause.finding.owner is not Owner.XDIAG]
    assert told == [Certainty.POSSIBLE] * MOST_CAUSES
    assert explained.left_out.possible == 60 - MOST_CAUSES
    # Of each tag it is told, too, that nobody knows it.
    assert (explained.left_out.unread, explained.left_out.certain) == (59, 0)


def test_a_rule_that_has_not_spoken_is_told_behind_many_of_another() -> None:
    allows = [on("*", Condition={"StringEquals": {f"aws:PrincipalTag/t{n}": "x"}}) for n in range(100)]
    many = [deny(Resource="*", Sid=f"No{n}") for n in range(100)]
    explained = explanation(
        RULES, one := case("cross-account", identity_policies=identity(*allows, *many)), decide(one)
    )
    rules = [cause.finding.rule for cause in explained.causes]
    assert len(rules) <= MOST_CAUSES + len(set(rules))
    few = case("cross-account", identity_policies=identity(*allows[:2], *many[:2]))
    assert {cause.finding.rule for cause in explanation(RULES, few, decide(few)).causes} == set(rules)


def test_the_first_cause_is_the_same_however_many_there_are() -> None:
    few, many = (diagnose(without_tags(size), RULES) for size in (MOST_CAUSES, 3 * MOST_CAUSES))
    assert [one.title for one in few.findings] == [one.title for one in many.findings]


@pytest.mark.parametrize("form", [Format.TEXT, Format.MARKDOWN])
def test_people_are_told_how_many_are_left_out(form: Format) -> None:
    assert "25 more causes of the same kinds" in render(diagnose(without_tags(MOST_CAUSES + 25), RULES), form)
    assert "1 more cause of the same kinds" in render(diagnose(without_tags(MOST_CAUSES + 1), RULES), form)
    assert "of the same kinds" not in render(diagnose(without_tags(MOST_CAUSES), RULES), form)


def test_programs_are_told_how_many_there_are_and_how_many_are_left_out() -> None:
    report = json.loads(render(diagnose(without_tags(MOST_CAUSES + 25), RULES), Format.JSON))
    assert (report["causes_certain"], report["causes_left_out"]) == (MOST_CAUSES + 25, 25)
    assert len(report["causes"]) == MOST_CAUSES


def beside_idle_policies(idle: int) -> Case:
    """Give a source whose policies are so long that few of those that do not count can be tried."""
    long = [on(f"arn:aws:iam::333333333333:role/R{n}") for n in range(1500)]
    waiting = [
        {"name": f"w{n}", "attached_to": "group devs", "document": {"Statement": [on("arn:aws:s3:::x")]}}
        for n in range(idle)
    ]
    return case("cross-account", identity_policies=identity(*long), idle_policies=waiting)


def test_policies_that_do_not_count_and_are_too_many_to_try_are_counted() -> None:
    tried = 3
    assert diagnose(beside_idle_policies(tried), RULES).left_out.idle == 0
    diagnosis = diagnose(beside_idle_policies(tried + 5), RULES)
    assert diagnosis.left_out.idle == 5
    assert "5 unused policies were not tried" in render(diagnosis, Format.TEXT)
    assert json.loads(render(diagnosis, Format.JSON))["policies_not_tried"] == 5


def test_nothing_is_tried_nor_counted_where_the_identity_policies_allow() -> None:
    idle = [{"name": f"w{n}", "attached_to": "group devs", "document": {"Statement": []}} for n in range(2000)]
    one = case("cross-account", idle_policies=idle, trust_policy={"value": {"document": {"Statement": []}}})
    assert diagnose(one, RULES).left_out.idle == 0


@pytest.mark.parametrize(("mistakes", "drawn", "rest"), [(60, 60, 0), (75, 60, 15)])
def test_of_many_mistakes_in_policies_the_first_are_drawn(mistakes: int, drawn: int, rest: int) -> None:
    statements = [on("*", Extra="x") for _ in range(mistakes)]
    one = case("cross-account", identity_policies=identity(*statements, deny(Resource="*")))
    text = render(diagnose(one, RULES), Format.TEXT, detail=Detail.FULL)
    section = text[text.index("Policies that AWS rejects") :]
    assert sum("^" in line for line in section.splitlines()) == drawn
    assert [line.strip() for line in section.splitlines() if "like these" in line] == (
        [f"And {rest} more places like these."] if rest else []
    )


def test_of_many_mistakes_a_program_gets_the_first_and_how_many_more_there_are() -> None:
    statements = [on("*", Extra="x") for _ in range(1003)]
    mistaken = case("cross-account", identity_policies=identity(*statements[:3], deny(Resource="*")))
    parts = [{"name": f"p{n}", "document": {"Statement": statements[n : n + 501]}} for n in (0, 501, 1002)]
    many = case("cross-account", identity_policies={"policies": parts})
    few, cut = (json.loads(render(diagnose(one, RULES), Format.JSON)) for one in (mistaken, many))
    assert (len(few["problems"]), few["problems_left_out"]) == (3, 0)
    assert (len(cut["problems"]), cut["problems_left_out"]) == (1000, 3)


def unknown_tags(number: int) -> Case:
    keys = [f"aws:PrincipalTag/t{place}" for place in range(number)]
    return case("cross-account", request={"unknown": keys}, identity_policies=identity(*map(_allowed_to, keys)))


def unread_policies(number: int) -> Case:
    unread = [{"gap": "access_denied", "subject": f"policy p{place}"} for place in range(number)]
    return case("cross-account", identity_policies={"policies": [], "unread": unread})


def inherited_tags(number: int) -> Case:
    has = {f"k{place}": "v" for place in range(number)}
    session = {
        "tags": {"evidence": "known", "value": has},
        "transitive_tag_keys": {"evidence": "known", "value": list(has)},
    }
    return case("chained", session=session, request={"parameters": {"tags": has}})


def _allowed_to(key: str) -> object:
    return on("*", Condition={"StringEquals": {key: "x"}})


@pytest.mark.parametrize("made", [unknown_tags, unread_policies, inherited_tags])
@pytest.mark.parametrize("form", [Format.TEXT, Format.MARKDOWN, Format.HTML])
def test_a_list_names_the_first_of_many_and_counts_the_others(made: Callable[[int], Case], form: Format) -> None:
    few, many = (render(diagnose(made(size), RULES), form, detail=Detail.FULL) for size in (150, 900))
    assert len(many.splitlines()) < 1.3 * len(few.splitlines())
    assert form is not Format.TEXT or "840 more" in many


def test_of_one_statement_that_is_nothing_after_another_the_first_speaks_for_all_of_its_policy() -> None:
    one = case("cross-account", identity_policies=identity(*({} for _ in range(200))))
    diagnosis = diagnose(one, RULES)
    assert len(diagnosis.findings) < 10
    (doubt,) = (each for each in diagnosis.decision.doubts if isinstance(each.about, BrokenStatement))
    assert doubt.about == BrokenStatement(policy_name(one), 0, others=199)
    assert "Statement 1 and 199 more of policy" in render(diagnosis, Format.TEXT)


def policy_name(one: Case) -> str:
    return one.snapshot.source.identity_policies.policies[0].name


def test_what_is_more_exact_is_found_as_if_each_were_compared_with_each() -> None:
    compared = 0
    for examples in load_examples(rule_folders()).values():
        for example in examples:
            one = case_of(example)
            facts = by_name(gather_facts(one, decide(one)))
            matches = [match for each in RULES for match in match_rule(each, facts)]
            filed = Replacements(matches)
            for match in matches:
                expected = any(replaces(other, match) for other in matches)
                assert filed.replace(match) is expected, (example.name, match.rule.id)
                compared += expected
    assert compared > 500
