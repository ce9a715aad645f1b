"""Texts with gaps mean what a pattern with `.*` means, and never take its time."""

import re
import time
from itertools import pairwise, product

import pytest

from diagnose.model.gapped_text import gapped

PARTS = (None, "a", "b", "ab")
TEXTS = ["".join(letters) for length in range(6) for letters in product("ab", repeat=length)]


@pytest.mark.parametrize(("least", "gap"), [(0, ".*"), (1, ".+")])
def test_every_small_text_fits_as_it_does_a_plain_pattern(least: int, gap: str) -> None:
    for length in range(1, 6):
        for parts in product(PARTS, repeat=length):
            if any(one is not None and other is not None for one, other in pairwise(parts)):
                continue
            plain = re.compile("".join(gap if part is None else part for part in parts))
            ours = gapped(parts, least)
            for text in TEXTS:
                assert bool(ours.fullmatch(text)) == bool(plain.fullmatch(text)), (parts, text)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([*[None] * 30, "x"], id="gaps beside each other"),
        pytest.param([*["a", None] * 30, "x"], id="gaps between the same"),
    ],
)
def test_many_gaps_take_no_longer_than_their_number(parts: list[str | None]) -> None:
    before = time.process_time()
    assert not gapped(parts, 1).fullmatch("a" * 2000)
    assert time.process_time() - before < 2
