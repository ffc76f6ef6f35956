"""Extended communities of EVPN (RFC 7432, 7; RFC 9135; RFC 8214, 3.1; RFC 8317, 6.1; RFC 8584, 2.2; RFC 9251).

RFC 7623; RFC 9047, 2; RFC 9722; RFC 9785; draft-ietf-bess-evpn-unequal-lb.
"""

from typing import Final

from bgptwist.wire.values.community_part import Bits, Count, MacAddress, Name, Plain, Zero, decimal, row
from bgptwist.wire.values.community_table import UNFIT, Row
from bgptwist.wire.values.extended_community_vpn import read_as2, read_as4, read_ipv4, write_as2, write_as4, write_ipv4


def read_mobility(text: str) -> bytes:
    """A sequence number, `:sticky` after it when the address may not move (RFC 7432, 7.7)."""
    value = decimal(text.removesuffix(":sticky"), 4)
    return (b"\1\0" if text.endswith(":sticky") else b"\0\0") + value.to_bytes(4, "big") if value >= 0 else UNFIT


def write_mobility(value: bytes) -> str:
    sequence = int.from_bytes(value[2:], "big")
    return f"{sequence}:sticky" if value[0] & 1 else str(sequence)


def read_label(text: str) -> bytes:
    """Three octets of a label of 20 bits, or `vni:N` with all 24."""
    if text[:4] == "vni:":
        value = decimal(text[4:], 3)
    else:
        value = decimal(text, 3) << 4
    return value.to_bytes(3, "big") if 0 <= value <= 0xFFFFFF else UNFIT


def write_label(value: bytes) -> str:
    number = int.from_bytes(value, "big")
    return f"vni:{number}" if number & 0xF else str(number >> 4)


def read_marked_label(text: str, marks: tuple[str, str]) -> bytes:
    """A label, and one of two words after it for the lowest bit of the flags; without one it is 0."""
    bit = 0
    for value, mark in enumerate(marks):
        if text.endswith(":" + mark):
            bit = value
            text = text.removesuffix(":" + mark)
            break
    label = read_label(text)
    return bytes((bit, 0, 0)) + label if label else UNFIT


def write_marked_label(value: bytes, marks: tuple[str, str]) -> str | None:
    if value[0] > 1 or value[1] or value[2]:
        return None
    return f"{write_label(value[3:])}:{marks[value[0]]}"


REDUNDANCY: Final = ("all-active", "single-active")
ROLES: Final = ("root", "leaf")


def read_esi_label(text: str) -> bytes:
    """`100:all-active` or `100:single-active` (RFC 7432, 7.5)."""
    return read_marked_label(text, REDUNDANCY)


def write_esi_label(value: bytes) -> str | None:
    return write_marked_label(value, REDUNDANCY)


def read_tree(text: str) -> bytes:
    """`100:root` or `0:leaf` (RFC 8317, 6.1)."""
    return read_marked_label(text, ROLES)


def write_tree(value: bytes) -> str | None:
    return write_marked_label(value, ROLES)


L2_FLAGS: Final = {0x0001: "P", 0x0002: "B", 0x0004: "C", 0x0008: "F", 0x0010: "CI"}
"""Primary, backup, control word, flow label, control word indicator."""

ELECTIONS: Final = {0: "default", 1: "hrw", 2: "highest-preference", 3: "lowest-preference"}
ELECTION_BITS: Final = {0x8000: "D", 0x4000: "AC", 0x1000: "T"}
"""Do not preempt, influenced by attachment circuits, time synchronisation."""

NEIGHBOR_FLAGS: Final = {0x01: "R", 0x02: "O", 0x08: "I"}
"""Router, override, immutable."""

GROUP_FLAGS: Final = {0x0001: "igmp-proxy", 0x0002: "mld-proxy"}

ROWS: Final = (
    Row(0x0600, "mac-mobility", read_mobility, write_mobility),
    Row(0x0601, "esi-label", read_esi_label, write_esi_label),
    row(0x0602, "es-import", "a MAC address (RFC 7432, 7.6)", MacAddress()),
    row(0x0603, "router-mac", "a MAC address (RFC 9135)", MacAddress()),
    row(
        0x0604,
        "l2-attributes",
        "`FLAGS:MTU`, flags are `P`, `B`, `C`, `F`, `CI`, joined by `+`, or 0 (RFC 8214, 3.1)",
        Bits(2, L2_FLAGS),
        Count(2),
        Zero(2),
    ),
    Row(0x0605, "e-tree", read_tree, write_tree),
    row(
        0x0606,
        "df-election",
        "`ALGORITHM:BITS:PREFERENCE`, like `hrw:AC:0`; bits are `D`, `AC`, `T` or 0 (RFC 8584, 2.2)",
        Name(1, ELECTIONS),
        Bits(2, ELECTION_BITS),
        Zero(1),
        Count(2),
    ),
    row(0x0607, "i-sid", "a service instance of 24 bits (RFC 7623)", Zero(3), Count(3)),
    row(0x0608, "arp-nd", "flags: `R`, `O`, `I`, joined by `+` (RFC 9047, 2)", Bits(1, NEIGHBOR_FLAGS), Zero(5)),
    row(
        0x0609,
        "multicast-flags",
        "`igmp-proxy`, `mld-proxy` or both, joined by `+` (RFC 9251)",
        Bits(2, GROUP_FLAGS),
        Zero(4),
    ),
    Row(0x060A, "evi-rt", read_as2, write_as2),
    Row(0x060B, "evi-rt", read_ipv4, write_ipv4),
    Row(0x060C, "evi-rt", read_as4, write_as4),
    row(0x060D, "evi-rt", "six octets in hexadecimal (RFC 9251)", Plain(6)),
    row(0x060E, "attachment-circuit", "six octets in hexadecimal", Plain(6)),
    row(0x060F, "service-carving-time", "`SECONDS:FRACTION` of NTP (RFC 9722)", Count(4), Count(2)),
    row(0x0610, "evpn-bandwidth", "`UNIT:WEIGHT`", Count(1), Zero(1), Count(4)),
)
