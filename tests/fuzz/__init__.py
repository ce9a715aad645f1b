"""Fuzz targets: each `fuzz_<what>.py` has a `main(seconds, seed)` that prints what it tried and gives the failures."""
