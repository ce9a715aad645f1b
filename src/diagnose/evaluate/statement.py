"""Statements: an effect, and the elements that decide whether it applies.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from collections.abc import Iterator

from diagnose.evaluate.action import Actions
from diagnose.evaluate.condition import Test, parse_operator
from diagnose.evaluate.principal import Named, Principals
from diagnose.evaluate.resource import Resources
from diagnose.evaluate.values import Placed, escaped, listed, repeated_keys
from diagnose.model.trace import Effect

_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")


class Flaw:
    """Something in a document that AWS would not accept. `pointer` is a JSON pointer to it."""

    __slots__ = ("message", "pointer")

    def __init__(self, pointer: str, message: str) -> None:
        """`message` says what is wrong, in lower case."""
        self.pointer, self.message = pointer, message


class Statement:
    """A compiled statement.

    `effect` is None where it cannot be told, and so is an element. `broken` says that there is such an element, so
    that the statement may apply but never certainly does.
    """

    __slots__ = ("actions", "alone", "broken", "effect", "index", "principals", "resources", "sid", "tests")

    def __init__(self, index: int, *, alone: bool) -> None:
        """Start without any element."""
        self.index, self.alone = index, alone
        self.sid = ""
        self.effect: Effect | None = None
        self.actions: Actions | None = None
        self.principals: Principals | None = None
        self.resources: Resources | None = None
        self.tests: tuple[Test, ...] = ()
        self.broken = False

    @property
    def pointer(self) -> str:
        """The statement's JSON pointer within its document."""
        return "/Statement" if self.alone else f"/Statement/{self.index}"


def compile_statement(read: object, index: int, *, alone: bool, variables: bool) -> tuple[Statement, list[Flaw]]:
    """Compile one statement; what AWS would not accept comes back as flaws, and the rest still counts."""
    statement = Statement(index, alone=alone)
    flaws: list[Flaw] = []
    if not isinstance(read, dict):
        statement.broken = True
        return statement, [Flaw(statement.pointer, "expected a statement, which is a JSON object")]
    if repeated := repeated_keys(read):
        statement.broken = True
        flaws += [Flaw(f"{statement.pointer}/{key}", f"`{key}` stands here more than once") for key in repeated]
    flaws += _unknown_elements(read, statement)
    statement.sid = sid if isinstance(sid := read.get("Sid", ""), str) else ""
    statement.effect = _effect(read.get("Effect"))
    if statement.effect is None:
        statement.broken = True
        flaws.append(Flaw(f"{statement.pointer}/Effect", "expected `Allow` or `Deny`"))
    _compile_actions(read, statement, flaws)
    _compile_principals(read, statement, flaws)
    _compile_resources(read, statement, flaws, variables=variables)
    if "Condition" in read:
        statement.tests = tuple(_tests(read["Condition"], statement, flaws, variables=variables))
    return statement, flaws


def _effect(written: object) -> Effect | None:
    match written:
        case "Allow":
            return Effect.ALLOW
        case "Deny":
            return Effect.DENY
    return None


def _unknown_elements(read: dict[str, object], statement: Statement) -> Iterator[Flaw]:
    for key in read:
        if key not in _ELEMENTS:
            statement.broken = True
            near = next((element for element in _ELEMENTS if element.lower() == key.lower()), None)
            hint = f": did you mean `{near}`" if near else ""
            yield Flaw(f"{statement.pointer}/{escaped(key)}", f"AWS knows no element `{key}`{hint}")


def _one_of(read: dict[str, object], name: str, statement: Statement, flaws: list[Flaw]) -> tuple[str, bool] | None:
    """Find `Name` or `NotName`: its key, and whether it is the negated one."""
    both = [key for key in (name, f"Not{name}") if key in read]
    if len(both) == 2:
        statement.broken = True
        flaws.append(Flaw(f"{statement.pointer}/Not{name}", f"`{name}` and `Not{name}` exclude each other"))
    return (both[0], both[0] != name) if both else None


