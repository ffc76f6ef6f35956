"""BGP-LS routes as the generations of ExaBGP write them: the native object less what they do not show.

Both leave out unknown TLVs and the topology of a prefix, and write the topologies of a SID as strings.  Generation 5
writes a prefix without its length, and never the identifiers of a link.  Nodes and prefixes carry their next hop where
the API is of version 4.  Types that ExaBGP does not know (candidate paths, stub links) are in our own form.
"""

import json
from typing import Any, Final

from bgptwist.wire.kinds import Family

FRONT: Final = ("ls-nlri-type", "l3-routing-topology", "protocol-id")
BACK: Final = ("rd", "path-information")

NODE: Final = "bgpls-node"
LINK: Final = "bgpls-link"
PREFIXES: Final = ("bgpls-prefix-v4", "bgpls-prefix-v6")
SID: Final = "bgpls-srv6sid"

PREFIX_MEMBERS: Final = ("node-descriptors", "ip-reachability-tlv", "ip-reach-prefix", "nexthop", "ospf-route-type")

SHOWN: Final[dict[str, tuple[str, ...]]] = {
    NODE: ("node-descriptors", "nexthop"),
    LINK: (
        "local-node-descriptors",
        "remote-node-descriptors",
        "interface-addresses",
        "neighbor-addresses",
        "multi-topology-ids",
        "link-identifiers",
    ),
    **dict.fromkeys(PREFIXES, PREFIX_MEMBERS),
    SID: ("node-descriptors", "srv6-sid-descriptors"),
}
"""The members that ExaBGP has between FRONT and BACK, by the name of the type."""


def parsed(family: Family, nlri: bytes, next_hop: str) -> dict[str, Any]:
    """The native object with what both generations have in common."""
    found: dict[str, Any] = json.loads(family.json(nlri))
    name = found.get("ls-nlri-type")
    if name == SID:
        inner = found["srv6-sid-descriptors"]
        inner["multi-topology-ids"] = [str(topology) for topology in inner["multi-topology-ids"]]
    if next_hop and (name == NODE or name in PREFIXES):
        found["nexthop"] = next_hop
    if "ip-reach-prefix" in found:
        found["ip-reachability-tlv"] = found["ip-reach-prefix"]
    return found


def written(found: dict[str, Any]) -> str:
    """The members that ExaBGP has, in its order; the whole of a type that it does not know."""
    shown = SHOWN.get(found.get("ls-nlri-type", ""))
    return json.dumps(found if shown is None else {key: found[key] for key in (*FRONT, *shown, *BACK) if key in found})


def generation_5(family: Family, nlri: bytes, next_hop: str) -> str:
    """As ExaBGP 5.0 writes it."""
    found = parsed(family, nlri, next_hop)
    if "ip-reach-prefix" in found:
        found["ip-reachability-tlv"] = found["ip-reach-prefix"].partition("/")[0]
    if found.get("ls-nlri-type") == LINK:
        found["link-identifiers"] = []
    return written(found)


def generation_6_as_4(family: Family, nlri: bytes, next_hop: str) -> str:
    """As ExaBGP's development writes it when the version of its API is 4."""
    return written(parsed(family, nlri, next_hop))


def generation_6(family: Family, nlri: bytes, next_hop: str) -> str:
    """As ExaBGP's development writes it when the version of its API is 6: without next hop."""
    return written(parsed(family, nlri, ""))
