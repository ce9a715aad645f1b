"""A remedy as a paragraph to send to whoever can carry it out."""

from diagnose.model.case import Case
from diagnose.model.diagnosis import Owner, Proof, Remedy
from diagnose.model.tri import YES
from diagnose.model.words import OWNER_WORDS
from diagnose.remedy.kinds import Kind
from diagnose.remedy.parties import account_behind, role_arn

SENT = "and give what they send to xdiag in a case file with `--case`"
"""How a remedy ends that asks an owner for a policy that was not read."""

_ELSEWHERE = (Owner.DESTINATION, Owner.ORGANIZATION, Owner.NETWORK, Owner.SOURCE)


def paragraph(remedy: Remedy, case: Case) -> str:
    """Write what to change, the exact text, why, and how it was proved; empty where the caller can do it alone."""
    if remedy.owner not in _ELSEWHERE:
        return ""
    addressee = OWNER_WORDS[remedy.owner].asked.format(account=account_behind(remedy.owner, case))
    whom = f"To {addressee}: `{case.snapshot.source.arn}` needs to assume `{role_arn(case)}`"
    if remedy.proof is Proof.NOT_TRIED and remedy.kind != Kind.ASK_OWNER:
        return f"{whom}. Please change this: {remedy.text}."
    if remedy.text.endswith(SENT):
        return f"{whom}, which is refused, or may be. To tell why, your policies have to be seen: please send them."
    if remedy.proof is Proof.NOT_TRIED:
        return f"{whom}, which is refused, or may be. Is that meant to be so?"
    if remedy.kind == Kind.ASK_OWNER:
        asked = "Your policies could not be read: do they hold a statement such as this one, and no Deny that applies?"
        return f"{whom}. {asked}\n\n{remedy.document}"
    parts = [f"{whom}. Please change this: {remedy.text}.", _proof(remedy)]
    if remedy.patch:
        what = f"The change to `{remedy.policy_name}`, as a JSON patch (RFC 6902):"
        parts.append(f"{what}\n\n{remedy.patch}")
    if remedy.document:
        parts.append(f"The whole document after it:\n\n{remedy.document}")
    command = dict(remedy.commands).get("aws-cli", "")
    if command and not remedy.document:
        parts.append(f"With the AWS CLI:\n\n{command}")
    return "\n\n".join(part for part in parts if part)


def _proof(remedy: Remedy) -> str:
    match remedy.proof:
        case Proof.ALLOWED:
            told = "The request was decided again with the change made: it is then allowed."
        case Proof.CLEARS:
            left = "; ".join(remedy.remaining)
            told = f"The request was decided again with the change made: this cause is then gone. What remains: {left}."
        case Proof.NOT_TRIED:
            told = ""
    if remedy.admits_nobody_else is YES:
        told += (
            " For every other principal that the policies name, and for made-up ones in the same account and "
            "elsewhere, the answer was the same before and after."
        )
    return told
