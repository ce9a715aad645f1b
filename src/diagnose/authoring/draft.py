"""A first draft of a rule, to be finished by deleting lines."""

from diagnose.causes.gather import gather
from diagnose.causes.show import facts_as_yaml
from diagnose.evaluate.decision import decide
from diagnose.model.case import Case

_HEAD = """\
title: {title}
owner: destination  # source, destination, organization, network, caller or xdiag
when:
"""
_TAIL = """\
# instead_of: [the-general-rule]
explain: >-
  {condition.statement} asks for {condition.wanted}, and the request carries {condition.got}.
remedy: ask-owner
sources:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html
examples:
  - name: the case in which it is true
    world: cross-account
    change: {request: {parameters: {external_id: acme-41}}}
    then: certain
  - name: nobody knows what the request carried
    world: cross-account
    change: {request: {unknown: [sts:ExternalId]}}
    then: possible
  - name: the nearest case in which it must not speak
    world: cross-account
    then: silent
"""
_WHEN = """\
  - condition: {layer: trust, effect: allow, nearest: true, key: sts:ExternalId, reason: [value_differs, key_missing]}
"""


def drafted(name: str, case: Case | None) -> str:
    """Draft the rule `name`; the facts of a case, if there is one, are what its `when` may keep."""
    title = name.replace("-", " ").capitalize()
    when = _WHEN
    if case is not None:
        facts = facts_as_yaml(gather(case, decide(case)))
        when = "  # keep what makes the cause, delete the rest\n" + "".join(
            f"  {line}\n" for line in facts.splitlines() if line.strip()
        )
    return _HEAD.replace("{title}", title) + when + _TAIL
