from typing import Any

import pytest
from tests.remedy.broken import (
    DEPLOY,
    about,
    allow,
    broken,
    edited,
    identity,
    on,
    refusal,
    the_remedy,
    trust,
)

from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Proof
from diagnose.model.trace import Element, Layer

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
