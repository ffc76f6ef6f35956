"""PE_DISTINGUISHER_LABELS (RFC 6514, 8): which label an upstream PE has in a tree that many share."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Kind
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Address
from bgptwist.wire.values.label import Label
from bgptwist.wire.values.layout import Member, Sequence, Struct
from bgptwist.wire.values.structured import Shape

IPV4_PAIR: Final = 7
IPV6_PAIR: Final = 19


def pair(size: int) -> Struct:
    """An address and its label; addresses of any family when `size` is 0."""
    return Struct(Member("pe", Address(size)), Member("label", Label()))


IPV4_PAIRS: Final = Sequence(pair(4), 1)
IPV6_PAIRS: Final = Sequence(pair(16), 1)


class Pairs(Sequence):
    """Pairs to the end, of one address family: the one whose pairs fill the octets, IPv4 first."""

    def __init__(self) -> None:
        super().__init__(pair(0), 1)

    def decode(self, octets: Octets) -> object:
        return (IPV6_PAIRS if octets.left % IPV4_PAIR else IPV4_PAIRS).decode(octets)


def check(value: bytes) -> None:
    """Malformed unless pairs of one family fill the value."""
    size = len(value)
    if not size or (size % IPV4_PAIR and size % IPV6_PAIR):
        raise Malformed(f"PE distinguisher labels of {size} octets", 3, 5)


SHAPE: Final = Shape(27, Pairs(), check)

KIND: Final = Kind(
    27,
    "pe-distinguisher-labels",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    rfc="RFC 6514",
    help="labels that tell the PE routers of a shared tree apart: [ ( pe 10.0.0.1 label 100 ) ... ]",
    restore=SHAPE.restore,
)
