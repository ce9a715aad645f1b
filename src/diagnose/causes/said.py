"""What AWS said: the text of an error, sorted by what it is about.

A text is evidence, not truth: AWS names one layer even where several deny, and it withholds the layer
from callers of another organization.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

import re
from collections.abc import Iterator

from diagnose.causes.facts import AnswerFact
from diagnose.causes.terms import ErrorKind, LayerVerdict, NamedLayer, Speaker
from diagnose.model.arn import split_arn, split_path
from diagnose.model.case import Case, ProbeOutcome
from diagnose.model.trace import Action


def answers(case: Case, computed: LayerVerdict | None = None) -> Iterator[AnswerFact]:
    """Read the message that came with the case and the answer to the live attempt, where they tell of a refusal.

    `computed` is what the evidence alone comes to; None where it settles nothing.
    """
    if case.message.strip():
        yield _answer(case, computed, Speaker.MESSAGE, case.message)
    probe = case.probe
    if probe is not None and probe.outcome in (ProbeOutcome.ACCESS_DENIED, ProbeOutcome.OTHER_ERROR):
        yield _answer(case, computed, Speaker.PROBE, probe.message, probe.code, probe.outcome, probe.caller)


def kind_of(message: str, code: str = "") -> ErrorKind:
    """Say what an error is about: by its text first, by its code where the text is not a known one."""
    for kind, pattern in _KINDS:
        if pattern.search(message):
            return kind
    return _CODES.get(code, ErrorKind.OTHER)


def code_of(message: str) -> str:
    """Find AWS's error code in a message of the CLI, of an SDK or of CloudTrail."""
    found = _CODE.search(message)
    return next((part for part in found.groups() if part), "") if found else ""


_CODE = re.compile(
    r"An error occurred \((\w+)\)|^\s*(\w+(?:Exception|Denied|Error|Invalid\w*|Expired\w*|Throttling\w*)):|"
    r'"errorCode"\s*:\s*"(\w+)"|"Code"\s*:\s*"(\w+)"|api error (\w+):',
    re.MULTILINE,
)
_ACTION = re.compile(r"not authorized to perform:? ([\w-]+:\w+)", re.IGNORECASE)
_CALLER = re.compile(r"User: (arn:\S+) is not authorized")
_LAYERS = (
    (NamedLayer.SCP, re.compile(r"service control polic", re.IGNORECASE)),
    (NamedLayer.RCP, re.compile(r"resource control polic", re.IGNORECASE)),
    (NamedLayer.ENDPOINT, re.compile(r"VPC endpoint polic", re.IGNORECASE)),
    (NamedLayer.BOUNDARY, re.compile(r"permissions boundary", re.IGNORECASE)),
    (NamedLayer.SESSION, re.compile(r"sessions? polic", re.IGNORECASE)),
    (NamedLayer.TRUST, re.compile(r"role trust policy|resource-based policy", re.IGNORECASE)),
    (NamedLayer.IDENTITY, re.compile(r"identity-based policy", re.IGNORECASE)),
)
_OF_THE_CALL = frozenset(action.lower() for action in Action)
_EXPLICIT = re.compile(r"with an explicit deny", re.IGNORECASE)

