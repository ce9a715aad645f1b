"""The condition keys that say who calls, and whose account is in which organization.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from diagnose.evaluate.call import Call
from diagnose.evaluate.keys.service import services_tag
from diagnose.model.arn import CallerKind
from diagnose.model.case import Organization
from diagnose.model.evidence import Evidence, Known
from diagnose.model.key_state import ABSENT, UNKNOWN_STATE, State, UnknownState, tag_state


def callers_arn(call: Call) -> State:
    """A user's ARN, or that of the role, not of its session; like something where its path was not read."""
    arn = call.caller.principal_arn
    if arn is not None:
        return (arn,)
    if call.caller.kind is CallerKind.SERVICE:
        return ABSENT
    caller = call.caller
    return UnknownState(like=f"arn:{caller.partition}:iam::{caller.account}:role{caller.least_path}*{caller.name}")


def callers_account(call: Call) -> State:
    """Twelve digits."""
    return (call.caller.account,) if call.caller.account else UNKNOWN_STATE


def callers_organization(call: Call) -> State:
    """Services belong to no organization."""
    if call.caller.kind is CallerKind.SERVICE:
        return ABSENT
    return id_of(call.case.snapshot.source.organization)


def callers_organization_path(call: Call) -> State:
    """Services belong to no organization."""
    if call.caller.kind is CallerKind.SERVICE:
        return ABSENT
    return paths_in(call.case.snapshot.source.organization)


_PRINCIPAL_TYPES = {
    CallerKind.USER: "User",
    CallerKind.ROLE: "AssumedRole",
    CallerKind.SESSION: "AssumedRole",
    CallerKind.ROOT: "Account",
    CallerKind.FEDERATED_USER: "FederatedUser",
}


def callers_type(call: Call) -> State:
    """One of AWS's words; what it is for a service is not documented."""
    name = _PRINCIPAL_TYPES.get(call.caller.kind)
    return (name,) if name else UNKNOWN_STATE


def callers_id(call: Call) -> State:
    """A user's unique id; that of a role with the session's name behind it."""
    caller = call.caller
    match caller.kind:
        case CallerKind.USER:
            return (caller.unique_id,) if caller.unique_id else UnknownState(like="AIDA*")
        case CallerKind.SESSION:
            return (
                (f"{caller.unique_id}:{caller.session_name}",)
                if caller.unique_id
                else UnknownState(like=f"AROA*:{caller.session_name}")
            )
        case CallerKind.ROLE:
            return UnknownState(like=f"{caller.unique_id or 'AROA*'}:*")
        case CallerKind.ROOT:
            return (caller.account,)
        case CallerKind.FEDERATED_USER:
            return (f"{caller.account}:{caller.name}",)
        case CallerKind.SERVICE:
            return UNKNOWN_STATE
        case CallerKind.WEB_IDENTITY | CallerKind.SAML:
            return ABSENT


def callers_name(call: Call) -> State:
    """IAM users alone have one."""
    return (call.caller.name,) if call.caller.kind is CallerKind.USER else ABSENT


def is_service(call: Call) -> State:
    """A truth value for every caller."""
    return ("true" if call.caller.kind is CallerKind.SERVICE else "false",)


def service_name(call: Call) -> State:
    """The service principal, such as `ec2.amazonaws.com`."""
    return (call.caller.name,) if call.caller.kind is CallerKind.SERVICE else ABSENT


def service_names(call: Call) -> State:
    """All the names of the service principal, of which the caller's own is one."""
    return UnknownState(includes=(call.caller.name,)) if call.caller.kind is CallerKind.SERVICE else ABSENT


def callers_tag(call: Call, tag: str) -> State:
    """A user's tags; a role's tags, over which the session's tags win."""
    caller, source = call.caller, call.case.snapshot.source
    if caller.kind is CallerKind.SERVICE:
        # Roles Anywhere's page has them in trust policies; of the other services nobody says it.
        return services_tag(call, tag.lower()) and UNKNOWN_STATE
    if caller.kind not in (CallerKind.USER, CallerKind.ROLE, CallerKind.SESSION):
        return ABSENT
    if caller.has_role:
        session = source.session.tags
        if not isinstance(session, Known):
            return UNKNOWN_STATE
        if value := tag_state(session.value, tag):
            return value
    principal = source.principal
    tags = principal.value.tags if isinstance(principal, Known) and principal.value else None
    return tag_state(tags.value, tag) if isinstance(tags, Known) else UNKNOWN_STATE


def id_of(organization: Evidence[Organization | None]) -> State:
    """Give the id of an account's organization; absent where it is in none."""
    if not isinstance(organization, Known):
        return UNKNOWN_STATE
    return ABSENT if organization.value is None else (organization.value.id,)


def paths_in(organization: Evidence[Organization | None]) -> State:
    """Give an account's place in its organization: `o-a1b2/r-ab12/ou-ab12-1/`."""
    if not isinstance(organization, Known):
        return UNKNOWN_STATE
    if organization.value is None:
        return ABSENT
    return (organization.value.path,) if organization.value.path else UnknownState(like=f"{organization.value.id}/*")
