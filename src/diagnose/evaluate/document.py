"""Policy documents, compiled once and shared by identity of content.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Raw, Struct

from diagnose.evaluate.action import EVERY_ACTION, Actions, coverage
from diagnose.evaluate.condition import Conditions, Test, compile_conditions
from diagnose.evaluate.json_values import Flaw, Flaws, Texts, has_only, repeats, unknown_keys
from diagnose.evaluate.memo import Memo
from diagnose.evaluate.principal import Principals, compile_principals
from diagnose.evaluate.resource import Resources
from diagnose.model.json_text import Repeated, read_json, repeated_keys
from diagnose.model.pointer import escaped
from diagnose.model.policy import LANGUAGE_WITH_VARIABLES, LARGEST_DOCUMENT, UNKNOWN_PART, document_text
from diagnose.model.trace import Action, Effect

JsonObject: TypeAlias = Mapping[str, object]


class StatementText(Struct, eq=False):
    """A statement as its document has it.

    `alone`: the policy's `Statement` is this object, not a list. `variables`: its language has them. `effect` is None
    where it cannot be read. Most statements of an account are about other services, so that nothing else is compiled of
    one that is not about the request: `covers` names the actions that it is, or may be, about.
    """

    index: int
    read: JsonObject
    is_object: bool
    alone: bool
    variables: bool
    effect: Effect | None
    covers: frozenset[Action]
    _compiled: "Statement | None" = None

    @property
    def pointer(self) -> str:
        """The JSON pointer to the statement within its document."""
        return "/Statement" if self.alone else f"/Statement/{self.index}"

    @property
    def sid(self) -> str:
        """The statement's id, empty where it has none."""
        sid = self.read.get("Sid")
        return sid if isinstance(sid, str) else ""

    @property
    def compiled(self) -> "Statement":
        """The elements of the statement, ready to be compared."""
        if self._compiled is None:
            self._compiled = Statement(self.read, self.pointer, self.covers, Flaws())
            self._compiled.compile(self)
        return self._compiled


