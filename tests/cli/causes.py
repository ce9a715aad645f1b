"""Rules, as far as it matters which of them speaks."""

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
