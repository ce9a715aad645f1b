"""Cases and rules for the tests of causes: a world with a change, a rule from its text."""

from pathlib import Path
from textwrap import dedent
from typing import Any

import msgspec

from diagnose.causes.change import changed
from diagnose.causes.load import load_rules
from diagnose.causes.match import Cause, explain
from diagnose.causes.rule import Rule
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.remedy.kinds import REMEDIES

WORLDS = Path(__file__).parents[2] / "fixtures" / "worlds"

BUILDER: dict[str, Any] = {"AWS": "arn:aws:iam::111111111111:user/builder"}
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


def case(world: str, change: Any = None) -> Case:
    """Give a world, with a merge patch made in it."""
    whole = changed(msgspec.json.decode((WORLDS / f"{world}.json").read_bytes()), change or {})
    return msgspec.json.decode(msgspec.json.encode(whole), type=Case)


def trust(*statements: dict[str, Any]) -> dict[str, Any]:
    """Make the change that gives the role another trust policy."""
    return {"snapshot": {"destination": {"trust_policy": {"value": {"document": {"Statement": [*statements]}}}}}}


def identity(*statements: dict[str, Any]) -> dict[str, Any]:
    """Make the change that gives the caller another policy."""
    document = {"Version": "2012-10-17", "Statement": [*statements]}
    return {"snapshot": {"source": {"identity_policies": {"policies": {"0": {"document": document}}}}}}


def allow(principal: Any, **more: Any) -> dict[str, Any]:
    """Make a trust statement that allows."""
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"} | more


def rules(folder: Path, **texts: str) -> tuple[Rule, ...]:
    """Load rules from the part of their text that matters; the file's name is the name with dashes."""
    for name, text in texts.items():
        lines = dedent(text).strip() + "\n"
        given = {line.split(":")[0] for line in lines.splitlines() if line[:1] not in " -#"}
        rest = "\n".join(line for line in BODY.strip().splitlines() if line.split(":")[0] not in given)
        (folder / f"{name.replace('_', '-')}.yaml").write_text(lines + rest + "\n", encoding="utf-8")
    return load_rules([folder], REMEDIES)


def told(folder: Path, world: str, change: Any, **texts: str) -> tuple[Cause, ...]:
    """Decide a changed world, and explain the decision with these rules only."""
    given = case(world, change)
    return explain(rules(folder, **texts), given, decide(given))


def names(causes: tuple[Cause, ...]) -> list[str]:
    """Name what was told, with its certainty."""
    return [f"{cause.finding.certainty.value} {cause.finding.rule}" for cause in causes]
