"""Which fixes are said not to be proved, and in which words."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES

from diagnose.model.diagnosis import Certainty, NotProved, Owner, Proof, Refused, Remedy
from diagnose.remedy.table import KINDS, Edited
from diagnose.report import Format, render
from diagnose.report.blocks import Bullets
from diagnose.report.refused import kind_words, refusal_words, refusals

POLICIES = (Edited.POLICY, Edited.TRUST, Edited.SOURCE, Edited.LIMIT)
FINDING = replace(EVERY["wrong-principal"](NAMES).findings[0], remedies=())
OTHERS, NO_EDIT = Refused("name-principal-in-trust", NotProved.LETS_IN_OTHERS), Refused("pass-mfa", NotProved.NO_EDIT)
ASK = Remedy("ask-owner", Owner.DESTINATION, "Ask the owner")


@pytest.mark.parametrize("reason", NotProved)
def test_every_reason_has_words_of_its_own(reason: NotProved) -> None:
    others = {refusal_words(Refused("pass-mfa", other)) for other in NotProved if other is not reason}
    assert refusal_words(Refused("pass-mfa", reason)) not in others


@pytest.mark.parametrize(
    ("remedies", "refused", "said"),
    [
        pytest.param((), (OTHERS, NO_EDIT), True, id="there is no fix"),
        pytest.param((ASK,), (OTHERS,), True, id="what is offered could not be tried"),
        pytest.param((replace(ASK, proof=Proof.CLEARS),), (OTHERS,), False, id="another fix is proved"),
        pytest.param((), (NO_EDIT,), False, id="there was nothing to edit"),
        pytest.param((), (), False, id="nothing was looked for"),
    ],
)
def test_a_fix_that_is_not_proved_is_told_where_none_is(
    remedies: tuple[Remedy, ...], refused: tuple[Refused, ...], said: bool
) -> None:
    told = list(refusals(replace(FINDING, remedies=remedies, refused=refused)))
    bullets = [block.items for block in told if isinstance(block, Bullets)]
    assert bullets == ([("Naming the caller in the trust policy: it would give others access, too.",)] if said else [])


@pytest.mark.parametrize("change", [{"excerpts": ()}, {"certainty": Certainty.POSSIBLE}], ids=["not seen", "possible"])
def test_where_no_policy_was_seen_it_is_not_said_that_an_edit_would_not_help(change: dict[str, Any]) -> None:
    nothing = Refused("allow-role-in-identity", NotProved.CHANGES_NOTHING)
    assert list(refusals(replace(FINDING, refused=(nothing,))))
    assert not list(refusals(replace(FINDING, refused=(nothing,), **change)))
    assert list(refusals(replace(FINDING, refused=(OTHERS,), **change)))


@pytest.mark.parametrize("kind", [kind for kind, traits in KINDS.items() if traits.edits in POLICIES])
def test_an_edit_of_a_policy_is_named_for_its_readers(kind: str) -> None:
    assert kind_words(kind) != kind.replace("-", " ").capitalize()


@pytest.mark.parametrize("format", [Format.TEXT, Format.MARKDOWN])
def test_it_is_told_in_reports_for_people(format: Format) -> None:  # noqa: A002  # the word of the option
    diagnosis = EVERY["wrong-principal"](NAMES)
    refused = replace(diagnosis, findings=(replace(FINDING, refused=(OTHERS,)),))
    assert "it would give others access, too" in render(refused, format)
    assert "it would give others access, too" not in render(diagnosis, format)
