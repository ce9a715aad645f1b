"""Policy documents, compiled once and shared by identity of content.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Raw

from diagnose.evaluate.flaws import Flaw
from diagnose.evaluate.kept import Kept
from diagnose.evaluate.statement import Statement
from diagnose.evaluate.values import is_plain, repeats, unknown_keys
from diagnose.model.json_text import read_json, repeated_keys
from diagnose.model.pointer import escaped
from diagnose.model.policy import LANGUAGE_WITH_VARIABLES, document_text

_ELEMENTS = frozenset(("Version", "Id", "Statement"))
_VERSIONS = ("2008-10-17", LANGUAGE_WITH_VARIABLES)

JsonObject: TypeAlias = Mapping[str, object]


class Document:
    """A compiled policy document. `usable` is false where it is no policy at all, so that it tells nothing."""

    __slots__ = ("_flaws", "statements", "usable")

    def __init__(self, statements: Sequence[Statement], flaws: Sequence[Flaw], *, usable: bool = True) -> None:
        """`flaws` are those outside the statements."""
        self.statements, self._flaws, self.usable = statements, flaws, usable

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What AWS would not accept, each with its place."""
        return (*self._flaws, *(flaw for statement in self.statements for flaw in statement.flaws))


_documents: Kept[Document] = Kept()


def compile_document(raw: Raw) -> Document:
    """Compile a document, or take the one that was compiled from the same text before."""
    content = bytes(raw)
    return _documents.find(content) or _documents.offer(content, _compile(raw, content), len(content))


def _compile(raw: Raw, content: bytes) -> Document:
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
    return _policy(read)


def _policy(read: JsonObject) -> Document:
    flaws = [] if is_plain(read, _ELEMENTS) else _flawed_keys(read)
    if repeats(read, "Statement", "Version"):
        return Document([], flaws, usable=False)
    version = read.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        flaws.append(Flaw("/Version", f"expected `{LANGUAGE_WITH_VARIABLES}`"))
    variables = version == LANGUAGE_WITH_VARIABLES
    given = read["Statement"]
    if not isinstance(given, list):
        return Document([Statement(given, 0, alone=True, variables=variables)], flaws)
    if not given:
        flaws.append(Flaw("/Statement", "it holds no statement"))
    statements = [Statement(one, index, alone=False, variables=variables) for index, one in enumerate(given)]
    return Document(statements, flaws)


def _flawed_keys(read: JsonObject) -> list[Flaw]:
    unknown = [Flaw(f"/{escaped(key)}", f"AWS knows no element `{key}` here") for key in unknown_keys(read, _ELEMENTS)]
    repeated = [Flaw(f"/{escaped(key)}", f"`{key}` stands here more than once") for key in repeated_keys(read)]
    return unknown + repeated


def _unusable(why: str) -> Document:
    return Document((), (Flaw("", why),), usable=False)
