import json

import pytest
from tests.remedy.broken import (
    BUILDER,
    about,
    allow,
    broken,
    edited,
    gate,
    the_remedy,
    trust,
)
from tests.remedy.example import Example
from tests.remedy.examples import EXAMPLES
from tests.remedy.test_document import by_the_book

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case, Parameters
from diagnose.model.diagnosis import NotProved
from diagnose.model.trace import Element, Gate, Layer, Subject
from diagnose.remedy.change import PolicyChange, RequestChange
from diagnose.remedy.kinds import RemedyKind
from diagnose.remedy.proposal import first_proven
from diagnose.remedy.render.terraform import terraform


@pytest.mark.parametrize("example", [one for one in EXAMPLES if one.proof], ids=lambda one: f"{one.kind}: {one.name}")
def test_the_patch_that_is_shown_gives_the_document_that_is_shown(example: Example) -> None:
    found = first_proven(RemedyKind(example.kind), example.subject, example.case, decide(example.case))
    assert not isinstance(found, NotProved)
    (remedy,) = (the_remedy(example.kind, example.subject, example.case),)
    change = found[0].change
    if not isinstance(change, PolicyChange):
        assert remedy.patch == ""
        return
    before = json.loads(bytes(change.before.document)) if change.before else {}
    assert by_the_book(before, remedy.patch) == edited(remedy) == json.loads(bytes(change.after.document))


@pytest.mark.parametrize(
    ("kind", "subject", "case", "flags"),
    [
        pytest.param(
            "pass-external-id",
            Subject(),
            broken("cross-account", request={"parameters": {"external_id": "acme-41"}}),
            ("--external-id", "acme-42"),
            id="an external ID",
        ),
        pytest.param(
            "shorten-duration",
            None,
            broken("cross-account", request={"parameters": {"duration_seconds": 7200}}),
            ("--duration-seconds", "3600"),
            id="a duration",
        ),
        pytest.param(
            "pass-mfa",
            Subject(),
            broken(
                "cross-account",
                trust_policy=trust(allow({"AWS": BUILDER}, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
            ),
            ("--mfa-serial", "arn:aws:iam::111111111111:mfa/builder", "--mfa-code", "CODE"),
            id="MFA",
        ),
        pytest.param(
            "pass-tags",
            Subject(),
            broken(
                "cross-account",
                trust_policy=trust(
                    allow({"AWS": BUILDER}, Condition={"StringEquals": {"aws:RequestTag/stage": "test"}})
                ),
            ),
            ("--tag", "stage=test"),
            id="a tag",
        ),
    ],
)
def test_a_changed_request_is_told_by_xdiags_own_flags(
    kind: str, subject: Subject | None, case: Case, flags: tuple[str, ...]
) -> None:
    found = about(case, Layer.TRUST, Element.CONDITION) if subject else gate(case, Gate.DURATION)
    assert the_remedy(kind, found, case).flags == flags


def test_parameters_that_are_left_out_have_no_flag() -> None:
    case = broken("tagged")
    bare = broken("tagged", request={"parameters": None}).request
    assert bare.parameters == Parameters()
    assert terraform(RequestChange(case.request, bare), case) == ""


def test_the_identity_to_use_is_the_one_that_is_named() -> None:
    case = broken("cross-account", trust_policy=trust(allow({"AWS": f"{BUILDER}2"})))
    remedy = the_remedy("use-identity", about(case, Layer.TRUST, Element.PRINCIPAL), case)
    assert remedy.text == f"Make the request as `{BUILDER}2` instead of `{BUILDER}`"
