"""TUNNEL_ENCAP: the tunnels through which a route may be reached, and SR policies (RFC 9012; RFC 9830, 2.4 and 5)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Kind
from bgptwist.wire.values import segment, tunnel
from bgptwist.wire.values.structured import Shape

CODE: Final = 23
SEGMENT_LIST: Final = 128

ANY: Final = range(1, 0x10000)
SIZES: Final = {
    12: (6,),
    13: (2, 6, 18),
    14: (3,),
    15: (2,),
    20: (18, 26),
    SEGMENT_LIST: ANY,
    129: ANY,
    130: ANY,
}
"""The lengths that the sub-TLVs of SR policies may have; those of other tunnels may be anything."""

SEGMENT_SIZES: Final = {code: row.sizes for code, row in segment.BY_CODE.items()} | {segment.WEIGHT: frozenset((6,))}


def check(value: bytes) -> None:
    """Malformed when there is no tunnel, tunnels or sub-TLVs run over, or an SR policy is wrong or not alone.

    A sub-TLV that is wrong in another tunnel counts as unknown (RFC 9012, 13), and so do tunnels of unknown types.
    """
    at = 0
    end = len(value)
    policies = 0
    if not end:
        raise Malformed("TUNNEL_ENCAP without a tunnel")
    while at < end:
        if at + 4 > end:
            raise Malformed(f"{end - at} octets where a tunnel begins")
        code = value[at] << 8 | value[at + 1]
        stop = at + 4 + (value[at + 2] << 8 | value[at + 3])
        if stop > end:
            raise Malformed(f"a tunnel of {stop - at - 4} octets where {end - at - 4} are left")
        if code == tunnel.SR_POLICY:
            policies += 1
            if policies > 1:
                raise Malformed("two SR policies")
            check_policy(value, at + 4, stop)
        elif code in tunnel.LAYOUT.rows:
            check_tunnel(value, at + 4, stop)
        at = stop


def check_tunnel(value: bytes, at: int, end: int) -> None:
    """Malformed unless the last octet of the tunnel is the last one of a sub-TLV."""
    while at < end:
        if value[at] < 128:
            stop = at + 2 + value[at + 1] if at + 2 <= end else end + 1
        else:
            stop = at + 3 + (value[at + 1] << 8 | value[at + 2]) if at + 3 <= end else end + 1
        if stop > end:
            raise Malformed(f"sub-TLV {value[at]} runs past its tunnel")
        at = stop


def check_policy(value: bytes, at: int, end: int) -> None:
    """The same for an SR policy, all of whose known sub-TLVs must be right (RFC 9830, 5)."""
    sizes = SIZES
    while at < end:
        code = value[at]
        if code < 128:
            start = at + 2
            stop = start + value[at + 1] if start <= end else end + 1
        else:
            start = at + 3
            stop = start + (value[at + 1] << 8 | value[at + 2]) if start <= end else end + 1
        if stop > end:
            raise Malformed(f"sub-TLV {code} runs past its tunnel")
        if code in sizes:
            if stop - start not in sizes[code]:
                raise Malformed(f"sub-TLV {code} of an SR policy with {stop - start} octets")
            if code == SEGMENT_LIST:
                check_segments(value, start + 1, stop)
        at = stop


def check_segments(value: bytes, at: int, end: int) -> None:
    """Malformed when segments run over, or one of a known type has a length that the type does not."""
    sizes = SEGMENT_SIZES
    while at < end:
        if at + 2 > end:
            raise Malformed("a segment is cut short")
        code = value[at]
        size = value[at + 1]
        at += 2 + size
        if at > end:
            raise Malformed(f"segment {code} runs past its list")
        if code in sizes and size not in sizes[code]:
            raise Malformed(f"segment {code} with {size} octets")


SHAPE: Final = Shape(CODE, tunnel.LAYOUT, check)

KIND: Final = Kind(
    CODE,
    "tunnel-encap",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    restore=SHAPE.restore,
    rfc="RFC 9012",
    help="tunnels: ( TYPE ( SUB-TLV value ... ) ... ), as in ( vxlan ( egress 10.0.0.1 udp-port 4789 color 100 ) )",
)
