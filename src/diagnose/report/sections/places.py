"""Where something stands in words: which policy, which statement, which line."""

import re
from collections.abc import Sequence

from msgspec import Struct

from diagnose.errors import XdiagError
from diagnose.model.arn import parse_role
from diagnose.model.case import Case
from diagnose.model.diagnosis import Excerpt
from diagnose.model.file_place import FilePlace
from diagnose.model.json_text import Node, Object, parse
from diagnose.model.policy import Attachment, AttachmentKind, Policy, PolicyKind, document_text
from diagnose.model.trace import Layer
from diagnose.model.words import LAYER_WORDS, POLICY_WORDS
from diagnose.report import Places
from diagnose.report.blocks import Block, Paragraph, Snippet
from diagnose.report.latest_texts import of_latest_texts
from diagnose.report.safe_text import in_backticks
from diagnose.report.sections.headline import iam_name
from diagnose.report.snippet import Mark, Page, page_of_policy, span_at


class PolicyPlace(Struct, frozen=True):
    """A place taken apart. `statement` counts from 1 and is None for a place outside of the statements."""

    policy: str
    statement: int | None
    sid: str
    line: int
    column: int
    last: int
    pointer: str

    def __str__(self) -> str:
        return f"{self.within}, line {self.line}, column {self.column}"

    @property
    def within(self) -> str:
        """The policy and, where there is one, the statement."""
        if self.statement is None:
            return self.policy
        return f"{self.policy}, statement {self.statement}" + (f" {in_backticks(self.sid)}" if self.sid else "")


def locate(excerpt: Excerpt, case: Case) -> PolicyPlace:
    """Find a place in its policy. Lines and columns are those of the policy as it is laid out here."""
    text = document_text(excerpt.policy.document)
    span = span_at(page_of_policy(excerpt.policy), excerpt.pointer)
    index, sid = _statement(excerpt.pointer, text)
    name = policy_name(excerpt.layer, excerpt.policy, excerpt.level, case)
    number = None if index is None else index + 1
    return PolicyPlace(name, number, sid, span.line, span.column, span.last, excerpt.pointer)


def policy_name(layer: Layer, policy: Policy, level: str, case: Case) -> str:
    """Name a policy by its layer, its own name, and where it is attached."""
    name = in_backticks(policy.name)
    match layer:
        case Layer.TRUST:
            return f"{LAYER_WORDS[layer].policy} of {_role(case)}"
        case Layer.IDENTITY:
            own = policy.kind in (PolicyKind.INLINE, PolicyKind.MANAGED)
            words = POLICY_WORDS[policy.kind] if own else LAYER_WORDS[layer].policy
            version = f" ({iam_name(policy.version)})" if policy.version else ""
            of = f" of {_attached(policy.attachment)}" if policy.attachment else ""
            return f"{words} {name}{version}{of}"
    return f"{LAYER_WORDS[layer].policy} {name}" + (f" at {in_backticks(level)}" if level else "")


def pointed_at(excerpts: Sequence[Excerpt], case: Case, places: Places | None = None) -> tuple[Block, ...]:
    """Point at places: policy by policy in the order given, each with its place in words and its lines drawn."""
    groups: dict[tuple[Layer, str, bytes, str], list[Excerpt]] = {}
    for excerpt in excerpts:
        policy = excerpt.policy
        groups.setdefault((excerpt.layer, policy.name, bytes(policy.document), excerpt.level), []).append(excerpt)
    blocks: list[Block] = []
    for group in groups.values():
        group.sort(key=lambda excerpt: not excerpt.primary)
        marks = tuple(dict.fromkeys(Mark(one.pointer, one.label, one.primary) for one in group))
        place = locate(group[0], case)
        page = page_of_policy(group[0].policy)
        lead = "In the" if group[0].primary else "Compare the"
        at = [in_backticks(place.pointer)] if place.pointer else []
        line = _line(place, _in_file(group[0], places), f"line {place.line}, column {place.column}", at)
        blocks.append(Paragraph(f"{lead} {place.within}, {line}{_broken(page)}:"))
        blocks.append(Snippet(page, marks))
    return tuple(blocks)


def place_of(excerpt: Excerpt, case: Case, places: Places | None = None) -> str:
    """Say where a place stands, short enough for a row: `trust policy of Deploy, statement 1, line 8 below`.

    Where the policy came from a file, it is the file's own line that one has to look for.
    """
    place = locate(excerpt, case)
    line = _line(place, _in_file(excerpt, places), f"line {place.line} below")
    return f"{place.within}, {line}{_broken(page_of_policy(excerpt.policy))}"


def _in_file(excerpt: Excerpt, places: Places | None) -> FilePlace | None:
    return places(excerpt) if places is not None else None


def _line(place: PolicyPlace, file: FilePlace | None, without_file: str, at: Sequence[str] = ()) -> str:
    """Name a line: that of the file, if there is one, and that of what is drawn here, where it is another."""
    words, more = without_file, [*at]
    if file is not None:
        words = f"{in_backticks(file.path)} line {file.line}"
        if file.line != place.line:
            words = f"{words}, column {file.column}"
            more.insert(0, f"line {place.line} below")
    return f"{words} ({', '.join(more)})" if more else words


def _attached(attachment: Attachment) -> str:
    name = iam_name(attachment.name)
    return name if attachment.kind is AttachmentKind.OTHER else f"{attachment.kind} {name}"


def _broken(page: Page) -> str:
    return ", in a document that is not valid JSON" if page.broken else ""


def _role(case: Case) -> str:
    try:
        return iam_name(parse_role(case.request.role_arn).name)
    except XdiagError:
        return "the role"


def _statement(pointer: str, text: str) -> tuple[int | None, str]:
    """Read the number of the statement, from 0, and its Sid; None and empty text where there is none.

    A lone statement, without a list around it, is the first one.
    """
    statement = re.match(r"/Statement(?:/([0-9]{1,4}))?(?:/|$)", pointer)
    if not statement:
        return None, ""
    sids = _sids(text)
    if isinstance(sids, str):
        return 0, sids
    if statement[1] is None:
        return None, ""
    index = int(statement[1])
    return index, sids[index] if index < len(sids) else ""


@of_latest_texts
def _sids(text: str) -> str | tuple[str, ...]:
    """Give the Sid of every statement, or of the lone one. Many causes point into the same document."""
    statements = _member(text, "Statement")
    if isinstance(statements, Object):
        return _sid(statements)
    return tuple(map(_sid, statements)) if isinstance(statements, list) else ()


def _member(text: str, key: str) -> Node:
    try:
        document = parse(text)
    except (ValueError, RecursionError):
        return None
    return dict(document.members).get(key) if isinstance(document, Object) else None


def _sid(statement: Node) -> str:
    sid = dict(statement.members).get("Sid") if isinstance(statement, Object) else None
    return str(sid) if isinstance(sid, str) else ""
