"""What decides about a request besides policies: a function each.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import islice

from diagnose.evaluate.caller import SERVICE_PATH, Caller, chained
from diagnose.evaluate.federated_gates import audience, provider, role_claim, token, unsent_parameters
from diagnose.evaluate.operations import ASSUME_ROLE, OPERATIONS, OperationTraits
from diagnose.evaluate.pod_gate import association
from diagnose.model.arn import RESERVED_NAME, RESERVED_PATH, CallerKind, RoleArn, split_arn
from diagnose.model.case import Case, DestinationSide, Origin, Parameters, SourceSide, Via
from diagnose.model.evidence import Known
from diagnose.model.parameter import Form, Parameter, Syntax
from diagnose.model.trace import Gate, GateTrace, Reason
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

# Looked up once: before Python 3.12, to look a member up by its name costs as much as to call a function.
_USER, _ASSUME_ROOT = CallerKind.USER, Origin.ASSUME_ROOT

CHAINING_SECONDS = 3600
SHORTEST_MAXIMUM = 3600
LONGEST_MAXIMUM = 43200
SHORTEST = 900

_SERVICE_LINKED_NAME = "AWSServiceRoleFor"
"""How the name begins of a role that an AWS service makes for itself.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
"""

IDENTITY_CENTER_PROVIDER = "AWSSSO_"
"""How the name begins of the SAML provider that IAM Identity Center makes in every account."""

_SESSION_NAME = Syntax(2, 64, "+=,.@-")
_EXTERNAL_ID = Syntax(2, 1224, "+=,.@:/-")
_SERIAL = Syntax(9, 256, "+=/:,.@-")
_TAG_SIGNS = "_.:/=+-@"
_OF_AWS = "aws:"
_MOST_CONTEXTS = 5
_MOST_TAGS = 50
_LONGEST_TAG_KEY, _LONGEST_TAG_VALUE = 128, 256


def gates(case: Case, caller: Caller, role: RoleArn) -> tuple[GateTrace, ...]:
    """Ask everything that is not a policy; only what does not pass comes back."""
    asked = OPERATIONS[case.request.operation].gates
    traces = (trace for gate in asked for trace in _GATES[gate](case, caller, role))
    return tuple(trace for trace in traces if trace.verdict is not YES)


def pass_every_gate(sent: Parameters) -> bool:
    """Say whether it is clear at a glance that the parameters pass every gate, for any caller and any role.

    INVARIANT: where this says so, `gates` has nothing to say about the parameters. A law compares the two.
    """
    if sent != Parameters(session_name=sent.session_name, external_id=sent.external_id):
        return False
    return _well_written(sent.session_name, _SESSION_NAME) and _well_written(sent.external_id, _EXTERNAL_ID)


def _well_written(value: str | None, syntax: Syntax) -> bool:
    """Say whether AWS takes a parameter. One that is longer than it may be is not read to its end, nor remembered."""
    return value is None or (len(value) <= syntax.longest and _fits(value, syntax))


@lru_cache(maxsize=4096)  # of values that are as short as AWS takes them
def _fits(value: str, syntax: Syntax) -> bool:
    return _pattern(syntax).fullmatch(value) is not None


@cache
def _pattern(syntax: Syntax) -> re.Pattern[str]:
    return re.compile(rf"[\w{re.escape(syntax.signs)}]{{{syntax.shortest},{syntax.longest}}}", re.ASCII)


def _parameters(case: Case, caller: Caller) -> Iterator[GateTrace]:
    """The syntax of the parameters, and what contradicts the caller's own session."""
    if case.request.via is Via.CONSOLE:
        return
    sent = case.request.parameters
    yield from unsent_parameters(case)
    if caller.bearer is not None:
        asserted = caller.bearer.session_name
        name = sent.session_name
        if caller.kind is CallerKind.SAML:
            name = asserted[0] if isinstance(asserted, tuple) and asserted else None
        given = caller.bearer.source_identity
        sent = Parameters(
            session_name=name,
            source_identity=given[0] if isinstance(given, tuple) and given else None,
            tags=caller.bearer.tags,
            transitive_tag_keys=caller.bearer.transitive or () if caller.bearer.all_tags else (),
            duration_seconds=sent.duration_seconds,
        )
    for parameter, value, syntax in (
        (Parameter.ROLE_SESSION_NAME, sent.session_name, _SESSION_NAME),
        (Parameter.EXTERNAL_ID, sent.external_id, _EXTERNAL_ID),
        (Parameter.SERIAL_NUMBER, sent.mfa_serial, _SERIAL),
        (Parameter.SOURCE_IDENTITY, sent.source_identity, _SESSION_NAME),
    ):
        if value is not None and not _well_written(value, syntax):
            yield _malformed(parameter, value, asked=syntax)
    if sent.source_identity is not None and sent.source_identity.lower().startswith(_OF_AWS):
        yield _malformed(Parameter.SOURCE_IDENTITY, sent.source_identity, asked=Form.NOT_RESERVED)
    seconds = sent.duration_seconds
    if seconds is not None and not SHORTEST <= seconds <= LONGEST_MAXIMUM:
        yield _malformed(Parameter.DURATION_SECONDS, str(seconds), least=SHORTEST, limit=LONGEST_MAXIMUM)
    if len(sent.provided_contexts) > _MOST_CONTEXTS:
        yield _malformed(Parameter.PROVIDED_CONTEXTS, str(len(sent.provided_contexts)), limit=_MOST_CONTEXTS)
    yield from _tags(sent)
    yield from _mfa(sent, caller)
    yield from _inherited(case, caller)


