"""Runs every fuzz target in turn: `python -m tests.fuzz SECONDS SEED`, so many seconds for all of them together."""

import sys
from importlib import import_module
from pathlib import Path

targets = sorted(path.stem for path in Path(__file__).parent.glob("fuzz_*.py"))
seconds, seed = float(sys.argv[1]), int(sys.argv[2])
failures = sum(import_module(f"tests.fuzz.{target}").main(seconds / len(targets), seed) for target in targets)
sys.exit(failures > 0)
