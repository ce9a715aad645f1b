"""Messages: what somebody else wrote, in which nothing says what is a name.

Of the words that are no name of the case, only those stay that are known to be harmless; ARNs, ids and addresses tell
themselves by their form.
"""

import re
from collections.abc import Mapping

from diagnose.model.arn import HTTPS
from diagnose.model.error_text.services import SERVICES
from diagnose.model.error_text.wording import CODES, WORDINGS
from diagnose.model.issuers import PRIVATE, issuer_of
from diagnose.report.redact import public_words
from diagnose.report.redact.addresses import is_address
from diagnose.report.redact.disguise import Disguise
from diagnose.report.redact.names import NameKind
from diagnose.report.redact.pseudonyms import has_form

GONE = "[...]"
"""Stands for what somebody else wrote and nobody knows to be harmless."""

_ARN = r"arn:[\w-]*:[\w-]*:[\w-]*:[\w*?-]*:(?:\$\{[^}]*\}|[\w+=,.@/:*?-])*(?:\$\{[^}]*\}|[\w+=@/*?-])"
_VERB = "Add|Assume|Attach|Create|Delete|Describe|Get|Invoke|List|Pass|Put|Register|Run|Send|Set|Start|Tag|Update"
_OPERATION = rf"(?:{_VERB})[A-Z][A-Za-z]{{2,60}}"
_FRAME = (
    r"An error occurred \([A-Z][A-Za-z]{2,60}\)"
    rf"|when calling the {_OPERATION} operation"
    rf"|operation error (?:\w+ )?\w+: {_OPERATION}(?=,)"
    r"|(?<=api error )[A-Z][A-Za-z]{2,60}(?=:)"
    r"|https://[a-z0-9-]{5,30}\.console\.(?:aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)"
    r"/iam/home\?region=[a-z0-9-]{5,30}#/authorization-details/|the GetRequestAuthorizationDetails API"
    r"|(?:com\.amazonaws|software\.amazon\.awssdk)\.[a-z0-9.]{1,60}\.[A-Z][A-Za-z]{2,60}Exception(?=:)"
)
"""What AWS, its CLI and its SDKs print around a sentence: the codes and operations in it are AWS's."""
_RUN = re.compile(
    rf"(?P<frame>{_FRAME})|(?P<arn>{_ARN})|(?P<rest>(?<![\w:/.-])(?:assumed-role|user)/[\w+=,.@/-]+)"
    r"|[^\s\"()\[\]{},;]+"
)
_MARKS = ".:!?`'-/\\=+*#<>|&"
_OF_AWS = re.compile(public_words.NAME_IN_SENTENCE)
_ACTION = re.compile(r"(?P<service>[a-z0-9-]+):[A-Z][A-Za-z]+")
_PHRASES = frozenset(
    word.strip("'") for wording in WORDINGS for word in re.findall(r"[\w'/-]+", wording.phrase.lower())
) | frozenset(code.lower() for code in CODES)
"""The words of the errors of AWS that are read."""
_SERVICES = frozenset(word.lower() for one in SERVICES for name in one.names for word in name.split())
"""The words of the names of services."""


def disguised_message(text: str, disguise: Disguise, known: Mapping[str, str]) -> str:
    """Rewrite a message. `known` are the names of the case, each with its pseudonym."""
    gone = re.escape(GONE)
    rewritten = _RUN.sub(lambda run: _run(run, disguise, known), text)
    return re.sub(rf"{gone}(?:\s+{gone})+", GONE, rewritten)


def _run(run: re.Match[str], disguise: Disguise, known: Mapping[str, str]) -> str:
    if run["frame"]:
        return run[0]
    if run["arn"]:
        return disguise.value(run[0], NameKind.VALUE)
    if run["rest"]:
        return disguise.resource(run[0])
    if public_words.CODE.fullmatch(run[0]):
        return run[0]
    core = run[0].strip(_MARKS)
    if not core:
        return run[0]
    start = run[0].index(core)
    return run[0][:start] + _word(core, disguise, known) + run[0][start + len(core) :]


def _word(text: str, disguise: Disguise, known: Mapping[str, str]) -> str:
    lower = text.lower()
    if issuer_of(text.removeprefix(HTTPS)) is not PRIVATE:
        return disguise.issuer(text)
    if (
        lower in public_words.WORDS
        or lower in public_words.SERVICE_NAMES
        or lower in _PHRASES
        or lower.removesuffix("exception") in _PHRASES
    ):
        return text
    action = _ACTION.fullmatch(text)
    if action and action["service"] in public_words.SERVICE_PRINCIPALS:
        return text
    if _OF_AWS.fullmatch(text) or public_words.CODE.fullmatch(text) or text in public_words.AWS_NAMES:
        return text
    if public_words.REGION.fullmatch(text) or public_words.SERVICE.fullmatch(text):
        return disguise.value(text, NameKind.NAME)
    if text in known:
        return known[text]
    if lower in _SERVICES:
        return text
    if is_address(text) or has_form(text):
        return disguise.value(text, NameKind.NAME)
    parts = re.split(r"([/:=<>|'`]+)", text)
    return (
        "".join(part if place % 2 or not part else _word(part, disguise, known) for place, part in enumerate(parts))
        if len(parts) > 1
        else GONE
    )
