"""TLVs of the BGP-LS attribute that tell about a node.

RFC 9552, 5.3.1; RFC 8814 (MSD), RFC 9085, 2.1 (segment routing), RFC 9247 (S-BFD), RFC 9351 (flexible algorithms),
RFC 9514, 3 (SRv6), RFC 9815, 5.1 (SPF in BGP).
"""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Choice, Field, Flags, Number, Raw, Text
from bgptwist.wire.values.layout import Member, Sequence, Struct
from bgptwist.wire.values.link_state_sid import LabelRange
from bgptwist.wire.values.link_state_tlv import Block, LinkStateTlvs, OctetFlags, Reserved, flags
from bgptwist.wire.values.tlv import Tlv
from bgptwist.wire.values.tree import raw_octets, string
from bgptwist.wire.words import Words

MSD_TYPES: Final[dict[int, str]] = {
    1: "base-mpls-imposition",
    2: "entropy-label",
    41: "srh-segments-left",
    42: "srh-end-pop",
    44: "srh-h-encaps",
    45: "srh-end-d",
}
"""How deep which stack of segments may be (RFC 8491, RFC 9088, RFC 9352)."""

MSDS: Final = Sequence(Struct(Member("type", Choice(1, MSD_TYPES), word=""), Member("value", Number(1), word="")))

LABEL_RANGES: Final = Member("ranges", Sequence(LabelRange()), default=[])

U32S: Final = Sequence(Number(4), 1)

METRIC_TYPES: Final[dict[int, str]] = {0: "igp", 1: "min-delay", 2: "te"}
"""Metrics of flexible algorithms (RFC 9350, 5.1)."""


class Area(Field):
    """An IS-IS area address: hexadecimal in the tree; words may have dots, `49.0001`."""

    expected: Final = "an area like 49.0001"

    def decode(self, octets: Octets) -> object:
        value = octets.rest()
        if not value:
            raise Malformed("an area without octets")
        return spell.hexadecimal(value)

    def encode(self, tree: object) -> bytes:
        value = raw_octets(string(tree))
        if not value:
            raise Misspelt("an area without octets", self.expected)
        return value

    def words(self, tree: object) -> str:
        digits = string(tree)[2:]
        return ".".join([digits[:2], *[digits[at : at + 4] for at in range(2, len(digits), 4)]])

    def read(self, words: Words) -> object:
        word = words.next(self.expected)
        try:
            return spell.hexadecimal(self.encode("0x" + word.removeprefix("0x").replace(".", "")))
        except Misspelt:
            raise words.wrong(self.expected) from None


FLEX_ALGO_TLVS: Final = LinkStateTlvs(
    (
        Tlv(1040, "exclude-any", U32S),
        Tlv(1041, "include-any", U32S),
        Tlv(1042, "include-all", U32S),
        Tlv(1043, "flags", OctetFlags("M")),
        Tlv(1045, "exclude-srlgs", U32S, word="exclude-srlg"),
        Tlv(
            1046,
            "unsupported",
            Block(Member("protocol", Number(1)), Member("types", Sequence(Number(2)), default=[])),
        ),
    )
)
"""Sub-TLVs of the definition of a flexible algorithm (RFC 9351, 3)."""

FLEX_ALGO: Final = Block(
    Member("algorithm", Number(1)),
    Member("metric-type", Choice(1, METRIC_TYPES), default="igp"),
    Member("calculation-type", Number(1), default=0),
    Member("priority", Number(1), default=128),
    tail=FLEX_ALGO_TLVS,
)

NODE_ROWS: Final = (
    Tlv(263, "multi-topology-ids", Sequence(Number(2)), word="multi-topology"),
    Tlv(266, "node-msds", MSDS, word="node-msd"),
    Tlv(1024, "node-flags", Flags(1, ("O", "T", "E", "B", "R", "V"))),
    Tlv(1025, "opaque", Raw()),
    Tlv(1026, "node-name", Text()),
    Tlv(1027, "area-ids", Area(), word="area-id", many=True),
    Tlv(1032, "s-bfd-discriminators", U32S, word="s-bfd-discriminator"),
    Tlv(1034, "sr-capabilities", Block(flags("I", "V"), Reserved(1), LABEL_RANGES)),
    Tlv(1035, "sr-algorithms", Sequence(Number(1)), word="sr-algorithm"),
    Tlv(1036, "sr-local-block", Block(Member("flags", Number(1), default=0), Reserved(1), LABEL_RANGES)),
    Tlv(1037, "srms-preference", Number(1)),
    Tlv(1038, "srv6-capabilities", Block(flags("", "O", size=2), Reserved(2), tail=LinkStateTlvs(()))),
    Tlv(1039, "flex-algo-definitions", FLEX_ALGO, word="flex-algo-definition", many=True),
    Tlv(1180, "spf-capability", Number(1)),
)
"""What a node is told with, besides its router ids."""
