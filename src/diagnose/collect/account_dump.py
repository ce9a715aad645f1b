"""A whole account, in the form that `aws iam get-account-authorization-details` prints, and what goes with it."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, to_builtins

from diagnose.aws.calls import Refusal, call, gap_left_by, list_all, list_pages
from diagnose.aws.identity import identify
from diagnose.aws.session import Credentials
from diagnose.model.arn import account_of
from diagnose.model.case import GLOBAL_REGION
from diagnose.model.evidence import Evidence, Gap, Known, Unread


class AccountDump(Struct, frozen=True):
    """An account as JSON, and what of it was not read, which the JSON says as well."""

    json: str
    gaps: tuple[Unread, ...]


def read_account(account: str, credentials: Credentials, regions: Sequence[str], role_arn: str) -> AccountDump | Unread:
    """Read an account with credentials that belong to it; the gap where its users and roles cannot be read.

    `role_arn` is the role whose session reads, empty where none does: an answer without it is not the account's.
    VPC endpoints for STS are those of the Regions that are named, else of the credentials' own.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """
    identity = identify(credentials)
    if isinstance(identity, Refusal):
        return gap_left_by(identity, f"account {account}", "")
    if identity.account != account:
        detail = f"{credentials.label} belongs to account {identity.account}"
        return Unread(Gap.NO_CREDENTIALS, f"account {account}", detail=detail)
    details = _details(account, credentials, role_arn)
    if isinstance(details, Unread):
        return details
    beside = {
        "OpenIDConnectProviderList": _oidc_providers(account, credentials),
        "SAMLProviderList": _list_one(credentials, "iam:ListSAMLProviders", f"SAML providers of account {account}"),
        "StsVpcEndpoints": _endpoints(account, credentials, regions),
    }
    gaps = tuple(part for part in beside.values() if isinstance(part, Unread))
    read = {name: part.value for name, part in beside.items() if isinstance(part, Known)}
    whole = {**details.value, **read, "Unread": to_builtins(gaps)}
    return AccountDump(json.dumps(whole, indent=1, default=_date), gaps)


_DETAILS = "iam:GetAccountAuthorizationDetails"
_LISTS = {
    "iam:ListOpenIDConnectProviders": "OpenIDConnectProviderList",
    "iam:ListSAMLProviders": "SAMLProviderList",
}
_KINDS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


def _details(account: str, credentials: Credentials, role_arn: str) -> Evidence[Mapping[str, list[Any]]]:
    subject = f"users and roles of account {account}"
    pages = list_pages(credentials, _DETAILS, subject, MaxItems=1000)
    if isinstance(pages, Unread):
        return pages
    details = {kind: [item for page in pages.value for item in page.get(kind, ())] for kind in _KINDS}
    arns = [item["Arn"] for kind in _KINDS[:3] for item in details[kind]]
    strange = next((arn for arn in arns if account_of(arn) != account), "")
    if strange:
        return Unread(Gap.UNREACHABLE, subject, detail=f"AWS's answer has {strange} in it")
    name = role_arn.rpartition("/")[2]
    if role_arn and not any(role["RoleName"].casefold() == name.casefold() for role in details["RoleDetailList"]):
        return Unread(
            Gap.UNREACHABLE, subject, detail=f"AWS's answer lacks {role_arn}, with whose session it was asked"
        )
    if not arns:
        return Unread(Gap.UNREACHABLE, subject, detail="AWS's answer lists none")
    return Known(details, _DETAILS)


def _list_one(credentials: Credentials, action: str, subject: str) -> Evidence[Sequence[Any]]:
    """Make a listing call that has no pages, and give its only list."""
    answer = call(credentials, action, subject)
    if isinstance(answer, Unread):
        return answer
    return Known(answer.value[_LISTS[action]], action)


def _oidc_providers(account: str, credentials: Credentials) -> Evidence[Sequence[Any]]:
    listed = _list_one(credentials, "iam:ListOpenIDConnectProviders", f"OIDC providers of account {account}")
    if isinstance(listed, Unread):
        return listed
    providers = []
    for provider in listed.value:
        arn = provider["Arn"]
        described = call(credentials, "iam:GetOpenIDConnectProvider", arn, OpenIDConnectProviderArn=arn)
        if isinstance(described, Unread):
            return described
        told = described.value
        providers.append({"Arn": arn, **{name: told[name] for name in _OF_OIDC if name in told}})
    return Known(providers, listed.source)


_OF_OIDC = ("Url", "ClientIDList", "ThumbprintList", "CreateDate")


def _endpoints(account: str, credentials: Credentials, regions: Sequence[str]) -> Evidence[Sequence[Any]]:
    found = []
    action = "ec2:DescribeVpcEndpoints"
    for region in regions or (credentials.region,):
        subject = f"VPC endpoints for STS of account {account} in {region}"
        if region == GLOBAL_REGION:
            return Unread(Gap.NOT_SUPPLIED, subject, detail="no Region is configured; give --region")
        listed = list_all(credentials.in_region(region), action, subject, "VpcEndpoints")
        if isinstance(listed, Unread):
            return listed
        found += [
            {"Region": region, **{name: endpoint[name] for name in _OF_ENDPOINT if name in endpoint}}
            for endpoint in listed.value
            if endpoint["ServiceName"].rpartition(".")[2] in ("sts", "sts-fips")
        ]
    return Known(found, action)


_OF_ENDPOINT = ("VpcEndpointId", "VpcEndpointType", "ServiceName", "VpcId", "OwnerId", "State", "PolicyDocument")


def _date(value: object) -> str:
    """Write a date as the AWS CLI does."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is in no answer of AWS")
