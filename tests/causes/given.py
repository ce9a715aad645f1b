"""Cases and rules for the tests of causes: a world with a change, a rule from its text."""

from pathlib import Path
from textwrap import dedent
from typing import Any

from tests import cases
from tests.cases import allow, case, change

from diagnose.causes.findings import Cause, explain
from diagnose.causes.rule import Rule
from diagnose.causes.rule_file import read_rules
from diagnose.evaluate.decision import decide
from diagnose.remedy.kinds import REMEDIES

__all__ = ["allow", "case"]

BUILDER: dict[str, Any] = {"AWS": cases.BUILDER}
ID: dict[str, Any] = {"StringEquals": {"sts:ExternalId": "right"}}
MFA: dict[str, Any] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
DENY: dict[str, Any] = {"Effect": "Deny", "Principal": BUILDER, "Action": "sts:AssumeRole"}

BODY = """
title: A title
owner: destination
explain: A sentence.
remedy: ask-owner
sources: [https://docs.aws.amazon.com/]
examples: [{name: a, world: cross-account, then: certain}]
"""


def trust(*statements: dict[str, Any]) -> dict[str, Any]:
    """Make the change that gives the role another trust policy."""
    return dict(change(trust_policy=cases.trust(*statements)))


def identity(*statements: dict[str, Any]) -> dict[str, Any]:
    """Make the change that gives the caller another policy."""
    return dict(change(identity_policies=cases.identity(*statements)))


def rules(folder: Path, **texts: str) -> tuple[Rule, ...]:
    """Load rules from the part of their text that matters; the file's name is the name with dashes."""
    for name, text in texts.items():
        lines = dedent(text).strip() + "\n"
        given = {line.split(":")[0] for line in lines.splitlines() if line[:1] not in " -#"}
        rest = "\n".join(line for line in BODY.strip().splitlines() if line.split(":")[0] not in given)
        (folder / f"{name.replace('_', '-')}.yaml").write_text(lines + rest + "\n", encoding="utf-8")
    return read_rules([folder], REMEDIES)


def told(folder: Path, world: str, change: Any, **texts: str) -> tuple[Cause, ...]:
    """Decide a changed world, and explain the decision with these rules only."""
    given = case(world, change)
    return explain(rules(folder, **texts), given, decide(given))


def names(causes: tuple[Cause, ...]) -> list[str]:
    """Name what was told, with its certainty."""
    return [f"{cause.finding.certainty.value} {cause.finding.rule}" for cause in causes]
