"""Why a fix that was looked for is not shown, in words."""

from collections.abc import Iterator
from typing import assert_never

from diagnose.model.diagnosis import Finding, NotProved, Proof, Refused
from diagnose.report.blocks import Block, Bullets, Paragraph
from diagnose.report.layout import Tone
from diagnose.report.safe_text import in_backticks

_SAY_NOTHING = (NotProved.ALLOWED_ALREADY, NotProved.SAME_AS_SMALLER, NotProved.NO_EDIT)
"""Reasons from which nobody learns anything about their policies."""


def refusals(finding: Finding) -> Iterator[Block]:
    """Say which fixes were looked for and not proved, where none was proved."""
    if any(remedy.proof is not Proof.NOT_TRIED for remedy in finding.remedies):
        return
    telling = [one for one in finding.refused if one.reason not in _SAY_NOTHING]
    if telling:
        yield Paragraph("Considered, but not proved as a fix:", Tone.DIM)
        yield Bullets(tuple(f"{in_backticks(one.kind)}: {refusal_words(one)}." for one in telling))


def refusal_words(refused: Refused) -> str:
    """Say why no edit of a kind was proved."""
    match refused.reason:
        case NotProved.LETS_IN_OTHERS:
            return "it would give others access, too"
        case NotProved.OPENS_OTHER_ROLES:
            return "it would allow other roles, too"
        case NotProved.TOO_MANY:
            return "there are too many combinations to try; fix the other causes first, then check again"
        case NotProved.PLACEHOLDER:
            return "it would write a placeholder that nobody has filled in"
        case NotProved.DENY_IS_MEANT:
            return "the Deny is there for exactly this caller or role, so only its owner can decide to remove it"
        case NotProved.AWS_MANAGED:
            return "the policy is managed by AWS and cannot be edited"
        case NotProved.PROTECTED:
            return "nobody in the account can edit this user or role"
        case NotProved.NOT_READABLE:
            return "the policy is not valid JSON, names a key twice, or is known only in part"
        case NotProved.NOT_READ:
            return "what it would change was not read"
        case NotProved.CALLER_NOT_NAMEABLE:
            return "no policy can name this caller"
        case NotProved.BREAKS_SOMETHING_ELSE:
            return "it would break another requirement"
        case NotProved.CHANGES_NOTHING:
            return "it would not remove this cause"
        case NotProved.ALLOWED_ALREADY:
            return "the request is allowed without it"
        case NotProved.SAME_AS_SMALLER:
            return "a smaller fix has the same effect"
        case NotProved.NO_EDIT:
            return "it has nothing to change here"
        case _:
            assert_never(refused.reason)
