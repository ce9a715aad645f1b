"""What an account's organization says of it.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from diagnose.evaluate.state import ABSENT, ANYTHING, Maybe, State
from diagnose.model.case import Organization
from diagnose.model.evidence import Evidence, Known


def organization_id(evidence: Evidence[Organization | None]) -> State:
    """Give the id of an account's organization; absent where it is in none."""
    if not isinstance(evidence, Known):
        return ANYTHING
    return ABSENT if evidence.value is None else (evidence.value.id,)


def organization_paths(evidence: Evidence[Organization | None]) -> State:
    """Give an account's place in its organization: `o-a1b2/r-ab12/ou-ab12-1/`."""
    if not isinstance(evidence, Known):
        return ANYTHING
    if evidence.value is None:
        return ABSENT
    return (evidence.value.path,) if evidence.value.path else Maybe(shape=f"{evidence.value.id}/*")
