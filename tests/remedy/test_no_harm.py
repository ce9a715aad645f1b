"""A law: no fix, applied as it is printed, turns a right policy into a wrong one.

Whoever the policy let in before is let in after, what it allowed is allowed after (save where a Deny is edited, which
only lets in more), IAM takes the edited document, and nothing in it waits to be filled in.
"""

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
from msgspec.structs import replace
from tests.cases import DEPLOY, FIXTURES, allow, case, document, identity, on, trust
from tests.remedy.admitted import may_exist_beside, requests

from diagnose.causes.rule import Rule
from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.causes.rule_yaml import read_yaml
from diagnose.evaluate.decision import decide
from diagnose.loading import load_case, load_rules
from diagnose.model.case import Case
from diagnose.model.diagnosis import Owner, Remedy
from diagnose.model.policy import Policy, raw_document
from diagnose.model.trace import Layer
from diagnose.model.tri import YES, Tri
from diagnose.pipeline import diagnose
from diagnose.remedy.case_edit import policies_in, with_policy
from diagnose.remedy.document import JsonDict, PatchOperation, apply_patch, as_list, document_of, statements
from diagnose.remedy.names import caller_of

Json = Any

EVERY = int(os.environ.get("XDIAG_EVERY_FIX", "5"))
"""Of all cases, one in so many is tried: XDIAG_EVERY_FIX=1 tries them all."""


class Applied(NamedTuple):
    """A policy of a case, and what a fix that was printed makes of it. `before` is None where the policy is new."""

    layer: Layer | None
    policy: Policy | None
    before: JsonDict | None
    after: JsonDict


def _named_cases() -> Iterator[tuple[str, Any]]:
    for rule, examples in load_examples(rule_folders()).items():
        for one in examples:
            yield f"{rule}: {one.name}", lambda one=one: case(one.world, one.change)
    for path in sorted((FIXTURES / "cases").glob("*.yaml")):
        for entry in read_yaml(path).several():
            known: Any = entry.typed()
            yield f"{path.stem}: {known['name']}", lambda known=known: case(known["world"], known.get("change", {}))
    for path in sorted((FIXTURES / "reports").rglob("*.json")):
        yield f"report {path.stem}", lambda path=path: load_case(path)


CASES = list(_named_cases())
SAMPLE = [pytest.param(made, id=name) for name, made in CASES[::EVERY]]


@pytest.mark.parametrize("made", SAMPLE)
def test_no_fix_does_harm(made: Any) -> None:
    tried = made()
    for remedy in _remedies(tried):
        assert list(harms(remedy, tried)) == [], remedy.text


def test_a_fix_that_edits_a_policy_is_tried_on_what_that_let_in() -> None:
    tried = case("cross-account", identity_policies=identity(on("arn:aws:iam::333333333333:role/Deploy")))
    found = [one for remedy in _remedies(tried) if (one := applied(remedy, tried))]
    assert [one.layer for one in found if one.before is not None] != []
    assert [one for one in found if one.before and list(requests(tried, Layer.IDENTITY, one.before))] != []


OTHER_USER = "arn:aws:iam::111111111111:user/other"
BOTH = {"AWS": [OTHER_USER, "444444444444"]}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
TWO_IDS, ONE_ID = ({"StringEquals": {"sts:ExternalId": ids}} for ids in (["acme-1", "acme-2"], "acme-1"))
SHARED = case("cross-account", trust_policy=trust(allow(BOTH, Sid="Others")))
ASKING = case("cross-account", trust_policy=trust(allow({"AWS": "111111111111"}, Condition=TWO_IDS)))
ELSEWHERE = case("cross-account", identity_policies=identity(on(["arn:aws:iam::333333333333:role/Deploy"])))


