"""`bgptwist validate`: are configuration files right, and does every route survive the wire and the language?"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Final

from bgptwist.grammar.lexer import Misplaced, Place
from bgptwist.grammar.render import statement
from bgptwist.grammar.route import RouteReader
from bgptwist.settings.build import Loader, collector_off
from bgptwist.settings.mistake import ERROR, WARNING, entry, picture
from bgptwist.settings.model import ConfigurationError, Environment, NeighborSettings, Settings
from bgptwist.tools.reflection import Reflection, environment
from bgptwist.wire.attributes.unknown import Unknown
from bgptwist.wire.errors import WITHDRAW, BgptwistError, Malformed, Misspelt, Refused
from bgptwist.wire.framing import HEADER
from bgptwist.wire.kinds import PARTIAL
from bgptwist.wire.messages import update as updates
from bgptwist.wire.path import Path, path_of
from bgptwist.wire.route import Route

GOOD: Final = 0
WRONG: Final = 1
"""There are errors in a file."""
NOT_CHECKED: Final = 2
"""The words are not understood, or a file cannot be read."""

TEXT: Final = "text"
JSON: Final = "json"


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


class Check:
    """Checks one file after the other; `format` says how mistakes are told."""

    def __init__(self, surroundings: Environment, options: argparse.Namespace) -> None:
        self.status = GOOD
        self.entries: list[dict[str, object]] = []
        """What is told in JSON at the end."""
        self._surroundings = surroundings
        self._options = options

    def file(self, path: str) -> None:
        """Check one file."""
        loader = Loader(self._surroundings, RouteReader())
        try:
            with collector_off():
                loader.read_file(path)
                settings = loader.settings()
        except ConfigurationError as error:
            self._mistakes(error.errors, ERROR)
            self._warnings(error.warnings)
            self._worse(NOT_CHECKED if loader.unreadable else WRONG)
            return
        self._warnings(settings.warnings)
        if settings.warnings and self._options.strict:
            self._worse(WRONG)
            return
        self._say(f"✓ loading {path}")
        self._neighbors(path, settings, loader)

    def _neighbors(self, path: str, settings: Settings, loader: Loader) -> None:
        """Check the routes of each neighbor, if that is wanted."""
        for neighbor in settings.neighbors:
            if self._options.neighbor:
                named = self._options.verbose
                self._say(f"✓ {neighbor.name}" if named else f"✓ neighbor {neighbor.peer_address}")
            if not self._options.route:
                continue
            checker = RouteCheck(neighbor, self._surroundings)
            count = faults = 0
            for route in routes_of(neighbor):
                fault = checker.fault(route)
                count += 1
                if fault:
                    place = loader.origin(route) or Place(path, 0, 0)
                    self._mistakes([Misplaced(place, f"route {statement(route)}: {fault}")], ERROR)
                    self._worse(WRONG)
                    faults += 1
                elif self._options.verbose:
                    self._say(f"✓ route {statement(route)}")
            self._say(f"{'✗' if faults else '✓'} {count} routes of neighbor {neighbor.peer_address}")

    def _warnings(self, warnings: Iterable[Misspelt]) -> None:
        """Tell warnings, which are errors where that is wanted."""
        self._mistakes(warnings, ERROR if self._options.strict else WARNING)

    def _mistakes(self, mistakes: Iterable[Misspelt], severity: str) -> None:
        """Tell mistakes of one kind."""
        for mistake in mistakes:
            if self._options.format == JSON:
                self.entries.append(entry(mistake, severity))
            else:
                print(picture(mistake, severity), file=sys.stderr)

    def _say(self, line: str) -> None:
        """Tell what is right."""
        if self._options.format != JSON:
            print(line)

    def _worse(self, status: int) -> None:
        self.status = max(self.status, status)


def main(words: list[str]) -> int:
    """Check files; 0 when all are right, 1 when there are errors in one, 2 when one could not be checked."""
    parser = argparse.ArgumentParser(
        prog="bgptwist validate",
        description="Check configuration files.",
        epilog="The status is 0 when all is right, 1 when a file is wrong, 2 when one could not be checked.",
    )
    parser.add_argument("-n", "--neighbor", action="store_true", help="tell the neighbors")
    parser.add_argument("-r", "--route", action="store_true", help="encode, decode and spell every route")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell everything that is checked")
    parser.add_argument("-s", "--strict", action="store_true", help="warnings are errors")
    parser.add_argument(
        "-f", "--format", choices=(TEXT, JSON), default=TEXT, help="text for people, or one JSON list of mistakes"
    )
    parser.add_argument("files", metavar="FILE", nargs="+")
    found = parser.parse_args(words)
    try:
        surroundings = environment()
    except BgptwistError as error:
        print(error, file=sys.stderr)
        return NOT_CHECKED
    check = Check(surroundings, found)
    for path in found.files:
        check.file(path)
    if found.format == JSON:
        print(json.dumps(check.entries, indent=2))
    return check.status
