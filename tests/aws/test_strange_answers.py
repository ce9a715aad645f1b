"""What AWS answers strangely is a gap, never an absence and never the end; `tests/fuzz` tries it at length."""

from collections.abc import Iterator, Mapping
from random import Random

import pytest
from tests.aws.faults import FAULTS
from tests.fuzz.fuzz_answers import World, home, lie, refuse, worlds

from diagnose.aws.promises import PROMISES
from diagnose.model.tri import UNKNOWN

_APIS = 6
_WORLDS = 3
"""So many worlds are tried with an API until the fault fits its answer."""


@pytest.fixture(scope="module")
def every() -> Iterator[Mapping[str, World]]:
    with home():
        yield worlds()


OF_WHOLE_ACCOUNTS = {
    "iam:GetAccountAuthorizationDetails",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
}
"""What only `xdiag collect --org` calls, which reads no case: `tests/cli/test_collect_org.py` has it."""


def test_the_worlds_are_read_whole_and_call_every_api(every: Mapping[str, World]) -> None:
    unsettled = {name for name, world in every.items() if world.truth is UNKNOWN}
    assert unsettled == {"identity-center"}
    called = {action for world in every.values() for action in world.actions}
    assert called == set(PROMISES) - OF_WHOLE_ACCOUNTS


def test_each_read_that_is_refused_leaves_the_answer_right_or_open_and_names_the_permission(
    every: Mapping[str, World],
) -> None:
    """`benchmarks/refusals.py` tries each two together, too."""
    tried = [(name, action) for name, world in every.items() for action in world.actions if action[:4] != "sts:"]
    assert len(tried) > 200
    wrong = {f"{action} in world `{name}`": said for name, action in tried if (said := refuse(every[name], action))}
    assert wrong == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_answer_ends_the_check_or_makes_it_say_what_is_not_so(every: Mapping[str, World], fault: str) -> None:
    """Try some of the APIs, other ones with each fault, each in one of the worlds that call it."""
    rng = Random(fault)
    actions = sorted(set(PROMISES) - OF_WHOLE_ACCOUNTS)
    rng.shuffle(actions)
    tried = 0
    for action in actions:
        calling = [name for name, world in every.items() if action in world.actions]
        for name in rng.sample(calling, min(_WORLDS, len(calling))):
            said = lie(every[name], action, fault, rng)
            assert not said, f"{action} in world `{name}`: {said}"
            if said is not None:
                tried += 1
                break
        if tried == _APIS:
            break
    assert tried, "the fault fits no answer"
