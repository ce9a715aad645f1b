"""Templates in YAML or JSON as values: what IAM takes for text stays text, and short tags become functions.

CloudFormation reads YAML 1.1, to which an unquoted `012345670123` is a number in base 8. Everything else that plain
YAML would make of a text (dates, for one) is undone: IAM compares texts.
"""

import json
import re

import yaml
from msgspec import Struct

from diagnose.collect.evidence.handed_over import InputFile
from diagnose.collect.evidence.partial_document import Written
from diagnose.collect.json_errors import nested_too_deeply, not_json, quotable
from diagnose.errors import XdiagError


class TemplateText(Struct, frozen=True):
    """A template's values; `slips` are what its author can hardly have meant, for people."""

    value: Written
    slips: tuple[str, ...] = ()


def read_template_text(file: InputFile) -> TemplateText:
    """Read YAML or JSON. Numbers become texts. Raises XdiagError for what is neither."""
    data = file.data.removeprefix(b"\xef\xbb\xbf")
    if data.lstrip()[:1] in (b"{", b"["):
        try:
            return TemplateText(json.loads(data, parse_int=str, parse_float=str))
        except (ValueError, RecursionError) as error:
            json_error = error
    else:
        json_error = None
    if len(data) > _LARGEST:
        if json_error is not None:
            raise not_json(data, json_error, file.place)
        raise XdiagError(
            f"`{quotable(file.place)}` is larger than any template: it has {len(data):,} bytes",
            hint=f"expected a template of CloudFormation, which accepts {_LARGEST:,} bytes, or JSON of Terraform",
        )
    try:
        node = yaml.compose(data.decode(), Loader=yaml.SafeLoader)
        reading = _Reading()
        return TemplateText(None if node is None else reading.value(node, 0), tuple(dict.fromkeys(reading.slips)))
    except UnicodeDecodeError as error:
        raise not_json(data, error, file.place) from None
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        if json_error is not None:
            raise not_json(data, json_error, file.place) from None
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        if isinstance(error, RecursionError):
            raise nested_too_deeply(file.place) from None
        raise XdiagError(
            f"`{quotable(file.place)}` is not YAML{where}: {what}", hint="look at the line above, too"
        ) from None


_LARGEST = 1_048_576
"""Bytes of YAML. Source:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""


_DEEPEST = 200
_MOST_VALUES = 500_000


class _Reading:
    """The nodes of one file made values."""

    def __init__(self) -> None:
        self.slips: list[str] = []
        self._count = 0

    def value(self, node: yaml.Node, depth: int) -> Written:
        """Give the value of a node, with its tag as a function."""
        self._count += 1
        if depth > _DEEPEST or self._count > _MOST_VALUES:
            raise ValueError("it refers to itself, or is nested too deeply")
        value = self._untagged(node, depth)
        return _function(node.tag[1:], value) if node.tag.startswith("!") and len(node.tag) > 1 else value

    def _untagged(self, node: yaml.Node, depth: int) -> Written:
        match node:
            case yaml.ScalarNode():
                return self._scalar(node)
            case yaml.SequenceNode():
                return [self.value(item, depth + 1) for item in node.value]
            case yaml.MappingNode():
                members: dict[str, Written] = {}
                for key, item in node.value:
                    read = self.value(item, depth + 1)
                    if key.tag == "tag:yaml.org,2002:merge" and isinstance(read, dict):
                        members = {**read, **members}
                    else:
                        members[str(key.value)] = read
                return members
        raise ValueError("it cannot be read")

    def _scalar(self, node: yaml.ScalarNode) -> Written:
        text = str(node.value)
        if node.style is not None or node.tag.startswith("!"):
            return text
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
            return text.lower() == "true"
        if _OCTAL.fullmatch(text):
            number = str(int(text, 8))
            if len(text) == _DIGITS_OF_AN_ACCOUNT:
                self.slips.append(
                    f"account {text} stands without quotes in line {node.start_mark.line + 1}: CloudFormation takes it "
                    f"for the number {number}; quote it"
                )
            return number
        return text


_OCTAL = re.compile(r"0[0-7]+")
_DIGITS_OF_AN_ACCOUNT = 12


def _function(tag: str, value: Written) -> Written:
    """Give the long form of a short tag: `!Sub x` is `{"Fn::Sub": x}`."""
    if tag in ("Ref", "Condition"):
        return {tag: value}
    if tag == "GetAtt" and isinstance(value, str):
        return {"Fn::GetAtt": value.split(".", 1)}
    return {f"Fn::{tag}": value}
