"""Settings of all tests."""

from typing import Any

import pytest
from hypothesis import settings

# The same examples in every run, however slow the machine: a red run is about the change at hand.
# `--hypothesis-profile=default` looks further.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give a worker whole files, so that what a file prepares is prepared once, and all tests with the emulator.

    Only `make test` has workers, and the environment of `make mutation` has no xdist.
    """
    from xdist.scheduler import LoadFileScheduling

    scheduler: Any = LoadFileScheduling(config, log)
    file_of = scheduler._split_scope
    scheduler._split_scope = lambda test: "tests/e2e" if test.startswith("tests/e2e/") else file_of(test)
    return scheduler
