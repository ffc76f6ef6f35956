"""TLVs of the BGP-LS attribute that tell about a link.

RFC 9552, 5.3.2; RFC 8169 (residence time), RFC 8571 (delay, loss, bandwidth), RFC 8814 (MSD), RFC 9085, 2.2 and RFC
9086, 5 (segment routing), RFC 9104 (administrative groups), RFC 9294 (application specific), RFC 9379 (shutdown), RFC
9514, 4 (SRv6), RFC 9815, 5.2 (SPF in BGP).
"""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed, Misspelt
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.field import Address, Field, Flags, Number, Raw, Real, Text
from bgptwist.wire.values.layout import Member, Sequence
from bgptwist.wire.values.link_state_node import MSDS, U32S
from bgptwist.wire.values.link_state_sid import LABEL_OR_INDEX, STRUCTURED, Behavior
from bgptwist.wire.values.link_state_tlv import (
    Block,
    LinkStateTlvs,
    Metric,
    Nothing,
    OctetFlags,
    OneOf,
    Reserved,
    SystemId,
    flags,
)
from bgptwist.wire.values.tlv import Tlv
from bgptwist.wire.values.tree import integer, members, raw_octets
from bgptwist.wire.words import Words

PRIORITIES: Final = 8


class Bandwidths(Sequence):
    """One bandwidth for each of the eight priorities; words may have one for all."""

    def __init__(self) -> None:
        super().__init__(Real(), PRIORITIES)

    def decode(self, octets: Octets) -> object:
        if octets.left != 4 * PRIORITIES:
            raise Malformed(f"{octets.left} octets where {PRIORITIES} bandwidths should be")
        return super().decode(octets)

    def encode(self, tree: object) -> bytes:
        value = super().encode(tree)
        if len(value) != 4 * PRIORITIES:
            raise Misspelt(f"{len(value) // 4} bandwidths", f"{PRIORITIES}, one for each priority")
        return value

    def read(self, words: Words) -> object:
        if words.peek() != "[":
            return [self.field.read(words)] * PRIORITIES
        return super().read(words)


class Anomalous(Field):
    """The A bit before a measured value (RFC 8571, 2.1); its other bits are zero."""

    def decode(self, octets: Octets) -> object:
        octet = octets.octet()
        if octet & 0x7F:
            raise Malformed("reserved bits before a measured value")
        return octet == 0x80

    def encode(self, tree: object) -> bytes:
        return b"\x80" if integer(int(tree) if isinstance(tree, bool) else tree, 1) else b"\0"

    def words(self, tree: object) -> str:
        return "true" if tree else "false"

    def read(self, words: Words) -> object:
        word = words.next("true or false")
        if word not in ("true", "false"):
            raise words.wrong("true or false")
        return word == "true"


ANOMALOUS: Final = Member("anomalous", Anomalous(), default=False)
WEIGHT: Final = Member("weight", Number(1), default=0)

ADJACENCY: Final = Block(flags("F", "B", "V", "L", "S", "P"), WEIGHT, Reserved(2), LABEL_OR_INDEX)
"""The flags have the names of IS-IS (RFC 8667, 2.2.1)."""

SYSTEM: Final = Member("system-id", SystemId())
NEIGHBOR: Final = Member("neighbor-id", Address(4))

LAN_ADJACENCY: Final = Block(
    flags("F", "B", "V", "L", "S", "P"),
    WEIGHT,
    Reserved(2),
    OneOf({7: NEIGHBOR, 8: NEIGHBOR, 9: SYSTEM, 10: SYSTEM}),
    LABEL_OR_INDEX,
)
PEER: Final = Block(flags("V", "L", "B", "P"), WEIGHT, Reserved(2), LABEL_OR_INDEX)


def end_x(*neighbor: Member) -> Block:
    """An SRv6 SID for a link, on a LAN after the neighbor (RFC 9514, 4)."""
    return Block(
        Member("behavior", Behavior()),
        flags("B", "S", "P"),
        Member("algorithm", Number(1), default=0),
        WEIGHT,
        Reserved(1),
        *neighbor,
        Member("sid", Address(16)),
        tail=STRUCTURED,
    )


SR_ROWS: Final = (
    Tlv(1099, "sr-adjs", ADJACENCY, word="sr-adj", many=True),
    Tlv(1100, "sr-adj-lan-sids", LAN_ADJACENCY, word="sr-adj-lan", many=True),
    Tlv(1101, "sr-peer-node-sids", PEER, word="sr-peer-node", many=True),
    Tlv(1102, "sr-peer-adj-sids", PEER, word="sr-peer-adj", many=True),
    Tlv(1103, "sr-peer-set-sids", PEER, word="sr-peer-set", many=True),
    Tlv(1106, "srv6-endx", end_x(), word="srv6-end-x", many=True),
    Tlv(1107, "srv6-lan-endx-isis", end_x(SYSTEM), word="srv6-lan-end-x-isis", many=True),
    Tlv(1108, "srv6-lan-endx-ospf", end_x(NEIGHBOR), word="srv6-lan-end-x-ospf", many=True),
)
"""Segments of a link."""

MEASURED_ROWS: Final = (
    Tlv(
        1114,
        "unidirectional-link-delay",
        Block(ANOMALOUS, Member("delay-us", Number(3), word="delay")),
    ),
    Tlv(
        1115,
        "minmax-unidirectional-link-delay",
        Block(
            ANOMALOUS,
            Member("min-delay-us", Number(3), word="min"),
            Reserved(1),
            Member("max-delay-us", Number(3), word="max"),
        ),
    ),
    Tlv(1116, "unidirectional-delay-variation", Number(4, 0xFFFFFF)),
    Tlv(1117, "unidirectional-link-loss", Block(ANOMALOUS, Member("loss", Number(3)))),
    Tlv(1118, "unidirectional-residual-bandwidth", Real()),
    Tlv(1119, "unidirectional-available-bandwidth", Real()),
    Tlv(1120, "unidirectional-utilized-bandwidth", Real()),
)
"""What was measured on a link: delays in microseconds, loss in steps of 0.000003 %, octets per second (RFC 8571)."""

