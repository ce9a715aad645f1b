"""The way the request is made: the role's ARN, the Region, the endpoint, console or API, and who makes it."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import assert_never

from msgspec.structs import replace

from diagnose.evaluate.foreign import Foreign, ForeignAccount, foreign_account
from diagnose.evaluate.pattern import has_wildcard
from diagnose.evaluate.reported_error import aws_answer
from diagnose.model.arn import CallerKind, account_of, is_role_arn, parse_role
from diagnose.model.aws_error import ErrorKind
from diagnose.model.case import Case, DestinationSide, Endpoint, Request, Via
from diagnose.model.diagnosis import Owner
from diagnose.model.evidence import Known
from diagnose.model.operation import Operation
from diagnose.model.trace import Decision, Element, Reason, Subject
from diagnose.remedy.change import Draft, RequestChange
from diagnose.remedy.fixes.parameters import (
    pass_external_id,
    pass_source_identity,
    pass_tags,
    wanted_values,
    without_overrides,
)
from diagnose.remedy.names import caller_of

_OF_NETWORK = ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp", "aws:SourceIp")
_NEVER_A_SOURCE = tuple(
    ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7")
)
"""Addresses of networks that no other one reaches."""

_LIKENESS = 0.75
"""How like the name that was asked for another must be, for its role to be offered as the one that may be meant."""

_LEAST_OF_NAME, _MOST_ROLES = 4, 3


def correct_role_arn(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Ask for the role as IAM has it, in the partition that its account is in, or for another of that name or alike."""
    destination, requested = case.snapshot.destination, case.request.role_arn
    if subject.gate is not None and subject.gate.reason is Reason.OTHER_PARTITION:
        yield from _in_the_callers_partition(case)
        return
    if subject == Subject() and (foreign := foreign_account(case)) is not None:
        yield Draft(Owner.CALLER, _of_another_account(foreign, requested))
        return
    role = destination.role
    if isinstance(role, Known) and role.value is not None:
        if role.value.arn != requested and is_role_arn(role.value.arn):
            yield _for_role(role.value.arn, case, destination)
        return
    others = destination.other_roles.value if isinstance(destination.other_roles, Known) else ()
    name = requested.rpartition("/")[2].lower()
    named: dict[str, list[str]] = {}
    for arn in others:
        if arn != requested and is_role_arn(arn):
            named.setdefault(arn.rpartition("/")[2].lower(), []).append(arn)
    for alike in [name] if name in named else _alike(name, named):
        for arn in named[alike]:
            yield _for_role(arn, case, replace(DestinationSide(), **_of_the_account(destination)), sure=alike == name)
    if isinstance(role, Known) and subject.gate is not None and subject.gate.reason is Reason.NO_SUCH_ROLE:
        text = f"Check the account, the path and the name in `{requested}`; names are case-sensitive"
        yield Draft(Owner.CALLER, text)


def _of_another_account(foreign: ForeignAccount, requested: str) -> str:
    """Say which role to ask for instead of one in an account that is foreign to the caller."""
    name = parse_role(requested).name
    match foreign.kind:
        case Foreign.TYPO:
            right = requested.replace(foreign.account, foreign.meant, 1)
            text = f"Ask for `{right}`, if account `{foreign.meant}` is the one that you mean"
        case Foreign.EXAMPLE:
            text = f"Put the account that the role is in into `{requested}`, in the place of `{foreign.account}`"
        case Foreign.VENDOR:
            text = (
                f"Ask for a role of your own: `{requested}` is in an account of {foreign.vendor}, which assumes roles "
                "of its customers and lets none of them into its own"
            )
        case Foreign.STRANGER:
            text = f"Check that account `{foreign.account}` is the one that the role `{name}` is in"
        case _:
            assert_never(foreign.kind)
    roles = [arn for arn in foreign.named if not has_wildcard(arn)][:_MOST_ROLES]
    if roles and foreign.kind is not Foreign.TYPO:
        text += f"; the caller's own policies name {', '.join(f'`{arn}`' for arn in roles)}"
    return text


