"""What remedies say besides the examples: a situation for each other sentence of theirs."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec.structs import replace
from tests.remedy.broken import APP, BUILDER, DEPLOY, about, allow, broken, deny, document, gate, identity, on, trust
from tests.remedy.caller_examples import EXPIRED, NODE
from tests.remedy.example import ACCOUNT, EXTERNAL, SAVED, with_condition

from diagnose.model.case import Case
from diagnose.model.federation import SAML_SESSION_NAME
from diagnose.model.trace import Action, Effect, Element, Gate, GateTrace, Layer, Reason, Subject
from diagnose.model.tri import NO


class Situation(NamedTuple):
    """A remedy of `kind` is asked for, for what `subject` says of `case`."""

    kind: str
    name: str
    case: Case
    subject: Subject


PLAIN = broken("cross-account")
UNREAD = {"evidence": "unread", "gap": "not_supplied"}
INVALID = "An error occurred (InvalidClientTokenId): The security token included in the request is invalid."
ISSUER = "arn:aws:iam::222222222222:oidc-provider/token.actions.githubusercontent.com"
PASSED = "User: {} is not authorized to perform: iam:PassRole on resource: {}"
SAVING = 'MalformedPolicyDocument: Invalid principal in policy: "AWS":"{}"'
REFUSED = "An error occurred (ValidationError) when calling the AssumeRole operation: 1 validation error detected: "
LIMITS = REFUSED + "Value 'x' at '{}' failed to satisfy constraint: Member must"
DENIED_BY_SCP = "with an explicit deny in a service control policy"


def _told(message: str, case: Case = PLAIN) -> Case:
    return replace(case, message=message)


def _of_session(origin: str, message: str = EXPIRED.message) -> Case:
    return _told(message, broken("cross-account-role", session={"origin": {"evidence": "known", "value": origin}}))


def _credentials() -> Iterator[Situation]:
    center = _told(EXPIRED.message, broken("identity-center"))
    yield Situation("renew-credentials", "of a permission set", center, Subject())
    for origin in ("ec2", "web_identity", "saml", "console", "identity_center", "assume_role"):
        yield Situation("renew-credentials", f"of {origin}", _of_session(origin), Subject())
    yield Situation("renew-credentials", "copied ones", _of_session("assume_role", INVALID), Subject())
    for service in ("ec2", "ecs-tasks", "pods.eks", "lambda", "codebuild", "s3"):
        given = _trusting(NODE, allow({"Service": f"{service}.amazonaws.com"}))
        yield Situation("use-own-credentials", f"a role for {service}", given, about(NODE, Layer.TRUST))
    bare = _trusting(NODE, allow({"Federated": ISSUER}, "sts:AssumeRoleWithWebIdentity"))
    yield Situation("use-own-credentials", "a role for any token", bare, about(NODE, Layer.TRUST))


def _trusting(case: Case, *statements: Any) -> Case:
    policy = broken("cross-account", trust_policy=trust(*statements)).snapshot.destination.trust_policy
    destination = replace(case.snapshot.destination, trust_policy=policy)
    return replace(case, snapshot=replace(case.snapshot, destination=destination))


def _errors() -> Iterator[Situation]:
    for name, message in {
        "unsigned": "User: anonymous is not authorized to perform: sts:AssumeRole",
        "an audience, without a token": "Incorrect token audience",
        "another role": f"User: {BUILDER} is not authorized to perform: sts:AssumeRole on resource: {DEPLOY}2",
        "tags of a tool": f"User: {BUILDER} is not authorized to perform: sts:TagSession on resource: {DEPLOY}",
        "a call that is denied": f"User: {BUILDER} is not authorized to perform: s3:GetObject on resource: a "
        f"{DENIED_BY_SCP}",
        "a call beside it": "User: x is not authorized to perform: iam:GetRole on resource: role x. Not authorized to "
        "perform: sts:AssumeRole",
        "a role of another account is passed": PASSED.format(BUILDER, DEPLOY),
        "a role is passed": PASSED.format(BUILDER, "arn:aws:iam::111111111111:role/App"),
        "a role is passed by somebody": PASSED.format("x", "arn:aws:iam::222222222222:role/App"),
        "eleven digits": SAVING.format("arn:aws:iam::12345678910:role/App"),
        "a permission set": SAVING.format(
            "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef"
        ),
        "a wildcard": SAVING.format(f"{APP}*"),
        "a group": SAVING.format("arn:aws:iam::111111111111:group/Devs"),
        "a policy": SAVING.format("arn:aws:iam::111111111111:policy/Devs"),
        "a device": SAVING.format("arn:aws:iam::111111111111:mfa/builder"),
        "an instance profile": SAVING.format("arn:aws:iam::111111111111:instance-profile/App"),
        "a new role": SAVING.format(APP),
        **{f"the limits of {name}": LIMITS.format(name) for name in ("externalId", "tokenCode", "serialNumber")},
        "the limits of a duration": "Invalid range for parameter DurationSeconds, value: 60, valid min value: 900",
        "no such parameter": "Unexpected key 'Foo' found in params",
        "a type": "Invalid type for parameter Tags, value: x, type: <class 'str'>, valid types: <class 'list'>",
    }.items():
        yield Situation("follow-error", name, _told(message), Subject())
    whole = "An error occurred (ValidationError) when calling the AssumeRoleWithSAML operation: Request ARN is invalid"
    yield Situation("follow-error", "an assertion's ARNs", _told(whole, broken("saml")), Subject())
    for world in ("github", "saml"):
        unknown = _told("Unexpected key 'Foo' found in params", broken(world))
        yield Situation("follow-error", f"no such parameter, {world}", unknown, Subject())


def _presented() -> Iterator[Situation]:
    token, assertion = broken("github"), broken("saml")
    for reason in (Reason.ROLE_NOT_CLAIMED, Reason.CLAIM_MISSING, Reason.ISSUER_WITHOUT_SCHEME, Reason.VALUE_DIFFERS):
        refused = GateTrace(Gate.TOKEN, NO, reason, wanted="aud")
        yield Situation("request-token", str(reason), token, Subject(gate=refused))
    for name, what in {
        "a session's name": GateTrace(Gate.TOKEN, NO, Reason.CLAIM_MISSING, wanted=SAML_SESSION_NAME),
        "another attribute": GateTrace(Gate.TOKEN, NO, Reason.CLAIM_MISSING, wanted="NameID"),
        "another issuer": GateTrace(Gate.PROVIDER, NO, Reason.OTHER_ISSUER),
    }.items():
        yield Situation("correct-assertion", name, assertion, Subject(gate=what))
    missing = GateTrace(Gate.PROVIDER, NO, Reason.NO_SUCH_PROVIDER, got=(f"{ISSUER}/x",))
    yield Situation("create-provider", "of an assertion", assertion, Subject(gate=missing))
    none = broken("github", {"snapshot": {"destination": {"oidc_providers": {"value": []}}}})
    yield Situation("create-provider", "there is a different one", none, Subject(gate=missing))
    wrong = broken("saml", {"snapshot": {"source": {"identity": {"audiences": ["https://example.com"]}}}})
    yield Situation("correct-assertion", "the audience", wrong, gate(wrong, Gate.AUDIENCE))
    nameless = broken("github", {"snapshot": {"source": {"identity": {"complete": False, "claims": {"aud": None}}}}})
    yield Situation("create-provider", "for an audience that nobody knows", nameless, Subject(gate=missing))


def _routes() -> Iterator[Situation]:
    unread = {"role": UNREAD, "trust_policy": UNREAD}
    for account in ("222222222223", "123456789012", "414351767826"):
        asked = broken("cross-account", request={"role_arn": f"arn:aws:iam::{account}:role/Deploy"}, **unread)
        yield Situation("correct-role-arn", f"of account {account}", asked, Subject())
    console = broken("console")
    role = broken("cross-account-role")
    switched = replace(role, request=replace(role.request, signed_in_as=BUILDER))
    yield Situation("drop-hop", "in the console", switched, Subject())
    yield Situation("drop-hop", "a user's own session", broken("mfa"), Subject())
    second = GateTrace(Gate.CALLER, NO, Reason.SECOND_SWITCH)
    yield Situation("correct-source-arn", "a second switch", console, Subject(gate=second))
    vpc = with_condition({"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d4e5f60718"}})
    yield Situation("use-endpoint", "a VPC", vpc, about(vpc, Layer.TRUST, Element.CONDITION))
    yield Situation("use-other-role", "to pass on", broken("passing"), Subject())
    unsigned = broken("console", session={"mfa": {"value": False}})
    yield Situation("pass-mfa", "in the console", unsigned, about(unsigned, Layer.TRUST, Element.CONDITION))


def _requests() -> Iterator[Situation]:
    refused: dict[str, tuple[str, dict[str, Any]]] = {
        "too short": ("cross-account", {"duration_seconds": 899}),
        "too long": ("cross-account", {"duration_seconds": 43_201}),
        "a device without its code": ("cross-account", {"mfa_serial": "arn:aws:iam::111111111111:mfa/builder"}),
        "a device of a role": ("cross-account-role", {"mfa_serial": "arn:aws:iam::1:mfa/x", "mfa_code_sent": True}),
        "white space": ("cross-account", {"external_id": " acme-42"}),
        "a short name": ("cross-account", {"session_name": "x"}),
        "a name of nothing": ("cross-account", {"session_name": ""}),
        "a name of 65 letters": ("cross-account", {"session_name": "x" * 65}),
        "a reserved source identity": ("tagged", {"source_identity": "aws:me"}),
        "all that no assertion takes": (
            "saml",
            {
                "session_name": "mara",
                "external_id": "acme-42",
                "mfa_serial": "arn:aws:iam::111111111111:mfa/builder",
                "mfa_code_sent": True,
                "source_identity": "mara",
                "tags": {"team": "a"},
                "transitive_tag_keys": ["team"],
                "provider_id": "www.amazon.com",
            },
        ),
    }
    for name, (world, parameters) in refused.items():
        case = broken(world, request={"parameters": parameters})
        yield Situation("correct-parameter", name, case, gate(case, Gate.PARAMETERS))
    wanted = broken(
        "cross-account",
        request={"parameters": {"session_name": "x"}},
        trust_policy=trust(allow({"AWS": BUILDER}, Condition={"StringLike": {"sts:RoleSessionName": "r1-*"}})),
    )
    yield Situation("correct-parameter", "as a policy wants it", wanted, gate(wanted, Gate.PARAMETERS))
    tags = {"team": "red", "stage": "test"}
    without_tags = trust(allow({"AWS": BUILDER}, ["sts:AssumeRole", "sts:SetSourceIdentity"]))
    sent = broken("tagged", request={"parameters": {"tags": tags}}, trust_policy=without_tags)
    yield Situation("drop-tags", "two", sent, about(sent, Layer.TRUST, action=Action.TAG_SESSION))
    yield Situation("pass-mfa", "another's device", _with_device("arn:aws:iam::222222222222:mfa/builder"), Subject())
    yield Situation("pass-mfa", "the user's device", _with_device("arn:aws:iam::111111111111:mfa/phone"), Subject())
    for seconds in (3601, 43_200):
        long = broken("cross-account-role", request={"parameters": {"duration_seconds": seconds}}, role=LONG_SESSIONS)
        yield Situation("shorten-duration", f"{seconds} seconds, chained", long, gate(long, Gate.DURATION))


def _with_device(serial: str) -> Case:
    wants = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    return with_condition(wants, request={"parameters": {"mfa_serial": serial, "mfa_code_sent": False}})


LONG_SESSIONS = {"value": {"max_session_seconds": {"value": 43_200}}}


def _policies() -> Iterator[Situation]:
    session, slip = "arn:aws:sts::111111111111:assumed-role/App/b-8", "arn:aws:iam::111111111112:user/builder"
    regional = trust(allow({"Service": "redshift.us-east-1.amazonaws.com"}))
    for name, case in {
        "one session is trusted": _whom("cross-account-role", {"AWS": session}),
        "a permission set": _whom("identity-center", {"AWS": "333333333333"}),
        "a slip": _whom("cross-account", {"AWS": slip}),
        "a region's service": broken("service", arn="redshift.amazonaws.com", trust_policy=regional),
    }.items():
        yield Situation("name-principal-in-trust", name, case, about(case, Layer.TRUST, Element.PRINCIPAL))
    of_users = {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}
    unmet = with_condition(of_users, "cross-account-role", whole_account=True)
    yield Situation("drop-condition", "of a whole account", unmet, about(unmet, Layer.TRUST, Element.CONDITION))
    shared = broken("cross-account", identity_policies=identity(on(f"{DEPLOY}2"), **SAVED))
    yield Situation("allow-role-in-identity", "in a managed policy", shared, about(shared, Layer.IDENTITY))
    of_group = {"name": "Own", "attached_to": "group deployers", "document": document(on(DEPLOY))}
    near = {"snapshot": {"source": {"idle_policies": [of_group]}}}
    idle = broken("cross-account", near, identity_policies={"policies": []})
    yield Situation("attach-idle-policy", "a group's", idle, about(idle, Layer.IDENTITY))


def _whom(world: str, principal: Any) -> Case:
    return broken(world, trust_policy=trust(allow(principal)))


def _owners() -> Iterator[Situation]:
    unread = broken("cross-account", trust_policy=UNREAD)
    yield Situation("ask-owner", "the trust policy was not read", unread, about(unread, Layer.TRUST))
    for layer, change in {
        Layer.IDENTITY: {"source": {"identity_policies": {"policies": [], "unread": [UNREAD]}}},
        Layer.BOUNDARY: {"source": {"boundary": UNREAD}},
        Layer.SCP: {"source": {"scps": UNREAD}},
        Layer.RCP: {"destination": {"rcps": UNREAD}},
        Layer.ENDPOINT: {"endpoint": UNREAD},
        Layer.SESSION: {"source": {"session": {"policies": {"policies": [], "unread": [UNREAD]}}}},
    }.items():
        world = "organization" if layer in (Layer.SCP, Layer.RCP) else "cross-account-role"
        case = broken(world, {"snapshot": change})
        yield Situation("ask-owner", f"{layer} was not read", case, about(case, layer))
        yield Situation("give-evidence", f"{layer} was not read", case, about(case, layer))
        yield Situation("ask-owner", f"{layer} was read", broken(world), about(broken(world), layer))
    for sid in ({"Sid": "Guard"}, {}):
        statements = allow(ACCOUNT), deny(Principal="*", Condition=EXTERNAL, **sid)
        denied = broken("cross-account", trust_policy=trust(*statements))
        yield Situation(
            "ask-owner",
            "a Deny with its Sid" if sid else "a Deny without a Sid",
            denied,
            about(denied, Layer.TRUST, effect=Effect.DENY),
        )
    yield Situation("ask-owner", "nothing of a layer", PLAIN, Subject())
    yield Situation("ask-owner", "to pass a role on", broken("passing"), Subject())
    keys = tuple(f"ec2:Key{number}" for number in range(12))
    for unknown in (keys[:1], keys[:9], keys):
        asked = {"StringEquals": dict.fromkeys(unknown, "x")}
        case = with_condition(asked, request={"unknown": list(unknown)})
        yield Situation("give-evidence", f"{len(unknown)} keys", case, Subject())
    yield Situation("give-evidence", "of every kind", broken("cross-account-role", session=UNKNOWN_SESSION), Subject())
    said = f"User: {BUILDER} is not authorized to perform: iam:GetRole on resource: role Deploy {DENIED_BY_SCP}"
    barred = {"evidence": "unread", "gap": "access_denied", "permission": "iam:GetRole", "detail": said}
    case = broken("cross-account", trust_policy=barred)
    yield Situation("grant-reader-permission", "a Deny bars it", case, about(case, Layer.TRUST))


UNKNOWN_SESSION = {"tags": UNREAD, "transitive_tag_keys": UNREAD, "source_identity": UNREAD}
SITUATIONS = (*_credentials(), *_errors(), *_presented(), *_routes(), *_requests(), *_policies(), *_owners())
