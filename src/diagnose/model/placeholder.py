"""Text that somebody, or some tool, should have replaced before it came into a policy or an ARN.

Policy variables of AWS, such as `${aws:username}`, are none: IAM fills them in for each request.
"""

import re
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from string import hexdigits

from msgspec import Struct


class PlaceholderForm(StrEnum):
    """Whose placeholder it is, and so what has to be done with it."""

    CLOUDFORMATION = "cloudformation"
    """`${AWS::AccountId}`, `!Ref Role`: CloudFormation fills it in, in a template, inside `Fn::Sub`."""
    TERRAFORM = "terraform"
    """`${var.account}`, `local.role`, `${data.aws_caller_identity.me.account_id}`."""
    CDK = "cdk"
    """`${Token[AWS.AccountId.4]}`: a value that the CDK only knows when the template is deployed."""
    ESCAPED_VARIABLE = "escaped_variable"
    """`&{aws:username}`, `$${aws:username}`, `${!aws:username}`: a policy variable in the spelling of a tool."""
    TEMPLATE = "template"
    """`{{ .Values.account }}`, `${account}`, `$account`, `%ACCOUNT%`: any other tool's."""
    SAMPLE = "sample"
    """`<ACCOUNT_ID>`, `[ROLE]`, `YOUR_EXTERNAL_ID`: from documentation, for people to fill in."""
    MASKED = "masked"
    """`xxxxxxxxxxxx`, `************`, `<REDACTED>`: somebody hid the value."""


class Placeholder(Struct, frozen=True):
    """A placeholder within a text, as it is written there."""

    form: PlaceholderForm
    text: str


def placeholder_in(text: str) -> Placeholder | None:
    """Find the first placeholder of a text; None where it has none, or is longer than any ARN, name or tag."""
    return _in_short_text(text) if len(text) <= _LONGEST else None


def may_become(text: str, value: str) -> bool:
    """Say whether a text that has placeholders may come to fit a value, or may be a pattern that does, once filled in.

    A value that is empty is not known.
    """
    filled = text
    while (unfilled := placeholder_in(filled)) is not None:
        filled = filled.replace(unfilled.text, "*")
    return filled != text and (not value or fnmatchcase(value.lower(), filled.lower().replace("[", "[[]")))


_LONGEST = 2048
"""Letters. Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (`RoleArn`)"""


def _first(text: str) -> Placeholder | None:
    if not text.strip(_IN_NONE):
        return None
    for form, expression in _expressions():
        if match := expression.search(text):
            return Placeholder(form, match[0])
    word = re.match(_FOR_AN_ACCOUNT, text)
    return Placeholder(PlaceholderForm.SAMPLE, word[1]) if word else None


_IN_NONE = f"{hexdigits}.:/+-"
"""Letters of numbers, addresses and networks. INVARIANT: each pattern wants a letter besides these."""
_in_short_text = lru_cache(maxsize=1024)(_first)

# INVARIANT: each takes time by the length of a text, not by its square or worse: what repeats ends where it may begin.
# A part of an ARN, or a whole text, in which such a word stands alone.
_ALONE = r"(?:(?<=[:/])|^)(?:{})(?=[:/]|$)"
_PATTERNS = (
    (PlaceholderForm.CDK, (r"\$\{Token\[[^\[\]]*\]\}",)),
    (
        PlaceholderForm.ESCAPED_VARIABLE,
        (r"&\{[^{}]+\}", r"\$\$\{[^{}]+\}", r"\$\{![^{}]+\}"),
    ),
    (
        PlaceholderForm.CLOUDFORMATION,
        (
            r"[$#]\{AWS::\w+\}",
            r"\$\{\w+\.(?:Arn|RoleId|UserId)\}",
            r"\{\{resolve:[^{}]+\}\}",
            r"^!(?:Sub|Ref|GetAtt|Join|ImportValue|Select|If)\b.*",
            r"^AWS::\w+$",
        ),
    ),
    (
        PlaceholderForm.TERRAFORM,
        (
            r"\$\{(?:var|local|data|module|each|count|self|path|terraform|aws_\w+)[.\[][^{}]*\}",
            r"^(?:var|local|data|module|each)\.[\w.\[\]\"-]+$",
        ),
    ),
    (
        PlaceholderForm.MASKED,
        (
            r"[<\[(](?i:redacted|masked|hidden|removed|omitted|obfuscated)[>\])]",
            _ALONE.format(r"(?i:redacted|masked|hidden|omitted)"),
            r"(?<![A-Za-z0-9])[xX]{4,}(?![A-Za-z0-9])",
            r"\*{4,}",
            r"#{4,}",
            r"[\u2022\u2588]{2,}",
            r"(?<!\d)\d*+(?<![xX])[xX]{4,}+\d*+(?=:)",
        ),
    ),
    (
        PlaceholderForm.TEMPLATE,
        (
            r"\{\{[^{}]*\}\}",
            r"<%[^%]*%>",
            r"\$\{[A-Za-z_][\w.-]*\}",
            r"\$\([^()]*\)",
            r"\$[A-Za-z_]\w*",
            r"#\{[^{}]+\}",
            r"(?<![\w$])\{[A-Za-z_][\w.-]*\}",
            r"%%?[A-Za-z_]\w*%%?",
            r"@@\w+@@",
            _ALONE.format(r"__[A-Za-z]\w*__"),
        ),
    ),
    (
        PlaceholderForm.SAMPLE,
        (
            r"<[^<>]+>",
            r"\[[A-Za-z][\w .-]*\]",
            _ALONE.format(
                r"(?i:(?:your|insert|enter|replace)[_-](?:[\w-]*[_-])?(?:id|arn|account|name|number|role|user|here|me))"
            ),
            _ALONE.format(r"(?i:replace_?me|change_?me|todo|fixme|placeholder|tbd)"),
            _ALONE.format(r"(?:AWS[_-])?(?:ACCOUNT|EXTERNAL|ORG|ORGANIZATION)[_-]?(?:ID|NUMBER|NAME)(?:[_-][A-Z]+)*"),
            _ALONE.format(r"(?:IAM[_-])?(?:ROLE|USER)[_-]?(?:NAME|ARN|ID)"),
        ),
    ),
)


@cache
def _expressions() -> tuple[tuple[PlaceholderForm, re.Pattern[str]], ...]:
    return tuple((form, re.compile("|".join(patterns))) for form, patterns in _PATTERNS)


# A word for an account where its id belongs; any other may be an alias.
_FOR_AN_ACCOUNT = r"arn:[^:]*:(?:iam|sts):[^:]*:((?i:(?=[\w .-]*(?:account|acct))[\w .-]+)|[A-Z][A-Z_-]+):"
