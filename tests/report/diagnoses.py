"""Diagnoses built by hand: the ground of the goldens and of the laws.

Every name that belongs to a customer is a parameter, so that the same diagnosis can be told of anybody.
"""

from collections.abc import Callable

from tests.report.answers import allowed, contradicted, mfa_doubt
from tests.report.denials import silent_identity, wrong_principal
from tests.report.parts import NAMES, Names
from tests.report.several_blockers import denied_by_scp, unexplained

from diagnose.model.diagnosis import Diagnosis

__all__ = ["EVERY", "NAMES", "Names"]

EVERY: dict[str, Callable[[Names], Diagnosis]] = {
    "wrong-principal": wrong_principal,
    "silent-identity": silent_identity,
    "denied-by-scp": denied_by_scp,
    "mfa-doubt": mfa_doubt,
    "allowed": allowed,
    "contradicted": contradicted,
    "unexplained": unexplained,
}
"""What the diagnoses are called, and how they are made."""
