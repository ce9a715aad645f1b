"""The page of each cause: what it means, the errors it is seen with, how it looks, and how to fix it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from diagnose.authoring.error_page import ALL_TEXTS, denial, speaking_of
from diagnose.authoring.examples import findings
from diagnose.causes.rule import Example, Rule
from diagnose.causes.rule_folders import PLACES
from diagnose.causes.sentences import title_of
from diagnose.model.diagnosis import Finding, Owner, Proof, Remedy
from diagnose.model.error_text.denial import BLAMED
from diagnose.model.policy import document_text
from diagnose.model.words import OWNER_WORDS
from diagnose.report.layout import toneless
from diagnose.report.snippet import Mark, draw
from diagnose.report.snippet import page_of as laid_out

INDEX = "index"


def cause_pages(rules: Sequence[Rule], examples: Mapping[str, Sequence[Example]]) -> Mapping[str, str]:
    """Write every page, by its name: one for each rule, one for each id that a rule had before, and the list."""
    former = {old: _moved(old, rule) for rule in rules for old in rule.formerly}
    return {
        INDEX: _index(rules),
        **{rule.id: f"{page(rule, rules, examples[rule.id])}\n[All causes]({INDEX}.md)\n" for rule in rules},
        **former,
    }


def write_pages(folder: Path, pages: Mapping[str, str]) -> None:
    """Write pages, and remove those that are no longer among them."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.md"):
        if stale.stem not in pages:
            stale.unlink()
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def page(rule: Rule, rules: Sequence[Rule], examples: Sequence[Example]) -> str:
    """Describe one rule as Markdown."""
    example = next(example for example in examples if example.then != "silent")
    finding = next((finding for finding in findings(rules, example) if finding.rule == rule.id), None)
    parts = [f"# {_title(rule)}", f"`{rule.id}`; {_owner_words(rule.owner)} can fix it."]
    if rule.formerly:
        parts.append("Known earlier as " + ", ".join(f"`{other}`" for other in rule.formerly) + ".")
    if finding is not None:
        parts.append(f"For example, {example.name}:")
        parts += _finding(finding)
    if texts := _seen_with(rule, finding):
        parts.append("## Seen with\n\n" + "\n".join(f"- `{text}`" for text in texts))
    parts.append("## Reported where\n\n" + "\n".join(f"- {each.name}: {_outcome(each)}" for each in examples))
    if related := tuple(_related(rule, rules)):
        parts.append("## Related\n\n" + "\n".join(related))
    parts.append("## AWS's documentation\n\n" + "\n".join(f"- <{source}>" for source in rule.sources))
    return "\n\n".join(parts) + "\n"


HEADINGS = {
    "what": "In any policy",
    "trust": "In the trust policy alone",
    "identity": "In the caller's own policies alone",
    "request": "In the request, the caller or the role",
    "federation": "In a token, an assertion, the identity provider or the trust in them",
    "passing": "In handing the role to an AWS service",
    "unread": "What could not be read",
}
"""The parts of the list, by the folder of their rules."""


_WIDTH = 76
"""Columns of a drawing that a page shows without scrolling."""


def _title(rule: Rule) -> str:
    return title_of(rule.title)


def _index(rules: Sequence[Rule]) -> str:
    parts = [
        "# Causes",
        f"Every cause that xdiag names: {len(rules)} rules. Each page is written from the rule's file, and from what "
        "its examples really say; `xdiag explain RULE` prints it. By error text: [Errors](../errors.md).",
    ]
    for place in PLACES:
        rows = [f"- [{_title(rule)}]({rule.id}.md), `{rule.id}`" for rule in rules if rule.folder == place]
        parts.append(f"## {HEADINGS[place]}\n\n" + "\n".join(rows))
    return "\n\n".join(parts) + "\n"


def _moved(old: str, rule: Rule) -> str:
    """Write the page that stands at the address of an earlier id."""
    return f"# {old}\n\nThe rule `{old}` is now called [`{rule.id}`]({rule.id}.md): {_title(rule)}.\n"


def _owner_words(owner: Owner | None) -> str:
    return "the owner of the policy" if owner is None else OWNER_WORDS[owner].general


def _seen_with(rule: Rule, finding: Finding | None) -> tuple[str, ...]:
    """Give the error texts behind which the cause may be: those that the rule is about, or AWS's denial."""
    texts = tuple(text for text in ALL_TEXTS if rule in speaking_of(text, [rule]))
    if texts or finding is None or finding.layer is None or finding.is_gap:
        return texts
    explicit = any(("effect", ("deny",)) in pattern.fields for pattern in rule.when)
    names = [name for name, layer in BLAMED.items() if layer is finding.layer and name != "sessions policy"]
    return (
        *(denial(finding.action, name, explicit=explicit) for name in names),
        denial(finding.action),
    )


def _related(rule: Rule, rules: Sequence[Rule]) -> Iterator[str]:
    """List the rules that this one speaks instead of, and those that speak instead of it."""
    by_id = {each.id: each for each in rules}
    for other in rule.instead_of:
        if other in by_id:
            yield f"- Reported instead of `{other}`: {_title(by_id[other])}"
    for each in rules:
        if rule.id in each.instead_of:
            yield f"- More specific: `{each.id}`: {_title(each)}"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"> {finding.explanation}"
    primary = next((excerpt for excerpt in finding.excerpts if excerpt.primary), None)
    if primary is not None:
        rows = draw(laid_out(document_text(primary.policy.document)), [Mark(primary.pointer, primary.label)], _WIDTH)
        yield "```text\n" + toneless(rows).rstrip() + "\n```"
    for remedy in finding.remedies[:1]:
        yield f"Fix: {remedy.text.removesuffix('.')}.{_proof(remedy)}"


def _proof(remedy: Remedy) -> str:
    match remedy.proof:
        case Proof.ALLOWED:
            return " Proved: the request is then allowed."
        case Proof.CLEARS:
            return " Proved: this is then no longer in the way."
        case Proof.NOT_TRIED:
            return ""


def _outcome(example: Example) -> str:
    return {"certain": "certain", "possible": "possible", "silent": "not reported"}[example.then]
