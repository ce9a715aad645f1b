"""How what is presented gets into a case, and what of it is dropped where its form is not known."""

from typing import Any

import pytest
from msgspec.structs import replace
from tests.collect.federation.tokens import GITHUB, PROVIDER, ROLE

from diagnose.collect.federation.presented import (
    Presented,
    as_far_as_agreed,
    as_if_in_time,
    forms_besides,
    issuer_url,
    token_presented,
    with_attributes,
    with_claims,
    with_presented,
    workload_presented,
)
from diagnose.collect.federation.workload import Composed
from diagnose.errors import XdiagError
from diagnose.model.case import Case, ProbeOutcome, ProbeResult, Request, Snapshot, SourceSide
from diagnose.model.federation import SamlAssertion, WebIdentity
from diagnose.model.operation import Operation

ISSUER = "https://token.actions.githubusercontent.com"
TOKEN = WebIdentity(GITHUB, complete=True, algorithm="RS256")


def case(source: str = ISSUER, identity: Any = None, operation: Operation = Operation.ASSUME_ROLE) -> Case:
    return Case(
        Request(ROLE, operation),
        Snapshot(SourceSide(source, identity=identity)),
        message="AccessDenied",
        probe=ProbeResult(ProbeOutcome.ACCESS_DENIED),
        note="a note.",
    )


def claims_of(given: Case) -> Any:
    identity = given.snapshot.source.identity
    return identity.claims if isinstance(identity, WebIdentity) else None


def test_a_token_makes_the_request_one_with_web_identity() -> None:
    got = with_presented(case(), token_presented(TOKEN))
    assert got.request.operation is Operation.WITH_WEB_IDENTITY
    assert got.snapshot.source.identity == TOKEN
    assert got.message == "AccessDenied"
    assert got.note == ("a note. The token's signature was not checked. It expires at 2026-11-02T10:04:00+00:00.")


def test_an_assertion_makes_the_request_one_with_saml() -> None:
    assertion = SamlAssertion(issuer="x", complete=True)
    got = with_presented(case(PROVIDER), Presented(PROVIDER, (assertion,)))
    assert (got.request.operation, got.snapshot.source.identity) == (Operation.WITH_SAML, assertion)


@pytest.mark.parametrize(
    ("source", "presented"),
    [
        pytest.param("arn:aws:iam::111111111111:user/ci", token_presented(TOKEN), id="a user with a token"),
        pytest.param(PROVIDER, token_presented(TOKEN), id="a SAML provider with a token"),
        pytest.param(ISSUER, Presented("", (SamlAssertion(),), over=True), id="an issuer with an assertion"),
    ],
)
def test_whoever_presents_something_else_is_refused(source: str, presented: Presented) -> None:
    with pytest.raises(XdiagError, match="does not call AssumeRoleWith"):
        with_presented(case(source), presented)


def test_what_aws_answered_to_another_token_is_dropped() -> None:
    before = case(identity=TOKEN, operation=Operation.WITH_WEB_IDENTITY)
    same = with_presented(before, token_presented(TOKEN))
    assert (same.message, same.probe) == (before.message, before.probe)
    other = with_presented(before, with_claims(None, {"sub": "x"}))
    assert (other.message, other.probe) == ("", None)


def test_single_claims_count_before_those_of_the_case() -> None:
    before = case(identity=TOKEN, operation=Operation.WITH_WEB_IDENTITY)
    got = with_presented(before, with_claims(None, {"sub": "x"}))
    assert claims_of(got) == {**GITHUB, "sub": "x"}
    assert got.snapshot.source.identity == WebIdentity({**GITHUB, "sub": "x"}, complete=True, algorithm="RS256")


def test_single_claims_count_before_those_of_a_token() -> None:
    got = with_claims(token_presented(TOKEN), {"sub": "x", "iss": "https://other.example.com"})
    assert got.source == "https://other.example.com"
    assert isinstance(got.forms[0], WebIdentity)
    assert got.forms[0].complete


def test_a_claim_that_is_given_settles_what_was_open() -> None:
    open_audience = workload_presented(Composed(({**GITHUB, "aud": "a"}, {**GITHUB, "aud": "b"})))
    assert len(open_audience.forms) == 2
    assert len(with_claims(open_audience, {"aud": "c"}).forms) == 1


