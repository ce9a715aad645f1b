"""Assertions are read for what they say, as XML or as a browser posts them; nothing in them is fetched or expanded."""

import base64
from urllib.parse import quote

import pytest
from tests.collect.federation.tokens import PROVIDER, ROLE, SIGNATURE, response

from diagnose.collect.federation.assertion import assertion_from, assertion_from_pairs, provider_of
from diagnose.errors import XdiagError
from diagnose.model.federation import SAML_DURATION, SAML_ROLE, SAML_SESSION_NAME, SAML_TAG, SamlAssertion

XML = response()
POSTED = base64.b64encode(XML)
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'


def test_an_assertion_is_read_without_the_response_around_it() -> None:
    end = b"</Assertion>"
    alone = XML[XML.index(b"<Assertion") : XML.index(end) + len(end)]
    assert assertion_from(alone, "a") == assertion_from(XML, "a")
    assert assertion_from(base64.b64encode(alone), "a") == assertion_from(XML, "a")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(XML, id="XML"),
        pytest.param(b"\xef\xbb\xbf" + XML, id="XML with a byte order mark"),
        pytest.param(POSTED, id="base64"),
        pytest.param(base64.encodebytes(XML), id="base64 in lines"),
        pytest.param(quote(POSTED.decode(), safe="").encode(), id="base64 with percent signs"),
        pytest.param(f"SAMLResponse={quote(POSTED.decode(), safe='')}&RelayState=x".encode(), id="a form field"),
    ],
)
def test_an_assertion_is_read_as_it_is_posted(data: bytes) -> None:
    assert assertion_from(data, "a") == SamlAssertion(
        issuer="https://idp.example.com/metadata",
        subject="amy@example.com",
        subject_format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        recipient="https://signin.aws.amazon.com/saml",
        audiences=("urn:amazon:webservices",),
        attributes={
            SAML_ROLE: (
                f"{ROLE},{PROVIDER}",
                "arn:aws:iam::333333333333:saml-provider/Other,arn:aws:iam::333333333333:role/Ops",
            ),
            SAML_SESSION_NAME: ("amy",),
        },
        issued_at="2026-11-02T10:00:00Z",
        not_on_or_after="2026-11-02T10:05:00Z",
        complete=True,
    )


def test_a_value_may_be_an_element() -> None:
    name = "urn:oid:1.3.6.1.4.1.5923.1.1.1.10"
    value = "<NameID>amy</NameID>"
    read = assertion_from(
        response(f'<Attribute Name="{name}"><AttributeValue>{value}</AttributeValue></Attribute>'), "a"
    )
    assert read.attributes[name] == ("amy",)


def test_an_attribute_that_stands_twice_has_the_values_of_both() -> None:
    more = f'<Attribute Name="{SAML_SESSION_NAME}"><AttributeValue>bob</AttributeValue><AttributeValue/></Attribute>'
    assert assertion_from(response(more), "a").attributes[SAML_SESSION_NAME] == ("amy", "bob", "")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(response(around=BOMB), "`a` has a document type, which is not read", id="entities"),
        pytest.param(
            response(around='<!DOCTYPE x SYSTEM "file:///etc/passwd">'),
            "`a` has a document type, which is not read",
            id="a document type that would be fetched",
        ),
        pytest.param(b"  ", "`a` is empty", id="nothing"),
        pytest.param(b"!!", "`a` is neither XML nor base64", id="not base64"),
        pytest.param(base64.b64encode(b"hello"), "`a` is base64, but not of XML", id="base64 of something else"),
        pytest.param(XML[:-20], "`a` is not XML at line ", id="cut off"),
        pytest.param(b"<a>&secret;</a>", "`a` is not XML at line 1, column 4", id="an entity that is not defined"),
        pytest.param(b"<html/>", "`a` is XML, but not of SAML 2.0", id="a page"),
        pytest.param(
            b'<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"/>', "`a` holds no assertion", id="a refusal"
        ),
        pytest.param(
            b'<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"><EncryptedAssertion '
            b'xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/></p:Response>',
            "`a` is encrypted for AWS",
            id="an encrypted assertion",
        ),
        pytest.param(
            response(inside='<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>'),
            "`a` holds 2 assertions",
            id="two assertions",
        ),
        pytest.param(b'<?xml version="1.0" encoding="nonsense"?><a/>', "`a` is ", id="an encoding that does not exist"),
    ],
)
def test_what_is_not_an_assertion_is_said_without_quoting_it(data: bytes, message: str) -> None:
    with pytest.raises(XdiagError) as error:
        assertion_from(data, "a")
    assert error.value.message.startswith(message)
    assert SIGNATURE not in error.value.message + error.value.hint


