"""What to send where a parameter was refused by name; apart from `error`, as each SDK says it in words of its own."""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from diagnose.model.aws_error import AwsError
from diagnose.model.lazy_pattern import lazy_pattern
from diagnose.model.operation import Operation


def right_parameter(error: AwsError, operation: Operation) -> str:
    """Say what to do about the parameter that an error names: pass it, fill it, shorten it, or write it as it is."""
    for pattern, say in _FORMS:
        if match := pattern.search(error.text):
            name = _as_the_api(match["name"], operation)
            return say(match["name"], name, operation)
    return "Correct the parameter that the error names"


_OF_ALL = ("RoleArn", "RoleSessionName", "DurationSeconds", "Policy", "PolicyArns")
_PARAMETERS: Mapping[Operation, tuple[str, ...]] = {
    Operation.ASSUME_ROLE: (
        *_OF_ALL,
        "ExternalId",
        "SerialNumber",
        "TokenCode",
        "SourceIdentity",
        "Tags",
        "TransitiveTagKeys",
        "ProvidedContexts",
    ),
    Operation.WITH_WEB_IDENTITY: (*_OF_ALL, "WebIdentityToken", "ProviderId"),
    Operation.WITH_SAML: (
        "RoleArn",
        "PrincipalArn",
        "SAMLAssertion",
        "DurationSeconds",
        "Policy",
        "PolicyArns",
    ),
}
"""What each operation takes.

Sources:
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
"""


def _as_the_api(name: str, operation: Operation) -> str:
    """Give the name that the API has for one of an SDK, of an option, or of a misspelling; empty where it has none."""
    known = {one.lower(): one for one in _PARAMETERS[operation]}
    written = re.sub(r"[^a-z]", "", name.lower())
    close = get_close_matches(written, known, n=1, cutoff=0.8)
    return known[close[0]] if close else ""


def _unknown(written: str, name: str, operation: Operation) -> str:
    if name == written:
        return f"See which call `{written}` is passed to, and that the SDK is up to date: {operation} takes it"
    if name:
        return f"Write `{name}` instead of `{written}`, which {operation} does not know"
    return f"Leave out `{written}`, which {operation} does not know: it takes {', '.join(_PARAMETERS[operation])}"


def _missing(written: str, name: str, _: Operation) -> str:
    return f"Pass `{name or written}`, which every call needs"


def _empty(written: str, name: str, _: Operation) -> str:
    return f"Pass a value for `{name or written}`: the variable or setting that it is taken from is empty"


def _other_type(written: str, name: str, _: Operation) -> str:
    return f"Pass `{name or written}` as the type that the error names"


def _limits(written: str, name: str, _: Operation) -> str:
    return f"Pass `{name or written}` as the error asks: {_ASKED.get(name, 'within its limits')}"


def _whole_arn(_written: str, _name: str, operation: Operation) -> str:
    fix = f"Pass `RoleArn` as {_ASKED['RoleArn']}"
    if operation is not Operation.WITH_SAML:
        return fix
    return (
        f"{fix}; a tool that takes it out of the assertion may expect the role's ARN before the provider's in the "
        "attribute `Role`"
    )


_ASKED = {
    "RoleArn": "the whole ARN, `arn:aws:iam::111111111111:role/path/Name`",
    "RoleSessionName": "2 to 64 letters, digits, and _+=,.@-",
    "DurationSeconds": "900 to 43200, and no more than the role's maximum",
    "ExternalId": "2 to 1224 letters, digits, and _+=,.@:/-",
    "TokenCode": "six digits",
}
_NAME = r"(?P<name>[\w-]{1,60})"
_FORMS = tuple(
    (lazy_pattern(pattern, re.IGNORECASE), say)
    for pattern, say in (
        (rf"Unknown parameter in \w+: \W?{_NAME}", _unknown),
        (rf"Unexpected key '{_NAME}' found in params", _unknown),
        (rf"unexpected value at params\[:{_NAME}\]", _unknown),
        (rf"Missing required parameter in \w+: \W?{_NAME}", _missing),
        (rf"Missing required key '{_NAME}'", _missing),
        (rf"missing required field, \w+\.{_NAME}", _missing),
        (rf"\[{_NAME}\] is missing and is a required parameter", _missing),
        (rf"missing required parameter params\[:{_NAME}\]", _missing),
        (rf"arguments are required: --{_NAME}", _missing),
        (rf"Invalid type for parameter {_NAME}, value: None", _empty),
        (rf"Invalid length for parameter {_NAME}, value: 0", _empty),
        (rf"expected params\[:{_NAME}\] to be .{{1,60}}, got value nil", _empty),
        (rf"Value (?:null|'') at '{_NAME}' failed to satisfy", _empty),
        (rf"Invalid type for parameter {_NAME}", _other_type),
        (rf"Expected params\.{_NAME} to be", _other_type),
        (rf"expected params\[:{_NAME}\] to be", _other_type),
        (rf"Invalid (?:length|range) for parameter {_NAME}", _limits),
        (rf"minimum field (?:size|value) of \d+, \w+\.{_NAME}", _limits),
        (rf"Value '.{{1,2000}}?' at '{_NAME}' failed to satisfy", _limits),
        (r"Request (?P<name>ARN) is invalid", _whole_arn),
    )
)
"""How the SDKs and AWS name a parameter, and what is to be done about it; what says more stands first."""
