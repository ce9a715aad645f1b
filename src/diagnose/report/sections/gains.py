"""Whom at most a fix lets in that admits nobody else, in words: a session stands for its role, a service for others."""

from typing import assert_never

from diagnose.errors import XdiagError
from diagnose.model.arn import CallerKind, parse_caller
from diagnose.model.case import Case
from diagnose.model.diagnosis import Remedy
from diagnose.model.federation import SamlAssertion, WebIdentity


def only_gain(remedy: Remedy, case: Case) -> str:
    """Say who gains access by an edit that was proved to admit nobody else."""
    try:
        caller = parse_caller(case.source_arn)
    except XdiagError:
        return _NOBODY_ELSE
    match caller.kind:
        case CallerKind.SESSION if case.source_arn in remedy.document:
            return "Only sessions with this name gain access."
        case CallerKind.ROLE | CallerKind.SESSION:
            return "Only this role gains access, whoever uses it."
        case CallerKind.WEB_IDENTITY | CallerKind.SAML:
            return _bearer(case)
        case CallerKind.SERVICE:
            return f"Only this service gains access{_acting_for(remedy, case)}."
        case CallerKind.USER | CallerKind.ROOT | CallerKind.FEDERATED_USER:
            return "Only this user gains access."
        case _:
            assert_never(caller.kind)


_NOBODY_ELSE = "Nobody else gains access."


def _bearer(case: Case) -> str:
    match case.snapshot.source.identity:
        case WebIdentity(claims={"sub": str()}):
            return "Only tokens with this subject gain access."
        case SamlAssertion(subject=str()):
            return "Only assertions with this subject gain access."
        case _:
            return _NOBODY_ELSE


def _acting_for(remedy: Remedy, case: Case) -> str:
    """Say for what a service may act, where the edited policy names it: a group of schedules is all that are in it.

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    """
    given = case.request.context.get("aws:SourceArn") or ()
    named = [arn for arn in given if f'"{arn}"' in remedy.document]
    if not named:
        return ""
    if ":schedule-group/" in named[0]:
        return ", but for every schedule of that group"
    return ", acting for this resource"
