"""Which endpoint of STS a profile calls, as botocore chooses it.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-sts-regionalized-endpoints.html
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from diagnose.aws.configuration import Configuration
from diagnose.model.case import GLOBAL_REGION
from diagnose.model.words import printable


class ChosenRegion(Struct, frozen=True):
    """The Region of STS, what the endpoint's own address says of the network, and a sentence where it may surprise."""

    region: str
    context: Mapping[str, tuple[str, ...]] = {}
    told: str = ""


def region_of(configuration: Configuration, profile: str, environment: Mapping[str, str]) -> ChosenRegion:
    """Choose as botocore does: the environment before the profile, and the global endpoint where nothing is said."""
    section = configuration.profiles[profile]
    region = environment.get("AWS_DEFAULT_REGION") or str(section.get("region", ""))
    how = environment.get("AWS_STS_REGIONAL_ENDPOINTS") or str(section.get("sts_regional_endpoints", "regional"))
    told = ""
    if environment.get("AWS_REGION") and not environment.get("AWS_DEFAULT_REGION"):
        said = printable(environment["AWS_REGION"])
        told = (
            f"AWS_REGION={said} is read by the AWS CLI and other SDKs, but not by boto3; pass --region {said} for them."
        )
    if not region or (how == "legacy" and region in _LEGACY):
        if region:
            told = f"sts_regional_endpoints = legacy: {printable(region)} calls sts.amazonaws.com, which is us-east-1."
        region = GLOBAL_REGION
    url = _endpoint_url(configuration, profile, environment)
    if not url:
        return ChosenRegion(region, told=told)
    told = f"The calls go to `{printable(url)}`, and are signed for {printable(region)}."
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    endpoint = re.match(r"(vpce-[0-9a-z]+)-", host)
    return ChosenRegion(region, {"aws:SourceVpce": (endpoint[1],)} if endpoint else {}, told)


_LEGACY = (
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)


def _endpoint_url(configuration: Configuration, profile: str, environment: Mapping[str, str]) -> str:
    section = configuration.profiles[profile]
    ignored = environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") or section.get("ignore_configured_endpoint_urls")
    if str(ignored).lower() == "true":
        return ""
    services = configuration.services.get(str(section.get("services", "")), {})
    of_sts = services.get("sts")
    named = of_sts.get("endpoint_url", "") if isinstance(of_sts, dict) else ""
    return (
        environment.get("AWS_ENDPOINT_URL_STS")
        or environment.get("AWS_ENDPOINT_URL")
        or str(named)
        or str(section.get("endpoint_url", ""))
    )
