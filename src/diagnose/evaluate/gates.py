"""What decides about a request besides policies: a function each.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from diagnose.evaluate.caller import RESERVED_PATH, SERVICE_PATH, Asker, chained
from diagnose.model.arn import CallerKind, RoleName, split_arn
from diagnose.model.case import Case, DestinationSide, Origin, Parameters, SourceSide, Via
from diagnose.model.evidence import Known
from diagnose.model.trace import Gate, GateTrace, Reason
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

CHAINING_SECONDS = 3600
SHORTEST_MAXIMUM = 3600
LONGEST_MAXIMUM = 43200
SHORTEST = 900

_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_SERIAL = re.compile(r"[\w+=/:,.@-]{9,256}", re.ASCII)
_TAG_SIGNS = "_.:/=+-@"
_OF_AWS = "aws:"
_MOST_CONTEXTS = 5
_LONGEST_TAG_KEY, _LONGEST_TAG_VALUE = 128, 256


def gates(case: Case, asker: Asker, role: RoleName) -> tuple[GateTrace, ...]:
    """Ask everything that is not a policy; only what does not pass comes back."""
    found = (
        *_parameters(case, asker),
        *caller_gates(case.snapshot.source, asker),
        *_partition(asker, role),
        *role_gates(case.snapshot.destination, role, service=asker.kind is CallerKind.SERVICE),
        *_duration(case, asker),
    )
    return tuple(trace for trace in found if trace.verdict is not YES)


def pass_every_gate(sent: Parameters) -> bool:
    """Say, where it is soon said, that no gate minds the parameters, whoever sends them, and to which role.

    INVARIANT: `gates` says nothing of parameters of which this says so. A law compares the two.
    """
    if sent != Parameters(session_name=sent.session_name, external_id=sent.external_id):
        return False
    return _well_written(sent.session_name, _SESSION_NAME) and _well_written(sent.external_id, _EXTERNAL_ID)


@lru_cache(maxsize=4096)
def _well_written(value: str | None, pattern: re.Pattern[str]) -> bool:
    return value is None or pattern.fullmatch(value) is not None


def _parameters(case: Case, asker: Asker) -> Iterator[GateTrace]:
    """The syntax of the parameters, and what contradicts the caller's own session."""
    if case.request.via is Via.CONSOLE:
        return
    sent = case.request.parameters
    for name, value, pattern in (
        ("RoleSessionName", sent.session_name, _SESSION_NAME),
        ("ExternalId", sent.external_id, _EXTERNAL_ID),
        ("SerialNumber", sent.mfa_serial, _SERIAL),
        ("SourceIdentity", sent.source_identity, _SESSION_NAME),
    ):
        if value is not None and not pattern.fullmatch(value):
            yield _no(Gate.PARAMETERS, Reason.BAD_SYNTAX, f"{name}: {_described(pattern)}", value)
    if sent.source_identity is not None and sent.source_identity.lower().startswith(_OF_AWS):
        yield _no(Gate.PARAMETERS, Reason.BAD_SYNTAX, "SourceIdentity: not beginning with `aws:`", sent.source_identity)
    seconds = sent.duration_seconds
    if seconds is not None and not SHORTEST <= seconds <= LONGEST_MAXIMUM:
        wanted = f"DurationSeconds: between {SHORTEST} and {LONGEST_MAXIMUM}"
        yield _no(Gate.PARAMETERS, Reason.BAD_SYNTAX, wanted, str(seconds))
    if len(sent.provided_contexts) > _MOST_CONTEXTS:
        wanted = f"ProvidedContexts: at most {_MOST_CONTEXTS}"
        yield _no(Gate.PARAMETERS, Reason.BAD_SYNTAX, wanted, str(len(sent.provided_contexts)))
    yield from _tags(sent)
    yield from _mfa(sent, asker)
    yield from _inherited(case, asker)


