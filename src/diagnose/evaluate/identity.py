"""What a token or an assertion says of its bearer, three-valued: what was not given of an incomplete one is unknown."""

from collections.abc import Mapping, Sequence
from typing import Any

from diagnose.model.case import SourceSide
from diagnose.model.federation import (
    AWS_ROLES,
    AWS_SOURCE_IDENTITY,
    AWS_TAGS,
    SAML_ROLE,
    SAML_SESSION_NAME,
    SAML_SOURCE_IDENTITY,
    SAML_TAG,
    SAML_TRANSITIVE,
    SamlAssertion,
    WebIdentity,
)
from diagnose.model.issuers import issuer_of
from diagnose.model.key_state import ABSENT, UNKNOWN_STATE, State, UnknownState
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, tri


class Bearer:
    """Who presents a token or an assertion. Every answer is a state: values, none of them, or unknown.

    `tags` are the session tags by key; there are no others if `all_tags`. `transitive` are the keys of those that are
    handed on, None where they are not known.
    """

    __slots__ = ("all_tags", "roles", "session_name", "source_identity", "tags", "transitive")

    def __init__(
        self,
        *,
        roles: State,
        session_name: State,
        source_identity: State,
        tags: Mapping[str, str],
        all_tags: bool,
        transitive: tuple[str, ...] | None,
    ) -> None:
        """`roles` are the ARNs of the claim that limits a token to some roles."""
        self.roles, self.session_name, self.source_identity = roles, session_name, source_identity
        self.tags, self.all_tags, self.transitive = tags, all_tags, transitive

    @property
    def tagged(self) -> Tri:
        """Whether session tags are passed."""
        return YES if self.tags else NO if self.all_tags else UNKNOWN

    @property
    def has_source_identity(self) -> Tri:
        """Whether a source identity is passed."""
        return UNKNOWN if isinstance(self.source_identity, UnknownState) else tri(self.source_identity != ABSENT)


def bearer(source: SourceSide, issuer: str) -> Bearer:
    """Read what STS itself reads of a token or an assertion. `issuer` is a token's, without `https://`."""
    match source.identity:
        case SamlAssertion() as assertion:
            return _of_assertion(assertion)
        case WebIdentity() as token:
            return _of_token(token, issuer)
        case None:
            return _of_token(WebIdentity(), issuer)


def claim_state(token: WebIdentity | SamlAssertion | None, name: str) -> State:
    """Give the values of a claim."""
    if not isinstance(token, WebIdentity):
        return UNKNOWN_STATE
    if name not in token.claims:
        return ABSENT if token.complete else UNKNOWN_STATE
    return json_state(token.claims[name])


def json_state(value: Any) -> State:
    """Give the values of a JSON value; an object is none that a key can hold."""
    match value:
        case None:
            return ABSENT
        case list() | tuple():
            inner = [json_state(one) for one in value]
            known = [state for state in inner if not isinstance(state, UnknownState)]
            return tuple(text for state in known for text in state) if len(known) == len(inner) else UNKNOWN_STATE
        case bool():
            return ("true" if value else "false",)
        case str():
            return (value,)
        case int() | float():
            return (str(int(value)) if float(value).is_integer() else str(value),)
        case _:
            return UNKNOWN_STATE


def attribute_state(assertion: SamlAssertion | WebIdentity | None, *names: str) -> State:
    """Give the values of the first of these attributes that there is."""
    if not isinstance(assertion, SamlAssertion):
        return UNKNOWN_STATE
    for name in names:
        if name in assertion.attributes:
            return assertion.attributes[name]
    return ABSENT if assertion.complete else UNKNOWN_STATE


def pairs_of(assertion: SamlAssertion | WebIdentity | None) -> tuple[tuple[str, ...], ...] | None:
    """Give the pairs of ARNs of the `Role` attribute, as they are written; None where it is not known."""
    values = attribute_state(assertion, SAML_ROLE)
    if isinstance(values, UnknownState):
        return None
    return tuple(tuple(part.strip() for part in value.split(",")) for value in values)


def _of_token(token: WebIdentity, issuer: str) -> Bearer:
    # An issuer that every customer shares does not let any of them write these claims, unless it says so.
    known = token.complete or not issuer_of(issuer).writes_claims_of_aws
    read = WebIdentity(token.claims, complete=known)
    tags, all_tags, transitive = _tags(read.claims.get(AWS_TAGS, {} if known else None))
    return Bearer(
        roles=claim_state(read, AWS_ROLES),
        session_name=UNKNOWN_STATE,
        source_identity=claim_state(read, AWS_SOURCE_IDENTITY),
        tags=tags,
        all_tags=all_tags,
        transitive=transitive,
    )


def _tags(claimed: Any) -> tuple[Mapping[str, str], bool, tuple[str, ...] | None]:
    """Read the tags of a token, each value a list of one; what is not written so is not known."""
    if not isinstance(claimed, Mapping):
        return {}, False, None
    pairs, keys = claimed.get("principal_tags", {}), claimed.get("transitive_tag_keys", ())
    if not isinstance(pairs, Mapping) or not isinstance(keys, Sequence) or isinstance(keys, str):
        return {}, False, None
    states = {key: json_state(value) for key, value in pairs.items()}
    tags = {key: state[0] for key, state in states.items() if isinstance(state, tuple) and len(state) == 1}
    return tags, len(tags) == len(states), tuple(map(str, keys))


def _of_assertion(assertion: SamlAssertion) -> Bearer:
    tags = {
        name.removeprefix(SAML_TAG): values[0]
        for name, values in assertion.attributes.items()
        if name.startswith(SAML_TAG) and values
    }
    transitive = attribute_state(assertion, SAML_TRANSITIVE)
    return Bearer(
        roles=UNKNOWN_STATE,
        session_name=attribute_state(assertion, SAML_SESSION_NAME),
        source_identity=attribute_state(assertion, SAML_SOURCE_IDENTITY),
        tags=tags,
        all_tags=assertion.complete,
        transitive=None if isinstance(transitive, UnknownState) else transitive,
    )
