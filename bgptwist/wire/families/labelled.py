"""Labelled unicast: prefixes with the labels that lead to them (RFC 8277, 2)."""

from typing import Final

from bgptwist.wire.kinds import Family
from bgptwist.wire.values.labelled_prefix import labelled_family


def labelled(afi: int, name: str, next_hop_sizes: tuple[int, ...]) -> Family:
    """The family of labelled prefixes of AFI 1 or 2."""
    return labelled_family(
        afi, 4, name, next_hop_sizes, "RFC 8277", "Prefixes with one or more MPLS labels.", distinguished=False
    )


IPV4: Final = labelled(1, "ipv4 nlri-mpls", (4, 16, 32))
IPV6: Final = labelled(2, "ipv6 nlri-mpls", (16, 32, 4))
