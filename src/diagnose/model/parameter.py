"""The parameters of the operations, and what AWS asks of what is sent with them."""

from enum import StrEnum

from msgspec import Struct


class Parameter(StrEnum):
    """The parameters that can be wrong by themselves, as the API names them.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """

    DURATION_SECONDS = "DurationSeconds"
    EXTERNAL_ID = "ExternalId"
    PROVIDED_CONTEXTS = "ProvidedContexts"
    PROVIDER_ID = "ProviderId"
    ROLE_SESSION_NAME = "RoleSessionName"
    SERIAL_NUMBER = "SerialNumber"
    SOURCE_IDENTITY = "SourceIdentity"
    TAGS = "Tags"
    TOKEN_CODE = "TokenCode"  # the parameter's name
    TRANSITIVE_TAG_KEYS = "TransitiveTagKeys"


class Syntax(Struct, frozen=True):
    """What a text may be like: so many letters, digits, underscores and `signs`."""

    shortest: int
    longest: int
    signs: str


class Form(StrEnum):
    """What AWS asks of a parameter beside its syntax and its limits."""

    NOT_RESERVED = "not_reserved"
    """It does not begin with `aws:`."""
    TAG_SIGNS = "tag_signs"
    """Letters, digits, spaces and a few signs, and not too many of them."""
    SENT_TAG = "sent_tag"
    """The key of a tag that is passed in the same call."""
