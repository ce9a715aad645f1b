"""Why a fix that was looked for is not shown, in words."""

from collections.abc import Iterator
from typing import assert_never

from diagnose.model.diagnosis import Certainty, Finding, NotProved, Proof, Refused
from diagnose.report.blocks import Block, Bullets, Paragraph
from diagnose.report.layout import Tone

_KINDS = {
    "allow-role-in-identity": "an Allow in the caller's own policies",
    "correct-resource": "another ARN in the statement",
    "correct-action": "another action in the statement",
    "set-default-version": "another version of the policy",
    "attach-idle-policy": "a policy that the caller does not have yet",
    "name-principal-in-trust": "naming the caller in the trust policy",
    "name-provider-in-trust": "naming the provider in the trust policy",
    "replace-stale-id": "the caller's ARN in place of the ID",
    "add-companion-to-trust": "allowing the action in the trust policy as well",
    "add-companion-to-identity": "allowing the action in the caller's own policies as well",
    "add-companion-to-boundary": "allowing the action in the permissions boundary as well",
    "split-companion": "a statement of its own for the action",
    "correct-claim-key": "another claim in the condition",
    "correct-condition-value": "another value in the condition",
    "correct-condition-operator": "another operator in the condition",
    "correct-condition-key": "another key in the condition",
    "correct-variable": "another variable in the policy",
    "drop-condition": "the statement without its condition",
    "set-policy-version-language": "another `Version` of the policy's language",
    "exempt-from-deny": "an exemption from the Deny",
    "lift-deny": "the policy without the Deny",
    "allow-in-boundary": "an Allow in the permissions boundary",
    "allow-in-scp": "an Allow in the service control policy",
    "allow-in-endpoint": "an Allow in the VPC endpoint policy",
    "allow-in-session": "an Allow in the session policy",
    "tag-principal": "a tag on the caller",
    "tag-role": "a tag on the role",
}
"""Edits of policies and tags. Other kinds say in their id what they are."""

_SAY_NOTHING = (NotProved.ALLOWED_ALREADY, NotProved.SAME_AS_SMALLER, NotProved.NO_EDIT)
"""Reasons from which nobody learns anything about their policies."""


def refusals(finding: Finding) -> Iterator[Block]:
    """Say which fixes were looked for and not proved, where none was proved."""
    if any(remedy.proof is not Proof.NOT_TRIED for remedy in finding.remedies):
        return
    telling = [one for one in finding.refused if one.reason not in _silent(finding)]
    if telling:
        yield Paragraph("Not offered as a fix:", Tone.DIM)
        yield Bullets(tuple(f"{kind_words(one.kind)}: {refusal_words(one)}." for one in telling))


def kind_words(kind: str) -> str:
    """Name a kind of fix for those who make it; a kind that was added since is named by its id."""
    words = _KINDS.get(kind, kind.replace("-", " "))
    return f"{words[:1].upper()}{words[1:]}"


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


def _silent(finding: Finding) -> tuple[NotProved, ...]:
    """Give the reasons that say nothing here: where no policy was seen, no edit of one could be seen to help."""
    seen = finding.certainty is Certainty.CERTAIN and finding.excerpts
    return _SAY_NOTHING if seen else (*_SAY_NOTHING, NotProved.CHANGES_NOTHING)
