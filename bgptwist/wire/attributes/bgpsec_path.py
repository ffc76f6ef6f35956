"""BGPSEC_PATH (RFC 8205, 3): the path with a signature of each AS for each algorithm suite."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_NON_TRANSITIVE, Kind
from bgptwist.wire.octets import Octets
from bgptwist.wire.values.counted import Boxed, BoxedSequence
from bgptwist.wire.values.field import Flags, Number, Raw
from bgptwist.wire.values.layout import Member, Sequence, Struct
from bgptwist.wire.values.structured import Shape

SEGMENT_SIZE: Final = 6
LENGTH_SIZE: Final = 2
"""Octets of the lengths, which count themselves."""
KEY_SIZE: Final = 20
"""Octets of a subject key identifier."""
BLOCKS: Final = 2
"""Signature blocks at most (RFC 8205, 3)."""

NO_FLAGS: Final = {"confed": 0, "RSV": 0}

SEGMENT: Final = Struct(
    Member("pcount", Number(1), default=1),
    Member("flags", Flags(1, ("confed",)), default=NO_FLAGS),
    Member("as", Number(4)),
)
SIGNATURE: Final = Struct(Member("ski", Raw(KEY_SIZE)), Member("signature", Boxed(LENGTH_SIZE, Raw())))
BLOCK: Final = Struct(Member("algorithm-suite", Number(1)), Member("signatures", Sequence(SIGNATURE, 1)))

LAYOUT: Final = Struct(
    Member("secure-path", BoxedSequence(LENGTH_SIZE, SEGMENT, LENGTH_SIZE, 1)),
    Member("signature-blocks", Sequence(Boxed(LENGTH_SIZE, BLOCK, LENGTH_SIZE), 1)),
)


def check(value: bytes) -> None:
    """Malformed unless there are one or two blocks with one signature for each segment (RFC 8205, 5.2)."""
    octets = Octets(value)
    size = octets.integer(LENGTH_SIZE) - LENGTH_SIZE
    octets.take(size)
    if size < SEGMENT_SIZE or size % SEGMENT_SIZE:
        raise Malformed(f"a secure path of {size} octets", 3, 5)
    segments = size // SEGMENT_SIZE
    blocks = 0
    while octets.left:
        blocks += 1
        inner = Octets(octets.take(octets.integer(LENGTH_SIZE) - LENGTH_SIZE), 1)
        signatures = 0
        while inner.left > 0:
            inner.take(KEY_SIZE)
            inner.take(inner.integer(LENGTH_SIZE))
            signatures += 1
        if signatures != segments:
            raise Malformed(f"{signatures} signatures of {segments} segments", 3, 1)
    if not 0 < blocks <= BLOCKS:
        raise Malformed(f"{blocks} signature blocks", 3, 1)


SHAPE: Final = Shape(33, LAYOUT, check)

KIND: Final = Kind(
    33,
    "bgpsec-path",
    OPTIONAL_NON_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    rfc="RFC 8205",
    help="the signed path: ( secure-path [ ( as 65001 ) ] signature-blocks [ ... ] )",
    restore=SHAPE.restore,
)
