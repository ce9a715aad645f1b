"""What is checked before any policy: the identity provider in IAM, and the token or the assertion that is presented."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from diagnose.evaluate.identity import claim_state
from diagnose.model.arn import CallerKind, account_of
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Owner
from diagnose.model.evidence import Known
from diagnose.model.federation import SAML_ROLE, SAML_SESSION_NAME, OidcProvider, SamlAssertion, WebIdentity
from diagnose.model.key_state import UnknownState
from diagnose.model.trace import Decision, Gate, Reason, Subject
from diagnose.model.tri import NO
from diagnose.remedy.case_edit import with_destination, with_source
from diagnose.remedy.change import Attempt, Draft, NewAudience, NewProvider
from diagnose.remedy.names import caller_of, identity_provider


def create_provider(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Create the identity provider in the role's account, with the audience of the token."""
    caller, destination, arn = caller_of(case), case.snapshot.destination, identity_provider(case)
    account = account_of(case.destination_arn)
    if caller.kind is CallerKind.SAML:
        text = (
            f"In account `{account}`, create the SAML provider that the assertion names, `{arn}`, from the metadata of "
            "the identity provider; or have the identity provider send the ARN of one that exists"
        )
        yield Draft(Owner.DESTINATION, text)
        return
    # Where the providers were not read, AWS may have said that there is none for this issuer.
    if not isinstance(destination.oidc_providers, Known) and (subject.gate is None or subject.gate.verdict is not NO):
        yield NotProved.NOT_READ
        return
    audiences = claim_state(case.snapshot.source.identity, "aud")
    text = f"In account `{account}`, create the OIDC identity provider `{caller.arn}`"
    if isinstance(audiences, UnknownState):
        yield Draft(Owner.DESTINATION, f"{text}, with the audience that the token is requested for")
        return
    text += _with_audience(audiences)
    if subject.gate is not None and subject.gate.got:
        text += f"; `{subject.gate.got[0]}` is a different one, and the URL of a provider cannot be edited"
    new = OidcProvider(arn, Known(audiences))
    others = destination.oidc_providers.value if isinstance(destination.oidc_providers, Known) else ()
    edited = with_destination(_not_asked(case), replace(destination, oidc_providers=Known((*others, new))))
    yield Draft(Owner.DESTINATION, text, edited, NewProvider(arn, caller.arn, audiences))


