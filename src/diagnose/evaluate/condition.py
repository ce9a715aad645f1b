"""Condition: tests of the request context, all of which must hold.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from enum import Enum

from diagnose.evaluate.json_values import Flaw, Flaws, Texts
from diagnose.evaluate.keys.context import hidden_state, state_of
from diagnose.evaluate.keys.table import hidden_from, multivalued
from diagnose.evaluate.memo import Memo, of_short_texts
from diagnose.evaluate.operator import OPERATORS, Family, Operator, ValueMatcher
from diagnose.evaluate.pattern import Fragment, Text
from diagnose.evaluate.request import ActionRequest
from diagnose.model.json_text import Repeated, encode_json
from diagnose.model.key_state import State, UnknownState
from diagnose.model.pointer import escaped
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of, tri


class SetOperator(Enum):
    """How a key with several values is compared."""

    NONE = ""
    ALL = "ForAllValues:"
    ANY = "ForAnyValue:"


# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
_ALL, _ANY, _NULL = SetOperator.ALL, SetOperator.ANY, Family.NULL


class Operand:
    """One value of a test. `matches` is ready unless the text holds variables; `malformed` says that it cannot be.

    `any_arn` says that it is a lone `*` where an ARN is wanted. AWS compares ARNs part by part, and does not say
    whether that, without parts, matches every ARN or none.
    """

    __slots__ = ("any_arn", "malformed", "matches", "pointer", "text")

    def __init__(self, text: Text, pointer: str, operator: Operator) -> None:
        """Compile a value that has no variables; the others wait for the request."""
        self.text, self.pointer = text, pointer
        self.matches: ValueMatcher | None = None
        if text.static is not None or not operator.takes_variables:
            self.matches = operator.matcher(((text.raw, True),))
            self.malformed = self.matches is None
        else:
            self.malformed = False
        self.any_arn = self.malformed and operator.family is Family.ARN and text.raw.strip("*") == "" != text.raw


class Test:
    """One key under one operator. `operator` is None where AWS has no operator of that name."""

    __slots__ = (
        "_operands",
        "_same_for_all",
        "_values",
        "_variables",
        "hidden",
        "if_exists",
        "key",
        "lower",
        "multivalued",
        "operator",
        "operator_name",
        "pointer",
        "sets",
        "unreadable",
    )

    def __init__(self, operator_name: str, key: str, values: Texts | None, pointer: str, *, variables: bool) -> None:
        """`operator_name` is an operator with its prefix and suffix; `values` is None where they cannot be read."""
        self.operator_name, self.key, self.lower, self.pointer = operator_name, key, key.lower(), pointer
        self.sets, self.operator, self.if_exists = parse_operator(operator_name)
        self.multivalued = multivalued(self.lower)
        self.hidden = hidden_from(self.lower)
        self.unreadable = values is None
        self._values, self._variables = values, variables
        self._operands: tuple[Operand, ...] | None = None
        self._same_for_all: bool | None = None

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The values, compiled when they are first compared with."""
        if self._operands is None:
            self._operands = tuple(
                Operand(Text(text, variables=self._variables), place, self.operator or _ANY_OPERATOR)
                for text, place in self._values or ()
            )
        return self._operands

    @property
    def same_for_all(self) -> bool:
        """Whether it holds of the same values whoever asks: no value refers to another key."""
        if self._same_for_all is None:
            self._same_for_all = all(operand.matches is not None or operand.malformed for operand in self.operands)
        return self._same_for_all

    def holds(self, request: ActionRequest) -> Tri:
        """Say whether the test is true of the request; an operator that AWS does not have is never true."""
        if self.operator is None:
            return NO
        if self.unreadable:
            return UNKNOWN
        state = self.state(request)
        if isinstance(state, UnknownState):
            return self._holds_of_unknown(state, request)
        return self.holds_of(state, request)

    def state(self, request: ActionRequest) -> State:
        """Look the key up, as it is in the context of this action."""
        if request.action in self.hidden:
            return hidden_state(self.lower, request.call)
        return state_of(self.lower, request.call)

    def holds_of(self, values: tuple[str, ...], request: ActionRequest) -> Tri:
        """Say whether the test is true of a key with these values (none: the key is absent)."""
        operator = self.operator
        if operator is None:
            return NO
        if operator.family is _NULL:
            return self._null(values)
        if not values:
            if self.if_exists and self.sets is SetOperator.ANY:
                # AWS says of IfExists that it is then true, and of ForAnyValue that it is then false.
                return UNKNOWN
            if self.if_exists or self.sets is SetOperator.ALL:
                return YES
            return tri(operator.negated and self.sets is SetOperator.NONE)
        if self.sets is _ALL:
            return YES if not any(values) else all_of(self.fits(value, request) for value in values)
        if self.sets is _ANY:
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
        fits = NO
        for operand in self.operands:
            if operand.matches is not None:
                # What is ready is compared here: a call for each takes longer than comparing.
                matched = operand.matches(value)
                if matched:
                    return NO if operator.negated else YES
                if matched is None and operator.negated:
                    fits = UNKNOWN
                continue
            answer = _compare(operand, operator, value, request)
            if answer is YES:
                return NO if operator.negated else YES
            if answer is UNKNOWN:
                fits = UNKNOWN
        return ~fits if operator.negated else fits

    def _holds_of_unknown(self, state: UnknownState, request: ActionRequest) -> Tri:
        if state.options is not None:
            answers = {self.holds_of(option, request) for option in state.options}
            return answers.pop() if len(answers) == 1 else UNKNOWN
        operator = self.operator
        if state.present and operator is not None and operator.family is Family.NULL:
            return self._null(("present",))
        return UNKNOWN

    def _null(self, values: tuple[str, ...]) -> Tri:
        """`Null: true` means that the key must be absent.

        Whether an empty value counts as present is not certain, nor what a set operator does to it.
        """
        if self.sets is not SetOperator.NONE or any(operand.malformed for operand in self.operands):
            return UNKNOWN
        wants_absent = {operand.text.raw.lower() == "true" for operand in self.operands}
        if len(wants_absent) > 1:
            return YES
        if values and not any(values):
            return UNKNOWN
        return tri(wants_absent == {values == ()})


