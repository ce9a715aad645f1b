"""What deciding remembers is bounded in bytes: long texts that come once each leave nothing behind."""

import subprocess
import sys

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
