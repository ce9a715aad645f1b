from typing import Any

import pytest
from tests.remedy.broken import (
    APP,
    BUILDER,
    DEPLOY,
    about,
    allow,
    broken,
    deny,
    document,
    edited,
    identity,
    on,
    propose,
    the_remedy,
    trust,
)

from diagnose.model.case import Case
from diagnose.model.diagnosis import Proof, Remedy
from diagnose.model.trace import Action, Effect, Layer
from diagnose.model.tri import YES

ROOT = {"AWS": "arn:aws:iam::111111111111:root"}
OTHER = "arn:aws:iam::222222222222:role/Other"
NO_MFA: Any = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
ELSEWHERE: Any = {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}
SPARED: Any = {"ArnNotEquals": {"aws:PrincipalArn": BUILDER}}


def spared(case: Case, layer: Layer, **more: Any) -> Remedy:
    return the_remedy("exempt-from-deny", about(case, layer, effect=Effect.DENY, **more), case)


def not_spared(case: Case, layer: Layer) -> bool:
    return propose("exempt-from-deny", about(case, layer, effect=Effect.DENY), case) == ()


@pytest.mark.parametrize(
    ("statement", "after"),
    [
        pytest.param(deny(Principal="*"), [deny(Principal="*", Condition=SPARED)], id="no condition yet"),
        pytest.param(
            deny(Principal="*", Condition=NO_MFA),
            [deny(Principal="*", Condition={**NO_MFA, **SPARED})],
            id="the condition that is there stays",
        ),
        pytest.param(
            deny(Principal="*", Condition={"ArnNotEquals": {"aws:SourceArn": "arn:aws:s3:::b"}}),
            [
                deny(
                    Principal="*",
                    Condition={"ArnNotEquals": {"aws:SourceArn": "arn:aws:s3:::b", "aws:PrincipalArn": BUILDER}},
                )
            ],
            id="the operator is there",
        ),
        pytest.param(
            deny(Principal="*", Condition={"ArnNotLike": {"AWS:principalarn": APP}}),
            [deny(Principal="*", Condition={"ArnNotLike": {"AWS:principalarn": [APP, BUILDER]}})],
            id="somebody is spared already",
        ),
        pytest.param(
            deny(["sts:AssumeRole", "s3:GetObject"], Principal="*", Sid="Guard"),
            [
                deny("s3:GetObject", Principal="*", Sid="Guard"),
                deny(Principal="*", Sid="GuardNarrowed", Condition=SPARED),
            ],
            id="other actions are denied as before",
        ),
        pytest.param(
            deny("sts:*", Principal="*"),
            [deny("sts:*", Principal="*", Condition=SPARED)],
            id="all of STS is one matter",
        ),
    ],
)
def test_exactly_the_caller_is_spared(statement: Any, after: Any) -> None:
    case = broken(
        "cross-account",
        trust_policy=trust(allow({"AWS": BUILDER}), statement),
        request={"parameters": {"external_id": None}},
    )
    remedy = spared(case, Layer.TRUST)
    assert edited(remedy)["Statement"] == [allow({"AWS": BUILDER}), *after]
    assert (remedy.proof, remedy.admits_nobody_else) == (Proof.ALLOWED, YES)


@pytest.mark.parametrize(
    ("statement", "after"),
    [
        pytest.param(
            deny(Resource="*"),
            [{"Effect": "Deny", "Action": "sts:AssumeRole", "NotResource": DEPLOY}],
            id="every role but this one",
        ),
        pytest.param(deny(Resource=[OTHER, DEPLOY]), [deny(Resource=OTHER)], id="the others of a list"),
        pytest.param(
            {"Effect": "Deny", "Action": "sts:AssumeRole", "NotResource": OTHER},
            [{"Effect": "Deny", "Action": "sts:AssumeRole", "NotResource": [OTHER, DEPLOY]}],
            id="one exception more",
        ),
        pytest.param(
            deny("*", Resource="*", Sid="ForceMfa", Condition=NO_MFA),
            [
                {
                    "Sid": "ForceMfa",
                    "Effect": "Deny",
                    "NotAction": "sts:AssumeRole",
                    "Resource": "*",
                    "Condition": NO_MFA,
                },
                {
                    "Sid": "ForceMfaNarrowed",
                    "Effect": "Deny",
                    "Action": "sts:AssumeRole",
                    "NotResource": DEPLOY,
                    "Condition": NO_MFA,
                },
            ],
            id="everything else of AWS is denied as before",
        ),
        pytest.param(
            {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"},
            [
                {"Effect": "Deny", "NotAction": ["iam:*", "sts:AssumeRole"], "Resource": "*"},
                {"Effect": "Deny", "Action": "sts:AssumeRole", "NotResource": DEPLOY},
            ],
            id="what is not listed is denied as before",
        ),
    ],
)
@pytest.mark.parametrize("layer", [Layer.IDENTITY, Layer.BOUNDARY])
def test_in_its_own_policies_the_source_is_spared_for_this_role_alone(layer: Layer, statement: Any, after: Any) -> None:
    case = (
        broken("cross-account", identity_policies=identity(on(DEPLOY), statement))
        if layer is Layer.IDENTITY
        else broken("guarded", boundary={"value": {"document": document(on(DEPLOY), statement)}})
    )
    remedy = spared(case, layer)
    assert edited(remedy)["Statement"] == [on(DEPLOY), *after]
    assert (remedy.proof, remedy.admits_nobody_else) == (Proof.ALLOWED, YES)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        pytest.param(deny(Resource=DEPLOY), "it is there for this role", id="this role"),
        pytest.param(deny(Resource="arn:aws:iam::222222222222:role/*"), "a pattern has no exception", id="a pattern"),
        pytest.param(deny("s*:AssumeRole", Resource="*"), "the pattern covers more than STS", id="an odd action"),
        pytest.param(deny(), "there is nothing to narrow, and AWS would not accept it", id="no resource"),
        pytest.param({"Effect": "Deny", "Resource": "*"}, "it says of no action that it denies it", id="no action"),
    ],
)
def test_a_deny_that_cannot_be_narrowed_to_the_point_is_left_alone(statement: Any, why: str) -> None:
    assert not_spared(broken("cross-account", identity_policies=identity(on(DEPLOY), statement)), Layer.IDENTITY), why


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(deny(Principal={"AWS": BUILDER}), id="as its principal"),
        pytest.param(
            deny(Principal="*", Condition={"ArnEquals": {"aws:PrincipalArn": BUILDER}}), id="in its condition"
        ),
    ],
)
def test_a_deny_of_this_very_caller_is_left_alone(statement: Any) -> None:
    assert not_spared(broken("cross-account", trust_policy=trust(allow({"AWS": BUILDER}), statement)), Layer.TRUST)


