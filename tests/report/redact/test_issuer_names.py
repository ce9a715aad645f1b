"""An issuer's name that has a slip is as much like the right one as before: it may be the cause."""

from collections.abc import Callable, Iterator
from difflib import SequenceMatcher, get_close_matches
from time import process_time

import pytest
from tests.cases import allow, case, trust
from tests.report.redact.proof import diagnosed, proving
from tests.report.redact.test_words_of_aws import job, same

from diagnose.model.issuers import PRIVATE, issuer_of
from diagnose.report.redact.issuer_names import IssuerNames, IssuersMet
from diagnose.report.redact.letters import Letters
from diagnose.report.redact.redact import redact

CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D"
RIGHT = (
    "app.terraform.io",
    "gitlab.com",
    "oidc.codefresh.io",
    "token.actions.githubusercontent.com",
    "token.actions.zqocto.ghe.com",
    "agent.zqcluster.buildkite.dev",
    "idcs-zq0b1c2d.identity.oraclecloud.com",
    "oidc.circleci.com/org/0f3ab214-7c1d-4e0a-9d7b-3a6a2b9c1d55",
    "oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9",
)
_SLIPS: tuple[Callable[[str, int], str], ...] = (
    lambda name, at: name[:at] + name[at + 1 :],
    lambda name, at: name[:at] + name[at] + name[at:],
    lambda name, at: name[:at] + "x" + name[at:],
    lambda name, at: name[:at] + "x" + name[at + 1 :],
    lambda name, at: name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
    lambda name, at: (name[:at] + "x" + name[at:]).upper(),
)


def _slips(right: str) -> Iterator[str]:
    places = range(len(right.partition("/")[0]))
    made = {slip(right, at) for slip in _SLIPS for at in places}
    yield from sorted(name for name in made - {right} if issuer_of(name) is PRIVATE)


def _turned(text: str) -> str:
    """Stand for pseudonyms: each word has an exchange of letters of its own."""
    return Letters(text.lower().encode(), {}, hexadecimal=False).turned(text)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio()


@pytest.mark.parametrize("right", RIGHT)
def test_a_slip_anywhere_in_a_host_is_the_same_slip_afterwards(right: str) -> None:
    names = IssuerNames(_turned, lambda name: f"private {name}", IssuersMet())
    told = names.disguised(right)
    slips = list(_slips(right))
    assert len(slips) > 4 * len(right.partition("/")[0])
    for name in slips:
        disguised = names.disguised(name)
        assert len(disguised) == len(name)
        assert disguised.lower() != told.lower()
        assert _likeness(disguised, told) == pytest.approx(_likeness(name, right), abs=0.035)
        assert disguised.isupper() is name.isupper()
        assert [
            word for word in ("zqocto", "zqcluster", "0b1c2d", "3ab214", "4e5f60") if word in disguised.lower()
        ] == []


@pytest.mark.parametrize("region", ["eu-west1", "eu-wet-1", "eu-xwest-1", "euwest-1", "us-east-1"])
def test_what_is_nearly_a_region_stays_in_the_name_of_a_cluster(region: str) -> None:
    name = f"oidc.eks.{region}.amazonaws.com/id/0A1B"
    assert IssuerNames(_turned, str, IssuersMet()).disguised(name).startswith(f"oidc.eks.{region}.amazonaws.com/id/")


@pytest.mark.parametrize(
    "name",
    [
        "oidc.eks.zqme-west-2.amazonaws.com/id/0A1B",
        "token.actions.zqme-west-2.ghe.com",
        "token.actions.me-west-2x.ghe.com",
        "token.actions.eu-west-1.ghe.com",
        "token.actions.githubusercontent.com/apex-east-1",
        "token.actions.githubusercontent.com/eu-west-1",
        "github.com/enterprises/us-west-2",
        "agent.ca-central-1.buildkite.dev",
        "token.actions.eu-west-1.ghe.co",
    ],
)
def test_no_region_is_known_where_aws_has_none(name: str) -> None:
    words = ("zqme-west-2", "me-west-2x", "eu-west-1", "apex-east-1", "us-west-2", "ca-central-1")
    disguised = IssuerNames(_turned, _turned, IssuersMet()).disguised(name)
    assert [word for word in words if word in disguised] == []


