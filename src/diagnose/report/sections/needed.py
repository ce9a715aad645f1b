"""What would settle an open answer: each thing once, with the one flag or question for it, the most decisive first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from msgspec import Struct

from diagnose.model.case import Case, ProbeOutcome
from diagnose.model.diagnosis import Diagnosis, Finding, Verdict
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.key_state import ConditionKey
from diagnose.model.operation import Operation
from diagnose.model.pointer import split
from diagnose.model.trace import Action, BrokenStatement, Comparison, Doubt, Gate, Layer
from diagnose.model.trace_words import subject_words
from diagnose.model.tri import Tri
from diagnose.model.words import GATE_WORDS, LAYER_WORDS
from diagnose.report.blocks import Listing, Paragraph, Section
from diagnose.report.enough import first_listed
from diagnose.report.first_cause import chosen
from diagnose.report.safe_text import in_backticks
from diagnose.report.sections.command import command
from diagnose.report.sections.headline import dest_account, iam_name, source_account
from diagnose.report.sections.key_questions import ASSERTION_FLAG, PRESENTED_FLAGS, TOKEN_FLAG, question_of
from diagnose.report.sections.unseen import doubt_sentence, permissions_lacking

TITLE = "Still needed"


class Need(Struct, frozen=True):
    """One thing to find out.

    `flags` are those of xdiag that read it; empty where somebody has to be asked. `stated`: a flag takes the answer.
    """

    what: str
    how: str
    flags: tuple[str, ...] = ()
    stated: bool = False


def still_needed(diagnosis: Diagnosis, *, most: int | None = None) -> tuple[Section, ...]:
    """List what would settle the answer, then the one command that reads as much of it as can be read.

    `most` is how many are listed: the command reads the others as well, and `needed_besides` lists them.
    """
    items = needs(diagnosis)
    if not items:
        return ()
    wanted = first_listed(items[:most], lambda item: f"{item.what} {item.how}")
    run = _run(items, diagnosis)
    if not run and any(item.stated for item in items):
        run, wanted = (), (Paragraph("Add to your command what you find out, and run it again:"), *wanted)
    return (Section(f"{TITLE}, the most decisive first" if len(items) > 1 else TITLE, (*wanted, *run)),)


def needed_besides(diagnosis: Diagnosis, *, told: int, run: bool = False) -> tuple[Section, ...]:
    """List what is needed besides those that were told: as many, and the most decisive.

    `run` adds the command that reads all of it.
    """
    items = needs(diagnosis)
    others = items[told:]
    listed = first_listed(others, lambda item: f"{item.what} {item.how}") if others else ()
    blocks = (*listed, *(_run(items, diagnosis) if run else ()))
    return (Section("Also needed" if others else "To go on", blocks),) if blocks else ()


def needs(diagnosis: Diagnosis) -> tuple[Need, ...]:
    """Name all that is unknown and may change the answer; what one answer settles together is one.

    Where policies were not read and no error is known, it is asked for first: it often names what denied the request.
    Only what decides whether a possible cause is one comes before it: see `decides_cause`.
    """
    found = tuple(_all_needs(diagnosis, _spellings(diagnosis)))
    probe = diagnosis.case.probe
    answered = diagnosis.case.message or (probe is not None and probe.outcome is not ProbeOutcome.NOT_MADE)
    unread = any(isinstance(doubt.about, Layer) for doubt in diagnosis.decision.doubts)
    if len(found) <= 1 or not unread or answered:
        return found
    return (found[0], _ERROR, *found[1:]) if decides_cause(diagnosis) else (_ERROR, *found)


def decides_cause(diagnosis: Diagnosis) -> bool:
    """Say whether the first need settles whether the first cause is one.

    It is the requirement that the cause is about, the key that it compares, or whether its policies count.
    """
    cause = chosen(diagnosis)
    return any(_decides(doubt, cause) for doubt in _doubts(diagnosis))


def _decides(doubt: Doubt, cause: Finding | None) -> bool:
    if cause is None:
        return False
    if isinstance(doubt.about, ConditionKey):
        return _points_at(doubt.about.name, cause)
    if isinstance(doubt.about, Layer):
        return doubt.about is cause.layer and _is_of_management(doubt)
    return cause.gate is not None and doubt.about is cause.gate


def _points_at(key: str, cause: Finding) -> bool:
    places = (place for place in cause.excerpts if place.primary)
    return any(key.lower() == step.lower() for place in places for step in split(place.pointer))


def asks_for_error(diagnosis: Diagnosis) -> bool:
    """Say whether the error's full text is what would settle most."""
    return _ERROR in needs(diagnosis)[:1]


