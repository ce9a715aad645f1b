"""What a record says of the request, and what it leaves open."""

from typing import Any

import pytest
from tests.collect.request.records import ROLE, SESSION, USER, identity, of_user, refused

from diagnose.collect.request.event import Recorded, chosen_call, recorded_calls
from diagnose.errors import XdiagError
from diagnose.model.case import GLOBAL_REGION, Origin, Parameters, Via
from diagnose.model.evidence import NOT_SUPPLIED, Known, Unread
from diagnose.model.federation import (
    AWS_SOURCE_IDENTITY,
    AWS_TAGS,
    SAML_SESSION_NAME,
    SAML_TAG,
    SAML_TRANSITIVE,
    SamlAssertion,
    WebIdentity,
)
from diagnose.model.operation import Operation


def call(record: dict[str, Any]) -> Recorded:
    [recorded] = recorded_calls([record])
    return recorded


def test_the_parameters_of_a_call_that_was_allowed_are_known_and_complete() -> None:
    asked = call(of_user()).asked
    assert asked.parameters == Parameters(session_name="ines", external_id="p-9", duration_seconds=900)
    assert asked.message == ""
    assert any("allowed it then" in sentence for sentence in asked.told)


def test_those_of_a_refused_one_are_not_known() -> None:
    asked = call(refused()).asked
    assert asked.parameters is None
    assert asked.message.startswith("An error occurred (AccessDenied) when calling the AssumeRole operation: User: ")


def test_a_parameter_that_somebody_masked_is_unknown() -> None:
    given = {"roleArn": ROLE, "roleSessionName": "x", "externalId": "***"}
    asked = call(of_user(requestParameters=given)).asked
    assert asked.parameters is not None
    assert asked.parameters.external_id is None
    assert asked.unknown == ("sts:ExternalId",)


def test_tags_device_and_source_identity_are_read() -> None:
    given = {
        "roleArn": ROLE,
        "roleSessionName": "x",
        "serialNumber": "arn:aws:iam::111111111111:mfa/ines",
        "sourceIdentity": "ines",
        "tags": [{"key": "team", "value": "web"}],
        "transitiveTagKeys": ["team"],
    }
    parameters = call(of_user(requestParameters=given)).asked.parameters
    assert parameters == Parameters(
        session_name="x",
        mfa_serial="arn:aws:iam::111111111111:mfa/ines",
        mfa_code_sent=True,
        source_identity="ines",
        tags={"team": "web"},
        transitive_tag_keys=("team",),
    )


def test_a_source_identity_that_the_session_carries_was_not_sent() -> None:
    caller = identity()
    caller["sessionContext"]["sourceIdentity"] = "ines"
    asked = call(
        of_user(
            userIdentity=caller, requestParameters={"roleArn": ROLE, "roleSessionName": "x", "sourceIdentity": "ines"}
        )
    ).asked
    assert asked.parameters is not None
    assert asked.parameters.source_identity is None
    assert asked.session.source_identity == Known("ines", "the record")


@pytest.mark.parametrize(
    ("changes", "origin"),
    [
        pytest.param({"accessKeyId": "AKIAEXAMPLE"}, Origin.LONG_TERM, id="an access key"),
        pytest.param(
            {"accessKeyId": "ASIAEXAMPLE", "sessionContext": {"attributes": {}}},
            Origin.GET_SESSION_TOKEN,
            id="a session",
        ),
        pytest.param(
            {"accessKeyId": "ASIAEXAMPLE", "invokedBy": "signin.amazonaws.com"}, Origin.CONSOLE, id="the console"
        ),
    ],
)
def test_the_credentials_of_a_user_are_known_by_their_key(changes: dict[str, Any], origin: Origin) -> None:
    session = call(refused(userIdentity={"type": "IAMUser", "arn": USER, **changes})).asked.session
    assert session.origin == Known(origin, "the record")
    assert session.tags == Known({})


