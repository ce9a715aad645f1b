"""Which tests come by a marked statement, in whichever process; and running just those tests.

It is a plugin of pytest, and while marks are looked for, each Python of a copy's environment loads it when it starts:
the programs that tests run have an environment of their own, but are run by this Python. It loads little itself.

PYTEST_DONT_REWRITE: pytest would warn of what is loaded before it.
"""

import builtins
import os
import sys

_CURRENT, _MET = (os.path.join(sys.prefix, name) for name in ("current", "met"))
_ONLY = "XDIAG_MUTANTS_ONLY"


class _Recorder:
    def __init__(self) -> None:
        self.test: str | None = None
        """The test that runs, where this is the process that runs it."""
        self._seen = set[tuple[int, str]]()

    def begin(self, test: str) -> None:
        self.test = test
        with open(_CURRENT, "w", encoding="utf-8") as file:
            file.write(test)

    def met(self, number: int) -> None:
        """A marked statement is about to run."""
        test = self.test
        if test is None:
            with open(_CURRENT, encoding="utf-8") as file:
                test = file.read()
        if (number, test) not in self._seen:
            self._seen.add((number, test))
            # At once, for processes are killed, and in one piece, for several write.
            with open(_MET, "a", encoding="utf-8") as file:
                file.write(f"{number} {test}\n")


_recorder = _Recorder()
setattr(builtins, "_met", _recorder.met)  # noqa: B010  # no type knows of it


def pytest_collectstart(collector) -> None:  # type: ignore[no-untyped-def]  # pytest is not loaded here
    """What runs while a file is collected is of all its tests."""
    _recorder.begin(collector.nodeid)


def pytest_runtest_logstart(nodeid: str) -> None:
    """What fixtures prepare is of the first test that asks for it."""
    _recorder.begin(nodeid)


def pytest_collection_modifyitems(items) -> None:  # type: ignore[no-untyped-def]  # the same
    """Leave the tests that are named, or whose file is, if any are."""
    if listed := os.environ.get(_ONLY):
        with open(listed, encoding="utf-8") as file:
            named = set(file.read().splitlines())
        items[:] = [item for item in items if {item.nodeid, item.nodeid.partition("::")[0]} & named]