def test_single_attributes_count_before_those_of_an_assertion() -> None:
    below = SamlAssertion(
        issuer="i", subject="s", audiences=("a",), attributes={"m": ("1",), "n": ("2",)}, complete=True
    )
    above = SamlAssertion(subject="t", attributes={"n": ("3",)})
    (got,) = with_attributes(Presented(PROVIDER, (below,)), above).forms
    assert got == SamlAssertion(
        issuer="i", subject="t", audiences=("a",), attributes={"m": ("1",), "n": ("3",)}, complete=True
    )


def test_claims_are_not_attributes() -> None:
    with pytest.raises(XdiagError, match="a token has claims, and an assertion has attributes"):
        with_claims(Presented(PROVIDER, (SamlAssertion(),)), {"sub": "x"})


def test_what_differs_between_forms_is_not_known() -> None:
    forms = ({**GITHUB, "sub": "a", "x": None}, {**GITHUB, "sub": "b", "x": None}, {**GITHUB, "sub": "a"})
    presented = workload_presented(Composed(forms))
    first = with_presented(case(), presented)
    assert claims_of(first) == forms[0]
    assert [claims_of(other) for other in forms_besides(first, presented)] == list(forms[1:])
    agreed = as_far_as_agreed(first, forms_besides(first, presented))
    assert claims_of(agreed) == {name: value for name, value in GITHUB.items() if name != "sub"}
    assert agreed.snapshot.source.identity == WebIdentity(claims_of(agreed), complete=False)


@pytest.mark.parametrize(
    ("issuer", "url"),
    [
        pytest.param(ISSUER, ISSUER, id="a URL"),
        pytest.param("accounts.google.com", "https://accounts.google.com", id="a host alone"),
        pytest.param("https://idp.example.com/", "https://idp.example.com/", id="a slash at the end stays"),
    ],
)
def test_the_source_is_the_issuer(issuer: str, url: str) -> None:
    assert issuer_url({"iss": issuer}) == url


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        pytest.param({}, "the token has no `iss`", id="none"),
        pytest.param({"iss": 7}, "the token has no `iss`", id="a number"),
        pytest.param({"iss": "http://idp.example.com"}, "does not begin with `https://`", id="without TLS"),
        pytest.param({"iss": "https://"}, "is not the URL of a token's issuer", id="no host"),
    ],
)
def test_an_issuer_that_cannot_be_one(claims: dict[str, Any], message: str) -> None:
    with pytest.raises(XdiagError, match=message):
        issuer_url(claims)


@pytest.mark.parametrize("expires", [10**30, -(10**20), float("1e300"), True, "soon"])
def test_an_expiry_of_any_size_does_no_harm(expires: Any) -> None:
    assert len(token_presented(WebIdentity({**GITHUB, "exp": expires})).told) == 1


EXPIRES = "2026-11-02T10:05:00Z"
ASSERTION = SamlAssertion(subject="amy", issued_at="2026-11-02T10:00:00Z", not_on_or_after=EXPIRES)
IN_TIME, AFTERWARDS = "2026-11-02T10:01:00+00:00", "2026-11-26T10:00:00+00:00"


@pytest.mark.parametrize(
    ("identity", "now", "expected"),
    [
        pytest.param(TOKEN, IN_TIME, TOKEN, id="a token in time"),
        pytest.param(
            TOKEN,
            AFTERWARDS,
            replace(TOKEN, claims={name: value for name, value in GITHUB.items() if name != "exp"}),
            id="a token of a job that ended long ago",
        ),
        pytest.param(TOKEN, "", TOKEN, id="a token, and no time that is known"),
        pytest.param(TOKEN, "2026-11-26T10:00:00", TOKEN, id="a token, and a time without a zone"),
        pytest.param(ASSERTION, IN_TIME, ASSERTION, id="an assertion in time"),
        pytest.param(ASSERTION, AFTERWARDS, SamlAssertion(subject="amy"), id="an assertion of long ago"),
        pytest.param(
            replace(ASSERTION, not_on_or_after="x"), AFTERWARDS, replace(ASSERTION, not_on_or_after="x"), id="no time"
        ),
        pytest.param(None, AFTERWARDS, None, id="nothing"),
    ],
)
def test_what_has_expired_since_is_taken_as_if_in_time(identity: Any, now: str, expected: Any) -> None:
    before = case(identity=identity)
    before = replace(before, snapshot=replace(before.snapshot, taken_at=now))
    got = as_if_in_time(before)
    assert got.snapshot.source.identity == expected
    assert ("It has expired since" in got.note) == (expected != identity)


