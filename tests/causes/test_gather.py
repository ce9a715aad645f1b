"""From a decision to facts: what stands in the way, and nothing else."""

from typing import Any, TypeVar

import pytest
from tests import cases
from tests.cases import DEPLOY, deny, on
from tests.causes.given import allow, case, identity, trust

from diagnose.causes.facts import (
    ActionFact,
    ConditionFact,
    Fact,
    GapFact,
    GapSide,
    GateFact,
    IdleFact,
    LayerFact,
    LayerVerdict,
    MatchFact,
    PlaceholderFact,
    PrincipalFact,
    ProblemFact,
    Reach,
)
from diagnose.causes.gather import gather_facts
from diagnose.causes.match import by_name
from diagnose.evaluate.decision import decide
from diagnose.model.condition_keys import Presence, Quantifier
from diagnose.model.evidence import Gap
from diagnose.model.key_state import KeyState
from diagnose.model.trace import Action, Effect, Element, Layer, Reason

_F = TypeVar("_F", bound=Fact)
UNREAD = {"evidence": "unread", "gap": "access_denied", "permission": "iam:GetRole"}
BUILDER: dict[str, Any] = {"AWS": "arn:aws:iam::111111111111:user/builder"}
EXTERNAL_ID: dict[str, Any] = {"StringEquals": {"sts:ExternalId": "acme-42"}}


def facts(world: str, *changes: Any) -> dict[str, list[Fact]]:
    given = case(world, *changes)
    return {name: list(found) for name, found in by_name(gather_facts(given, decide(given))).items()}


def one(world: str, change: Any, name: str) -> Any:
    (fact,) = facts(world, change)[name]
    return fact


def test_nothing_is_gathered_where_the_request_is_allowed() -> None:
    assert facts("cross-account") == {}


def test_an_answer_of_aws_is_gathered_even_where_the_request_is_allowed() -> None:
    assert set(facts("cross-account", {"message": "it failed"})) == {"answer", "caller", "role", "request"}


@pytest.mark.parametrize(
    ("change", "computed"),
    [
        pytest.param({}, LayerVerdict.ALLOWED, id="all that was read allows"),
        pytest.param(identity(), LayerVerdict.DENIED, id="something that was read denies"),
        pytest.param({"request": {"unknown": ["sts:ExternalId"]}}, None, id="it depends on what is not known"),
    ],
)
def test_an_answer_comes_with_what_was_computed(change: dict[str, Any], computed: LayerVerdict | None) -> None:
    assert one("cross-account", {"message": "it failed"} | change, "answer").computed is computed


def test_a_gap_about_a_tag_tells_its_family() -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/team": "payments"}}
    change = trust(allow(BUILDER, Condition=condition)) | {"request": {"unknown": ["aws:PrincipalTag/team"]}}
    gap = one("cross-account", change, "gap")
    assert (gap.what, gap.family) == ("aws:PrincipalTag/team", "aws:PrincipalTag")


def test_only_the_layer_that_fails_is_listed() -> None:
    layer = one("cross-account", identity(), "layer")
    assert isinstance(layer, LayerFact)
    assert (layer.layer, layer.verdict, layer.granted, layer.explicit) == (
        Layer.IDENTITY,
        LayerVerdict.DENIED,
        False,
        False,
    )
    assert (layer.empty, layer.settled) == (True, True)


def test_a_layer_whose_allow_is_not_needed_is_not_listed() -> None:
    deny = {"Effect": "Deny", "Principal": BUILDER, "Action": "sts:AssumeRole"}
    given = facts("same-account-named", trust(allow(BUILDER), deny))
    assert [fact.subject.layer for fact in given["layer"]] == [Layer.TRUST]


def test_a_layer_is_unsettled_where_it_is_not_known_whether_its_allow_will_be_needed() -> None:
    delegated = trust(allow({"AWS": "111111111111"}, Condition={"StringEquals": {"sts:ExternalId": "acme-41"}}))
    _, identity_layer = facts("same-account-named", delegated)["layer"]
    assert isinstance(identity_layer, LayerFact)
    assert (identity_layer.layer, identity_layer.needed, identity_layer.settled) == (Layer.IDENTITY, None, False)


@pytest.mark.parametrize("principal", [BUILDER, {"AWS": "arn:aws:iam::111111111111:user/other"}])
def test_a_layer_is_not_listed_that_will_not_be_needed_once_the_trust_policy_is_right(principal: Any) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "acme-41"}}
    given = facts("same-account-named", trust(allow(principal, Condition=condition)))
    assert [fact.subject.layer for fact in given["layer"]] == [Layer.TRUST]