@pytest.mark.parametrize(
    ("tried", "layer", "after", "harm"),
    [
        pytest.param(SHARED, Layer.TRUST, [allow({"AWS": "444444444444"})], "no longer", id="a user is lost"),
        pytest.param(SHARED, Layer.TRUST, [allow({"AWS": OTHER_USER})], "no longer", id="an account is lost"),
        pytest.param(SHARED, Layer.TRUST, [allow(BOTH, Condition=MFA)], "no longer", id="more is asked of the others"),
        pytest.param(
            ASKING, Layer.TRUST, [allow({"AWS": "111111111111"}, Condition=ONE_ID)], "no longer", id="a value is lost"
        ),
        pytest.param(ELSEWHERE, Layer.IDENTITY, [on(DEPLOY)], "no longer", id="a role is lost"),
        pytest.param(SHARED, Layer.TRUST, [allow(BOTH), allow({"AWS": "<ID>"})], "placeholder", id="a placeholder"),
        pytest.param(
            SHARED,
            Layer.TRUST,
            [allow(BOTH), allow({"AWS": "arn:aws:iam::111111111111:role/team/*"})],
            "principal",
            id="a wildcard in a principal",
        ),
        pytest.param(SHARED, Layer.TRUST, [allow(BOTH, Sid="A"), allow(BOTH, Sid="A")], "Sid", id="a Sid twice"),
        pytest.param(SHARED, Layer.TRUST, [allow(BOTH, Sid="A-1")], "Sid", id="a Sid with a dash"),
        pytest.param(SHARED, Layer.TRUST, [allow(BOTH, Resource="*")], "Resource", id="a resource in a trust policy"),
        pytest.param(
            SHARED, Layer.TRUST, [allow(BOTH, Condition={"Like": {"a:b": "c"}})], "operator", id="no operator"
        ),
        pytest.param(SHARED, Layer.TRUST, [allow(BOTH, Condition={"StringLike": {}})], "empty", id="an empty block"),
        pytest.param(ELSEWHERE, Layer.IDENTITY, [on("Deploy")], "resource", id="a resource that is not an ARN"),
    ],
)
def test_a_planted_harm_is_seen(tried: Case, layer: Layer, after: Json, harm: str) -> None:
    found = list(harms(_planted(tried, layer, after), tried))
    assert any(harm in one for one in found), found


def _planted(tried: Case, layer: Layer, after: Json) -> Remedy:
    """Make a fix that nobody should print: another document in the place of the first policy of a layer."""
    name, whole = next(policies_in(tried, layer)).name, document(*after)
    patch = [{"op": "add", "path": "", "value": whole}]
    return Remedy(
        "planted", Owner.DESTINATION, "", policy_name=name, document=json.dumps(whole), patch=json.dumps(patch)
    )


def harms(remedy: Remedy, tried: Case) -> Iterator[str]:
    """Say what a fix would break, as it is printed."""
    one = applied(remedy, tried)
    if one is None:
        return
    yield from _ungrammatical(one)
    new = set(_texts(one.after)) - set(_texts(one.before))
    yield from (f"placeholder `{text}`" for text in new if _PLACEHOLDER.search(text))
    yield from (f"resource `{text}`" for text in _resources(one.after) if text in new and not _RESOURCE.fullmatch(text))
    if one.before is not None and one.policy is not None and one.layer is not None:
        yield from _lost(one, tried)


def applied(remedy: Remedy, tried: Case) -> Applied | None:
    """Find the policy that a fix edits by its name, and carry out the patch that is printed; None: it edits none."""
    if not remedy.patch:
        return None
    after = json.loads(remedy.document)
    patch = [PatchOperation(**operation) for operation in json.loads(remedy.patch)]
    for layer in Layer:
        for policy in policies_in(tried, layer):
            before = document_of(policy)
            if policy.name == remedy.policy_name and before is not None and _leads_to(before, patch, after):
                return Applied(layer, policy, before, after)
    assert [operation.path for operation in patch] == [""], "the patch fits no policy of the case"
    return Applied(None, None, None, after)


def _leads_to(before: JsonDict, patch: list[PatchOperation], after: JsonDict) -> bool:
    try:
        return apply_patch(before, patch) == after
    except (LookupError, ValueError):
        return False


def _lost(one: Applied, tried: Case) -> Iterator[str]:
    assert one.layer is not None
    assert one.policy is not None
    assert one.before is not None
    edited = with_policy(tried, one.layer, one.policy, replace(one.policy, document=raw_document(one.after)))
    of_caller = one.layer in (Layer.TRUST, Layer.ENDPOINT)
    ours = caller_of(tried).presumed_arn if of_caller else tried.destination_arn
    before, after = requests(tried, one.layer, one.before), requests(edited, one.layer, one.before)
    for was, now in zip(before, after, strict=True):
        whom = caller_of(was).presumed_arn if of_caller else was.request.role_arn
        if _passes(was, one.layer) is YES and _passes(now, one.layer) is not YES and may_exist_beside(whom, ours):
            yield f"`{whom}` no longer passes with {dict(was.request.context)}"


