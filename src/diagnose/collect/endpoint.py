"""The VPC endpoint that the request is said to go through, and its policy."""

import re
from collections.abc import Callable
from typing import Any

from diagnose.aws.calls import list_all_or_absent
from diagnose.aws.session import Credentials
from diagnose.errors import XdiagError
from diagnose.model.case import GLOBAL_REGION, Endpoint
from diagnose.model.evidence import Evidence, Gap, Known, Unread
from diagnose.model.policy import Policy, PolicyKind, raw_document


def read_endpoint(
    endpoint: str, credentials: Credentials | None, region: str, progress: Callable[[str], None]
) -> Evidence[Endpoint | None]:
    """Read an endpoint in the Region that the request goes to. One that may not be read is still the one that is used.

    AWS shows an endpoint to the account that owns it, so one that is not there may be another account's.

    Raises XdiagError for what cannot be an endpoint of STS in that Region.

    Sources:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sts_vpc_endpoint_create.html
    """
    if not _ID.fullmatch(endpoint):
        hint = "expected one such as `vpce-0a1b2c3d4e5f60718`"
        raise XdiagError(f"`{endpoint}` is not the id of a VPC endpoint", hint=hint)
    if region == GLOBAL_REGION:
        hint = "name the Region of the endpoint with `--region`"
        raise XdiagError(f"no request to sts.amazonaws.com goes through the VPC endpoint `{endpoint}`", hint=hint)
    if credentials is None:
        return Unread(Gap.NO_CREDENTIALS, endpoint, _ACTION, "no credentials were given for the source's account")
    progress(f"reading VPC endpoint {endpoint}")
    endpoints = list_all_or_absent(
        credentials.in_region(region),
        _ACTION,
        endpoint,
        "VpcEndpoints",
        absent="InvalidVpcEndpointId.NotFound",
        VpcEndpointIds=[endpoint],
    )
    if isinstance(endpoints, Unread):
        return Known(Endpoint(endpoint, policy=endpoints), "stated on the command line")
    if not endpoints.value:
        why = "it may be mistyped, in another Region or in another account"
        detail = f"{credentials.label} sees no such endpoint in {region}: {why}"
        return Unread(Gap.NO_CREDENTIALS, endpoint, detail=detail)
    return Known(_endpoint(endpoints.value[0], region), endpoints.source)


_ACTION = "ec2:DescribeVpcEndpoints"
_ID = re.compile(r"vpce-[0-9a-f]+")


def _endpoint(described: Any, region: str) -> Endpoint:
    id_, service = described["VpcEndpointId"], described["ServiceName"]
    # `cn.com.amazonaws.cn-north-1.sts` in China, `com.amazonaws.us-east-1.sts-fips` for FIPS.
    if described["VpcEndpointType"] != "Interface" or not re.search(r"\.sts(-fips)?$", service):
        hint = f"expected an interface endpoint for STS, such as one for `com.amazonaws.{region}.sts`"
        raise XdiagError(f"the VPC endpoint `{id_}` is for `{service}`, not for STS", hint=hint)
    document = described.get("PolicyDocument")
    return Endpoint(
        id_,
        described.get("VpcId", ""),
        described.get("OwnerId", ""),
        Unread(Gap.NOT_SUPPLIED, f"policy of {id_}", detail="AWS's answer does not contain it")
        if document is None
        else Known(Policy(id_, raw_document(document), PolicyKind.ENDPOINT), _ACTION),
    )
