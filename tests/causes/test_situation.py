"""Who calls, which role, how the call is made."""

from typing import Any

import pytest
from tests.causes.given import case

from diagnose.causes.facts import CallerFact, RequestFact, RoleFact, RoleKind
from diagnose.causes.situation import situation
from diagnose.model.case import Case


def facts(given: Case) -> tuple[CallerFact, RoleFact, RequestFact]:
    caller, role, request = situation(given)
    assert isinstance(caller, CallerFact)
    assert isinstance(role, RoleFact)
    assert isinstance(request, RequestFact)
    return caller, role, request


def source(**change: Any) -> dict[str, Any]:
    return {"snapshot": {"source": change}}


KNOWN = {"evidence": "known"}
UNREAD = {"evidence": "unread"}
ORG = {"id": "o-1", "management_account": "111111111111"}


@pytest.mark.parametrize(
    ("world", "change", "field", "value"),
    [
        pytest.param("cross-account", {}, "same_account", False, id="two accounts"),
        pytest.param("same-account-named", {}, "same_account", True, id="one account"),
        pytest.param("identity-center", {}, "reserved", True, id="a role of IAM Identity Center"),
        pytest.param("cross-account-role", {}, "reserved", False, id="a role of one's own"),
        pytest.param("cross-account", {}, "exists", True, id="the user exists"),
        pytest.param("cross-account", source(principal=UNREAD), "exists", None, id="nobody looked for the user"),
        pytest.param("cross-account", source(principal={"value": None}), "exists", False, id="the user is gone"),
        pytest.param("guarded", {}, "has_boundary", True, id="a boundary"),
        pytest.param("cross-account", {}, "has_boundary", False, id="no boundary"),
        pytest.param("guarded", source(boundary=UNREAD), "has_boundary", None, id="the boundary was not read"),
        pytest.param("organization", {}, "in_organization", True, id="in an organization"),
        pytest.param("cross-account", {}, "in_organization", False, id="in no organization"),
        pytest.param("cross-account", source(organization=UNREAD), "in_organization", None, id="organization unread"),
        pytest.param("organization", {}, "same_organization", True, id="one organization"),
        pytest.param("cross-account", {}, "same_organization", False, id="no organization"),
        pytest.param(
            "organization",
            source(organization={"value": {"id": "o-other"}}),
            "same_organization",
            False,
            id="another one",
        ),
        pytest.param("organization", source(organization=UNREAD), "same_organization", None, id="one of them unread"),
        pytest.param(
            "organization",
            source(organization=UNREAD)
            | {
                "snapshot": {
                    **source(organization=UNREAD)["snapshot"],
                    "destination": {"organization": {"value": None}},
                }
            },
            "same_organization",
            False,
            id="one unread and the other in none",
        ),
        pytest.param("cross-account", source(organization={"value": ORG}), "management_account", True, id="manages it"),
        pytest.param("cross-account", {}, "new", False, id="an old user"),
        pytest.param(
            "cross-account", source(principal={"value": {"created_at": "2026-03-02T09:28:00Z"}}), "new", True, id="new"
        ),
        pytest.param("cross-account", source(principal=UNREAD), "new", False, id="a user who was not read"),
        pytest.param(
            "cross-account", source(principal={"value": {"created_at": ""}}), "new", False, id="no date of creation"
        ),
        pytest.param(
            "cross-account",
            source(principal={"value": {"created_at": "2026-03-02T09:25:00Z"}}),
            "new",
            False,
            id="five minutes old",
        ),
        pytest.param(
            "cross-account",
            source(principal={"value": {"created_at": "2026-03-02T09:25:01Z"}}),
            "new",
            True,
            id="a second younger",
        ),
        pytest.param(
            "cross-account",
            source(principal={"value": {"created_at": "2026-03-02T09:30:00Z"}}),
            "new",
            True,
            id="of this moment",
        ),
        pytest.param(
            "cross-account",
            source(principal={"value": {"created_at": "2026-03-02T09:30:01Z"}}),
            "new",
            False,
            id="created after it was read",
        ),
        pytest.param(
            "cross-account", source(principal={"value": {"created_at": "yesterday"}}), "new", False, id="no time at all"
        ),
        pytest.param(
            "cross-account",
            source(organization={"value": ORG | {"management_account": "999999999999"}}),
            "management_account",
            False,
            id="a member of it",
        ),
        pytest.param("cross-account", {}, "management_account", False, id="manages none"),
        pytest.param(
            "cross-account", source(organization=UNREAD), "management_account", None, id="nobody knows who manages"
        ),
        pytest.param("identity-center", source(principal=UNREAD), "reserved", True, id="reserved by its name"),
        pytest.param("cross-account", {}, "mfa", False, id="no MFA"),
        pytest.param("mfa", {}, "mfa", True, id="MFA stands behind it"),
        pytest.param("mfa", source(session={"mfa": UNREAD}), "mfa", None, id="nobody knows about MFA"),
    ],
)
def test_the_caller_is_described(world: str, change: dict[str, Any], field: str, value: bool | None) -> None:
    assert getattr(facts(case(world, change))[0], field) is value


@pytest.mark.parametrize(
    ("world", "change", "arn"),
    [
        pytest.param("cross-account", {}, "arn:aws:iam::111111111111:user/builder", id="a user"),
        pytest.param("chained", {}, "arn:aws:iam::111111111111:role/team/App", id="the role of a session"),
        pytest.param(
            "chained", source(principal=UNREAD), "arn:aws:iam::111111111111:role/App", id="a role whose path is unread"
        ),
        pytest.param("service", {}, "ec2.amazonaws.com", id="a service"),
    ],
)
def test_the_caller_has_the_name_that_a_policy_gives_it(world: str, change: dict[str, Any], arn: str) -> None:
    assert facts(case(world, change))[0].arn == arn


