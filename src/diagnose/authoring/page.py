"""The page of all causes, written from the rules and what their examples really say.

`python -m diagnose.authoring.page`, which `make docs` runs, writes it to `docs/causes.md`. The page is not
in the repository: a new rule is one file.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from diagnose.authoring.trial import findings
from diagnose.causes.folder import PLACES, rule_folders
from diagnose.causes.load import load_examples
from diagnose.causes.rule import Example, Rule
from diagnose.causes.words import title_of
from diagnose.loading import load_rules
from diagnose.model.diagnosis import Finding, Owner, Proof, Remedy
from diagnose.model.policy import document_text
from diagnose.model.words import OWNER_WORDS
from diagnose.report.excerpt import Mark, draw
from diagnose.report.runs import plain
from diagnose.report.tree import page as laid_out

PAGE = Path("docs") / "causes.md"

_HEADINGS = {
    "what": "In any policy",
    "trust": "In the trust policy alone",
    "identity": "In the caller's own policies alone",
    "request": "In the request, the caller or the role",
    "unread": "What could not be read",
}


def causes_page(rules: Sequence[Rule], examples: Mapping[str, Sequence[Example]]) -> str:
    """Write the page: a section for each rule, with what it says of its first example."""
    parts = [
        "# Causes",
        f"Every cause that xdiag names: {len(rules)} rules. The page is written by `make docs` from the files in "
        "`rules/` and from what their examples really say; `xdiag explain RULE` prints one section.",
    ]
    for place in PLACES:
        parts.append(f"## {_HEADINGS[place]}")
        parts += [section(rule, rules, examples[rule.id]) for rule in rules if rule.folder == place]
    return "\n\n".join(parts) + "\n"


def _owner_words(owner: Owner | None) -> str:
    return "the owner of the policy" if owner is None else OWNER_WORDS[owner].general


def section(rule: Rule, rules: Sequence[Rule], examples: Sequence[Example]) -> str:
    """Write what is to be known of one rule, as Markdown."""
    example = next(one for one in examples if one.then != "silent")
    finding = next((found for found in findings(rules, example) if found.rule == rule.id), None)
    parts = [f"### {title_of(rule.title)}", f"`{rule.id}`, to be mended by {_owner_words(rule.owner)}."]
    if rule.formerly:
        parts.append("Known earlier as " + ", ".join(f"`{other}`" for other in rule.formerly) + ".")
    if rule.replaces:
        parts.append("Told instead of " + ", ".join(f"`{other}`" for other in rule.replaces) + ".")
    if finding is not None:
        parts.append(f"For example, {example.name}:")
        parts += _told(finding)
    parts.append("Told where:\n\n" + "\n".join(f"- {one.name}: {_outcome(one)}" for one in examples))
    parts.append("\n".join(f"<{source}>" for source in rule.sources))
    return "\n\n".join(parts)


def _told(finding: Finding) -> Iterator[str]:
    yield f"> {finding.explanation}"
    primary = next((excerpt for excerpt in finding.excerpts if excerpt.primary), None)
    if primary is not None:
        rows = draw(laid_out(document_text(primary.policy.document)), [Mark(primary.pointer, primary.label)], 100)
        yield "```text\n" + plain(rows).rstrip() + "\n```"
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
    return {"certain": "certain", "possible": "possible", "silent": "not told"}[example.then]


def main() -> None:
    """Write the page of the rules that come with xdiag."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(causes_page(load_rules(), load_examples(rule_folders())), encoding="utf-8")


if __name__ == "__main__":
    main()
