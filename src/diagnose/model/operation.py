"""The operations under diagnosis, and who calls which: those of STS that give out a role, and PassRole."""

from enum import StrEnum

from diagnose.model.arn import CallerKind


class Operation(StrEnum):
    """A call that a role's credentials come from, or the permission without which no service gets to make one."""

    ASSUME_ROLE = "AssumeRole"
    WITH_WEB_IDENTITY = "AssumeRoleWithWebIdentity"
    WITH_SAML = "AssumeRoleWithSAML"
    PASS_ROLE = "PassRole"
    """No call by itself: IAM checks it where somebody hands a role to a service, such as with `lambda:CreateFunction`.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """


FEDERATED = (Operation.WITH_WEB_IDENTITY, Operation.WITH_SAML)
"""Those that nobody signs: a token or an assertion is presented."""


def operation_of(kind: CallerKind) -> Operation:
    """Name the operation that such a caller calls: whoever signs calls AssumeRole."""
    return _CALLED_BY[kind]


def can_call(kind: CallerKind, operation: Operation) -> bool:
    """Say whether an operation can be that of such a caller: users, roles and root users also pass roles."""
    return operation is _CALLED_BY[kind] or (operation is Operation.PASS_ROLE and kind in _PASSING)


_PASSING = (CallerKind.USER, CallerKind.ROLE, CallerKind.SESSION, CallerKind.ROOT)
_CALLED_BY = dict.fromkeys(CallerKind, Operation.ASSUME_ROLE) | {
    CallerKind.WEB_IDENTITY: Operation.WITH_WEB_IDENTITY,
    CallerKind.SAML: Operation.WITH_SAML,
}
