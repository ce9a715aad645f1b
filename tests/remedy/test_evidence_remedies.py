"""What settles a case that is open, and what fixes a document that is none."""

import json
from typing import Any

import pytest
from tests.cases import case

from diagnose.evaluate.decision import decide
from diagnose.model.diagnosis import Owner, Proof
from diagnose.model.trace import Element, Layer, Subject
from diagnose.remedy import propose

UNREAD: Any = {"evidence": "unread", "gap": "no_credentials"}


def _proposed(kind: str, change: Any, layer: Layer | None = None, world: str = "cross-account") -> list[Any]:
    one = case(world, change)
    return list(propose([kind], Subject(layer=layer), one, decide(one))[0])


def test_the_owner_of_an_unread_trust_policy_is_told_what_it_must_hold() -> None:
    change = {"snapshot": {"destination": {"trust_policy": UNREAD}}}
    [remedy] = _proposed("ask-owner", change, Layer.TRUST)
    [statement] = json.loads(remedy.document)["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111111111111:user/builder"}
    assert statement["Action"] == "sts:AssumeRole"
    assert (remedy.owner, remedy.proof) == (Owner.DESTINATION, Proof.ALLOWED)


def test_what_it_must_hold_covers_every_action_that_the_call_needs() -> None:
    change = {"snapshot": {"destination": {"trust_policy": UNREAD}}}
    [remedy] = _proposed("ask-owner", change, Layer.TRUST, world="tagged")
    actions = [statement["Action"] for statement in json.loads(remedy.document)["Statement"]]
    assert actions == ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


def test_an_unread_trust_policy_mends_nothing_where_the_source_is_denied_for_good() -> None:
    change = {"snapshot": {"destination": {"trust_policy": UNREAD}, "source": {"identity_policies": {"policies": []}}}}
    [remedy] = _proposed("ask-owner", change, Layer.TRUST)
    assert remedy.proof is not Proof.ALLOWED


@pytest.mark.parametrize(
    ("change", "layer", "told"),
    [
        pytest.param({"request": {"unknown": ["sts:ExternalId"]}}, None, "--context sts:ExternalId=VALUE", id="a key"),
        pytest.param({"snapshot": {"source": {"scps": UNREAD}}}, Layer.SCP, "--without scp", id="a layer"),
    ],
)
def test_what_is_open_is_asked_for_with_the_flag_that_states_it(change: Any, layer: Layer | None, told: str) -> None:
    [remedy] = _proposed("give-evidence", change, layer, world="organization" if layer else "cross-account")
    assert told in remedy.text
    assert remedy.owner is Owner.XDIAG


@pytest.mark.parametrize(
    ("change", "layer", "told"),
    [
        pytest.param(
            {"snapshot": {"source": {"scps": UNREAD}}},
            Layer.SCP,
            "the service control policies with `--org-profile` or in a case file (`--case`), or `--without scp`",
            id="SCPs",
        ),
        pytest.param(
            {"snapshot": {"destination": {"rcps": UNREAD}}},
            Layer.RCP,
            "policies with `--org-profile` or",
            id="RCPs",
        ),
        pytest.param(
            {"snapshot": {"endpoint": UNREAD}},
            Layer.ENDPOINT,
            "policy with `--vpc-endpoint` or",
            id="the endpoint",
        ),
        pytest.param(
            {"snapshot": {"source": {"boundary": UNREAD}}}, Layer.BOUNDARY, "boundary in a case file", id="a boundary"
        ),
    ],
)
def test_what_is_open_is_asked_for_with_the_flag_that_reads_it(change: Any, layer: Layer, told: str) -> None:
    [remedy] = _proposed("give-evidence", change, layer, world="organization")
    assert told in remedy.text


