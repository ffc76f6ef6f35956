"""`bgptwist configuration diff`: what a reload would do, in words or as JSON; nothing is done."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from itertools import groupby
from typing import Final

from bgptwist.grammar.render import attribute, next_hop
from bgptwist.grammar.route import RouteReader
from bgptwist.settings.build import load
from bgptwist.settings.mistake import WARNING, picture
from bgptwist.settings.model import CapabilitySettings, ConfigurationError, HelperSettings, NeighborSettings, Settings
from bgptwist.settings.plan import HARSH, Listener, Plan, RouteChanges, by_key, plan, route_key
from bgptwist.settings.schema import CAPABILITY, NEIGHBOR, Keyword, Section
from bgptwist.settings.value import ADD_PATH
from bgptwist.tools.reflection import environment
from bgptwist.wire.capabilities.role import NAMES as ROLES
from bgptwist.wire.errors import BgptwistError
from bgptwist.wire.kinds import Family
from bgptwist.wire.path import Path
from bgptwist.wire.route import Route

SAME: Final = 0
DIFFERENT: Final = 1
WRONG: Final = 2
"""A file cannot be loaded, or the words are not understood."""

LISTED: Final = 20
"""Routes of a neighbor that are listed unless more are asked for."""

SECRET: Final = ("md5_password", "tcp_ao")
PLACES: Final = {
    "families": "family",
    "next_hops": "nexthop",
    "add_path_families": "add-path",
    "paths_limits": "add-path",
    "prefix_length": "neighbor",
    "tcp_ao": "tcp-ao",
    "md5_password": "md5-password",
}
"""The statements of fields that have another name."""

NUMBERS: Final[dict[str, dict[int | None, str]]] = {
    "add_path": {number: word for word, number in reversed(ADD_PATH.items())},
    "orf": {number: word for word, number in reversed(ADD_PATH.items())},
    "role": dict(enumerate(ROLES)),
}
"""Fields of capabilities that are numbers for words."""

ROUTES: Final = ("routes", "watched")


class Setting:
    """One setting of a neighbor before and after; `old` and `new` are None where they are not told."""

    def __init__(self, word: str, old: str | None, new: str | None) -> None:
        self.word = word
        self.old = old
        self.new = new

    def __str__(self) -> str:
        if self.old is None or self.new is None:
            return f"{self.word}: changed"
        if self.word == "family":
            old, new = self.old.split(", "), self.new.split(", ")
            gone, come = (
                [f"-{each}" for each in old if each not in new],
                [f"+{each}" for each in new if each not in old],
            )
            return f"{self.word}: {', '.join(gone + come)}"
        return f"{self.word}: {self.old or 'none'} -> {self.new or 'none'}"


class RouteChange:
    """A route that goes, comes or comes again: `sign` is `-`, `+` or `~`."""

    def __init__(self, sign: str, route: Route, watchdog: str = "", held: bool = False) -> None:
        self.sign = sign
        self.route = route
        self.watchdog = watchdog
        self.held = held

    def __str__(self) -> str:
        family, nlri, hop, attributes = columns(self.route)
        words = [self.sign, family, nlri]
        if self.sign != "-":
            words += [f"next-hop {hop}" if hop else "", attributes]
        words += [f"(watchdog {self.watchdog}{', held' if self.held else ''})" if self.watchdog else ""]
        return " ".join(filter(None, words))

    def json(self) -> dict[str, object]:
        """The same for programs."""
        family, nlri, hop, attributes = columns(self.route)
        found: dict[str, object] = {"change": CHANGES[self.sign], "family": family, "route": nlri}
        if self.sign != "-":
            found |= {"next-hop": hop or None, "attributes": attributes}
        return found | ({"watchdog": self.watchdog, "held": self.held} if self.watchdog else {})


CHANGES: Final = {"-": "withdrawn", "+": "new", "~": "changed"}


def columns(route: Route) -> tuple[str, str, str, str]:
    """Family, NLRI, next hop and attributes of a route; nothing of it is remembered."""
    hop = next_hop(route.next_hop) if route.next_hop else ""
    attributes = " ".join([attribute(each) for each in Path(route.path.octets).attributes()])
    return route.family.name, route.family.words(route.nlri), hop, attributes


class Listing:
    """The changes of the routes of some neighbors: at most so many, and how many there are of each kind."""

    def __init__(self, changes: Iterator[RouteChange], most: int) -> None:
        self.listed: list[RouteChange] = []
        self.counts = dict.fromkeys(CHANGES, 0)
        for change in changes:
            self.counts[change.sign] += 1
            if len(self.listed) < most:
                self.listed.append(change)

    def lines(self) -> Iterator[str]:
        """The changes for people."""
        yield from (f"    {change}" for change in self.listed)
        rest = sum(self.counts.values()) - len(self.listed)
        if rest > 0:
            counts = ", ".join(f"{count} {CHANGES[sign]}" for sign, count in self.counts.items() if count)
            yield f"    ... and {rest} more ({counts}; --all lists them)"

    def json(self) -> dict[str, object]:
        """The changes for programs."""
        counts = {CHANGES[sign]: count for sign, count in self.counts.items()}
        return {**counts, "listed": [change.json() for change in self.listed]}


class NeighborChange:
    """What happens to one neighbor: `action` is removed, restarted, adjusted or added."""

    def __init__(self, action: str, settings: NeighborSettings, old: NeighborSettings | None = None) -> None:
        self.action = action
        self.settings = settings
        self.old = old
        self.routes: RouteChanges | None = None
        self.values = [] if old is None else list(changed(old, settings))

    @property
    def key(self) -> tuple[int, int]:
        """The same for neighbors whose routes change in the same way."""
        return id(self.routes), 0 if self.old is None else id(self.old.routes)

    @property
    def alike(self) -> object:
        """The same for neighbors to which the same happens."""
        return self.action, [str(setting) for setting in self.values], self.key

    def changes(self) -> Iterator[RouteChange]:
        """All changes of routes, in the order in which they are made."""
        if self.routes is None or self.old is None:
            return
        before = by_key(self.old.routes) if self.routes.announce else {}
        for route in self.routes.withdraw:
            yield RouteChange("-", route)
        for route in self.routes.announce:
            yield RouteChange("~" if route_key(route) in before else "+", route)
        for static in self.routes.unwatch:
            yield RouteChange("-", static.route, static.watchdog, static.held)
        for static in self.routes.watch:
            yield RouteChange("+", static.route, static.watchdog, static.held)


class Difference:
    """A plan with what it is about, for people and for programs; `most` changes of routes are listed for a neighbor."""

    def __init__(self, old: Settings, new: Settings, most: int) -> None:
        self.plan: Plan = plan(old, new)
        self._most = most
        self._listings: dict[tuple[int, int], Listing] = {}
        self._helpers = {helper.name: helper for helper in old.helpers}
        before = {neighbor.name: neighbor for neighbor in old.neighbors}
        routes = dict(self.plan.routes)
        self.neighbors = [NeighborChange("removed", before[name]) for name in self.plan.removed]
        for action, some in (("restarted", self.plan.restarted), ("adjusted", self.plan.adjusted)):
            for neighbor in some:
                change = NeighborChange(action, neighbor, before[neighbor.name])
                change.routes = routes.get(neighbor.name)
                if not change.values and change.routes is None:
                    change.values.append(Setting("order of routes", None, None))
                self.neighbors.append(change)
        self.neighbors += [NeighborChange("added", neighbor) for neighbor in self.plan.added]
        names = {neighbor.name: neighbor.peer_address for neighbor in (*old.neighbors, *new.neighbors)}
        addresses = Counter(names.values())
        self._short = {name: f"neighbor {peer}" for name, peer in names.items() if addresses[peer] == 1}

    def _listing(self, change: NeighborChange) -> Listing:
        """The changes of the routes of a neighbor, found once for all whose routes change in the same way."""
        if change.key not in self._listings:
            self._listings[change.key] = Listing(change.changes(), self._most)
        return self._listings[change.key]

    def lines(self) -> Iterator[str]:
        """The plan in words, in the order in which it would be carried out."""
        restarted = {helper.name: helper for helper in self.plan.started_helpers}
        for name in self.plan.stopped_helpers:
            if name in restarted:
                yield f"helper {name}: restarted"
                yield from (f"    {each}" for each in differences(self._helpers[name], restarted[name]))
            else:
                yield f"helper {name}: stopped"
        yield from (f"listener {spelling(each)}: closed" for each in self.plan.closed)
        for _, group in groupby(self.neighbors, lambda change: change.alike):
            together = list(group)
            yield from map(self._heading, together)
            yield from (f"    {setting}" for setting in together[0].values)
            yield from self._listing(together[0]).lines()
        yield from (f"listener {spelling(each)}: opened" for each in self.plan.opened)
        for helper in self.plan.started_helpers:
            if helper.name not in self.plan.stopped_helpers:
                yield f"helper {helper.name}: started, {' '.join(helper.run)}"
        begun = {plugin.name: plugin for plugin in self.plan.started_plugins}
        for name in dict.fromkeys((*self.plan.stopped_plugins, *begun)):
            if name not in begun:
                yield f"plugin {name}: stopped"
            else:
                yield f"plugin {name}: {'restarted' if name in self.plan.stopped_plugins else 'started'}"
        for name in self.plan.stopped_healthchecks:
            yield f"healthcheck {name}: stopped"
        for check in self.plan.started_healthchecks:
            yield f"healthcheck {check.name}: started, or changed"

    def _heading(self, change: NeighborChange) -> str:
        """What happens to one neighbor."""
        count = len(change.settings.routes)
        told = {
            "removed": "removed, its session ends with NOTIFICATION 6/3",
            "restarted": f"changed, its session ends with NOTIFICATION 6/3 and a new one has {routes(count)}",
            "adjusted": "changed, its session stays",
            "added": f"added, with {routes(count)}",
        }
        return f"{self._short.get(change.settings.name, change.settings.name)}: {told[change.action]}"

    def json(self) -> dict[str, object]:
        """The plan for programs."""
        stopped = self.plan.stopped_helpers
        started = {helper.name: helper for helper in self.plan.started_helpers}
        return {
            "same": not self.plan,
            "helpers": {
                "stopped": [name for name in stopped if name not in started],
                "restarted": [described(started[name]) for name in stopped if name in started],
                "started": [described(each) for name, each in started.items() if name not in stopped],
            },
            "plugins": {
                "stopped": list(self.plan.stopped_plugins),
                "started": [each.name for each in self.plan.started_plugins],
            },
            "healthchecks": {
                "stopped": list(self.plan.stopped_healthchecks),
                "started": [each.name for each in self.plan.started_healthchecks],
            },
            "listeners": {
                "closed": [{"address": each.address, "port": each.port} for each in self.plan.closed],
                "opened": [{"address": each.address, "port": each.port} for each in self.plan.opened],
            },
            "neighbors": [neighbor(change, self._listing(change)) for change in self.neighbors],
        }


def neighbor(change: NeighborChange, listing: Listing) -> dict[str, object]:
    """What happens to a neighbor, for programs."""
    return {
        "name": change.settings.name,
        "peer-address": change.settings.peer_address,
        "action": change.action,
        "settings": [{"statement": each.word, "old": each.old, "new": each.new} for each in change.values],
        "routes": listing.json(),
        "total": 0 if change.action == "removed" else len(change.settings.routes),
    }


def described(helper: HelperSettings) -> dict[str, object]:
    """A helper, for programs."""
    encoder = f"{helper.encoder} {helper.version}".strip()
    return {"name": helper.name, "run": list(helper.run), "encoder": encoder, "respawn": helper.respawn}


def spelling(listener: Listener) -> str:
    """An address and a port."""
    return f"{listener.address} port {listener.port}"


def routes(count: int) -> str:
    """So many routes."""
    return f"{count} route" if count == 1 else f"{count} routes"


def changed(old: NeighborSettings, new: NeighborSettings) -> Iterator[Setting]:
    """The settings of a neighbor that differ, but for its routes; those that end the session first."""
    names = [field.name for field in fields(NeighborSettings) if field.name not in ROUTES]
    for name in sorted(names, key=lambda name: name not in HARSH):
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if isinstance(before, CapabilitySettings) and isinstance(after, CapabilitySettings):
            yield from differences(before, after, CAPABILITY)
        elif name in SECRET:
            yield Setting(statement(NEIGHBOR, name), None, None)
        else:
            yield Setting(statement(NEIGHBOR, name), spelt(before), spelt(after))


def differences(old: object, new: object, section: Section | None = None) -> Iterator[Setting]:
    """The fields of two values that differ."""
    for field in fields(old):  # type: ignore[arg-type]
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before != after:
            word = f"{section.word} {statement(section, field.name)}" if section is not None else field.name
            names = NUMBERS.get(field.name)
            if names is None:
                yield Setting(word, spelt(before), spelt(after))
            else:
                yield Setting(word, names.get(before, "none"), names.get(after, "none"))


def statement(section: Section, name: str) -> str:
    """The keyword of a field."""
    for record in section.contents.values():
        if isinstance(record, Keyword) and record.field == name:
            return record.word
    return PLACES.get(name, name.replace("_", "-"))


def spelt(value: object) -> str | None:
    """A value of a setting; None where it takes too many words."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return ""
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, Family):
        return value.name
    if isinstance(value, tuple) and all(isinstance(each, str | int | Family) for each in value):
        return ", ".join([str(spelt(each)) for each in value]) if not is_run(value) else " ".join(value)
    return None