def is_anything_needed(diagnosis: Diagnosis) -> bool:
    """Say whether there are any needs, without naming them."""
    return _is_open(diagnosis) and bool(_doubts(diagnosis) or (diagnosis.answer and diagnosis.answer.other_call))


def need_of(layer: Layer | None, diagnosis: Diagnosis) -> Need | None:
    """Find what would settle a layer; None where it is not open."""
    doubts = [one for one in diagnosis.decision.doubts if one.about is layer and one.matters is not Tri.NO]
    if not doubts or not is_anything_needed(diagnosis):
        return None
    return next(_needs(doubts, diagnosis, {}, alone=len(_doubts(diagnosis)) == 1), None)


_SOURCE, _DEST = "--source-profile SOURCE", "--dest-profile DEST"

_MESSAGE = "--message TEXT"
_ERROR = Need("The error's full text, if the call failed:", f"{in_backticks(_MESSAGE)}.", stated=True)


def _run(items: Sequence[Need], diagnosis: Diagnosis) -> tuple[Listing, ...]:
    flags = tuple(dict.fromkeys(flag for item in items for flag in item.flags))
    if not flags:
        return ()
    stated = (_MESSAGE,) if _ERROR in items else ()
    text = command(diagnosis.case, (*_of_both_sides(flags, diagnosis), *stated))
    return (Listing("Run, with your own profiles and answers", "sh", text),)


def _of_both_sides(flags: tuple[str, ...], diagnosis: Diagnosis) -> tuple[str, ...]:
    """Add the profiles of both sides, which are read live: what another source has told is not told to the next run."""
    presented = tuple(flag for flag in flags if flag in PRESENTED_FLAGS)
    signed = source_account(diagnosis.case) and not presented
    return tuple(dict.fromkeys((*presented, *((_SOURCE, _DEST) if signed else (_DEST,)), *flags)))


_BESIDES: Mapping[Layer | Action, str] = {
    Layer.IDENTITY: "caller",
    Layer.BOUNDARY: "caller",
    Layer.SCP: "organization",
    Layer.RCP: "organization",
    Layer.SESSION: "session",
    Action.TAG_SESSION: "session",
    Action.SET_SOURCE_IDENTITY: "session",
    Action.SET_CONTEXT: "session",
}
"""Unknowns that one answer settles together."""


def _group(doubt: Doubt) -> object:
    if _is_of_management(doubt):
        return doubt.about, "management"
    return _BESIDES.get(doubt.about, doubt.about) if isinstance(doubt.about, Layer | Action) else doubt.about


def _is_of_management(doubt: Doubt) -> bool:
    """Say whether an organization's policies were read, and only whether they count is open: no part is missing."""
    return doubt.about in (Layer.SCP, Layer.RCP) and not doubt.gaps


def _all_needs(diagnosis: Diagnosis, spelled: Mapping[str, str]) -> Iterator[Need]:
    if not _is_open(diagnosis):
        return
    if diagnosis.answer is not None and diagnosis.answer.other_call:
        yield _of_other_call(diagnosis.answer.other_call)
        return
    named = next((subject for subject in map(_subject, diagnosis.findings) if subject is not None), None)
    groups: dict[object, list[Doubt]] = {}
    cause, doubts = chosen(diagnosis), _doubts(diagnosis)
    for doubt in sorted(doubts, key=lambda doubt: (not _decides(doubt, cause), doubt.about is not named)):
        groups.setdefault(_group(doubt), []).append(doubt)
    for group in groups.values():
        yield from _needs(group, diagnosis, spelled, alone=len(doubts) == 1)


def _is_open(diagnosis: Diagnosis) -> bool:
    return diagnosis.verdict is Verdict.UNDETERMINED or diagnosis.decision.verdict is Tri.UNKNOWN


def _doubts(diagnosis: Diagnosis) -> list[Doubt]:
    return [doubt for doubt in diagnosis.decision.doubts if doubt.matters is not Tri.NO]


def _subject(finding: Finding) -> Gate | Layer | None:
    return finding.layer if finding.gate is None else finding.gate


