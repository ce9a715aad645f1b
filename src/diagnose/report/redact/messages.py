"""Messages: what somebody else wrote, in which nothing says what is a name.

Of the words that are no name of the case, only those stay that are known to be harmless; ARNs, ids and addresses tell
themselves by their form.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus

from diagnose.model.arn import HTTPS
from diagnose.model.error_text.services import SERVICES
from diagnose.model.error_text.wording import CODES, WORDINGS
from diagnose.model.issuers import PRIVATE, issuer_of
from diagnose.report.redact import public_words, service_words
from diagnose.report.redact.addresses import is_address
from diagnose.report.redact.disguise import Disguise
from diagnose.report.redact.joined_words import OTHER, has_one_of, is_joined, stand_in
from diagnose.report.redact.names import NameKind
from diagnose.report.redact.pseudonyms import has_form

GONE = "[...]"
"""Stands for what somebody else wrote and nobody knows to be harmless."""

_ARN = r"arn:[\w-]*:[\w-]*:[\w-]*:[\w*?-]*:(?:\$\{[^}]*\}|[\w+=,.@/:*?-])*(?:\$\{[^}]*\}|[\w+=@/*?-])"
_REGION = rf"(?:{public_words.REGION.pattern})"
_VERB = "Add|Assume|Attach|Create|Delete|Describe|Get|Invoke|List|Pass|Put|Register|Run|Send|Set|Start|Tag|Update"
_OPERATION = rf"(?:{_VERB})[A-Z][A-Za-z]{{2,60}}"
_FRAME = (
    r"An error occurred \((?P<occurred>\w{1,80})\)"
    rf"|when calling the (?P<called>{_OPERATION}) operation"
    rf"|operation error (?P<client>(?:\w+ )?\w+): (?P<failed>{_OPERATION})(?=,)"
    r"|(?<=api error )(?P<answered>\w{1,80})(?=:)"
    rf"|https://{_REGION}\.console\.(?:aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)"
    rf"/iam/home\?region={_REGION}#/authorization-details/|the GetRequestAuthorizationDetails API"
    r"|(?P<java>(?:com\.amazonaws|software\.amazon\.awssdk)\.[a-z0-9.]{1,60}\.[A-Z][A-Za-z]{2,60}Exception)(?=:)"
)
"""What AWS, its CLI and its SDKs print around a sentence: the codes and operations in it are AWS's, or read as such."""
_DIGITS = (
    r"(?<![\w.])(?![0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w.]))"
    r"\+?\(?[0-9]{1,6}(?:[\s,;./:|()_+-]{1,3}[0-9]{1,6})+(?![-.:/_+]{0,3}\w)"
)
"""Groups of digits, as accounts and telephone numbers are written, but no address."""
_RUN = re.compile(
    rf"(?P<frame>{_FRAME})|(?P<arn>{_ARN})|(?P<rest>(?<![\w:/.-])(?:assumed-role|user)/[\w+=,.@/-]+)"
    rf"|(?P<digits>{_DIGITS})|[^\s\"()\[\]{{}},;]+"
)
_JOINED = ("occurred", "called", "client", "failed", "answered", "java")
"""The groups of a frame that may hold words of somebody's own."""
_MARKS = ".:!?`'-/\\=+*#<>|&"
_OF_AWS = re.compile(public_words.NAME_IN_SENTENCE)
_ACTION = re.compile(r"(?P<service>[a-z0-9-]+):[A-Z][A-Za-z]+")
_FLAG = re.compile(r"--[a-z-]+")
_COMMAND = re.compile(r"(?:add|assume|attach|create|delete|describe|detach|get|list|put|remove|set|tag|update)-[a-z-]+")
_ELEMENTS = public_words.POLICY_ELEMENTS | public_words.OPERATOR_NAMES | {"true", "false", "null"}
_NUMBERS = frozenset(map(str, (*HTTPStatus, *range(900, 43201, 900), 128, 256, 1024, 1224, 2048, 4096, 6144, 10240)))
"""Numbers of three digits and more that AWS's messages have: of statuses, durations in seconds, and sizes."""
_CALLED = ("sts", "iam", "organizations")
"""The services that have the operations that are known."""
_LONGEST = 80
"""Letters of an operation, an error code, a command or a flag."""
_LEAST_DIGITS = 6
"""Of groups that belong together."""
_PHRASES = frozenset(
    word.strip("'") for wording in WORDINGS for word in re.findall(r"[\w'/-]+", wording.phrase.lower())
) | frozenset(code.lower() for code in CODES)
"""The words of the errors of AWS that are read."""
_TELLING = frozenset(
    (
        *("creating", "updating", "putting", "adding"),
        *("awssecuritytokenservice", "securitytoken", "client-sts"),
        *("amazonidentitymanagement", "identitymanagement", "client-iam"),
        *("saml2aws", "errortype"),
    )
)
"""Words by which it is known which service or tool speaks, and of what."""
_SERVICES = frozenset(word.lower() for one in SERVICES for name in one.names for word in name.split())
"""The words of the names of services."""


