"""What STS checks of a token or an assertion before it reads any policy: a function for each gate.

Sources:
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from diagnose.evaluate.caller import Caller
from diagnose.evaluate.identity import attribute_state, claim_state, pairs_of
from diagnose.evaluate.reported_error import checked_before_policies, reason_shown
from diagnose.model.arn import HTTPS, CallerKind, RoleArn, split_arn
from diagnose.model.case import Case
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.federation import SAML_ROLE, SAML_SESSION_NAME, OidcProvider, SamlAssertion, WebIdentity
from diagnose.model.issuers import issuer_of
from diagnose.model.key_state import ABSENT, UnknownState
from diagnose.model.operation import Operation
from diagnose.model.parameter import Parameter
from diagnose.model.trace import Gate, GateTrace, Reason
from diagnose.model.tri import NO, UNKNOWN, YES, Tri

GRACE = timedelta(minutes=5)
"""How long after its end a token is still taken, and how old an assertion may be."""
_LONGEST_KNOWN = timedelta(hours=24)
"""Tokens older than this were refused although they had not expired; where the limit lies is not documented."""
_ALGORITHMS = frozenset(f"{family}{size}" for family in ("RS", "ES") for size in (256, 384, 512))
_AUDIENCES = frozenset(
    (
        "urn:amazon:webservices",
        "urn:amazon:webservices:cn-north-1",
        "urn:amazon:webservices:govcloud",
        "https://signin.aws.amazon.com/saml",
        "https://signin.amazonaws.cn/saml",
        "https://signin.amazonaws-us-gov.com/saml",
    )
)


def token(case: Case, caller: Caller, _: RoleArn) -> Iterator[GateTrace]:
    """Whether STS accepts what is presented: its form, and its time. Its signature is taken to be valid."""
    match case.snapshot.source.identity:
        case WebIdentity() as presented:
            found = [*_claims(presented, caller), *_times(presented, _moment(case.snapshot.taken_at))]
        case SamlAssertion() as presented:
            found = [*_elements(presented), *_age(presented, _moment(case.snapshot.taken_at))]
        case None:
            found = []
    return _settled(Gate.TOKEN, found, case)


def provider(case: Case, caller: Caller, role: RoleArn) -> Iterator[GateTrace]:
    """Whether the role's account has the identity provider; those built into IAM every account has."""
    found = _saml_provider(case, caller, role) if caller.kind is CallerKind.SAML else _oidc_provider(case, caller)
    return _settled(Gate.PROVIDER, found, case)


def audience(case: Case, caller: Caller, _: RoleArn) -> Iterator[GateTrace]:
    """Whether the provider accepts the token's audience, or whether the assertion is meant for AWS at all."""
    presented = case.snapshot.source.identity
    if caller.kind is CallerKind.SAML:
        found = _assertion_audience(presented) if isinstance(presented, SamlAssertion) else ()
    else:
        found = () if issuer_of(caller.name).built_in else _token_audience(case, caller)
    return _settled(Gate.AUDIENCE, found, case)


def role_claim(case: Case, caller: Caller, role: RoleArn) -> Iterator[GateTrace]:
    """Whether the token or the assertion is for this role, where it says for which it is."""
    found: Iterable[GateTrace] = ()
    if caller.kind is CallerKind.SAML:
        found = _role_pair(case, caller, role)
    elif caller.bearer is not None:
        roles = caller.bearer.roles
        if isinstance(roles, UnknownState):
            found = (GateTrace(Gate.ROLE_CLAIM, UNKNOWN, Reason.ROLE_NOT_CLAIMED, wanted=role.arn),)
        elif roles != ABSENT and role.arn not in roles:
            found = (GateTrace(Gate.ROLE_CLAIM, NO, Reason.ROLE_NOT_CLAIMED, wanted=role.arn, got=roles),)
    return _settled(Gate.ROLE_CLAIM, found, case)


def unsent_parameters(case: Case) -> Iterator[GateTrace]:
    """The parameters of a request that its operation does not have, so that no client sends them."""
    sent, operation = case.request.parameters, case.request.operation
    if sent.provider_id is not None and operation is not Operation.WITH_WEB_IDENTITY:
        yield GateTrace(Gate.PARAMETERS, NO, Reason.NOT_A_PARAMETER, Parameter.PROVIDER_ID, got=(sent.provider_id,))
    if operation in (Operation.ASSUME_ROLE, Operation.PASS_ROLE):
        return
    for parameter, value in (
        (Parameter.ROLE_SESSION_NAME, sent.session_name if operation is Operation.WITH_SAML else None),
        (Parameter.EXTERNAL_ID, sent.external_id),
        (Parameter.SERIAL_NUMBER, sent.mfa_serial),
        (Parameter.SOURCE_IDENTITY, sent.source_identity),
        (Parameter.TAGS, ", ".join(sent.tags) or None),
        (Parameter.TRANSITIVE_TAG_KEYS, ", ".join(sent.transitive_tag_keys) or None),
    ):
        if value is not None:
            yield GateTrace(Gate.PARAMETERS, NO, Reason.NOT_A_PARAMETER, parameter, got=(value,))


