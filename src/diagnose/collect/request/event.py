"""What CloudTrail's record of a call says of the request: caller, role, parameters, network, time, and the answer.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct

from diagnose.aws.secrets import redacted
from diagnose.collect.digits import whole_number
from diagnose.collect.request.asked import KEYS_OF_PARAMETERS, Asked
from diagnose.collect.request.containers import Record, part_of, text_in
from diagnose.collect.request.event_bearer import MASKED
from diagnose.collect.request.event_caller import RecordedCaller, caller_in
from diagnose.collect.request.event_place import event_place
from diagnose.collect.request.message import asked_by_message
from diagnose.collect.request.session_names import maker_of
from diagnose.errors import XdiagError
from diagnose.model.arn import is_role_arn
from diagnose.model.case import Parameters, Via
from diagnose.model.federation import SamlAssertion, WebIdentity
from diagnose.model.operation import FEDERATED, Operation
from diagnose.model.words import printable

_OPERATIONS = ("AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "AssumeRoot", "SwitchRole")
_FOR_OTHERS = _OPERATIONS[1:4]


class Recorded(Struct, frozen=True):
    """A call that CloudTrail recorded: how to tell it from others, and what it says. `ids` are all that name it."""

    ids: tuple[str, ...]
    time: str
    operation: str
    caller: str
    role: str
    code: str
    asked: Asked

    @property
    def line(self) -> str:
        """The call in a line of a list."""
        answer = self.code or "allowed"
        role = f" on {self.role}" if self.role else ""
        return printable(f"{self.ids[0]}  {self.time}  {self.operation} by {self.caller}{role}: {answer}")


def assumes_role(record: Record) -> bool:
    """Say whether a record is, or may be, about assuming a role."""
    return (text_in(record, "eventName") or "AssumeRole") in _OPERATIONS


def recorded_calls(records: Sequence[Record]) -> list[Recorded]:
    """Read those records that are about assuming a role; the two records of one call are put together.

    Raises XdiagError if there is none.
    """
    about = [record for record in records if assumes_role(record)]
    if not about:
        names = dict.fromkeys(text_in(record, "eventName") for record in records)
        listed = ", ".join(f"`{printable(name)}`" for name in list(names)[:5])
        raise XdiagError(f"no record is about assuming a role: they are of {listed}", hint="expected one of AssumeRole")
    calls: dict[str, Record] = {}
    for number, record in enumerate(about):
        key = text_in(record, "sharedEventID") or f"#{number}"
        calls[key] = _joined(calls[key], record) if key in calls else record
    messages: dict[str, Asked] = {"": Asked()}
    return [_recorded(record, messages) for record in calls.values()]


def chosen_call(calls: Sequence[Recorded], wanted: str | None, source: str | None, role: str | None) -> Recorded:
    """Choose the one call that is asked about: by its id, or else among those that failed, by caller and role.

    Raises XdiagError where several are left, or none; its hint lists them.
    """
    if wanted is not None:
        fitting = [call for call in calls if wanted in call.ids]
        if not fitting:
            raise XdiagError(f"no record has the id `{printable(wanted)}`", hint=_listed(calls))
        return fitting[0]
    fitting = list(calls)
    for fits in (
        lambda call: bool(call.code),
        lambda call: source is None or call.asked.source == source,
        lambda call: role is None or call.role == role,
    ):
        fitting = [call for call in fitting if fits(call)] or fitting
    if len(fitting) == 1:
        return fitting[0]
    failed = sum(bool(call.code) for call in fitting)
    what = f"{failed} failed calls" if failed else f"{len(fitting)} calls"
    raise XdiagError(f"the file holds {what}, and `--event-id` must pick one", hint=_listed(fitting))


_MOST_LISTED = 20
_CONSOLE = re.compile(r"(?i)signin\.amazonaws|^AWS Internal$|^Mozilla/|console\.amazonaws")


def _listed(calls: Sequence[Recorded]) -> str:
    lines = [call.line for call in calls[:_MOST_LISTED]]
    more = len(calls) - len(lines)
    return "; ".join((*lines, *([f"and {more} more"] if more > 0 else [])))


def _recorded(record: Record, messages: dict[str, Asked]) -> Recorded:
    """Read a record. `messages` is what messages say that were read before: most come again."""
    operation = text_in(record, "eventName") or "AssumeRole"
    code = text_in(record, "errorCode")
    said = text_in(record, "errorMessage")
    if said and not code:
        code = "AccessDenied" if "not authorized" in said.lower() else "an error"
    message = f"An error occurred ({code}) when calling the {operation} operation: {said}" if code else ""
    caller = caller_in(record)
    if said not in messages:
        messages[said] = asked_by_message(said)
    in_message = messages[said]
    source = caller.arn or ("" if caller.about or operation in _FOR_OTHERS else in_message.source)
    role = _role(record) or in_message.role or caller.switched_to
    time = text_in(record, "eventTime")
    place = event_place(record)
    agent = text_in(record, "userAgent").strip("[]")
    via = _via(agent, caller, operation)
    parameters, unknown = _parameters(record, caller)
    if parameters is None and via is Via.CONSOLE:
        parameters = Parameters()  # the console sends nothing that can be chosen
    ids = tuple(filter(None, (text_in(record, name) for name in ("eventID", "requestID", "sharedEventID"))))
    asked = Asked(
        source=source,
        role=role,
        about_source=caller.about,
        about_role="" if role else in_message.about_role,
        parameters=parameters,
        via=via,
        region=place.region,
        session=caller.session,
        context={**_moment(time), **({"aws:UserAgent": (agent,)} if agent else {}), **place.context, **caller.context},
        unknown=unknown,
        message=redacted(message),
        endpoint=place.endpoint,
        told=_told(ids, time, code, said, source, parameters, caller),
        operation=_operation(operation, caller),
        identity=caller.presented,
    )
    return Recorded(ids or ("without an id",), time, operation, source or caller.about, role, code, asked)


def _operation(recorded: str, caller: RecordedCaller) -> Operation:
    """Name what was called; to switch roles in the console is to assume one."""
    match caller.presented:
        case WebIdentity():
            return Operation.WITH_WEB_IDENTITY
        case SamlAssertion():
            return Operation.WITH_SAML
        case None:
            return next((operation for operation in FEDERATED if operation == recorded), Operation.ASSUME_ROLE)


def _told(
    ids: Sequence[str],
    time: str,
    code: str,
    said: str,
    source: str,
    parameters: Parameters | None,
    caller: RecordedCaller,
) -> tuple[str, ...]:
    """Say what was taken from the record, what it proves, and what it does not hold."""
    record = f"CloudTrail's record {printable(ids[0])}" if ids else "CloudTrail's record"
    told = [f"The call is taken from {record} of {printable(time) or 'an unknown time'}."]
    if not code:
        told.append("AWS allowed it then: what is refused now has changed since, or is another call.")
    if "sts:tagsession" in said.lower() and not (parameters and parameters.tags):
        told.append("Session tags were sent; which ones is not in the record.")
    if said.lower().startswith("an unknown error occurred"):
        told.append("CloudTrail does not record why it was refused.")
    told += filter(None, (maker_of(source), *caller.told))
    return tuple(told)


def _via(agent: str, caller: RecordedCaller, operation: str) -> Via | None:
    if operation == "SwitchRole" or (_CONSOLE.search(agent) and not caller.is_service):
        return Via.CONSOLE
    return Via.CLI if agent.startswith("aws-cli/") else None


def _role(record: Record) -> str:
    role = text_in(part_of(record, "requestParameters"), "roleArn")
    if role:
        return role
    resources = record.get("resources")
    for resource in resources if isinstance(resources, list) else ():
        arn = text_in(resource, "ARN") or text_in(resource, "arn") if isinstance(resource, dict) else ""
        if is_role_arn(arn):
            return arn
    return ""


def _parameters(record: Record, caller: RecordedCaller) -> tuple[Parameters | None, tuple[str, ...]]:
    """Read what was sent: None where the record does not show it, and the keys of what somebody has masked.

    The record of a refusal has `null` in place of all of it.
    """
    given = record.get("requestParameters")
    if not isinstance(given, dict) or not given:
        return None, ()
    masked = {
        name
        for name, spelt in _SPELT.items()
        if isinstance(value := given.get(spelt), str) and MASKED.fullmatch(value.strip())
    }
    plain = {name: text_in(given, spelt) or None for name, spelt in _SPELT.items() if name not in masked}
    if plain.get("source_identity") == caller.source_identity:
        plain["source_identity"] = None  # inherited, not sent
    pairs = given.get("tags")
    tags = {
        text_in(pair, "key"): text_in(pair, "value")
        for pair in (pairs if isinstance(pairs, list) else ())
        if isinstance(pair, dict) and "key" in pair
    }
    transitive = given.get("transitiveTagKeys")
    duration = str(given.get("durationSeconds") or "")
    seconds = whole_number(duration)
    match caller.presented:
        case WebIdentity():
            return Parameters(
                session_name=plain.get("session_name"),
                duration_seconds=seconds,
                provider_id=text_in(given, "providerId") or None,
            ), ()
        case SamlAssertion():
            return Parameters(duration_seconds=seconds), ()  # the assertion has the session's name
        case None:
            pass
    parameters = Parameters(
        session_name=plain.get("session_name"),
        external_id=plain.get("external_id"),
        duration_seconds=seconds,
        mfa_serial=plain.get("mfa_serial"),
        mfa_code_sent=bool(given.get("serialNumber")),
        source_identity=plain.get("source_identity"),
        tags=tags,
        transitive_tag_keys=tuple(map(str, transitive)) if isinstance(transitive, list) else (),
    )
    return parameters, tuple(key for name in masked for key in KEYS_OF_PARAMETERS[name])


_SPELT = {
    "session_name": "roleSessionName",
    "external_id": "externalId",
    "mfa_serial": "serialNumber",
    "source_identity": "sourceIdentity",
}


def _moment(time: str) -> dict[str, tuple[str, ...]]:
    try:
        moment = datetime.fromisoformat(time.replace(" UTC", "+00:00"))
    except ValueError:
        return {}
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return {
        "aws:CurrentTime": (moment.isoformat(timespec="seconds").replace("+00:00", "Z"),),
        "aws:EpochTime": (str(int(moment.timestamp())),),
    }


def _joined(one: Record, another: Record) -> Record:
    """Put the two records of one call together: that of the caller's account, and what it lacks from the other."""
    theirs, ours = (one, another) if part_of(one, "userIdentity").get("type") == "AWSAccount" else (another, one)
    return {**theirs, **{name: value for name, value in ours.items() if value is not None}}
