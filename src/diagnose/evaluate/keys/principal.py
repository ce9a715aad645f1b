"""The condition keys that say who calls, and whose account is in which organization.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from diagnose.evaluate.call import Scene
from diagnose.model.arn import CallerKind
from diagnose.model.case import Organization
from diagnose.model.evidence import Evidence, Known
from diagnose.model.key_state import ABSENT, ANYTHING, Maybe, State, tag_state


def callers_arn(scene: Scene) -> State:
    """A user's ARN, or that of the role, not of its session; like something where its path was not read."""
    arn = scene.asker.principal_arn
    if arn is not None:
        return (arn,)
    if scene.asker.kind is CallerKind.SERVICE:
        return ABSENT
    asker = scene.asker
    return Maybe(shape=f"arn:{asker.partition}:iam::{asker.account}:role{asker.least_path}*{asker.name}")


def callers_account(scene: Scene) -> State:
    """Twelve digits."""
    return (scene.asker.account,) if scene.asker.account else ANYTHING


def callers_organization(scene: Scene) -> State:
    """Services belong to no organization."""
    if scene.asker.kind is CallerKind.SERVICE:
        return ABSENT
    return id_of(scene.case.snapshot.source.organization)


def callers_organization_path(scene: Scene) -> State:
    """Services belong to no organization."""
    if scene.asker.kind is CallerKind.SERVICE:
        return ABSENT
    return paths_in(scene.case.snapshot.source.organization)


_PRINCIPAL_TYPES = {
    CallerKind.USER: "User",
    CallerKind.ROLE: "AssumedRole",
    CallerKind.SESSION: "AssumedRole",
    CallerKind.ROOT: "Account",
    CallerKind.FEDERATED_USER: "FederatedUser",
}


def callers_type(scene: Scene) -> State:
    """One of AWS's words; what it is for a service is not documented."""
    name = _PRINCIPAL_TYPES.get(scene.asker.kind)
    return (name,) if name else ANYTHING


def callers_id(scene: Scene) -> State:
    """A user's unique id; that of a role with the session's name behind it."""
    asker = scene.asker
    match asker.kind:
        case CallerKind.USER:
            return (asker.unique_id,) if asker.unique_id else Maybe(shape="AIDA*")
        case CallerKind.SESSION:
            return (
                (f"{asker.unique_id}:{asker.session_name}",)
                if asker.unique_id
                else Maybe(shape=f"AROA*:{asker.session_name}")
            )
        case CallerKind.ROLE:
            return Maybe(shape=f"{asker.unique_id or 'AROA*'}:*")
        case CallerKind.ROOT:
            return (asker.account,)
        case CallerKind.FEDERATED_USER:
            return (f"{asker.account}:{asker.name}",)
        case CallerKind.SERVICE:
            return ANYTHING


def callers_name(scene: Scene) -> State:
    """IAM users alone have one."""
    return (scene.asker.name,) if scene.asker.kind is CallerKind.USER else ABSENT


def is_service(scene: Scene) -> State:
    """A truth value for every caller."""
    return ("true" if scene.asker.kind is CallerKind.SERVICE else "false",)


def service_name(scene: Scene) -> State:
    """The service principal, such as `ec2.amazonaws.com`."""
    return (scene.asker.name,) if scene.asker.kind is CallerKind.SERVICE else ABSENT


def service_names(scene: Scene) -> State:
    """All the names of the service principal, of which the caller's own is one."""
    return Maybe(among=(scene.asker.name,)) if scene.asker.kind is CallerKind.SERVICE else ABSENT


def services_resource(scene: Scene) -> State:
    """The resource, and its account, that a service calls for; some services tell it, some do not."""
    return ANYTHING if scene.asker.kind is CallerKind.SERVICE else ABSENT


def callers_tag(scene: Scene, tag: str) -> State:
    """A user's tags; a role's tags, over which the session's tags win."""
    asker, source = scene.asker, scene.case.snapshot.source
    if asker.kind not in (CallerKind.USER, CallerKind.ROLE, CallerKind.SESSION):
        return ABSENT
    if asker.has_role:
        session = source.session.tags
        if not isinstance(session, Known):
            return ANYTHING
        if value := tag_state(session.value, tag):
            return value
    principal = source.principal
    tags = principal.value.tags if isinstance(principal, Known) and principal.value else None
    return tag_state(tags.value, tag) if isinstance(tags, Known) else ANYTHING


def id_of(organization: Evidence[Organization | None]) -> State:
    """Give the id of an account's organization; absent where it is in none."""
    if not isinstance(organization, Known):
        return ANYTHING
    return ABSENT if organization.value is None else (organization.value.id,)


def paths_in(organization: Evidence[Organization | None]) -> State:
    """Give an account's place in its organization: `o-a1b2/r-ab12/ou-ab12-1/`."""
    if not isinstance(organization, Known):
        return ANYTHING
    if organization.value is None:
        return ABSENT
    return (organization.value.path,) if organization.value.path else Maybe(shape=f"{organization.value.id}/*")
