"""The claims of an OIDC token. The token is read and forgotten: it is never kept, and no error quotes it.

Its signature is not checked, since a diagnosis does not need it: who holds the token knows where it is from.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from diagnose.collect.digits import whole_number
from diagnose.collect.json_errors import position, quotable
from diagnose.errors import XdiagError
from diagnose.model.federation import WebIdentity
from diagnose.model.lazy_pattern import lazy_pattern

LONGEST_TOKEN = 2**20
"""How many bytes are read for a token or its claims, far more than the 20,000 characters that STS takes.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""


def token_from(data: bytes, place: str) -> WebIdentity:
    """Read the claims of a token, or of the JSON in which it was handed out. `place` says where it was.

    Raises XdiagError, which never quotes it, for what is not a signed token.
    """
    text = _unwrapped(data.decode("utf-8", "replace"))
    if text.startswith("{"):
        text = _handed_out(text, place)
    header, payload = _parts(text, place)
    algorithm = header.get("alg")
    return WebIdentity(
        without_tokens(payload), complete=True, algorithm=algorithm if isinstance(algorithm, str) else ""
    )


def claims_from_json(data: bytes, place: str) -> WebIdentity:
    """Read the payload of a token, which somebody has decoded: all claims, as a JSON object.

    Whoever gives the token itself is understood, too. Raises XdiagError for what is neither, without quoting it.
    """
    text = _unwrapped(data.decode("utf-8", "replace"))
    if _TOKEN.fullmatch(text):
        return token_from(data, place)
    claims = _object(text.encode(), f"`{quotable(place)}`", "expected the payload of a token: an object of its claims")
    for inner in ("payload", "claims"):
        if "iss" not in claims and isinstance(claims.get(inner), dict):
            claims = claims[inner]
    if "iss" not in claims and _token_among(claims):
        return token_from(data, place)
    return WebIdentity(without_tokens(claims), complete=True)


def claims_from_pairs(given: tuple[str, ...], flag: str) -> Mapping[str, Any]:
    """Read claims of the form `NAME=VALUE`: a repeated name has several values, `NAME=` says that it is absent.

    A value that is a JSON object or list is read as such, and the number of a time as a number. Raises XdiagError.
    """
    claims: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise XdiagError(f"`{flag}` was given what is not NAME=VALUE", hint=f"expected `{flag} sub=...`")
        name = name.strip()
        if is_token(name) or is_token(value):
            raise XdiagError(f"`{flag}` was given a token", hint="pass it with `--token-file`")
        read = _value(name, value, flag)
        if name in claims and value:
            before = claims[name]
            claims[name] = [*(before if isinstance(before, list) else [before]), read]
        else:
            claims[name] = read
    return claims


def is_token(text: str) -> bool:
    """Say whether a text is a signed token."""
    return bool(_TOKEN.fullmatch(text.strip()))


