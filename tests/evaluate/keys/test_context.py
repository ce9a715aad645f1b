"""The request context: every key of the reference, for every kind of caller: its values, absent, or unknown."""

import time
from typing import Any

import pytest
from msgspec.structs import replace
from tests.evaluate.cases import (
    FAR,
    GAP,
    HOME,
    PRESENT,
    ROLE,
    ROLE_ID,
    SERVICE,
    SESSION,
    SSO_ROLE,
    SSO_SESSION,
    TAKEN,
    UNKNOWN_STATE,
    USER,
    USER_ID,
    case,
    told,
)

from diagnose.model.case import (
    Case,
    Organization,
    Origin,
    Parameters,
    ProvidedContext,
    Via,
)
from diagnose.model.evidence import Known

ABSENT = ()
TRUE, FALSE = ("true",), ("false",)
FALSE_OR_ABSENT = frozenset({FALSE, ABSENT})

CALLERS: dict[str, dict[str, Any]] = {
    "a user's long-term key": {"source": USER},
    "a user's session without MFA": {"source": USER, "origin": Origin.GET_SESSION_TOKEN},
    "a user's session with MFA": {"source": USER, "origin": Origin.GET_SESSION_TOKEN, "mfa": Known(True)},
    "a user in the console with MFA": {
        "source": USER,
        "via": Via.CONSOLE,
        "origin": Origin.CONSOLE,
        "mfa": Known(True),
    },
    "a user in the console without MFA": {"source": USER, "via": Via.CONSOLE, "origin": Origin.CONSOLE},
    "a session of a role": {"source": SESSION},
    "a role": {"source": ROLE},
    "an Identity Center session": {"source": SSO_SESSION},
    "a SAML session": {"source": SESSION, "origin": Origin.SAML},
    "an OIDC session": {"source": SESSION, "origin": Origin.WEB_IDENTITY},
    "an EC2 instance": {"source": SESSION, "origin": Origin.EC2},
    "a service": {"source": SERVICE},
}
USERS = [name for name in CALLERS if name.startswith("a user")]
SESSIONS = ["a session of a role", "an Identity Center session", "a SAML session", "an OIDC session", "an EC2 instance"]
ROLES = [*SESSIONS, "a role"]


def of(expected: dict[str, object]) -> dict[str, object]:
    """Spell `users`, `roles` and `all` out; a name of its own wins."""
    groups = {"all": list(CALLERS), "users": USERS, "roles": ROLES}
    spelt: dict[str, object] = {}
    for name, names in groups.items():
        if name in expected:
            spelt |= dict.fromkeys(names, expected[name])
    return spelt | {name: state for name, state in expected.items() if name not in groups}


