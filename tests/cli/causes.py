"""Causes in reports: which rules are as right as another, and what does not depend on where a case came from."""

from typing import Any

from diagnose.loading import load_rules


def lineage(rule_id: str) -> set[str]:
    """Give a rule and the more general ones in whose place it speaks: a more exact cause is as right."""
    rules = {rule.id: rule for rule in load_rules()}
    found, open_ids = {rule_id}, [rule_id]
    while open_ids:
        rule = rules.get(open_ids.pop())
        for general in rule.instead_of if rule else ():
            if general not in found:
                found.add(general)
                open_ids.append(general)
    return found


def but_for_files(value: Any) -> Any:
    """Leave out of a report which files its places are in: a case has others than what it was gathered from."""
    if isinstance(value, dict):
        return {name: but_for_files(one) for name, one in value.items() if name not in _OF_FILES}
    return [but_for_files(one) for one in value] if isinstance(value, list) else value


_OF_FILES = ("file", "file_line", "file_column")