def test_companions_that_are_denied_with_it_are_spared_with_it() -> None:
    guard = {
        "name": "Guard",
        "kind": "scp",
        "arn": "arn:aws:organizations::999999999999:policy/o-a1b2c3d4e5/service_control_policy/p-guard123",
        "document": document(deny("*", Resource="*", Condition=ELSEWHERE)),
    }
    full = {"name": "Full", "kind": "scp", "document": document(on("*", "*"))}
    levels = [{"target": "r-ab12", "policies": {"policies": [full, guard]}}]
    organization = {"value": {"id": "o-a1b2c3d4e5", "management_account": "999999999999"}}
    case = broken("tagged", scps={"value": levels}, organization=organization)
    remedy = spared(case, Layer.SCP)
    kept, narrowed = edited(remedy)["Statement"]
    assert kept["NotAction"] == narrowed["Action"] == ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    assert remedy.proof is Proof.ALLOWED


def test_an_rcp_spares_a_service_by_its_name() -> None:
    guard = deny(
        Principal="*", Resource="*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    )
    levels = [
        {"target": "r-ab12", "policies": {"policies": [{"name": "Guard", "kind": "rcp", "document": document(guard)}]}}
    ]
    case = broken("service", rcps={"value": levels}, theirs={"value": {"id": "o-a1b2c3d4e5"}})
    remedy = spared(case, Layer.RCP)
    (statement,) = edited(remedy)["Statement"]
    assert statement["Condition"]["StringNotEquals"] == {"aws:PrincipalServiceName": "ec2.amazonaws.com"}
    assert remedy.admits_nobody_else is YES


@pytest.mark.parametrize(
    ("named", "values"),
    [
        pytest.param([BUILDER, "arn:aws:iam::111111111111:root"], BUILDER, id="the user and its account"),
        pytest.param(
            ["arn:aws:iam::333333333333:user/x", "333333333333"],
            ["arn:aws:iam::333333333333:user/x", BUILDER],
            id="another user with the account",
        ),
        pytest.param([APP, "111111111111"], BUILDER, id="a role without its session, which is not spared"),
        pytest.param(
            [APP, "111111111111", "arn:aws:sts::111111111111:assumed-role/App/x"],
            None,
            id="one session of a role, which no condition on the role tells from others, so NotPrincipal stays",
        ),
    ],
)
def test_not_principal_becomes_a_condition_where_that_says_the_same(named: Any, values: Any) -> None:
    case = broken("guarded", trust_policy=trust(allow(ROOT), deny(NotPrincipal={"AWS": named})))
    whom = {"Principal": "*"} if values else {"NotPrincipal": {"AWS": named}}
    assert edited(spared(case, Layer.TRUST))["Statement"][1] == deny(
        **whom, Condition={"ArnNotEquals": {"aws:PrincipalArn": values or BUILDER}}
    )


def test_a_caller_whose_path_was_not_read_cannot_be_spared_for_certain() -> None:
    case = broken(
        "cross-account-role", principal={"evidence": "unread"}, trust_policy=trust(allow(ROOT), deny(Principal=ROOT))
    )
    assert not_spared(case, Layer.TRUST)


def test_the_companion_of_a_denied_action_is_the_subject_too() -> None:
    case = broken("tagged", identity_policies=identity(on(DEPLOY, "sts:*"), deny("sts:TagSession", Resource="*")))
    remedy = spared(case, Layer.IDENTITY, action=Action.TAG_SESSION)
    assert edited(remedy)["Statement"][1] == {"Effect": "Deny", "Action": "sts:TagSession", "NotResource": DEPLOY}