def _of_other_call(call: str) -> Need:
    """Say what would settle what the error is about. What is not known of the call that was asked about does not."""
    flag = _PRESENTED_BY.get(call.removeprefix("sts:"))
    if flag is None:
        what = f"The error is about {in_backticks(call)}, and says nothing of the call that was asked about."
        return Need(what, "If that one fails, too, give its error with `--message TEXT`.", stated=True)
    what = "What was presented, and the trust policy that it has to meet:"
    return Need(what, f"{in_backticks(flag)} and {in_backticks(_DEST)} read them.", (_DEST, flag))


_PRESENTED_BY: Mapping[str, str] = {
    Operation.WITH_WEB_IDENTITY: TOKEN_FLAG,
    Operation.WITH_SAML: ASSERTION_FLAG,
}


def _needs(doubts: list[Doubt], diagnosis: Diagnosis, spelled: Mapping[str, str], *, alone: bool) -> Iterator[Need]:
    """Name what settles doubts of one group. `alone`: nothing else is open."""
    first = doubts[0]
    layers = [doubt.about for doubt in doubts if isinstance(doubt.about, Layer)]
    match first.about:
        case Layer.SESSION | Action():
            what = f"Did whoever started the caller's session pass {_session(doubts)}?"
            yield Need(what, "If not, `--without session`.", stated=True)
        case Layer.SCP | Layer.RCP if _is_of_management(first):
            yield _of_management(layers[0], diagnosis.case)
        case Layer():
            yield _of_layers(layers, doubts, diagnosis)
        case ConditionKey(name=name):
            question = question_of(spelled.get(name.lower(), name), diagnosis.case)
            flags = (question.flag,) if question.flag else ()
            about = f"{question.asked} It decides whether this is the cause."
            if not _is_called_a_mistake(name, diagnosis):
                about = f"{doubt_sentence(first, alone=alone)} {question.asked}"
            yield Need(about, question.how, flags, stated=True)
        case Gate.ROLE | Gate.DURATION:
            what = f"{_capital(GATE_WORDS[first.about].question)}."
            yield Need(what, f"{_profile(_DEST, dest_account(diagnosis.case))}.", (_DEST,))
        case Gate.PROVIDER | Gate.AUDIENCE if _providers_unread(diagnosis.case):
            what = f"{_capital(GATE_WORDS[first.about].question)}."
            yield Need(what, f"{_profile(_DEST, dest_account(diagnosis.case))} reads the provider.", (_DEST,))
        case Gate.ASSOCIATION:
            pod = diagnosis.case.snapshot.source.pod
            named = pod is not None and pod.cluster
            yield Need(
                f"{_capital(GATE_WORDS[first.about].question)}.",
                _how_of_pod(first, diagnosis.case),
                (_DEST,) if named else (_DEST, "--cluster NAME"),
            )
        case Gate.TOKEN:
            yield Need("Whether STS accepts the token or the assertion.", "Only a new call tells: present a new one.")
        case Gate() | Comparison() | BrokenStatement():
            whose = subject_words(first) if not isinstance(first.about, Gate) else GATE_WORDS[first.about].question
            yield Need(f"{_capital(whose)}.", "Ask whoever makes the request.")
        case _:
            assert_never(first.about)


def _spellings(diagnosis: Diagnosis) -> Mapping[str, str]:
    """Give how the policies spell each key, by its name in lower case: AWS compares them without regard to case."""
    written = (
        element.key
        for decided in diagnosis.decision.actions
        for layer in decided.layers
        for level in layer.levels
        for statement in level.statements
        for element in statement.elements
    )
    spelled: dict[str, str] = {}
    for key in written:
        spelled.setdefault(key.lower(), key)
    return spelled


def _is_called_a_mistake(name: str, diagnosis: Diagnosis) -> bool:
    """Say whether the first cause may be that a policy asks this of a key, so that its fix edits the policy."""
    cause = chosen(diagnosis)
    if cause is None or not (cause.remedies and cause.remedies[0].document):
        return False
    return _points_at(name, cause)


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _providers_unread(case: Case) -> bool:
    there = case.snapshot.destination
    return isinstance(there.oidc_providers, Unread) and isinstance(there.saml_providers, Unread)


