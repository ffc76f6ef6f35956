"""`bgptwist encode`: helper commands to BGP messages in hexadecimal, a line for each command."""

import argparse
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from twisted.internet.task import Clock
from zope.interface import implementer

from bgptwist.api.answers import Conversation
from bgptwist.api.call import Control
from bgptwist.api.dispatcher import Dispatcher
from bgptwist.grammar.selector import Selector
from bgptwist.interfaces import ICaller
from bgptwist.settings.model import Environment, NeighborSettings
from bgptwist.speaker.ledger import Ledger
from bgptwist.tools.reflection import Reflection, any_neighbor, environment, settings_of
from bgptwist.wire.errors import BgptwistError, Refused
from bgptwist.wire.framing import OPERATIONAL, ROUTE_REFRESH
from bgptwist.wire.framing import message as framed
from bgptwist.wire.kinds import Family
from bgptwist.wire.messages import update as updates
from bgptwist.wire.messages.operational import Operational
from bgptwist.wire.path import Path
from bgptwist.wire.registry import BY_NAME
from bgptwist.wire.route import Announcement, Route


class Scribe:
    """Takes the place of the speaker: what would go to the one neighbor there is, goes into `messages`."""

    def __init__(self, reflection: Reflection) -> None:
        self.messages: list[bytes] = []
        self.strange: set[str] = set()
        """Names of families that routes were of and that the session does not have."""
        self.peers: dict[str, Any] = {}
        self.ledger = Ledger(Clock(), self.withdraw, print)
        self._context = reflection.negotiated.send
        self._announced: list[Route] = []
        self._router_id = reflection.negotiated.local.router_id

    def select(self, selectors: list[Selector] | None, helper: str | None) -> int:
        """Every command means the neighbor."""
        return 1

    def announce(self, routes: Iterable[Route], members: int) -> None:
        """UPDATEs that announce; routes of one command that share a path share them."""
        self._announced += routes

    def withdraw(self, routes: Iterable[Route], members: int) -> None:
        """UPDATEs that withdraw."""
        for family, path, next_hop, nlris in self._shared(routes):
            self.messages += updates.withdraw(self._context, family, path, next_hop, nlris)

    def finish(self) -> None:
        """Write what the command announced."""
        for family, path, next_hop, nlris in self._shared(self._announced):
            self.messages += updates.announce(self._context, family, path, next_hop, nlris)
        self._announced = []

    def attributes(self, path: Path) -> None:
        """An UPDATE with attributes and no route."""
        self.messages.append(updates.bare(self._context, path))

    def _shared(self, routes: Iterable[Route]) -> Iterator[tuple[Family, Path, bytes, list[bytes]]]:
        for family, path, next_hop, nlris in shared(routes):
            if family.index not in self._context.families:
                self.strange.add(family.name)
            yield family, path, next_hop, nlris

    def hold(self, announcement: Announcement, members: int) -> None:
        """A watchdog makes no difference to the octets."""
        self.announce(announcement.routes, members)

    def end_of_rib(self, family: Family, members: int) -> bool:
        """End-of-RIB."""
        self.messages.append(updates.end_of_rib(family))
        return True

    def route_refresh(self, family: Family, members: int) -> bool:
        """ROUTE-REFRESH."""
        self.messages.append(framed(ROUTE_REFRESH, family.header[:2] + b"\0" + family.header[2:]))
        return True

    def is_established(self, members: int) -> bool:
        """There is no TCP to wait for."""
        return False

    def operational(self, message: Operational, members: int) -> bool:
        """OPERATIONAL (draft-ietf-idr-operational-message)."""
        self.messages.append(framed(OPERATIONAL, message.completed(self._router_id, 1).octets()))
        return True

    def _refuse(self, *arguments: object) -> Any:
        """Say that there is neither a session nor a table."""
        raise Refused("that needs a running daemon")

    members_of = watched = watchdog = withdraw_owned = teardown = flush = clear_out = clear_in = _refuse
    outgoing = property(_refuse)


