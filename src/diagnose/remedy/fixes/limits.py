"""What only limits: boundaries, service control policies, endpoint policies, session policies."""

from collections.abc import Iterator

from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.policy import Policy, PolicyKind
from diagnose.model.trace import Decision, Layer, Subject
from diagnose.remedy.case_edit import edit_policy, editable_document, level_of, new_policy, policies_in, same
from diagnose.remedy.change import Attempt
from diagnose.remedy.document import add_statement, statements
from diagnose.remedy.least_statement import grant
from diagnose.remedy.names import destination_name, in_policy_phrase, level_phrase, principal_name


def allow_in_boundary(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Let the boundary pass one action on one role; it grants nothing by that."""
    yield from _allowed(Layer.BOUNDARY, subject, case)


def add_companion_to_boundary(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Let the boundary pass a companion of sts:AssumeRole on one role."""
    yield from _allowed(Layer.BOUNDARY, subject, case)


def allow_in_endpoint(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Let the endpoint pass one caller to one role."""
    yield from _allowed(Layer.ENDPOINT, subject, case)


def allow_in_session(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Start the caller's session again, with a session policy that allows the action; a live one cannot be edited."""
    yield from _allowed(Layer.SESSION, subject, case)


def allow_in_scp(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Allow one action on one role at the level that lacks it; every level must allow it.

    Since September 2025 an Allow in an SCP may name a resource.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
    """
    yield from _allowed(Layer.SCP, subject, case)
    statement, level = grant(Layer.SCP, subject.action, case), level_of(case, subject.level)
    if statement is None or level is None:
        return
    what = f"allows `{subject.action}` on `{case.destination_arn}`"
    yield new_policy(
        case,
        Layer.SCP,
        statement,
        text=f"Attach a service control policy to {level_phrase(level)} that {what}",
        name=f"Allow{subject.action.partition(':')[2]}-{destination_name(case)}"[:128],
        policy=PolicyKind.SCP,
        level=level.target,
    )


def _allowed(layer: Layer, subject: Subject, case: Case) -> Iterator[Attempt]:
    statement = grant(layer, subject.action, case)
    if statement is None:
        yield NotProved.CALLER_NOT_NAMEABLE
        return
    for policy in _nearest(layer, subject, case):
        document = editable_document(case, layer, policy)
        if isinstance(document, NotProved):
            yield document
            continue
        if not any(one.get("Effect") == "Allow" for one in statements(document)):
            continue
        whom = "" if layer is not Layer.ENDPOINT else f" for `{principal_name(case)}`"
        what = f"add a statement that allows `{subject.action}` on `{case.destination_arn}`{whom}"
        text = f"{in_policy_phrase(layer, policy, case)}, {what}"
        yield edit_policy(case, layer, policy, add_statement(document, statement), text=text)


def _nearest(layer: Layer, subject: Subject, case: Case) -> list[Policy]:
    """Give the policies of the layer, or of its level, that one that the finding speaks of first."""
    meant = subject.statement.policy if subject.statement else None
    policies = policies_in(case, layer, subject.level)
    return sorted(policies, key=lambda policy: not (meant and same(policy, meant)))
