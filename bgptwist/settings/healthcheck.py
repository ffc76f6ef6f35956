"""A `healthcheck` section becomes settings: what is probed, and the words of each route in each state."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bgptwist.grammar import render
from bgptwist.grammar.lexer import Misplaced, Statement
from bgptwist.grammar.route import RouteReader
from bgptwist.settings.model import CheckedRoute, CommandProbe, HealthcheckSettings, NeighborSettings, Probe
from bgptwist.settings.plan import route_key
from bgptwist.settings.plugin import check_neighbors, spelt
from bgptwist.settings.program import find
from bgptwist.settings.section import Block, SectionReader
from bgptwist.wire.errors import Misspelt, Refused
from bgptwist.wire.route import Route

PLAIN: Final = ("ipv4 unicast", "ipv6 unicast")
"""Families whose routes are announced by `route`."""


class HealthcheckBuilder:
    """Makes the settings of all `healthcheck` sections of one load; what is wrong with them is noted."""

    def __init__(self, reader: SectionReader, routes: RouteReader) -> None:
        self._reader = reader
        self._routes = routes
        self._blocks: dict[str, Block] = {}
        self._found: dict[str, HealthcheckSettings] = {}

    def read(self, block: Block) -> None:
        """A section, before all neighbors are known."""
        assert block.statement is not None
        name = str(block.name)
        if name in self._blocks:
            self._reader.wrong(
                Misplaced(block.statement.place(1), f"healthcheck '{name}' is here twice", "another name")
            )
            return
        if block.name is None:
            return
        self._blocks[name] = block
        fields: dict[str, Any] = {field: given.value for field, given in block.values.items()}
        if fields.get("disable"):
            folder = block.values["disable"].statement.source.folder
            fields["disable"] = os.path.normpath(Path(folder, fields["disable"]))
        probes = self._probes(block, "probes")
        if not probes and "probes" not in block.unread:
            self._incomplete(block, "'probe tcp HOST:PORT;' or another probe")
        if fields.get("require", 0) > len(probes) > 0:
            place = block.values["require"].statement.place(1)
            self._reader.wrong(Misplaced(place, "there are fewer probes", f"at most {len(probes)}"))
        execute = self._probes(block, "execute")
        neighbors = tuple(dict.fromkeys(spelt(given.value) for given in block.lists.get("neighbors", [])))
        found = HealthcheckSettings(
            name,
            probes=probes,
            neighbors=neighbors,
            execute=execute,
            **fields,
        )
        if not block.routes and not execute and block.sound:
            self._incomplete(block, "'announce route PREFIX next-hop self;'")
        self._found[name] = replace(found, routes=self._checked(block, found))

    def _incomplete(self, block: Block, expected: str) -> None:
        assert block.statement is not None
        reason = f"healthcheck '{block.name}' is incomplete"
        self._reader.wrong(Misplaced(block.statement.place(), reason, expected))

    def _probes(self, block: Block, field: str) -> tuple[Any, ...]:
        """What is tried or started, with the whole paths of programs."""
        return tuple([self._located(given.value, given.statement) for given in block.lists.get(field, [])])

    def _located(self, probe: Any, statement: Statement) -> Probe:
        """A command with the path of its program, another probe as it is."""
        if not isinstance(probe, CommandProbe):
            return probe  # type: ignore[no-any-return]
        try:
            return CommandProbe((find(probe.run[0], statement.source.folder), *probe.run[1:]))
        except Refused as error:
            at = 2 if statement.keyword == "probe" else 1
            self._reader.wrong(Misplaced(statement.place(at), str(error), "a program that can be started"))
            return probe

    # ------------------------------------------------------------------ routes

    def _checked(self, block: Block, found: HealthcheckSettings) -> tuple[CheckedRoute, ...]:
        """All routes in all states; of two with one key the later counts."""
        checked: dict[tuple[str, bytes], CheckedRoute] = {}
        index = 0
        for announcement, statement in block.routes:
            for route in announcement.routes:
                try:
                    each = self._one(found, route, index * found.increase)
                except Misspelt as error:
                    self._reader.wrong(Misplaced(statement.place(), error.reason, error.expected))
                    break
                checked[each.family, each.key] = each
                index += 1
        return tuple(checked.values())

    def _one(self, found: HealthcheckSettings, route: Route, more: int) -> CheckedRoute:
        """One route, with what the states say of it in place of what it says itself."""
        family, key = route_key(route)
        up = attributes(found.up_metric, more, found.up_as_path, "")
        down = attributes(found.down_metric, more, found.down_as_path, "")
        disabled = attributes(found.disabled_metric, more, found.disabled_as_path, found.disabled_community)
        if down:
            down += attributes(None, 0, "", found.disabled_community)
        withdrawn = found.withdraw_on_down
        return CheckedRoute(
            family.name,
            key,
            f"{noun(route)} {route.family.words(route.nlri)}",
            self._words(route, up),
            self._words(route, down) if down and not withdrawn else "",
            self._words(route, disabled) if disabled and not withdrawn else "",
        )

    def _words(self, route: Route, more: list[str]) -> str:
        """What follows `announce`; of two values of an attribute the first counts, which is that of the state."""
        if not more:
            return f"{noun(route)} {render.statement(route)}"
        words = [route.family.words(route.nlri)]
        if route.next_hop:
            words.append(f"next-hop {render.next_hop(route.next_hop)}")
        text = " ".join([*words, *more, render.path(route.path)])
        afi, safi = route.family.name.split()[:2]
        announcement = self._routes.family_route(afi, safi, text)
        return f"{noun(route)} {render.statement(announcement.routes[0])}"

    # ------------------------------------------------------------------ neighbors

    def check(self, neighbors: list[NeighborSettings], partial: bool) -> None:
        """The neighbors that they name must be there; `partial`: not all files could be read."""
        if not partial:
            check_neighbors(self._reader, "healthcheck", self._blocks, neighbors)

    def healthchecks(self) -> tuple[HealthcheckSettings, ...]:
        """All of them, in the order of the files."""
        return tuple(self._found.values())


def noun(route: Route) -> str:
    """The words between the verb and the route."""
    name = " ".join(route.family.name.split()[:2])
    return "route" if name in PLAIN else name


def attributes(metric: int | None, more: int, as_path: str, community: str) -> list[str]:
    """The words that a state adds to a route."""
    found = [] if metric is None else [f"med {min(metric + more, 0xFFFFFFFF)}"]
    if as_path:
        found.append(f"as-path {as_path}")
    if community:
        found.append(f"community {community}")
    return found