def test_mfa_of_a_user_s_session_is_known_and_that_of_a_role_s_is_never_taken_for_true() -> None:
    def context(mfa: str) -> dict[str, Any]:
        return {"attributes": {"mfaAuthenticated": mfa, "creationDate": "2026-03-02T09:00:00Z"}}

    user = {"type": "IAMUser", "arn": USER, "accessKeyId": "ASIAEXAMPLE", "sessionContext": context("true")}
    assert call(refused(userIdentity=user)).asked.session.mfa == Known(True, "the record")
    role = call(refused(userIdentity=identity(sessionContext=context("true")))).asked.session
    assert isinstance(role.mfa, Unread)
    assert role.issued_at == "2026-03-02T09:00:00Z"
    assert call(refused(userIdentity=identity())).asked.session.mfa == Known(False, "the record")


def test_a_session_comes_with_its_role_s_path_and_its_instance() -> None:
    caller = identity()
    caller["sessionContext"]["ec2RoleDelivery"] = "2.0"
    asked = call(refused(userIdentity=caller)).asked
    assert asked.source == SESSION
    assert asked.session.origin == Known(Origin.EC2, "the record")
    assert asked.context["aws:PrincipalArn"] == ("arn:aws:iam::111111111111:role/svc/billing",)
    assert asked.context["ec2:RoleDelivery"] == ("2.0",)


@pytest.mark.parametrize(
    ("who", "said"),
    [
        pytest.param(
            {"type": "AWSAccount", "accountId": "111111111111", "principalId": "AIDAX"},
            "user with the id `AIDAX`",
            id="a user of the other account",
        ),
        pytest.param(
            {"type": "AWSAccount", "accountId": "111111111111", "principalId": "AROAX:s"},
            "session `s` of the role",
            id="a session of the other account",
        ),
        pytest.param(
            {"type": "WebIdentityUser", "userName": "sub"}, "web identity token", id="a token without its provider"
        ),
        pytest.param({"type": "SAMLUser", "userName": "lea"}, "SAML assertion", id="an assertion without its provider"),
        pytest.param({"type": "Directory"}, "type `Directory`", id="another kind"),
    ],
)
def test_a_caller_without_an_arn_is_told_as_what_it_is(who: dict[str, Any], said: str) -> None:
    asked = call(of_user(userIdentity=who)).asked
    assert asked.source == ""
    assert said in asked.about_source


EKS = "oidc.eks.eu-west-1.amazonaws.com/id/AB12"
OF_EKS = f"arn:aws:iam::222222222222:oidc-provider/{EKS}"


@pytest.mark.parametrize(
    ("who", "answer", "source", "claims"),
    [
        pytest.param(
            {
                "principalId": f"{OF_EKS}:sts.amazonaws.com:system:serviceaccount:web:shop",
                "userName": "system:serviceaccount:web:shop",
                "identityProvider": OF_EKS,
            },
            None,
            f"https://{EKS}",
            {"aud": "sts.amazonaws.com", "sub": "system:serviceaccount:web:shop"},
            id="a refused token of a cluster",
        ),
        pytest.param(
            {
                "principalId": "cognito-identity.amazonaws.com:eu-west-1:aa11:eu-west-1:bb22",
                "userName": "eu-west-1:bb22",
                "identityProvider": "cognito-identity.amazonaws.com",
            },
            None,
            "https://cognito-identity.amazonaws.com",
            {"aud": "eu-west-1:aa11", "sub": "eu-west-1:bb22"},
            id="a provider that is built in",
        ),
        pytest.param(
            {"userName": "HIDDEN_DUE_TO_SECURITY_REASONS"},
            {"provider": OF_EKS, "subjectFromWebIdentityToken": "s", "audience": "a"},
            f"https://{EKS}",
            {"aud": "a", "sub": "s"},
            id="the answer to one that was allowed",
        ),
        pytest.param(
            {"principalId": f"{OF_EKS}:a:other", "userName": "s", "identityProvider": OF_EKS},
            None,
            f"https://{EKS}",
            {"sub": "s"},
            id="parts that do not fit",
        ),
    ],
)
def test_a_token_is_known_as_far_as_a_record_shows_it(
    who: dict[str, Any], answer: dict[str, Any] | None, source: str, claims: dict[str, Any]
) -> None:
    asked = call(
        refused(
            eventName="AssumeRoleWithWebIdentity",
            userIdentity={"type": "WebIdentityUser", **who},
            requestParameters={"roleArn": ROLE, "roleSessionName": "s-9", "durationSeconds": 900},
            responseElements=answer,
        )
    ).asked
    assert (asked.operation, asked.source, asked.role) == (Operation.WITH_WEB_IDENTITY, source, ROLE)
    assert asked.identity == WebIdentity(claims)
    assert asked.parameters == Parameters(session_name="s-9", duration_seconds=900)


