"""What the first of a kind stands for: the causes come out as if each statement and key were matched by itself."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from tests.cases import allow, case, deny, identity, on, trust
from tests.fuzz import large_cases, large_twists, large_worlds
from tests.fuzz.large_cases import of_letters, policies_of

from diagnose.causes.alike import FEW, Alike
from diagnose.causes.facts import ConditionFact, Fact, StatementFact
from diagnose.causes.findings import MOST_CAUSES, MOST_PLACES
from diagnose.causes.gather import gather_facts
from diagnose.causes.match import RuleMatch, by_name, match_rule
from diagnose.causes.ranking import SelectedCause, ranked, select, statement_place
from diagnose.evaluate.decision import decide
from diagnose.loading import load_rules
from diagnose.model.trace import Decision

RULES = load_rules()
EACH_BY_ITSELF = 10**9
SHAPES = (
    large_cases.denies_on_keys,
    large_cases.one_long_condition,
    large_cases.long_conditions,
    large_cases.one_key_in_all,
    large_cases.a_tag_in_each,
    large_cases.one_to_allow_and_many_to_deny,
    large_cases.several_values,
    large_cases.variables,
    large_cases.organization,
    large_cases.all_layers,
    large_cases.other_services,
    large_cases.many_principals,
    large_cases.tags,
    large_twists.a_key_shared_by_all,
    large_twists.a_chain_of_keys,
    large_twists.addresses_of_both_kinds,
    large_twists.the_same_again,
    large_worlds.present_or_not,
    large_worlds.passing,
    large_worlds.companions,
    large_worlds.repositories,
    large_worlds.values_against_statements,
    large_worlds.misspelt_keys,
    large_worlds.broken_conditions,
    large_cases.placeholders,
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_what_is_alike_has_the_causes_that_each_has_by_itself(shape: large_cases.Shape) -> None:
    for seed in (1, 2):
        one = of_letters(shape, 12_000, seed)
        facts = gather_facts(one, decision := decide(one))
        assert told(Alike(facts, RULES, 0), decision) == told(Alike(facts, RULES, EACH_BY_ITSELF), decision)


def test_of_statements_that_deny_alike_one_is_matched() -> None:
    denies = [deny(Resource="*", Condition={"StringEquals": {f"aws:RequestTag/t{n}": "x"}}) for n in range(300)]
    unknown = [f"aws:RequestTag/t{n}" for n in range(300)]
    one = case("cross-account", request={"unknown": unknown}, identity_policies=identity(on("*"), *denies))
    facts = gather_facts(one, decide(one))
    # Of each: the statement, its action, resource and condition, and that its key is not known. Of all: the layer, how
    # the trust policy matches, the caller, the role and the request.
    assert (len(facts), len(Alike(facts, RULES).first)) == (5 * 300 + 5, 5 + 5)


def test_of_keys_that_one_statement_tests_alike_one_is_matched() -> None:
    tests = {f"aws:PrincipalTag/t{n}": "x" for n in range(300)}
    one = case("cross-account", identity_policies=identity(on("*", Condition={"StringEquals": tests})))
    facts = gather_facts(one, decide(one))
    assert [fact.name for fact in Alike(facts, RULES).first].count("condition") == 1


@pytest.mark.parametrize(
    "tags",
    [
        pytest.param([f"aws:PrincipalTag/t{n}" for n in range(300)], id="each tests a key of its own"),
        pytest.param(["aws:PrincipalTag/t"] * 300, id="all test one key"),
    ],
)
def test_of_statements_that_allow_alike_as_many_are_matched_as_are_shown(tags: list[str]) -> None:
    allows = [on("*", Condition={"StringEquals": {tag: "x"}}) for tag in tags]
    one = case("cross-account", identity_policies=identity(*allows))
    first = Alike(gather_facts(one, decide(one)), RULES).first
    assert [fact.name for fact in first].count("condition") == 1 + MOST_PLACES


def test_few_facts_are_not_sorted() -> None:
    facts = gather_facts(one := case("cross-account", identity_policies=identity()), decide(one))
    assert len(facts) < FEW
    assert Alike(facts, RULES).first is facts


@pytest.mark.parametrize(
    ("key", "other"),
    [
        pytest.param("aws:SourceIp", "aws:PrincipalTag/a", id="a key that a rule asks for, and another"),
        pytest.param("aws:SourceIp", "aws:SourceVpc", id="two keys that rules ask for"),
        pytest.param(
            "aws:RequestTag/kubernetes-pod-uid", "aws:RequestTag/uid", id="two tags, one of which is asked for"
        ),
    ],
)
def test_keys_that_a_rule_tells_apart_are_not_alike(key: str, other: str) -> None:
    one = case(
        "cross-account",
        request={"unknown": [key, other]},
        identity_policies=identity(
            on("*"), *(deny(Resource="*", Condition={"StringEquals": {each: "x"}}) for each in (key, other))
        ),
    )
    first = Alike(gather_facts(one, decide(one)), RULES, 0).first
    assert [fact.key for fact in first if isinstance(fact, ConditionFact)] == [key, other]


TAGS = [f"aws:PrincipalTag/t{n}" for n in range(6)]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(
            {
                "identity_policies": identity(
                    *(on("*", Condition={"StringEquals": {tag: "x", "aws:PrincipalTag/b": "x"}}) for tag in TAGS),
                    *(on("*", Condition={"StringEquals": {tag: "x", "aws:PrincipalTag/c": "x"}}) for tag in TAGS),
                )
            },
            id="tested by two Allow statements, which are causes together",
        ),
        pytest.param(
            {
                "identity_policies": identity(
                    *(deny(Resource="*", Condition={"StringEquals": {tag: "x"}}) for tag in TAGS),
                    *(on("*", Condition={"StringEquals": {tag: "x"}}) for tag in TAGS),
                )
            },
            id="tested by Allow and Deny statements, of which one may say more exactly what the other says",
        ),
        pytest.param(
            {
                "identity_policies": identity(
                    on("*"),
                    *(deny(Resource="*", Condition={"StringNotEquals": {tag: f"<{tag[-2:]}>"}}) for tag in TAGS),
                )
            },
            id="compared with what is still to be filled in",
        ),
        pytest.param(
            {
                "scps": {
                    "value": [
                        {
                            "target": f"ou-ab12-{tag[-2:]}",
                            "name": tag[-2:],
                            "policies": policies_of(
                                [on("*", action="*"), deny(Resource="*", Condition={"StringEquals": {tag: "x"}})]
                            ),
                        }
                        for tag in TAGS
                    ]
                }
            },
            id="each denied at another level of the organization",
        ),
    ],
)
def test_keys_are_not_alike_that_are(changes: dict[str, Any]) -> None:
    one = case("organization", request={"unknown": TAGS}, **changes)
    facts = gather_facts(one, decide(one))
    assert _tested(Alike(facts, RULES, 0).first) == _tested(facts) >= set(TAGS)


def _tested(facts: Iterable[Fact]) -> set[str]:
    conditions = [fact for fact in facts if isinstance(fact, ConditionFact)]
    return {fact.key for fact in conditions} | {f"{fact.effect} {fact.key}" for fact in conditions}


def test_keys_of_two_statements_are_not_alike() -> None:
    tags = [f"aws:PrincipalTag/t{n}" for n in range(300)]
    tests = [dict.fromkeys(some, "x") for some in (tags[:150], tags[150:])]
    one = case(
        "cross-account", identity_policies=identity(*(on("*", Condition={"StringEquals": each}) for each in tests))
    )
    first = Alike(gather_facts(one, decide(one)), RULES).first
    assert [fact.key for fact in first if isinstance(fact, ConditionFact)] == [tags[0], tags[150]]


def test_statements_about_another_service_are_not_alike_of_which_one_is_nearer() -> None:
    tagged = {"StringEquals": {"aws:PrincipalTag/t": "x"}}
    others = [on(f"arn:aws:s3:::bucket{n}", action="s3:*", Condition=tagged) for n in range(9)]
    nearer = on("arn:aws:s3:::bucket", action="s3:*", Sid="Nearer")
    nearest = on("*", Condition=tagged)
    facts = gather_facts(
        one := case("cross-account", identity_policies=identity(*others, nearer, nearest)), decide(one)
    )
    first = Alike(facts, RULES, 0).first
    assert [fact.sid for fact in first if isinstance(fact, StatementFact)] == [""] * (1 + MOST_PLACES) + ["Nearer", ""]


def test_what_is_like_the_told_is_counted() -> None:
    denies = [deny(Principal="*", Sid=f"No{n}") for n in range(MOST_CAUSES + 260)]
    one = case("cross-account", trust_policy=trust(allow({"AWS": "arn:aws:iam::111111111111:root"}), *denies))
    alike = Alike(gather_facts(one, decide(one)), RULES)
    causes = alike.causes(selected(alike), most=MOST_CAUSES + 1)
    assert [cause.more for cause in causes] == [0] * MOST_CAUSES + [259]


def told(alike: Alike, decision: Decision) -> tuple[list[object], Counter[object]]:
    """Describe the causes that are told first, and count all by their rule."""
    causes = ranked(alike.causes(selected(alike), most=MOST_CAUSES + 1), decision)
    count: Counter[object] = Counter()
    for cause in causes:
        count[cause.best.rule.id, cause.best.certain] += 1 + cause.more
    return [_described(cause) for cause in causes[:MOST_CAUSES]], count


def selected(alike: Alike) -> Iterable[SelectedCause]:
    facts = by_name(alike.first)
    return select(match for rule in RULES for match in match_rule(rule, facts))


def _described(cause: SelectedCause) -> object:
    return cause.actions, *map(_place, (cause.best, *cause.elsewhere[:MOST_PLACES]))


def _place(match: RuleMatch) -> tuple[Any, ...]:
    subjects = [fact.subject for fact in match.facts]
    places = [subject.statement and statement_place(subject.statement) for subject in subjects]
    return match.rule.id, match.certain, match.facts, places, match.unknown_fields
