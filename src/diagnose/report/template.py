"""A report in a form of one's own: a template of Jinja2, filled with the fields of the published JSON.

A template can neither read files nor call anything that is not handed to it. Text reaches it already harmless to a
terminal; in HTML and XML it is escaped as well, and filters write it for Markdown, Slack, Jira and ServiceNow.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, TypeAlias

from diagnose.errors import XdiagError
from diagnose.model.diagnosis import Diagnosis
from diagnose.report import Screen
from diagnose.report.json import as_values
from diagnose.report.safe_text import jira_text, prose, servicenow_text, slack_prose, visible

_NOWHERE = Screen()

Template: TypeAlias = Any
"""A template of Jinja2, read."""


def own_template(name: str, source: str) -> Template:
    """Read a template; the end of its name says whether it is HTML or XML.

    Raises XdiagError, with the line, for one that is wrong.
    """
    from jinja2 import FunctionLoader, StrictUndefined, TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Missing(StrictUndefined):
        """A field that is not there: an error, for an empty place would pass for an answer."""

        @property
        def _undefined_message(self) -> str:
            return f"there is no `{self._undefined_name}`"

    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(lambda asked: (source, name, None) if asked == name else None),
        autoescape=_is_markup(name),
        undefined=Missing,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"markdown": prose, "slack": slack_prose, "jira": jira_text, "servicenow": servicenow_text}
    try:
        return environment.get_template(name)
    except TemplateSyntaxError as error:
        raise _wrong(name, error.lineno, error.message or "") from None
    except RecursionError:
        raise _wrong(name, 0, "it is nested too deep") from None


def filled(diagnosis: Diagnosis, template: Template, screen: Screen = _NOWHERE) -> str:
    """Fill a template. Raises XdiagError, with the line, for a field that is not there and whatever else goes wrong."""
    from jinja2 import TemplateNotFound

    try:
        values = as_values(diagnosis, screen)
        text: str = template.render({key: _harmless(value, key) for key, value in values.items()})
    except TemplateNotFound as error:
        words = f"there is no template `{error.name}`; a template is one file"
        raise _wrong(template.name, _line(error.__traceback__, template.filename), words) from None
    except Exception as error:  # a template is a program of the user's: any error in it is a mistake there
        line = _line(error.__traceback__, template.filename)
        if not line:
            raise
        raise _wrong(template.name, line, str(error)) from None
    return text


_MARKUP = (".html", ".htm", ".xhtml", ".xml", ".svg")
_OF_JINJA = (".j2", ".jinja", ".jinja2")

_SEVERAL_LINES = {"handover", "commands.text", "places.text"}
"""Fields that hold lines to copy. Of any other, a line end is shown, for it is not ours."""

_DOCUMENTS = {"document", "patch"}
"""Fields whose keys are not ours either."""


def _is_markup(name: str) -> bool:
    lower = name.lower()
    for suffix in _OF_JINJA:
        lower = lower.removesuffix(suffix)
    return lower.endswith(_MARKUP)


def _harmless(value: object, field: str, parent: str = "") -> object:
    """Show what does not show in every text of a JSON value."""
    match value:
        case str() if {field, f"{parent}.{field}"} & _SEVERAL_LINES:
            return "\n".join(map(visible, value.split("\n")))
        case str():
            return visible(value)
        case Mapping() if field in _DOCUMENTS:
            return {visible(key): _harmless(one, field) for key, one in value.items()}
        case Mapping():
            return {key: _harmless(one, key, field) for key, one in value.items()}
        case list() | tuple():
            return [_harmless(one, field, parent) for one in value]
    return value


def _line(traceback: TracebackType | None, filename: str) -> int:
    """Find the line of the template at which an error came; 0 where it came from elsewhere."""
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == filename:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def _wrong(name: str, line: int, words: str) -> XdiagError:
    words = " ".join(words.split()).removesuffix(".")
    return XdiagError(
        f"the template `{name}` cannot be used, line {line}: {words[:1].lower()}{words[1:]}",
        hint="expected Jinja2 with the fields of a JSON report; `xdiag schema diagnosis` lists them",
    )
