"""Routes as the statements that would make them."""

from typing import Final

from bgptwist.wire.attributes.unknown import Unknown
from bgptwist.wire.kinds import SELF, Attribute
from bgptwist.wire.path import Path
from bgptwist.wire.registry import KINDS
from bgptwist.wire.route import Route
from bgptwist.wire.spell import address

MEMO: Final = "statement"
"""Under which name a Path keeps its words."""


def statement(route: Route) -> str:
    """`10.0.0.0/24 next-hop 1.1.1.1 origin igp med 5`: what follows `route` or `announce route`."""
    words = route.family.words(route.nlri)
    if route.next_hop:
        words += " next-hop " + next_hop(route.next_hop)
    attributes = path(route.path)
    return f"{words} {attributes}" if attributes else words


def next_hop(octets: bytes) -> str:
    """The next hop of a route as a word: an address, the first of two, or `self`."""
    if octets == SELF:
        return "self"
    if len(octets) in (32, 48):
        octets = octets[: len(octets) // 2]
    if len(octets) in (12, 24):
        octets = octets[8:]
    return address(octets)


def path(value: Path) -> str:
    """`origin igp as-path [ 65001 ] med 5`: the attributes as words, in the order of their codes; remembered."""
    found = value.recall(MEMO)
    if found is None:
        found = " ".join([attribute(each) for each in value.attributes()])
        value.remember(MEMO, found)
    return found


def attribute(value: Attribute) -> str:
    """The keyword and the words of one attribute; those without a keyword are written octet by octet."""
    kind = KINDS.get(value.code)
    if isinstance(value, Unknown) or kind is None or kind.read is None:
        if not isinstance(value, Unknown):
            value = Unknown(kind.flags if kind is not None else 0xC0, value.code, value.octets())
        return f"attribute {value.words()}"
    words = value.words()
    return f"{kind.word} {words}" if words else kind.word