def _tags(sent: Parameters) -> Iterator[GateTrace]:
    if len(sent.tags) > _MOST_TAGS:
        yield _malformed(Parameter.TAGS, str(len(sent.tags)), limit=_MOST_TAGS)
    seen: set[str] = set()
    # Of more tags than AWS takes the others are not looked at before these are gone.
    for key, value in islice(sent.tags.items(), _MOST_TAGS):
        if key.lower().startswith(_OF_AWS) or value.lower().startswith(_OF_AWS):
            yield _malformed(Parameter.TAGS, f"{key}={value}", asked=Form.NOT_RESERVED)
        if not (_is_tag(key, 1, _LONGEST_TAG_KEY) and _is_tag(value, 0, _LONGEST_TAG_VALUE)):
            yield _malformed(Parameter.TAGS, f"{key}={value}", asked=Form.TAG_SIGNS)
        if key.lower() in seen:
            yield _no(Gate.PARAMETERS, Reason.DUPLICATE_TAG, key)
        seen.add(key.lower())
    every = {key.lower() for key in sent.tags}
    for key in sent.transitive_tag_keys[:_MOST_TAGS]:
        if key.lower() not in every:
            yield _malformed(Parameter.TRANSITIVE_TAG_KEYS, key, asked=Form.SENT_TAG)


def _is_tag(text: str, shortest: int, longest: int) -> bool:
    """Say whether a tag's key or value has only letters, digits, spaces and a few signs."""
    fits = all(sign in _TAG_SIGNS or unicodedata.category(sign)[0] in "LNZ" for sign in text)
    return fits and shortest <= len(text) <= longest


def _mfa(sent: Parameters, caller: Caller) -> Iterator[GateTrace]:
    """`SerialNumber` and `TokenCode` go together, and only an IAM user has a device of their own."""
    if bool(sent.mfa_serial) != sent.mfa_code_sent:
        alone = Parameter.SERIAL_NUMBER if sent.mfa_serial else Parameter.TOKEN_CODE
        yield _no(Gate.PARAMETERS, Reason.MFA_INCOMPLETE, alone.value)
    if not sent.mfa_serial:
        return
    if caller.kind is not CallerKind.USER:
        yield _no(Gate.PARAMETERS, Reason.MFA_NOT_A_USER, sent.mfa_serial)
        return
    device = split_arn(sent.mfa_serial)
    if device is not None and device.account != caller.account:
        yield _no(Gate.PARAMETERS, Reason.MFA_OTHER_USER, sent.mfa_serial, wanted=caller.account)


