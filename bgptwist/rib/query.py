"""Questions to the tables of routes: streamed, a bounded number of keys between two pauses, nothing copied.

A `Source` is one table of one family, of one peer (Adj-RIB-In) or of all (Adj-RIB-Out); a `Query` says which of its
routes are wanted.  What is found comes as `Found`, and None where everybody else is to have a turn.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, Protocol

from bgptwist.rib.criteria import PathFilter, hops
from bgptwist.rib.offer import Entry, shares
from bgptwist.rib.prefixes import LONGEST, PrefixFilter
from bgptwist.rib.transfer import bits
from bgptwist.rib.walk import walk
from bgptwist.wire.kinds import Family
from bgptwist.wire.path import Path
from bgptwist.wire.route import Route

TURN: Final = 500
"""Keys that are looked at between two pauses: a millisecond or two."""

MASKS: Final = 4096
"""Sets of members that a census counts by before it looks who they are."""


class Found(NamedTuple):
    """A route and the members of whom it is one."""

    route: Route
    members: int


class Source(Protocol):
    """One table of routes."""

    @property
    def family(self) -> Family:
        """What its keys are."""

    @property
    def table(self) -> Mapping[bytes, object]:
        """The routes by key; empty when it is gone."""

    def at(self, key: bytes) -> list[Found]:
        """The routes of a key."""


class Received:
    """A table of an Adj-RIB-In; `labels` has the NLRI of keys that are not their own."""

    def __init__(
        self, family: Family, table: Mapping[bytes, tuple[Path, bytes]], labels: Mapping[bytes, bytes], member: int
    ) -> None:
        self.family = family
        self.table = table
        self._labels = labels
        self.member = member

    def at(self, key: bytes) -> list[Found]:
        """The route of a key."""
        held = self.table.get(key)
        if held is None:
            return []
        return [Found(Route(self.family, self._labels.get(key, key), held[0], held[1]), self.member)]


class Told:
    """A table of the Adj-RIB-Out, as far as it is for some members."""

    def __init__(self, family: Family, table: Mapping[bytes, Entry], members: int) -> None:
        self.family = family
        self.table = table
        self._members = members

    def at(self, key: bytes) -> list[Found]:
        """What members are told about a key."""
        family = self.family
        return [
            Found(Route(family, key if offer.nlri is None else offer.nlri, offer.path, offer.next_hop), mask)
            for offer, mask in shares(self.table.get(key), self._members)
        ]


class Query:
    """Which routes are wanted: all of the conditions that are set must be met.

    `families` are those wanted (None: every one, an empty set none), in their form without path identifiers;
    `paths` asks about attributes, `next_hop` is an address in octets, or SELF.
    """

    def __init__(
        self,
        families: frozenset[Family] | None = None,
        prefix: PrefixFilter | None = None,
        paths: PathFilter | None = None,
        next_hop: bytes | None = None,
    ) -> None:
        self.families = families
        self.prefix = prefix
        self.paths = paths
        self.next_hop = next_hop

    def concerns(self, family: Family) -> bool:
        """Whether routes of a family can be wanted."""
        if self.families is not None and family.base not in self.families:
            return False
        return self.prefix is None or self.prefix.concerns(family)

    @property
    def everything(self) -> bool:
        """Whether nothing is asked of a route but its family."""
        return self.prefix is None and self.paths is None and self.next_hop is None

    def wants(self, route: Route) -> bool:
        """Whether a route has the attributes that are asked for."""
        if self.next_hop is not None and self.next_hop not in hops(route.next_hop):
            return False
        return self.paths is None or self.paths(route.path)

    # ------------------------------------------------------------------ answers

    def run(self, source: Source) -> Iterator[Found | None]:
        """What is wanted of a table."""
        if not self.concerns(source.family):
            return
        prefix = self.prefix
        keys = None if prefix is None else prefix.keys(source.family)
        if keys is None and prefix is not None and prefix.relation == LONGEST:
            yield from self._longest_by_looking(source, prefix)
        elif keys is None:
            yield from self._scan(source, prefix)
        elif prefix is not None and prefix.relation == LONGEST:
            yield from self._longest(source, keys)
        else:
            for key in keys:
                yield from self._wanted(source, key)

    def _wanted(self, source: Source, key: bytes) -> list[Found]:
        """What is wanted of a key."""
        return [found for found in source.at(key) if self.wants(found.route)]

    def _scan(self, source: Source, prefix: PrefixFilter | None) -> Iterator[Found | None]:
        """Look at every key."""
        match = None if prefix is None else prefix.matcher(source.family)
        left = TURN
        for key in walk(source.table):
            left -= 1
            if not left:
                left = TURN
                yield None
            if match is None or match(key) >= 0:
                for found in source.at(key):
                    if self.wants(found.route):
                        yield found

    def _longest(self, source: Source, keys: list[bytes]) -> Iterator[Found | None]:
        """The most specific of some keys for each member; keys come in that order."""
        served = 0
        for key in keys:
            here = self._wanted(source, key)
            for found in here:
                if mask := found.members & ~served:
                    yield Found(found.route, mask)
            for found in here:
                served |= found.members

    def _longest_by_looking(self, source: Source, prefix: PrefixFilter) -> Iterator[Found | None]:
        """The same where keys cannot be known: a look for the best length of each member, and another for its routes.

        Several routes may be equally specific: with path identifiers, or of several route distinguishers.
        """
        match = prefix.matcher(source.family)
        best: dict[int, int] = {}
        for collecting in (True, False):
            left = TURN
            for key in walk(source.table):
                left -= 1
                if not left:
                    left = TURN
                    yield None
                bits = match(key)
                if bits < 0:
                    continue
                if collecting:
                    for found in self._wanted(source, key):
                        best[bits] = best.get(bits, 0) | found.members
                elif mask := best.get(bits, 0):
                    for found in self._wanted(source, key):
                        if wanted := found.members & mask:
                            yield Found(found.route, wanted)
            served = 0
            for bits in sorted(best, reverse=True):
                best[bits], served = best[bits] & ~served, served | best[bits]


class Census:
    """How many routes each member has of each family, path identifiers or not."""

    def __init__(self) -> None:
        self._masks: dict[tuple[Family, int], int] = {}
        self.counts: dict[tuple[int, Family], int] = {}

    def add(self, family: Family, members: int, routes: int = 1) -> None:
        """Count routes that some members have."""
        masks = self._masks
        name = (family.base, members)
        masks[name] = masks.get(name, 0) + routes
        if len(masks) > MASKS:
            self.settle()

    def settle(self) -> None:
        """Bring `counts` up to date."""
        for (family, members), routes in self._masks.items():
            for bit in bits(members):
                self.counts[bit, family] = self.counts.get((bit, family), 0) + routes
        self._masks.clear()

    def take(self, source: Source, query: Query) -> Iterator[None]:
        """Count what is wanted of a table, with pauses."""
        if isinstance(source, Received) and query.everything and query.concerns(source.family):
            self.add(source.family, source.member, len(source.table))
            return
        for found in query.run(source):
            if found is None:
                yield None
            else:
                self.add(found.route.family, found.members)
