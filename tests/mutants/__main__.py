"""Try the samples, and print what no test has noticed, and which tests have noticed the others."""

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue
from typing import Self

from msgspec import Struct

from tests.mutants.copy import Copy, Outcome
from tests.mutants.marks import marked
from tests.mutants.packages import PACKAGES, READ_THE_SOURCE, files, nearest
from tests.mutants.sample import Mutant, sample


class By(StrEnum):
    """Which tests notice a mutant, the first that do."""

    NEAR = "tests of its module"
    WIDER = "tests of its package"
    SOURCE = "tests that only read the source"
    TIME = "tests that do not end"
    NONE = "no test"


class Tried(Struct):
    """A mutant, and what is known of it so far."""

    package: str
    mutant: Mutant
    by: By = By.NONE

    @property
    def near(self) -> list[str]:
        return nearest(self.mutant.path, PACKAGES[self.package])


_TESTS_AT_ONCE = 20
"""Files of tests in one run of pytest that looks for marks."""


class Workshop:
    """Copies of the repository, which work at the same time."""

    def __init__(self, folder: Path, jobs: int) -> None:
        self._threads, self._copies = ThreadPoolExecutor(jobs), SimpleQueue[Copy]()
        for number in range(jobs):
            self._copies.put(Copy(folder / str(number)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what runs, and begin nothing more."""
        self._threads.shutdown(cancel_futures=True)

    def put_to(
        self, tests: Callable[[Tried], tuple[Sequence[str], Sequence[str]]], everything: Sequence[Tried], by: By
    ) -> None:
        """Put those that nothing has noticed to tests: to files, or to some tests of theirs."""
        left = [tried for tried in everything if tried.by is By.NONE]

        def put(tried: Tried) -> None:
            chosen, only = tests(tried)
            if chosen:
                with self._copy() as copy:
                    outcome = copy.outcome(tried.mutant, chosen, only)
                tried.by = {Outcome.NOTICED: by, Outcome.ENDLESS: By.TIME, Outcome.UNNOTICED: By.NONE}[outcome]

        for done, _ in enumerate(self._threads.map(put, left), 1):
            print(f"by {by}: {done} of {len(left)}", end="\r", file=sys.stderr)

    def tests_of(self, left: Sequence[Tried], beside: Sequence[str]) -> tuple[dict[int, set[str]], list[str]]:
        """Run their tests and some beside once, over marked files.

        Give the tests that come by each that has a mark, by its place in `left`, and those that fail without a mutant.
        """
        texts, with_mark = marked({number: tried.mutant for number, tried in enumerate(left)})
        tests = files([*(test for tried in left for test in PACKAGES[tried.package].tests), *beside])
        tests_of: dict[int, set[str]] = {number: set() for number in with_mark}
        failing = list[str]()

        def run(part: Sequence[str]) -> list[tuple[int, str]]:
            with self._copy() as copy:
                outcome, met = copy.met(texts, part)
                # What stops pytest itself is no answer.
                assert outcome is Outcome.UNNOTICED or copy.failures, f"the tests of {', '.join(part)} do not run"
                failing.extend(copy.failures)
                return met

        # In small parts, so that none waits long for the last.
        parts = [tests[start : start + _TESTS_AT_ONCE] for start in range(0, len(tests), _TESTS_AT_ONCE)]
        for number, test in (pair for met in self._threads.map(run, parts) for pair in met):
            # What is met before a file of tests is read is of all of them.
            tests_of[number].update([test] if ".py" in test else tests)
        return tests_of, failing

    @contextmanager
    def _copy(self) -> Iterator[Copy]:
        copy = self._copies.get()
        try:
            yield copy
        finally:
            self._copies.put(copy)


def main() -> None:
    """Try the tests that are near first: they notice most. What they leave is put to the others all together."""
    given = _arguments()
    tried = [
        Tried(name, mutant)
        for name in given.packages or PACKAGES
        for mutant in sample(PACKAGES[name], given.each, random.Random(f"{given.seed} {name}"))
    ]
    failing, whole = list[str](), True
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, Workshop(Path(folder), given.jobs) as workshop:
        try:
            workshop.put_to(lambda each: (each.near, ()), tried, By.NEAR)
            failing = put_to_the_others(workshop, tried)
        except KeyboardInterrupt:
            whole = False
    _print(tried)
    if not whole:
        sys.exit("interrupted: those that no test has noticed were not all put to all tests")
    if failing:
        # They notice every mutant, whatever it is: what was noticed may have been noticed by them.
        sys.exit("\n".join(["these tests fail without any mutant:", *failing]))


def put_to_the_others(workshop: Workshop, tried: Sequence[Tried]) -> list[str]:
    """Put what is left to all tests of its package that come by it, and give the tests that fail without a mutant."""
    left = [each for each in tried if each.by is By.NONE]
    near = [test for each in tried if each.by is By.NEAR for test in each.near]
    tests_of, failing = workshop.tests_of(left, near)
    number_of = {id(each): number for number, each in enumerate(left)}

    def wider(each: Tried) -> tuple[Sequence[str], Sequence[str]]:
        number = number_of[id(each)]
        if number not in tests_of:
            return files(PACKAGES[each.package].tests), ()
        tests = tests_of[number] - set(failing)
        return sorted({test.partition("::")[0] for test in tests}), sorted(tests)

    workshop.put_to(wider, tried, By.WIDER)
    workshop.put_to(lambda _: (READ_THE_SOURCE, ()), tried, By.SOURCE)
    return failing


def _print(tried: Sequence[Tried]) -> None:
    """Print what deserves a look, and how many of each package which tests have noticed."""
    for each in tried:
        if each.by not in (By.NEAR, By.WIDER):
            print(f"{each.package}, noticed by {each.by}:\n{each.mutant.diff}")
    for name in dict.fromkeys(each.package for each in tried):
        counts = Counter(each.by for each in tried if each.package == name)
        print(f"{name}: {counts.total()}, noticed by", ", by ".join(f"{by} {counts[by]}" for by in By if counts[by]))
    print(f"all: {sum(each.by is not By.NONE for each in tried)} of {len(tried)} were noticed")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=", ".join(PACKAGES))
    parser.add_argument("--each", type=int, default=12, help="how many mutants of each package")
    parser.add_argument("--seed", default="1", help="which ones")
    parser.add_argument("--jobs", type=int, default=2, help="how many at the same time")
    given = parser.parse_args()
    if unknown := set(given.packages) - set(PACKAGES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PACKAGES)}")
    return given


if __name__ == "__main__":
    main()
