"""An edited policy and a new one: how long it may be, and what it is called."""

import json

import pytest
from tests.remedy.broken import BUILDER, allow, broken, document, identity, on, trust

from diagnose.model.case import Case
from diagnose.model.trace import Action, Layer
from diagnose.remedy.case_edit import edit_policy, level_of, new_policy_name, policies_in
from diagnose.remedy.change import Draft
from diagnose.remedy.document import PatchOperation, document_of

TOLD = "; at {} characters the policy exceeds the default quota of 2048, which can be raised"


@pytest.mark.parametrize(
    ("size", "told"),
    [
        pytest.param(2048, "Edit it", id="as long as may be"),
        pytest.param(2049, f"Edit it{TOLD.format(2049)}", id="a character longer"),
    ],
)
def test_a_trust_policy_over_the_quota_is_told_by_its_length_without_blanks(size: int, told: str) -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": BUILDER}, Sid="")))
    (policy,) = policies_in(case, Layer.TRUST)
    sid = "x" * (size - len(json.dumps(document_of(policy), separators=(",", ":"))))
    assert _edited(case, Layer.TRUST, PatchOperation("replace", "/Statement/0/Sid", sid)) == told


def test_the_quota_is_of_trust_policies_alone() -> None:
    case = broken("cross-account", identity_policies=identity(on("*", Sid="")))
    assert _edited(case, Layer.IDENTITY, PatchOperation("replace", "/Statement/0/Sid", "x" * 3000)) == "Edit it"


def _edited(case: Case, layer: Layer, operation: PatchOperation) -> str:
    (policy,) = policies_in(case, layer)
    draft = edit_policy(case, layer, policy, (operation,), text="Edit it")
    assert isinstance(draft, Draft)
    return draft.text


@pytest.mark.parametrize(
    ("role", "taken", "name"),
    [
        pytest.param("Deploy", [], "AllowAssumeRole-Deploy", id="a role"),
        pytest.param("team/Deploy", [], "AllowAssumeRole-Deploy", id="a role with a path"),
        pytest.param("Deploy", ["AllowAssumeRole-Deploy"], "AllowAssumeRole-Deploy-2", id="a name that is taken"),
        pytest.param(
            "Deploy",
            ["AllowAssumeRole-Deploy", "AllowAssumeRole-Deploy-2"],
            "AllowAssumeRole-Deploy-3",
            id="two that are taken",
        ),
        pytest.param("Deploy", ["AllowAssumeRole-Deploy-2"], "AllowAssumeRole-Deploy", id="only the second is"),
        pytest.param("a_+=,.@-Z9", [], "AllowAssumeRole-a_+=,.@-Z9", id="all that a name may hold"),
    ],
)
def test_a_new_policy_has_a_name_of_its_own(role: str, taken: list[str], name: str) -> None:
    arn = f"arn:aws:iam::222222222222:role/{role}"
    policies = [{"name": each, "document": document(on("*"))} for each in taken]
    case = broken(
        "cross-account",
        request={"role_arn": arn},
        role={"value": {"arn": arn}},
        identity_policies={"policies": policies},
    )
    assert new_policy_name(Action.ASSUME_ROLE, case) == name


@pytest.mark.parametrize("name", ["r-ab12", "workloads", "ou-ab12-11111111", "111111111111"])
def test_a_level_is_found_by_its_target_or_its_name(name: str) -> None:
    found = level_of(broken("organization"), name)
    assert found is not None
    assert name in (found.target, found.name)


def test_no_other_level_is_found() -> None:
    assert level_of(broken("organization"), "ou-ab12") is None
    assert level_of(broken("organization", scps={"evidence": "unread"}), "r-ab12") is None
