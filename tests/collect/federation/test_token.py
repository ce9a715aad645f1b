"""Tokens are read for their claims, in every form in which they are handed out, and no error quotes them."""

import base64
import json
from typing import Any

import pytest
from tests.collect.federation.tokens import GITHUB, SIGNATURE, token

from diagnose.collect.federation.token import claims_from_json, claims_from_pairs, token_from
from diagnose.errors import XdiagError

TOKEN = token()
HEADER, PAYLOAD, _ = TOKEN.split(".")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TOKEN, id="alone"),
        pytest.param(f"{TOKEN}\n", id="with a line break after it"),
        pytest.param(f"\ufeff{TOKEN}", id="with a byte order mark"),
        pytest.param(f'"{TOKEN}"', id="in quotes"),
        pytest.param(f"Bearer {TOKEN}", id="as a header has it"),
        pytest.param(f"Authorization: bearer {TOKEN}", id="with the header's name"),
        pytest.param("\n".join(TOKEN[at : at + 76] for at in range(0, len(TOKEN), 76)), id="in lines"),
        pytest.param(json.dumps({"count": 9, "value": TOKEN}), id="as GitHub hands it out"),
        pytest.param(json.dumps({"kind": "TokenRequest", "status": {"token": TOKEN}}), id="as Kubernetes hands it out"),
        pytest.param(json.dumps({"IdentityId": "us-east-1:1", "Token": TOKEN}), id="as Cognito hands it out"),
        pytest.param(json.dumps({"access_token": "x", "id_token": TOKEN}), id="as a token endpoint hands it out"),
        pytest.param(json.dumps({"token": TOKEN}), id="as CircleCI hands it out"),
        pytest.param(json.dumps({"IdToken": TOKEN, "ExpiresIn": 3600}), id="as a user pool hands it out"),
        pytest.param(json.dumps({"WebIdentityToken": TOKEN, "Expiration": "2026-03-02"}), id="as STS hands it out"),
    ],
)
def test_a_token_is_read_as_it_is_handed_out(text: str) -> None:
    read = token_from(text.encode(), "t")
    assert (dict(read.claims), read.complete, read.algorithm) == (dict(GITHUB), True, "RS256")


@pytest.mark.parametrize(
    ("payload", "claims"),
    [
        pytest.param(b'{"sub": "\xc3\xa4"}', {"sub": "ä"}, id="a letter of two bytes"),
        pytest.param(b'{"aud": ["a", "b"], "n": 1.5, "t": true}', {"aud": ["a", "b"], "n": 1.5, "t": True}, id="types"),
        pytest.param(b'{ "iss": "x" }', {"iss": "x"}, id="a space before the first claim"),
    ],
)
def test_claims_keep_their_json_types(payload: bytes, claims: dict[str, Any]) -> None:
    assert dict(token_from(token(payload).encode(), "t").claims) == claims


@pytest.mark.parametrize("header", [b"{}", b'{"alg": null}', b'{"alg": ["RS256"]}', b'{"alg": 256}'])
def test_a_header_without_the_name_of_an_algorithm_names_none(header: bytes) -> None:
    assert token_from(token(header=header).encode(), "t").algorithm == ""


@pytest.mark.parametrize(("levels", "read"), [(31, True), (32, False)])
def test_claims_are_read_up_to_a_depth(levels: int, read: bool) -> None:
    payload = b'{"a":' * levels + b"1" + b"}" * levels
    if read:
        assert token_from(token(payload).encode(), "t").claims
    else:
        with pytest.raises(XdiagError, match="nested too deeply"):
            token_from(token(payload).encode(), "t")


