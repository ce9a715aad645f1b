"""What deciding remembers is bounded in bytes: long texts that come once each leave nothing behind."""

import subprocess
import sys

import pytest

_LONG_PATTERNS = """
import resource

from diagnose.evaluate.action import covered
from diagnose.evaluate.keys.table import traits_of
from diagnose.evaluate.pattern import arn_glob, glob
from diagnose.model.placeholder import placeholder_in

def taken():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def compare(number):
    long = f"{number}" + "ab*" * 40_000
    glob(long)
    arn_glob("arn:aws:iam::222222222222:role/" + long)
    covered("sts:" + long)
    traits_of(long)
    placeholder_in(long)

for number in range(5):
    compare(number)
before = taken()
for number in range(5, 60):
    compare(number)
print(taken() - before)
"""


def test_long_texts_are_not_remembered() -> None:
    run = subprocess.run([sys.executable, "-c", _LONG_PATTERNS], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 40_000  # KiB


_UNLIKE_CASES = """
import resource
import sys

from diagnose.evaluate import memo
from diagnose.loading import load_rules
from diagnose.pipeline import diagnose
from tests.cases import allow, case, deny, on, trust

memo._MOST_BYTES = 8 * 2**20
RULES = load_rules()

def policies(statements):
    return {"policies": [{"name": "p", "document": {"Statement": statements}}]}

def patterns(n):
    texts = [f"x{n}*{'a' * 20}{m}?" for m in range(2500)]
    return {"identity_policies": policies([on("*", Condition={"StringLike": {"aws:PrincipalTag/x": texts}})])}

def statements(n):
    names = [f"{n}-{m}" for m in range(600)]
    many = [on(f"arn:aws:iam::222222222222:role/R{name}", Condition={"Bool": {f"k{name}": "true"}}) for name in names]
    return {"identity_policies": policies(many)}

def denies(n):
    keys = [f"aws:PrincipalTag/x{m}" for m in range(300)]
    many = [deny(Resource="*", Condition={"StringLike": {key: f"a{n}*"}}) for key in keys]
    return {"identity_policies": policies([on("*"), *many]), "request": {"unknown": keys}}

def principals(n):
    return {"trust_policy": trust(allow({"AWS": [f"arn:aws:iam::{n:012}:role/r{m}" for m in range(2500)]}))}

def taken():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

make = globals()[sys.argv[1]]
for number in range(4):
    diagnose(case("cross-account", **make(number)), RULES)
before = taken()
for number in range(4, 18):
    diagnose(case("cross-account", **make(number)), RULES)
print(taken() - before)
"""


@pytest.mark.parametrize("kind", ["patterns", "statements", "denies", "principals"])
def test_unlike_cases_take_no_more_together_than_may_be_remembered(kind: str) -> None:
    """Before it was counted how much is made of a byte of a policy, they took 25 MiB and more, and no end of it."""
    command = [sys.executable, "-c", _UNLIKE_CASES, kind]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(run.stdout) < 15_000  # KiB
