"""A record of CloudTrail out of the columns of a query or of OCSF: names without capitals, structs as text."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any


def record_of_row(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give the record that a row or an object is, its names as CloudTrail writes them; None where it is not one."""
    if "class_uid" in row and isinstance(row.get("api"), dict):
        return _of_ocsf(row)
    given = {str(name).strip(): value for name, value in row.items() if name is not None}
    names = {name.lower() for name in given}
    if "eventname" not in names and not ("errormessage" in names and names & _CALLERS):
        return None
    if "cloudtrailevent" in names:  # what lookup-events says beside the record
        return None
    record: dict[str, Any] = {}
    for name, value in given.items():
        if (lower := name.lower()) in ("arn", "useridentity.arn", "useridentity_arn"):
            identity = record.setdefault("userIdentity", {})
            if isinstance(identity, dict) and value:
                identity.setdefault("arn", value)
            continue
        outer, dot, inner = lower.partition(".")
        if dot and outer in _STRUCTS:
            record.setdefault(_NAMES[outer], {})
            if isinstance(record[_NAMES[outer]], dict):
                _put(record[_NAMES[outer]], inner.split("."), _value(value))
            continue
        record[_NAMES.get(lower, name)] = _named(_value(value))
    return record


def parse_struct(text: str) -> Any:
    """Read a struct as Athena prints it: `{type=AssumedRole, arn=..., sessioncontext={...}}`.

    Values are not quoted and may hold `=` and `,`: one ends where a comma is followed by a name and `=`, or its brace
    closes.
    """
    value, _ = _struct_at(text, 0)
    return value


_CALLERS = {"useridentity", "useridentity.arn", "useridentity_arn", "arn"}
_STRUCTS = {"useridentity", "requestparameters", "tlsdetails", "additionaleventdata", "responseelements"}
_CLOUDTRAIL = """
eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent errorCode errorMessage
requestParameters responseElements additionalEventData requestID eventID eventType resources recipientAccountId
sharedEventID vpcEndpointId vpcEndpointAccountId tlsDetails clientProvidedHostHeader type principalId arn accountId
accessKeyId userName sessionContext sessionIssuer attributes creationDate mfaAuthenticated webIdFederationData
federatedProvider ec2RoleDelivery sourceIdentity invokedBy identityProvider roleArn roleSessionName externalId
durationSeconds serialNumber tags transitiveTagKeys incomingTransitiveTags principalTags policy policyArns key value
assumedRoleUser endpointType awsServingRegion RequestDetails assumedRoot SwitchFrom SwitchTo
"""
_NAMES = {name.lower(): name for name in _CLOUDTRAIL.split()}
_NEXT = re.compile(r", (?=\w+=)")
_NULLS = ("", "null", "-", "None")


def _value(value: Any) -> Any:
    """Read a cell: JSON, a struct, or plain text; an empty one is None."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text in _NULLS:
        return None
    if text.startswith(("{", "[")):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return parse_struct(text) if text.startswith("{") and len(text) < _LONGEST_STRUCT else text
    return value


_LONGEST_STRUCT = 2**18


def _named(value: Any) -> Any:
    """Write names as CloudTrail does, at any depth, but not those of tags."""
    match value:
        case dict():
            return {
                _NAMES.get(str(name).lower(), name): inner
                if str(name).lower() in ("incomingtransitivetags", "principaltags")
                else _named(inner)
                for name, inner in value.items()
            }
        case list():
            return [_named(inner) for inner in value]
        case _:
            return value


def _put(into: dict[str, Any], path: Iterable[str], value: Any) -> None:
    *outer, last = path
    for name in outer:
        into = into.setdefault(_NAMES.get(name, name), {})
        if not isinstance(into, dict):
            return
    into[_NAMES.get(last, last)] = _named(value)


def _struct_at(text: str, at: int) -> tuple[Any, int]:
    """Read the struct whose brace stands at `at`; give it and where it ends."""
    struct: dict[str, Any] = {}
    at += 1
    while at < len(text) and text[at] != "}":
        name, equals, _ = text[at:].partition("=")
        if not equals:
            return struct, len(text)
        at += len(name) + 1
        value: Any
        if text[at : at + 1] == "{":
            value, at = _struct_at(text, at)
        else:
            value, at = _plain_at(text, at)
        struct[name.strip(" ,")] = value
    return struct, at + 1


def _plain_at(text: str, at: int) -> tuple[str | None, int]:
    following, closing = _NEXT.search(text, at), text.find("}", at)
    ends = [end for end in (following.start() if following else -1, closing) if end >= 0]
    end = min(ends, default=len(text))
    plain = text[at:end].strip()
    return (None if plain in _NULLS else plain), end


def _of_ocsf(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Read an event of OCSF, as Security Lake keeps CloudTrail's; its names differ a little by version."""
    api, actor = _part(row, "api"), _part(row, "actor")
    user, session, response = _part(actor, "user"), _part(actor, "session"), _part(api, "response")
    arns = [one for name in ("uid", "uid_alt", "arn") if isinstance(one := user.get(name), str)]
    ids = [one for one in arns if not one.startswith("arn:")]
    source, http = _part(row, "src_endpoint"), _part(row, "http_request")
    unmapped = {_NAMES.get(name.lower(), name): value for name, value in _part(row, "unmapped").items()}
    mfa = session.get("is_mfa", session.get("mfa"))
    context: dict[str, Any] = {"attributes": {}}
    if mfa is not None:
        context["attributes"]["mfaAuthenticated"] = str(mfa).lower()
    if isinstance(session.get("created_time_dt"), str):
        context["attributes"]["creationDate"] = session["created_time_dt"]
    if isinstance(session.get("issuer"), str) and session["issuer"].startswith("arn:"):
        context["sessionIssuer"] = {"arn": session["issuer"]}
    data = _value(_part(api, "request").get("data"))
    metadata = _part(row, "metadata")
    return {
        "eventName": api.get("operation"),
        "eventSource": _part(api, "service").get("name"),
        "errorCode": response.get("error"),
        "errorMessage": response.get("error_message") or response.get("message"),
        "requestID": _part(api, "request").get("uid"),
        "eventID": metadata.get("uid"),
        "eventTime": row.get("time_dt"),
        "awsRegion": _part(row, "cloud").get("region"),
        "sourceIPAddress": source.get("ip") or source.get("domain"),
        "userAgent": http.get("user_agent"),
        "userIdentity": {
            "type": user.get("type"),
            "arn": next((one for one in arns if one.startswith("arn:")), None),
            "principalId": next(iter(ids), None),
            "userName": user.get("name"),
            "accountId": _part(user, "account").get("uid"),
            "invokedBy": actor.get("invoked_by"),
            **({"sessionContext": context} if session else {}),
        },
        **({"requestParameters": _named(data)} if isinstance(data, dict) else {}),
        **{name: _value(value) for name, value in unmapped.items() if "." not in name},
    }


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = value.get(name)
    return part if isinstance(part, dict) else {}