def _tags(sent: Parameters) -> Iterator[GateTrace]:
    if len(sent.tags) > 50:
        yield _no(Gate.PARAMETERS, Reason.BAD_SYNTAX, "Tags: at most 50", str(len(sent.tags)))
    seen: set[str] = set()
    for key, value in sent.tags.items():
        if key.lower().startswith(_OF_AWS) or value.lower().startswith(_OF_AWS):
            yield _no(Gate.PARAMETERS, Reason.BAD_SYNTAX, "Tags: nothing that begins with `aws:`", f"{key}={value}")
        if not (_is_tag(key, 1, _LONGEST_TAG_KEY) and _is_tag(value, 0, _LONGEST_TAG_VALUE)):
            yield _no(
                Gate.PARAMETERS, Reason.BAD_SYNTAX, "Tags: letters, digits, spaces and _.:/=+-@", f"{key}={value}"
            )
        if key.lower() in seen:
            yield _no(Gate.PARAMETERS, Reason.DUPLICATE_TAG, "tag keys that differ in more than case", key)
        seen.add(key.lower())
    for key in sent.transitive_tag_keys:
        if key.lower() not in seen:
            yield _no(Gate.PARAMETERS, Reason.BAD_SYNTAX, "TransitiveTagKeys: keys of tags passed in this call", key)


def _is_tag(text: str, shortest: int, longest: int) -> bool:
    """Say whether a tag's key or value has only letters, digits, spaces and a few signs."""
    fits = all(sign in _TAG_SIGNS or unicodedata.category(sign)[0] in "LNZ" for sign in text)
    return fits and shortest <= len(text) <= longest


def _mfa(sent: Parameters, asker: Asker) -> Iterator[GateTrace]:
    """`SerialNumber` and `TokenCode` go together, and only an IAM user has a device of their own."""
    if bool(sent.mfa_serial) != sent.mfa_code_sent:
        got = "only SerialNumber" if sent.mfa_serial else "only TokenCode"
        yield _no(Gate.PARAMETERS, Reason.MFA_INCOMPLETE, "both SerialNumber and TokenCode", got)
    if not sent.mfa_serial:
        return
    if asker.kind is not CallerKind.USER:
        yield _no(Gate.PARAMETERS, Reason.MFA_NOT_A_USER, "an IAM user's own device", sent.mfa_serial)
        return
    device = split_arn(sent.mfa_serial)
    if device is not None and device.account != asker.account:
        yield _no(Gate.PARAMETERS, Reason.MFA_OTHER_USER, f"a device of account {asker.account}", sent.mfa_serial)


def _inherited(case: Case, asker: Asker) -> Iterator[GateTrace]:
    """What the caller's session hands on cannot be passed anew.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
    """
    if not asker.has_role:
        return
    sent, session = case.request.parameters, case.snapshot.source.session
    inherited = session.transitive_tag_keys
    if sent.tags and not isinstance(inherited, Known):
        wanted = "no tag that the session hands on"
        yield GateTrace(Gate.PARAMETERS, UNKNOWN, Reason.TAG_INHERITED, wanted, ", ".join(sent.tags))
    if isinstance(inherited, Known):
        handed_on = {key.lower() for key in inherited.value}
        for key in sent.tags:
            if key.lower() in handed_on:
                yield _no(Gate.PARAMETERS, Reason.TAG_INHERITED, "no tag that the session hands on", key)
    if sent.source_identity is not None and not isinstance(session.source_identity, Known):
        yield GateTrace(Gate.PARAMETERS, UNKNOWN, Reason.SOURCE_IDENTITY_FIXED, "", sent.source_identity)
    fixed = session.source_identity.value if isinstance(session.source_identity, Known) else None
    if sent.source_identity is not None and fixed is not None and fixed != sent.source_identity:
        yield _no(Gate.PARAMETERS, Reason.SOURCE_IDENTITY_FIXED, fixed, sent.source_identity)


