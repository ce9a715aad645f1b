"""Principal and NotPrincipal.

Sources:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

import re
from difflib import get_close_matches

from msgspec import Struct

from diagnose.evaluate.caller import Caller
from diagnose.evaluate.json_values import Texts
from diagnose.evaluate.near_miss import how_arns_differ
from diagnose.evaluate.request import ActionRequest
from diagnose.evaluate.service_principal import is_named, is_same_service
from diagnose.model.arn import HTTPS, CallerKind, role_of_session, split_arn, split_path
from diagnose.model.placeholder import placeholder_in
from diagnose.model.trace import Effect, Element, ElementTrace, Match, Reason
from diagnose.model.tri import NO, UNKNOWN, YES, Tri, all_of, any_of, tri

_ACCOUNT = re.compile(r"\d{12}")
_UNIQUE_ID = re.compile(r"(AIDA|AROA)[A-Z0-9]+")
_EVERYONE = ("*", "AWS")

# The nearer a miss, the sooner it is shown when a statement names several principals.
_NEARNESS = (
    Reason.NOT_TOLD,
    Reason.NOT_PRINCIPAL_BOUNDARY,
    Reason.SPACE_DIFFERS,
    Reason.CASE_DIFFERS,
    Reason.SLASH_DIFFERS,
    Reason.SCHEME_GIVEN,
    Reason.SSO_PATH_DROPPED,
    Reason.PATH_MISSING,
    Reason.PATH_EXTRA,
    Reason.PATH_DIFFERS,
    Reason.OTHER_SESSION,
    Reason.ROLE_FOR_SESSION,
    Reason.STALE_ID,
    Reason.ACCOUNT_TYPO,
    Reason.REGIONAL_SERVICE_PRINCIPAL,
    Reason.PLACEHOLDER,
    Reason.WILDCARD_IN_PRINCIPAL,
    Reason.REGION_GIVEN,
    Reason.NEVER_A_PRINCIPAL,
    Reason.NOT_AN_ARN,
    Reason.OTHER_PARTITION,
    Reason.OTHER_TYPE,
    Reason.OTHER_NAME,
    Reason.MISSPELT,
    Reason.OTHER_PROVIDER,
    Reason.OTHER_ACCOUNT,
    Reason.OTHER_ID,
    Reason.OTHER_SERVICE_PRINCIPAL,
    Reason.SERVICES_ONLY,
    Reason.FEDERATED_ONLY,
    Reason.SIGNERS_ONLY,
)


class NamedPrincipal:
    """One value of a Principal element. `kind` is its key there: AWS, Service, Federated, CanonicalUser."""

    __slots__ = ("kind", "pointer", "text")

    def __init__(self, kind: str, text: str, pointer: str) -> None:
        """Keep the value with its place."""
        self.kind, self.text, self.pointer = kind, text, pointer


class Principals(Struct, eq=False):
    """The Principal or NotPrincipal element of one statement.

    `texts` are the values under the keys that stand for anybody who signs.
    """

    _kinds: tuple[tuple[str, Texts], ...]
    pointer: str
    negated: bool
    effect: Effect
    texts: set[str]
    _values: tuple[NamedPrincipal, ...] | None = None

    @property
    def values(self) -> tuple[NamedPrincipal, ...]:
        """The values, each with its kind and its place."""
        if self._values is None:
            self._values = tuple(
                NamedPrincipal(kind, text, place) for kind, named in self._kinds for text, place in named
            )
        return self._values

    def matches(self, caller: Caller, *, has_boundary: Tri) -> list[tuple[Match, Tri]]:
        """Say in which ways the element reaches the caller. `has_boundary`: whether a permissions boundary is set.

        A NotPrincipal reaches like `*`, if it does.
        """
        if self.negated:
            return [(Match.ANY, self._not_excepted(caller, has_boundary))]
        names = caller.names
        if names is not None:
            texts = self.texts
            return [(match, YES) for text, match in names.items() if text in texts]
        return [match for named in self.values if (match := _match(named, caller))[1] is not NO]

    def holds(self, caller: Caller, *, has_boundary: Tri) -> Tri:
        """Say whether the element reaches the caller at all."""
        return any_of(answer for _, answer in self.matches(caller, has_boundary=has_boundary))

    def trace(self, request: ActionRequest, *, has_boundary: Tri) -> ElementTrace:
        """Compare, and say how: at the value that names the caller, or at the nearest miss."""
        caller, values = request.caller, self.values
        verdict = self.holds(caller, has_boundary=has_boundary)
        got = caller.principal_arn or caller.provider or caller.arn
        if self.negated:
            wanted = tuple(named.text for named in values)
            reason = Reason.MATCHES if verdict is YES else Reason.EXCLUDED if verdict is NO else Reason.NOT_TOLD
            if verdict is YES and has_boundary is YES and self.effect is Effect.DENY:
                reason = Reason.NOT_PRINCIPAL_BOUNDARY
            return ElementTrace(Element.PRINCIPAL, verdict, reason, self.pointer, wanted, got, negated=True)
        if not values:
            return ElementTrace(Element.PRINCIPAL, verdict, Reason.MALFORMED, self.pointer, (), got)
        matches = [(_match(named, caller)[1], named) for named in values]
        best, named = max(matches, key=lambda match: match[0])
        reason = Reason.MATCHES if best is YES else Reason.NOT_TOLD
        if best is UNKNOWN and named.kind == "Service":
            reason = Reason.REGIONAL_SERVICE_PRINCIPAL
        if best is NO:
            misses = [(_miss(named, caller), named) for named in values]
            reason, named = min(misses, key=lambda miss: _NEARNESS.index(miss[0]))
        if reason in (Reason.OTHER_SESSION, Reason.ROLE_FOR_SESSION):
            got = caller.arn
        return ElementTrace(Element.PRINCIPAL, verdict, reason, named.pointer, (named.text,), got)

    def _not_excepted(self, caller: Caller, has_boundary: Tri) -> Tri:
        """Say whether a NotPrincipal reaches the caller.

        A Deny exempts a session only if its ARN, its role's and its account's are all listed, and exempts nobody
        who has a permissions boundary.
        """
        texts = self.texts
        if caller.federated:
            # AWS says nothing of a NotPrincipal that lists an identity provider.
            lists_it = any(named.kind == "Federated" and named.text == caller.provider for named in self.values)
            return UNKNOWN if lists_it else YES
        if caller.kind is CallerKind.SERVICE:
            return ~any_of(_match(named, caller)[1] for named in self.values if named.kind == "Service")
        account = tri(bool(texts & {caller.account, f"arn:{caller.partition}:iam::{caller.account}:root"}))
        principal = UNKNOWN if caller.principal_arn is None else tri(caller.principal_arn in texts)
        session = _lists_session(texts, caller)
        if self.effect is Effect.ALLOW:
            listed = any_of((account, principal, session if caller.has_role else NO))
            return ~listed
        return any_of((~all_of((account, principal, session)), has_boundary))


def compile_principals(
    kinds: tuple[tuple[str, Texts], ...], pointer: str, *, negated: bool, effect: Effect
) -> Principals:
    """Compile an element; `kinds` are its keys, each with its values."""
    texts: set[str] = set()
    for kind, named in kinds:
        if kind in _EVERYONE:
            texts.update(named.texts)
    return Principals(kinds, pointer, negated, effect, texts)


def _lists_session(texts: set[str], caller: Caller) -> Tri:
    """Say whether a NotPrincipal lists the caller's own session, if the caller is one."""
    if not caller.has_role:
        return YES
    if caller.session_arn is not None:
        return tri(caller.session_arn in texts)
    sessions = f"arn:{caller.partition}:sts::{caller.account}:assumed-role/{caller.name}/"
    return UNKNOWN if any(text.startswith(sessions) for text in texts) else NO