def _settled(gate: Gate, found: Iterable[GateTrace], case: Case) -> Iterator[GateTrace]:
    """Let AWS's answer come first: what it got past is passed, what it names is not."""
    said = checked_before_policies(case).get(gate, UNKNOWN)
    if said is YES:
        return
    traces = list(found)
    if said is NO and not any(trace.verdict is NO for trace in traces):
        reason = reason_shown(case, gate)
        if reason is not None:
            traces = [GateTrace(gate, NO, reason)]
        traces = [replace(trace, verdict=NO) for trace in traces] or [GateTrace(gate, NO, Reason.TOKEN_REFUSED)]
    yield from traces


def _claims(presented: WebIdentity, caller: Caller) -> Iterator[GateTrace]:
    if presented.algorithm and presented.algorithm not in _ALGORITHMS:
        yield _token(Reason.ALGORITHM_REFUSED, NO, presented.algorithm)
    built_in = issuer_of(caller.name).built_in
    issuer = presented.claims.get("iss")
    if isinstance(issuer, str) and not issuer.startswith(HTTPS) and not built_in:
        yield _token(Reason.ISSUER_WITHOUT_SCHEME, NO, issuer, wanted=HTTPS + issuer)
    if built_in:
        return
    for name in ("iss", "sub", "aud"):
        if claim_state(presented, name) == ABSENT:
            yield _token(Reason.CLAIM_MISSING, NO, wanted=name)


def _times(presented: WebIdentity, now: datetime | None) -> Iterator[GateTrace]:
    """`exp` has a grace of five minutes. AWS says nothing of `nbf`, nor of how long ago `iat` may be."""
    if now is None:
        return
    issued, ends, begins = (_timestamp(presented.claims.get(name)) for name in ("iat", "exp", "nbf"))
    if ends is not None and now > ends + GRACE:
        yield _token(Reason.TOKEN_EXPIRED, NO, _words(ends), wanted=_words(now))
    elif issued is not None and now > issued + _LONGEST_KNOWN + GRACE:
        yield _token(Reason.TOKEN_OLD, UNKNOWN, _words(issued), wanted=_words(now))
    start = max((moment for moment in (issued, begins) if moment is not None), default=None)
    if start is not None and start > now + GRACE:
        yield _token(Reason.TOKEN_NOT_YET_VALID, UNKNOWN, _words(start), wanted=_words(now))


def _elements(presented: SamlAssertion) -> Iterator[GateTrace]:
    if presented.complete and presented.subject is None:
        yield _token(Reason.CLAIM_MISSING, NO, wanted="NameID")
    for name in (SAML_ROLE, SAML_SESSION_NAME):
        values = presented.attributes.get(name)
        if presented.complete if values is None else not any(values):
            yield _token(Reason.CLAIM_MISSING, NO, wanted=name)


def _age(presented: SamlAssertion, now: datetime | None) -> Iterator[GateTrace]:
    if now is None:
        return
    issued, ends = _moment(presented.issued_at), _moment(presented.not_on_or_after)
    if ends is not None and now >= ends:
        yield _token(Reason.TOKEN_EXPIRED, NO, _words(ends), wanted=_words(now))
    elif issued is not None and now > issued + GRACE:
        yield _token(Reason.TOKEN_EXPIRED, NO, _words(issued + GRACE), wanted=_words(now))


def _oidc_provider(case: Case, caller: Caller) -> Iterator[GateTrace]:
    if issuer_of(caller.name).built_in:
        return
    providers = case.snapshot.destination.oidc_providers
    if not isinstance(providers, Known):
        yield GateTrace(Gate.PROVIDER, UNKNOWN, Reason.NO_SUCH_PROVIDER, wanted=caller.provider)
    elif _registered(providers.value, caller) is None:
        near = _nearest(caller.provider, [each.arn for each in providers.value])
        yield GateTrace(Gate.PROVIDER, NO, Reason.NO_SUCH_PROVIDER, wanted=caller.provider, got=near)


