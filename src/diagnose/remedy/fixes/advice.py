"""Remedies that are not edits of a case: wait, ask, grant xdiag a permission."""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from diagnose.evaluate.reported_error import aws_answer
from diagnose.model.arn import account_of, parse_role
from diagnose.model.case import Case
from diagnose.model.diagnosis import Letter, Owner, account_behind
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.key_state import ConditionKey
from diagnose.model.operation import Operation
from diagnose.model.placeholder import may_become
from diagnose.model.policy import LANGUAGE_WITH_VARIABLES, Policy, PolicyKind, raw_document
from diagnose.model.trace import (
    Action,
    BrokenStatement,
    Comparison,
    Decision,
    Doubt,
    Effect,
    Element,
    Gate,
    Layer,
    StatementTrace,
    Subject,
)
from diagnose.model.trace_words import wanted_words
from diagnose.model.tri import NO, UNKNOWN, YES
from diagnose.model.words import LAYER_WORDS, OWNER_WORDS
from diagnose.remedy.change import Draft, Unseen
from diagnose.remedy.document import JsonDict
from diagnose.remedy.least_statement import grant
from diagnose.remedy.names import policy_phrase, source_phrase

_SEND = "and give the answer to xdiag in a case file (`--case`)"


def an_allow_helps(case: Case) -> bool:
    """Say whether a permission may help: not where AWS named a Deny, or a policy that only limits."""
    error = aws_answer(case)
    return error is not None and not (error.says_explicit or error.layer in _LIMITS)


def wait_for_propagation(_subject: Subject, _case: Case, _decision: Decision) -> Iterator[Draft]:
    """Try again: IAM is eventually consistent.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html
    """
    text = "Wait a few minutes, then retry with increasing delays: IAM changes take seconds to minutes to take effect"
    yield Draft(Owner.CALLER, text)


def ask_owner(subject: Subject, case: Case, decision: Decision) -> Iterator[Draft]:
    """Ask whoever owns the policy, or the role, whether this request is meant to be refused.

    The owner of a policy that was not read is asked for it; the owner of a trust policy is also told what it must hold.
    """
    layer = subject.layer
    if layer is Layer.TRUST and isinstance(case.snapshot.destination.trust_policy, Unread):
        yield from _what_trust_must_hold(case, decision)
    owner = LAYER_WORDS[layer].owner if layer is not None else Owner.DESTINATION
    words = OWNER_WORDS[owner]
    whom, verb = words.asked.format(account=f"`{account_behind(owner, case)}`"), words.verb
    if layer is not None and subject.statement is None and any(_gaps(decision, layer)):
        text = f"Ask {whom} for {_all_of(layer, case)}, {_SEND}"
        yield Draft(owner, text, letter=Letter.POLICIES)
        return
    source, role = f"`{case.source_arn}`", f"`{case.destination_arn}`"
    if layer is not None and subject.statement is not None and subject.statement.effect is Effect.DENY:
        where = policy_phrase(layer, subject.statement.policy, case)
        text = (
            f"Decide whether {source} is meant to be denied by {_deny(subject.statement)} in {where}; if not, exempt it"
        )
        yield Draft(owner, text, letter=Letter.DENY)
        return
    does = "pass" if subject.action is Action.PASS_ROLE or case.request.operation is Operation.PASS_ROLE else "assume"
    if layer is None:
        text = f"Ask {whom}, who {verb} the role {role}, whether {source} is meant to {does} it"
    elif layer is Layer.ENDPOINT:
        text = f"Ask {whom} whether {source} is meant to {does} {role} through it"
    else:
        what = policy_phrase(layer, subject.statement.policy, case) if subject.statement else _one_of(layer, case)
        text = f"Ask {whom}, who {verb} {what}, whether {source} is meant to {does} {role}"
    yield Draft(owner, text)


def _deny(statement: StatementTrace) -> str:
    """Name a Deny, with the conditions under which it applies."""
    name = _deny_name(statement)
    tests = " and ".join(
        f"`{element.operator}` `{element.key}` `{wanted_words(element)}`"
        for element in statement.elements
        if element.element is Element.CONDITION
    )
    return f"{name} (where {tests})" if tests else name


def _deny_name(statement: StatementTrace) -> str:
    return f"the Deny `{statement.sid}`" if statement.sid else f"the Deny in statement {statement.index + 1}"