def test_many_elements_in_one_another_do_no_harm() -> None:
    with pytest.raises(XdiagError):
        assertion_from(b"<a>" * 100_000 + b"</a>" * 100_000, "a")


def test_attributes_by_the_last_part_of_their_names() -> None:
    given = ("RoleSessionName=amy", "SessionDuration=3600", "PrincipalTag:team=core", "mail=a@example.com")
    read = assertion_from_pairs((*given, "NameID=amy", "Audience=x", "Audience=y", "Issuer=i", "Recipient=r"), "-s")
    assert read == SamlAssertion(
        issuer="i",
        subject="amy",
        recipient="r",
        audiences=("x", "y"),
        attributes={
            SAML_SESSION_NAME: ("amy",),
            SAML_DURATION: ("3600",),
            f"{SAML_TAG}team": ("core",),
            "mail": ("a@example.com",),
        },
    )


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        pytest.param(
            ("mail",), "`-s` was given what is not NAME=VALUE", "expected `-s RoleSessionName=...`", id="no equals sign"
        ),
        pytest.param(
            ("=x",), "`-s` was given what is not NAME=VALUE", "expected `-s RoleSessionName=...`", id="no name"
        ),
        pytest.param(("Issuer=a", "Issuer=b"), "`-s Issuer` is given twice", "", id="two issuers"),
    ],
)
def test_wrong_attributes(given: tuple[str, ...], message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as error:
        assertion_from_pairs(given, "-s")
    assert error.value.message == message
    assert hint in error.value.hint


OTHER = "arn:aws:iam::333333333333:saml-provider/Other"


@pytest.mark.parametrize(
    ("pairs", "role", "provider"),
    [
        pytest.param((f"{ROLE},{PROVIDER}",), ROLE, PROVIDER, id="that of the role"),
        pytest.param((f"{PROVIDER}, {ROLE}",), ROLE, PROVIDER, id="the provider first, and a space"),
        pytest.param((f"{ROLE},{PROVIDER}", f"x,{OTHER}"), ROLE, PROVIDER, id="that of the role among several"),
        pytest.param((f"x,{PROVIDER}",), ROLE, PROVIDER, id="the only one, though for another role"),
        pytest.param((f"x,{PROVIDER}", f"y,{OTHER}"), ROLE, None, id="several, none of them for the role"),
        pytest.param((), ROLE, None, id="none"),
    ],
)
def test_an_assertion_names_its_provider(pairs: tuple[str, ...], role: str, provider: str | None) -> None:
    assert provider_of(SamlAssertion(attributes={SAML_ROLE: pairs}), role) == provider


SOME_XML = "expected the XML of a SAML 2.0 response or assertion, or its base64 as the browser posts it"
ENCRYPTED = b'<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>'


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (b"  ", "is empty", SOME_XML),
        (b"!!", "is neither XML nor base64", SOME_XML),
        (base64.b64encode(b"hello"), "is base64, but not of XML", SOME_XML),
        (b"<a>&secret;</a>", "is not XML at line 1, column 4", SOME_XML),
        (b"<html/>", "is XML, but not of SAML 2.0", SOME_XML),
        (
            response(around=BOMB),
            "has a document type, which is not read",
            "no identity provider writes one into a response",
        ),
        (
            b'<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"/>',
            "holds no assertion",
            "the identity provider refused the sign-in, or was asked only",
        ),
        (
            ENCRYPTED,
            "is encrypted for AWS",
            "give what the identity provider puts into it with `--saml-attribute`",
        ),
        (
            b'<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol">' + ENCRYPTED + b"</p:Response>",
            "is encrypted for AWS",
            "give what the identity provider puts into it with `--saml-attribute`",
        ),
        (
            response(inside='<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>'),
            "holds 2 assertions",
            "expected one",
        ),
    ],
)
def test_what_is_wrong_with_an_assertion_is_told_in_whole(data: bytes, message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as error:
        assertion_from(data, "a")
    assert (error.value.message, error.value.hint) == (f"`a` {message}", hint)


@pytest.mark.parametrize("name", ["Role", "RoleSessionName", "SessionDuration", "SourceIdentity", "TransitiveTagKeys"])
def test_what_sts_reads_may_be_given_by_the_last_part_of_its_name(name: str) -> None:
    read = assertion_from_pairs((f"{name}=x", f"{name}s=y"), "-s")
    assert dict(read.attributes) == {f"{SAML_ROLE.removesuffix('Role')}{name}": ("x",), f"{name}s": ("y",)}