class CompiledDocument(Struct, eq=False):
    """A compiled policy document. `usable` is false where it is not a policy at all, so that it says nothing.

    `unknown` are the parts that are not known, each with why.
    """

    statements: Sequence[StatementText]
    _flaws: Sequence[Flaw]  # those outside the statements
    usable: bool = True
    unknown: tuple[Flaw, ...] = ()
    _all_flaws: tuple[Flaw, ...] | None = None

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What AWS rejects, each with its place. Of what is not known nothing can be said."""
        if self._all_flaws is None:
            flaws = (*self._flaws, *(flaw for statement in self.statements for flaw in statement.compiled.flaws))
            known = (flaw for flaw in flaws if not self.knows_not(flaw.pointer))
            self._all_flaws = tuple(known) if self.unknown else flaws
        return self._all_flaws

    def knows_not(self, pointer: str) -> bool:
        """Say whether a part is not known, or stands in one that is not."""
        return any(f"{pointer}/".startswith(f"{part.pointer}/") for part in self.unknown)

    def knows_in_part(self, statement: StatementText) -> bool:
        """Say whether something of a statement is not known."""
        return bool(self.unknown) and any(
            f"{part.pointer}/".startswith(f"{statement.pointer}/") for part in self.unknown
        )


def compile_document(raw: Raw) -> CompiledDocument:
    """Compile a document, or take the one that was compiled from the same text before."""
    content = bytes(raw)
    return _documents.find(content) or _documents.offer(content, _compile(raw, content), len(content))


class Statement(Struct, eq=False):
    """The elements of a statement, compiled. An element is None where it is missing or cannot be read.

    `broken` says that there is such an element, or no effect, so that the statement may apply but never certainly does.
    """

    _read: JsonObject
    _pointer: str
    _covers: frozenset[Action]
    _flaws: Flaws
    _conditions: Conditions | None = None
    _actions: Actions | None = None
    _variables: tuple[str, ...] | None = None
    _well_formed: bool = False
    broken: bool = False
    principals: Principals | None = None
    resources: Resources | None = None
    tests: list[Test] = []

    def compile(self, text: StatementText) -> None:
        """Compile all but the actions, of which only traces need more than the text's `covers`."""
        if not text.is_object:
            self.broken = True
            self._flaws.add(self._pointer, "expected a statement, which is a JSON object")
            return
        self._well_formed = has_only(self._read, _STATEMENT_ELEMENTS)
        if self._covers is EVERY_ACTION or "NotAction" in self._read:
            self._compile_actions()
        if text.effect is None:
            self._flaws.add(f"{self._pointer}/Effect", "expected `Allow` or `Deny`")
        if not self._well_formed:
            self._check_keys()
        # A statement without an effect is broken anyway; Deny is the reading that exempts fewer callers.
        if "Principal" in self._read or "NotPrincipal" in self._read:
            self._compile_principals(text.effect or Effect.DENY)
        if "Resource" in self._read or "NotResource" in self._read:
            self._compile_resources(variables=text.variables)
        if "Condition" in self._read and (self._well_formed or not repeats(self._read, "Condition")):
            pointer = f"{self._pointer}/Condition"
            self._conditions = compile_conditions(self._read["Condition"], pointer, variables=text.variables)
            self.tests = self._conditions.tests
        self.broken = self._flaws.broken or (self._conditions is not None and self._conditions.broken)

    @property
    def looks_up(self) -> bool:
        """Whether it compares with the context of a request: in a condition, or in a variable."""
        return bool(self.tests) or (self.resources is not None and self.resources.static is None)

    @property
    def variables(self) -> tuple[str, ...]:
        """The keys, in lower case and each once, that its variables refer to."""
        if self._variables is None:
            texts = [operand.text for test in self.tests for operand in test.operands]
            if self.resources is not None and self.resources.static is None:
                texts += [text for text, _ in self.resources.values]
            referring = [text for text in texts if text.static is None]
            self._variables = tuple(dict.fromkeys(each.lower for text in referring for each in text.variables()))
        return self._variables

    @property
    def actions(self) -> Actions | None:
        """Its Action or NotAction."""
        if self._actions is None and self._covers is not EVERY_ACTION:
            self._compile_actions()
        return self._actions

    @property
    def flaws(self) -> list[Flaw]:
        """What AWS rejects; the rest still counts."""
        return [*self._flaws.all, *(self._conditions.flaws if self._conditions else ())]

    def _check_keys(self) -> None:
        self._flaws.repeated(self._read, self._pointer)
        for key in unknown_keys(self._read, _STATEMENT_ELEMENTS):
            near = next((element for element in sorted(_STATEMENT_ELEMENTS) if element.lower() == key.lower()), None)
            hint = f": did you mean `{near}`" if near else ""
            self._flaws.add(f"{self._pointer}/{escaped(key)}", f"AWS has no element `{key}`{hint}")

    def _element(self, name: str, opposite: str) -> tuple[str, bool] | None:
        """Find `Name` or its opposite, `NotName`: the key, and whether it is the negated one."""
        named, negated = name in self._read, opposite in self._read
        if not (named or negated) or (not self._well_formed and repeats(self._read, name, opposite)):
            return None
        if named and negated:
            self._flaws.add(f"{self._pointer}/{opposite}", f"`{name}` and `{opposite}` cannot be used together")
        return (name, False) if named else (opposite, True)

    def _compile_actions(self) -> None:
        if repeats(self._read, "Action", "NotAction"):
            return
        element = self._element("Action", "NotAction")
        if element is None:
            self._flaws.add(self._pointer, "the statement has neither `Action` nor `NotAction`")
            return
        key, negated = element
        texts = self._flaws.texts(self._read[key], f"{self._pointer}/{key}")
        if texts is not None:
            self._actions = Actions(texts, self._covers, negated=negated)

    def _compile_resources(self, *, variables: bool) -> None:
        element = self._element("Resource", "NotResource")
        if element is None:
            return
        key, negated = element
        texts = self._flaws.texts(self._read[key], f"{self._pointer}/{key}")
        if texts is not None:
            self.resources = Resources(texts, negated=negated, variables=variables)

    def _compile_principals(self, effect: Effect) -> None:
        element = self._element("Principal", "NotPrincipal")
        if element is None:
            return
        key, negated = element
        pointer = f"{self._pointer}/{key}"
        kinds = self._principal_kinds(self._read[key], pointer)
        if kinds is not None:
            self.principals = compile_principals(kinds, pointer, negated=negated, effect=effect)

    def _principal_kinds(self, value: object, pointer: str) -> tuple[tuple[str, Texts], ...] | None:
        """Read `"*"`, or an object of kinds of principals to one or many of them; None where it is neither."""
        if value == "*":
            return (("*", Texts(("*",), pointer, alone=True)),)
        if not isinstance(value, dict):
            self._flaws.add(pointer, 'expected `"*"` or an object such as `{"AWS": "arn:..."}`')
            return None
        kinds: list[tuple[str, Texts]] = []
        readable = type(value) is not Repeated or not self._flaws.repeated(value, pointer)
        for kind, names in value.items():
            known = kind in _PRINCIPAL_TYPES
            place = f"{pointer}/{kind if known else escaped(kind)}"
            texts = self._flaws.texts(names, place)
            if not known:
                self._flaws.add(place, f"AWS has no kind of principal `{kind}`")
                texts = None
            if texts is None:
                readable = False
                continue
            if kind == "Service" and "*" in texts.texts:
                for where in (where for text, where in texts if text == "*"):
                    self._flaws.note(where, "a service principal cannot be a wildcard")
            kinds.append((kind, texts))
        return tuple(kinds) if readable else None


