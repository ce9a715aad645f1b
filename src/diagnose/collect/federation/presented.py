"""What somebody says is presented, whatever the form: whose it is, what it says, and how it gets into a case."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from diagnose.collect.federation.workload import Composed
from diagnose.errors import XdiagError
from diagnose.model.arn import HTTPS, parse_caller
from diagnose.model.case import Case, SourceSide
from diagnose.model.federation import SamlAssertion, WebIdentity
from diagnose.model.operation import Operation, operation_of
from diagnose.model.pod import Pod


class Presented(Struct, frozen=True):
    """A token or an assertion, as far as it is known.

    `source` is its issuer's URL or the ARN of its SAML provider, empty where it does not say. `forms` are what it may
    be, the likeliest first; there is more than one where its form is not known. With `over` it says only what differs
    from what the case has. `current` says that it is what would be presented now, and not what once was. `told` are
    sentences about where it is from and what was presumed. `stand_in` is as good as the last form, which leaves its
    subject open, where no policy names a repository's numbers.
    """

    source: str
    forms: tuple[WebIdentity | SamlAssertion, ...]
    over: bool = False
    told: tuple[str, ...] = ()
    current: bool = False
    stand_in: WebIdentity | None = None


def token_presented(token: WebIdentity, *, current: bool = False, told: Sequence[str] = ()) -> Presented:
    """Present a token that was read as a whole. Raises XdiagError if its issuer is not one that AWS takes."""
    about = ("The token's signature was not checked.", *_expiry(token))
    return Presented(issuer_url(token.claims), (token,), told=(*told, *about), current=current)


def workload_presented(workload: Composed) -> Presented:
    """Present what a workload's token would say."""
    forms = tuple(WebIdentity(claims) for claims in workload.forms)
    return Presented(
        issuer_url(workload.forms[0]),
        forms,
        told=("The claims were composed from the options; no token was read.", *workload.presumed),
        stand_in=WebIdentity(workload.stand_in) if workload.stand_in is not None else None,
    )


def with_claims(presented: Presented | None, claims: Mapping[str, Any]) -> Presented:
    """Let single claims count before those of a token, or alone. Raises XdiagError where it is an assertion."""
    if presented is None:
        return Presented(issuer_url(claims) if claims.get("iss") else "", (WebIdentity(claims),), over=True)
    forms: list[WebIdentity | SamlAssertion] = []
    for form in presented.forms:
        changed = _over(form, WebIdentity(claims))
        if changed not in forms:
            forms.append(changed)
    source = issuer_url(claims) if claims.get("iss") else presented.source
    names = ", ".join(f"`{name}`" for name in claims)
    stand_in = presented.stand_in
    if stand_in is not None:
        stand_in = replace(stand_in, claims={**stand_in.claims, **claims})
    told = (*presented.told, f"{names}: as given.")
    return replace(presented, source=source, forms=tuple(forms), told=told, stand_in=stand_in)


def with_attributes(presented: Presented | None, given: SamlAssertion) -> Presented:
    """Let single attributes count before those of an assertion, or alone."""
    if presented is None:
        return Presented("", (given,), over=True)
    return replace(presented, forms=tuple(_over(form, given) for form in presented.forms))


def with_presented(case: Case, presented: Presented) -> Case:
    """Let the case's source present this. What AWS answered to another request is dropped.

    Raises XdiagError where the source presents something else, or nothing.
    """
    source = case.snapshot.source
    operation = operation_of(parse_caller(source.arn).kind)
    identity = presented.forms[0]
    expected = Operation.WITH_SAML if isinstance(identity, SamlAssertion) else Operation.WITH_WEB_IDENTITY
    if operation is not expected:
        raise XdiagError(
            f"the source `{source.arn}` does not call {expected}",
            hint="expected a source that presents this: the URL of a token's issuer, or the ARN of a SAML provider",
        )
    if presented.over and source.identity is not None:
        identity = _over(source.identity, identity)
    changed = source.identity is not None and source.identity != identity
    return replace(
        case,
        request=replace(case.request, operation=operation),
        snapshot=replace(case.snapshot, source=replace(source, identity=identity)),
        probe=None if changed else case.probe,
        message="" if changed else case.message,
        authorizations=() if changed else case.authorizations,
        note=" ".join(filter(None, (case.note, *presented.told))),
    )


