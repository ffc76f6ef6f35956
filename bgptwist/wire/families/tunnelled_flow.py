"""Flow specifications for tunnelled traffic: framed, and kept as they are (draft-ietf-idr-flowspec-nvo3).

What stands behind the length changes from one version of the draft to the next, so it is shown in hexadecimal.
"""

from json import dumps
from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.kinds import Family, add_path
from bgptwist.wire.values.flow_frame import cutter, whole
from bgptwist.wire.values.tree import members, raw_octets, string
from bgptwist.wire.words import Words

SAFI: Final = 77


def words(nlri: bytes) -> str:
    """`raw 0x...`, with the length."""
    return f"raw {spell.hexadecimal(nlri)}"


def json(nlri: bytes) -> str:
    """The same in an object."""
    return dumps({"parsed": False, "raw": nlri.hex().upper()})


def read(words: Words) -> bytes:
    """The NLRI of `raw 0x...`."""
    words.require("raw")
    return whole(raw_octets(words.next("the rule in hexadecimal"), words), words.at - 1)


def restore(tree: object) -> str:
    """The words of a JSON object."""
    return words(whole(raw_octets("0x" + string(members(tree).get("raw")))))


def tunnelled(afi: int, name: str) -> Family:
    """The family of one AFI; there is no next hop, unless an action redirects to it."""
    family = Family(
        afi,
        SAFI,
        name,
        (0, 4, 16),
        cutter(0),
        read,
        words,
        json,
        next_hop_attribute=False,
        rfc="draft-ietf-idr-flowspec-nvo3",
        restore=restore,
        help="raw 0x...",
    )
    return add_path(family, cutter(4))


FAMILIES: Final[tuple[Family, ...]] = (
    tunnelled(1, "ipv4 tunnel-flow"),
    tunnelled(2, "ipv6 tunnel-flow"),
    tunnelled(25, "l2vpn tunnel-flow"),
)
