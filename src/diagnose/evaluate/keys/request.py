"""The condition keys that tell of the parameters, the role, the network and the time.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from collections.abc import Callable
from datetime import UTC, datetime

from diagnose.evaluate.call import Call
from diagnose.evaluate.keys.principal import id_of, paths_in
from diagnose.evaluate.keys.service import passed_by_service, services_tag
from diagnose.model.arn import CallerKind
from diagnose.model.case import GLOBAL_REGION, Endpoint
from diagnose.model.evidence import Known
from diagnose.model.key_state import ABSENT, PRESENT, UNKNOWN_STATE, State, UnknownState, tag_state


def external_id(call: Call) -> State:
    """As it is passed; the console passes none."""
    value = call.case.request.parameters.external_id
    return ABSENT if value is None or call.by_console else (value,)


def session_name(call: Call) -> State:
    """Always sent. The console takes an IAM user's name for it."""
    if call.by_console:
        return (call.caller.name,) if call.caller.kind is CallerKind.USER else PRESENT
    name = call.case.request.parameters.session_name
    return PRESENT if name is None else (name,)


def source_identity(call: Call) -> State:
    """`sts:SourceIdentity`: the one that is passed, or else the inherited one."""
    value = call.case.request.parameters.source_identity
    if value is None or call.by_console:
        passed = passed_by_service(call.case.snapshot.source, call.caller)
        return PRESENT if passed is not None and passed.source_identity else call.inherited_source_identity
    return (value,)


def request_tag(call: Call, tag: str) -> State:
    """A tag passed now. Whether one that is handed on shows here as well is not documented."""
    if value := tag_state(call.sent_tags, tag):
        return value
    if call.caller.kind is CallerKind.SERVICE:
        return services_tag(call, tag.lower())
    inherited = call.inherited_tag_keys
    if inherited is None:
        return UNKNOWN_STATE
    if tag not in inherited:
        return ABSENT
    session = call.case.snapshot.source.session.tags
    value = tag_state(session.value, tag) if isinstance(session, Known) else ABSENT
    return UnknownState((value, ABSENT)) if value else UNKNOWN_STATE


def tag_keys(call: Call) -> State:
    """The keys of all tags that are passed. Whether those that are handed on are among them is not documented."""
    return _with_inherited(call, tuple(call.sent_tags))


def transitive_tag_keys(call: Call) -> State:
    """The keys of those that are to be handed on; of those that already were, the same is not documented."""
    return _with_inherited(call, call.case.request.parameters.transitive_tag_keys if call.sent_tags else ABSENT)


def context_providers(call: Call) -> State:
    """The ARNs of the providers whose contexts are passed."""
    return tuple(given.provider_arn for given in call.case.request.parameters.provided_contexts)


def provided_context(call: Call, _: str) -> State:
    """What a provider says of the user is in its token, which is not taken apart."""
    return UNKNOWN_STATE if call.case.request.parameters.provided_contexts else ABSENT


def source_ip(call: Call) -> State:
    """The public address; a VPC endpoint hides it."""
    endpoint = _endpoint(call)
    if endpoint is None:
        return PRESENT
    return UNKNOWN_STATE if isinstance(endpoint, UnknownState) else ABSENT


def vpc_source_ip(call: Call) -> State:
    """The private address, which only a VPC endpoint sees."""
    return _at_endpoint(call, lambda _: "")


def source_vpc(call: Call) -> State:
    """The VPC of the VPC endpoint that the request travels through."""
    return _at_endpoint(call, lambda endpoint: endpoint.vpc)


def source_vpce(call: Call) -> State:
    """The VPC endpoint that the request travels through."""
    return _at_endpoint(call, lambda endpoint: endpoint.id)


def requested_region(call: Call) -> State:
    """The Region of the endpoint; `us-east-1` for every request to the global endpoint.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
    """
    region = call.case.request.region
    if not region:
        return PRESENT
    return ("us-east-1",) if region == GLOBAL_REGION else (region,)


def current_time(call: Call) -> State:
    """When the evidence was read, which is when the call is taken to be made."""
    return (call.case.snapshot.taken_at,) if call.case.snapshot.taken_at else PRESENT


def epoch_time(call: Call) -> State:
    """The same in seconds."""
    try:
        moment = datetime.fromisoformat(call.case.snapshot.taken_at)
    except ValueError:
        return PRESENT
    return (str(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())),)


def referer(call: Call) -> State:
    """Browsers alone send it."""
    return UNKNOWN_STATE if call.by_console else ABSENT


def true(_: Call) -> State:
    """Of what holds for every request: STS has no endpoint without TLS."""
    return ("true",)


def false(_: Call) -> State:
    """Of what holds for no request of a case: each is made by the caller itself."""
    return ("false",)


def some_value(_: Call) -> State:
    """Of what is always sent, and which nobody knows."""
    return PRESENT


def absent(_: Call) -> State:
    """Of what no request of a case carries."""
    return ABSENT


def roles_tag(call: Call, tag: str) -> State:
    """The role's tags; an inherited session tag replaces one of them before the trust policy is read.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
    """
    inherited = call.inherited_tag_keys
    if inherited is None:
        return UNKNOWN_STATE
    if tag in inherited:
        session = call.case.snapshot.source.session.tags
        return tag_state(session.value, tag) if isinstance(session, Known) else PRESENT
    role = call.case.snapshot.destination.role
    tags = role.value.tags if isinstance(role, Known) and role.value else None
    return tag_state(tags.value, tag) if isinstance(tags, Known) else UNKNOWN_STATE


def roles_account(call: Call) -> State:
    """Twelve digits."""
    return (call.role.account,)


def roles_organization(call: Call) -> State:
    """The role's account may be in another organization than the caller's, or in none."""
    return id_of(call.case.snapshot.destination.organization)


def roles_organization_path(call: Call) -> State:
    """The role's account may be in another organization than the caller's, or in none."""
    return paths_in(call.case.snapshot.destination.organization)


def _with_inherited(call: Call, sent: tuple[str, ...]) -> State:
    """Give keys of tags, with and without those that are inherited from the caller's session."""
    if not sent and passed_by_service(call.case.snapshot.source, call.caller) is not None:
        return UNKNOWN_STATE
    inherited = call.inherited_tag_keys
    if inherited is None:
        return UNKNOWN_STATE
    if not inherited:
        return sent
    tags = call.case.snapshot.source.session.tags
    names = {name.lower(): name for name in tags.value} if isinstance(tags, Known) else {}
    return UnknownState((sent, (*sent, *(names.get(key, key) for key in inherited))))


def _at_endpoint(call: Call, value_at: Callable[[Endpoint], str]) -> State:
    """Give a value of the endpoint, some value where that is empty; a request past every endpoint has none."""
    endpoint = _endpoint(call)
    if endpoint is None:
        return ABSENT
    if isinstance(endpoint, UnknownState):
        return UNKNOWN_STATE
    value = value_at(endpoint)
    return (value,) if value else PRESENT


def _endpoint(call: Call) -> Endpoint | UnknownState | None:
    evidence = call.case.snapshot.endpoint
    return evidence.value if isinstance(evidence, Known) else UNKNOWN_STATE
