"""Who called, as the `userIdentity` of a record says, and what is known of the credentials.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from diagnose.collect.request.containers import Record, part_of, text_in
from diagnose.collect.request.event_bearer import assertion_in, token_in
from diagnose.model.arn import RESERVED_NAME, split_arn, split_path
from diagnose.model.case import Origin, Session
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Known
from diagnose.model.federation import SamlAssertion, WebIdentity
from diagnose.model.policy import PolicySet
from diagnose.model.words import printable


class RecordedCaller(Struct, frozen=True):
    """The caller of a record. `arn` is empty where the record does not hold it; `about` then says what it holds."""

    arn: str = ""
    about: str = ""
    session: Session = Session()
    context: Mapping[str, tuple[str, ...]] = {}
    source_identity: str = ""
    switched_to: str = ""
    is_service: bool = False
    told: tuple[str, ...] = ()
    presented: WebIdentity | SamlAssertion | None = None
    """What a caller that does not sign has presented."""


def caller_in(record: Record) -> RecordedCaller:
    """Read who called. A kind that cannot sign a request for a role is told as what it is."""
    identity = part_of(record, "userIdentity")
    extra = part_of(record, "additionalEventData")
    kind, arn, context = text_in(identity, "type"), text_in(identity, "arn"), part_of(identity, "sessionContext")
    if text_in(record, "eventName") == "SwitchRole" and text_in(extra, "SwitchFrom"):
        return RecordedCaller(
            text_in(extra, "SwitchFrom"),
            switched_to=text_in(part_of(context, "sessionIssuer"), "arn"),
            told=("It is a switch of roles in the console.",),
        )
    account, principal = text_in(identity, "accountId"), text_in(identity, "principalId")
    match kind or _kind_of(arn):
        case "AWSService":
            service = text_in(identity, "invokedBy") or text_in(record, "sourceIPAddress")
            return RecordedCaller(
                service, about="" if service else "an AWS service, which the record does not name", is_service=True
            )
        case "AWSAccount":
            return RecordedCaller(about=_of_the_other_account(account, principal))
        case "WebIdentityUser" | "SAMLUser":
            source, presented = token_in(record) if kind == "WebIdentityUser" else assertion_in(record)
            authorized = _truth(extra.get("RoleAuthorizedByIdp")) is True
            context = {"sts:RoleAuthorizedByIdp": ("true",)} if authorized else {}
            return RecordedCaller(
                source,
                about="" if source else _of_a_bearer(identity),
                context=context,
                presented=presented,
                told=(_NOT_ALL,),
            )
        case "IAMUser":
            return RecordedCaller(arn, session=_of_user(identity, context))
        case "AssumedRole":
            incoming = part_of(part_of(record, "requestParameters"), "incomingTransitiveTags")
            return _of_session(identity, context, arn, principal, account, incoming)
        case "Root" | "FederatedUser":
            return RecordedCaller(arn)
        case "":
            return RecordedCaller(arn)
        case other:
            return RecordedCaller(arn, about="" if arn else f"an identity of the type `{printable(other)}`")


_NOT_ALL = "The record shows subject, audience and session tags; what else was presented is not in it."


def _kind_of(arn: str) -> str:
    for sign, kind in ((":assumed-role/", "AssumedRole"), (":user/", "IAMUser"), (":root", "Root")):
        if sign in arn:
            return kind
    return ""


def _of_a_bearer(identity: Mapping[str, Any]) -> str:
    """Word the caller of a record that does not say, in a form that is known, whose token or assertion it was."""
    how = "a web identity token" if text_in(identity, "type") == "WebIdentityUser" else "a SAML assertion"
    parts = (("of", text_in(identity, "identityProvider")), ("for", text_in(identity, "userName")))
    said = "".join(f" {word} `{printable(text)}`" for word, text in parts if text)
    return f"{how}{said} was sent, and nobody signed"


def _of_the_other_account(account: str, principal: str) -> str:
    """Word the caller in the record of the role's account, which has no ARN of whoever is in another account."""
    unique_id, colon, session = principal.partition(":")
    who = "somebody"
    if unique_id.startswith("AIDA"):
        who = f"the user with the id `{printable(unique_id)}`"
    elif colon:
        who = f"session `{printable(session)}` of the role with the id `{printable(unique_id)}`"
    return f"it is {who} of account {printable(account)}, whose own CloudTrail record of the call has the ARN"


