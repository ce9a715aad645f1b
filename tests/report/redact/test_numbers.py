"""Numbers stay in order, and addresses in their ranges, wherever they are moved to."""

from ipaddress import ip_address, ip_network

import pytest

from diagnose.report.redact.addresses import Addresses, is_address
from diagnose.report.redact.numbers import Numbers

KEYS = (b"a", b"b", b"c")


@pytest.mark.parametrize("key", KEYS)
def test_all_numbers_move_by_the_same(key: bytes) -> None:
    numbers = Numbers({"42", "0042", "+42", "12.50", "-55", "-0.5"}, key)
    shift = int(numbers.moved("42")) - 42
    assert 1000 <= shift < 9000
    assert numbers.moved("0042") == f"00{42 + shift}"
    assert numbers.moved("+42") == f"+{42 + shift}"
    assert numbers.moved("12.50") == f"{12 + shift}.50"
    assert numbers.moved("-55") == f"{shift - 55}"


@pytest.mark.parametrize("number", ["4155551234", "4111222233334444", "-90817263541", "0000817263"])
def test_of_a_long_number_nothing_is_seen(number: str) -> None:
    told = {Numbers({number, "300"}, bytes([key])).moved(number).removeprefix("0000")[:4] for key in range(40)}
    assert len(told) > 30


def test_numbers_stay_in_order() -> None:
    texts = ["-4111222233334444", "-17", "22", "33.5", "1000", "9999999999", "4111222233334444", "4111222233334445"]
    numbers = Numbers(set(texts), b"key")
    told = [float(numbers.moved(text)) for text in texts]
    assert told == sorted(set(told))


@pytest.mark.parametrize("digit", ["5", "0", "9"])
def test_beside_a_single_digit_all_of_one_stay_and_others_keep_their_sign(digit: str) -> None:
    numbers = Numbers({digit, "9", "-9", "10", "-10"}, b"key")
    assert [numbers.moved(one) for one in (digit, "9", "-9")] == [digit, "9", "-9"]
    shift = int(numbers.moved("10")) - 10
    assert shift >= 1000
    assert numbers.moved("-10") == f"-{10 + shift}"


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("2026-01-01", "2054-01-01"),
        ("1999-12-31T23:59:59Z", "2027-12-31T23:59:59Z"),
        ("2026-1", ""),
        ("2026-01", "2054-01"),
        ("2026-01-", "2054-01-"),
        ("2026-01-31T10:20", "2054-01-31T10:20"),
        ("2026-01-31T10:20:30.123456+02:00", "2054-01-31T10:20:30.123456+02:00"),
        ("2026-01-31 (zq@zq.example)", ""),
        ("2026-01-zq-7", ""),
        ("2026-01-31Tzq", ""),
        ("0999-01-01", ""),
        ("3026-01-01", ""),
        ("43", ""),
        ("zq", ""),
    ],
)
def test_a_date_moves_by_as_many_years_as_the_calendar_takes_to_repeat(text: str, moved: str) -> None:
    assert Numbers({"42", "zq"}, b"key").moved(text) == moved


BLOCKS = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
    "224.0.0.0/3", "::/96", "::ffff:0:0/96", "fc00::/7", "fe80::/10", "ff00::/8",
)  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_with_a_meaning_is_mapped_onto_itself(block: str, key: bytes) -> None:
    network, addresses = ip_network(block), Addresses(key)
    for inside in (network[1], network[-2], network[network.num_addresses // 2 + 5]):
        assert ip_address(addresses.of(str(inside))) in network
    size = network.max_prefixlen - network.prefixlen
    for beside in (int(network[0]) ^ (1 << bit) for bit in range(size, min(size + 16, network.max_prefixlen))):
        address = type(network[0])(beside)
        assert ip_address(addresses.of(str(address))) not in network


@pytest.mark.parametrize("block", BLOCKS)
def test_within_a_block_the_halves_may_change_places(block: str) -> None:
    network = ip_network(block)
    middle = network[network.num_addresses // 2]
    told = [ip_address(Addresses(bytes([key])).of(str(network[0]))) for key in range(12)]
    assert {int(one) >= int(middle) for one in told} == {True, False}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("203.0.113.7", True),
        ("203.0.113.0/24", True),
        ("203.0.113.0/32", True),
        ("2001:db8::1", True),
        ("2001:db8::/128", True),
        ("203.0.113.0/33", False),
        ("203.0.113", False),
        ("203.0.113.0/255.255.255.0", False),
        ("203.0.113.7 ", False),
        ("fe80::1%eth0", False),
        ("3405803783", False),
        ("", False),
    ],
)
def test_an_address_is_what_a_condition_takes_for_one(text: str, is_one: bool) -> None:
    assert is_address(text) is is_one
    assert bool(Addresses(b"key").of(text)) is is_one


@pytest.mark.parametrize("beginning", ["203.", "203.0.", "203.0.113."])
def test_the_beginning_of_an_address_is_that_of_its_pseudonym(beginning: str) -> None:
    addresses = Addresses(b"key")
    told = addresses.of_beginning(beginning)
    assert addresses.of("203.0.113.7").startswith(told)
    assert (told.count("."), told[-1]) == (beginning.count("."), ".")


@pytest.mark.parametrize("text", ["203", "203.0.113.7.", "999.", "1234.", "zq.", "", ".", "203.0.113.7"])
def test_what_is_no_beginning_of_an_address_has_no_pseudonym(text: str) -> None:
    assert Addresses(b"key").of_beginning(text) == ""
