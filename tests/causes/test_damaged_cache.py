"""Whatever has become of the cache, the rules are read anew, and nothing is said."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.causes.given import rules

from diagnose.causes.rule_cache import cached_rules
from diagnose.remedy.kinds import REMEDIES


def _pipe(cache: Path) -> None:
    cache.unlink()
    os.mkfifo(cache)


def _holes(cache: Path) -> None:
    with open(cache, "r+b") as file:
        file.truncate(3 * 2**30)


def _folder(cache: Path) -> None:
    cache.unlink()
    cache.mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(
            lambda cache: cache.write_bytes(cache.read_bytes().replace(b"A title", b"B title")), id="a letter"
        ),
        pytest.param(lambda cache: cache.write_bytes(cache.read_bytes()[:-2]), id="its end is gone"),
        pytest.param(lambda cache: cache.write_bytes(b"[" * 100_000), id="nested brackets"),
        pytest.param(lambda cache: cache.write_bytes(b"\xff\x00"), id="no text"),
        pytest.param(_pipe, id="a pipe that nobody writes to"),
        pytest.param(_holes, id="three gigabytes of nothing"),
        pytest.param(_folder, id="a folder"),
    ],
)
def test_a_damaged_cache_is_read_anew(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    folder, caches = tmp_path / "rules", tmp_path / "cache"
    folder.mkdir()
    rules(folder, some_rule="when: [{condition: {key: a, alone: true}}]")
    first = cached_rules([folder], REMEDIES, caches)
    (cache,) = caches.iterdir()
    damage(cache)
    assert cached_rules([folder], REMEDIES, caches) == first
