"""What a request presents instead of a signature, and the identity providers of IAM that it is checked against.

Neither a token nor an assertion is ever kept: only what they say. Nothing here says that their signature is valid.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from diagnose.model.evidence import NOT_SUPPLIED, Evidence

AWS_TAGS = "https://aws.amazon.com/tags"
AWS_SOURCE_IDENTITY = "https://aws.amazon.com/source_identity"
AWS_ROLES = "https://aws.amazon.com/roles"
"""Claims that STS itself reads.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
"""

SAML_ROLE = "https://aws.amazon.com/SAML/Attributes/Role"
SAML_SESSION_NAME = "https://aws.amazon.com/SAML/Attributes/RoleSessionName"
SAML_DURATION = "https://aws.amazon.com/SAML/Attributes/SessionDuration"
SAML_SOURCE_IDENTITY = "https://aws.amazon.com/SAML/Attributes/SourceIdentity"
SAML_TAG = "https://aws.amazon.com/SAML/Attributes/PrincipalTag:"
SAML_TRANSITIVE = "https://aws.amazon.com/SAML/Attributes/TransitiveTagKeys"
"""Attributes that STS itself reads. What follows `SAML_TAG` is a tag's key.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
"""


class WebIdentity(Struct, frozen=True, forbid_unknown_fields=True, tag="web_identity", tag_field="type"):
    """An OIDC token, as far as it is known.

    `claims` are the members of its payload, as JSON has them; `complete` says that the token has no others, so that
    a claim that is not among them is absent, and not only unknown. `algorithm` is its header's `alg`, empty where it is
    not known.
    """

    claims: Mapping[str, Any] = {}
    complete: bool = False
    algorithm: str = ""


class SamlAssertion(Struct, frozen=True, forbid_unknown_fields=True, tag="saml", tag_field="type"):
    """A SAML assertion, as far as it is known.

    `attributes` has the values of each by its `Name`. `complete` says that the assertion holds nothing else, so that
    what is None, empty or not among the attributes is absent, and not only unknown. `subject` is its `NameID`,
    `subject_format` that element's `Format`; `recipient` and `not_on_or_after` are of `SubjectConfirmationData`;
    `issued_at` is `IssueInstant`.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
    """

    issuer: str | None = None
    subject: str | None = None
    subject_format: str | None = None
    recipient: str | None = None
    audiences: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = {}
    issued_at: str | None = None
    not_on_or_after: str | None = None
    complete: bool = False


class OidcProvider(Struct, frozen=True, forbid_unknown_fields=True):
    """An OIDC identity provider in IAM. Its URL is what follows `oidc-provider/` in its ARN, with `https://`.

    `client_ids` are the audiences that it accepts.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
    """

    arn: str
    client_ids: Evidence[tuple[str, ...]] = NOT_SUPPLIED
    thumbprints: Evidence[tuple[str, ...]] = NOT_SUPPLIED
    created_at: str = ""

    @property
    def name(self) -> str:
        """What stands for the provider in condition keys: its URL without `https://`."""
        return self.arn.partition(":oidc-provider/")[2]


class SamlProvider(Struct, frozen=True, forbid_unknown_fields=True):
    """A SAML identity provider in IAM. `entity_id` and `valid_until` are those of its metadata.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSAMLProvider.html
    """

    arn: str
    entity_id: Evidence[str] = NOT_SUPPLIED
    valid_until: str = ""
    created_at: str = ""

    @property
    def name(self) -> str:
        """The provider's name; upper and lower case differ."""
        return self.arn.partition(":saml-provider/")[2]
