"""States and plans of Terraform: what they declare counts, and what they do not say is never taken for absent."""

import json
from typing import Any

import pytest

from diagnose.collect.evidence.declared import Declaration, declared_destination, declared_source
from diagnose.collect.evidence.handed_over import InputFile
from diagnose.collect.evidence.infrastructure import read_infrastructure
from diagnose.errors import XdiagError
from diagnose.model.case import DestinationSide, SourceSide
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import document_text

ROLE = "arn:aws:iam::222222222222:role/p/svc"
USER = "arn:aws:iam::222222222222:user/ci"
MANAGED = "arn:aws:iam::222222222222:policy/AssumeAll"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]})
SVC = {
    "name": "svc",
    "path": "/p/",
    "arn": ROLE,
    "unique_id": "AROAEXAMPLE",
    "assume_role_policy": TRUST,
    "max_session_duration": 7200,
    "permissions_boundary": None,
    "tags": None,
    "tags_all": {"team": "a"},
}
CI = {"name": "ci", "path": "/", "arn": USER, "unique_id": "AIDAEXAMPLE", "permissions_boundary": ""}


def resource(kind: str, name: str, values: dict[str, Any], mode: str = "managed") -> dict[str, Any]:
    prefix = "data." if mode == "data" else ""
    return {"address": f"{prefix}{kind}.{name}", "mode": mode, "type": kind, "name": name, "values": values}


def shown(*resources: dict[str, Any], in_module: bool = False) -> dict[str, Any]:
    root: dict[str, Any] = {"resources": list(resources)}
    if in_module:
        root = {"child_modules": [{"address": "module.m", "child_modules": [root]}]}
    return {"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": root}}


def stored(*resources: dict[str, Any]) -> dict[str, Any]:
    instances = [
        {**{key: one[key] for key in ("mode", "type", "name")}, "instances": [{"attributes": one["values"]}]}
        for one in resources
    ]
    return {"version": 4, "terraform_version": "1.9.5", "serial": 1, "lineage": "x", "resources": instances}


def change(kind: str, name: str, before: Any, after: Any, unknown: Any = None, **more: Any) -> dict[str, Any]:
    actions = ["delete", "create"] if before and after else ["create"] if after else ["delete"]
    body = {"actions": actions, "before": before, "after": after, "after_unknown": unknown or {}}
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "change": body, **more}


def plan(*changes: dict[str, Any], configuration: Any = None) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {}},
        "resource_changes": list(changes),
        "configuration": {"root_module": {"resources": configuration or []}},
    }


def read(value: Any, *, planned: bool = False) -> list[Declaration]:
    file = InputFile("f.json", json.dumps(value).encode())
    return [read_infrastructure(file, planned=planned, arns=(USER, ROLE), parameters={})]


def destination(value: Any, *, planned: bool = False) -> DestinationSide:
    side = declared_destination(read(value, planned=planned), ROLE)
    assert side is not None
    return side


def source(value: Any, *, planned: bool = False, complete: bool = True) -> SourceSide:
    side = declared_source(read(value, planned=planned), USER, complete=complete)
    assert side is not None
    return side


def test_what_is_declared_is_said_to_be_from_before_or_after_the_plan() -> None:
    planned = plan(change("aws_iam_role", "svc", SVC, SVC))
    assert [one.source for one in read(planned)] == ["f.json, before apply"]
    assert [one.source for one in read(planned, planned=True)] == ["f.json, after apply"]
    assert [one.source for one in read(shown(resource("aws_iam_role", "svc", SVC)))] == ["f.json"]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(shown(resource("aws_iam_role", "svc", SVC)), id="a state as it is shown"),
        pytest.param(shown(resource("aws_iam_role", "svc", SVC), in_module=True), id="in modules"),
        pytest.param(stored(resource("aws_iam_role", "svc", SVC)), id="a state as it is stored"),
        pytest.param(plan(change("aws_iam_role", "svc", SVC, {**SVC, "path": "/q/"})), id="a plan, before apply"),
    ],
)
def test_a_role_is_read_from_every_form(value: Any) -> None:
    side = destination(value)
    assert isinstance(side.role, Known)
    assert isinstance(side.trust_policy, Known)
    role = side.role.value
    assert role is not None
    assert (role.arn, role.unique_id, role.tags) == (ROLE, "AROAEXAMPLE", Known({"team": "a"}))
    assert role.max_session_seconds == Known(7200, "f.json")
    assert document_text(side.trust_policy.value.document) == TRUST
    assert isinstance(side.rcps, Unread)


