"""What was looked for and not proved says why."""

from typing import Any

import pytest
from msgspec import Raw
from msgspec.structs import replace
from tests.remedy.broken import BUILDER, DEPLOY, about, allow, broken, deny, identity, on, refusal, trust
from tests.remedy.examples import EXAMPLES

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Effect, Layer, Subject
from diagnose.remedy import propose
from diagnose.remedy.case_edit import editable_document, policies_in

AWS = {"kind": "managed", "arn": "arn:aws:iam::aws:policy/Guard"}
ROOT = "arn:aws:iam::111111111111:root"
SERVICE_LINKED = "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
UNREAD: Any = {"evidence": "unread"}


def denied(layer: Layer, **change: Any) -> tuple[Case, Subject]:
    case = broken("cross-account", **change)
    return case, about(case, layer, effect=Effect.DENY)


@pytest.mark.parametrize(
    ("kind", "case", "subject", "reason"),
    [
        pytest.param(
            "exempt-from-deny",
            *denied(Layer.IDENTITY, identity_policies=identity(on(DEPLOY), deny(Resource="*"), **AWS)),
            NotProved.AWS_MANAGED,
            id="the policy is AWS's own",
        ),
        pytest.param(
            "exempt-from-deny",
            *denied(Layer.TRUST, arn=ROOT, trust_policy=trust(allow({"AWS": ROOT}), deny(Principal="*"))),
            NotProved.CALLER_NOT_NAMEABLE,
            id="the root user cannot be named in a condition",
        ),
        pytest.param(
            "exempt-from-deny",
            *denied(Layer.TRUST, trust_policy=trust(allow({"AWS": BUILDER}), deny(Principal={"AWS": BUILDER}))),
            NotProved.DENY_IS_MEANT,
            id="the Deny is for this caller",
        ),
        pytest.param(
            "name-principal-in-trust",
            broken("cross-account", trust_policy=UNREAD),
            Subject(layer=Layer.TRUST),
            NotProved.NOT_READ,
            id="the trust policy was not read",
        ),
        pytest.param(
            "tag-principal",
            broken(
                "cross-account",
                principal=UNREAD,
                trust_policy=trust(
                    allow({"AWS": BUILDER}, Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})
                ),
            ),
            Subject(layer=Layer.TRUST),
            NotProved.NOT_READ,
            id="the user was not read",
        ),
        pytest.param(
            "allow-role-in-identity",
            broken("cross-account", arn=ROOT, identity_policies={"policies": []}),
            Subject(layer=Layer.IDENTITY),
            NotProved.PROTECTED,
            id="the root user has no policies",
        ),
        pytest.param(
            "allow-role-in-identity",
            broken("cross-account"),
            Subject(layer=Layer.IDENTITY),
            NotProved.ALLOWED_ALREADY,
            id="the request is allowed",
        ),
    ],
)
def test_a_kind_without_a_proof_is_refused_for_a_reason(
    kind: str, case: Case, subject: Subject, reason: NotProved
) -> None:
    assert refusal(kind, subject, case) is reason


def test_a_policy_that_names_a_key_twice_is_not_edited() -> None:
    case = broken("cross-account")
    (policy,) = policies_in(case, Layer.TRUST)
    twice = replace(policy, document=Raw(b'{"Version":"2012-10-17","Statement":[],"Statement":[]}'))
    assert editable_document(case, Layer.TRUST, twice) is NotProved.NOT_READABLE


def test_what_was_tried_tells_more_than_what_could_not_be() -> None:
    (example,) = (one for one in EXAMPLES if one.name == "the level denies it")
    managed = [one for one in policies_in(example.case, Layer.SCP) if one.arn.startswith("arn:aws:organizations::aws:")]
    assert managed, "a policy of AWS is in the way of one edit"
    assert example.refused is NotProved.CHANGES_NOTHING


def test_every_kind_is_answered_for() -> None:
    case = broken("cross-account", identity_policies={"policies": []})
    kinds = ["allow-role-in-identity", "correct-resource", "ask-owner", "give-evidence"]
    remedies, refused = propose(kinds, about(case, Layer.IDENTITY), case, decide(case))
    assert [one.kind for one in remedies] == ["allow-role-in-identity", "ask-owner"]
    assert [(one.kind, one.reason) for one in refused] == [("correct-resource", NotProved.NO_EDIT)]
