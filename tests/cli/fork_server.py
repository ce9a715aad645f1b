"""The program, loaded once and forked for each run: what a run changes dies with it, and none pays for the start.

It runs as a process of its own, so that nothing of a test's is in it, and is asked through the socket whose number is
its argument. A request is one byte with three open files (standard input, output and error of the run) and a line of
JSON; the answer is a line with the exit code.
"""

import gc
import importlib
import json
import os
import pkgutil
import runpy
import socket
import sys
from pathlib import Path

XDIAG = Path(sys.executable).with_name("xdiag")


def main() -> None:
    sys.path[0] = str(XDIAG.parent)
    _load()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        _serve(asked)
    _run()


def _load() -> None:
    """Import the program and no more: a run starts with nothing remembered, and nothing of an extra."""
    package = importlib.import_module("diagnose")
    for module in pkgutil.walk_packages(package.__path__, "diagnose."):
        if module.name not in _OF_EXTRAS:
            importlib.import_module(module.name)


_OF_EXTRAS = {"diagnose.matrix.arrow", "diagnose.matrix.parquet", "diagnose.matrix.spark"}


def _serve(asked: socket.socket) -> None:
    """Fork for every request, until nobody can ask any more. It returns in the fork, which is to be the program."""
    lines = asked.makefile("rb")
    while True:
        begun, files, _, _ = socket.recv_fds(asked, 1, 3)
        if not begun:
            sys.exit()
        if len(files) != 3:
            sys.exit(f"a request begins with three files, not with {begun!r} and {files}")
        request = json.loads(lines.readline())
        run = os.fork()
        if run == 0:
            for standard, file in enumerate(files):
                os.dup2(file, standard)
                os.close(file)
            os.chdir(request["folder"])
            os.environ.clear()
            os.environ.update(request["environment"])
            sys.argv = [str(XDIAG), *request["arguments"]]
            lines.close()
            return
        for file in files:
            os.close(file)
        _, status = os.waitpid(run, 0)
        asked.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _run() -> None:
    """Run the installed script. Python need not take itself apart afterwards: that costs more than most runs."""
    try:
        runpy.run_path(str(XDIAG), run_name="__main__")
    except SystemExit as leaving:
        if not isinstance(leaving.code, int | None):
            raise
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(leaving.code or 0)


if __name__ == "__main__":
    main()
