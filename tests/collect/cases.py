"""Cases of every shape that the types allow, for the laws of reading and writing."""

from typing import Any, TypeVar

from hypothesis import strategies as st
from msgspec.structs import replace

from diagnose.model.arn import parse_caller
from diagnose.model.case import (
    Case,
    DestinationSide,
    Endpoint,
    Organization,
    Origin,
    Parameters,
    Principal,
    ProbeOutcome,
    ProbeResult,
    ProvidedContext,
    Request,
    Role,
    Session,
    Snapshot,
    SourceSide,
    Via,
)
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.federation import OidcProvider, SamlAssertion, SamlProvider, WebIdentity
from diagnose.model.operation import operation_of
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet, PolicyVersion, raw_document

T = TypeVar("T")

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)


def tuples(inner: st.SearchStrategy[T], most: int = 2) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(inner, max_size=most).map(tuple)


def evidence(inner: st.SearchStrategy[T]) -> st.SearchStrategy[Known[T] | Unread]:
    return gaps | st.builds(Known, inner, text)


mappings = st.dictionaries(text, text, max_size=2)
gaps = st.builds(Unread, st.sampled_from(Gap), text, text, text)
documents = json_values.map(raw_document)
policies = st.builds(
    Policy,
    name=text,
    document=documents,
    kind=st.sampled_from(PolicyKind),
    arn=text,
    attached_to=text,
    version=text,
    other_versions=tuples(st.builds(PolicyVersion, text, documents), 1),
)
policy_sets = st.builds(PolicySet, tuples(policies), tuples(gaps))
levels = tuples(st.builds(Level, text, text, policy_sets))
organizations = evidence(st.none() | st.builds(Organization, text, text, text))
sessions = st.builds(
    Session,
    origin=evidence(st.sampled_from(Origin)),
    policies=policy_sets,
    tags=evidence(mappings),
    transitive_tag_keys=evidence(tuples(text)),
    source_identity=evidence(st.none() | text),
    mfa=evidence(st.booleans()),
    mfa_age=st.none() | st.integers(),
    issued_at=st.none() | text,
)
callers = st.sampled_from(
    (
        "arn:aws:iam::111111111111:user/team/dev",
        "arn:aws:iam::111111111111:role/App",
        "arn:aws:sts::111111111111:assumed-role/App/session",
        "arn:aws-cn:iam::111111111111:root",
        "ec2.amazonaws.com",
    )
)
sides_of_callers = st.builds(
    SourceSide,
    arn=callers,
    principal=evidence(st.none() | st.builds(Principal, text, text, evidence(mappings), text)),
    identity_policies=policy_sets,
    idle_policies=tuples(policies, 1),
    boundary=evidence(st.none() | policies),
    session=sessions,
    scps=evidence(levels),
    organization=organizations,
)
timestamps = st.none() | text
web_identities = st.builds(WebIdentity, st.dictionaries(text, json_values, max_size=3), st.booleans(), text)
assertions = st.builds(
    SamlAssertion,
    *(timestamps for _ in range(4)),
    audiences=tuples(text),
    attributes=st.dictionaries(text, tuples(text), max_size=2),
    issued_at=timestamps,
    not_on_or_after=timestamps,
    complete=st.booleans(),
)
federated = st.builds(
    SourceSide, arn=st.just("https://idp.example.com/one"), identity=st.none() | web_identities
) | st.builds(SourceSide, arn=st.just("arn:aws:iam::222222222222:saml-provider/IdP"), identity=st.none() | assertions)
sources = sides_of_callers | federated
destinations = st.builds(
    DestinationSide,
    role=evidence(
        st.none() | st.builds(Role, text, text, evidence(mappings), evidence(st.integers()), created_at=text)
    ),
    trust_policy=evidence(policies),
    rcps=evidence(levels),
    organization=organizations,
    other_roles=evidence(tuples(text)),
    oidc_providers=evidence(
        tuples(st.builds(OidcProvider, text, evidence(tuples(text)), evidence(tuples(text)), text), 1)
    ),
    saml_providers=evidence(tuples(st.builds(SamlProvider, text, evidence(text), text, text), 1)),
)
requests = st.builds(
    Request,
    role_arn=st.sampled_from(("arn:aws:iam::222222222222:role/App", "arn:aws-us-gov:iam::222222222222:role/a/b/C")),
    via=st.sampled_from(Via),
    parameters=st.builds(
        Parameters,
        session_name=st.none() | text,
        external_id=st.none() | text,
        duration_seconds=st.none() | st.integers(),
        mfa_serial=st.none() | text,
        mfa_code_sent=st.booleans(),
        source_identity=st.none() | text,
        tags=mappings,
        transitive_tag_keys=tuples(text),
        provided_contexts=tuples(st.builds(ProvidedContext, text, text), 1),
        provider_id=st.none() | text,
    ),
    region=st.none() | text,
    signed_in_as=st.none() | text,
    context=st.dictionaries(text, tuples(text), max_size=2),
    unknown=tuples(text),
)
_any_case = st.builds(
    Case,
    request=requests,
    snapshot=st.builds(
        Snapshot,
        source=sources,
        destination=destinations,
        endpoint=evidence(st.none() | st.builds(Endpoint, text, text, text, evidence(policies))),
        taken_at=text,
    ),
    message=text,
    probe=st.none() | st.builds(ProbeResult, st.sampled_from(ProbeOutcome), text, text, text, text),
    note=text,
)


def _called(case: Case) -> Case:
    """Give the case with the operation that its source calls."""
    operation = operation_of(parse_caller(case.snapshot.source.arn).kind)
    return replace(case, request=replace(case.request, operation=operation))


cases = _any_case.map(_called)
