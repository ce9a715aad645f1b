"""Where a trust policy is not edited, and what of a statement that is added or moved depends on who calls."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.remedy.broken import (
    BUILDER,
    DEPLOY,
    about,
    allow,
    broken,
    identity,
    on,
    propose,
    refusal,
    trust,
)
from tests.remedy.caller_examples import NODE

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Action, Effect, Element, Layer, Subject
from diagnose.remedy.change import Draft, PolicyChange
from diagnose.remedy.fixes.trust import name_principal, replace_stale_id, split_companion

EXTERNAL: Any = {"StringEquals": {"sts:ExternalId": "acme-42"}}
ACCOUNT = {"AWS": "arn:aws:iam::111111111111:root"}
ROOT = "arn:aws:iam::111111111111:root"
BOTH = ["sts:AssumeRole", "sts:TagSession"]
FEDERATED = {"Federated": "arn:aws:iam::222222222222:oidc-provider/token.actions.githubusercontent.com"}
SESSION = "arn:aws:sts::111111111111:assumed-role/App/build-8"
LONGER_KEY = {"StringEquals": {"STS:ExternalID": "acme-42"}}


def whom(case: Case) -> Subject:
    return about(case, Layer.TRUST, Element.PRINCIPAL)


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        pytest.param("name-principal-in-trust", Subject(layer=Layer.TRUST), id="a statement is added"),
        pytest.param("add-companion-to-trust", Subject(Action.TAG_SESSION, Layer.TRUST), id="a companion is added"),
    ],
)
def test_nothing_is_added_to_a_trust_policy_that_is_no_json(kind: str, subject: Subject) -> None:
    case = broken("tagged", trust_policy={"value": {"document": "{"}})
    assert refusal(kind, subject, case) is NotProved.NOT_READABLE


def test_an_id_is_replaced_by_nothing_where_no_policy_can_name_the_caller() -> None:
    case = broken("cross-account", arn=ROOT, trust_policy=trust(allow({"AWS": "AIDAOLDOLDOLDEXAMPLE1"})))
    assert refusal("replace-stale-id", whom(case), case) is NotProved.NO_EDIT


@pytest.mark.parametrize(
    ("written", "replaced"),
    [
        pytest.param("AIDAOLDOLDOLDEXAMPLE1", 1, id="the ID of a user"),
        pytest.param("AROAOLDOLDOLDEXAMPLE1", 1, id="the ID of a role"),
        pytest.param("AGPAOLDOLDOLDEXAMPLE1", 0, id="the ID of a group"),
        pytest.param("AIDAold", 0, id="what looks like an ID"),
        pytest.param("333333333333", 0, id="an account"),
    ],
)
def test_only_the_id_of_an_entity_is_replaced(written: str, replaced: int) -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": written})))
    assert len(list(replace_stale_id(whom(case), case, decide(case)))) == replaced


def test_a_permission_set_is_allowed_the_one_action_beside_its_condition() -> None:
    case = broken(
        "identity-center",
        request={"parameters": {"tags": {"team": "red"}}},
        trust_policy=trust(allow({"AWS": "333333333333"})),
    )
    drafts = [one for one in name_principal(Subject(layer=Layer.TRUST), case, decide(case)) if isinstance(one, Draft)]
    assert "allows `sts:AssumeRole` for the permission set `Deployers` alone" in drafts[0].text


def test_a_machine_shares_its_role_also_where_others_than_workloads_are_trusted() -> None:
    policy = trust(allow({"AWS": "333333333333"}), allow(FEDERATED, "sts:AssumeRoleWithWebIdentity"))
    destination = broken("cross-account", trust_policy=policy).snapshot.destination.trust_policy
    case = replace(
        NODE,
        snapshot=replace(NODE.snapshot, destination=replace(NODE.snapshot.destination, trust_policy=destination)),
    )
    texts = [one.text for one in propose("name-principal-in-trust", Subject(layer=Layer.TRUST), case)]
    assert [text for text in texts if "; whatever runs on the machine can then assume it" in text]


def tagged(*statements: Any, **parts: Any) -> Case:
    others = allow({"AWS": BUILDER}, "sts:SetSourceIdentity")
    return broken(
        "tagged",
        request={"parameters": {"external_id": "acme-42"}},
        trust_policy=trust(*statements, others),
        **parts,
    )


def of_tags(case: Case, layer: Layer = Layer.TRUST) -> Subject:
    return about(case, layer, Element.CONDITION, key="sts:ExternalId", action=Action.TAG_SESSION)


def moved(case: Case, subject: Subject) -> list[Any]:
    """Give the statements as the first proposal has them."""
    first, *_ = split_companion(subject, case, decide(case))
    assert isinstance(first, Draft)
    assert isinstance(first.change, PolicyChange)
    document: Any = first.change.document
    return list(document["Statement"])


def test_what_is_moved_out_of_an_identity_policy_keeps_its_resources() -> None:
    statement = on([DEPLOY, f"{DEPLOY}2"], BOTH, Condition=EXTERNAL)
    case = broken(
        "tagged",
        request={"parameters": {"external_id": "acme-42"}},
        identity_policies=identity(statement, on(DEPLOY, "sts:SetSourceIdentity")),
    )
    statements = moved(case, of_tags(case, Layer.IDENTITY))
    assert statements[0] == {**statement, "Action": ["sts:AssumeRole"]}
    assert statements[-1] == {
        "Sid": "AllowTagSessionDeploy",
        "Effect": "Allow",
        "Action": "sts:TagSession",
        "Resource": [DEPLOY, f"{DEPLOY}2"],
    }


@pytest.mark.parametrize(
    ("actions", "left"),
    [
        pytest.param(BOTH, ["sts:AssumeRole"], id="one of two"),
        pytest.param(["STS:tagsession", "sts:AssumeRole", "sts:TagSession"], ["sts:AssumeRole"], id="it stands twice"),
        pytest.param(["sts:TagSession"], ["sts:TagSession"], id="it stands alone"),
        pytest.param(["sts:Tag*", "sts:AssumeRole"], ["sts:Tag*", "sts:AssumeRole"], id="it is meant by a pattern"),
        pytest.param("sts:*", "sts:*", id="it is meant by no list"),
        pytest.param("sts:TagSession", "sts:TagSession", id="it stands in no list"),
    ],
)
def test_what_is_moved_is_taken_out_of_a_list_that_keeps_others(actions: Any, left: Any) -> None:
    case = tagged(allow({"AWS": BUILDER}, actions, Condition=LONGER_KEY), allow({"AWS": BUILDER}, "sts:AssumeRole"))
    statements = moved(case, of_tags(case))
    assert statements[0]["Action"] == left
    assert "Condition" not in statements[-1]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda subject: replace(subject, action=Action.ASSUME_ROLE), id="it is no companion"),
        pytest.param(lambda subject: replace(subject, layer=None), id="it is of no layer"),
        pytest.param(lambda subject: replace(subject, statement=None), id="it is of no statement"),
        pytest.param(
            lambda subject: replace(subject, statement=replace(subject.statement, effect=Effect.DENY)),
            id="it is denied",
        ),
    ],
)
def test_nothing_else_is_moved(changed: Any) -> None:
    case = tagged(allow({"AWS": BUILDER}, BOTH, Condition=EXTERNAL))
    subject = of_tags(case)
    assert list(split_companion(subject, case, decide(case))) != []
    assert list(split_companion(changed(subject), case, decide(case))) == []


def replacing(case: Case, subject: Subject | None = None) -> list[str]:
    """Give what is proposed in the place of a value."""
    attempts = name_principal(subject or whom(case), case, decide(case))
    return [one.text for one in attempts if isinstance(one, Draft) and "add a statement" not in one.text]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(
            lambda subject: replace(subject, statement=replace(subject.statement, effect=Effect.DENY)), id="of a Deny"
        ),
        pytest.param(
            lambda subject: replace(subject, element=replace(subject.element, negated=True)), id="of NotPrincipal"
        ),
        pytest.param(
            lambda subject: replace(subject, statement=replace(subject.statement, layer=Layer.RCP)),
            id="of another layer",
        ),
        pytest.param(
            lambda subject: replace(subject, element=replace(subject.element, element=Element.ACTION)), id="an action"
        ),
        pytest.param(lambda subject: replace(subject, element=None), id="of no element"),
    ],
)
def test_no_value_is_replaced_but_a_principal_of_an_allow(changed: Any) -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": "arn:aws:iam::111111111111:user/Builder"})))
    assert len(replacing(case)) == 1
    assert replacing(case, changed(whom(case))) == []


@pytest.mark.parametrize(
    "principal",
    [
        pytest.param({"Service": BUILDER}, id="an ARN as a service"),
        pytest.param({"CanonicalUser": "arn:aws:iam::111111111111:user/Builder"}, id="an ARN as a canonical user"),
    ],
)
def test_a_value_of_another_kind_of_principal_is_not_replaced(principal: Any) -> None:
    case = broken("cross-account", trust_policy=trust(allow(principal)))
    assert replacing(case) == []


def test_a_user_in_the_place_of_a_session_is_not_offered_every_session() -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": SESSION})))
    assert replacing(case) == []


def test_one_session_cannot_be_added_where_the_policy_cannot_be_edited() -> None:
    arn = "arn:aws:iam::222222222222:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    case = broken(
        "cross-account-role", request={"role_arn": arn}, role={"value": {"arn": arn}},
        trust_policy=trust(allow({"AWS": SESSION})),
    )  # fmt: skip
    assert set(name_principal(whom(case), case, decide(case))) == {NotProved.PROTECTED}