@pytest.mark.parametrize(
    ("principal", "match"),
    [
        pytest.param(BUILDER, Reach.USER, id="it names the user"),
        pytest.param({"AWS": "111111111111"}, Reach.ACCOUNT, id="it names the user's account"),
        pytest.param("*", Reach.ANY, id="it names everybody"),
        pytest.param({"AWS": "AIDAUNKNOWNID1EXAMPLE"}, None, id="it names an id, and the caller's was not read"),
    ],
)
def test_how_a_deny_reaches_the_caller(principal: Any, match: Reach | None) -> None:
    deny = {"Effect": "Deny", "Principal": principal, "Action": "sts:AssumeRole"}
    change = trust(allow(BUILDER), deny)
    change["snapshot"]["source"] = {"principal": {"value": {"unique_id": ""}}}
    statement = one("cross-account", change, "statement")
    assert statement.match is match


def test_an_allow_that_names_others_does_not_reach_the_caller() -> None:
    statement = one("cross-account", trust(allow({"AWS": "333333333333"})), "statement")
    assert statement.match is Reach.NONE


def test_an_allow_that_applies_beside_a_deny_is_not_listed() -> None:
    deny = {"Effect": "Deny", "Principal": {"AWS": "111111111111"}, "Action": "sts:AssumeRole"}
    given = facts("cross-account", trust(allow(BUILDER), deny, allow({"AWS": "333333333333"})))
    assert [fact.subject.statement.index for fact in given["statement"] if fact.subject.statement] == [1]
    assert [type(fact).__name__ for fact in given["principal"] + given["action"]] == ["PrincipalFact", "ActionFact"]


def test_only_what_fails_of_an_allow_is_listed() -> None:
    given = facts("cross-account", {"request": {"parameters": {"external_id": "other"}}})
    assert not set(given) & {"principal", "action", "resource"}
    (condition,) = given["condition"]
    assert isinstance(condition, ConditionFact)
    assert (condition.reason, condition.alone, condition.nearest) == (Reason.VALUE_DIFFERS, True, True)
    assert (condition.key, condition.wanted, condition.got) == ("sts:ExternalId", ("acme-42",), KeyState((("other",),)))


def test_a_tag_key_has_a_family() -> None:
    tagged = allow(BUILDER, Condition={"StringEquals": {"aws:RequestTag/team": "payments"}})
    condition = one("cross-account", trust(tagged), "condition")
    assert (condition.key, condition.family, condition.absent) == ("aws:RequestTag/team", "aws:RequestTag", True)


@pytest.mark.parametrize(
    ("operator", "value", "negated", "if_exists", "set_operator"),
    [
        pytest.param("StringEquals", "x", False, False, Quantifier.NONE, id="an operator alone"),
        pytest.param("StringNotEquals", "acme-41", True, False, Quantifier.NONE, id="negated"),
        pytest.param("stringequalsifexists", "x", False, True, Quantifier.NONE, id="IfExists, in lower case"),
        pytest.param("ForAnyValue:StringLike", "x", False, False, Quantifier.FOR_ANY_VALUE, id="any value"),
        pytest.param(
            "ForAllValues:StringNotLikeIfExists", "acme-*", True, True, Quantifier.FOR_ALL_VALUES, id="all at once"
        ),
        pytest.param("Null", "true", True, False, Quantifier.NONE, id="Null with true wants it to be absent"),
        pytest.param("Null", "TRUE", True, False, Quantifier.NONE, id="Null with true, however it is capitalized"),
        pytest.param("Bool", "true", False, False, Quantifier.NONE, id="true of another operator"),
    ],
)
def test_an_operator_is_taken_apart(
    operator: str, value: str, negated: bool, if_exists: bool, set_operator: Quantifier
) -> None:
    change = trust(allow(BUILDER, Condition={operator: {"sts:ExternalId": value}}))
    fact = one("cross-account", change | {"request": {"parameters": {"external_id": "acme-41"}}}, "condition")
    assert (fact.negated, fact.if_exists, fact.set_operator) == (negated, if_exists, set_operator)


