"""What is set on a user or a role besides policies: tags, the maximum session duration, its existence."""

from collections.abc import Iterator

from msgspec.structs import replace

from diagnose.evaluate.gates import LONGEST_MAXIMUM, SHORTEST_MAXIMUM
from diagnose.evaluate.operations import OPERATIONS
from diagnose.evaluate.pattern import has_wildcard
from diagnose.model.case import Case, Principal, Role
from diagnose.model.diagnosis import NotProved, Owner
from diagnose.model.evidence import Evidence, Known
from diagnose.model.policy import LANGUAGE_WITH_VARIABLES, Policy, PolicyKind, raw_document
from diagnose.model.trace import Decision, Layer, Subject
from diagnose.remedy.case_edit import policies_in, with_destination, with_source
from diagnose.remedy.change import Attempt, Draft, MaximumChange, NewRole, TagChange
from diagnose.remedy.document import JsonDict, document_of
from diagnose.remedy.fixes.parameters import limited_by_chaining, wanted_values, without_overrides
from diagnose.remedy.least_statement import grant, nearest_conditions
from diagnose.remedy.names import permission_set, source_is_protected, source_phrase


def raise_role_maximum(_subject: Subject, case: Case, decision: Decision) -> Iterator[Attempt]:
    """Let sessions of the role last as long as was asked for, which is twelve hours at most.

    Where the caller's credentials limit the session to an hour, no maximum of the role changes that.
    """
    if limited_by_chaining(decision):
        yield NotProved.CHANGES_NOTHING
        return
    requested, role = case.request.parameters.duration_seconds, _role(case)
    if requested is None or role is None or requested > LONGEST_MAXIMUM:
        if not isinstance(case.snapshot.destination.role, Known):
            yield NotProved.NOT_READ
        return
    maximum = role.max_session_seconds
    if isinstance(maximum, Known) and maximum.value >= requested:
        return
    text = f"Raise the maximum session duration of the role `{role.arn}` to {requested} seconds"
    yield Draft(
        Owner.DESTINATION,
        text,
        _with_role(case, replace(role, max_session_seconds=Known(requested))),
        MaximumChange(role.arn, requested),
    )


def tag_principal(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Set the tag that the condition wants on the source."""
    evidence = case.snapshot.source.principal
    principal = evidence.value if isinstance(evidence, Known) else None
    key = _tag(subject, "aws:principaltag")
    if not key:
        return
    if source_is_protected(case) or permission_set(case):
        yield NotProved.PROTECTED
        return
    if principal is None:
        yield NotProved.NO_EDIT if isinstance(evidence, Known) else NotProved.NOT_READ
        return
    for value in wanted_values(subject):
        if has_wildcard(value) or "${" in value:
            continue
        tagged: Principal = replace(principal, tags=_with_tag(principal.tags, key, value))
        edited = with_source(case, replace(case.snapshot.source, principal=Known(tagged)))
        edited = without_overrides(edited, (f"aws:PrincipalTag/{key}",))
        text = f"Tag {source_phrase(case)} with `{key}` = `{value}`; other policies may depend on that tag, too"
        yield Draft(Owner.SOURCE, text, edited, TagChange(principal.arn, key, value))


def tag_role(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Set the tag that the condition wants on the destination."""
    role = _role(case)
    key = _tag(subject, "aws:resourcetag") or _tag(subject, "iam:resourcetag")
    if not key:
        return
    if role is None:
        yield NotProved.NO_EDIT if isinstance(case.snapshot.destination.role, Known) else NotProved.NOT_READ
        return
    for value in wanted_values(subject):
        if has_wildcard(value) or "${" in value:
            continue
        edited = _with_role(case, replace(role, tags=_with_tag(role.tags, key, value)))
        edited = without_overrides(edited, (f"aws:ResourceTag/{key}", f"iam:ResourceTag/{key}"))
        text = f"Tag the role `{role.arn}` with `{key}` = `{value}`; other policies may depend on that tag, too"
        yield Draft(Owner.DESTINATION, text, edited, TagChange(role.arn, key, value))


def create_role(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Create the role that was asked for, trusting exactly the caller, under the conditions of its old trust policy."""
    old = next(policies_in(case, Layer.TRUST), None)
    condition = nearest_conditions(document_of(old) or {}, case) if old else None
    statement = grant(Layer.TRUST, OPERATIONS[case.request.operation].action, case, condition)
    existing, arn = case.snapshot.destination.role, case.request.role_arn
    if isinstance(existing, Known) and existing.value is not None:
        return
    if statement is None:
        yield NotProved.CALLER_NOT_NAMEABLE
        return
    document: JsonDict = {"Version": LANGUAGE_WITH_VARIABLES, "Statement": [statement]}
    trust = Policy(name=arn.rpartition("/")[2], document=raw_document(document), kind=PolicyKind.TRUST)
    created = Role(arn=arn, tags=Known({}), max_session_seconds=Known(SHORTEST_MAXIMUM))
    edited = with_destination(case, replace(case.snapshot.destination, role=Known(created), trust_policy=Known(trust)))
    text = f"Create the role `{arn}` with a trust policy that allows exactly this caller, if the ARN is right"
    yield Draft(Owner.DESTINATION, text, edited, NewRole(arn, document))


def _role(case: Case) -> Role | None:
    role = case.snapshot.destination.role
    return role.value if isinstance(role, Known) else None


def _with_role(case: Case, role: Role) -> Case:
    return with_destination(case, replace(case.snapshot.destination, role=Known(role)))


def _tag(subject: Subject, family: str) -> str:
    """Give the tag key in the subject's condition key, empty where that is of another kind."""
    prefix, _, key = (subject.element.key if subject.element else "").partition("/")
    return key if prefix.lower() == family else ""


def _with_tag(tags: Evidence[object], key: str, value: str) -> Known[dict[str, str]]:
    others = tags.value if isinstance(tags, Known) and isinstance(tags.value, dict) else {}
    return Known({**{name: text for name, text in others.items() if name.lower() != key.lower()}, key: value})