def _match(named: NamedPrincipal, caller: Caller) -> tuple[Match, Tri]:
    """Say in which way one value would reach the caller, and whether it does."""
    text = named.text
    if named.kind == "Service":
        return Match.SERVICE, is_named(text, caller.name, caller.region) if caller.kind is CallerKind.SERVICE else NO
    if named.kind == "Federated":
        return Match.FEDERATED, tri(caller.provider != "" and caller.provider == text)
    if named.kind not in _EVERYONE:
        return Match.ANY, NO
    if text == "*":
        return Match.ANY, YES
    if _ACCOUNT.fullmatch(text):
        return Match.ACCOUNT, tri(caller.account == text)
    if _UNIQUE_ID.fullmatch(text):
        return _match_of_id(text, caller)
    return _match_of_arn(text, caller)


def _match_of_id(text: str, caller: Caller) -> tuple[Match, Tri]:
    """A unique id stands for one user or role for ever, even when another of the same name comes after it."""
    match = Match.USER if text.startswith("AIDA") else Match.ROLE
    right_kind = caller.kind is CallerKind.USER if match is Match.USER else caller.has_role
    if not right_kind:
        return match, NO
    return match, tri(caller.unique_id == text) if caller.unique_id else UNKNOWN


def _match_of_arn(text: str, caller: Caller) -> tuple[Match, Tri]:
    arn = split_arn(text)
    if arn is None or (arn.partition, arn.account) != (caller.partition, caller.account) or arn.region:
        return Match.ANY, NO
    kind, path, name = split_path(arn.resource)
    match (arn.service, kind):
        case ("iam", "root") if arn.resource == "root":
            return Match.ACCOUNT, YES
        case ("iam", "user"):
            return Match.USER, tri(caller.kind is CallerKind.USER and caller.arn == text)
        case ("iam", "role") if caller.has_role:
            if caller.principal_arn is not None:
                return Match.ROLE, tri(caller.principal_arn == text)
            # A role's name is unique in its account, and AWS checks the ARN when the policy is saved.
            return Match.ROLE, tri(caller.name == name and path.startswith(caller.least_path))
        case ("sts", "assumed-role") if caller.has_role and arn.resource.count("/") == 2:
            if caller.session_arn is not None:
                return Match.SESSION, tri(caller.session_arn == text)
            return Match.SESSION, UNKNOWN if role_of_session(arn) == caller.name else NO
        case ("sts", "federated-user"):
            return Match.SESSION, tri(caller.kind is CallerKind.FEDERATED_USER and caller.arn == text)
    return Match.ANY, NO


