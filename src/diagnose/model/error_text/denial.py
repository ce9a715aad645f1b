"""The sentence in which AWS says who is not authorized to perform what, and why.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

import re

from msgspec import Struct

from diagnose.model.aws_error import AwsError, ErrorKind
from diagnose.model.error_text.paste import arn_at, loose_pattern, without_space
from diagnose.model.error_text.wording import SUBJECTS
from diagnose.model.trace import Layer
from diagnose.model.tri import NO, UNKNOWN, YES, Tri


def denial_at(text: str, at: int, after: int) -> tuple[AwsError, int, int]:
    """Read the sentence whose words "not authorized to perform" begin at `at`, and say where it begins and ends.

    Who is not authorized stands before these words, but not before `after`, where another sentence ends. The error's
    `text` is the whole sentence, as AWS writes it; empty where a service has put these words in a sentence of its own.
    """
    words = _DENIED.match(text, at)
    assert words is not None
    begin = max(after, at - _LONGEST_CALLER)
    caller, start = _caller(text, begin, at)
    service = "" if caller else _service(text[begin:at])
    action, end = _action(text, words.end())
    resource = ""
    if on := _ON.match(text, end):
        before = _UP_TO_REASON.match(text, on.end())
        resource = _resource(before[1]) if before else _resource_at(text, on.end())
        end = before.end() if before else _end_of(text, on.end(), resource)
    reason = _reason(text, end, action)
    whole = (
        (f"User: {caller} is not authorized to perform: " if caller else "Not authorized to perform: ")
        + action
        + (f" on resource: {resource}" if resource else "")
        + reason.text
    )
    denial = AwsError(
        text="" if service or not action else whole,
        kind=_kind(caller, service),
        caller=caller,
        service=service,
        action=action,
        resource=resource,
        layer=reason.layer,
        explicit=reason.explicit,
        says_explicit=reason.says_explicit,
        policy_arn=reason.policy_arn,
    )
    return denial, start, max(end, reason.end)


def reason_text(action: str, layer_name: str, *, explicit: bool) -> str:
    """Write why AWS denies, as the User Guide has it; `layer_name` is one of `BLAMED`."""
    if explicit:
        return f" with an explicit deny in a{'n' * layer_name.startswith('i')} {layer_name}"
    return f" because no {layer_name} allows the {action} action"


BLAMED = {
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
"""What AWS calls the layer that it blames."""

_LONGEST_CALLER = 2500
_UNSIGNED = "anonymous"
_ACTIONS = tuple(
    (name, re.compile(loose_pattern(name) + r"(?![A-Za-z*])", re.IGNORECASE))
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
_DENIED = re.compile(loose_pattern("not authorized to perform") + r"\s?:?\s?", re.IGNORECASE)
_USER = re.compile(loose_pattern("User:") + r"\s?", re.IGNORECASE)
_IS = re.compile(r"\s?i\s?s\s?$", re.IGNORECASE)
_REST_OF_CALLER = re.compile(r"(?<![\w:/.-])((assumed-role|user)/[\w+=,.@/*<>-]{1,500})\s?i\s?s\s?$")
# CodePipeline leaves out `User:` and writes `AssumeRole on role`.
_ARN_ALONE = re.compile(r"(?<!\S)(arn:aws[\w-]{0,20}:(?:iam|sts)::\S{1,600})\s?i\s?s\s?$")
_BARE_ACTION = re.compile(loose_pattern("AssumeRole") + r"(?=\s?" + loose_pattern("on role") + ")", re.IGNORECASE)
_SERVICE_OF = {"assumed-role": "sts", "user": "iam"}
_SUBJECT = re.compile(r"(\w{1,40}) i\s?s\s?$")
_ON = re.compile(rf"\s?(?:{loose_pattern('on resource:')}|{loose_pattern('on role')}(?=\s?arn:))\s?", re.IGNORECASE)
_IN_WORDS = re.compile(r"(?:(?:user|role|group|policy|instance profile) )?\S{1,2100}")
_NAMES = "|".join(map(loose_pattern, BLAMED))
_ARTICLE = f"(?:{loose_pattern('an')}|{loose_pattern('the')}|a)?"
# AWS's documentation has also misprinted "because no role trust policy" as "because the role trust policy".
_REASON = (
    rf"(?:(?P<implicit>{loose_pattern('because')}\s?(?:{loose_pattern('no')}|{loose_pattern('the')})\s?(?={_NAMES}))"
    rf"|{loose_pattern('with an explicit deny')}(?:\s?{loose_pattern('in')}\s?{_ARTICLE}\s?(?={_NAMES}))?)"
    rf"(?P<name>{_NAMES})?"
)
_BECAUSE = re.compile(rf"\s?{_REASON}", re.IGNORECASE)
_UP_TO_REASON = re.compile(rf"((?:\S{{1,2100}}\s){{1,8}}?)(?={_REASON})", re.IGNORECASE)
_TRANSITIVELY = re.compile(r"\s?" + loose_pattern("transitively through a service control policy"), re.IGNORECASE)
_WITH_POLICY = re.compile(rf"\s?(?:,\s?{loose_pattern('with policy ARN')})?\s?:\s?(?=arn:)", re.IGNORECASE)


class _Reason(Struct, frozen=True):
    """The end of a denial: `text` as the User Guide writes it, what it says, and where it ends."""

    end: int
    text: str = ""
    layer: Layer | None = None
    explicit: Tri = UNKNOWN
    says_explicit: bool = False
    policy_arn: str = ""


def _caller(text: str, begin: int, end: int) -> tuple[str, int]:
    """Read who stands after the last `User:`, and say where that is; `end` where there is nobody."""
    users = list(_USER.finditer(text, begin, end))
    name = without_space(_IS.sub("", text[users[-1].end() : end])).strip("\"'`") if users else ""
    if name.startswith("arn:") or name == _UNSIGNED:
        return name, users[-1].start()
    if alone := _ARN_ALONE.search(text, begin, end):
        return alone[1], alone.start(1)
    # Whoever copies a sentence may lose its beginning: the account is unknown then, as if it were masked.
    rest = _REST_OF_CALLER.search(text, begin, end)
    return (f"arn:***:{_SERVICE_OF[rest[2]]}::***:{rest[1]}", rest.start(1)) if rest else ("", end)


def _kind(caller: str, service: str) -> ErrorKind:
    if service:
        return ErrorKind.SERVICE_NOT_TRUSTED
    return ErrorKind.UNSIGNED if caller == _UNSIGNED else ErrorKind.NOT_AUTHORIZED


def _service(before: str) -> str:
    subject = _SUBJECT.search(before[-60:])
    return SUBJECTS.get(subject[1], "") if subject else ""


def _action(text: str, at: int) -> tuple[str, int]:
    """Read the action at `at`, and say where it ends. A line break in a known one is taken out."""
    for name, pattern in _ACTIONS:
        if match := pattern.match(text, at):
            return name, match.end()
    if bare := _BARE_ACTION.match(text, at):
        return "sts:AssumeRole", bare.end()
    match = _ANY_ACTION.match(text, at)
    return (match[0], match.end()) if match else ("", at)


def _resource(text: str) -> str:
    """Put together what stands for a resource: an ARN, or words such as `role Deploy`."""
    joined = without_space(text).strip("\"'`")
    return joined if joined.startswith("arn:") else " ".join(text.split())


def _resource_at(text: str, at: int) -> str:
    """Read what stands for a resource at the end of a sentence."""
    words = _IN_WORDS.match(text, at)
    if words is None or without_space(text[at : at + 10]).startswith("arn:"):
        return arn_at(text, at)
    return words[0].rstrip("\"'`.,;:)]}")


def _end_of(text: str, at: int, token: str) -> int:
    """Say where a token without white space ends in a text that may have line breaks in it."""
    for character in without_space(token):
        at = text.index(character, at) + 1
    return at


def _reason(text: str, at: int, action: str) -> _Reason:
    """Read which policy type is blamed, whether for a Deny statement, and in which policy."""
    match = _BECAUSE.match(text, at)
    if match is None:
        return _Reason(at)
    name = next(
        (name for name in BLAMED if without_space(name).lower() == without_space(match["name"] or "").lower()), ""
    )
    layer = BLAMED.get(name)
    if match["implicit"]:
        return _Reason(match.end(), reason_text(action, name, explicit=False), layer, NO)
    transitively = _TRANSITIVELY.match(text, match.end())
    with_policy = _WITH_POLICY.match(text, (transitively or match).end())
    arn = arn_at(text, with_policy.end()) if with_policy else ""
    layer = Layer.SCP if transitively else layer
    return _Reason(
        end=_end_of(text, with_policy.end(), arn) if with_policy else (transitively or match).end(),
        text=(reason_text(action, name, explicit=True) if name else " with an explicit deny")
        + (" transitively through a service control policy" if transitively else "")
        + (f": {arn}" if arn else ""),
        layer=layer,
        explicit=UNKNOWN if layer is Layer.SCP and not arn else YES,
        says_explicit=True,
        policy_arn=arn,
    )
