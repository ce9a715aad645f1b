"""The AWS profiles that a question has opened, each once: on one clock, and with what a person has typed for them.

Apart from those who read with them: the source, the cluster, the trust policy and the evidence are read in turn.
"""

import sys
from contextvars import ContextVar

from diagnose.aws.patience import TIMEOUT, Patience
from diagnose.aws.providers import Wallet
from diagnose.aws.session import Credentials, open_credentials
from diagnose.cli.case_flags import LiveFlags
from diagnose.cli.clock import beginning, time_in
from diagnose.cli.output import terminal_given_back


class OpenedProfiles:
    """Opens profiles. All calls with them together take no longer than the first `LiveFlags` say."""

    def __init__(self, began: float | None) -> None:
        """Open none yet; `began` is when the question did, None now."""
        self.began = began
        self.wallet = Wallet()
        self._patience: Patience | None = None
        self._opened: dict[tuple[str | None, str | None, str | None, bool], Credentials] = {}

    def profile(
        self, name: str | None, where: LiveFlags, region: str | None = None, *, own_keys: bool = False
    ) -> Credentials:
        """Open a profile, the default one where it is None; a person is asked now for what it needs.

        Raises XdiagError as `open_credentials` does, and for a time that nobody can wait.
        """
        key = (name, region, where.endpoint_url, own_keys)
        if key not in self._opened:
            if self._patience is None:
                self._patience = Patience(TIMEOUT if where.timeout is None else time_in("--timeout", where.timeout))
                self._patience.begin(self.began)
            opened = open_credentials(name, region, where.endpoint_url, self._patience, self.wallet, own_keys=own_keys)
            if sys.stdin.isatty():
                # Nothing else is written while a person types an MFA code.
                with terminal_given_back():
                    opened.prepare()
            self._opened[key] = opened
        return self._opened[key]


def opened_profiles(mfa_code: str | None = None) -> OpenedProfiles:
    """Give those of this question; none yet where the program is used as a library. The code is spent on no profile."""
    opened = _OPENED.get()
    if opened is None or opened.began is None or opened.began != beginning():
        opened = OpenedProfiles(beginning())
        _OPENED.set(opened)
    if mfa_code:
        opened.wallet.keep(mfa_code)
    return opened


_OPENED: ContextVar[OpenedProfiles | None] = ContextVar("opened", default=None)