def with_pod(case: Case, pod: Pod) -> Case:
    """Let the source be this pod; what was read of it stays."""
    source = case.snapshot.source
    read = source.pod
    if read is not None and (read.namespace, read.service_account) == (pod.namespace, pod.service_account):
        return case
    return replace(case, snapshot=replace(case.snapshot, source=replace(source, pod=pod)))


def as_if_in_time(case: Case) -> Case:
    """Give the case without the times of what has expired since: the question is about one like it, presented in time.

    Whoever asks has it from a job that ended long ago.
    """
    identity, now = case.snapshot.source.identity, _moment(case.snapshot.taken_at)
    match identity:
        case WebIdentity() if now is not None:
            ends = identity.claims.get("exp")
            if not isinstance(ends, int | float) or ends >= now.timestamp():
                return case
            claims = {name: value for name, value in identity.claims.items() if name not in ("exp", "iat", "nbf")}
            fresh: WebIdentity | SamlAssertion = replace(identity, claims=claims)
        case SamlAssertion() if now is not None:
            end = _moment(identity.not_on_or_after or "")
            if end is None or end >= now:
                return case
            fresh = replace(identity, issued_at=None, not_on_or_after=None)
        case _:
            return case
    aged = _presenting(case, case.snapshot.source, fresh)
    return replace(aged, note=f"{case.note} It has expired since: the answer is about one that has not.".strip())


def forms_besides(case: Case, presented: Presented) -> tuple[Case, ...]:
    """Give the case once for each other form in which the token may be."""
    source = case.snapshot.source
    return tuple(_presenting(case, source, form) for form in presented.forms[1:])


def with_stand_in(case: Case, presented: Presented) -> Case | None:
    """Give the case with what stands in for the last form; None where nothing does."""
    return _presenting(case, case.snapshot.source, presented.stand_in) if presented.stand_in is not None else None


def as_far_as_agreed(case: Case, others: Sequence[Case]) -> Case:
    """Give the case with those claims alone that are the same in every form: the others are not known."""
    source = case.snapshot.source
    tokens = [side.identity for side in (source, *(other.snapshot.source for other in others))]
    first, *rest = [token for token in tokens if isinstance(token, WebIdentity)]
    same = {
        name: value
        for name, value in first.claims.items()
        if all(name in token.claims and token.claims[name] == value for token in rest)
    }
    return _presenting(case, source, WebIdentity(same, algorithm=first.algorithm))


def issuer_url(claims: Mapping[str, Any]) -> str:
    """Give the URL of who issued a token. Raises XdiagError where its `iss` is missing or cannot be one.

    Google's may be written without `https://`.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    """
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or not issuer:
        raise XdiagError(
            "the token has no `iss`, which says who issued it", hint="add it with `--claim iss=https://...`"
        )
    if "://" not in issuer:
        issuer = HTTPS + issuer
    if not issuer.startswith(HTTPS):
        raise XdiagError(
            "the token's `iss` does not begin with `https://`", hint="IAM has providers for no other issuers"
        )
    return parse_caller(issuer).arn


def _expiry(token: WebIdentity) -> Sequence[str]:
    expires = token.claims.get("exp")
    if not isinstance(expires, int | float) or isinstance(expires, bool):
        return ()
    try:
        return (f"It expires at {datetime.fromtimestamp(expires, UTC).isoformat(timespec='seconds')}.",)
    except (OverflowError, ValueError, OSError):
        return ()


def _moment(text: str) -> datetime | None:
    """Read a time with its time zone; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _presenting(case: Case, source: SourceSide, identity: WebIdentity | SamlAssertion) -> Case:
    return replace(case, snapshot=replace(case.snapshot, source=replace(source, identity=identity)))


def _over(below: WebIdentity | SamlAssertion, above: WebIdentity | SamlAssertion) -> WebIdentity | SamlAssertion:
    """Lay what is given over what is there. Raises XdiagError for claims of an assertion, and attributes of a token."""
    match below, above:
        case WebIdentity(), WebIdentity():
            return replace(below, claims={**below.claims, **above.claims})
        case SamlAssertion(), SamlAssertion():
            return replace(
                below,
                issuer=below.issuer if above.issuer is None else above.issuer,
                subject=below.subject if above.subject is None else above.subject,
                subject_format=below.subject_format if above.subject_format is None else above.subject_format,
                recipient=below.recipient if above.recipient is None else above.recipient,
                audiences=above.audiences or below.audiences,
                attributes={**below.attributes, **above.attributes},
            )
    raise XdiagError("a token has claims, and an assertion has attributes", hint="expected one of the two")
