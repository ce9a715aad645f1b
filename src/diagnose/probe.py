"""The live attempt, where the credentials at hand are the source's own."""

from diagnose.aws.assume import assume
from diagnose.aws.calls import Refusal
from diagnose.aws.identity import identify
from diagnose.aws.session import Credentials
from diagnose.model.arn import CallerArn, CallerKind, parse_caller, same_entity
from diagnose.model.case import Case, ProbeOutcome, ProbeResult, Via
from diagnose.model.evidence import Gap
from diagnose.model.operation import Operation


def probe(case: Case, source: Credentials, *others: Credentials, mfa_code: str | None) -> ProbeResult:
    """Make the case's request once, and keep AWS's words but not its credentials.

    It is made with the first credentials that are the source's own: `source`, or, where profiles were swapped, those
    of `others`. Credentials of somebody else are a frequent cause, so `caller` says whose they are as AWS has it. A
    request without a session name is made with the name `xdiag`.
    """
    caller = parse_caller(case.source_arn)
    if why := _hindrance(case, caller, mfa_code):
        return ProbeResult(ProbeOutcome.NOT_MADE, why=why)
    identities = {each: identify(each) for each in dict.fromkeys((source, *others))}
    for own, identity in identities.items():
        if not isinstance(identity, Refusal) and _is(caller, identity.arn):
            refusal = assume(own, case.request, mfa_code=mfa_code)
            if refusal is None:
                return ProbeResult(ProbeOutcome.ASSUMED, caller=identity.arn)
            return _refused(refusal, identity.arn)
    identity = identities[source]
    if isinstance(identity, Refusal):
        # The same credentials would sign the request, so AWS's word on them is its word on the request. A denial is
        # not: no policy can deny this call, but that of a VPC endpoint.
        if identity.answered and identity.gap is not Gap.ACCESS_DENIED:
            return _refused(identity, "")
        why = f"the request cannot be signed with {source.label}: {identity.message}"
        return ProbeResult(ProbeOutcome.NOT_MADE, code=identity.code, message=identity.message, why=why)
    why = f"with {source.label}, the caller is {identity.arn}, not {caller.arn}"
    return ProbeResult(ProbeOutcome.NOT_MADE, caller=identity.arn, why=why)


def _hindrance(case: Case, caller: CallerArn, mfa_code: str | None) -> str:
    """Say why the request cannot be made from here, with any credentials; empty where it can."""
    if case.request.via is Via.CONSOLE:
        return "the request is made in the AWS console, which cannot be tried with credentials"
    if case.request.operation is Operation.PASS_ROLE:
        return "iam:PassRole is not a call: AWS checks it when a role is handed to a service"
    if caller.kind is CallerKind.SERVICE:
        return f"the request is made by {caller.name}, and only AWS has the credentials of its services"
    if caller.kind in (CallerKind.WEB_IDENTITY, CallerKind.SAML):
        return "the request presents a token or an assertion, which xdiag sends nowhere"
    if case.request.parameters.mfa_code_sent and mfa_code is None:
        return "the request carries an MFA code, and none was given for the attempt"
    return ""


def _is(caller: CallerArn, arn: str) -> bool:
    """Say whether credentials are the caller's, whatever its path, which was perhaps not read.

    Any session stands for a role that is given by its own ARN.
    """
    if caller.kind is not CallerKind.ROLE:
        return arn == caller.arn or same_entity(arn, caller.arn)
    # A session's ARN leaves the role's path out.
    return arn.startswith(f"arn:{caller.partition}:sts::{caller.account}:assumed-role/{caller.name}/")


def _refused(refusal: Refusal, caller: str) -> ProbeResult:
    denied = refusal.gap is Gap.ACCESS_DENIED
    outcome = ProbeOutcome.ACCESS_DENIED if denied else ProbeOutcome.OTHER_ERROR
    return ProbeResult(outcome, caller=caller, code=refusal.code, message=refusal.message)