def test_a_token_within_a_token_is_named_and_not_kept() -> None:
    read = token_from(token({"iss": "x", "act": {"tokens": [TOKEN]}, "raw": TOKEN}).encode(), "t")
    assert dict(read.claims) == {"iss": "x", "act": {"tokens": ["(a token)"]}, "raw": "(a token)"}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        pytest.param("", "`t` is empty", "expected a JWT", id="nothing"),
        pytest.param("hello", "`t` does not hold a token", "expected a JWT", id="a word"),
        pytest.param(f"{HEADER}.{PAYLOAD}", "`t` does not hold a token", "expected a JWT", id="no signature"),
        pytest.param(f"{HEADER}.{PAYLOAD}!.{SIGNATURE}", "`t` does not hold a token", "", id="a strange character"),
        pytest.param(
            f"{TOKEN}.a.b", "`t` holds an encrypted token", "STS takes signed tokens only", id="an encrypted token"
        ),
        pytest.param(
            f"{HEADER}.{PAYLOAD[:-7]}.{SIGNATURE}",
            "the payload of the token in `t` is not ",
            "was it copied as a whole?",
            id="a payload that was cut off",
        ),
        pytest.param(
            token(b"[1]"),
            "the payload of the token in `t` is not a JSON object",
            "was it copied as a whole?",
            id="a payload that is a list",
        ),
        pytest.param(
            token(b'{"iss": x}'),
            "the payload of the token in `t` is not JSON at column 9",
            "",
            id="a payload that is not JSON",
        ),
        pytest.param(
            token(header=b"{"), "the header of the token in `t` is not JSON", "was it copied", id="a header cut off"
        ),
        pytest.param(
            token(b'{"a":' * 500 + b"1" + b"}" * 500),
            "the payload of the token in `t` is nested too deeply",
            "",
            id="claims that are nested too deeply",
        ),
        pytest.param(json.dumps(GITHUB), "`t` is JSON without a token", "`--claims`", id="claims instead of a token"),
        pytest.param('{"a": "b"}', "`t` is JSON without a token", "expected a JWT", id="other JSON"),
        pytest.param(f'{{"value": "{TOKEN}', "`t` is not JSON", "expected a JWT", id="an answer that was cut off"),
        pytest.param(f'{{"value": {TOKEN}}}', "`t` is not JSON at column 11", "", id="an answer without quotes"),
    ],
)
def test_what_is_not_a_token_is_said_without_quoting_it(text: str, message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as error:
        token_from(text.encode(), "t")
    assert error.value.message.startswith(message)
    assert hint in error.value.hint
    said = error.value.message + error.value.hint
    assert not [part for part in text.split(".") if len(part) > 9 and part in said]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(GITHUB), id="the payload"),
        pytest.param(json.dumps({"header": {"alg": "RS256"}, "payload": GITHUB}), id="a decoded token"),
        pytest.param(json.dumps({"claims": GITHUB}), id="claims in an object"),
        pytest.param(TOKEN, id="the token itself"),
        pytest.param(json.dumps({"value": TOKEN}), id="the token as it is handed out"),
    ],
)
def test_claims_are_read_as_they_are_decoded(text: str) -> None:
    read = claims_from_json(text.encode(), "c")
    assert (dict(read.claims), read.complete) == (dict(GITHUB), True)


@pytest.mark.parametrize("name", ["value", "token", "id_token", "status"])
def test_claims_with_another_token_among_them_are_their_own(name: str) -> None:
    other = token({**GITHUB, "sub": "another"})
    read = claims_from_json(json.dumps({**GITHUB, name: {"token": other} if name == "status" else other}).encode(), "c")
    assert read.claims["sub"] == GITHUB["sub"]
    assert other not in str(read.claims)


def test_what_is_not_an_object_of_claims_is_said() -> None:
    with pytest.raises(XdiagError) as error:
        claims_from_json(b"[]", "c")
    assert error.value.message == "`c` is not a JSON object"
    assert error.value.hint == "expected the payload of a token: an object of its claims"


def test_a_fault_in_claims_is_told_by_its_place() -> None:
    with pytest.raises(XdiagError) as error:
        claims_from_json(b'{"iss": "x",\n "raw": ' + TOKEN.encode() + b"}", "c")
    assert error.value.message == "`c` is not JSON at line 2, column 9"
    assert HEADER not in error.value.message + error.value.hint


