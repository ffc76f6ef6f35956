"""Multicast trees set up by BGP (draft-ietf-bess-bgp-multicast): types and bodies are passed on as they are."""

from typing import Final

from bgptwist.wire.kinds import Family
from bgptwist.wire.values.reshaped import ReshapedNlri, typed_family


def mcast_tree(afi: int, name: str) -> Family:
    """The family of one AFI."""
    return typed_family(
        afi, 78, name, ReshapedNlri(()), "draft-ietf-bess-bgp-multicast", "`raw 0x...` with type, length and body"
    )


IPV4_MCAST_TREE: Final = mcast_tree(1, "ipv4 mcast-tree")
IPV6_MCAST_TREE: Final = mcast_tree(2, "ipv6 mcast-tree")
