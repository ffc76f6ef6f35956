"""Routes tied to a watchdog's name: announced and withdrawn together."""

from bgptwist.wire.route import Announcement, Route


class Watchdogs:
    """Which routes belong to which name, and for which members; the order of a name's routes is kept."""

    def __init__(self) -> None:
        self._routes: dict[str, list[tuple[Route, int]]] = {}

    def add(self, announcement: Announcement, members: int) -> None:
        """Remember the routes of an announcement that names a watchdog."""
        known = self._routes.setdefault(announcement.watchdog, [])
        for route in announcement.routes:
            if (route, members) not in known:
                known.append((route, members))

    def remove(self, name: str, route: Route, members: int) -> None:
        """A route belongs to that name no more, for these members."""
        left = [
            (other, mask if other != route else mask & ~members)
            for other, mask in self._routes.pop(name, [])
            if other != route or mask & ~members
        ]
        if left:
            self._routes[name] = left

    def routes(self, name: str) -> list[tuple[Route, int]]:
        """(route, members) of that name; none when nobody uses it."""
        return list(self._routes.get(name, ()))

    def forget(self, members: int) -> None:
        """Members are gone for good."""
        for name, known in list(self._routes.items()):
            left = [(route, mask & ~members) for route, mask in known if mask & ~members]
            if left:
                self._routes[name] = left
            else:
                del self._routes[name]
