"""EDGE_METADATA (draft-ietf-idr-5g-edge-service-metadata): TLVs about the place where a service runs.

The draft still moves its types, so that each is shown by its number and in hexadecimal.
"""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_NON_TRANSITIVE, Kind
from bgptwist.wire.values.ordered import Ordered
from bgptwist.wire.values.structured import Shape

LAYOUT: Final = Ordered(())


def check(value: bytes) -> None:
    """Malformed unless TLVs fill the value."""
    if not value:
        raise Malformed("edge metadata of 0 octets", 3, 5)
    LAYOUT.check(value)


SHAPE: Final = Shape(42, LAYOUT, check)

KIND: Final = Kind(
    42,
    "edge-metadata",
    OPTIONAL_NON_TRANSITIVE,
    SHAPE.decode,
    SHAPE.read_valid,
    rfc="draft-ietf-idr-5g-edge-service-metadata",
    help="what is told of the place of a service, by type: ( generic-1 0x00000064 generic-2 0x01 )",
    restore=SHAPE.restore,
)
