"""Where a policy is kept: the user, role, group or endpoint that it belongs to."""

from msgspec import Struct

from diagnose.model.arn import CallerKind
from diagnose.model.case import Case
from diagnose.model.evidence import Known
from diagnose.model.policy import Policy, PolicyKind
from diagnose.remedy.parties import caller, role_name


class Carrier(Struct, frozen=True):
    """`kind` is `user`, `role`, `group` or `endpoint`; both are empty where the policy stands by itself."""

    kind: str = ""
    name: str = ""


def carrier_of(policy: Policy, case: Case) -> Carrier:
    """Find the carrier of a policy of a case."""
    match policy.kind:
        case PolicyKind.TRUST:
            return Carrier("role", role_name(case))
        case PolicyKind.ENDPOINT:
            endpoint = case.snapshot.endpoint
            return Carrier("endpoint", endpoint.value.id if isinstance(endpoint, Known) and endpoint.value else "")
        case PolicyKind.INLINE:
            if policy.group:
                return Carrier("group", policy.group)
            asker = caller(case)
            return Carrier("user" if asker.kind is CallerKind.USER else "role", asker.name)
    return Carrier()
