"""Laws that hold for every request: of denying, of allowing, of order, of names, and of knowing less."""

from collections.abc import Iterator, Sequence
from itertools import chain, combinations, product
from typing import Any, TypeVar

import msgspec
import pytest
from msgspec.structs import replace

from diagnose.evaluate.decision import decide, verdict
from diagnose.evaluate.passing import call_of_service
from diagnose.model.case import Case, Parameters
from diagnose.model.evidence import Known
from diagnose.model.policy import Policy, PolicyKind, PolicySet, raw_document
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri
from tests.evaluate.cases import DESTINATION, GAP, HOME, LOCAL, ROLE, SESSION, STS, USER, case, levels, trusts
from tests.evaluate.changes import WORLDS, Change, Document, added, at, documents, fades, read, renamed, rewritten

T = TypeVar("T")
every_world = pytest.mark.parametrize("world", WORLDS)
WITH_PRINCIPAL = (PolicyKind.TRUST, PolicyKind.RCP, PolicyKind.ENDPOINT)


def answer(one: Case) -> Tri:
    """Decide, with the call that follows where a role is passed, and hold what a decision says against itself."""
    return min(_answer(each) for each in calls(one))


def calls(one: Case) -> tuple[Case, ...]:
    """Give a case, and the call of the service that a role is passed to."""
    service = call_of_service(one)
    return (one,) if service is None else (one, service)


def _answer(one: Case) -> Tri:
    decision = decide(one)
    assert decision.verdict is verdict(one)
    assert bool(decision.blockers) is (decision.verdict is NO), decision.blockers
    assert decision.verdict is not UNKNOWN or any(doubt.matters is not NO for doubt in decision.doubts)
    return decision.verdict


def applying(effect: str, kind: PolicyKind, **elements: object) -> Document:
    """Write a statement that applies to everything a policy of that kind is asked."""
    parts: Document = {"Principal": "*"} if kind in WITH_PRINCIPAL else {}
    if kind is not PolicyKind.TRUST:
        parts["Resource"] = "*"
    return {"Effect": effect, "Action": "*"} | parts | elements


def subsets(things: Sequence[T], sizes: Sequence[int]) -> Iterator[tuple[T, ...]]:
    return chain.from_iterable(combinations(things, size) for size in sizes)


def in_each_policy(one: Case, statement: Document) -> Iterator[Case]:
    """Add a statement to each policy of a case in turn."""
    for path, policy in documents(one):
        written = applying("Allow", policy.kind) | statement
        yield at((*path, "document"), raw_document(added(written)(read(policy))))(one)


@every_world
def test_a_world_is_allowed(world: str) -> None:
    assert answer(WORLDS[world]) is YES


@every_world
def test_a_deny_that_applies_wins_in_every_policy(world: str) -> None:
    for denied in in_each_policy(WORLDS[world], {"Effect": "Deny"}):
        assert answer(denied) is NO
        blockers = [blocker for each in calls(denied) for blocker in decide(each).blockers]
        assert [blocker.explicit for blocker in blockers if blocker.layer] != []


@every_world
def test_a_deny_that_cannot_be_told_settles_nothing(world: str) -> None:
    maybe = {"Effect": "Deny", "Condition": {"StringEquals": {"aws:UserAgent": "x"}}}
    one = replace(WORLDS[world], request=replace(WORLDS[world].request, unknown=("aws:UserAgent",)))
    for doubtful in in_each_policy(one, maybe):
        assert answer(doubtful) is UNKNOWN


@every_world
def test_where_nothing_is_trusted_everything_is_denied(world: str) -> None:
    nothing = rewritten(WORLDS[world], lambda document: document | {"Statement": []}, (PolicyKind.TRUST,))
    assert answer(nothing) is NO


@every_world
def test_order_and_repetition_do_not_matter(world: str) -> None:
    one = WORLDS[world]
    for shape in (_reversed, _repeated):
        assert answer(rewritten(one, shape)) is YES
        for denied in in_each_policy(one, {"Effect": "Deny"}):
            assert answer(rewritten(denied, shape)) is NO
    assert answer(_policies(one, lambda given: tuple(reversed(given)))) is YES
    assert answer(_policies(one, lambda given: given + given)) is YES


