"""Redacts all examples of rules, all known answers, then random cases: the answer stays, and no name survives."""

import random
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from diagnose.authoring.examples import case_of
from diagnose.causes.rule_file import load_examples
from diagnose.causes.rule_folders import rule_folders
from diagnose.errors import XdiagError
from diagnose.model.case import Case
from tests.cases import case
from tests.report.redact.proof import answer, diagnosed, redacted
from tests.report.redact.strange_cases import strange_case
from tests.report.redact.strange_tokens import strange_token
from tests.test_known_answers import ANSWERS

CASES: Mapping[str, Callable[[], Case]] = {
    f"{rule}: {example.name}": partial(case_of, example)
    for rule, of_rule in load_examples(rule_folders()).items()
    for example in of_rule
} | {f"{topic}: {known.name}": partial(case, known.world, known.change) for topic, known in ANSWERS}
"""The examples and the known answers, by name."""


def fault(seed: int) -> str:
    """Say what is wrong with the redaction of one strange case, every other of a token; nothing where it is right."""
    strange, words = (strange_token if seed % 2 else strange_case)(random.Random(seed))
    return _fault(f"seed {seed}", strange, words)


def main(seconds: float, seed: int) -> int:
    """Try for so long; print how many cases were tried and what failed, and give the number of failures."""
    end = time.monotonic() + seconds
    tried, failures = 0, 0
    examples = list(CASES)
    random.Random(seed).shuffle(examples)
    while time.monotonic() < end:
        if tried < len(examples):
            found = _fault(examples[tried], CASES[examples[tried]](), [])
        else:
            found = fault(seed * 1_000_000 + tried)
        tried += 1
        if found:
            failures += 1
            print(found)
    print(f"redaction: {tried} tried, {failures} failures")
    return failures


def _fault(name: str, original: Case, words: list[str]) -> str:
    try:
        before = diagnosed(original)
    except XdiagError:
        return ""
    try:
        told = redacted(original)
    except XdiagError as error:
        return f"{name}: {error}"
    if answer(diagnosed(told.case)) != answer(before):
        return f"{name}: another answer"
    written = msgspec.json.encode(told.case).decode().lower()
    left = [word for word in words if word.lower() in written]
    return f"{name}: left {left}" if left else ""


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2])) > 0)
