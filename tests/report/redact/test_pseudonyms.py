"""What a name is called instead: by a number of its sort, or in the form that AWS, or the world, gives it."""

import re
from collections.abc import Mapping, Sequence

import pytest

from diagnose.report.redact.names import NameKind, Survey
from diagnose.report.redact.pseudonyms import Endings, Keeping, Pseudonyms, has_form


def pseudonyms(
    *texts: str, kind: NameKind = NameKind.NAME, pieces: Sequence[str] = (), keeping: Keeping | None = None
) -> Pseudonyms:
    survey = Survey()
    for text in texts:
        survey.name(text, kind, fills=False)
    for piece in pieces:
        survey.piece(piece)
    return Pseudonyms(survey, b"key", keeping or Keeping())


def given(*texts: str, kind: NameKind = NameKind.NAME) -> Mapping[str, str]:
    return pseudonyms(*texts, kind=kind).all()


IDS = ("AIDA", "AROA", "AKIA", "ASIA", "AGPA", "AIPA", "ANPA", "ANVA", "APKA", "ABIA", "ACCA", "ASCA")
RESOURCES = ("vpce-svc-", "vpce-", "vpc-", "eni-", "subnet-", "sg-", "igw-", "nat-", "i-")


@pytest.mark.parametrize(
    ("text", "pseudonym"),
    [
        *((f"{head}Q1234567", f"{head}REDACTED000000001") for head in IDS),
        *((f"{head}0a1b2c3d", f"{head}00000000000000001") for head in RESOURCES),
        ("i-0a1b2c3d4e5f60718", "i-00000000000000001"),
        ("ou-ab12-abcdefgh", "ou-0001-00000001"),
        ("o-abcdefghij", "o-redacted0001"),
        ("r-ab12", "r-0001"),
        ("p-abcdefgh", "p-00000001"),
        ("0a1b2c3d-1111-2222-3333-44445555666F", "00000000-0000-4000-8000-000000000001"),
        ("zq.a+b@mail.zq.example", "person-1@example.com"),
        ("0123456789abcdef", "0000000000000001"),
        ("314159265358", "111111111111"),
    ],
)
def test_what_has_a_form_keeps_it(text: str, pseudonym: str) -> None:
    assert has_form(text)
    assert given(text) == {text: pseudonym}


@pytest.mark.parametrize(
    "text",
    [
        "AXXAQ1234567", "AROAQ123456", "i-0a1b2c3", "i-0a1b2c3d4e5f607180", "i-0a1b2c3g", "ou-ab1-abcdefgh",
        "ou-ab12-abcdefg", "o-abcdefghi", "r-ab1", "p-abcdefg", "0123456789abcde", "0123456789abcdefa",
        "31415926535", "3141592653589", "zq@zq",
    ],
)  # fmt: skip
def test_what_nearly_has_a_form_is_a_name_like_others(text: str) -> None:
    assert not has_form(text)
    assert given(text) == {text: "name-1"}


@pytest.mark.parametrize(
    ("kind", "pseudonym"),
    [
        (NameKind.ROLE, "role-1"),
        (NameKind.USER, "user-1"),
        (NameKind.GROUP, "group-1"),
        (NameKind.POLICY, "policy-1"),
        (NameKind.SESSION, "session-1"),
        (NameKind.STATEMENT, "Sid1"),
        (NameKind.PATH, "path-1"),
        (NameKind.EXTERNAL_ID, "external-id-1"),
        (NameKind.SOURCE_IDENTITY, "source-identity-1"),
        (NameKind.TAG, "tag-1"),
        (NameKind.VALUE, "value-1"),
        (NameKind.PROVIDER, "provider-1"),
        (NameKind.HOST, "provider-1.example.com"),
        (NameKind.UNIT, "unit-1"),
        (NameKind.KEY, "key-1"),
        (NameKind.NAME, "name-1"),
    ],
)
def test_a_name_has_a_number_of_its_sort(kind: NameKind, pseudonym: str) -> None:
    assert given("zqname", kind=kind) == {"zqname": pseudonym}


def test_what_is_of_many_sorts_is_of_the_first_but_for_a_host() -> None:
    survey = Survey()
    survey.name("zq.example", NameKind.ROLE, fills=False)
    survey.name("zq.example", NameKind.USER, fills=False)
    assert survey.kinds == {"zq.example": NameKind.ROLE}
    survey.name("zq.example", NameKind.HOST, fills=False)
    assert survey.kinds == {"zq.example": NameKind.HOST}


def test_the_first_accounts_are_easily_told_apart() -> None:
    accounts = [str(314159265358 + 111222333 * number) for number in range(11)]
    assert list(given(*accounts).values()) == [*(str(one) * 12 for one in range(1, 10)), "100000000010", "100000000011"]


