"""What a remedy says, where a general phrase would say what is not so."""

import json
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
    deny,
    document,
    gate,
    identity,
    on,
    propose,
    refusal,
    the_remedy,
    trust,
)
from tests.remedy.example import ACCOUNT

from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Proof, RemainingBlocker
from diagnose.model.trace import Effect, Element, Gate, Layer, Subject
from diagnose.model.tri import YES

PACKED = "An error occurred (PackedPolicyTooLarge): Packed"
NO_SERVICE = "The role defined for the function cannot be assumed by Lambda."


def said(kind: str, message: str, world: str = "cross-account", **change: Any) -> str:
    found = propose(kind, Subject(), replace(broken(world, **change), message=message))
    return found[0].text if found else ""


@pytest.mark.parametrize(
    ("message", "world", "text"),
    [
        pytest.param(f"{PACKED} policy consumes 112%", "tagged", "Pass fewer or shorter session tags,", id="tags sent"),
        pytest.param(
            f"{PACKED} size of session tags", "cross-account", "Pass fewer or shorter session tags,", id="tags named"
        ),
        pytest.param(f"{PACKED} policy consumes 112%", "cross-account", "Pass a smaller session policy", id="none"),
    ],
)
def test_tags_are_shortened_only_where_there_are_some(message: str, world: str, text: str) -> None:
    assert said("drop-tags", message, world).startswith(text)


def test_an_error_about_something_else_is_not_answered_with_smaller_tags() -> None:
    assert said("drop-tags", "not authorized to perform: sts:AssumeRole") == ""


def test_a_source_that_iam_does_not_know_is_said_not_to_be_known() -> None:
    case = broken("cross-account", principal={"value": None})
    assert "IAM has no" in the_remedy("correct-source-arn", gate(case, Gate.CALLER), case).text


@pytest.mark.parametrize(
    ("message", "told"),
    [
        pytest.param("User: arn:aws:iam::111111111111:user/auditor is not", "Check whose credentials", id="another's"),
        pytest.param(NO_SERVICE, "Check the service that was refused", id="a service"),
    ],
)
def test_another_caller_is_not_said_not_to_exist(message: str, told: str) -> None:
    text = said("correct-source-arn", message)
    assert text.startswith(told)
    assert "no such" not in text


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        pytest.param(["Audit", "Deployer"], ["role/Deployer`, if that is the role you mean"], id="one is like it"),
        pytest.param(["Deployer", "team/Deploy"], ["role/team/Deploy`"], id="one has its name in another path"),
        pytest.param(["Deployers", "Deploys"], ["role/Deploys`, if that is the role you mean"], id="the nearer of two"),
    ],
)
def test_for_a_role_that_is_not_there_one_with_a_name_like_it_is_asked(names: list[str], asked: list[str]) -> None:
    others = [f"arn:aws:iam::222222222222:role/{name}" for name in names]
    gone = {"role": {"value": None}, "trust_policy": {"evidence": "unread"}, "other_roles": {"value": others}}
    case = broken("cross-account", **gone)
    told = [remedy.text for remedy in propose("correct-role-arn", gate(case, Gate.ROLE), case)]
    assert told == [f"Request the role `arn:aws:iam::222222222222:{each}" for each in asked]


def test_where_no_name_is_like_it_the_name_is_checked_before_a_role_is_created() -> None:
    others = {"value": ["arn:aws:iam::222222222222:role/Audit"]}
    case = broken("cross-account", role={"value": None}, trust_policy={"evidence": "unread"}, other_roles=others)
    subject = gate(case, Gate.ROLE)
    (check,), (create,) = (propose(kind, subject, case) for kind in ("correct-role-arn", "create-role"))
    assert check.text.startswith("Check the account, the path and the name")
    assert create.text.endswith("if the ARN is right")


def test_a_role_of_the_callers_account_is_asked_for_in_the_callers_partition() -> None:
    asked = "arn:aws-us-gov:iam::111111111111:role/team/Deploy"
    case = broken("same-account-named", request={"role_arn": asked}, role={"evidence": "unread"})
    remedy = the_remedy("correct-role-arn", gate(case, Gate.PARTITION), case)
    assert remedy.text == "Request the role `arn:aws:iam::111111111111:role/team/Deploy`"
    assert not any(isinstance(one, RemainingBlocker) and one.blocker.gate is Gate.PARTITION for one in remedy.remaining)


def test_a_role_of_another_account_may_be_in_another_partition() -> None:
    gov = DEPLOY.replace("arn:aws:", "arn:aws-us-gov:")
    case = broken("cross-account", request={"role_arn": gov}, role={"value": {"arn": gov}})
    assert refusal("correct-role-arn", gate(case, Gate.PARTITION), case) is NotProved.NO_EDIT


@pytest.mark.parametrize(
    "path", ["aws-service-role/x.amazonaws.com/AWSServiceRoleForX", "aws-reserved/sso.amazonaws.com/AWSReservedSSO_X"]
)
@pytest.mark.parametrize("kind", ["correct-resource", "allow-role-in-identity"])
def test_nobody_is_granted_a_role_that_nobody_may_assume(kind: str, path: str) -> None:
    arn = f"arn:aws:iam::222222222222:role/{path}"
    case = broken("cross-account", request={"role_arn": arn}, role={"value": {"arn": arn}})
    assert refusal(kind, about(case, Layer.IDENTITY, Element.RESOURCE), case) is NotProved.PROTECTED


