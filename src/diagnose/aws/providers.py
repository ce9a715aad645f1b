"""botocore's ways to find credentials, and what they lack: other programs' caches, a person, an end.

Apart from `session`, which uses what is found here.
"""

import getpass
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, MutableMapping
from copy import deepcopy
from pathlib import Path
from threading import Lock
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.credentials import ProcessProvider, create_credential_resolver
from botocore.exceptions import CredentialRetrievalError, RefreshWithMFAUnsupportedError

from diagnose.aws.patience import Patience


class Wallet:
    """What the sides of one check share: the sessions of the roles that profiles assume, and the MFA codes spent.

    AWS accepts each MFA code once, so that a role that two profiles name is assumed once.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_virtual.html
    """

    def __init__(self) -> None:
        """Begin with what the AWS CLI and botocore have saved."""
        folders = (Path("~/.aws/cli/cache"), Path("~/.aws/boto/cache"))
        self.sessions = SavedSessions([_expanded(folder) for folder in folders])
        self._codes = set[str]()
        self._asked = Lock()

    def keep(self, code: str) -> None:
        """Keep an MFA code that is to be spent on something else."""
        self._codes.add(code)

    def mfa_code(self, prompt: str, label: str, patience: Patience) -> str:
        """Ask for the MFA code that a profile's own role needs, but only a person, and for one that is not spent."""
        if not (sys.stdin and sys.stdin.isatty()):
            raise RefreshWithMFAUnsupportedError
        with self._asked, patience.paused():
            why = f"AWS accepts each MFA code once: wait for the next one for {label}.\n" if self._codes else ""
            while True:
                try:
                    code = getpass.getpass(f"{why}{prompt if why else f'{label}: {prompt}'}").strip()
                except EOFError:
                    raise RefreshWithMFAUnsupportedError from None
                if code not in self._codes:
                    self._codes.add(code)
                    return code
                why = "That code is spent: AWS accepts each MFA code once. Wait for the next one.\n"


class SavedSessions(MutableMapping[str, Any]):
    """Sessions of roles by the key that botocore makes of the request: what other programs saved is only read.

    Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html#cli-configure-role-cache
    """

    def __init__(self, folders: list[Path]) -> None:
        """Keep the folders; nothing is read yet."""
        self._folders = folders
        self._own: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        """Give a session of this check, or one that was saved. Raises KeyError."""
        if key in self._own:
            return self._own[key]
        for folder in self._folders:
            try:
                saved = json.loads((folder / f"{key}.json").read_bytes())
            except (OSError, ValueError, RecursionError):
                continue
            if _is_session(saved):
                return saved
        raise KeyError(key)

    def __setitem__(self, key: str, value: Any) -> None:
        """Keep a session for the rest of the check; it is written nowhere."""
        self._own[key] = deepcopy(value)

    def __delitem__(self, key: str) -> None:
        """Forget a session of this check."""
        del self._own[key]

    def __iter__(self) -> Iterator[str]:
        """Give the keys of this check's own sessions."""
        return iter(self._own)

    def __len__(self) -> int:
        """Count this check's own sessions."""
        return len(self._own)


def find_by(core: botocore.session.Session, wallet: Wallet, label: str, patience: Patience) -> None:
    """Make a session of botocore find its credentials as the AWS CLI does, within the time that all calls have."""
    core.set_default_client_config(Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard"}))
    # botocore's types know no cache but a dict.
    make: Any = create_credential_resolver
    resolver = make(core, cache=wallet.sessions)
    assume_role = resolver.get_provider("assume-role")
    # There is no setting for any of this. botocore's own prompter takes its answer from wherever it can, even a pipe.
    assume_role._prompter = lambda prompt: wallet.mfa_code(prompt, label, patience)
    resolver.get_provider("custom-process")._popen = _starter(patience)
    assume_role._profile_provider_builder._create_process_provider = lambda profile_name: ProcessProvider(
        profile_name, lambda: core.full_config, _starter(patience)
    )
    core.register_component("credential_provider", resolver)


def _expanded(folder: Path) -> Path:
    try:
        return folder.expanduser()
    except RuntimeError:  # no home
        return folder


def _is_session(saved: object) -> bool:
    """Say whether a file holds what botocore takes for a session without another look."""
    from botocore.utils import parse_timestamp

    credentials = saved.get("Credentials") if isinstance(saved, dict) else None
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
    if not isinstance(credentials, dict) or not all(isinstance(credentials.get(name), str) for name in names):
        return False
    try:
        return parse_timestamp(credentials["Expiration"]).tzinfo is not None
    except (ValueError, OverflowError):
        return False


def _starter(patience: Patience) -> Callable[..., "subprocess.Popen[bytes]"]:
    """Start a `credential_process` that ends before the time for all calls is over, or is ended then."""

    class Process(subprocess.Popen[bytes]):
        def communicate(self, input: bytes | None = None, timeout: float | None = None) -> tuple[bytes, bytes]:  # noqa: A002  # the name that Popen gives it
            allowed = min(timeout or patience.seconds, 0.9 * patience.left())
            try:
                return super().communicate(input, allowed)
            except subprocess.TimeoutExpired:
                self.kill()
                self.wait()
                for pipe in (self.stdout, self.stderr):
                    if pipe is not None:
                        pipe.close()
                why = f"it did not end within {allowed:.2g} s"
                raise CredentialRetrievalError(provider="credential_process", error_msg=why) from None

    return Process