def use_region(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Call STS in a Region that the condition lets pass."""
    for region in wanted_values(subject):
        if not has_wildcard(region) and region != case.request.region:
            text = f"Call the STS endpoint of the Region `{region}`"
            yield _requested(text, case, replace(case.request, region=region), ("aws:RequestedRegion",))


def use_endpoint(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Call STS through the VPC endpoint or from the VPC that the condition wants, or past an endpoint.

    A request through an endpoint has no `aws:SourceIp`.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts_vpce.html
    """
    key, endpoint = subject.element.key.lower() if subject.element else "", case.snapshot.endpoint
    if key == "aws:sourceip" and isinstance(endpoint, Known) and endpoint.value is not None:
        text = f"Call STS without the VPC endpoint `{endpoint.value.id}`, which hides the source address"
        yield _routed(None, text, case)
    if key not in ("aws:sourcevpce", "aws:sourcevpc"):
        return
    for value in wanted_values(subject):
        if has_wildcard(value):
            continue
        through = Endpoint(id=value) if key == "aws:sourcevpce" else Endpoint(id="", vpc=value)
        if isinstance(endpoint, Known) and endpoint.value is not None and endpoint.value.id == through.id:
            through = endpoint.value
        what = (
            f"the VPC endpoint `{value}`" if key == "aws:sourcevpce" else f"a VPC endpoint for STS in the VPC `{value}`"
        )
        yield _routed(through, f"Call the regional STS endpoint through {what}", case)


def use_network(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Make the call from an address that the condition wants; not from a private one, which AWS never sees.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    if subject.element is None or subject.element.key.lower() != "aws:sourceip":
        return
    ranges = [network for text in subject.element.wanted if (network := _network(text)) is not None]
    for network in ranges:
        stated = {"aws:SourceIp": (str(network[0] if network.num_addresses == 1 else network[1]),)}
        edited = without_overrides(case, _OF_NETWORK)
        request = replace(edited.request, context={**edited.request.context, **stated})
        moved = replace(edited, request=request, snapshot=replace(edited.snapshot, endpoint=Known(None)))
        text = f"Make the call from an address in `{network}`, for example through that network's VPN or gateway"
        yield Draft(Owner.CALLER, text, moved)


def use_api(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Make the call with the CLI or an SDK, and send what the condition wants and the console cannot."""
    if case.request.via is not Via.CONSOLE:
        return
    text = "Assume the role with the AWS CLI or an SDK: the console sends no external ID, source identity or tags"
    called = replace(case, request=replace(case.request, via=Via.CLI))
    passing = (edit(subject, called, _decision) for edit in (pass_external_id, pass_source_identity, pass_tags))
    key = subject.element.key.partition("/")[0].lower() if subject.element else ""
    for name, drafts in zip(("sts:externalid", "sts:sourceidentity", "aws:requesttag"), passing, strict=True):
        for draft in drafts if key == name else ():
            if draft.case is not None:
                also = f"{text}. {draft.text}"
                yield _requested(also, case, draft.case.request, ())
    yield _requested(text, case, called.request, ())


def use_identity(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Make the call as somebody else: whom the trust policy names, or who signed in."""
    named = _named_caller(subject) or case.request.signed_in_as
    if named and named != case.source_arn:
        text = f"Make the request as `{named}` instead of `{case.source_arn}`"
    elif subject.gate and subject.gate.reason is Reason.ROOT_CALLER:
        text = "Make the request as an IAM user or a role; the root user cannot assume roles"
    elif (error := aws_answer(case)) is not None and error.kind is ErrorKind.ROOT_REFUSED:
        text = "Make the request as an IAM user or a role, not with the root user's access keys, and delete those"
    else:
        text = f"Make the request as a user or a role that is allowed to assume `{case.request.role_arn}`"
    yield Draft(Owner.CALLER, text)


def use_other_role(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Ask for a role that callers of yours can assume; or pass on one of the own account.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    if case.request.operation is Operation.PASS_ROLE:
        account = f"`{account_of(case.source_arn)}`"
        service = f"`{case.request.parameters.passed_to}`" if case.request.parameters.passed_to else "the service"
        text = f"Pass a role of account {account} instead: create one there that {service} may assume"
        yield Draft(Owner.CALLER, text)
        return
    others = case.snapshot.destination.other_roles
    known = [arn for arn in others.value if arn != case.request.role_arn] if isinstance(others, Known) else []
    text = f"Assume a different role, if `{case.request.role_arn}` is not meant for callers of this kind"
    if known:
        text += "; the account also has " + ", ".join(f"`{arn}`" for arn in known[:3])
    yield Draft(Owner.CALLER, text)


def drop_hop(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Leave out a step of the chain: a role that assumes itself, or one in between."""
    caller, requested = caller_of(case), parse_role(case.request.role_arn)
    # Names are unique in an account, whatever the path, which the ARN of a session does not have.
    if caller.has_role and (caller.account, caller.name) == (requested.account, requested.name):
        text = f"Skip this call: the credentials are already those of `{case.request.role_arn}`"
    elif caller.kind is CallerKind.USER:
        text = (
            f"Call with the access key of `{caller.arn}` itself, not with a session token of it; MFA goes with the call"
        )
    elif case.request.signed_in_as:
        text = f"Assume `{case.request.role_arn}` directly as `{case.request.signed_in_as}`"
    else:
        text = f"Assume `{case.request.role_arn}` directly, with the credentials that assumed `{caller.arn}`"
    yield Draft(Owner.CALLER, text)


def correct_source_arn(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Name the source as AWS does, or sign with the credentials of the one that is named."""
    gate, named = subject.gate, case.source_arn
    as_printed = "as `aws sts get-caller-identity` prints it"
    if gate is not None and gate.reason is Reason.NO_SUCH_CALLER:
        text = f"Give the source {as_printed}; IAM has no `{named}` that could have signed the request"
    elif gate is not None and gate.reason is Reason.SECOND_SWITCH:
        text = "Give the identity that is signed in to the console as the source, or as `--signed-in-as`"
    elif (error := aws_answer(case)) is not None and error.kind is ErrorKind.SERVICE_NOT_TRUSTED:
        if named == error.service:
            return
        text = (
            f"Check the service that was refused: give its principal, `{error.service or _SOME_SERVICE}`, as the source"
        )
    else:
        text = (
            f"Check whose credentials make the call: give the source {as_printed} where the call is made, "
            f"or make the call with the credentials of `{named}`"
        )
    yield Draft(Owner.CALLER, text)


_SOME_SERVICE = "lambda.amazonaws.com"
"""An example, where the error does not tell which service it was."""


def _alike(name: str, names: Iterable[str]) -> list[str]:
    """Give the names that hold the one that was asked for, as stacks and tools add to both ends; or the nearest one."""
    holding = sorted((other for other in names if len(name) >= _LEAST_OF_NAME and name in other), key=len)
    return holding[:_MOST_ROLES] or get_close_matches(name, names, n=1, cutoff=_LIKENESS)


def _in_the_callers_partition(case: Case) -> Iterator[Draft]:
    """Ask for the role of the caller's own account by the ARN that it has; an account is in one partition alone."""
    requested, caller, destination = parse_role(case.request.role_arn), caller_of(case), case.snapshot.destination
    if requested.account != caller.account:
        return
    arn = f"arn:{caller.partition}:iam::{requested.account}:role{requested.path}{requested.name}"
    role = destination.role
    if not (isinstance(role, Known) and role.value is not None and role.value.arn == arn):
        destination = replace(DestinationSide(), **_of_the_account(destination))
    yield _for_role(arn, case, destination)


def _named_caller(subject: Subject) -> str:
    """Give the one user, role or session that the policy names where it does not name the source."""
    element = subject.element
    if element is None or (element.element is not Element.PRINCIPAL and element.key.lower() != "aws:principalarn"):
        return ""
    kinds = (":user/", ":role/", ":assumed-role/")
    named = element.only_wanted
    return named if any(kind in named for kind in kinds) and not has_wildcard(named) else ""


def _for_role(arn: str, case: Case, destination: DestinationSide, *, sure: bool = True) -> Draft:
    edited = replace(case, snapshot=replace(case.snapshot, destination=destination))
    text = f"Request the role `{arn}`" + ("" if sure else ", if that is the role you mean")
    return _requested(text, edited, replace(case.request, role_arn=arn), ())


def _of_the_account(destination: DestinationSide) -> dict[str, object]:
    """Keep what holds for every role of the account; nothing else was read of another role."""
    return {
        "rcps": destination.rcps,
        "organization": destination.organization,
        "other_roles": destination.other_roles,
    }


def _network(text: str) -> IPv4Network | IPv6Network | None:
    """Read a range of addresses; None where it is none, or no public one."""
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    private = any(other.version == network.version and network.overlaps(other) for other in _NEVER_A_SOURCE)
    return None if private else network


def _routed(endpoint: Endpoint | None, text: str, case: Case) -> Draft:
    """Send the call another way: a matter of the caller where no endpoint is used, whose owner could be asked."""
    used = case.snapshot.endpoint
    owner = Owner.CALLER if isinstance(used, Known) and used.value is None else Owner.NETWORK
    edited = without_overrides(case, _OF_NETWORK)
    snapshot = replace(edited.snapshot, endpoint=Known(endpoint))
    return Draft(owner, text, replace(edited, snapshot=snapshot))


def _requested(text: str, case: Case, request: Request, keys: tuple[str, ...]) -> Draft:
    edited = without_overrides(replace(case, request=request), keys)
    return Draft(Owner.CALLER, text, edited, RequestChange(case.request, edited.request))
