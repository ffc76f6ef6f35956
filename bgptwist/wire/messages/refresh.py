"""ROUTE-REFRESH (RFC 2918, 3; RFC 7313, 3.2 and 5; RFC 5291, 5)."""

from typing import Final

from bgptwist.wire.errors import Malformed
from bgptwist.wire.framing import HEADER, ROUTE_REFRESH, message
from bgptwist.wire.values import afi

REQUEST: Final = 0
BEGIN: Final = 1
END: Final = 2

NAMES: Final = ("query", "begin", "end")


class RouteRefresh:
    """Asks for the routes of a family, or marks where they begin and end.

    `orf` holds the octets of outbound route filters, which only a request has.
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
        return f"afi {afi.afi_name(self.afi)} safi {afi.safi_name(self.safi)} {self.name}"

    def json(self) -> str:
        """`{ "afi": "ipv4", "safi": "unicast", "subtype": "query" }`."""
        family = f'"afi": "{afi.afi_name(self.afi)}", "safi": "{afi.safi_name(self.safi)}"'
        return f'{{ {family}, "subtype": "{self.name}" }}'


def decode(body: bytes) -> RouteRefresh:
    """Markers have nothing after the family: RFC 7313, 5 answers the whole message to one that has."""
    size = len(body)
    if size < 4:
        raise Malformed(f"a route refresh of {size} octets", 1, 2, (HEADER + size).to_bytes(2, "big"))
    subtype = body[2]
    if size > 4 and subtype in (BEGIN, END):
        raise Malformed(f"a {NAMES[subtype]} of route refresh of {size} octets", 7, 1, message(ROUTE_REFRESH, body))
    return RouteRefresh(body[0] << 8 | body[1], body[3], subtype, body[4:])
