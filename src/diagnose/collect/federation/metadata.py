"""The metadata of a SAML identity provider, of which the issuer alone is read. It comes from strangers."""

from diagnose.collect.federation.assertion import parsed
from diagnose.errors import XdiagError
from diagnose.model.evidence import Evidence, Gap, Known, Unread


def entity_id_in(metadata: str, provider: str, source: str) -> Evidence[str]:
    """Give the issuer that the metadata names. `provider` is whose it is, and `source` where it was read."""
    try:
        entity_id = parsed(metadata.encode("utf-8", "replace"), "the metadata").get("entityID")
    except XdiagError as error:
        return Unread(Gap.NO_API, provider, detail=error.message)
    return (
        Known(entity_id, source) if entity_id else Unread(Gap.NO_API, provider, detail="the metadata names no entity")
    )