def test_the_path_of_another_cluster_is_hidden_where_the_host_has_a_slip() -> None:
    names = IssuerNames(_turned, str, IssuersMet())
    names.disguised("oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9")
    path = "FF7E1D0C2B3A49586776859A0B1C2D3E"
    disguised = names.disguised(f"oidc.eks.eu-west-1.amazonaw.com/id/{path}")
    assert disguised == f"oidc.eks.eu-west-1.amazonaw.com/id/{_turned(path)}"


def test_several_letters_of_a_slip_are_hidden() -> None:
    names = IssuerNames(_turned, str, IssuersMet())
    right = names.disguised("oidc.circleci.com/org/0f3ab214-7c1d-4e0a-9d7b-3a6a2b9c1d55")
    disguised = names.disguised("oidc.circleci.com/org/0f3ab214-7c1d-zq4e0a-9d7b-3a6a2b9c1d55")
    assert "zq" not in disguised
    assert _likeness(disguised, right) > 0.95


@pytest.mark.parametrize(
    ("right", "slip"),
    [
        pytest.param("app.terraform.io", "app.terraform.o", id="one letter is left of a word"),
        pytest.param("token.actions.zqocto.ghe.com", "token.actions.zqoctoghe.com", id="a dot less after a name"),
        pytest.param("token.actions.zqocto.ghe.com", "tokenactions.zqocto.ghe.com", id="a dot less before words"),
        pytest.param(CLUSTER, "oidc.eks.eu-west1.amazonaws.com/id/0A1B2C3D", id="a Region"),
        pytest.param(CLUSTER, "oidc.eks.euxwest-1.amazonaws.com/id/0A1B2C3D", id="a sign"),
        pytest.param("agent.zqocto.buildkite.dev", "agent.zqocto.buildkit.dev", id="a word after a name"),
        pytest.param("agent.zqocto.buildkite.dev", "agent.zqoct.buildkite.dev", id="a name"),
    ],
)  # fmt: skip
def test_who_misspells_an_issuer_is_told_so_of_the_redacted_case(right: str, slip: str) -> None:
    provider = "arn:aws:iam::987650004321:oidc-provider/"
    same(job({"Federated": provider + right}, {"StringEquals": {f"{slip}:sub": "x"}}, slip))
    same(job({"Federated": provider + slip}, {"StringEquals": {f"{right}:sub": "x"}}, right))


def test_names_of_one_s_own_are_alike_where_comparing_all_says_so() -> None:
    hosts = [f"{host}{number}.zqcorp.example" for host in ("sso", "login", "auth") for number in (1, 2, 35, 6789)]
    names = [*hosts, *(f"{host}/realms/main" for host in hosts)]
    names += ["idp.zq.example", "idp.zqx.example", "idp.zqyzv.example", "aaaaaaaaab", "aaaaaaaaac"]
    met = IssuersMet()
    for name in names:
        met.is_one_of_alike(name)
    alike = [name for name in names if met.is_one_of_alike(name)]
    near = [name for name in names if get_close_matches(name, [one for one in names if one != name], 1, cutoff=0.9)]
    assert alike == near
    assert 0 < len(near) < len(names)


@pytest.mark.parametrize("host", ["sso{0}.zqcorp.example/realms/zq-{0}", "{1}.example/{1}"], ids=["alike", "unlike"])
def test_many_issuers_of_one_s_own_cost_little(host: str) -> None:
    names = [host.format(number, _spelt(number)) for number in range(200)]
    statements = [
        allow(
            {"Federated": f"arn:aws:iam::222222222222:oidc-provider/{name}"},
            "sts:AssumeRoleWithWebIdentity",
            Condition={"StringEquals": {f"{name}:sub": f"user{number}"}},
        )
        for number, name in enumerate(names)
    ]
    diagnosis = diagnosed(case("cross-account", trust_policy=trust(*statements)))
    proof = proving()
    start = process_time()
    redact(diagnosis, proof)
    assert process_time() - start < 1


def _spelt(number: int) -> str:
    """Write a number in letters, so that two of them are hardly alike."""
    digits = f"{number * 7919 % 9973:04d}"
    return "".join(
        "abcdefghijklmnopqrstuvwxyz"[(int(one) * (place + 3) + place * 7) % 26] * 2 for place, one in enumerate(digits)
    )
