"""`bgptwist configuration explain`: what will be announced to whom, in a table or as JSON.

Routes are told one by one, and nothing of them is kept: a long file takes no more memory than its settings.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Final

from bgptwist.grammar.render import attribute, next_hop
from bgptwist.settings.build import load
from bgptwist.settings.mistake import WARNING, picture
from bgptwist.settings.model import ConfigurationError, NeighborSettings
from bgptwist.settings.neighbor import NEXT_HOP_SIZES
from bgptwist.settings.value import SEND
from bgptwist.tools.reflection import environment
from bgptwist.wire.errors import BgptwistError
from bgptwist.wire.kinds import SELF, Family
from bgptwist.wire.path import Path
from bgptwist.wire.registry import BY_NAME
from bgptwist.wire.route import Route
from bgptwist.wire.spell import address, address_octets

GOOD: Final = 0
NOTHING: Final = 1
"""No neighbor is meant."""
WRONG: Final = 2
"""The file cannot be loaded, or the words are not understood."""

HEADING: Final = ("family", "route", "next hop", "attributes")
WIDEST: Final = 60
"""Characters of a column; what is longer pushes the rest of its line to the right."""


class Announced:
    """One route of a neighbor, with the watchdog it belongs to."""

    __slots__ = ("held", "route", "watchdog")

    def __init__(self, route: Route, watchdog: str = "", held: bool = False) -> None:
        self.route = route
        self.watchdog = watchdog
        self.held = held


class Group:
    """Neighbors to which the same is announced: `first` stands for all."""

    def __init__(self, first: NeighborSettings) -> None:
        self.first = first
        self.neighbors = [first]
        self._own = {1: own_address(first, 1), 2: own_address(first, 2)}
        self._configured = {family.index for family in first.families}
        self._crossed = {(family.index, afi) for family, afi in first.next_hops}
        self._with_path_id = with_path_id(first)

    def routes(self, family: Family | None) -> Iterator[Announced]:
        """The routes, those of one family if it is given."""
        for route in self.first.routes:
            if family is None or route.family.index == family.index:
                yield Announced(route)
        for static in self.first.watched:
            if family is None or static.route.family.index == family.index:
                yield Announced(static.route, static.watchdog, static.held)

    def resolved(self, route: Route) -> str:
        """What `next-hop self` is, '' when it is not known before there is a connection."""
        return self._own[2 if route.family.afi == 2 else 1] if route.next_hop == SELF else ""

    def hop(self, route: Route) -> str:
        """The next hop as people read it."""
        if not route.next_hop:
            return "-"
        if route.next_hop == SELF:
            return f"self ({self.resolved(route) or 'our address of the connection'})"
        return next_hop(route.next_hop)

    def remarks(self, announced: Announced) -> list[str]:
        """What keeps a route, or a part of it, from the neighbor."""
        route = announced.route
        family = route.family
        found: list[str] = []
        if announced.watchdog:
            state = "held until" if announced.held else "until"
            verb = "announces" if announced.held else "withdraws"
            found.append(f"{state} watchdog {announced.watchdog} {verb} it")
        if family.index not in self._configured:
            found.append(f"not sent: {family.name} is not configured")
        if family.path_id and family.index not in self._with_path_id:
            found.append("without its path-information")
        other = 3 - family.afi
        size = NEXT_HOP_SIZES.get(other)
        if family.safi in (1, 2) and len(route.next_hop) == size and (family.index, other) not in self._crossed:
            found.append(f"needs 'nexthop {{ {family.name} ipv{4 if other == 1 else 6}; }}'")
        return found


def own_address(neighbor: NeighborSettings, afi: int) -> str:
    """Our address for next hops of that AFI: the local-address, for IPv4 else the router-id of an IPv6 session."""
    local = neighbor.local_address
    size = NEXT_HOP_SIZES[afi]
    if local and len(address_octets(local)) == size:
        return address(address_octets(local))
    if afi == 1 and ":" in (local or neighbor.peer_address):
        return neighbor.router_id
    return ""


def with_path_id(neighbor: NeighborSettings) -> frozenset[int]:
    """The indexes of families whose path identifiers are offered to be sent (RFC 7911, 4)."""
    if not neighbor.capability.add_path & SEND:
        return frozenset()
    families = neighbor.families if neighbor.add_path_families is None else neighbor.add_path_families
    return frozenset(family.index for family in families)


def groups(neighbors: list[NeighborSettings]) -> list[Group]:
    """The neighbors, those to which the same is announced together."""
    found: dict[object, list[Group]] = {}
    order: list[Group] = []
    for neighbor in neighbors:
        known = found.setdefault(facts(neighbor), [])
        group = next((each for each in known if alike(each.first, neighbor)), None)
        if group is not None:
            group.neighbors.append(neighbor)
            continue
        known.append(Group(neighbor))
        order.append(known[-1])
    return order


def facts(neighbor: NeighborSettings) -> object:
    """What must be the same for two neighbors to be told the same, but for the routes."""
    own = own_address(neighbor, 1), own_address(neighbor, 2)
    uses_self = any(route.next_hop == SELF for route in neighbor.routes)
    uses_self = uses_self or any(static.route.next_hop == SELF for static in neighbor.watched)
    counts = len(neighbor.routes), len(neighbor.watched)
    return neighbor.families, neighbor.next_hops, with_path_id(neighbor), own if uses_self else None, counts


def alike(one: NeighborSettings, other: NeighborSettings) -> bool:
    """Whether two neighbors have the same routes."""
    routes = one.routes is other.routes or one.routes == other.routes
    return routes and (one.watched is other.watched or one.watched == other.watched)


# ------------------------------------------------------------------ for people


def summary(neighbor: NeighborSettings) -> str:
    """One line about a neighbor."""
    length = "" if neighbor.prefix_length is None else f"/{neighbor.prefix_length}"
    asn = "any" if neighbor.peer_as is None else str(neighbor.peer_as)
    kind = "external" if neighbor.peer_as is None or neighbor.peer_as != neighbor.local_as else "internal"
    held = sum(static.held for static in neighbor.watched)
    count = len(neighbor.routes) + len(neighbor.watched)
    parts = [f"{count} route{'' if count == 1 else 's'}{f', {held} of them held' if held else ''}"]
    parts.append(f"families: {', '.join(family.name for family in neighbor.families)}")
    helpers = dict.fromkeys(name for api in neighbor.api for name in api.processes)
    if helpers:
        parts.append(f"helpers may announce more: {', '.join(helpers)}")
    for family, bound in neighbor.maximum_prefix_out:
        parts.append(f"at most {bound} routes{'' if family is None else f' of {family.name}'} are sent")
    return f"neighbor {neighbor.peer_address}{length}, AS {asn} ({kind}): {'; '.join(parts)}"


def attributes(route: Route) -> str:
    """The attributes of a route as words; unlike its Path, they are not remembered."""
    return " ".join([attribute(each) for each in Path(route.path.octets).attributes()])


def table(group: Group, family: Family | None) -> Iterator[str]:
    """The routes of a group, a line each, columns as wide as they must be."""
    widths = [len(word) for word in HEADING[:3]]
    empty = True
    for each in group.routes(family):
        empty = False
        cells = each.route.family.name, each.route.family.words(each.route.nlri), group.hop(each.route)
        for index, cell in enumerate(cells):
            widths[index] = max(widths[index], min(len(cell), WIDEST))
    if empty:
        return
    yield row(HEADING, widths)
    for each in group.routes(family):
        route = each.route
        remarks = "; ".join(group.remarks(each))
        told = f"{attributes(route)}{f'  ({remarks})' if remarks else ''}".strip()
        yield row((route.family.name, route.family.words(route.nlri), group.hop(route), told), widths)


def row(cells: tuple[str, str, str, str], widths: list[int]) -> str:
    """One line of the table."""
    first = "  ".join([cell.ljust(width) for cell, width in zip(cells, widths, strict=False)])
    return f"    {first}  {cells[3]}".rstrip()


def text(found: list[Group], family: Family | None) -> Iterator[str]:
    """Everything for people."""
    for group in found:
        for neighbor in group.neighbors:
            yield summary(neighbor)
        yield from table(group, family)


# ------------------------------------------------------------------ for programs


def document(found: list[Group], family: Family | None) -> Iterator[str]:
    """Everything as one JSON document, a line for each neighbor and each route."""
    yield '{ "groups": ['
    for index, group in enumerate(found):
        yield '  { "neighbors": ['
        yield from separated([json.dumps(described(neighbor)) for neighbor in group.neighbors])
        yield '    ], "routes": ['
        yield from separated(json.dumps(entry(group, each)) for each in group.routes(family))
        yield f"  ] }}{',' if index + 1 < len(found) else ''}"
    yield "] }"


def separated(lines: "Iterator[str] | list[str]") -> Iterator[str]:
    """Lines with a comma behind each but the last."""
    last = ""
    for line in lines:
        if last:
            yield f"    {last},"
        last = line
    if last:
        yield f"    {last}"


def described(neighbor: NeighborSettings) -> dict[str, object]:
    """A neighbor."""
    return {
        "name": neighbor.name,
        "peer-address": neighbor.peer_address,
        "peer-as": neighbor.peer_as,
        "local-as": neighbor.local_as,
        "families": [family.name for family in neighbor.families],
        "helpers": list(dict.fromkeys(name for api in neighbor.api for name in api.processes)),
        "maximum-prefix-out": [
            {"family": None if family is None else family.name, "routes": bound}
            for family, bound in neighbor.maximum_prefix_out
        ],
    }


def entry(group: Group, announced: Announced) -> dict[str, object]:
    """A route."""
    route = announced.route
    return {
        "family": route.family.name,
        "route": route.family.words(route.nlri),
        "next-hop": next_hop(route.next_hop) if route.next_hop else None,
        "self": group.resolved(route) or None,
        "attributes": attributes(route),
        "watchdog": announced.watchdog or None,
        "held": announced.held,
        "remarks": group.remarks(announced),
    }


def main(words: list[str]) -> int:
    """Tell what will be announced to whom."""
    parser = argparse.ArgumentParser(
        prog="bgptwist configuration explain",
        description="What will be announced to whom.",
        epilog="The status is 0 when that was told, 1 when no neighbor is meant, 2 when a file is wrong.",
    )
    parser.add_argument("-n", "--neighbor", metavar="ADDRESS", default="", help="only this neighbor")
    parser.add_argument("--family", metavar="FAMILY", default="", help="only routes of this family, 'ipv4 unicast'")
    parser.add_argument("-f", "--format", choices=("text", "json"), default="text", help="for people or for programs")
    parser.add_argument("files", metavar="FILE", nargs="+")
    found = parser.parse_args(words)
    if found.family and found.family not in BY_NAME:
        parser.error(f"family '{found.family}' is not known, there are: {', '.join(sorted(BY_NAME))}")
    try:
        settings = load(found.files, environment())
    except ConfigurationError as error:
        for mistake in error.errors:
            print(picture(mistake), file=sys.stderr)
        for warning in error.warnings:
            print(picture(warning, WARNING), file=sys.stderr)
        return WRONG
    except BgptwistError as error:
        print(error, file=sys.stderr)
        return WRONG
    neighbors = [each for each in settings.neighbors if not found.neighbor or named(each, found.neighbor)]
    if found.neighbor and not neighbors:
        print(f"there is no neighbor {found.neighbor}", file=sys.stderr)
        return NOTHING
    tell = document if found.format == "json" else text
    for line in tell(groups(neighbors), BY_NAME.get(found.family)):
        print(line)
    return GOOD


def named(neighbor: NeighborSettings, word: str) -> bool:
    """Whether a word is the address of a neighbor, with or without the length of a range."""
    given, _, length = word.partition("/")
    try:
        given = address(address_octets(given))
    except ValueError:
        return False
    return given == neighbor.peer_address and (not length or length == str(neighbor.prefix_length))
