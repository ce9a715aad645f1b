"""The two ends of a request in words: who calls, which role, in which accounts, with what."""

import re
from typing import assert_never

from diagnose.errors import XdiagError
from diagnose.model.arn import CallerArn, CallerKind, account_of, parse_caller, parse_role
from diagnose.model.case import GLOBAL_REGION, Case, Via
from diagnose.model.diagnosis import Agreement, AwsAnswer, Diagnosis, Owner, Verdict
from diagnose.model.operation import Operation
from diagnose.model.trace import Action
from diagnose.model.tri import Tri
from diagnose.model.words import OWNER_WORDS
from diagnose.report.enough import MOST_LISTED, first_of_many
from diagnose.report.safe_text import in_backticks

_VIA = {Via.API: "the API", Via.CLI: "the AWS CLI", Via.CONSOLE: "the console"}
_LEGAL = re.compile(r"[\w+=,.@/-]+", re.ASCII)


def headline(diagnosis: Diagnosis) -> str:
    """Say the verdict and both ends in one line, short enough for the title of a ticket.

    An error about something else comes first: the verdict is not about what failed.
    """
    return f"{_of_something_else(diagnosis)}{_headline(diagnosis)}"


def _headline(diagnosis: Diagnosis) -> str:
    if diagnosis.case.request.operation is Operation.PASS_ROLE:
        return _of_passing(diagnosis)
    source, role = source_name(diagnosis.case), destination_name(diagnosis.case)
    if diagnosis.refused_though_allowed:
        return f"{refused_words(diagnosis)}; the policies that were read allow {source} to assume {role}"
    answer = diagnosis.answer
    undecided = diagnosis.refused_though_open or diagnosis.verdict is Verdict.UNDETERMINED
    if undecided and answer is not None and answer.refuses:
        return _refused_undecided(answer, source, role)
    match diagnosis.verdict:
        case Verdict.DENIED:
            return f"DENIED: {source} cannot assume {role}"
        case Verdict.ALLOWED:
            return f"ALLOWED: {source} can assume {role}"
        case Verdict.UNDETERMINED:
            return f"UNDETERMINED: whether {source} can assume {role}"
        case _:
            assert_never(diagnosis.verdict)


def _of_something_else(diagnosis: Diagnosis) -> str:
    answer = diagnosis.answer
    if answer is None or diagnosis.verdict is Verdict.DENIED:
        return ""
    if answer.other_role:
        return f"The error is about {_role_name(answer.other_role)}, which was not asked about. "
    return (
        f"The error is about {in_backticks(answer.other_call)}, which was not asked about. "
        if answer.other_call
        else ""
    )


def _of_passing(diagnosis: Diagnosis) -> str:
    """Say whether somebody may pass a role to a service, and whether the service can assume it."""
    source, role = source_name(diagnosis.case), destination_name(diagnosis.case)
    service = diagnosis.case.request.parameters.passed_to
    verdicts = {decided.action: decided.verdict for decided in diagnosis.decision.actions}
    passed = f"{source} {{}} pass {role}{f' to {service}' if service else ''}"
    refused = diagnosis.answer is not None and diagnosis.answer.refuses
    match diagnosis.verdict:
        case Verdict.ALLOWED:
            return f"ALLOWED: {passed.format('can')}{', which can assume it' if service else ''}"
        case Verdict.DENIED if diagnosis.refused_though_allowed:
            return f"{refused_words(diagnosis)}; the policies that were read allow it: {passed.format('can')}"
        case Verdict.DENIED if verdicts.get(Action.PASS_ROLE) is Tri.NO or Action.ASSUME_ROLE not in verdicts:
            return f"DENIED{' by AWS' if refused else ''}: {passed.format('cannot')}"
        case Verdict.DENIED if verdicts[Action.ASSUME_ROLE] is Tri.NO:
            return f"DENIED: {service} cannot assume {role}, whoever passes it"
        case Verdict.DENIED if refused:
            return f"DENIED by AWS: {passed.format('could not')}"
        case Verdict.DENIED:
            return f"DENIED: {passed.format('cannot')}"
        case Verdict.UNDETERMINED:
            whether = f"UNDETERMINED: whether {passed.format('can')}"
            return f"{whether}, and whether {service} can assume it" if service else whether
        case _:
            assert_never(diagnosis.verdict)