_KINDS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (ErrorKind.ROOT_REFUSED, r"Roles may not be assumed by root accounts"),
        (ErrorKind.MFA_CODE_REFUSED, r"MultiFactorAuthentication failed with invalid MFA one time pass code"),
        (ErrorKind.MFA_INCOMPLETE, r"must provide both MFA serial number and one time pass code"),
        (ErrorKind.MFA_DEVICE_REFUSED, r"MultiFactorAuthentication failed"),
        (ErrorKind.OVER_CHAINING_LIMIT, r"1 hour session limit for roles assumed by role chaining"),
        (ErrorKind.OVER_ROLE_MAXIMUM, r"exceeds the MaxSessionDuration"),
        (ErrorKind.PACKED_SIZE, r"Packed size of|PackedPolicyTooLarge"),
        (ErrorKind.REGION_DISABLED, r"STS is not activated in this region|RegionDisabled"),
        (ErrorKind.TOKEN_EXPIRED, r"security token included in the request is expired|ExpiredToken"),
        (ErrorKind.TOKEN_INVALID, r"security token included in the request is invalid|InvalidClientTokenId"),
        (ErrorKind.SIGNATURE, r"SignatureDoesNotMatch|Signature expired|Signature not yet current|IncompleteSignature"),
        (ErrorKind.PRINCIPAL_REFUSED, r"Invalid principal in policy"),
        (ErrorKind.POLICY_MALFORMED, r"MalformedPolicyDocument|Has prohibited field|may only specify STS AssumeRole"),
        (ErrorKind.THROTTLED, r"Rate exceeded|Throttling"),
        (ErrorKind.CONSOLE_REFUSED, r"Invalid information in one or more fields"),
        (
            ErrorKind.SERVICE_NOT_TRUSTED,
            r"cannot be assumed by|unable to assume (?:the )?role|AssumeRoleUnauthorizedAccess",
        ),
        (ErrorKind.NOT_AUTHORIZED, r"not authorized to perform"),
        (ErrorKind.BAD_PARAMETER, r"ValidationError|failed to satisfy constraint|is invalid$"),
    )
)
_CODES = {
    "AccessDenied": ErrorKind.NOT_AUTHORIZED,
    "AccessDeniedException": ErrorKind.NOT_AUTHORIZED,
    "IncompleteSignature": ErrorKind.SIGNATURE,
    "MissingAuthenticationToken": ErrorKind.SIGNATURE,
    "ExpiredTokenException": ErrorKind.TOKEN_EXPIRED,
    "ExpiredToken": ErrorKind.TOKEN_EXPIRED,
    "InvalidClientTokenId": ErrorKind.TOKEN_INVALID,
    "MalformedPolicyDocument": ErrorKind.POLICY_MALFORMED,
    "PackedPolicyTooLarge": ErrorKind.PACKED_SIZE,
    "RegionDisabledException": ErrorKind.REGION_DISABLED,
    "SignatureDoesNotMatch": ErrorKind.SIGNATURE,
    "Throttling": ErrorKind.THROTTLED,
    "ValidationError": ErrorKind.BAD_PARAMETER,
}


def _answer(
    case: Case,
    computed: LayerVerdict | None,
    by: Speaker,
    message: str,
    code: str = "",
    outcome: ProbeOutcome = ProbeOutcome.ACCESS_DENIED,
    caller: str = "",
) -> AnswerFact:
    code = code or code_of(message)
    kind = kind_of(message, code)
    denied = kind in (ErrorKind.NOT_AUTHORIZED, ErrorKind.ROOT_REFUSED)
    if by is Speaker.MESSAGE and not denied:
        outcome = ProbeOutcome.OTHER_ERROR
    action = _ACTION.search(message)
    named = action[1] if action else ""
    signer = _CALLER.search(message)
    seen = caller or (signer[1] if signer else "")
    return AnswerFact(
        by=by,
        outcome=outcome,
        kind=kind,
        code=code,
        named_action=named,
        named_layer=next((layer for layer, pattern in _LAYERS if pattern.search(message)), NamedLayer.NONE),
        explicit=_EXPLICIT.search(message) is not None,
        other_action=named != "" and named.lower() not in _OF_THE_CALL,
        caller=seen,
        other_caller=_other_caller(case.snapshot.source.arn, seen),
        computed=computed,
    )


def _other_caller(source: str, seen: str) -> bool:
    """Say whether AWS saw somebody else; a session is its role's, whatever the role's path."""
    return seen != "" and source != seen and _stem(source) != _stem(seen)


def _stem(text: str) -> tuple[str, ...]:
    """Reduce a caller to what its session and its role have in common: partition, account, name."""
    arn = split_arn(text)
    if arn is None:
        return (text,)
    kind, _, name = split_path(arn.resource)
    match kind:
        case "assumed-role":
            return arn.partition, arn.account, "role", arn.resource.split("/")[1]
        case "role":
            return arn.partition, arn.account, "role", name
    return arn.partition, arn.account, arn.resource
