from typing import Any

import pytest
from msgspec.structs import replace
from tests.remedy.broken import (
    DEPLOY,
    about,
    allow,
    broken,
    deny,
    edited,
    identity,
    on,
    refusal,
    the_remedy,
    trust,
)

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Proof
from diagnose.model.trace import Element, Layer, StatementTrace, Subject
from diagnose.remedy.change import Draft, NewMembership, PolicyChange, VersionChange
from diagnose.remedy.fixes.identity import allow_in_identity, attach_idle_policy, set_default_version

NEW = "AllowAssumeRole-Deploy"
OTHER = "arn:aws:iam::222222222222:role/Other"
GRANT: Any = {"Sid": "AllowAssumeRoleDeploy", **on(DEPLOY)}
EXTERNAL: Any = {"StringEquals": {"sts:ExternalId": "acme-42"}}
ROOT = {"AWS": "arn:aws:iam::111111111111:root"}


def in_identity(case: Case) -> Any:
    return the_remedy("allow-role-in-identity", about(case, Layer.IDENTITY), case)


def policies(*found: Any) -> Any:
    return {"policies": list(found)}


def managed(name: str, account: str = "111111111111", **more: Any) -> Any:
    return {
        "name": name,
        "kind": "managed",
        "arn": f"arn:aws:iam::{account}:policy/{name}",
        "document": {"Version": "2012-10-17", "Statement": [on(OTHER)]},
    } | more


def test_exactly_one_action_on_exactly_one_role_is_granted() -> None:
    remedy = in_identity(broken("cross-account", identity_policies=identity(on(OTHER))))
    assert edited(remedy)["Statement"] == [on(OTHER), GRANT]
    assert remedy.policy_name == "assume-deploy"


@pytest.mark.parametrize(
    ("held", "name"),
    [
        pytest.param([managed("Roles")], "Roles", id="a policy of one's own that speaks of roles"),
        pytest.param(
            [managed("Roles"), {**managed("own"), "kind": "inline", "arn": ""}], "own", id="an inline policy before it"
        ),
        pytest.param([], "AllowAssumeRole-Deploy", id="no policy at all"),
        pytest.param([managed("Access", "aws")], "AllowAssumeRole-Deploy", id="a policy of AWS, which nobody can edit"),
        pytest.param(
            [managed("Roles", attached_to="group devs")],
            "AllowAssumeRole-Deploy",
            id="a group's, which others have too",
        ),
        pytest.param(
            [managed("S3", document={"Statement": [on("*", "s3:*")]})],
            "AllowAssumeRole-Deploy",
            id="one of other things",
        ),
        pytest.param(
            [managed("AllowAssumeRole-Deploy", document={"Statement": [on("*", "s3:*")]})],
            "AllowAssumeRole-Deploy-2",
            id="a name that is taken",
        ),
        pytest.param([managed("Broken", document="{")], "AllowAssumeRole-Deploy", id="a policy that is no JSON"),
    ],
)
def test_the_nearest_policy_that_can_be_edited_takes_the_grant(held: Any, name: str) -> None:
    remedy = in_identity(broken("cross-account", identity_policies=policies(*held)))
    assert remedy.policy_name == name
    assert edited(remedy)["Statement"][-1] == GRANT


def test_a_permission_set_keeps_its_policies_in_identity_center() -> None:
    case = broken("identity-center", identity_policies={"policies": []})
    remedy = in_identity(case)
    assert remedy.policy_name == "AwsSSOInlinePolicy"
    assert "permission set `Deployers`" in remedy.text
    assert remedy.commands == ()


def test_nobody_grants_anything_to_a_service_linked_role() -> None:
    role = "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    case = broken(
        "cross-account-role",
        arn="arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/s",
        principal={"value": {"arn": role}},
        identity_policies={"policies": []},
    )
    assert refusal("allow-role-in-identity", about(case, Layer.IDENTITY), case) is NotProved.PROTECTED


def test_nobody_corrects_the_policies_of_a_service_linked_role() -> None:
    role = "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    case = broken(
        "cross-account-role",
        arn="arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/s",
        principal={"value": {"arn": role}},
        identity_policies=identity(on("arn:aws:iam::222222222222:role/deploy")),
        trust_policy=trust(allow({"AWS": role})),
    )
    assert refusal("correct-resource", about(case, Layer.IDENTITY, Element.RESOURCE), case) is NotProved.PROTECTED


def test_a_policy_that_is_the_boundary_as_well_is_edited_in_both_places() -> None:
    case = broken("cross-account", identity_policies=policies(managed("Both")), boundary={"value": managed("Both")})
    remedy = in_identity(case)
    assert (remedy.proof, remedy.policy_name) == (Proof.ALLOWED, "Both")


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        pytest.param(on(OTHER, "STS:assumerole"), "Roles", id="the action in other capitals"),
        pytest.param(on(OTHER, ["s3:Get*", "sts:*"]), "Roles", id="a pattern among other actions"),
        pytest.param(on("*", "sts:GetCallerIdentity"), NEW, id="an action of STS that assumes nothing"),
        pytest.param(on("*", "*"), NEW, id="everything"),
        pytest.param(deny(Resource=OTHER), NEW, id="a Deny"),
        pytest.param({"Effect": "allow", "Action": "sts:AssumeRole", "Resource": OTHER}, NEW, id="no effect"),
    ],
)
def test_a_policy_takes_the_grant_if_it_allows_to_assume_roles(statement: Any, name: str) -> None:
    held = managed("Roles", document={"Version": "2012-10-17", "Statement": [statement]})
    case = broken("cross-account", request={"role_arn": DEPLOY}, identity_policies=policies(held))
    drafts = [one for one in allow_in_identity(Subject(layer=Layer.IDENTITY), case) if isinstance(one, Draft)]
    first = drafts[0].change
    assert isinstance(first, PolicyChange)
    assert first.after.name == name


