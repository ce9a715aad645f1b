"""A rule's sentences, with what was seen put in their gaps: plain text for every report.

`{source}` and `{destination}` are the two ARNs, `{condition.wanted}` is a field of the fact that the pattern
`condition` met, `{condition.statement}` the place of its statement. A second pattern of the same fact is
`{condition2.wanted}`. What policies and messages say is quoted, and its control characters are shown, not sent.
"""

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import lru_cache

from diagnose.causes.facts import FACTS, Fact
from diagnose.causes.rule import Pattern
from diagnose.causes.vocabulary import fields_of
from diagnose.model.case import Case
from diagnose.model.key_state import KeyState
from diagnose.model.policy import AttachmentKind, Policy
from diagnose.model.trace import Layer, StatementTrace
from diagnose.model.trace_words import got_words, wanted_words
from diagnose.model.words import LAYER_WORDS, POLICY_WORDS, printable

GLOBAL = ("source", "destination")
PLACE = "statement"
NOT_KNOWN = "something that is not known"
LONGEST = 200
"""Characters of a quoted text that are shown."""
SHORT = 6
"""Digits of a number that is no account id."""

_GAP = re.compile(r"(?<!\$)\{([a-z_]+[0-9]?(?:\.[a-z_]+)?)\}")


def fill(text: str, when: Sequence[Pattern], facts: Sequence[Fact], case: Case) -> str:
    """Put what was seen into the gaps of a text. The text was checked when the rule was loaded."""
    named = dict(zip(_names(when), facts, strict=True))

    def seen(gap: re.Match[str]) -> str:
        name, _, field = gap[1].partition(".")
        if name not in named:
            return quoted(case.snapshot.source.arn if name == "source" else case.request.role_arn)
        words = _statement_of(named[name]) if field in ("", PLACE) else _value(named[name], field)
        return words[:1].upper() + words[1:] if gap.start() == 0 or text[: gap.start()].endswith(". ") else words

    return _GAP.sub(seen, text)


@lru_cache(maxsize=512)
def gaps_in(text: str) -> tuple[str, ...]:
    """List the gaps of a text, as written between their braces."""
    return tuple(_GAP.findall(text))


def gaps_for(when: Sequence[Pattern]) -> list[str]:
    """List every gap that a rule with these patterns may use."""
    gaps = list(GLOBAL)
    for name, pattern in zip(_names(when), when, strict=True):
        gaps += [f"{name}.{field}" for field in fields_of(pattern.fact)]
        if "effect" in FACTS[pattern.fact].__struct_fields__:
            gaps.append(f"{name}.{PLACE}")
    return gaps


def place(statement: StatementTrace) -> str:
    """Say where a statement stands: `statement 2 (Sid ...) of managed policy ...`."""
    sid = f" (Sid {quoted(statement.sid)})" if statement.sid else ""
    return f"statement {statement.index + 1}{sid} of {policy_words(statement.policy, statement.level)}"


def policy_words(policy: Policy, level: str = "") -> str:
    """Name a policy with its kind, and where it is attached if that is not the principal itself."""
    name = f"{POLICY_WORDS[policy.kind]} {quoted(policy.name)}"
    if attachment := policy.attachment:
        kind = "" if attachment.kind is AttachmentKind.OTHER else f"{attachment.kind} "
        return f"{name} of {kind}{quoted(attachment.name)}"
    return f"{name} at {quoted(level)}" if level else name


def quoted(text: str) -> str:
    """Quote what somebody else wrote; a short number needs no quotes."""
    if text.isdecimal() and len(text) <= SHORT:
        return text
    return f"`{shown(text).replace('`', chr(39))}`"


def shown(text: str) -> str:
    """Make a text safe to be shown: on one line, without control characters, not too long."""
    safe = printable(text)
    return safe if len(safe) <= LONGEST else safe[:LONGEST] + "…"


def _names(when: Sequence[Pattern]) -> Iterator[str]:
    """Name the patterns of a rule: by their fact, numbered from the second of a kind on."""
    count: dict[str, int] = {}
    for pattern in when:
        count[pattern.fact] = count.get(pattern.fact, 0) + 1
        yield pattern.fact if count[pattern.fact] == 1 else f"{pattern.fact}{count[pattern.fact]}"


def _statement_of(fact: Fact) -> str:
    return place(fact.subject.statement) if fact.subject.statement else "the statement"


def _value(fact: Fact, field: str) -> str:
    value = getattr(fact, field)
    match value:
        case None | KeyState(options=None, like=""):
            return NOT_KNOWN
        case bool():
            return "yes" if value else "no"
        case Layer():
            return LAYER_WORDS[value].policies
        case Enum():
            return str(value.value) if ":" in str(value.value) else str(value.value).replace("_", " ")
        case KeyState():
            return quoted(got_words(value)) if got_words(value) else "nothing"
        case tuple():
            value = wanted_words(fact.subject.element) if fact.subject.element else ""
    if value == "":
        return NOT_KNOWN if getattr(fact, "holds", getattr(fact, "passed", True)) is None else "nothing"
    return quoted(str(value))
