"""The operations of STS that give out credentials of a role, and who calls which."""

from enum import StrEnum

from diagnose.model.arn import CallerKind


class Operation(StrEnum):
    """A call that a role's credentials come from."""

    ASSUME_ROLE = "AssumeRole"
    WITH_WEB_IDENTITY = "AssumeRoleWithWebIdentity"
    WITH_SAML = "AssumeRoleWithSAML"


def operation_of(kind: CallerKind) -> Operation:
    """Name the operation that such a caller calls: whoever signs calls AssumeRole."""
    return _OF_FEDERATED.get(kind, Operation.ASSUME_ROLE)


_OF_FEDERATED = {
    CallerKind.WEB_IDENTITY: Operation.WITH_WEB_IDENTITY,
    CallerKind.SAML: Operation.WITH_SAML,
}