def test_what_a_record_leaves_out_of_a_token_is_left_out_of_what_is_said_of_it() -> None:
    asked = call(of_user(userIdentity={"type": "WebIdentityUser", "userName": "repo:a/b"})).asked
    assert asked.about_source == "a web identity token for `repo:a/b` was sent, and nobody signed"
    assert asked.identity == WebIdentity({"sub": "repo:a/b"})
    bare = call(of_user(userIdentity={"type": "SAMLUser", "arn": SESSION})).asked
    assert bare.about_source == "a SAML assertion was sent, and nobody signed"


def test_what_sts_itself_takes_from_a_token_is_in_its_record() -> None:
    sent = {"roleArn": ROLE, "principalTags": {"team": "web"}, "transitiveTagKeys": ["team"], "sourceIdentity": "lea"}
    who = {"type": "WebIdentityUser", "identityProvider": OF_EKS, "userName": "s"}
    extra = {"RoleAuthorizedByIdp": "true"}
    asked = call(of_user(userIdentity=who, requestParameters=sent, additionalEventData=extra)).asked
    assert asked.identity == WebIdentity(
        {
            "sub": "s",
            AWS_SOURCE_IDENTITY: "lea",
            AWS_TAGS: {"principal_tags": {"team": ["web"]}, "transitive_tag_keys": ["team"]},
        }
    )
    assert asked.context["sts:RoleAuthorizedByIdp"] == ("true",)


def test_an_assertion_is_known_as_far_as_a_record_shows_it() -> None:
    provider = "arn:aws:iam::222222222222:saml-provider/Office"
    asked = call(
        of_user(
            eventName="AssumeRoleWithSAML",
            userIdentity={"type": "SAMLUser", "principalId": "Uk=:lea", "userName": "lea", "identityProvider": "Uk="},
            requestParameters={
                "roleArn": ROLE,
                "principalArn": provider,
                "roleSessionName": "lea",
                "durationSeconds": 900,
                "principalTags": {"team": "web"},
                "transitiveTagKeys": ["team"],
            },
            responseElements={
                "subjectType": "transient",
                "issuer": "https://idp.example.com",
                "subject": "lea",
                "audience": "https://signin.aws.amazon.com/saml",
            },
        )
    ).asked
    assert (asked.operation, asked.source) == (Operation.WITH_SAML, provider)
    assert asked.parameters == Parameters(duration_seconds=900)
    assert asked.identity == SamlAssertion(
        issuer="https://idp.example.com",
        subject="lea",
        subject_format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
        recipient="https://signin.aws.amazon.com/saml",
        attributes={SAML_SESSION_NAME: ("lea",), f"{SAML_TAG}team": ("web",), SAML_TRANSITIVE: ("team",)},
    )