def register_audience(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Let the identity provider accept the audience of the token."""
    destination, arn = case.snapshot.destination, identity_provider(case)
    audiences = claim_state(case.snapshot.source.identity, "aud")
    if isinstance(audiences, UnknownState) or len(audiences) != 1:
        yield NotProved.NOT_READ
        return
    providers = destination.oidc_providers
    if not isinstance(providers, Known):
        yield NotProved.NOT_READ
        return
    for one in providers.value:
        if one.arn == arn and isinstance(one.client_ids, Known):
            longer = replace(one, client_ids=replace(one.client_ids, value=(*one.client_ids.value, *audiences)))
            edited = tuple(longer if each is one else each for each in providers.value)
            text = (
                f"Add `{audiences[0]}` to the audiences of the identity provider `{arn}`; every role that trusts this "
                "provider without a condition on the audience accepts it then"
            )
            changed = with_destination(
                _not_asked(case), replace(destination, oidc_providers=replace(providers, value=edited))
            )
            yield Draft(Owner.DESTINATION, text, changed, NewAudience(arn, audiences[0]))


def request_audience(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Ask the issuer for a token with an audience that the identity provider accepts."""
    providers, arn = case.snapshot.destination.oidc_providers, identity_provider(case)
    presented = case.snapshot.source.identity
    if not isinstance(presented, WebIdentity):
        return
    for one in providers.value if isinstance(providers, Known) else ():
        if one.arn == arn and isinstance(one.client_ids, Known):
            for audience in sorted(one.client_ids.value, key=lambda name: name != "sts.amazonaws.com")[:1]:
                text = f"Request the token with the audience `{audience}`, which the identity provider accepts"
                yield _presenting(case, text, replace(presented, claims={**presented.claims, "aud": audience}))


def renew_token(_subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Present a new token or assertion; the same otherwise."""
    presented, now = case.snapshot.source.identity, _moment(case.snapshot.taken_at)
    if now is None:
        yield NotProved.NOT_READ
        return
    match presented:
        case WebIdentity(claims=claims):
            text = "Present a new token: read the file again, or request one, before each call"
            yield _presenting(case, text, replace(presented, claims=_issued(claims, int(now.timestamp()))))
        case SamlAssertion():
            text = "Sign in again, and present the assertion at once: STS accepts it for five minutes"
            fresh = replace(presented, issued_at=case.snapshot.taken_at, not_on_or_after=None)
            yield _presenting(case, text, fresh)
        case None:
            yield NotProved.NOT_READ


def correct_assertion(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Have the identity provider write what STS wants to read."""
    presented, gate = case.snapshot.source.identity, subject.gate
    if not isinstance(presented, SamlAssertion) or gate is None:
        return
    who = "In the identity provider's application for AWS, "
    if gate.gate is Gate.ROLE_CLAIM or gate.wanted == SAML_ROLE:
        pair = f"{case.destination_arn},{identity_provider(case)}"
        attributes = {**presented.attributes, SAML_ROLE: (*presented.attributes.get(SAML_ROLE, ()), pair)}
        text = f"{who}send `{pair}` as a value of the attribute `{SAML_ROLE}` for this user"
        yield _presenting(case, text, replace(presented, attributes=attributes))
    elif gate.gate is Gate.AUDIENCE:
        text = f"{who}set the audience to `{gate.wanted}`"
        yield _presenting(case, text, replace(presented, audiences=(gate.wanted,)))
    elif gate.reason is Reason.CLAIM_MISSING:
        what = f"the attribute `{SAML_SESSION_NAME}`, for example the user's e-mail address"
        yield Draft(Owner.CALLER, f"{who}send {what if gate.wanted == SAML_SESSION_NAME else f'`{gate.wanted}`'}")
    elif gate.reason is Reason.OTHER_ISSUER:
        text = f"Update the SAML provider `{identity_provider(case)}` with the metadata of `{presented.issuer}`"
        yield Draft(Owner.DESTINATION, text)


def request_token(subject: Subject, case: Case, _decision: Decision) -> Iterator[Attempt]:
    """Ask the issuer for a token that STS can read, or that is for this role."""
    gate = subject.gate
    if gate is None or not isinstance(case.snapshot.source.identity, WebIdentity):
        return
    match gate.reason:
        case Reason.ROLE_NOT_CLAIMED:
            text = f"Have the issuer name `{case.destination_arn}` among the roles that the token is for"
        case Reason.ALGORITHM_REFUSED:
            text = "Have the issuer sign with RS256, RS384, RS512, ES256, ES384 or ES512"
        case Reason.CLAIM_MISSING:
            text = f"Request an ID token with the claim `{gate.wanted}`; an access token often has none"
        case Reason.ISSUER_WITHOUT_SCHEME:
            text = f"Have the issuer write its whole URL, `{gate.wanted}`, into the claim `iss`"
        case _:
            text = "Compare the clocks of the issuer and of the caller with the token's times, and request a new one"
    yield Draft(Owner.CALLER, text)


def _with_audience(audiences: tuple[str, ...]) -> str:
    return f" with the audience {' and '.join(f'`{each}`' for each in audiences)}" if audiences else ""


def _presenting(case: Case, text: str, presented: WebIdentity | SamlAssertion) -> Draft:
    edited = with_source(_not_asked(case), replace(case.snapshot.source, identity=presented))
    return Draft(Owner.CALLER, text, edited)


def _not_asked(case: Case) -> Case:
    """Leave out what AWS answered: it answered another request."""
    return replace(case, message="", probe=None)


def _issued(claims: Mapping[str, Any], now: int) -> dict[str, Any]:
    """Let a token be issued now, valid for as long as before."""
    begins, ends = claims.get("iat"), claims.get("exp")
    lifetime = ends - begins if isinstance(begins, int | float) and isinstance(ends, int | float) else 0
    times = {"iat": now, "nbf": now, "exp": now + max(int(lifetime), 300)}
    return {**claims, **{name: value for name, value in times.items() if name in claims}}


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
