"""Routes tied to a watchdog's name: announced and withdrawn together."""

from bgptwist.wire.kinds import Family
from bgptwist.wire.route import Announcement, Route, key_of

Key = tuple[Family, bytes]


class Watchdogs:
    """Which routes belong to which name, and for which members; the order of a name's routes is kept.

    Of two routes of one name, for one prefix and the same member, the later counts.
    """

    def __init__(self) -> None:
        self._routes: dict[str, dict[Key, list[tuple[Route, int]]]] = {}

    def add(self, announcement: Announcement, members: int) -> None:
        """Remember the routes of an announcement that names a watchdog."""
        known = self._routes.setdefault(announcement.watchdog, {})
        for route in announcement.routes:
            key = key_of(route)
            mask = members
            others: list[tuple[Route, int]] = []
            for other, theirs in known.get(key, ()):
                if other == route:
                    mask |= theirs
                elif theirs & ~members:
                    others.append((other, theirs & ~members))
            known[key] = [*others, (route, mask)]

    def remove(self, name: str, route: Route, members: int) -> None:
        """A route belongs to that name no more, for these members."""
        known = self._routes.get(name, {})
        key = key_of(route)
        left = [(other, mask if other != route else mask & ~members) for other, mask in known.pop(key, ())]
        self._keep(name, key, left)

    def enrol(self, members: int, like: int) -> None:
        """New members have what another one has, but for the keys of which they have a route of their own."""
        for known in self._routes.values():
            for key, found in known.items():
                taken = 0
                for _, mask in found:
                    taken |= mask
                known[key] = [(route, mask | members & ~taken if mask & like else mask) for route, mask in found]

    def routes(self, name: str) -> list[tuple[Route, int]]:
        """(route, members) of that name; none when nobody uses it."""
        return [each for found in self._routes.get(name, {}).values() for each in found]

    def forget(self, members: int) -> None:
        """Members are gone for good."""
        for name, known in list(self._routes.items()):
            for key, found in list(known.items()):
                self._keep(name, key, [(route, mask & ~members) for route, mask in found])

    def _keep(self, name: str, key: Key, routes: list[tuple[Route, int]]) -> None:
        """What is left for a key, and of a name."""
        known = self._routes.get(name)
        if known is None:
            return
        left = [each for each in routes if each[1]]
        if left:
            known[key] = left
        else:
            known.pop(key, None)
        if not known:
            del self._routes[name]