def test_a_service_is_a_source() -> None:
    record = of_user(
        userIdentity={"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, sourceIPAddress="ec2.amazonaws.com"
    )
    assert call(record).asked.source == "ec2.amazonaws.com"
    assert "aws:ViaAWSService" not in call(record).asked.context


@pytest.mark.parametrize(
    ("changes", "context", "endpoint"),
    [
        pytest.param({}, {"aws:SourceIp": ("198.51.100.24",)}, Known(None, "the record"), id="a public address"),
        pytest.param(
            {"sourceIPAddress": "10.0.0.8"}, {}, Unread(), id="a private address, and nothing about an endpoint"
        ),
        pytest.param(
            {"sourceIPAddress": "cloudformation.amazonaws.com"},
            {"aws:ViaAWSService": ("true",), "aws:CalledVia": ("cloudformation.amazonaws.com",)},
            Unread(),
            id="through a service",
        ),
        pytest.param({"sourceIPAddress": "AWS Internal"}, {}, Unread(), id="from inside of AWS"),
    ],
)
def test_where_a_call_came_from(changes: dict[str, Any], context: dict[str, Any], endpoint: object) -> None:
    asked = call(refused(**changes)).asked
    network = ("aws:SourceIp", "aws:SourceVpce", "aws:ViaAWSService", "aws:CalledVia")
    assert {key: value for key, value in asked.context.items() if key in network} == context
    assert asked.endpoint == endpoint


def test_behind_an_endpoint_the_address_is_the_private_one() -> None:
    asked = call(refused(vpcEndpointId="vpce-1", vpcEndpointAccountId="333333333333", sourceIPAddress="10.0.0.8")).asked
    assert asked.context["aws:VpcSourceIp"] == ("10.0.0.8",)
    assert asked.context["aws:SourceIp"] == ()
    assert isinstance(asked.endpoint, Known)
    assert asked.endpoint.value is not None
    assert (asked.endpoint.value.id, asked.endpoint.value.owner) == ("vpce-1", "333333333333")


@pytest.mark.parametrize(
    ("changes", "region"),
    [
        pytest.param(
            {"tlsDetails": {"clientProvidedHostHeader": "sts.amazonaws.com"}}, GLOBAL_REGION, id="the global host"
        ),
        pytest.param(
            {"tlsDetails": {"clientProvidedHostHeader": "sts.eu-west-2.amazonaws.com"}},
            "eu-west-2",
            id="a Region's host",
        ),
        pytest.param(
            {"tlsDetails": {"clientProvidedHostHeader": "vpce-1-x.sts.eu-west-1.vpce.amazonaws.com"}},
            "eu-west-1",
            id="an endpoint's host",
        ),
        pytest.param(
            {"additionalEventData": {"RequestDetails": {"endpointType": "global", "awsServingRegion": "eu-west-1"}}},
            GLOBAL_REGION,
            id="the kind of the endpoint",
        ),
        pytest.param({"awsRegion": "ap-south-1"}, "ap-south-1", id="the Region alone"),
    ],
)
def test_which_endpoint_was_called(changes: dict[str, Any], region: str) -> None:
    assert call(refused(**changes)).asked.region == region


def test_when_it_was_is_the_time_of_the_request() -> None:
    context = call(refused(eventTime="2026-03-02 09:30:00.000")).asked.context
    assert context["aws:CurrentTime"] == ("2026-03-02T09:30:00Z",)
    assert context["aws:EpochTime"] == ("1772443800",)


@pytest.mark.parametrize(
    ("agent", "via"),
    [("signin.amazonaws.com", Via.CONSOLE), ("aws-cli/2.15.0 md/x", Via.CLI), ("Boto3/1.40.12", None)],
)
def test_the_program_tells_how_the_call_was_made(agent: str, via: Via | None) -> None:
    assert call(refused(userAgent=agent)).asked.via is via


def test_a_refusal_of_session_tags_says_that_tags_were_sent() -> None:
    asked = call(
        refused(errorMessage=f"User: {USER} is not authorized to perform: sts:TagSession on resource: {ROLE}")
    ).asked
    assert any("tags were sent" in sentence for sentence in asked.told)


def test_the_two_records_of_one_call_are_one() -> None:
    theirs = of_user(
        eventID="e-2",
        sharedEventID="s-1",
        userIdentity={"type": "AWSAccount", "accountId": "111111111111", "principalId": "AIDAX"},
        resources=[{"ARN": ROLE, "type": "AWS::IAM::Role"}],
    )
    for records in ([of_user(sharedEventID="s-1"), theirs], [theirs, of_user(sharedEventID="s-1")]):
        [one] = recorded_calls(records)
        assert one.asked.source == USER


def test_of_several_calls_one_must_be_chosen_and_all_are_listed() -> None:
    other = refused(eventID="e-2", errorMessage=refused()["errorMessage"] + "2")
    calls = recorded_calls([refused(), other, of_user(eventID="e-3")])
    with pytest.raises(XdiagError, match="2 failed calls") as raised:
        chosen_call(calls, None, None, None)
    assert "e-1" in raised.value.hint
    assert "e-2" in raised.value.hint
    assert "e-3" not in raised.value.hint
    assert chosen_call(calls, "e-2", None, None) is calls[1]
    assert chosen_call(calls, "e-3", None, None) is calls[2]
    assert chosen_call(calls, None, None, ROLE) is calls[0]
    with pytest.raises(XdiagError, match="no record has the id"):
        chosen_call(calls, "e-4", None, None)


def test_records_about_something_else_are_named() -> None:
    with pytest.raises(XdiagError, match="RunInstances"):
        recorded_calls([of_user(eventName="RunInstances")])


@pytest.mark.parametrize("broken", [[], "x", 1, {"attributes": []}, None])
@pytest.mark.parametrize(
    "field", ["userIdentity", "requestParameters", "tlsDetails", "resources", "eventTime", "eventID"]
)
def test_a_record_of_any_shape_is_read(field: str, broken: object) -> None:
    call(of_user(**{field: broken}))


def test_tags_that_earlier_sessions_hand_on_are_the_session_s_and_others_stay_unknown() -> None:
    given = {"roleArn": ROLE, "roleSessionName": "x", "incomingTransitiveTags": {"Department": "Engineering"}}
    asked = call(of_user(userIdentity=identity(), requestParameters=given)).asked
    assert asked.session.transitive_tag_keys == Known(("Department",), "the record")
    assert asked.context["aws:PrincipalTag/Department"] == ("Engineering",)
    assert isinstance(asked.session.tags, Unread)
    assert asked.parameters == Parameters(session_name="x")


TAKEN = "The call is taken from CloudTrail's record"


@pytest.mark.parametrize(
    ("record", "told"),
    [
        pytest.param(refused(), [f"{TAKEN} e-1 of 2026-03-02T09:30:00Z."], id="a refused call"),
        pytest.param(
            refused(eventID=None, requestID=None, eventTime=None),
            [f"{TAKEN} of an unknown time."],
            id="without an id and a time",
        ),
        pytest.param(
            of_user(),
            [
                f"{TAKEN} e-1 of 2026-03-02T09:30:00Z.",
                "AWS allowed it then: what is refused now has changed since, or is another call.",
            ],
            id="an allowed call",
        ),
        pytest.param(
            refused(errorMessage="User: x is not authorized to perform: STS:TagSession"),
            [
                f"{TAKEN} e-1 of 2026-03-02T09:30:00Z.",
                "Session tags were sent; which ones is not in the record.",
            ],
            id="tags were sent",
        ),
        pytest.param(
            refused(errorMessage="An unknown error occurred"),
            [f"{TAKEN} e-1 of 2026-03-02T09:30:00Z.", "CloudTrail does not record why it was refused."],
            id="no reason",
        ),
        pytest.param(
            refused(userIdentity={"type": "SAMLUser", "userName": "lea"}),
            [
                f"{TAKEN} e-1 of 2026-03-02T09:30:00Z.",
                "The record shows subject, audience and session tags; what else was presented is not in it.",
            ],
            id="an assertion",
        ),
    ],
)
def test_what_was_taken_from_a_record_is_said_in_whole(record: dict[str, Any], told: list[str]) -> None:
    assert list(call(record).asked.told) == told


def test_a_switch_of_roles_in_the_console_is_one_of_whoever_switched() -> None:
    to = "arn:aws:iam::222222222222:role/Ledger"
    asked = call(
        of_user(
            eventName="SwitchRole",
            eventSource="signin.amazonaws.com",
            requestParameters=None,
            userIdentity={"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": to}}},
            additionalEventData={"SwitchFrom": USER},
        )
    ).asked
    assert (asked.source, asked.role, asked.via) == (USER, to, Via.CONSOLE)
    assert "It is a switch of roles in the console." in asked.told