PROTECTIONS: Final = (
    "",
    "",
    "enhanced",
    "dedicated-one-plus-one",
    "dedicated-one-to-one",
    "shared",
    "unprotected",
    "extra-traffic",
)
"""Bits of link protection from the highest (RFC 5307, 1.2)."""

INNER_ROWS: Final = (
    Tlv(
        258,
        "link-local-remote-identifiers",
        Block(Member("local-id", Number(4), word="local"), Member("remote-id", Number(4), word="remote", default=0)),
        word="link-identifiers",
    ),
    Tlv(267, "link-msds", MSDS, word="link-msd"),
    Tlv(1028, "local-router-ids", Address(4), word="local-router-id", many=True),
    Tlv(1029, "local-router-ids", Address(16), word="local-router-id", many=True),
    Tlv(1030, "remote-router-ids", Address(4), word="remote-router-id", many=True),
    Tlv(1031, "remote-router-ids", Address(16), word="remote-router-id", many=True),
    Tlv(1088, "admin-group-mask", Number(4), word="admin-group"),
    Tlv(1089, "maximum-link-bandwidth", Real()),
    Tlv(1090, "maximum-reservable-link-bandwidth", Real()),
    Tlv(1091, "unreserved-bandwidth", Bandwidths()),
    Tlv(1092, "te-metric", Metric(4, 3)),
    Tlv(1093, "link-protection-flags", Flags(2, PROTECTIONS), word="link-protection"),
    Tlv(1094, "mpls-mask", Flags(1, ("LDP", "RSVP-TE"))),
    Tlv(1095, "igp-metric", Metric(3, 2, 1)),
    Tlv(1096, "shared-risk-link-groups", Sequence(Number(4)), word="shared-risk-link-group"),
    Tlv(1097, "opaque-link", Raw()),
    Tlv(1098, "link-name", Text()),
    *SR_ROWS,
    Tlv(1105, "rtm-capability", OctetFlags("", "two-step", "one-step")),
    *MEASURED_ROWS,
    Tlv(1121, "graceful-link-shutdown", Nothing()),
    Tlv(1173, "extended-admin-group", U32S),
    Tlv(1181, "sequence-number", Number(8)),
    Tlv(1182, "ipv4-link-prefix-length", Number(1)),
    Tlv(1183, "ipv6-link-prefix-length", Number(1)),
    Tlv(1184, "spf-status", Number(1)),
)
"""What a link is told with; router ids, sequence numbers and the SPF status also tell about nodes."""

INNER: Final = LinkStateTlvs(INNER_ROWS)
"""The TLVs that members of bundles and applications have of their own; these hold neither again."""


class Applications(Flags):
    """Which applications attributes are for (RFC 8919, 4.1): four octets of flags, or octets of another number."""

    def __init__(self) -> None:
        super().__init__(4, ("rsvp-te", "sr-policy", "lfa", "flex-algo"))

    def decode(self, octets: Octets) -> object:
        return super().decode(octets) if octets.left == 4 else spell.hexadecimal(octets.rest())

    def encode(self, tree: object) -> bytes:
        return raw_octets(tree) if isinstance(tree, str) else super().encode(tree)

    def words(self, tree: object) -> str:
        return tree if isinstance(tree, str) else super().words(tree)

    def read(self, words: Words) -> object:
        if words.peek()[:2] != "0x":
            return super().read(words)
        return self.decode(Octets(raw_octets(words.next(""), words)))


class ApplicationSpecific(Block):
    """Attributes of a link for some applications alone (RFC 9294, 2): two masks after their lengths, then TLVs."""

    masks: Final = ("standard-applications", "user-applications")

    def __init__(self) -> None:
        super().__init__(
            Reserved(2),
            Member(self.masks[0], Applications(), word="standard", optional=True),
            Member(self.masks[1], Raw(), word="user", optional=True),
            tail=INNER,
        )

    def decode(self, octets: Octets) -> object:
        sizes = octets.take(2)
        reserved = octets.integer(2)
        tree: dict[str, object] = {"reserved": reserved} if reserved else {}
        for key, size in zip(self.masks, sizes, strict=True):
            if size:
                tree[key] = self.by_key[key].field.decode(Octets(octets.take(size)))
        return tree | members(INNER.decode(octets))

    def encode(self, tree: object) -> bytes:
        given = dict(members(tree))
        reserved = integer(given.pop("reserved", 0), 0xFFFF).to_bytes(2, "big")
        masks = [self.by_key[key].field.encode(given.pop(key, "0x")) for key in self.masks]
        if any(len(mask) > 0xFF for mask in masks):
            raise Misspelt("too many applications", "255 octets of them at most")
        return bytes([len(mask) for mask in masks]) + reserved + b"".join(masks) + INNER.encode(given)


LINK_ROWS: Final = (
    *INNER_ROWS,
    Tlv(1122, "application-specific-attributes", ApplicationSpecific(), word="application-specific", many=True),
    Tlv(
        1172,
        "l2-bundle-members",
        Block(Member("member-descriptor", Number(4), word="descriptor"), tail=INNER),
        word="l2-bundle-member",
        many=True,
    ),
)
"""The same with those that hold TLVs of a link again."""
