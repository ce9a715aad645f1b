"""The ways to a role over other roles."""

import random
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.matrix.dumps import OURS, THEIRS, Json, role, statement, trusting, user, write_dump, write_tree

from diagnose.evaluate.decision import verdict
from diagnose.matrix.accounts import read_dumps
from diagnose.matrix.identities import Destination, Identities, Source, case_of_pair, identities, source_of
from diagnose.matrix.paths import NOTHING_SENT, Route, SearchLimits, Ways, session_after, ways_between
from diagnose.model.case import Origin, Parameters, Session
from diagnose.model.evidence import NOT_SUPPLIED, Known
from diagnose.model.policy import PolicySet
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

CI = f"arn:aws:iam::{OURS}:user/ci"
ANY = statement(Resource="*")
EXTERNAL_ID = {"StringEquals": {"sts:ExternalId": "acme-42"}}
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def arn(name: str) -> str:
    return f"arn:aws:iam::{THEIRS}:role/{name}"


def read(folder: Path, *roles: Json) -> Identities:
    write_dump(folder / "ours.json", users=[user(OURS, "ci", ANY)])
    write_dump(folder / "theirs.json", roles=roles)
    write_tree(folder, [OURS, THEIRS])
    return identities(read_dumps(folder))


def ways(
    found: Identities,
    target: str = "Z",
    *,
    source: str = CI,
    mfa: bool | None = None,
    sent: Parameters = NOTHING_SENT,
    calls: int = 3,
    most: int = 10,
    pairs: int = 1000,
) -> Ways:
    caller = source_named(found, source)
    if mfa is not None:
        caller = source_of(replace(caller.side, session=replace(caller.side.session, mfa=Known(mfa))))
    limits = SearchLimits(calls=calls, ways=most, pairs=pairs)
    over = (found.sources, found.destinations)
    return ways_between(caller, role_named(found, target), over, sent=sent, limits=limits)


def source_named(found: Identities, arn: str) -> Source:
    return next(source for source in found.sources if source.arn == arn)


def role_named(found: Identities, name: str) -> Destination:
    return next(role for role in found.destinations if role.arn == arn(name))


def stops(way: Route) -> str:
    """Name the roles of a way by their letters."""
    for before, after in zip(way.calls, way.calls[1:], strict=False):
        assert before.request.role_arn == after.snapshot.source.arn
    return "".join(case.request.role_arn.rpartition("/")[2] for case in way.calls)


def told(found: Ways) -> list[tuple[str, Tri]]:
    return [(stops(way), way.verdict) for way in found.ways]


def test_ways_of_fewer_calls_come_first_and_of_as_many_the_open_ones(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        role(THEIRS, "A", trusting(CI), ANY),
        role(THEIRS, "B", trusting(CI), ANY),
        role(THEIRS, "C", trusting(CI), ANY),
        role(THEIRS, "D", trusting(arn("C")), ANY),
        role(
            THEIRS,
            "Z",
            {
                "Statement": [
                    *trusting([arn("A")], Condition=EXTERNAL_ID)["Statement"],
                    *trusting([arn("B"), arn("D")])["Statement"],
                ]
            },
        ),
    )
    answer = ways(found)
    assert told(answer) == [("BZ", YES), ("AZ", UNKNOWN), ("CDZ", YES)]
    assert (answer.verdict, answer.direct.verdict, answer.more, answer.searched_all) == (YES, NO, False, True)


def test_the_direct_call_is_the_shortest_way(tmp_path: Path) -> None:
    found = read(tmp_path, role(THEIRS, "A", trusting(CI), ANY), role(THEIRS, "Z", trusting([CI, arn("A")])))
    assert told(ways(found)) == [("Z", YES), ("AZ", YES)]


def test_no_way_has_more_calls_than_asked_for(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        role(THEIRS, "A", trusting(CI), ANY),
        role(THEIRS, "B", trusting(arn("A")), ANY),
        role(THEIRS, "Z", trusting(arn("B"))),
    )
    assert [told(ways(found, calls=calls)) for calls in (1, 2, 3)] == [[], [], [("ABZ", YES)]]
    assert ways(found, calls=2).verdict is NO


def test_a_role_that_is_reached_sooner_is_not_gone_to_over_another(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        role(THEIRS, "A", trusting(CI), ANY),
        role(THEIRS, "B", trusting([CI, arn("A")]), ANY),
        role(THEIRS, "Z", trusting(arn("B"))),
    )
    assert told(ways(found)) == [("BZ", YES)]


