"""What all choices of values of the unknown keys come to, without trying each choice by itself.

A statement that tests several keys applies if all the tests are true; a level allows if some Allow applies, and denies
if some Deny does. So keys are taken one by one, and choices are told apart only by what they have come to so far: which
statements may still apply, and to what those come whose keys have all been taken. Five Deny statements on five keys
come to two things, not to 32.

What choices come to is a bit mask: two bits of every group of statements of which nothing counts but whether one of
them applies, and two of every open statement, where the lower one says that it may apply, the upper that it certainly
does.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

from diagnose.evaluate.condition import Test
from diagnose.evaluate.effort import Effort
from diagnose.evaluate.memo import Memo
from diagnose.evaluate.request import ActionRequest
from diagnose.model.trace import Action, Layer, Match
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, tri

Matches: TypeAlias = Sequence[tuple[Match, Tri]]
"""How a statement of the trust policy reaches the caller."""


class StatementGroup(NamedTuple):
    """What statements have in common of which nothing counts but whether one of them applies.

    `level` is the place of a level in its layer; `matches` are told apart in the trust policy only.
    """

    action: Action
    layer: Layer
    level: int
    allows: bool
    matches: Matches


class IsValue:
    """A test, besides those of policies, that a key has this state and no other."""

    __slots__ = ("_values", "lower")

    operands = ()
    unreadable = same_for_all = False

    def __init__(self, key: str, values: tuple[str, ...]) -> None:
        """`key` is in lower case; no values stand for its absence."""
        self.lower, self._values = key, values

    def holds_of(self, values: tuple[str, ...], _request: ActionRequest) -> Tri:
        """Say whether the key has this state."""
        return tri(values == self._values)


AnyTest: TypeAlias = Test | IsValue


class OpenStatement:
    """A statement, as one action meets it, that depends on keys which are tried.

    If `tests`, those of such keys, are true it certainly applies where it is `certain`, else it may.
    """

    __slots__ = ("certain", "group", "request", "tests")

    def __init__(
        self, group: StatementGroup, request: ActionRequest, tests: Sequence[AnyTest], *, certain: bool
    ) -> None:
        """Put a statement into its group."""
        self.group, self.request, self.tests, self.certain = group, request, tests, certain


class Choices:
    """All choices of a value for every key.

    `order` is that in which the keys are taken. `too_many_from` is the place in it of the first key with which the
    choices came to too many things to go on; None where they did not.
    """

    __slots__ = (
        "_after",
        "_behind",
        "_classes",
        "_closing",
        "_effort",
        "_first",
        "_groups",
        "_live",
        "_places",
        "_results",
        "_tests",
        "order",
        "too_many_from",
    )

    def __init__(
        self, statements: Sequence[OpenStatement], values: Mapping[str, Sequence[tuple[str, ...]]], effort: Effort
    ) -> None:
        """`values` has the states to try of each key, an empty one where the request lacks it."""
        self.order = _order(statements)
        self._places = {key: place for place, key in enumerate(self.order)}
        self._effort = effort
        self._groups = list(dict.fromkeys(statement.group for statement in statements))
        self._first = 2 * len(self._groups)
        self._results = (1 << self._first) - 1
        self._live = (1 << self._first + 2 * len(statements)) - 1 ^ self._results
        self._tests = _tests_by_key(statements)
        self._closing = _Closing(statements, self._groups, self._places, self._first)
        self._classes: dict[str, tuple[list[int], list[int]]] = {}
        self._after = [{self._start(statements)}]
        self._behind: list[set[int]] | None = None
        self.too_many_from: int | None = None
        for place, key in enumerate(self.order):
            reached = None
            if self._classify(key, statements, values[key]):
                reached = self._taken(self._after[-1], key, self._closing.forwards[place])
            if reached is None:
                self.too_many_from = place
                break
            self._after.append(reached)

    @property
    def results(self) -> set[int]:
        """What the choices come to."""
        return self._after[-1]

    def of_groups(self, result: int) -> Iterator[tuple[StatementGroup, Tri]]:
        """Say of every group whether one of its statements applies, where it does or may."""
        for place, group in enumerate(self._groups):
            if bits := result >> 2 * place & 0b11:
                yield group, YES if bits & 0b10 else UNKNOWN

    def has(self, key: str) -> bool:
        """Say whether a key is one of those that are taken: a statement that counts tests it."""
        return key in self._places

    def by_value(self, key: str) -> list[list[int]] | None:
        """Give for all choices of the other keys that differ, by value of `key`, what both come to.

        None where they are too many.
        """
        place = self._places[key]
        masks, of_value = self._classes[key]
        behind = self._choices_behind(place)
        if behind is None or not self._effort.spend(len(behind) * len(self._after[place]) * len(masks)):
            return None
        across = self._closing.across[place]
        rows: dict[tuple[int, ...], None] = {}
        for before in self._after[place]:
            for after in behind:
                others = before & after & self._live | (before | after) & self._results
                rows[tuple(_closed(others & mask, across) for mask in masks)] = None
        return [[row[index] for index in of_value] for row in rows]

    def _start(self, statements: Sequence[OpenStatement]) -> int:
        start = 0
        for place, statement in enumerate(statements):
            start |= (0b11 if statement.certain else 0b01) << self._first + 2 * place
        return start

    def _classify(self, key: str, statements: Sequence[OpenStatement], states: Sequence[tuple[str, ...]]) -> bool:
        """Sort states of a key by the mask that each leaves of what may apply; False where they are too many."""
        tests = self._tests[key]
        if not self._effort.spend(len(states) * sum(1 + len(test.operands) // 8 for _, test in tests)):
            return False
        content = tuple(states)
        masks = [self._live | self._results] * len(content)
        for place, test in tests:
            shift = self._first + 2 * place
            leaving_none, leaving_doubt = ~(0b11 << shift), ~(0b10 << shift)
            for number, holds in enumerate(_answers(test, content, statements[place].request)):
                if holds is not YES:
                    masks[number] &= leaving_none if holds is NO else leaving_doubt
        places = {mask: number for number, mask in enumerate(dict.fromkeys(masks))}
        self._classes[key] = list(places), [places[mask] for mask in masks]
        return True

    def _taken(self, states: set[int], key: str, closing: "Sequence[_Closes]") -> set[int] | None:
        """Take a key: give what the choices come to with it; None where they are too many."""
        masks, _ = self._classes[key]
        if not self._effort.spend(len(states) * len(masks)):
            return None
        return {_closed(state & mask, closing) for state in states for mask in masks}

    def _choices_behind(self, place: int) -> set[int] | None:
        """Give what choices of the keys behind a place come to, taken from the last one on."""
        if self._behind is None:
            self._behind = [self._after[0]]
            for later in range(len(self.order) - 1, 0, -1):
                reached = self._taken(self._behind[-1], self.order[later], self._closing.backwards[later])
                if reached is None:
                    break
                self._behind.append(reached)
        later_keys = len(self.order) - 1 - place
        return self._behind[later_keys] if later_keys < len(self._behind) else None


_found_answers: Memo[tuple[Tri, ...]] = Memo()


def _answers(test: AnyTest, states: tuple[tuple[str, ...], ...], request: ActionRequest) -> tuple[Tri, ...]:
    """Say of every state whether a test holds, or remember it: a proof asks the same for everybody who might gain."""
    if test.unreadable:
        return (UNKNOWN,) * len(states)
    if not test.same_for_all:
        return tuple([test.holds_of(values, request) for values in states])
    content = test, states
    found = _found_answers.find(content)
    if found is None:
        found = tuple([test.holds_of(values, request) for values in states])
        _found_answers.offer(content, found, len(states))
    return found


_Closes: TypeAlias = tuple[int, int, int, int]
"""Bits of a group: of the statements that are closed, of what of them is certain, of all of them, its own lower one."""


class _Closing:
    """The statements of which all keys are taken: of those up to a place, of those from it on, and of all."""

    def __init__(
        self,
        statements: Sequence[OpenStatement],
        groups: Sequence[StatementGroup],
        places: Mapping[str, int],
        first: int,
    ) -> None:
        self._bit_of = {group: 1 << 2 * place for place, group in enumerate(groups)}
        self._members = dict.fromkeys(groups, 0)
        self._ends: list[dict[StatementGroup, int]] = [{} for _ in places]
        self._starts: list[dict[StatementGroup, int]] = [{} for _ in places]
        # Half of the bits of all statements: 0b1010...10.
        self._upper = 2 * ((1 << 2 * len(statements)) - 1) // 3 << first
        for number, statement in enumerate(statements):
            group, bits = statement.group, 0b11 << first + 2 * number
            keys = [places[test.lower] for test in statement.tests]
            self._members[group] |= bits
            for at in (self._ends[max(keys)], self._starts[min(keys)]):
                at[group] = at.get(group, 0) | bits

    @cached_property
    def forwards(self) -> list[list[_Closes]]:
        """Of each place the statements whose last key it is."""
        return [self._closes(at) for at in self._ends]

    @cached_property
    def backwards(self) -> list[list[_Closes]]:
        """Of each place the statements whose first key it is."""
        return [self._closes(at) for at in self._starts]

    @cached_property
    def across(self) -> list[list[_Closes]]:
        """Of each place the statements whose first key is not behind it, and whose last key is not before it."""
        spans: list[list[_Closes]] = []
        begun = dict.fromkeys(self._members, 0)
        for starting, ending in zip(self._starts, self._ends, strict=True):
            for group, bits in starting.items():
                begun[group] |= bits
            spans.append(self._closes({group: bits for group, bits in begun.items() if bits}))
            for group, bits in ending.items():
                begun[group] ^= bits
        return spans

    def _closes(self, at: Mapping[StatementGroup, int]) -> list[_Closes]:
        return [(bits, bits & self._upper, self._members[group], self._bit_of[group]) for group, bits in at.items()]


def _closed(state: int, closing: Sequence[_Closes]) -> int:
    """Put statements that are closed into what their groups come to.

    Of a group of which one certainly applies nothing else counts.
    """
    for closed, certain, members, bit in closing:
        if done := state & closed:
            state = state & ~closed | bit
            if done & certain:
                state = (state | bit << 1) & ~members
    return state


def _order(statements: Sequence[OpenStatement]) -> list[str]:
    """Give the keys so that statements are soon closed: those of one statement together, the shortest first."""
    by_length = sorted(statements, key=lambda statement: len(statement.tests))
    return list(dict.fromkeys(test.lower for statement in by_length for test in statement.tests))


def _tests_by_key(statements: Sequence[OpenStatement]) -> dict[str, list[tuple[int, AnyTest]]]:
    """Give the tests of every key, each with the place of its statement."""
    tests: dict[str, list[tuple[int, AnyTest]]] = {}
    for place, statement in enumerate(statements):
        for test in statement.tests:
            tests.setdefault(test.lower, []).append((place, test))
    return tests
