"""TRAFFIC_ENGINEERING (RFC 5543; what follows the bandwidths: RFC 4203, 1.4)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_NON_TRANSITIVE, Kind
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.counted import Repeated
from bgptwist.wire.values.field import Choice, Field, Number, Pad, Raw, Real
from bgptwist.wire.values.layout import Member, Sequence, Struct
from bgptwist.wire.values.structured import Shape
from bgptwist.wire.values.tree import members
from bgptwist.wire.words import Words

HEAD_SIZE: Final = 36
"""Octets that every descriptor has: capability, encoding, two reserved ones, eight bandwidths."""

CAPABILITIES: Final = {
    1: "psc-1",
    2: "psc-2",
    3: "psc-3",
    4: "psc-4",
    51: "l2sc",
    100: "tdm",
    125: "dcsc",
    150: "lsc",
    200: "fsc",
}
ENCODINGS: Final = {
    1: "packet",
    2: "ethernet",
    3: "pdh",
    5: "sdh",
    7: "digital-wrapper",
    8: "lambda",
    9: "fiber",
    11: "fiber-channel",
}

HEAD: Final = Struct(
    Member("switching-capability", Choice(1, CAPABILITIES)),
    Member("encoding", Choice(1, ENCODINGS)),
    Member("reserved", Pad(2)),
    Member("max-lsp-bandwidth", Repeated(Real(), 8)),
)
HEAD_KEYS: Final = frozenset(HEAD.by_word)

PACKET: Final = Struct(Member("min-lsp-bandwidth", Real()), Member("mtu", Number(2)), Member("padding", Pad(2)))
TIME: Final = Struct(Member("min-lsp-bandwidth", Real()), Member("indication", Number(1)), Member("padding", Pad(3)))
NOTHING: Final = Struct()
ANYTHING: Final = Struct(Member("specific", Raw(), default="0x"))

SPECIFIC: Final[dict[object, Struct]] = {
    "psc-1": PACKET,
    "psc-2": PACKET,
    "psc-3": PACKET,
    "psc-4": PACKET,
    "tdm": TIME,
    "l2sc": NOTHING,
    "lsc": NOTHING,
    "fsc": NOTHING,
}
SPECIFIC_SIZES: Final = {1: 8, 2: 8, 3: 8, 4: 8, 51: 0, 100: 8, 150: 0, 200: 0}
"""How many octets stand behind the bandwidths; of other capabilities, all that is left."""


class Descriptor(Field):
    """One switching capability; its members depend on which it is."""

    single = False

    def decode(self, octets: Octets) -> object:
        tree = members(HEAD.decode(octets))
        return {**tree, **members(self.specific(tree).decode(octets))}

    def specific(self, tree: dict[str, object]) -> Struct:
        """What stands behind the bandwidths."""
        return SPECIFIC.get(tree.get("switching-capability"), ANYTHING)

    def encode(self, tree: object) -> bytes:
        given = members(tree)
        return HEAD.encode(given) + self.specific(given).encode(given)

    def words(self, tree: object) -> str:
        given = members(tree)
        return f"{HEAD.words(given)} {self.specific(given).words(given)}".rstrip()

    def read(self, words: Words) -> object:
        tree = members(HEAD.read(words))
        return {**tree, **members(self.specific(tree).read(words))}


def check(value: bytes) -> None:
    """Malformed unless whole descriptors fill the value."""
    at = 0
    end = len(value)
    while at < end or not end:
        if end - at < HEAD_SIZE:
            raise Malformed(f"a traffic engineering descriptor of {end - at} octets", 3, 5)
        size = SPECIFIC_SIZES.get(value[at], end - at - HEAD_SIZE)
        at += HEAD_SIZE + size
    if at > end:
        raise Malformed("a traffic engineering descriptor runs past the end", 3, 5)


SHAPE: Final = Shape(24, Sequence(Descriptor(), 1), check)

KIND: Final = Kind(
    24,
    "traffic-engineering",
    OPTIONAL_NON_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    rfc="RFC 5543",
    help="what the links to a site can switch, as a list: [ ( switching-capability psc-1 encoding packet ... ) ]",
    restore=SHAPE.restore,
)