@every_world
def test_accounts_and_names_mean_nothing_by_themselves(world: str) -> None:
    one = WORLDS[world]
    for changed in (one, *in_each_policy(one, {"Effect": "Deny"}), *_broken(one)):
        assert answer(renamed(changed)) is answer(changed)


EXTRA: list[Document] = [
    {},
    {"Action": ["sts:TagSession", "sts:AssumeRole"]},
    {"Condition": {"StringLike": {"aws:PrincipalArn": "*builder*"}}},
    {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
    {"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}},
]


@every_world
@pytest.mark.parametrize("extra", EXTRA, ids=lambda extra: next(iter(extra.get("Condition", extra)), "everything"))
def test_one_more_allow_never_removes_access_and_one_more_deny_never_grants_it(world: str, extra: Document) -> None:
    for one in (WORLDS[world], *_broken(WORLDS[world])):
        before = verdict(one)
        assert all(verdict(more) >= before for more in in_each_policy(one, extra | {"Effect": "Allow"}))
        assert all(verdict(more) <= before for more in in_each_policy(one, extra | {"Effect": "Deny"}))


@every_world
def test_knowing_less_only_fades_an_answer(world: str) -> None:
    """One thing less, and two, of everything that a world and its broken copies know."""
    for one in (WORLDS[world], *_broken(WORLDS[world])):
        settled = verdict(one)
        for sizes, less in _less(fades(one)):
            faded = verdict(less(one))
            assert faded in (settled, UNKNOWN), f"{settled.word} became {faded.word} without {sizes}"


def test_an_answer_does_not_depend_on_what_was_asked_before() -> None:
    """Every source towards every destination, with sides that are shared and asked again, and with fresh ones."""
    pairs = [
        replace(
            to,
            request=replace(to.request, operation=one.request.operation),
            snapshot=replace(to.snapshot, source=one.snapshot.source),
        )
        for one, to in product(WORLDS.values(), repeat=2)
    ]
    shared = [[verdict(pair) for pair in pairs] for _ in range(3)]
    fresh = [verdict(msgspec.json.decode(msgspec.json.encode(pair), type=Case)) for pair in pairs]
    assert shared == [fresh, fresh, fresh]
    assert [decide(pair).verdict for pair in pairs] == fresh


ON_TAG = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
NOT_ON_TAG = {"StringNotEquals": {"aws:PrincipalTag/team": "red"}}
TRUST_POOL: dict[str, Document] = {
    "allows the account": trusts({"AWS": HOME}),
    "allows the role": trusts({"AWS": ROLE}),
    "allows the session, if": trusts({"AWS": SESSION}, Condition=ON_TAG),
    "allows everyone, if not": trusts("*", Condition=NOT_ON_TAG),
    "denies all, if": trusts("*", effect="Deny", Condition=ON_TAG),
    "denies the role": trusts({"AWS": ROLE}, effect="Deny"),
}
IDENTITY_POOL: dict[str, Document] = {
    "allows": STS,
    "allows, if": STS | {"Condition": ON_TAG},
    "denies, if not": STS | {"Effect": "Deny", "Condition": NOT_ON_TAG},
}
SMALL: list[tuple[frozenset[str], frozenset[str]]] = [
    (frozenset(trust), frozenset(identity))
    for trust in subsets(list(TRUST_POOL), range(len(TRUST_POOL) + 1))
    for identity in subsets(list(IDENTITY_POOL), range(len(IDENTITY_POOL) + 1))
]
KNOWN_TAGS: list[Any] = [Known({"team": "red"}), Known({"team": "blue"}), Known({}), GAP]


@pytest.fixture(scope="module")
def small() -> dict[tuple[Any, ...], Tri]:
    """Answers of all small worlds: which statements, with which session tags, within the account and across."""
    found: dict[tuple[Any, ...], Tri] = {}
    for (trust, identity), tags, role in product(SMALL, range(4), (LOCAL, LOCAL.replace(HOME, "222222222222"))):
        one = case(
            SESSION,
            role,
            trust=[TRUST_POOL[name] for name in sorted(trust)],
            identity=[IDENTITY_POOL[name] for name in sorted(identity)],
            session_tags=KNOWN_TAGS[tags],
        )
        found[trust, identity, tags, role] = verdict(one)
    return found


def test_in_all_small_worlds_an_allow_only_adds_and_a_deny_only_takes(small: dict[tuple[Any, ...], Tri]) -> None:
    for (trust, identity, tags, role), before in small.items():
        more = [(name, (trust | {name}, identity, tags, role)) for name in TRUST_POOL]
        more += [(name, (trust, identity | {name}, tags, role)) for name in IDENTITY_POOL]
        for name, key in more:
            assert small[key] >= before if name.startswith("allows") else small[key] <= before, (name, key)


def test_in_all_small_worlds_an_unread_tag_is_one_of_all_values(small: dict[tuple[Any, ...], Tri]) -> None:
    """What is known must be what all values agree upon, and nothing else may be called open."""
    for (trust, identity, tags, role), faded in small.items():
        if KNOWN_TAGS[tags] is GAP:
            possible = {small[trust, identity, known, role] for known in range(3)}
            assert faded is (possible.pop() if len(possible) == 1 else UNKNOWN), (trust, identity, role)


def test_in_all_small_worlds_nothing_that_allows_means_denied(small: dict[tuple[Any, ...], Tri]) -> None:
    for (trust, _, _, _), found in small.items():
        if not any(name.startswith("allows") for name in trust):
            assert found is NO


LETTERS = ["".join(letters) for size in range(3) for letters in product("abc*?", repeat=size)]
VALUES = [(), *((text,) for text in (*LETTERS[1:], "aab", "abb", "cab", "bab", "bbb"))]
TESTS: list[Document] = [
    {operator: {"sts:ExternalId": wanted}}
    for operator in ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringLikeIfExists")
    for wanted in ("ab", "a*", "*b", "?b", ["ab", "c*"])
] + [{"Null": {"sts:ExternalId": wanted}} for wanted in ("true", "false")]


@pytest.mark.parametrize("effects", list(product(["Allow", "Deny"], repeat=2)), ids=" and ".join)
def test_an_unknown_key_is_told_exactly(effects: tuple[str, str]) -> None:
    """The answer of two tests of an unknown key is what every value agrees upon, else open."""
    for chosen in combinations(TESTS, 2):
        both = zip(effects, chosen, strict=True)
        trust = [trusts({"AWS": HOME}, effect=effect, Condition=test) for effect, test in both]
        if effects == ("Deny", "Deny"):
            trust.append(trusts({"AWS": HOME}))
        one = case(trust=trust, unknown=("sts:ExternalId",))
        possible = {verdict(_with_external_id(one, value)) for value in VALUES}
        assert verdict(one) is (possible.pop() if len(possible) == 1 else UNKNOWN), trust


NEVER = {"StringEquals": {"aws:UserAgent": "a"}, "StringLike": {"aws:UserAgent": "b*"}}
IS_A, NOT_A = ({operator: {"aws:UserAgent": "a"}} for operator in ("StringEquals", "StringNotEquals"))
NOWHERE = {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}, "NotIpAddress": {"aws:SourceIp": "198.51.0.0/16"}}
OPEN_TRUST: list[Document] = [
    trusts({"AWS": HOME}),
    trusts({"AWS": HOME}, Condition=IS_A),
    trusts({"AWS": ROLE}, Condition=IS_A),
    trusts({"AWS": USER}, Condition=IS_A),
    trusts({"AWS": USER}, Condition=NEVER),
    trusts({"AWS": USER}, Condition=NOWHERE),
    trusts("*", Condition=NOT_A),
    trusts("*", effect="Deny", Condition=NOT_A),
]
OPEN_IDENTITY: list[Document] = [STS | {"Condition": IS_A}, STS | {"Effect": "Deny", "Condition": IS_A}]


@pytest.mark.parametrize("source", [USER, SESSION])
@pytest.mark.parametrize("role", [LOCAL, DESTINATION])
def test_what_is_denied_whatever_an_unknown_key_is_has_something_that_stands_in_the_way(source: str, role: str) -> None:
    answers = []
    for trust, identity in product(subsets(OPEN_TRUST, (1, 2, 3)), subsets(OPEN_IDENTITY, (0, 1, 2))):
        for boundary in (None, [STS | {"Condition": NOT_A | IS_A}]):
            unknown = ("aws:UserAgent", "aws:SourceIp")
            one = case(source, role, trust=trust, identity=identity, boundary=boundary, unknown=unknown)
            answers.append(answer(one))
    assert set(answers) == ({YES, NO, UNKNOWN} if role == LOCAL else {NO, UNKNOWN})


def test_a_policy_that_is_needed_whatever_an_unknown_key_is_stands_in_the_way() -> None:
    scps = levels([STS | {"Condition": NEVER}])
    for never in (NEVER, NOWHERE):
        trust = (trusts({"AWS": USER}, Condition=never), trusts({"AWS": HOME}))
        one = case(USER, LOCAL, trust=trust, identity=(), unknown=("aws:UserAgent", "aws:SourceIp"))
        assert [blocker.layer for blocker in decide(one).blockers] == [Layer.IDENTITY]
        limited = replace(one, snapshot=replace(one.snapshot, source=replace(one.snapshot.source, scps=scps)))
        assert {blocker.layer for blocker in decide(limited).blockers} == {Layer.SCP, Layer.IDENTITY}


def _with_external_id(one: Case, value: tuple[str, ...]) -> Case:
    return replace(one, request=replace(one.request, unknown=(), context={"sts:ExternalId": value}))


def _less(ways: dict[str, Change]) -> Iterator[tuple[tuple[str, ...], Change]]:
    """Combine ways of knowing less: each, each two, and all that come of a few."""
    few = [name for name in ways if "polic" in name or "tags" in name or name.startswith("key sts")][:7]
    for names in {*subsets(list(ways), (1, 2)), *subsets(few, range(3, len(few) + 1))}:
        yield names, _one_after_another([ways[name] for name in names])


def _one_after_another(changes: list[Change]) -> Change:
    def changed(one: Case) -> Case:
        for change in changes:
            one = change(one)
        return one

    return changed


def _broken(one: Case) -> Iterator[Case]:
    """Give copies of a world in each of which one thing keeps the request from being allowed."""
    never = {"Condition": {"StringEquals": {"aws:PrincipalAccount": "000000000000"}}}
    for kind in {policy.kind for _, policy in documents(one)}:
        yield rewritten(one, lambda document: _each(document, never), (kind,))
    yield rewritten(one, lambda document: _each(document, {"Action": "sts:TagSession"}), (PolicyKind.TRUST,))
    yield replace(one, request=replace(one.request, parameters=Parameters(session_name="a b")))
    yield at(("snapshot", "source", "boundary"), lambda _: Known(_refusing()))(one)


def _each(document: Document, elements: Document) -> Document:
    return document | {"Statement": [statement | elements for statement in document["Statement"]]}


def _refusing() -> Policy:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]}
    return Policy("refusing", raw_document(document), PolicyKind.MANAGED)


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    return [_reversed(one) for one in reversed(value)] if isinstance(value, list) else value


def _repeated(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _repeated(one) for key, one in value.items()}
    return [_repeated(one) for one in (*value, *value)] if isinstance(value, list) else value


def _policies(one: Case, change: Any) -> Case:
    for path in (("snapshot", "source", "identity_policies"), ("snapshot", "source", "session", "policies")):
        one = at(path, lambda given: PolicySet(change(given.policies), given.unread))(one)
    return one


@every_world
def test_an_open_answer_has_a_doubt_that_may_matter(world: str) -> None:
    for name, less in fades(WORLDS[world]).items():
        decision = decide(less(WORLDS[world]))
        if decision.verdict is UNKNOWN:
            assert any(doubt.matters is not NO for doubt in decision.doubts), name
