"""Laws of redaction: nothing of the customer is left, nothing is confused, the answer is the same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace
from tests.report.diagnoses import EVERY, NAMES, Names
from tests.report.html.pages import Page
from tests.report.redact.proof import answer, diagnosed, proving, redacted, rewritten

from diagnose.evaluate.decision import decide
from diagnose.loading import load_case
from diagnose.model.arn import CallerKind, parse_caller, parse_role
from diagnose.model.case import Case, Endpoint, Organization, ProbeOutcome, ProbeResult, ProvidedContext, Role
from diagnose.model.diagnosis import Diagnosis
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.federation import SAML_ROLE, SAML_TAG, OidcProvider, SamlAssertion, SamlProvider, WebIdentity
from diagnose.model.issuers import issuer_of
from diagnose.model.policy import Policy, PolicySet, PolicyVersion, document_text, raw_document
from diagnose.report import Detail, Format, render
from diagnose.report.redact.case_texts import REWRITERS
from diagnose.report.redact.redact import redact, redact_case
from diagnose.report.snippet import page_of, span_at

WORLDS = sorted((Path(__file__).parents[3] / "fixtures" / "worlds").glob("*.json"))
every_diagnosis = pytest.mark.parametrize("name", EVERY)

_letters = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+=,.@_-", min_size=1, max_size=8)
_name = st.builds("zq{}x{}".format, _letters, st.integers(0, 999))
_account = st.integers(10**11, 10**12 - 1).map(str)
_names = st.builds(
    Names,
    source_account=_account,
    dest_account=_account,
    **{
        field: _name
        for field in Names.__struct_fields__
        if field not in ("source_account", "dest_account")
    },
)  # fmt: skip


@every_diagnosis
@given(names=_names)
@settings(max_examples=15, deadline=None)
def test_no_name_and_no_account_is_left_in_any_format(name: str, names: Names) -> None:
    originals = [getattr(names, field) for field in Names.__struct_fields__]
    for written in _every_format(redacted(EVERY[name](names).case)):
        assert [original for original in originals if original in written] == []


@every_diagnosis
@given(names=_names)
@settings(max_examples=10, deadline=None)
def test_no_name_and_no_account_is_left_in_a_case_alone(name: str, names: Names) -> None:
    written = msgspec.json.encode(redact_case(EVERY[name](names).case, proving())).decode()
    assert [original for field in Names.__struct_fields__ if (original := getattr(names, field)) in written] == []


@pytest.mark.parametrize("world", WORLDS, ids=lambda path: path.stem)
def test_a_redacted_case_is_decided_as_the_one_it_was(world: Path) -> None:
    case = load_case(world)
    told = redact_case(case, proving())
    assert told.request.role_arn != case.request.role_arn
    assert decide(told).verdict is decide(case).verdict


@every_diagnosis
@given(names=_names)
@settings(max_examples=10, deadline=None)
def test_different_names_get_different_pseudonyms(name: str, names: Names) -> None:
    case = EVERY[name](names).case
    pairs = {(before, after) for before, after in _pairs(case, redact_case(case, proving()))}
    assert len({before for before, _ in pairs}) == len(pairs)
    assert len({after for _, after in pairs}) == len(pairs)


@every_diagnosis
def test_the_answer_stays_the_same_however_often_it_is_redacted(name: str) -> None:
    diagnosis = diagnosed(EVERY[name](NAMES).case)
    once = redact(diagnosis, proving())
    for told in (once, redacted(once.case)):
        assert (answer(told), told.agreement) == (answer(diagnosis), diagnosis.agreement)
        assert json.loads(render(told, Format.JSON))["blockers"] == len(diagnosis.decision.blockers)


@every_diagnosis
def test_every_pointer_leads_to_the_same_place(name: str) -> None:
    diagnosis = diagnosed(EVERY[name](NAMES).case)
    for before, after in zip(diagnosis.findings, redact(diagnosis, proving()).findings, strict=True):
        for one, other in zip(before.excerpts, after.excerpts, strict=True):
            spans = [span_at(page_of(document_text(it.policy.document)), it.pointer) for it in (one, other)]
            assert spans[0].line == spans[1].line


def test_names_that_stand_in_several_places_stay_the_same_name() -> None:
    told = redacted(EVERY["wrong-principal"](NAMES).case)
    finding = told.findings[0]
    caller = told.case.snapshot.source.arn
    assert caller in finding.explanation
    assert caller in finding.remedies[0].document
    assert parse_role(caller).account != parse_role(told.case.request.role_arn).account


def test_commands_and_messages_to_send_are_left_out() -> None:
    remedy = redacted(EVERY["wrong-principal"](NAMES).case).findings[0].remedies[0]
    assert (remedy.commands, remedy.letter) == ((), None)


def test_a_redacted_case_can_still_be_written_and_read() -> None:
    case = rewritten(EVERY["denied-by-scp"](NAMES).case)
    assert msgspec.json.decode(msgspec.json.encode(case), type=Case).request == case.request


@pytest.mark.parametrize("path", WORLDS, ids=lambda path: path.stem)
def test_nothing_of_a_whole_world_is_left(path: Path) -> None:
    case = msgspec.json.decode(path.read_bytes(), type=Case)
    written = msgspec.json.encode(rewritten(case)).decode()
    for secret in ("payments", "builder", "acme", "release-42", "alice", "App", "Deploy", "build-7", "EXAMPLE"):
        assert not re.search(rf"(?<![A-Za-z]){secret}(?![A-Za-z])", written), secret
    assert not set(re.findall(r"[0-9]{12}", path.read_text())) & set(re.findall(r"[0-9]{12}", written))


def test_every_text_of_an_assertion_is_redacted_but_aws_s_words() -> None:
    attributes = {SAML_TAG + "zqtag": ("zqvalue",), SAML_ROLE: ("arn:aws:iam::111111111111:role/zqrole",), "zqname": ()}
    assertion = SamlAssertion(
        "zqissuer", "zqsubject", "persistent", "zqrecipient", ("zqaudience",), attributes, "zqissued", "zqafter"
    )
    case = EVERY["denied-by-scp"](NAMES).case
    source = replace(case.snapshot.source, arn="arn:aws:iam::111111111111:saml-provider/zqprovider", identity=assertion)
    case = replace(case, snapshot=replace(case.snapshot, source=source))
    told = rewritten(case).snapshot.source.identity
    assert isinstance(told, SamlAssertion)
    assert "zq" not in msgspec.json.encode(told).decode()
    assert told.subject_format == "persistent"
    assert SAML_ROLE in told.attributes


@pytest.mark.parametrize(
    ("issuer", "public"),
    [
        pytest.param("https://token.actions.githubusercontent.com", True, id="shared by many customers"),
        pytest.param("https://accounts.google.com", True, id="built into IAM"),
        pytest.param("https://sso.zq.example/realms/one", False, id="somebody's own"),
    ],
)
def test_an_issuer_stays_where_it_serves_many_customers(issuer: str, *, public: bool) -> None:
    case = EVERY["denied-by-scp"](NAMES).case
    case = replace(case, snapshot=replace(case.snapshot, source=replace(case.snapshot.source, arn=issuer)))
    told = rewritten(case).snapshot.source.arn
    assert (told == issuer) is public
    assert parse_caller(told).kind is CallerKind.WEB_IDENTITY


@pytest.mark.parametrize(
    "issuer",
    [
        "oidc.eks.eu-west-1.amazonaws.com/id/ZQ22334455667788990011223344AABB",
        "token.actions.githubusercontent.com/zqenterprise",
        "oidc.circleci.com/org/0f3ab214-7c1d-4e0a-9d7b-3a6a2b9c1d55",
        "idcs-zq0123.identity.oraclecloud.com",
        "agent.zqcluster.buildkite.dev",
    ],
)
@pytest.mark.parametrize("claim", [":sub", ""], ids=["with a claim", "without"])
def test_an_issuer_of_one_customer_keeps_its_form_wherever_it_is_named(issuer: str, claim: str) -> None:
    case = EVERY["denied-by-scp"](NAMES).case
    statement = {
        "Principal": {"Federated": f"arn:aws:iam::111111111111:oidc-provider/{issuer}"},
        "Condition": {"StringEquals": {f"{issuer}{claim}": "zqsubject"}},
    }
    trust = Policy("zqrole", raw_document({"Statement": [statement]}))
    token = WebIdentity({"iss": f"https://{issuer}", "sub": "zqsubject"})
    snapshot = replace(
        case.snapshot,
        source=replace(case.snapshot.source, arn=f"https://{issuer}", identity=token),
        destination=replace(case.snapshot.destination, trust_policy=Known(trust)),
    )
    told = rewritten(replace(case, snapshot=snapshot)).snapshot
    name = told.source.arn.removeprefix("https://")
    assert name != issuer
    assert issuer_of(name) is issuer_of(issuer)
    assert isinstance(told.source.identity, WebIdentity)
    assert told.source.identity.claims["iss"] == told.source.arn
    assert isinstance(told.destination.trust_policy, Known)
    written = json.loads(document_text(told.destination.trust_policy.value.document))["Statement"][0]
    assert written["Principal"]["Federated"].endswith(f":oidc-provider/{name}")
    assert list(written["Condition"]["StringEquals"]) == [f"{name}{claim}"]
    assert "zq" not in msgspec.json.encode(told).decode().lower()


def test_no_field_that_holds_text_is_forgotten() -> None:
    assert {kind.__name__ for kind in _structs(Case)} >= {"Case", "Policy", "Unread", "Endpoint"}
    assert _structs(Case) == set(REWRITERS)
    forgotten = {
        f"{kind.__name__}.{field}"
        for kind in _structs(Case)
        for field, hint in get_type_hints(kind).items()
        if _holds_text(hint) and field not in REWRITERS.get(kind, {})
    }
    assert forgotten == set()


def test_every_field_of_a_case_is_redacted() -> None:
    """Fill every text of a case with its own secret, and look for them all."""
    secrets = set(re.findall(r"zq[a-z]+\d*", msgspec.json.encode(_filled()).decode()))
    assert len(secrets) > 30
    written = msgspec.json.encode(rewritten(_filled())).decode()
    assert {secret for secret in secrets if secret in written} == set()


def _filled() -> Case:
    case = EVERY["denied-by-scp"](NAMES).case
    arn = "arn:aws:iam::111111111111:role/zqpath/zqother"
    document = raw_document(
        {"Id": "zqid", "Statement": {"Sid": "zqsid", "Condition": {"StringLike": {"zqkey": "zqv*"}}}}
    )
    policy = Policy(
        "zqpolicy", document, arn="arn:aws:iam::1:policy/zqarn", attached_to="group zqgroup", version="zqversion"
    )
    policy = replace(policy, other_versions=(PolicyVersion("zqold", document),))
    organization = Known(Organization("zqorg", "zqone/zqtwo/", "zqmanagement"), "zqfile")
    parameters = replace(
        case.request.parameters,
        session_name="zqsession",
        external_id="zqexternal",
        mfa_serial="zqserial",
        source_identity="zqidentity",
        tags={"zqtag": "zqvalue"},
        transitive_tag_keys=("zqtransitive",),
        provided_contexts=(ProvidedContext("zqprovider", "zqassertion"),),
        provider_id="zqproviderid",
    )
    request = replace(
        case.request,
        parameters=parameters,
        region="zqregion",
        signed_in_as="zqsigned",
        context={"aws:PrincipalTag/zqkeytag": ("zqheld",), "aws:CurrentTime": ("zqtime",)},
        unknown=("aws:RequestTag/zqunknown",),
    )
    source = replace(
        case.snapshot.source,
        identity_policies=PolicySet((policy,), (Unread(Gap.ACCESS_DENIED, "zqsubject", "zqpermission", "zqdetail"),)),
        idle_policies=(replace(policy, name="zqidle"),),
        organization=organization,
        session=replace(
            case.snapshot.source.session,
            tags=Known({"zqstag": "zqsvalue"}),
            transitive_tag_keys=Known(("zqstransitive",)),
            source_identity=Known("zqsidentity"),
            issued_at="zqissued",
        ),
        identity=WebIdentity({"zqclaim": ["zqlisted", {"zqinner": "zqdeep"}], "sub": "zqsub", "exp": 1}, True, "zqalg"),
    )
    destination = replace(
        case.snapshot.destination,
        role=Known(Role(arn, "zqunique", Known({"zqrtag": "zqrvalue"}), created_at="zqcreated")),
        other_roles=Known((arn, "zqelse")),
        organization=organization,
        oidc_providers=Known((OidcProvider("zqoidc", Known(("zqclient",)), Known(("zqthumb",)), "zqmade"),)),
        saml_providers=Known((SamlProvider("zqsaml", Known("zqentity"), "zqvalid", "zqfounded"),)),
    )
    endpoint = Known(Endpoint("zqendpoint", "zqvpc", "zqowner", Known(policy)))
    snapshot = replace(case.snapshot, source=source, destination=destination, endpoint=endpoint, taken_at="zqtaken")
    probe = ProbeResult(ProbeOutcome.OTHER_ERROR, "zqcaller", "zq-code", "zqmessage", "zqwhy")
    return replace(case, request=request, snapshot=snapshot, probe=probe, message="zqerror", note="zqnote")


def _every_format(diagnosis: Diagnosis) -> list[str]:
    return [
        *(render(diagnosis, format_) for format_ in Format),
        # A page breaks long names where a line may end.
        Page(render(diagnosis, Format.HTML)).words,
        render(diagnosis, Format.TEXT, color=True),
        *(render(diagnosis, Format.TEXT, detail=detail) for detail in Detail),
        msgspec.json.encode(diagnosis.case).decode(),
    ]


def _pairs(before: Any, after: Any) -> Iterator[tuple[str, str]]:
    """Pair every name of a case with what it became."""
    ends = ("arn", "role_arn", "name", "session_name", "external_id")
    if isinstance(before, Struct):
        for field in before.__struct_fields__:
            one, other = getattr(before, field), getattr(after, field)
            if field in ends and isinstance(one, str) and one:
                yield one, other
            yield from _pairs(one, other)
    if isinstance(before, tuple):
        for one, other in zip(before, after, strict=True):
            yield from _pairs(one, other)


def _structs(kind: Any, seen: set[type] | None = None) -> set[type]:
    """Give every structure that a diagnosis is made of."""
    found = seen if seen is not None else set()
    for part in (kind, *get_args(kind)):
        if isinstance(part, type) and issubclass(part, Struct) and part not in found:
            found.add(part)
            for hint in get_type_hints(part).values():
                _structs(hint, found)
        elif get_args(part):
            for inner in get_args(part):
                _structs(inner, found)
        origin = getattr(part, "__origin__", None)
        if isinstance(origin, type) and issubclass(origin, Struct):
            _structs(origin, found)
    return found


def _holds_text(hint: Any) -> bool:
    """Say whether a field holds text itself, not in a structure of its own."""
    if hint is str:
        return True
    origin = getattr(hint, "__origin__", None)
    if isinstance(origin, type) and issubclass(origin, Struct):
        return any(_holds_text(part) for part in get_args(hint))
    return any(_holds_text(part) for part in get_args(hint))
