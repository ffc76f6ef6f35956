"""Extended communities about the way to the destination: cost, bandwidth, color, tunnel, class, validity, services.

draft-ietf-idr-link-bandwidth; draft-ietf-idr-custom-decision; RFC 9012, 4.1 and 4.3; RFC 9830; RFC 7432, 7.8; RFC
8097, 2; RFC 9832; RFC 9015; draft-ietf-bess-mup-safi; draft-knoll-idr-qos-attribute.
"""

from typing import Final

from bgptwist.wire.values.community_part import (
    TRANSITIVE,
    Count,
    Name,
    Plain,
    Zero,
    alias,
    decimal,
    row,
    row_twins,
    twins,
)
from bgptwist.wire.values.community_table import UNFIT, Row
from bgptwist.wire.values.extended_community_flow import read_float, write_float
from bgptwist.wire.values.extended_community_vpn import read_as2, write_as2


def read_bandwidth(text: str) -> bytes:
    """AS and octets a second (draft-ietf-idr-link-bandwidth)."""
    left, _, right = text.partition(":")
    owner = decimal(left, 2)
    rate = read_float(right)
    return owner.to_bytes(2, "big") + rate if owner >= 0 and rate else UNFIT


def write_bandwidth(value: bytes) -> str | None:
    rate = write_float(value[2:])
    return None if rate is None else f"{value[0] << 8 | value[1]}:{rate}"


BANDWIDTHS: Final = twins(0x4004, "bandwidth", read_bandwidth, write_bandwidth, TRANSITIVE)

TUNNELS: Final[dict[int, str]] = {
    0: "Default",
    1: "L2TPv3",
    2: "GRE",
    7: "IP-in-IP",
    8: "VXLAN",
    9: "NVGRE",
    10: "MPLS",
    11: "MPLS-in-GRE",
    12: "VXLAN-GPE",
    13: "MPLS-in-UDP",
    19: "GENEVE",
}
TUNNEL_CODES: Final[dict[str, int]] = {name.lower(): code for code, name in TUNNELS.items()}


def read_encapsulation(text: str) -> bytes:
    """A tunnel type by name or number (RFC 9012, 4.1)."""
    value = TUNNEL_CODES.get(text.lower(), decimal(text, 2))
    return value.to_bytes(6, "big") if value >= 0 else UNFIT


def write_encapsulation(value: bytes) -> str:
    code = value[4] << 8 | value[5]
    return TUNNELS.get(code) or str(code)


FALLBACKS: Final = ("00", "01", "10", "11")
"""The CO bits: what may serve when the color with its endpoint has no policy (RFC 9830)."""


def read_color(text: str) -> bytes:
    """`100`, or with the CO bits before it, `01:100`."""
    bits, colon, color = text.rpartition(":")
    value = decimal(color, 4)
    if value < 0 or (colon and bits not in FALLBACKS):
        return UNFIT
    return bytes((FALLBACKS.index(bits) << 6 if colon else 0, 0)) + value.to_bytes(4, "big")


def write_color(value: bytes) -> str | None:
    if value[0] & 0x3F or value[1]:
        return None
    color = str(int.from_bytes(value[2:], "big"))
    return f"{FALLBACKS[value[0] >> 6]}:{color}" if value[0] else color


def read_gateway(text: str) -> bytes:
    """Nothing follows (RFC 7432, 7.8)."""
    return UNFIT if text else bytes(6)


def write_gateway(value: bytes) -> str | None:
    return None if any(value) else ""


STATES: Final = {0: "valid", 1: "not-found", 2: "invalid"}

ENCAPSULATION: Final = Row(0x030C, "encap", read_encapsulation, write_encapsulation)
HASH_ORDER: Final = row(0x0314, "consistentHashSortOrder", "a number", Count(4), Zero(2))

ROWS: Final = (
    *BANDWIDTHS,
    *[alias(each, "link-bandwidth") for each in BANDWIDTHS],
    *row_twins(
        0x0301,
        "cost",
        "`POINT:ID:COST`, where in the decision it counts, which of several, and what",
        Count(1),
        Count(1),
        Count(4),
    ),
    Row(0x030B, "color", read_color, write_color),
    ENCAPSULATION,
    alias(ENCAPSULATION, "encapsulation"),
    Row(0x030D, "default-gateway", read_gateway, write_gateway),
    HASH_ORDER,
    alias(HASH_ORDER, "consistent-hash-sort-order"),
    *row_twins(
        0x0400,
        "qos-marking",
        "`FLAGS:SET:TECHNOLOGY:OUTER:INNER:COUNT`",
        Count(1),
        Count(1),
        Count(1),
        Count(1),
        Count(1),
        Count(1),
    ),
    row(0x0500, "cos-capability", "six octets in hexadecimal", Plain(6)),
    *row_twins(0x0A00, "transport-class", "a color (RFC 9832)", Zero(2), Count(4)),
    *row_twins(0x0A02, "transport-class-target", "a color (RFC 9832)", Zero(2), Count(4)),
    row(0x0B01, "sfir-pool", "six octets in hexadecimal (RFC 9015)", Plain(6)),
    row(0x0B02, "sfc-labels", "six octets in hexadecimal (RFC 9015)", Plain(6)),
    Row(0x0C00, "mup", read_as2, write_as2),
    row(0x4300, "validation-state", "`valid`, `not-found` or `invalid` (RFC 8097, 2)", Zero(5), Name(1, STATES)),
)
