"""A part of what is written for machines, chosen by an expression in JMESPath, as the AWS CLI has it.

Source: https://jmespath.org/specification.html
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import msgspec

from diagnose.errors import XdiagError
from diagnose.model.diagnosis import Diagnosis
from diagnose.report import MACHINE_FORMATS, Format, Screen

_NOWHERE = Screen()

Query: TypeAlias = Any
"""An expression of JMESPath, read."""


def read_query(expression: str) -> Query:
    """Read an expression. Raises XdiagError, with the place, for one that is wrong."""
    import jmespath

    with _said():
        return jmespath.compile(expression)


def written_values(diagnosis: Diagnosis, form: Format, screen: Screen = _NOWHERE) -> object:
    """Give what a format for machines writes, as values; of the findings, the list of their rows.

    Raises XdiagError for a format that is for people.
    """
    match form:
        case Format.JSON:
            from diagnose.report.json import as_values

            return as_values(diagnosis, screen)
        case Format.FINDINGS:
            from diagnose.report.findings import finding_rows

            return [msgspec.to_builtins(row) for row in finding_rows(diagnosis, screen=screen)]
        case Format.SARIF:
            from diagnose.report.sarif import sarif_values

            return sarif_values(diagnosis, screen)
    raise XdiagError(
        f"`--query` does not go with `--output {form}`",
        hint=f"expected it without a format, or with one of {', '.join(MACHINE_FORMATS)}",
    )


def selected(document: object, query: Query) -> object:
    """Give what an expression selects of a document, as JSON; None where it selects nothing.

    Raises XdiagError where it asks a function for what it cannot do.
    """
    with _said():
        return query.search(document)


@contextmanager
def _said() -> Iterator[None]:
    from jmespath.exceptions import JMESPathError

    try:
        yield
    except (JMESPathError, RecursionError) as error:
        raise XdiagError(
            f"`--query` cannot be used: {_words(error)}",
            hint="expected JMESPath, such as `causes[0].title`; `xdiag schema diagnosis` lists the fields",
        ) from None


def _words(error: Exception) -> str:
    from jmespath import exceptions

    match error:
        case exceptions.EmptyExpressionError():
            return "it is empty"
        case exceptions.IncompleteExpressionError():
            return "it ends too early"
        case exceptions.ArityError():
            return f"{str(error)[:1].lower()}{str(error)[1:]}"
        case exceptions.LexerError():
            return f"there is no token that begins with `{error.lexer_value}`, at character {error.lexer_position + 1}"
        case exceptions.ParseError():
            return f"`{error.token_value}` is not expected at character {error.lex_position + 1}"
        case exceptions.JMESPathTypeError():
            kinds = " or ".join(error.expected_types)
            return f"the function {error.function_name}() takes {kinds}, and was given {error.actual_type}"
        case RecursionError():
            return "it is nested too deep"
    return f"{str(error)[:1].lower()}{str(error)[1:]}"
