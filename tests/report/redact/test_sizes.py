"""A document that is too large to be read stays so, and no other becomes it: pseudonyms and names differ in length."""

import json
import random
from string import ascii_lowercase

from msgspec import Raw
from msgspec.structs import replace
from tests.cases import case, document, on
from tests.report.redact.proof import answer, diagnosed, redacted

from diagnose.model.case import Case
from diagnose.model.policy import LARGEST_DOCUMENT


def test_pseudonyms_make_no_document_too_large() -> None:
    chance = random.Random(7)
    values = ["".join(chance.choices(ascii_lowercase, k=8)) for _ in range(11_500)]
    condition = {"StringEquals": {"aws:PrincipalTag/zqtag": values}}
    text = json.dumps(document(on("*", Condition=condition)), separators=(",", ":"))
    assert LARGEST_DOCUMENT * 0.95 < len(text) <= LARGEST_DOCUMENT
    original = _with(text)
    assert [finding.rule for finding in diagnosed(original).findings] == ["caller-tag-differs"]
    assert answer(redacted(original)) == answer(diagnosed(original))


def test_a_document_that_is_too_large_for_its_spaces_stays_too_large() -> None:
    original = _with(json.dumps(document(on("*"))).replace(" ", " " * 50_000))
    told = redacted(original)
    assert [finding.rule for finding in told.findings][:1] == ["policy-malformed"]
    assert answer(diagnosed(told.case)) == answer(diagnosed(original))


def _with(text: str) -> Case:
    made = case("cross-account", identity_policies={"policies": [{"name": "zqpolicy", "document": {}}]})
    source = made.snapshot.source
    (policy,) = source.identity_policies.policies
    policies = replace(source.identity_policies, policies=(replace(policy, document=Raw(text.encode())),))
    return replace(made, snapshot=replace(made.snapshot, source=replace(source, identity_policies=policies)))
