"""The condition keys of calls that nobody signs: what the token or the assertion says, and nothing of a principal.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-saml
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from base64 import b64encode
from collections.abc import Callable, Mapping

from diagnose.evaluate.call import Call
from diagnose.evaluate.identity import Bearer, attribute_state, claim_state
from diagnose.evaluate.keys.table import CLAIMS, Key, KeyFamily, KeyTraits
from diagnose.model.condition_keys import FilledBy, KeyGroup, Presence
from diagnose.model.federation import SamlAssertion, WebIdentity
from diagnose.model.issuers import issuer_of
from diagnose.model.key_state import ABSENT, FALSE_OR_ABSENT, PRESENT, UNKNOWN_STATE, State, UnknownState, tag_state
from diagnose.model.operation import Operation


def federated_state(traits: Key | KeyFamily | None, key: str, call: Call) -> State:
    """Give the state of a key, in lower case, in a call that is not signed."""
    if traits is None:
        return ABSENT
    if traits.group is KeyGroup.TOKEN:
        return _of_token(key, call) if call.operation is Operation.WITH_WEB_IDENTITY else _of_assertion(key, call)
    own = OWN.get(traits.name.lower())
    if own is not None:
        return own(call, key[len(traits.name) :])
    if traits.filled_by not in _FILLED_FOR_ALL:
        return ABSENT
    return traits.derive(call) if isinstance(traits, Key) else traits.derive(call, key[len(traits.name) :])


def provider_of_key(key: str) -> tuple[str, str]:
    """Take a key, in lower case, that a token fills into the provider's name and the claim."""
    provider, _, name = key.rpartition(":")
    return provider, name


def sent_with_web_identity(key: KeyTraits) -> Presence:
    """Say how often a call of AssumeRoleWithWebIdentity carries a key."""
    if key.group is KeyGroup.TOKEN:
        return Presence.SOMETIMES if key.name == CLAIMS.name else Presence.NEVER
    return _sent(key, {"sts:roleauthorizedbyidp", "aws:federatedprovider"})


def sent_with_saml(key: KeyTraits) -> Presence:
    """Say how often a call of AssumeRoleWithSAML carries a key."""
    if key.group is KeyGroup.TOKEN:
        return Presence.NEVER if key.name == CLAIMS.name else Presence.SOMETIMES
    return _sent(key, {"aws:federatedprovider"})


def _sent(key: KeyTraits, special: set[str]) -> Presence:
    name = key.name.lower()
    if name in special or name in _PERHAPS:
        return Presence.SOMETIMES
    if key.filled_by in _FILLED_FOR_ALL or name in _OF_BEARER:
        return key.sent
    return Presence.NEVER


_FILLED_FOR_ALL = (FilledBy.CALL, FilledBy.ROLE)


def _session_name(call: Call, _: str) -> State:
    if call.operation is Operation.WITH_WEB_IDENTITY:
        name = call.case.request.parameters.session_name
        return PRESENT if name is None else (name,)
    return _bearer(call).session_name


def _source_identity(call: Call, _: str) -> State:
    return _bearer(call).source_identity


def _request_tag(call: Call, tag: str) -> State:
    value = tag_state(_bearer(call).tags, tag)
    return value if value or _bearer(call).all_tags else UNKNOWN_STATE


def _tag_keys(call: Call, _: str) -> State:
    tags = tuple(_bearer(call).tags)
    return tags if _bearer(call).all_tags else UnknownState(includes=tags) if tags else UNKNOWN_STATE


def _transitive_tag_keys(call: Call, _: str) -> State:
    keys = _bearer(call).transitive
    return UNKNOWN_STATE if keys is None else keys


def _principal_tag(call: Call, tag: str) -> State:
    """Whether it already holds the session's tags while the trust policy is evaluated is not documented."""
    state = _request_tag(call, tag)
    return UnknownState((state, ABSENT)) if isinstance(state, tuple) and state else state


def _is_service(_call: Call, _: str) -> State:
    return FALSE_OR_ABSENT


