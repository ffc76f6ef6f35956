"""Which keys of a table are about a prefix: exactly it, what covers it, what it covers (the order of RFC 4271, 9.1).

A key is `{path identifier}{bits}{route distinguisher}{octets}`; the families that have no prefix for a key are passed
over.  Where neither an identifier nor a distinguisher stands in it, the keys of a prefix and of all that cover it
are known without a look at the table.
"""

from collections.abc import Callable
from typing import Final

from bgptwist.wire.kinds import Family
from bgptwist.wire.values.prefix import SPARE

EXACT: Final = "exact"
COVERING: Final = "covering"
COVERED: Final = "covered"
LONGEST: Final = "longest"
RELATIONS: Final = (EXACT, COVERING, COVERED, LONGEST)

PREFIXES: Final = frozenset({1, 2, 4, 128, 129})
"""SAFIs whose routes are about prefixes."""
DISTINGUISHED: Final = frozenset({128, 129})
"""Those of them with a route distinguisher of eight octets."""

RD: Final = 8
PATH_ID: Final = 4

Matcher = Callable[[bytes], int]
"""The bits of the prefix of a key, -1 when it is not wanted."""


class PrefixFilter:
    """A prefix, `afi` 1 or 2 with `nlri` its length in bits and its octets, and how others must relate to it."""

    def __init__(self, afi: int, nlri: bytes, relation: str = EXACT) -> None:
        self.afi = afi
        self.nlri = nlri
        self.relation = relation

    def concerns(self, family: Family) -> bool:
        """Whether the keys of a family are prefixes of that address family."""
        return family.afi == self.afi and family.safi in PREFIXES

    def keys(self, family: Family) -> list[bytes] | None:
        """All keys that are wanted, the most specific first; None when they can only be found by looking."""
        if self.relation == COVERED or family.path_id or family.safi in DISTINGUISHED:
            return None
        if self.relation == EXACT:
            return [self.nlri]
        return [shortened(self.nlri, bits) for bits in range(self.nlri[0], -1, -1)]

    def matcher(self, family: Family) -> Matcher:
        """What tells wanted keys from others."""
        at = PATH_ID if family.path_id else 0
        front = RD if family.safi in DISTINGUISHED else 0
        return MATCHERS[self.relation](self.nlri, at, front)


def shortened(nlri: bytes, bits: int) -> bytes:
    """The prefix of so many bits that covers another."""
    octets = nlri[1 : 1 + (bits + 7) // 8]
    spare = SPARE[bits & 7]
    if spare:
        octets = octets[:-1] + bytes((octets[-1] & ~spare,))
    return bytes((bits,)) + octets


def exactly(nlri: bytes, at: int, front: int) -> Matcher:
    """Wants the prefix itself."""
    wanted = nlri[1:]
    bits = nlri[0]
    whole = bits + 8 * front
    start = at + 1 + front

    def match(key: bytes) -> int:
        return bits if key[at] == whole and key[start:] == wanted else -1

    return match


def covering(nlri: bytes, at: int, front: int) -> Matcher:
    """Wants the prefix itself and those that cover it."""
    covers = {shortened(nlri, bits): bits for bits in range(nlri[0] + 1)}
    start = at + 1 + front

    def match(key: bytes) -> int:
        bits = key[at] - 8 * front
        return covers.get(bytes((bits,)) + key[start:], -1) if 0 <= bits <= nlri[0] else -1

    return match


def covered(nlri: bytes, at: int, front: int) -> Matcher:
    """Wants the prefix itself and those that it covers."""
    bits = nlri[0]
    least = bits + 8 * front
    start = at + 1 + front
    whole = bits // 8
    stop = start + whole
    wanted = nlri[1 : 1 + whole]
    rest = bits & 7
    mask = ~SPARE[rest] & 0xFF if rest else 0
    last = nlri[1 + whole] if rest else 0

    def match(key: bytes) -> int:
        if key[at] < least or key[start:stop] != wanted or (rest and key[stop] & mask != last):
            return -1
        return key[at] - 8 * front

    return match


MATCHERS: Final[dict[str, Callable[[bytes, int, int], Matcher]]] = {
    EXACT: exactly,
    COVERING: covering,
    COVERED: covered,
    LONGEST: covering,
}