@pytest.mark.parametrize("taken", ["role-1", "ROLE-1"])
def test_a_number_that_the_original_has_is_left_out(taken: str) -> None:
    assert given("zqname", taken, kind=NameKind.ROLE) == {"zqname": "role-2", taken: "role-3"}


def test_an_id_that_the_original_has_is_left_out() -> None:
    taken = "AROAREDACTED000000001"
    assert given("AROAQ1234567", taken) == {"AROAQ1234567": "AROAREDACTED000000002", taken: "AROAREDACTED000000003"}


def test_names_that_differ_in_capitals_have_the_same_number() -> None:
    assert given("Deploy", "deploy", "DEPLOY", "zq", kind=NameKind.ROLE) == {
        "Deploy": "role-1",
        "deploy": "Role-1",
        "DEPLOY": "rOle-1",
        "zq": "role-2",
    }


@pytest.mark.parametrize(("count", "numbered"), [(8, True), (9, False)])
def test_so_many_ways_to_write_a_name_have_one_number(count: int, numbered: bool) -> None:
    names = [
        "".join(one.upper() if way >> bit & 1 else one for bit, one in enumerate("deploy")) for way in range(count)
    ]
    told = given(*names, kind=NameKind.TAG)
    assert len(set(told.values())) == count
    assert {new.lower() == "tag-1" for new in told.values()} == {numbered}


@pytest.mark.parametrize(
    ("text", "kind", "kept"),
    [
        pytest.param("zqdevice", NameKind.DEVICE, "[a-z]{8}", id="a device"),
        pytest.param("zq name", NameKind.ROLE, "[a-z]{2} [a-z]{4}", id="a space"),
        pytest.param("z", NameKind.ROLE, "[a-z]", id="a letter alone"),
        pytest.param("z" * 65, NameKind.ROLE, "[a-z]{65}", id="longer than names are"),
        pytest.param("AWSReservedSSO_Zq_1", NameKind.ROLE, "AWSReservedSSO_[A-Z][a-z]_[2-9]", id="composed by AWS"),
        pytest.param("awsservicerolEforZq", NameKind.ROLE, "awsservicerolEfor[A-Z][a-z]", id="in other capitals"),
        pytest.param("zq" * 32, NameKind.ROLE, "role-1", id="as long as names are"),
        pytest.param("zq", NameKind.ROLE, "role-1", id="as short as names are"),
        pytest.param("zq+=,.@_-Z9", NameKind.ROLE, "role-1", id="of all signs of names"),
    ],
)
def test_a_name_that_is_not_ordinary_keeps_its_shape(text: str, kind: NameKind, kept: str) -> None:
    (told,) = given(text, kind=kind).values()
    assert told != text
    assert re.fullmatch(kept, told), told


def test_a_name_and_a_piece_of_it_keep_their_shape_and_others_do_not() -> None:
    names = pseudonyms("zqteam-ci", "other", kind=NameKind.ROLE, pieces=["team"])
    told = names.all()
    assert told["other"] == "role-1"
    assert len(told["zqteam-ci"]) == len("zqteam-ci")
    assert names.piece("team") == told["zqteam-ci"][2:6] != "team"
    assert names.sound()


def test_a_piece_of_an_address_is_one_of_its_pseudonym() -> None:
    names = pseudonyms("zq")
    told = names.address("203.0.113.7")
    assert told.startswith(names.piece("203.0.113."))
    assert names.piece("203.0.113.") != "203.0.113."


@pytest.mark.parametrize("form", ["-{}", ".{}", "-0{}", "{}{}", "/{}-"])
def test_so_many_pieces_of_digits_are_sound(form: str) -> None:
    pieces = [form.format(*[digit] * form.count("{}")) for digit in range(1, 10)]
    names = pseudonyms("zqteam-1", kind=NameKind.EXTERNAL_ID, pieces=pieces, keeping=Keeping(one_group=True))
    names.all()
    assert not any(names.piece(piece) == piece for piece in pieces)
    assert names.sound()


def test_an_account_is_no_number() -> None:
    survey = Survey()
    survey.number("314159265358")
    survey.number("47114711")
    names = Pseudonyms(survey, b"key", Keeping())
    assert names.number("314159265358") == "111111111111"
    assert int(names.number("47114711")) > 47114711
    assert names.number("4711471") == "value-1"


def keeping(*names: str, endings: Sequence[str]) -> Pseudonyms:
    """Give the pseudonyms that keep the letters of some endings."""
    survey = Survey()
    for name in names:
        survey.name(name, NameKind.VALUE, fills=False)
    for ending in endings:
        survey.ending(ending)
    return Pseudonyms(survey, b"key", Keeping(endings=Endings.SHARE))


