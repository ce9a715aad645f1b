"""The errors of AWS in a text, whatever stands around them.

An error is a sentence of AWS, or the frame in which the AWS CLI or an SDK prints a sentence that is not known. What
stands between two of them is cut in two: the end of the one before, and the beginning of the next.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from diagnose.model.aws_error import AwsError, ErrorKind
from diagnose.model.error_text.denial import denial_at
from diagnose.model.error_text.paste import clean_paste
from diagnose.model.error_text.retold import with_sentence
from diagnose.model.error_text.services import service_named
from diagnose.model.error_text.wording import OPERATION_OF_CODE, WORDINGS, Wording, code_in_short, kind_of


def parse_errors(paste: str, *, code: str = "") -> tuple[AwsError, ...]:
    """Take apart all errors in a text, in order, however it was framed, quoted or broken into lines.

    An error that is repeated counts once, where it stands last. A text in which nothing is recognised is one error of
    the kind `other`. `code` is AWS's error code where an SDK has given it beside the text, which may be empty then.
    """
    text = with_sentence(clean_paste(paste))
    if not text and not code:
        return ()
    sentences = _of_aws(_sentences(text))
    if not sentences:
        return (_error(_Sentence(0, 0), _Surroundings(text, ""), code),)
    cuts = [0, *(_cut(text, one.end, another) for one, another in pairwise(sentences)), len(text)]
    errors: dict[object, AwsError] = {}
    for sentence, (begin, end) in zip(sentences, pairwise(cuts), strict=True):
        around = _Surroundings(text[begin : sentence.start], text[sentence.start : end], sentence.end - sentence.start)
        error = _error(sentence, around, code)
        content = sentence.denial if sentence.denial and sentence.denial.text else error.text
        earlier = errors.pop(content, None)
        errors[content] = error if earlier is None else _merge(error, earlier)
    return _without_frames(tuple(errors.values()))


def with_one_authorization_id(message: str) -> str:
    """Write the same id wherever AWS put one, so that refusals that differ in nothing else read the same."""
    for pattern in _AUTHORIZATION_IDS:
        message = pattern.sub(lambda found: found[0].removesuffix(found[1]) + "0", message)
    return message


_MOST_CHARACTERS = 2000
_DETAILS = "For complete details, call the GetRequestAuthorizationDetails API with the following authorization id"
_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def _squeezed(text: str) -> str:
    """Take away white space and capitals: a terminal may have broken a line anywhere, and somebody may be shouting."""
    return re.sub(r"\s", "", text).translate(_LOWER)


_WORDING = {_squeezed(wording.phrase): wording for wording in WORDINGS}
_ANCHOR = re.compile(
    r"(?P<denial>notauthorizedtoperform)|(?P<frame>anerroroccurred\(|apierror(?=\w{1,80}:))|"
    + "|".join(sorted(map(re.escape, _WORDING), key=len, reverse=True))
)
_KNOWN_CODES = (
    "AccessDenied",
    "AssumeRoleUnauthorizedAccess",
    "ExpiredToken",
    "IDPCommunicationError",
    "IDPRejectedClaim",
    "IdpCommunicationError",
    "IdpRejectedClaim",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidIdentityToken",
    "MalformedPolicyDocument",
    "MissingAuthenticationToken",
    "OptInRequired",
    "PackedPolicyTooLarge",
    "RegionDisabled",
    "SignatureDoesNotMatch",
    "Throttling",
    "ValidationError",
)
_CODES = (
    re.compile(r"An error occurred \((\w{1,80})\)"),
    re.compile(r"api error (\w{1,80}):"),
    # gRPC has a code of its own.
    re.compile(
        r"""(?i:(?<!status )\b(?:error ?)?code)["']?[>:= ]{1,4}(?:Some\()?["']?(?!Unknown\b)([A-Z][A-Za-z]{2,80})"""
    ),
    re.compile(rf"\b((?:{'|'.join(_KNOWN_CODES)})(?:Exception)?)\b"),
    re.compile(r"(?:^|(?<=[\s(]))(\w{0,60}(?:Exception|Denied|Invalid\w{1,20}|Expired\w{1,20}|Throttling\w{0,20})):"),
)
_OPERATIONS = (
    re.compile(r"when calling the (\w{1,80}) operation"),
    re.compile(r"operation error [\w ]{1,40}: (\w{1,80})"),
    re.compile(r'"eventName" ?: ?"(\w{1,80})"'),
    re.compile(r'Error executing "(\w{1,80})"'),
    # The parameters of a request, as SDKs log them.
    re.compile(r"""\bAction["']?[=:] ?\[?["']?(AssumeRole\w{0,20})"""),
)
_SENDING_POLICIES = ("AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "GetFederationToken")
_STS = re.compile(r"(?i)Service: ?(?:AWSSecurityTokenService|Sts)\b|\bservices\.(?:sts|securitytoken)\b|\bclient-sts\b")
_IAM = re.compile(
    r"(?i)Service: ?(?:AmazonIdentityManagement|Iam)\b|\bservices\.(?:iam|identitymanagement)\b|\bclient-iam\b"
    r"|\b(?:creating|updating|putting|adding) (?:inline )?IAM \w"
)
_SAML = re.compile(r"(?i)saml|\bAuthnResponse")
_IMPLIED = (
    ("AssumeRoleWithWebIdentity", re.compile(r"(?i)WebIdentityErr\b|assume role with OIDC|with web identity")),
    ("AssumeRoleWithSAML", re.compile(r"(?i)saml2aws|using SAML|saml assertion|with SAML")),
    ("AssumeRole", re.compile(r"assume role with user credentials|Error calling AssumeRole for role")),
)
"""The operations that a tool calls, by what it says before it quotes AWS."""
_STATUSES = (
    re.compile(r"(?i)\bhttp_?status_?code[\"']?[:= ]{1,3}(\d{3})\b"),
    re.compile(r"(?i)\bstatus ?code[\"']?[:= ]{1,3}(\d{3})\b"),
    re.compile(r"resulted in a `?(\d{3})\b"),
)
_REQUEST_IDS = (re.compile(r"(?i)\b(?:aws_)?request ?_?id[\"']?[:= ]{1,3}(?:Some\()?[\"']?([0-9A-Za-z][\w-]{0,63})"),)
_AUTHORIZATION_IDS = (
    # A pseudonym has hyphens.
    re.compile(r"(?i)authorization id: ?([0-9a-z](?:-?[0-9a-z]){0,255})"),
    re.compile(r"(?i)#/authorization-details/([0-9a-z](?:-?[0-9a-z]){0,255})"),
)
_AUTHORIZATION_REGIONS = (re.compile(r"[?&]region=([a-z]{2}[a-z0-9-]{3,30})#/authorization-details/"),)
# AWS Lambda reports its own request beside what the function raised.
_NEAR = 160
_ROLE = re.compile(r"(arn:[\w-]{1,20}:iam::[^\s:\"'`]{0,40}:role/[^\s\"'`()\]]{1,600})")
_WITH_ROLE = frozenset(
    {ErrorKind.SERVICE_NOT_TRUSTED, ErrorKind.VENDOR_REFUSED, ErrorKind.ANSWER_HIDDEN, ErrorKind.STACK_SET_ROLE}
)
_OF_LAMBDA = re.compile(r'"errorType"')
# What an SDK adds after AWS's sentence.
_TAIL = re.compile(r"\s?\(Service:[^()]{0,400}\)|,?\s?status code: \d{3}, request id: [\w-]{0,64}", re.IGNORECASE)
_OPERATION_OF = {
    f"sts:{name}": name for name in ("AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "AssumeRoot")
}


class _Sentence(Struct, frozen=True):
    """A sentence of AWS in a clean paste, or a frame alone. `frame` is where the frame around it begins, if any.

    `denial` holds what the sentence itself says, where it is that of a denial.
    """

    start: int
    end: int
    frame: int | None = None
    wording: Wording | None = None
    denial: AwsError | None = None


class _Surroundings:
    """What belongs to one error: the text before its sentence, and the text from there on.

    A line break may stand for a space or for nothing, so that everything is read in two ways.
    """

    def __init__(self, before: str, after: str, length: int = 0) -> None:
        """`length` is that of the sentence, with which `after` begins."""
        self.text = before + after
        self._sentence = _readings(after[:length])
        self._before, self._after = _readings(before), _readings(after[length:])

    def first(self, patterns: Iterable[re.Pattern[str]]) -> str:
        """Give what a pattern names nearest to the sentence, a frame before it rather than what follows."""
        for pattern in patterns:
            for reading in self._before:
                if matches := pattern.findall(reading):
                    return str(matches[-1])
            for reading in self._after:
                if match := pattern.search(reading):
                    return match[1]
        return ""

    def next(self, patterns: Iterable[re.Pattern[str]]) -> str:
        """Give what a pattern names after the sentence, or else before it."""
        for pattern in patterns:
            for reading in self._after:
                if match := pattern.search(reading):
                    return match[1]
        return self.first(patterns)

    def service(self) -> str:
        """Name the service that speaks, nearest to the sentence."""
        after = _readings(self.text[len(self._before[0]) :])[0]
        return service_named(self._before[0][-_NEAR:], after[:_NEAR])

    def role(self) -> str:
        """Give the ARN of the role that is named nearest to the sentence, whole or masked."""
        within = next((match[1] for reading in self._sentence if (match := _ROLE.search(reading))), "")
        return (within or self.next((_ROLE,))).rstrip(".,;:")

    def line(self, wording: Wording | None) -> str:
        """Give all of it on one line, from the frame of the AWS CLI on if there is one."""
        line, *joined = _readings(self.text)
        if joined and wording and wording.phrase.lower() not in line.lower():
            line = joined[0]
        return line[max(0, line.find("An error occurred (")) :].strip()[:_MOST_CHARACTERS]


def _readings(text: str) -> tuple[str, ...]:
    return (text.replace("\n", " "), text.replace("\n", "")) if "\n" in text else (text,)


def _sentences(text: str) -> list[_Sentence]:
    sentences: list[_Sentence] = []
    frame: int | None = None
    end = 0
    for name, wording, begin, stop in _anchors(text):
        if begin < end:
            continue
        if name == "frame":
            if frame is not None:
                sentences.append(_Sentence(frame, frame, frame))
            frame, end = begin, stop
            continue
        if name == "denial":
            denial, start, end = denial_at(text, begin, end)
            sentences.append(_Sentence(start, end, frame, denial=denial))
        elif frame is None and sentences and _may_be_one_answer(sentences[-1].wording, wording):
            sentences[-1] = replace(sentences[-1], end=stop)
            end = stop
        else:
            sentences.append(_Sentence(begin, stop, frame, wording))
            end = stop
        frame = None
    if frame is not None:
        sentences.append(_Sentence(frame, frame, frame))
    return sentences


def _of_aws(sentences: list[_Sentence]) -> list[_Sentence]:
    """Leave out what tools say in words of their own, where AWS's answer stands beside it."""
    answers = [one for one in sentences if one.wording is None or not one.wording.frame]
    return answers or sentences


def _without_frames(errors: tuple[AwsError, ...]) -> tuple[AwsError, ...]:
    """Leave out that a role was refused, with no word of why, where something says more; and say it once."""
    telling = tuple(error for error in errors if error.kind is not ErrorKind.ANSWER_HIDDEN)
    role = next((error.resource for error in errors if error.resource), "")
    return telling or tuple(replace(error, resource=role) for error in errors[-1:])


def _anchors(text: str) -> Iterator[tuple[str | None, Wording | None, int, int]]:
    """Give where frames and sentences may begin, and where these words of them end."""
    places: list[int] = []
    for word in re.finditer(r"\S+", text):
        places.extend(range(*word.span()))
    for match in _ANCHOR.finditer(_squeezed(text)):
        yield match.lastgroup, _WORDING.get(match[0]), places[match.start()], places[match.end() - 1] + 1


def _may_be_one_answer(one: Wording | None, another: Wording | None) -> bool:
    """Say whether two phrases may well be of one answer."""
    if one is None or another is None or one.frame is not another.frame:
        return False
    return one is another or ((one.kind, one.service) == (another.kind, another.service) != (None, ""))


def _cut(text: str, end: int, sentence: _Sentence) -> int:
    """Say where, after the end of a sentence, the error begins that the next sentence is of."""
    start = sentence.start if sentence.frame is None else sentence.frame
    tail = _TAIL.match(text, end, start)
    begin = tail.end() if tail else end
    for mark in ("operation error ", "{", "\n"):
        if (place := text.rfind(mark, begin, start)) >= 0:
            return place
    return begin


def _error(sentence: _Sentence, around: _Surroundings, given: str) -> AwsError:
    denial, wording = sentence.denial, sentence.wording
    code = given or around.first(_CODES)
    framed = around.first(_OPERATIONS)
    operation = framed or (wording.operation if wording else "") or _implied(around.text, code)
    status = around.next(_STATUSES)
    line = around.line(wording)
    kind, service = _kind_and_service(sentence, around, line, code, operation)
    error = AwsError(
        text=line,
        kind=kind,
        code=code,
        http_status=int(status) if status else None,
        operation=operation,
        action=wording.action if wording else "",
        resource=around.role() if kind in _WITH_ROLE else "",
        service=service,
        request_id="" if _OF_LAMBDA.search(around.text) else around.next(_REQUEST_IDS),
    )
    return error if denial is None else _with_frame(denial, error, around, framed)


def _implied(text: str, code: str) -> str:
    """Name the operation that a tool's words, or a code that only some operations answer with, tell; else ""."""
    for operation, words in _IMPLIED:
        if words.search(text):
            return operation
    operation = OPERATION_OF_CODE.get(code_in_short(code), "")
    return "AssumeRoleWithSAML" if operation and _SAML.search(text) else operation


def _kind_and_service(
    sentence: _Sentence, around: _Surroundings, line: str, code: str, operation: str
) -> tuple[ErrorKind, str]:
    """Say what an error is about, and which service says that it cannot assume a role, if one does."""
    wording = sentence.wording
    kind = (wording and wording.kind) or kind_of(line, code)
    if kind in (ErrorKind.POLICY_MALFORMED, ErrorKind.POLICY_NOT_SAVED):
        return _of_policy(kind, around.text, operation), ""
    if wording is None or kind is not ErrorKind.SERVICE_NOT_TRUSTED:
        return kind, ""
    service = wording.service or around.service()
    return (ErrorKind.ANSWER_HIDDEN if wording.frame and not service else kind), service


def _of_policy(kind: ErrorKind, text: str, operation: str) -> ErrorKind:
    """Tell a policy that was sent with a call from one that was to be saved: by the operation, or by the service."""
    of_sts, of_iam = (bool(service.search(text)) for service in (_STS, _IAM))
    if operation:
        sent = operation in _SENDING_POLICIES
    elif of_sts is of_iam:
        return kind
    else:
        sent = of_sts
    return ErrorKind.POLICY_MALFORMED if sent else ErrorKind.POLICY_NOT_SAVED


def _merge(error: AwsError, earlier: AwsError) -> AwsError:
    """Put together what two frames say of one error."""
    if earlier.code and not error.code:
        error, earlier = earlier, error
    return replace(
        error,
        http_status=error.http_status or earlier.http_status,
        operation=error.operation or earlier.operation,
        request_id=error.request_id or earlier.request_id,
        authorization_id=error.authorization_id or earlier.authorization_id,
        authorization_region=error.authorization_region or earlier.authorization_region,
    )


def _with_frame(denial: AwsError, error: AwsError, around: _Surroundings, operation: str) -> AwsError:
    prefix = f"An error occurred ({error.code})" + (f" when calling the {operation} operation" if operation else "")
    authorization_id = around.next(_AUTHORIZATION_IDS)
    where = f". {_DETAILS}: {authorization_id}" if authorization_id else ""
    return replace(
        denial,
        text=(f"{prefix}: " if error.code else "") + denial.text + where if denial.text else error.text,
        code=error.code,
        http_status=error.http_status,
        operation=operation or _OPERATION_OF.get(denial.action, error.operation),
        authorization_id=authorization_id,
        authorization_region=around.next(_AUTHORIZATION_REGIONS),
        request_id=error.request_id,
    )
