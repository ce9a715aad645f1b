"""The sides of a request that the authorization details of accounts hold; apart from those of other files."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from diagnose.cli.clock import beginning
from diagnose.cli.sides import Given
from diagnose.collect.evidence.account_details import AccountDetails, destination_side, source_side
from diagnose.collect.evidence.details_file import joined, read_details
from diagnose.errors import XdiagError
from diagnose.model.arn import parse_caller, parse_role


def sides_in_details(files: Sequence[Path], source_arn: str, role_arn: str) -> Given:
    """Read both sides from the authorization details of their accounts.

    Raises XdiagError for a file that is malformed or about neither account.
    """
    wanted = (parse_caller(source_arn).account, parse_role(role_arn).account)
    known = accounts_in(tuple(files), wanted)
    source, role = known.get(wanted[0]), known.get(wanted[1])
    return Given(
        source_side(source, source_arn) if source is not None else None,
        destination_side(role, role_arn) if role is not None else None,
    )


def accounts_in(files: tuple[Path, ...], wanted: tuple[str, str]) -> Mapping[str, AccountDetails]:
    """Read the authorization details of accounts, by account, once for a question: they are large, or may be a pipe.

    Raises XdiagError for a file that is malformed or about none of the accounts that are wanted.
    """
    return _accounts_in(files, wanted, beginning())


@lru_cache(maxsize=1)
def _accounts_in(
    files: tuple[Path, ...], wanted: tuple[str, str], _question: float | None
) -> Mapping[str, AccountDetails]:
    known: dict[str, AccountDetails] = {}
    for path in files:
        accounts = read_details(path)
        if not any(account in wanted for account in accounts):
            about = f"account {next(iter(accounts))}" if len(accounts) == 1 else f"{len(accounts)} other accounts"
            raise XdiagError(
                f"`{path}` is about {about}", hint=f"expected {' or '.join(dict.fromkeys(filter(None, wanted)))}"
            )
        for account, details in accounts.items():
            known[account] = joined(known[account], details) if account in known else details
    return known