def _what_trust_must_hold(case: Case, decision: Decision) -> Iterator[Draft]:
    """Write the least trust policy that lets exactly this caller in, for every action that the call needs."""
    needed = [decided.action for decided in decision.actions if decided.needed is YES]
    statements = [statement for action in needed if (statement := grant(Layer.TRUST, action, case)) is not None]
    if not statements:
        return
    document: JsonDict = {"Version": LANGUAGE_WITH_VARIABLES, "Statement": list(statements)}
    policy = Policy(parse_role(case.destination_arn).name, raw_document(document), PolicyKind.TRUST)
    destination = replace(case.snapshot.destination, trust_policy=Known(policy))
    edited = replace(case, snapshot=replace(case.snapshot, destination=destination))
    role = case.destination_arn
    text = (
        f"Ask the owner of account `{account_of(role)}` whether the trust policy of `{role}` allows "
        f"`{case.source_arn}`: it must contain a statement such as this one, and no Deny that applies"
    )
    yield Draft(Owner.DESTINATION, text, edited, Unseen(document), letter=Letter.STATEMENT)


def grant_reader_permission(subject: Subject, case: Case, decision: Decision) -> Iterator[Draft]:
    """Grant xdiag's own principal what it lacked to read, and nothing else.

    Where there were no credentials, more permissions do not help: it takes a profile of that account.
    """
    gaps = [*(_gaps(decision, subject.layer) if subject.layer is not None else _unread(case))]
    barred = [gap for gap in gaps if gap.permission and _a_grant_is_idle(gap)]
    gaps = [gap for gap in gaps if gap not in barred]
    for permission in dict.fromkeys(gap.permission for gap in barred):
        text = (
            f"Read it as another principal: AWS denies `{permission}` to this one by a policy that no grant overrides"
        )
        yield Draft(Owner.XDIAG, text)
    lacking = dict.fromkeys(
        (gap.permission, gap.subject) for gap in gaps if gap.permission and gap.gap is not Gap.NO_CREDENTIALS
    )
    to_us = [pair for pair in lacking if not _for_administrators(pair[0])]
    to_administrators = [pair for pair in lacking if _for_administrators(pair[0])]
    grants = [
        *([f"{_permissions(to_us)} to the principal that xdiag uses to read"] if to_us else []),
        *([f"{_permissions(to_administrators)} {_TO_ADMINISTRATORS}"] if to_administrators else []),
    ]
    if grants:
        text = f"Grant {', and '.join(grants)}, and run xdiag again"
        yield Draft(Owner.XDIAG, text)
    if any(gap.gap is Gap.NO_CREDENTIALS for gap in gaps) and subject.layer in _PROFILES:
        flag, arn = _PROFILES[subject.layer], case.source_arn
        account = account_of(case.destination_arn if flag == "--dest-profile" else arn)
        text = f"Run xdiag again with a working profile of account `{account}` as `{flag}`"
        yield Draft(Owner.XDIAG, text)


_LIMITS = (Layer.SCP, Layer.RCP, Layer.BOUNDARY, Layer.SESSION, Layer.ENDPOINT)


def _a_grant_is_idle(gap: Unread) -> bool:
    """Say whether AWS refused to let something be read by a Deny, or by a policy that only limits."""
    if not gap.detail:
        return False
    from diagnose.model.error_text.parser import parse_errors

    return any(error.says_explicit or error.layer in _LIMITS for error in parse_errors(gap.detail))


_PROFILES = {Layer.TRUST: "--dest-profile", Layer.IDENTITY: "--source-profile", Layer.BOUNDARY: "--source-profile"}

_TO_ADMINISTRATORS = (
    "to a principal of the organization's management account or of a delegated administrator "
    "(pass its profile as `--org-profile`)"
)


def _for_administrators(permission: str) -> bool:
    """Say whether only an organization's administrators can use a permission.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_available-policies.html
    """
    return permission.startswith("organizations:") and permission != "organizations:DescribeOrganization"


def _permissions(named: Sequence[tuple[str, str]]) -> str:
    """Name each permission once, with what it is for."""
    uses: dict[str, list[str]] = {}
    for permission, subject in named:
        uses.setdefault(permission, []).extend([subject] if subject else [])
    return " and ".join(
        f"`{permission}`" + (f" (for {_several(subjects)})" if subjects else "")
        for permission, subjects in uses.items()
    )


def _several(subjects: Sequence[str]) -> str:
    """Name two things of many: each stands among what could not be seen."""
    *most, last = subjects if len(subjects) < 4 else (*subjects[:2], f"{len(subjects) - 2} more")
    return f"{', '.join(most)} and {last}" if most else last


def give_evidence(subject: Subject, _case: Case, decision: Decision) -> Iterator[Draft]:
    """Give xdiag what is not known: the flags for it, of the finding's conditions or layer, or of everything."""
    keys = open_keys(subject)
    words_of_each = dict.fromkeys(
        words
        for doubt in decision.doubts
        if doubt.matters is not NO and _is_of(doubt, subject, keys)
        for words in _statement_of(doubt)
    )
    if words_of_each:
        statements, more = list(words_of_each), len(words_of_each) - _MOST_STATED
        if more > 1:
            statements = [*statements[:_MOST_STATED], f"and {more:,} more, which the report lists as unknown"]
        yield Draft(Owner.XDIAG, f"Give xdiag {'; '.join(statements)}")