def refused_words(diagnosis: Diagnosis) -> str:
    """Say that AWS refused the request, and whether that is a denial by its policies, as far as the error tells."""
    answer = diagnosis.answer
    code = f" ({in_backticks(answer.code)})" if answer is not None and answer.code else ""
    match answer.by_policy if answer is not None else Tri.YES:
        case Tri.YES:
            return f"DENIED: AWS refused it{code}"
        case Tri.NO:
            return f"FAILED: AWS refused it{code}, though not because of a policy"
        case Tri.UNKNOWN:
            return f"FAILED: AWS refused it{code}, with an error that xdiag does not know"


def _refused_undecided(answer: AwsAnswer, source: str, role: str) -> str:
    """Say what is certain of a request that AWS refused, where the policies do not settle it: that, and how."""
    code = f" ({in_backticks(answer.code)})" if answer.code else ""
    if answer.by_policy is Tri.YES:
        return f"DENIED by AWS{code}: {source} cannot assume {role}"
    return f"FAILED{code}: {source} could not assume {role}"


def source_name(case: Case) -> str:
    """Name the caller: `role ci/deployer (111111111111)`."""
    arn = case.source_arn
    try:
        caller = parse_caller(arn)
    except XdiagError:
        return in_backticks(arn)
    return _caller_name(caller)


def destination_name(case: Case) -> str:
    """Name the destination: `role Deploy (222222222222)`."""
    return _role_name(case.request.role_arn)


def _role_name(arn: str) -> str:
    try:
        role = parse_role(arn)
    except XdiagError:
        return in_backticks(arn)
    return f"role {iam_name(role.path[1:] + role.name)} ({role.account})"


def iam_name(name: str) -> str:
    """Set a name off by backticks where it holds anything that IAM does not allow in names."""
    return name if _LEGAL.fullmatch(name) else in_backticks(name)


def source_account(case: Case) -> str:
    """Give the caller's account, empty for a service or an ARN that cannot be read."""
    return account_of(case.snapshot.source.arn)


def dest_account(case: Case) -> str:
    """Give the role's account, empty for an ARN that cannot be read."""
    return account_of(case.request.role_arn)


def owner_name(owner: Owner, case: Case) -> str:
    """Name who can fix something."""
    source, destination = source_account(case) or "unknown", dest_account(case) or "unknown"
    if owner in (Owner.SOURCE, Owner.DESTINATION) and source == destination:
        return f"the owner of the account ({iam_name(source)})"
    return OWNER_WORDS[owner].reported.format(account=iam_name(source if owner is Owner.SOURCE else destination))


def ends(diagnosis: Diagnosis) -> tuple[tuple[str, str], ...]:
    """Set out both ends in full: ARNs, accounts, and what the request carries."""
    case = diagnosis.case
    rows = [("source", case.source_arn), ("destination", case.request.role_arn)]
    if case.source_arn != case.snapshot.source.arn:
        rows.insert(1, ("corrected", f"the source was given as {case.snapshot.source.arn}; IAM has it as above"))
    rows.append(("accounts", _accounts(diagnosis)))
    rows.append(("request", "; ".join(_request(case))))
    if diagnosis.answer is not None and diagnosis.answer.refuses and diagnosis.answer.masked:
        rows.append(("masked", "accounts in the error are masked: they may be these"))
    if case.request.signed_in_as:
        rows.append(("signed in as", case.request.signed_in_as))
    rows.append(("answer from", _authority(diagnosis)))
    if case.note:
        rows.append(("note", case.note))
    return tuple(rows)