@pytest.mark.parametrize(
    ("who", "about"),
    [
        pytest.param(
            {"type": "AWSAccount", "accountId": "111111111111", "principalId": "AIDAX"},
            "it is the user with the id `AIDAX` of account 111111111111, whose own CloudTrail record of the call has "
            "the ARN",
            id="a user",
        ),
        pytest.param(
            {"type": "AWSAccount", "accountId": "111111111111", "principalId": "AROAX:s"},
            "it is session `s` of the role with the id `AROAX` of account 111111111111, whose own CloudTrail record "
            "of the call has the ARN",
            id="a session",
        ),
        pytest.param(
            {"type": "AWSAccount", "accountId": "111111111111", "principalId": "X"},
            "it is somebody of account 111111111111, whose own CloudTrail record of the call has the ARN",
            id="somebody",
        ),
        pytest.param(
            {"type": "AssumedRole", "accountId": "111111111111"},
            "a session in account 111111111111",
            id="a session without its role",
        ),
        pytest.param({"type": "Directory"}, "an identity of the type `Directory`", id="another kind"),
        pytest.param(
            {"type": "SAMLUser", "identityProvider": "Uk=", "userName": "lea"},
            "a SAML assertion of `Uk=` for `lea` was sent, and nobody signed",
            id="an assertion",
        ),
    ],
)
def test_a_caller_without_an_arn_is_told_in_whole(who: dict[str, Any], about: str) -> None:
    asked = call(of_user(userIdentity=who)).asked
    assert (asked.source, asked.about_source) == ("", about)