def _how_of_pod(doubt: Doubt, case: Case) -> str:
    """Say how associations are read: in the role's account, from the cluster that is named."""
    lacking = permissions_lacking(gap for gap in doubt.gaps if gap.gap is Gap.ACCESS_DENIED)
    if lacking:
        return f"xdiag's principal lacks {lacking}: grant it, then run again."
    pod = case.snapshot.source.pod
    named = "" if pod is not None and pod.cluster else "; name the cluster with `--cluster NAME`"
    return f"{_profile(_DEST, dest_account(case))} reads them{named}."


def _session(doubts: list[Doubt]) -> str:
    asked = [
        words
        for about, words in (
            (Layer.SESSION, "a session policy"),
            (Action.TAG_SESSION, "transitive tags"),
            (Action.SET_SOURCE_IDENTITY, "a source identity"),
            (Action.SET_CONTEXT, "a trusted identity context"),
        )
        if any(doubt.about is about for doubt in doubts)
    ]
    *most, last = asked
    return f"{', '.join(most)} or {last}" if most else last


def _of_layers(layers: list[Layer], doubts: list[Doubt], diagnosis: Diagnosis) -> Need:
    """Say how policies are read. Where a permission was missing, that is what to ask for."""
    case = diagnosis.case
    names = " and ".join(LAYER_WORDS[layer].whole for layer in layers)
    lacking = permissions_lacking(gap for doubt in doubts for gap in doubt.gaps if gap.gap is Gap.ACCESS_DENIED)
    grant = f" xdiag's principal lacks {lacking}: grant it, then run again." if lacking else ""
    match layers[0]:
        case Layer.TRUST:
            flag, account = _DEST, dest_account(case)
            ask = " Or ask its owner what it says."
            why = next((gap.detail for doubt in doubts for gap in doubt.gaps if gap.gap is Gap.NOT_SUPPLIED), "")
            exists = "" if isinstance(case.snapshot.destination.role, Known) else ", and whether the role exists"
            whole = f"The role's trust policy{f' ({why})' if why else ''}{exists}:"
        case Layer.IDENTITY | Layer.BOUNDARY:
            flag, account, ask = _SOURCE, source_account(case), ""
            whole = f"{names[:1].upper()}{names[1:]}:"
        case Layer.SCP | Layer.RCP:
            return _of_guardrails(layers, lacking, case)
        case Layer.ENDPOINT:
            return Need(
                "Does the call go through a VPC endpoint for STS?",
                "If so, `--vpc-endpoint ID`; if not, `--without endpoint`.",
                stated=True,
            )
        case Layer.SESSION:
            raise AssertionError("a session is asked about, not read")
        case _:
            assert_never(layers[0])
    return Need(whole, f"{grant.strip() or f'{_profile(flag, account)}.'}{ask}", (flag,))


def _of_management(layer: Layer, case: Case) -> Need:
    """Ask for the one account of an organization that its policies never reach.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    flag, account = (_SOURCE, source_account(case)) if layer is Layer.SCP else (_DEST, dest_account(case))
    what = f"Is account {iam_name(account)} the management account of its organization?"
    how = f"{in_backticks('aws organizations describe-organization')} there prints it as `MasterAccountId`"
    none = f"No {LAYER_WORDS[layer].policy} reaches that one."
    return Need(f"{what} {none}", f"{in_backticks(flag)} reads it. Or: {how}.", (flag,))


def _of_guardrails(layers: list[Layer], lacking: str, case: Case) -> Need:
    """Say whose profile reads SCPs and RCPs: no other account's, whatever it is granted, but a delegated one's.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_available-policies.html
    """
    sides = (case.snapshot.source if layer is Layer.SCP else case.snapshot.destination for layer in layers)
    read = [side.organization.value for side in sides if isinstance(side.organization, Known)]
    organization = next((one for one in read if one is not None), None)
    managing = iam_name(organization.management_account) if organization and organization.management_account else ""
    profile = f"`--org-profile ORG` (its management account{f' {managing}' if managing else ''}"
    how = f"{profile} or a delegated administrator; needs {lacking})." if lacking else f"{profile})."
    if organization is None:
        without = " ".join(f"--without {layer.value}" for layer in layers)
        how += f" No organization (see `aws organizations describe-organization`): `{without}`."
    policies = " and ".join(LAYER_WORDS[layer].policies for layer in layers)
    return Need(f"The organization's {policies}:", how, ("--org-profile ORG",))


def _profile(flag: str, account: str) -> str:
    return f"`{flag}` (account {iam_name(account)})"
