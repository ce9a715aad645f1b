"""The request context: every condition key, KNOWN, ABSENT or UNKNOWN, derived when it is first asked for.

A state is a tuple of values (empty: the key is known to be absent) or a `Maybe`.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from diagnose.evaluate import keys
from diagnose.evaluate.caller import Asker
from diagnose.model.arn import CallerKind, RoleName
from diagnose.model.case import Case, Endpoint, Organization, Origin, Via
from diagnose.model.evidence import Evidence, Known


class Maybe:
    """A key whose state is not known.

    `options` are the states it can have, None where it can have any; `present` says that it has a value,
    whatever that is; `prefix` is how the value is known to begin.
    """

    __slots__ = ("options", "prefix", "present")

    def __init__(
        self, options: tuple[tuple[str, ...], ...] | None = None, *, present: bool = False, prefix: str = ""
    ) -> None:
        """Describe what is known of the unknown."""
        self.options, self.present, self.prefix = options, present or bool(prefix), prefix


State: TypeAlias = tuple[str, ...] | Maybe
ABSENT: tuple[str, ...] = ()
ANYTHING = Maybe()
SOME_VALUE = Maybe(present=True)
_FALSE_OR_ABSENT = Maybe((("false",), ABSENT))


class Context(dict[str, State]):
    """Condition keys, in lower case, to their states."""

    def __init__(self, case: Case, asker: Asker, role: RoleName) -> None:
        """Take over what the case states; all else is derived when it is first asked for."""
        super().__init__()
        self.case, self.asker, self.role = case, asker, role
        for key, values in case.request.context.items():
            self[key.lower()] = tuple(values)
        for key in case.request.unknown:
            self[key.lower()] = ANYTHING

    def __missing__(self, key: str) -> State:
        """Derive a key."""
        state = self[key] = self._derived(key)
        return state

    def _derived(self, key: str) -> State:
        derive = _KEYS.get(key)
        if derive is not None:
            return derive(self)
        prefix, slash, tag = key.partition("/")
        if slash and (derive_tag := _TAGS.get(prefix)) is not None:
            return derive_tag(self, tag)
        if keys.is_federation_key(key):
            return _federation(self)
        return ABSENT

    def origin_is(self, *origins: Origin) -> bool | None:
        """Say whether the credentials came about in one of these ways; None where that is not known."""
        if self.asker.origin is None:
            return None
        return self.asker.origin in origins


def inherited_tag_keys(context: Context) -> tuple[str, ...] | None:
    """Give the keys (lower case) of the tags that the caller's session hands on; None where not known.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
    """
    if not context.asker.has_role:
        return ()
    evidence = context.case.snapshot.source.session.transitive_tag_keys
    return tuple(key.lower() for key in evidence.value) if isinstance(evidence, Known) else None


def inherited_source_identity(context: Context) -> State:
    """Give the source identity that the caller's session carries and hands on."""
    if not context.asker.has_role:
        return ABSENT
    evidence = context.case.snapshot.source.session.source_identity
    if not isinstance(evidence, Known):
        return ANYTHING
    return ABSENT if evidence.value is None else (evidence.value,)


def sent_tags(context: Context) -> Mapping[str, str]:
    """Give the session tags passed in this call; the console passes none."""
    request = context.case.request
    return {} if request.via is Via.CONSOLE else request.parameters.tags


# Principal keys


def _principal_arn(context: Context) -> State:
    arn = context.asker.principal_arn
    if arn is not None:
        return (arn,)
    return ABSENT if context.asker.kind is CallerKind.SERVICE else SOME_VALUE


def _principal_account(context: Context) -> State:
    return (context.asker.account,) if context.asker.account else ANYTHING


def _organization_id(evidence: Evidence[Organization | None]) -> State:
    if not isinstance(evidence, Known):
        return ANYTHING
    return ABSENT if evidence.value is None else (evidence.value.id,)


def _organization_paths(evidence: Evidence[Organization | None]) -> State:
    if not isinstance(evidence, Known):
        return ANYTHING
    if evidence.value is None:
        return ABSENT
    return (evidence.value.path,) if evidence.value.path else Maybe(prefix=f"{evidence.value.id}/")


