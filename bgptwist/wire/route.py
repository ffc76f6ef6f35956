"""A route is four references; a change is a route that comes or goes."""

from bgptwist.wire.kinds import Family
from bgptwist.wire.path import Path


class Route:
    """NLRI octets of a family with their path and next hop (octets, SELF, or NO_NEXT_HOP)."""

    __slots__ = ("family", "next_hop", "nlri", "path")

    def __init__(self, family: Family, nlri: bytes, path: Path, next_hop: bytes) -> None:
        self.family = family
        self.nlri = nlri
        self.path = path
        self.next_hop = next_hop

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Route)
            and self.nlri == other.nlri
            and self.family is other.family
            and self.next_hop == other.next_hop
            and self.path == other.path
        )

    def __hash__(self) -> int:
        return hash((self.nlri, self.family.index))

    def __repr__(self) -> str:
        return f"<Route {self.family.name} {self.family.words(self.nlri)}>"


class Claim:
    """On what terms routes are announced: whose they are, '' for nobody's, and for how many seconds, 0 for ever."""

    __slots__ = ("owner", "ttl")

    def __init__(self, owner: str, ttl: float) -> None:
        self.owner = owner
        self.ttl = ttl


class Announcement:
    """What one route statement says: routes that share the words after the prefix, and how they are held.

    `watchdog` names the group they belong to; `held` ones wait for `announce watchdog`.  `claim` is None nearly always.
    """

    __slots__ = ("claim", "held", "name", "routes", "watchdog")

    def __init__(
        self,
        routes: list[Route],
        watchdog: str = "",
        held: bool = False,
        name: str = "",
        claim: Claim | None = None,
    ) -> None:
        self.routes = routes
        self.watchdog = watchdog
        self.held = held
        self.name = name
        self.claim = claim


def key_of(route: Route) -> tuple[Family, bytes]:
    """What identifies a route among those of a table."""
    key = route.family.key
    return route.family, route.nlri if key is None else key(route.nlri)
