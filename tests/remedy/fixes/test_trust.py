from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace
from tests.remedy.broken import (
    APP,
    BUILDER,
    DEPLOY,
    about,
    allow,
    broken,
    edited,
    gate,
    on,
    propose,
    refusal,
    the_remedy,
    trust,
)

from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Owner, Remedy
from diagnose.model.trace import Action, Element, Gate, Layer, Subject
from diagnose.model.tri import YES

OTHER = "arn:aws:iam::222222222222:role/Other"
REDSHIFT = "redshift.amazonaws.com"
GRANT: Any = {"Sid": "AllowAssumeRoleDeploy", **on(DEPLOY)}
EXTERNAL: Any = {"StringEquals": {"sts:ExternalId": "acme-42"}}
ROOT = {"AWS": "arn:aws:iam::111111111111:root"}


def whom(case: Case) -> Any:
    return the_remedy("name-principal-in-trust", about(case, Layer.TRUST, Element.PRINCIPAL), case)


@pytest.mark.parametrize(
    ("world", "written", "value"),
    [
        pytest.param("cross-account", "arn:aws:iam::111111111111:user/Builder", BUILDER, id="another case"),
        pytest.param("cross-account", "arn:aws:iam::111111111111:user/x/builder", BUILDER, id="a path too many"),
        pytest.param("cross-account-role", "arn:aws:iam::111111111111:role/App", APP, id="a path too few"),
        pytest.param("cross-account-role", "arn:aws:iam::111111111111:role/team/*", APP, id="a wildcard"),
        pytest.param("cross-account-role", "arn:aws-cn:iam::111111111111:role/team/App", APP, id="another partition"),
    ],
)
def test_a_near_miss_in_the_trust_policy_is_replaced(world: str, written: str, value: str) -> None:
    statement = allow({"AWS": ["arn:aws:iam::333333333333:root", written]}, Sid="Trust")
    remedy = whom(broken(world, trust_policy=trust(statement), request={"parameters": {"external_id": None}}))
    assert edited(remedy)["Statement"] == [
        {**statement, "Principal": {"AWS": ["arn:aws:iam::333333333333:root", value]}},
    ]
    assert remedy.owner is Owner.DESTINATION


@pytest.mark.parametrize(
    ("world", "written", "value"),
    [
        pytest.param("cross-account", "arn:aws:iam::111111111112:user/builder", BUILDER, id="a digit in the account"),
        pytest.param("cross-account", "arn:aws:iam::111111111112:root", BUILDER, id="a digit in a whole account"),
        pytest.param("cross-account-role", "arn:aws:iam::111111111111:user/App", APP, id="a user of the role's name"),
    ],
)
def test_a_near_miss_that_may_be_somebody_else_stays_beside_the_right_value(
    world: str, written: str, value: str
) -> None:
    statement = allow({"AWS": written}, Sid="Trust")
    remedy = whom(broken(world, trust_policy=trust(statement), request={"parameters": {"external_id": None}}))
    assert edited(remedy)["Statement"] == [{**statement, "Principal": {"AWS": [written, value]}}]
    assert f"remove `{written}` if it was a mistake" in remedy.text


@pytest.mark.parametrize(
    ("world", "written", "value"),
    [
        pytest.param("cross-account", "arn:aws:iam::111111111111:group/builders", BUILDER, id="a group"),
        pytest.param(
            "cross-account-role", "arn:aws:iam::111111111111:instance-profile/web", APP, id="an instance profile"
        ),
        pytest.param("cross-account", "release-bot", BUILDER, id="a name without its ARN"),
        pytest.param("cross-account", "arn:aws:iam:eu-west-1:111111111111:user/x", BUILDER, id="an ARN with a Region"),
    ],
)
def test_what_is_no_principal_is_replaced_for_aws_would_not_save_it_again(world: str, written: str, value: str) -> None:
    case = broken(world, trust_policy=trust(allow({"AWS": written})))
    assert edited(whom(case))["Statement"] == [allow({"AWS": value})]


