"""Condition: tests of the request context, all of which must hold.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from enum import Enum
from functools import lru_cache

from diagnose.evaluate.json_values import Flaw, Flaws, Texts
from diagnose.evaluate.keys.table import MULTIVALUED, hidden_from
from diagnose.evaluate.memo import Memo
from diagnose.evaluate.operator import OPERATORS, Comparator, Family, Operator
from diagnose.evaluate.pattern import Piece, Text
from diagnose.evaluate.request import ActionRequest
from diagnose.model.json_text import encode_json, repeated_keys
from diagnose.model.key_state import ABSENT, State, UnknownState
from diagnose.model.pointer import escaped
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of, tri


class SetOperator(Enum):
    """How a key with several values is compared."""

    NONE = ""
    ALL = "ForAllValues:"
    ANY = "ForAnyValue:"


class Operand:
    """One value of a test. `compare` is ready unless the text holds variables; `malformed` says that it cannot be."""

    __slots__ = ("compare", "malformed", "pointer", "text")

    def __init__(self, text: Text, pointer: str, operator: Operator) -> None:
        """Compile a value that has no variables; the others wait for the request."""
        self.text, self.pointer = text, pointer
        self.compare: Comparator | None = None
        if text.plain is not None or not operator.takes_variables:
            self.compare = operator.comparison(((text.written, True),))
            self.malformed = self.compare is None
        else:
            self.malformed = False


class Test:
    """One key under one operator. `operator` is None where AWS has no operator of that name."""

    __slots__ = (
        "_operands",
        "_values",
        "_variables",
        "hidden",
        "if_exists",
        "key",
        "lower",
        "multivalued",
        "operator",
        "pointer",
        "sets",
        "untold",
        "written",
    )

    def __init__(self, written: str, key: str, values: Texts | None, pointer: str, *, variables: bool) -> None:
        """Compile `written`, an operator with its prefix and suffix, for `key`; None for values that cannot be told."""
        self.written, self.key, self.lower, self.pointer = written, key, key.lower(), pointer
        self.sets, self.operator, self.if_exists = parse_operator(written)
        self.multivalued = self.lower in MULTIVALUED
        self.hidden = hidden_from(self.lower)
        self.untold = values is None
        self._values, self._variables = values, variables
        self._operands: tuple[Operand, ...] | None = None

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The values, compiled when they are first compared with."""
        if self._operands is None:
            self._operands = tuple(
                Operand(Text(text, variables=self._variables), place, self.operator or _ANY_OPERATOR)
                for text, place in self._values or ()
            )
        return self._operands

    def holds(self, request: ActionRequest) -> Tri:
        """Say whether the test is true of the request; an operator that AWS does not have is never true."""
        if self.operator is None:
            return NO
        if self.untold:
            return UNKNOWN
        state = self.state(request)
        if isinstance(state, UnknownState):
            return self._holds_of_unknown(state, request)
        return self.holds_of(state, request)

    def state(self, request: ActionRequest) -> State:
        """Look the key up, as the context of the action asked for holds it."""
        if request.action in self.hidden:
            return ABSENT
        return request.context[self.lower]

    def holds_of(self, values: tuple[str, ...], request: ActionRequest) -> Tri:
        """Say whether the test is true of a key with these values (none: the key is absent)."""
        operator = self.operator
        if operator is None:
            return NO
        if operator.family is Family.NULL:
            return self._null(values)
        if not values:
            if self.if_exists or self.sets is SetOperator.ALL:
                return YES
            return tri(operator.negated and self.sets is SetOperator.NONE)
        if self.sets is SetOperator.ALL:
            return YES if not any(values) else all_of(self.fits(value, request) for value in values)
        if self.sets is SetOperator.ANY:
            if not any(values):
                return NO
            return any_of(self.fits(value, request) for value in values)
        if self.multivalued or len(values) > 1:
            return UNKNOWN if operator.negated else NO
        return self.fits(values[0], request)

    def fits(self, value: str, request: ActionRequest) -> Tri:
        """Say whether one value fits any operand, or under a negated operator none.

        Whether a negated operator is true of what cannot be compared is not documented.
        """
        operator = self.operator
        assert operator is not None
        found = NO
        for operand in self.operands:
            answer = _compare(operand, operator, value, request)
            if answer is YES:
                return NO if operator.negated else YES
            if answer is UNKNOWN:
                found = UNKNOWN
        return ~found if operator.negated else found

    def _holds_of_unknown(self, state: UnknownState, request: ActionRequest) -> Tri:
        if state.options is not None:
            answers = {self.holds_of(option, request) for option in state.options}
            return answers.pop() if len(answers) == 1 else UNKNOWN
        operator = self.operator
        if state.present and operator is not None and operator.family is Family.NULL:
            return self._null(("present",))
        return UNKNOWN

    def _null(self, values: tuple[str, ...]) -> Tri:
        """`Null: true` wants the key to be absent. Whether an empty value counts as present is not certain."""
        if any(operand.malformed for operand in self.operands):
            return UNKNOWN
        wants_absent = {operand.text.written.lower() == "true" for operand in self.operands}
        if len(wants_absent) > 1:
            return YES
        if values and not any(values):
            return UNKNOWN
        return tri(wants_absent == {values == ()})