def _miss(named: NamedPrincipal, caller: Caller) -> Reason:
    """Say why one value does not name the caller."""
    text = named.text
    match named.kind:
        case "Service":
            return Reason.SIGNERS_ONLY if caller.federated else _service_miss(text, caller)
        case "Federated":
            return _provider_miss(text, caller) if caller.federated else Reason.FEDERATED_ONLY
        case "AWS" | "*":
            pass
        case _:
            return Reason.NEVER_A_PRINCIPAL
    if caller.kind is CallerKind.SERVICE:
        return Reason.OTHER_TYPE
    if placeholder_in(text) is not None:
        return Reason.PLACEHOLDER
    if caller.federated:
        return Reason.SIGNERS_ONLY
    if _ACCOUNT.fullmatch(text):
        return how_arns_differ(
            f"arn:{caller.partition}:iam::{text}:root", f"arn:{caller.partition}:iam::{caller.account}:root"
        )
    if _UNIQUE_ID.fullmatch(text):
        right_kind = caller.has_role if text.startswith("AROA") else caller.kind is CallerKind.USER
        return Reason.STALE_ID if right_kind else Reason.OTHER_ID
    arn = split_arn(text.strip())
    if arn is None:
        return Reason.WILDCARD_IN_PRINCIPAL if "*" in text else Reason.NOT_AN_ARN
    if "*" in text or "?" in text:
        return Reason.WILDCARD_IN_PRINCIPAL
    if arn.service == "iam" and arn.resource.split("/")[0] not in ("user", "role", "root"):
        return Reason.NEVER_A_PRINCIPAL
    if arn.service == "sts" and caller.has_role and _session_role(arn.resource) == caller.name and caller.session_arn:
        return how_arns_differ(text, caller.session_arn)
    reason = how_arns_differ(text, caller.presumed_arn)
    return reason if reason in _NEARNESS else Reason.OTHER_NAME


def _misspells_host(written: str, name: str) -> bool:
    """Say whether the host of an issuer is written with a letter too many, too few, or another. Paths are not words."""
    host, slash, path = written.partition("/")
    right, *rest = name.partition("/")
    return (
        [slash, path] == rest and abs(len(host) - len(right)) <= 1 and bool(get_close_matches(host, [right], 1, 0.95))
    )


def _provider_miss(text: str, caller: Caller) -> Reason:
    """Say why a Federated principal is not the caller's identity provider."""
    wanted, got = split_arn(text.strip()), split_arn(caller.provider)
    if text != text.strip():
        return Reason.SPACE_DIFFERS
    name = text if wanted is None else wanted.resource.partition("/")[2]
    if wanted is None or got is None or name.startswith(HTTPS):
        bare = name.removeprefix(HTTPS)
        if bare == caller.name:
            return Reason.SCHEME_GIVEN if name != bare else Reason.NOT_AN_ARN
        return Reason.OTHER_PROVIDER
    if wanted.resource.partition("/")[0] != got.resource.partition("/")[0]:
        return Reason.OTHER_TYPE
    if name != caller.name:
        if name.lower() == caller.name.lower():
            return Reason.CASE_DIFFERS
        if name.rstrip("/") == caller.name.rstrip("/"):
            return Reason.SLASH_DIFFERS
        return Reason.MISSPELT if _misspells_host(name, caller.name) else Reason.OTHER_PROVIDER
    if wanted.partition != got.partition:
        return Reason.OTHER_PARTITION
    return how_arns_differ(
        f"arn:{got.partition}:iam::{wanted.account}:root", f"arn:{got.partition}:iam::{got.account}:root"
    )


def _session_role(resource: str) -> str:
    """Give the role's name in `assumed-role/Name/session`, or nothing."""
    parts = resource.split("/")
    return parts[1] if parts[0] == "assumed-role" and len(parts) > 1 else ""


def _service_miss(text: str, caller: Caller) -> Reason:
    if caller.kind is not CallerKind.SERVICE:
        return Reason.SERVICES_ONLY
    if placeholder_in(text) is not None:
        return Reason.PLACEHOLDER
    if is_same_service(text, caller.name):
        return Reason.REGIONAL_SERVICE_PRINCIPAL
    return Reason.OTHER_SERVICE_PRINCIPAL
