"""Identity providers as infrastructure files declare them: a row for each type of resource."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from diagnose.collect.evidence.partial_document import UnknownValue
from diagnose.collect.federation.metadata import entity_id_in
from diagnose.model.arn import HTTPS
from diagnose.model.evidence import Evidence, Known, Unread
from diagnose.model.federation import OidcProvider, SamlProvider


class _Keys(Struct, frozen=True):
    """What the arguments of a resource are called: of an OIDC provider all three, of a SAML provider two."""

    name: str
    told: str
    thumbprints: str = ""


PROVIDER_KINDS = {
    "aws_iam_openid_connect_provider": _Keys("url", "client_id_list", "thumbprint_list"),
    "AWS::IAM::OIDCProvider": _Keys("Url", "ClientIdList", "ThumbprintList"),
    "aws_iam_saml_provider": _Keys("name", "saml_metadata_document"),
    "AWS::IAM::SAMLProvider": _Keys("Name", "SamlMetadataDocument"),
}


def providers_in(
    resources: Iterable[tuple[str, Callable[[str], object]]], place: str
) -> Iterator[OidcProvider | SamlProvider]:
    """Give the providers that a file declares: of each resource its type, and what looks up an argument.

    Their ARNs have no account, which a file need not know. One whose name is not known is left out.
    """
    for kind, get in resources:
        keys = PROVIDER_KINDS[kind]
        name = get(keys.name)
        if not isinstance(name, str) or not name:
            continue
        if keys.thumbprints:
            arn = f"arn:aws:iam:::oidc-provider/{name.removeprefix(HTTPS)}"
            yield OidcProvider(arn, _texts(get(keys.told), place), _texts(get(keys.thumbprints), place))
        else:
            metadata = get(keys.told)
            read = isinstance(metadata, str) and metadata
            entity_id = entity_id_in(str(metadata), name, place) if read else Unread(subject=name)
            yield SamlProvider(f"arn:aws:iam:::saml-provider/{name}", entity_id)


def _texts(value: object, place: str) -> Evidence[tuple[str, ...]]:
    """Give a list of texts; one that is not known, or in part, is unread."""
    if isinstance(value, UnknownValue):
        return Unread(detail=value.why)
    if value is None:
        return Known((), place)
    listed: Sequence[object] = value if isinstance(value, list) else [value]
    texts = tuple(each for each in listed if isinstance(each, str))
    return Known(texts, place) if len(texts) == len(listed) else Unread()
