"""Whatever stands in the place of a policy, a parameter or an ARN, deciding answers; only a bad ARN is a mistake."""

from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import Raw
from msgspec.structs import replace

from diagnose.errors import XdiagError
from diagnose.evaluate.decision import decide, verdict
from diagnose.model.case import Case, Endpoint, Organization, Parameters
from diagnose.model.evidence import Known
from diagnose.model.policy import Level, Policy, PolicyKind, PolicySet, raw_document
from diagnose.model.tri import Tri
from tests.evaluate.cases import HOME, LOCAL, SERVICE, SESSION, STS, USER, case, levels, trusts

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
telling = st.sampled_from(
    [
        "*",
        "Allow",
        "Deny",
        "sts:*",
        "${aws:username}",
        "${",
        "${}",
        "${*}",
        "${aws:PrincipalTag/x, 'd'}",
        "arn:aws:iam::222222222222:role/ops/Deploy",
        "arn:aws:iam::111111111111:root",
        "arn:*",
        "arn:::::",
        "::::::",
        "AROA",
        "111111111111",
        "2012-10-17",
        "2026-03-02T09:30:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "1e308",
        "1" * 400,
        "203.0.113.0/24",
        "::/0",
        "0.0.0.0/0",
        "true",
        "\ud800",
        "\x00",
        "",
    ]
)
keys = st.sampled_from(
    [
        "aws:PrincipalArn",
        "aws:PrincipalTag/x",
        "aws:CurrentTime",
        "aws:SourceIp",
        "aws:userid",
        "aws:MultiFactorAuthAge",
        "aws:TagKeys",
        "sts:ExternalId",
        "aws:PrincipalOrgPaths",
        "",
        "/",
        ":",
        "x",
    ]
)
operators = st.sampled_from(
    [
        prefix + name + suffix
        for prefix in ("", "ForAllValues:", "ForAnyValue:")
        for name in (
            "StringEquals",
            "StringNotLike",
            "NumericLessThan",
            "DateNotEquals",
            "Bool",
            "BinaryEquals",
            "NotIpAddress",
            "IpAddress",
            "ArnLike",
            "ArnNotEquals",
            "Null",
            "",
        )
        for suffix in ("", "IfExists")
    ]
)
texts = telling | anything | st.lists(telling, max_size=3)
conditions = st.dictionaries(operators, st.dictionaries(keys, texts, max_size=2) | anything, max_size=2) | anything
principals = st.dictionaries(st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser", "aws"]), texts) | texts
statements = st.fixed_dictionaries(
    {},
    optional={
        "Sid": texts,
        "Effect": st.sampled_from(["Allow", "Deny"]) | texts,
        "Action": texts,
        "NotAction": texts,
        "Resource": texts,
        "NotResource": texts,
        "Principal": principals,
        "NotPrincipal": principals,
        "Condition": conditions,
        "Other": anything,
    },
)
documents = anything | st.fixed_dictionaries(
    {"Statement": statements | st.lists(statements | anything, max_size=3)}, optional={"Version": texts, "Id": anything}
)
hard = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def everywhere(raw: Raw, source: str) -> Case:
    """Put a document in the place of every policy, beside one that allows."""
    odd = Policy("odd", raw)
    fine = Policy("fine", raw_document({"Version": "2012-10-17", "Statement": [STS | {"Principal": "*"}]}))
    both = PolicySet((fine, odd))
    scps = Known((Level("r-1", policies=both),))
    one = case(
        source,
        LOCAL,
        trust=Policy("odd", raw, PolicyKind.TRUST),
        identity=both,
        session_policy=both,
        scps=scps,
        rcps=scps,
        organization=Known(Organization("o-1")),
        far_organization=Known(Organization("o-1")),
        endpoint=Known(Endpoint("vpce-1", policy=Known(odd))),
        parameters=Parameters("nightly", tags={"x": "y"}, source_identity="alice"),
        unknown=("aws:PrincipalTag/x", "sts:ExternalId"),
    )
    return replace(one, snapshot=replace(one.snapshot, source=replace(one.snapshot.source, boundary=Known(odd))))


def answers(one: Case) -> Tri:
    decision = decide(one)
    assert decision.verdict is verdict(one)
    assert bool(decision.blockers) is (decision.verdict is Tri.NO)
    if decision.verdict is Tri.UNKNOWN:
        assert any(doubt.matters is not Tri.NO for doubt in decision.doubts), "it must say on what it hangs"
    return decision.verdict


@hard
@given(documents, st.sampled_from([USER, SESSION, SERVICE]))
def test_any_json_in_the_place_of_a_policy_is_answered(document: Any, source: str) -> None:
    answers(everywhere(raw_document(_without_surrogates(document)), source))


@hard
@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda raw: raw.decode("latin-1")))
@example('{"Statement": ' + "[" * 50_000)
@example("[" * 200_000 + "]" * 200_000)
@example('{"a":' * 100_000 + "1" + "}" * 100_000)
@example('{"Statement": ' + "1" * 5_000 + "}")
@example('"' + "%7B" * 1_000 + '"')
@example('"%')
@example("%7B%7D")
@example('{"Statement": NaN}')
@example('{"Statement": {"Effect": "Allow", "Action": "\\ud800", "Resource": "\\ud800*"}}')
def test_any_text_in_the_place_of_a_document_is_answered(text: str) -> None:
    answers(everywhere(Raw(text.encode("utf-8", "surrogatepass")), USER))


