"""From where a recorded call came, and which endpoint of STS it went to.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import ipaddress
import re
from collections.abc import Mapping

from msgspec import Struct

from diagnose.collect.request.containers import Record, part_of, text_in
from diagnose.model.case import GLOBAL_REGION, Endpoint
from diagnose.model.evidence import Evidence, Known, Unread


class Place(Struct, frozen=True):
    """The Region of STS that was called, None where the record leaves it open; the network, as condition keys."""

    region: str | None = None
    endpoint: Evidence[Endpoint | None] = Unread()
    context: Mapping[str, tuple[str, ...]] = {}


def event_place(record: Record) -> Place:
    """Read where a call came from. The address is the public one, but a private one behind a VPC endpoint."""
    region, address = _region(record), text_in(record, "sourceIPAddress")
    through = text_in(record, "vpcEndpointId")
    if through:
        endpoint = Endpoint(through, owner=text_in(record, "vpcEndpointAccountId"))
        behind = {"aws:VpcSourceIp": (address,)} if _address(address) is not None else {}
        return Place(
            region, Known(endpoint, "the record"), {"aws:SourceVpce": (through,), "aws:SourceIp": (), **behind}
        )
    found = _address(address)
    if found is not None:
        inside = any(found in network for network in _INSIDE if network.version == found.version)
        past: Evidence[Endpoint | None] = Unread() if inside else Known(None, "the record")
        return Place(region, past, {} if inside else {"aws:SourceIp": (address,)})
    identity = record.get("userIdentity")
    if _SERVICE.fullmatch(address) and isinstance(identity, dict) and identity.get("type") != "AWSService":
        via = {"aws:ViaAWSService": ("true",), **dict.fromkeys(_CALLED_VIA, (address,))}
        return Place(region, context=via)
    return Place(region)


_INSIDE = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "fc00::/7"),
    )
)
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")
_CALLED_VIA = ("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast")
_HOST = re.compile(
    r"(?:.*\.)?sts(?:-fips)?\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:vpce\.)?(?:amazonaws\.com|api\.aws)(?:\.cn)?(?::\d+)?"
)


def _region(record: Record) -> str | None:
    """Say which endpoint was called: the host that the client named settles it."""
    host = text_in(part_of(record, "tlsDetails"), "clientProvidedHostHeader")
    if host.partition(":")[0] == "sts.amazonaws.com":
        return GLOBAL_REGION
    if named := _HOST.fullmatch(host):
        return named[1]
    details = part_of(part_of(record, "additionalEventData"), "RequestDetails")
    region = text_in(record, "awsRegion")
    if text_in(details, "endpointType") == "global" or region == "global":
        return GLOBAL_REGION
    return region or None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
