from typing import Any

import pytest
from msgspec.structs import replace
from tests.remedy.broken import APP, BUILDER, DEPLOY, about, allow, broken, deny, document, gate, identity, on, trust

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import Owner, Proof
from diagnose.model.trace import Action, Effect, Element, Gate, Layer
from diagnose.model.tri import UNKNOWN, YES
from diagnose.remedy.amendment import amend
from diagnose.remedy.document import Operation
from diagnose.remedy.draft import Draft, RequestChange
from diagnose.remedy.kinds import Kind
from diagnose.remedy.places import policies_in
from diagnose.remedy.prove import Proven, prove

EXTERNAL: Any = {"StringEquals": {"sts:ExternalId": "acme-42"}}
WHOLE_ACCOUNT = {"AWS": "arn:aws:iam::111111111111:root"}


def amended(case: Case, layer: Layer, *operations: Operation, kind: Kind = Kind.NAME_PRINCIPAL_IN_TRUST) -> Draft:
    """Draft an edit that no author would."""
    draft = amend(case, layer, next(policies_in(case, layer)), operations, kind=kind, text="")
    assert draft is not None
    return draft


def proof_of(case: Case, layer: Layer, *operations: Operation) -> Proven | None:
    return prove(amended(case, layer, *operations), about(case, layer), case, decide(case))


def added(**statement: Any) -> Operation:
    return Operation("add", "/Statement/-", {"Effect": "Allow", "Action": "sts:AssumeRole", **statement})


STRANGER: Any = broken("cross-account", trust_policy=trust(allow({"AWS": APP}, Condition=EXTERNAL)))


@pytest.mark.parametrize(
    ("statement", "proof"),
    [
        pytest.param({"Principal": {"AWS": BUILDER}, "Condition": EXTERNAL}, Proof.ALLOWED, id="exactly the caller"),
        pytest.param({"Principal": "*"}, None, id="everybody"),
        pytest.param({"Principal": {"AWS": "*"}, "Condition": EXTERNAL}, None, id="everybody with the external ID"),
        pytest.param({"Principal": WHOLE_ACCOUNT, "Condition": EXTERNAL}, None, id="the caller's whole account"),
        pytest.param({"Principal": {"AWS": "111111111111"}}, None, id="the whole account by its id"),
        pytest.param({"Principal": {"AWS": BUILDER}}, None, id="the caller without the external ID that others pass"),
        pytest.param(
            {"Principal": {"AWS": [BUILDER, "arn:aws:iam::111111111111:role/SomebodyElse"]}, "Condition": EXTERNAL},
            None,
            id="the caller and somebody else",
        ),
        pytest.param(
            {"Principal": {"AWS": [BUILDER, "333333333333"]}, "Condition": EXTERNAL},
            None,
            id="the caller and an account",
        ),
        pytest.param(
            {"Principal": {"AWS": BUILDER, "Service": "lambda.amazonaws.com"}, "Condition": EXTERNAL},
            None,
            id="the caller and a service",
        ),
        pytest.param(
            {
                "Principal": "*",
                "Condition": {**EXTERNAL, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/builder"}},
            },
            None,
            id="a user of that name in any account",
        ),
        pytest.param(
            {"Principal": WHOLE_ACCOUNT, "Condition": {**EXTERNAL, "ArnLike": {"aws:PrincipalArn": BUILDER}}},
            Proof.ALLOWED,
            id="the account, narrowed to the caller",
        ),
        pytest.param({"Principal": {"AWS": DEPLOY}}, None, id="not the caller at all"),
    ],
)
def test_a_trust_edit_is_shown_only_if_it_lets_in_nobody_else(statement: Any, proof: Proof | None) -> None:
    proven = proof_of(STRANGER, Layer.TRUST, added(**statement))
    assert (proven.proof if proven else None) == proof


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
        Operation("replace", "/Statement/0/Principal/AWS", BUILDER),
        Operation("remove", "/Statement/0/Condition"),
    )
    assert proof_of(case, Layer.TRUST, operations[0]) is not None
    assert proof_of(case, Layer.TRUST, *operations) is None


