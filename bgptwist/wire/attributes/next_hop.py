"""NEXT_HOP (RFC 4271, 5.1.3)."""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.kinds import WELL_KNOWN, Attribute, Kind
from bgptwist.wire.values.tree import string
from bgptwist.wire.words import Words


class NextHop(Attribute):
    """The IPv4 router to send packets to, as four octets; a Path leaves it to its Route."""

    code: int = 3

    def __init__(self, address: bytes) -> None:
        self.address = address

    def octets(self) -> bytes:
        return self.address

    def words(self) -> str:
        return spell.address(self.address)

    def json(self) -> str:
        return f'"{spell.address(self.address)}"'


def decode(value: bytes) -> Attribute:
    if len(value) != 4:
        raise Malformed(f"next hop of {len(value)} octets", 3, 5)
    return NextHop(value)


def read(words: Words) -> Attribute:
    """The route grammar reads a next hop itself: it may be of any family, or *self*."""
    raise words.wrong("an attribute", "a next hop is not read as an attribute")


def restore(tree: object) -> str:
    """The words of what JSON shows; Misspelt when it has another shape."""
    try:
        return spell.address(spell.ipv4_octets(string(tree)))
    except ValueError as error:
        raise Misspelt(str(error), "an IPv4 address") from None


KIND: Final = Kind(
    3,
    "next-hop",
    WELL_KNOWN,
    decode,
    read,
    sizes=(4,),
    rfc="RFC 4271",
    help="the router to send packets to: an address, or self",
    restore=restore,
)
