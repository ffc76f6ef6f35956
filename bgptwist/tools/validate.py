"""`bgptwist validate`: are configuration files right, and does every route survive the wire and the language?"""

import argparse
import sys
from collections.abc import Iterator

from bgptwist.grammar.render import statement
from bgptwist.grammar.route import RouteReader
from bgptwist.settings.build import load
from bgptwist.settings.model import ConfigurationError, Environment, NeighborSettings
from bgptwist.tools.reflection import Reflection, environment
from bgptwist.wire.attributes.unknown import Unknown
from bgptwist.wire.errors import WITHDRAW, BgptwistError, Malformed, Misspelt, Refused
from bgptwist.wire.framing import HEADER
from bgptwist.wire.kinds import PARTIAL
from bgptwist.wire.messages import update as updates
from bgptwist.wire.path import Path, path_of
from bgptwist.wire.route import Route


def routes_of(neighbor: NeighborSettings) -> Iterator[Route]:
    """Every route of a neighbor, those that wait for a watchdog too."""
    yield from neighbor.routes
    for static in neighbor.watched:
        yield static.route


def unmarked(received: Path, sent: Path) -> Path:
    """A path without the Partial bits of unknown attributes, which its receiver put there (RFC 4271, 5)."""
    marked = {value.code for value in sent.attributes() if isinstance(value, Unknown) and value.flags & PARTIAL}
    values = received.attributes()
    if not any(isinstance(value, Unknown) and value.code not in marked for value in values):
        return received
    return path_of(
        [
            Unknown(value.flags & ~PARTIAL, value.code, value.data)
            if isinstance(value, Unknown) and value.code not in marked
            else value
            for value in values
        ]
    )


class RouteCheck:
    """Encode, decode, words, encode: the octets must be the same."""

    def __init__(self, neighbor: NeighborSettings, surroundings: Environment) -> None:
        self._reflection = Reflection(neighbor, surroundings)
        self._reader = RouteReader()

    def fault(self, route: Route) -> str:
        """What is wrong with a route, '' when it comes back as it went."""
        context = self._reflection.negotiated.send
        try:
            sent = updates.announce(context, route.family, route.path, route.next_hop, [route.nlri])
            if not sent:
                return f"family {route.family.name} would not be agreed with the peer"
            update = updates.decode(sent[0][HEADER:], self._reflection.receive, self._reflection.paths)
        except (Malformed, Refused) as error:
            return str(error)
        if update.verdict >= WITHDRAW or len(update.announced) != 1 or len(update.announced[0].nlris) != 1:
            return "; ".join(fault.reason for fault in update.faults) or "it is not decoded as one route"
        reach = update.announced[0]
        words = statement(Route(reach.family, reach.nlris[0], unmarked(update.path, route.path), reach.next_hop))
        afi, _, safi = route.family.name.partition(" ")
        try:
            again = self._reader.family_route(afi, safi, words).routes[0]
        except Misspelt as error:
            return f"its words cannot be read again: {error}"
        back = updates.announce(context, again.family, again.path, again.next_hop, [again.nlri])
        return "" if back == sent else f"'{words}' gives other octets"


def check(path: str, surroundings: Environment, found: argparse.Namespace) -> int:
    """Check one file; its status."""
    try:
        settings = load([path], surroundings)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    for warning in settings.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    print(f"✓ loading {path}")
    status = 0
    for neighbor in settings.neighbors:
        if found.neighbor:
            print(f"✓ {neighbor.name}" if found.verbose else f"✓ neighbor {neighbor.peer_address}")
        if not found.route:
            continue
        checker = RouteCheck(neighbor, surroundings)
        count = faults = 0
        for route in routes_of(neighbor):
            fault = checker.fault(route)
            count += 1
            if fault:
                print(f"{path}: route {statement(route)}: {fault}", file=sys.stderr)
                faults += 1
                status = 1
            elif found.verbose:
                print(f"✓ route {statement(route)}")
        print(f"{'✗' if faults else '✓'} {count} routes of neighbor {neighbor.peer_address}")
    return status


def main(words: list[str]) -> int:
    """Check files; 0 when all are right, else 1."""
    parser = argparse.ArgumentParser(prog="bgptwist validate", description="Check configuration files.")
    parser.add_argument("-n", "--neighbor", action="store_true", help="tell the neighbors")
    parser.add_argument("-r", "--route", action="store_true", help="encode, decode and spell every route")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell everything that is checked")
    parser.add_argument("files", metavar="FILE", nargs="+")
    found = parser.parse_args(words)
    try:
        surroundings = environment()
    except BgptwistError as error:
        print(error, file=sys.stderr)
        return 1
    return max(check(path, surroundings, found) for path in found.files)
