"""How the value of a condition key is found out: whose it is, and what prints it. Apart, for it is a table."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec import Struct

from diagnose.errors import XdiagError
from diagnose.model.arn import CallerKind, parse_caller, parse_role
from diagnose.model.case import Case
from diagnose.model.evidence import NOT_SUPPLIED, Gap, Known, Unread
from diagnose.report.safe_text import in_backticks
from diagnose.report.sections.headline import dest_account, iam_name, source_account

Account: TypeAlias = Callable[[Case], str]


TOKEN_FLAG, ASSERTION_FLAG = "--token-file FILE", "--assertion FILE"
PRESENTED_FLAGS = (TOKEN_FLAG, ASSERTION_FLAG)
"""Flags that read what is presented. It says whose it is, so that no caller is named beside it."""


class KeyQuestion(Struct, frozen=True):
    """What to ask for a key, what to do for the answer, and the flag with which xdiag reads it itself, if any does."""

    asked: str
    how: str
    flag: str = ""


def question_of(key: str, case: Case) -> KeyQuestion:
    """Say how to find out what stands in a key: the tag, the organization or the address, not just "the value"."""
    lower = key.lower()
    row = next((row for row in _ROWS if lower.startswith(row.begins)), None)
    if row is None and _is_claim(lower):
        how = f"{in_backticks(TOKEN_FLAG)} reads it. Or: {_given(key)}"
        return KeyQuestion(f"What does the token say of {in_backticks(key)}?", how, TOKEN_FLAG)
    if row is None:
        return KeyQuestion("What did the request carry?", _given(key))
    unread = row.unread(case) if row.unread is not None else None
    lacking = unread.permission if unread is not None and unread.gap is Gap.ACCESS_DENIED else ""
    read = ""
    if lacking:
        read = f"xdiag's principal lacks {in_backticks(lacking)}: grant it, then run again. Or: "
    elif unread is not None and row.flag:
        read = f"{in_backticks(row.flag)} reads it. Or: "
    how = row.how(case)
    flag = row.flag if unread is not None else ""
    return KeyQuestion(
        row.asked, f"{read}{how}{' Then ' if how else ''}{_given(key, row.value, always=row.always)}", flag
    )


def _given(key: str, value: str = "VALUE", *, always: bool = False) -> str:
    """Name the flags that state a key's value."""
    lower = key.lower()
    said = f"{FLAGS[lower]} VALUE" if lower in FLAGS else f"--context {key}={value}"
    none = "" if always else f"; where there is none: {in_backticks(f'--context {key}=')}"
    return f"{in_backticks(said)}{none}."


def _is_claim(lower: str) -> bool:
    """Say whether a key holds a claim of an OIDC token: `accounts.google.com:aud`."""
    provider, colon, _ = lower.rpartition(":")
    return bool(colon) and "." in provider


FLAGS = {
    "sts:externalid": "--external-id",
    "sts:rolesessionname": "--session-name",
    "aws:requestedregion": "--region",
    "iam:passedtoservice": "--passed-to",
    "iam:associatedresourcearn": "--associated-resource",
}
"""Condition keys that a flag of the request sets, in lower case."""


class _Row(Struct, frozen=True):
    """Keys that begin so, in lower case. `unread` finds the piece of evidence that was to say it, where it did not."""

    begins: tuple[str, ...]
    asked: str
    how: Callable[[Case], str]
    unread: Callable[[Case], Unread | None] | None = None
    flag: str = ""
    always: bool = False
    value: str = "VALUE"


def _role_tags(case: Case) -> str:
    try:
        name = iam_name(parse_role(case.request.role_arn).name)
    except XdiagError:
        name = "ROLE"
    command = in_backticks(f"aws iam list-role-tags --role-name {name}")
    return f"{command} in account {iam_name(dest_account(case))} lists its tags."


def _caller_tags(case: Case) -> str:
    try:
        caller = parse_caller(case.source_arn)
    except XdiagError:
        return ""
    name, account = iam_name(caller.name), iam_name(caller.account)
    if caller.kind is CallerKind.USER:
        return f"{in_backticks(f'aws iam list-user-tags --user-name {name}')} in account {account} lists its tags."
    if caller.kind not in (CallerKind.ROLE, CallerKind.SESSION):
        return ""
    if _unread_caller_tags(case) is None:
        return "Only whoever started the session knows the tags that it was given."
    command = in_backticks(f"aws iam list-role-tags --role-name {name}")
    return f"{command} in account {account} lists the role's tags; those given to the session come first."


def _organization(account: Account) -> Callable[[Case], str]:
    def how(case: Case) -> str:
        command = in_backticks("aws organizations describe-organization")
        return f"{command} in account {iam_name(account(case))} prints it."

    return how


def _unread_role_tags(case: Case) -> Unread | None:
    role = case.snapshot.destination.role
    if isinstance(role, Unread):
        return role
    return role.value.tags if role.value is not None and isinstance(role.value.tags, Unread) else None


def _unread_caller_tags(case: Case) -> Unread | None:
    principal = case.snapshot.source.principal
    if isinstance(principal, Unread):
        return principal
    return principal.value.tags if principal.value is not None and isinstance(principal.value.tags, Unread) else None


def _unread_role_organization(case: Case) -> Unread | None:
    organization = case.snapshot.destination.organization
    return None if isinstance(organization, Known) else organization


def _unread_callers_organization(case: Case) -> Unread | None:
    organization = case.snapshot.source.organization
    return None if isinstance(organization, Known) else organization


_SOURCE, _DEST, _ORG = "--source-profile SOURCE", "--dest-profile DEST", "--org-profile ORG"

_ROWS: Sequence[_Row] = (
    _Row(
        ("aws:resourcetag/", "iam:resourcetag/"), "Does the role have that tag?", _role_tags, _unread_role_tags, _DEST
    ),
    _Row(("aws:principaltag/",), "Does the caller have that tag?", _caller_tags, _unread_caller_tags, _SOURCE),
    _Row(
        ("aws:resourceorgid",),
        "Which organization is the role's account in?",
        _organization(dest_account),
        _unread_role_organization,
        _DEST,
    ),
    _Row(
        ("aws:principalorgid",),
        "Which organization is the caller's account in?",
        _organization(source_account),
        _unread_callers_organization,
        _SOURCE,
    ),
    _Row(
        ("aws:resourceorgpaths", "aws:principalorgpaths"),
        "Where in its organization is that account?",
        lambda _: "",
        lambda _: NOT_SUPPLIED,
        _ORG,
    ),
    _Row(
        ("aws:sourceip",),
        "From which public address does the call come?",
        lambda _: (
            f"{in_backticks('curl https://checkip.amazonaws.com')} prints it, on the machine that makes the call."
        ),
    ),
    _Row(
        ("aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip"),
        "Does the call go through a VPC endpoint for STS, and of which VPC?",
        lambda _: "",
    ),
    _Row(
        ("aws:multifactorauthpresent",),
        "Were the caller's credentials obtained with an MFA code?",
        lambda _: "",
        value="true",
    ),
    _Row(
        ("aws:multifactorauthage",),
        "How many seconds ago were the caller's credentials obtained with an MFA code?",
        lambda _: "",
    ),
    _Row(("saml:",), "What does the assertion say?", lambda _: "", lambda _: NOT_SUPPLIED, ASSERTION_FLAG),
    _Row(("sts:rolesessionname",), "Which session name does the call pass?", lambda _: "", always=True),
    _Row(("aws:requestedregion",), "Which Region's STS endpoint was called?", lambda _: "", always=True),
)
"""Of one key the first row counts. Of a key without a row, only the call knows."""