@pytest.mark.parametrize(
    ("operator", "key", "value", "attainable", "sent"),
    [
        pytest.param("StringEquals", "sts:ExternalId", "x", True, Presence.SOMETIMES, id="another value would do"),
        pytest.param("StringEquals", "aws:RequestTag/team", "x", True, Presence.SOMETIMES, id="the key could be sent"),
        pytest.param("StringEquals", "sts:ExternlId", "x", False, Presence.NEVER, id="no such key"),
        pytest.param("StringEquals", "sts:DurationSeconds", "x", False, Presence.NEVER, id="a key that is never sent"),
        pytest.param("StringEqual", "sts:ExternalId", "x", False, Presence.SOMETIMES, id="no such operator"),
        pytest.param("NumericEquals", "sts:ExternalId", "x", False, Presence.SOMETIMES, id="no number"),
        pytest.param(
            "StringEquals", "sts:ExternalId", "acme-*", False, Presence.SOMETIMES, id="a star letter by letter"
        ),
        pytest.param("StringEquals", "aws:SourceArn", "x", False, Presence.SOMETIMES, id="a key of services"),
    ],
)
def test_whether_a_request_could_meet_a_condition(
    operator: str, key: str, value: str, attainable: bool, sent: Presence
) -> None:
    fact = one("cross-account", trust(allow(BUILDER, Condition={operator: {key: value}})), "condition")
    assert (fact.attainable, fact.sent) == (attainable, sent)


@pytest.mark.parametrize(
    ("got", "unknown", "absent"),
    [
        pytest.param("other", [], False, id="it carries the key"),
        pytest.param(None, [], True, id="it does not"),
        pytest.param("other", ["sts:ExternalId"], None, id="nobody knows"),
    ],
)
def test_whether_the_request_lacks_a_key(got: str | None, unknown: list[str], absent: bool | None) -> None:
    change = {"request": {"parameters": {"external_id": got}, "unknown": unknown}}
    assert one("cross-account", change, "condition").absent is absent


def test_what_is_unknown_has_no_value_and_is_not_settled() -> None:
    given = facts("cross-account", {"request": {"unknown": ["sts:ExternalId"]}})
    (layer,), (condition,) = given["layer"], given["condition"]
    assert isinstance(layer, LayerFact)
    assert isinstance(condition, ConditionFact)
    assert (layer.verdict, layer.granted, layer.settled) == (None, None, False)
    assert (condition.holds, condition.reason, condition.alone, condition.settled) == (None, None, None, False)


def test_a_certain_miss_in_a_layer_that_may_yet_pass_is_not_settled() -> None:
    doubtful = allow(BUILDER, Condition={"StringEquals": {"sts:ExternalId": "acme-42"}})
    change = trust(allow({"AWS": "333333333333"}), doubtful) | {"request": {"unknown": ["sts:ExternalId"]}}
    principal = one("cross-account", change, "principal")
    assert (principal.reason, principal.nearest, principal.settled) == (Reason.OTHER_ACCOUNT, False, False)


