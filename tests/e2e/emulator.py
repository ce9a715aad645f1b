"""MiniStack, an emulator of AWS that enforces identity-based policies and trust policies across accounts.

It lives in an environment of its own, for it pins an older botocore than xdiag runs with.
"""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0


def executable() -> Path:
    """Find MiniStack; raises AssertionError where it is not installed."""
    given = os.environ.get("XDIAG_EMULATOR")
    place = Path(given) if given else _ROOT / ".venv-emulator" / "bin" / "ministack"
    assert place.is_file(), (
        f"there is no emulator at {place}: `make test` makes it, as does `make .venv-emulator/.installed`"
    )
    return place


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Give the URL of an emulator that is ready; it ends with the block, and all that it held is gone."""
    port = _free_port()
    log = folder / "emulator.log"
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
    }
    with log.open("wb") as output:
        server = subprocess.Popen(
            [executable()], env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _await_ready(server, url, log)
            yield url
        finally:
            server.kill()
            server.wait()
    shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_ready(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None, f"the emulator has ended:\n{log.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(f"{url}/_ministack/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the emulator is not ready after {_PATIENCE:.0f} seconds:\n{log.read_text()[-2000:]}")
