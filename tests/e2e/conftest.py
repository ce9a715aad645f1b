"""One emulator for all end-to-end tests, and the program with a home of its own."""

from collections.abc import Iterator

import pytest
from tests.cli.program import Program
from tests.e2e.accounts import HERE, THERE, Account, Keys
from tests.e2e.emulator import running


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("emulator")) as url:
        yield url


@pytest.fixture(scope="session")
def here(emulator: str) -> Account:
    return Account(emulator, HERE)


@pytest.fixture(scope="session")
def there(emulator: str) -> Account:
    return Account(emulator, THERE)


@pytest.fixture(scope="session")
def auditor(there: Account) -> Keys:
    """Somebody who may read the destination's account."""
    return there.user("auditor")


@pytest.fixture(scope="session")
def xdiag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program, with one home for all, so that the rules are read once."""
    with Program(tmp_path_factory.mktemp("home")) as program:
        yield program
