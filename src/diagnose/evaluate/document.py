"""Policy documents, compiled once and shared by identity of content.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Raw

from diagnose.evaluate.kept import Kept
from diagnose.evaluate.pattern import LANGUAGE_WITH_VARIABLES
from diagnose.evaluate.statement import Flaw, Statement
from diagnose.evaluate.values import escaped, json_object, repeated_keys
from diagnose.model.policy import document_text

_KNOWN_ELEMENTS = ("Version", "Id", "Statement")
_VERSIONS = ("2008-10-17", LANGUAGE_WITH_VARIABLES)

JsonObject: TypeAlias = Mapping[str, object]


class Document:
    """A compiled policy document. `usable` is false where it is no policy at all, so that it tells nothing."""

    __slots__ = ("_flaws", "statements", "usable", "version")

    def __init__(
        self, statements: tuple[Statement, ...], flaws: tuple[Flaw, ...], version: str, *, usable: bool = True
    ) -> None:
        """`flaws` are those outside the statements."""
        self.statements, self._flaws, self.version, self.usable = statements, flaws, version, usable

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What AWS would not accept, each with its place."""
        return (*self._flaws, *(flaw for statement in self.statements for flaw in statement.flaws))


_documents: Kept[Document] = Kept()
_reader = json.JSONDecoder(object_pairs_hook=json_object)


def compile_document(raw: Raw) -> Document:
    """Compile a document, or take the one that was compiled from the same text before."""
    content = bytes(raw)
    return _documents.find(content) or _documents.make(content, lambda: _compile(raw))


def _compile(raw: Raw) -> Document:
    text = document_text(raw)
    try:
        read = _reader.decode(text)
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
    flaws = [
        Flaw(f"/{escaped(key)}", f"AWS knows no element `{key}` here") for key in read if key not in _KNOWN_ELEMENTS
    ]
    flaws += [Flaw(f"/{escaped(key)}", f"`{key}` stands here more than once") for key in repeated_keys(read)]
    version = read.get("Version", _VERSIONS[0])
    if version not in _VERSIONS:
        flaws.append(Flaw("/Version", f"expected `{LANGUAGE_WITH_VARIABLES}`"))
    variables = version == LANGUAGE_WITH_VARIABLES
    given = read["Statement"]
    written = given if isinstance(given, list) else [given]
    if isinstance(given, list) and not given:
        flaws.append(Flaw("/Statement", "it holds no statement"))
    alone = not isinstance(given, list)
    statements = (Statement(read, index, alone=alone, variables=variables) for index, read in enumerate(written))
    return Document(tuple(statements), tuple(flaws), str(version))


def _unusable(why: str) -> Document:
    return Document((), (Flaw("", why),), "", usable=False)
