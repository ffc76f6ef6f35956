"""ROUTE-REFRESH (RFC 2918, 3; RFC 7313, 3.2 and 5), with the route filters of RFC 5291, 5 and RFC 5292, 2."""

from typing import Final

from bgptwist.wire import spell
from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import HEADER, ROUTE_REFRESH, message
from bgptwist.wire.octets import Octets
from bgptwist.wire.values import afi

REQUEST: Final = 0
BEGIN: Final = 1
END: Final = 2

NAMES: Final = ("query", "begin", "end")

TIMES: Final[dict[int, str]] = {1: "immediate", 2: "defer"}
"""When the routes are to be sent that filters leave."""

PREFIX_TYPES: Final = (64, 128)
"""Filters of prefixes: the type of RFC 5292, and the one before it."""

ACTIONS: Final = ("add", "remove", "remove-all")
MATCHES: Final = ("permit", "deny")

BITS: Final[dict[int, int]] = {1: 32, 2: 128}
"""The longest prefix by AFI."""


class RouteRefresh:
    """Asks for the routes of a family, or marks where they begin and end.

    `orf` holds the octets of outbound route filters, which only a request has.  What they say is for helpers to know:
    we do not filter.
    """

    def __init__(self, afi: int, safi: int, subtype: int = REQUEST, orf: bytes = b"") -> None:
        self.afi = afi
        self.safi = safi
        self.subtype = subtype
        self.orf = orf

    @property
    def name(self) -> str:
        """`query`, `begin` or `end`; a number for a subtype that is to be ignored."""
        return NAMES[self.subtype] if self.subtype < len(NAMES) else str(self.subtype)

    def octets(self) -> bytes:
        """The body."""
        return self.afi.to_bytes(2, "big") + bytes((self.subtype, self.safi)) + self.orf

    def words(self) -> str:
        """`afi ipv4 safi unicast query`."""
        filters = f" orf {spell.hexadecimal(self.orf)}" if self.orf else ""
        return f"afi {afi.afi_name(self.afi)} safi {afi.safi_name(self.safi)} {self.name}{filters}"

    def json(self) -> str:
        """`{ "afi": "ipv4", "safi": "unicast", "subtype": "query" }`, and what filters it has."""
        family = f'"afi": "{afi.afi_name(self.afi)}", "safi": "{afi.safi_name(self.safi)}"'
        filters = f", {self.filters()}" if self.orf else ""
        return f'{{ {family}, "subtype": "{self.name}"{filters} }}'

    def filters(self) -> str:
        """`"when": "immediate", "orf": [ ... ]`; what cannot be read stands there in hexadecimal."""
        source = Octets(self.orf)
        when = source.octet()
        groups: list[str] = []
        while source.left:
            at = source.at
            try:
                kind = source.octet()
                groups.append(group(kind, source.take(source.integer(2)), self.afi))
            except Malformed:
                groups.append(f'{{ "raw": "{spell.hexadecimal(self.orf[at:])}" }}')
                break
        return f'"when": "{TIMES.get(when) or when}", "orf": [ {", ".join(groups)} ]'


def group(kind: int, value: bytes, code: int) -> str:
    """The filters of one type for an AFI; those that make no sense, or are of a type without names, in hexadecimal."""
    bits = BITS.get(code)
    if kind in PREFIX_TYPES and bits is not None:
        try:
            return f'{{ "type": {kind}, "entries": [ {", ".join(entries(Octets(value), bits))} ] }}'
        except Malformed:
            pass
    return f'{{ "type": {kind}, "raw": "{spell.hexadecimal(value)}" }}'


def entries(source: Octets, bits: int) -> list[str]:
    """The prefix filters of a list; prefixes have at most so many bits (RFC 5292, 2)."""
    found: list[str] = []
    while source.left:
        flags = source.octet()
        action = flags >> 6
        if action >= len(ACTIONS):
            raise Malformed(f"action {action}")
        if ACTIONS[action] == "remove-all":
            found.append('{ "action": "remove-all" }')
            continue
        sequence, least, most = source.integer(4), source.octet(), source.octet()
        length = source.octet()
        if length > bits:
            raise Malformed(f"a prefix of {length} bits")
        prefix = spell.address(source.take((length + 7) // 8).ljust(bits // 8, b"\0"))
        found.append(
            f'{{ "action": "{ACTIONS[action]}", "match": "{MATCHES[flags >> 5 & 1]}", "sequence": {sequence}, '
            f'"prefix": "{prefix}/{length}", "min-length": {least}, "max-length": {most} }}'
        )
    return found


def decode(body: bytes) -> RouteRefresh:
    """Markers have nothing after the family: RFC 7313, 5 answers the whole message to one that has.

    Of filters nothing is checked: whatever is wrong with them, the routes are wanted.
    """
    size = len(body)
    if size < 4:
        raise Malformed(f"a route refresh of {size} octets", 1, 2, (HEADER + size).to_bytes(2, "big"))
    subtype = body[2]
    if size > 4 and subtype in (BEGIN, END):
        raise Malformed(f"a {NAMES[subtype]} of route refresh of {size} octets", 7, 1, message(ROUTE_REFRESH, body))
    return RouteRefresh(body[0] << 8 | body[1], body[3], subtype, body[4:])
