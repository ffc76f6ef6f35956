"""Segment routing policies: distinguisher, color and endpoint (RFC 9830, 2.1); what they do is in TUNNEL_ENCAP."""

from collections.abc import Callable
from json import dumps
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import Family, add_path
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Address, Number
from bgptwist.wire.values.layout import Member, Struct
from bgptwist.wire.values.tree import members
from bgptwist.wire.words import Words

NEXT_HOPS: Final = (4, 16, 32)


def cutter(path_id: int) -> Callable[[bytes, int, int], list[bytes]]:
    """A function that cuts a field by the lengths in bits, each after `path_id` octets."""

    def split(data: bytes, at: int, end: int) -> list[bytes]:
        found: list[bytes] = []
        while at < end:
            start = at + path_id
            if start >= end:
                raise Malformed("an SR policy is cut short", 3, 10)
            stop = start + 1 + (data[start] + 7) // 8
            if stop > end:
                raise Malformed(f"an SR policy of {data[start]} bits does not fit", 3, 10)
            found.append(data[at:stop])
            at = stop
        return found

    return split


def policies(afi: int, name: str) -> Family:
    """The policies whose endpoints are IPv4 (AFI 1) or IPv6 (AFI 2)."""
    size = 4 if afi == 1 else 16
    bits = 64 + 8 * size
    layout = Struct(Member("distinguisher", Number(4)), Member("color", Number(4)), Member("endpoint", Address(size)))

    def check(nlri: bytes) -> None:
        if nlri[0] != bits:
            raise Malformed(f"an SR policy of {nlri[0]} bits where {bits} are expected", 3, 10)

    def tree(nlri: bytes) -> dict[str, object]:
        if nlri[0] != bits:
            return {"parsed": False, "raw": nlri.hex().upper()}
        return members(layout.decode(Octets(nlri, 1)))

    def words(nlri: bytes) -> str:
        return layout.words(tree(nlri)) if nlri[0] == bits else f"raw {spell.hexadecimal(nlri)}"

    def read(given: Words) -> bytes:
        if given.peek() not in layout.by_word:
            given.next("distinguisher N color N endpoint ADDRESS")
            raise given.wrong("distinguisher N color N endpoint ADDRESS")
        return bytes((bits,)) + layout.encode(layout.read(given))

    def json(nlri: bytes) -> str:
        return dumps(tree(nlri))

    def restore(given: object) -> str:
        return layout.words(layout.decode(Octets(layout.encode(given))))

    family = Family(
        afi,
        73,
        name,
        NEXT_HOPS,
        cutter(0),
        read,
        words,
        json,
        next_hop_attribute=False,
        rfc="RFC 9830",
        restore=restore,
        check=check,
        help="distinguisher N color N endpoint ADDRESS, then preference N binding-sid mpls L segment-list weight N ...",
    )
    return add_path(family, cutter(4))


IPV4: Final = policies(1, "ipv4 sr-policy")
IPV6: Final = policies(2, "ipv6 sr-policy")