def test_the_policy_of_the_subject_takes_the_grant_if_it_is_one_of_these() -> None:
    case = broken(
        "cross-account",
        identity_policies=policies(managed("One"), managed("Two")),
        boundary={"value": managed("Two", document={"Version": "2012-10-17", "Statement": [on(OTHER)]})},
    )
    of_second = replace(about(case, Layer.IDENTITY, Element.RESOURCE), statement=_statement_of(case, "Two"))
    names = {
        layer: [one.change.after.name for one in allow_in_identity(replace(of_second, layer=layer), case)
                if isinstance(one, Draft) and isinstance(one.change, PolicyChange)]
        for layer in (Layer.IDENTITY, Layer.BOUNDARY)
    }  # fmt: skip
    assert names == {Layer.IDENTITY: ["Two", "One", NEW], Layer.BOUNDARY: ["One", "Two", NEW]}


def _statement_of(case: Case, name: str) -> StatementTrace:
    found = (
        statement
        for decided in decide(case).actions
        for trace in decided.layers
        if trace.layer is Layer.IDENTITY
        for level in trace.levels
        for statement in level.statements
    )
    return next(one for one in found if one.policy.name == name)


def test_nobody_is_granted_a_role_of_aws_itself() -> None:
    arn = "arn:aws:iam::222222222222:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    case = broken(
        "cross-account", request={"role_arn": arn}, role={"value": {"arn": arn}}, identity_policies={"policies": []}
    )
    assert list(allow_in_identity(Subject(layer=Layer.IDENTITY), case)) == [NotProved.PROTECTED]


def version(name: str, document: Any = None) -> Any:
    return {"version": name, "document": document or {"Version": "2012-10-17", "Statement": [on(DEPLOY)]}}


def versions(case: Case, subject: Subject) -> list[Any]:
    """Give, of each proposal, the policy and its version that would count, or why there is none."""
    attempts = list(set_default_version(subject, case, decide(case)))
    changes = [one.change if isinstance(one, Draft) else one for one in attempts]
    return [
        (one.policy.name, one.policy.version, len(one.policy.other_versions)) if isinstance(one, VersionChange) else one
        for one in changes
    ]


def test_each_version_that_was_saved_may_count_but_none_of_a_policy_of_aws() -> None:
    case = broken(
        "cross-account",
        identity_policies=policies(
            managed("Aws", "aws", other_versions=[version("v7")]),
            managed("Own", version="v3", other_versions=[version("v2", "{"), version("v1")]),
            managed("More", version="v2", other_versions=[version("v1")]),
        ),
        boundary={"value": managed("Limit", version="v9", other_versions=[version("v8")])},
    )
    own = [NotProved.NOT_READABLE, ("Own", "v1", 0), ("More", "v1", 0)]
    assert versions(case, Subject(layer=Layer.IDENTITY)) == own
    assert versions(case, Subject()) == own
    assert versions(case, Subject(layer=Layer.BOUNDARY)) == [("Limit", "v8", 0)]


def test_a_version_of_the_policy_that_is_spoken_of_comes_first() -> None:
    case = broken(
        "cross-account",
        identity_policies=policies(
            managed("One", version="v2", other_versions=[version("v1")]),
            managed("Two", version="v2", other_versions=[version("v1")]),
        ),
    )
    subject = Subject(layer=Layer.IDENTITY, statement=_statement_of(case, "Two"))
    assert versions(case, subject) == [("Two", "v1", 0), ("One", "v1", 0)]


GROUPED = [
    managed("OfDevs", attached_to="group devs"),
    {**managed("Inline", attached_to="group devs"), "kind": "inline", "arn": ""},
    managed("OfOps", attached_to="group ops"),
    managed("Free"),
]


def test_all_of_a_group_counts_for_whoever_joins_it_and_the_rest_stays_idle() -> None:
    case = broken("cross-account", identity_policies={"policies": []}, idle_policies=GROUPED)
    found = []
    for one in attach_idle_policy(Subject(layer=Layer.IDENTITY), case, decide(case)):
        assert isinstance(one, Draft)
        assert one.case is not None
        source = one.case.snapshot.source
        counting = [policy.name for policy in source.identity_policies.policies]
        assert len(counting) + len(source.idle_policies) == len(GROUPED)
        to = one.change.group if isinstance(one.change, NewMembership) else ""
        found.append((to, counting))
    assert found == [
        ("", ["OfDevs"]),
        ("devs", ["OfDevs", "Inline"]),
        ("", ["OfOps"]),
        ("ops", ["OfOps"]),
        ("", ["Free"]),
    ]


@pytest.mark.parametrize(
    ("world", "parts"),
    [
        pytest.param("cross-account", {"arn": "arn:aws:iam::111111111111:root"}, id="the root user"),
        pytest.param("identity-center", {}, id="a permission set"),
        pytest.param(
            "cross-account-role",
            {
                "arn": "arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForX/s",
                "principal": {
                    "value": {
                        "arn": "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
                    }
                },
            },
            id="a role of AWS itself",
        ),
    ],
)
@pytest.mark.parametrize(("idle", "reason"), [(GROUPED, NotProved.PROTECTED), ([], NotProved.NO_EDIT)])
def test_nothing_is_attached_to_whom_nobody_can_edit(world: str, parts: Any, idle: Any, reason: NotProved) -> None:
    case = broken(world, identity_policies={"policies": []}, idle_policies=idle, **parts)
    assert list(attach_idle_policy(Subject(layer=Layer.IDENTITY), case, decide(case))) == [reason]