def test_the_longer_way_is_told_where_it_is_more_open(tmp_path: Path) -> None:
    trust = [*trusting(CI, Condition=EXTERNAL_ID)["Statement"], *trusting(arn("A"))["Statement"]]
    found = read(
        tmp_path,
        role(THEIRS, "A", trusting(CI), ANY),
        role(THEIRS, "B", {"Statement": trust}, ANY),
        role(THEIRS, "Z", trusting(arn("B"))),
    )
    assert told(ways(found)) == [("BZ", UNKNOWN), ("ABZ", YES)]


def test_a_role_may_come_first(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        role(THEIRS, "A", trusting(arn("A")), ANY),
        role(THEIRS, "B", trusting(arn("A")), ANY),
        role(THEIRS, "Z", trusting(arn("B"))),
    )
    assert told(ways(found, source=arn("A"))) == [("BZ", YES)]


@pytest.mark.parametrize(
    ("mfa", "expected"),
    [
        pytest.param(True, [("AZ", YES)], id="the user has it"),
        pytest.param(None, [("AZ", UNKNOWN)], id="nobody knows"),
        pytest.param(False, [], id="the user has none"),
    ],
)
def test_mfa_counts_in_the_first_call(tmp_path: Path, mfa: bool | None, expected: list[tuple[str, Tri]]) -> None:
    found = read(
        tmp_path, role(THEIRS, "A", trusting(CI, Condition=WITH_MFA), ANY), role(THEIRS, "Z", trusting(arn("A")))
    )
    assert told(ways(found, mfa=mfa)) == expected


def test_mfa_does_not_get_over_the_first_call(tmp_path: Path) -> None:
    found = read(
        tmp_path, role(THEIRS, "A", trusting(CI), ANY), role(THEIRS, "Z", trusting(arn("A"), Condition=WITH_MFA))
    )
    assert ways(found, mfa=True).verdict is NO


MAY_TAG = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
GRANT = statement(Action=MAY_TAG, Resource="*")


def tagged_chain(folder: Path, condition: Json) -> Identities:
    """A to B to Z, of which Z asks for something of B's session."""
    write_dump(folder / "ours.json", users=[user(OURS, "ci", GRANT)])
    write_dump(
        folder / "theirs.json",
        roles=[
            role(THEIRS, "A", trusting(CI, Action=MAY_TAG), GRANT),
            role(THEIRS, "B", trusting(arn("A"), Action=MAY_TAG), GRANT),
            role(THEIRS, "Z", trusting(arn("B"), Action=MAY_TAG, Condition=condition)),
        ],
    )
    write_tree(folder, [OURS, THEIRS])
    return identities(read_dumps(folder))


TEAM = {"StringEquals": {"aws:PrincipalTag/team": "red"}}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        pytest.param(Parameters(tags={"team": "red"}, transitive_tag_keys=("team",)), YES, id="a transitive tag"),
        pytest.param(Parameters(tags={"team": "red"}, transitive_tag_keys=("TEAM",)), YES, id="in another case"),
        pytest.param(Parameters(tags={"team": "red"}), NO, id="a tag that is not transitive"),
        pytest.param(Parameters(tags={"team": "blue"}, transitive_tag_keys=("team",)), NO, id="another value"),
        pytest.param(NOTHING_SENT, NO, id="none"),
    ],
)
def test_only_transitive_tags_are_handed_on(tmp_path: Path, sent: Parameters, expected: Tri) -> None:
    assert ways(tagged_chain(tmp_path, TEAM), sent=sent).verdict is expected


def test_a_tag_that_is_not_transitive_still_counts_in_the_second_call(tmp_path: Path) -> None:
    found = tagged_chain(tmp_path, TEAM)
    trust = trusting(arn("A"), Action=MAY_TAG, Condition=TEAM)
    write_dump(
        tmp_path / "theirs.json",
        roles=[role(THEIRS, "A", trusting(CI, Action=MAY_TAG), GRANT), role(THEIRS, "Z", trust)],
    )
    found = identities(read_dumps(tmp_path))
    assert told(ways(found, sent=Parameters(tags={"team": "red"}))) == [("AZ", YES)]