def _authorized_by_provider(call: Call, _: str) -> State:
    """Whether the token's claim of roles names this one; without such a claim it is false, or absent."""
    if call.operation is not Operation.WITH_WEB_IDENTITY:
        return ABSENT
    roles = _bearer(call).roles
    if isinstance(roles, UnknownState):
        return UNKNOWN_STATE
    return ("true",) if call.role.arn in roles else FALSE_OR_ABSENT


def _federated_provider(call: Call, _: str) -> State:
    """The provider's ARN, or the host of one built in; with SAML it is not documented for the sign-in itself."""
    provider = (call.caller.provider,)
    return provider if call.operation is Operation.WITH_WEB_IDENTITY else UnknownState((provider, ABSENT))


OWN: Mapping[str, Callable[[Call, str], State]] = {
    "sts:rolesessionname": _session_name,
    "sts:sourceidentity": _source_identity,
    "aws:requesttag/": _request_tag,
    "aws:tagkeys": _tag_keys,
    "sts:transitivetagkeys": _transitive_tag_keys,
    "aws:principaltag/": _principal_tag,
    "aws:principalisawsservice": _is_service,
    "sts:roleauthorizedbyidp": _authorized_by_provider,
    "aws:federatedprovider": _federated_provider,
}
"""Keys, in lower case, that are neither absent from a call that nobody signs nor the same as in one that is signed."""

_OF_BEARER = ("sts:rolesessionname", "sts:sourceidentity", "aws:requesttag/", "aws:tagkeys", "sts:transitivetagkeys")
_PERHAPS = ("aws:principaltag/", "aws:principalisawsservice")


def _bearer(call: Call) -> Bearer:
    assert call.caller.bearer is not None
    return call.caller.bearer


def _of_token(key: str, call: Call) -> State:
    """Give a claim that has a condition key. Those of other issuers are not in the context."""
    provider, name = provider_of_key(key)
    issuer = call.caller.name
    if provider != issuer.lower():
        return ABSENT
    row, token = issuer_of(issuer), call.case.snapshot.source.identity
    if name in row.unsure:
        state = claim_state(token, name)
        return UnknownState((state, ABSENT)) if isinstance(state, tuple) and state else state
    written = next((each for each in row.claims if each.lower() == name), None)
    if written is None:
        return ABSENT
    if row.built_in and written == "oaud":
        return claim_state(token, "aud") if claim_state(token, "azp") != ABSENT else ABSENT
    if written == "aud":
        return _audience(token, built_in=row.built_in)
    return claim_state(token, written)


def _audience(token: WebIdentity | SamlAssertion | None, *, built_in: bool) -> State:
    """Give `aud`, or `azp` where Google sets it; of other issuers' `azp`, and of several audiences, nothing is said."""
    audience, authorized = claim_state(token, "aud"), claim_state(token, "azp")
    if built_in and isinstance(authorized, tuple) and authorized:
        return authorized
    if isinstance(audience, UnknownState):
        return audience
    if isinstance(authorized, tuple) and authorized and authorized != audience:
        return UnknownState((audience, authorized))
    if len(audience) > 1:
        return UnknownState((*((each,) for each in audience), audience))
    return audience


def _of_assertion(key: str, call: Call) -> State:
    assertion = call.case.snapshot.source.identity
    read = _ASSERTED.get(key)
    if read is not None:
        return read(assertion if isinstance(assertion, SamlAssertion) else SamlAssertion(), call)
    names = _ATTRIBUTE_NAMES.get(key.removeprefix("saml:"))
    return attribute_state(assertion, *names) if names and key.startswith("saml:") else ABSENT


def _given(value: str | None, assertion: SamlAssertion) -> State:
    if value is not None:
        return (value,)
    return ABSENT if assertion.complete else UNKNOWN_STATE


def _subject_type(assertion: SamlAssertion, _: Call) -> State:
    """`persistent`, `transient`, or the whole format where it is another."""
    state = _given(assertion.subject_format, assertion)
    if isinstance(state, tuple) and state:
        last = state[0].rpartition(":")[2]
        return (last,) if last in ("persistent", "transient") else state
    return state


