"""Communities of 32 bits as words (RFC 1997; names of the IANA registry of well-known communities)."""

from typing import Final

from bgptwist.wire.errors import Misspelt
from bgptwist.wire.values.tree import integer, items
from bgptwist.wire.words import number

EXPECTED: Final = "a community (65000:1, 0x00010002, no-export)"

GRACEFUL_SHUTDOWN: Final = 0xFFFF0000
LLGR_STALE: Final = 0xFFFF0006
NO_LLGR: Final = 0xFFFF0007
BLACKHOLE: Final = 0xFFFF029A
NO_EXPORT: Final = 0xFFFFFF01
NO_ADVERTISE: Final = 0xFFFFFF02
NO_EXPORT_SUBCONFED: Final = 0xFFFFFF03
NO_PEER: Final = 0xFFFFFF04

WRITTEN: Final[dict[int, str]] = {
    NO_EXPORT: "no-export",
    NO_ADVERTISE: "no-advertise",
    NO_EXPORT_SUBCONFED: "no-export-subconfed",
    NO_PEER: "no-peer",
    BLACKHOLE: "blackhole",
}
"""The names that ExaBGP writes; the others it would not read back."""

NAMES: Final[dict[str, int]] = {
    "no-export": NO_EXPORT,
    "no-advertise": NO_ADVERTISE,
    "no-export-subconfed": NO_EXPORT_SUBCONFED,
    "no-peer": NO_PEER,
    "nopeer": NO_PEER,
    "blackhole": BLACKHOLE,
    "graceful-shutdown": GRACEFUL_SHUTDOWN,
    "accept-own": 0xFFFF0001,
    "route-filter-translated-v4": 0xFFFF0002,
    "route-filter-v4": 0xFFFF0003,
    "route-filter-translated-v6": 0xFFFF0004,
    "route-filter-v6": 0xFFFF0005,
    "llgr-stale": LLGR_STALE,
    "no-llgr": NO_LLGR,
    "accept-own-nexthop": 0xFFFF0008,
    "standby-pe": 0xFFFF0009,
}


def write(community: int) -> str:
    """`65000:1`, or the name if it has one that ExaBGP knows."""
    return WRITTEN.get(community) or f"{community >> 16}:{community & 0xFFFF}"


def parse(word: str) -> int:
    """The number of one community, -1 when the word is none."""
    left, colon, right = word.partition(":")
    if not colon:
        value = number(word)
        if value < 0:
            return NAMES.get(word.lower().replace("_", "-"), -1)
        return value if value <= 0xFFFFFFFF else -1
    high, low = number(left), number(right)
    return high << 16 | low if 0 <= high <= 0xFFFF and 0 <= low <= 0xFFFF else -1


def of_tree(tree: object) -> int:
    """The number of one community in JSON; Misspelt."""
    if isinstance(tree, str):
        value = parse(tree)
        if value < 0:
            raise Misspelt(f"'{tree[:60]}' is no community", EXPECTED)
        return value
    halves = items(tree)
    if len(halves) != 2:
        raise Misspelt(f"{len(halves)} numbers", "two numbers for each community")
    return integer(halves[0], 0xFFFF) << 16 | integer(halves[1], 0xFFFF)
