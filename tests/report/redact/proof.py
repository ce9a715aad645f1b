"""How tests redact: with every rule, and what must not change by it."""

from functools import cache

from diagnose.cli.redaction import deciding
from diagnose.loading import load_rules
from diagnose.model.case import Case
from diagnose.model.diagnosis import Diagnosis
from diagnose.pipeline import diagnose
from diagnose.report.redact.redact import Deciding, redact, redactions


@cache
def proving() -> Deciding:
    """Give what decides and names causes."""
    return deciding(load_rules())


def redacted(case: Case) -> Diagnosis:
    """Diagnose a case, and redact the diagnosis."""
    return redact(diagnosed(case), proving())


def diagnosed(case: Case) -> Diagnosis:
    """Diagnose a case with every rule."""
    return diagnose(case, load_rules())


def rewritten(case: Case) -> Case:
    """Redact a case that need not be decidable."""
    return next(iter(redactions(case, proving().keys)))


def answer(diagnosis: Diagnosis) -> object:
    """Give the verdict and the causes: rule, certainty, owner and kinds of remedy of each."""
    causes = [
        (one.rule, one.certainty, one.owner, [remedy.kind for remedy in one.remedies]) for one in diagnosis.findings
    ]
    return diagnosis.verdict, causes
