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


class Flaw:
    """Something in a document that AWS would not accept. `pointer` is a JSON pointer to it."""

    __slots__ = ("message", "pointer")

    def __init__(self, pointer: str, message: str) -> None:
        """`message` says what is wrong, in lower case."""
        self.pointer, self.message = pointer, message


class Statement:
    """A compiled statement.

    `effect` is None where it cannot be told, and so is an element. `broken` says that there is such an element, so
    that the statement may apply but never certainly does. Most statements of an account are about other services:
    only effect and actions are compiled at once.

    INVARIANT: `finish` comes before `principals`, `resources`, `tests` and `broken` are looked at.
    """

    __slots__ = (
        "_finished",
        "_flaws",
        "_read",
        "_variables",
        "actions",
        "alone",
        "broken",
        "effect",
        "index",
        "principals",
        "resources",
        "sid",
        "tests",
    )

    def __init__(self, read: object, index: int, *, alone: bool, variables: bool) -> None:
        """`alone`: the policy's `Statement` is this object, not a list. `variables`: its language has them."""
        self.index, self.alone, self._variables = index, alone, variables
        self.broken = self._finished = not isinstance(read, dict)
        self._flaws: list[Flaw] = []
        self.principals: Principals | None = None
        self.resources: Resources | None = None
        self.tests: tuple[Test, ...] = ()
        self._read: dict[str, object] = read if isinstance(read, dict) else {}
        self.sid = sid if isinstance(sid := self._read.get("Sid", ""), str) else ""
        self.effect = _EFFECTS.get(effect) if isinstance(effect := self._read.get("Effect"), str) else None
        self.actions: Actions | None = None
        if self._finished:
            self._flaws.append(Flaw(self.pointer, "expected a statement, which is a JSON object"))
        else:
            self._compile_actions()

    @property
    def pointer(self) -> str:
        """The statement's JSON pointer within its document."""
        return "/Statement" if self.alone else f"/Statement/{self.index}"

    @property
    def flaws(self) -> list[Flaw]:
        """What AWS would not accept; the rest still counts."""
        self.finish()
        return self._flaws

    def finish(self) -> None:
        """Compile what was put off until the statement was found to cover the request."""
        if self._finished:
            return
        self._finished = True
        if self.effect is None:
            self._flaw(f"{self.pointer}/Effect", "expected `Allow` or `Deny`")
        for repeated in repeated_keys(self._read):
            self._flaw(f"{self.pointer}/{escaped(repeated)}", f"`{repeated}` stands here more than once")
        for key in self._read.keys() - _ELEMENTS:
            near = next((element for element in sorted(_ELEMENTS) if element.lower() == key.lower()), None)
            hint = f": did you mean `{near}`" if near else ""
            self._flaw(f"{self.pointer}/{escaped(key)}", f"AWS knows no element `{key}`{hint}")
        self._compile_principals()
        self._compile_resources()
        if "Condition" in self._read:
            self.tests = tuple(self._compile_tests(self._read["Condition"]))

    def _flaw(self, pointer: str, message: str) -> None:
        """Note what keeps the statement from being told."""
        self.broken = True
        self._flaws.append(Flaw(pointer, message))

    def _element(self, name: str) -> tuple[str, bool] | None:
        """Find `Name` or `NotName`: its key, and whether it is the negated one."""
        plain, negated = name in self._read, f"Not{name}" in self._read
        if plain and negated:
            self._flaw(f"{self.pointer}/Not{name}", f"`{name}` and `Not{name}` exclude each other")
        if plain or negated:
            return (name, False) if plain else (f"Not{name}", True)
        return None

    def _texts(self, value: object, pointer: str, *, unquoted: bool = False) -> tuple[Placed, ...] | None:
        """Read one-or-many texts; None where something is no text.

        Only in conditions may numbers and booleans be `unquoted`.
        """
        texts: list[Placed] = []
        told = True
        for text, place in listed(value, pointer, unquoted=unquoted):
            if text is None:
                self._flaw(place, "expected text")
                told = False
            else:
                texts.append((text, place))
        return tuple(texts) if told else None

    def _compile_actions(self) -> None:
        found = self._element("Action")
        if found is None:
            self._flaw(self.pointer, "the statement has neither `Action` nor `NotAction`")
            return
        key, negated = found
        pointer = f"{self.pointer}/{key}"
        texts = self._texts(self._read[key], pointer)
        if texts is not None:
            self.actions = Actions(texts, pointer, negated=negated)

    def _compile_resources(self) -> None:
        found = self._element("Resource")
        if found is None:
            return
        key, negated = found
        pointer = f"{self.pointer}/{key}"
        texts = self._texts(self._read[key], pointer)
        if texts is not None:
            self.resources = Resources(texts, pointer, negated=negated, variables=self._variables)

    def _compile_principals(self) -> None:
        found = self._element("Principal")
        if found is None:
            return
        key, negated = found
        pointer = f"{self.pointer}/{key}"
        named = self._named(self._read[key], pointer)
        if named is not None:
            # An element whose effect cannot be told is broken anyway; Deny is the reading that spares fewer callers.
            self.principals = Principals(named, pointer, negated=negated, effect=self.effect or Effect.DENY)

    def _named(self, value: object, pointer: str) -> tuple[Named, ...] | None:
        """Read `"*"`, or an object of kinds of principals to one or many of them; None where it is neither."""
        if value == "*":
            return (Named("*", "*", pointer),)
        if not isinstance(value, dict):
            self._flaw(pointer, 'expected `"*"` or an object such as `{"AWS": "arn:..."}`')
            return None
        named: list[Named] = []
        told = True
        for repeated in repeated_keys(value):
            self._flaw(f"{pointer}/{escaped(repeated)}", f"`{repeated}` stands here more than once")
        for kind, given in value.items():
            place = f"{pointer}/{escaped(kind)}"
            texts = self._texts(given, place)
            if kind not in _PRINCIPAL_TYPES:
                self._flaw(place, f"AWS knows no kind of principal `{kind}`")
                texts = None
            told = told and texts is not None
            if kind == "Service":
                wild = [where for text, where in texts or () if text == "*"]
                self._flaws += [Flaw(where, "a service principal cannot be a wildcard") for where in wild]
            named += [Named(kind, text, where) for text, where in texts or ()]
        return tuple(named) if told else None

    def _compile_tests(self, read: object) -> Iterator[Test]:
        """Read the condition block: operator to key to one or many values."""
        place = f"{self.pointer}/Condition"
        if not isinstance(read, dict):
            self._flaw(place, "expected an object of condition operators")
            return
        for repeated in repeated_keys(read):
            self._flaw(f"{place}/{escaped(repeated)}", f"`{repeated}` stands here more than once")
        for written, block in read.items():
            where = f"{place}/{escaped(written)}"
            if not isinstance(block, dict):
                self._flaw(where, "expected an object of condition keys")
                continue
            if parse_operator(written)[1] is None:
                self._flaws.append(Flaw(where, f"AWS knows no condition operator `{written}`"))
            for repeated in repeated_keys(block):
                self._flaw(f"{where}/{escaped(repeated)}", f"`{repeated}` stands here more than once")
            for key, given in block.items():
                pointer = f"{where}/{escaped(key)}"
                values = self._texts(given, pointer, unquoted=True)
                test = Test(written, key, values, pointer, variables=self._variables)
                for operand in test.operands:
                    if operand.malformed:
                        message = f"`{written}` cannot compare `{operand.text.written}`"
                        self._flaws.append(Flaw(operand.pointer, message))
                yield test


_EFFECTS = {"Allow": Effect.ALLOW, "Deny": Effect.DENY}
_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
