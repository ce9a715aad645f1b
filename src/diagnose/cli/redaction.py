"""What redaction needs of those that decide: a report imports none of them."""

from collections.abc import Sequence

from diagnose.causes.rule import Rule
from diagnose.evaluate.keys.federation import MAPPED_ATTRIBUTES
from diagnose.evaluate.keys.service import is_passed
from diagnose.evaluate.keys.table import FAMILIES, KEYS, value_kind
from diagnose.evaluate.near_miss import spelling
from diagnose.pipeline import diagnose
from diagnose.report.redact.disguise import KeyWords
from diagnose.report.redact.redact import Deciding


def deciding(rules: Sequence[Rule]) -> Deciding:
    """Make redaction prove that by these rules the answer stays the same."""
    own = frozenset(rule.id for rule in rules if rule.own)
    return Deciding(lambda case: diagnose(case, rules), KeyWords(value_kind, _DOCUMENTED, spelling, is_passed), own)


_DOCUMENTED = frozenset(
    (*(key.name.lower().rstrip("/") for key in (*KEYS, *FAMILIES)), *(f"saml:{name}" for name in MAPPED_ATTRIBUTES))
)
"""The condition keys that AWS documents, in lower case."""
