"""Says yes or no to a case in which everything is known: AWS's published procedure, as plainly as it can be written.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Callable, Iterator, Sequence

from tests.naive.request import ASSUME, CONTEXT, IDENTIFY, TAG, Call, OpenQuestionError, UnsettledError, value_of
from tests.naive.statements import Statement, is_about, reached, statements

from diagnose.model.arn import CallerKind, parse_role
from diagnose.model.case import Case, Origin
from diagnose.model.policy import Policy, PolicySet
from diagnose.model.trace import Action

Policies = Sequence[Policy]


def allowed(case: Case) -> bool:
    """Say whether AWS allows the request.

    Raises UnsettledError where two readings of AWS's documentation lead to two answers.
    """
    answers = _answers(case)
    if len({answer for _, answer in answers}) == 2:
        raise UnsettledError("; ".join(f"{'yes' if answer else 'no'} if {reading}" for reading, answer in answers))
    return answers[0][1]


def open_questions(case: Case) -> set[str]:
    """Name what AWS's documentation leaves open and the request touches upon, whether or not it matters."""
    return {question for reading, _ in _answers(case) for question in reading}


def _answers(case: Case) -> list[tuple[dict[str, bool], bool]]:
    """Answer in every reading of what the documentation leaves open, as questions come up."""
    answers: list[tuple[dict[str, bool], bool]] = []
    readings: list[dict[str, bool]] = [{}]
    while readings:
        reading = readings.pop()
        try:
            answers.append((reading, _answer(case, reading)))
        except OpenQuestionError as question:
            readings += [{**reading, str(question): answer} for answer in (False, True)]
    return answers


def _answer(case: Case, reading: dict[str, bool]) -> bool:
    call = Call(case, ASSUME, reading)
    return (
        _well_formed(call)
        and _may_call(call)
        and _role_is_there(call)
        and all(_authorised(Call(case, action, reading)) for action in _actions(call))
        and _duration_fits(call)
    )


def _actions(call: Call) -> Iterator[Action]:
    yield ASSUME
    if call.sent.tags or call.inherited:
        yield TAG
    if call.sent.source_identity or value_of(call.session.source_identity):
        yield IDENTIFY
    if call.sent.provided_contexts:
        yield CONTEXT


