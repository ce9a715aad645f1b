"""A rule's sentences, with what was seen put in their gaps: plain text for every report.

`{source}` and `{destination}` are the two ARNs, `{asked}` is the action of the operation, `{endpoint}` is the STS
endpoint that is called and `{region}` its Region, where that is known, `{layer}` is what the layer of the finding is
called ("service control policy"), `{scope}` a sentence that says to whom it applies, `{condition.wanted}` is a field
of the fact that the pattern `condition` met, `{condition.statement}` the place of its statement. A second pattern of
the same fact is `{condition2.wanted}`. What policies and messages say stands in backticks, with control characters made
visible.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache

from diagnose.causes.all_facts import FACTS
from diagnose.causes.facts import Fact
from diagnose.causes.rule import Pattern
from diagnose.causes.vocabulary import fields_of
from diagnose.evaluate.operations import OPERATIONS
from diagnose.model.case import GLOBAL_REGION, Case
from diagnose.model.key_state import KeyState
from diagnose.model.policy import AttachmentKind, Policy
from diagnose.model.trace import Layer, StatementTrace
from diagnose.model.trace_words import got_words, wanted_words
from diagnose.model.words import LAYER_WORDS, POLICY_WORDS, printable

GLOBAL_GAPS = ("source", "destination", "asked", "endpoint", "region")
LAYER_GAPS = ("layer", "scope")
"""Gaps that only a rule may use whose facts have a layer."""
STATEMENT_GAP = "statement"
UNKNOWN_VALUE = "an unknown value"
LONGEST = 200
"""Characters of a text in backticks that are shown."""
SHORT = 6
"""Digits of a number that is no account id."""

_GAP = re.compile(r"(?<!\$)\{([a-z_]+[0-9]?(?:\.[a-z_]+)?)\}")

_SCOPES: Mapping[Layer, str] = {
    Layer.RCP: "A resource control policy applies to all resources of the role's account, whoever calls, and the "
    "account's own administrators cannot override it.",
    Layer.SCP: "A service control policy applies to everyone in the caller's account, and the account's own "
    "administrators cannot override it.",
    Layer.ENDPOINT: "The policy of a VPC endpoint applies to every request that goes through the endpoint, and to no "
    "other.",
    Layer.TRUST: "A role's trust policy must allow the caller, whatever other policies allow.",
    Layer.IDENTITY: "A caller from another account, and one that the trust policy trusts only through its account, "
    "also needs the permission in its own policies.",
    Layer.BOUNDARY: "A permissions boundary grants nothing, but what it does not allow is denied, whatever the "
    "caller's policies say.",
    Layer.SESSION: "A session may do only what both the role's policies and the session policy allow. The session "
    "policy of a live session cannot be changed: start a new session with a wider policy or without one.",
}


def fill(text: str, when: Sequence[Pattern], facts: Sequence[Fact], case: Case, layer: Layer | None = None) -> str:
    """Put what was seen into the gaps of a text. The text was checked when the rule was loaded.

    `layer` is the one that the finding is about, where it is about one.
    """
    named = dict(zip(_names(when), facts, strict=True))

    def seen(gap: re.Match[str]) -> str:
        name, _, field = gap[1].partition(".")
        if not field and layer is not None and name in LAYER_GAPS:
            words = LAYER_WORDS[layer].policy if name == "layer" else _SCOPES[layer]
        elif name not in named:
            return _of_case(name, case)
        else:
            words = _statement_of(named[name]) if field in ("", STATEMENT_GAP) else _value(named[name], field)
        return words[:1].upper() + words[1:] if gap.start() == 0 or text[: gap.start()].endswith(". ") else words

    return _GAP.sub(seen, text)


def _of_case(name: str, case: Case) -> str:
    match name:
        case "source":
            return backticked(case.source_arn)
        case "asked":
            return str(OPERATIONS[case.request.operation].action)
        case "endpoint":
            return _endpoint(case.request.region)
        case "region":
            return _region(case.request.region)
    return backticked(case.request.role_arn)


def _endpoint(region: str | None) -> str:
    return (
        "the global endpoint `sts.amazonaws.com`"
        if region == GLOBAL_REGION
        else f"the STS endpoint of {_region(region)}"
    )


def _region(region: str | None) -> str:
    """Name the called Region. Behind the global endpoint it may be any that is enabled."""
    return _CALLED_REGION if region in (None, GLOBAL_REGION) else backticked(region)


_CALLED_REGION = "the called Region"


@lru_cache(maxsize=512)  # of the texts of rules
def gaps_in(text: str) -> tuple[str, ...]:
    """List the gaps of a text, as written between their braces."""
    return tuple(_GAP.findall(text))


def gaps_for(when: Sequence[Pattern]) -> list[str]:
    """List every gap that a rule with these patterns may use."""
    gaps = [*GLOBAL_GAPS, *(LAYER_GAPS if of_layers(when) else ())]
    for name, pattern in zip(_names(when), when, strict=True):
        gaps += [f"{name}.{field}" for field in fields_of(pattern.fact)]
        if {"effect", "suspicion"} & set(FACTS[pattern.fact].__struct_fields__):
            gaps.append(f"{name}.{STATEMENT_GAP}")
    return gaps


def title_of(title: str) -> str:
    """Give a rule's title without a finding, for lists of rules: the layer is then just a policy."""
    return title.replace("{layer}", "policy").replace("{region}", _CALLED_REGION)