@pytest.mark.parametrize(
    ("claims", "message", "hint"),
    [
        pytest.param(
            {"iss": ""},
            "the token has no `iss`, which says who issued it",
            "add it with `--claim iss=https://...`",
            id="an empty one",
        ),
        pytest.param(
            {"iss": "http://idp.example.com"},
            "the token's `iss` does not begin with `https://`",
            "IAM has providers for no other issuers",
            id="without TLS",
        ),
    ],
)
def test_a_mistake_in_an_issuer_says_what_to_do(claims: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(XdiagError) as error:
        issuer_url(claims)
    assert (error.value.message, error.value.hint) == (message, hint)


def test_whoever_presents_something_else_is_told_who_presents_this() -> None:
    for source, presented, operation in (
        (PROVIDER, token_presented(TOKEN), "AssumeRoleWithWebIdentity"),
        (ISSUER, Presented("", (SamlAssertion(),)), "AssumeRoleWithSAML"),
    ):
        with pytest.raises(XdiagError) as error:
            with_presented(case(source), presented)
        assert error.value.message == f"the source `{source}` does not call {operation}"
        assert error.value.hint == (
            "expected a source that presents this: the URL of a token's issuer, or the ARN of a SAML provider"
        )


def test_attributes_of_a_token_are_a_mistake_and_say_so() -> None:
    with pytest.raises(XdiagError) as error:
        with_attributes(token_presented(TOKEN), SamlAssertion())
    assert error.value.hint == "expected one of the two"


def test_what_was_composed_and_what_was_given_is_told() -> None:
    composed = workload_presented(Composed((GITHUB,), ("`aud` is presumed.",), stand_in={**GITHUB, "sub": "0"}))
    told = ("The claims were composed from the options; no token was read.", "`aud` is presumed.")
    assert composed.told == told
    assert not composed.current
    given = with_claims(composed, {"aud": "a", "ref": "r"})
    assert given.told == (*told, "`aud`, `ref`: as given.")
    assert given.source == ISSUER
    assert given.stand_in == WebIdentity({**GITHUB, "sub": "0", "aud": "a", "ref": "r"})
    assert workload_presented(Composed((GITHUB,))).stand_in is None


def test_claims_alone_are_laid_over_what_the_case_has() -> None:
    alone = with_claims(None, {"sub": "x"})
    assert (alone.source, alone.over) == ("", True)
    assert with_claims(None, {"iss": ISSUER, "sub": "x"}).source == ISSUER
    assert with_attributes(None, SamlAssertion(subject="t")).over
    # What is whole is not laid over anything.
    before = case(identity=replace(TOKEN, claims={"iss": ISSUER, "left": "over"}))
    assert claims_of(with_presented(before, token_presented(TOKEN))) == GITHUB


def test_each_part_of_an_assertion_that_is_given_counts_before_what_is_there() -> None:
    below = SamlAssertion(issuer="i", subject="s", subject_format="f", recipient="r", audiences=("a",))
    above = SamlAssertion(issuer="I", subject="S", subject_format="F", recipient="R", audiences=("A",))
    assert with_attributes(Presented(PROVIDER, (below,)), above).forms == (above,)
    assert with_attributes(Presented(PROVIDER, (below,)), SamlAssertion()).forms == (below,)


def test_a_token_that_is_current_is_told_apart_from_one_of_the_past() -> None:
    assert not token_presented(TOKEN).current
    assert token_presented(TOKEN, current=True, told=("It was found.",)).told[:2] == (
        "It was found.",
        "The token's signature was not checked.",
    )


def test_an_answer_about_one_in_time_says_so() -> None:
    for note, expected in (("", ""), ("a note.", "a note. ")):
        before = replace(case(identity=TOKEN), note=note)
        before = replace(before, snapshot=replace(before.snapshot, taken_at=AFTERWARDS))
        assert as_if_in_time(before).note == (f"{expected}It has expired since: the answer is about one that has not.")