def caller_gates(source: SourceSide, asker: Asker) -> Iterator[GateTrace]:
    """Root users and federated users cannot call AssumeRole at all."""
    wanted = "an IAM user, a role session or an AWS service"
    match asker.kind:
        case CallerKind.ROOT:
            yield _no(Gate.CALLER, Reason.ROOT_CALLER, wanted, asker.arn)
        case CallerKind.FEDERATED_USER:
            yield _no(Gate.CALLER, Reason.FEDERATED_CALLER, wanted, asker.arn)
        case CallerKind.USER | CallerKind.ROLE | CallerKind.SESSION | CallerKind.SERVICE:
            if asker.origin is Origin.ASSUME_ROOT:
                yield _no(Gate.CALLER, Reason.ROOT_CALLER, wanted, asker.arn)
    principal = source.principal
    is_entity = asker.has_role or asker.kind is CallerKind.USER
    if is_entity and isinstance(principal, Known) and principal.value is None:
        yield _no(Gate.CALLER, Reason.NO_SUCH_CALLER, "a principal that exists", asker.arn)


def _partition(asker: Asker, role: RoleName) -> Iterator[GateTrace]:
    """Credentials of one partition are not valid in another."""
    if asker.kind is not CallerKind.SERVICE and asker.partition != role.partition:
        yield _no(Gate.PARTITION, Reason.OTHER_PARTITION, role.partition, asker.partition)


def role_gates(destination: DestinationSide, role: RoleName, *, service: bool) -> Iterator[GateTrace]:
    """Whether there is such a role, and one that this caller may assume at all. `service`: an AWS service calls."""
    evidence = destination.role
    if isinstance(evidence, Known):
        if evidence.value is None:
            yield _no(Gate.ROLE, Reason.NO_SUCH_ROLE, role.arn, _nearest_role(destination, role))
        elif evidence.value.arn != role.arn:
            yield _no(Gate.ROLE, Reason.NO_SUCH_ROLE, role.arn, evidence.value.arn)
    if role.path.startswith(SERVICE_PATH) and not service:
        yield _no(Gate.ROLE, Reason.SERVICE_LINKED_ROLE, "a role that a principal of yours may assume", role.arn)
    if role.path.startswith(RESERVED_PATH):
        yield _no(Gate.ROLE, Reason.RESERVED_ROLE, "a role that AssumeRole may assume", role.arn)


def _nearest_role(destination: DestinationSide, role: RoleName) -> str:
    """Give the ARN of the account's role of that name, in another path or case, if there is one."""
    others = destination.other_roles
    if not isinstance(others, Known):
        return ""
    return next((arn for arn in others.value if arn.rpartition("/")[2].lower() == role.name.lower()), "")


def _duration(case: Case, asker: Asker) -> Iterator[GateTrace]:
    """`DurationSeconds` against the role's maximum, and against one hour when chaining.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage-assume.html
    """
    seconds = case.request.parameters.duration_seconds
    if seconds is None or case.request.via is Via.CONSOLE or asker.kind is CallerKind.SERVICE:
        return
    if seconds > CHAINING_SECONDS:
        limited: Tri = chained(asker)
        if limited is not NO:
            verdict = ~limited
            yield GateTrace(Gate.DURATION, verdict, Reason.OVER_CHAINING_LIMIT, f"{CHAINING_SECONDS}", f"{seconds}")
    role = case.snapshot.destination.role
    if not isinstance(role, Known) or role.value is None or not isinstance(role.value.max_session_seconds, Known):
        if seconds > SHORTEST_MAXIMUM:
            yield GateTrace(Gate.DURATION, UNKNOWN, Reason.OVER_ROLE_MAXIMUM, "", f"{seconds}")
    elif seconds > role.value.max_session_seconds.value:
        wanted = f"{role.value.max_session_seconds.value}"
        yield _no(Gate.DURATION, Reason.OVER_ROLE_MAXIMUM, wanted, f"{seconds}")


def _no(gate: Gate, reason: Reason, wanted: str, got: str) -> GateTrace:
    return GateTrace(gate, NO, reason, wanted, got)


def _described(pattern: re.Pattern[str]) -> str:
    """Say in words what a pattern takes."""
    shortest, longest = pattern.pattern.rpartition("{")[2].rstrip("}").split(",")
    letters = pattern.pattern.partition("]")[0].removeprefix(r"[\w").replace("\\", "")
    return f"{shortest} to {longest} letters, digits, and _{letters}"
