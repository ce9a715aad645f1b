"""What an error text says of the request: the caller, the role, and AWS's answer, but none of what was sent with it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import assert_never

from diagnose.collect.pasted_error import pasted_error
from diagnose.collect.request.asked import Asked
from diagnose.errors import XdiagError
from diagnose.model.arn import CallerKind, is_role_arn, parse_caller
from diagnose.model.aws_error import OF_OTHER_CALLS, AwsError, ErrorKind
from diagnose.model.error_text.parser import parse_errors
from diagnose.model.error_text.passing import passed_to
from diagnose.model.error_text.paste import clean_paste
from diagnose.model.operation import FEDERATED, Operation
from diagnose.model.words import printable


def asked_by_message(paste: str) -> Asked:
    """Take the call out of a paste. Of several errors the one counts that is about assuming a role, and says most.

    Raises XdiagError if the paste is empty.
    """
    errors = parse_errors(paste)
    if not errors:
        raise XdiagError("the error text is empty", hint="expected what AWS or the tool printed, as it is")
    error = _about_a_role(errors)
    text = clean_paste(paste)
    source, about_source = _caller(error, errors, text)
    role, about_role = _role(error, errors, text, source)
    told: list[str] = []
    if others := [other for other in errors if other is not error and other.action]:
        named = dict.fromkeys(other.action for other in others if other.action != error.action)
        told += [f"The text also holds a refusal of {', '.join(map(printable, named))}: another call."] if named else []
    wanted = _WANTED_BY_POD.search(text)
    if wanted and role and not role.endswith(f"/{wanted[1].rpartition('/')[2]}"):
        told.append(
            f"The pod asked for the role {printable(wanted[1])}, which refused nobody: the refused call comes "
            f"before, for {printable(role)}."
        )
    passes = error.action.lower() == _PASSING
    return Asked(
        source=source,
        role=role,
        about_source=about_source,
        about_role=about_role,
        message=pasted_error(paste),
        told=tuple(told),
        operation=Operation.PASS_ROLE if passes else _FEDERATED.get(error.operation, Operation.ASSUME_ROLE),
        passed_to=passed_to(error.operation) if passes else None,
    )


def certain_of(message: str) -> str:
    """Say what is certain of an error whoever called: AWS looked at no policy, or a role's session was refused.

    Empty where neither is so.
    """
    errors = parse_errors(message)
    if not errors:
        return ""
    error = _about_a_role(errors)
    if error.caller == "anonymous":
        return "the request was not signed: no credentials reached AWS"
    if error.operation == Operation.WITH_SAML and "ARN is invalid" in error.text:
        return _ARNS_OF_ASSERTION
    return _WHOEVER_CALLED.get(error.kind, "") or _after_the_role(error)


def _after_the_role(error: AwsError) -> str:
    """Say that a role was assumed before what an error refuses; empty where nothing shows that."""
    action = error.action.lower()
    if not action or action.startswith(_FAMILY) or action == _PASSING or not _signs(error.caller):
        return ""
    caller = parse_caller(error.caller)
    if caller.kind is not CallerKind.SESSION:
        return ""
    return (
        f"the role `{printable(caller.name)}` was assumed: its session was refused {printable(error.action)}, which "
        "its own policies, those of its organization and that of the resource decide"
    )


_FAMILY = ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext")
_PASSING = "iam:passrole"
_FEDERATED = {str(operation): operation for operation in FEDERATED}
_WHOEVER_CALLED = {
    ErrorKind.TOKEN_EXPIRED: "AWS looked at no policy: the credentials of the caller have expired",
    ErrorKind.TOKEN_INVALID: "AWS looked at no policy: it does not know the access key or the session token",
    ErrorKind.SIGNATURE: "AWS looked at no policy: the signature of the request does not fit",
    ErrorKind.MFA_CODE_REFUSED: "AWS refused the MFA code that was sent: it is wrong, too late, or used before",
    ErrorKind.MFA_DEVICE_REFUSED: "AWS does not accept the MFA device that was sent: it is not one of the caller's own",
    ErrorKind.MFA_INCOMPLETE: "the MFA device was sent without a code, or a code without the device",
    ErrorKind.OVER_CHAINING_LIMIT: "the caller is a role session, so the session may last no more than 3600 seconds",
    ErrorKind.OVER_ROLE_MAXIMUM: "the session was to last longer than the role's maximum session duration",
    ErrorKind.REGION_DISABLED: "AWS STS is turned off in that Region, in the account that the error names",
    ErrorKind.ROOT_REFUSED: "the caller is the root user of an account, which cannot assume roles",
    ErrorKind.BAD_PARAMETER: "AWS looked at no policy: it does not accept a parameter of the request as it was sent",
    ErrorKind.THROTTLED: "AWS had too many requests and decided nothing: try again",
    ErrorKind.POLICY_MALFORMED: "AWS does not accept a policy as it is written: one sent with the call, or to be saved",
    ErrorKind.POLICY_NOT_SAVED: "the error is not about assuming a role: AWS refused to save a policy as it is written",
    ErrorKind.SERVICE_LINKED_ROLE: (
        "a service of AWS cannot assume its service-linked role, which AWS makes for it: no trust policy of yours "
        "decides that"
    ),
    ErrorKind.PRINCIPAL_REFUSED: (
        "the error is not about assuming a role: AWS refused to save a policy, because a principal in it does not "
        "exist or is mistyped"
    ),
    ErrorKind.PROVIDER_MISSING: "the role's account has no OIDC provider for the issuer of the token",
    ErrorKind.AUDIENCE_REFUSED: "the token's audience is none of those of the OIDC provider in the role's account",
    ErrorKind.IDENTITY_TOKEN_EXPIRED: "the identity provider's token is too old; no credentials of AWS have expired",
    ErrorKind.ISSUER_KEYS_MISSING: "AWS could not get the keys of the issuer, which it needs to verify the token",
    ErrorKind.THUMBPRINT_DIFFERS: (
        "the certificate of the token's issuer does not match the thumbprint of the OIDC provider in the role's account"
    ),
}
_ARNS_OF_ASSERTION = (
    "AWS looked at no policy: an ARN of the request is not of its kind; a tool that takes both from the assertion may "
    "expect the role's ARN before the provider's in the attribute `Role`"
)
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]*[\w+=@-]")
_OTHER_KIND = re.compile(r"arn:[^:]*:(?:iam|sts):[^:]*:[^:]*:(group|policy|instance-profile)/")
_WANTED_BY_POD = re.compile(r"\bpod\.iam\.role\W{1,6}([\w+=,.@:/-]{1,600})")
"""What kiam and kube2iam log of the role that a pod is annotated with."""
_CALLER_ARN = re.compile(
    r"arn:aws[a-z-]*:(?:sts::\d{12}:assumed-role/[\w+=,.@-]+/[\w+=,.@-]*[\w+=@-]|iam::\d{12}:user/[\w+=,.@/-]*[\w+=@-])"
)


def _about_a_role(errors: Sequence[AwsError]) -> AwsError:
    """Choose among errors: of assuming a role before others, then of passing one, with a role, and then the last."""
    ranked = [
        (
            error.action.lower() in _FAMILY
            or (not error.action and error.operation in ("AssumeRole", *_FEDERATED))
            or error.kind is ErrorKind.SERVICE_NOT_TRUSTED
            or bool(error.service),
            error.action.lower() == _PASSING,
            error.kind is not ErrorKind.OTHER,
            is_role_arn(error.resource),
            error.layer is not None,
            place,
        )
        for place, error in enumerate(errors)
    ]
    return errors[max(ranked)[-1]]


def _caller(error: AwsError, errors: Sequence[AwsError], text: str) -> tuple[str, str]:
    """Give the caller, or say why it is not known; a masked one is filled from elsewhere in the text, where it fits."""
    if error.service:
        return error.service, ""
    if error.kind in OF_OTHER_CALLS:
        return "", ""
    if _signs(error.caller):
        return error.caller, ""
    if error.operation in _FEDERATED:
        return "", "a token or an assertion was sent, not signed by anybody in AWS"
    candidates = dict.fromkeys(
        [*(one.caller for one in errors if _signs(one.caller)), *_named(_CALLER_ARN, errors, text)]
    )
    if error.caller:
        candidates = {one: None for one in candidates if _fits(error.caller, one)}
    if len(candidates) == 1:
        return next(iter(candidates)), ""
    if error.caller == "anonymous":
        return "", "it was not signed by anybody; give the program credentials, and name whose they are"
    return "", f"the error has it as `{printable(error.caller)}`, which is masked or cut" if error.caller else ""


def _role(error: AwsError, errors: Sequence[AwsError], text: str, source: str) -> tuple[str, str]:
    if is_role_arn(error.resource):
        return error.resource, ""
    if error.kind in OF_OTHER_CALLS:
        return "", "the error is about no call of AssumeRole, whatever it names"
    if error.action and not error.action.lower().startswith(("sts:assumerole", *_FAMILY)):
        return "", f"the error refuses {printable(error.action)}, which assumes no role"
    masked = error.resource.startswith("arn:")
    candidates = dict.fromkeys(
        [*(one.resource for one in errors if is_role_arn(one.resource)), *_named(_ROLE_ARN, errors, text)]
    )
    fitting = [one for one in candidates if one != source and (not masked or _fits(error.resource, one))]
    if len(fitting) == 1:
        return fitting[0], ""
    if len(fitting) > 1:
        return "", f"the text names {len(fitting)}: {', '.join(map(printable, fitting[:5]))}"
    return "", _why_no_role(error.resource) if error.resource else ""


def _named(pattern: re.Pattern[str], errors: Sequence[AwsError], text: str) -> Iterable[str]:
    """Give the ARNs in a text, but for those that nothing else in it names than errors about other calls."""
    found = Counter(pattern.findall(text))
    for error in errors:
        if error.kind in OF_OTHER_CALLS:
            found -= Counter(pattern.findall(error.text))
    return found


def _why_no_role(resource: str) -> str:
    """Say what was sent where a role's ARN belongs."""
    said = f"the error has it as `{printable(resource)}`"
    if kind := _OTHER_KIND.match(resource):
        article = "an" if kind[1].startswith("i") else "a"
        return f"{said}, which is {article} {kind[1]}: `RoleArn` must be the ARN of a role"
    try:
        caller = parse_caller(resource)
    except XdiagError:
        return f"{said}, which is masked, cut, or not a role"
    match caller.kind:
        case CallerKind.USER | CallerKind.ROOT | CallerKind.FEDERATED_USER:
            return f"{said}, which is a user, and nobody can assume a user: `RoleArn` must be the ARN of a role"
        case CallerKind.SESSION:
            role = f"arn:{caller.partition}:iam::{caller.account}:role/{caller.name}"
            return f"{said}, which is a session: `RoleArn` must be the ARN of the role, such as `{role}`"
        case CallerKind.ROLE | CallerKind.SERVICE | CallerKind.WEB_IDENTITY | CallerKind.SAML:
            return f"{said}, which is masked, cut, or not a role"
        case _:
            assert_never(caller.kind)


def _signs(arn: str) -> bool:
    """Say whether an ARN is that of a caller, whole and unmasked."""
    try:
        return parse_caller(arn).kind is not CallerKind.SERVICE
    except XdiagError:
        return False


def _fits(masked: str, whole: str) -> bool:
    """Say whether an ARN may be another with its account masked: all else is the same."""
    one, other = masked.rsplit(":", 2), whole.rsplit(":", 2)
    return len(one) == len(other) == 3 and one[2] == other[2]
