"""The program, with one home for all, so that the rules are read once."""

from collections.abc import Iterator

import pytest
from tests.cli.program import Program


@pytest.fixture(scope="session")
def xdiag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with Program(tmp_path_factory.mktemp("home")) as program:
        yield program
