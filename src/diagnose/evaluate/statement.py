"""Statements: an effect, and the elements that decide whether it applies.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from diagnose.evaluate.action import EVERY_ACTION, Actions, coverage
from diagnose.evaluate.block import Block, compile_block
from diagnose.evaluate.condition import Test
from diagnose.evaluate.flaws import Flaw, Flaws
from diagnose.evaluate.principal import Principals
from diagnose.evaluate.resource import Resources
from diagnose.evaluate.values import Texts, is_plain, repeats, unknown_keys
from diagnose.model.pointer import escaped
from diagnose.model.trace import Effect


class Statement:
    """A compiled statement.

    `pointer` is its JSON pointer within its document. `effect` is None where it cannot be told, and so is an element.
    `broken` says that there is such an element, so that the statement may apply but never certainly does. Most
    statements of an account are about other services, so at first no more is found out than whether this one is:
    `covers` names the actions that it is, or may be, about.

    INVARIANT: `finish` comes before the elements and `broken` are looked at.
    """

    __slots__ = (
        "_actions",
        "_block",
        "_flaws",
        "_read",
        "_variables",
        "alone",
        "broken",
        "covers",
        "effect",
        "finished",
        "index",
        "pointer",
        "principals",
        "resources",
        "tests",
    )

    def __init__(self, read: object, index: int, *, alone: bool, variables: bool) -> None:
        """`alone`: the policy's `Statement` is this object, not a list. `variables`: its language has them."""
        self.index, self.alone, self._variables = index, alone, variables
        self.pointer = "/Statement" if alone else f"/Statement/{index}"
        self.broken = self.finished = False
        self._flaws = Flaws()
        self._block: Block | None = None
        self._actions: Actions | None = None
        self.principals: Principals | None = None
        self.resources: Resources | None = None
        self.tests: list[Test] = []
        self._read: dict[str, object] = {}
        if isinstance(read, dict):
            self._read = read
        else:
            self.broken = self.finished = True
            self._flaws.add(self.pointer, "expected a statement, which is a JSON object")
        effect = self._read.get("Effect")
        self.effect = _EFFECTS.get(effect) if isinstance(effect, str) else None
        self.covers = coverage(self._read)

    @property
    def sid(self) -> str:
        """The statement's id, empty where it has none."""
        sid = self._read.get("Sid")
        return sid if isinstance(sid, str) else ""

    @property
    def actions(self) -> Actions | None:
        """Its Action or NotAction, None where that cannot be told. Traces alone need more of it than `covers`."""
        self.finish()
        if self._actions is None and self.covers is not EVERY_ACTION:
            self._compile_actions()
        return self._actions

    @property
    def flaws(self) -> list[Flaw]:
        """What AWS would not accept; the rest still counts."""
        self.finish()
        return [*self._flaws.found, *(self._block.flaws if self._block else ())]

    def finish(self) -> None:
        """Compile what was put off until the statement was found to cover the request."""
        if self.finished:
            return
        self.finished = True
        if self.covers is EVERY_ACTION or "NotAction" in self._read:
            self._compile_actions()
        if self.effect is None:
            self._flaws.add(f"{self.pointer}/Effect", "expected `Allow` or `Deny`")
        if not is_plain(self._read, _ELEMENTS):
            self._check_keys()
        self._compile_principals()
        self._compile_resources()
        if "Condition" in self._read and not repeats(self._read, "Condition"):
            pointer = f"{self.pointer}/Condition"
            self._block = compile_block(self._read["Condition"], pointer, variables=self._variables)
            self.tests = self._block.tests
        self.broken = self._flaws.broken or (self._block is not None and self._block.broken)

    def _check_keys(self) -> None:
        self._flaws.repeated(self._read, self.pointer)
        for key in unknown_keys(self._read, _ELEMENTS):
            near = next((element for element in sorted(_ELEMENTS) if element.lower() == key.lower()), None)
            hint = f": did you mean `{near}`" if near else ""
            self._flaws.add(f"{self.pointer}/{escaped(key)}", f"AWS knows no element `{key}`{hint}")

    def _element(self, name: str, opposite: str) -> tuple[str, bool] | None:
        """Find `Name` or its opposite, `NotName`: the key, and whether it is the negated one."""
        if repeats(self._read, name, opposite):
            return None
        if name in self._read:
            if opposite in self._read:
                self._flaws.add(f"{self.pointer}/{opposite}", f"`{name}` and `{opposite}` exclude each other")
            return name, False
        return (opposite, True) if opposite in self._read else None

    def _compile_actions(self) -> None:
        found = self._element("Action", "NotAction")
        if repeats(self._read, "Action", "NotAction"):
            return
        if found is None:
            self._flaws.add(self.pointer, "the statement has neither `Action` nor `NotAction`")
            return
        key, negated = found
        texts = self._flaws.texts(self._read[key], f"{self.pointer}/{key}")
        if texts is not None:
            self._actions = Actions(texts, self.covers, negated=negated)

    def _compile_resources(self) -> None:
        found = self._element("Resource", "NotResource")
        if found is None:
            return
        key, negated = found
        texts = self._flaws.texts(self._read[key], f"{self.pointer}/{key}")
        if texts is not None:
            self.resources = Resources(texts, negated=negated, variables=self._variables)

    def _compile_principals(self) -> None:
        found = self._element("Principal", "NotPrincipal")
        if found is None:
            return
        key, negated = found
        pointer = f"{self.pointer}/{key}"
        named = self._named(self._read[key], pointer)
        if named is not None:
            # An element whose effect cannot be told is broken anyway; Deny is the reading that spares fewer callers.
            self.principals = Principals(named, pointer, negated=negated, effect=self.effect or Effect.DENY)

    def _named(self, value: object, pointer: str) -> tuple[tuple[str, Texts], ...] | None:
        """Read `"*"`, or an object of kinds of principals to one or many of them; None where it is neither."""
        if value == "*":
            return (("*", Texts(("*",), pointer, alone=True)),)
        if not isinstance(value, dict):
            self._flaws.add(pointer, 'expected `"*"` or an object such as `{"AWS": "arn:..."}`')
            return None
        named: list[tuple[str, Texts]] = []
        told = not self._flaws.repeated(value, pointer)
        for kind, given in value.items():
            place = f"{pointer}/{escaped(kind)}"
            texts = self._flaws.texts(given, place)
            if kind not in _PRINCIPAL_TYPES:
                self._flaws.add(place, f"AWS knows no kind of principal `{kind}`")
                texts = None
            if texts is None:
                told = False
                continue
            if kind == "Service" and "*" in texts.texts:
                for where in (where for text, where in texts if text == "*"):
                    self._flaws.note(where, "a service principal cannot be a wildcard")
            named.append((kind, texts))
        return tuple(named) if told else None


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