def test_with_a_tag_that_ends_a_role_is_also_gone_to_later(tmp_path: Path) -> None:
    # With the tag B's session is denied; a session of B that came over A has lost it.
    with_tag = {"StringLike": {"aws:PrincipalTag/team": "*"}}
    trust = [
        *trusting(arn("B"), Action=MAY_TAG)["Statement"],
        *trusting("*", Effect="Deny", Action="sts:AssumeRole", Condition=with_tag)["Statement"],
    ]
    write_dump(tmp_path / "ours.json", users=[user(OURS, "ci", GRANT)])
    write_dump(
        tmp_path / "theirs.json",
        roles=[
            role(THEIRS, "A", trusting(CI, Action=MAY_TAG), GRANT),
            role(THEIRS, "B", trusting([CI, arn("A")], Action=MAY_TAG), GRANT),
            role(THEIRS, "Z", {"Statement": trust}),
        ],
    )
    write_tree(tmp_path, [OURS, THEIRS])
    found = identities(read_dumps(tmp_path))
    assert told(ways(found, sent=Parameters(tags={"team": "red"}))) == [("ABZ", YES)]
    assert told(ways(found)) == [("BZ", YES)]


def test_a_role_may_come_twice_where_its_second_session_has_lost_a_tag(tmp_path: Path) -> None:
    with_tag = {"StringLike": {"aws:PrincipalTag/team": "*"}}
    trust = [
        *trusting(arn("B"))["Statement"],
        *trusting("*", Effect="Deny", Condition=with_tag)["Statement"],
    ]
    write_dump(tmp_path / "ours.json", users=[user(OURS, "ci", GRANT)])
    write_dump(
        tmp_path / "theirs.json",
        roles=[
            role(THEIRS, "A", trusting(arn("B"), Action=MAY_TAG), GRANT),
            role(THEIRS, "B", trusting([CI, arn("A"), arn("B")], Action=MAY_TAG), GRANT),
            role(THEIRS, "Z", {"Statement": trust}),
        ],
    )
    write_tree(tmp_path, [OURS, THEIRS])
    found = identities(read_dumps(tmp_path))
    assert told(ways(found, sent=Parameters(tags={"team": "red"}), calls=4)) == [("BBZ", YES)]


def test_the_source_may_come_back_with_what_its_first_call_sent(tmp_path: Path) -> None:
    identity = {"StringEquals": {"aws:SourceIdentity": "alice"}}
    found = read(
        tmp_path,
        role(THEIRS, "A", trusting(arn("B"), Action=MAY_TAG), GRANT),
        role(THEIRS, "B", trusting(arn("A"), Action=MAY_TAG), GRANT),
        role(THEIRS, "Z", trusting(arn("A"), Action=MAY_TAG, Condition=identity)),
    )
    assert told(ways(found, source=arn("A"), sent=Parameters(source_identity="alice"))) == [("BAZ", YES)]
    assert told(ways(found, source=arn("A"))) == []


def test_coming_back_to_the_source_is_no_way_of_its_own(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        role(THEIRS, "A", trusting([arn("A"), arn("B")]), ANY),
        role(THEIRS, "B", trusting(arn("A")), ANY),
        role(THEIRS, "Z", trusting(arn("A"))),
    )
    assert told(ways(found, source=arn("A"))) == [("Z", YES)]


def test_a_role_is_not_a_stop_twice_where_a_later_call_reaches_it_more_openly(tmp_path: Path) -> None:
    # A may be reached at once, and is over D, E and C; of the way A, X, C, A the second half would be one without end.
    found = read(
        tmp_path,
        role(
            THEIRS,
            "A",
            {"Statement": [*trusting(CI, Condition=EXTERNAL_ID)["Statement"], *trusting(arn("C"))["Statement"]]},
            ANY,
        ),
        role(THEIRS, "C", trusting([arn("E"), arn("X")]), ANY),
        role(THEIRS, "D", trusting(CI), ANY),
        role(THEIRS, "E", trusting(arn("D")), ANY),
        role(THEIRS, "X", trusting(arn("A")), ANY),
        role(THEIRS, "Z", trusting(arn("A"))),
    )
    assert told(ways(found, calls=5)) == [("AZ", UNKNOWN), ("DECAZ", YES)]


def test_roles_from_which_the_wanted_one_is_too_far_are_not_decided(tmp_path: Path) -> None:
    far = [role(THEIRS, name, trusting(CI), ANY) for name in "CDEF"]
    found = read(tmp_path, role(THEIRS, "A", trusting(CI), ANY), *far, role(THEIRS, "Z", trusting(arn("A"))))
    assert ways(found, pairs=2).searched_all
    last = read(
        tmp_path,
        role(THEIRS, "A", trusting(CI), ANY),
        role(THEIRS, "B", trusting([CI, arn("A")]), ANY),
        role(THEIRS, "Z", trusting([arn("A"), arn("B")])),
    )
    # Two of the first call, and two of the last: that A leads to B is too late to know.
    assert ways(last, calls=2, pairs=4).searched_all


