"""A first draft of a rule, to be finished by deleting lines: made from a case, or from nothing but its id."""

import json
from typing import Any

import msgspec

from diagnose.authoring.examples import case_of, worlds
from diagnose.causes.facts import Fact
from diagnose.causes.gather import gather_facts
from diagnose.causes.rule import Example
from diagnose.causes.vocabulary import facts_as_yaml
from diagnose.errors import XdiagError
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.tri import UNKNOWN

_RULE = """\
title: {title}
owner: {owner}  # source, destination, organization, network, caller, xdiag, or layer: whoever owns the layer
when:
{when}explain: >-
  {explain}
remedy: ask-owner
sources:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html
examples:
{examples}"""
_WHEN = """\
  - condition: {layer: trust, effect: allow, key: sts:ExternalId, reason: [value_differs, key_missing]}
  # the next line makes this the more exact rule for one kind of caller; take it out where any caller is meant
  - caller: {kind: user}
instead_of: [external-id-differs, external-id-missing, external-id-unknown]  # the rules that say it less exactly
"""
_EXPLAIN = "{condition.statement} asks for {condition.wanted}, and the request carries {condition.got}."
_EXAMPLES = """\
  - name: the case in which it is true
    world: cross-account
    change: {request: {parameters: {external_id: acme-41}}}
    then: certain
  - name: the nearest case in which it must not speak
    world: cross-account
    then: silent
"""


def drafted(name: str, case: Case | None) -> str:
    """Draft the rule `name`.

    The facts of a case, if there is one, are what its `when` may keep. Its first example is the case itself, as a
    change of the world that is nearest to it.
    """
    title = name.replace("-", " ").capitalize()
    if case is None:
        return _filled(title=title, owner="destination", when=_WHEN, explain=_EXPLAIN, examples=_EXAMPLES)
    decision = decide(case)
    facts = gather_facts(case, decision)
    lines = "".join(f"  {line}\n" for line in facts_as_yaml(facts).splitlines())
    return _filled(
        title=title,
        owner=_owner(facts),
        when=f"  # keep what makes the cause, delete the rest\n{lines}# instead_of: [the-general-rule]\n",
        explain="Say what was compared with what, and where, when {source} asks for {destination}.",
        examples=_examples(case, "possible" if decision.verdict is UNKNOWN else "certain"),
    )


def _filled(**parts: str) -> str:
    text = _RULE
    for name, part in parts.items():
        text = text.replace("{" + name + "}", part, 1)
    return text


def _owner(facts: tuple[Fact, ...]) -> str:
    """Say who can probably fix it: whoever owns the layer that stands in the way, else whoever makes the request."""
    return "layer" if any(fact.name in ("layer", "statement", "problem") for fact in facts) else "caller"


def _examples(case: Case, then: str) -> str:
    """Write the case as a change of the nearest world, and that world as the case in which the rule is silent."""
    whole = _as_json(case)
    changes = {world: _change(_as_json(_untouched(world)), whole) for world in worlds()}
    world = min(changes, key=lambda name: len(json.dumps(changes[name])))
    as_yaml = json.dumps(changes[world], indent=2, ensure_ascii=False).replace("\n", "\n      ")
    first = (
        f"  - name: the case in which it is true\n    world: {world}\n    change:\n      {as_yaml}\n    then: {then}\n"
    )
    if not _makes(case, world, changes[world]):
        first = f"  # the change below does not make the whole case: complete it\n{first}"
    return f"{first}  - name: the nearest case in which it must not speak\n    world: {world}\n    then: silent\n"


def _untouched(world: str) -> Case:
    return case_of(Example("as it is", world, {}, "silent"))


def _as_json(case: Case) -> Any:
    return msgspec.json.decode(msgspec.json.encode(case))


def _makes(case: Case, world: str, change: Any) -> bool:
    try:
        return bool(_as_json(case_of(Example("the case", world, change, "certain"))) == _as_json(case))
    except XdiagError:
        return False


def _change(old: Any, new: Any) -> Any:
    """Give the change that makes `new` of `old`; see `changed` for its form."""
    if isinstance(old, dict) and isinstance(new, dict):
        gone = {name: None for name in old if name not in new}
        return gone | {name: _change(old.get(name), new[name]) for name in new if old.get(name, _NOTHING) != new[name]}
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        members = {str(place): _change(old[place], new[place]) for place in range(len(new)) if old[place] != new[place]}
        return members if all(isinstance(member, dict) for member in members.values()) else new
    return new


_NOTHING = object()
