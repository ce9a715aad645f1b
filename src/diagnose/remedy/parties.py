"""The two sides of a request, as a policy would name them."""

import re

from diagnose.errors import XdiagError
from diagnose.evaluate.caller import RESERVED_PATH, SERVICE_PATH, Asker
from diagnose.evaluate.keys.context import Context
from diagnose.evaluate.scene import Scene
from diagnose.evaluate.state import Maybe
from diagnose.model.arn import CallerKind, parse_role, split_arn, split_path
from diagnose.model.case import Case
from diagnose.model.evidence import Known

_RESERVED_NAME = re.compile(r"AWSReservedSSO_(?P<permission_set>.+)_[0-9a-f]{16}")


def caller(case: Case) -> Asker:
    """Work out who calls."""
    return Asker(case.snapshot.source, case.request.via)


def principal_arn(case: Case) -> str | None:
    """Give the ARN that names exactly the caller: a user's, or a role's with its path, never a session's.

    Where the path of a session's role was not read, it is taken to be `/`. None for callers that no trust
    policy can let in (the root user, federated users) and for services.
    """
    asker = caller(case)
    match asker.kind:
        case CallerKind.USER | CallerKind.ROLE:
            return asker.arn
        case CallerKind.SESSION:
            return asker.principal_arn or f"arn:{asker.partition}:iam::{asker.account}:role/{asker.name}"
        case CallerKind.ROOT | CallerKind.FEDERATED_USER | CallerKind.SERVICE:
            return None


def principal_element(case: Case) -> dict[str, str] | None:
    """Give the Principal element that names exactly the caller."""
    asker = caller(case)
    if asker.kind is CallerKind.SERVICE:
        return {"Service": asker.name}
    arn = principal_arn(case)
    return {"AWS": arn} if arn else None


def role_arn(case: Case) -> str:
    """Give the destination's ARN as IAM has it, else as the request has it."""
    role = case.snapshot.destination.role
    read = role.value.arn if isinstance(role, Known) and role.value else ""
    return read if is_role_arn(read) else case.request.role_arn


def is_role_arn(text: str) -> bool:
    """Say whether a text is the ARN of a role; a case may hold anything."""
    try:
        parse_role(text)
    except XdiagError:
        return False
    return True


def role_name(case: Case) -> str:
    """Give the destination's name, without its path."""
    return role_arn(case).rpartition("/")[2]


def values_of(key: str, case: Case) -> tuple[str, ...] | None:
    """Give the values that a condition key has in the request, none if it is absent; None where that is not known."""
    scene = Scene(case, caller(case), parse_role(case.request.role_arn))
    state = Context(scene)[key.lower()]
    return None if isinstance(state, Maybe) else state


def account_of(arn: str) -> str:
    """Give the account in an ARN, empty where there is none."""
    parts = split_arn(arn)
    return parts.account if parts else ""


def destination_is_protected(case: Case) -> bool:
    """Say whether only AWS can edit the destination: a service-linked role, or one of IAM Identity Center.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html
    """
    return _path(role_arn(case)).startswith((SERVICE_PATH, RESERVED_PATH))


def source_is_protected(case: Case) -> bool:
    """Say whether nobody can edit the source's policies: a service-linked role, or no IAM principal at all."""
    asker = caller(case)
    if asker.kind not in (CallerKind.USER, CallerKind.ROLE, CallerKind.SESSION):
        return True
    return asker.service_linked


def permission_set(case: Case) -> str:
    """Name the permission set whose role the source is; empty where it is not one of IAM Identity Center."""
    asker = caller(case)
    found = _RESERVED_NAME.fullmatch(asker.name) if asker.has_role else None
    return found["permission_set"] if found else ""


def permission_set_pattern(case: Case) -> str:
    """Match the permission set's role in the source's account, whatever suffix its next assignment gives it.

    Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    asker = caller(case)
    path = asker.path if asker.path and asker.path.startswith(RESERVED_PATH) else f"{RESERVED_PATH}*"
    name = f"AWSReservedSSO_{permission_set(case)}_{'?' * 16}"
    return f"arn:{asker.partition}:iam::{asker.account}:role{path}{name}"


def _path(arn: str) -> str:
    parts = split_arn(arn)
    return split_path(parts.resource)[1] if parts else ""