def _inherited(case: Case, caller: Caller) -> Iterator[GateTrace]:
    """What is inherited from the caller's session cannot be passed again.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
    """
    if not caller.has_role:
        return
    sent, session = case.request.parameters, case.snapshot.source.session
    inherited = session.transitive_tag_keys
    if sent.tags and not isinstance(inherited, Known):
        yield GateTrace(Gate.PARAMETERS, UNKNOWN, Reason.TAG_INHERITED, got=tuple(islice(sent.tags, _MOST_TAGS)))
    if isinstance(inherited, Known):
        inherited_keys = {key.lower() for key in inherited.value}
        for key in islice(sent.tags, _MOST_TAGS):
            if key.lower() in inherited_keys:
                yield _no(Gate.PARAMETERS, Reason.TAG_INHERITED, key)
    if sent.source_identity is not None and not isinstance(session.source_identity, Known):
        yield GateTrace(Gate.PARAMETERS, UNKNOWN, Reason.SOURCE_IDENTITY_FIXED, got=(sent.source_identity,))
    fixed = session.source_identity.value if isinstance(session.source_identity, Known) else None
    if sent.source_identity is not None and fixed is not None and fixed != sent.source_identity:
        yield _no(Gate.PARAMETERS, Reason.SOURCE_IDENTITY_FIXED, sent.source_identity, wanted=fixed)


def caller_gates(source: SourceSide, caller: Caller, operation: OperationTraits = ASSUME_ROLE) -> Iterator[GateTrace]:
    """Root users and federated users cannot call AssumeRole at all."""
    as_kind = CallerKind.ROOT if caller.origin is _ASSUME_ROOT else caller.kind
    if refused := operation.refused.get(as_kind):
        yield _no(Gate.CALLER, refused, caller.arn)
    principal = source.principal
    is_entity = caller.has_role or caller.kind is _USER
    if is_entity and isinstance(principal, Known) and principal.value is None:
        yield _no(Gate.CALLER, Reason.NO_SUCH_CALLER, caller.arn)


def _partition(caller: Caller, role: RoleArn) -> Iterator[GateTrace]:
    """Credentials of one partition are not valid in another."""
    if caller.kind is not CallerKind.SERVICE and caller.partition != role.partition:
        yield _no(Gate.PARTITION, Reason.OTHER_PARTITION, caller.partition, wanted=role.partition)


def role_gates(
    destination: DestinationSide, role: RoleArn, *, service: bool, identity_center: bool = False
) -> Iterator[GateTrace]:
    """Whether there is such a role, and one that this caller may assume at all.

    `service`: an AWS service calls; `identity_center`: IAM Identity Center signs somebody in.
    """
    evidence = destination.role
    if isinstance(evidence, Known):
        if evidence.value is None:
            yield _no(Gate.ROLE, Reason.NO_SUCH_ROLE, *_nearest_roles(destination, role), wanted=role.arn)
        elif evidence.value.arn != role.arn:
            yield _no(Gate.ROLE, Reason.NO_SUCH_ROLE, evidence.value.arn, wanted=role.arn)
    if role.path.startswith(SERVICE_PATH) and not service:
        yield _no(Gate.ROLE, Reason.SERVICE_LINKED_ROLE, role.arn)
    if role.path.startswith(RESERVED_PATH) and not identity_center:
        yield _no(Gate.ROLE, Reason.RESERVED_ROLE, role.arn)
    if not isinstance(evidence, Known) and role.path == "/":
        # The path is easily left out; a role without it may be one of the account's own that is named so.
        if role.name.startswith(RESERVED_NAME):
            yield GateTrace(Gate.ROLE, UNKNOWN, Reason.RESERVED_ROLE, got=(role.arn,))
        elif role.name.startswith(_SERVICE_LINKED_NAME) and not service:
            yield GateTrace(Gate.ROLE, UNKNOWN, Reason.SERVICE_LINKED_ROLE, got=(role.arn,))


