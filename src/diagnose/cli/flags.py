"""Options as fields of a struct: declared once, used by every command that takes the struct."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, get_type_hints

from msgspec import NODEFAULT, Struct
from msgspec.structs import fields


def with_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take structs: each field of such a parameter becomes an option.

    Typer reads the signature, so it gets one with the options in place of the struct.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {
        name: (hint, _options(hint))
        for name, hint in hints.items()
        if inspect.isclass(hint) and issubclass(hint, Struct)
    }
    parameters: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        if name in groups:
            parameters += groups[name][1]
        else:
            parameters.append(parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY))

    @wraps(command)
    def called(**given: Any) -> None:
        for name, (group, options) in groups.items():
            given[name] = group(**{option.name: given.pop(option.name) for option in options})
        command(**given)

    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by inspect.signature
    called.__annotations__ = {}  # Typer would evaluate them once more; the signature says all of it
    return called


def _options(group: type[Struct]) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is NODEFAULT else field.default,
            annotation=field.type,
        )
        for field in fields(group)
    ]
