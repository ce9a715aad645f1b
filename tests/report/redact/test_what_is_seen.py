"""What a reader of a redacted case sees: of which sort a name is, whatever it looks like beside another."""

from typing import Any

import pytest
from tests.cases import case
from tests.report.redact.proof import answer, diagnosed, redacted, rewritten
from tests.report.redact.test_words_of_aws import PROVIDER, job

from diagnose.model.evidence import Known


@pytest.mark.parametrize(
    ("change", "place", "original", "other", "pseudonyms"),
    [
        pytest.param(
            {"request": {"parameters": {"external_id": "ACME-42"}}},
            lambda case: (case.request.parameters.external_id, _trust_of(case)),
            "ACME-42",
            "acme-42",
            ("external-id-1", '"External-id-1"'),
            id="an external ID",
        ),
        pytest.param(
            {"request": {"role_arn": "arn:aws:iam::222222222222:role/DEPLOY"}},
            lambda case: (case.request.role_arn, case.snapshot.destination.role.value.arn),
            "DEPLOY",
            "Deploy",
            ("role/role-1", "role/Role-1"),
            id="a role",
        ),
    ],
)
def test_names_that_differ_in_capitals_alone_are_of_their_sort(
    change: dict[str, Any], place: Any, original: str, other: str, pseudonyms: tuple[str, str]
) -> None:
    before = case("cross-account", change)
    told = redacted(before).case
    assert answer(diagnosed(told)) == answer(diagnosed(before))
    for text, pseudonym in zip(place(told), pseudonyms, strict=True):
        assert pseudonym in text
        assert original not in text
        assert other not in text


@pytest.mark.parametrize(
    ("issuer", "trusted"),
    [
        ("idp.zqacme.example", "idp.zqacne.example"),
        ("login.zqacme.example", "login-zqacme.example"),
        ("sso.zqcorp.example/realms/main", "sso.zqcorp.example/realm/main"),
        ("sso.zqcorp.example/realms/main", "sso.zqcorp.example/realms/mian"),
    ],
)
def test_private_issuers_that_are_nearly_the_same_stay_so_at_once(issuer: str, trusted: str) -> None:
    original = job({"Federated": PROVIDER + trusted}, issuer=issuer)
    first = rewritten(original)
    assert answer(diagnosed(first)) == answer(diagnosed(original))
    assert "zq" not in _trust_of(first)


@pytest.mark.parametrize("beginning", ["xarn", "arnn", "anr", "ar"])
def test_an_arn_of_which_the_first_word_is_misspelt_stays_as_like_one(beginning: str) -> None:
    provider = f"{beginning}{PROVIDER.removeprefix('arn')}"
    original = job({"Federated": f"{provider}login.zqacme.example"}, issuer="login.zqacme.example")
    told = redacted(original).case
    assert answer(diagnosed(told)) == answer(diagnosed(original))
    assert f'"{beginning}:aws:iam::' in _trust_of(told)
    assert "zq" not in _trust_of(told)


def _trust_of(case: Any) -> str:
    assert isinstance(case.snapshot.destination.trust_policy, Known)
    return bytes(case.snapshot.destination.trust_policy.value.document).decode()