def _qualifier(assertion: SamlAssertion, call: Call) -> State:
    """The base64 of the SHA-1 of issuer, account and `/` with the provider's name."""
    issuer = _given(assertion.issuer, assertion)
    if not isinstance(issuer, tuple) or not issuer:
        return issuer
    # OpenSSL, which it loads, would cost every start more than all condition keys, and few policies name this one.
    from hashlib import sha1

    text = f"{issuer[0]}{call.role.account}/{call.caller.name}"
    return (b64encode(sha1(text.encode(), usedforsecurity=False).digest()).decode(),)


_ASSERTED: Mapping[str, Callable[[SamlAssertion, Call], State]] = {
    "saml:aud": lambda assertion, _: _given(assertion.recipient, assertion),
    "saml:iss": lambda assertion, _: _given(assertion.issuer, assertion),
    "saml:sub": lambda assertion, _: _given(assertion.subject, assertion),
    "saml:sub_type": _subject_type,
    "saml:doc": lambda _, call: (f"{call.role.account}/{call.caller.name}",),
    "saml:namequalifier": _qualifier,
}

_EDU_PERSON = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
_EDU_ORG = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
_X500 = "urn:oid:2.5.4."
_COSINE = "urn:oid:0.9.2342.19200300.100.1."
_SOAP = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_ATTRIBUTE_NAMES: Mapping[str, tuple[str, ...]] = {
    "edupersonaffiliation": (f"{_EDU_PERSON}1",),
    "edupersonnickname": (f"{_EDU_PERSON}2",),
    "edupersonorgdn": (f"{_EDU_PERSON}3",),
    "edupersonorgunitdn": (f"{_EDU_PERSON}4",),
    "edupersonprimaryaffiliation": (f"{_EDU_PERSON}5",),
    "edupersonprincipalname": (f"{_EDU_PERSON}6",),
    "edupersonentitlement": (f"{_EDU_PERSON}7",),
    "edupersonprimaryorgunitdn": (f"{_EDU_PERSON}8",),
    "edupersonscopedaffiliation": (f"{_EDU_PERSON}9",),
    "edupersontargetedid": (f"{_EDU_PERSON}10",),
    "edupersonassurance": (f"{_EDU_PERSON}11",),
    "eduorghomepageuri": (f"{_EDU_ORG}2",),
    "eduorgidentityauthnpolicyuri": (f"{_EDU_ORG}3",),
    "eduorglegalname": (f"{_EDU_ORG}4",),
    "eduorgsuperioruri": (f"{_EDU_ORG}5",),
    "eduorgwhitepagesuri": (f"{_EDU_ORG}6",),
    "cn": (f"{_X500}3",),
    "surname": (f"{_SOAP}surname", f"{_X500}4", "2.5.4.4"),
    "x500uniqueidentifier": (f"{_X500}45", "2.5.4.45"),
    "name": (f"{_SOAP}name", f"{_X500}41", "2.5.4.41"),
    "givenname": (f"{_SOAP}givenname", f"{_X500}42", "2.5.4.42"),
    "commonname": ("http://schemas.xmlsoap.org/claims/CommonName", "2.5.4.3"),
    "uid": (f"{_COSINE}1", "0.9.2342.19200300.100.1.1"),
    "mail": (f"{_SOAP}emailaddress", f"{_COSINE}3", "0.9.2342.19200300.100.1.3"),
    "organizationstatus": (f"{_COSINE}45", "0.9.2342.19200300.100.1.45"),
    "primarygroupsid": ("http://schemas.microsoft.com/ws/2008/06/identity/claims/primarygroupsid",),
}
"""Attributes that have a condition key `saml:...`, each with the names it has in assertions. Others have none.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html#saml-attribute-mapping
"""

MAPPED_ATTRIBUTES = frozenset((*_ATTRIBUTE_NAMES, *(key.removeprefix("saml:") for key in _ASSERTED)))
"""What may follow `saml:` in a condition key, in lower case."""
