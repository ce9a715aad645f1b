from typing import Any

import pytest
from tests.remedy.broken import APP, BUILDER, DEPLOY, about, allow, broken, deny, document, identity, on, trust
from tests.remedy.handmade import added, amended, proof_of

from diagnose.evaluate.decision import decide
from diagnose.model.diagnosis import NotProved, Proof
from diagnose.model.key_state import ConditionKey
from diagnose.model.trace import Doubt, Effect, Layer
from diagnose.model.tri import UNKNOWN, YES
from diagnose.remedy.document import PatchOperation
from diagnose.remedy.proof import Proven, prove

EXTERNAL: Any = {"StringEquals": {"sts:ExternalId": "acme-42"}}
WHOLE_ACCOUNT = {"AWS": "arn:aws:iam::111111111111:root"}

LETS_IN_OTHERS, OPENS_OTHER_ROLES = NotProved.LETS_IN_OTHERS, NotProved.OPENS_OTHER_ROLES
TOOL: Any = {"StringEquals": {"aws:UserAgent": "tool/1"}}


STRANGER: Any = broken("cross-account", trust_policy=trust(allow({"AWS": APP}, Condition=EXTERNAL)))


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        pytest.param({"Principal": {"AWS": BUILDER}, "Condition": EXTERNAL}, Proof.ALLOWED, id="exactly the caller"),
        pytest.param({"Principal": "*"}, LETS_IN_OTHERS, id="everybody"),
        pytest.param(
            {"Principal": {"AWS": "*"}, "Condition": EXTERNAL},
            LETS_IN_OTHERS,
            id="everybody with the external ID",
        ),
        pytest.param(
            {"Principal": WHOLE_ACCOUNT, "Condition": EXTERNAL},
            LETS_IN_OTHERS,
            id="the caller's whole account",
        ),
        pytest.param({"Principal": {"AWS": "111111111111"}}, LETS_IN_OTHERS, id="the whole account by its id"),
        pytest.param(
            {"Principal": {"AWS": BUILDER}},
            LETS_IN_OTHERS,
            id="the caller without the external ID that others pass",
        ),
        pytest.param(
            {"Principal": {"AWS": [BUILDER, "arn:aws:iam::111111111111:role/SomebodyElse"]}, "Condition": EXTERNAL},
            LETS_IN_OTHERS,
            id="the caller and somebody else",
        ),
        pytest.param(
            {"Principal": {"AWS": [BUILDER, "333333333333"]}, "Condition": EXTERNAL},
            LETS_IN_OTHERS,
            id="the caller and an account",
        ),
        pytest.param(
            {"Principal": {"AWS": BUILDER, "Service": "lambda.amazonaws.com"}, "Condition": EXTERNAL},
            LETS_IN_OTHERS,
            id="the caller and a service",
        ),
        pytest.param(
            {
                "Principal": "*",
                "Condition": {**EXTERNAL, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/builder"}},
            },
            LETS_IN_OTHERS,
            id="a user of that name in any account",
        ),
        pytest.param(
            {"Principal": WHOLE_ACCOUNT, "Condition": {**EXTERNAL, "ArnLike": {"aws:PrincipalArn": BUILDER}}},
            Proof.ALLOWED,
            id="the account, narrowed to the caller",
        ),
        pytest.param({"Principal": {"AWS": DEPLOY}}, NotProved.CHANGES_NOTHING, id="not the caller at all"),
    ],
)
def test_a_trust_edit_is_shown_only_if_it_lets_in_nobody_else(statement: Any, outcome: Proof | NotProved) -> None:
    assert outcome_of(proof_of(STRANGER, Layer.TRUST, added(**statement))) is outcome


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(EXTERNAL, id="an external ID"),
        pytest.param({"StringEquals": {"sts:RoleSessionName": "release-42"}}, id="a session name"),
        pytest.param({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, id="MFA"),
    ],
)
def test_a_condition_that_the_owner_puts_is_never_dropped(condition: Any) -> None:
    world = "mfa" if "Bool" in condition else "cross-account"
    case = broken(world, trust_policy=trust(allow({"AWS": f"{BUILDER}2"}, Condition=condition)))
    operations = (
        PatchOperation("replace", "/Statement/0/Principal/AWS", BUILDER),
        PatchOperation("remove", "/Statement/0/Condition"),
    )
    assert isinstance(proof_of(case, Layer.TRUST, operations[0]), Proven)
    assert proof_of(case, Layer.TRUST, *operations) is LETS_IN_OTHERS


