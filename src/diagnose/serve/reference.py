"""Answers that are about no request: whom a trust policy admits, and what a rule says."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from diagnose.audience import Admission, Audience, audience, words
from diagnose.authoring.cause_pages import page
from diagnose.causes.rule import Example, Rule, rule_by_id
from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.causes.sentences import title_of
from diagnose.cli.audience import trust_policy_in
from diagnose.cli.rules import unknown_rule
from diagnose.model.trace import Effect
from diagnose.report.json_words import listed, yes_or_no
from diagnose.serve.brief import LARGEST_BRIEF, characters

_MOST_STATEMENTS, _MOST_NAMES = 20, 20
_LONGEST_NAME, _LONGEST_TEXT, _LONGEST_PAGE = 300, 3000, 10_000


class AdmittedKind(Struct, frozen=True, kw_only=True):
    """Principals of one kind."""

    kind: Annotated[str, Meta(description="What they are: `accounts`, `principals`, `services`, `everyone`, ...")]
    names: Annotated[list[str], Meta(description="The principals as the policy names them.")]


class AdmissionAnswer(Struct, frozen=True, kw_only=True):
    """One statement of a trust policy."""

    place: Annotated[str, Meta(description="Which statement it is.")]
    sid: Annotated[str, Meta(description="Its Sid.")]
    effect: Annotated[str, listed(Effect, "What it does; empty where its effect is not valid.", "")]
    all_but: Annotated[bool, Meta(description="Whether the principals are those whom it does not reach.")]
    principals: Annotated[list[AdmittedKind], Meta(description="Every principal that it names.")]
    actions: Annotated[list[str], Meta(description="The actions by which a role is assumed that it is about.")]
    conditions: Annotated[list[str], Meta(description="What else has to hold.")]
    strangers: Annotated[list[str], Meta(description="Who else gets in by a token; each is a risk.")]


class AudienceAnswer(Struct, frozen=True, kw_only=True, tag_field="schema", tag="xdiag.audience/1"):
    """Whom a trust policy admits."""

    open_to_world: Annotated[
        str, yes_or_no("Whether any AWS principal at all is let in. What a Deny takes back is not considered.")
    ]
    statements: Annotated[list[AdmissionAnswer], Meta(description="The statements in their order.")]
    flaws: Annotated[list[str], Meta(description="What AWS rejects in the policy, with its place.")]
    text: Annotated[str, Meta(description="The same in words.")]
    left_out: Annotated[list[str], Meta(description="What had no room here.")]


class RuleAnswer(Struct, frozen=True, kw_only=True, tag_field="schema", tag="xdiag.rule/1"):
    """What a rule says."""

    rule: Annotated[str, Meta(description="The id of the rule.")]
    formerly: Annotated[list[str], Meta(description="Ids that it had before.")]
    title: Annotated[str, Meta(description="The cause in a sentence.")]
    page: Annotated[str, Meta(description="What it looks like, how to fix it, and its sources, as Markdown.")]
    left_out: Annotated[list[str], Meta(description="What had no room here.")]


def audience_answer(file: Path) -> AudienceAnswer:
    """Say whom the trust policy in a file, or in a case, admits. Raises XdiagError where there is none."""
    summary = audience(trust_policy_in(file))
    every = [_admission(statement) for statement in summary.statements[:_MOST_STATEMENTS]]
    text = words(summary)
    answers = (_of_statements(summary, every[:most], text) for most in range(len(every), -1, -1))
    return next(answer for answer in answers if not answer.statements or characters(answer) <= LARGEST_BRIEF)


def rule_answer(name: str, known: Sequence[Rule], folders: Sequence[Path]) -> RuleAnswer:
    """Say what a rule is about. Raises XdiagError for an id that no rule has or had."""
    rule = rule_by_id(known, name)
    if rule is None:
        raise unknown_rule(name, known)
    page = rule_page(rule, known, folders)
    return RuleAnswer(
        rule=rule.id,
        formerly=list(rule.formerly),
        title=title_of(rule.title),
        page=_cut(page, _LONGEST_PAGE),
        left_out=["a part of `page`"] if len(page) > _LONGEST_PAGE else [],
    )


def rule_page(rule: Rule, known: Sequence[Rule], folders: Sequence[Path]) -> str:
    """Write the page of a rule as Markdown."""
    return page(rule, known, _examples(rule_folders(folders))[rule.id])


@cache
def _examples(folders: tuple[Path, ...]) -> Mapping[str, tuple[Example, ...]]:
    return load_examples(folders)


def _of_statements(summary: Audience, shown: list[AdmissionAnswer], text: str) -> AudienceAnswer:
    left_out = ["a part of `text`"] if len(text) > _LONGEST_TEXT else []
    if len(shown) < len(summary.statements):
        left_out.append(f"{len(summary.statements) - len(shown)} of {len(summary.statements)} statements")
    return AudienceAnswer(
        open_to_world=summary.open_to_world.word,
        statements=shown,
        flaws=_names([f"{pointer}: {message}" for pointer, message in summary.flaws]),
        text=_cut(text, _LONGEST_TEXT),
        left_out=left_out,
    )


def _admission(statement: Admission) -> AdmissionAnswer:
    return AdmissionAnswer(
        place=statement.place,
        sid=_cut(statement.sid, _LONGEST_NAME),
        effect=statement.effect.value if statement.effect is not None else "",
        all_but=statement.negated,
        principals=[AdmittedKind(kind=kind.value, names=_names(names)) for kind, names in statement.principals],
        actions=list(statement.actions or ()),
        conditions=_names(statement.conditions),
        strangers=[one.value for one in statement.strangers],
    )


def _names(names: Sequence[str]) -> list[str]:
    more = [f"{len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    return [*(_cut(name, _LONGEST_NAME) for name in names[:_MOST_NAMES]), *more]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}..."