def test_what_is_known_after_apply_only_is_not_known() -> None:
    after = {key: value for key, value in SVC.items() if key not in ("assume_role_policy", "arn", "unique_id")}
    unknown = {"assume_role_policy": True, "arn": True, "unique_id": True}
    value = plan(
        change("aws_iam_role", "svc", SVC, after, unknown),
        configuration=[
            {
                "address": "aws_iam_role.svc",
                "expressions": {"assume_role_policy": {"references": ["aws_iam_role.ci.arn", "aws_iam_role.ci"]}},
            }
        ],
    )
    assert isinstance(destination(value).trust_policy, Known)
    side = destination(value, planned=True)
    assert isinstance(side.trust_policy, Unread)
    assert "`aws_iam_role.ci.arn`" in side.trust_policy.detail
    assert "made anew" in side.trust_policy.detail
    assert isinstance(side.role, Known)
    assert side.role.value is not None
    assert (side.role.value.arn, side.role.value.unique_id) == (ROLE, "")


def test_a_role_that_a_plan_makes_is_not_there_yet_and_one_that_it_removes_is_no_more() -> None:
    made, removed = plan(change("aws_iam_role", "svc", None, SVC)), plan(change("aws_iam_role", "svc", SVC, None))
    now = destination(made).role
    assert isinstance(now, Unread)
    assert "--planned" in now.detail
    assert isinstance(destination(made, planned=True).role, Known)
    assert destination(removed, planned=True).role == Known(None, "f.json, after apply")
    known = destination(removed).role
    assert isinstance(known, Known)
    assert known.value is not None


POLICY = resource("aws_iam_policy", "p", {"name": "AssumeAll", "arn": MANAGED, "policy": TRUST})
INLINE = resource("aws_iam_user_policy", "i", {"user": "ci", "name": "inline", "policy": TRUST})
ATTACHED = resource("aws_iam_user_policy_attachment", "a", {"user": "ci", "policy_arn": MANAGED})
OF_AWS = resource(
    "aws_iam_user_policy_attachment", "b", {"user": "ci", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
)
GROUP = resource("aws_iam_group", "g", {"name": "devs"})
IN_GROUP = resource("aws_iam_user_group_membership", "m", {"user": "ci", "groups": ["devs"]})
OF_GROUP = resource("aws_iam_group_policy", "gp", {"group": "devs", "name": "of-group", "policy": TRUST})
OTHERS = resource("aws_iam_user_policy", "o", {"user": "other", "name": "not-his", "policy": TRUST})


def test_the_policies_of_a_user_are_put_together() -> None:
    user = resource("aws_iam_user", "ci", CI)
    side = source(shown(user, POLICY, INLINE, ATTACHED, OF_AWS, GROUP, IN_GROUP, OF_GROUP, OTHERS))
    policies = side.identity_policies
    assert [(policy.name, policy.attached_to) for policy in policies.policies] == [
        ("inline", ""),
        ("AssumeAll", ""),
        ("of-group", "group devs"),
    ]
    assert [gap.subject for gap in policies.unread] == ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    assert side.boundary == Known(None, "f.json")


def test_further_policies_may_be_attached_elsewhere_unless_the_user_says_not() -> None:
    state = shown(resource("aws_iam_user", "ci", CI), INLINE)
    assert source(state).identity_policies.unread == ()
    (gap,) = source(state, complete=False).identity_policies.unread
    assert "--without identity" in gap.detail


def test_a_boundary_counts_by_its_document() -> None:
    bound = resource("aws_iam_user", "ci", {**CI, "permissions_boundary": MANAGED})
    known = source(shown(bound, POLICY)).boundary
    assert isinstance(known, Known)
    assert known.value is not None
    assert isinstance(source(shown(bound)).boundary, Unread)


@pytest.mark.parametrize(
    ("policy", "unknown", "name"),
    [
        pytest.param({"name": "Bound", "policy": TRUST}, {"arn": True}, "Bound", id="whose document is planned"),
        pytest.param({"name": "Bound"}, {"arn": True, "policy": True}, None, id="whose document is not known yet"),
    ],
)
def test_a_boundary_that_is_not_made_yet_counts_if_its_document_is_known(
    policy: Any, unknown: Any, name: str | None
) -> None:
    value = plan(
        change("aws_iam_user", "ci", None, {"name": "ci", "path": "/"}, {"arn": True, "permissions_boundary": True}),
        change("aws_iam_policy", "p", None, policy, unknown),
        configuration=[
            {
                "address": "aws_iam_user.ci",
                "expressions": {"permissions_boundary": {"references": ["aws_iam_policy.p.arn", "aws_iam_policy.p"]}},
            }
        ],
    )
    boundary = source(value, planned=True).boundary
    assert isinstance(boundary, Known if name else Unread)
    if isinstance(boundary, Known):
        assert boundary.value is not None
        assert boundary.value.name == name


def test_an_attachment_whose_policy_is_not_made_yet_is_found_by_reference() -> None:
    value = plan(
        change("aws_iam_user", "ci", None, {"name": "ci", "path": "/"}, {"arn": True}),
        change("aws_iam_policy", "p", None, {"name": "AssumeAll", "policy": TRUST}, {"arn": True}),
        change("aws_iam_user_policy_attachment", "a", None, {"user": "ci"}, {"policy_arn": True}),
        configuration=[
            {
                "address": "aws_iam_user_policy_attachment.a",
                "expressions": {"policy_arn": {"references": ["aws_iam_policy.p.arn", "aws_iam_policy.p"]}},
            }
        ],
    )
    assert [policy.name for policy in source(value, planned=True).identity_policies.policies] == ["AssumeAll"]
    assert isinstance(source(value).principal, Unread)


@pytest.mark.parametrize(
    ("after", "unknown", "more"),
    [
        pytest.param({"managed_policy_arns": [None]}, {"managed_policy_arns": [True]}, [], id="an ARN in a list"),
        pytest.param(
            {"inline_policy": [{"name": "x"}]}, {"inline_policy": [{"policy": True}]}, [], id="an inline policy"
        ),
        pytest.param(
            {},
            {},
            [change("aws_iam_user_policy", "p", None, {"name": "p", "policy": TRUST}, {"user": True})],
            id="whom a policy is for",
        ),
        pytest.param(
            {},
            {},
            [change("aws_iam_policy_attachment", "p", None, {"users": ["other", None]}, {"users": [False, True]})],
            id="one of those whom it is for",
        ),
    ],
)
def test_what_may_be_a_policy_is_not_taken_for_none(after: Any, unknown: Any, more: list[Any]) -> None:
    value = plan(change("aws_iam_user", "ci", None, {"name": "ci", "path": "/", **after}, unknown), *more)
    policies = source(value, planned=True).identity_policies
    assert policies.policies == ()
    assert len(policies.unread) == 1


def test_a_policy_counts_only_while_it_is_there() -> None:
    made = {"user": "ci", "policy": TRUST}
    value = plan(
        change("aws_iam_user", "ci", CI, CI),
        change("aws_iam_user_policy", "new", None, {**made, "name": "new"}),
        change("aws_iam_user_policy", "old", {**made, "name": "old"}, None),
    )
    assert [policy.name for policy in source(value).identity_policies.policies] == ["old"]
    assert [policy.name for policy in source(value, planned=True).identity_policies.policies] == ["new"]


AS_DATA = resource("aws_iam_role", "svc", SVC, mode="data")


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(shown(AS_DATA), id="a state as it is shown"),
        pytest.param(stored(AS_DATA), id="a state as it is stored"),
        pytest.param(plan(change("aws_iam_role", "svc", SVC, SVC, mode="data")), id="a plan that reads it again"),
        pytest.param(plan() | {"prior_state": {"values": shown(AS_DATA)["values"]}}, id="a plan that has read it"),
    ],
)
def test_a_role_that_is_read_as_data_shows_its_trust_policy_and_not_its_policies(state: Any) -> None:
    assert isinstance(destination(state).trust_policy, Known)
    side = declared_source(read(state), ROLE, complete=True)
    assert side is not None
    assert [gap.detail for gap in side.identity_policies.unread] == ["a data source does not hold them"]


