"""The identity providers of the role's account: all by their ARNs, and what the one in question says of itself.

They are read only for whoever presents a token or an assertion. The others are there for near misses.
"""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from diagnose.aws.calls import Answer, call
from diagnose.collect.federation.metadata import entity_id_in
from diagnose.collect.iam import Reader, created_at, gap_about
from diagnose.model.arn import CallerArn, CallerKind, RoleArn
from diagnose.model.case import DestinationSide
from diagnose.model.evidence import NOT_SUPPLIED, Evidence, Known, Unread
from diagnose.model.federation import OidcProvider, SamlProvider
from diagnose.model.issuers import issuer_of


def with_providers(
    side: DestinationSide, caller: CallerArn, role: RoleArn, reader: Reader | Unread, progress: Callable[[str], None]
) -> DestinationSide:
    """Add the providers of the kind that this caller needs; none where one is built into IAM, or nobody needs any."""
    match caller.kind:
        case CallerKind.WEB_IDENTITY if not issuer_of(caller.name).built_in:
            progress(f"reading the OIDC providers of account {role.account}")
            return replace(side, oidc_providers=_oidc_providers(caller.name, role, reader))
        case CallerKind.SAML:
            progress(f"reading the SAML providers of account {role.account}")
            return replace(side, saml_providers=_saml_providers(caller.arn, role, reader))
        case _:
            return side


def _oidc_providers(name: str, role: RoleArn, reader: Reader | Unread) -> Evidence[tuple[OidcProvider, ...]]:
    """`name` is the issuer's URL without `https://`, as an ARN has it.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html
    """
    subject = f"OIDC providers of account {role.account}"
    if isinstance(reader, Unread):
        return gap_about(reader, subject, "iam:ListOpenIDConnectProviders")
    listed = call(reader.credentials, "iam:ListOpenIDConnectProviders", subject)
    if isinstance(listed, Unread):
        return listed
    providers = [OidcProvider(arn) for arn in _arns(listed.value["OpenIDConnectProviderList"])]
    return Known(tuple(_told_oidc(each, reader) if each.name == name else each for each in providers), listed.source)


def _told_oidc(provider: OidcProvider, reader: Reader) -> OidcProvider:
    answer = call(
        reader.credentials, "iam:GetOpenIDConnectProvider", provider.arn, OpenIDConnectProviderArn=provider.arn
    )
    if isinstance(answer, Unread):
        return replace(provider, client_ids=answer, thumbprints=answer)
    told = answer.value
    thumbprints = told.get("ThumbprintList")
    return OidcProvider(
        provider.arn,
        Known(tuple(told["ClientIDList"]), answer.source),
        NOT_SUPPLIED if thumbprints is None else Known(tuple(thumbprints), answer.source),
        created_at(told) if "CreateDate" in told else "",
    )


def _saml_providers(arn: str, role: RoleArn, reader: Reader | Unread) -> Evidence[tuple[SamlProvider, ...]]:
    """Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html."""
    subject = f"SAML providers of account {role.account}"
    if isinstance(reader, Unread):
        return gap_about(reader, subject, "iam:ListSAMLProviders")
    listed = call(reader.credentials, "iam:ListSAMLProviders", subject)
    if isinstance(listed, Unread):
        return listed
    providers = [SamlProvider(each) for each in _arns(listed.value["SAMLProviderList"])]
    return Known(tuple(_told_saml(each, reader) if each.arn == arn else each for each in providers), listed.source)


def _told_saml(provider: SamlProvider, reader: Reader) -> SamlProvider:
    answer = call(reader.credentials, "iam:GetSAMLProvider", provider.arn, SAMLProviderArn=provider.arn)
    if isinstance(answer, Unread):
        return replace(provider, entity_id=answer)
    told = answer.value
    return SamlProvider(
        provider.arn,
        entity_id_in(told["SAMLMetadataDocument"], provider.arn, answer.source),
        created_at({"CreateDate": told["ValidUntil"]}) if "ValidUntil" in told else "",
        created_at(told) if "CreateDate" in told else "",
    )


def _arns(listed: Iterable[Answer]) -> list[str]:
    return [each["Arn"] for each in listed]
