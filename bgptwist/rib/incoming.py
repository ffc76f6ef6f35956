"""The Adj-RIB-In of one peer (RFC 4271, 3.2), with the stale sweep of enhanced route refresh (RFC 7313, 4)."""

from collections.abc import Iterator

from bgptwist.rib.query import Received
from bgptwist.rib.walk import walk
from bgptwist.wire.kinds import NO_NEXT_HOP, Family
from bgptwist.wire.messages.update import Update
from bgptwist.wire.path import Path
from bgptwist.wire.route import Route

Held = tuple[Path, bytes]


class Incoming:
    """Routes received, by family and key."""

    def __init__(self) -> None:
        self._tables: dict[Family, dict[bytes, Held]] = {}
        self._labels: dict[Family, dict[bytes, bytes]] = {}
        self._stale: dict[Family, set[bytes]] = {}
        self._last: Held = (Path(b""), NO_NEXT_HOP)

    def update(self, update: Update) -> None:
        """Store what an UPDATE announces, remove what it withdraws; an announced route wins (RFC 4271, 4.3)."""
        for unreach in update.withdrawn:
            table = self._tables.get(unreach.family)
            if table:
                own = unreach.family.key
                if own is None:
                    for nlri in unreach.nlris:
                        table.pop(nlri, None)
                else:
                    labels = self._labels[unreach.family]
                    for nlri in unreach.nlris:
                        key = own(nlri)
                        table.pop(key, None)
                        labels.pop(key, None)
        for reach in update.announced:
            family = reach.family
            table = self._tables.get(family)
            if table is None:
                table = self._tables[family] = {}
            last = self._last
            if last[0] is not update.path or last[1] != reach.next_hop:
                last = self._last = (update.path, reach.next_hop)
            if family.key is None:
                for nlri in reach.nlris:
                    table[nlri] = last
            else:
                labels = self._labels.setdefault(family, {})
                for nlri in reach.nlris:
                    key = family.key(nlri)
                    table[key] = last
                    labels[key] = nlri
            if family in self._stale:
                own = family.key
                self._stale[family].difference_update(reach.nlris if own is None else map(own, reach.nlris))

    def begin_refresh(self, family: Family) -> None:
        """BoRR: everything of the family is stale until it is announced again."""
        self._stale[family] = set(self._tables.get(family, ()))

    def end_refresh(self, family: Family) -> list[Route]:
        """EoRR: the routes that were not announced again are removed and returned; none without a BoRR."""
        stale = self._stale.pop(family, None)
        if not stale:
            return []
        table = self._tables[family]
        labels = self._labels.get(family, {})
        gone: list[Route] = []
        for key in stale:
            held = table.pop(key, None)
            if held is not None:
                gone.append(Route(family, labels.pop(key, key), held[0], held[1]))
        return gone

    def clear(self) -> None:
        """Forget everything; who is looking through a table finds it empty."""
        for table in self._tables.values():
            table.clear()
        self._tables.clear()
        self._labels.clear()
        self._stale.clear()

    def sources(self, member: int) -> list[Received]:
        """The tables of all families, to be asked questions; `member` is whose they are."""
        return [Received(family, table, self._labels.get(family, {}), member) for family, table in self._tables.items()]

    def routes(self) -> Iterator[Route]:
        """The routes held; safe against changes in between."""
        for source in self.sources(1):
            for key in walk(source.table):
                for found in source.at(key):
                    yield found.route

    def count(self, family: Family | None) -> int:
        """How many routes of a family are held, or with None of all, each path of a prefix counted."""
        return sum(len(table) for form, table in self._tables.items() if family is None or form.base is family)

    def __len__(self) -> int:
        return sum(map(len, self._tables.values()))
