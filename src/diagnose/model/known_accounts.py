"""Accounts that many people come across: those of examples, and of vendors who assume roles of their customers."""

from collections.abc import Mapping
from enum import StrEnum


class Acquaintance(StrEnum):
    """Whose account it is, where its number alone tells."""

    NOBODY = "nobody"
    """The number tells nothing."""
    EXAMPLE = "example"
    """Documentation and tutorials write it where one's own account belongs."""
    VENDOR = "vendor"


EXAMPLE_ACCOUNTS = frozenset(
    ("123456789012", "012345678901", "111122223333", "444455556666", "777788889999", "123456789123", "000000000000")
)
"""Accounts that stand in examples.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/tutorial_cross-account-with-roles.html
"""

VENDORS: Mapping[str, str] = {
    "165736516723": "Cloudability",
    "454464851268": "CloudHealth",
    "414351767826": "Databricks",
    "464622532012": "Datadog",
    "509560245411": "Dynatrace",
    "834469178297": "Fivetran",
    "434813966438": "Lacework",
    "754728514883": "New Relic",
    "188619942792": "Prisma Cloud",
    "336818582268": "Rapid7",
    "595280932656": "Segment",
    "198361731867": "Snyk",
    "922761411349": "Spot",
    "926226587429": "Sumo Logic",
    "012615275169": "Tenable",
}
"""Who owns an account that customers trust, as the vendor's own pages say.

Source: https://github.com/fwdcloudsec/known_aws_accounts
"""


def acquaintance(account: str) -> Acquaintance:
    """Say whose account it is."""
    if account in EXAMPLE_ACCOUNTS:
        return Acquaintance.EXAMPLE
    return Acquaintance.VENDOR if account in VENDORS else Acquaintance.NOBODY
