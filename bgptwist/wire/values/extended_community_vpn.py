"""Extended communities of VPNs: targets and origins, their PE routers, and what an IGP in the customer's site tells.

RFC 4360; RFC 5668; RFC 4577; RFC 4384; RFC 6514; RFC 6074; RFC 7524; RFC 9081; RFC 4761, 3.2.4; RFC 7796; RFC 7543.
"""

from struct import pack, unpack
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.values import asn
from bgptwist.wire.values.community_part import (
    NON_TRANSITIVE,
    AsNumber,
    Bits,
    Count,
    Ipv4,
    Plain,
    Zero,
    alias,
    decimal,
    read_address,
    read_parts,
    row,
    twins,
    write_nothing,
    write_parts,
)
from bgptwist.wire.values.community_table import UNFIT, Row


def read_as2(text: str) -> bytes:
    """`A:N`, two and four octets; N may be written as an address."""
    left, _, right = text.partition(":")
    asn2 = asn.number(left)
    value = decimal(right, 4)
    rest = read_address(right) if value < 0 else value.to_bytes(4, "big")
    if asn2 < 0 or asn2 > 0xFFFF or not rest:
        return UNFIT
    return asn2.to_bytes(2, "big") + rest


def write_as2(value: bytes) -> str:
    asn2, rest = unpack(">HI", value)
    return f"{asn2}:{rest}"


def read_ipv4(text: str) -> bytes:
    """`a.b.c.d:N`."""
    left, _, right = text.partition(":")
    address = read_address(left)
    value = decimal(right, 2)
    if not address or value < 0:
        return UNFIT
    return address + value.to_bytes(2, "big")


def write_ipv4(value: bytes) -> str:
    return f"{spell.address(value[:4])}:{value[4] << 8 | value[5]}"


def read_as4(text: str) -> bytes:
    """`A:N`, four and two octets; a final L says so where A alone does not."""
    left, _, right = text.partition(":")
    asn4 = asn.number(left.removesuffix("L"))
    value = decimal(right, 2)
    if asn4 < 0 or value < 0:
        return UNFIT
    return pack(">IH", asn4, value)


def write_as4(value: bytes) -> str:
    asn4, rest = unpack(">IH", value)
    return f"{asn4}:{rest}" if asn4 > 0xFFFF else f"{asn4}L:{rest}"


AS2: Final = 0x0000
IPV4: Final = 0x0100
AS4: Final = 0x0200

FORMS: Final = {AS2: (read_as2, write_as2), IPV4: (read_ipv4, write_ipv4), AS4: (read_as4, write_as4)}
"""The layouts that the types 00, 01 and 02 share."""


def specific(subtype: int, word: str, *types: int, high: int = 0) -> tuple[Row, ...]:
    """A row for each of the types that a subtype comes in; `high` are bits of all these types."""
    return tuple([Row(high | kind | subtype, word, *FORMS[kind]) for kind in types])


def read_l2info(text: str) -> bytes:
    """Encapsulation, control flags, MTU, preference (RFC 4761, 3.2.4)."""
    return read_parts(L2INFO, text)


def write_l2info(value: bytes) -> str | None:
    return write_parts(L2INFO, value)


L2INFO: Final = (Count(1), Count(1), Count(2), Count(2))

GENERIC: Final = (AsNumber(4), Count(2))


def read_generic(text: str) -> bytes:
    """`A:N`, four and two octets whatever A is (draft-ietf-idr-as4octet-extcomm-generic-subtype)."""
    return read_parts(GENERIC, text)


def write_generic(value: bytes) -> str | None:
    return write_parts(GENERIC, value)


OSPF_OPTIONS: Final = {0x01: "external-2"}

RECORDS: Final = specific(0x13, "rtrecord", AS2, IPV4, AS4)

ROWS: Final = (
    *specific(0x02, "target", AS2, IPV4, AS4),
    *specific(0x03, "origin", AS2, IPV4, AS4),
    # The octets that ExaBGP gives to these words; they read back as those of an address.
    Row(0x0102, "target4", read_as4, write_nothing),
    Row(0x0103, "origin4", read_as4, write_nothing),
    *specific(0x05, "ospf-domain", AS2, IPV4, AS4),
    *specific(0x07, "ospf-router-id", IPV4),
    *specific(0x08, "data-collection", AS2, AS4),
    *specific(0x09, "source-as", AS2, AS4),
    *specific(0x0A, "l2vpn-id", AS2, IPV4),
    *specific(0x0B, "vrf-route-import", IPV4),
    *specific(0x10, "vpn-distinguisher", AS2, IPV4, AS4),
    *specific(0x12, "segmented-next-hop", IPV4),
    *RECORDS,
    *[alias(record, "route-target-record") for record in RECORDS],
    *specific(0x20, "mvpn-sa-rp", IPV4),
    *twins(0x0204, "generic", read_generic, write_generic, NON_TRANSITIVE),
    row(0x0303, "cp-orf", "six octets in hexadecimal (RFC 7543)", Plain(6)),
    row(
        0x0306,
        "ospf-route-type",
        "`AREA:TYPE:OPTIONS`, an address, a number, and `external-2` or 0",
        Ipv4(),
        Count(1),
        Bits(1, OSPF_OPTIONS),
    ),
    Row(0x800A, "l2info", read_l2info, write_l2info),
    row(0x800B, "e-tree-info", "flags: `P`, `V`, `P+V` or 0 (RFC 7796)", Bits(2, {0x0002: "P", 0x0001: "V"}), Zero(4)),
    row(
        0x8800, "eigrp-route", "`FLAGS:TAG`, flags are `internal` or a number", Bits(2, {0x8000: "internal"}), Count(4)
    ),
    row(0x8801, "eigrp-delay", "`AS:DELAY`", Count(2), Count(4)),
    row(0x8802, "eigrp-bandwidth", "`RELIABILITY:HOPS:BANDWIDTH`", Count(1), Count(1), Count(4)),
    row(0x8803, "eigrp-mtu", "`RESERVED:LOAD:MTU`", Count(1), Count(1), Count(4)),
    row(
        0x8804,
        "eigrp-origin",
        "`AS:ROUTER`, the AS and router that brought the route in from outside",
        Count(2),
        Ipv4(),
    ),
    row(0x8805, "eigrp-metric", "`PROTOCOL:METRIC`, whence it came in from outside", Count(2), Count(4)),
)