@pytest.mark.parametrize(
    ("permission", "whose"),
    [
        pytest.param(
            "organizations:ListParents",
            "to a principal of the organization's management account or of a delegated administrator "
            "(pass its profile as `--org-profile`), and run xdiag again",
            id="what only administrators may",
        ),
        pytest.param(
            "organizations:DescribeOrganization",
            "to the principal that xdiag uses to read, and run xdiag again",
            id="what any member may",
        ),
    ],
)
def test_a_permission_is_granted_to_whom_it_helps(permission: str, whose: str) -> None:
    gap = {"evidence": "unread", "gap": "access_denied", "permission": permission, "subject": "SCPs"}
    change = {"snapshot": {"source": {"scps": gap}}}
    [remedy] = _proposed("grant-reader-permission", change, Layer.SCP, world="organization")
    assert remedy.text == f"Grant `{permission}` (for SCPs) {whose}"


@pytest.mark.parametrize(
    ("subjects", "words"),
    [
        pytest.param(["the root", "the OU"], "the root and the OU", id="two"),
        pytest.param(["the root", "the OU", "an account"], "the root, the OU and an account", id="three"),
        pytest.param(["the root", "the OU", "OU b", "OU c", "an account"], "the root, the OU and 3 more", id="many"),
    ],
)
def test_a_permission_that_is_lacking_for_several_things_is_named_once(subjects: list[str], words: str) -> None:
    lacking = {"evidence": "unread", "gap": "access_denied", "permission": "organizations:ListPoliciesForTarget"}
    level = {"target": "r-ab12", "policies": {"unread": [{**lacking, "subject": subject} for subject in subjects]}}
    change = {"snapshot": {"source": {"scps": {"value": [level]}}}}
    [remedy] = _proposed("grant-reader-permission", change, Layer.SCP)
    assert remedy.text.startswith(f"Grant `organizations:ListPoliciesForTarget` (for {words}) to a principal of")


@pytest.mark.parametrize(
    ("change", "layer", "said"),
    [
        pytest.param(
            {"destination": {"trust_policy": {**UNREAD, "permission": "iam:GetRole"}}},
            Layer.TRUST,
            ["Run xdiag again with a working profile of account `222222222222` as `--dest-profile`"],
            id="the role",
        ),
        pytest.param(
            {"source": {"identity_policies": {"unread": [{**UNREAD, "permission": "iam:ListUserPolicies"}]}}},
            Layer.IDENTITY,
            ["Run xdiag again with a working profile of account `111111111111` as `--source-profile`"],
            id="the caller",
        ),
        pytest.param({"endpoint": UNREAD}, Layer.ENDPOINT, [], id="an endpoint that nobody sees"),
    ],
)
def test_no_permission_is_granted_where_there_were_no_credentials(change: Any, layer: Layer, said: list[str]) -> None:
    remedies = _proposed("grant-reader-permission", {"snapshot": change}, layer)
    assert [remedy.text for remedy in remedies] == said


def test_permissions_of_two_principals_are_granted_apart() -> None:
    gap = {"evidence": "unread", "gap": "access_denied"}
    change = {
        "snapshot": {
            "source": {"scps": {**gap, "permission": "organizations:ListParents"}},
            "destination": {"trust_policy": {**gap, "permission": "iam:GetRole"}},
        }
    }
    [remedy] = _proposed("grant-reader-permission", change, world="organization")
    assert remedy.text == (
        "Grant `iam:GetRole` to the principal that xdiag uses to read, and `organizations:ListParents` to a principal "
        "of the organization's management account or of a delegated administrator (pass its profile as "
        "`--org-profile`), and run xdiag again"
    )


def test_nothing_is_asked_for_where_nothing_is_open() -> None:
    assert _proposed("give-evidence", {}) == []


def test_a_document_that_aws_would_not_accept_is_pointed_at() -> None:
    change = {
        "snapshot": {
            "destination": {
                "trust_policy": {"value": {"document": {"Statement": [{"Effect": "alow", "Action": "sts:*"}]}}}
            }
        }
    }
    remedies = _proposed("correct-document", change, Layer.TRUST)
    assert "/Statement/0/Effect" in " ".join(remedy.text for remedy in remedies)
    assert remedies[0].owner is Owner.DESTINATION


def test_a_sound_document_needs_no_correction() -> None:
    assert _proposed("correct-document", {}, Layer.TRUST) == []


