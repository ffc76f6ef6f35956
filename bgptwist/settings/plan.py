"""What must be done so that the settings of a new file count instead of the old ones; a pure function."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final

from bgptwist.settings.model import (
    HealthcheckSettings,
    HelperSettings,
    NeighborSettings,
    PluginSettings,
    Settings,
    StaticRoute,
)
from bgptwist.wire.kinds import Family
from bgptwist.wire.route import Route

GENTLE: Final = (
    *("description", "api", "manual_eor", "operational", "routes", "watched"),
    *("range_limit", "range_idle", "maximum_prefix"),
)
"""Fields of a neighbor that change without a new session."""

HARSH: Final = tuple(field.name for field in fields(NeighborSettings) if field.name not in GENTLE)


@dataclass(frozen=True, slots=True)
class Listener:
    """An address and a port to listen on."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class RouteChanges:
    """How the routes of a neighbor change: first what goes, then what comes, those of watchdogs before the others.

    `unwatch` and `watch` are routes of watchdogs; one that did not change stays as its watchdog left it.
    """

    withdraw: tuple[Route, ...] = ()
    announce: tuple[Route, ...] = ()
    unwatch: tuple[StaticRoute, ...] = ()
    watch: tuple[StaticRoute, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.withdraw or self.announce or self.unwatch or self.watch)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in this order, plug-ins last; helpers and plug-ins that changed are in both lists.

    `removed` are names of neighbors.  `restarted` ones get a new session, `adjusted` ones keep theirs though something
    changed: routes, helpers, description, End-of-RIB.  `routes` has the changes of those two by name, if there are any.
    """

    stopped_helpers: tuple[str, ...] = ()
    closed: tuple[Listener, ...] = ()
    removed: tuple[str, ...] = ()
    restarted: tuple[NeighborSettings, ...] = ()
    adjusted: tuple[NeighborSettings, ...] = ()
    added: tuple[NeighborSettings, ...] = ()
    opened: tuple[Listener, ...] = ()
    started_helpers: tuple[HelperSettings, ...] = ()
    routes: tuple[tuple[str, RouteChanges], ...] = ()
    stopped_plugins: tuple[str, ...] = ()
    started_plugins: tuple[PluginSettings, ...] = ()
    stopped_healthchecks: tuple[str, ...] = ()
    """Those that are gone; one that changed goes on with what it knows."""
    started_healthchecks: tuple[HealthcheckSettings, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


def plan(old: Settings, new: Settings) -> Plan:
    """What turns a speaker with the old settings into one with the new."""
    helpers_before = {helper.name: helper for helper in old.helpers}
    helpers_after = {helper.name: helper for helper in new.helpers}
    plugins_before = {plugin.name: plugin for plugin in old.plugins}
    plugins_after = {plugin.name: plugin for plugin in new.plugins}
    checks_before = {check.name: check for check in old.healthchecks}
    checks_after = {check.name: check for check in new.healthchecks}
    before = {neighbor.name: neighbor for neighbor in old.neighbors}
    after = {neighbor.name: neighbor for neighbor in new.neighbors}
    listening = dict.fromkeys(listeners(old))
    wanted = dict.fromkeys(listeners(new))
    restarted: list[NeighborSettings] = []
    adjusted: list[NeighborSettings] = []
    routes: list[tuple[str, RouteChanges]] = []
    comparison = Comparison()
    for name, neighbor in after.items():
        known = before.get(name)
        if known is None:
            continue
        changes = comparison.changes(known, neighbor)
        if changes:
            routes.append((name, changes))
        if differs(known, neighbor, HARSH):
            restarted.append(neighbor)
        elif changes or differs(known, neighbor, GENTLE):
            adjusted.append(neighbor)
    return Plan(
        stopped_helpers=tuple([name for name, each in helpers_before.items() if helpers_after.get(name) != each]),
        closed=tuple([each for each in listening if each not in wanted]),
        removed=tuple([name for name in before if name not in after]),
        restarted=tuple(restarted),
        adjusted=tuple(adjusted),
        added=tuple([neighbor for name, neighbor in after.items() if name not in before]),
        opened=tuple([each for each in wanted if each not in listening]),
        started_helpers=tuple([each for name, each in helpers_after.items() if helpers_before.get(name) != each]),
        routes=tuple(routes),
        stopped_plugins=tuple([name for name, each in plugins_before.items() if plugins_after.get(name) != each]),
        started_plugins=tuple([each for name, each in plugins_after.items() if plugins_before.get(name) != each]),
        stopped_healthchecks=tuple([name for name in checks_before if name not in checks_after]),
        started_healthchecks=tuple([each for name, each in checks_after.items() if checks_before.get(name) != each]),
    )


def listeners(settings: Settings) -> list[Listener]:
    """Where to listen: `tcp.bind`, and the own ports of neighbors."""
    found = [Listener(address, settings.environment.tcp_port) for address in settings.environment.tcp_bind]
    for neighbor in settings.neighbors:
        if neighbor.listen:
            found.append(Listener(neighbor.md5_ip or neighbor.local_address, neighbor.listen))
    return list(dict.fromkeys(found))


def differs(one: NeighborSettings, other: NeighborSettings, names: Sequence[str]) -> bool:
    """Whether any of these fields has another value."""
    return any(getattr(one, name) != getattr(other, name) for name in names)


class Comparison:
    """Compares routes; two lists that were compared before, for another neighbor, are not compared again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int, int], RouteChanges] = {}

    def changes(self, old: NeighborSettings, new: NeighborSettings) -> RouteChanges:
        """How the routes of a neighbor change."""
        key = (id(old.routes), id(new.routes), id(old.watched), id(new.watched))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = changes(old, new)
        return found


def changes(old: NeighborSettings, new: NeighborSettings) -> RouteChanges:
    """The routes that go, come, or come again with another path or next hop.

    A route that did not change comes again where one of a watchdog with the same key goes or comes: it wins.
    """
    before = by_key(old.routes)
    after = by_key(new.routes)
    watched_before = {(static.watchdog, route_key(static.route)): static for static in old.watched}
    watched_after = {(static.watchdog, route_key(static.route)): static for static in new.watched}
    unwatch = [each for key, each in watched_before.items() if watched_after.get(key) != each]
    watch = [each for key, each in watched_after.items() if watched_before.get(key) != each]
    covered = {route_key(static.route) for static in (*unwatch, *watch)}
    return RouteChanges(
        withdraw=tuple([route for key, route in before.items() if key not in after]),
        announce=tuple([route for key, route in after.items() if before.get(key) != route or key in covered]),
        unwatch=tuple(unwatch),
        watch=tuple(watch),
    )


def by_key(routes: Iterable[Route]) -> dict[tuple[Family, bytes], Route]:
    """Routes by what identifies them; of two with one key the later counts."""
    return {route_key(route): route for route in routes}


def route_key(route: Route) -> tuple[Family, bytes]:
    """What makes two routes the same entry of a table."""
    key = route.family.key
    return route.family, route.nlri if key is None else key(route.nlri)