@pytest.mark.parametrize("ending", ["r", "er", "user"])
def test_a_name_keeps_the_letters_of_an_ending_and_no_others(ending: str) -> None:
    names = keeping(f"zqbahoffmuw{ending}", endings=[ending])
    told = names.all()[f"zqbahoffmuw{ending}"]
    assert names.sound()
    assert told.endswith(ending)
    assert not any(one == other for one, other in zip("zqbahoffm", told, strict=False))
    assert names.ending(ending) == ending


def test_a_name_keeps_its_capitals_where_it_keeps_letters() -> None:
    told = keeping("zqbahoffmuweR", endings=["ER"]).all()["zqbahoffmuweR"]
    assert told.endswith("eR")


@pytest.mark.parametrize(("name", "sound"), [("ererzq", False), ("ERERzq", False), ("erzqzq", True), ("erezqz", True)])
def test_letters_are_not_kept_where_more_than_half_of_a_name_would_be_seen(name: str, sound: bool) -> None:
    names = keeping(name, endings=["er"])
    names.all()
    assert names.sound() is sound


def test_one_name_of_which_too_much_would_be_seen_is_enough() -> None:
    names = keeping("ererzq", "bahoffmuser", endings=["er", "us"])
    names.all()
    assert not names.sound()


def test_an_ending_that_no_name_has_keeps_its_shape() -> None:
    survey = Survey()
    survey.ending("Ser")
    turned = Pseudonyms(survey, b"key", Keeping(endings=Endings.TURN)).ending("Ser")
    assert re.fullmatch("[A-Z][a-z]{2}", turned)
    assert turned != "Ser"


def test_an_ending_that_turns_is_a_piece_like_others() -> None:
    survey = Survey()
    for name in ("zqbahoser", "zquser"):
        survey.name(name, NameKind.VALUE, fills=False)
    survey.ending("ser")
    names = Pseudonyms(survey, b"key", Keeping(endings=Endings.TURN))
    told = names.all()
    assert told["zqbahoser"][-3:] == told["zquser"][-3:] == names.ending("ser")
    assert names.ending("ser") != "ser"
    assert names.sound()


def test_a_name_without_the_ending_gets_a_number() -> None:
    assert keeping("zqbahoff", "zquser", endings=["ser"]).all()["zqbahoff"] == "value-1"


@pytest.mark.parametrize(
    ("endings", "kept", "different"),
    [
        ((), Keeping(endings=Endings.SHARE), False),
        ((), Keeping(endings=Endings.TURN), False),
        (("r",), Keeping(endings=Endings.TURN), True),
        (("r",), Keeping(endings=Endings.SHARE), True),
        (("r",), Keeping(), True),
        (("r",), Keeping(gives_up=True), False),
        ((), Keeping(one_group=True), True),
        (("r",), Keeping(gives_up=True, endings=Endings.SHARE), False),
    ],
)
def test_what_keeps_and_gives_up_nothing_else_is_not_tried_again(
    endings: Sequence[str], kept: Keeping, different: bool
) -> None:
    survey = Survey()
    survey.name("zqteam", NameKind.ROLE, fills=False)
    for ending in endings:
        survey.ending(ending)
    assert Pseudonyms(survey, b"key", kept).differ() is different


def test_two_names_with_one_pseudonym_are_not_sound() -> None:
    survey = Survey()
    for name in ("ab", "cd", "ef", "gh", "ik", "lm", "no", "pq"):
        survey.name(name, NameKind.VALUE, fills=False)
        survey.keep_shape(name)
    found = set()
    for key in range(40):
        names = Pseudonyms(survey, bytes([key]), Keeping())
        distinct = len(set(names.all().values())) == 8
        found.add(distinct)
        assert distinct or not names.sound()
    assert found == {True, False}


@pytest.mark.parametrize(
    ("name", "piece", "kept"),
    [
        pytest.param("zqowner-zqbah", "r-zqbah", "", id="within a name"),
        pytest.param("r-zqbah", "r-zqbah", "r-", id="a name"),
        pytest.param("r-zqbahoff", "r-zqbah", "r-", id="in the beginning of a name"),
        pytest.param("r-zqbah-r-zqbah", "r-zqbah", "r-", id="in the beginning of a name and at its end"),
        pytest.param("zqother", "r-zqbah", "r-", id="in no name"),
    ],
)
def test_a_piece_begins_as_an_id_does_where_a_name_does(name: str, piece: str, kept: str) -> None:
    names = pseudonyms(name, kind=NameKind.VALUE, pieces=[piece])
    names.all()
    assert names.piece(piece).startswith(kept or "r-") is bool(kept)
    assert names.sound()