def _of_user(identity: Mapping[str, Any], context: Mapping[str, Any]) -> Session:
    """A user's credentials carry no policy, tags or source identity; with a session around them they are temporary."""
    attributes = part_of(context, "attributes")
    mfa = _truth(attributes.get("mfaAuthenticated"))
    key = text_in(identity, "accessKeyId")
    origin: Evidence[Origin] = NOT_SUPPLIED
    if key.startswith("AKIA") or (key and not context and not key.startswith("ASIA")):
        origin, mfa = Known(Origin.LONG_TERM, "the record"), None
    elif "signin" in text_in(identity, "invokedBy"):
        origin = Known(Origin.CONSOLE, "the record")
    elif key.startswith("ASIA"):
        origin = Known(Origin.GET_SESSION_TOKEN, "the record")
    return Session(
        origin=origin,
        policies=PolicySet(),
        tags=Known({}),
        transitive_tag_keys=Known(()),
        source_identity=Known(None),
        mfa=NOT_SUPPLIED if mfa is None else Known(mfa, "the record"),
        issued_at=text_in(attributes, "creationDate") or None,
    )


def _of_session(
    identity: Record, context: Record, arn: str, principal: str, account: str, incoming: Record
) -> RecordedCaller:
    """Read a role's session. `mfaAuthenticated` of one says how somebody signed in, not what the condition key says.

    `incoming` are the tags that earlier sessions hand on: all of these, but not all tags of the session.
    """
    issuer, attributes = part_of(context, "sessionIssuer"), part_of(context, "attributes")
    role_arn = text_in(issuer, "arn")
    issued_by = split_arn(role_arn)
    if not arn and issued_by is not None and ":" in principal:
        name = split_path(issued_by.resource)[2]
        arn = f"arn:{issued_by.partition}:sts::{issued_by.account}:assumed-role/{name}/{principal.partition(':')[2]}"
    delivery, federation = text_in(context, "ec2RoleDelivery"), part_of(context, "webIdFederationData")
    delivery = delivery or text_in(attributes, "ec2RoleDelivery")
    provider = text_in(federation, "federatedProvider")
    origin: Evidence[Origin] = NOT_SUPPLIED
    if f"/{RESERVED_NAME}" in arn:
        origin = Known(Origin.IDENTITY_CENTER, "the role's name")
    elif delivery:
        origin = Known(Origin.EC2, "the record")
    elif provider:
        origin = Known(Origin.WEB_IDENTITY, "the record")
    source_identity = text_in(context, "sourceIdentity") or text_in(identity, "sourceIdentity")
    stated: dict[str, tuple[str, ...]] = {f"aws:PrincipalTag/{key}": (str(value),) for key, value in incoming.items()}
    if principal:
        stated["aws:userid"] = (principal,)
    if delivery:
        stated["ec2:RoleDelivery"] = (delivery,)
    if provider:
        stated["aws:FederatedProvider"] = (provider,)
    if role_arn and issued_by is not None and re.match("role/", issued_by.resource):
        stated["aws:PrincipalArn"] = (role_arn,)
    return RecordedCaller(
        arn,
        about="" if arn else f"a session in account {printable(account)}",
        session=Session(
            origin=origin,
            transitive_tag_keys=Known(tuple(incoming), "the record") if incoming else NOT_SUPPLIED,
            source_identity=Known(source_identity, "the record") if source_identity else NOT_SUPPLIED,
            mfa=Known(False, "the record") if _truth(attributes.get("mfaAuthenticated")) is False else NOT_SUPPLIED,
            issued_at=text_in(attributes, "creationDate") or None,
        ),
        context=stated,
        source_identity=source_identity,
    )


def _truth(value: object) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower())
