"""A run of `xdiag collect --org`: from an administrator's profile to a folder of dumps."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from diagnose.aws.calls import Refusal, gap_left_by
from diagnose.aws.identity import Identity, identify
from diagnose.aws.member import member_credentials
from diagnose.aws.patience import Later, Patience
from diagnose.aws.session import Credentials, open_credentials
from diagnose.cli.case_flags import LiveFlags
from diagnose.cli.clock import time_in
from diagnose.cli.configured import configured
from diagnose.cli.output import print_note, progress
from diagnose.cli.whole_file import whole_file, writing
from diagnose.collect.account_dump import AccountDump, read_account
from diagnose.collect.iam import IdentifiedCredentials
from diagnose.collect.input import read_text
from diagnose.collect.json_errors import quotable
from diagnose.collect.organization import Administrator
from diagnose.collect.organization_dump import read_tree
from diagnose.collect.permissions import ACTIONS_IN_MEMBER
from diagnose.errors import NothingReadError, XdiagError
from diagnose.matrix.accounts import ORGANIZATION_NAME
from diagnose.model.arn import split_arn
from diagnose.model.evidence import Unread
from diagnose.model.masked_arn import is_account


class OrganizationQuestion(Struct, frozen=True):
    """What is to be read: all active accounts of the tree where none is named, VPC endpoints in these Regions."""

    role_name: str
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    resume: bool = False


def collect_organization(folder: Path, where: LiveFlags, question: OrganizationQuestion) -> int:
    """Write a file for each account, and one for the tree; give how much could not be read.

    A file appears when it is whole, so that a run that was interrupted is gone on with: what is there is not read
    again.

    Raises XdiagError for a folder that already holds dumps, NothingReadError where there is nothing to read.
    """
    for account in question.accounts:
        if not is_account(account):
            raise XdiagError(f"`{quotable(account)}` is not an account id", hint="expected twelve digits")
    where = configured(where, "", "")
    given = None if where.timeout is None else time_in("--timeout", where.timeout)
    patience = Patience(given or _SECONDS_OF_ORGANIZATION)
    administrator = open_credentials(where.org_profile, None, where.endpoint_url, patience)
    administrator.prepare()
    identity = identify(administrator)
    if isinstance(identity, Refusal):
        raise NothingReadError(f"{administrator.label} cannot read an organization", hint=identity.text)
    _prepare(folder, resume=question.resume)
    with progress() as step:
        left_out = 0
        if not (folder / ORGANIZATION_NAME).exists():
            left_out = _write_tree(folder, IdentifiedCredentials(administrator, identity), step, question)
        named = question.accounts or _active(folder)
        todo = [account for account in dict.fromkeys(named) if not _file(folder, account).exists()]
        todo.sort(key=lambda account: account != identity.account)  # Its own has the time that the tree has left.
        reader = _Reader(administrator, identity, question, given or _SECONDS_OF_ACCOUNT)
        for account, dump in _in_turn(todo, reader.read, step):
            if isinstance(dump, Unread):
                left_out += _tell(dump)
                continue
            left_out += sum(map(_tell, dump.gaps))
            _write(_file(folder, account), dump.json.encode())
    print_note(f"{sum(_file(folder, account).exists() for account in named):,} of {len(named):,} accounts are read")
    return left_out


_SECONDS_OF_ORGANIZATION, _SECONDS_OF_ACCOUNT = 3600.0, 600.0
"""How long all calls for the tree, and all for one account, may take together, where nobody says otherwise."""
_AT_ONCE = 4
"""Accounts: AWS refuses more calls at a time, and those that are refused have to wait."""
_ACCOUNTS_NAME = "accounts.txt"


def _prepare(folder: Path, *, resume: bool) -> None:
    """Make the folder, for its owner only. Raises XdiagError for one with dumps that are not to be gone on with."""
    with writing(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not resume and next(folder.glob("*.json"), None) is not None:
            raise XdiagError(
                f"`{quotable(str(folder))}` already contains dumps",
                hint="go on with them by `--resume`, or name another folder",
            )


def _write_tree(
    folder: Path, signed_in: IdentifiedCredentials, step: Callable[[str], None], question: OrganizationQuestion
) -> int:
    """Write the tree, after the accounts that are active in it; give how much of it was not read."""
    tree = read_tree(Administrator(signed_in, step, named=True), step)
    if isinstance(tree, Unread):
        if not question.accounts:
            raise NothingReadError(
                f"the organization cannot be read with {signed_in.credentials.label}: {tree.detail}",
                hint="give the profile of its management account with --org-profile, or name accounts with --account",
            )
        return _tell(tree)
    _write(folder / _ACCOUNTS_NAME, "".join(f"{account}\n" for account in tree.accounts).encode())
    _write(folder / ORGANIZATION_NAME, msgspec.json.format(msgspec.json.encode(tree.file), indent=1))
    return sum(map(_tell, tree.gaps))


def _active(folder: Path) -> tuple[str, ...]:
    """Give the accounts that an earlier part of this run, or an earlier run, found in the tree."""
    accounts: Sequence[str] = ()
    with suppress(XdiagError):
        accounts = read_text(folder / _ACCOUNTS_NAME).split()
    if not accounts or not all(map(is_account, accounts)):
        raise XdiagError(
            f"`{quotable(str(folder))}` has a tree that `xdiag collect` did not write",
            hint="name accounts with --account",
        )
    return tuple(accounts)


class _Reader(Struct, frozen=True):
    """Reads accounts, each by a role in it, but for that of the administrator: there is no such role there."""

    administrator: Credentials
    identity: Identity
    question: OrganizationQuestion
    seconds: float

    def read(self, account: str) -> AccountDump | Unread:
        if account == self.identity.account:
            return read_account(account, self.administrator, self.question.regions, "")
        arn = split_arn(self.identity.arn)
        role = f"arn:{arn.partition if arn else 'aws'}:iam::{account}:role/{self.question.role_name}"
        credentials = member_credentials(self.administrator, role, ACTIONS_IN_MEMBER, Patience(self.seconds))
        if isinstance(credentials, Refusal):
            return gap_left_by(credentials, f"account {account}", f"sts:AssumeRole on {role}")
        return read_account(account, credentials, self.question.regions, role)


def _in_turn(
    accounts: Sequence[str], read: Callable[[str], AccountDump | Unread], step: Callable[[str], None]
) -> Iterator[tuple[str, AccountDump | Unread]]:
    """Read some accounts at a time, and give them in their order."""
    begun: deque[tuple[str, Later[AccountDump | Unread]]] = deque()
    for number, account in enumerate([*accounts, *[""] * _AT_ONCE]):
        if account:
            step(f"reading account {account}, {number + 1} of {len(accounts)}")
            begun.append((account, Later(partial(read, account))))
        if begun and (len(begun) >= _AT_ONCE or not account):
            first, later = begun.popleft()
            yield first, later.get()


def _tell(gap: Unread) -> int:
    """Say what was not read; give 1, for it counts."""
    needs = f"; needs {gap.permission}" if gap.permission else ""
    print_note(f"not read: {gap.subject}: {gap.detail}{needs}")
    return 1


def _file(folder: Path, account: str) -> Path:
    return folder / f"{account}.json"


def _write(path: Path, data: bytes) -> None:
    with whole_file(path) as file, writing(path):
        file.write(data)