def _passes(tried: Case, layer: Layer) -> Tri:
    decided = decide(tried).actions[0]
    return next((trace.verdict for trace in decided.layers if trace.layer is layer), YES)


_STATEMENT = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
_OPERATOR = re.compile(
    r"(?i)(ForAllValues:|ForAnyValue:)?((String(Not)?(Equals(IgnoreCase)?|Like)|Arn(Not)?(Equals|Like)|Bool|BinaryEquals"
    r"|(Numeric|Date)((Not)?Equals|(LessThan|GreaterThan)(Equals)?)|(Not)?IpAddress)(IfExists)?|Null)"
)  # fmt: skip
_PRINCIPAL = re.compile(
    r"\*|\d{12}|A(IDA|ROA)[A-Z0-9]+|arn:aws[a-z-]*:(iam::\d{12}:(root|(user|role)/[\w+=,.@/-]+)"
    r"|sts::\d{12}:(assumed-role/[\w+=,.@-]+/[\w+=,.@-]+|federated-user/[\w+=,.@-]+))",
    re.ASCII,
)
_RESOURCE = re.compile(r"\*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+")
_PLACEHOLDER = re.compile(
    r"<[^<>]+>|\[[A-Z_ -]+\]|\{\{|&\{|X{4,}|(?i:your-|example-account|account[_-]?id)|\$\{(?![*?$]\}|[\w-]+:[^}]+\})",
    re.ASCII,
)


def _ungrammatical(one: Applied) -> Iterator[str]:
    """Say what IAM would not take of the statements that the fix wrote or changed.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    """
    in_iam = one.layer not in (Layer.SCP, Layer.RCP, Layer.ENDPOINT)
    sids = [str(statement["Sid"]) for statement in statements(one.after) if statement.get("Sid")]
    before = [] if one.before is None else statements(one.before)
    if len(sids) != len(set(sids)):
        yield "a Sid twice"
    for statement in statements(one.after):
        if statement in before:
            continue
        names = set(statement)
        if names - _STATEMENT:
            yield f"elements {names - _STATEMENT}"
        if statement.get("Effect") not in ("Allow", "Deny"):
            yield "no effect"
        if in_iam and not re.fullmatch(r"[A-Za-z0-9]*", str(statement.get("Sid", ""))):
            yield f"Sid `{statement['Sid']}`"
        if len(names & {"Action", "NotAction"}) != 1 or not all(_lists(statement)):
            yield "no action, or an empty list"
        if one.layer is Layer.TRUST and names & {"Resource", "NotResource"}:
            yield "a Resource in a trust policy"
        if (one.layer in (Layer.TRUST, Layer.ENDPOINT, Layer.RCP)) != bool(
            names & {"Principal", "NotPrincipal"}
        ) and one.layer:
            yield "a principal where none may stand, or none where one must"
        if one.layer is not Layer.TRUST and len(names & {"Resource", "NotResource"}) != 1:
            yield "no resource"
        yield from _bad_principals(statement)
        yield from _bad_conditions(statement.get("Condition", {"StringLike": {"a:b": "c"}}))


def _lists(statement: JsonDict) -> Iterator[bool]:
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        if name in statement:
            yield bool(as_list(statement[name])) and all(isinstance(text, str) for text in as_list(statement[name]))


def _bad_principals(statement: JsonDict) -> Iterator[str]:
    for name in ("Principal", "NotPrincipal"):
        principal = statement.get(name, "*")
        for text in as_list(principal.get("AWS", [])) if isinstance(principal, dict) else [principal]:
            if not _PRINCIPAL.fullmatch(str(text)):
                yield f"principal `{text}`"


def _resources(document: JsonDict) -> Iterator[str]:
    for statement in statements(document):
        for name in ("Resource", "NotResource"):
            yield from (str(text) for text in as_list(statement.get(name, [])))


def _bad_conditions(condition: Json) -> Iterator[str]:
    if not isinstance(condition, dict) or not condition or not all(condition.values()):
        yield "an empty condition"
        return
    yield from (f"operator `{operator}`" for operator in condition if not _OPERATOR.fullmatch(operator))
    for block in condition.values():
        yield from ("a condition without values" for values in block.values() if values in ([], {}))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for member in value if isinstance(value, list) else value.values():
            yield from _texts(member)


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(load_rules())


def _remedies(tried: Case) -> list[Remedy]:
    return [remedy for finding in diagnose(tried, _rules()).findings for remedy in finding.remedies]
