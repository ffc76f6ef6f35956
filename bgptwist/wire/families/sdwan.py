"""SD-WAN edges (draft-ietf-idr-sdwan-edge-discovery): types and bodies are passed on as they are."""

from typing import Final

from bgptwist.wire.kinds import Family
from bgptwist.wire.values.reshaped import ReshapedNlri, typed_family


def sdwan(afi: int, name: str) -> Family:
    """The family of one AFI."""
    return typed_family(
        afi,
        74,
        name,
        ReshapedNlri((), (2, 2)),
        "draft-ietf-idr-sdwan-edge-discovery",
        "`raw 0x...` with type, length and body",
    )


IPV4_SDWAN: Final = sdwan(1, "ipv4 sd-wan")
IPV6_SDWAN: Final = sdwan(2, "ipv6 sd-wan")