def _well_formed(call: Call) -> bool:
    """Check the parameters.

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    sent = call.sent
    name, identity, duration = sent.session_name or "", sent.source_identity, sent.duration_seconds
    keys, inherited = [k.lower() for k in sent.tags], [k.lower() for k in call.inherited]
    fixed = value_of(call.session.source_identity)
    mfa_account = (sent.mfa_serial or "").split(":")[4:5]
    return (
        re.fullmatch(r"[\w+=,.@-]{2,64}", name, re.ASCII) is not None
        and (identity is None or re.fullmatch(r"(?!aws:)[\w+=,.@-]{2,64}", identity, re.ASCII) is not None)
        and (sent.external_id is None or re.fullmatch(r"[\w+=,.@:/-]{2,1224}", sent.external_id, re.ASCII) is not None)
        and (duration is None or 900 <= duration <= 43200)
        and len(set(keys)) == len(keys)
        and {k.lower() for k in sent.transitive_tag_keys} <= set(keys)
        and not set(keys) & set(inherited)
        and (fixed is None or identity in (None, fixed))
        and (sent.mfa_serial is not None) == sent.mfa_code_sent
        and (sent.mfa_serial is None or (call.is_user and mfa_account == [call.caller.account]))
    )


def _may_call(call: Call) -> bool:
    if call.caller.kind in (CallerKind.ROOT, CallerKind.FEDERATED_USER):
        return False
    if call.caller.partition != call.role_name.partition:
        return False
    return call.is_service or value_of(call.source.principal) is not None


def _role_is_there(call: Call) -> bool:
    role = value_of(call.destination.role)
    if role is None or role.arn != call.case.request.role_arn or call.role_name.path.startswith("/aws-reserved/"):
        return False
    return call.is_service or not call.role_name.path.startswith("/aws-service-role/")


def _duration_fits(call: Call) -> bool:
    """Check the duration, of which a service may ask what it likes.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html
    """
    duration = call.sent.duration_seconds or 3600
    if call.is_service:
        return True
    if call.origin is Origin.CONSOLE and duration > 3600 and call.read_so("a console session is chained"):
        return False
    chained = call.is_role or call.origin is Origin.GET_SESSION_TOKEN
    return duration <= (3600 if chained else value_of(call.role.max_session_seconds))


def _authorised(call: Call) -> bool:
    """Decide one action: no Deny anywhere, and every layer that must allow it does."""
    source, destination = call.source, call.destination
    endpoint, boundary = value_of(call.case.snapshot.endpoint), value_of(source.boundary)
    scps = [_all(level.policies) for level in value_of(source.scps)] if _scps_apply(call) else []
    rcps = [_all(level.policies) for level in value_of(destination.rcps)] if _rcps_apply(call) else []
    gateway = [[value_of(endpoint.policy)]] if endpoint else []
    trust = [value_of(destination.trust_policy)]
    identity = _all(source.identity_policies)
    limits: list[Policies] = [[boundary]] if boundary else []
    limits += [_all(source.session.policies)] if source.session.policies.policies else []

    with_principal, without = [trust, *gateway, *rcps], [identity, *limits, *scps]
    if any(_applies(call, policies, "Deny", reached) for policies in with_principal):
        return False
    if any(_applies(call, policies, "Deny") for policies in without):
        return False
    if not all(_applies(call, policies, "Allow") for policies in scps):
        return False
    if not all(_applies(call, policies, "Allow", reached) for policies in [*rcps, *gateway]):
        return False
    return _trusted(
        call,
        trust=_applies(call, trust, "Allow", reached),
        identity=bool(_applies(call, identity, "Allow")),
        limits=all(_applies(call, policies, "Allow") for policies in limits),
    )


def _trusted(call: Call, *, trust: set[str], identity: bool, limits: bool) -> bool:
    """Weigh the ways in which the trust policy means the caller against the caller's own policies.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    if call.is_service:
        return "service" in trust or ("any" in trust and call.read_so("everyone may be a service"))
    if call.caller.account != call.role_name.account:
        return bool(trust) and identity and limits
    if not trust and call.is_role and call.principal.arn == call.role.arn:
        return identity and limits and call.read_so("the role is one of those that still may assume themselves")
    return (
        bool(trust & {"user", "session"})
        or ("any" in trust and (limits or call.read_so("everyone needs no leave of a limit")))
        or ("role" in trust and limits)
        or ("account" in trust and identity and limits)
    )


def _scps_apply(call: Call) -> bool:
    """SCPs bind the accounts of an organization but its management account, and no service-linked role."""
    organization = value_of(call.source.organization)
    manages = organization is not None and organization.management_account == call.caller.account
    return not (call.is_service or manages or _is_service_linked_caller(call))


def _rcps_apply(call: Call) -> bool:
    """RCPs guard what is in the member accounts, save from and for service-linked roles."""
    organization = value_of(call.destination.organization)
    manages = organization is not None and organization.management_account == call.role_name.account
    service_linked = call.role_name.path.startswith("/aws-service-role/")
    return not (manages or _is_service_linked_caller(call) or (call.is_service and service_linked))


def _is_service_linked_caller(call: Call) -> bool:
    return call.is_role and parse_role(call.principal.arn).path.startswith("/aws-service-role/")


def _all(policies: PolicySet) -> Policies:
    assert not policies.unread
    return policies.policies


def _applies(
    call: Call,
    policies: Policies,
    effect: str,
    principals: Callable[[Call, Statement], set[str]] | None = None,
) -> set[str]:
    """Give the ways in which statements of an effect mean the request; none where no statement does."""
    kinds: set[str] = set()
    for statement, variables in statements(policies, effect):
        means = principals(call, statement) if principals else {"any"}
        if means and is_about(call, statement, variables):
            kinds |= means
    return kinds
