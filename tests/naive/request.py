"""One authorised action of one request, and the condition keys it carries, key by key.

Written a second time from AWS's documentation, without a look at `diagnose.evaluate`: plain and slow on purpose.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from diagnose.model.arn import CallerArn, CallerKind, RoleArn, parse_caller, parse_role
from diagnose.model.case import Case, Origin, Principal, Role
from diagnose.model.evidence import Evidence, Known
from diagnose.model.trace import Action

T = TypeVar("T")

ASSUME, TAG, IDENTIFY, CONTEXT, *_ = Action
SEEN_BY = {
    "sts:externalid": (ASSUME,),
    "sts:rolesessionname": (ASSUME,),
    "sts:sourceidentity": (ASSUME, IDENTIFY),
    "sts:transitivetagkeys": (ASSUME, TAG),
    "aws:requesttag": (ASSUME, TAG),
    "aws:tagkeys": (ASSUME, TAG),
    "sts:requestcontextproviders": (CONTEXT,),
}
MULTIVALUED = {
    "aws:principalorgpaths",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "sts:transitivetagkeys",
    "sts:requestcontextproviders",
}
UNDOCUMENTED_FOR_SERVICES = ("aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:userid")


class UnsettledError(Exception):
    """The verdict hangs on something that AWS's documentation leaves open or contradicts itself about."""


class OpenQuestionError(Exception):
    """A question that AWS's documentation leaves open, met in a reading that answers it neither way."""


def value_of(evidence: Evidence[T]) -> T:
    """Take evidence that must be known: naive answers are for cases in which nothing is in doubt."""
    assert isinstance(evidence, Known)
    return evidence.value


