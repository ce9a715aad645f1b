"""Forms put together, and the request that comes of them."""

import pytest
from msgspec.structs import fields, replace

from diagnose.collect.request.asked import KEYS_OF_PARAMETERS, Asked, over, request_of, with_identity
from diagnose.evaluate.keys.table import TABLE
from diagnose.model.case import Case, Parameters, Request, Snapshot, SourceSide
from diagnose.model.federation import WebIdentity
from diagnose.model.operation import Operation

ISSUER = "https://token.example.com"
ROLE = "arn:aws:iam::222222222222:role/Deploy"
SAML = "arn:aws:iam::222222222222:saml-provider/Office"
TOKEN = WebIdentity({"sub": "s"})


def test_what_was_presented_stays_with_whose_it_was() -> None:
    signed = Asked(source="arn:aws:iam::111111111111:user/ci")
    presented = Asked(source=ISSUER, identity=TOKEN, operation=Operation.WITH_WEB_IDENTITY)
    assert over(signed, presented).identity is None
    assert over(presented, signed).identity == TOKEN
    assert over(Asked(message="denied"), presented).identity == TOKEN


@pytest.mark.parametrize(
    ("source", "asked", "kept"),
    [
        pytest.param(ISSUER, Asked(source=ISSUER, identity=TOKEN), True, id="the form's own"),
        pytest.param(ISSUER, Asked(identity=TOKEN), True, id="one that the form does not name"),
        pytest.param("https://other.example.com", Asked(source=ISSUER, identity=TOKEN), False, id="another"),
        pytest.param(SAML, Asked(identity=TOKEN), False, id="one that presents no token"),
    ],
)
def test_what_was_presented_is_that_of_the_source_that_it_may_be_of(source: str, asked: Asked, kept: bool) -> None:
    case = Case(Request(ROLE), Snapshot(SourceSide(source)))
    case = with_identity(case, replace(asked, operation=Operation.WITH_WEB_IDENTITY))
    assert case.snapshot.source.identity == (TOKEN if kept else None)


@pytest.mark.parametrize("operation", [Operation.WITH_WEB_IDENTITY, Operation.WITH_SAML])
def test_who_presents_something_sends_nothing_that_only_a_signed_request_carries(operation: Operation) -> None:
    request = request_of(Asked(operation=operation), ROLE, complete=False)
    assert (request.operation, request.unknown) == (operation, ())
    assert "sts:ExternalId" in request_of(Asked(), ROLE, complete=False).unknown
    assert request_of(Asked(parameters=Parameters()), ROLE, complete=False).unknown == ()


def test_a_parameter_is_one_of_the_request_and_fills_keys_that_there_are() -> None:
    assert set(KEYS_OF_PARAMETERS) <= {field.name for field in fields(Parameters)}
    known = {key.name for key in TABLE}
    assert {key for keys in KEYS_OF_PARAMETERS.values() for key in keys} <= known
