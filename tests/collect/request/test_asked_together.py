"""Two forms put together, field by field; and what a case gets of a form."""

from typing import Any

import pytest
from msgspec.structs import fields, replace

from diagnose.collect.request.asked import KEYS_OF_PARAMETERS, Asked, over, request_of, with_asked
from diagnose.model.case import Case, Endpoint, Origin, Parameters, Request, Session, Snapshot, SourceSide, Via
from diagnose.model.evidence import Gap, Known, Unread
from diagnose.model.federation import WebIdentity
from diagnose.model.operation import Operation
from diagnose.model.policy import Policy, PolicySet, raw_document

USER, ROLE = "arn:aws:iam::111111111111:user/ci", "arn:aws:iam::222222222222:role/Deploy"
ONE, OTHER = WebIdentity({"sub": "one"}), WebIdentity({"sub": "other"})
TWO: dict[str, tuple[Any, Any]] = {
    "source": (USER, f"{USER}2"),
    "role": (ROLE, f"{ROLE}2"),
    "about_source": ("one", "other"),
    "about_role": ("one", "other"),
    "parameters": (Parameters(), Parameters(external_id="x")),
    "via": (Via.CLI, Via.CONSOLE),
    "region": ("eu-west-1", "eu-west-2"),
    "message": ("one", "other"),
    "operation": (Operation.WITH_SAML, Operation.WITH_WEB_IDENTITY),
    "passed_to": ("", "lambda.amazonaws.com"),
    "endpoint": (Known(None), Known(Endpoint("vpce-1"))),
}


@pytest.mark.parametrize("field", TWO)
def test_where_both_say_something_the_first_counts(field: str) -> None:
    one, other = TWO[field]
    first, second = Asked(**{field: one}), Asked(**{field: other})
    assert getattr(over(first, second), field) == one
    assert getattr(over(second, first), field) == other
    assert getattr(over(Asked(), second), field) == other
    assert getattr(over(second, Asked()), field) == other


def test_what_both_say_is_listed_once() -> None:
    first = Asked(context={"a": ("1",), "b": ("1",)}, unknown=("x", "y"), told=("one",))
    second = Asked(context={"b": ("2",), "c": ("2",)}, unknown=("y", "z"), told=("one", "two"))
    both = over(first, second)
    assert both.context == {"a": ("1",), "b": ("1",), "c": ("2",)}
    assert both.unknown == ("x", "y", "z")
    assert both.told == ("one", "one", "two")


def test_every_field_is_put_together_in_some_way() -> None:
    told = {"session", "context", "unknown", "told", "identity"}
    assert {field.name for field in fields(Asked)} == {*TWO, *told}


POLICIES = PolicySet((Policy("p", raw_document({"Statement": []})),))
SESSIONS: dict[str, tuple[Any, Any]] = {
    "origin": (Known(Origin.LONG_TERM), Known(Origin.ASSUME_ROLE)),
    "policies": (PolicySet(), POLICIES),
    "tags": (Known({}), Known({"a": "b"})),
    "transitive_tag_keys": (Known(()), Known(("a",))),
    "source_identity": (Known(None), Known("me")),
    "mfa": (Known(False), Known(True)),
    "mfa_age": (0, 5),
    "issued_at": ("2026-03-02T08:55:00Z", "2026-03-02T09:55:00Z"),
}


@pytest.mark.parametrize("field", SESSIONS)
def test_what_a_record_says_of_a_session_comes_first(field: str) -> None:
    one, other = SESSIONS[field]
    said, derived = Asked(session=Session(**{field: one})), Session(**{field: other})
    case = Case(Request(ROLE), Snapshot(SourceSide(USER, session=derived)))
    assert getattr(with_asked(case, said).snapshot.source.session, field) == one
    assert getattr(with_asked(case, Asked()).snapshot.source.session, field) == other
    assert getattr(over(said, Asked(session=derived)).session, field) == one


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        pytest.param(Known(None, "a"), Known(None, "b"), Known(None, "a"), id="both are known: the first"),
        pytest.param(Unread(detail="why"), Known(None), Known(None), id="what is known before why it is not"),
        pytest.param(Unread(detail="a"), Unread(detail="b"), Unread(detail="a"), id="why it is not: the first"),
        pytest.param(
            Unread(), Unread(Gap.NO_API, detail="b"), Unread(Gap.NO_API, detail="b"), id="why it is not: the other"
        ),
    ],
)
def test_what_is_known_of_an_endpoint_comes_before_what_is_not(first: Any, second: Any, kept: Any) -> None:
    assert over(Asked(endpoint=first), Asked(endpoint=second)).endpoint == kept


