"""TLVs of the BGP-LS attribute that tell about a prefix.

RFC 9552, 5.3.3; RFC 9085, 2.3 (segment routing), RFC 9351, 4 (flexible algorithms), RFC 9514, 5 (SRv6).
"""

from typing import Final

from bgptwist.wire.values.field import Address, Flags, Number, Raw
from bgptwist.wire.values.layout import Member, Sequence
from bgptwist.wire.values.link_state_sid import LABEL_OR_INDEX, STRUCTURED
from bgptwist.wire.values.link_state_tlv import Block, LinkStateTlvs, OctetFlags, Reserved, flags
from bgptwist.wire.values.tlv import Tlv

PREFIX_SID: Final = Block(
    flags("R", "N", "P", "E", "V", "L"),
    Member("algorithm", Number(1), default=0),
    Reserved(2),
    LABEL_OR_INDEX,
)
"""The flags have the names of IS-IS (RFC 8667, 2.1.1); those of OSPF are NP, M, E, V, L from the second bit on."""

PREFIX_SID_ROW: Final = Tlv(1158, "sr-prefix-sids", PREFIX_SID, word="sr-prefix-sid", many=True)

RANGE: Final = Block(
    flags("F", "M", "S", "D", "A"),
    Reserved(1),
    Member("size", Number(2)),
    tail=LinkStateTlvs((PREFIX_SID_ROW,)),
)
"""Prefixes in a row whose SIDs are in a row, too (RFC 8667, 2.4)."""

PREFIX_ROWS: Final = (
    Tlv(
        1044,
        "flex-algo-prefix-metrics",
        Block(
            Member("algorithm", Number(1)),
            Member("flags", Number(1), default=0),
            Reserved(2),
            Member("metric", Number(4)),
        ),
        word="flex-algo-prefix-metric",
        many=True,
    ),
    Tlv(1152, "igp-flags", Flags(1, ("D", "N", "L", "P"))),
    Tlv(1153, "igp-route-tags", Sequence(Number(4)), word="igp-route-tag"),
    Tlv(1154, "igp-extended-route-tags", Sequence(Number(8)), word="igp-extended-route-tag"),
    Tlv(1155, "prefix-metric", Number(4)),
    Tlv(1156, "ospf-forwarding-address", Address()),
    Tlv(1157, "opaque-prefix", Raw()),
    PREFIX_SID_ROW,
    Tlv(1159, "sr-prefix-ranges", RANGE, word="sr-prefix-range", many=True),
    Tlv(
        1162,
        "srv6-locator",
        Block(
            flags("D"),
            Member("algorithm", Number(1), default=0),
            Reserved(2),
            Member("metric", Number(4), default=0),
            tail=STRUCTURED,
        ),
    ),
    Tlv(1170, "sr-prefix-attribute-flags", OctetFlags("X", "R", "N")),
    Tlv(1171, "sr-source-router-id", Address()),
    Tlv(1174, "source-ospf-router-id", Address(4)),
)
"""What a prefix is told with; the flags of 1170 have the names of IS-IS (RFC 7794, 2.1)."""