@pytest.mark.parametrize("form", [shown, stored])
def test_of_a_role_that_is_managed_all_policies_are_there(form: Any) -> None:
    side = declared_source(read(form(resource("aws_iam_role", "svc", SVC))), ROLE, complete=True)
    assert side is not None
    assert side.identity_policies.unread == ()


def test_a_module_may_be_called_anything() -> None:
    one = {**resource("aws_iam_role", "svc", SVC), "address": "module.data.aws_iam_role.svc"}
    assert isinstance(destination(shown(one)).trust_policy, Known)


def test_a_role_of_the_same_name_in_another_account_is_another_role() -> None:
    other = {**SVC, "arn": "arn:aws:iam::333333333333:role/p/svc"}
    assert declared_destination(read(shown(resource("aws_iam_role", "svc", other))), ROLE) is None
    elsewhere = {**SVC, "arn": "arn:aws:iam::222222222222:role/svc", "path": "/"}
    side = destination(shown(resource("aws_iam_role", "svc", elsewhere)))
    assert side.role == Known(None, "f.json")
    assert side.other_roles == Known((elsewhere["arn"],), "f.json")


@pytest.mark.parametrize(
    ("value", "planned", "said"),
    [
        pytest.param({**shown(), "format_version": "2.0"}, False, "in version 2.0", id="an unknown version"),
        pytest.param(shown(), True, "is a state, which plans nothing", id="a state that is planned"),
        pytest.param({"a": 1}, False, "is not infrastructure as code", id="other JSON"),
    ],
)
def test_what_cannot_be_read_is_told(value: Any, planned: bool, said: str) -> None:
    with pytest.raises(XdiagError, match=said):
        read(value, planned=planned)


def test_nothing_of_other_resources_is_kept() -> None:
    secret = resource("aws_db_instance", "db", {"password": "hunter2hunter2", "arn": "arn:aws:rds:::x"})
    key = resource("aws_iam_access_key", "k", {"secret": "hunter2hunter2", "user": "ci"})
    assert "hunter2" not in repr(read(shown(secret, key, resource("aws_iam_user", "ci", CI))))