def test_a_service_is_named_by_the_record_or_not_known() -> None:
    by_address = of_user(userIdentity={"type": "AWSService"}, sourceIPAddress="ec2.amazonaws.com")
    assert call(by_address).asked.source == "ec2.amazonaws.com"
    nameless = call(of_user(userIdentity={"type": "AWSService"}, sourceIPAddress="")).asked
    assert nameless.about_source == "an AWS service, which the record does not name"


@pytest.mark.parametrize(
    ("arn", "origin"),
    [
        (USER, Known(Origin.LONG_TERM, "the record")),
        (SESSION, NOT_SUPPLIED),
        ("arn:aws:iam::111111111111:root", NOT_SUPPLIED),
    ],
)
def test_a_record_without_the_caller_s_type_has_it_in_the_arn(arn: str, origin: object) -> None:
    asked = call(refused(userIdentity={"arn": arn, "accessKeyId": "AKIAEXAMPLE"})).asked
    assert (asked.source, asked.session.origin) == (arn, origin)


@pytest.mark.parametrize(
    ("changes", "origin", "mfa"),
    [
        ({"accessKeyId": "OTHER"}, Known(Origin.LONG_TERM, "the record"), NOT_SUPPLIED),
        ({"accessKeyId": "OTHER", "sessionContext": {"attributes": {}}}, NOT_SUPPLIED, NOT_SUPPLIED),
        ({}, NOT_SUPPLIED, NOT_SUPPLIED),
        (
            {"accessKeyId": "ASIAX", "sessionContext": {"attributes": {"mfaAuthenticated": "False"}}},
            Known(Origin.GET_SESSION_TOKEN, "the record"),
            Known(False, "the record"),
        ),
        (
            {"accessKeyId": "AKIAX", "sessionContext": {"attributes": {"mfaAuthenticated": "true"}}},
            Known(Origin.LONG_TERM, "the record"),
            NOT_SUPPLIED,
        ),
    ],
)
def test_how_a_user_came_by_credentials(changes: dict[str, Any], origin: object, mfa: object) -> None:
    session = call(refused(userIdentity={"type": "IAMUser", "arn": USER, **changes})).asked.session
    assert (session.origin, session.mfa) == (origin, mfa)
    assert (session.transitive_tag_keys, session.source_identity) == (Known(()), Known(None))


def test_a_session_is_named_by_its_role_and_id_where_the_arn_is_missing() -> None:
    asked = call(refused(userIdentity=identity(arn=None))).asked
    assert asked.source == SESSION
    assert asked.context["aws:userid"] == ("AROAEXAMPLE:s-1",)
    assert call(refused(userIdentity=identity(arn=None, principalId="AROAEXAMPLE"))).asked.source == ""


