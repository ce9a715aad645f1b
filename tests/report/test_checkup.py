"""A check-up says of each profile and side what was found, in rows that begin with how it went."""

from typing import Any

import pytest

from diagnose.model.checkup import Access, Checkup, Side, SignIn, Trial
from diagnose.model.tri import Tri
from diagnose.report.checkup import checkup_text

ARN = "arn:aws:iam::111111111111:user/ci"


def signed_in(**changed: Any) -> list[str]:
    given: dict[str, Any] = {"label": "profile a", "arn": ARN, "provider": "env", "temporary": True, "behind": 0}
    return checkup_text(Checkup((SignIn(**given | {"region": "eu-west-1"} | changed),), ())).split("\n")


def accessed(side: Side, *answers: Tri, **changed: Any) -> str:
    trials = tuple(Trial(f"iam:Get{number}", answer, f"why {number}") for number, answer in enumerate(answers))
    given: dict[str, Any] = {"account": "111111111111", "trials": trials}
    return checkup_text(Checkup((), (Access(side, "profile a", **given | changed),)))


@pytest.mark.parametrize(
    ("changed", "row"),
    [
        ({}, f"  ok  who          {ARN}"),
        ({}, "  ok  credentials  temporary, from environment variables"),
        ({"temporary": False}, "  ok  credentials  long-term, from environment variables"),
        ({"temporary": None}, "  ok  credentials  of unknown kind, from environment variables"),
        *(
            ({"provider": provider}, f"  ok  credentials  temporary, {words}")
            for provider, words in {
                "shared-credentials-file": "from the credentials file",
                "config-file": "from the config file",
                "assume-role": "of a role that the profile assumes",
                "assume-role-with-web-identity": "of a role assumed with a web identity token",
                "sso": "from IAM Identity Center",
                "login": "from `aws login`",
                "custom-process": "from a `credential_process`",
                "container-role": "from the container's role",
                "iam-role": "from the instance's role",
                "another": "another",
            }.items()
        ),
        ({}, "  ok  Region       eu-west-1"),
        ({"region": "aws-global"}, "  ok  Region       none is set, so that the calls go to sts.amazonaws.com"),
        ({"endpoint": "https://e.example"}, "  ok  endpoint     https://e.example"),
        ({"endpoint": "https://e.example"}, "  ok  proxy        none"),
        ({"endpoint": "https://e.example", "proxy": "http://p.example"}, "  ok  proxy        http://p.example"),
        ({"behind": None}, "  ?   clock        AWS's answer bears no time to compare it with"),
        ({"behind": 1}, "  ok  clock        the same as AWS's"),
        ({"behind": -1}, "  ok  clock        the same as AWS's"),
        ({"behind": 2}, "  ok  clock        2 s behind AWS's"),
        ({"behind": -2}, "  ok  clock        2 s ahead of AWS's"),
        (
            {"behind": 900},
            "  no  clock        900 s behind AWS's: AWS refuses signatures that are more than 5 minutes off",
        ),
        ({"refusal": "no\x1b"}, r"  no  who     no\u001b"),
    ],
)
def test_a_profile_has_a_row_for_what_was_found(changed: dict[str, Any], row: str) -> None:
    assert row in signed_in(**changed)


def test_of_who_is_refused_nothing_else_is_told() -> None:
    assert signed_in(refusal="no", region="") == ["profile a", "  no  who  no"]


@pytest.mark.parametrize(
    ("answers", "rows"),
    [
        ((Tri.YES, Tri.YES), ["  ok  read  2 of 2 actions allowed, in account 111111111111"]),
        ((Tri.NO,), ["  no  read      0 of 1 actions allowed, in account 111111111111", "  no  iam:Get0  why 0"]),
        (
            (Tri.YES, Tri.UNKNOWN),
            ["  ?   read      1 of 2 actions allowed, in account 111111111111", "  ?   iam:Get1  why 1"],
        ),
    ],
)
def test_a_side_has_a_row_for_each_action_that_is_not_allowed(answers: tuple[Tri, ...], rows: list[str]) -> None:
    told = accessed(Side.DESTINATION, *answers).split("\n\n")
    assert told[0].split("\n") == ["The role's side, read with profile a", *rows]
    what_to_do = "`xdiag permissions --for destination` prints the policy that allows what is missing."
    assert told[1:] == ([what_to_do] if Tri.NO in answers else [])


@pytest.mark.parametrize("answer", [Tri.YES, Tri.NO, Tri.UNKNOWN])
def test_who_may_read_an_organization_is_told_where_something_is_missing(answer: Tri) -> None:
    told = accessed(Side.ORGANIZATION, answer)
    assert told.startswith("The organization, read with profile a\n")
    assert told.endswith(
        "\n  Only the management account and delegated administrators can read SCPs and RCPs. Name the profile of"
        "\n  one with --org-profile, and give it what `xdiag permissions --for organization` prints."
    ) is (answer is Tri.NO)
    assert "\n\n" not in told


def test_a_side_that_cannot_be_read_says_why() -> None:
    assert accessed(Side.SOURCE, unusable="another account").split("\n") == [
        "The source's side, read with profile a",
        "  no  account  another account",
    ]