@pytest.mark.parametrize(
    ("world", "written"),
    [
        pytest.param("cross-account-role", "arn:aws:iam::111111111111:user/auditor", id="a user"),
        pytest.param("cross-account-role", "arn:aws:iam::111111111112:role/Audit", id="a role of an account like it"),
        pytest.param("cross-account-role", "arn:aws:sts::111111111111:assumed-role/Audit/x", id="a session of another"),
        pytest.param("cross-account", "arn:aws:iam::111111111111:role/Audit", id="a role"),
    ],
)
def test_somebody_else_who_is_trusted_stays(world: str, written: str) -> None:
    case = broken(world, trust_policy=trust(allow({"AWS": written})))
    first, second = edited(whom(case))["Statement"]
    assert first == allow({"AWS": written})
    assert second["Principal"] == {"AWS": APP if world == "cross-account-role" else BUILDER}


@pytest.mark.parametrize(
    ("condition", "carried"),
    [
        pytest.param(EXTERNAL, EXTERNAL, id="an external ID"),
        pytest.param({"ArnLike": {"aws:PrincipalArn": APP}}, None, id="who calls is said by the principal"),
        pytest.param(
            {"StringEquals": {"sts:ExternalId": "acme-42", "aws:PrincipalOrgID": "o-x"}}, EXTERNAL, id="both of these"
        ),
        pytest.param({"StringEquals": {"aws:SourceAccount": "333333333333"}}, None, id="what only services send"),
    ],
)
def test_a_new_statement_asks_of_the_caller_what_others_are_asked(condition: Any, carried: Any) -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": "333333333333"}, Condition=condition)))
    new = {"Sid": "AllowAssumeRoleBuilder", **allow({"AWS": BUILDER})} | ({"Condition": carried} if carried else {})
    assert edited(whom(case))["Statement"][1] == new


@pytest.mark.parametrize(
    "meant",
    [
        pytest.param(allow({"AWS": BUILDER}, "sts:TagSession", Condition=EXTERNAL), id="another action"),
        pytest.param(
            {"Effect": "Allow", "Principal": {"AWS": BUILDER}, "NotAction": "sts:AssumeRole", "Condition": EXTERNAL},
            id="all but this action",
        ),
        pytest.param(
            {"Effect": "Allow", "NotPrincipal": {"AWS": BUILDER}, "Action": "sts:AssumeRole", "Condition": EXTERNAL},
            id="all but this caller",
        ),
    ],
)
def test_the_conditions_of_the_statement_that_was_meant_are_carried_over(meant: Any) -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": "333333333333"}), meant))
    subject = about(case, Layer.TRUST, index=1)
    remedy = the_remedy("name-principal-in-trust", subject, case)
    assert edited(remedy)["Statement"][-1]["Condition"] == EXTERNAL


def test_claims_of_a_token_that_a_user_never_has_are_not_carried_over() -> None:
    claims = {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}}
    case = broken("cross-account", trust_policy=trust(allow({"AWS": "333333333333"}, Condition=claims)))
    assert "Condition" not in edited(whom(case))["Statement"][-1]


def test_a_role_is_created_under_the_conditions_that_it_had() -> None:
    case = broken("cross-account", role={"value": None})
    (statement,) = edited(the_remedy("create-role", gate(case, Gate.ROLE), case))["Statement"]
    assert statement["Condition"] == EXTERNAL


@pytest.mark.parametrize(
    "value",
    ["arn:aws:sts::111111111111:assumed-role/App/*", "arn:aws:sts::111111111111:assumed-role/App/build-7"],
)
def test_a_session_in_a_condition_becomes_its_role(value: str) -> None:
    case = broken(
        "cross-account-role", trust_policy=trust(allow(ROOT, Condition={"ArnLike": {"aws:PrincipalArn": value}}))
    )
    subject = about(case, Layer.TRUST, Element.CONDITION)
    (statement,) = edited(the_remedy("correct-condition-value", subject, case))["Statement"]
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": APP}}


def test_all_sessions_of_a_role_are_meant_by_the_role() -> None:
    every = "arn:aws:sts::111111111111:assumed-role/App/*"
    case = broken("cross-account-role", trust_policy=trust(allow({"AWS": every})))
    assert edited(whom(case))["Statement"] == [allow({"AWS": APP})]