def test_what_an_endpoint_lets_pass_is_said_with_whom() -> None:
    own = {"value": {"policy": {"value": {"document": document(on(f"{DEPLOY}2", Principal="*"))}}}}
    case = broken("endpoint", endpoint=own)
    assert f"for `{APP}`" in the_remedy("allow-in-endpoint", about(case, Layer.ENDPOINT), case).text


def test_a_session_policy_is_passed_anew() -> None:
    case = _with_session(deny(Resource="*"), on("*"))
    remedy = the_remedy("exempt-from-deny", about(case, Layer.SESSION, effect=Effect.DENY), case)
    assert remedy.text.startswith(
        "Start the caller's session again, and in the session policy `narrow`, exempt the role"
    )


def test_values_are_written_each_by_itself_and_of_many_the_first_three() -> None:
    actions = ["iam:A", "iam:B", "iam:C", "iam:D", "iam:E"]
    case = broken("cross-account", identity_policies=identity(on(DEPLOY, actions)))
    text = the_remedy("correct-action", about(case, Layer.IDENTITY, Element.ACTION), case).text
    assert text.endswith("add `sts:AssumeRole` beside `iam:A`, `iam:B`, `iam:C` and 2 more")


@pytest.mark.parametrize(
    ("kind", "element", "key", "values", "replaced"),
    [
        pytest.param("correct-action", Element.ACTION, "", ["iam:GetRole", "sts:AsumeRole"], 1, id="an action"),
        pytest.param("correct-resource", Element.RESOURCE, "", [f"{DEPLOY}/x", DEPLOY.lower()], 1, id="a resource"),
        pytest.param(
            "correct-condition-value", Element.CONDITION, "sts:ExternalId", ["acme-41", "ACME-42"], 1, id="another case"
        ),
        pytest.param(
            "correct-condition-value", Element.CONDITION, "sts:ExternalId", ["acme-42 ", "acme-41"], 0, id="white space"
        ),
        pytest.param(
            "correct-condition-value",
            Element.CONDITION,
            "aws:PrincipalArn",
            ["arn:aws:iam::111111111111:role/App", BUILDER.replace("user/", "user/team/")],
            1,
            id="a path too many",
        ),
    ],
)
def test_of_several_values_the_near_miss_alone_is_replaced_and_named(
    kind: str, element: Element, key: str, values: list[str], replaced: int
) -> None:
    written: Any = {"Action": values} if not key else {"Condition": {"StringEquals": {key: values}}}
    if element is Element.RESOURCE:
        written = {"Resource": values}
    case = broken("cross-account", identity_policies=identity(on(DEPLOY) | written))
    remedy = the_remedy(kind, about(case, Layer.IDENTITY, element), case)
    (operation,) = json.loads(remedy.patch)
    assert (operation["op"], operation["path"].rpartition("/")[2]) == ("replace", str(replaced))
    assert f"replace `{values[replaced]}` with `{operation['value']}`" in remedy.text


@pytest.mark.parametrize(
    ("principal", "operator", "wanted", "place"),
    [
        pytest.param(ACCOUNT, "StringEquals", " acme-42", "sts:ExternalId", id="a space in front"),
        pytest.param(ACCOUNT, "StringEquals", "acme-42\n", "sts:ExternalId", id="a line end behind"),
        pytest.param(ACCOUNT, "StringLike", "acme-42\t", "sts:ExternalId", id="a tab, in a pattern"),
        pytest.param(
            {"AWS": [APP, BUILDER]}, "StringEquals", "acme-42 ", "sts:ExternalId", id="two callers that are named"
        ),
        pytest.param(ACCOUNT, "StringEquals", ["acme-41", " acme-42"], "1", id="one value of two"),
        pytest.param("*", "StringEquals", " acme-42", "-", id="everybody would gain: a statement of its own"),
        pytest.param(ACCOUNT, "StringEquals", "ACME-42", "-", id="capitalization may be meant: likewise"),
        pytest.param(ACCOUNT, "StringEquals", "acme-41", "-", id="another value: likewise"),
    ],
)
def test_stray_white_space_is_taken_away_for_all_whom_the_statement_names(
    principal: Any, operator: str, wanted: Any, place: str
) -> None:
    statement = allow(principal, Condition={operator: {"sts:ExternalId": wanted}})
    case = broken("cross-account", trust_policy=trust(statement))
    remedy = the_remedy("correct-condition-value", about(case, Layer.TRUST, Element.CONDITION), case)
    (operation,) = json.loads(remedy.patch)
    in_place = place != "-"
    assert operation["path"].rpartition("/")[2] == place
    assert operation["op"] == ("replace" if in_place else "add")
    assert (operation["value"] == "acme-42") is in_place
    assert ("whoever else the statement names gains by it, too" in remedy.text) is in_place
    assert (remedy.proof, remedy.admits_nobody_else) == (Proof.ALLOWED, None if in_place else YES)


def test_where_no_value_of_several_is_near_the_right_one_joins_them() -> None:
    condition = {"StringEquals": {"sts:ExternalId": ["globex-1", "initech-2"]}}
    case = broken("cross-account", identity_policies=identity(on(DEPLOY, Condition=condition)))
    remedy = the_remedy("correct-condition-value", about(case, Layer.IDENTITY, Element.CONDITION), case)
    assert remedy.text.endswith("add `acme-42` beside `globex-1`, `initech-2` for `sts:ExternalId`")
    assert [operation["op"] for operation in json.loads(remedy.patch)] == ["add"]


def _with_session(*statements: Any) -> Case:
    policy = {"name": "narrow", "kind": "session", "document": document(*statements)}
    return broken("cross-account-role", session={"policies": {"policies": [policy], "unread": []}})
