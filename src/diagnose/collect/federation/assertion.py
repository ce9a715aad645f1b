"""What a SAML assertion says. It is read and forgotten: it is never kept, and no error quotes it.

Its signature is not checked, since a diagnosis does not need it. It comes from strangers: a document type, entities and
whatever would be fetched are refused.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError  # types only: defusedxml reads

from diagnose.collect.json_errors import quotable
from diagnose.errors import XdiagError
from diagnose.model.federation import SAML_ROLE, SamlAssertion

LONGEST_ASSERTION = 2**20
"""How many bytes are read for an assertion, far more than the 100,000 characters that STS takes.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
"""


def assertion_from(data: bytes, place: str) -> SamlAssertion:
    """Read an assertion or the response that holds it: XML, or its base64 as a browser posts it.

    Raises XdiagError, which never quotes it, for what is not an assertion that can be read.
    """
    where = f"`{quotable(place)}`"
    assertion = _assertion(parsed(_xml(data, where), where), where)
    return SamlAssertion(
        issuer=_text(assertion.find(f"{_SAML}Issuer")),
        subject=_text(assertion.find(f"{_SAML}Subject/{_SAML}NameID")),
        subject_format=_attribute(assertion, f"{_SAML}Subject/{_SAML}NameID", "Format"),
        recipient=_attribute(assertion, _CONFIRMED, "Recipient"),
        audiences=tuple(_texts(assertion.iterfind(_AUDIENCE))),
        attributes=_attributes(assertion),
        issued_at=assertion.get("IssueInstant"),
        not_on_or_after=_attribute(assertion, _CONFIRMED, "NotOnOrAfter"),
        complete=True,
    )


def parsed(xml: bytes, where: str) -> Element:
    """Parse XML of strangers. Raises XdiagError, which never quotes it; `where` says what it is."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(xml, forbid_dtd=True)
    except DefusedXmlException:
        raise XdiagError(
            f"{where} has a document type, which is not read", hint="no identity provider writes one into a response"
        ) from None
    except ParseError as error:
        line, column = error.position
        raise XdiagError(f"{where} is not XML at line {line}, column {column + 1}", hint=_EXPECTED) from None
    except (ValueError, LookupError, RecursionError):
        raise XdiagError(f"{where} is XML that cannot be read", hint=_EXPECTED) from None


def assertion_from_pairs(given: Sequence[str], flag: str) -> SamlAssertion:
    """Read attributes of the form `NAME=VALUE`; a repeated name has several values.

    Those that STS reads may be given by the last part of their names: `Role`, `PrincipalTag:team`. What is not an
    attribute has the name of its element: Issuer, NameID, Recipient, Audience. Raises XdiagError for anything else.
    """
    values: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise XdiagError(
                f"`{flag}` was given what is not NAME=VALUE", hint=f"expected `{flag} RoleSessionName=...`"
            )
        name = _full_name(name.strip())
        values[name] = (*values.get(name, ()), *([value] if value else []))
    elements = {name: values.pop(name, ()) for name in _ELEMENTS}
    for name, several in elements.items():
        if len(several) > 1 and name != "Audience":
            raise XdiagError(f"`{flag} {name}` is given twice", hint="an assertion has one")
    issuer, subject, subject_format, recipient = (next(iter(elements[name]), None) for name in _ELEMENTS[:4])
    return SamlAssertion(
        issuer=issuer,
        subject=subject,
        subject_format=subject_format,
        recipient=recipient,
        audiences=elements["Audience"],
        attributes=values,
    )


def provider_of(assertion: SamlAssertion, role_arn: str | None) -> str | None:
    """Give the ARN of the SAML provider that the assertion names: for the role, or for all of its roles; else None.

    The two ARNs of a pair stand in either order.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
    """
    pairs = [tuple(part.strip() for part in value.split(",")) for value in assertion.attributes.get(SAML_ROLE, ())]
    for wanted in (role_arn, None):
        providers = {
            part for pair in pairs if wanted is None or wanted in pair for part in pair if ":saml-provider/" in part
        }
        if len(providers) == 1:
            return providers.pop()
    return None


_SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
_PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
_CONFIRMED = f"{_SAML}Subject/{_SAML}SubjectConfirmation/{_SAML}SubjectConfirmationData"
_AUDIENCE = f"{_SAML}Conditions/{_SAML}AudienceRestriction/{_SAML}Audience"
_PREFIX = SAML_ROLE.removesuffix("Role")
_OF_STS = ("Role", "RoleSessionName", "SessionDuration", "SourceIdentity", "TransitiveTagKeys")
_ELEMENTS = ("Issuer", "NameID", "NameIDFormat", "Recipient", "Audience")
_EXPECTED = "expected the XML of a SAML 2.0 response or assertion, or its base64 as the browser posts it"


def _xml(data: bytes, where: str) -> bytes:
    """Undo what a browser does to the XML: a form field, percent signs, base64."""
    text = data.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise XdiagError(f"{where} is empty", hint=_EXPECTED)
    if text.startswith(b"<"):
        return text
    plain = text.decode("ascii", "replace").strip("\"'")
    if plain.startswith("SAMLResponse="):
        plain = plain.removeprefix("SAMLResponse=").partition("&")[0]
    if "%" in plain:
        plain = unquote(plain)
    try:
        decoded = base64.b64decode(re.sub(r"\s+", "", plain), validate=True).strip()
    except (binascii.Error, ValueError):
        raise XdiagError(f"{where} is neither XML nor base64", hint=_EXPECTED) from None
    if not decoded.startswith(b"<"):
        raise XdiagError(f"{where} is base64, but not of XML", hint=_EXPECTED)
    return decoded


def _assertion(root: Element, where: str) -> Element:
    """Find the one assertion. Whatever else is signed or wrapped around it does not count."""
    found = [root] if root.tag == f"{_SAML}Assertion" else root.findall(f"{_SAML}Assertion")
    if len(found) == 1:
        return found[0]
    if found:
        raise XdiagError(f"{where} holds {len(found)} assertions", hint="expected one")
    if root.find(f"{_SAML}EncryptedAssertion") is not None or root.tag == f"{_SAML}EncryptedAssertion":
        raise XdiagError(
            f"{where} is encrypted for AWS", hint="give what the identity provider puts into it with `--saml-attribute`"
        )
    if root.tag.startswith(_PROTOCOL):
        raise XdiagError(
            f"{where} holds no assertion", hint="the identity provider refused the sign-in, or was asked only"
        )
    raise XdiagError(f"{where} is XML, but not of SAML 2.0", hint=_EXPECTED)


def _attributes(assertion: Element) -> Mapping[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for attribute in assertion.iterfind(f"{_SAML}AttributeStatement/{_SAML}Attribute"):
        name = attribute.get("Name", "")
        values[name] = (*values.get(name, ()), *_texts(attribute.iterfind(f"{_SAML}AttributeValue")))
    return values


def _texts(elements: Iterator[Element]) -> Iterator[str]:
    return (text for text in map(_text, elements) if text is not None)


def _text(element: Element | None) -> str | None:
    """Give all the text in an element: a comment in the middle of a name does not end it."""
    return None if element is None else "".join(element.itertext()).strip()


def _attribute(assertion: Element, path: str, name: str) -> str | None:
    element = assertion.find(path)
    return None if element is None else element.get(name)


def _full_name(name: str) -> str:
    return _PREFIX + name if name in _OF_STS or name.startswith("PrincipalTag:") else name