def test_what_a_case_has_of_an_endpoint_comes_before_what_a_form_says() -> None:
    case = Case(Request(ROLE), Snapshot(SourceSide(USER), endpoint=Known(Endpoint("vpce-1"))))
    assert with_asked(case, Asked(endpoint=Known(None))).snapshot.endpoint == Known(Endpoint("vpce-1"))
    case = replace(case, snapshot=replace(case.snapshot, endpoint=Unread()))
    assert with_asked(case, Asked(endpoint=Known(None))).snapshot.endpoint == Known(None)


@pytest.mark.parametrize(
    ("note", "told", "after"), [("", (), ""), ("a", (), "a"), ("", ("b", "c"), "b c"), ("a", ("b",), "a b")]
)
def test_what_was_taken_from_where_is_noted(note: str, told: tuple[str, ...], after: str) -> None:
    case = Case(Request(ROLE), Snapshot(SourceSide(USER)), note=note, message="before")
    assert with_asked(case, Asked(told=told)).note == after
    assert with_asked(case, Asked(told=told)).message == "before"
    assert with_asked(case, Asked(message="after")).message == "after"


ALL_KEYS = tuple(key for keys in KEYS_OF_PARAMETERS.values() for key in keys)


@pytest.mark.parametrize(
    ("asked", "complete", "request_"),
    [
        pytest.param(Asked(), True, Request(ROLE), id="nothing else was sent"),
        pytest.param(Asked(), False, Request(ROLE, unknown=ALL_KEYS), id="what else was sent is not known"),
        pytest.param(
            Asked(unknown=("x", "sts:ExternalId")),
            False,
            Request(ROLE, unknown=tuple(dict.fromkeys(("x", "sts:ExternalId", *ALL_KEYS)))),
            id="what is not known is listed once",
        ),
        pytest.param(
            Asked(parameters=Parameters(external_id="x"), via=Via.CLI, region="eu-west-1", context={"a": ("b",)}),
            False,
            Request(
                ROLE,
                via=Via.CLI,
                parameters=Parameters(external_id="x"),
                region="eu-west-1",
                context={"a": ("b",)},
            ),
            id="all of the parameters are known",
        ),
        pytest.param(
            Asked(
                operation=Operation.PASS_ROLE,
                passed_to="lambda.amazonaws.com",
                parameters=Parameters(external_id="x"),
                region="eu-west-1",
                via=Via.CONSOLE,
                context={"a": ("b",)},
                unknown=("x",),
            ),
            False,
            Request(
                ROLE,
                Operation.PASS_ROLE,
                Via.CONSOLE,
                Parameters(passed_to="lambda.amazonaws.com"),
                "eu-west-1",
                unknown=("x",),
            ),
            id="a role that is passed",
        ),
        pytest.param(
            Asked(operation=Operation.PASS_ROLE),
            True,
            Request(ROLE, Operation.PASS_ROLE),
            id="a role that is passed on",
        ),
    ],
)
def test_a_request_is_what_the_form_says(asked: Asked, request_: Request, *, complete: bool) -> None:
    assert request_of(asked, ROLE, complete=complete) == request_


def test_the_identity_is_that_of_the_form_that_names_its_source() -> None:
    first = Asked(source="https://token.example.com", identity=ONE)
    assert over(first, Asked(identity=OTHER)).identity == ONE
    assert over(Asked(identity=OTHER), first).identity == ONE
    assert over(Asked(), Asked(identity=OTHER)).identity == OTHER
