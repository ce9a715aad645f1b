"""What a form in which somebody asks says of the request: who, on which role, with what; and what it cannot say."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from diagnose.model.arn import parse_caller
from diagnose.model.case import Case, Endpoint, Parameters, Request, Session, Via
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Known, Unread
from diagnose.model.federation import SamlAssertion, WebIdentity
from diagnose.model.operation import Operation, operation_of

KEYS_OF_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "session_name": ("sts:RoleSessionName",),
    "external_id": ("sts:ExternalId",),
    "source_identity": ("sts:SourceIdentity",),
    "tags": ("aws:TagKeys", "aws:RequestTag/"),
    "transitive_tag_keys": ("sts:TransitiveTagKeys",),
    "mfa_serial": ("aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"),
    "provided_contexts": ("sts:RequestContextProviders", "sts:RequestContext/"),
}
"""The condition keys that a parameter fills. One that ends in a slash stands for all keys of its family."""

_Value = TypeVar("_Value")


class Asked(Struct, frozen=True):
    """What a form says. What is empty or None it does not say; `parameters` are all of them, or none is known.

    `source` is empty where the form does not hold the caller, or holds it masked: `about_source` then says what it
    holds, in words; the same for `role`. `context` holds what was so when the call was made. `message` is AWS's own
    answer, `told` what was taken from where, in sentences. `operation` is PassRole where the answer refuses to pass a
    role, and `passed_to` the service that was to get it, as far as the call tells. `identity` is what a source that
    does not sign has presented, as far as the form shows it.
    """

    source: str = ""
    role: str = ""
    about_source: str = ""
    about_role: str = ""
    parameters: Parameters | None = None
    via: Via | None = None
    region: str | None = None
    session: Session = Session()
    context: Mapping[str, tuple[str, ...]] = {}
    unknown: tuple[str, ...] = ()
    endpoint: Evidence[Endpoint | None] = NOT_SUPPLIED
    message: str = ""
    told: tuple[str, ...] = ()
    operation: Operation = Operation.ASSUME_ROLE
    passed_to: str | None = None
    identity: WebIdentity | SamlAssertion | None = None


def over(first: Asked, second: Asked) -> Asked:
    """Put two forms together; where both say something, the first counts."""
    return Asked(
        source=first.source or second.source,
        role=first.role or second.role,
        about_source=first.about_source or second.about_source,
        about_role=first.about_role or second.about_role,
        parameters=second.parameters if first.parameters is None else first.parameters,
        via=first.via or second.via,
        region=first.region or second.region,
        session=_session_over(first.session, second.session),
        context={**second.context, **first.context},
        unknown=tuple(dict.fromkeys((*first.unknown, *second.unknown))),
        endpoint=_known(first.endpoint, second.endpoint),
        message=first.message or second.message,
        told=(*first.told, *second.told),
        operation=second.operation if first.operation is Operation.ASSUME_ROLE else first.operation,
        passed_to=second.passed_to if first.passed_to is None else first.passed_to,
        identity=first.identity if first.source else second.identity,
    )


def request_of(asked: Asked, role: str, *, complete: bool) -> Request:
    """Make the request. With `complete`, what no form says was not sent; without, it is unknown."""
    if asked.operation is Operation.PASS_ROLE:
        sent = Parameters(passed_to=asked.passed_to)
        return Request(role, asked.operation, asked.via or Via.API, sent, asked.region, unknown=asked.unknown)
    hidden: Sequence[str] = ()
    if asked.operation is Operation.ASSUME_ROLE and asked.parameters is None and not complete:
        hidden = [key for keys in KEYS_OF_PARAMETERS.values() for key in keys]
    return Request(
        role_arn=role,
        operation=asked.operation,
        via=asked.via or Via.API,
        parameters=asked.parameters or Parameters(),
        region=asked.region,
        context=asked.context,
        unknown=tuple(dict.fromkeys((*asked.unknown, *hidden))),
    )


def with_identity(case: Case, asked: Asked) -> Case:
    """Let the case's source present what the form shows, where it is, or may be, the source that the form is about."""
    source = case.snapshot.source
    if asked.identity is None or source.arn != (asked.source or source.arn):
        return case
    if operation_of(parse_caller(source.arn).kind) is not asked.operation:
        return case
    return replace(case, snapshot=replace(case.snapshot, source=replace(source, identity=asked.identity)))


def with_asked(case: Case, asked: Asked) -> Case:
    """Add to a case what the form says of the caller's session, AWS's answer, and where all this was taken from.

    What a record of the call says of the session outranks what is derived for a session of today.
    """
    source = case.snapshot.source
    source = replace(source, session=_session_over(asked.session, source.session))
    endpoint = _known(case.snapshot.endpoint, asked.endpoint)
    return replace(
        case,
        snapshot=replace(case.snapshot, source=source, endpoint=endpoint),
        message=asked.message or case.message,
        note=" ".join(filter(None, (case.note, *asked.told))),
    )


def _session_over(first: Session, second: Session) -> Session:
    return Session(
        origin=_known(first.origin, second.origin),
        policies=second.policies if first.policies == Session().policies else first.policies,
        tags=_known(first.tags, second.tags),
        transitive_tag_keys=_known(first.transitive_tag_keys, second.transitive_tag_keys),
        source_identity=_known(first.source_identity, second.source_identity),
        mfa=_known(first.mfa, second.mfa),
        mfa_age=second.mfa_age if first.mfa_age is None else first.mfa_age,
        issued_at=first.issued_at or second.issued_at,
    )


def _known(first: Evidence[_Value], second: Evidence[_Value]) -> Evidence[_Value]:
    says_more = isinstance(first, Known) or (first.detail and isinstance(second, Unread))
    return first if says_more else second