@lru_cache(maxsize=1024)
def parse_operator(written: str) -> tuple[SetOperator, Operator | None, bool]:
    """Take `ForAnyValue:StringLikeIfExists` apart. `Null` cannot be combined with `IfExists`."""
    lower = written.lower()
    sets = SetOperator.NONE
    for candidate in (SetOperator.ALL, SetOperator.ANY):
        if lower.startswith(candidate.value.lower()):
            sets, lower = candidate, lower[len(candidate.value) :]
    if_exists = lower.endswith("ifexists")
    operator = OPERATORS.get(lower.removesuffix("ifexists"))
    if operator is not None and operator.family is Family.NULL and if_exists:
        operator = None
    return sets, operator, if_exists


class ConditionBlock:
    """A compiled block: its tests, all of which must hold, and whether a flaw keeps it from being told."""

    __slots__ = ("_flaws", "broken", "tests")

    def __init__(self, tests: list[Test], flaws: Flaws) -> None:
        """Take what was read; operands are compiled, and found malformed, when they are first looked at."""
        self.tests, self.broken, self._flaws = tests, flaws.broken, flaws.found

    @property
    def flaws(self) -> list[Flaw]:
        """What AWS would not accept of it."""
        malformed = [
            Flaw(operand.pointer, f"`{test.written}` cannot compare `{operand.text.written}`")
            for test in self.tests
            for operand in test.operands
            if operand.malformed
        ]
        return self._flaws + malformed


def compile_block(read: object, pointer: str, *, variables: bool) -> ConditionBlock:
    """Compile a block, or take what was compiled before of the same block in the same place and language.

    A condition on the organization, say, stands in documents that are otherwise all different.
    """
    content = encode_json(read)
    if b"null" in content or _repeats(read):
        # Written anew, a key that is repeated stands once, and infinity, which JSON does not have, is null.
        return _compile(read, pointer, variables=variables)
    key = (pointer, variables, content)
    return _blocks.find(key) or _blocks.offer(key, _compile(read, pointer, variables=variables), len(content))


_ANY_OPERATOR = OPERATORS["stringequals"]


def _compare(operand: Operand, operator: Operator, value: str, request: ActionRequest) -> Tri:
    """Compare one value with one operand.

    What cannot be compared fits nothing, and is UNKNOWN for a negated operator. A variable without a value
    makes a positive operator false and a negated one true: the operand fits nothing.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    compare = operand.compare
    if compare is None and not operand.malformed:
        pieces: tuple[Piece, ...] | UnknownState | None = operand.text.resolve(request)
        if isinstance(pieces, UnknownState):
            return UNKNOWN
        if pieces is None:
            return NO
        compare = operator.comparison(pieces)
    answer = compare(value) if compare is not None else None
    if answer is None:
        return UNKNOWN if operator.negated else NO
    return YES if answer else NO


_blocks: Memo[ConditionBlock] = Memo()


def _repeats(read: object) -> bool:
    """Say whether a block repeats an operator, or a key under one."""
    return bool(repeated_keys(read)) or any(map(repeated_keys, read.values() if isinstance(read, dict) else ()))


def _compile(read: object, pointer: str, *, variables: bool) -> ConditionBlock:
    tests: list[Test] = []
    flaws = Flaws()
    if not isinstance(read, dict):
        flaws.add(pointer, "expected an object of condition operators")
        return ConditionBlock(tests, flaws)
    repeated = flaws.repeated(read, pointer)
    for written, tested in read.items():
        where = f"{pointer}/{escaped(written)}"
        if not isinstance(tested, dict):
            flaws.add(where, "expected an object of condition keys")
            continue
        if parse_operator(written)[1] is None:
            flaws.note(where, f"AWS knows no condition operator `{written}`")
        repeated = flaws.repeated(tested, where) or repeated
        for key, given in tested.items():
            place = f"{where}/{escaped(key)}"
            values = flaws.texts(given, place, unquoted=True)
            tests.append(Test(written, key, values, place, variables=variables))
    return ConditionBlock([] if repeated else tests, flaws)
