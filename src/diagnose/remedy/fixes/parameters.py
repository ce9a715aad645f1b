"""What the caller sends with the request: parameters that are added, corrected or left out."""

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from diagnose.evaluate.gates import CHAINING_SECONDS, LONGEST_MAXIMUM, SHORTEST, SHORTEST_MAXIMUM
from diagnose.evaluate.pattern import Text, glob, has_wildcard
from diagnose.model.arn import CallerKind
from diagnose.model.case import Case, Via
from diagnose.model.diagnosis import Owner
from diagnose.model.evidence import Known
from diagnose.model.parameter import Parameter
from diagnose.model.trace import Decision, Effect, Gate, Reason, Subject
from diagnose.model.tri import NO, YES
from diagnose.model.words import LAYER_WORDS
from diagnose.remedy.case_edit import with_source
from diagnose.remedy.change import Draft, RequestChange
from diagnose.remedy.document import address, as_list, document_of, value_at
from diagnose.remedy.names import caller_of, values_of

_NAME_CHARACTERS = re.compile(r"[^\w+=,.@-]", re.ASCII)


def pass_external_id(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Send the external ID that the condition wants."""
    for value in _wanted(subject, case, "sts:externalid", fill=False):
        text = f"Pass the external ID `{value}`"
        if case.request.parameters.external_id is not None:
            text += "; where the caller is a vendor that generates external IDs, its ID goes into the policy instead"
        yield sent(case, text, ("sts:ExternalId",), external_id=value)


def pass_session_name(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Send a session name that the condition wants."""
    for value in _wanted(subject, case, "sts:rolesessionname", fill=True):
        text = f"Pass the session name `{value}`"
        yield sent(case, text, ("sts:RoleSessionName",), session_name=value)


def pass_source_identity(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Send the source identity that the condition wants."""
    for value in _wanted(subject, case, "sts:sourceidentity", fill=True):
        text = f"Pass the source identity `{value}`"
        yield sent(case, text, ("sts:SourceIdentity",), source_identity=value)


def pass_tags(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Send the session tag that the condition wants."""
    key = subject.element.key.partition("/")[2] if subject.element else ""
    for value in _wanted(subject, case, f"aws:requesttag/{key.lower()}", fill=False) if key else ():
        tags = {name: content for name, content in case.request.parameters.tags.items() if name.lower() != key.lower()}
        text = f"Pass the session tag `{key}` with the value `{value}`"
        yield sent(case, text, (f"aws:RequestTag/{key}", "aws:TagKeys"), tags={**tags, key: value})


def pass_transitive_tags(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Make tags transitive that the call passes, where a condition on `sts:TransitiveTagKeys` wants them so."""
    parameters = case.request.parameters
    if subject.element is None or subject.element.key.lower() != "sts:transitivetagkeys":
        return
    wanted = {operand.lower() for operand in wanted_values(subject)}
    named = tuple(key for key in parameters.tags if key.lower() in wanted and key not in parameters.transitive_tag_keys)
    if named:
        tags = ("tags " if len(named) > 1 else "tag ") + ", ".join(f"`{key}`" for key in named)
        text = f"Pass the session {tags} as transitive, too"
        keys = (*parameters.transitive_tag_keys, *named)
        yield sent(case, text, ("sts:TransitiveTagKeys",), transitive_tag_keys=keys)


def pass_mfa(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Send a code of the user's own device with the call; no session of a role can.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    caller = caller_of(case)
    if caller.kind is not CallerKind.USER:
        return
    keys = ("aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge")
    if case.request.via is Via.CONSOLE:
        session = replace(case.snapshot.source.session, mfa=Known(True), mfa_age=0)
        signed_in = with_source(without_overrides(case, keys), replace(case.snapshot.source, session=session))
        text = f"Sign in to the console as `{caller.arn}` with MFA, then switch roles"
        yield Draft(Owner.CALLER, text, signed_in)
        return
    serial = case.request.parameters.mfa_serial
    if not serial or f"::{caller.account}:" not in serial:
        serial = f"arn:{caller.partition}:iam::{caller.account}:mfa/{caller.name}"
    text = (
        f"Pass the serial number of the user's own MFA device (`{serial}`, if it has the usual name) and a code from it"
    )
    yield sent(case, text, keys, mfa_serial=serial, mfa_code_sent=True)


def drop_tags(subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Leave out the tags that stand in the way: the one that a gate names, else all of them.

    What an AWS service passes is not for anybody to leave out.
    """
    tags = case.request.parameters.tags
    if not tags or caller_of(case).kind is CallerKind.SERVICE:
        return
    gate = subject.gate
    in_the_way = gate.got if gate and gate.reason in (Reason.TAG_INHERITED, Reason.DUPLICATE_TAG) else ()
    remaining = {key: value for key, value in tags.items() if in_the_way and key not in in_the_way}
    dropped = [key for key in tags if key not in remaining]
    transitive = tuple(key for key in case.request.parameters.transitive_tag_keys if key in remaining)
    text = "Leave out the session tag" + ("s " if len(dropped) > 1 else " ") + ", ".join(f"`{key}`" for key in dropped)
    keys = ("aws:TagKeys", "sts:TransitiveTagKeys", *(f"aws:RequestTag/{key}" for key in dropped))
    yield sent(case, text, keys, tags=remaining, transitive_tag_keys=transitive)


def drop_source_identity(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Draft]:
    """Pass no source identity; one that the session carries goes along by itself."""
    if case.request.parameters.source_identity is not None:
        text = "Leave out the source identity"
        yield sent(case, text, ("sts:SourceIdentity",), source_identity=None)


def shorten_duration(subject: Subject, case: Case, decision: Decision) -> Iterator[Draft]:
    """Ask for as long as may be: the role's maximum, or an hour, which every role allows and chaining too."""
    requested, gate = case.request.parameters.duration_seconds, subject.gate
    if requested is None or gate is None:
        return
    most = gate.limit if gate.gate is Gate.DURATION and gate.limit is not None else SHORTEST_MAXIMUM
    if limited_by_chaining(decision):
        most = min(most, CHAINING_SECONDS)
    if most < requested:
        text = f"Request a session of {most} seconds instead of {requested}"
        yield sent(case, text, (), duration_seconds=most)


def limited_by_chaining(decision: Decision) -> bool:
    """Say whether the session is certain to be limited to an hour by the credentials that ask for it."""
    return any(gate.reason is Reason.OVER_CHAINING_LIMIT and gate.verdict is NO for gate in decision.gates)


def correct_parameter(_subject: Subject, case: Case, decision: Decision) -> Iterator[Draft]:
    """Write the names in the request as STS takes them: as a policy that stands in the way wants them, if one does.

    What the call does not take is left out, all of it together.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    parameters = case.request.parameters
    gates = [gate for gate in decision.gates if gate.reason is Reason.NOT_A_PARAMETER]
    if unsent := [gate.parameter for gate in gates if gate.parameter is not None]:
        text = f"Leave out {', '.join(f'`{name}`' for name in unsent)}, which {case.request.operation} does not take"
        yield sent(case, text, (), **{field: none for name in unsent for field, none in _LEFT_OUT[name].items()})
        return
    keys = {"session_name": "sts:RoleSessionName", "source_identity": "sts:SourceIdentity"}
    for name, value in (("session_name", parameters.session_name), ("source_identity", parameters.source_identity)):
        corrected = _as_name(value) if value is not None else None
        if corrected is not None and corrected != value:
            for wanted, layer in _wanted_by_policies(keys[name].lower(), case, decision):
                text = f"Use the {name.replace('_', ' ')} `{wanted}` instead of `{value}`, as the {layer} requires"
                yield sent(case, text, (keys[name],), **{name: wanted})
            text = f"Use the {name.replace('_', ' ')} `{corrected}` instead of `{value}`"
            yield sent(case, text, (keys[name],), **{name: corrected})
    seconds = parameters.duration_seconds
    if seconds is not None and not SHORTEST <= seconds <= LONGEST_MAXIMUM:
        allowed = max(SHORTEST, min(_role_maximum(case, unread=LONGEST_MAXIMUM), seconds))
        text = f"Request a session of {allowed} seconds instead of {seconds}"
        yield sent(case, text, (), duration_seconds=allowed)
    if parameters.mfa_serial and not parameters.mfa_code_sent:
        text = "Pass a code from the MFA device together with its serial number"
        yield sent(case, text, (), mfa_code_sent=True)
    if parameters.mfa_serial and caller_of(case).kind is not CallerKind.USER:
        text = "Leave out the MFA device and its code, which only an IAM user can pass"
        yield sent(case, text, (), mfa_serial=None, mfa_code_sent=False)
    external = parameters.external_id
    if external is not None and external.strip() != external:
        text = "Remove the white space around the external ID"
        yield sent(case, text, ("sts:ExternalId",), external_id=external.strip())


_LEFT_OUT: Mapping[Parameter, Mapping[str, object]] = {
    Parameter.PROVIDER_ID: {"provider_id": None},
    Parameter.ROLE_SESSION_NAME: {"session_name": None},
    Parameter.EXTERNAL_ID: {"external_id": None},
    Parameter.SERIAL_NUMBER: {"mfa_serial": None, "mfa_code_sent": False},
    Parameter.SOURCE_IDENTITY: {"source_identity": None},
    Parameter.TAGS: {"tags": {}},
    Parameter.TRANSITIVE_TAG_KEYS: {"transitive_tag_keys": ()},
}
"""What a request is without a parameter of which not every call has one."""


def sent(case: Case, text: str, keys: tuple[str, ...], **parameters: object) -> Draft:
    """Draft a request with other parameters; what the case states of `keys` no longer holds."""
    request = replace(case.request, parameters=replace(case.request.parameters, **parameters))
    edited = without_overrides(replace(case, request=request), keys)
    return Draft(Owner.CALLER, text, edited, RequestChange(case.request, edited.request))


def without_overrides(case: Case, keys: tuple[str, ...]) -> Case:
    """Forget what the case states of condition keys, so that they are derived again."""
    lowered = {key.lower() for key in keys}
    context: Mapping[str, tuple[str, ...]] = {
        key: values for key, values in case.request.context.items() if key.lower() not in lowered
    }
    unknown = tuple(key for key in case.request.unknown if key.lower() not in lowered)
    return replace(case, request=replace(case.request, context=context, unknown=unknown))


def wanted_values(subject: Subject) -> list[str]:
    """Give the operands that the subject's condition lists, as they are written."""
    statement, element = subject.statement, subject.element
    if statement is None or element is None:
        return []
    document = document_of(statement.policy)
    pointer = address(document, element.pointer) if document is not None else None
    if document is None or pointer is None:
        return []
    return [str(value) for value in as_list(value_at(document, pointer)) if isinstance(value, str | int)]


def _wanted_by_policies(key: str, case: Case, decision: Decision) -> Iterator[tuple[str, str]]:
    """Give what statements want of a key (lower case) that keep the request out, in the form of a name, and where."""
    for decided in decision.actions:
        for trace in decided.layers:
            for statement in (one for level in trace.levels for one in level.statements if trace.verdict is not YES):
                for element in statement.unmet if statement.effect is Effect.ALLOW else ():
                    about = Subject(decided.action, trace.layer, statement=statement, element=element)
                    for value in _wanted(about, case, key, fill=True):
                        if value == _as_name(value):
                            yield value, LAYER_WORDS[trace.layer].policy


def _wanted(subject: Subject, case: Case, key: str, *, fill: bool) -> Iterator[str]:
    """Give the values that a condition on a key (lower case) would take, with wildcards filled in if `fill` is true.

    None of those that a service sends: nobody can tell it to send others.
    """
    caller = caller_of(case)
    if subject.element is None or subject.element.key.lower() != key or caller.kind is CallerKind.SERVICE:
        return
    for operand in wanted_values(subject):
        pieces = Text(operand, variables=True).fragments
        text = "".join(piece[0] if isinstance(piece, tuple) else _variable(piece.lower, case) for piece in pieces)
        if "\0" in text:
            continue
        if not has_wildcard(text):
            yield text
        elif fill:
            names = (case.request.parameters.session_name, caller.session_name, caller.name)
            legal = [_NAME_CHARACTERS.sub("-", name) for name in names if name]
            # A name that fits as it is says who calls, as whoever asks for it wants to know.
            yield from (name for name in legal if glob(text)(name))
            filled = [text.replace("*", legal[0], 1).replace("*", "").replace("?", letter) for letter in "xy"]
            sent_now = (case.request.parameters.session_name, case.request.parameters.source_identity)
            yield filled[0] if filled[0] not in sent_now else filled[1]


def _role_maximum(case: Case, *, unread: int) -> int:
    """Give the longest session of the role in seconds, `unread` where that was not read."""
    role = case.snapshot.destination.role
    maximum = role.value.max_session_seconds if isinstance(role, Known) and role.value else None
    return maximum.value if isinstance(maximum, Known) else unread


def _variable(key: str, case: Case) -> str:
    """Resolve a variable (its key in lower case) that has one known value for this caller; NUL where it has not."""
    values = values_of(key, case)
    return values[0] if values is not None and len(values) == 1 else "\0"


def _as_name(value: str) -> str:
    name = _NAME_CHARACTERS.sub("-", value.removeprefix("aws:"))[:64]
    return name if len(name) >= 2 else f"{name}-1" if name else "session"