@hard
@given(st.binary(max_size=60))
def test_any_bytes_in_the_place_of_a_document_are_answered(content: bytes) -> None:
    answers(everywhere(Raw(content), SESSION))


@hard
@given(st.text(max_size=60) | telling, st.text(max_size=60) | telling)
def test_only_a_bad_arn_is_a_mistake(source: str, role: str) -> None:
    one = case()
    broken = replace(
        one,
        request=replace(one.request, role_arn=role),
        snapshot=replace(one.snapshot, source=replace(one.snapshot.source, arn=source)),
    )
    assert mistake(broken) != ""


def mistake(one: Case) -> str | None:
    """Decide in both ways, and give the hint of the mistake that both must make; None where they answer."""
    hints: set[str | None] = set()
    for ask in (decide, verdict):
        try:
            ask(one)
            hints.add(None)
        except XdiagError as error:
            hints.add(error.hint)
    (hint,) = hints
    return hint


arn_like = st.tuples(
    st.sampled_from(["arn", "", "ARN"]),
    st.sampled_from(["aws", "aws-cn", "", "x"]),
    st.sampled_from(["iam", "sts", "s3", ""]),
    st.sampled_from(["", "us-east-1", "222222222222"]),
    st.sampled_from(["222222222222", "", "22-22", "1234-5678-9012"]),
    st.sampled_from(
        ["role/x", "role/", "role", "root", "assumed-role/x/y", "assumed-role", "user/x", ":role/x", "//", ""]
    ),
).map(":".join)


@hard
@given(arn_like)
def test_almost_an_arn_is_read_or_is_a_mistake(text: str) -> None:
    one = case()
    for broken in (
        replace(one, request=replace(one.request, role_arn=text)),
        replace(one, snapshot=replace(one.snapshot, source=replace(one.snapshot.source, arn=text))),
        replace(
            one,
            request=replace(one.request, role_arn=text),
            snapshot=replace(one.snapshot, source=replace(one.snapshot.source, arn=text)),
        ),
    ):
        assert mistake(broken) != ""


@hard
@given(
    st.dictionaries(keys, st.lists(telling | st.text(max_size=8), max_size=3).map(tuple), max_size=4),
    st.lists(keys, max_size=3).map(tuple),
    conditions,
    st.sampled_from(["Allow", "Deny"]),
)
def test_any_context_is_answered(
    context: dict[str, tuple[str, ...]], unknown: tuple[str, ...], condition: Any, effect: str
) -> None:
    clean = _without_surrogates(condition)
    trust = [trusts({"AWS": HOME}), trusts("*", effect=effect, Condition=clean)]
    answers(case(SESSION, trust=trust, context=context, unknown=unknown, scps=levels([STS | {"Condition": clean}])))


@hard
@given(
    st.builds(
        Parameters,
        session_name=st.none() | st.text(max_size=70),
        external_id=st.none() | st.text(max_size=10),
        duration_seconds=st.none() | st.integers(),
        mfa_serial=st.none() | st.text(max_size=10) | telling,
        mfa_code_sent=st.booleans(),
        source_identity=st.none() | st.text(max_size=10),
        tags=st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=3),
        transitive_tag_keys=st.lists(st.text(max_size=4), max_size=3).map(tuple),
    )
)
def test_any_parameters_are_answered(parameters: Parameters) -> None:
    answers(case(SESSION, parameters=parameters))


def _without_surrogates(value: Any) -> Any:
    """Keep to what JSON text can carry as UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(one) for key, one in value.items()}
    return [_without_surrogates(one) for one in value] if isinstance(value, list) else value
