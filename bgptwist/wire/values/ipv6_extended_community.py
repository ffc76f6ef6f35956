"""Communities of twenty octets that hold an IPv6 address, as words (RFC 5701; RFC 6515; RFC 7524; RFC 8956, 6.1).

The address and the number after it are divided by the last colon: `target6:2001:db8::1:100`.
"""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.values.community_table import UNFIT, Row, Table

SIZE: Final = 20

EXPECTED: Final = "an IPv6 extended community (target6:2001:db8::1:100, 0x and 40 digits)"


def read_address(text: str) -> bytes:
    """The octets of an IPv6 address, UNFIT for anything else."""
    try:
        return spell.ipv6_octets(text)
    except ValueError:
        return UNFIT


def read_specific(text: str) -> bytes:
    """An IPv6 address and a number up to 65535, a colon between them."""
    left, _, right = text.rpartition(":")
    address = read_address(left)
    value = int(right) if right.isascii() and right.isdecimal() and len(right) <= 5 else -1
    return address + value.to_bytes(2, "big") if address and 0 <= value <= 0xFFFF else UNFIT


def write_specific(value: bytes) -> str:
    return f"{spell.address(value[:16])}:{value[16] << 8 | value[17]}"


def read_redirect(text: str) -> bytes:
    """An IPv6 address (draft-ietf-idr-flowspec-redirect-ip)."""
    address = read_address(text)
    return address + b"\0\0" if address else UNFIT


def write_redirect(value: bytes) -> str | None:
    return None if value[17] & 1 else spell.address(value[:16])


def read_copy(text: str) -> bytes:
    """As the redirection, of a copy."""
    address = read_address(text)
    return address + b"\0\1" if address else UNFIT


def write_copy(value: bytes) -> str | None:
    return spell.address(value[:16]) if value[17] & 1 else None


ROWS: Final = (
    Row(0x0002, "target6", read_specific, write_specific),
    Row(0x0003, "origin6", read_specific, write_specific),
    # ExaBGP and GoBGP mean a redirection by these octets when they stand beside a flow rule.
    Row(0x000B, "vrf-route-import6", read_specific, write_specific),
    Row(0x000C, "redirect-to-nexthop-ietf", read_redirect, write_redirect, " "),
    Row(0x000C, "copy-to-nexthop-ietf", read_copy, write_copy, " "),
    Row(0x000D, "redirect6", read_specific, write_specific),
    Row(0x0012, "segmented-next-hop6", read_specific, write_specific),
    # The number that GoBGP gives to a redirection.
    Row(0x800B, "old-redirect6", read_specific, write_specific),
)

TABLE: Final = Table(ROWS, SIZE, EXPECTED)
