"""Context keys whose evidence is unread, special, or stated by the case itself."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.evaluate.cases import (
    DESTINATION,
    GAP,
    HOME,
    PRESENT,
    ROLE,
    ROOT,
    SESSION,
    TAKEN,
    UNKNOWN_STATE,
    USER,
    USER_ID,
    case,
    told,
)

from diagnose.model.case import (
    Case,
    Endpoint,
    Organization,
    Origin,
    Parameters,
    Principal,
    Role,
)
from diagnose.model.evidence import Known

ABSENT = ()
TRUE, FALSE = ("true",), ("false",)
FALSE_OR_ABSENT = frozenset({FALSE, ABSENT})


UNREAD: list[tuple[str, dict[str, Any], object]] = [
    ("aws:PrincipalArn", {"source": SESSION, "principal": GAP}, f"like arn:aws:iam::{HOME}:role/*App"),
    ("aws:PrincipalArn", {"source": ROLE, "principal": GAP}, (ROLE,)),
    ("aws:PrincipalOrgID", {"organization": GAP}, UNKNOWN_STATE),
    ("aws:PrincipalOrgID", {}, ABSENT),
    ("aws:PrincipalOrgPaths", {"organization": GAP}, UNKNOWN_STATE),
    ("aws:PrincipalOrgPaths", {}, ABSENT),
    ("aws:PrincipalOrgPaths", {"organization": Known(Organization("o-1"))}, "like o-1/*"),
    ("aws:ResourceOrgID", {"far_organization": GAP}, UNKNOWN_STATE),
    ("aws:ResourceOrgID", {}, ABSENT),
    ("aws:ResourceOrgPaths", {"far_organization": GAP}, UNKNOWN_STATE),
    ("aws:PrincipalTag/team", {"principal": GAP}, UNKNOWN_STATE),
    ("aws:PrincipalTag/a/b", {"tags": {"a/b": "red", "b": "blue"}}, ("red",)),
    ("aws:PrincipalTag/team", {"principal": Known(Principal(USER, USER_ID))}, UNKNOWN_STATE),
    ("aws:PrincipalTag/team", {"source": SESSION, "session_tags": GAP, "tags": {"team": "red"}}, UNKNOWN_STATE),
    ("aws:PrincipalTag/team", {"source": SESSION, "session_tags": Known({"team": "x"}), "principal": GAP}, ("x",)),
    ("aws:ResourceTag/team", {"role_tags": GAP}, UNKNOWN_STATE),
    ("aws:ResourceTag/team", {"role_evidence": GAP}, UNKNOWN_STATE),
    ("aws:ResourceTag/team", {"role_evidence": Known(Role(DESTINATION))}, UNKNOWN_STATE),
    ("aws:ResourceTag/team", {"source": SESSION, "transitive": GAP, "role_tags": Known({"team": "x"})}, UNKNOWN_STATE),
    ("aws:RequestTag/team", {"source": SESSION, "transitive": GAP}, UNKNOWN_STATE),
    ("aws:TagKeys", {"source": SESSION, "transitive": GAP}, UNKNOWN_STATE),
    ("aws:SourceIdentity", {"source": SESSION, "source_identity": GAP}, UNKNOWN_STATE),
    ("sts:SourceIdentity", {"source": SESSION, "source_identity": GAP}, UNKNOWN_STATE),
    ("aws:SourceIdentity", {"source": USER, "source_identity": GAP}, ABSENT),
    ("aws:userid", {"principal": GAP}, "like AIDA*"),
    ("aws:userid", {"source": SESSION, "principal": GAP}, "like AROA*:nightly"),
    ("aws:userid", {"source": ROLE, "principal": GAP}, "like AROA*:*"),
    ("aws:userid", {"source": ROOT}, (HOME,)),
    ("aws:userid", {"source": f"arn:aws:sts::{HOME}:federated-user/alice"}, (f"{HOME}:alice",)),
    ("aws:PrincipalType", {"source": ROOT}, ("Account",)),
    ("aws:PrincipalType", {"source": f"arn:aws:sts::{HOME}:federated-user/alice"}, ("FederatedUser",)),
    ("aws:MultiFactorAuthPresent", {"origin": Origin.GET_SESSION_TOKEN, "mfa": GAP}, frozenset({TRUE, FALSE})),
    ("aws:MultiFactorAuthAge", {"origin": Origin.GET_SESSION_TOKEN, "mfa": GAP}, UNKNOWN_STATE),
    ("aws:MultiFactorAuthAge", {"origin": Origin.GET_SESSION_TOKEN, "mfa": Known(True), "mfa_age": 60}, ("60",)),
    ("aws:TokenIssueTime", {"source": SESSION, "issued_at": TAKEN}, (TAKEN,)),
    ("aws:SourceIp", {"endpoint": GAP}, UNKNOWN_STATE),
    ("aws:SourceVpce", {"endpoint": GAP}, UNKNOWN_STATE),
    ("aws:SourceVpc", {"endpoint": GAP}, UNKNOWN_STATE),
    ("aws:VpcSourceIp", {"endpoint": GAP}, UNKNOWN_STATE),
    ("aws:SourceIp", {"endpoint": Known(Endpoint("vpce-1", "vpc-1"))}, ABSENT),
    ("aws:SourceVpce", {"endpoint": Known(Endpoint("vpce-1", "vpc-1"))}, ("vpce-1",)),
    ("aws:SourceVpc", {"endpoint": Known(Endpoint("vpce-1", "vpc-1"))}, ("vpc-1",)),
    ("aws:SourceVpc", {"endpoint": Known(Endpoint("vpce-1"))}, PRESENT),
    ("aws:VpcSourceIp", {"endpoint": Known(Endpoint("vpce-1", "vpc-1"))}, PRESENT),
    ("aws:RequestedRegion", {"region": "aws-global"}, ("us-east-1",)),
    ("aws:RequestedRegion", {"region": None}, PRESENT),
    ("aws:CurrentTime", {"taken_at": ""}, PRESENT),
    ("aws:EpochTime", {"taken_at": ""}, PRESENT),
    ("aws:AssumedRoot", {"source": SESSION, "origin": Origin.ASSUME_ROOT}, TRUE),
]


@pytest.mark.parametrize(
    ("key", "more", "state"),
    [
        pytest.param(key, more, state, id=f"{key} with {', '.join(more) or 'nothing special'} ({number})")
        for number, (key, more, state) in enumerate(UNREAD)
    ],
)
def test_a_key_whose_evidence_is_unread_or_special(key: str, more: dict[str, Any], state: object) -> None:
    assert told(case(**more), key) == state


def _user_without_origin(**more: Any) -> Case:
    one = case(USER, **more)
    source = one.snapshot.source
    session = replace(source.session, origin=GAP)
    return replace(one, snapshot=replace(one.snapshot, source=replace(source, session=session)))


@pytest.mark.parametrize(
    ("key", "more", "state"),
    [
        pytest.param("aws:MultiFactorAuthPresent", {}, FALSE_OR_ABSENT, id="no MFA: false or absent"),
        pytest.param("aws:MultiFactorAuthPresent", {"mfa": Known(True)}, TRUE, id="MFA: true"),
        pytest.param("aws:MultiFactorAuthPresent", {"mfa": GAP}, frozenset({TRUE, FALSE, ABSENT}), id="any of three"),
        pytest.param("aws:TokenIssueTime", {}, UNKNOWN_STATE, id="whether the credentials are temporary is not known"),
    ],
)
def test_a_user_whose_credentials_are_not_known(key: str, more: dict[str, Any], state: object) -> None:
    assert told(_user_without_origin(**more), key) == state


SERIAL = f"arn:aws:iam::{HOME}:mfa/alice"


@pytest.mark.parametrize("origin", [Origin.LONG_TERM, Origin.GET_SESSION_TOKEN])
def test_mfa_passed_in_the_call_counts(origin: Origin) -> None:
    one = case(origin=origin, parameters=Parameters("nightly", mfa_serial=SERIAL, mfa_code_sent=True))
    assert told(one, "aws:MultiFactorAuthPresent") == TRUE


def test_a_serial_without_a_code_is_no_mfa() -> None:
    one = case(parameters=Parameters("nightly", mfa_serial=SERIAL))
    assert told(one, "aws:MultiFactorAuthPresent") == ABSENT


def test_what_the_case_states_wins_over_what_is_derived() -> None:
    one = case(context={"AWS:username": ("bob",), "aws:SourceIp": (), "aws:TagKeys": ("a", "b")})
    assert (told(one, "aws:username"), told(one, "aws:SourceIp"), told(one, "aws:TagKeys")) == (
        ("bob",),
        ABSENT,
        ("a", "b"),
    )


def test_what_the_case_calls_unknown_is_unknown() -> None:
    one = case(unknown=("AWS:username", "sts:ExternalId", "aws:UserAgent"), context={"aws:username": ("bob",)})
    assert told(one, "aws:username") == UNKNOWN_STATE
    assert told(one, "sts:ExternalId") == UNKNOWN_STATE
    assert told(one, "aws:UserAgent") == PRESENT
