"""Names that somebody may take for each other share a group, and no others do."""

import pytest

from diagnose.report.redact.alike import Containing, Stay, groups, what_stays

ACCOUNT = "123456789012"


def together(one: str, other: str) -> bool:
    return other in groups([one, other], [], [])[one]


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        pytest.param("1234-5678-9012", True, id="with hyphens, as the console shows it"),
        pytest.param("1234 5678 9012", True, id="with spaces"),
        pytest.param("123456789013", True, id="another last digit"),
        pytest.param("923456789012", True, id="another first digit"),
        pytest.param("12345678901", True, id="a digit too few"),
        pytest.param("1234567890123", True, id="a digit too many"),
        pytest.param("1234-5678-9013", True, id="with hyphens and another digit"),
        pytest.param("123456700012", False, id="several other digits"),
        pytest.param("210987654321", False, id="another account"),
    ],
)
def test_an_account_is_like_one_that_was_mistyped(other: str, alike: bool) -> None:
    assert together(ACCOUNT, other) is together(other, ACCOUNT) is alike


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        pytest.param("Deploy", "deploy", True, id="capitalization"),
        pytest.param("Deploy", " De ploy\t", True, id="spaces"),
        pytest.param("Deploy", "Deploys", False, id="a letter more"),
        pytest.param("team-1", "team-2", False, id="a short number in a name"),
    ],
)
def test_names_are_alike_but_for_capitals_and_spaces(one: str, other: str, alike: bool) -> None:
    assert together(one, other) is alike


def test_names_are_alike_over_others_and_over_what_they_contain() -> None:
    found = groups(["team-a-ci", "TEAM-A-CI", "team-b", "other"], ["a-ci"], ["team-b", "other", "not there"])
    assert sorted(found["a-ci"]) == sorted(["team-a-ci", "TEAM-A-CI", "a-ci"])
    assert sorted(found["other"]) == ["other", "team-b"]


@pytest.mark.parametrize("text", ["ab", "AB", "abc", "bCd", "cde", "x", "", "abcdef"])
def test_a_name_is_found_by_any_part_of_it(text: str) -> None:
    names = ["abcde", "ABC", "xab", "de"]
    assert list(Containing(names).names(text)) == [name for name in names if text.lower() in name.lower()]


@pytest.mark.parametrize(
    ("names", "related", "pieces", "given_up", "shared"),
    [
        pytest.param(["zqname"], None, ["AWSRes", "Org"], [], [], id="no name of others has any"),
        pytest.param(["zqOrgname"], None, ["AWSRes"], [], ["Org"], id="a name of others has one"),
        pytest.param(["zqOrgname"], [], ["AWSRes"], ["OrgRole"], [], id="and the name of AWS is given up"),
        pytest.param(["awsreserved"], [], ["Org"], ["AWSReserved"], [], id="a name of others differs in capitals"),
        pytest.param(["awsreserved"], None, ["Org"], [], ["AWSRes"], id="which alone does not matter"),
        pytest.param(["zqname"], ["OrgRole"], ["AWSRes"], ["OrgRole"], [], id="one of AWS may be meant for another"),
        pytest.param(["AWSRes Org"], [], [], ["AWSReserved", "OrgRole"], [], id="all are given up"),
    ],
)
def test_pieces_of_aws_s_names_alone_stay(
    names: list[str], related: list[str] | None, pieces: list[str], given_up: list[str], shared: list[str]
) -> None:
    stay = what_stays(["AWSReserved", "OrgRole"], names, ["AWSRes", "zq", "Org"], related)
    assert stay == Stay(frozenset(pieces), frozenset(given_up), frozenset(shared))