def _principal_org_id(context: Context) -> State:
    if context.asker.kind is CallerKind.SERVICE:
        return ABSENT
    return _organization_id(context.case.snapshot.source.organization)


def _principal_org_paths(context: Context) -> State:
    if context.asker.kind is CallerKind.SERVICE:
        return ABSENT
    return _organization_paths(context.case.snapshot.source.organization)


_PRINCIPAL_TYPES = {
    CallerKind.USER: "User",
    CallerKind.ROLE: "AssumedRole",
    CallerKind.SESSION: "AssumedRole",
    CallerKind.ROOT: "Account",
    CallerKind.FEDERATED_USER: "FederatedUser",
}


def _principal_type(context: Context) -> State:
    name = _PRINCIPAL_TYPES.get(context.asker.kind)
    return (name,) if name else ANYTHING


def _user_id(context: Context) -> State:
    asker = context.asker
    match asker.kind:
        case CallerKind.USER:
            return (asker.unique_id,) if asker.unique_id else Maybe(prefix="AIDA")
        case CallerKind.SESSION:
            return (f"{asker.unique_id}:{asker.session_name}",) if asker.unique_id else Maybe(prefix="AROA")
        case CallerKind.ROLE:
            return Maybe(prefix=f"{asker.unique_id}:" if asker.unique_id else "AROA")
        case CallerKind.ROOT:
            return (asker.account,)
        case CallerKind.FEDERATED_USER:
            return (f"{asker.account}:{asker.name}",)
        case CallerKind.SERVICE:
            return ANYTHING


def _user_name(context: Context) -> State:
    return (context.asker.name,) if context.asker.kind is CallerKind.USER else ABSENT


def _is_service(context: Context) -> State:
    return ("true" if context.asker.kind is CallerKind.SERVICE else "false",)


def _service_name(context: Context) -> State:
    return (context.asker.name,) if context.asker.kind is CallerKind.SERVICE else ABSENT


def _for_services(context: Context) -> State:
    return ANYTHING if context.asker.kind is CallerKind.SERVICE else ABSENT


def _principal_tag(context: Context, tag: str) -> State:
    """A user's tags; a role's tags, over which the session's tags win."""
    asker, source = context.asker, context.case.snapshot.source
    if asker.kind not in (CallerKind.USER, CallerKind.ROLE, CallerKind.SESSION):
        return ABSENT
    if asker.has_role:
        session = source.session.tags
        if not isinstance(session, Known):
            return ANYTHING
        if value := _lookup(session.value, tag):
            return value
    principal = source.principal
    tags = principal.value.tags if isinstance(principal, Known) and principal.value else None
    return _lookup(tags.value, tag) if isinstance(tags, Known) else ANYTHING


def _lookup(tags: Mapping[str, str], tag: str) -> tuple[str, ...]:
    """Find a tag, whose key is compared without regard to case."""
    return next(((value,) for key, value in tags.items() if key.lower() == tag), ABSENT)


# Session keys


def _token_issue_time(context: Context) -> State:
    if context.origin_is(Origin.LONG_TERM):
        return ABSENT
    if issued := context.case.snapshot.source.session.issued_at:
        return (issued,)
    return SOME_VALUE if context.asker.has_role or context.asker.origin in _TEMPORARY else ANYTHING


_TEMPORARY = (Origin.GET_SESSION_TOKEN, Origin.CONSOLE)


def _sends_mfa(context: Context) -> bool:
    parameters = context.case.request.parameters
    return bool(parameters.mfa_serial and parameters.mfa_code_sent) and context.case.request.via is not Via.CONSOLE


