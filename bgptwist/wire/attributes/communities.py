"""COMMUNITIES (RFC 1997; names of the IANA registry of well-known communities)."""

from struct import unpack
from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.kinds import OPTIONAL_TRANSITIVE, Attribute, Kind
from bgptwist.wire.words import Words, number

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


class Communities(Attribute):
    """Communities in the order they came; `value` is their octets.

    Without octets it is what `[ ]` says: nothing to send.
    """

    code: int = 8

    def __init__(self, value: bytes) -> None:
        self.value = value

    def numbers(self) -> tuple[int, ...]:
        """The communities as numbers of 32 bits."""
        return unpack(f">{len(self.value) // 4}I", self.value)

    def octets(self) -> bytes:
        return self.value

    def words(self) -> str:
        written = " ".join([write(community) for community in self.numbers()])
        return written if len(self.value) == 4 else f"[ {written} ]"

    def json(self) -> str:
        listed = [f"{community >> 16}, {community & 0xFFFF}" for community in sorted(self.numbers())]
        return f"[ [{'], ['.join(listed)}] ]" if listed else "[  ]"


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


def decode(value: bytes) -> Attribute:
    if not value or len(value) % 4:
        raise Malformed(f"communities of {len(value)} octets", 3, 5)
    return Communities(value)


def read(words: Words) -> Attribute:
    """In ascending order; duplicates remain."""
    found: list[int] = []
    at = words.at
    for word in words.items(EXPECTED, commas=True):
        value = parse(word)
        if value < 0:
            words.at = words.words.index(word, at) + 1
            raise words.wrong(EXPECTED, f"'{word}' is no community")
        found.append(value)
    return Communities(b"".join([value.to_bytes(4, "big") for value in sorted(found)]))


KIND: Final = Kind(
    8,
    "community",
    OPTIONAL_TRANSITIVE,
    decode,
    read,
    unit=4,
    rfc="RFC 1997",
    help="communities: one, or [ 65000:1 no-export ]; also 0x00010002",
)
