"""The page of error texts: each as a heading, with the causes behind it and the command that tells them apart."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from diagnose.causes.rule import Pattern, Rule
from diagnose.causes.sentences import title_of
from diagnose.model.aws_error import AwsError, ErrorKind, NamedLayer
from diagnose.model.error_text.denial import BLAMED, reason_text
from diagnose.model.error_text.parser import parse_errors
from diagnose.model.error_text.services import ASSUMING
from diagnose.model.error_text.wording import WORDINGS, Wording
from diagnose.model.operation import Operation
from diagnose.model.trace import Action, Layer
from diagnose.model.words import LAYER_WORDS, OWNER_WORDS

ALL_TEXTS = tuple(dict.fromkeys(wording.phrase for wording in WORDINGS if wording.phrase not in ASSUMING))
"""The texts that are no denial by a policy: of each the part that is always the same."""


def error_headings(rules: Sequence[Rule]) -> str:
    """Write every text as a heading of Markdown, with what it leads to."""
    return "\n\n".join([*_denials(rules), *_others(rules)]) + "\n"


def denial(action: str, layer_name: str = "", *, explicit: bool = False) -> str:
    """Write AWS's denial of an action; `layer_name`, where AWS names a layer, is one of `BLAMED`."""
    if action in (Action.WITH_WEB_IDENTITY, Action.WITH_SAML) and not layer_name:
        return f"Not authorized to perform {action}"
    reason = reason_text(action, layer_name, explicit=explicit) if layer_name else ""
    return f"User: ... is not authorized to perform: {action} on resource: ...{reason}"


def speaking_of(text: str, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Choose the rules that are about an error text, those first that need no evidence besides."""
    (error, *_) = parse_errors(text)
    about = [
        (any(name in _OF_EVIDENCE for name, _ in pattern.fields), rule)
        for rule in rules
        for pattern in rule.when
        if pattern.fact == "answer" and _speaks_of(pattern, error)
    ]
    return tuple(dict.fromkeys(rule for _, rule in sorted(about, key=lambda each: each[0])))


class _Speaker(StrEnum):
    """Whose words a text is: the title of its part of the page."""

    STS = "STS's other answers"
    SAVING = "Answers to calls that save a policy"
    SERVICE = "AWS services that were given a role"
    VENDOR = "Products of other vendors"
    TOOL = "Tools and SDKs, in words of their own"


_ABOUT = {
    _Speaker.STS: "No policy was looked at: the credentials, the parameters or the token were refused before.",
    _Speaker.SAVING: "Such a call, of IAM or another service, assumes no role. Where the error names a call of AWS "
    "STS, or leaves open which was made, the policy is taken for a session policy that was sent with it.",
    _Speaker.SERVICE: "The caller is the service, whoever has run the command. Where the service is known, so is the "
    "source of the request.",
    _Speaker.VENDOR: "The caller is the vendor's identity; what can be changed is the role's trust policy.",
    _Speaker.TOOL: "AWS's own answer is not in these words. Either the request was never made, or the answer stands "
    "beside them; paste that, too, and it counts.",
}
_NO_RULE = "No rule is about these words alone; with the evidence, the report says what else is in the way."
_OF_EVIDENCE = ("computed", "other_caller", "other_role", "other_service")
"""Fields of an answer that an error text alone does not settle."""

_DENIED_ACTIONS = (
    Action.ASSUME_ROLE,
    Action.TAG_SESSION,
    Action.SET_SOURCE_IDENTITY,
    Action.WITH_WEB_IDENTITY,
    Action.WITH_SAML,
    Action.PASS_ROLE,
)
_ANYWHERE = (
    "any layer may be it, and the role may not exist. The causes are those of [rules/what](../rules/what), "
    "[rules/trust](../rules/trust), [rules/identity](../rules/identity), [rules/request](../rules/request) and, for a "
    "token or an assertion, [rules/federation](../rules/federation)"
)
_PASSING = "the causes are those of [rules/passing](../rules/passing) and [rules/what](../rules/what)"
_OF_THE_CALL = frozenset(Action) - {Action.PASS_ROLE}
_FOLDERS = {Layer.TRUST: "trust", Layer.IDENTITY: "identity"}
"""Where the rules are that are special to a layer."""


def _speaks_of(pattern: Pattern, error: AwsError) -> bool:
    fields = dict(pattern.fields)
    known = {
        "kind": error.kind,
        "service": error.service,
        "named_action": error.action,
        "named_layer": error.layer or NamedLayer.NONE,
        "explicit": error.says_explicit,
        "other_action": error.action != "" and error.action not in _OF_THE_CALL,
        "federated": error.operation in (Operation.WITH_WEB_IDENTITY, Operation.WITH_SAML),
    }
    return "kind" in fields and all(known[name] in values for name, values in fields.items() if name in known)


def _denials(rules: Sequence[Rule]) -> Iterator[str]:
    yield "## AWS's denial"
    yield (
        "AWS knew the caller, and its policies did not let the call pass. AWS names one layer, even where several "
        "deny, and often none at all."
    )
    for action in _DENIED_ACTIONS:
        yield _heading(denial(action))
        places = _PASSING if action is Action.PASS_ROLE else _ANYWHERE
        yield f"AWS does not say which policy: {places}. Besides, depending on the rest of the evidence:"
        yield _leads_to(speaking_of(denial(action), rules))
    for name, layer in BLAMED.items():
        words = LAYER_WORDS[layer]
        own = _FOLDERS.get(layer)
        folders = "[rules/what](../rules/what)" + (f" and [rules/{own}](../rules/{own})" if own else "")
        for explicit in (False, True):
            text = denial(Action.ASSUME_ROLE, name, explicit=explicit)
            what = "A Deny statement applies" if explicit else "No statement allows the call"
            yield _heading(text)
            yield (
                f"{what} in {words.whole}, which {OWNER_WORDS[words.owner].general} can change. The causes are those "
                f"of {folders}; where the policy was not read: {_named(speaking_of(text, rules))}."
            )


def _others(rules: Sequence[Rule]) -> Iterator[str]:
    texts = {wording.phrase: wording for wording in WORDINGS if wording.phrase in ALL_TEXTS}
    for speaker in _Speaker:
        yield f"## {speaker}"
        yield _ABOUT[speaker]
        for text, wording in texts.items():
            if _speaker(wording) is speaker:
                yield _heading(text)
                yield _leads_to(speaking_of(text, rules)) or _NO_RULE
                yield from _of_service(wording)


def _speaker(wording: Wording) -> _Speaker:
    if wording.kind is ErrorKind.VENDOR_REFUSED:
        return _Speaker.VENDOR
    if wording.kind in (ErrorKind.POLICY_NOT_SAVED, ErrorKind.PRINCIPAL_REFUSED, ErrorKind.POLICY_MALFORMED):
        return _Speaker.SAVING
    if wording.kind in (ErrorKind.SERVICE_NOT_TRUSTED, ErrorKind.STACK_SET_ROLE, ErrorKind.SERVICE_LINKED_ROLE):
        return _Speaker.SERVICE
    return _Speaker.TOOL if wording.frame else _Speaker.STS


def _heading(text: str) -> str:
    return f"### `{text}`"


def _leads_to(rules: Sequence[Rule]) -> str:
    return "\n".join(f"- {title_of(rule.title)}: `{rule.id}`" for rule in rules)


def _named(rules: Sequence[Rule]) -> str:
    return ", ".join(f"`{rule.id}`" for rule in rules)


def _of_service(wording: Wording) -> Iterator[str]:
    if wording.service:
        yield f"`xdiag check {wording.service} ROLE_ARN` decides it for this service."
