"""What a path may be asked for: the AS it went through, its communities (RFC 4271, 5; RFC 1997; RFC 4360; RFC 8092).

Everything looks at canonical octets, in time linear in them; nothing a peer sends makes a question expensive.
"""

from collections.abc import Callable, Iterator
from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.path import AS_PATH, Generations, Path, cut
from bgptwist.wire.values import as_segment

COMMUNITIES: Final = 8
EXTENDED: Final = 16
IPV6_EXTENDED: Final = 25
LARGE: Final = 32

REMEMBERED: Final = 10_000
"""Paths whose answer is kept during one question, twice as many at most."""

Test = Callable[[dict[int, bytes]], bool]
"""A question about the attributes of a path, by code."""


class AsPattern:
    """AS numbers that follow each other in a path, perhaps from its `first` on, perhaps up to its `last`.

    The numbers of sets stand where they are written.  Without numbers, bound at both ends, the empty path is meant.
    """

    def __init__(self, numbers: tuple[int, ...], first: bool = False, last: bool = False) -> None:
        self.wanted = b"".join([number.to_bytes(4, "big") for number in numbers])
        self.first = first
        self.last = last

    def __call__(self, values: dict[int, bytes]) -> bool:
        """Whether a path fits."""
        numbers = flat(values.get(AS_PATH, b""))
        wanted = self.wanted
        if numbers is None:
            return False
        if self.first and self.last:
            return numbers == wanted
        if self.first:
            return numbers.startswith(wanted)
        if self.last:
            return numbers.endswith(wanted)
        at = numbers.find(wanted)
        while at > 0 and at & 3:  # octets of two numbers are none of either
            at = numbers.find(wanted, at + 1)
        return at >= 0


def flat(value: bytes) -> bytes | None:
    """The AS numbers of a path without its segments, four octets each; None when it is not sound."""
    if len(value) > 2 and len(value) == 2 + (value[1] << 2):  # one segment, as nearly all paths have
        return value[2:]
    try:
        as_segment.check(value)
    except Malformed:
        return None
    return b"".join([value[at + 2 : at + 2 + (value[at + 1] << 2)] for at in as_segment.starts(value)])


def originated(number: int) -> Test:
    """Whether that AS is the origin: the last of the path, or one of the set at its end."""
    wanted = number.to_bytes(4, "big")

    def test(values: dict[int, bytes]) -> bool:
        value = values.get(AS_PATH, b"")
        try:
            as_segment.check(value)
        except Malformed:
            return False
        if not value:
            return False
        at = as_segment.starts(value)[-1]
        if value[at] in (as_segment.SET, as_segment.CONFED_SET):
            return number in as_segment.numbers(value, at)
        return value.endswith(wanted)

    return test


def has_community(code: int, community: bytes) -> Test:
    """Whether an attribute of that code, a list of equal sizes, has a community."""
    size = len(community)

    def test(values: dict[int, bytes]) -> bool:
        value = values.get(code, b"")
        at = value.find(community)
        while at > 0 and at % size:
            at = value.find(community, at + 1)
        return at >= 0

    return test


class PathFilter:
    """Several questions that all must be answered yes; what was found out about a path is remembered for a while."""

    def __init__(self, tests: tuple[Test, ...]) -> None:
        self.tests = tests
        self._known: Generations[Path, bool] = Generations(REMEMBERED)

    def __call__(self, path: Path) -> bool:
        """Whether a path is wanted."""
        known = self._known.get(path)
        if known is None:
            values = {code: value for _, code, value in cut(path.octets)[0]}
            known = all(test(values) for test in self.tests)
            self._known.put(path, known)
        return known


def hops(octets: bytes) -> Iterator[bytes]:
    """The addresses of a next hop as a route holds it: one, or a global and a link-local one."""
    size = len(octets)
    if size in (12, 24):  # behind a route distinguisher of zero
        yield octets[8:]
    elif size == 32:
        yield octets[:16]
        yield octets[16:]
    elif size == 48:
        yield octets[8:24]
        yield octets[32:]
    else:
        yield octets
