"""BGP Prefix-SID: label index and SRGB of a prefix, or the SRv6 SID of its service (RFC 8669; RFC 9252)."""

from typing import Final

from bgptwist.wire.errors import DISCARD, Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.values import prefix_sid
from bgptwist.wire.values.structured import Shape
from bgptwist.wire.words import Words

CODE: Final = 40
SID_BITS: Final = 128


def check(value: bytes) -> None:
    """Malformed when TLVs run over or have the wrong length; RFC 9252, 7 adds what SRv6 services must be."""
    known = prefix_sid.LAYOUT.tlvs.rows
    at = 0
    end = len(value)
    if not end:
        raise Malformed("BGP Prefix-SID without a TLV")
    while at < end:
        start = at + 3
        if start > end:
            raise Malformed(f"{end - at} octets where a TLV begins")
        code = value[at]
        size = value[at + 1] << 8 | value[at + 2]
        at = start + size
        if at > end:
            raise Malformed(f"TLV {code} runs past the attribute")
        if code not in known:
            continue
        if code == prefix_sid.LABEL_INDEX:
            if size != 7:
                raise Malformed(f"a label index with {size} octets")
        elif code == prefix_sid.SRGB:
            if size < 8 or size % 6 != 2:
                raise Malformed(f"an originator SRGB with {size} octets")
        else:
            check_service(value, start + 1, at)


def check_service(value: bytes, at: int, end: int) -> None:
    """The sub-TLVs of a service, after its reserved octet."""
    if at > end:
        raise Malformed("an SRv6 service without its reserved octet")
    while at < end:
        start = at + 3
        if start > end:
            raise Malformed("a sub-TLV of an SRv6 service is cut short")
        code = value[at]
        at = start + (value[at + 1] << 8 | value[at + 2])
        if at > end:
            raise Malformed(f"sub-TLV {code} runs past its SRv6 service")
        if code == prefix_sid.INFORMATION:
            check_information(value, start + 21, at)


def check_information(value: bytes, at: int, end: int) -> None:
    """The sub-sub-TLVs of a SID, after the 21 octets that are always there."""
    if at > end:
        raise Malformed(f"SRv6 SID information with {21 - at + end} octets")
    while at < end:
        start = at + 3
        if start > end:
            raise Malformed("a sub-sub-TLV of an SRv6 SID is cut short")
        code = value[at]
        at = start + (value[at + 1] << 8 | value[at + 2])
        if at > end:
            raise Malformed(f"sub-sub-TLV {code} runs past its SRv6 SID")
        if code == prefix_sid.STRUCTURE:
            check_structure(value[start:at])


def check_structure(lengths: bytes) -> None:
    """What a SID is made of must not be more than a SID has (RFC 9252, 3.2.1)."""
    if len(lengths) != len(prefix_sid.LENGTHS):
        raise Malformed(f"an SRv6 SID structure with {len(lengths)} octets")
    parts = sum(lengths[:4])
    if parts > SID_BITS:
        raise Malformed(f"an SRv6 SID of {parts} bits")
    moved = lengths[4]
    if moved and moved + lengths[5] > SID_BITS:
        raise Malformed(f"{moved} bits transposed from bit {lengths[5]} of an SRv6 SID")


SHAPE: Final = Shape(CODE, prefix_sid.LAYOUT, check)


def read_service(words: Words) -> Attribute:
    """`( l3-service SID BEHAVIOR [ LENGTHS ] )`, as ExaBGP has it."""
    expected = "( l3-service SID BEHAVIOR [ LENGTHS ] ) or the same with l2-service"
    if words.next(expected) != "(":
        raise words.wrong(expected)
    if words.next(expected) not in prefix_sid.SERVICES:
        raise words.wrong(expected)
    words.at -= 2
    return SHAPE.read_valid(words)


KIND: Final = Kind(
    CODE,
    "bgp-prefix-sid",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    malformed=DISCARD,
    restore=SHAPE.restore,
    rfc="RFC 8669",
    help="the label index [ N ], with label ranges [ N, [ ( BASE,SIZE ) ] ]; or TLVs: ( l3-service SID )",
)

SERVICE: Final = Kind(
    CODE,
    "bgp-prefix-sid-srv6",
    OPTIONAL_TRANSITIVE,
    SHAPE.decode,
    read_service,
    malformed=DISCARD,
    restore=SHAPE.restore,
    rfc="RFC 9252",
    help="the SRv6 SID of a service: ( l3-service SID BEHAVIOR [ LENGTHS ] ) or l2-service",
)
"""Another word for the same attribute."""
