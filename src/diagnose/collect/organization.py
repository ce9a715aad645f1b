"""The organization an account is in, as far as any member may know it."""

from collections.abc import Callable

from diagnose.aws.calls import find
from diagnose.collect.readers import Reader, about
from diagnose.model.case import Organization
from diagnose.model.evidence import Evidence, Known, Unread

_ACTION = "organizations:DescribeOrganization"


def read_organization(
    account: str, reader: Reader | Unread, progress: Callable[[str], None]
) -> Evidence[Organization | None]:
    """Say which organization an account is in; None where it is in none. Its place in it stays unsaid.

    Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html
    """
    subject = f"organization of account {account}"
    if isinstance(reader, Unread):
        return about(reader, subject, _ACTION)
    progress(f"reading the {subject}")
    found = find(reader.side, _ACTION, subject, absent="AWSOrganizationsNotInUseException")
    if isinstance(found, Unread):
        return found
    if found.value is None:
        return Known(None, found.source)
    described = found.value["Organization"]
    return Known(Organization(described["Id"], management_account=described["MasterAccountId"]), found.source)