def test_a_session_is_named_by_its_role() -> None:
    case = broken("cross-account-role", trust_policy=trust(allow({"AWS": "333333333333"})))
    assert edited(whom(case))["Statement"][1]["Principal"] == {"AWS": APP}


def test_the_role_comes_before_the_one_session_of_it() -> None:
    one, other = (f"arn:aws:sts::111111111111:assumed-role/App/build-{number}" for number in (8, 7))
    case = broken("cross-account-role", trust_policy=trust(allow({"AWS": one}, Condition=EXTERNAL)))
    case = replace(case, request=replace(case.request, context={"sts:ExternalId": ("acme-42",)}))
    role, session = propose("name-principal-in-trust", about(case, Layer.TRUST, Element.PRINCIPAL), case)
    assert edited(role)["Statement"] == [allow({"AWS": APP}, Condition=EXTERNAL)]
    assert "every session of the role" in role.text
    assert edited(session)["Statement"] == [allow({"AWS": [one, other]}, Condition=EXTERNAL)]
    assert [remedy.admits_nobody_else for remedy in (role, session)] == [YES, YES]


def test_a_role_in_the_place_of_its_session_says_where_its_path_is_not_known() -> None:
    stale = "arn:aws:sts::111111111111:assumed-role/App/build-8"
    case = broken("cross-account-role", principal={"evidence": "unread"}, trust_policy=trust(allow({"AWS": stale})))
    role = propose("name-principal-in-trust", about(case, Layer.TRUST, Element.PRINCIPAL), case)[0]
    assert "(with its path, if it has one: `aws iam get-role --role-name App`)" in role.text


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        pytest.param("correct-action", allow({"AWS": BUILDER}, "sts:TagSession"), id="an action"),
        pytest.param(
            "correct-condition-value",
            allow(ROOT, Condition={"ArnEquals": {"aws:PrincipalArn": f"{BUILDER}s"}}),
            id="the caller's ARN",
        ),
    ],
)
def test_a_smaller_edit_that_lets_in_the_same_caller_is_not_repeated(kind: str, document: Any) -> None:
    element = Element.ACTION if kind == "correct-action" else Element.CONDITION
    case = broken("cross-account", trust_policy=trust(document))
    subject = about(case, Layer.TRUST, element)
    assert len(propose(kind, subject, case)) == 1
    assert refusal("name-principal-in-trust", subject, case) is NotProved.SAME_AS_SMALLER


def test_a_larger_edit_stays_where_the_smaller_one_lets_in_more() -> None:
    many = {"AWS": [BUILDER, "arn:aws:iam::333333333333:root"]}
    case = broken("cross-account", trust_policy=trust(allow(many, "sts:TagSession")))
    subject = about(case, Layer.TRUST, Element.ACTION)
    first = propose("correct-action", subject, case) or propose("name-principal-in-trust", subject, case)
    assert edited(first[0])["Statement"][1]["Principal"] == {"AWS": BUILDER}


def test_a_permission_set_is_named_by_a_condition_that_outlives_its_role() -> None:
    case = broken("identity-center", trust_policy=trust(allow({"AWS": "333333333333"})))
    assert edited(whom(case))["Statement"][1] == {
        "Sid": "AllowAssumeRoleDeployers",
        **allow(ROOT),
        "Condition": {
            "ArnLike": {
                "aws:PrincipalArn": "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/eu-west-1/"
                "AWSReservedSSO_Deployers_????????????????"
            }
        },
    }


def test_a_service_is_named_by_its_name() -> None:
    case = broken("service", trust_policy=trust(allow({"Service": "ec2.eu-west-1.amazonaws.com"})))
    assert edited(whom(case))["Statement"] == [allow({"Service": "ec2.amazonaws.com"})]


def test_the_trust_policy_of_a_role_that_only_aws_edits_is_left_alone() -> None:
    arn = "arn:aws:iam::222222222222:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    case = broken(
        "cross-account",
        request={"role_arn": arn},
        role={"value": {"arn": arn}},
        trust_policy=trust(allow({"AWS": "333333333333"})),
    )
    assert refusal("name-principal-in-trust", about(case, Layer.TRUST), case) is NotProved.PROTECTED