def test_a_session_that_the_owner_names_stays_the_only_one() -> None:
    pinned = "arn:aws:sts::111111111111:assumed-role/App/build-8"
    case = broken("cross-account-role", trust_policy=trust(allow({"AWS": pinned})))
    where = "/Statement/0/Principal/AWS"
    assert proof_of(case, Layer.TRUST, Operation("replace", where, APP)) is None
    assert proof_of(case, Layer.TRUST, Operation("replace", where, [pinned, pinned.replace("-8", "-7")])) is not None


@pytest.mark.parametrize(
    ("resource", "proof"),
    [
        pytest.param(DEPLOY, Proof.ALLOWED, id="exactly the role"),
        pytest.param("*", None, id="every role"),
        pytest.param("arn:aws:iam::222222222222:role/*", None, id="every role of the account"),
        pytest.param("arn:aws:iam::*:role/Deploy", None, id="a role of that name in any account"),
        pytest.param([DEPLOY, "arn:aws:iam::222222222222:role/Audit"], None, id="the role and another"),
    ],
)
@pytest.mark.parametrize("layer", [Layer.IDENTITY, Layer.BOUNDARY])
def test_an_edit_of_the_sources_side_opens_no_other_role(layer: Layer, resource: Any, proof: Proof | None) -> None:
    elsewhere = on("arn:aws:iam::333333333333:role/Other")
    case = (
        broken("cross-account", identity_policies=identity(elsewhere))
        if layer is Layer.IDENTITY
        else broken("guarded", boundary={"value": {"document": document(elsewhere)}})
    )
    proven = proof_of(case, layer, added(Resource=resource))
    assert (proven.proof if proven else None) == proof


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
    edit = Operation("add", "/Statement/1/Condition", condition)
    draft = amended(case, Layer.TRUST, edit, kind=Kind.EXEMPT_FROM_DENY)
    proven = prove(draft, subject, case, decide(case))
    assert (proven is not None) is shown
    assert proven is None or proven.admits_nobody_else is YES


def test_what_an_edit_does_not_touch_is_not_cleared() -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": f"{BUILDER}2"})))
    assert proof_of(case, Layer.TRUST, Operation("add", "/Id", "nothing changed")) is None


def test_nothing_is_proposed_for_a_request_that_is_allowed() -> None:
    allowed = broken("cross-account")
    edit = amended(allowed, Layer.TRUST, Operation("add", "/Id", "nothing changed"))
    subject = about(STRANGER, Layer.TRUST)
    assert prove(edit, subject, allowed, decide(allowed)) is None


def test_what_was_not_read_is_not_ruled_out_and_does_not_block() -> None:
    case = broken(
        "cross-account",
        identity_policies={"policies": []},
        scps={"evidence": "unread", "gap": "access_denied"},
        organization={"evidence": "unread"},
    )
    draft = Draft(Kind.ALLOW_ROLE_IN_IDENTITY, Owner.SOURCE, "", _as_in("cross-account", case))
    proven = prove(draft, about(case, Layer.IDENTITY), case, decide(case))
    assert proven is not None
    assert proven.proof is Proof.CLEARS
    assert proven.remaining == ("not ruled out: the service control policy, which was not read, or not wholly",)
    assert proven.decision is not None
    assert proven.decision.verdict is UNKNOWN


def test_what_still_blocks_is_told_in_words() -> None:
    case = broken(
        "tagged",
        identity_policies={"policies": []},
        trust_policy=trust(allow({"AWS": BUILDER}, Condition={"StringEquals": {"sts:ExternalId": "x-1"}})),
        boundary={
            "value": {"name": "B", "kind": "managed", "document": document(on("*"), deny(Resource=DEPLOY, Sid="No"))}
        },
    )
    draft = Draft(Kind.ALLOW_ROLE_IN_IDENTITY, Owner.SOURCE, "", _as_in("tagged", case))
    proven = prove(draft, about(case, Layer.IDENTITY), case, decide(case))
    assert proven is not None
    assert proven.remaining == (
        "the trust policy `Deploy` (statement 1) allows `sts:AssumeRole` only where `sts:ExternalId` StringEquals `x-1`"
        " (there is none)",
        "an explicit Deny of `sts:AssumeRole` in the permissions boundary `B` (statement `No`)",
        "the trust policy does not allow `sts:TagSession`",
        "the permissions boundary does not allow `sts:TagSession`",
        "the trust policy does not allow `sts:SetSourceIdentity`",
        "the permissions boundary does not allow `sts:SetSourceIdentity`",
    )