def _mfa_present(context: Context) -> State:
    """`aws:MultiFactorAuthPresent`, which accompanies temporary credentials and never survives a hop.

    AWS's pages disagree on whether the sessions of roles carry it as `false` or not at all.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    asker, mfa = context.asker, context.case.snapshot.source.session.mfa
    match asker.kind:
        case CallerKind.SERVICE:
            return ABSENT
        case CallerKind.ROLE | CallerKind.SESSION:
            return ("false",) if asker.origin is Origin.EC2 else _FALSE_OR_ABSENT
        case CallerKind.ROOT | CallerKind.FEDERATED_USER:
            return ANYTHING
        case CallerKind.USER:
            pass
    if _sends_mfa(context):
        return ("true",)
    if asker.origin is Origin.LONG_TERM:
        return ABSENT
    if isinstance(mfa, Known):
        if mfa.value:
            return ("true",)
        return ("false",) if asker.origin in _TEMPORARY else _FALSE_OR_ABSENT
    return Maybe((("true",), ("false",))) if asker.origin in _TEMPORARY else Maybe((("true",), ("false",), ABSENT))


def _mfa_age(context: Context) -> State:
    present = context["aws:multifactorauthpresent"]
    if present == ("true",):
        if _sends_mfa(context):
            return ("0",)
        age = context.case.snapshot.source.session.mfa_age
        return SOME_VALUE if age is None else (str(age),)
    return ANYTHING if isinstance(present, Maybe) and present is not _FALSE_OR_ABSENT else ABSENT


def _callers_source_identity(context: Context) -> State:
    return inherited_source_identity(context)


def _federated_provider(context: Context) -> State:
    if context.asker.kind is CallerKind.USER or context.origin_is(Origin.ASSUME_ROLE, Origin.EC2, Origin.SERVICE):
        return ABSENT
    return SOME_VALUE if context.origin_is(Origin.WEB_IDENTITY) else ANYTHING


def _of_instances(context: Context) -> State:
    if not context.asker.has_role:
        return ABSENT
    is_instance = context.origin_is(Origin.EC2)
    if is_instance is None:
        return ANYTHING
    return SOME_VALUE if is_instance else ABSENT


def _assumed_root(context: Context) -> State:
    return ("true",) if context.origin_is(Origin.ASSUME_ROOT) else ABSENT


def _of_products(context: Context) -> State:
    """Keys that only particular products set: chat, `aws login`, IAM Identity Center."""
    if context.asker.kind is CallerKind.SERVICE or context.origin_is(Origin.LONG_TERM, Origin.EC2):
        return ABSENT
    return ANYTHING


def _federation(context: Context) -> State:
    """Keys of the SAML assertion or the OIDC token that the caller's session was made from."""
    if not context.asker.has_role or context.origin_is(Origin.ASSUME_ROLE, Origin.EC2):
        return ABSENT
    return ANYTHING


# Request keys


def _external_id(context: Context) -> State:
    value = context.case.request.parameters.external_id
    return ABSENT if value is None or context.case.request.via is Via.CONSOLE else (value,)


def _session_name(context: Context) -> State:
    """Always sent. The console takes an IAM user's name for it."""
    if context.case.request.via is Via.CONSOLE:
        return (context.asker.name,) if context.asker.kind is CallerKind.USER else SOME_VALUE
    name = context.case.request.parameters.session_name
    return SOME_VALUE if name is None else (name,)


def _source_identity(context: Context) -> State:
    value = context.case.request.parameters.source_identity
    if value is None or context.case.request.via is Via.CONSOLE:
        return inherited_source_identity(context)
    return (value,)


def _request_tag(context: Context, tag: str) -> State:
    """A tag passed now. Whether one that is handed on shows here as well is not documented."""
    if value := _lookup(sent_tags(context), tag):
        return value
    inherited = inherited_tag_keys(context)
    return ANYTHING if inherited is None or tag in inherited else ABSENT


def _tag_keys(context: Context) -> State:
    return ANYTHING if inherited_tag_keys(context) != () else tuple(sent_tags(context))


def _transitive_tag_keys(context: Context) -> State:
    if inherited_tag_keys(context) != ():
        return ANYTHING
    return context.case.request.parameters.transitive_tag_keys if sent_tags(context) else ABSENT


def _context_providers(context: Context) -> State:
    return tuple(given.provider_arn for given in context.case.request.parameters.provided_contexts)


def _request_context(context: Context, _: str) -> State:
    return ANYTHING if context.case.request.parameters.provided_contexts else ABSENT


# Resource keys


def _resource_tag(context: Context, tag: str) -> State:
    """The role's tags, over which a tag that the caller's session hands on wins, before the trust policy is read.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
    """
    inherited = inherited_tag_keys(context)
    if inherited is None:
        return ANYTHING
    if tag in inherited:
        session = context.case.snapshot.source.session.tags
        return _lookup(session.value, tag) if isinstance(session, Known) else SOME_VALUE
    role = context.case.snapshot.destination.role
    tags = role.value.tags if isinstance(role, Known) and role.value else None
    return _lookup(tags.value, tag) if isinstance(tags, Known) else ANYTHING


