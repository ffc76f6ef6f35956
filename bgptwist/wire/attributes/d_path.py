"""D-PATH (draft-ietf-bess-evpn-ipvpn-interworking, 4): the domains a route went through, gateway by gateway."""

from typing import Final

from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Kind
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.counted import CountedSequence
from bgptwist.wire.values.field import Field
from bgptwist.wire.values.layout import Sequence
from bgptwist.wire.values.structured import Shape
from bgptwist.wire.values.tree import integer, members
from bgptwist.wire.words import Words, number

DOMAIN_SIZE: Final = 7

EXPECTED: Final = "a domain like 65000:1:evpn"

SAFIS: Final = {0: "local", 1: "unicast", 70: "evpn", 128: "mpls-vpn"}
CODES: Final = {name: code for code, name in SAFIS.items()}


class Domain(Field):
    """`65000:1:evpn`: global and local part of the domain, and the SAFI that the route had there."""

    def decode(self, octets: Octets) -> object:
        owner = octets.integer(4)
        local = octets.integer(2)
        safi = octets.octet()
        return {"global": owner, "local": local, "safi": SAFIS.get(safi, safi)}

    def encode(self, tree: object) -> bytes:
        given = members(tree)
        safi = given.get("safi")
        return (
            integer(given.get("global"), 0xFFFFFFFF).to_bytes(4, "big")
            + integer(given.get("local"), 0xFFFF).to_bytes(2, "big")
            + integer(CODES.get(safi, safi) if isinstance(safi, str) else safi, 0xFF).to_bytes(1, "big")
        )

    def words(self, tree: object) -> str:
        given = members(tree)
        return f"{given['global']}:{given['local']}:{given['safi']}"

    def read(self, words: Words) -> object:
        parts = words.next(EXPECTED).split(":")
        if len(parts) != 3:
            raise words.wrong(EXPECTED)
        try:
            tree = {"global": number(parts[0]), "local": number(parts[1]), "safi": parts[2]}
            return self.decode(Octets(self.encode(tree)))
        except Misspelt:
            raise words.wrong(EXPECTED) from None


def check(value: bytes) -> None:
    """Malformed unless segments with one domain at least fill the value."""
    at = 0
    end = len(value)
    while at < end or not end:
        if at == end or value[at] == 0:
            raise Malformed("a D-PATH segment without domains", 3, 5)
        at += 1 + DOMAIN_SIZE * value[at]
    if at > end:
        raise Malformed("a D-PATH segment runs past the end", 3, 5)


SHAPE: Final = Shape(36, Sequence(CountedSequence(1, Domain(), 1), 1), check)

KIND: Final = Kind(
    36,
    "d-path",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    rfc="draft-ietf-bess-evpn-ipvpn-interworking",
    help="the domains the route went through, a list of segments: [ [ 65000:2:evpn 65000:1:mpls-vpn ] ]",
    restore=SHAPE.restore,
)