@pytest.mark.parametrize(
    ("changes", "origin", "key"),
    [
        ({"ec2RoleDelivery": "1.0"}, Known(Origin.EC2, "the record"), ("ec2:RoleDelivery", ("1.0",))),
        (
            {"attributes": {"ec2RoleDelivery": "2.0"}},
            Known(Origin.EC2, "the record"),
            ("ec2:RoleDelivery", ("2.0",)),
        ),
        (
            {"webIdFederationData": {"federatedProvider": "accounts.google.com"}},
            Known(Origin.WEB_IDENTITY, "the record"),
            ("aws:FederatedProvider", ("accounts.google.com",)),
        ),
    ],
)
def test_how_a_session_came_by_credentials(
    changes: dict[str, Any], origin: object, key: tuple[str, tuple[str, ...]]
) -> None:
    who = identity()
    asked = call(refused(userIdentity={**who, "sessionContext": {**who["sessionContext"], **changes}})).asked
    assert asked.session.origin == origin
    assert asked.context[key[0]] == key[1]


def test_a_session_of_identity_center_is_known_by_its_role() -> None:
    arn = "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/lea"
    asked = call(refused(userIdentity=identity(arn=arn))).asked
    assert asked.session.origin == Known(Origin.IDENTITY_CENTER, "the role's name")


@pytest.mark.parametrize(
    ("address", "key"),
    [
        *(
            (inside, None)
            for inside in ("10.255.255.255", "172.16.0.1", "172.31.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1")
        ),
        ("fd00::1", None),
        *((public, public) for public in ("172.32.0.1", "192.169.0.1", "100.128.0.1", "11.0.0.1", "128.0.0.1")),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_a_public_address_is_that_of_the_request(address: str, key: str | None) -> None:
    asked = call(refused(sourceIPAddress=address)).asked
    assert asked.context.get("aws:SourceIp") == (None if key is None else (key,))
    assert asked.endpoint == (Unread() if key is None else Known(None, "the record"))


def test_a_service_that_calls_for_somebody_is_first_and_last() -> None:
    for service in ("cloudformation.amazonaws.com", "cloudformation.amazonaws.com.cn"):
        context = call(refused(sourceIPAddress=service)).asked.context
        for key in ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"):
            assert context[key] == (service,)
    assert "aws:CalledVia" not in call(refused(sourceIPAddress="example.com")).asked.context


def test_behind_an_endpoint_only_an_address_is_one() -> None:
    context = call(refused(vpcEndpointId="vpce-1", sourceIPAddress="AWS Internal")).asked.context
    assert "aws:VpcSourceIp" not in context
    assert (context["aws:SourceVpce"], context["aws:SourceIp"]) == (("vpce-1",), ())


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("sts.amazonaws.com:443", GLOBAL_REGION),
        ("sts-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("sts.cn-north-1.amazonaws.com.cn:443", "cn-north-1"),
        ("sts.eu-west-1.api.aws", "eu-west-1"),
        ("notsts.eu-west-1.amazonaws.com", "us-east-1"),
        ("sts.eu-west-1.example.com", "us-east-1"),
        ("sts.eu-west-1.amazonaws.com.example.com", "us-east-1"),
    ],
)
def test_the_host_that_was_called_tells_the_region(host: str, region: str) -> None:
    assert call(refused(tlsDetails={"clientProvidedHostHeader": host})).asked.region == region


def test_a_region_called_global_and_none_at_all() -> None:
    assert call(refused(awsRegion="global")).asked.region == GLOBAL_REGION
    assert call(refused(awsRegion=None)).asked.region is None


def test_of_several_the_mistakes_are_told_in_whole() -> None:
    calls = recorded_calls([of_user(), of_user(eventID="e-2")])
    with pytest.raises(XdiagError) as error:
        chosen_call(calls, None, None, None)
    assert error.value.message == "the file holds 2 calls, and `--event-id` must pick one"
    with pytest.raises(XdiagError) as error:
        recorded_calls([of_user(eventName=name) for name in "abbcdefg"])
    assert error.value.message == ("no record is about assuming a role: they are of `a`, `b`, `c`, `d`, `e`")
    assert error.value.hint == "expected one of AssumeRole"
