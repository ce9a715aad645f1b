"""The condition keys that tell of the parameters, the role, the network and the time.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from collections.abc import Callable
from datetime import UTC, datetime

from diagnose.evaluate.call import Scene
from diagnose.evaluate.keys.principal import id_of, paths_in
from diagnose.model.arn import CallerKind
from diagnose.model.case import GLOBAL_REGION, Endpoint
from diagnose.model.evidence import Known
from diagnose.model.key_state import ABSENT, ANYTHING, SOME_VALUE, Maybe, State, tag_state


def external_id(scene: Scene) -> State:
    """As it is passed; the console passes none."""
    value = scene.case.request.parameters.external_id
    return ABSENT if value is None or scene.by_console else (value,)


def session_name(scene: Scene) -> State:
    """Always sent. The console takes an IAM user's name for it."""
    if scene.by_console:
        return (scene.asker.name,) if scene.asker.kind is CallerKind.USER else SOME_VALUE
    name = scene.case.request.parameters.session_name
    return SOME_VALUE if name is None else (name,)


def source_identity(scene: Scene) -> State:
    """`sts:SourceIdentity`: the one that is passed, or else the one that the session hands on."""
    value = scene.case.request.parameters.source_identity
    if value is None or scene.by_console:
        return scene.inherited_source_identity
    return (value,)


def request_tag(scene: Scene, tag: str) -> State:
    """A tag passed now. Whether one that is handed on shows here as well is not documented."""
    if value := tag_state(scene.sent_tags, tag):
        return value
    inherited = scene.inherited_tag_keys
    return ANYTHING if inherited is None or tag in inherited else ABSENT


def tag_keys(scene: Scene) -> State:
    """The keys of all tags that are passed."""
    return ANYTHING if scene.inherited_tag_keys != () else tuple(scene.sent_tags)


def transitive_tag_keys(scene: Scene) -> State:
    """The keys of those that are to be handed on."""
    if scene.inherited_tag_keys != ():
        return ANYTHING
    return scene.case.request.parameters.transitive_tag_keys if scene.sent_tags else ABSENT


def context_providers(scene: Scene) -> State:
    """The ARNs of the providers whose contexts are passed."""
    return tuple(given.provider_arn for given in scene.case.request.parameters.provided_contexts)


def provided_context(scene: Scene, _: str) -> State:
    """What a provider says of the user is in its token, which is not taken apart."""
    return ANYTHING if scene.case.request.parameters.provided_contexts else ABSENT


def source_ip(scene: Scene) -> State:
    """The public address; a VPC endpoint hides it."""
    endpoint = _endpoint(scene)
    if endpoint is None:
        return SOME_VALUE
    return ANYTHING if isinstance(endpoint, Maybe) else ABSENT


def vpc_source_ip(scene: Scene) -> State:
    """The private address, which only a VPC endpoint sees."""
    return _at_endpoint(scene, lambda _: "")


def source_vpc(scene: Scene) -> State:
    """The VPC of the VPC endpoint that the request travels through."""
    return _at_endpoint(scene, lambda endpoint: endpoint.vpc)


def source_vpce(scene: Scene) -> State:
    """The VPC endpoint that the request travels through."""
    return _at_endpoint(scene, lambda endpoint: endpoint.id)


def requested_region(scene: Scene) -> State:
    """The Region of the endpoint; `us-east-1` for every request to the global endpoint.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
    """
    region = scene.case.request.region
    if not region:
        return SOME_VALUE
    return ("us-east-1",) if region == GLOBAL_REGION else (region,)


def current_time(scene: Scene) -> State:
    """When the evidence was read, which is when the call is taken to be made."""
    return (scene.case.snapshot.taken_at,) if scene.case.snapshot.taken_at else SOME_VALUE


def epoch_time(scene: Scene) -> State:
    """The same in seconds."""
    try:
        moment = datetime.fromisoformat(scene.case.snapshot.taken_at)
    except ValueError:
        return SOME_VALUE
    return (str(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())),)


def referer(scene: Scene) -> State:
    """Browsers alone send it."""
    return ANYTHING if scene.by_console else ABSENT


def true(_: Scene) -> State:
    """Of what holds for every request: STS has no endpoint without TLS."""
    return ("true",)


def false(_: Scene) -> State:
    """Of what holds for no request that xdiag is asked about: each is made by the caller itself."""
    return ("false",)


def some_value(_: Scene) -> State:
    """Of what is always sent, and which nobody knows."""
    return SOME_VALUE


def absent(_: Scene) -> State:
    """Of what no request carries that xdiag is asked about."""
    return ABSENT


def roles_tag(scene: Scene, tag: str) -> State:
    """The role's tags, over which a tag that the caller's session hands on wins, before the trust policy is read.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
    """
    inherited = scene.inherited_tag_keys
    if inherited is None:
        return ANYTHING
    if tag in inherited:
        session = scene.case.snapshot.source.session.tags
        return tag_state(session.value, tag) if isinstance(session, Known) else SOME_VALUE
    role = scene.case.snapshot.destination.role
    tags = role.value.tags if isinstance(role, Known) and role.value else None
    return tag_state(tags.value, tag) if isinstance(tags, Known) else ANYTHING


def roles_account(scene: Scene) -> State:
    """Twelve digits."""
    return (scene.role.account,)


def roles_organization(scene: Scene) -> State:
    """The role's account may be in another organization than the caller's, or in none."""
    return id_of(scene.case.snapshot.destination.organization)


def roles_organization_path(scene: Scene) -> State:
    """The role's account may be in another organization than the caller's, or in none."""
    return paths_in(scene.case.snapshot.destination.organization)


def _at_endpoint(scene: Scene, value_at: Callable[[Endpoint], str]) -> State:
    """Give a value of the endpoint, some value where that is empty; a request past every endpoint has none."""
    endpoint = _endpoint(scene)
    if endpoint is None:
        return ABSENT
    if isinstance(endpoint, Maybe):
        return ANYTHING
    value = value_at(endpoint)
    return (value,) if value else SOME_VALUE


def _endpoint(scene: Scene) -> Endpoint | Maybe | None:
    evidence = scene.case.snapshot.endpoint
    return evidence.value if isinstance(evidence, Known) else ANYTHING
