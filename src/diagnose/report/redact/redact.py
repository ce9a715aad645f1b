"""A diagnosis, or a case alone, without the names of anybody: for tickets that leave the company.

Accounts, names, ids, addresses and values become pseudonyms everywhere: in ARNs, in policies and in AWS's messages.
AWS's words stay: actions, condition keys, services, managed policies, `*`. What is said of the case is said anew of the
redacted one, and must be the same: the verdict, the causes, the fixes. Commands and messages to send are left out,
since with pseudonyms they would ask for something else.
"""

from collections.abc import Callable, Iterator
from hashlib import blake2b

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from diagnose.errors import XdiagError
from diagnose.model.case import Case
from diagnose.model.diagnosis import Diagnosis, Finding, NotProved, Remedy
from diagnose.report.redact.case_texts import Rewriting
from diagnose.report.redact.disguise import Disguise, KeyWords, Learned
from diagnose.report.redact.names import Survey
from diagnose.report.redact.policies import Documents
from diagnose.report.redact.pseudonyms import Endings, Keeping, Pseudonyms

NOTE = "names, accounts and ids are pseudonyms"
_ATTEMPTS = (
    Keeping(),
    Keeping(),
    Keeping(),
    Keeping(gives_up=True),
    Keeping(one_group=True),
    Keeping(one_group=True, gives_up=True),
    Keeping(one_group=True, by_digits=True),
    Keeping(one_group=True, by_digits=True, gives_up=True),
    Keeping(endings=Endings.TURN),
    Keeping(one_group=True, by_digits=True, endings=Endings.TURN),
    Keeping(one_group=True, by_digits=True, gives_up=True, endings=Endings.TURN),
    Keeping(endings=Endings.SHARE),
    Keeping(one_group=True, by_digits=True, endings=Endings.SHARE),
    Keeping(one_group=True, by_digits=True, gives_up=True, endings=Endings.SHARE),
)
"""What lets AWS's words stay is tried first, and of that what hides more."""


class Deciding(Struct, frozen=True):
    """What redaction needs of those that decide, which a report cannot import. `diagnose` is for proof.

    `own` are the ids of the rules that did not come with xdiag: their words are somebody's.
    """

    diagnose: Callable[[Case], Diagnosis]
    keys: KeyWords
    own: frozenset[str] = frozenset()


def redact(diagnosis: Diagnosis, deciding: Deciding) -> Diagnosis:
    """Replace everything that tells whose diagnosis it is.

    Raises XdiagError where the answer depends on something that pseudonyms do not keep.
    """
    why = "its names are so short, or so much alike, that pseudonyms of their form would be names that are in it"
    for case in redactions(diagnosis.case, deciding.keys):
        why = "with pseudonyms for its names, the answer would be another one"
        try:
            again = deciding.diagnose(case)
        except XdiagError:
            continue
        if _answers_alike(again, diagnosis):
            findings = tuple(_without_own_words(finding, deciding.own) for finding in again.findings)
            return replace(again, findings=findings, plan=tuple(map(_without_commands, again.plan)))
    raise XdiagError(
        f"this case cannot be redacted: {why}",
        hint="without --redact the answer and the case file are complete, with all names",
    )


def redact_case(case: Case, deciding: Deciding) -> Case:
    """Replace everything that tells whose case it is. Raises XdiagError as `redact` does."""
    return redact(deciding.diagnose(case), deciding).case


def _answers_alike(one: Diagnosis, other: Diagnosis) -> bool:
    """Say whether two diagnoses say the same. What is proved within bounds that names move is not asked for."""
    if (one.verdict, one.agreement, len(one.findings)) != (other.verdict, other.agreement, len(other.findings)):
        return False
    pairs = list(zip(one.findings, other.findings, strict=True))
    ended = [_ended_early(before) or _ended_early(after) for before, after in pairs]
    return all(
        _cause(before) == _cause(after) and (early or _remedies(before) == _remedies(after))
        for (before, after), early in zip(pairs, ended, strict=True)
    ) and (any(ended) or [step.kind for step in one.plan] == [step.kind for step in other.plan])


def _ended_early(finding: Finding) -> bool:
    """Say whether there was too much to try: how much that is depends on how long the names in a case are."""
    return any(refused.reason is NotProved.TOO_MANY for refused in finding.refused)


def _cause(finding: Finding) -> object:
    return finding.rule, finding.certainty, finding.owner, finding.layer, finding.action


def _remedies(finding: Finding) -> object:
    return [(remedy.kind, remedy.owner, remedy.proof) for remedy in finding.remedies]


def redactions(case: Case, keys: KeyWords) -> Iterator[Case]:
    """Give the case under pseudonyms, in one way after another."""
    documents, learned = Documents(), Learned()
    survey = Survey()
    Rewriting(documents, Disguise(survey, keys, learned), {}).case(case)
    if learned.any:
        # Some texts were met before that was learned.
        survey = Survey()
        Rewriting(documents, Disguise(survey, keys, learned), {}).case(case)
    content = msgspec.json.encode(case)
    for number, keeping in enumerate(_ATTEMPTS):
        key = blake2b(content, salt=bytes([number])).digest()
        names = Pseudonyms(survey, key, keeping)
        if not names.differ():
            continue
        redacted = Rewriting(documents, Disguise(names, keys, learned), names.all()).case(case)
        if names.sound():
            yield replace(redacted, note=NOTE)


def _without_own_words(finding: Finding, own: frozenset[str]) -> Finding:
    """Leave out commands, and all that a rule of somebody's own says."""
    finding = replace(finding, remedies=tuple(map(_without_commands, finding.remedies)))
    if finding.rule not in own:
        return finding
    name = f"own-rule-{sorted(own).index(finding.rule) + 1}"
    return replace(finding, rule=name, title=_OWN_TITLE, explanation="", sources=(), formerly=())


_OWN_TITLE = "A rule that did not come with xdiag names a cause"


def _without_commands(remedy: Remedy) -> Remedy:
    return replace(remedy, commands=(), letter=None)
