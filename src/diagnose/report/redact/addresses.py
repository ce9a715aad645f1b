"""IP addresses under pseudonyms: two addresses share as many leading bits as before.

So an address stays inside or outside of every range, and ranges stay nested, as in Crypto-PAn (Xu, Fan, Ammar, Moon:
"Prefix-preserving IP address anonymization", 2002). Blocks with a meaning of their own, such as private addresses,
are mapped onto themselves, and nothing else is mapped into them.
"""

import re
from functools import cache
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_interface, ip_network

_BLOCKS = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
        "::/96",
        "::ffff:0:0/96",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    )
)
_RANGE = re.compile(r"[^/%\s]+(/[0-9]+)?")
_OCTETS = re.compile(r"(?:[0-9]{1,3}\.){1,3}")


class Addresses:
    """The addresses of one case, under a key."""

    def __init__(self, key: bytes) -> None:
        """Different keys give different pseudonyms."""
        self._key = key
        self._flips: dict[str, int] = {}

    def of(self, text: str) -> str:
        """Give the pseudonym of an address or a range; empty for anything else."""
        if not is_address(text):
            return ""
        address, slash, size = text.partition("/")
        return f"{self._mapped(ip_address(address))}{slash}{size}"

    def of_beginning(self, text: str) -> str:
        """Give the pseudonym of whole octets that an address begins with: `203.0.113.`; empty for anything else."""
        if not _OCTETS.fullmatch(text):
            return ""
        octets = text.count(".")
        whole = self.of(text + ".".join("0" * (4 - octets)))
        return ".".join(whole.split(".")[:octets]) + "." if whole else ""

    def _mapped(self, address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
        size = address.max_prefixlen
        bits = f"{int(address):0{size}b}"
        mapped = 0
        for place in range(size):
            mapped = mapped << 1 | (int(bits[place]) ^ self._flip(size, bits[:place]))
        return type(address)(mapped)

    def _flip(self, size: int, prefix: str) -> int:
        """Say whether the two halves of a block change places."""
        name = f"{size}:{prefix}"
        if name not in self._flips:
            fixed = prefix in _above_blocks(size)
            self._flips[name] = 0 if fixed else blake2b(name.encode(), key=self._key, digest_size=1).digest()[0] & 1
        return self._flips[name]


def is_address(text: str) -> bool:
    """Say whether a text is an address or a range, as a condition on one takes it."""
    if not ("." in text or ":" in text) or not _RANGE.fullmatch(text):
        return False
    try:
        ip_interface(text)
    except ValueError:
        return False
    return True


@cache
def _above_blocks(size: int) -> frozenset[str]:
    """Give the beginnings at which nothing may change places, lest a block be torn or moved."""
    of_size = [block for block in _BLOCKS if block.max_prefixlen == size]
    names = [f"{int(block.network_address):0{size}b}"[: block.prefixlen] for block in of_size]
    return frozenset(name[:length] for name in names for length in range(len(name)))
