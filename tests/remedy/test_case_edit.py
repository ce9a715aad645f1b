"""An edited policy and a new one: how long it may be, and what it is called."""

import json
from typing import Any

import pytest
from msgspec import Raw
from msgspec.structs import replace
from tests.remedy.broken import BUILDER, allow, broken, document, identity, on, trust

from diagnose.model.case import Case
from diagnose.model.policy import Policy, PolicyKind
from diagnose.model.trace import Action, Layer
from diagnose.remedy.case_edit import (
    edit_policy,
    level_of,
    new_policy_name,
    policies_in,
    same,
    with_each_policy,
    with_new_policy,
    with_policy,
    without_policy,
)
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


OWN, ELSEWHERE = "arn:aws:iam::111111111111:policy/Own", "arn:aws:iam::111111111111:policy/x/Own"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        pytest.param({"arn": OWN}, {"arn": OWN, "attached_to": "group devs"}, True, id="one ARN, wherever attached"),
        pytest.param({"arn": OWN}, {"arn": ELSEWHERE}, False, id="two ARNs, though one name"),
        pytest.param({"arn": OWN}, {}, False, id="only one has an ARN"),
        pytest.param({}, {}, True, id="one name in one place"),
        pytest.param({}, {"attached_to": "group devs"}, False, id="one name in two places"),
        pytest.param({}, {"name": "Own2"}, False, id="two names"),
        pytest.param({}, {"kind": PolicyKind.MANAGED}, False, id="two kinds"),
    ],
)
def test_policies_are_the_same_as_they_are_stored(one: Any, other: Any, alike: bool) -> None:
    first, second = (
        Policy(**{"name": "Own", "document": Raw(text), **given}) for text, given in ((b"{}", one), (b"[]", other))
    )
    assert same(first, second) is alike


HERE: dict[str, Any] = {"name": "Own", "document": document(on("*"))}
KNOWN_NONE: dict[str, Any] = {"evidence": "known", "value": None}


@pytest.mark.parametrize(
    ("policy", "edited"),
    [
        pytest.param({"kind": "managed", "arn": OWN}, ["identity", "boundary", "session"], id="a managed one anywhere"),
        pytest.param({"kind": "inline"}, ["identity"], id="an inline one of that name where it is alone"),
        pytest.param({"kind": "managed"}, ["identity"], id="one without an ARN where it is alone"),
    ],
)
def test_a_policy_is_edited_wherever_the_same_one_stands(policy: Any, edited: list[str]) -> None:
    given = {**HERE, **policy}
    case = broken(
        "cross-account-role",
        identity_policies={"policies": [given]},
        boundary={"value": given},
        session={"policies": {"policies": [given]}},
    )
    before, *_ = policies_in(case, Layer.IDENTITY)
    after = with_policy(case, Layer.IDENTITY, before, replace(before, name="Edited"))
    layers = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION)
    assert [str(layer) for layer in layers for one in policies_in(after, layer) if one.name == "Edited"] == edited


@pytest.mark.parametrize(
    ("world", "layer", "parts"),
    [
        pytest.param("cross-account", Layer.BOUNDARY, {"boundary": KNOWN_NONE}, id="there is no boundary"),
        pytest.param("cross-account", Layer.ENDPOINT, {"endpoint": KNOWN_NONE}, id="there is no endpoint"),
        pytest.param(
            "cross-account", Layer.ENDPOINT, {"endpoint": {"value": {"id": "vpce-1"}}}, id="its policy was not read"
        ),
        pytest.param("organization", Layer.SCP, {"scps": {"evidence": "unread"}}, id="no SCP was read"),
        pytest.param("organization", Layer.RCP, {"rcps": {"evidence": "unread"}}, id="no RCP was read"),
        pytest.param("cross-account", Layer.TRUST, {"trust_policy": {"evidence": "unread"}}, id="no trust policy was"),
    ],
)
def test_a_layer_of_which_nothing_was_read_has_no_policies_and_is_not_edited(
    world: str, layer: Layer, parts: Any
) -> None:
    case = broken(world, **parts)
    assert list(policies_in(case, layer)) == []
    assert with_each_policy(case, layer, lambda policy: replace(policy, name="Edited")) == case


@pytest.mark.parametrize("name", ["ou-ab12-11111111", "workloads"])
def test_the_policies_of_one_level_are_found_and_joined_by_its_target_or_its_name(name: str) -> None:
    case = broken("organization")
    all_levels, one_level = list(policies_in(case, Layer.SCP)), list(policies_in(case, Layer.SCP, name))
    assert 0 < len(one_level) < len(all_levels)
    joined = with_new_policy(case, Layer.SCP, Policy("New", Raw(b"{}")), name)
    assert joined is not None
    assert len(list(policies_in(joined, Layer.SCP))) == len(all_levels) + 1
    assert [one.name for one in policies_in(joined, Layer.SCP, name)][-1] == "New"


@pytest.mark.parametrize(
    ("layer", "parts", "joins"),
    [
        pytest.param(Layer.IDENTITY, {}, True, id="identity policies"),
        pytest.param(Layer.SESSION, {}, True, id="session policies"),
        pytest.param(Layer.BOUNDARY, {}, False, id="a boundary is alone"),
        pytest.param(Layer.TRUST, {}, False, id="a trust policy is alone"),
        pytest.param(Layer.SCP, {"scps": {"evidence": "unread"}}, False, id="nobody knows the SCPs"),
        pytest.param(Layer.RCP, {}, False, id="RCPs are not added"),
    ],
)
def test_a_new_policy_joins_a_layer_that_holds_several(layer: Layer, parts: Any, joins: bool) -> None:
    case = broken("organization", **parts)
    joined = with_new_policy(case, layer, Policy("New", Raw(b"{}")))
    assert (joined is not None) is joins
    if joined is not None:
        assert [one.name for one in policies_in(joined, layer)][-1] == "New"


def test_a_policy_is_taken_away_from_the_source_alone() -> None:
    case = broken("organization", boundary={"value": {**HERE, "kind": "managed", "arn": OWN}})
    for layer in Layer:
        for policy in policies_in(case, layer):
            left = without_policy(case, layer, policy)
            assert (policy in policies_in(left, layer)) is (layer is not Layer.IDENTITY)
