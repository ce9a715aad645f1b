"""Files with account authorization details: any number of pages, and of accounts."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from diagnose.collect.evidence.account_details import AccountDetails, PrintedDetails
from diagnose.collect.evidence.case_errors import reworded
from diagnose.collect.evidence.file_kind import other_kind
from diagnose.collect.input import input_name, read_bytes
from diagnose.collect.json_errors import not_json, quotable
from diagnose.errors import XdiagError
from diagnose.model.arn import split_arn

LARGEST_DETAILS = 512 * 2**20
"""The size of the largest file that is read: the details of many thousand roles take some hundred megabytes."""


def read_details(path: Path) -> Mapping[str, AccountDetails]:
    """Read the details of accounts, by account: pages, and those of several accounts, may follow each other.

    Raises XdiagError for anything else.
    """
    place = input_name(path)
    found: dict[str, AccountDetails] = {}
    accounts: set[str] = set()
    data = read_bytes(path, LARGEST_DETAILS).removeprefix(codecs.BOM_UTF8)
    for printed in _pages(data, place):
        # A page may hold nothing but policies of AWS: it goes on with what the page before was about.
        accounts = {arn.account for arn in map(split_arn, _arns(printed)) if arn} - {"aws"} or accounts
        for account in accounts:
            page = _of_account(printed, account, place)
            found[account] = joined(found[account], page) if account in found else page
    if not found:
        kind = other_kind(data)
        if kind is not None and kind.instead != _GIVEN:
            raise XdiagError(f"`{quotable(place)}` {kind.what}", hint=kind.instead)
        raise XdiagError(f"`{quotable(place)}` contains no user, group or role", hint=_EXPECTED)
    return found


def joined(one: AccountDetails, other: AccountDetails) -> AccountDetails:
    """Put together what two pages, or two files, hold of one account. The last page says that there are no more."""
    return AccountDetails(
        place=one.place if one.place == other.place else f"{one.place}, {other.place}",
        account=one.account,
        users={**one.users, **other.users},
        groups={**one.groups, **other.groups},
        roles={**one.roles, **other.roles},
        policies={**one.policies, **other.policies},
        whole=one.whole or other.whole,
    )


_GIVEN = "give it with `--details`"
_EXPECTED = "expected the JSON that `aws iam get-account-authorization-details` prints"


_MOST_PAGES = 100_000
"""A page lists up to a thousand identities, and an account holds a few ten thousand."""


def _pages(data: bytes, place: str) -> Iterator[PrintedDetails]:
    try:
        data.decode()
        pages: Iterable[PrintedDetails]
        if data.lstrip()[:1] == b"[":
            pages = msgspec.json.decode(data, type=tuple[PrintedDetails, ...])
        else:
            try:
                pages = (msgspec.json.decode(data, type=PrintedDetails),)
            except msgspec.DecodeError as error:
                if "trailing characters" not in str(error):
                    raise
                pages = _following_each_other(data, error)
        for number, page in enumerate(pages):
            if number == _MOST_PAGES:
                raise XdiagError(f"`{quotable(place)}` has more than {_MOST_PAGES:,} pages", hint=_EXPECTED)
            yield page
    except msgspec.ValidationError as error:
        sentence, _ = reworded(error, data, PrintedDetails)
        raise XdiagError(
            f"`{quotable(place)}` does not contain account authorization details: {sentence}", hint=_EXPECTED
        ) from None
    except (ValueError, RecursionError) as error:
        raise not_json(data, error, place) from None


def _following_each_other(data: bytes, error: msgspec.DecodeError) -> Iterator[PrintedDetails]:
    """Read JSON objects that follow each other; raise the error where something else does."""
    text, at, decoder = data.decode(), 0, json.JSONDecoder()
    while (start := _NOT_BLANK.search(text, at)) is not None:
        try:
            _, at = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            raise error from None
        yield msgspec.json.decode(text[start.start() : at], type=PrintedDetails)


_NOT_BLANK = re.compile(r"\S")


def _of_account(printed: PrintedDetails, account: str, place: str) -> AccountDetails:
    def own(arn: str) -> bool:
        parts = split_arn(arn)
        return parts is not None and parts.account in (account, "aws")

    return AccountDetails(
        place=place,
        account=account,
        users={user.user_name: user for user in printed.user_detail_list if own(user.arn)},
        groups={group.group_name: group for group in printed.group_detail_list if own(group.arn)},
        roles={role.role_name: role for role in printed.role_detail_list if own(role.arn)},
        policies={policy.arn: policy for policy in printed.policies if own(policy.arn)},
        whole=not (printed.is_truncated or printed.next_token),
    )


def _arns(printed: PrintedDetails) -> Iterator[str]:
    for details in (printed.user_detail_list, printed.group_detail_list, printed.role_detail_list, printed.policies):
        yield from (detail.arn for detail in details)