SOME_PATH = "o-1/r-1/ou-1/"
BY_CALLER: dict[str, dict[str, object]] = {
    "aws:PrincipalArn": {
        "users": (USER,),
        "roles": (ROLE,),
        "an Identity Center session": (SSO_ROLE,),
        "a service": ABSENT,
    },
    "aws:PrincipalAccount": {"users": (HOME,), "roles": (HOME,)},
    "aws:PrincipalOrgID": {"users": ("o-1",), "roles": ("o-1",), "a service": ABSENT},
    "aws:PrincipalOrgPaths": {"users": (SOME_PATH,), "roles": (SOME_PATH,), "a service": ABSENT},
    "aws:PrincipalTag/team": {"users": ("red",), "roles": ("red",), "a service": ABSENT},
    "aws:PrincipalTag/none": {"all": ABSENT},
    "aws:PrincipalType": {"users": ("User",), "roles": ("AssumedRole",)},
    "aws:username": {"users": ("alice",), "roles": ABSENT, "a service": ABSENT},
    "aws:userid": {
        "users": (USER_ID,),
        "roles": (f"{ROLE_ID}:nightly",),
        "an Identity Center session": (f"{ROLE_ID}:alice@example.com",),
        "a role": f"like {ROLE_ID}:*",
    },
    "aws:PrincipalIsAWSService": {"users": FALSE, "roles": FALSE, "a service": TRUE},
    "aws:PrincipalServiceName": {"users": ABSENT, "roles": ABSENT, "a service": (SERVICE,)},
    "aws:SourceAccount": {"users": ABSENT, "roles": ABSENT, "a service": UNKNOWN_STATE},
    "aws:SourceArn": {"users": ABSENT, "roles": ABSENT, "a service": UNKNOWN_STATE},
    "aws:SourceOrgID": {"users": ABSENT, "roles": ABSENT, "a service": UNKNOWN_STATE},
    "aws:SourceOrgPaths": {"users": ABSENT, "roles": ABSENT, "a service": UNKNOWN_STATE},
    "aws:TokenIssueTime": {"users": PRESENT, "roles": PRESENT, "a user's long-term key": ABSENT},
    "aws:MultiFactorAuthPresent": {
        "a user's long-term key": ABSENT,
        "a user's session without MFA": FALSE,
        "a user's session with MFA": TRUE,
        "a user in the console with MFA": TRUE,
        "a user in the console without MFA": FALSE,
        "roles": FALSE_OR_ABSENT,
        "an EC2 instance": FALSE,
        "a service": ABSENT,
    },
    "aws:MultiFactorAuthAge": {
        "a user's long-term key": ABSENT,
        "a user's session without MFA": ABSENT,
        "a user's session with MFA": PRESENT,
        "a user in the console with MFA": PRESENT,
        "a user in the console without MFA": ABSENT,
        "roles": ABSENT,
        "a service": ABSENT,
    },
    "aws:SourceIdentity": {"users": ABSENT, "roles": ("alice",), "a service": ABSENT},
    "aws:FederatedProvider": {
        "users": ABSENT,
        "a session of a role": ABSENT,
        "a role": ABSENT,
        "an EC2 instance": ABSENT,
        "a SAML session": UNKNOWN_STATE,
        "an OIDC session": PRESENT,
    },
    "ec2:SourceInstanceArn": {"users": ABSENT, "roles": ABSENT, "an EC2 instance": PRESENT, "a service": ABSENT},
    "ec2:RoleDelivery": {"users": ABSENT, "roles": ABSENT, "an EC2 instance": PRESENT, "a service": ABSENT},
    "aws:Ec2InstanceSourceVpc": {"users": ABSENT, "roles": ABSENT, "an EC2 instance": PRESENT, "a service": ABSENT},
    "aws:Ec2InstanceSourcePrivateIPv4": {"users": ABSENT, "roles": ABSENT, "an EC2 instance": PRESENT},
    "aws:AssumedRoot": {"users": ABSENT, "roles": ABSENT, "a service": ABSENT},
    "aws:SignInSessionArn": {"a user's long-term key": ABSENT, "an EC2 instance": ABSENT, "a service": ABSENT},
    "aws:ChatbotSourceArn": {"a user's long-term key": ABSENT, "an EC2 instance": ABSENT, "a service": ABSENT},
    "identitystore:UserId": {
        "a user's long-term key": ABSENT,
        "an EC2 instance": ABSENT,
        "an Identity Center session": UNKNOWN_STATE,
        "a service": ABSENT,
    },
    "saml:sub": {
        "users": ABSENT,
        "a session of a role": ABSENT,
        "an EC2 instance": ABSENT,
        "a SAML session": UNKNOWN_STATE,
    },
    "accounts.google.com:aud": {"users": ABSENT, "an EC2 instance": ABSENT, "an OIDC session": UNKNOWN_STATE},
    "sts:SourceIdentity": {"users": ABSENT, "roles": ("alice",), "a service": ABSENT},
    "sts:ExternalId": {"all": ABSENT},
    "aws:RequestTag/team": {"all": ABSENT},
    "aws:TagKeys": {"all": ABSENT},
    "sts:TransitiveTagKeys": {"all": ABSENT},
    "sts:RequestContextProviders": {"all": ABSENT},
    "sts:RequestContext/x": {"all": ABSENT},
    "aws:ResourceTag/stage": {"all": ("prod",)},
    "iam:ResourceTag/stage": {"all": ("prod",)},
    "aws:ResourceTag/none": {"all": ABSENT},
    "aws:ResourceAccount": {"all": (FAR,)},
    "aws:ResourceOrgID": {"all": ("o-2",)},
    "aws:ResourceOrgPaths": {"all": ("o-2/r-2/",)},
    "aws:SecureTransport": {"all": TRUE},
    "aws:ViaAWSService": {"users": FALSE, "roles": FALSE},
    "aws:CalledVia": {"users": ABSENT, "roles": ABSENT},
    "aws:CalledViaFirst": {"users": ABSENT, "roles": ABSENT},
    "aws:CurrentTime": {"all": (TAKEN,)},
    "aws:EpochTime": {"all": ("1772443800",)},
    "aws:UserAgent": {"all": PRESENT},
    "aws:RequestedRegion": {"all": ("eu-west-1",)},
    "aws:SourceIp": {"users": PRESENT, "roles": PRESENT},
    "aws:SourceVpc": {"all": ABSENT},
    "aws:SourceVpce": {"all": ABSENT},
    "aws:VpcSourceIp": {"all": ABSENT},
    "sts:DurationSeconds": {"all": ABSENT},
    "sts:AWSServiceName": {"all": ABSENT},
    "sts:TaskPolicyArn": {"all": ABSENT},
    "sts:RoleAuthorizedByIdp": {"all": ABSENT},
    "iam:PassedToService": {"all": ABSENT},
    "aws:SourceVpcArn": {"all": ABSENT},
    "aws:VpceAccount": {"all": ABSENT},
    "aws:VpceOrgID": {"all": ABSENT},
    "aws:VpceOrgPaths": {"all": ABSENT},
    "acme:Nothing": {"all": ABSENT},
}
ROWS = [
    pytest.param(key, caller, state, id=f"{key} of {caller}")
    for key, by_caller in BY_CALLER.items()
    for caller, state in of(by_caller).items()
]


