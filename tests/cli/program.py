"""The installed program, run as a user runs it: with streams and an environment of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec import Struct

XDIAG = Path(sys.executable).with_name("xdiag")
ALLOWED, DENIED, BAD_INPUT, UNDETERMINED, NOTHING_GATHERED, INTERRUPTED = 0, 1, 2, 3, 4, 130
_PATIENCE = 60.0


class Run(Struct, frozen=True):
    """What a run has answered."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report on standard output; whatever else stands there is an error."""
        assert self.out.startswith("{"), f"no report, but: {self.out}{self.err}"
        report: dict[str, Any] = json.loads(self.out)
        return report


class Program:
    """Runs xdiag with nothing of the caller's environment, and a home folder of its own.

    A call runs it in a fork of a process that has loaded it already. What is about the start, about signals, workers
    or broken streams needs `process`, which starts it anew, as does what sets Python's own variables.
    """

    def __init__(self, home: Path, environment: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            **(environment or {}),
        }
        self._idle: list[_ForkServer] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for server in self._idle:
            server.close()

    def __call__(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Run:
        """Run xdiag to its end. `env` is added to the scrubbed environment."""
        heeded_at_the_start = [name for name in env or {} if name.startswith(("PYTHON", "LC_", "LANG"))]
        assert not heeded_at_the_start, f"{heeded_at_the_start} would change nothing here: use `process`"
        assert "--jobs" not in arguments, "workers are started as a program of their own: use `process`"
        # Threads may run it at the same time. A server that fails is not used again.
        try:
            server = self._idle.pop()
        except IndexError:
            server = _ForkServer(self.environment)
        words = list(map(str, arguments))
        code, out, err = server.run(words, stdin, cwd or self.home, {**self.environment, **(env or {})})
        self._idle.append(server)
        return Run(code, out.decode(), err.decode())

    def process(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Run:
        """Run xdiag to its end, from the start of the interpreter on."""
        done = subprocess.run(
            self.command(*arguments),
            input=stdin,
            env={**self.environment, **(env or {})},
            cwd=cwd or self.home,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
        return Run(done.returncode, done.stdout.decode(), done.stderr.decode())

    def command(self, *arguments: str | Path) -> list[str]:
        """The command line of a run."""
        return [str(XDIAG), *map(str, arguments)]


class _ForkServer:
    """A process that holds the loaded program and forks it for every run, one after the other."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(_PATIENCE)
        self._answers = self._socket.makefile("rb")
        script = Path(__file__).with_name("fork_server.py")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(script), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment,
                # Of the same kind as the pipes of a run, for Python looks at them once, when it starts.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )

    def run(
        self, arguments: Sequence[str], stdin: bytes, folder: Path, environment: Mapping[str, str]
    ) -> tuple[int, bytes, bytes]:
        """Give exit code, output and error of a run, all of them pipes to it."""
        request = {"arguments": arguments, "folder": str(folder), "environment": environment}
        (their_in, our_in), (our_out, their_out), (our_err, their_err) = os.pipe(), os.pipe(), os.pipe()
        with ThreadPoolExecutor(3) as threads:
            fed = threads.submit(_write, our_in, stdin)
            out, err = threads.submit(_read, our_out), threads.submit(_read, our_err)
            try:
                self._ask(request, their_in, their_out, their_err)
                code = int(self._answers.readline())
            except (OSError, ValueError) as error:
                said = self.close()
                raise AssertionError(f"no answer from `xdiag {' '.join(arguments)}`: {error}\n{said}") from None
            fed.result()
            return code, out.result(), err.result()

    def close(self) -> str:
        """End the process, and a run that hangs; give what it has said itself, which is why it has failed."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        _, said = self._process.communicate()
        self._answers.close()
        self._socket.close()
        return f"{said.decode()}(the process ended with {self._process.returncode})"

    def _ask(self, request: Mapping[str, object], *files: int) -> None:
        """Hand over a request, and the files to it: who reads from them shall see their end when it ends."""
        try:
            socket.send_fds(self._socket, [b"\n"], files)
            self._socket.sendall(json.dumps(request).encode() + b"\n")
        finally:
            for file in files:
                os.close(file)


def _write(descriptor: int, text: bytes) -> None:
    with suppress(BrokenPipeError), open(descriptor, "wb") as file:
        file.write(text)


def _read(descriptor: int) -> bytes:
    with open(descriptor, "rb") as file:
        return file.read()