class Call:
    """One action to authorise, under one reading of what the documentation leaves open."""

    def __init__(self, case: Case, action: Action, reading: Mapping[str, bool]) -> None:
        self.case, self.action, self.reading = case, action, reading
        self.source, self.destination = case.snapshot.source, case.snapshot.destination
        self.session, self.sent = self.source.session, case.request.parameters
        self.caller: CallerArn = parse_caller(self.source.arn)
        self.role_name: RoleArn = parse_role(case.request.role_arn)
        self.origin = value_of(self.session.origin)
        self.inherited = {k: value_of(self.session.tags)[k] for k in value_of(self.session.transitive_tag_keys)}
        self.is_service = self.caller.kind is CallerKind.SERVICE
        self.is_user = self.caller.kind is CallerKind.USER
        self.is_role = self.caller.kind in (CallerKind.ROLE, CallerKind.SESSION)

    @property
    def principal(self) -> Principal:
        found = value_of(self.source.principal)
        assert found is not None
        return found

    @property
    def role(self) -> Role:
        found = value_of(self.destination.role)
        assert found is not None
        return found

    def read_so(self, question: str) -> bool:
        """Answer an open question the way the reading in force does."""
        if question not in self.reading:
            raise OpenQuestionError(question)
        return self.reading[question]

    def is_list(self, key: str) -> bool:
        """Say whether a key may have several values."""
        return key.lower() in MULTIVALUED

    def values(self, key: str) -> tuple[str, ...]:
        """Give the values of a condition key, none where the request does not carry it."""
        name, _, tag = key.lower().partition("/")
        if self.action not in SEEN_BY.get(name, tuple(Action)):
            return ()
        for given, values in self.case.request.context.items():
            if given.lower() == key.lower():
                return values
        found = self._derived(name, tag)
        return (found,) if isinstance(found, str) else tuple(found or ())

    def _derived(self, name: str, tag: str) -> str | tuple[str, ...] | None:
        caller, session, sent, snapshot = self.caller, self.session, self.sent, self.case.snapshot
        if self.is_service and name in UNDOCUMENTED_FOR_SERVICES:
            raise UnsettledError(f"{name} in the request of a service")
        home = None if self.is_service else value_of(self.source.organization)
        far = value_of(self.destination.organization)
        endpoint = value_of(snapshot.endpoint)
        match name:
            case "aws:principalarn":
                return self.principal.arn
            case "aws:principalaccount":
                return caller.account
            case "aws:principaltype":
                return "User" if self.is_user else "AssumedRole"
            case "aws:userid" if caller.kind is CallerKind.ROLE:
                raise UnsettledError("the name of the session is not known")
            case "aws:userid":
                return self.principal.unique_id + (f":{caller.session}" if self.is_role else "")
            case "aws:username":
                return caller.name if self.is_user else None
            case "aws:principaltag":
                if self.is_service:
                    return None
                return _tag({**value_of(self.principal.tags), **value_of(session.tags)}, tag)
            case "aws:principalorgid":
                return home.id if home else None
            case "aws:principalorgpaths":
                return home.path if home else None
            case "aws:principalisawsservice":
                return str(self.is_service).lower()
            case "aws:principalservicename":
                return caller.arn if self.is_service else None
            case "aws:tokenissuetime":
                return self._token_issue_time()
            case "aws:multifactorauthpresent":
                return self._mfa()
            case "aws:multifactorauthage":
                return self._mfa_age()
            case "aws:sourceidentity":
                return value_of(session.source_identity)
            case "sts:sourceidentity":
                return sent.source_identity or value_of(session.source_identity)
            case "sts:externalid":
                return sent.external_id
            case "sts:rolesessionname":
                return sent.session_name
            case "aws:requesttag":
                return _tag(self._request_tags(tag), tag)
            case "aws:tagkeys":
                return tuple(self._request_tags(""))
            case "sts:transitivetagkeys":
                if not self.is_service and self.origin is not Origin.LONG_TERM:
                    raise UnsettledError("sts:TransitiveTagKeys in a request made with temporary credentials")
                return sent.transitive_tag_keys
            case "sts:requestcontextproviders":
                return tuple(context.provider_arn for context in sent.provided_contexts)
            case "aws:resourcetag" | "iam:resourcetag":
                return self._resource_tag(tag)
            case "aws:resourceaccount":
                return self.role_name.account
            case "aws:resourceorgid":
                return far.id if far else None
            case "aws:resourceorgpaths":
                return far.path if far else None
            case "aws:sourcevpce":
                return endpoint.id if endpoint else None
            case "aws:sourcevpc":
                return endpoint.vpc if endpoint else None
            case "aws:requestedregion":
                assert self.case.request.region is not None
                return "us-east-1" if self.case.request.region == "aws-global" else self.case.request.region
            case "aws:currenttime":
                return snapshot.taken_at
            case "aws:epochtime":
                return str(int(datetime.fromisoformat(snapshot.taken_at).timestamp()))
            case "aws:securetransport":
                return "true"
            case "aws:viaawsservice":
                return "false"
            case "aws:sourceip" | "aws:vpcsourceip":
                assert (name == "aws:sourceip") == (endpoint is not None), f"{name} is not told"
            case "aws:useragent":
                raise AssertionError("aws:UserAgent is not told")
            case "aws:sourceaccount" | "aws:sourcearn" | "aws:sourceorgid" | "aws:sourceorgpaths":
                assert not self.is_service, f"{name} is not told"
        return None

    def _token_issue_time(self) -> str | None:
        if self.is_service:
            raise UnsettledError("aws:TokenIssueTime in the request of a service")
        assert (self.origin is Origin.LONG_TERM) == (self.session.issued_at is None)
        return self.session.issued_at

    def _mfa(self) -> str | None:
        if self.sent.mfa_serial:
            return "true"
        if self.is_role:
            return "false" if self.read_so("aws:MultiFactorAuthPresent of a role session is false") else None
        if self.is_service or self.origin is Origin.LONG_TERM:
            return None
        return str(value_of(self.session.mfa)).lower()

    def _mfa_age(self) -> str | None:
        told = "aws:multifactorauthpresent" in {key.lower() for key in self.case.request.context}
        if self.sent.mfa_serial or told:
            raise UnsettledError("aws:MultiFactorAuthAge where the session does not tell it")
        return str(self.session.mfa_age) if self._mfa() == "true" else None

    def _request_tags(self, key: str) -> dict[str, str]:
        """Give the tags in the request; whether those handed on by the caller's session are among them is open."""
        if not self.inherited or (key and _tag(self.inherited, key) is None):
            return dict(self.sent.tags)
        handed_on = self.read_so("inherited tags are tags in the request")
        return {**self.sent.tags, **self.inherited} if handed_on else dict(self.sent.tags)

    def _resource_tag(self, key: str) -> str | None:
        """Give a tag of the role; one of the same key that the caller's session hands on takes its place."""
        own, handed_on = _tag(value_of(self.role.tags), key), _tag(self.inherited, key)
        if own is None and handed_on is not None and not self.read_so("inherited tags add to the role's"):
            return None
        return handed_on or own


def _tag(tags: Mapping[str, str], key: str) -> str | None:
    return {k.lower(): v for k, v in tags.items()}.get(key)
