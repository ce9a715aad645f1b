"""The condition keys that tell of the parameters, the role, the network and the time.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from collections.abc import Callable
from datetime import UTC, datetime

from diagnose.evaluate.organization_keys import organization_id, organization_paths
from diagnose.evaluate.scene import Scene
from diagnose.evaluate.state import ABSENT, ANYTHING, SOME_VALUE, Maybe, State, tag_state
from diagnose.model.arn import CallerKind
from diagnose.model.case import GLOBAL_REGION, Endpoint
from diagnose.model.evidence import Known


def _external_id(scene: Scene) -> State:
    value = scene.case.request.parameters.external_id
    return ABSENT if value is None or scene.by_console else (value,)


def _session_name(scene: Scene) -> State:
    """Always sent. The console takes an IAM user's name for it."""
    if scene.by_console:
        return (scene.asker.name,) if scene.asker.kind is CallerKind.USER else SOME_VALUE
    name = scene.case.request.parameters.session_name
    return SOME_VALUE if name is None else (name,)


def _source_identity(scene: Scene) -> State:
    value = scene.case.request.parameters.source_identity
    if value is None or scene.by_console:
        return scene.inherited_source_identity
    return (value,)


def _request_tag(scene: Scene, tag: str) -> State:
    """A tag passed now. Whether one that is handed on shows here as well is not documented."""
    if value := tag_state(scene.sent_tags, tag):
        return value
    inherited = scene.inherited_tag_keys
    return ANYTHING if inherited is None or tag in inherited else ABSENT


def _tag_keys(scene: Scene) -> State:
    return ANYTHING if scene.inherited_tag_keys != () else tuple(scene.sent_tags)


def _transitive_tag_keys(scene: Scene) -> State:
    if scene.inherited_tag_keys != ():
        return ANYTHING
    return scene.case.request.parameters.transitive_tag_keys if scene.sent_tags else ABSENT


def _context_providers(scene: Scene) -> State:
    return tuple(given.provider_arn for given in scene.case.request.parameters.provided_contexts)


def _request_context(scene: Scene, _: str) -> State:
    return ANYTHING if scene.case.request.parameters.provided_contexts else ABSENT


def _resource_tag(scene: Scene, tag: str) -> State:
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


def _endpoint(scene: Scene) -> Endpoint | Maybe | None:
    evidence = scene.case.snapshot.endpoint
    return evidence.value if isinstance(evidence, Known) else ANYTHING


def _source_ip(scene: Scene) -> State:
    endpoint = _endpoint(scene)
    if endpoint is None:
        return SOME_VALUE
    return ANYTHING if isinstance(endpoint, Maybe) else ABSENT


def _through_endpoint(attribute: str) -> Callable[[Scene], State]:
    def derive(scene: Scene) -> State:
        endpoint = _endpoint(scene)
        if endpoint is None:
            return ABSENT
        if isinstance(endpoint, Maybe):
            return ANYTHING
        value: str = getattr(endpoint, attribute) if attribute else ""
        return (value,) if value else SOME_VALUE

    return derive


def _region(scene: Scene) -> State:
    """The Region of the endpoint; `us-east-1` for every request to the global endpoint.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
    """
    region = scene.case.request.region
    if not region:
        return SOME_VALUE
    return ("us-east-1",) if region == GLOBAL_REGION else (region,)


def _current_time(scene: Scene) -> State:
    return (scene.case.snapshot.taken_at,) if scene.case.snapshot.taken_at else SOME_VALUE


def _epoch_time(scene: Scene) -> State:
    try:
        moment = datetime.fromisoformat(scene.case.snapshot.taken_at)
    except ValueError:
        return SOME_VALUE
    return (str(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())),)


def _always(*values: str) -> Callable[[Scene], State]:
    return lambda _: values


def _some_value(_: Scene) -> State:
    return SOME_VALUE


def _referer(scene: Scene) -> State:
    return ANYTHING if scene.by_console else ABSENT


REQUEST_KEYS: dict[str, Callable[[Scene], State]] = {
    "sts:externalid": _external_id,
    "sts:rolesessionname": _session_name,
    "sts:sourceidentity": _source_identity,
    "aws:tagkeys": _tag_keys,
    "sts:transitivetagkeys": _transitive_tag_keys,
    "sts:requestcontextproviders": _context_providers,
    "aws:sourceip": _source_ip,
    "aws:vpcsourceip": _through_endpoint(""),
    "aws:sourcevpc": _through_endpoint("vpc"),
    "aws:sourcevpce": _through_endpoint("id"),
    "aws:requestedregion": _region,
    "aws:securetransport": _always("true"),
    "aws:currenttime": _current_time,
    "aws:epochtime": _epoch_time,
    "aws:useragent": _some_value,
    "aws:referer": _referer,
    "aws:viaawsservice": _always("false"),
    "aws:resourceaccount": lambda scene: (scene.role.account,),
    "aws:resourceorgid": lambda scene: organization_id(scene.case.snapshot.destination.organization),
    "aws:resourceorgpaths": lambda scene: organization_paths(scene.case.snapshot.destination.organization),
}

REQUEST_TAGS: dict[str, Callable[[Scene, str], State]] = {
    "aws:requesttag": _request_tag,
    "aws:resourcetag": _resource_tag,
    "iam:resourcetag": _resource_tag,
    "sts:requestcontext": _request_context,
}
