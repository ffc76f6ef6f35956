"""An AS number and the address of a router, the shape of AGGREGATOR and AS4_AGGREGATOR (RFC 4271, 5.1.7; RFC 6793)."""

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Attribute
from bgptwist.wire.values import asn, router_id
from bgptwist.wire.words import Words


class Aggregation(Attribute):
    """Who aggregated: `asn`, and `address` as four octets."""

    def __init__(self, asn: int, address: bytes) -> None:
        self.asn = asn
        self.address = address

    def octets(self) -> bytes:
        return self.asn.to_bytes(4, "big") + self.address

    def words(self) -> str:
        return f"{self.asn}:{spell.address(self.address)}"

    def json(self) -> str:
        return f'"{self.asn}:{spell.address(self.address)}"'


def split(value: bytes) -> tuple[int, bytes]:
    """AS number and address; Malformed when the length is not 8 or the AS is 0 (RFC 7606, 7.7; RFC 7607)."""
    if len(value) != 8:
        raise Malformed(f"aggregator of {len(value)} octets", 3, 5)
    number = int.from_bytes(value[:4], "big")
    if number == 0:
        raise Malformed("aggregator of AS 0", 3, 9)
    return number, value[4:]


def read(words: Words) -> tuple[int, bytes]:
    """AS number and address of `A:ip`, `( A:ip )` or `(A:ip)`."""
    expected = "an AS number and an IPv4 address (65000:10.0.0.1)"
    opened = words.accept("(")
    word = words.next(expected)
    if not opened and word.startswith("(") and word.endswith(")"):
        word = word[1:-1]
    left, colon, right = word.partition(":")
    if not colon:
        raise words.wrong(expected)
    at = words.at - 1
    number, address = asn.read_positive(left, at), router_id.octets(right, at)
    if opened:
        words.require(")")
    return number, address