def called_by(caller: str, **more: Any) -> Case:
    given: dict[str, Any] = {
        "tags": {"Team": "red"},
        "source_identity": Known("alice"),
        "organization": Known(Organization("o-1", SOME_PATH)),
        "far_organization": Known(Organization("o-2", "o-2/r-2/")),
        "role_tags": Known({"Stage": "prod"}),
    }
    return case(**(given | CALLERS[caller] | more))


@pytest.mark.parametrize(("key", "caller", "state"), ROWS)
def test_a_key_is_derived_for_every_kind_of_caller(key: str, caller: str, state: object) -> None:
    assert told(called_by(caller), key) == state


def test_keys_are_looked_up_in_any_case() -> None:
    assert told(called_by("a session of a role"), "AWS:PRINCIPALTAG/TEAM") == ("red",)


SENDING = Parameters(
    session_name="release",
    external_id="acme-42",
    source_identity="bob",
    tags={"Team": "blue", "cost": "1"},
    transitive_tag_keys=("Team",),
    provided_contexts=(ProvidedContext("arn:aws:iam::aws:contextProvider/IdentityCenter"),),
)
PROVIDER = "arn:aws:iam::aws:contextProvider/IdentityCenter"


@pytest.mark.parametrize(
    ("key", "caller", "state"),
    [
        pytest.param("sts:ExternalId", "a user's long-term key", ("acme-42",), id="an external ID"),
        pytest.param("sts:RoleSessionName", "a user's long-term key", ("release",), id="the session's name"),
        pytest.param("sts:RoleSessionName", "a user in the console with MFA", ("alice",), id="the user's, by console"),
        pytest.param("sts:SourceIdentity", "a user's long-term key", ("bob",), id="a source identity"),
        pytest.param(
            "sts:SourceIdentity", "a session of a role", ("bob",), id="a source identity beside the session's"
        ),
        pytest.param("aws:SourceIdentity", "a session of a role", ("alice",), id="the session's own source identity"),
        pytest.param("aws:RequestTag/team", "a user's long-term key", ("blue",), id="a tag, its key in any case"),
        pytest.param("aws:PrincipalTag/team", "a user's long-term key", ("red",), id="the caller's tag is another"),
        pytest.param("aws:TagKeys", "a user's long-term key", ("Team", "cost"), id="the keys of all tags"),
        pytest.param("sts:TransitiveTagKeys", "a user's long-term key", ("Team",), id="the keys of tags handed on"),
        pytest.param("sts:RequestContextProviders", "a user's long-term key", (PROVIDER,), id="a context's provider"),
        pytest.param(
            "sts:RequestContext/identitystore:UserId", "a user's long-term key", UNKNOWN_STATE, id="a context"
        ),
        pytest.param("sts:ExternalId", "a user in the console with MFA", ABSENT, id="the console sends no external ID"),
        pytest.param("sts:SourceIdentity", "a user in the console with MFA", ABSENT, id="nor a source identity"),
        pytest.param("aws:RequestTag/team", "a user in the console with MFA", ABSENT, id="nor tags"),
        pytest.param("aws:TagKeys", "a user in the console with MFA", ABSENT, id="nor tag keys"),
        pytest.param("sts:TransitiveTagKeys", "a user in the console with MFA", ABSENT, id="nor transitive ones"),
    ],
)
def test_what_is_passed_in_the_call_is_in_its_context(key: str, caller: str, state: object) -> None:
    assert told(called_by(caller, parameters=SENDING), key) == state