@pytest.mark.parametrize(
    ("given", "claims"),
    [
        pytest.param(("sub=a=b",), {"sub": "a=b"}, id="an equals sign in a value"),
        pytest.param(("aud=a", "aud=b", "aud=c"), {"aud": ["a", "b", "c"]}, id="a repeated name has several values"),
        pytest.param(("amr=",), {"amr": None}, id="no value: it is absent"),
        pytest.param(("exp=1793613840",), {"exp": 1793613840}, id="a time is a number"),
        pytest.param(("repository_id=6007",), {"repository_id": "6007"}, id="an id is a text, as GitHub writes it"),
        pytest.param(
            ('https://aws.amazon.com/tags={"principal_tags": {"a": ["b"]}}',),
            {"https://aws.amazon.com/tags": {"principal_tags": {"a": ["b"]}}},
            id="an object",
        ),
        pytest.param((f'act=["{TOKEN}"]',), {"act": ["(a token)"]}, id="a token in a list is not kept"),
    ],
)
def test_single_claims(given: tuple[str, ...], claims: dict[str, Any]) -> None:
    assert claims_from_pairs(given, "--claim") == claims


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param("sub", "`--claim` was given what is not NAME=VALUE", id="no equals sign"),
        pytest.param(TOKEN, "`--claim` was given what is not NAME=VALUE", id="a token alone"),
        pytest.param("=x", "`--claim` was given what is not NAME=VALUE", id="no name"),
        pytest.param("exp=soon", "`--claim exp` is not a time", id="a time in words"),
        pytest.param("tags={a", "`--claim tags` begins like JSON, and cannot be read", id="not JSON"),
        pytest.param("tags=" + "[" * 40 + "]" * 40, "`--claim tags` begins like JSON, and cannot be read", id="nested"),
        pytest.param(f"jwt={TOKEN}", "`--claim` was given a token", id="a token as a value"),
        pytest.param(f"{TOKEN}==", "`--claim` was given a token", id="a token with an equals sign after it"),
    ],
)
def test_wrong_claims_are_said_without_quoting_them(given: str, message: str) -> None:
    with pytest.raises(XdiagError) as error:
        claims_from_pairs((given,), "--claim")
    assert error.value.message == message
    assert error.value.hint
    assert HEADER not in error.value.hint


def test_a_payload_of_any_bytes_is_a_users_mistake() -> None:
    for payload in (b"", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5000):
        body = base64.urlsafe_b64encode(payload).decode().rstrip("=") or "_w"
        with pytest.raises(XdiagError):
            token_from(f"{HEADER}.{body}.x".encode(), "t")


A_TOKEN = "expected a JWT: three parts of base64url with dots between them, of which the first begins with `eyJ`"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "`t` is empty", A_TOKEN),
        ("hello", "`t` does not hold a token", A_TOKEN),
        (
            f"{TOKEN}.a.b",
            "`t` holds an encrypted token",
            "STS takes signed tokens only; its claims cannot be read",
        ),
        (
            f"e.{PAYLOAD}.{SIGNATURE}",
            "the header of the token in `t` is not base64url",
            "was it copied as a whole?",
        ),
        (
            token(b'{"a":' * 500 + b"1" + b"}" * 500),
            "the payload of the token in `t` is nested too deeply to be read",
            "claims are a few levels deep",
        ),
        (json.dumps(GITHUB), "`t` is JSON without a token", "pass the claims of a token with `--claims`"),
        ('{"a": "b"}', "`t` is JSON without a token", A_TOKEN),
    ],
)
def test_what_is_wrong_with_a_token_is_told_in_whole(text: str, message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as error:
        token_from(text.encode(), "t")
    assert (error.value.message, error.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ("sub", "`-c` was given what is not NAME=VALUE", "expected `-c sub=...`"),
        (" =x", "`-c` was given what is not NAME=VALUE", "expected `-c sub=...`"),
        (f"raw={TOKEN}", "`-c` was given a token", "pass it with `--token-file`"),
        *(
            (f"{name}=soon", f"`-c {name}` is not a time", "expected seconds since 1970, as the token has them")
            for name in ("exp", "iat", "nbf", "auth_time")
        ),
        *(
            (f"a={begins}x", "`-c a` begins like JSON, and cannot be read", "is it quoted for the shell?")
            for begins in ("{", "[")
        ),
    ],
)
def test_what_is_wrong_with_a_claim_is_told_in_whole(given: str, message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as error:
        claims_from_pairs((given,), "-c")
    assert (error.value.message, error.value.hint) == (message, hint)


@pytest.mark.parametrize("name", ["value", "token", "Token", "id_token", "IdToken", "status", "WebIdentityToken"])
def test_a_token_is_found_where_services_hand_one_out(name: str) -> None:
    for handed in ({name: TOKEN}, {"status": {name: f" {TOKEN} "}}):
        assert dict(token_from(json.dumps(handed).encode(), "t").claims) == dict(GITHUB)
