"""A folder of dumps: the authorization details of accounts, and the tree of their organization."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from diagnose.collect.evidence.account_details import AccountDetails
from diagnose.collect.evidence.details_file import read_details
from diagnose.collect.evidence.organization_file import OrganizationTree, read_organization_file
from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError

ORGANIZATION_NAME = "organization.json"


class Dumps(Struct, frozen=True):
    """What a folder holds. `accounts` are by their id; `mistakes` say which files were left out, and why.

    `incomplete` are the files that are one page of several, so that an account has identities that are not in them.
    """

    accounts: Mapping[str, AccountDetails]
    organization: OrganizationTree | None
    mistakes: Sequence[XdiagError]
    incomplete: Sequence[str]

    @property
    def outside_the_tree(self) -> Sequence[str]:
        """The accounts that have a dump and no place in the organization; none where there is no tree."""
        tree = self.organization
        return [account for account in self.accounts if account not in tree] if tree is not None else []


def read_dumps(folder: Path) -> Dumps:
    """Read every `.json` file of a folder, and of the folders in it. A file that cannot be used is left out.

    Of two files about one account only the first counts: they may be of different days, and a principal that was
    deleted in between would come to life again. The pages of one dump belong in one file.

    Raises XdiagError where there is nothing to work with, or where the organization cannot be read: without its SCPs
    every answer would be another one.
    """
    accounts: dict[str, AccountDetails] = {}
    mistakes: list[XdiagError] = []
    tree = folder / ORGANIZATION_NAME
    for file in dump_files(folder):
        if file == tree:
            continue
        try:
            read = read_details(file)
        except XdiagError as error:
            mistakes.append(error)
            continue
        for account, details in read.items():
            earlier = accounts.setdefault(account, details)
            if earlier is not details:
                mistakes.append(_second(details, earlier))
    if not accounts:
        raise mistakes[0] if mistakes else XdiagError(f"`{quotable(str(folder))}` contains no dumps", hint=_EXPECTED)
    organization = read_organization_file(tree) if os.path.lexists(tree) else None
    return Dumps(accounts, organization, mistakes, [each.place for each in accounts.values() if not each.whole])


def dump_files(folder: Path) -> Iterator[Path]:
    """Give what may hold dumps in a folder, whatever it turns out to be. Raises XdiagError if it is not a folder."""
    if not os.path.isdir(folder):
        raise XdiagError(f"`{quotable(str(folder))}` is not a folder", hint=_EXPECTED)
    yield from sorted(file for file in folder.rglob("*.json") if not os.path.isdir(file))


_EXPECTED = "expected a folder with a file an account, as `aws iam get-account-authorization-details` prints it"


def _second(details: AccountDetails, earlier: AccountDetails) -> XdiagError:
    return XdiagError(
        f"`{quotable(details.place)}` is about account {details.account}, as is `{quotable(earlier.place)}`",
        hint="expected one file for each account; the second one was left out",
    )
