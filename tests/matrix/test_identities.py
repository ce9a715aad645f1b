"""Users and roles of dumps, as the sides of cases."""

from pathlib import Path

import pytest
from tests.matrix.dumps import OURS, THEIRS, role, trusting, user, write_dump, write_tree

from diagnose.matrix.accounts import read_dumps
from diagnose.matrix.identities import case_of_pair, identities
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import PolicySet
from diagnose.model.trace import Layer

APP = role(OURS, "App", trusting(THEIRS), path="/team/")


def test_users_and_roles_call_and_roles_are_called(tmp_path: Path) -> None:
    write_dump(tmp_path / "ours.json", users=[user(OURS, "ci")], roles=[APP])
    found = identities(read_dumps(tmp_path))
    assert [source.arn for source in found.sources] == [APP["Arn"], f"arn:aws:iam::{OURS}:user/ci"]
    assert [destination.arn for destination in found.destinations] == [APP["Arn"]]
    assert [(source.name, source.account, source.unique_id) for source in found.sources] == [
        ("App", OURS, f"AROA{OURS}APP"),
        ("ci", OURS, f"AIDA{OURS}CI"),
    ]


def test_what_is_no_arn_is_told_and_the_rest_is_taken(tmp_path: Path) -> None:
    wrong = user(OURS, "odd") | {"Arn": f"arn:aws:iam::{OURS}:group/odd"}
    write_dump(tmp_path / "ours.json", users=[wrong, user(OURS, "ci")])
    found = identities(read_dumps(tmp_path))
    assert [source.name for source in found.sources] == ["ci"]
    assert [wrong["Arn"] in mistake.message for mistake in found.mistakes] == [True]


def test_a_session_carries_nothing_and_what_the_caller_may_send_is_not_known(tmp_path: Path) -> None:
    write_dump(tmp_path / "ours.json", roles=[APP])
    found = identities(read_dumps(tmp_path))
    case = case_of_pair(found.sources[0], found.destinations[0])
    session = case.snapshot.source.session
    assert session.policies == PolicySet()
    carried = (session.tags, session.transitive_tag_keys, session.source_identity, case.snapshot.endpoint)
    assert [each.value for each in carried if isinstance(each, Known)] == [{}, (), None, None]
    # Whether MFA stands behind credentials is nobody's choice at the time of the call, and is in no dump.
    assert isinstance(session.mfa, Unread)
    assert isinstance(session.origin, Unread)
    assert case.request.unknown == ("sts:ExternalId",)


@pytest.mark.parametrize(
    "layers", [set(), {Layer.SCP}, {Layer.RCP}, {Layer.SCP, Layer.RCP}], ids=["none", "scp", "rcp", "both"]
)
@pytest.mark.parametrize("tree", [True, False], ids=["with a tree", "without"])
def test_layers_that_are_stated_to_be_empty_are_and_no_others(tmp_path: Path, layers: set[Layer], tree: bool) -> None:
    write_dump(tmp_path / "ours.json", roles=[APP])
    if tree:
        write_tree(tmp_path, [OURS])
    found = identities(read_dumps(tmp_path), layers)
    scps, rcps = found.sources[0].side.scps, found.destinations[0].side.rcps
    for layer, read in ((Layer.SCP, scps), (Layer.RCP, rcps)):
        if layer in layers:
            assert isinstance(read, Known)
            assert read.value == ()
        elif tree:
            assert isinstance(read, Known)
            assert [level.target for level in read.value] == ["r-ab12", OURS]
        else:
            assert isinstance(read, Unread)


@pytest.mark.parametrize("tree", [True, False], ids=["with a tree", "without"])
def test_what_is_supposed_or_stated_says_so(tmp_path: Path, tree: bool) -> None:
    write_dump(tmp_path / "ours.json", roles=[APP])
    if tree:
        write_tree(tmp_path, [OURS])
    for layers in (set[Layer](), {Layer.SCP, Layer.RCP}):
        found = identities(read_dumps(tmp_path), layers)
        case = case_of_pair(found.sources[0], found.destinations[0])
        source, destination = case.snapshot.source, case.snapshot.destination
        session = source.session
        supposed = (session.tags, session.transitive_tag_keys, session.source_identity, case.snapshot.endpoint)
        assert {each.source for each in supposed if isinstance(each, Known)} == {"supposed for every pair of a matrix"}
        for read in (source.scps, destination.rcps):
            if layers:
                assert isinstance(read, Known)
                assert read.source == "stated on the command line"
            elif not tree:
                assert isinstance(read, Unread)
                assert read.subject == f"organization of account {OURS}"
                assert read.detail == "there is no organization.json"
        for organization in (source.organization, destination.organization):
            assert isinstance(organization, Known if tree else Unread)