def test_a_session_that_the_owner_names_stays_the_only_one() -> None:
    pinned = "arn:aws:sts::111111111111:assumed-role/App/build-8"
    case = broken("cross-account-role", trust_policy=trust(allow({"AWS": pinned})))
    where = "/Statement/0/Principal/AWS"
    assert proof_of(case, Layer.TRUST, PatchOperation("replace", where, APP)) is LETS_IN_OTHERS
    one_more = PatchOperation("replace", where, [pinned, pinned.replace("-8", "-7")])
    assert isinstance(proof_of(case, Layer.TRUST, one_more), Proven)


@pytest.mark.parametrize(
    ("resource", "outcome"),
    [
        pytest.param(DEPLOY, Proof.ALLOWED, id="exactly the role"),
        pytest.param("*", OPENS_OTHER_ROLES, id="every role"),
        pytest.param("arn:aws:iam::222222222222:role/*", OPENS_OTHER_ROLES, id="every role of the account"),
        pytest.param("arn:aws:iam::*:role/Deploy", OPENS_OTHER_ROLES, id="a role of that name in any account"),
        pytest.param([DEPLOY, "arn:aws:iam::222222222222:role/Audit"], OPENS_OTHER_ROLES, id="the role and another"),
    ],
)
@pytest.mark.parametrize("layer", [Layer.IDENTITY, Layer.BOUNDARY])
def test_an_edit_of_the_sources_side_opens_no_other_role(
    layer: Layer, resource: Any, outcome: Proof | NotProved
) -> None:
    elsewhere = on("arn:aws:iam::333333333333:role/Other")
    case = (
        broken("cross-account", identity_policies=identity(elsewhere))
        if layer is Layer.IDENTITY
        else broken("guarded", boundary={"value": {"document": document(elsewhere)}})
    )
    assert outcome_of(proof_of(case, layer, added(Resource=resource))) is outcome


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        pytest.param({"ArnNotEquals": {"aws:PrincipalArn": BUILDER}}, True, id="the caller alone is spared"),
        pytest.param(
            {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:user/*"}}, False, id="all users are"
        ),
        pytest.param({"StringNotEquals": {"aws:PrincipalAccount": "111111111111"}}, False, id="the account is"),
        pytest.param({"StringEquals": {"aws:username": "nobody"}}, False, id="everybody is"),
    ],
)
def test_a_deny_is_narrowed_by_the_source_alone(condition: Any, shown: bool) -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": BUILDER}), deny(Principal="*")))
    subject = about(case, Layer.TRUST, effect=Effect.DENY)
    edit = PatchOperation("add", "/Statement/1/Condition", condition)
    draft = amended(case, Layer.TRUST, edit)
    proven = prove(draft, subject, case, decide(case))
    assert outcome_of(proven) is (Proof.ALLOWED if shown else LETS_IN_OTHERS)
    assert isinstance(proven, NotProved) or proven.admits_nobody_else is YES


def test_nobody_gains_by_an_unknown_that_the_edit_does_not_touch() -> None:
    unknown = {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    case = broken(
        "cross-account",
        request={"context": None},
        trust_policy=trust(allow({"AWS": "333333333333"}), deny(Principal="*", Condition=unknown)),
    )
    proven = proof_of(case, Layer.TRUST, added(Principal={"AWS": BUILDER}))
    assert isinstance(proven, Proven)
    assert proven.admits_nobody_else is YES
    assert [one.about for one in proven.remaining if isinstance(one, Doubt)] == [ConditionKey("aws:SourceIp")]
    assert len(proven.remaining) == 1


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        pytest.param([], False, id="nobody could get in, and now others may"),
        pytest.param([allow(WHOLE_ACCOUNT, Condition=TOOL)], True, id="others might get in, and still might"),
    ],
)
def test_who_may_come_to_be_let_in_counts_as_let_in(held: Any, shown: bool) -> None:
    case = broken("cross-account", request={"context": None}, trust_policy=trust(allow({"AWS": APP}), *held))
    other = {"StringEquals": {"aws:UserAgent": "tool/2"}}
    exactly = added(Principal={"AWS": BUILDER})
    proven = proof_of(case, Layer.TRUST, exactly, added(Principal=WHOLE_ACCOUNT, Condition=other))
    assert outcome_of(proven) is (Proof.ALLOWED if shown else LETS_IN_OTHERS)
    assert isinstance(proven, NotProved) or proven.admits_nobody_else is UNKNOWN


def test_what_is_unknown_of_a_deny_cannot_make_room_for_others() -> None:
    case = broken(
        "cross-account",
        request={"context": None},
        trust_policy=trust(
            allow(WHOLE_ACCOUNT, Condition=TOOL),
            deny(Principal="*"),
        ),
    )
    subject = about(case, Layer.TRUST, effect=Effect.DENY)
    narrowed: Any = {"ArnNotEquals": {"aws:PrincipalArn": BUILDER}, "StringNotLike": {"aws:UserAgent": "tool/*"}}
    edit = PatchOperation("add", "/Statement/1/Condition", narrowed)
    proven = prove(amended(case, Layer.TRUST, edit), subject, case, decide(case))
    assert proven is LETS_IN_OTHERS, "before it is denied, after it may be allowed: that counts as letting in"


def test_a_deny_that_spares_other_roles_than_are_allowed_now_is_not_shown() -> None:
    case = broken("cross-account", identity_policies=identity(on(DEPLOY), deny(Resource="*")))
    subject = about(case, Layer.IDENTITY, effect=Effect.DENY)
    edit = PatchOperation("replace", "/Statement/1/Resource", "arn:aws:iam::222222222222:role/Other")
    draft = amended(case, Layer.IDENTITY, edit)
    assert prove(draft, subject, case, decide(case)) is OPENS_OTHER_ROLES


def test_outsiders_of_the_organization_are_strangers_too() -> None:
    people: Any = {"Bool": {"aws:PrincipalIsAWSService": "false"}}
    case = broken("organization", trust_policy=trust(allow({"AWS": APP}), deny(Principal="*", Condition=people)))
    subject = about(case, Layer.TRUST, effect=Effect.DENY)
    conditions: Any = (
        ({"ArnNotEquals": {"aws:PrincipalArn": APP}}, True),
        ({"ArnNotEquals": {"aws:PrincipalArn": APP}, "Null": {"aws:PrincipalOrgID": "false"}}, False),
    )
    for condition, shown in conditions:
        edit = PatchOperation("replace", "/Statement/1/Condition", {**people, **condition})
        draft = amended(case, Layer.TRUST, edit)
        proven = prove(draft, subject, case, decide(case))
        assert outcome_of(proven) is (Proof.ALLOWED if shown else LETS_IN_OTHERS)


def test_others_are_not_let_in_by_a_call_without_tags_either() -> None:
    case = broken("tagged", trust_policy=trust(allow({"AWS": APP})))
    assert isinstance(proof_of(case, Layer.TRUST, added(Principal={"AWS": BUILDER})), Proven)
    assert proof_of(case, Layer.TRUST, added(Principal=WHOLE_ACCOUNT)) is LETS_IN_OTHERS


@pytest.mark.parametrize("world", ["mfa", "cross-account"])
def test_strangers_have_mfa_where_the_source_has(world: str) -> None:
    condition: Any = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    code = {"mfa_serial": "arn:aws:iam::111111111111:mfa/builder", "mfa_code_sent": True}
    case = broken(
        world,
        request={"parameters": code if world == "cross-account" else {}},
        trust_policy=trust(allow({"AWS": APP}, Condition=condition)),
    )
    assert isinstance(proof_of(case, Layer.TRUST, added(Principal={"AWS": BUILDER}, Condition=condition)), Proven)
    assert proof_of(case, Layer.TRUST, added(Principal=WHOLE_ACCOUNT, Condition=condition)) is LETS_IN_OTHERS


def outcome_of(proven: Proven | NotProved) -> Proof | NotProved:
    return proven.proof if isinstance(proven, Proven) else proven
