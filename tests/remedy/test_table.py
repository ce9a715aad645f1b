"""The table of the kinds of remedy: complete, and each column true of what the kind does."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from tests.remedy.example import Example
from tests.remedy.examples import EXAMPLES

from diagnose.evaluate.decision import decide
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Proof
from diagnose.model.trace import Decision, Layer, Subject
from diagnose.remedy.change import (
    Attempt,
    Draft,
    MaximumChange,
    NewAssociation,
    NewAttachment,
    NewAudience,
    NewMembership,
    NewProvider,
    NewRole,
    PolicyChange,
    Removal,
    TagChange,
    Unseen,
    VersionChange,
)
from diagnose.remedy.kinds import REMEDIES, RemedyKind
from diagnose.remedy.proposal import first_proven
from diagnose.remedy.table import KINDS, Edited, KindTraits, author_of

COLUMNS = KindTraits.__struct_fields__
SHOWN = [one for one in EXAMPLES if one.proof]
EDITS = {kind.value for kind, traits in KINDS.items() if traits.edits is not Edited.NOTHING}


def named(example: Example) -> str:
    return f"{example.kind}: {example.name}"


def test_every_kind_has_a_row() -> None:
    assert set(KINDS) == set(RemedyKind)
    assert {kind.value for kind in KINDS} == REMEDIES


@pytest.mark.parametrize("column", COLUMNS)
def test_a_row_without_a_column_cannot_be_written(column: str) -> None:
    row = KINDS[RemedyKind.ASK_OWNER]
    others: dict[str, Any] = {name: getattr(row, name) for name in COLUMNS if name != column}
    with pytest.raises(TypeError, match=column):
        KindTraits(**others)


def test_every_kind_has_an_author_of_its_own() -> None:
    assert len({author_of(kind) for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", RemedyKind)
def test_what_a_row_names_is_an_author(kind: RemedyKind) -> None:
    *taken, given = get_type_hints(author_of(kind)).values()
    assert taken == [Subject, Case, Decision]
    assert get_origin(given) is Iterator
    assert set(get_args(given)) <= {Draft, NotProved, Attempt}


@pytest.mark.parametrize("kind", RemedyKind)
def test_no_kind_repeats_itself_or_one_that_repeats_another(kind: RemedyKind) -> None:
    assert all(one.kind is not kind and not KINDS[one.kind].repeats for one in KINDS[kind].repeats)


@pytest.mark.parametrize("example", SHOWN, ids=named)
def test_a_kind_changes_what_its_row_says(example: Example) -> None:
    found = first_proven(RemedyKind(example.kind), example.subject, example.case, decide(example.case))
    assert not isinstance(found, NotProved)
    draft, proven = found
    if proven.proof is not Proof.NOT_TRIED:
        assert changes(draft, example.case, KINDS[RemedyKind(example.kind)].edits)


@pytest.mark.parametrize("kind", sorted(EDITS))
def test_an_edit_has_an_example_that_was_tried(kind: str) -> None:
    assert any(one.kind == kind and one.proof is not Proof.NOT_TRIED for one in SHOWN)


@pytest.mark.parametrize("kind", sorted(REMEDIES - EDITS - {"ask-owner"}))
def test_what_only_says_what_to_do_is_never_tried(kind: str) -> None:
    assert {one.proof for one in SHOWN if one.kind == kind} == {Proof.NOT_TRIED}


@pytest.mark.parametrize("module", ["diagnose.evaluate.decision", "diagnose.remedy.table", "diagnose.remedy.proposal"])
def test_naming_the_remedies_does_not_load_what_makes_them(module: str) -> None:
    script = f"import sys, diagnose.remedy; assert diagnose.remedy.REMEDIES; sys.exit({module!r} in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


def changes(draft: Draft, case: Case, edits: Edited) -> bool:
    """Say whether a draft changes what a row says, and nothing else."""
    assert draft.case is not None
    change, now = draft.change, draft.case
    policies = isinstance(change, PolicyChange)
    match edits:
        case Edited.SOURCE:
            own = isinstance(change, VersionChange | NewMembership | NewAttachment)
            return own or (isinstance(change, PolicyChange) and change.layer is Layer.IDENTITY)
        case Edited.TRUST:
            return isinstance(change, PolicyChange) and change.layer is Layer.TRUST
        case Edited.POLICY:
            return (policies or isinstance(change, Removal)) and now.request == case.request
        case Edited.LIMIT:
            return isinstance(change, PolicyChange) and change.layer not in (Layer.TRUST, Layer.IDENTITY)
        case Edited.REQUEST:
            session = (each.snapshot.source.session.issued_at for each in (now, case))
            routed = now.snapshot.endpoint != case.snapshot.endpoint or len(set(session)) > 1
            return not policies and (now.request != case.request or routed)
        case Edited.SETTING:
            return isinstance(change, TagChange | MaximumChange | NewRole | NewProvider | NewAudience | NewAssociation)
        case Edited.PRESENTED:
            return change is None and now.snapshot.source.identity != case.snapshot.source.identity
        case Edited.NOTHING:
            # A trust policy that was not read is tried as if it held what its owner is asked for.
            return isinstance(change, Unseen)