def _texts(
    value: object, pointer: str, statement: Statement, flaws: list[Flaw], *, unquoted: bool = False
) -> tuple[Placed, ...]:
    """Read one-or-many texts; what is no text is a flaw. Only in conditions may numbers and booleans be `unquoted`."""
    texts: list[Placed] = []
    for text, place in listed(value, pointer, unquoted=unquoted):
        if text is None:
            statement.broken = True
            flaws.append(Flaw(place, "expected text"))
        else:
            texts.append((text, place))
    return tuple(texts)


def _compile_actions(read: dict[str, object], statement: Statement, flaws: list[Flaw]) -> None:
    found = _one_of(read, "Action", statement, flaws)
    if found is None:
        statement.broken = True
        flaws.append(Flaw(statement.pointer, "the statement has neither `Action` nor `NotAction`"))
        return
    key, negated = found
    pointer = f"{statement.pointer}/{key}"
    before = len(flaws)
    texts = _texts(read[key], pointer, statement, flaws)
    if len(flaws) == before:
        statement.actions = Actions(texts, pointer, negated=negated)


def _compile_resources(read: dict[str, object], statement: Statement, flaws: list[Flaw], *, variables: bool) -> None:
    found = _one_of(read, "Resource", statement, flaws)
    if found is None:
        return
    key, negated = found
    pointer = f"{statement.pointer}/{key}"
    before = len(flaws)
    texts = _texts(read[key], pointer, statement, flaws)
    if len(flaws) == before:
        statement.resources = Resources(texts, pointer, negated=negated, variables=variables)


def _compile_principals(read: dict[str, object], statement: Statement, flaws: list[Flaw]) -> None:
    found = _one_of(read, "Principal", statement, flaws)
    if found is None:
        return
    key, negated = found
    pointer = f"{statement.pointer}/{key}"
    before = len(flaws)
    named = tuple(_named(read[key], pointer, statement, flaws))
    # An element whose effect cannot be told is broken anyway; Deny is the reading that spares fewer callers.
    effect = statement.effect or Effect.DENY
    if len(flaws) == before:
        statement.principals = Principals(named, pointer, negated=negated, effect=effect)


def _named(value: object, pointer: str, statement: Statement, flaws: list[Flaw]) -> Iterator[Named]:
    """Read `"*"`, or an object of kinds of principals to one or many of them."""
    if value == "*":
        yield Named("*", "*", pointer)
        return
    if not isinstance(value, dict):
        statement.broken = True
        flaws.append(Flaw(pointer, 'expected `"*"` or an object such as `{"AWS": "arn:..."}`'))
        return
    for kind, given in value.items():
        place = f"{pointer}/{escaped(kind)}"
        if kind not in _PRINCIPAL_TYPES:
            statement.broken = True
            flaws.append(Flaw(place, f"AWS knows no kind of principal `{kind}`"))
            continue
        for text, where in _texts(given, place, statement, flaws):
            yield Named(kind, text, where)


def _tests(read: object, statement: Statement, flaws: list[Flaw], *, variables: bool) -> Iterator[Test]:
    """Read the condition block: operator to key to one or many values."""
    place = f"{statement.pointer}/Condition"
    if not isinstance(read, dict):
        statement.broken = True
        flaws.append(Flaw(place, "expected an object of condition operators"))
        return
    for repeated in repeated_keys(read):
        statement.broken = True
        flaws.append(Flaw(f"{place}/{escaped(repeated)}", f"`{repeated}` stands here more than once"))
    for written, block in read.items():
        where = f"{place}/{escaped(written)}"
        if not isinstance(block, dict):
            statement.broken = True
            flaws.append(Flaw(where, "expected an object of condition keys"))
            continue
        if parse_operator(written)[1] is None:
            flaws.append(Flaw(where, f"AWS knows no condition operator `{written}`"))
        for repeated in repeated_keys(block):
            statement.broken = True
            flaws.append(Flaw(f"{where}/{escaped(repeated)}", f"`{repeated}` stands here more than once"))
        for key, given in block.items():
            pointer = f"{where}/{escaped(key)}"
            values = _texts(given, pointer, statement, flaws, unquoted=True)
            test = Test(written, key, values, pointer, variables=variables)
            flaws += [
                Flaw(one.pointer, f"`{written}` cannot compare `{one.text.written}`")
                for one in test.operands
                if one.malformed
            ]
            yield test