def test_a_deny_that_may_apply_beside_one_that_does_is_not_settled() -> None:
    deny = {"Effect": "Deny", "Principal": BUILDER, "Action": "sts:AssumeRole"}
    doubtful = deny | {"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
    change = trust(allow(BUILDER), deny, doubtful) | {"request": {"unknown": ["aws:SourceIp"]}}
    given = facts("cross-account", change)
    assert [(fact.subject.statement.index, fact.settled) for fact in given["statement"] if fact.subject.statement] == [
        (1, True),
        (2, False),
    ]
    assert [fact.settled for fact in given["principal"]] == [True, False]


def test_a_layer_of_which_nothing_was_read_is_a_gap_and_no_fact_about_it() -> None:
    given = facts("cross-account", {"snapshot": {"destination": {"trust_policy": UNREAD}}})
    assert "layer" not in given
    (gap,) = given["gap"]
    assert isinstance(gap, GapFact)
    assert (gap.what, gap.side, gap.gap, gap.permission) == (
        "trust",
        GapSide.DESTINATION,
        Gap.ACCESS_DENIED,
        "iam:GetRole",
    )


@pytest.mark.parametrize(
    ("key", "side"),
    [
        ("aws:PrincipalOrgID", GapSide.SOURCE),
        ("aws:MultiFactorAuthPresent", GapSide.SOURCE),
        ("aws:PrincipalTag/resource", GapSide.SOURCE),
        ("aws:ResourceTag/team", GapSide.DESTINATION),
        ("aws:ResourceOrgID", GapSide.DESTINATION),
        ("aws:SourceIp", GapSide.REQUEST),
        ("sts:ExternalId", GapSide.REQUEST),
        ("aws:RequestTag/resource", GapSide.REQUEST),
        ("acme:Resource", GapSide.REQUEST),
    ],
)
def test_a_key_that_is_not_known_belongs_to_the_side_that_fills_it(key: str, side: GapSide) -> None:
    change = trust(allow(BUILDER, Condition={"StringEquals": {key: "x"}})) | {"request": {"unknown": [key]}}
    assert one("cross-account", change, "gap").side is side


@pytest.mark.parametrize(
    ("principal", "source", "reason"),
    [
        pytest.param(
            "AIDAOLDANDGONE1EXAMPLE", {"principal": {"value": {"unique_id": ""}}}, Reason.STALE_ID, id="an id"
        ),
        pytest.param(
            "arn:aws:sts::111111111111:assumed-role/App/build-7",
            {"arn": "arn:aws:iam::111111111111:role/team/App"},
            Reason.OTHER_SESSION,
            id="a session",
        ),
    ],
)
def test_a_principal_that_cannot_be_told_has_the_one_reason_there_can_be(
    principal: str, source: dict[str, Any], reason: Reason
) -> None:
    world = "cross-account" if reason is Reason.STALE_ID else "cross-account-role"
    change = trust(allow({"AWS": principal}))
    change["snapshot"]["source"] = source
    fact = one(world, change, "principal")
    assert isinstance(fact, PrincipalFact)
    assert (fact.holds, fact.reason, fact.settled) == (None, reason, False)


def test_each_level_that_fails_is_a_layer_of_its_own() -> None:
    deny = {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}
    policy = {"name": "No", "kind": "scp", "document": {"Version": "2012-10-17", "Statement": [deny]}}
    levels = {place: {"policies": {"policies": {"1": policy}}} for place in ("0", "1")}
    given = facts("organization", {"snapshot": {"source": {"scps": {"value": levels}}}})
    assert len(given["layer"]) == len({fact.subject.level for fact in given["layer"]}) == 2
    assert {fact.subject.layer for fact in given["layer"]} == {Layer.SCP}


def test_a_deny_that_applies_is_listed_with_all_that_makes_it_apply() -> None:
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:AssumeRole",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
    }
    condition = one("cross-account", trust(allow(BUILDER), deny), "condition")
    assert (condition.effect, condition.holds, condition.absent, condition.negated) == (Effect.DENY, True, True, True)


def test_a_gate_says_which_parameter_it_is_about() -> None:
    gate = one("cross-account", {"request": {"parameters": {"session_name": "a b"}}}, "gate")
    assert isinstance(gate, GateFact)
    assert (gate.parameter, gate.reason, gate.passed) == ("RoleSessionName", Reason.BAD_SYNTAX, False)


def test_a_role_that_does_not_exist_is_compared_with_the_nearest() -> None:
    change = {
        "request": {"role_arn": "arn:aws:iam::222222222222:role/Audit"},
        "snapshot": {
            "destination": {
                "role": {"value": None},
                "other_roles": {"value": ["arn:aws:iam::222222222222:role/team/Audit"]},
            }
        },
    }
    (gate,) = (fact for fact in facts("cross-account", change)["gate"] if isinstance(fact, GateFact))
    assert (gate.reason, gate.difference) == (Reason.NO_SUCH_ROLE, Reason.PATH_MISSING)


@pytest.mark.parametrize(
    ("change", "reach"),
    [
        pytest.param(identity(), Reach.USER, id="the trust policy names the user"),
        pytest.param(trust(), Reach.NONE, id="it reaches nobody"),
        pytest.param({"request": {"unknown": ["sts:ExternalId"]}}, Reach.USER, id="it reaches the user, if anybody"),
        pytest.param(
            {"request": {"unknown": ["sts:ExternalId"]}}
            | trust(*(allow(who, Condition=EXTERNAL_ID) for who in (BUILDER, {"AWS": "111111111111"}))),
            None,
            id="it may reach the user in two ways",
        ),
        pytest.param(
            {"snapshot": {"destination": {"trust_policy": {"evidence": "unread", "value": None}}}}, None, id="not read"
        ),
    ],
)
def test_how_the_trust_policy_reaches_the_caller(change: dict[str, Any], reach: Reach | None) -> None:
    match = one("cross-account", change, "match")
    assert isinstance(match, MatchFact)
    assert match.match is reach


def test_an_action_that_is_perhaps_not_needed_adds_nothing_to_a_denial() -> None:
    change = trust()
    change["snapshot"]["source"] = {"session": {"transitive_tag_keys": {"evidence": "unread"}}}
    given = facts("cross-account-role", change)
    assert {fact.subject.action for fact in given["layer"]} == {Action.ASSUME_ROLE}