@pytest.mark.parametrize(
    ("identity", "expected"), [("alice", YES), ("bob", NO), (None, NO)], ids=["the right one", "another", "none"]
)
def test_the_source_identity_is_handed_on(tmp_path: Path, identity: str | None, expected: Tri) -> None:
    found = tagged_chain(tmp_path, {"StringEquals": {"aws:SourceIdentity": "alice"}})
    assert ways(found, sent=Parameters(source_identity=identity)).verdict is expected


def test_a_role_that_does_not_admit_source_identities_ends_a_way(tmp_path: Path) -> None:
    found = read(tmp_path, role(THEIRS, "A", trusting(CI), ANY), role(THEIRS, "Z", trusting(arn("A"))))
    assert ways(found, sent=Parameters(source_identity="alice")).verdict is NO


def test_more_ways_than_are_given_are_said_to_be_there(tmp_path: Path) -> None:
    middle = [role(THEIRS, name, trusting(CI), ANY) for name in "ABC"]
    found = read(tmp_path, *middle, role(THEIRS, "Z", trusting(THEIRS)))
    answers = {most: ways(found, most=most) for most in (2, 3)}
    assert {most: (len(answer.ways), answer.more) for most, answer in answers.items()} == {2: (2, True), 3: (3, False)}


def test_a_search_that_was_broken_off_denies_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, role(THEIRS, "A", trusting(CI), ANY), role(THEIRS, "Z", trusting(arn("A"))))
    cut, whole = ways(found, pairs=1), ways(found, pairs=2)
    assert (cut.ways, cut.searched_all, cut.verdict) == ((), False, UNKNOWN)
    assert (whole.searched_all, whole.verdict) == (True, YES)


def test_what_is_not_known_of_a_session_is_not_known_of_the_next() -> None:
    after = session_after(Session(), Parameters(tags={"team": "red"}))
    assert (after.tags, after.transitive_tag_keys, after.source_identity) == (NOT_SUPPLIED,) * 3
    assert session_after(Session(mfa=Known(True)), NOTHING_SENT).mfa == Known(False, "the calls before")
    assert (after.origin, after.policies) == (Known(Origin.ASSUME_ROLE, "the calls before"), PolicySet())


def test_unknown_tags_of_which_none_is_transitive_are_gone() -> None:
    after = session_after(Session(transitive_tag_keys=Known(())), Parameters(tags={"team": "red"}))
    assert isinstance(after.tags, Known)
    assert after.tags.value == {"team": "red"}


@pytest.mark.parametrize("seed", range(40))
def test_the_ways_are_those_that_trying_every_order_of_roles_finds(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    found = read(tmp_path, *_some_roles(chance, "ABCZ"))
    calls = chance.choice((2, 3, 4))
    assert sorted(told(ways(found, calls=calls, most=100))) == sorted(_tried(found, "ABC", calls))


def _some_roles(chance: random.Random, names: str) -> Iterator[Json]:
    for name in names:
        trust: list[Json] = []
        for caller in [CI, *(arn(other) for other in names if other not in (name, "Z"))]:
            if caller == CI and name == "Z":
                continue
            match chance.randrange(4):
                case 0 | 1:
                    trust += trusting(caller)["Statement"]
                case 2:
                    trust += trusting(caller, Condition=EXTERNAL_ID)["Statement"]
                case _:
                    pass
        yield role(THEIRS, name, {"Statement": trust}, *([ANY] if chance.random() < 0.8 else []))


def _tried(found: Identities, between: str, calls: int) -> Iterator[tuple[str, Tri]]:
    """Decide every order of roles, and leave out those in which a role is reached later, and no more openly."""
    best: dict[tuple[str, int], Tri] = {}
    for length in range(1, calls + 1):
        for order in permutations(between, length):
            key = order[-1], length
            best[key] = max(best.get(key, NO), _answer(found, order))
    for length in range(calls):
        for order in permutations(between, length):
            answer = _answer(found, (*order, "Z"))
            detour = any(
                best[order[place - 1], fewer] >= _answer(found, order[:place])
                for place in range(1, length + 1)
                for fewer in range(1, place)
            )
            if answer is not NO and not detour:
                yield "".join((*order, "Z")), answer


def _answer(found: Identities, order: Sequence[str]) -> Tri:
    answers, caller = [], source_named(found, CI)
    for name in order:
        answers.append(verdict(case_of_pair(caller, role_named(found, name))))
        caller = source_named(found, arn(name))
    return min(answers)