def statement_words(statement: StatementTrace) -> str:
    """Say where a statement stands: `statement 2 (Sid ...) of managed policy ...`."""
    sid = f" (Sid {backticked(statement.sid)})" if statement.sid else ""
    return f"statement {statement.index + 1}{sid} of {attached_policy_words(statement.policy, statement.level)}"


def attached_policy_words(policy: Policy, level: str = "") -> str:
    """Name a policy with its kind, and where it is attached if that is not the principal itself."""
    name = f"{POLICY_WORDS[policy.kind]} {backticked(policy.name)}"
    if attachment := policy.attachment:
        kind = "" if attachment.kind is AttachmentKind.OTHER else f"{attachment.kind} "
        return f"{name} of {kind}{backticked(attachment.name)}"
    return f"{name} at {backticked(level)}" if level else name


def backticked(text: str) -> str:
    """Quote what somebody else wrote; a short number needs no quotes."""
    if text.isdecimal() and len(text) <= SHORT:
        return text
    return f"`{shortened(text).replace('`', chr(39))}`"


def shortened(text: str) -> str:
    """Make a text safe to be shown: on one line, without control characters, not too long."""
    safe = printable(text)
    return safe if len(safe) <= LONGEST else safe[:LONGEST] + "…"


def of_layers(when: Sequence[Pattern]) -> bool:
    """Say whether a rule with these patterns always speaks of a layer."""
    return any("layer" in FACTS[pattern.fact].__struct_fields__ for pattern in when)


def _names(when: Sequence[Pattern]) -> Iterator[str]:
    """Name the patterns of a rule: by their fact, numbered from the second of a kind on."""
    count: dict[str, int] = {}
    for pattern in when:
        count[pattern.fact] = count.get(pattern.fact, 0) + 1
        yield pattern.fact if count[pattern.fact] == 1 else f"{pattern.fact}{count[pattern.fact]}"


def _statement_of(fact: Fact) -> str:
    return statement_words(fact.subject.statement) if fact.subject.statement else "the statement"


def _value(fact: Fact, field: str) -> str:
    value = getattr(fact, field)
    match value:
        case None | KeyState(options=None, like=""):
            return UNKNOWN_VALUE
        case bool():
            return "yes" if value else "no"
        case Layer():
            return LAYER_WORDS[value].policies
        case Enum():
            return str(value.value) if ":" in str(value.value) else str(value.value).replace("_", " ")
        case KeyState():
            return _of_key(value)
        case tuple():
            value = wanted_words(fact.subject.element) if fact.subject.element else ", ".join(value)
    if value == "":
        return UNKNOWN_VALUE if getattr(fact, "holds", getattr(fact, "passed", True)) is None else "nothing"
    return backticked(str(value))


def _of_key(state: KeyState) -> str:
    """Write what a key holds; what it may hold is told as not known, so that nobody takes it for a value."""
    if state.options is None:
        return f"{UNKNOWN_VALUE}, like {backticked(state.like)}"
    if state.known is not None:
        return backticked(got_words(state)) if state.known else "nothing"
    alternatives = [backticked(", ".join(option)) if option else "nothing" for option in state.options]
    either = " or ".join(filter(None, (", ".join(alternatives[:-1]), alternatives[-1])))
    return f"{either} (it is not known which)"
