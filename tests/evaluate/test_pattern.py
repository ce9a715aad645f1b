"""Patterns: wildcards against a matcher that is too simple to be wrong, and hostile ones against the clock."""

import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.evaluate.cases import FAR, case, element, on_key

from diagnose.evaluate.near_miss import how_arns_differ
from diagnose.model.trace import Element, Layer
from diagnose.model.tri import YES, tri

KEY, ARN = "aws:UserAgent", "aws:PrincipalArn"
letters = st.text(alphabet="abAB.:/$\n", max_size=8)
patterns = st.text(alphabet="abA*?.:/\n", max_size=8)


def naively(pattern: str, text: str) -> bool:
    """Match letter by letter."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return naively(pattern[1:], text) or (bool(text) and naively(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and naively(pattern[1:], text[1:])


def naively_by_part(pattern: str, text: str) -> bool:
    """Match the six parts of an ARN one by one."""
    wanted, given = pattern.split(":", 5), text.split(":", 5)
    return len(wanted) == len(given) == 6 and all(map(naively, wanted, given))


@given(patterns, letters)
@example("*a*b", "aab")
@example("a*a", "a")
@example("*", "\n")
@example("**?", "")
@example("a**b?", "abbb")
def test_string_like_matches_as_letter_by_letter(pattern: str, text: str) -> None:
    trace = on_key("StringLike", KEY, pattern, version=None, context={KEY: (text,)})
    assert trace.verdict is tri(naively(pattern, text))


@given(st.text(alphabet="ab*?", min_size=1, max_size=4), st.text(alphabet="ab", max_size=4))
@example("*a*", "ba")
def test_a_part_of_a_pattern_that_a_variable_filled_is_literal(value: str, text: str) -> None:
    more: dict[str, Any] = {"tags": {"t": value}, "context": {KEY: (f"x{text}y",)}}
    assert on_key("StringLike", KEY, "x${aws:PrincipalTag/t}*", **more).verdict is tri(f"{text}y".startswith(value))
    assert on_key("StringLike", KEY, "*${aws:PrincipalTag/t}y", **more).verdict is tri(f"x{text}".endswith(value))


arn_parts = st.lists(st.text(alphabet="ab/", max_size=3), min_size=6, max_size=7).map(
    lambda parts: "arn:" + ":".join(parts[1:])
)
arn_patterns = st.lists(st.text(alphabet="ab/*?", max_size=3), min_size=6, max_size=7).map(
    lambda parts: "arn:" + ":".join(parts[1:])
)


@given(arn_patterns, arn_parts)
@example("arn:*:b:c:d:e", "arn:a:x:b:c:d:e")
@example("arn:a:b:c:d:*e", "arn:a:b:c:d:x:e")
def test_arn_like_matches_part_by_part(pattern: str, text: str) -> None:
    trace = on_key("ArnLike", ARN, pattern, context={ARN: (text,)})
    assert trace.verdict is tri(naively_by_part(pattern, text))


resources = st.text(alphabet="abD/*?", max_size=6)


@given(resources, st.sampled_from(["role/a/D", "role/D", "role/ab/ba/D"]))
def test_a_resource_matches_part_by_part(pattern: str, role: str) -> None:
    text, written = f"arn:aws:iam::{FAR}:{role}", f"arn:aws:iam::{FAR}:role/{pattern}"
    one = case(role=text, identity=[{"Effect": "Allow", "Action": "*", "Resource": written}])
    assert element(one, Layer.IDENTITY, Element.RESOURCE).verdict is tri(naively_by_part(written, text))


HOSTILE = [
    pytest.param("*a" * 3_000 + "b", "a" * 6_000, id="many asterisks"),
    pytest.param("*" * 6_000 + "b", "a" * 6_000, id="asterisks in a row"),
    pytest.param("*?" * 3_000 + "b", "a" * 6_000, id="asterisks and question marks"),
    pytest.param("*" + "a" * 3_000 + "*b", "a" * 6_000, id="a long run"),
    pytest.param("*" + "a?" * 1_500 + "*" + "a?" * 1_500 + "*b", "a" * 6_000, id="two long runs"),
]


@pytest.mark.parametrize(("pattern", "text"), HOSTILE)
def test_a_hostile_pattern_is_compared_in_no_time(pattern: str, text: str) -> None:
    start = time.perf_counter()
    assert on_key("StringLike", KEY, pattern, context={KEY: (text,)}).verdict is not YES
    arn = f"arn:aws:iam::{FAR}:"
    assert on_key("ArnLike", ARN, arn + pattern, context={ARN: (arn + text,)}).verdict is not YES
    case_ = case(identity=[{"Effect": "Allow", "Action": pattern, "Resource": f"{arn}role/{pattern}"}])
    assert element(case_, Layer.IDENTITY, Element.RESOURCE).verdict is not YES
    how_arns_differ(f"{arn}role/{pattern}", f"{arn}role/{text}")
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(("pattern", "text"), [HOSTILE[0], HOSTILE[3]])
def test_a_hostile_pattern_of_an_unknown_key_is_given_up_in_time(pattern: str, text: str) -> None:
    start = time.perf_counter()
    assert on_key("StringLike", KEY, [pattern[:200], pattern], unknown=(KEY,)).verdict is not YES
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("text", ["${a b}", "${}", "${a, b}"])
def test_what_is_no_variable_is_literal(text: str) -> None:
    assert on_key("StringEquals", KEY, text, context={KEY: (text,)}).verdict is YES


def test_a_variable_behind_colons_leaves_the_last_part_of_an_arn_whole() -> None:
    pattern, text = f"arn:aws:iam::{FAR}:x*:${{aws:PrincipalTag/t}}", f"arn:aws:iam::{FAR}:xa:b:y"
    assert on_key("ArnLike", ARN, pattern, tags={"t": "y"}, context={ARN: (text,)}).verdict is YES
