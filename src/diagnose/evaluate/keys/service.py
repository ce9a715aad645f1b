"""What an AWS service tells of the resource that it calls for: a row a service of which AWS says what that is.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcearn
https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

import re

from msgspec import Struct

from diagnose.evaluate.call import Call
from diagnose.model.arn import CallerKind
from diagnose.model.key_state import ABSENT, UNKNOWN_STATE, State, UnknownState


class SourceArn(Struct, frozen=True):
    """The `aws:SourceArn` that a service always sends, for a resource in the role's own account.

    `sent` is a pattern of it. `mistaken` matches ARNs of what people take for that resource, and `meant` is written in
    their place.
    """

    sent: str
    mistaken: re.Pattern[str]
    meant: str


SOURCE_ARNS = {
    # The schedule group, and never one schedule in it:
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    "scheduler.amazonaws.com": SourceArn(
        "arn:{partition}:scheduler:*:{account}:schedule-group/*",
        re.compile(r"(arn:[^:]+:scheduler:[^:]*:[^:]*:)schedule/([^/]+)(?:/.*)?"),
        r"\1schedule-group/\2",
    )
}


def meant_source_arn(service: str, wanted: str) -> str | None:
    """Give the ARN that a service sends where a policy wants that of another resource; None where none can be told."""
    row = SOURCE_ARNS.get(service)
    mistaken = row.mistaken.fullmatch(wanted) if row is not None else None
    return mistaken.expand(row.meant) if row is not None and mistaken is not None else None


def services_arn(call: Call) -> State:
    """The resource for which a service calls; some services tell it, some do not."""
    row = SOURCE_ARNS.get(call.caller.name)
    if call.caller.kind is not CallerKind.SERVICE or row is None:
        return of_service(call)
    return UnknownState(like=row.sent.format(partition=call.role.partition, account=call.role.account))


def services_account(call: Call) -> State:
    """The account of that resource."""
    is_told = call.caller.kind is CallerKind.SERVICE and call.caller.name in SOURCE_ARNS
    return (call.role.account,) if is_told else of_service(call)


def of_service(call: Call) -> State:
    """Whatever else of the resource a service tells, and nobody but a service."""
    return UNKNOWN_STATE if call.caller.kind is CallerKind.SERVICE else ABSENT
