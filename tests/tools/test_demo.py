"""The demo without sockets and processes: two speakers that talk through memory, and what a person is told."""

import io
import json
import re
import sys
from contextlib import redirect_stdout
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.testing import MemoryReactorClock
from twisted.internet.utils import getProcessOutputAndValue
from twisted.trial.unittest import SynchronousTestCase, TestCase
from zope.interface.verify import verifyObject

from bgptwist.grammar.route import RouteReader
from bgptwist.interfaces import IEventSink
from bgptwist.settings.build import load_text
from bgptwist.settings.model import Environment
from bgptwist.speaker.peer import Peer
from bgptwist.speaker.speaker import Speaker
from bgptwist.tools import decode
from bgptwist.tools.announcer import COMMANDS
from bgptwist.tools.demo import LEFT, RIGHT, Demo, Watcher
from bgptwist.wire.route import Route
from tests.fakes import FakeNetwork, RecordingSink, connect
from tests.tools.test_cli import CHECKOUT, run

HERE = "127.0.0.1"
PREFIXES = {"198.51.100.0/24", "203.0.113.0/24", "2001:db8:1::/48"}


def routes() -> list[Route]:
    """What the helper program announces."""
    reader = RouteReader()
    found: list[Route] = []
    for command in COMMANDS:
        found += reader.announcement(command.removeprefix("announce route ")).routes
    return found


class AnnouncerTests(TestCase):
    """The helper program."""

    def announce(self, given: bytes) -> Deferred[tuple[bytes, bytes, int]]:
        return getProcessOutputAndValue(
            sys.executable,
            ("-m", "bgptwist.tools.announcer"),
            env={"PYTHONPATH": str(CHECKOUT)},
            path=str(CHECKOUT),
            stdinBytes=given,
        )

    def test_every_command_announces_a_route_that_can_be_read(self) -> None:
        for command in COMMANDS:
            self.assertTrue(command.startswith("announce route "), command)
        self.assertEqual({each.family.words(each.nlri) for each in routes()}, PREFIXES)

    async def test_it_gives_its_commands_and_ends_when_it_is_told_to_or_left_alone(self) -> None:
        wanted = "".join(f"{command}\n" for command in COMMANDS).encode()
        for given in (b"done\ndone\nshutdown\n", b'{ "type": "notification", "notification": "shutdown" }\n', b""):
            self.assertEqual(await self.announce(given), (wanted, b"", 0), given)


class FileTests(SynchronousTestCase):
    """The two configurations."""

    def test_they_load_without_a_warning_and_fit_together(self) -> None:
        right = load_text(RIGHT)
        left = load_text(LEFT % {"python": sys.executable, "port": 1790})
        self.assertEqual((right.warnings, left.warnings), ((), ()))
        (one,), (other,) = left.neighbors, right.neighbors
        self.assertEqual((one.local_as, one.peer_as), (other.peer_as, other.local_as))
        self.assertEqual((one.local_address, one.peer_address), (other.peer_address, other.local_address))
        self.assertEqual((one.families, one.connect, other.passive), (other.families, 1790, True))
        self.assertNotEqual(one.router_id, other.router_id)

    def test_the_helper_may_command_the_neighbor(self) -> None:
        left = load_text(LEFT % {"python": sys.executable, "port": 1790})
        self.assertEqual([helper.name for helper in left.helpers], ["announcer"])
        self.assertEqual(left.helpers[0].run, (sys.executable, "-u", "-m", "bgptwist.tools.announcer"))
        self.assertEqual([section.processes for section in left.neighbors[0].api], [("announcer",)])

    def test_every_route_is_of_a_family_of_both(self) -> None:
        families = load_text(RIGHT).neighbors[0].families
        self.assertEqual({route.family for route in routes()} - set(families), set())