# Network and time


def _endpoint(context: Context) -> Endpoint | Maybe | None:
    evidence = context.case.snapshot.endpoint
    return evidence.value if isinstance(evidence, Known) else ANYTHING


def _source_ip(context: Context) -> State:
    endpoint = _endpoint(context)
    if endpoint is None:
        return SOME_VALUE
    return ANYTHING if isinstance(endpoint, Maybe) else ABSENT


def _through_endpoint(attribute: str) -> Callable[[Context], State]:
    def derive(context: Context) -> State:
        endpoint = _endpoint(context)
        if endpoint is None:
            return ABSENT
        if isinstance(endpoint, Maybe):
            return ANYTHING
        value: str = getattr(endpoint, attribute) if attribute else ""
        return (value,) if value else SOME_VALUE

    return derive


def _region(context: Context) -> State:
    """The Region of the endpoint; `us-east-1` for every request to the global endpoint.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
    """
    region = context.case.request.region
    if not region:
        return SOME_VALUE
    return ("us-east-1",) if region == "aws-global" else (region,)


def _current_time(context: Context) -> State:
    return (context.case.snapshot.taken_at,) if context.case.snapshot.taken_at else SOME_VALUE


def _epoch_time(context: Context) -> State:
    try:
        moment = datetime.fromisoformat(context.case.snapshot.taken_at)
    except ValueError:
        return SOME_VALUE
    return (str(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())),)


def _always(*values: str) -> Callable[[Context], State]:
    return lambda _: values


def _some_value(_: Context) -> State:
    return SOME_VALUE


def _referer(context: Context) -> State:
    return ANYTHING if context.case.request.via is Via.CONSOLE else ABSENT


_KEYS: dict[str, Callable[[Context], State]] = {
    "aws:principalarn": _principal_arn,
    "aws:principalaccount": _principal_account,
    "aws:principalorgid": _principal_org_id,
    "aws:principalorgpaths": _principal_org_paths,
    "aws:principaltype": _principal_type,
    "aws:userid": _user_id,
    "aws:username": _user_name,
    "aws:principalisawsservice": _is_service,
    "aws:principalservicename": _service_name,
    "aws:principalservicenameslist": _service_name,
    "aws:sourceaccount": _for_services,
    "aws:sourcearn": _for_services,
    "aws:sourceorgid": _for_services,
    "aws:sourceorgpaths": _for_services,
    "aws:tokenissuetime": _token_issue_time,
    "aws:multifactorauthpresent": _mfa_present,
    "aws:multifactorauthage": _mfa_age,
    "aws:sourceidentity": _callers_source_identity,
    "aws:federatedprovider": _federated_provider,
    "aws:ec2instancesourcevpc": _of_instances,
    "aws:ec2instancesourceprivateipv4": _of_instances,
    "ec2:sourceinstancearn": _of_instances,
    "ec2:roledelivery": _of_instances,
    "aws:assumedroot": _assumed_root,
    "aws:signinsessionarn": _of_products,
    "aws:chatbotsourcearn": _of_products,
    "identitystore:userid": _of_products,
    "sts:externalid": _external_id,
    "sts:rolesessionname": _session_name,
    "sts:sourceidentity": _source_identity,
    "aws:tagkeys": _tag_keys,
    "sts:transitivetagkeys": _transitive_tag_keys,
    "sts:requestcontextproviders": _context_providers,
    "aws:resourceaccount": lambda context: (context.role.account,),
    "aws:resourceorgid": lambda context: _organization_id(context.case.snapshot.destination.organization),
    "aws:resourceorgpaths": lambda context: _organization_paths(context.case.snapshot.destination.organization),
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
}

_TAGS: dict[str, Callable[[Context, str], State]] = {
    "aws:principaltag": _principal_tag,
    "aws:requesttag": _request_tag,
    "aws:resourcetag": _resource_tag,
    "iam:resourcetag": _resource_tag,
    "sts:requestcontext": _request_context,
}
