"""A redacted case has the answer that it had: examples of rules, known answers, and cases made to be hard."""

import random
import re
from collections.abc import Callable

import msgspec
import pytest
from tests.cases import allow, case, deny, document, identity, on, trust
from tests.fuzz import large_cases
from tests.fuzz.fuzz_redaction import CASES, fault
from tests.report.redact.proof import answer, diagnosed, redacted, rewritten
from tests.report.redact.strange_cases import strange_case
from tests.test_step_counts import calls, own_tags

from diagnose.errors import XdiagError
from diagnose.model.case import Case
from diagnose.model.diagnosis import NotProved, Verdict

ONE_IN = 12
"""Of so many examples one is tried; `make fuzz` tries them all."""


@pytest.mark.parametrize("name", list(CASES)[::ONE_IN])
def test_a_redacted_example_has_the_same_causes(name: str) -> None:
    case = CASES[name]()
    told = redacted(case)
    assert answer(told) == answer(diagnosed(case))
    assert answer(diagnosed(told.case)) == answer(told)


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith(("subject-other-phase", "pod-"))])
def test_what_subjects_of_tokens_and_pods_are_made_of_stays(name: str) -> None:
    case = CASES[name]()
    assert answer(redacted(case)) == answer(diagnosed(case))


def test_strange_cases_have_the_same_causes_and_no_name_is_left() -> None:
    faults = [fault(seed) for seed in range(60)]
    assert [found for found in faults if found] == []


@pytest.mark.parametrize("piece", ["r", "er", "e", "ole", "p", "oup"])
@pytest.mark.parametrize("repository", ["zqhfbjqw{}/zqvtdbb", "zqhfbjqw/{}/zqvtdbb"])
def test_a_piece_of_a_name_may_be_the_end_of_a_word_of_aws(piece: str, repository: str) -> None:
    owned = repository.format(piece)
    issuer = "token.actions.githubusercontent.com"
    claims = {"sub": f"repo:{owned}:ref:refs/heads/zqmain", "repository": owned}
    provider = {"Federated": f"arn:aws:iam::111111111111:oidc-provider/{issuer}"}
    conditions = {"StringLike": {f"{issuer}:repository": f"*{piece}/zqvtdbb*"}}
    one = case(
        "github",
        {"snapshot": {"source": {"identity": {"claims": claims}}}},
        trust_policy=trust(allow(provider, "sts:AssumeRoleWithWebIdentity", Condition=conditions)),
    )
    assert answer(redacted(one)) == answer(diagnosed(one))
    assert not [name for name in ("zqhfbjqw", "zqvtdbb", "zqmain") if name in str(redacted(one).case)]


@pytest.mark.parametrize("piece", ["r", "er", "ser"])
def test_a_piece_may_end_a_word_of_aws_and_a_name_at_once(piece: str) -> None:
    user, owned = "arn:aws:iam::111111111111:user/zqvtdbb", f"zqhfbjqwmkg{piece}/zqvtdbb"
    conditions = {"StringLike": dict.fromkeys(("aws:PrincipalArn", "aws:PrincipalTag/Zqown"), f"*{piece}/zqvtdbb")}
    one = case(
        "cross-account",
        {
            "snapshot": {
                "source": {
                    "arn": user,
                    "principal": {"value": {"arn": user, "tags": {"evidence": "known", "value": {"Zqown": owned}}}},
                }
            }
        },
        trust_policy=trust(allow({"AWS": "111111111111"}, Condition=conditions)),
    )
    assert diagnosed(one).verdict is Verdict.ALLOWED
    assert answer(redacted(one)) == answer(diagnosed(one))
    assert not [name for name in ("zqhfbjqw", "zqvtdbb") if name in str(redacted(one).case)]


@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(20261128003047, id="a letter that ends a word of AWS and the name of an owner"),
        pytest.param(20261130004753, id="a letter that ends a pattern of a service, and a path"),
        pytest.param(20261130005051, id="the same in the subject of another issuer"),
        pytest.param(20261130004261, id="pieces of a word of AWS that are in names"),
        pytest.param(20261130005811, id="an issuer with capitals that nothing else names"),
        pytest.param(20261202003949, id="a piece of a name that looks like the beginning of an id"),
        pytest.param(20261202005751, id="a provider's ARN without its slash"),
        pytest.param(20261202006704, id="a range of a size that there is not"),
        pytest.param(20261130004688, id="a wildcard that may stand for the letter that was sent"),
    ],
)
def test_a_strange_case_that_could_not_be_redacted_can_be(seed: int) -> None:
    assert fault(seed) == ""


def test_redacting_twice_gives_the_same() -> None:
    case, _ = strange_case(random.Random(3))
    assert msgspec.json.encode(redacted(case).case) == msgspec.json.encode(redacted(case).case)


def test_what_was_proved_before_the_bounds_were_reached_does_not_keep_a_case_from_being_redacted() -> None:
    denies = [deny(Resource="*", Sid=f"No{number}") for number in range(200)]
    policies = [
        {"name": f"p{place}", "document": document(on("*"), *denies[place : place + 10])} for place in range(0, 200, 10)
    ]
    one = case("cross-account", identity_policies={"policies": policies})
    before, after = diagnosed(one), redacted(one)
    causes = [[(finding.rule, finding.certainty) for finding in each.findings] for each in (before, after)]
    assert causes[0] == causes[1]
    reasons = {refused.reason for finding in before.findings for refused in finding.refused}
    assert NotProved.TOO_MANY in reasons


@pytest.mark.parametrize("shape", [large_cases.denies_on_keys, large_cases.identity_denies])
def test_names_of_a_letter_and_a_number_are_told_apart(shape: large_cases.Shape) -> None:
    one = shape(random.Random(1), 72)
    told = redacted(one)
    assert answer(told) == answer(diagnosed(one))
    before, after = (set(re.findall(r"[a-z][0-9]+", msgspec.json.encode(each).decode())) for each in (one, told.case))
    assert before & after <= {"s3"}


def test_names_that_no_pseudonym_can_stand_for_are_the_reason_that_is_told() -> None:
    values = [f"{letter}{digit}" for letter in "abcdefghijklmnopqrstuvwxyz" for digit in "0123456789"]
    conditions = [{"StringLike": {f"aws:PrincipalTag/k{n}": [value, f"{value[0]}*"]}} for n, value in enumerate(values)]
    one = case("cross-account", identity_policies=identity(*(on("*", Condition=each) for each in conditions)))
    with pytest.raises(XdiagError, match="pseudonyms of their form would be names that are in it"):
        redacted(one)


def own_roles(size: int) -> Case:
    roles = [on(f"arn:aws:iam::{10**11 + n * 7919}:role/Organ{n}/App-{n}*") for n in range(size)]
    return case(
        "cross-account", identity_policies=identity(*roles, on("arn:aws:iam::*:role/OrganizationAccountAccess*"))
    )


@pytest.mark.parametrize("made", [own_tags, own_roles])
def test_the_work_grows_no_faster_than_the_case(made: Callable[[int], Case]) -> None:
    once, twice = (calls(made(size), rewritten) for size in (100, 200))
    assert twice < 2.3 * once
