"""Mutants: does any test notice that the code is wrong? A sample of each package, each against the tests of its own.

    python -m tests.mutants [PACKAGE ...] [--each 12] [--seed 1] [--jobs 2]

mutmut makes the mutants. They are not run by it: it swaps functions inside of one process, and what the tests of the
command line run is a process of its own. Here a mutant is a file in a copy of the repository, with an environment that
has this copy installed. A mutant that survives is the same program, or shows a missing test.
"""