def open_keys(subject: Subject) -> frozenset[str]:
    """Name the keys, in lower case, on which it depends whether what a finding is about stands in the way."""
    compared = (subject.element,) if subject.element else subject.statement.elements if subject.statement else ()
    return frozenset(one.key.lower() for one in compared if one.element is Element.CONDITION and one.verdict is UNKNOWN)


def _is_of(doubt: Doubt, subject: Subject, keys: frozenset[str]) -> bool:
    if keys:
        return isinstance(doubt.about, ConditionKey) and doubt.about.name.lower() in keys
    return doubt.about is subject.layer if subject.layer else not isinstance(doubt.about, Layer)


def _statement_of(doubt: Doubt) -> Iterator[str]:
    """Name the flags that state one unknown."""
    match doubt.about:
        case ConditionKey(name=name):
            yield f"`--context {name}=VALUE`, or `--context {name}=` if the request has none"
        case Layer() as layer:
            live = f"with `{_READ_WITH[layer]}` or " if layer in _READ_WITH else ""
            none = f", or `--without {layer}` if there is none" if layer in _STATED_AS_NONE else ""
            yield f"the {LAYER_WORDS[layer].policies} {live}in a case file (`--case`){none}"
        case Action():
            yield "`--without session` if the caller's session has neither transitive tags nor a source identity"
        case Gate() | Comparison() | BrokenStatement():
            return


_MOST_STATED = 8
"""Unknowns that are named: every finding would name them all."""
_READ_WITH = {Layer.SCP: "--org-profile", Layer.RCP: "--org-profile", Layer.ENDPOINT: "--vpc-endpoint"}
_STATED_AS_NONE = (Layer.SCP, Layer.RCP, Layer.ENDPOINT, Layer.SESSION)


def correct_document(subject: Subject, case: Case, decision: Decision) -> Iterator[Draft]:
    """Point at what AWS rejects in a policy document, and at the values that a Deny was never given."""
    yield from _filled_in(subject, case)
    for problem in decision.problems:
        if subject.layer in (None, problem.layer):
            words = policy_phrase(problem.layer, problem.policy, case)
            where = f", at `{problem.pointer}`" if problem.pointer else ""
            text = f"Correct {words}{where}: {problem.message}"
            yield Draft(LAYER_WORDS[problem.layer].owner, text)


def _filled_in(subject: Subject, case: Case) -> Iterator[Draft]:
    """Ask for the values that a Deny spares, where placeholders stand in their place: those that may be the caller's.

    Where none may be, filling in would leave the caller denied.
    """
    statement, element = subject.statement, subject.element
    if statement is None or element is None or statement.effect is not Effect.DENY:
        return
    known = (element.got,) if isinstance(element.got, str) else element.got.known
    value = known[0] if known is not None and len(known) == 1 else ""
    waiting = [wanted for wanted in element.wanted if may_become(wanted, value)]
    if waiting:
        where = policy_phrase(statement.layer, statement.policy, case)
        values = ", ".join(f"`{value}`" for value in waiting)
        text = f"In {where}, fill in {values} of {_deny_name(statement)}: as it stands it describes nobody"
        yield Draft(LAYER_WORDS[statement.layer].owner, text)


def _gaps(decision: Decision, layer: Layer) -> Iterator[Unread]:
    for decided in decision.actions:
        for trace in decided.layers:
            if trace.layer is layer:
                for level in trace.levels:
                    yield from level.unread


def _unread(value: object) -> Iterator[Unread]:
    """Give all that is missing from a case, wherever it stands."""
    if isinstance(value, Unread):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _unread(getattr(value, name))
    elif isinstance(value, tuple):
        for member in value:
            yield from _unread(member)


def _one_of(layer: Layer, case: Case) -> str:
    return _all_of(layer, case) if layer is Layer.TRUST else f"the {LAYER_WORDS[layer].policy}"


def _all_of(layer: Layer, case: Case) -> str:
    """Name all that a layer takes together, for somebody who is to send it."""
    match layer:
        case Layer.TRUST:
            return f"the trust policy of the role `{case.destination_arn}`"
        case Layer.IDENTITY:
            return f"all policies of {source_phrase(case)}"
        case Layer.BOUNDARY:
            return f"the permissions boundary of {source_phrase(case)}, if it has one"
        case Layer.SCP:
            return f"the service control policies that apply to account `{account_of(case.source_arn)}`"
        case Layer.RCP:
            return f"the resource control policies that apply to account `{account_of(case.destination_arn)}`"
        case Layer.ENDPOINT:
            return "its policy"
        case Layer.SESSION:
            return "the session policy that it was started with, if there is one"