@of_short_texts
def parse_operator(name: str) -> tuple[SetOperator, Operator | None, bool]:
    """Take `ForAnyValue:StringLikeIfExists` apart. `Null` cannot be combined with `IfExists`."""
    lower = name.lower()
    sets = SetOperator.NONE
    for prefix in (SetOperator.ALL, SetOperator.ANY):
        if lower.startswith(prefix.value.lower()):
            sets, lower = prefix, lower[len(prefix.value) :]
    if_exists = lower.endswith("ifexists")
    operator = OPERATORS.get(lower.removesuffix("ifexists"))
    if operator is not None and operator.family is Family.NULL and if_exists:
        operator = None
    return sets, operator, if_exists


class Conditions:
    """The Condition of one statement: its tests, all of which must hold; `broken` if a flaw makes it unreadable."""

    __slots__ = ("_flaws", "broken", "tests")

    def __init__(self, tests: list[Test], flaws: Flaws) -> None:
        """Operands are compiled, and may prove malformed, when they are first looked at."""
        self.tests, self.broken, self._flaws = tests, flaws.broken, flaws.all

    @property
    def flaws(self) -> list[Flaw]:
        """What AWS rejects in it."""
        malformed = [
            Flaw(operand.pointer, f"`{test.operator_name}` cannot compare `{operand.text.raw}`")
            for test in self.tests
            for operand in test.operands
            if operand.malformed and not operand.any_arn
        ]
        return [*self._flaws, *malformed]


def compile_conditions(read: object, pointer: str, *, variables: bool) -> Conditions:
    """Compile a Condition, or take what was compiled before of the same one in the same place and language.

    A condition on the organization, for example, is part of documents that are otherwise all different.
    """
    content = encode_json(read)
    if content.find(b"null") >= 0 or _repeats(read):
        # In `content` a repeated key appears once, and infinity, which JSON does not have, is null.
        return _compile(read, pointer, variables=variables)
    key = (pointer, variables, content)
    return _conditions.find(key) or _conditions.offer(key, _compile(read, pointer, variables=variables), len(content))


_ANY_OPERATOR = OPERATORS["stringequals"]


def _compare(operand: Operand, operator: Operator, value: str, request: ActionRequest) -> Tri:
    """Compare one value with one operand.

    What cannot be compared fits nothing, and is UNKNOWN for a negated operator. A variable without a value
    makes a positive operator false and a negated one true: the operand fits nothing.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if operand.any_arn:
        return UNKNOWN
    matches = operand.matches
    if matches is None and not operand.malformed:
        fragments: tuple[Fragment, ...] | UnknownState | None = operand.text.resolve(request)
        if isinstance(fragments, UnknownState):
            return UNKNOWN
        if fragments is None:
            return NO
        matches = operator.matcher(fragments)
    answer = matches(value) if matches is not None else None
    if answer is None:
        return UNKNOWN if operator.negated else NO
    return YES if answer else NO


_conditions: Memo[Conditions] = Memo()


def _repeats(read: object) -> bool:
    """Say whether a Condition repeats an operator, or a key under one."""
    if type(read) is not dict:
        return type(read) is Repeated
    for keys in read.values():  # noqa: SIM110  # a generator takes twice as long
        if type(keys) is Repeated:
            return True
    return False


def _compile(read: object, pointer: str, *, variables: bool) -> Conditions:
    tests: list[Test] = []
    flaws = Flaws()
    if not isinstance(read, dict):
        flaws.add(pointer, "expected an object of condition operators")
        return Conditions(tests, flaws)
    repeated = flaws.repeated(read, pointer)
    for name, keys in read.items():
        where = f"{pointer}/{escaped(name)}"
        if not isinstance(keys, dict):
            flaws.add(where, "expected an object of condition keys")
            continue
        if parse_operator(name)[1] is None:
            flaws.note(where, f"AWS has no condition operator `{name}`")
        repeated = flaws.repeated(keys, where) or repeated
        for key, operands in keys.items():
            place = f"{where}/{escaped(key)}"
            values = flaws.texts(operands, place, unquoted=True)
            tests.append(Test(name, key, values, place, variables=variables))
    return Conditions([] if repeated else tests, flaws)
