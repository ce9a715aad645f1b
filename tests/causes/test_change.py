"""The change of an example: merge patch, with a way into lists, and evidence kept whole."""

from typing import Any

import pytest

from diagnose.authoring.examples import changed
from diagnose.errors import XdiagError

KNOWN = {"evidence": "known", "value": {"a": 1}, "source": "a file"}


@pytest.mark.parametrize(
    ("world", "change", "result"),
    [
        pytest.param({"a": "b"}, {"a": "c"}, {"a": "c"}, id="a value is replaced"),
        pytest.param({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}, id="a value is added"),
        pytest.param({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}, id="null removes"),
        pytest.param({"a": ["b"]}, {"a": "c"}, {"a": "c"}, id="a list is replaced by a value"),
        pytest.param({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}, id="a value is replaced by a list"),
        pytest.param({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}, id="mappings are merged"),
        pytest.param({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}, id="null in what is new leaves nothing"),
        pytest.param([{"a": 1}, {"b": 2}], {"1": {"b": 3}}, [{"a": 1}, {"b": 3}], id="a member is merged"),
        pytest.param([1, 2, 3], {"0": None, "2": 4}, [2, 4], id="a member is removed, another replaced"),
        pytest.param([1], {"1": {"a": 2}}, [1, {"a": 2}], id="one beyond the last is added"),
        pytest.param([1], {}, {}, id="an empty mapping is no way into a list"),
        pytest.param({"0": 1}, {"0": 2}, {"0": 2}, id="numbers are plain names in a mapping"),
        pytest.param(KNOWN, {"value": None}, KNOWN | {"value": None}, id="known to be none"),
        pytest.param(KNOWN, {"evidence": "unread"}, {"evidence": "unread"}, id="what is forgotten leaves nothing"),
        pytest.param(KNOWN, {"value": {"a": 2}}, KNOWN | {"value": {"a": 2}}, id="a known value is merged"),
    ],
)
def test_a_change_is_made(world: Any, change: Any, result: Any) -> None:
    before = repr(world)
    assert changed(world, change) == result
    assert repr(world) == before


def test_a_member_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(XdiagError, match="member `2` of a list of 1"):
        changed([1], {"2": {}})
