"""A remedy as a message to whoever can carry it out, where that is somebody else than who makes the request."""

from typing import assert_never

from diagnose.model.case import Case
from diagnose.model.diagnosis import Letter, Proof, Remedy, account_behind
from diagnose.model.tri import YES
from diagnose.model.words import OWNER_WORDS
from diagnose.report.sections.gains import only_gain
from diagnose.report.sections.remaining import blocking, not_ruled_out


def handover(remedy: Remedy, case: Case, *, beside: bool = False) -> str:
    """Write what is asked for, the exact text, why, and how it was proved; empty where there is nobody to write to.

    `beside` is for a report that shows the change and the whole document above the message.
    """
    if remedy.letter is None:
        return ""
    addressee = OWNER_WORDS[remedy.owner].asked.format(account=account_behind(remedy.owner, case))
    whom = f"To {addressee}: `{case.source_arn}` needs to assume `{case.destination_arn}`"
    match remedy.letter:
        case Letter.CHANGE:
            return _change(remedy, case, whom, beside=beside)
        case Letter.MEANT:
            return f"{whom}. That is denied, or may be. Is this intended?"
        case Letter.DENY:
            return f"{whom}. That is denied: please {remedy.text[:1].lower()}{remedy.text[1:]}."
        case Letter.POLICIES:
            return f"{whom}. That is denied, or may be. Please send your policies: they are needed to find out why."
        case Letter.STATEMENT:
            question = "do they contain a statement like this one, and no Deny that applies?"
            return f"{whom}. Your policies could not be read: {question}\n\n{remedy.document}"
        case _:
            assert_never(remedy.letter)


def _change(remedy: Remedy, case: Case, whom: str, *, beside: bool) -> str:
    parts = [f"{whom}. Please change this: {remedy.text.removesuffix('.')}.", _proof(remedy, case, in_short=beside)]
    if beside:
        return "\n\n".join([*filter(None, parts), "The edited policy stands above."])
    if remedy.patch and not _is_new(remedy):
        what = f"The change to `{remedy.policy_name}`, as a JSON patch (RFC 6902):"
        parts.append(f"{what}\n\n{remedy.patch}")
    if remedy.document:
        parts.append(
            f"{'The whole document' if _is_new(remedy) else 'The whole document after it'}:\n\n{remedy.document}"
        )
    command = dict(remedy.commands).get("aws-cli", "")
    if command and not remedy.document:
        parts.append(f"With the AWS CLI:\n\n{command}")
    return "\n\n".join(part for part in parts if part)


def _is_new(remedy: Remedy) -> bool:
    """Say whether a policy is new: its patch adds the whole document, which the message holds anyway."""
    document, patch = ("".join(text.split()) for text in (remedy.document, remedy.patch))
    return bool(document) and document in patch


def _proof(remedy: Remedy, case: Case, *, in_short: bool) -> str:
    match remedy.proof:
        case Proof.ALLOWED:
            words = "xdiag checked the request with this change: it is then allowed."
        case Proof.CLEARS:
            words = "xdiag checked the request with this change: this cause is then gone."
            if blocks := blocking(remedy):
                words += f" What remains: {'; '.join(blocks)}."
            if open_ones := not_ruled_out(remedy):
                words += f" If it still fails, check {open_ones}."
        case Proof.NOT_TRIED:
            words = ""
        case _:
            assert_never(remedy.proof)
    if remedy.admits_nobody_else is YES:
        words += (
            f" {only_gain(remedy, case)}"
            if in_short
            else " For every other principal that the policies name, and for made-up ones in the same account and "
            "elsewhere, the answer does not change."
        )
    return words
