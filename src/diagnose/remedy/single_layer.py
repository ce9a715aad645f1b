"""A case in which every layer but one stands open, so that this one alone decides."""

from collections.abc import Iterator, Mapping
from itertools import product

from msgspec import Raw
from msgspec.structs import replace

from diagnose.evaluate.caller import Caller
from diagnose.evaluate.keys.table import WHO_CALLS, group_of
from diagnose.evaluate.memo import Memo
from diagnose.model.arn import CallerKind, parse_role
from diagnose.model.case import Case, DestinationSide, Endpoint, Request, Session, SourceSide, Via
from diagnose.model.condition_keys import KeyGroup
from diagnose.model.evidence import Evidence, Known
from diagnose.model.policy import LANGUAGE_WITH_VARIABLES, Policy, PolicyKind, PolicySet, raw_document
from diagnose.model.trace import Layer
from diagnose.remedy.case_edit import with_each_policy
from diagnose.remedy.document import JsonDict, add_statement, apply_patch, document_of
from diagnose.remedy.names import values_of

_EVERYTHING = raw_document(
    {"Version": LANGUAGE_WITH_VARIABLES, "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
_EVERYBODY = raw_document(
    {
        "Version": LANGUAGE_WITH_VARIABLES,
        "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
    }
)
ALLOWS_ALL = PolicySet((Policy("AllowsAll", _EVERYTHING),))
_WITHOUT_PRINCIPAL = (Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION, Layer.SCP)
_MFA_PRESENT, _MFA_AGE = "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"


def with_only(case: Case, source: SourceSide, layer: Layer) -> Case:
    """Let `source` make the request of a case, with every layer open but `layer`."""
    snapshot = case.snapshot
    return replace(
        case,
        request=_request(case),
        snapshot=replace(
            snapshot,
            source=source if layer is Layer.SCP else replace(source, scps=Known(())),
            destination=_destination(case, source, layer),
            endpoint=snapshot.endpoint if layer is Layer.ENDPOINT else _open_endpoint(snapshot.endpoint),
        ),
    )


def granting(case: Case, layer: Layer) -> Case:
    """Let every policy of a layer allow everything besides what it says, so that its Deny statements alone decide."""
    whom: JsonDict = {} if layer in _WITHOUT_PRINCIPAL else {"Principal": "*"}
    what: JsonDict = {} if layer is Layer.TRUST else {"Resource": "*"}
    everything: JsonDict = {"Effect": "Allow", "Action": "*", **whom, **what}

    def grant(policy: Policy) -> Policy:
        content = bytes(policy.document), layer
        granted = _granting.find(content)
        if granted is None:
            granted = _granting.offer(content, _with_statement(policy, everything), len(content[0]))
        return replace(policy, document=granted)

    return with_each_policy(case, layer, grant)


_granting: Memo[Raw] = Memo(at_once=True)
"""By document and layer: each draft of an edit is compared with what there was before."""


def _with_statement(policy: Policy, statement: JsonDict) -> Raw:
    """Add a statement to a policy's document; one that cannot be edited stays as it is."""
    document = document_of(policy)
    if document is None:
        return policy.document
    return raw_document(apply_patch(document, add_statement(document, statement)))


def session_without_policies(source: SourceSide) -> Session:
    """Give the source's session without its session policies; what is not known of it is taken not to be there."""
    session = source.session
    return replace(
        session,
        policies=PolicySet(),
        tags=session.tags if isinstance(session.tags, Known) else Known({}),
        transitive_tag_keys=session.transitive_tag_keys
        if isinstance(session.transitive_tag_keys, Known)
        else Known(()),
        source_identity=session.source_identity if isinstance(session.source_identity, Known) else Known(None),
    )


def with_fewer_companions(case: Case) -> Iterator[Case]:
    """Give the case, and for every choice of what the call passes and hands on one that leaves it out.

    A call that needs fewer actions passes policies that this one does not.
    """
    seen: list[Case] = []
    for left_out in product((False, True), repeat=3):
        made = _without(case, *left_out)
        if made not in seen:
            seen.append(made)
            yield made


def trust_in(source: SourceSide, role_arn: str) -> Policy:
    """Write a trust policy that leaves everything to the source's own policies."""
    caller = Caller(source, Via.API).before(parse_role(role_arn))
    principal = (
        {"Service": caller.name}
        if caller.kind is CallerKind.SERVICE
        else {"Federated": caller.provider}
        if caller.federated
        else {"AWS": caller.account}
    )
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:*"}
    return Policy("Open", raw_document({"Version": LANGUAGE_WITH_VARIABLES, "Statement": statement}), PolicyKind.TRUST)


def _without(case: Case, tags: bool, source_identity: bool, contexts: bool) -> Case:
    """Leave out of a call, and of what the session hands on, the tags, the source identity, the contexts."""
    parameters, source = case.request.parameters, case.snapshot.source
    session = source.session
    if tags:
        parameters = replace(parameters, tags={}, transitive_tag_keys=())
        session = replace(session, transitive_tag_keys=Known(()))
    if source_identity:
        parameters = replace(parameters, source_identity=None)
        session = replace(session, source_identity=Known(None))
    if contexts:
        parameters = replace(parameters, provided_contexts=())
    return replace(
        case,
        request=replace(case.request, parameters=parameters),
        snapshot=replace(case.snapshot, source=replace(source, session=session)),
    )


def _request(case: Case) -> Request:
    """Make the call so that nothing but policies decides: the role as IAM has it, no duration, MFA as it is."""
    request = case.request
    mfa = values_of(_MFA_PRESENT, case)
    stated: Mapping[str, tuple[str, ...]] = {
        key: values
        for key, values in request.context.items()
        if group_of(key) not in WHO_CALLS and group_of(key) is not KeyGroup.MFA
    }
    if mfa is not None:
        stated = {**stated, _MFA_PRESENT: mfa, _MFA_AGE: ("0",) if mfa == ("true",) else ()}
    parameters = replace(request.parameters, mfa_serial=None, mfa_code_sent=False, duration_seconds=None)
    return replace(
        request, role_arn=case.destination_arn, via=Via.API, signed_in_as=None, parameters=parameters, context=stated
    )


def _destination(case: Case, source: SourceSide, layer: Layer) -> DestinationSide:
    destination = case.snapshot.destination
    trust = destination.trust_policy if layer is Layer.TRUST else Known(trust_in(source, case.destination_arn))
    return replace(destination, trust_policy=trust, rcps=destination.rcps if layer is Layer.RCP else Known(()))


def _open_endpoint(endpoint: Evidence[Endpoint | None]) -> Evidence[Endpoint | None]:
    """Keep the way that the request takes, which conditions see, but not the endpoint's policy."""
    if not isinstance(endpoint, Known) or endpoint.value is None:
        return Known(None)
    policy = Policy("Open", _EVERYBODY, PolicyKind.ENDPOINT)
    return Known(replace(endpoint.value, policy=Known(policy)))
