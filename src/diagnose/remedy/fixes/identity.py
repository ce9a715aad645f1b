"""The source's own policies: what they allow, and which of them count."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from diagnose.evaluate.action import covered
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved
from diagnose.model.policy import Policy, PolicyKind
from diagnose.model.trace import Action, Decision, Layer, Subject
from diagnose.model.words import LAYER_WORDS
from diagnose.remedy.case_edit import (
    edit_policy,
    editable_document,
    is_aws_managed,
    new_policy,
    new_policy_name,
    policies_in,
    same,
    stored_as,
    with_policy,
    with_source,
)
from diagnose.remedy.change import Attempt, Change, Draft, NewAttachment, NewMembership, VersionChange
from diagnose.remedy.document import JsonDict, add_statement, as_list, document_of, statements
from diagnose.remedy.least_statement import denied_besides, grant, named_actions
from diagnose.remedy.names import (
    PERMISSION_SET_POLICY,
    caller_of,
    destination_is_protected,
    permission_set,
    policy_phrase,
    principal_arn,
    source_is_protected,
    source_phrase,
)


def allow_role(subject: Subject, case: Case, decision: Decision) -> Iterator[Attempt]:
    """Grant what a call needs on one role: in the nearest policy that already speaks of it, else in one of its own."""
    yield from allow_in_identity(subject, case, denied_besides(subject.action, Layer.IDENTITY, decision, case))


def allow_in_identity(subject: Subject, case: Case, companions: Sequence[Action] = ()) -> Iterator[Attempt]:
    """Grant the subject's action, and those that belong to it, for any kind of remedy that comes to that.

    There is none on a role that AWS keeps to itself.
    """
    statement = grant(Layer.IDENTITY, subject.action, case, also=companions)
    if statement is None or source_is_protected(case) or destination_is_protected(case):
        yield NotProved.PROTECTED
        return
    what = f"allows {named_actions((subject.action, *companions))} on `{case.destination_arn}`"
    for policy in _nearest(subject, case):
        document = editable_document(case, Layer.IDENTITY, policy)
        if isinstance(document, NotProved):
            yield document
        else:
            shared = (
                ""
                if policy.kind is PolicyKind.INLINE
                else "; the change applies to everything that the policy is attached to"
            )
            text = f"In {policy_phrase(Layer.IDENTITY, policy, case)}, add a statement that {what}{shared}"
            yield edit_policy(case, Layer.IDENTITY, policy, add_statement(document, statement), text=text)
    name, where = PERMISSION_SET_POLICY, f"the permission set `{permission_set(case)}` in IAM Identity Center"
    if not permission_set(case):
        name, where = new_policy_name(subject.action, case), source_phrase(case)
    text = f"Give {where} an inline policy that {what}"
    yield new_policy(case, Layer.IDENTITY, statement, text=text, name=name, policy=PolicyKind.INLINE)


def set_default_version(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Make a version that was saved, but is not the default one, count."""
    layer = subject.layer or Layer.IDENTITY
    near = [subject.statement.policy] if subject.statement else []
    for policy in _unique([*near, *policies_in(case, layer)]):
        if is_aws_managed(policy):
            continue
        for saved in policy.other_versions:
            after = replace(policy, document=saved.document, version=saved.version, other_versions=())
            document = document_of(after)
            if document is None:
                yield NotProved.NOT_READABLE
                continue
            text = f"Make {saved.version} the default version of {policy_phrase(layer, policy, case)}"
            edited = with_policy(case, layer, policy, after)
            yield Draft(LAYER_WORDS[layer].owner, text, edited, VersionChange(after, document))


def attach_idle_policy(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Make a policy near the source count for it: join its group, or attach it."""
    arn, idle = principal_arn(case), case.snapshot.source.idle_policies
    if arn is None or permission_set(case) or source_is_protected(case):
        yield NotProved.PROTECTED if idle else NotProved.NO_EDIT
        return
    of_groups: dict[str, list[Policy]] = {}
    for policy in idle:
        of_groups.setdefault(policy.group, []).append(policy)
    for policy in idle:
        if policy.arn:
            text = f"Attach the managed policy `{policy.name}` to {source_phrase(case)}"
            yield _with_counted((policy,), case, text, NewAttachment(policy, arn))
        group = policy.group
        if group and of_groups[group][0] is policy:
            joined = tuple(of_groups[group])
            text = f"Add {source_phrase(case)} to the group `{group}`; all permissions of the group come with it"
            yield _with_counted(joined, case, text, NewMembership(caller_of(case).name, group))


def _with_counted(moved: tuple[Policy, ...], case: Case, text: str, change: Change) -> Draft:
    source = case.snapshot.source
    policies, counted = source.identity_policies, {id(policy) for policy in moved}
    edited = replace(
        source,
        identity_policies=replace(policies, policies=(*policies.policies, *moved)),
        idle_policies=tuple(policy for policy in source.idle_policies if id(policy) not in counted),
    )
    return Draft(LAYER_WORDS[Layer.IDENTITY].owner, text, with_source(case, edited), change)


def _nearest(subject: Subject, case: Case) -> Iterable[Policy]:
    """Give the source's own policies that speak of assuming roles, the subject's first and inline ones before managed.

    A group's policy would grant the same to its other members.
    """
    own = [policy for policy in policies_in(case, Layer.IDENTITY) if not policy.group]
    speaking = [policy for policy in own if _speaks_of_roles(document_of(policy))]
    if permission_set(case):
        speaking = [policy for policy in own if policy.name == PERMISSION_SET_POLICY]
    meant = subject.statement.policy if subject.statement and subject.layer is Layer.IDENTITY else None
    return sorted(
        speaking,
        key=lambda policy: (not (meant and same(policy, meant)), policy.kind is not PolicyKind.INLINE),
    )


def _speaks_of_roles(document: JsonDict | None) -> bool:
    actions = [
        action
        for statement in (statements(document) if document else ())
        if statement.get("Effect") == "Allow"
        for action in as_list(statement.get("Action"))
        if isinstance(action, str)
    ]
    return any(action.lower().startswith("sts:") and covered(action) for action in actions)


def _unique(policies: Iterable[Policy]) -> list[Policy]:
    distinct: dict[object, Policy] = {}
    for policy in policies:
        distinct.setdefault(stored_as(policy), policy)
    return list(distinct.values())
