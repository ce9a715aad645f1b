"""What `check` says besides a denial: that a way over a role of the same dumps is open, or may be.

Only authorization details hold the roles of whole accounts, so that only with them there is something to say.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from diagnose.cli.details import accounts_in
from diagnose.collect.evidence.account_details import AccountDetails
from diagnose.errors import XdiagError
from diagnose.model.arn import CallerKind, parse_caller, parse_role
from diagnose.model.case import Case, Parameters, Via
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.operation import Operation
from diagnose.model.policy import Level
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, YES


def with_way_over(case: Case, details: Sequence[Path], without: Sequence[str]) -> Case:
    """Add a note on the shortest way over one other role to a case whose own call is denied.

    `details` are the files of authorization details, `without` the layers that the flags state to be without a policy.
    """
    if not _may_be_chained(case):
        return case
    accounts = (parse_caller(case.source_arn).account, parse_role(case.request.role_arn).account)
    note = _note(case, accounts_in(tuple(details), accounts), without)
    return replace(case, note=" ".join(filter(None, (case.note, note))))


def _may_be_chained(case: Case) -> bool:
    """Say whether the question is one of AssumeRole whose answer a session of another role may have.

    What is stated of condition keys is stated of this caller, and cannot be said of another one.
    """
    from diagnose.evaluate.decision import verdict

    request = case.request
    if request.operation is not Operation.ASSUME_ROLE or request.via is Via.CONSOLE or request.context:
        return False
    kind = parse_caller(case.source_arn).kind
    return kind in (CallerKind.USER, CallerKind.ROLE, CallerKind.SESSION) and verdict(case) is NO


def _note(case: Case, known: Mapping[str, AccountDetails], without: Sequence[str]) -> str:
    from diagnose.collect.evidence.account_details import destination_side, source_side
    from diagnose.matrix.identities import destination_of, source_of
    from diagnose.matrix.paths import SearchLimits, ways_between

    callers, roles = [], []
    for details in known.values():
        for role in details.roles.values():
            try:
                side = source_side(details, role.arn)
                callers.append(source_of(replace(side, **_of_account(case, details.account, Layer.SCP, without))))
                of_role = destination_side(details, role.arn)
                roles.append(
                    destination_of(role.arn, replace(of_role, **_of_account(case, details.account, Layer.RCP, without)))
                )
            except XdiagError:
                continue  # An ARN that is not one is no way to anything.
    sent = case.request.parameters
    last = replace(sent, mfa_serial=None, mfa_code_sent=False)  # A role's session has no MFA device.
    target = replace(
        destination_of(case.request.role_arn, case.snapshot.destination),
        request=replace(case.request, parameters=last),
    )
    ways = ways_between(
        source_of(case.snapshot.source),
        target,
        (callers, roles),
        sent=Parameters(mfa_serial=sent.mfa_serial, mfa_code_sent=sent.mfa_code_sent),
        endpoint=case.snapshot.endpoint,
        limits=SearchLimits(calls=2, pairs=_MOST_PAIRS),
    )
    over = next((way for way in ways.ways if len(way.calls) > 1), None)
    if over is None:
        return ""
    answer = "is open" if over.verdict is YES else "may be open"
    return (
        f"A way over another role {answer}: assume {over.calls[0].request.role_arn}, and with its session this role, "
        "without MFA and for at most 1 hour."
    )


_MOST_PAIRS = 5_000
"""A check is to be answered at once."""


def _of_account(case: Case, account: str, layer: Layer, without: Sequence[str]) -> dict[str, Evidence[object]]:
    """Give what the organization says of a role in this account, as far as the case holds it for one of its sides."""
    source, destination = case.snapshot.source, case.snapshot.destination
    accounts = parse_caller(case.source_arn).account, parse_role(case.request.role_arn).account
    unread = Unread(subject=f"organization of account {account}")
    limits: Evidence[tuple[Level, ...]] = unread
    if layer.value in without:
        limits = Known((), "stated on the command line")
    elif layer is Layer.SCP and account == accounts[0]:
        limits = source.scps
    elif layer is Layer.RCP and account == accounts[1]:
        limits = destination.rcps
    organization = {accounts[1]: destination.organization, accounts[0]: source.organization}.get(account, unread)
    return {f"{layer.value}s": limits, "organization": organization}