def _saml_provider(case: Case, caller: Caller, role: RoleArn) -> Iterator[GateTrace]:
    arn = split_arn(caller.provider)
    if arn is None:
        return
    if (arn.partition, arn.account) != (role.partition, role.account):
        yield GateTrace(Gate.PROVIDER, NO, Reason.PROVIDER_ELSEWHERE, wanted=role.account, got=(caller.provider,))
        return
    providers = case.snapshot.destination.saml_providers
    if not isinstance(providers, Known):
        yield GateTrace(Gate.PROVIDER, UNKNOWN, Reason.NO_SUCH_PROVIDER, wanted=caller.provider)
        return
    there = next((each for each in providers.value if each.arn == caller.provider), None)
    if there is None:
        near = _nearest(caller.provider, [each.arn for each in providers.value])
        yield GateTrace(Gate.PROVIDER, NO, Reason.NO_SUCH_PROVIDER, wanted=caller.provider, got=near)
        return
    presented = case.snapshot.source.identity
    issuer = presented.issuer if isinstance(presented, SamlAssertion) else None
    if issuer is None:
        return
    if isinstance(there.entity_id, Unread):
        # Who gives the provider by its name alone means that of the assertion; what was looked for is not known.
        if there.entity_id.gap is not Gap.NOT_SUPPLIED:
            yield GateTrace(Gate.PROVIDER, UNKNOWN, Reason.OTHER_ISSUER, got=(issuer,))
    elif there.entity_id.value != issuer:
        yield GateTrace(Gate.PROVIDER, NO, Reason.OTHER_ISSUER, wanted=there.entity_id.value, got=(issuer,))


def _token_audience(case: Case, caller: Caller) -> Iterator[GateTrace]:
    """Whether the audience is one of the provider's client ids.

    Of `azp`, and of several audiences of which only some are registered, AWS does not say whether they count.
    """
    presented, providers = case.snapshot.source.identity, case.snapshot.destination.oidc_providers
    there = _registered(providers.value, caller) if isinstance(providers, Known) else None
    if isinstance(providers, Known) and there is None:
        return
    audiences, authorized = claim_state(presented, "aud"), claim_state(presented, "azp")
    if audiences == ABSENT:
        return
    client_ids = there.client_ids if there is not None else None
    if isinstance(audiences, UnknownState) or not isinstance(client_ids, Known):
        got = () if isinstance(audiences, UnknownState) else audiences
        yield GateTrace(Gate.AUDIENCE, UNKNOWN, Reason.AUDIENCE_NOT_REGISTERED, got=got)
        return
    named = {*audiences, *(() if isinstance(authorized, UnknownState) else authorized)}
    registered = named & {*client_ids.value}
    if named != registered:
        verdict = UNKNOWN if registered else NO
        wanted = ", ".join(client_ids.value)
        yield GateTrace(Gate.AUDIENCE, verdict, Reason.AUDIENCE_NOT_REGISTERED, wanted=wanted, got=tuple(sorted(named)))


def _assertion_audience(presented: SamlAssertion) -> Iterator[GateTrace]:
    named = presented.audiences
    if (named or presented.complete) and not _AUDIENCES & {*named}:
        yield GateTrace(Gate.AUDIENCE, NO, Reason.AUDIENCE_NOT_OF_AWS, wanted="urn:amazon:webservices", got=named)


def _role_pair(case: Case, caller: Caller, role: RoleArn) -> Iterator[GateTrace]:
    """Whether a value of the `Role` attribute names this role together with this provider."""
    presented = case.snapshot.source.identity
    pairs = pairs_of(presented)
    wanted = f"{role.arn},{caller.provider}"
    if pairs is None:
        yield GateTrace(Gate.ROLE_CLAIM, UNKNOWN, Reason.ROLE_NOT_CLAIMED, wanted=wanted)
    elif pairs and not any({*pair} == {role.arn, caller.provider} for pair in pairs):
        written = attribute_state(presented, SAML_ROLE)
        got = written if isinstance(written, tuple) else ()
        yield GateTrace(Gate.ROLE_CLAIM, NO, Reason.ROLE_NOT_CLAIMED, wanted=wanted, got=got)


def _registered(providers: Sequence[OidcProvider], caller: Caller) -> OidcProvider | None:
    return next((each for each in providers if each.arn == caller.provider), None)


def _nearest(wanted: str, there: Sequence[str]) -> tuple[str, ...]:
    """Give the provider that was probably meant: one that differs in case or in a slash, or else in its path."""
    for alike in (lambda arn: arn.rstrip("/").lower(), _host):
        near = [arn for arn in there if alike(arn) == alike(wanted)]
        if near:
            return tuple(near[:1])
    return ()


def _host(arn: str) -> str:
    """Give the host in an OIDC provider's ARN; the whole of any other."""
    name = arn.partition(":oidc-provider/")[2]
    return name.partition("/")[0].lower() if name else arn


def _token(reason: Reason, verdict: Tri, *got: str, wanted: str = "") -> GateTrace:
    return GateTrace(Gate.TOKEN, verdict, reason, wanted=wanted, got=got)


def _timestamp(value: object) -> datetime | None:
    """Read a claim that is a time; one that was given by itself may be text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _words(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
