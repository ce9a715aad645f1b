"""Says yes, no or either to whoever presents a token or an assertion, with what is not known of it tried out.

Written a second time from AWS's documentation, as plainly as it can be, without a look at `diagnose.evaluate`.

Sources:
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from msgspec.structs import replace
from tests.naive.request import MULTIVALUED, Call, OpenQuestionError, UnsettledError, value_of
from tests.naive.statements import Statement, is_about, listed, statements

from diagnose.model.arn import parse_role
from diagnose.model.case import Case, Role
from diagnose.model.federation import SamlAssertion, WebIdentity
from diagnose.model.policy import Policy
from diagnose.model.trace import Action

AWS = "https://aws.amazon.com/"
ATTRIBUTE = f"{AWS}SAML/Attributes/"
EVERY = ("aud", "sub", "amr")
GITHUB = [
    "actor",
    "actor_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "repository_owner_id",
    "workflow",
]
EXPOSED = {
    "token.actions.githubusercontent.com": (*EVERY, *GITHUB),
    "agent.buildkite.com": (*EVERY, "build_branch", "organization_slug", "pipeline_slug", "pipeline_id"),
    "accounts.google.com": ("aud", "oaud", "sub"),
    "cognito-identity.amazonaws.com": EVERY,
}
"""Claims that have a key, by issuer; those of any other issuer are `EVERY`."""
BUILT_IN = ("accounts.google.com", "cognito-identity.amazonaws.com")
WRITES = ("agent.buildkite.com", "login.example.com")
"""Issuers whose tokens can say something to STS itself."""
SAML_LISTS = {"saml:edupersonaffiliation": "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"}
SAML_TEXTS = {"saml:mail": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"}
SEEN = {
    Action.TAG_SESSION: ("aws:requesttag", "aws:tagkeys", "sts:transitivetagkeys", "saml:aud"),
    Action.SET_SOURCE_IDENTITY: ("sts:sourceidentity",),
}
OF_CALL = ("sts:rolesessionname", "sts:sourceidentity", "sts:transitivetagkeys", "aws:requesttag", "aws:tagkeys")


def answers(case: Case) -> set[bool]:
    """Give every answer that is possible, whatever is not known of the token.

    Raises UnsettledError where two readings of AWS's documentation lead to two answers.
    """
    possible = set()
    for whole in _completed(case):
        read = set(_readings(whole))
        if len(read) == 2:
            raise UnsettledError("two readings")
        possible |= read
    return possible


def _completed(case: Case) -> Iterator[Case]:
    """Give the case with each way to fill in a claim that is not known: absent, as a policy wants it, as none does."""
    identity = case.snapshot.source.identity
    if not isinstance(identity, WebIdentity) or identity.complete:
        yield case
        return
    host = case.snapshot.source.arn.removeprefix("https://")
    exposed = EXPOSED.get(host, EVERY)
    open_claims = [name for name in _claims_named(case, host) if name in exposed and name not in identity.claims]
    spoken = _SPOKEN if host in WRITES else {}
    ways: list[Sequence[Any]] = [_ways(case, host, name) for name in open_claims]
    names = [*open_claims, *spoken]
    for chosen in product(*ways, *spoken.values()):
        told = {name: value for name, value in zip(names, chosen, strict=True) if value is not None}
        needed = {} if host in BUILT_IN else {name: "zz" for name in ("sub", "iss") if name not in identity.claims}
        claims = {**needed, **identity.claims, **told}
        filled = replace(identity, claims=claims, complete=True)
        snapshot = replace(case.snapshot, source=replace(case.snapshot.source, identity=filled))
        yield replace(case, snapshot=snapshot)


_SPOKEN: Mapping[str, Sequence[Any]] = {
    f"{AWS}tags": (
        None,
        *(
            {"principal_tags": tags, "transitive_tag_keys": keys}
            for tags, keys in (({"team": ["red"]}, ["team"]), ({"zz": ["zz"]}, []), ({"team": ["red"]}, []))
        ),
    ),
    f"{AWS}source_identity": (None, "mara", "zz"),
    f"{AWS}roles": (None, ["arn:aws:iam::222222222222:role/Deploy"], ["arn:aws:iam::222222222222:role/Deploy2"]),
}


def _wanted(case: Case) -> Iterator[tuple[str, str]]:
    for policies in _policies(case):
        for effect in ("Allow", "Deny"):
            for statement, _ in statements(policies, effect):
                for tests in statement.get("Condition", {}).values():
                    for key, wanted in tests.items():
                        yield from ((key, str(value)) for value in listed(wanted))


def _claims_named(case: Case, host: str) -> list[str]:
    named = {key.rpartition(":")[2] for key, _ in _wanted(case) if key.rpartition(":")[0] == host}
    return sorted(named | (set() if host in BUILT_IN else {"aud"}))


def _ways(case: Case, host: str, claim: str) -> list[str | None]:
    texts = {text.replace("*", "x").replace("?", "x") for key, text in _wanted(case) if key == f"{host}:{claim}"}
    if claim == "aud":
        texts |= {
            one
            for provider in value_of(case.snapshot.destination.oidc_providers)
            for one in value_of(provider.client_ids)
        }
    required = claim in ("aud", "sub") and host not in BUILT_IN
    return [*sorted(texts), "qq-none-of-them", *([] if required else [None])]


def _readings(case: Case) -> Iterator[bool]:
    readings: list[dict[str, bool]] = [{}]
    while readings:
        reading = readings.pop()
        try:
            yield _answer(case, reading)
        except OpenQuestionError as question:
            readings += [{**reading, str(question): answer} for answer in (False, True)]


def _answer(case: Case, reading: Mapping[str, bool]) -> bool:
    is_saml = isinstance(case.snapshot.source.identity, SamlAssertion)
    first = Action.WITH_SAML if is_saml else Action.WITH_WEB_IDENTITY
    call = Presentation(case, first, reading)
    actions = [first, *([Action.TAG_SESSION] if call.tags else [])]
    actions += [Action.SET_SOURCE_IDENTITY] if call.source_identity else []
    accepted = _assertion_accepted(call) if is_saml else _token_accepted(call)
    return (
        accepted
        and _role_is_there(call)
        and _parameters_fit(call)
        and all(_authorised(Presentation(case, action, reading)) for action in actions)
    )


class Presentation(Call):
    """One action of a call that nobody signs, under one reading."""

    def __init__(self, case: Case, action: Action, reading: Mapping[str, bool]) -> None:
        self.case, self.action, self.reading = case, action, reading
        self.source, self.destination = case.snapshot.source, case.snapshot.destination
        self.sent, self.role_name = case.request.parameters, parse_role(case.request.role_arn)
        self.is_service = self.is_user = self.is_role = False
        self.host = self.source.arn.removeprefix("https://")
        self.inherited = {}

    @property
    def claims(self) -> Mapping[str, Any]:
        identity = self.source.identity
        assert isinstance(identity, WebIdentity)
        return identity.claims

    @property
    def assertion(self) -> SamlAssertion:
        identity = self.source.identity
        assert isinstance(identity, SamlAssertion)
        return identity

    @property
    def is_saml(self) -> bool:
        return isinstance(self.source.identity, SamlAssertion)

    @property
    def tags(self) -> dict[str, str]:
        if self.is_saml:
            prefix = f"{ATTRIBUTE}PrincipalTag:"
            found = self.assertion.attributes.items()
            return {name.removeprefix(prefix): values[0] for name, values in found if name.startswith(prefix)}
        told = self.claims.get(f"{AWS}tags", {})
        return {key: values[0] for key, values in told.get("principal_tags", {}).items()}

    @property
    def source_identity(self) -> str | None:
        if self.is_saml:
            return next(iter(self.assertion.attributes.get(f"{ATTRIBUTE}SourceIdentity", ())), None)
        told: str | None = self.claims.get(f"{AWS}source_identity")
        return told

    @property
    def provider(self) -> str:
        if self.is_saml or self.host in BUILT_IN:
            return self.source.arn.removeprefix("https://")
        return f"arn:aws:iam::{self.role_name.account}:oidc-provider/{self.host}"

    def is_list(self, key: str) -> bool:
        lower = key.lower()
        return lower in MULTIVALUED or lower.endswith(":amr") or lower in SAML_LISTS

    def values(self, key: str) -> tuple[str, ...]:
        name, _, tag = key.lower().partition("/")
        is_hidden = self._is_companion and name.startswith("saml:") and name not in SEEN[self.action]
        if is_hidden and not self.read_so("what goes with the call sees what the assertion says"):
            return ()
        if name in OF_CALL and self._is_companion and name not in SEEN[self.action]:
            return ()
        for given, values in self.case.request.context.items():
            if given.lower() == key.lower():
                return values
        found = self._presented(key, name, tag)
        return (found,) if isinstance(found, str) else tuple(found or ())

    @property
    def _is_companion(self) -> bool:
        return self.action in SEEN

    def _presented(self, key: str, name: str, tag: str) -> str | Sequence[str] | None:
        if ":" in key and "." in key.rpartition(":")[0]:
            return self._claim(key)
        far = value_of(self.destination.organization)
        match name:
            case "sts:rolesessionname":
                names = self.assertion.attributes.get(f"{ATTRIBUTE}RoleSessionName", ()) if self.is_saml else ()
                return names[0] if names else self.sent.session_name
            case "sts:sourceidentity":
                return self.source_identity
            case "aws:requesttag":
                return {k.lower(): v for k, v in self.tags.items()}.get(tag)
            case "aws:tagkeys":
                return tuple(self.tags)
            case "sts:transitivetagkeys" if self.is_saml:
                return self.assertion.attributes.get(f"{ATTRIBUTE}TransitiveTagKeys")
            case "sts:transitivetagkeys":
                return tuple(self.claims.get(f"{AWS}tags", {}).get("transitive_tag_keys", ()))
            case "sts:roleauthorizedbyidp" if not self.is_saml:
                if self.role_name.arn in listed(self.claims.get(f"{AWS}roles", [])):
                    return "true"
                return (
                    "false" if self.read_so("a token without the claim is not authorized, in so many words") else None
                )
            case "aws:federatedprovider":
                known = not self.is_saml or self.read_so("the SAML provider is known when the role is assumed")
                return self.provider if known else None
            case "aws:principalisawsservice":
                return "false" if self.read_so("who does not sign is told not to be a service") else None
            case "aws:resourceaccount":
                return self.role_name.account
            case "aws:resourceorgid":
                return far.id if far else None
            case "aws:resourcetag" | "iam:resourcetag":
                role = value_of(self.destination.role)
                return {k.lower(): v for k, v in value_of(role.tags).items()}.get(tag) if role else None
            case "aws:securetransport":
                return "true"
            case "saml:aud":
                return self.assertion.recipient if self.is_saml else None
            case "saml:iss":
                return self.assertion.issuer if self.is_saml else None
            case "saml:sub":
                return self.assertion.subject if self.is_saml else None
            case _ if self.is_saml and name in {**SAML_LISTS, **SAML_TEXTS}:
                return self.assertion.attributes.get({**SAML_LISTS, **SAML_TEXTS}[name])
        return None

    def _claim(self, key: str) -> str | Sequence[str] | None:
        host, _, claim = key.lower().rpartition(":")
        if self.is_saml or host != self.host.lower() or claim not in EXPOSED.get(self.host, EVERY):
            return None
        if self._is_companion and not self.read_so("what goes with the call sees the claims of the token"):
            return None
        authorized, audience = self.claims.get("azp"), self.claims.get("aud")
        if claim == "oaud":
            return listed(audience) if authorized is not None and audience is not None else None
        differs = claim == "aud" and authorized is not None and authorized != audience
        if differs and (self.host in BUILT_IN or self.read_so("azp goes before aud")):
            return str(authorized)
        value = self.claims.get(claim)
        if claim == "aud" and isinstance(value, list) and len(value) > 1:
            return value[:1] if self.read_so("the first of several audiences is the audience") else value
        return None if value is None else [str(one) for one in listed(value)]


def _token_accepted(call: Presentation) -> bool:
    """Check what STS checks of a token: its time, its claims, who issued it, whom it is for, and its roles."""
    claims, now = call.claims, datetime.fromisoformat(call.case.snapshot.taken_at).timestamp()
    if claims.get("exp", now) + 300 < now:
        return False
    roles = claims.get(f"{AWS}roles")
    if roles is not None and call.role_name.arn not in listed(roles):
        return False
    identity = call.source.identity
    assert isinstance(identity, WebIdentity)
    if identity.algorithm in ("HS256", "EdDSA", "PS256"):
        return False
    if call.host in BUILT_IN:
        return True
    if "sub" not in claims or "aud" not in claims:
        return False
    there = [one for one in value_of(call.destination.oidc_providers) if one.arn == call.provider]
    if not there:
        return False
    accepted = {*value_of(there[0].client_ids)}
    audiences = {*listed(claims["aud"])}
    asked = audiences | ({claims["azp"]} if "azp" in claims else set())
    if not asked & accepted:
        return False
    return asked <= accepted or call.read_so("one audience that is registered is enough")


def _assertion_accepted(call: Presentation) -> bool:
    """Check what STS checks of an assertion."""
    assertion = call.assertion
    provider_account = call.source.arn.split(":")[4]
    known = {one.arn: one for one in value_of(call.destination.saml_providers)}
    now = datetime.fromisoformat(call.case.snapshot.taken_at)
    end = datetime.fromisoformat(assertion.not_on_or_after or "")
    pairs = [{*pair.split(",")} for pair in assertion.attributes.get(f"{ATTRIBUTE}Role", ())]
    return (
        provider_account == call.role_name.account
        and call.source.arn in known
        and value_of(known[call.source.arn].entity_id) == assertion.issuer
        and now < end
        and assertion.subject is not None
        and bool(assertion.attributes.get(f"{ATTRIBUTE}RoleSessionName"))
        and {call.role_name.arn, call.source.arn} in pairs
        and any("signin.aws.amazon.com" in one or one == "urn:amazon:webservices" for one in assertion.audiences)
    )


def _role_is_there(call: Presentation) -> bool:
    role = value_of(call.destination.role)
    return isinstance(role, Role) and role.arn == call.role_name.arn


def _parameters_fit(call: Presentation) -> bool:
    sent, role = call.sent, value_of(call.destination.role)
    assert role is not None
    duration = sent.duration_seconds or 3600
    if not 900 <= duration <= value_of(role.max_session_seconds):
        return False
    names = call.assertion.attributes.get(f"{ATTRIBUTE}RoleSessionName", ()) if call.is_saml else ()
    name = names[0] if names else sent.session_name or ""
    identity = call.source_identity
    fits = identity is None or re.fullmatch(r"(?!aws:)[\w+=,.@-]{2,64}", identity, re.ASCII) is not None
    return sent.external_id is None and fits and re.fullmatch(r"[\w+=,.@-]{2,64}", name, re.ASCII) is not None


def _policies(case: Case) -> Iterator[Sequence[Policy]]:
    destination, endpoint = case.snapshot.destination, value_of(case.snapshot.endpoint)
    yield [value_of(destination.trust_policy)]
    yield from (level.policies.policies for level in value_of(destination.rcps))
    if endpoint is not None:
        yield [value_of(endpoint.policy)]


def _authorised(call: Presentation) -> bool:
    """No Deny anywhere; and each of trust policy, RCPs and endpoint policy allows. There are no others.

    RCPs do not reach the roles of the organization's management account.
    """
    trust, *others = _policies(call.case)
    organization, endpoint = value_of(call.destination.organization), value_of(call.case.snapshot.endpoint)
    levels = len(value_of(call.destination.rcps))
    if organization is not None and organization.management_account == call.role_name.account:
        others = others[levels:]
    assert endpoint is not None or len(others) <= levels
    denied = any(_some(call, policies, "Deny") for policies in (trust, *others))
    return not denied and all(_some(call, policies, "Allow") for policies in (trust, *others))


def _some(call: Presentation, policies: Sequence[Policy], effect: str) -> bool:
    return any(
        _means(call, statement) and is_about(call, statement, variables)
        for statement, variables in statements(policies, effect)
    )


def _means(call: Presentation, statement: Statement) -> bool:
    """Say whether a statement's Principal means the bearer: as its provider, or as everybody."""
    principal = statement["Principal"]
    if principal == "*" or "*" in listed(principal.get("AWS", [])):
        return True
    return call.provider in listed(principal.get("Federated", []))