@pytest.mark.parametrize(
    ("layer", "change", "told"),
    [
        pytest.param(
            Layer.IDENTITY,
            {"snapshot": {"source": {"identity_policies": {"policies": [], "unread": [UNREAD]}}}},
            "Ask the owner of account `111111111111` for all policies of the user `builder`,",
            id="the source's own policies",
        ),
        pytest.param(
            Layer.SCP,
            {"snapshot": {"source": {"scps": UNREAD}}},
            "Ask the administrators of the organization for the service control policies that apply to",
            id="SCPs",
        ),
        pytest.param(
            Layer.RCP,
            {"snapshot": {"destination": {"rcps": UNREAD}}},
            "Ask the administrators of the organization for the resource control policies that apply to",
            id="RCPs",
        ),
        pytest.param(
            Layer.BOUNDARY,
            {"snapshot": {"source": {"boundary": UNREAD}}},
            "Ask the owner of account `111111111111` for the permissions boundary of the user `builder`,",
            id="the boundary",
        ),
        pytest.param(
            Layer.ENDPOINT,
            {"snapshot": {"endpoint": UNREAD}},
            "Ask the owner of the VPC endpoint for its policy,",
            id="the endpoint",
        ),
        pytest.param(
            Layer.SESSION,
            {"snapshot": {"source": {"session": {"policies": {"policies": [], "unread": [UNREAD]}}}}},
            "Ask whoever started the caller's session for the session policy that it was started with,",
            id="the session policy",
        ),
    ],
)
def test_who_owns_what_was_not_read_is_asked_for_it(layer: Layer, change: Any, told: str) -> None:
    worlds = {Layer.SCP: "organization", Layer.RCP: "organization", Layer.SESSION: "cross-account-role"}
    [remedy] = _proposed("ask-owner", change, layer, worlds.get(layer, "cross-account"))
    assert remedy.text.startswith(told)
    assert remedy.text.endswith("give the answer to xdiag in a case file (`--case`)")


_ANY = "arn:aws:iam::${AWS::AccountId}:role"


@pytest.mark.parametrize(
    ("spares", "element", "waiting"),
    [
        pytest.param({"NotResource": f"{_ANY}/Deploy"}, Element.RESOURCE, [f"{_ANY}/Deploy"], id="the role"),
        pytest.param({"NotResource": f"{_ANY}/Other"}, Element.RESOURCE, [], id="another role"),
        pytest.param(
            {"NotResource": [f"{_ANY}/Other", f"{_ANY}/De*"]}, Element.RESOURCE, [f"{_ANY}/De*"], id="one of two"
        ),
        pytest.param(
            {"Condition": {"ArnNotLike": {"aws:PrincipalArn": f"{_ANY}/team/App"}}},
            Element.CONDITION,
            [f"{_ANY}/team/App"],
            id="the caller",
        ),
        pytest.param(
            {"Condition": {"ArnNotLike": {"aws:PrincipalArn": f"{_ANY}/Other"}}},
            Element.CONDITION,
            [],
            id="another caller",
        ),
    ],
)
def test_what_a_deny_spares_is_to_be_filled_in_where_it_may_become_this_request(
    spares: Any, element: Element, waiting: list[str]
) -> None:
    on_all = {} if "NotResource" in spares else {"Resource": "*"}
    denies = {"Sid": "Guard", "Effect": "Deny", "Action": "sts:AssumeRole", **on_all, **spares}
    statements = {"policies": {"policies": {"0": {"document": {"Statement": {"1": denies}}}}}}
    given = case("organization", scps={"value": {"0": statements}})
    (subject,) = (
        Subject(decided.action, Layer.SCP, statement.level, statement, trace)
        for decided in decide(given).actions
        for layer in decided.layers
        if layer.layer is Layer.SCP
        for level in layer.levels
        for statement in level.statements
        if statement.sid == "Guard"
        for trace in statement.elements
        if trace.element is element
    )
    texts = [each.text for each in propose(["correct-document"], subject, given, decide(given))[0]]
    assert texts == [
        f"In the service control policy `FullAWSAccess`, fill in `{value}` of the Deny `Guard`: as it stands it "
        "describes nobody"
        for value in waiting
    ]
