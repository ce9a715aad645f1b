"""The installed program in a terminal of its own, as a person sees it and types into it."""

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self


class Terminal:
    """Runs a command whose input, output and error are one terminal, which is also its controlling one."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self.shown = ""
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={"TERM": "xterm", **environment},
            cwd=folder,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._ours)

    def wait_for(self, text: str, seconds: float = 30) -> None:
        """Read until a text is shown that was not before, and forget what is before it."""
        end = time.monotonic() + seconds
        while text not in self.shown:
            assert time.monotonic() < end, f"no {text!r} in {self.shown!r}"
            self._read()
        self.shown = self.shown.partition(text)[2]

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self._ours, text.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.type("\x03")

    def end(self, seconds: float = 30) -> int:
        """Read until the program ends, and give its exit code."""
        end = time.monotonic() + seconds
        while self._process.poll() is None:
            assert time.monotonic() < end, f"it goes on, and has shown {self.shown!r}"
            self._read()
        while self._read():
            pass
        return self._process.returncode

    def echoes(self) -> bool:
        """Say whether the terminal shows what is typed."""
        import termios

        return bool(termios.tcgetattr(self._ours)[3] & termios.ECHO)

    def _read(self) -> bool:
        if not select.select([self._ours], [], [], 0.02)[0]:
            return False
        try:
            self.shown += os.read(self._ours, 4096).decode(errors="replace")
        except OSError:  # nobody has it open any more
            return False
        return True


def _take_terminal() -> None:
    """Make standard input the terminal that controls the new session, so that Ctrl-C reaches it."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
