"""ARNs of an error as somebody masked them before the error was pasted: what is masked may be anything.

A mask says nothing of what stood there, so that it neither agrees nor disagrees with another ARN; what is left of the
ARN does.
"""

import re

from diagnose.model.gapped_text import gapped


def may_be_same(one: str, another: str) -> bool:
    """Say whether two ARNs, each with or without masks, may be equal. A text that is masked whole may be any ARN."""
    if one == another:
        return True
    ours, theirs = _parts(one), _parts(another)
    if ours is None or theirs is None:
        return _fit(one, another)
    accounts = _same_account(ours[4], theirs[4])
    return accounts and all(_fit(*pair) for place, pair in enumerate(zip(ours, theirs, strict=True)) if place != 4)


def may_be_same_identity(one: str, another: str) -> bool:
    """Say whether two ARNs may be of one identity: a session is its role's, and a path may have been left out.

    The ARN of a session never has the path of its role, and who types the ARN of a user or a role leaves it out often.
    """
    return may_be_same(one, another) or any(
        may_be_same(ours, theirs) for ours in _spellings(one) for theirs in _spellings(another)
    )


def is_account(text: str) -> bool:
    """Say whether a text is an account's id, and not the mask of one."""
    return len(text) == 12 and text.isascii() and text.isdecimal()


def hides_account(arn: str) -> bool:
    """Say whether somebody blanked the account of an ARN."""
    parts = _parts(arn)
    return parts is not None and not is_account(parts[4])


# Compiled where there is an error to compare, which most cases do not bring.
_MASK = (
    r"\*+|<[^<>]*>|\[[^\[\]]*\]|\{\{?[^{}]*\}\}?|\$\{?\w+\}?|x{3,}|X{3,}|#{2,}|~{2,}|\u2026|\.{3,}"
    r"|(?i:[\w-]*(?:redacted|masked|omitted|snipped|hidden)[\w-]*)"
)


def _parts(text: str) -> tuple[str, ...] | None:
    parts = tuple(text.split(":", 5))
    return parts if len(parts) == 6 and parts[0] == "arn" else None


def _same_account(one: str, another: str) -> bool:
    """Compare the digits that are left; an account that is not twelve characters long was replaced as a whole."""
    if len(one) != 12 or len(another) != 12:
        return True
    return all(a == b or not (a.isdecimal() and b.isdecimal()) for a, b in zip(one, another, strict=True))


def _fit(one: str, another: str) -> bool:
    """Say whether two texts may be the same but for what is masked in one of them."""
    return one == another or bool(_pattern(one).fullmatch(another) or _pattern(another).fullmatch(one))


def _pattern(text: str) -> re.Pattern[str]:
    if not text:
        return re.compile("(?!)")
    known = re.split(_MASK, text)
    return gapped([part for one in known for part in (one, None)][:-1], least=0)


def _spellings(arn: str) -> tuple[str, ...]:
    """Give an ARN of a user, role or session as one of a role or user, with its path and without."""
    parts = _parts(arn)
    if parts is None:
        return (arn,)
    *head, resource = parts
    kind, _, rest = resource.partition("/")
    if kind not in ("user", "role", "assumed-role") or not rest:
        return (arn,)
    path, _, name = rest.rpartition("/")
    if kind == "assumed-role":
        role = rest.partition("/")[0]
        return (":".join((*head[:2], "iam", *head[3:], f"role/{role}")),)
    whole = ":".join((*head, resource))
    return (whole, ":".join((*head, f"{kind}/{name}"))) if path else (whole,)