def test_conditions_of_one_statement_are_mended_one_by_one() -> None:
    condition = {**EXTERNAL, "Bool": {"aws:MultiFactorAuthPresent": "true"}}
    case = broken(
        "cross-account",
        request={"parameters": {"external_id": None}},
        trust_policy=trust(allow({"AWS": BUILDER}, Condition=condition)),
    )
    subject = about(case, Layer.TRUST, Element.CONDITION, key="sts:ExternalId")
    proven = prove(_passing(case, external_id="acme-42"), subject, case, decide(case))
    assert proven is not None
    assert proven.proof is Proof.CLEARS
    assert "aws:MultiFactorAuthPresent" in proven.remaining[0]
    assert prove(_passing(case, external_id="acme-43"), subject, case, decide(case)) is None


def test_a_statement_that_names_somebody_else_is_not_mended_by_its_conditions() -> None:
    case = broken(
        "cross-account",
        request={"parameters": {"external_id": None}},
        trust_policy=trust(allow({"AWS": APP}, Condition=EXTERNAL)),
    )
    subject = about(case, Layer.TRUST, Element.CONDITION, key="sts:ExternalId")
    assert prove(_passing(case, external_id="acme-42"), subject, case, decide(case)) is None


def test_a_change_of_the_request_may_not_break_what_was_right() -> None:
    case = broken("cross-account", request={"parameters": {"duration_seconds": 7200}})
    change = _passing(case, duration_seconds=3600, session_name="not a name")
    assert prove(change, gate(case, Gate.DURATION), case, decide(case)) is None


def test_an_action_that_is_no_longer_asked_for_is_cleared() -> None:
    case = broken("tagged", trust_policy=trust(allow({"AWS": BUILDER}, ["sts:AssumeRole", "sts:SetSourceIdentity"])))
    subject = about(case, Layer.TRUST, action=Action.TAG_SESSION)
    proven = prove(_passing(case, tags={}, transitive_tag_keys=()), subject, case, decide(case))
    assert proven is not None
    assert proven.proof is Proof.ALLOWED


def test_nobody_gains_by_an_unknown_that_the_edit_does_not_touch() -> None:
    unknown = {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    case = broken(
        "cross-account",
        request={"context": None},
        trust_policy=trust(allow({"AWS": "333333333333"}), deny(Principal="*", Condition=unknown)),
    )
    proven = proof_of(case, Layer.TRUST, added(Principal={"AWS": BUILDER}))
    assert proven is not None
    assert proven.admits_nobody_else is YES
    assert proven.remaining == ("not ruled out: a condition on `aws:SourceIp`, whose value is not known",)


def test_whom_a_condition_on_something_unknown_lets_in_is_unknown() -> None:
    case = broken(
        "cross-account",
        request={"context": None},
        trust_policy=trust(
            allow(WHOLE_ACCOUNT, Condition={"StringEquals": {"aws:UserAgent": "tool/1"}}),
            deny(Principal="*"),
        ),
    )
    subject = about(case, Layer.TRUST, effect=Effect.DENY)
    edit = Operation("add", "/Statement/1/Condition", {"StringNotLike": {"aws:UserAgent": "tool/*"}})
    proven = prove(amended(case, Layer.TRUST, edit, kind=Kind.EXEMPT_FROM_DENY), subject, case, decide(case))
    assert proven is None, "before it is denied, after it may be allowed: that counts as letting in"


def test_what_nothing_decides_is_not_tried() -> None:
    draft = Draft(Kind.ASK_OWNER, Owner.DESTINATION, "Ask")
    assert prove(draft, about(STRANGER, Layer.TRUST), STRANGER, decide(STRANGER)) == Proven(Proof.NOT_TRIED)


def _as_in(world: str, case: Case) -> Case:
    """Give the case the identity policies of the world that it was made from."""
    policies = broken(world).snapshot.source.identity_policies
    return replace(
        case,
        snapshot=replace(case.snapshot, source=replace(case.snapshot.source, identity_policies=policies)),
    )


def _passing(case: Case, **parameters: Any) -> Draft:
    request = replace(case.request, parameters=replace(case.request.parameters, **parameters))
    return Draft(
        Kind.PASS_EXTERNAL_ID,
        Owner.CALLER,
        "",
        replace(case, request=request),
        RequestChange(case.request, request),
    )
