"""Resources: a page for each rule, and the schemas of what is handed over and answered."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mcp import types as protocol

from diagnose.causes.rule import Rule, rule_by_id
from diagnose.causes.sentences import title_of
from diagnose.cli.rules import unknown_rule
from diagnose.errors import XdiagError
from diagnose.report.safe_text import visible
from diagnose.serve.brief import all_visible
from diagnose.serve.reference import rule_page
from diagnose.serve.tools import Premises

_RULES, _SCHEMAS = "xdiag://rules/", "xdiag://schemas/"
_MARKDOWN, _JSON_SCHEMA = "text/markdown", "application/schema+json"

RESOURCE_OF_RULE = protocol.ResourceTemplate(
    uri_template=f"{_RULES}{{rule}}",
    name="rule",
    title="A cause",
    description="What a cause looks like, how to fix it, when it is reported, and its sources.",
    mime_type=_MARKDOWN,
)


def listed_resources(rules: Sequence[Rule]) -> Iterator[protocol.Resource]:
    """List the page of every rule, and the schemas."""
    for name, (words, _) in _SCHEMAS_BY_NAME.items():
        yield protocol.Resource(
            uri=f"{_SCHEMAS}{name}", name=f"{name}-schema", description=words, mime_type=_JSON_SCHEMA
        )
    for rule in rules:
        title = visible(title_of(rule.title))
        yield protocol.Resource(uri=f"{_RULES}{rule.id}", name=rule.id, title=title, mime_type=_MARKDOWN)


def read_resource(uri: str, premises: Premises) -> protocol.TextResourceContents:
    """Read a resource. Raises XdiagError where there is none at the address."""
    if uri.startswith(_RULES):
        name = uri.removeprefix(_RULES)
        rule = rule_by_id(premises.rules, name)
        if rule is None:
            raise unknown_rule(name, premises.rules)
        page = all_visible(rule_page(rule, premises.rules, premises.rule_folders))
        return protocol.TextResourceContents(uri=uri, mime_type=_MARKDOWN, text=page)
    schema = _SCHEMAS_BY_NAME.get(uri.removeprefix(_SCHEMAS)) if uri.startswith(_SCHEMAS) else None
    if schema is None:
        raise XdiagError(f"there is no resource `{uri}`", hint=f"expected `{_RULES}RULE` or `{_SCHEMAS}case`")
    return protocol.TextResourceContents(uri=uri, mime_type=_JSON_SCHEMA, text=json.dumps(schema[1]()))


def _case_schema() -> dict[str, Any]:
    from diagnose.collect.evidence.case_schema import case_schema

    return case_schema()


def _diagnosis_schema() -> dict[str, Any]:
    from diagnose.report.json import diagnosis_schema

    return diagnosis_schema()


_SCHEMAS_BY_NAME: Mapping[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "case": ("What the argument `case` takes.", _case_schema),
    "diagnosis": ("What `diagnosis` of an answer holds.", _diagnosis_schema),
}
