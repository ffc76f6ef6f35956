"""Segment identifiers in the BGP-LS attribute: MPLS (RFC 9085, 2.1) and SRv6 (RFC 9514, 7 and 8)."""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Address, Field, Number
from bgptwist.wire.values.layout import Member
from bgptwist.wire.values.link_state_tlv import Block, LinkStateTlvs, OneOf, Reserved, flags
from bgptwist.wire.values.srv6 import read_behavior
from bgptwist.wire.values.tlv import Tlv
from bgptwist.wire.values.tree import integer, raw_octets
from bgptwist.wire.words import Words

SID_LABEL: Final = 1161
HIGHEST: Final = 0xFFFFF

SID: Final = Member("sid", Number(3))
INDEX: Final = Member("index", Number(4))
LABEL_OR_INDEX: Final = OneOf({3: SID, 4: INDEX})
"""Three octets are a label (its 20 low bits), four an index into a range of labels."""


class Behavior(Number):
    """An SRv6 endpoint behaviour, a number; words may have a name like `End.X`."""

    def __init__(self) -> None:
        super().__init__(2)

    def read(self, words: Words) -> object:
        return read_behavior(words)


class LabelEntry(Field):
    """A label in four octets whose other twelve bits are zero; all octets in hexadecimal when they are not."""

    expected: Final = "a label from 0 to 1048575"

    def decode(self, octets: Octets) -> object:
        value = octets.take(4)
        entry = int.from_bytes(value, "big")
        return spell.hexadecimal(value) if entry & 0xFFF else entry >> 12

    def encode(self, tree: object) -> bytes:
        if isinstance(tree, str) and tree[:2] == "0x":
            value = raw_octets(tree)
            if len(value) != 4:
                raise Misspelt(f"'{tree[:40]}' has {len(value)} octets", "4 octets in hexadecimal")
            return value
        return (integer(tree, HIGHEST) << 12).to_bytes(4, "big")

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        word = words.next(self.expected)
        try:
            return self.decode(Octets(self.encode(word)))
        except Misspelt as error:
            raise words.wrong(self.expected, error.reason) from None


class BindingSid(Field):
    """One of two equal parts, or the last: a label in four octets or an SRv6 SID (RFC 9857, 5.1)."""

    label: Final = LabelEntry()
    sid: Final = Address(16)
    sizes: Final = {8: label, 4: label, 32: sid, 16: sid}

    def field(self, text: object) -> Field:
        """The field of a word or a tree."""
        return self.sid if isinstance(text, str) and ":" in text else self.label

    def decode(self, octets: Octets) -> object:
        field = self.sizes.get(octets.left)
        if field is None:
            raise Malformed(f"binding SIDs of {octets.left} octets")
        return field.decode(octets)

    def encode(self, tree: object) -> bytes:
        return self.field(tree).encode(tree)

    def words(self, tree: object) -> str:
        return str(tree)

    def read(self, words: Words) -> object:
        return self.field(words.peek()).read(words)


class LabelRange(Block):
    """How many labels from which on: three octets and a SID/label TLV (RFC 9085, 2.1.2)."""

    def __init__(self) -> None:
        super().__init__(Member("size", Number(3)), LABEL_OR_INDEX)

    def decode(self, octets: Octets) -> object:
        size = octets.integer(3)
        code = octets.integer(2)
        member = LABEL_OR_INDEX.by_left.get(octets.integer(2))
        if code != SID_LABEL or member is None:
            raise Malformed(f"TLV {code} where a SID or label should be")
        return {"size": size, member.key: member.field.decode(octets)}

    def encode(self, tree: object) -> bytes:
        value = super().encode(tree)
        return value[:3] + SID_LABEL.to_bytes(2, "big") + (len(value) - 3).to_bytes(2, "big") + value[3:]


STRUCTURE: Final = Block(
    Member("loc_block_len", Number(1), word="block"),
    Member("loc_node_len", Number(1), word="node"),
    Member("func_len", Number(1), word="function"),
    Member("arg_len", Number(1), word="argument", default=0),
)
"""How many bits of an SRv6 SID are block, node, function and argument; the keys are those of ExaBGP."""

ENDPOINT_BEHAVIOR: Final = Block(
    Member("behavior", Behavior()),
    Member("flags", Number(1), default=0),
    Member("algorithm", Number(1), default=0),
)

STRUCTURE_ROW: Final = Tlv(1252, "srv6-sid-structure", STRUCTURE, word="structure")
BEHAVIOR_ROW: Final = Tlv(1250, "srv6-endpoint-behavior", ENDPOINT_BEHAVIOR, word="endpoint-behavior")

STRUCTURED: Final = LinkStateTlvs((STRUCTURE_ROW,))
DESCRIBED: Final = LinkStateTlvs((BEHAVIOR_ROW, STRUCTURE_ROW))
"""Sub-TLVs of what has an SRv6 SID."""

SID_ROWS: Final = (
    Tlv(1250, "srv6-endpoint-behavior", ENDPOINT_BEHAVIOR),
    Tlv(
        1251,
        "srv6-bgp-peer-node-sids",
        Block(
            flags("B", "S", "P"),
            Member("weight", Number(1), default=0),
            Reserved(2),
            Member("peer-as", Number(4)),
            Member("peer-bgp-identifier", Address(4), word="peer-identifier"),
        ),
        word="srv6-bgp-peer-node-sid",
        many=True,
    ),
    Tlv(1252, "srv6-sid-structure", STRUCTURE),
)
"""What an SRv6 SID is told with (RFC 9514, 7 and 8)."""
