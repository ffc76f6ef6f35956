"""Counts the routes that a peer's announcements leave, where no Adj-RIB-In keeps them."""

from collections.abc import Iterable

from bgptwist.wire.kinds import Family
from bgptwist.wire.messages.update import Update


class Tally:
    """The keys of routes by family, as long as somebody counts that family."""

    def __init__(self) -> None:
        self._keys: dict[Family, set[bytes]] = {}
        self._counted: frozenset[Family] = frozenset()

    def update(self, update: Update) -> None:
        """Count what an UPDATE announces and withdraws."""
        for unreach in update.withdrawn:
            keys = self._keys.get(unreach.family)
            if keys:
                own = unreach.family.key
                keys.difference_update(unreach.nlris if own is None else map(own, unreach.nlris))
        for reach in update.announced:
            if reach.family.base in self._counted:
                own = reach.family.key
                keys = self._keys.setdefault(reach.family, set())
                keys.update(reach.nlris if own is None else map(own, reach.nlris))

    def count(self, family: Family | None) -> int:
        """How many routes of a family there are, or with None of all, each path of a prefix counted."""
        return sum(len(keys) for form, keys in self._keys.items() if family is None or form.base is family)

    def keep(self, families: Iterable[Family]) -> None:
        """Count these families from now on and forget the others."""
        self._counted = frozenset(families)
        self._keys = {form: keys for form, keys in self._keys.items() if form.base in self._counted}