def _caller_name(caller: CallerArn) -> str:
    name = iam_name(caller.path.lstrip("/") + caller.name)
    match caller.kind:
        case CallerKind.USER:
            return f"user {name} ({caller.account})"
        case CallerKind.ROLE:
            return f"role {name} ({caller.account})"
        case CallerKind.SESSION:
            return f"session {iam_name(caller.session)} of role {name} ({caller.account})"
        case CallerKind.ROOT:
            return f"the root user of {caller.account}"
        case CallerKind.FEDERATED_USER:
            return f"federated user {name} ({caller.account})"
        case CallerKind.SERVICE:
            return f"service {name}"
        case CallerKind.WEB_IDENTITY:
            return f"a token of {caller.name}"
        case CallerKind.SAML:
            return f"an assertion for SAML provider {name}"
        case _:
            assert_never(caller.kind)


def _accounts(diagnosis: Diagnosis) -> str:
    if diagnosis.case.request.operation is Operation.PASS_ROLE:
        return "the policies of whoever passes the role decide, then, for the service, its trust policy and RCPs"
    if diagnosis.case.request.operation is not Operation.ASSUME_ROLE:
        return "nobody signs the request: the identity provider, the trust policy and the role's RCPs decide"
    if not diagnosis.case.snapshot.source.arn.startswith("arn:"):
        return "an AWS service calls: the trust policy and the role's RCPs decide"
    if diagnosis.decision.same_account:
        return "one account"
    return "two accounts: both sides must allow the request"


def _request(case: Case) -> list[str]:
    """Say what the request carries, as far as a policy can ask for it."""
    sent = case.request.parameters
    if case.request.operation is Operation.PASS_ROLE:
        return [
            f"iam:PassRole to {sent.passed_to or 'a service that is not known'}",
            *([f"for {in_backticks(sent.associated_resource)}"] if sent.associated_resource is not None else []),
        ]
    parts = [f"sts:{case.request.operation} through {_VIA[case.request.via]}"]
    if case.request.region == GLOBAL_REGION:
        parts[0] += " at sts.amazonaws.com"
    elif case.request.region:
        parts[0] += f" in {iam_name(case.request.region)}"
    named = [
        ("session name", sent.session_name),
        ("external ID", sent.external_id),
        ("source identity", sent.source_identity),
        ("MFA device", sent.mfa_serial),
    ]
    parts += [f"{what} {in_backticks(value)}" for what, value in named if value is not None]
    if sent.duration_seconds is not None:
        parts.append(f"duration {sent.duration_seconds} seconds")
    tags = (f"tag {in_backticks(f'{key}={value}')}" for key, value in sent.tags.items())
    return [*parts, *first_of_many(tags, MOST_LISTED)]


def _authority(diagnosis: Diagnosis) -> str:
    """Say whose answer the verdict is."""
    match diagnosis.agreement:
        case Agreement.AGREES:
            return "AWS; the policies say the same"
        case Agreement.SETTLES:
            return "AWS; the policies alone do not settle it"
        case Agreement.CONTRADICTS:
            return "AWS; xdiag computed the opposite"
        case Agreement.NOT_MADE | Agreement.INCONCLUSIVE if diagnosis.refused_though_allowed:
            return "AWS, which refused it; the policies that were read allow it"
        case Agreement.NOT_MADE | Agreement.INCONCLUSIVE if diagnosis.refused_though_open:
            return "AWS, which refused it; the policies alone do not settle it"
        case Agreement.NOT_MADE if diagnosis.answer is not None and diagnosis.answer.refuses:
            return "AWS, which refused it; what was read says the same"
        case Agreement.NOT_MADE:
            return "what was read; the request itself was not tried"
        case Agreement.INCONCLUSIVE:
            return "what was read; AWS was asked, but its answer was neither yes nor no"
        case _:
            assert_never(diagnosis.agreement)
