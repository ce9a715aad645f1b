"""The error of AWS that somebody pasted.

What it says ranks hypotheses and decides nothing: AWS names one policy type even where several deny, and tells
callers of another organization less.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from diagnose.aws.redaction import redacted
from diagnose.causes.said import kind_of
from diagnose.causes.terms import ErrorKind
from diagnose.collect.paste import arn_at, loose, mended, squeezed
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri


class Message(Struct, frozen=True):
    """An error of AWS, taken apart. A part that the text does not tell is empty.

    `text` is the error alone, on one line, as the AWS CLI prints it and without credentials. `layer` is the policy
    type that AWS names, None where it names none, as is usual of a trust policy; `explicit` says whether a Deny
    statement is to blame. `transitively_scp` marks the wording that names a VPC endpoint policy and means an SCP.
    """

    text: str
    kind: ErrorKind
    code: str = ""
    operation: str = ""
    caller: str = ""
    action: str = ""
    resource: str = ""
    layer: Layer | None = None
    explicit: Tri = UNKNOWN
    policy_arn: str = ""
    transitively_scp: bool = False


def parse_message(paste: str) -> Message:
    """Find the first refusal in a paste, or else another error, however it was framed, quoted or broken into lines.

    Every text has an answer: one in which nothing is recognised is of the kind `other`.
    """
    text = mended(paste)
    readings = (text.replace("\n", " "), text.replace("\n", ""))
    code = _first(_CODES, readings)
    operation = _first(_OPERATIONS, readings)
    denied = _DENIED.search(text)
    if denied is not None:
        return _denial(text, denied, code, operation)
    kinds = [kind_of(reading, code) for reading in readings]
    best = 1 if kinds[0] is ErrorKind.OTHER else 0
    begin = max(0, readings[best].find("An error occurred ("))
    return Message(redacted(readings[best][begin : begin + _MOST_CHARACTERS]), kinds[best], code, operation)


_MOST_CHARACTERS = 2000
_LAYERS = {
    "identity-based policy": Layer.IDENTITY,
    "permissions boundary": Layer.BOUNDARY,
    "session policy": Layer.SESSION,
    "sessions policy": Layer.SESSION,
    "service control policy": Layer.SCP,
    "resource control policy": Layer.RCP,
    "VPC endpoint policy": Layer.ENDPOINT,
    "role trust policy": Layer.TRUST,
    "resource-based policy": Layer.TRUST,
}
_ACTIONS = tuple(
    (name, re.compile(loose(name) + r"(?![A-Za-z*])", re.IGNORECASE))
    for name in (
        "sts:AssumeRoleWithWebIdentity",
        "sts:AssumeRoleWithSAML",
        "sts:AssumeRole",
        "sts:AssumeRoot",
        "sts:TagSession",
        "sts:SetSourceIdentity",
        "sts:SetContext",
        "iam:PassRole",
    )
)
_ANY_ACTION = re.compile(r"[a-z][\w-]{0,60}:[\w*]{1,80}", re.IGNORECASE)
_KNOWN_CODES = (
    "AccessDenied(?:Exception)?",
    "ExpiredToken(?:Exception)?",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "OptInRequired",
    "ValidationError",
    "RegionDisabledException",
    "PackedPolicyTooLarge(?:Exception)?",
    "MalformedPolicyDocument(?:Exception)?",
    "Throttling",
)
_CODES = (
    re.compile(r"An error occurred \((\w{1,80})\)"),
    re.compile(r"api error (\w{1,80}):"),
    re.compile(r"""(?i:(?<!status )\b(?:error ?)?code)["']?[>:= ]{1,4}["']?([A-Z][A-Za-z]{2,80})"""),
    re.compile(rf"\b({'|'.join(_KNOWN_CODES)})\b"),
)
_OPERATIONS = (
    re.compile(r"when calling the (\w{1,80}) operation"),
    re.compile(r"operation error STS: (\w{1,80})"),
    re.compile(r'"eventName" ?: ?"(\w{1,80})"'),
)
_DENIED = re.compile(loose("not authorized to perform") + r"\s?:?\s?", re.IGNORECASE)
_USER = re.compile(loose("User:") + r"\s?", re.IGNORECASE)
_IS = re.compile(r"\s?i\s?s\s?$", re.IGNORECASE)
_ON = re.compile(r"\s?" + loose("on resource:") + r"\s?", re.IGNORECASE)
_NAMES = "|".join(map(loose, _LAYERS))
_ARTICLE = f"(?:{loose('an')}|{loose('the')}|a)?"
# AWS's documentation has also misprinted "because no role trust policy" as "because the role trust policy".
_REASON = (
    rf"(?:(?P<implicit>{loose('because')}\s?(?:{loose('no')}|{loose('the')})\s?(?={_NAMES}))"
    rf"|{loose('with an explicit deny')}(?:\s?{loose('in')}\s?{_ARTICLE}\s?(?={_NAMES}))?)"
    rf"(?P<name>{_NAMES})?"
)
_BECAUSE = re.compile(rf"\s?{_REASON}", re.IGNORECASE)
_UP_TO_REASON = re.compile(rf"((?:\S{{1,2100}}\s){{1,8}}?)(?={_REASON})", re.IGNORECASE)
_TRANSITIVELY = re.compile(r"\s?" + loose("transitively through a service control policy"), re.IGNORECASE)
_WITH_POLICY = re.compile(rf"\s?(?:,\s?{loose('with policy ARN')})?\s?:\s?(?=arn:)", re.IGNORECASE)