def is_run(value: tuple[object, ...]) -> bool:
    """Whether it is a program with arguments."""
    return bool(value) and all(isinstance(each, str) for each in value)


def loaded(name: str, reader: RouteReader) -> Settings | None:
    """The settings of a file; None when it is wrong, which is told."""
    try:
        return load([name], environment(), reader)
    except ConfigurationError as error:
        for mistake in error.errors:
            print(picture(mistake), file=sys.stderr)
        for warning in error.warnings:
            print(picture(warning, WARNING), file=sys.stderr)
    except BgptwistError as error:
        print(error, file=sys.stderr)
    return None


def main(words: list[str]) -> int:
    """Tell what a reload from one file to another would do."""
    parser = argparse.ArgumentParser(
        prog="bgptwist configuration diff",
        description="What a reload from OLD to NEW would do; nothing is done.",
        epilog="The status is 0 when nothing would be done, 1 when something would, 2 when a file is wrong.",
    )
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="for people or for programs")
    parser.add_argument(
        "-l",
        "--lines",
        type=int,
        default=LISTED,
        metavar="N",
        help=f"routes of a neighbor to list, {LISTED} unless told",
    )
    parser.add_argument("-a", "--all", action="store_true", help="list all routes")
    parser.add_argument("old", metavar="OLD")
    parser.add_argument("new", metavar="NEW")
    found = parser.parse_args(words)
    reader = RouteReader()
    old, new = loaded(found.old, reader), loaded(found.new, reader)
    if old is None or new is None:
        return WRONG
    difference = Difference(old, new, sys.maxsize if found.all else max(found.lines, 0))
    if found.format == "json":
        print(json.dumps(difference.json(), indent=2))
    else:
        for line in difference.lines():
            print(line)
        if not difference.plan:
            print("nothing would be done")
    return DIFFERENT if difference.plan else SAME
