"""Extended communities that are the actions of flow rules (RFC 8955, 7; drafts of redirection and interface sets)."""

from math import isfinite
from struct import pack, unpack
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.values import asn
from bgptwist.wire.values.community_part import (
    NON_TRANSITIVE,
    Count,
    decimal,
    read_address,
    row,
    twins,
)
from bgptwist.wire.values.community_table import UNFIT, Row
from bgptwist.wire.values.extended_community_vpn import AS2, AS4, IPV4, specific


def read_float(text: str) -> bytes:
    """Four octets of an IEEE number that is finite and not negative, UNFIT for anything else."""
    whole, _, fraction = text.partition(".")
    if not whole.isdecimal() or not text.isascii() or (fraction and not fraction.isdecimal()) or len(text) > 50:
        return UNFIT
    try:
        return pack(">f", float(text))
    except OverflowError:
        return UNFIT


def write_float(value: bytes) -> str | None:
    """The number without its fraction, as ExaBGP writes it; None when it is not finite."""
    found: float = unpack(">f", value)[0]
    return str(int(found)) if isfinite(found) else None


def read_octet_rate(text: str) -> bytes:
    """`9600` or `9600:bytes` (RFC 8955, 7.1)."""
    rate = read_float(text.removesuffix(":bytes"))
    return b"\0\0" + rate if rate else UNFIT


def write_octet_rate(value: bytes) -> str | None:
    return write_float(value[2:])


def read_packet_rate(text: str) -> bytes:
    """`1000:packets` (RFC 8955, 7.2)."""
    rate = read_float(text.removesuffix(":packets")) if text.endswith(":packets") else UNFIT
    return b"\0\0" + rate if rate else UNFIT


def write_packet_rate(value: bytes) -> str | None:
    rate = write_float(value[2:])
    return None if rate is None else f"{rate}:packets"


def read_action(text: str) -> bytes:
    """`sample`, `terminal` or `sample-terminal` (RFC 8955, 7.3)."""
    bits = {"sample": 2, "terminal": 1, "sample-terminal": 3, "terminal-sample": 3}.get(text, 0)
    return b"\0\0\0\0\0" + bytes((bits,)) if bits else UNFIT


def write_action(value: bytes) -> str | None:
    return (None, "terminal", "sample", "sample-terminal")[value[5] & 3]


def read_mark(text: str) -> bytes:
    """A DSCP (RFC 8955, 7.5)."""
    value = decimal(text, 1)
    return b"\0\0\0\0\0" + bytes((value,)) if 0 <= value <= 63 else UNFIT


def write_mark(value: bytes) -> str:
    return str(value[5])


def read_redirect(text: str) -> bytes:
    """Nothing follows: the next hop is that of the route (draft-simpson-idr-flowspec-redirect)."""
    return UNFIT if text else bytes(6)


def write_redirect(value: bytes) -> str | None:
    return None if value[5] & 1 else ""


def read_copy(text: str) -> bytes:
    """As the redirection, of a copy."""
    return UNFIT if text else b"\0\0\0\0\0\1"


def write_copy(value: bytes) -> str | None:
    return "" if value[5] & 1 else None


def read_redirect_to(text: str) -> bytes:
    """An IPv4 address (draft-ietf-idr-flowspec-redirect-ip)."""
    address = read_address(text)
    return address + b"\0\0" if address else UNFIT


def write_redirect_to(value: bytes) -> str | None:
    return None if value[5] & 1 else spell.address(value[:4])


def read_copy_to(text: str) -> bytes:
    """As the redirection, of a copy."""
    address = read_address(text)
    return address + b"\0\1" if address else UNFIT


def write_copy_to(value: bytes) -> str | None:
    return spell.address(value[:4]) if value[5] & 1 else None


DIRECTIONS: Final = ("", "input", "output", "input-output")


def read_interfaces(text: str) -> bytes:
    """`input:65000:1`; `transitive:` or `non-transitive:` may stand before (draft-ietf-idr-flowspec-interfaceset)."""
    direction, _, rest = text.partition(":")
    owner, _, group = rest.partition(":")
    number4 = asn.number(owner)
    value = decimal(group, 2)
    if direction not in DIRECTIONS[1:] or number4 < 0 or not 0 <= value <= 0x3FFF:
        return UNFIT
    return pack(">IH", number4, DIRECTIONS.index(direction) << 14 | value)


def write_interfaces(value: bytes) -> str | None:
    owner, group = unpack(">IH", value)
    return f"{DIRECTIONS[group >> 14]}:{owner}:{group & 0x3FFF}" if group >> 14 else None


ROWS: Final = (
    *specific(0x08, "redirect", AS2, IPV4, AS4, high=0x8000),
    Row(0x0800, "redirect-to-nexthop", read_redirect, write_redirect),
    Row(0x0800, "copy-to-nexthop", read_copy, write_copy),
    Row(0x010C, "redirect-to-nexthop-ietf", read_redirect_to, write_redirect_to, " "),
    Row(0x010C, "copy-to-nexthop-ietf", read_copy_to, write_copy_to, " "),
    Row(0x8006, "rate-limit", read_octet_rate, write_octet_rate),
    Row(0x800C, "rate-limit", read_packet_rate, write_packet_rate),
    Row(0x8007, "action", read_action, write_action, " "),
    Row(0x8009, "mark", read_mark, write_mark, " "),
    *twins(0x0702, "interface-set", read_interfaces, write_interfaces, NON_TRANSITIVE),
    row(0x0900, "redirect-to-indirection-id", "`FLAGS:TYPE:ID`", Count(1), Count(1), Count(4)),
)