def test_the_session_name_is_always_sent_and_may_be_unknown() -> None:
    assert told(case(parameters=Parameters()), "sts:RoleSessionName") == PRESENT
    assert told(called_by("an Identity Center session", via=Via.CONSOLE), "sts:RoleSessionName") == PRESENT


@pytest.mark.parametrize(
    ("key", "state"),
    [
        pytest.param("aws:PrincipalTag/team", ("session",), id="a session's tag wins over the role's"),
        pytest.param("aws:PrincipalTag/cost", ("1",), id="a role's tag stays beside it"),
        pytest.param("aws:ResourceTag/team", ("session",), id="a tag that is handed on hides the destination's"),
        pytest.param("iam:ResourceTag/team", ("session",), id="under both names"),
        pytest.param("aws:ResourceTag/cost", ("far",), id="a tag that is not handed on hides nothing"),
        pytest.param("aws:RequestTag/cost", ABSENT, id="a tag that is not handed on is not requested"),
    ],
)
def test_tags_that_a_session_hands_on(key: str, state: object) -> None:
    one = case(
        SESSION,
        tags={"team": "role", "cost": "1"},
        session_tags=Known({"Team": "session"}),
        transitive=Known(("TEAM",)),
        role_tags=Known({"team": "far", "cost": "far"}),
    )
    assert told(one, key) == state


@pytest.mark.parametrize(
    ("key", "options"),
    [
        pytest.param("aws:RequestTag/team", (("shop",), ABSENT), id="its value, or nothing"),
        pytest.param("aws:TagKeys", (("cost",), ("cost", "Team")), id="the keys with it, or without"),
        pytest.param("sts:TransitiveTagKeys", (ABSENT, ("Team",)), id="those that are handed on, or none"),
    ],
)
def test_whether_a_tag_that_is_handed_on_is_requested_is_all_that_is_not_told(
    key: str, options: tuple[tuple[str, ...], ...]
) -> None:
    one = case(
        SESSION,
        session_tags=Known({"Team": "shop"}),
        transitive=Known(("TEAM",)),
        parameters=Parameters("nightly", tags={"cost": "1"}),
    )
    assert told(one, key) == frozenset(options)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_a_moment_without_a_zone_is_in_utc_wherever_it_is_read(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert told(case(taken_at="2026-03-02T09:30:00"), "aws:EpochTime") == ("1772443800",)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("source", "via", "expected"),
    [
        pytest.param(USER, Via.CONSOLE, PRESENT, id="a user in the console has a session's credentials"),
        pytest.param(USER, Via.API, UNKNOWN_STATE, id="a user elsewhere may have either"),
    ],
)
def test_where_the_origin_was_not_read_the_console_tells_it(source: str, via: Via, expected: object) -> None:
    one = case(source, via=via)
    side = one.snapshot.source
    unread = replace(side, session=replace(side.session, origin=GAP))
    assert told(replace(one, snapshot=replace(one.snapshot, source=unread)), "aws:TokenIssueTime") == expected
