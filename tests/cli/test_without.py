"""What the user states with `--without` is known by that statement, and no more is than was stated."""

from typing import Any

import pytest
from tests.cases import case
from tests.cli.program import BAD_INPUT, Program

from diagnose.cli.without import refuse_unknown_layers, without_layers
from diagnose.errors import XdiagError
from diagnose.model.evidence import Known, Unread
from diagnose.model.policy import NO_POLICIES_SUPPLIED, PolicySet

STATED = "stated on the command line"
GAP: Any = {"evidence": "unread", "gap": "not_supplied"}
UNREAD_SESSION = {
    "policies": {"policies": [], "unread": [{"gap": "not_supplied"}]},
    **dict.fromkeys(("tags", "transitive_tag_keys", "source_identity", "mfa"), GAP),
}


@pytest.mark.parametrize(
    ("layer", "side", "part", "value"),
    [
        ("scp", "source", "scps", ()),
        ("rcp", "destination", "rcps", ()),
        ("boundary", "source", "boundary", None),
    ],
)
def test_a_layer_that_is_stated_not_to_be_there_is_known_not_to_be(
    layer: str, side: str, part: str, value: object
) -> None:
    unread = case("cross-account", {"snapshot": {side: {part: GAP}}})
    told = without_layers(unread, [layer])
    assert getattr(getattr(told.snapshot, side), part) == Known(value, STATED)
    assert without_layers(unread, []) == unread


def test_no_endpoint_is_used() -> None:
    told = without_layers(case("cross-account", {"snapshot": {"endpoint": GAP}}), ["endpoint"])
    assert told.snapshot.endpoint == Known(None, STATED)


def test_policies_of_the_source_stay_and_none_are_stated_where_none_were_given() -> None:
    given = case("cross-account")
    assert without_layers(given, ["identity"]) == given
    supplied = NO_POLICIES_SUPPLIED
    none = case("cross-account", {"snapshot": {"source": {"identity_policies": None}}})
    assert none.snapshot.source.identity_policies == supplied
    assert without_layers(none, ["identity"]).snapshot.source.identity_policies == PolicySet()


def test_a_session_sends_nothing_that_is_not_known() -> None:
    told = without_layers(case("cross-account-role", session=UNREAD_SESSION), ["session"]).snapshot.source.session
    assert told.policies == PolicySet()
    assert told.tags == Known({}, STATED)
    assert told.transitive_tag_keys == Known((), STATED)
    assert told.source_identity == Known(None, STATED)
    assert isinstance(told.mfa, Unread)


def test_what_is_known_of_a_session_stays() -> None:
    given = case("tagged").snapshot.source.session
    assert isinstance(given.tags, Known)
    told = without_layers(case("tagged"), ["session"]).snapshot.source.session
    parts = (told.tags, told.transitive_tag_keys, told.source_identity)
    assert parts == (given.tags, given.transitive_tag_keys, given.source_identity)


def test_another_layer_is_a_mistake() -> None:
    with pytest.raises(XdiagError) as error:
        refuse_unknown_layers(["scp", "trust"])
    assert error.value.message == "`--without trust`: there is no such layer"
    assert error.value.hint == "expected identity, scp, rcp, boundary, endpoint or session"


@pytest.mark.parametrize(
    "ends",
    [
        ["arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"],
        ["arn:aws:iam::222222222222:role/Deploy"],
    ],
)
def test_another_layer_is_told_before_anything_is_read(xdiag: Program, ends: list[str]) -> None:
    run = xdiag("check", *ends, "--without", "trust", "--trust-policy", "not-there.json")
    assert (run.code, run.out) == (BAD_INPUT, "")
    assert "`--without trust`: there is no such layer" in run.err
