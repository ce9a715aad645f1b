"""The names of an AWS service: one without a Region, and one for each Region.

In its own Region a service calls by the first, and from a Region that has to be enabled to another one by the second.
For trust policies IAM recommends the first. That the second lets the service of its Region in, AWS says of some
services only, and of none that it does not.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services-in-opt-in-regions
https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""

import re

from msgspec import Struct

from diagnose.model.case import GLOBAL_REGION
from diagnose.model.lazy_pattern import lazy_pattern
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

LET_IN_BY_REGION = {
    "codedeploy": "https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html",
    "logs": "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html",
    "rds": "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Integrating.Authorizing.html",
    "redshift": "https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service-regions.html",
    # In the words of its error: "Neither the global service principal states.amazonaws.com, nor the regional one".
    "states": "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
}
"""The services that a trust policy lets in by a Regional name, each with the page that says so."""


def is_named(written: str, name: str, region: str | None) -> Tri:
    """Say whether a principal is the service that calls by `name` from a Region, None where that is not known."""
    if written == name:
        return YES
    if not is_same_service(written, name):
        return NO
    wanted, got = _taken_apart(written), _taken_apart(name)
    if wanted.region and got.region:
        return NO
    if not wanted.region or region in (None, "", GLOBAL_REGION):
        return UNKNOWN
    if wanted.region == region:
        return YES if wanted.service in LET_IN_BY_REGION else UNKNOWN
    return NO if wanted.region in _ALWAYS_ENABLED else UNKNOWN


def is_same_service(written: str, name: str) -> bool:
    """Say whether two principals are one service, whatever their Regions."""
    return _taken_apart(written).service == _taken_apart(name).service != ""


def in_region(name: str, region: str) -> str:
    """Give the name by which a service may be let in from one Region alone; empty where AWS does not say so of it."""
    own = _taken_apart(name)
    return f"{own.service}.{region}.{own.suffix}" if own.service in LET_IN_BY_REGION and not own.region else ""


class _Parts(Struct, frozen=True):
    service: str = ""
    region: str = ""
    suffix: str = ""


def _taken_apart(name: str) -> _Parts:
    parts = _NAME.fullmatch(name)
    return _Parts(*parts.group("service", "region", "suffix")) if parts else _Parts()


_NAME: re.Pattern[str] = lazy_pattern(
    r"(?P<service>[a-z0-9.-]+?)(?:\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d+))?\.(?P<suffix>amazonaws\.(?:com(?:\.cn)?|eu))"
)

_ALWAYS_ENABLED = frozenset(
    (
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    )
)
"""The Regions from before March 20, 2019, which need not be enabled. The list is closed."""