_DOCUMENT_ELEMENTS = frozenset(("Version", "Id", "Statement"))


_VERSIONS = ("2008-10-17", LANGUAGE_WITH_VARIABLES)


_documents: Memo[CompiledDocument] = Memo()


_MOST_STATEMENTS = 1024
"""In 20,480 characters there is no room for more, of which each has at least an effect and an action."""


def _compile(raw: Raw, content: bytes) -> CompiledDocument:
    if len(content) > LARGEST_DOCUMENT:
        return _unusable(f"it has {len(content):,} bytes, and AWS accepts no policy of more than 20,480 characters")
    if content[:1] != b"{":
        content = document_text(raw).encode("utf-8", "surrogatepass")
    try:
        read = read_json(content)
    except ValueError as error:
        return _unusable(f"it is not JSON: {error}")
    except RecursionError:
        return _unusable("it is nested too deeply")
    if not isinstance(read, dict):
        return _unusable("it is not a JSON object")
    if "Statement" not in read:
        near = next((key for key in read if key.lower() == "statement"), None)
        return _unusable(
            f"its statements are under `{near}` instead of `Statement`" if near else "it has no `Statement`"
        )
    document = _policy(read)
    if content.find(_UNKNOWN_PART) >= 0:
        document.unknown = tuple(_unknown_parts(read, ""))
    return document


def _unknown_parts(value: object, pointer: str) -> Iterator[Flaw]:
    """Walk a document for the parts that stand for what is not known."""
    match value:
        case {**only} if only.keys() == {UNKNOWN_PART}:
            yield Flaw(pointer, str(only[UNKNOWN_PART]))
        case dict():
            for key, inner in value.items():
                yield from _unknown_parts(inner, f"{pointer}/{escaped(key)}")
        case list():
            for index, inner in enumerate(value):
                yield from _unknown_parts(inner, f"{pointer}/{index}")


def _policy(read: JsonObject) -> CompiledDocument:
    flaws = () if has_only(read, _DOCUMENT_ELEMENTS) else _flawed_keys(read)
    if flaws and repeats(read, "Statement", "Version"):
        return CompiledDocument([], flaws, usable=False)
    version = read.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        flaws = (*flaws, Flaw("/Version", f"expected `{LANGUAGE_WITH_VARIABLES}`"))
    variables = version == LANGUAGE_WITH_VARIABLES
    statement = read["Statement"]
    if not isinstance(statement, list):
        return CompiledDocument([_statement(statement, 0, alone=True, variables=variables)], flaws)
    if not statement:
        flaws = (*flaws, Flaw("/Statement", "it has no statements"))
    if len(statement) > _MOST_STATEMENTS:
        return _unusable(f"it has {len(statement):,} statements, which no policy that AWS accepts has room for")
    texts = [_statement(item, index, alone=False, variables=variables) for index, item in enumerate(statement)]
    return CompiledDocument(texts, flaws)


def _statement(read: object, index: int, *, alone: bool, variables: bool) -> StatementText:
    if not isinstance(read, dict):
        return StatementText(index, {}, False, alone, variables, None, EVERY_ACTION)
    effect = read.get("Effect")
    known = _EFFECTS.get(effect) if isinstance(effect, str) else None
    return StatementText(index, read, True, alone, variables, known, coverage(read))


def _flawed_keys(read: JsonObject) -> tuple[Flaw, ...]:
    unknown = [
        Flaw(f"/{escaped(key)}", f"AWS has no element `{key}` here") for key in unknown_keys(read, _DOCUMENT_ELEMENTS)
    ]
    repeated = [Flaw(f"/{escaped(key)}", f"`{key}` appears more than once") for key in repeated_keys(read)]
    return (*unknown, *repeated)


def _unusable(why: str) -> CompiledDocument:
    return CompiledDocument((), (Flaw("", why),), usable=False)


_UNKNOWN_PART = UNKNOWN_PART.encode()


_EFFECTS = {"Allow": Effect.ALLOW, "Deny": Effect.DENY}


_STATEMENT_ELEMENTS = frozenset(
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