def disguised_message(text: str, disguise: Disguise, known: Mapping[str, str]) -> str:
    """Rewrite a message. `known` are the names of the case, each with its pseudonym."""
    gone = re.escape(GONE)
    rewritten = _RUN.sub(lambda run: _run(run, disguise, known), text)
    return re.sub(rf"{gone}(?:\s+{gone})+", GONE, rewritten)


def disguised_code(text: str, known: Mapping[str, str]) -> str:
    """Rewrite an error code, or the name of an operation: one that nobody knows gets one of the same form."""
    if text in service_words.CALLS or _is_of_errors(text):
        return text
    return OTHER if len(text) > _LONGEST or text in known or has_one_of(text, known) else stand_in(text)


def _run(run: re.Match[str], disguise: Disguise, known: Mapping[str, str]) -> str:
    if run["frame"]:
        return _frame(run, known)
    if run["arn"]:
        return disguise.value(run[0], NameKind.VALUE)
    if run["rest"]:
        return disguise.resource(run[0])
    if run["digits"]:
        return _digits(run[0], disguise, known)
    core = run[0].strip(_MARKS)
    if not core or (_FLAG.fullmatch(run[0]) and _is_harmless(core, known)):
        return run[0]
    start = run[0].index(core)
    return run[0][:start] + _word(core, disguise, known) + run[0][start + len(core) :]


def _frame(run: re.Match[str], known: Mapping[str, str]) -> str:
    text, end = "", run.start()
    for group in filter(run.group, _JOINED):
        words = re.sub(r"\w+", lambda word: disguised_code(word[0], known), run[group])
        text, end = text + run.string[end : run.start(group)] + words, run.end(group)
    return text + run.string[end : run.end()]


def _digits(text: str, disguise: Disguise, known: Mapping[str, str]) -> str:
    if is_address(text):
        return disguise.value(text, NameKind.NAME)
    digits = re.sub(r"\D", "", text)
    if len(digits) < _LEAST_DIGITS:
        return re.sub("[0-9]+", lambda number: _word(number[0], disguise, known), text)
    return disguise.value(digits, NameKind.VALUE) if has_form(digits) else GONE


def _word(text: str, disguise: Disguise, known: Mapping[str, str]) -> str:
    if issuer_of(text.removeprefix(HTTPS)) is not PRIVATE:
        return disguise.issuer(text)
    if _is_listed(text):
        return text
    if public_words.REGION.fullmatch(text) or public_words.SERVICE.fullmatch(text):
        return disguise.value(text, NameKind.NAME)
    if text in known:
        return known[text]
    action = _ACTION.fullmatch(text)
    if _OF_AWS.fullmatch(text) or (action and action["service"] in service_words.SERVICE_PRINCIPALS):
        service, _, name = text.partition(":")
        return f"{service}:{re.sub(r'[a-zA-Z]+', lambda word: disguised_code(word[0], known), name)}"
    if text in _NUMBERS or text.lower() in _SERVICES or (_COMMAND.fullmatch(text) and _is_harmless(text, known)):
        return text
    if is_address(text) or has_form(text):
        return disguise.value(text, NameKind.NAME)
    parts = re.split(r"([/:=<>|'`]+)", text)
    return (
        "".join(part if place % 2 or not part else _word(part, disguise, known) for place, part in enumerate(parts))
        if len(parts) > 1
        else GONE
    )


def _is_listed(text: str) -> bool:
    """Say whether a text is one word of AWS's or of anybody's, one known action, or a number too short to tell much."""
    lower = text.lower()
    service, _, operation = text.partition(":")
    return (
        lower in public_words.WORDS
        or lower in service_words.SERVICE_NAMES
        or text in public_words.AWS_NAMES
        or text in _ELEMENTS
        or _is_of_errors(text)
        or (service in _CALLED and operation in service_words.CALLS)
        or (len(text) <= 2 and text.isdecimal())
    )


def _is_of_errors(text: str) -> bool:
    lower = text.lower()
    return lower in _PHRASES or lower in _TELLING or lower.removesuffix("exception") in _PHRASES


def _is_harmless(text: str, known: Mapping[str, str]) -> bool:
    """Say whether a joined word is made of AWS's words, and has no name of the case in it."""
    return len(text) <= _LONGEST and text not in known and is_joined(text) and not has_one_of(text, known)
