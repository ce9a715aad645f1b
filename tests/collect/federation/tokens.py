"""Tokens and assertions as they are handed out."""

import base64
import json
from collections.abc import Mapping
from typing import Any

GITHUB: Mapping[str, Any] = {
    "iss": "https://token.actions.githubusercontent.com",
    "aud": "sts.amazonaws.com",
    "sub": "repo:octo/app:ref:refs/heads/main",
    "exp": 1793613840,
}
SIGNATURE = "c2lnbmF0dXJlLXRoYXQtbm9ib2R5LWNoZWNrcw"

ROLE = "arn:aws:iam::222222222222:role/Deploy"
PROVIDER = "arn:aws:iam::222222222222:saml-provider/Office"


def token(
    claims: Mapping[str, Any] | bytes = GITHUB, header: Mapping[str, Any] | bytes = {"alg": "RS256", "typ": "JWT"}
) -> str:
    """A token with these claims. What is given as bytes stands in it as it is."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), SIGNATURE])


def response(attributes: str = "", *, inside: str = "", around: str = "") -> bytes:
    """A SAML response as an identity provider posts it, before base64."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>{around}
<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r" Version="2.0">
  <Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.example.com/of-the-response</Issuer>
  <Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" IssueInstant="2026-11-02T10:00:00Z" Version="2.0">
    <Issuer>https://idp.example.com/metadata</Issuer>
    <Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>{SIGNATURE}</SignatureValue></Signature>
    <Subject>
      <NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">amy<!-- x -->@example.com</NameID>
      <SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        <SubjectConfirmationData Recipient="https://signin.aws.amazon.com/saml" NotOnOrAfter="2026-11-02T10:05:00Z"/>
      </SubjectConfirmation>
    </Subject>
    <Conditions><AudienceRestriction><Audience>urn:amazon:webservices</Audience></AudienceRestriction></Conditions>
    <AttributeStatement>
      <Attribute Name="https://aws.amazon.com/SAML/Attributes/Role">
        <AttributeValue>{ROLE},{PROVIDER}</AttributeValue>
        <AttributeValue>arn:aws:iam::333333333333:saml-provider/Other,arn:aws:iam::333333333333:role/Ops</AttributeValue>
      </Attribute>
      <Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName">
        <AttributeValue>amy</AttributeValue>
      </Attribute>{attributes}
    </AttributeStatement>
  </Assertion>{inside}
</samlp:Response>""".encode()