def test_an_unread_path_is_said_to_be_unknown() -> None:
    case = broken(
        "cross-account-role", principal={"evidence": "unread"}, trust_policy=trust(allow({"AWS": "333333333333"}))
    )
    assert "(with its path, if it has one: `aws iam get-role --role-name App`)" in whom(case).text


def test_a_trust_policy_that_grows_too_long_is_told() -> None:
    others = [f"arn:aws:iam::333333333333:role/Number{number}" for number in range(50)]
    case = broken("cross-account", trust_policy=trust(allow({"AWS": others})))
    text = the_remedy("name-principal-in-trust", about(case, Layer.TRUST), case).text
    assert "exceeds the default quota of 2048" in text


def test_a_companion_is_allowed_to_the_caller_alone_and_without_conditions() -> None:
    case = broken(
        "tagged",
        request={"parameters": {"external_id": "acme-42"}},
        trust_policy=trust(allow(ROOT, ["sts:AssumeRole", "sts:SetSourceIdentity"], Condition=EXTERNAL)),
    )
    subject = Subject(Action.TAG_SESSION, Layer.TRUST)
    assert edited(the_remedy("add-companion-to-trust", subject, case))["Statement"][1] == {
        "Sid": "AllowTagSessionBuilder",
        **allow({"AWS": BUILDER}, "sts:TagSession"),
    }


def test_a_split_leaves_the_condition_where_it_was_written_for() -> None:
    condition = {"StringEquals": {"sts:ExternalId": "acme-42", "aws:PrincipalAccount": "111111111111"}}
    statement = allow({"AWS": BUILDER}, ["sts:AssumeRole", "sts:TagSession"], Condition=condition)
    case = broken(
        "tagged",
        request={"parameters": {"external_id": "acme-42"}},
        trust_policy=trust(statement, allow({"AWS": BUILDER}, "sts:SetSourceIdentity")),
    )
    subject = about(case, Layer.TRUST, Element.CONDITION, key="sts:ExternalId", action=Action.TAG_SESSION)
    assert edited(the_remedy("split-companion", subject, case))["Statement"] == [
        {**statement, "Action": ["sts:AssumeRole"]},
        allow({"AWS": BUILDER}, "sts:SetSourceIdentity"),
        {
            "Sid": "AllowTagSessionBuilder",
            **allow({"AWS": BUILDER}, "sts:TagSession"),
            "Condition": {"StringEquals": {"aws:PrincipalAccount": "111111111111"}},
        },
    ]


def test_a_split_for_a_whole_account_is_made_for_the_caller_alone() -> None:
    statement = allow(ROOT, ["sts:AssumeRole", "sts:TagSession"], Condition=EXTERNAL)
    case = broken(
        "tagged",
        request={"parameters": {"external_id": "acme-42"}},
        trust_policy=trust(statement, allow({"AWS": BUILDER}, "sts:SetSourceIdentity")),
    )
    subject = about(case, Layer.TRUST, Element.CONDITION, key="sts:ExternalId", action=Action.TAG_SESSION)
    added = edited(the_remedy("split-companion", subject, case))["Statement"][-1]
    assert added["Principal"] == {"AWS": BUILDER}


def test_a_service_of_another_region_is_let_in_from_every_region_or_from_its_own_alone() -> None:
    written = allow({"Service": "redshift.us-east-1.amazonaws.com"})
    case = broken("service", arn=REDSHIFT, trust_policy=trust(written))
    everywhere, there = about_principals(case)
    assert edited(everywhere)["Statement"] == [{**written, "Principal": {"Service": REDSHIFT}}]
    both = ["redshift.us-east-1.amazonaws.com", "redshift.eu-west-1.amazonaws.com"]
    assert edited(there)["Statement"] == [{**written, "Principal": {"Service": both}}]


def test_no_regional_name_is_offered_of_a_service_of_which_aws_says_nothing() -> None:
    case = broken("service", trust_policy=trust(allow({"Service": "ec2.us-east-1.amazonaws.com"})))
    (remedy,) = about_principals(case)
    assert edited(remedy)["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}


def about_principals(case: Case) -> Sequence[Remedy]:
    return propose("name-principal-in-trust", about(case, Layer.TRUST, Element.PRINCIPAL), case)