def shared(routes: Iterable[Route]) -> Iterator[tuple[Family, Path, bytes, list[bytes]]]:
    """Routes by what they have in common: family, path, next hop, and the NLRI."""
    groups: dict[tuple[Family, bytes, bytes], tuple[Path, list[bytes]]] = {}
    for route in routes:
        key = (route.family, route.path.octets, route.next_hop)
        groups.setdefault(key, (route.path, []))[1].append(route.nlri)
    for (family, _, next_hop), (path, nlris) in groups.items():
        yield family, path, next_hop, nlris


@implementer(ICaller)
class Reader:
    """Gives the commands; keeps the answers."""

    name = "api-internal-cli-encode"
    encoder = "text"

    def __init__(self) -> None:
        self.answers: list[str] = []

    def write(self, line: str) -> None:
        """An answer."""
        self.answers.append(line)


class NoDaemon:
    """There is no process to stop."""

    def shutdown(self) -> None:
        """Nothing is stopped."""

    def reload(self) -> None:
        """Nothing is loaded."""

    def restart(self) -> None:
        """Nothing is restarted."""

    def create(self, neighbor: NeighborSettings) -> None:
        """There is nobody to connect to."""
        raise Refused("neighbors cannot be made here")

    def delete(self, names: Collection[str]) -> None:
        """There is nobody to leave."""
        raise Refused("neighbors cannot be removed here")

    def helpers_known(self) -> Collection[str]:
        """None."""
        return ()


def play(lines: Iterable[str], reflection: Reflection, surroundings: Environment) -> int:
    """Print the messages of each command, those of one separated by blanks; 1 when one was refused."""
    scribe = Scribe(reflection)
    status = 0

    def log(level: str, text: str) -> None:
        if level == "warning":
            print(text, file=sys.stderr)

    speaker: Any = scribe
    dispatcher = Dispatcher(Control(speaker, NoDaemon(), surroundings, "", time.time, log))
    reader = Reader()
    conversation = dispatcher.converse(reader)
    conversation.ack = True
    for line in lines:
        scribe.messages = []
        scribe.strange = set()
        reader.answers = []
        try:
            carry_out(line.strip(), dispatcher, conversation, scribe)
        except BgptwistError as error:
            print(f"{error}, in: {line.strip()}", file=sys.stderr)
            status = 1
        if "error" in reader.answers:
            status = 1
        elif scribe.strange:
            print(f"the family {' and '.join(sorted(scribe.strange))} was not agreed", file=sys.stderr)
            status = 1
        print(" ".join(octets.hex().upper() for octets in scribe.messages), flush=True)
    return status


def carry_out(line: str, dispatcher: Dispatcher, conversation: Conversation, scribe: Scribe) -> None:
    """One line: a command, or what only makes sense here: attributes without a route, a group without a neighbor."""
    if line.startswith("attributes "):
        some = f"{line.removeprefix('attributes')} nlri 0.0.0.0/0"
        scribe.attributes(dispatcher.control.routes.attributes(some, withdraw=True).routes[0].path)
        return
    if line.startswith("group ") and line not in ("group start", "group end"):
        line = f"peer * {line}"
    for _ in dispatcher.command(conversation, line) or ():
        pass
    scribe.finish()


def main(words: list[str]) -> int:
    """Encode the commands given, or those of the standard input."""
    parser = argparse.ArgumentParser(prog="bgptwist encode", description="Commands to BGP messages in hexadecimal.")
    parser.add_argument("-c", "--configuration", metavar="FILE", help="encode as for the first neighbor of this file")
    parser.add_argument("-f", "--family", default="", help="the family agreed, 'ipv4 unicast'; default: all")
    parser.add_argument("command", nargs="*", help="one command; none: lines of standard input")
    found = parser.parse_args(words)
    if found.family and found.family not in BY_NAME:
        parser.error(f"family '{found.family}' is not known, there are: {', '.join(sorted(BY_NAME))}")
    try:
        surroundings = environment()
        neighbor = any_neighbor(surroundings, found.family)
        if found.configuration:
            neighbors = settings_of(found.configuration).neighbors
            if not neighbors:
                raise Refused(f"{found.configuration}: there is no neighbor")
            neighbor = neighbors[0]
        reflection = Reflection(neighbor, surroundings)
    except BgptwistError as error:
        print(error, file=sys.stderr)
        return 1
    return play([" ".join(found.command)] if found.command else sys.stdin, reflection, surroundings)