def _nearest_roles(destination: DestinationSide, role: RoleArn) -> list[str]:
    """Give the ARN of the account's role of that name, in another path or case, if there is one."""
    others = destination.other_roles
    if not isinstance(others, Known):
        return []
    return [arn for arn in others.value if arn.rpartition("/")[2].lower() == role.name.lower()][:1]


def _duration(case: Case, caller: Caller) -> Iterator[GateTrace]:
    """`DurationSeconds` against the role's maximum, and against one hour when chaining.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage-assume.html
    """
    seconds = case.request.parameters.duration_seconds
    if seconds is None or case.request.via is Via.CONSOLE or caller.kind is CallerKind.SERVICE:
        return
    if seconds > CHAINING_SECONDS:
        limited: Tri = chained(caller)
        if limited is not NO:
            yield _over(Reason.OVER_CHAINING_LIMIT, ~limited, CHAINING_SECONDS, seconds)
    role = case.snapshot.destination.role
    if not isinstance(role, Known) or role.value is None or not isinstance(role.value.max_session_seconds, Known):
        if seconds > SHORTEST_MAXIMUM:
            yield _over(Reason.OVER_ROLE_MAXIMUM, UNKNOWN, None, seconds)
    elif seconds > role.value.max_session_seconds.value:
        yield _over(Reason.OVER_ROLE_MAXIMUM, NO, role.value.max_session_seconds.value, seconds)


def _passing(caller: Caller, role: RoleArn) -> Iterator[GateTrace]:
    """A role can be passed within its own account only.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    if caller.account != role.account:
        yield _no(Gate.PASSING, Reason.OTHER_ACCOUNT, caller.account, wanted=role.account)


_GATES: dict[Gate, Callable[[Case, Caller, RoleArn], Iterator[GateTrace]]] = {
    Gate.PARAMETERS: lambda case, caller, _: _parameters(case, caller),
    Gate.CALLER: lambda case, caller, _: caller_gates(case.snapshot.source, caller, OPERATIONS[case.request.operation]),
    Gate.PARTITION: lambda _, caller, role: _partition(caller, role),
    Gate.TOKEN: token,
    Gate.PROVIDER: provider,
    Gate.AUDIENCE: audience,
    Gate.ROLE_CLAIM: role_claim,
    Gate.ROLE: lambda case, caller, role: role_gates(
        case.snapshot.destination,
        role,
        service=caller.kind is CallerKind.SERVICE,
        identity_center=caller.kind is CallerKind.SAML and caller.name.startswith(IDENTITY_CENTER_PROVIDER),
    ),
    Gate.DURATION: lambda case, caller, _: _duration(case, caller),
    Gate.PASSING: lambda _, caller, role: _passing(caller, role),
    Gate.ASSOCIATION: lambda case, caller, role: association(case.snapshot.source.pod, caller, role),
}


def _no(gate: Gate, reason: Reason, *got: str, wanted: str = "") -> GateTrace:
    return GateTrace(gate, NO, reason, wanted=wanted, got=got)


def _malformed(
    parameter: Parameter,
    got: str,
    *,
    asked: Syntax | Form | None = None,
    least: int | None = None,
    limit: int | None = None,
) -> GateTrace:
    return GateTrace(Gate.PARAMETERS, NO, Reason.BAD_SYNTAX, parameter, asked, least, limit, got=(got,))


def _over(reason: Reason, verdict: Tri, limit: int | None, seconds: int) -> GateTrace:
    return GateTrace(Gate.DURATION, verdict, reason, limit=limit, got=(str(seconds),))
