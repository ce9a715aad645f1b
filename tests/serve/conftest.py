"""One server for all tests that change nothing of it: it takes seconds to start."""

from collections.abc import Iterator

import pytest
from tests.serve.session import Session, connected


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with connected(tmp_path_factory.mktemp("home")) as one:
        yield one