class WatcherTests(SynchronousTestCase):
    """Both speakers, joined through memory, on a reactor whose turns the test makes."""

    def setUp(self) -> None:
        self.output = io.StringIO()
        self.reactor: Any = MemoryReactorClock()
        self.reactor.running = True
        self.demo = Demo(self.reactor, None)
        self.inner = RecordingSink(frozenset({"fsm"}))
        network = FakeNetwork()
        environment = Environment()
        settings = load_text(LEFT % {"python": sys.executable, "port": 1790})
        watcher = Watcher("left", self.demo, self.inner)
        log: list[str] = []
        self.left = Speaker(self.reactor, network, watcher, environment, log.append, "0", lambda: 0.0)
        with redirect_stdout(self.output):
            self.demo.right.startService()
            self.addCleanup(self.end)
            self.left.add(settings.neighbors)
            self.turn()
            connect(self.reactor, network.attempts[0], self.right, (HERE, HERE))
            self.turn()

    def end(self) -> None:
        with redirect_stdout(self.output):
            self.demo.right.stopService()
            self.turn()

    @property
    def right(self) -> Peer:
        return next(iter(self.demo.right.speaker.peers.values()))

    def turn(self) -> None:
        for _ in range(20):
            self.reactor.advance(0)

    def announce(self, found: list[Route]) -> None:
        with redirect_stdout(self.output):
            self.left.announce(found, self.left.select(None, "announcer"))
            self.turn()

    def lines(self) -> list[str]:
        """What was said, without times."""
        return [re.sub(r"^\[ *\d+\.\d\ds\] |   \(\d+ ms\)$", "", line) for line in self.output.getvalue().splitlines()]

    def test_a_watcher_is_an_event_sink_that_asks_for_what_it_tells_and_for_what_helpers_want(self) -> None:
        watcher = Watcher("left", self.demo, RecordingSink(frozenset({"signal"})))
        self.assertTrue(verifyObject(IEventSink, watcher))
        self.assertEqual(
            watcher.interest("x"),
            {"signal", "fsm", "negotiated", "neighbor-changes", "send-update", "receive-update"},
        )

    def test_the_states_of_both_are_told_when_they_are_established(self) -> None:
        self.assertEqual(self.right.state, "ESTABLISHED")
        told = [line for line in self.lines() if line.endswith("> Established")]
        self.assertEqual(sorted(line.split()[0] for line in told), ["left", "right"], self.output.getvalue())
        for line in told:
            self.assertIn("OpenSent > OpenConfirm > Established", line)

    def test_what_was_agreed_is_told_once(self) -> None:
        told = [line.strip() for line in self.lines() if "agreed" in line]
        self.assertEqual(told, ["agreed: ipv4 unicast, ipv6 unicast, 4-byte AS, route refresh"])

    def test_routes_are_told_as_they_leave_and_as_they_arrive(self) -> None:
        self.announce(routes()[1:2])
        told = [line for line in self.lines() if "203.0.113.0/24" in line]
        self.assertEqual(
            told,
            [
                "left   announce 203.0.113.0/24 next-hop 192.0.2.1 origin igp as-path [ 65001 ] med 50",
                "right  received 203.0.113.0/24 from AS 65001   path 65001   next-hop 192.0.2.1",
            ],
        )

    def test_they_have_arrived_when_all_are_held(self) -> None:
        self.assertEqual((self.demo.arrived, self.demo.held), (False, set()))
        self.announce(routes()[:2])
        self.assertFalse(self.demo.arrived)
        self.announce(routes()[2:])
        self.assertEqual((self.demo.arrived, self.demo.held), (True, PREFIXES))

    def test_the_last_update_can_be_decoded(self) -> None:
        self.announce(routes())
        status, output, errors = run(decode.main, self.demo.update)
        self.assertEqual((status, errors), (0, ""))
        announced = json.loads(output)["neighbor"]["message"]["update"]["announce"]
        prefixes = {entry["nlri"] for hops in announced.values() for entries in hops.values() for entry in entries}
        self.assertEqual(len(prefixes & PREFIXES), 1)

    def test_events_are_passed_on(self) -> None:
        self.announce(routes())
        kinds = {type(event).__name__ for event in self.inner.events}
        self.assertTrue(kinds >= {"FsmChanged", "StateChanged", "Agreed", "UpdateMessage"}, kinds)

    def test_the_end_of_a_session_is_told(self) -> None:
        with redirect_stdout(self.output):
            self.left.stop()
            self.turn()
        told = [line for line in self.lines() if "down: " in line]
        self.assertEqual(sorted(line.split()[0] for line in told), ["left", "right"])

    def test_nothing_arrived_is_a_bad_status(self) -> None:
        self.announce(routes()[:1])
        self.end()
        self.assertEqual(self.demo.status, 1)