class _Reason(Struct, frozen=True):
    """The end of a refusal: `text` as the User Guide writes it, and what it says."""

    text: str = ""
    layer: Layer | None = None
    explicit: Tri = UNKNOWN
    policy_arn: str = ""
    transitively_scp: bool = False


def _first(patterns: Iterable[re.Pattern[str]], readings: Iterable[str]) -> str:
    """Give what the first pattern that is found in a reading has found."""
    found = (pattern.search(reading) for pattern in patterns for reading in readings)
    return next((each[1] for each in found if each), "")


def _denial(text: str, denied: re.Match[str], code: str, operation: str) -> Message:
    """Take apart the sentence that says who is not authorized to perform what."""
    caller = _caller(text[max(0, denied.start() - 2500) : denied.start()])
    action, end = _action(text, denied.end())
    resource = ""
    if on := _ON.match(text, end):
        before = _UP_TO_REASON.match(text, on.end())
        resource = squeezed(before[1]) if before else arn_at(text, on.end())
        end = before.end() if before else len(text)
    reason = _reason(text, end, action)
    prefix = f"An error occurred ({code})" + (f" when calling the {operation} operation" if operation else "") + ": "
    return Message(
        text=(prefix if code else "")
        + (f"User: {caller} is not authorized to perform: " if caller else "Not authorized to perform: ")
        + action
        + (f" on resource: {resource}" if resource else "")
        + reason.text,
        kind=ErrorKind.NOT_AUTHORIZED,
        code=code,
        operation=operation,
        caller=caller,
        action=action,
        resource=resource,
        layer=reason.layer,
        explicit=reason.explicit,
        policy_arn=reason.policy_arn,
        transitively_scp=reason.transitively_scp,
    )


def _caller(before: str) -> str:
    """Find the ARN after the last `User:` in the text before the refusal."""
    users = list(_USER.finditer(before))
    name = squeezed(_IS.sub("", before[users[-1].end() :])).strip("\"'`") if users else ""
    return name if name.startswith("arn:") else ""


def _action(text: str, at: int) -> tuple[str, int]:
    """Read the action at `at`, and say where it ends. A line break in a known one is mended."""
    for name, pattern in _ACTIONS:
        if found := pattern.match(text, at):
            return name, found.end()
    found = _ANY_ACTION.match(text, at)
    return (found[0], found.end()) if found else ("", at)


def _reason(text: str, at: int, action: str) -> _Reason:
    """Read which policy type is blamed, whether for a Deny statement, and in which policy.

    AWS has told implicit denials by service control policies in the words of explicit ones; only the newer texts,
    which tell the policy's ARN, are sure to mean what they say.
    """
    found = _BECAUSE.match(text, at)
    if found is None:
        return _Reason()
    name = next((name for name in _LAYERS if squeezed(name).lower() == squeezed(found["name"] or "").lower()), "")
    layer = _LAYERS.get(name)
    if found["implicit"]:
        return _Reason(f" because no {name} allows the {action} action", layer, NO)
    transitively = _TRANSITIVELY.match(text, found.end())
    with_policy = _WITH_POLICY.match(text, (transitively or found).end())
    arn = arn_at(text, with_policy.end()) if with_policy else ""
    layer = Layer.SCP if transitively else layer
    return _Reason(
        text=" with an explicit deny"
        + (f" in a{'n' * name.startswith('i')} {name}" if name else "")
        + (" transitively through a service control policy" if transitively else "")
        + (f": {arn}" if arn else ""),
        layer=layer,
        explicit=UNKNOWN if layer is Layer.SCP and not arn else YES,
        policy_arn=arn,
        transitively_scp=transitively is not None,
    )