@pytest.mark.parametrize(
    ("arn", "kind"),
    [
        ("arn:aws:iam::222222222222:role/Deploy", RoleKind.NORMAL),
        ("arn:aws:iam::222222222222:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", RoleKind.SERVICE_LINKED),
        ("arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_a_b", RoleKind.RESERVED),
    ],
)
def test_the_kind_of_role_is_told_by_its_path(arn: str, kind: RoleKind) -> None:
    assert facts(case("cross-account", {"request": {"role_arn": arn}}))[1].kind is kind


@pytest.mark.parametrize(
    ("world", "change", "field", "value"),
    [
        pytest.param("cross-account-role", {}, "chained", True, id="signed with a role's credentials"),
        pytest.param("cross-account", {}, "chained", False, id="signed with a user's keys"),
        pytest.param("tagged", {}, "tags_sent", True, id="tags are sent"),
        pytest.param("cross-account", {}, "tags_sent", False, id="no tags are sent"),
        pytest.param("cross-account", {}, "source_identity_sent", False, id="no source identity is sent"),
        pytest.param("cross-account", {}, "source_identity_inherited", False, id="no source identity is inherited"),
        pytest.param(
            "chained",
            source(session={"source_identity": UNREAD}),
            "source_identity_inherited",
            None,
            id="nobody knows whether one is inherited",
        ),
        pytest.param(
            "cross-account",
            {"request": {"parameters": {"external_id": None}}},
            "external_id_sent",
            False,
            id="no external ID is sent",
        ),
        pytest.param("cross-account", {}, "switched", False, id="no switch"),
        pytest.param("cross-account", {}, "global_endpoint", False, id="the endpoint of a Region"),
        pytest.param(
            "endpoint",
            {"snapshot": {"endpoint": UNREAD}},
            "through_endpoint",
            None,
            id="nobody knows about an endpoint",
        ),
        pytest.param("endpoint", {"snapshot": {"endpoint": UNREAD}}, "foreign_endpoint", None, id="nor whose it is"),
        pytest.param("cross-account", {}, "foreign_endpoint", False, id="no endpoint is no foreign one"),
        pytest.param(
            "endpoint",
            {"snapshot": {"endpoint": {"value": {"owner": ""}}}},
            "foreign_endpoint",
            False,
            id="an endpoint whose owner is not known",
        ),
        pytest.param(
            "endpoint",
            {"snapshot": {"endpoint": {"value": {"owner": "222222222222"}}}},
            "foreign_endpoint",
            False,
            id="an endpoint of the role's account",
        ),
        pytest.param(
            "cross-account-role",
            {"request": {"role_arn": "arn:aws:iam::222222222222:role/App"}},
            "self_assumption",
            False,
            id="a role of that name in another account",
        ),
        pytest.param("chained", {}, "tags_inherited", True, id="tags are inherited"),
        pytest.param("cross-account", {}, "tags_inherited", False, id="none is inherited"),
        pytest.param(
            "chained", source(session={"transitive_tag_keys": UNREAD}), "tags_inherited", None, id="nobody knows"
        ),
        pytest.param("chained", {}, "source_identity_inherited", True, id="a source identity is inherited"),
        pytest.param("tagged", {}, "source_identity_sent", True, id="a source identity is sent"),
        pytest.param("cross-account", {}, "external_id_sent", True, id="an external ID is sent"),
        pytest.param("endpoint", {}, "through_endpoint", True, id="through a VPC endpoint"),
        pytest.param("cross-account", {}, "through_endpoint", False, id="over the internet"),
        pytest.param("endpoint", {}, "foreign_endpoint", False, id="an endpoint of the caller's account"),
        pytest.param(
            "endpoint",
            {"snapshot": {"endpoint": {"value": {"owner": "333333333333"}}}},
            "foreign_endpoint",
            True,
            id="an endpoint of a third account",
        ),
        pytest.param("cross-account", {"request": {"region": "aws-global"}}, "global_endpoint", True, id="global"),
        pytest.param("cross-account", {"request": {"region": None}}, "global_endpoint", None, id="no Region was given"),
        pytest.param(
            "cross-account-role",
            {"request": {"role_arn": "arn:aws:iam::111111111111:role/team/App"}},
            "self_assumption",
            True,
            id="a role assumes itself",
        ),
        pytest.param("cross-account-role", {}, "self_assumption", False, id="a role assumes another"),
        pytest.param(
            "console",
            {"request": {"signed_in_as": "arn:aws:iam::111111111111:user/builder"}},
            "switched",
            True,
            id="a second switch",
        ),
    ],
)
def test_the_request_is_described(world: str, change: dict[str, Any], field: str, value: bool | None) -> None:
    assert getattr(facts(case(world, change))[2], field) is value


@pytest.mark.parametrize(
    ("change", "exists", "new"),
    [
        pytest.param({}, True, False, id="an old role"),
        pytest.param({"role": UNREAD}, None, False, id="nobody looked for it"),
        pytest.param({"role": {"value": None}}, False, False, id="it is gone"),
        pytest.param({"role": {"value": {"created_at": "2026-03-02T09:28:00Z"}}}, True, True, id="a new role"),
    ],
)
def test_the_role_is_described(change: dict[str, Any], exists: bool | None, new: bool) -> None:
    role = facts(case("cross-account", {"snapshot": {"destination": change}}))[1]
    assert (role.exists, role.new) == (exists, new)


def test_nothing_is_said_of_arns_that_cannot_be_read() -> None:
    assert situation(case("cross-account", source(arn="nobody"))) == ()
