"""The condition keys that tell of the caller.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from collections.abc import Callable

from diagnose.evaluate.organization_keys import organization_id, organization_paths
from diagnose.evaluate.scene import Scene
from diagnose.evaluate.state import ABSENT, ANYTHING, Maybe, State, tag_state
from diagnose.model.arn import CallerKind
from diagnose.model.evidence import Known


def _principal_arn(scene: Scene) -> State:
    arn = scene.asker.principal_arn
    if arn is not None:
        return (arn,)
    if scene.asker.kind is CallerKind.SERVICE:
        return ABSENT
    asker = scene.asker
    return Maybe(shape=f"arn:{asker.partition}:iam::{asker.account}:role{asker.least_path}*{asker.name}")


def _principal_account(scene: Scene) -> State:
    return (scene.asker.account,) if scene.asker.account else ANYTHING


def _principal_org_id(scene: Scene) -> State:
    if scene.asker.kind is CallerKind.SERVICE:
        return ABSENT
    return organization_id(scene.case.snapshot.source.organization)


def _principal_org_paths(scene: Scene) -> State:
    if scene.asker.kind is CallerKind.SERVICE:
        return ABSENT
    return organization_paths(scene.case.snapshot.source.organization)


_PRINCIPAL_TYPES = {
    CallerKind.USER: "User",
    CallerKind.ROLE: "AssumedRole",
    CallerKind.SESSION: "AssumedRole",
    CallerKind.ROOT: "Account",
    CallerKind.FEDERATED_USER: "FederatedUser",
}


def _principal_type(scene: Scene) -> State:
    name = _PRINCIPAL_TYPES.get(scene.asker.kind)
    return (name,) if name else ANYTHING


def _user_id(scene: Scene) -> State:
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


def _user_name(scene: Scene) -> State:
    return (scene.asker.name,) if scene.asker.kind is CallerKind.USER else ABSENT


def _is_service(scene: Scene) -> State:
    return ("true" if scene.asker.kind is CallerKind.SERVICE else "false",)


def _service_name(scene: Scene) -> State:
    return (scene.asker.name,) if scene.asker.kind is CallerKind.SERVICE else ABSENT


def _service_names(scene: Scene) -> State:
    """All the names of the service principal, of which the caller's own is one."""
    return Maybe(among=(scene.asker.name,)) if scene.asker.kind is CallerKind.SERVICE else ABSENT


def _for_services(scene: Scene) -> State:
    return ANYTHING if scene.asker.kind is CallerKind.SERVICE else ABSENT


def _principal_tag(scene: Scene, tag: str) -> State:
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


PRINCIPAL_KEYS: dict[str, Callable[[Scene], State]] = {
    "aws:principalarn": _principal_arn,
    "aws:principalaccount": _principal_account,
    "aws:principalorgid": _principal_org_id,
    "aws:principalorgpaths": _principal_org_paths,
    "aws:principaltype": _principal_type,
    "aws:userid": _user_id,
    "aws:username": _user_name,
    "aws:principalisawsservice": _is_service,
    "aws:principalservicename": _service_name,
    "aws:principalservicenameslist": _service_names,
    "aws:sourceaccount": _for_services,
    "aws:sourcearn": _for_services,
    "aws:sourceorgid": _for_services,
    "aws:sourceorgpaths": _for_services,
}

PRINCIPAL_TAGS: dict[str, Callable[[Scene, str], State]] = {"aws:principaltag": _principal_tag}
