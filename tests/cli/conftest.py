"""The program, with one home for all, so that the rules are read once."""

import pytest
from tests.cli.program import Program


@pytest.fixture(scope="session")
def xdiag(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return Program(tmp_path_factory.mktemp("home"))