def without_tokens(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Give claims in which each token, whatever it is for, is only named as one."""
    return {name: _without(value) for name, value in claims.items()}


# The base64 of `{"` begins with `eyJ`, and that of `{ "` and of a line break is seldom seen, but allowed.
_TOKEN = lazy_pattern(r"e[wy][\w-]+\.[\w-]+\.[\w-]*")
_PART = lazy_pattern(r"[\w-]+={0,2}")
_DEEPEST = 32
_TIMES = ("exp", "iat", "nbf", "auth_time")
_WRAPPERS = ("value", "token", "Token", "id_token", "IdToken", "status", "WebIdentityToken")
"""The members that hold a token where GitHub, Kubernetes, Cognito and token endpoints hand one out."""
_NOT_A_TOKEN = "expected a JWT: three parts of base64url with dots between them, of which the first begins with `eyJ`"


def _unwrapped(text: str) -> str:
    """Take off what comes along where a token is copied: a byte order mark, quotes, `Bearer`, line breaks."""
    text = text.removeprefix("\ufeff").strip()
    if text.startswith("{"):
        return text
    text = re.sub(r"^(?:authorization:\s*)?bearer\s+", "", text.strip("\"'`"), flags=re.IGNORECASE)
    return re.sub(r"\s+", "", text)


def _handed_out(text: str, place: str) -> str:
    members = _object(text.encode(), f"`{quotable(place)}`", _NOT_A_TOKEN)
    found = _token_among(members)
    if found is None:
        hint = "pass the claims of a token with `--claims`" if "iss" in members else _NOT_A_TOKEN
        raise XdiagError(f"`{quotable(place)}` is JSON without a token", hint=hint)
    return found


def _token_among(members: Mapping[str, Any]) -> str | None:
    for name in _WRAPPERS:
        value = members.get(name)
        if isinstance(value, str) and is_token(value):
            return value.strip()
        if isinstance(value, dict) and (found := _token_among(value)):
            return found
    return None


def _parts(text: str, place: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Give header and payload. What is wrong is said of the token as a whole: no part of it may be quoted."""
    where = f"`{quotable(place)}`"
    parts = text.split(".")
    if not text:
        raise XdiagError(f"{where} is empty", hint=_NOT_A_TOKEN)
    if len(parts) == 5:
        raise XdiagError(
            f"{where} holds an encrypted token", hint="STS takes signed tokens only; its claims cannot be read"
        )
    if len(parts) != 3 or not all(map(_PART.fullmatch, parts[:2])):
        raise XdiagError(f"{where} does not hold a token", hint=_NOT_A_TOKEN)
    decoded = []
    for part, name in zip(parts, ("header", "payload"), strict=False):
        what = f"the {name} of the token in {where}"
        try:
            plain = base64.urlsafe_b64decode(part.rstrip("=") + "=" * (-len(part.rstrip("=")) % 4))
        except (binascii.Error, ValueError):
            raise XdiagError(f"{what} is not base64url", hint="was it copied as a whole?") from None
        decoded.append(_object(plain, what, "was it copied as a whole?"))
    return decoded[0], decoded[1]


def _object(data: bytes, what: str, hint: str) -> dict[str, Any]:
    """Read a JSON object. What is wrong with it is told by its place only."""
    try:
        value = msgspec.json.decode(data)
    except (ValueError, RecursionError) as error:
        byte = re.search(r"\(byte (\d+)\)$", str(error))
        place = f" at {position(data, int(byte[1]))}" if byte else ""
        raise XdiagError(f"{what} is not JSON{place}", hint=hint) from None
    if not isinstance(value, dict):
        raise XdiagError(f"{what} is not a JSON object", hint=hint)
    if _too_deep(value):
        raise XdiagError(f"{what} is nested too deeply to be read", hint="claims are a few levels deep")
    return value


def _too_deep(value: Any) -> bool:
    """Say whether lists and objects stand in one another so often that whoever walks through them would fall."""
    inside = [value]
    for _ in range(_DEEPEST):
        inside = [each for one in inside for each in _members(one)]
        if not inside:
            return False
    return True


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _value(name: str, text: str, flag: str) -> Any:
    if not text:
        return None
    if name in _TIMES:
        moment = whole_number(text)
        if moment is None:
            raise XdiagError(
                f"`{flag} {name}` is not a time", hint="expected seconds since 1970, as the token has them"
            )
        return moment
    if text.startswith(("{", "[")):
        try:
            read = msgspec.json.decode(text.encode())
            if _too_deep(read):
                raise ValueError
            return without_tokens({name: read})[name]
        except (ValueError, RecursionError):
            raise XdiagError(
                f"`{flag} {name}` begins like JSON, and cannot be read", hint="is it quoted for the shell?"
            ) from None
    return text


def _without(value: Any) -> Any:
    match value:
        case str() if is_token(value):
            return "(a token)"
        case dict():
            return {name: _without(inner) for name, inner in value.items()}
        case list():
            return [_without(inner) for inner in value]
        case _:
            return value