def test_an_action_that_is_perhaps_not_needed_is_unsettled() -> None:
    change = {"snapshot": {"source": {"session": {"transitive_tag_keys": {"evidence": "unread"}}}}}
    given = facts("cross-account-role", change)
    assert {(fact.subject.action, fact.settled) for fact in given["layer"]} == {(Action.TAG_SESSION, False)}


ALLOWS = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
IDLE = {"name": "idle", "document": {"Version": "2012-10-17", "Statement": [ALLOWS]}, "attached_to": "group devs"}


@pytest.mark.parametrize(
    ("statement", "allows"),
    [
        pytest.param(ALLOWS, [True], id="it would allow"),
        pytest.param(ALLOWS | {"Action": "s3:GetObject"}, [], id="it would not help"),
        pytest.param(
            ALLOWS | {"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}, [None], id="nobody can tell"
        ),
    ],
)
def test_a_policy_that_does_not_count_is_tried(statement: dict[str, Any], allows: list[bool | None]) -> None:
    idle = IDLE | {"document": {"Version": "2012-10-17", "Statement": [statement]}}
    change = identity() | {"request": {"unknown": ["aws:SourceIp"]}}
    change["snapshot"]["source"]["idle_policies"] = [idle]
    found = facts("cross-account", change).get("idle", [])
    assert [fact.allows for fact in found if isinstance(fact, IdleFact)] == allows
    assert [fact.settled for fact in found] == [answer is True for answer in allows]
    assert [(fact.subject.action, fact.subject.layer) for fact in found] == [
        (Action.ASSUME_ROLE, Layer.IDENTITY) for _ in allows
    ]


def test_a_problem_in_a_policy_is_listed() -> None:
    given = facts("cross-account", trust({"Effect": "Allow", "Action": "sts:AssumeRole"}))
    assert given["problem"]


def listed(seen: dict[str, list[Fact]], kind: type[_F]) -> list[_F]:
    return [fact for found in seen.values() for fact in found if isinstance(fact, kind)]


GLUE = "arn:aws:glue:eu-west-1:222222222222:job/nightly"


def test_of_a_statement_about_another_service_only_its_action_is_listed() -> None:
    other = on(GLUE, "glue:*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
    seen = facts("cross-account", identity(other))
    assert [fact.reason for fact in listed(seen, ActionFact)] == [Reason.OTHER_SERVICE]
    assert not {"resource", "condition"} & set(seen)


SPARED = {"Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::<ACCOUNT_ID>:role/Admin"}}}
MEANT = {
    "Resource": "*",
    "Condition": {"ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::<ACCOUNT_ID>:*", f"{cases.BUILDER}*"]}},
}


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        pytest.param([on("arn:aws:iam::<ACCOUNT_ID>:role/Deploy")], [(Element.RESOURCE, "<ACCOUNT_ID>")], id="Allow"),
        pytest.param([on(DEPLOY), deny(**SPARED)], [(Element.CONDITION, "<ACCOUNT_ID>")], id="a Deny that exempts"),
        pytest.param([on(DEPLOY), deny(**MEANT)], [], id="a Deny that holds for another value"),
        pytest.param([on("arn:aws:iam::333333333333:role/Deploy")], [], id="none"),
    ],
)
def test_a_placeholder_is_listed_where_it_decides(statements: list[Any], found: list[tuple[Element, str]]) -> None:
    seen = facts("cross-account", identity(*statements))
    assert [(fact.element, fact.text) for fact in listed(seen, PlaceholderFact)] == found


def test_a_mistake_is_told_once_for_each_policy() -> None:
    broken = {"Effect": "alow", "Action": "sts:AssumeRole", "Resource": DEPLOY}
    policies = [
        {"name": name, "kind": "inline", "document": {"Version": "2012-10-17", "Statement": statements}}
        for name, statements in (("A", [broken, broken]), ("B", [broken]), ("C", [on(DEPLOY)]))
    ]
    found = facts("cross-account", {"snapshot": {"source": {"identity_policies": {"policies": policies}}}})
    problems = [fact for fact in found["problem"] if isinstance(fact, ProblemFact)]
    assert [(problem.layer, problem.policy) for problem in problems] == [(Layer.IDENTITY, "A"), (Layer.IDENTITY, "B")]
    assert len({problem.message for problem in problems}) == 1
