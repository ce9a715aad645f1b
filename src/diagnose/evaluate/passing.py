"""What follows where a role is passed: the service that gets it must be able to assume it."""

from msgspec.structs import replace

from diagnose.evaluate.reported_error import refusal
from diagnose.model.case import Case, Parameters, Request, Snapshot, SourceSide
from diagnose.model.evidence import Known
from diagnose.model.operation import Operation


def call_of_service(case: Case) -> Case | None:
    """Give the call by which the service assumes the role that is passed to it; None where none is known.

    Nothing of the caller counts for it. What AWS said goes along where it is the service that was refused.
    """
    service = case.request.parameters.passed_to
    if case.request.operation is not Operation.PASS_ROLE or service is None:
        return None
    call = Case(
        Request(case.request.role_arn, parameters=Parameters(), region=case.request.region),
        # A service calls from AWS's own network, never through an endpoint in a customer's VPC.
        Snapshot(SourceSide(service), case.snapshot.destination, Known(None), case.snapshot.taken_at),
        message=case.message,
    )
    return call if refusal(call) is not None else replace(call, message="")


def without_words_of_service(case: Case) -> Case:
    """Leave out of a case in which a role is passed what the service says of its own call."""
    call = call_of_service(case)
    return replace(case, message="") if call is not None and call.message else case
